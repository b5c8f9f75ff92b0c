package campaign

import (
	"context"
	"errors"
	"iter"
	"net/netip"
	"time"

	"headsup/lookup"
)

// Ask looks up every address that has no fresh answer. What it learns is in
// the ledger before the next is asked for long, so that a run that was
// stopped asks nobody again. A look-up that fails is no error: the sum counts
// its rows.
func (c *Campaign) Ask(ctx context.Context) error {
	bar := count(c.event, Asking, 0)
	defer bar.over()
	var failed error
	addrs := func(yield func(netip.Addr) bool) {
		for a, err := range c.ledger.Addresses(ctx, c.rules.ID, c.settings.Lookup.Since(time.Now())) {
			if err != nil {
				failed = err
				return
			}
			if !yield(a) {
				return
			}
		}
	}
	var results []lookup.Result
	flush := func() error {
		err := c.ledger.AddLookups(context.WithoutCancel(ctx), c.rules.ID, results)
		bar.add(len(results))
		results = results[:0]
		return err
	}
	for r := range c.resolver.All(ctx, iter.Seq[netip.Addr](addrs), c.settings.Lookup.AtOnce()) {
		if ctx.Err() != nil && r.Err != nil {
			continue // not an answer: we were told to stop
		}
		if results = append(results, r); len(results) >= 100 {
			if err := flush(); err != nil {
				return err
			}
		}
	}
	return errors.Join(flush(), failed, ctx.Err())
}
