package campaign

import (
	"context"
	"time"

	"headsup/letter"
)

// Tempo returns what paces letters, for tests.
func (c *Campaign) Tempo(ctx context.Context) (pace func(string, time.Time) (letter.Pace, bool), opens func(string, time.Time) time.Time, err error) {
	t, err := newTempo(ctx, c)
	if err != nil {
		return nil, nil, err
	}
	return t.pace, t.opens, nil
}

// Assume applies the rule of the settings for unknown letters.
func (c *Campaign) Assume(ctx context.Context) error { return assume(ctx, c) }

// FewSent is how many letters tell nothing about the others.
const FewSent = fewAnswers

func init() { scryptWork = 10 }
