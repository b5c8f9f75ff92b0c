package mailer

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"headsup/letter"
	"headsup/wire"
)

// Options says how a run sends. The zero value sends one letter at a time
// until the context ends.
type Options struct {
	Connections int           // letters on the wire at once; default 1
	Idle        time.Duration // how long to wait at most before asking the outbox again; default 1 minute
	Drain       bool          // end when nothing is waiting
	Patience    time.Duration // with Drain: end also if the next letter is due later than this from now; 0 waits for all

	// Notify, if set, is told of each outcome once it is recorded, one at a
	// time, by an envelope without its mail. Sending does not wait for it.
	Notify func(letter.Envelope, letter.Outcome)

	// NotCopied, if set, is told which copies of a letter that was sent did not
	// leave ([Copier]), from any goroutine.
	NotCopied func(letter.Envelope, error)
}

// ErrStuck means that letter after letter could not even be offered to the
// mail server.
var ErrStuck = errors.New("letters cannot be handed over")

// ErrLogin means that the server does not let us log in.
var ErrLogin = errors.New("the mail server does not know us")

// ErrSign means that a letter could not be signed as it was to be sent.
var ErrSign = errors.New("the letter cannot be signed")

// ErrRefused means that letter after letter was refused for what we are, not
// for whom it is to: a policy, a block list, a sender that is not allowed.
var ErrRefused = errors.New("the mail server does not take our letters")

// stuck is [ErrStuck] with what happened last, and why.
type stuck struct{ last letter.Outcome }

func (s stuck) Error() string { return ErrStuck.Error() + ": " + s.last.Text }

func (s stuck) Unwrap() []error {
	if s.last.Err == nil {
		return []error{ErrStuck}
	}
	return []error{ErrStuck, s.last.Err}
}

const (
	// settleTime is how long the outbox may take to record an outcome after
	// the run was told to stop.
	settleTime = time.Minute

	// minIdle keeps a clock that differs from the outbox's from making the
	// run ask in circles.
	minIdle = 50 * time.Millisecond

	// Where the mail server cannot be reached, the next letter waits for
	// wire.Pause. A run that is to end by itself gives up after maxOutages in
	// a row.
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
//
// Run returns when Notify has heard of everything. Where Notify does not
// return, as before a terminal that was stopped, letters are sent and settled
// all the same, and Run waits for it until ctx is done and a few seconds
// longer. Then it returns [ErrUntold]: the one call that is under way is left
// behind, and no other follows it.
func Run(ctx context.Context, box Outbox, post Transport, o Options) error {
	o.Connections = max(o.Connections, 1)
	if o.Idle <= 0 {
		o.Idle = time.Minute
	}
	told := ctx // the caller's: it waits for Notify also after the run has stopped itself
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	r := &run{
		box: box, post: post, o: o, stop: stop, free: make(chan struct{}, o.Connections), settled: make(chan struct{}, 1),
		teller: teller{tell: o.Notify},
	}
	for range o.Connections {
		r.free <- struct{}{}
	}
	err := r.dispatch(ctx)
	if err != nil {
		stop(err)
	}
	r.flying.Wait()
	r.giveBack(ctx)
	return errors.Join(append(r.errs, err, r.teller.finish(told))...)
}

type run struct {
	box  Outbox
	post Transport
	o    Options
	stop context.CancelCauseFunc

	ready   []letter.Envelope // claimed, and not on the wire yet
	ahead   chan claim        // a claim on its way while others are sent; nil: none
	more    bool              // the last claim was full: there may be more at no pace
	free    chan struct{}     // room for a letter on the wire
	settled chan struct{}     // told after each outcome
	flying  sync.WaitGroup
	teller  teller

	mu      sync.Mutex
	errs    []error
	open    int            // letters that are claimed and not settled
	outages int            // failures to reach the server, in a row
	outage  letter.Outcome // the last one
	refused int            // letters refused because of us since one was sent
}

// dispatch puts a letter on the wire whenever there is room for one.
func (r *run) dispatch(ctx context.Context) error {
	for {
		select {
		case <-r.free:
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
				r.free <- struct{}{}
				if done, err := r.wait(ctx, retry); done || err != nil {
					return err
				}
				continue
			}
		}
		e := r.ready[0]
		r.ready = r.ready[1:]
		r.claimAhead(ctx)
		r.flying.Go(func() { r.deliver(ctx, e) })
	}
}

// claim takes letters from the outbox once none is left of those before: a
// claimed letter that waits is nobody's. It takes as many as there is room for,
// and one where it is doubtful whether the server is there.
func (r *run) claim(ctx context.Context) (retry time.Time, err error) {
	if r.ahead != nil {
		if err := r.take(ctx, <-r.ahead); err != nil || len(r.ready) > 0 {
			return time.Time{}, err
		}
	}
	select {
	case <-r.settled: // before this claim: no news
	default:
	}
	r.mu.Lock()
	most := r.o.Connections
	if r.outages > 0 {
		most = 1
	}
	r.mu.Unlock()
	c := r.ask(ctx, most)
	return c.retry, r.take(ctx, c)
}

// claimAhead asks for letters before they are needed, where there are more
// and they come at no pace: one that has its turn must not wait for others.
func (r *run) claimAhead(ctx context.Context) {
	if r.more && r.ahead == nil && len(r.ready) <= r.o.Connections {
		r.ahead = make(chan claim, 1)
		go func(to chan<- claim) { to <- r.ask(ctx, r.o.Connections) }(r.ahead)
	}
}

// A claim is what the outbox answered.
type claim struct {
	es    []letter.Envelope
	retry time.Time
	full  bool
	err   error
}

func (r *run) ask(ctx context.Context, most int) (c claim) {
	c.es, c.retry, c.err = r.box.Claim(ctx, most)
	c.full = most > 1 && len(c.es) == most
	return c
}

// take adds to the letters that are ready.
func (r *run) take(ctx context.Context, c claim) error {
	r.ready, r.ahead, r.more = append(r.ready, c.es...), nil, c.full
	r.mu.Lock()
	r.open += len(c.es)
	r.mu.Unlock()
	switch {
	case c.err != nil && ctx.Err() != nil:
		return r.cause(ctx)
	case c.err != nil:
		return fmt.Errorf("claim the next letters: %w", c.err)
	}
	return nil
}

// giveBack settles letters that were claimed and will not be sent by this run.
func (r *run) giveBack(ctx context.Context) {
	if r.ahead != nil {
		if err := r.take(ctx, <-r.ahead); err != nil && ctx.Err() == nil {
			r.mu.Lock()
			r.fail(err)
			r.mu.Unlock()
		}
	}
	for _, e := range r.ready {
		o := deferred(letter.Claimed, "stopped before it was sent")
		o.Stopped, o.At = true, time.Now().UTC()
		r.record(ctx, e, o, func() {})
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
		return stuck{why}
	}
	timer := time.NewTimer(wire.Pause(n))
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return r.cause(ctx)
	}
}

// deliver sends one letter and records what became of it, even if the run was
// told to stop meanwhile. While that is done, the next letter is on its way; by
// the promise of [Outbox], a run that is killed leaves one letter unknown at
// most for each connection.
func (r *run) deliver(ctx context.Context, e letter.Envelope) {
	var lost error
	stopped := false // this letter alone
	o := r.post.Send(ctx, e, func() error {
		err := ctx.Err()
		if err == nil {
			err = r.box.Mark(ctx, e)
		}
		stopped = errors.Is(err, letter.ErrStopped)
		if err != nil && !stopped && ctx.Err() == nil { // else the run was stopped, and nothing lost
			lost = fmt.Errorf("letter %s: not marked before the final dot: %w", e.LetterID, err)
		}
		return err
	})
	o.Stopped = (stopped || ctx.Err() != nil) && o.State == letter.Deferred && o.Code == 0
	r.judge(ctx, o, lost)
	recorded := r.record(ctx, e, o, func() { r.free <- struct{}{} })
	if c, ok := r.post.(Copier); ok && recorded && o.State == letter.Sent {
		if err := c.Copy(ctx, e); err != nil && r.o.NotCopied != nil {
			r.o.NotCopied(e, err)
		}
	}
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
		r.outages, r.outage = r.outages+1, o
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

// record settles a letter and reports whether that is recorded. next is called
// once the outcome is on its way.
func (r *run) record(ctx context.Context, e letter.Envelope, o letter.Outcome, next func()) bool {
	settle, cancel := context.WithTimeout(context.WithoutCancel(ctx), settleTime)
	defer cancel()
	recorded := r.box.Settle(settle, e, o)
	next()
	err := recorded()
	r.mu.Lock()
	defer r.mu.Unlock()
	if err != nil {
		r.fail(fmt.Errorf("letter %s: outcome %s not recorded: %w", e.LetterID, o.State, err))
	} else {
		r.teller.add(e, o)
	}
	r.open--
	select {
	case r.settled <- struct{}{}:
	default:
	}
	return err == nil
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
