package lookup

import (
	"context"
	"sync"
	"time"
)

// A Pacer keeps the queries to each host apart. It may be called from many
// goroutines.
//
// Wait returns when the next query to host may go; every nil is one query.
// Slow says that the host asked for a rest of d.
type Pacer interface {
	Wait(ctx context.Context, host string) error
	Slow(host string, d time.Duration)
}

// A MemoryPacer paces this process alone, with the generic cell rate
// algorithm: one time for each host.
type MemoryPacer struct {
	Rate func(host string) (every time.Duration, burst int)

	mu    sync.Mutex
	marks map[string]time.Time // when the host's allowance is whole again
	rests map[string]time.Time // until when the host is not asked at all
}

// Wait implements [Pacer].
func (p *MemoryPacer) Wait(ctx context.Context, host string) error {
	for {
		if err := sleep(ctx, time.Until(p.reserve(host))); err != nil {
			return err
		}
		if !p.resting(host) { // nobody asked for a rest meanwhile
			return nil
		}
	}
}

func (p *MemoryPacer) reserve(host string) time.Time {
	every, burst := p.Rate(host)
	allowance := time.Duration(max(burst, 1)-1) * every
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.marks == nil {
		p.marks = map[string]time.Time{}
	}
	mark := p.marks[host]
	if now := time.Now(); mark.Before(now) {
		mark = now
	}
	if whole := p.rests[host].Add(allowance); mark.Before(whole) {
		mark = whole // no burst after a rest
	}
	p.marks[host] = mark.Add(every)
	return mark.Add(-allowance)
}

func (p *MemoryPacer) resting(host string) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.rests[host].After(time.Now())
}

// Slow implements [Pacer].
func (p *MemoryPacer) Slow(host string, d time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.rests == nil {
		p.rests = map[string]time.Time{}
	}
	if until := time.Now().Add(d); p.rests[host].Before(until) {
		p.rests[host] = until
	}
}

// sleep waits for d, or less if ctx ends, and returns ctx's error.
func sleep(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return ctx.Err()
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}
