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
	r := &run{box: box, post: post, o: o, stop: stop, slots: make(chan struct{}, o.Connections), settled: make(chan struct{}, 1)}
	err := r.dispatch(ctx)
	if err != nil {
		stop(err)
	}
	r.flying.Wait()
	return errors.Join(append(r.errs, err)...)
}

type run struct {
	box  Outbox
	post Transport
	o    Options
	stop context.CancelCauseFunc

	slots   chan struct{} // one for each letter on the wire
	settled chan struct{} // told after each outcome
	flying  sync.WaitGroup

	mu      sync.Mutex
	errs    []error
	outages int    // failures to reach the server, in a row
	outage  string // the last one
	refused int    // letters refused because of us since one was sent
}

// dispatch claims a letter whenever one may go on the wire, never earlier: a
// claimed letter that waits would be nobody's.
func (r *run) dispatch(ctx context.Context) error {
	for {
		select {
		case r.slots <- struct{}{}:
		case <-ctx.Done():
		}
		if err := r.pause(ctx); err != nil {
			return err
		}
		if ctx.Err() != nil {
			return r.cause(ctx)
		}
		select {
		case <-r.settled: // before this claim: no news
		default:
		}
		e, ok, retry, err := r.box.Claim(ctx)
		switch {
		case err != nil && ctx.Err() != nil:
			return r.cause(ctx)
		case err != nil:
			return fmt.Errorf("claim the next letter: %w", err)
		case ok:
			r.flying.Go(func() { r.deliver(ctx, e) })
			continue
		}
		<-r.slots
		if done, err := r.wait(ctx, retry); done || err != nil {
			return err
		}
	}
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

// quiet reports whether no letter is on the wire and none came off it, to
// become due again, since the outbox was asked.
func (r *run) quiet() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.slots) == 0 && len(r.settled) == 0
}

// pause waits after the server could not be reached.
func (r *run) pause(ctx context.Context) error {
	r.mu.Lock()
	n, why := r.outages, r.outage
	r.mu.Unlock()
	if n == 0 {
		return nil
	}
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

// deliver sends one letter and records what became of it, even if the run was
// told to stop meanwhile.
func (r *run) deliver(ctx context.Context, e letter.Envelope) {
	var lost error
	o := r.post.Send(ctx, e, func() error {
		err := r.box.Mark(ctx, e)
		if err != nil && ctx.Err() == nil { // else it was stopped, not lost
			lost = fmt.Errorf("letter %s: not marked before the final dot: %w", e.LetterID, err)
		}
		return err
	})
	o.Stopped = ctx.Err() != nil && o.State == letter.Deferred && o.Code == 0
	settle, cancel := context.WithTimeout(context.WithoutCancel(ctx), settleTime)
	defer cancel()
	if err := r.box.Settle(settle, e, o); err != nil {
		lost = errors.Join(lost, fmt.Errorf("letter %s: outcome %s not recorded: %w", e.LetterID, o.State, err))
	} else if r.o.Notify != nil {
		r.notify(e, o)
	}
	r.land(ctx, o, lost)
}

func (r *run) notify(e letter.Envelope, o letter.Outcome) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.o.Notify(e, o)
}

// land frees the place of a letter that is off the wire.
func (r *run) land(ctx context.Context, o letter.Outcome, lost error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	switch {
	case lost != nil:
		r.errs = append(r.errs, lost)
		r.stop(lost)
	case ctx.Err() != nil:
	case o.State == letter.Deferred && o.Phase == letter.Claimed:
		r.outages, r.outage = r.outages+1, o.Text
	case o.Phase != letter.Claimed:
		r.outages = 0
		r.weigh(o)
	}
	<-r.slots
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
			err := fmt.Errorf("%w: %s", ErrRefused, o.Text)
			r.errs = append(r.errs, err)
			r.stop(err)
		}
	}
}
