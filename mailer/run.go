package mailer

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"headsup/letter"
)

// Options says how a run sends. The zero value sends one letter at a time
// until the context ends.
type Options struct {
	Connections int           // letters on the wire at once; default 1
	Idle        time.Duration // how long to wait at most before asking the outbox again; default 1 minute
	Drain       bool          // end when nothing is waiting
	Patience    time.Duration // with Drain: end also if the next letter is due later than this from now; 0 waits for all

	// Notify, if set, is told of each outcome once it is recorded, one at a time.
	Notify func(letter.Envelope, letter.Outcome)
}

// ErrStuck means that letter after letter could not even be offered to the
// mail server.
var ErrStuck = errors.New("letters cannot be handed over")

// ErrRefused means that letter after letter was refused for what we are, not
// for whom it is to: a policy, a block list, a sender that is not allowed.
var ErrRefused = errors.New("the mail server does not take our letters")

const (
	// settleTime is how long the outbox may take to record an outcome after
	// the run was told to stop.
	settleTime = time.Minute

	// minIdle keeps a clock that differs from the outbox's from making the
	// run ask in circles.
	minIdle = 50 * time.Millisecond

	// Where the mail server cannot be reached, the next letter waits
	// firstPause, then twice as long each time, up to maxPause. A run that
	// is to end by itself gives up after maxOutages in a row.
	firstPause = time.Second
	maxPause   = 5 * time.Minute
	maxOutages = 3

	// maxRefusals letters that were refused for good but not failed, with
	// none sent in between, end a run.
	maxRefusals = 5
)

// Run sends what the outbox hands out until ctx is done, or, with
// [Options.Drain], until nothing is waiting.
//
// Every letter that was claimed is settled, also after ctx is done: then Run
// returns the cause. It stops at the first error of the outbox, because a
// letter that was sent but not recorded must not be followed by another. A
// mail server that cannot be reached is asked again ever more slowly; with
// Drain, Run gives up after a few attempts and returns why. It ends as well,
// with [ErrRefused], when all that the server says is that it wants none of us.
func Run(ctx context.Context, box Outbox, post Transport, o Options) error {
	o.Connections = max(o.Connections, 1)
	if o.Idle <= 0 {
		o.Idle = time.Minute
	}
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	r := &run{box: box, post: post, o: o, stop: stop, free: make(chan *place, o.Connections), settled: make(chan struct{}, 1)}
	for range o.Connections {
		r.free <- &place{}
	}
	err := r.dispatch(ctx)
	if err != nil {
		stop(err)
	}
	r.flying.Wait()
	r.giveBack(ctx)
	return errors.Join(append(r.errs, err)...)
}

type run struct {
	box  Outbox
	post Transport
	o    Options
	stop context.CancelCauseFunc

	ready   []letter.Envelope // claimed, and not on the wire yet
	free    chan *place       // where no letter is
	settled chan struct{}     // told after each outcome
	flying  sync.WaitGroup

	mu      sync.Mutex
	errs    []error
	open    int    // letters that are claimed and not settled
	outages int    // failures to reach the server, in a row
	outage  string // the last one
	refused int    // letters refused because of us since one was sent
}

// A place is room for one letter on the wire. While its outcome is recorded,
// the next letter may be brought up to, and without, the final dot: a run that
// is killed leaves one letter unknown at most for each place.
type place struct {
	recorded chan struct{} // closed once the last letter is settled; nil: there was none
}

func (p *place) wait() {
	if p.recorded != nil {
		<-p.recorded
	}
}

// dispatch puts a letter on the wire whenever there is room for one.
func (r *run) dispatch(ctx context.Context) error {
	for {
		var p *place
		select {
		case p = <-r.free:
		case <-ctx.Done():
		}
		if err := r.pause(ctx); err != nil {
			return err
		}
		if ctx.Err() != nil {
			return r.cause(ctx)
		}
		if len(r.ready) == 0 {
			retry, err := r.claim(ctx)
			if err != nil {
				return err
			}
			if len(r.ready) == 0 {
				r.free <- p
				if done, err := r.wait(ctx, retry); done || err != nil {
					return err
				}
				continue
			}
		}
		e := r.ready[0]
		r.ready = r.ready[1:]
		r.flying.Go(func() { r.deliver(ctx, p, e) })
	}
}

// claim takes letters from the outbox once none is left of those before: a
// claimed letter that waits is nobody's. It takes few more than there is room
// for, and one where it is doubtful whether the server is there.
func (r *run) claim(ctx context.Context) (retry time.Time, err error) {
	select {
	case <-r.settled: // before this claim: no news
	default:
	}
	r.mu.Lock()
	most := 2 * r.o.Connections
	if r.o.Connections == 1 || r.outages > 0 {
		most = 1
	}
	r.mu.Unlock()
	r.ready, retry, err = r.box.Claim(ctx, most)
	switch {
	case err != nil && ctx.Err() != nil:
		return retry, r.cause(ctx)
	case err != nil:
		return retry, fmt.Errorf("claim the next letters: %w", err)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.open += len(r.ready)
	return retry, nil
}

// giveBack settles letters that were claimed and will not be sent by this run.
func (r *run) giveBack(ctx context.Context) {
	for _, e := range r.ready {
		o := deferred(letter.Claimed, "stopped before it was sent")
		o.Stopped, o.At = true, time.Now().UTC()
		r.record(ctx, e, o)
	}
	r.ready = nil
}

// cause is why the run was stopped, unless deliver has noted it already.
func (r *run) cause(ctx context.Context) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.errs) > 0 {
		return nil
	}
	return context.Cause(ctx)
}

// wait returns when the outbox should be asked again, or that the run is done.
func (r *run) wait(ctx context.Context, retry time.Time) (done bool, err error) {
	left := time.Until(retry)
	idle := r.o.Idle
	if !retry.IsZero() {
		idle = max(min(left, idle), minIdle)
	}
	tooLate := retry.IsZero() || r.o.Patience > 0 && left > r.o.Patience
	if r.o.Drain && tooLate && r.quiet() {
		return true, nil
	}
	timer := time.NewTimer(idle)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-r.settled:
	case <-ctx.Done():
		return false, r.cause(ctx)
	}
	return false, nil
}

// quiet reports whether no letter is open and none was settled, to become due
// again, since the outbox was asked.
func (r *run) quiet() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.open == 0 && len(r.settled) == 0
}

// pause waits after the server could not be reached.
func (r *run) pause(ctx context.Context) error {
	r.mu.Lock()
	n, why := r.outages, r.outage
	r.mu.Unlock()
	if n == 0 {
		return nil
	}
	r.giveBack(ctx) // they may be stopped while the server is away
	if r.o.Drain && n >= maxOutages {
		return fmt.Errorf("%w: %s", ErrStuck, why)
	}
	timer := time.NewTimer(min(firstPause<<min(n-1, 20), maxPause))
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return r.cause(ctx)
	}
}

// deliver sends one letter, makes room for the next, and records what became
// of it, even if the run was told to stop meanwhile.
func (r *run) deliver(ctx context.Context, p *place, e letter.Envelope) {
	var lost error
	o := r.post.Send(ctx, e, func() error {
		p.wait()
		err := ctx.Err()
		if err == nil {
			err = r.box.Mark(ctx, e)
		}
		if err != nil && ctx.Err() == nil { // else it was stopped, not lost
			lost = fmt.Errorf("letter %s: not marked before the final dot: %w", e.LetterID, err)
		}
		return err
	})
	o.Stopped = ctx.Err() != nil && o.State == letter.Deferred && o.Code == 0
	r.judge(ctx, o, lost)
	p.wait()
	recorded := make(chan struct{})
	defer close(recorded)
	p.recorded = recorded
	r.free <- p
	r.record(ctx, e, o)
}

// judge learns from an outcome how the server is.
func (r *run) judge(ctx context.Context, o letter.Outcome, lost error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	switch {
	case lost != nil:
		r.fail(lost)
	case ctx.Err() != nil:
	case o.State == letter.Deferred && o.Phase == letter.Claimed:
		r.outages, r.outage = r.outages+1, o.Text
	case o.Phase != letter.Claimed:
		r.outages = 0
		r.weigh(o)
	}
}

// fail ends the run.
func (r *run) fail(err error) {
	r.errs = append(r.errs, err)
	r.stop(err)
}

// record settles a letter.
func (r *run) record(ctx context.Context, e letter.Envelope, o letter.Outcome) {
	settle, cancel := context.WithTimeout(context.WithoutCancel(ctx), settleTime)
	defer cancel()
	err := r.box.Settle(settle, e, o)
	r.mu.Lock()
	defer r.mu.Unlock()
	if err != nil {
		r.fail(fmt.Errorf("letter %s: outcome %s not recorded: %w", e.LetterID, o.State, err))
	} else if r.o.Notify != nil {
		r.o.Notify(e, o)
	}
	r.open--
	select {
	case r.settled <- struct{}{}:
	default:
	}
}

// weigh ends the run when the server has refused us too often.
func (r *run) weigh(o letter.Outcome) {
	switch {
	case o.State == letter.Sent:
		r.refused = 0
	case o.State == letter.Deferred && o.Code/100 == 5: // for good, but not the letter's fault
		if r.refused++; r.refused == maxRefusals {
			r.fail(fmt.Errorf("%w: %s", ErrRefused, o.Text))
		}
	}
}
