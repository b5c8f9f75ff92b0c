// Package escalate does more about customers whom letters did not move: it
// decides when, asks a person, and runs the command that the settings name.
//
// It never acts twice for the same event, nor on what nobody proven told. It
// says when a letter is to be firmer, writes none, reads no report, and knows nothing of how a command acts:
// that is the house's own.
package escalate

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"headsup/campaign/settings"
	"headsup/ledger"
	"headsup/letter"
	"headsup/lookup/lease"
)

var (
	// ErrNoHook means that the settings name no command.
	ErrNoHook = errors.New("the settings name no command to act with (isp.escalation.hook)")
	// ErrEnough means that as many measures ran today as a day has.
	ErrEnough = errors.New("as many measures ran today as a day has (isp.escalation.a_day)")
)

// A House is what decides about a provider's customers.
type House struct {
	Escalation settings.Escalation
	Measures   ledger.Measures
	Customers  *lease.Customers
	MailRoom   string // mailbox to which letters on paper go, before they are posted
	Now        func() time.Time
	Tell       func(Told)
}

// Told is a measure whose state changed, or which waits.
type Told struct {
	ledger.Measure
	Err error `json:"-"` // of the command
}

// independent counts reporters by their mail domains: the mailboxes of one house
// are one source.
func independent(all []ledger.Persistence) int {
	domains := map[string]bool{}
	for _, p := range all {
		for _, r := range p.Reporters {
			domains[r[strings.LastIndexByte(r, '@')+1:]] = true
		}
	}
	return len(domains)
}

// Due says why a measure about a customer is due, or "": so many independent
// sources, or events that go on so long after the first letter.
//
// Where firmer letters are written, only what happened after the last one that
// left (firmed) is a reason.
func Due(e settings.Escalation, all []ledger.Persistence, firmed time.Time) string {
	if !e.Firms() {
		return due(e.Sources, e.Days, all, "first", firstTold(all))
	}
	if firmed.IsZero() {
		return ""
	}
	return due(e.Sources, e.Days, after(all, firmed), "firmer", firmed)
}

// Firm says why the next letter to a customer is a firmer one, or "": the same
// for events that were told, and those that it is to tell.
func Firm(e settings.Escalation, all []ledger.Persistence) string {
	told := firstTold(all)
	if told.IsZero() {
		return "" // nothing was asked of the customer yet
	}
	return due(e.FirmSources, e.FirmDays, all, "first", told)
}

// firstTold is when the first letter about events left, or zero.
func firstTold(all []ledger.Persistence) (first time.Time) {
	for _, p := range all {
		if !p.Told.IsZero() && (first.IsZero() || p.Told.Before(first)) {
			first = p.Told
		}
	}
	return first
}

// after are the events that happened after a time.
func after(all []ledger.Persistence, t time.Time) (later []ledger.Persistence) {
	for _, p := range all {
		if p.At.After(t) {
			later = append(later, p)
		}
	}
	return later
}

func due(sources, days int, all []ledger.Persistence, what string, since time.Time) string {
	if n := independent(all); sources > 0 && n >= sources {
		return fmt.Sprintf("%d independent reporters", n)
	}
	if days <= 0 || len(all) == 0 {
		return ""
	}
	last := slices.MaxFunc(all, func(a, b ledger.Persistence) int { return a.At.Compare(b.At) }).At
	if n := int(last.Sub(since).Hours() / 24); n >= days {
		return fmt.Sprintf("it goes on %d days after the "+what+" letter", n)
	}
	return ""
}

// exempt reports whether the settings leave a customer out, or nobody knows it.
func (h House) exempt(id string) bool { return Exempt(h.Escalation, h.Customers.ByID(id)) }

// Exempt reports whether the settings leave a customer out, or nobody knows it.
func Exempt(e settings.Escalation, who *lease.Customer) bool {
	return who == nil || slices.Contains(e.Exempt, who.Class) && who.Class != "" ||
		slices.Contains(e.Exempt, cmp.Or(who.Contract, "access")) || slices.Contains(e.Exempt, who.ID)
}

// Look proposes the measures that are due, and runs them where the settings say
// that no person need confirm them. A command that fails is told, and stops
// nothing.
func (h House) Look(ctx context.Context) error {
	if len(h.Escalation.Hook) == 0 {
		return nil
	}
	all, err := h.Measures.Persisting(ctx, h.MailRoom, h.Now().Add(-h.Escalation.Span()))
	if err != nil {
		return err
	}
	for len(all) > 0 {
		n := slices.IndexFunc(all, func(p ledger.Persistence) bool { return p.Customer != all[0].Customer })
		if n < 0 {
			n = len(all)
		}
		firmed, err := h.Measures.Firmed(ctx, letter.CustomerPile(all[0].Customer))
		if err != nil {
			return err
		}
		of := all[:n]
		why := Due(h.Escalation, of, firmed)
		if h.Escalation.Firms() {
			of = after(of, firmed)
		}
		if why != "" && !h.exempt(all[0].Customer) {
			if err := h.propose(ctx, of, why); err != nil {
				return err
			}
		}
		all = all[n:]
	}
	return nil
}

func (h House) propose(ctx context.Context, of []ledger.Persistence, why string) error {
	var incidents []int64
	for _, p := range of {
		incidents = append(incidents, p.Incident)
	}
	id, err := h.Measures.Propose(ctx, of[0].Customer, why, incidents)
	if errors.Is(err, ledger.ErrTwice) { // another run proposed it meanwhile
		return nil
	}
	if err != nil {
		return err
	}
	if h.Escalation.Unconfirmed {
		err = h.Confirm(ctx, id, "rule: isp.escalation")
		if errors.Is(err, ErrEnough) { // it waits for a person
			err = nil
		} else {
			return err
		}
	}
	return cmp.Or(err, h.tell(ctx, id, nil))
}

func (h House) tell(ctx context.Context, id int64, failed error) error {
	one, err := h.Measures.List(ctx, id)
	if err == nil && h.Tell != nil {
		h.Tell(Told{one[0], failed})
	}
	return err
}

// Confirm runs the command about a measure that was proposed, or that failed.
// Intent is written down before it runs. What the command says is recorded; that
// it failed is told, and is no error of Confirm.
func (h House) Confirm(ctx context.Context, id int64, by string) error {
	return h.run(ctx, id, by, "act", ledger.Running, ledger.Acted, ledger.Failed, ledger.Proposed, ledger.Failed)
}

// Release runs the command to take back what it did, or may have done before it
// failed.
func (h House) Release(ctx context.Context, id int64, by string) error {
	return h.run(ctx, id, by, "release", ledger.Releasing, ledger.Released, ledger.Acted, ledger.Acted, ledger.Failed, ledger.Running, ledger.Releasing)
}

// Dismiss says that no measure is wanted. Its events are no reason any more.
func (h House) Dismiss(ctx context.Context, id int64, by string) error {
	if err := h.Measures.Move(ctx, id, ledger.Dismissed, by, "", ledger.Proposed, ledger.Failed); err != nil {
		return err
	}
	return h.tell(ctx, id, nil)
}

func (h House) run(ctx context.Context, id int64, by, action string, while, well, ill ledger.MeasureState, from ...ledger.MeasureState) error {
	if len(h.Escalation.Hook) == 0 {
		return ErrNoHook
	}
	one, err := h.Measures.List(ctx, id)
	if err != nil {
		return err
	}
	if action == "act" {
		ran, err := h.Measures.RanToday(ctx, id)
		if err != nil {
			return err
		}
		if ran >= h.Escalation.Most() {
			return ErrEnough
		}
	}
	if err := h.Measures.Move(ctx, id, while, by, "", from...); err != nil {
		return err
	}
	said, failed := h.command(ctx, action, one[0])
	to := well
	if failed != nil {
		to, said = ill, strings.TrimSpace(failed.Error()+"\n"+said)
	}
	// The command ran, whoever stops us now.
	ctx = context.WithoutCancel(ctx)
	if err := h.Measures.Move(ctx, id, to, "", said, while); err != nil {
		return err
	}
	return h.tell(ctx, id, failed)
}
