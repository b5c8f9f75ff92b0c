package desk

import (
	"context"
	"time"

	"headsup/campaign"
)

// An errand is work that takes longer than a page may: it goes on while nobody
// waits, one of a name at a time.
type errand struct {
	By    string
	Since time.Time
	Ended time.Time // zero: it goes on
	Task  campaign.Task
	Done  int
	Total int
	Err   error
	over  chan struct{}
}

// Busy reports whether the errand goes on.
func (e *errand) Busy() bool { return e != nil && e.Ended.IsZero() }

// errandOf is the last errand of a name as it is now, or nil.
func errandOf(d *Desk, name string) *errand {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.errands[name] == nil {
		return nil
	}
	e := *d.errands[name]
	return &e
}

// run begins an errand unless one of its name goes on, and returns what is closed
// when it is over.
func run(d *Desk, name, by string, do func(ctx context.Context, tell func(campaign.Event)) error) <-chan struct{} {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.errands[name].Busy() {
		return d.errands[name].over
	}
	e := &errand{By: by, Since: time.Now(), over: make(chan struct{})}
	d.errands[name] = e
	d.work.Go(func() {
		err := do(d.ctx, func(event campaign.Event) { note(d, e, event) })
		if err != nil && d.ctx.Err() == nil && d.o.Log != nil {
			d.o.Log.Warn("errand", "name", name, "by", by, "error", err)
		}
		d.mu.Lock()
		defer d.mu.Unlock()
		e.Err, e.Ended = err, time.Now()
		close(e.over)
	})
	return e.over
}

// note keeps what an errand tells of how far it is.
func note(d *Desk, e *errand, event campaign.Event) {
	if p, ok := event.(campaign.Progress); ok {
		d.mu.Lock()
		defer d.mu.Unlock()
		e.Task, e.Done, e.Total = p.Task, p.Done, p.Total
	}
}

// patience is how long a page waits for what will soon be there.
const patience = 60 * time.Millisecond

// await waits for an errand, for as long as a page may.
func await(over <-chan struct{}) {
	timer := time.NewTimer(patience)
	defer timer.Stop()
	select {
	case <-over:
	case <-timer.C:
	}
}
