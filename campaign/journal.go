package campaign

import (
	"context"
	"log/slog"

	"headsup/letter"
)

// Journal returns a function that writes each event of a letter into log as one
// line. The names are those of the letter's history.
func Journal(log *slog.Logger) func(Event) {
	write := func(id, campaign, to, kind string, state letter.State, more ...slog.Attr) {
		log.LogAttrs(context.Background(), slog.LevelInfo, "letter", append([]slog.Attr{
			slog.String("letter", id), slog.String("campaign", campaign), slog.String("to", to),
			slog.String("kind", kind), slog.String("state", string(state))}, more...)...)
	}
	return func(e Event) {
		switch e := e.(type) {
		case Attempt:
			if e.Step != StepRecorded {
				write(e.Letter, e.Campaign, e.To, string(e.Step), letter.Sending, slog.Int("attempt", e.Number))
				return
			}
			o := e.Outcome
			write(e.Letter, e.Campaign, e.To, string(o.State), o.State, slog.Int("attempt", e.Number), slog.String("phase", string(o.Phase)),
				slog.Int("code", o.Code), slog.String("text", o.Text), slog.Duration("took", e.Took))
		case Incoming:
			if e.Result == Recorded {
				write(e.Letter, e.Campaign, e.To, e.History, e.State, slog.String("by", e.From), slog.String("text", e.Text),
					slog.String("ref", e.MessageID), slog.String("result", string(e.Result)))
			}
		}
	}
}
