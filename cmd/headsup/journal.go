package main

import (
	"context"
	"errors"
	"log/slog"
	"os"

	"headsup/campaign"
	"headsup/letter"
)

// journal writes each event of a letter as one line. The names are those of
// the letter's history (headsup status ID --json).
type journal struct{ *slog.Logger }

// tell notes what happened to a letter.
func (j journal) tell(e campaign.Event) {
	switch e := e.(type) {
	case campaign.Attempt:
		j.attempt(e)
	case campaign.Incoming:
		if e.Result == campaign.Recorded {
			j.incoming(e)
		}
	}
}

func (j journal) attempt(a campaign.Attempt) {
	kind, state := string(a.Step), letter.Sending
	var more []slog.Attr
	if o := a.Outcome; a.Step == campaign.StepRecorded {
		kind, state = string(o.State), o.State
		more = []slog.Attr{slog.String("phase", string(o.Phase)), slog.Int("code", o.Code),
			slog.String("text", o.Text), slog.Duration("took", a.Took)}
	}
	j.LogAttrs(context.Background(), slog.LevelInfo, "letter", append([]slog.Attr{
		slog.String("letter", a.Letter), slog.String("campaign", a.Campaign), slog.String("to", a.To),
		slog.String("kind", kind), slog.String("state", string(state)), slog.Int("attempt", a.Number)}, more...)...)
}

// incoming notes what came in about a letter.
func (j journal) incoming(in campaign.Incoming) {
	j.LogAttrs(context.Background(), slog.LevelInfo, "letter",
		slog.String("letter", in.Letter), slog.String("campaign", in.Campaign), slog.String("to", in.To),
		slog.String("kind", in.History), slog.String("state", string(in.State)), slog.String("by", in.From),
		slog.String("text", in.Text), slog.String("ref", in.MessageID), slog.String("result", string(in.Result)))
}

// journal opens the file that events are appended to: "-" is stderr, and
// nothing is nowhere.
func (p *program) journal(name string) (j journal, closes func() error, err error) {
	switch name {
	case "":
		return journal{slog.New(slog.DiscardHandler)}, func() error { return nil }, nil
	case "-":
		return journal{slog.New(slog.NewJSONHandler(p.stderr, nil))}, func() error { return nil }, nil
	}
	f, err := os.OpenFile(name, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return j, nil, err
	}
	return journal{slog.New(slog.NewJSONHandler(f, nil))}, func() error { return errors.Join(f.Sync(), f.Close()) }, nil
}
