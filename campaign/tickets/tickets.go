// Package tickets has the house's own system, RT or Zammad, keep a ticket for each
// letter that needs a person, and hears when a ticket is closed there.
//
// A ticket names the letter, why it needs somebody, and where the desk shows it:
// nothing of recipients, findings or answers. A closed ticket settles an answer; it
// never releases, approves or sends a letter.
package tickets

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"headsup/campaign"
	"headsup/ledger"
	"headsup/letter"
)

// ErrOff means that the settings name no system.
var ErrOff = errors.New("no [tickets] in the settings")

// A Keeper says when a ticket is tried again.
type Keeper struct {
	Lease time.Duration // for how long nobody else makes a ticket that one sets out to make; longer than Zammad's index takes
	Most  time.Duration // the longest pause after a failure
}

// Usual is the keeper of a house.
var Usual = Keeper{Lease: 5 * time.Minute, Most: time.Hour}

// What was done about a ticket.
const (
	Wanted = "wanted" // it is to be made
	Made   = "made"
	Found  = "found" // it was there: whoever made it did not come to write that down
	Closed = "closed"
)

// Done is a ticket, and what was done about it. Its JSON names are settled.
type Done struct {
	ledger.Ticket
	Key  string `json:"key"` // our reference, which stands in its subject
	What string `json:"what"`
}

// plan is how many tickets a plan names at the most.
const plan = 10_000

// Plan returns the tickets that would be made. It asks nobody and changes nothing.
func Plan(ctx context.Context, c *campaign.Campaign) (all []Done, err error) {
	in := campaign.Within(c)
	if in.Settings.Tickets == nil {
		return nil, ErrOff
	}
	list, err := ledger.Ticketless(ctx, in.Ledger, in.Rules.ID, plan)
	for _, t := range list {
		all = append(all, Done{t, t.Key(), Wanted})
	}
	return all, err
}

// Pass makes the tickets that are due, then asks about those that are open, and
// tells of each that was made or closed. The first failure ends it. It returns
// [ErrOff] where the settings name no system.
func (k Keeper) Pass(ctx context.Context, c *campaign.Campaign, told func(Done)) error {
	in := campaign.Within(c)
	if in.Settings.Tickets == nil {
		return ErrOff
	}
	d, err := newDesk(in)
	if err != nil {
		return err
	}
	for more := true; more; {
		if more, err = k.makeNext(ctx, in, d, told); err != nil {
			return err
		}
	}
	asked := map[string]bool{}
	for {
		key, err := askNext(ctx, in, d, told)
		if err != nil || asked[key] || key == "" {
			return err
		}
		asked[key] = true
	}
}

// makeNext makes the next ticket, and reports whether there was one. The ledger
// knows of it before the system does; the system is searched first, for whoever
// died in between.
func (k Keeper) makeNext(ctx context.Context, in campaign.Inside, d *desk, told func(Done)) (more bool, err error) {
	t, found, err := ledger.ClaimTicket(ctx, in.Ledger, in.Rules.ID, d.place, k.Lease)
	if err != nil || !found {
		return false, err
	}
	what := Found
	t.Number, err = d.find(ctx, t.Key())
	if err == nil && t.Number == 0 {
		what = Made
		t.Number, err = d.create(ctx, "["+t.Key()+"] "+subjects[t.Reason], d.words(t))
	}
	lasting := context.WithoutCancel(ctx)
	if err != nil {
		wait := max(k.Lease, min(time.Minute<<min(t.Tries, 12), k.Most))
		return false, errors.Join(fmt.Errorf("ticket %s: %w", t.Key(), err), ledger.TicketNotMade(lasting, in.Ledger, t, wait))
	}
	if err := ledger.TicketMade(lasting, in.Ledger, t, d.settings.Look(), d.place); err != nil {
		return false, err
	}
	told(Done{t, t.Key(), what})
	return true, nil
}

// askNext asks about the next open ticket, and returns its
// reference, or "" where none is due.
func askNext(ctx context.Context, in campaign.Inside, d *desk, told func(Done)) (key string, err error) {
	t, found, err := ledger.OpenTicket(ctx, in.Ledger, in.Rules.ID, d.place, d.settings.Look())
	if err != nil || !found {
		return "", err
	}
	state, err := d.state(ctx, t.Number)
	if err != nil {
		return "", fmt.Errorf("ticket %d, %s: %w", t.Number, t.Key(), err)
	}
	if !d.settings.Ends(state) {
		return t.Key(), nil
	}
	if t.Reason == ledger.NeedAnswered {
		rule := ledger.Rule{Ruling: letter.RuledDone, Note: "ticket " + strconv.FormatInt(t.Number, 10) + " is closed: " + state, By: d.place}
		_, err := ledger.Settle(ctx, in.Ledger, in.Rules.ID, t.Answer, rule)
		// Somebody may have ruled at the desk, or the answer may be forgotten.
		if err != nil && !errors.Is(err, ledger.ErrRuled) && !errors.Is(err, ledger.ErrNotFound) {
			return "", err
		}
	}
	if err := ledger.CloseTicket(ctx, in.Ledger, t, d.place); err != nil {
		return "", err
	}
	told(Done{t, t.Key(), Closed})
	return t.Key(), nil
}

// pause is how long a run waits between two passes.
const pause = 30 * time.Second

// Run keeps tickets until ctx ends, and returns at once where the settings name no
// system. trouble hears of what went wrong, once while it goes wrong.
func (k Keeper) Run(ctx context.Context, c *campaign.Campaign, trouble func(error)) {
	bad := false
	for ctx.Err() == nil {
		err := k.Pass(ctx, c, func(Done) {})
		if errors.Is(err, ErrOff) {
			return
		}
		if err != nil && ctx.Err() == nil && !bad {
			trouble(err)
		}
		bad = err != nil
		select {
		case <-ctx.Done():
		case <-time.After(pause):
		}
	}
}
