package campaign

import (
	"context"
	"time"

	"headsup/letter"
)

// Tempo returns what paces letters, for tests.
func (c *Campaign) Tempo(ctx context.Context) (pace func(string, time.Time) (letter.Pace, bool), opens func(string, time.Time) time.Time, err error) {
	t, err := c.tempo(ctx)
	if err != nil {
		return nil, nil, err
	}
	return t.pace, t.opens, nil
}

// Assume applies the rule of the settings for unknown letters.
func (c *Campaign) Assume(ctx context.Context) error { return c.assume(ctx) }

// Attempts is an outbox that tells.
var NewAttempts = newAttempts

// FewSent and FewComplaints are how many tell nothing about the others.
const FewSent = fewAnswers
