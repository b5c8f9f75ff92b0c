package main

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"headsup/letter"
	"headsup/mailer"
)

// A watcher is told of what happens to letters while they are sent.
type watcher interface {
	claimed(e letter.Envelope)
	marked(e letter.Envelope)
	settled(e letter.Envelope, o letter.Outcome, took time.Duration)
}

// watched is an outbox that tells what happens, once it is in the ledger.
type watched struct {
	mailer.Outbox
	watchers []watcher

	mu    sync.Mutex
	since map[string]time.Time // by letter: when it was claimed
}

func newWatched(box mailer.Outbox, watchers ...watcher) *watched {
	return &watched{Outbox: box, watchers: watchers, since: map[string]time.Time{}}
}

func (w *watched) Claim(ctx context.Context, most int) (es []letter.Envelope, retry time.Time, err error) {
	es, retry, err = w.Outbox.Claim(ctx, most)
	if err != nil {
		return es, retry, err
	}
	for _, e := range es {
		w.mu.Lock()
		w.since[e.LetterID] = time.Now()
		w.mu.Unlock()
		for _, x := range w.watchers {
			x.claimed(e)
		}
	}
	return es, retry, nil
}

func (w *watched) Mark(ctx context.Context, e letter.Envelope) error {
	err := w.Outbox.Mark(ctx, e)
	if err == nil {
		for _, x := range w.watchers {
			x.marked(e)
		}
	}
	return err
}

func (w *watched) Settle(ctx context.Context, e letter.Envelope, o letter.Outcome) (recorded func() error) {
	wait := w.Outbox.Settle(ctx, e, o)
	return func() error {
		err := wait()
		w.mu.Lock()
		took := time.Since(w.since[e.LetterID])
		delete(w.since, e.LetterID)
		w.mu.Unlock()
		if err == nil {
			for _, x := range w.watchers {
				x.settled(e, o, took)
			}
		}
		return err
	}
}

// watchers are who is told, by the flags of send, until unwatch is called.
func (h *house) watchers(ctx context.Context, o sendOptions) (list []watcher, unwatch func() error, err error) {
	log, closeLog, err := h.p.journal(o.log)
	if err != nil || o.metrics == "" {
		return []watcher{log}, closeLog, err
	}
	m, err := h.newMetrics(ctx, o.metrics)
	if err != nil {
		return nil, nil, errors.Join(err, closeLog())
	}
	return []watcher{log, m}, func() error { return errors.Join(m.Close(), closeLog()) }, nil
}

// journal writes each event of a letter as one line. The names are those of
// the letter's history (headsup status ID --json).
type journal struct{ *slog.Logger }

func (j journal) attempt(e letter.Envelope, kind string, state letter.State, more ...slog.Attr) {
	j.LogAttrs(context.Background(), slog.LevelInfo, "letter", append([]slog.Attr{
		slog.String("letter", e.LetterID), slog.String("campaign", e.Campaign), slog.String("to", e.To),
		slog.String("kind", kind), slog.String("state", string(state)), slog.Int("attempt", e.Attempt)}, more...)...)
}

func (j journal) claimed(e letter.Envelope) { j.attempt(e, "claimed", letter.Sending) }
func (j journal) marked(e letter.Envelope)  { j.attempt(e, "dot", letter.Sending) }

func (j journal) settled(e letter.Envelope, o letter.Outcome, took time.Duration) {
	j.attempt(e, string(o.State), o.State, slog.String("phase", string(o.Phase)), slog.Int("code", o.Code),
		slog.String("text", o.Text), slog.Duration("took", took))
}

// returned notes what came back about a letter.
func (j journal) returned(campaign, kind string, b returned) {
	j.LogAttrs(context.Background(), slog.LevelInfo, "letter",
		slog.String("letter", b.Letter), slog.String("campaign", campaign), slog.String("to", b.To),
		slog.String("kind", kind), slog.String("state", string(b.State)), slog.String("by", b.From),
		slog.String("text", b.Text), slog.String("ref", b.MessageID), slog.String("result", b.Result))
}
