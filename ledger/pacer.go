package ledger

import (
	"context"
	"sync"
	"time"

	"headsup/letter"
	"headsup/lookup"
)

// A Pacer keeps queries to registries apart, in the lanes "registry:" and the
// host: all processes that use the ledger keep one pace together. It
// implements [lookup.Pacer] and may be used from many goroutines.
type Pacer struct {
	l    *Ledger
	rate func(host string) (every time.Duration, burst int)

	mu    sync.Mutex
	known map[string]bool // lanes whose pace has been set
	err   error           // of Slow, for the next Wait
}

// Pacer makes a pacer; rate says how often a host may be asked.
func (l *Ledger) Pacer(rate func(host string) (every time.Duration, burst int)) *Pacer {
	return &Pacer{l: l, rate: rate, known: map[string]bool{}}
}

// Wait returns when the next query to host may go; every nil is one query. A
// rest that any process was told to give the host, and that is longer than
// [lookup.LongRest], is a [lookup.RateLimited].
func (p *Pacer) Wait(ctx context.Context, host string) error {
	p.mu.Lock()
	err := p.err
	p.err = nil
	p.mu.Unlock()
	for err == nil {
		var wait time.Duration
		if wait, err = p.try(ctx, host); err != nil || wait <= 0 {
			return err
		}
		timer := time.NewTimer(wait)
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			return ctx.Err()
		}
	}
	return err
}

// try takes a slot, or says how long there is none.
func (p *Pacer) try(ctx context.Context, host string) (wait time.Duration, err error) {
	rest := time.Duration(0)
	err = p.change(ctx, host, func(a *letter.Lane, now time.Time) {
		at, mark := a.Next(now)
		if wait, rest = at.Sub(now), a.Paused.Sub(now); wait <= 0 {
			a.Mark = mark
		}
	})
	if err == nil && rest > lookup.LongRest {
		err = lookup.RateLimited{Host: host, RetryAfter: rest, Why: "it asked for a rest"}
	}
	return wait, err
}

// Slow says that host asked for a rest of d.
func (p *Pacer) Slow(host string, d time.Duration) {
	err := p.change(context.Background(), host, func(a *letter.Lane, now time.Time) {
		a.Rest(d, now)
	})
	if err != nil {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.err = err
	}
}

func (p *Pacer) change(ctx context.Context, host string, f func(a *letter.Lane, now time.Time)) error {
	key := "registry:" + host
	if err := checkLane(key); err != nil {
		return err
	}
	p.mu.Lock()
	known := p.known[host]
	p.mu.Unlock()
	err := inTx(ctx, p.l, func(t *tx) error {
		if !known {
			every, burst := p.rate(host)
			if err := t.setLane(ctx, key, letter.Pace{Every: every, Burst: burst}); err != nil {
				return err
			}
		}
		a, err := t.lane(ctx, key)
		if err != nil {
			return err
		}
		now, err := t.now(ctx)
		if err != nil {
			return err
		}
		before := a
		if f(&a, now); a == before {
			return nil
		}
		return t.storeLane(ctx, a)
	})
	if err == nil {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.known[host] = true
	}
	return err
}
