package ledger

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"sync"
	"time"
)

// A group lets writers that come at the same time share one transaction, and
// so one fsync: while one is committed, the next one gathers.
type group struct {
	mu      sync.Mutex
	waiting []*job
	busy    bool // a transaction runs
}

// writeTime is how long a transaction of a group may take on PostgreSQL. On
// SQLite nothing is waited for but the disk, and to watch a clock meanwhile
// would cost as much as the statements do.
const writeTime = time.Minute

// A job is a part of a shared transaction. It may be run more than once, but
// its effects are committed at most once.
type job struct {
	run   func(context.Context, *tx) error
	write *write // what run does, where that can be done for many at once
	done  chan struct{}
	err   error // once done is closed
}

// rank orders the jobs of a transaction: marks come after the outcomes that
// they must not overtake.
func (j *job) rank() int {
	switch {
	case j.write == nil:
		return 2
	case j.write.out == nil:
		return 1
	}
	return 0
}

// together is update for short transactions of many goroutines. PostgreSQL
// shares the fsync of concurrent commits by itself.
func inGroup(ctx context.Context, l *Ledger, f func(context.Context, *tx) error) error {
	if l.path == "" {
		return inTx(ctx, l, func(t *tx) error { return f(ctx, t) })
	}
	j := &job{run: f}
	enqueue(l, j)
	<-j.done
	return j.err
}

// submit has a job run soon, after all that were submitted before.
func enqueue(l *Ledger, j *job) {
	j.done = make(chan struct{})
	g := &l.group
	g.mu.Lock()
	defer g.mu.Unlock()
	g.waiting = append(g.waiting, j)
	if !g.busy {
		g.busy = true
		go workOff(l)
	}
}

// work runs jobs until none is waiting.
func workOff(l *Ledger) {
	g := &l.group
	for {
		g.mu.Lock()
		jobs := g.waiting
		g.waiting, g.busy = nil, len(jobs) > 0
		g.mu.Unlock()
		if len(jobs) == 0 {
			return
		}
		ctx, cancel := context.Background(), func() {}
		if l.path == "" {
			ctx, cancel = context.WithTimeout(ctx, writeTime)
		}
		runAll(ctx, l, jobs)
		cancel()
	}
}

// runAll commits all jobs at once, or each for itself if one of them fails. An
// error of the commit itself is everybody's: the jobs may have been persisted.
// Each is told when it is over.
func runAll(ctx context.Context, l *Ledger, jobs []*job) {
	slices.SortStableFunc(jobs, func(a, b *job) int { return cmp.Compare(a.rank(), b.rank()) })
	refused := false
	err := inTx(ctx, l, func(t *tx) error {
		err := t.runAll(ctx, jobs)
		refused = err != nil
		return err
	})
	for _, j := range jobs {
		j.err = err
		if refused && len(jobs) > 1 {
			j.err = inTx(ctx, l, func(t *tx) error { return j.run(ctx, t) })
		}
		if j.write != nil {
			j.write.box.note(j.write, j.err)
		}
		j.finish()
	}
}

func (t *tx) runAll(ctx context.Context, jobs []*job) error {
	var writes []*write
	for _, j := range jobs {
		if j.write != nil {
			writes = append(writes, j.write)
		}
	}
	alone := jobs
	if len(writes) > 1 {
		if err := t.writeAll(ctx, writes); err != nil {
			return err
		}
		alone = jobs[len(writes):]
	}
	for _, j := range alone {
		if err := j.run(ctx, t); err != nil {
			return err
		}
	}
	return nil
}

// wait waits until a job is done, or ctx is; then it may be done all the same.
func (j *job) wait(ctx context.Context) error {
	select {
	case <-j.done:
		return j.err
	case <-ctx.Done():
		return errors.Join(context.Cause(ctx), errors.New("the ledger takes too long"))
	}
}
