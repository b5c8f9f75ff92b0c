package show

import (
	"context"
	"strconv"
	"strings"
	"time"

	"headsup/campaign"
	"headsup/cmd/headsup/console"
	"headsup/ledger"
	"headsup/letter"
)

// Status says where every row and every letter of a campaign is, the sum last. A
// sum that does not add up is an error.
func Status(ctx context.Context, out *console.Console, c *campaign.Campaign) error {
	sum, err := c.Sum(ctx)
	if err != nil {
		return err
	}
	halts, err := campaign.Holding(ctx, c)
	if err != nil {
		return err
	}
	for _, h := range halts {
		Halt(out, h)
	}
	stage, err := campaign.StageOf(ctx, c)
	if err != nil {
		return err
	}
	Stage(out, stage)
	if !out.JSON {
		for _, s := range letter.States {
			if n := sum.States[s]; n > 0 {
				if err := out.Print(nil, string(s), strconv.Itoa(n)); err != nil {
					return err
				}
			}
		}
	}
	if err := notArrived(ctx, out, c, sum); err != nil {
		return err
	}
	waits, err := campaign.Pend(ctx, c)
	if err != nil {
		return err
	}
	Pending(out, waits)
	if err := out.Print(statusSum{sum, waits}, console.Sentence(sum)); err != nil {
		return err
	}
	return sum.Check()
}

// A statusSum is the sum and, in an object of its own, what waits for a person.
type statusSum struct {
	letter.Sum
	Waits campaign.Pending `json:"waits"`
}

// repairs says what helps against what servers have against us.
var repairs = map[letter.Mend]string{
	letter.MendListing: "ask the list to take your address off, and find out why it is there",
	letter.MendProof:   "SPF, DKIM and DMARC for the domain of the letters' sender; TLS or a login to your own server",
	letter.MendDNS:     "a name for your server's address in reverse DNS, which leads back to it, and the same in its greeting",
	letter.MendSender:  "a sender whose domain has an MX record and takes mail (from, bounce_address)",
	letter.MendRoute:   "does your server send to the recipient's MX, and only there?",
	letter.MendPace:    "fewer letters at once (pace, domain_pace, group_pace, warm_up)",
	letter.MendWords:   "read what it said of the letter; fewer links, no attachments",
	letter.MendPolicy:  "a rule of their house: ask their postmaster, by another way",
}

// notArrived says why letters did not arrive, and what to repair on our side.
func notArrived(ctx context.Context, out *console.Console, c *campaign.Campaign, sum letter.Sum) error {
	for _, class := range letter.Classes {
		if n := sum.Classes[class]; n > 0 && !out.JSON {
			if err := out.Print(nil, "not arrived", string(class), strconv.Itoa(n)); err != nil {
				return err
			}
		}
	}
	if sum.Classes[letter.ClassOurs] == 0 {
		return nil
	}
	refusals, err := c.Refusals(ctx)
	for _, r := range refusals {
		if err := out.Print(r, "repair", string(r.Mend), r.List, strconv.Itoa(r.Letters), repairs[r.Mend], r.Said); err != nil {
			return err
		}
	}
	return err
}

// Unwritten lists the rows that no letter covers.
func Unwritten(ctx context.Context, out *console.Console, c *campaign.Campaign) error {
	for u, err := range c.Unwritten(ctx) {
		if err != nil {
			return err
		}
		addr := ""
		if u.Finding.Addr.IsValid() {
			addr = u.Finding.Addr.String()
		}
		if err := out.Print(u, u.Finding.Source, addr, string(u.Finding.Kind), string(u.Fate), u.Reason); err != nil {
			return err
		}
	}
	return nil
}

// Histories says of letters all that happened to them.
func Histories(ctx context.Context, out *console.Console, c *campaign.Campaign, ids []string) error {
	for _, id := range ids {
		e, err := c.Entry(ctx, id)
		if err != nil {
			return err
		}
		Entry(out, e)
		events, err := c.History(ctx, id)
		if err != nil {
			return err
		}
		for _, e := range events {
			if err := out.Print(e, e.Letter, e.At.Format(time.RFC3339), e.Kind, e.By, e.Text); err != nil {
				return err
			}
		}
	}
	return nil
}

// States is "approved 3, sent 12".
func States(sum letter.Sum) string {
	var parts []string
	for _, s := range letter.States {
		if n := sum.States[s]; n > 0 {
			parts = append(parts, string(s)+" "+strconv.Itoa(n))
		}
	}
	if len(parts) == 0 {
		return "no letters"
	}
	return strings.Join(parts, ", ")
}

// Letters lists letters.
func Letters(ctx context.Context, out *console.Console, c *campaign.Campaign, f ledger.Filter) error {
	for e, err := range c.Letters(ctx, f) {
		if err != nil {
			return err
		}
		Entry(out, e)
	}
	return nil
}

// Watch prints how many letters are in which state whenever that changes,
// until none is waiting or on its way.
func Watch(ctx context.Context, out *console.Console, c *campaign.Campaign, every time.Duration) error {
	tick := time.NewTicker(every)
	defer tick.Stop()
	for last := ""; ; {
		sum, err := c.Sum(ctx)
		if err != nil {
			return err
		}
		if now := States(sum); now != last {
			if err := out.Print(sum, time.Now().Format(time.TimeOnly), now); err != nil {
				return err
			}
			last = now
		}
		if sum.States[letter.Approved]+sum.States[letter.Deferred]+sum.States[letter.Sending] == 0 {
			return nil
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// Sum says where every row is. A sum that does not add up is an error.
func Sum(out *console.Console, sum letter.Sum) error {
	if err := out.Print(sum, console.Sentence(sum)); err != nil {
		return err
	}
	return sum.Check()
}
