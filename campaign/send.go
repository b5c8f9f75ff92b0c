package campaign

import (
	"context"
	"errors"
	"fmt"
	"time"

	"headsup/ledger"
	"headsup/letter"
	"headsup/mailer"
)

// SendOptions says how long to send.
type SendOptions struct {
	// Patience ends the run when the next letter is due later than this: 0 when
	// none is due now. Less than 0 waits for all.
	Patience time.Duration
}

// patience is the same for a mailer, which waits for all with 0.
func (o SendOptions) patience() time.Duration {
	switch {
	case o.Patience < 0:
		return 0
	case o.Patience == 0:
		return 1
	}
	return o.Patience
}

// Sent says what came of a run.
type Sent struct {
	Letters int        // now
	Files   bool       // they went to files, because the settings name no mail server
	Sum     letter.Sum // after it
	Stage   letter.Stage
}

// Left counts the letters that wait for another run.
func (s Sent) Left() int { return waiting(s.Sum) }

func waiting(sum letter.Sum) int { return sum.States[letter.Approved] + sum.States[letter.Deferred] }

// Send takes every approved letter that is due to the mail server of its
// agency, or to files, at the paces of the settings. It tells first how many
// are [Waiting], and each [Attempt].
//
// Stopped at any time and called again, it goes on; no letter is sent twice.
// It ends with [ledger.ErrHalted] within seconds when somebody stops the
// campaign, on whatever host: letters before their final dot are given back,
// those behind it are settled. It stops with [ErrBounces] or [ErrComplaints]
// when too much comes back, with [mailer.ErrStuck] or [mailer.ErrRefused] when a
// server takes no letter, with [ledger.ErrSending] when another process sends
// from the same file, and with [ledger.ErrOtherKey] when what comes back could
// not prove itself. It ends when the letters of a stage have left, which
// Sent.Stage says; [Confirm] lets the next ones go. A ledger that was put back sends nothing, as [Ready] says.
func (c *Campaign) Send(ctx context.Context, o SendOptions) (out Sent, err error) {
	post, err := newTransport(c.settings, time.Now())
	if err != nil {
		return out, err
	}
	defer post.Close()
	warnOfOpenSecrets(c)
	tempo, err := newTempo(ctx, c)
	if err != nil {
		return out, err
	}
	if err := tempo.store(ctx); err != nil {
		return out, err
	}
	if tempo.behind > 1 {
		c.event(Noted{fmt.Sprintf("letters leave %.1f times as slowly: more answers are open than are settled in %s", tempo.behind, c.settings.Campaign.Ahead())})
	}
	if err := ledger.CheckKeys(ctx, c.ledger, c.rules.ID, c.rules.Fingerprints()); err != nil {
		return out, err
	}
	if err := errors.Join(assume(ctx, c), brake(ctx, c), ledger.Going(ctx, c.ledger, c.rules.ID)); err != nil {
		return out, err
	}
	sum, err := c.Sum(ctx)
	if err != nil {
		return out, err
	}
	stage, err := ledger.DrawStage(ctx, c.ledger, c.rules.ID, c.settings.Campaign.StageSizes())
	if err != nil {
		return out, err
	}
	ready := waiting(sum)
	if stage.Of > 0 {
		ready = stage.Drawn + sum.States[letter.Deferred]
	}
	c.event(Waiting{ready})
	options := tempo.outbox()
	options.Staged = stage.Of > 0
	if options.Marks, err = keptMarks(c); err != nil {
		return out, err
	}
	box, err := c.ledger.Outbox(ctx, options)
	if err != nil {
		return out, err
	}
	s := &sender{c: c, tempo: tempo, box: box, staged: stage.Of > 0, progress: Progress{Task: Sending, Total: ready}}
	if err := s.run(ctx, post, o); err != nil {
		return out, err
	}
	out.Letters, out.Files = s.sent, len(c.settings.Servers()) == 0
	if out.Sum, err = c.Sum(ctx); err != nil {
		return out, err
	}
	out.Stage, err = StageOf(ctx, c)
	return out, err
}

// A sender is one run of Send.
type sender struct {
	c        *Campaign
	tempo    *tempo
	box      *ledger.Outbox
	staged   bool
	progress Progress
	sent     int
}

// run sends until nothing is due, and closes the outbox.
func (s *sender) run(ctx context.Context, post mailer.Transport, o SendOptions) error {
	q := newQueue(s.c.event)
	q.put(s.progress)
	running, halt := context.WithCancelCause(ctx)
	defer halt(nil)
	stop := func() {
		if err := brake(ctx, s.c); err != nil {
			halt(err)
		}
	}
	beat := s.heartbeat(running, stop)
	go s.heed(running, halt)
	box := newAttempts(s.box, q.put)
	err := mailer.Run(running, box, post, mailer.Options{
		Connections: s.c.settings.Connections(),
		Drain:       true,
		Patience:    o.patience(),
		NotCopied:   func(e letter.Envelope, err error) { q.put(NotCopied{e.LetterID, err}) },
		Notify: func(e letter.Envelope, o letter.Outcome) {
			s.progress.Done++
			q.put(s.progress)
			box.recorded(e, o)
			switch o.State {
			case letter.Sent:
				s.sent++
			case letter.Failed:
				stop()
			}
		},
	})
	s.progress.Over = true
	q.put(s.progress)
	err = errors.Join(err, beat(), s.box.Close(context.WithoutCancel(ctx)))
	return errors.Join(err, q.close(ctx))
}

// heedEvery is how often a sender looks whether somebody stopped it, besides at
// each claim.
const heedEvery = time.Second

// heed ends the run when somebody stops the campaign.
func (s *sender) heed(ctx context.Context, halt context.CancelCauseFunc) {
	tick := time.NewTicker(heedEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			// A ledger that cannot be read is the next claim's to tell.
			if err := ledger.Going(ctx, s.c.ledger, s.c.rules.ID); errors.Is(err, ledger.ErrHalted) {
				halt(err)
				return
			}
		}
	}
}

// beatEvery is how often a sender says that it lives.
const beatEvery = 15 * time.Second

// heartbeat renews the outbox's lease, and the paces where they change, and applies
// the user's rule for unknown letters, until the returned function is called,
// which returns what went wrong. It brakes at every beat.
func (s *sender) heartbeat(ctx context.Context, brakes func()) (stop func() error) {
	ctx, cancel := context.WithCancel(ctx)
	done := make(chan error, 1)
	go func() {
		tick := time.NewTicker(beatEvery)
		defer tick.Stop()
		for {
			select {
			case <-ctx.Done():
				done <- nil
				return
			case <-tick.C:
				brakes()
				if err := s.beat(ctx); err != nil && ctx.Err() == nil {
					done <- fmt.Errorf("lease not renewed: %w", err)
					return
				}
			}
		}
	}()
	return func() error { cancel(); return <-done }
}

func (s *sender) beat(ctx context.Context) error {
	if err := errors.Join(s.box.Beat(ctx), assume(ctx, s.c)); err != nil {
		return err
	}
	if s.staged { // letters that were approved meanwhile
		if _, err := ledger.DrawStage(ctx, s.c.ledger, s.c.rules.ID, s.c.settings.Campaign.StageSizes()); err != nil {
			return err
		}
	}
	changed, err := s.tempo.adjust(ctx, s.c)
	if err != nil || !changed && len(s.tempo.settings.WarmUp) == 0 {
		return err
	}
	return s.tempo.store(ctx)
}
