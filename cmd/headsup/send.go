package main

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"headsup/ledger"
	"headsup/letter"
	"headsup/mailer"
)

func (p *program) sendCommand() *cobra.Command {
	var dry, plan bool
	var o sendOptions
	cmd := &cobra.Command{
		Use:   "send",
		Short: "Approved letters to the mail server, or to files",
		Long: `Send the approved letters, no faster than the campaign and each mail domain
allow. Without [smtp] in the settings each becomes a file (.eml), and counts as
sent: to rehearse, use --dry-run, or a copy of the campaign folder.

Stopped at any time and started again, it goes on; no letter is sent twice.
A letter of which nobody knows whether it arrived is "unknown" and stays so
until somebody looks. Letters that were refused for now are tried again when
they are due: later than --wait, that is left to the next run.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			h, err := p.openHouse(cmd.Context())
			if err != nil {
				return err
			}
			defer h.close()
			if dry {
				return h.sendDry(cmd.Context())
			}
			if plan {
				return h.plan(cmd.Context())
			}
			return h.send(cmd.Context(), o)
		},
	}
	cmd.Flags().BoolVar(&dry, "dry-run", false, "list what would be sent, and send nothing")
	cmd.Flags().BoolVar(&plan, "plan", false, "say when the last letter will leave and what it waits for, and send nothing")
	cmd.Flags().DurationVar(&o.wait, "wait", time.Minute, "end when the next letter is due later than this")
	cmd.Flags().StringVar(&o.metrics, "metrics", "", "serve Prometheus metrics on a loopback `address` such as 127.0.0.1:9090")
	cmd.Flags().StringVar(&o.log, "log", "", "append each event of a letter to a `file`, a JSON object a line (- is stderr)")
	return cmd
}

// sendOptions are the flags of send.
type sendOptions struct {
	wait         time.Duration
	metrics, log string
}

// sendDry lists the letters that send would send.
func (h *house) sendDry(ctx context.Context) error {
	return h.letters(ctx, []string{string(letter.Approved), string(letter.Deferred)})
}

// send takes every letter that is due to the transport of the settings.
func (h *house) send(ctx context.Context, o sendOptions) (err error) {
	post, err := newTransport(h.settings, time.Now())
	if err != nil {
		return err
	}
	defer post.Close()
	tempo, err := h.tempo(ctx)
	if err != nil {
		return err
	}
	if err := h.setPaces(ctx, tempo); err != nil {
		return err
	}
	if err := errors.Join(h.assume(ctx), h.checkBounces(ctx)); err != nil {
		return err
	}
	waiting, err := h.waiting(ctx)
	if err != nil {
		return err
	}
	if waiting == 0 {
		h.p.say("no letter is approved and waiting")
	}
	box, err := h.ledger.Outbox(ctx, h.outboxOptions(tempo))
	if err != nil {
		return err
	}
	watching, unwatch, err := h.watchers(ctx, o)
	if err != nil {
		return errors.Join(err, box.Close(ctx))
	}
	defer func() { err = errors.Join(err, unwatch()) }()
	bar := h.p.progress("sending", waiting)
	var failed error
	sent := 0
	running, halt := context.WithCancelCause(ctx)
	defer halt(nil)
	brake := func() {
		if err := h.checkBounces(ctx); err != nil {
			halt(err)
		}
	}
	beat := h.heartbeat(running, brake, box, tempo)
	err = mailer.Run(running, newWatched(box, watching...), post, mailer.Options{
		Connections: h.settings.Connections(), Drain: true, Patience: o.wait,
		Notify: func(e letter.Envelope, o letter.Outcome) {
			bar.add(1)
			switch o.State {
			case letter.Sent:
				sent++
			case letter.Failed:
				brake()
			}
			failed = errors.Join(failed, h.printOutcome(e, o))
		},
	})
	bar.done()
	err = errors.Join(err, failed, beat(), box.Close(context.WithoutCancel(ctx)))
	if err != nil {
		return err
	}
	return h.afterSending(ctx, sent)
}

// heartbeat renews the outbox's lease, and the paces of a warm-up, and applies
// the user's rule for unknown letters, until the returned function is called,
// which returns what went wrong. It brakes at every beat.
func (h *house) heartbeat(ctx context.Context, brake func(), box *ledger.Outbox, tempo *tempo) (stop func() error) {
	ctx, cancel := context.WithCancel(ctx)
	done := make(chan error, 1)
	go func() {
		tick := time.NewTicker(15 * time.Second)
		defer tick.Stop()
		for {
			select {
			case <-ctx.Done():
				done <- nil
				return
			case <-tick.C:
				brake()
				err := errors.Join(box.Beat(ctx), h.assume(ctx))
				if err == nil && len(tempo.settings.WarmUp) > 0 {
					err = h.setPaces(ctx, tempo)
				}
				if err != nil && ctx.Err() == nil {
					done <- fmt.Errorf("lease not renewed: %w", err)
					return
				}
			}
		}
	}()
	return func() error { cancel(); return <-done }
}

func (h *house) printOutcome(e letter.Envelope, o letter.Outcome) error {
	code := ""
	if o.Code > 0 {
		code = strconv.Itoa(o.Code)
	}
	return h.p.print(struct {
		ID      string       `json:"id"`
		To      string       `json:"to"`
		State   letter.State `json:"state"`
		Phase   letter.Phase `json:"phase"`
		Attempt int          `json:"attempt"`
		Code    int          `json:"code,omitempty"`
		Text    string       `json:"text"`
		At      time.Time    `json:"at"`
	}{e.LetterID, e.To, o.State, o.Phase, e.Attempt, o.Code, o.Text, o.At},
		e.LetterID, e.To, string(o.State), code, o.Text)
}

// waiting counts the letters that may be sent.
func (h *house) waiting(ctx context.Context) (int, error) {
	sum, err := h.ledger.Sum(ctx, h.campaign.ID)
	return sum.States[letter.Approved] + sum.States[letter.Deferred], err
}

// afterSending says what is left, for the exit code.
func (h *house) afterSending(ctx context.Context, sent int) error {
	sum, err := h.ledger.Sum(ctx, h.campaign.ID)
	if err != nil {
		return err
	}
	left := sum.States[letter.Approved] + sum.States[letter.Deferred]
	h.p.say("%s sent now; %d waiting, %d unknown, %d failed", some(sent, "letter"), left, sum.States[letter.Unknown], sum.States[letter.Failed])
	if sent > 0 && len(h.settings.Servers()) == 0 {
		h.p.say("they are files, because no mail server is set, and count as sent: no other will be sent in their place")
	}
	switch {
	case sum.States[letter.Unknown] > 0:
		return leftOver{errUnknown}
	case left > 0 || sum.States[letter.Failed] > 0:
		return leftOver{errNotSent}
	}
	return nil
}

var (
	errUnknown = errors.New("letters may or may not have arrived")
	errNotSent = errors.New("letters were not sent")
)
