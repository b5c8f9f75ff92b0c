package campaign

import (
	"context"
	"errors"
	"iter"
	"net/netip"
	"time"

	"headsup/lookup"
)

// AskOptions say whom look-ups may ask, and for how long.
type AskOptions struct {
	Offline bool // nobody: what is not known without is put off to the next time
	Wait    bool // a registry that refuses is waited for, however long
}

// Ask looks up every address that has no fresh answer. What is known without
// asking comes first; then it tells what is due ([LookupsDue]), and at once of
// every registry that refuses ([RegistryRests]): its addresses are left to the
// next time, unless the options say to wait.
//
// What it learns is in the ledger before the next is asked for long, so that a
// run that was stopped asks nobody again. A look-up that fails is no error: the
// sum counts its rows.
func (c *Campaign) Ask(ctx context.Context, o AskOptions) error {
	a := &asker{c: c, ctx: ctx, bar: count(c.event, Asking, 0), kept: time.Now()}
	defer a.bar.over()
	r := c.resolver
	if o.Offline {
		r = r.Offline()
	}
	for e := range r.Batch(ctx, a.addresses(), lookup.BatchOptions{Workers: c.settings.Lookup.AtOnce(), Wait: o.Wait}) {
		switch e := e.(type) {
		case lookup.Due:
			if err := a.keep(); err != nil {
				return err
			}
			c.event(LookupsDue{e, o.Offline})
		case lookup.RateLimited:
			c.event(RegistryRests{e})
		case lookup.Result:
			if err := a.take(e); err != nil {
				return err
			}
		}
	}
	return errors.Join(a.keep(), a.failed, ctx.Err())
}

// An asker takes what look-ups come to into the ledger.
type asker struct {
	c       *Campaign
	ctx     context.Context
	bar     *counter
	results []lookup.Result
	kept    time.Time
	failed  error // of the ledger, while addresses were read
}

func (a *asker) addresses() iter.Seq[netip.Addr] {
	since := a.c.settings.Lookup.Since(time.Now())
	return func(yield func(netip.Addr) bool) {
		for addr, err := range a.c.ledger.Addresses(a.ctx, a.c.rules.ID, since) {
			if err != nil {
				a.failed = err
				return
			}
			if !yield(addr) {
				return
			}
		}
	}
}

// keepWithin is how long an answer may be held back for others to be kept with
// it: one transaction for each of a million would take hours.
const keepWithin = time.Second

func (a *asker) take(r lookup.Result) error {
	if errors.Is(r.Err, lookup.ErrDue) || a.ctx.Err() != nil && r.Err != nil {
		return nil // nobody has been asked
	}
	a.results = append(a.results, r)
	if len(a.results) < batch && time.Since(a.kept) < keepWithin {
		return nil
	}
	return a.keep()
}

// keep writes what was answered into the ledger, also when the run was stopped.
func (a *asker) keep() error {
	err := a.c.ledger.AddLookups(context.WithoutCancel(a.ctx), a.c.rules.ID, a.results)
	a.bar.add(len(a.results))
	a.results, a.kept = a.results[:0], time.Now()
	return err
}
