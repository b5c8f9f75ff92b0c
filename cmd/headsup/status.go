package main

import (
	"context"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"headsup/campaign"
	"headsup/cmd/headsup/console"
	"headsup/cmd/headsup/show"
	"headsup/ledger"
	"headsup/letter"
)

func statusCommand(p *program) *cobra.Command {
	var letters, unwritten, watch bool
	var states []string
	cmd := &cobra.Command{
		Use:   "status [ID…]",
		Short: "Where every row and every letter is",
		RunE: func(cmd *cobra.Command, ids []string) error {
			filter, err := statesOf(states)
			if err != nil {
				return err
			}
			ctx := cmd.Context()
			return p.inCampaign(ctx, func(c *campaign.Campaign) error {
				switch {
				case len(ids) > 0:
					return histories(ctx, p, c, ids)
				case watch:
					return p.watch(ctx, c, 2*time.Second)
				}
				if letters || len(states) > 0 {
					if err := p.letters(ctx, c, filter...); err != nil {
						return err
					}
				}
				if unwritten {
					if err := listUnwritten(ctx, p, c); err != nil {
						return err
					}
				}
				return p.status(ctx, c)
			})
		},
	}
	cmd.Flags().BoolVar(&letters, "letters", false, "list the letters")
	cmd.Flags().BoolVar(&watch, "watch", false, "say it again whenever it changes, until no letter waits")
	cmd.Flags().BoolVar(&unwritten, "unwritten", false, "list the rows that no letter covers")
	cmd.ValidArgsFunction = p.completeLetters(0)
	cmd.Flags().StringSliceVar(&states, "state", nil, "list the letters in these `states`: "+words(letter.States))
	completeFlag(cmd, "state", letter.States...)
	return cmd
}

// status prints the sum, last.
func (p *program) status(ctx context.Context, c *campaign.Campaign) error {
	sum, err := c.Sum(ctx)
	if err != nil {
		return err
	}
	halts, err := campaign.Holding(ctx, c)
	if err != nil {
		return err
	}
	for _, h := range halts {
		show.Halt(p.Console, h)
	}
	stage, err := campaign.StageOf(ctx, c)
	if err != nil {
		return err
	}
	show.Stage(p.Console, stage)
	if !p.JSON {
		for _, s := range letter.States {
			if n := sum.States[s]; n > 0 {
				if err := p.Print(nil, string(s), strconv.Itoa(n)); err != nil {
					return err
				}
			}
		}
	}
	if err := notArrived(ctx, p, c, sum); err != nil {
		return err
	}
	waits, err := campaign.Pend(ctx, c)
	if err != nil {
		return err
	}
	show.Pending(p.Console, waits)
	if err := p.Print(statusSum{sum, waits}, console.Sentence(sum)); err != nil {
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
func notArrived(ctx context.Context, p *program, c *campaign.Campaign, sum letter.Sum) error {
	for _, class := range letter.Classes {
		if n := sum.Classes[class]; n > 0 && !p.JSON {
			if err := p.Print(nil, "not arrived", string(class), strconv.Itoa(n)); err != nil {
				return err
			}
		}
	}
	if sum.Classes[letter.ClassOurs] == 0 {
		return nil
	}
	refusals, err := c.Refusals(ctx)
	for _, r := range refusals {
		if err := p.Print(r, "repair", string(r.Mend), r.List, strconv.Itoa(r.Letters), repairs[r.Mend], r.Said); err != nil {
			return err
		}
	}
	return err
}

// statesOf reads the values of --state.
func statesOf(words []string) (states []letter.State, err error) {
	for _, w := range words {
		if err := oneOf("state", letter.State(w), letter.States); err != nil {
			return nil, err
		}
		states = append(states, letter.State(w))
	}
	return states, nil
}

// letters lists the letters in these states, or all.
func (p *program) letters(ctx context.Context, c *campaign.Campaign, states ...letter.State) error {
	for e, err := range c.Letters(ctx, ledger.Filter{States: states}) {
		if err != nil {
			return err
		}
		show.Entry(p.Console, e)
	}
	return nil
}

func listUnwritten(ctx context.Context, p *program, c *campaign.Campaign) error {
	for u, err := range c.Unwritten(ctx) {
		if err != nil {
			return err
		}
		addr := ""
		if u.Finding.Addr.IsValid() {
			addr = u.Finding.Addr.String()
		}
		if err := p.Print(u, u.Finding.Source, addr, string(u.Finding.Kind), string(u.Fate), u.Reason); err != nil {
			return err
		}
	}
	return nil
}

func histories(ctx context.Context, p *program, c *campaign.Campaign, ids []string) error {
	for _, id := range ids {
		e, err := c.Entry(ctx, id)
		if err != nil {
			return err
		}
		show.Entry(p.Console, e)
		events, err := c.History(ctx, id)
		if err != nil {
			return err
		}
		for _, e := range events {
			if err := p.Print(e, e.Letter, e.At.Format(time.RFC3339), e.Kind, e.By, e.Text); err != nil {
				return err
			}
		}
	}
	return nil
}

// watch prints how many letters are in which state whenever that changes,
// until none is waiting or on its way.
func (p *program) watch(ctx context.Context, c *campaign.Campaign, every time.Duration) error {
	tick := time.NewTicker(every)
	defer tick.Stop()
	for last := ""; ; {
		sum, err := c.Sum(ctx)
		if err != nil {
			return err
		}
		if now := statesLine(sum); now != last {
			if err := p.Print(sum, time.Now().Format(time.TimeOnly), now); err != nil {
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

// statesLine is "approved 3, sent 12".
func statesLine(sum letter.Sum) string {
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
