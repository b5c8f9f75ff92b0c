package ledger

import (
	"context"
	"sync"
)

// A group lets writers that come at the same time share one transaction, and
// so one fsync: whoever has its turn commits for all that wait.
type group struct {
	turn sync.Mutex // held while a transaction runs

	mu      sync.Mutex
	waiting []*job
}

// A job is a part of a shared transaction. It may be run more than once, but
// its effects are committed at most once.
type job struct {
	run  func(*tx) error
	done bool
	err  error
}

// together is update for short transactions of many goroutines. PostgreSQL
// shares the fsync of concurrent commits by itself.
func (l *Ledger) together(ctx context.Context, f func(*tx) error) error {
	if l.path == "" {
		return l.update(ctx, f)
	}
	j := &job{run: f}
	g := &l.group
	g.mu.Lock()
	g.waiting = append(g.waiting, j)
	g.mu.Unlock()

	g.turn.Lock()
	defer g.turn.Unlock()
	if j.done {
		return j.err
	}
	g.mu.Lock()
	jobs := g.waiting
	g.waiting = nil
	g.mu.Unlock()
	l.runAll(context.WithoutCancel(ctx), jobs)
	return j.err
}

// runAll commits all jobs at once, or each for itself if one of them fails. An
// error of the commit itself is everybody's: the jobs may have been persisted.
func (l *Ledger) runAll(ctx context.Context, jobs []*job) {
	refused := false
	err := l.update(ctx, func(t *tx) error {
		for _, j := range jobs {
			if err := j.run(t); err != nil {
				refused = true
				return err
			}
		}
		return nil
	})
	for _, j := range jobs {
		j.done, j.err = true, err
		if refused && len(jobs) > 1 {
			j.err = l.update(ctx, j.run)
		}
	}
}
