package campaign

import (
	"context"
	"crypto/x509"
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

// Dead returns the mailboxes that another campaign would not write to.
func (c *Campaign) Dead(ctx context.Context) (map[string]string, error) {
	return c.ledger.Dead(ctx, "another", time.Time{})
}

// Learn makes c hear wishes with the phrases that another campaign has read.
func (c *Campaign) Learn(from *Campaign) { c.wishes = from.wishes }

// FewSent is how many letters tell nothing about the others.
const FewSent = fewAnswers

func init() { scryptWork = 10 }

// InATest trusts the certificates of a test's pages, on a machine whose clock is ahead.
func (o ExamineOptions) InATest(roots *x509.CertPool, ahead time.Duration) ExamineOptions {
	o.roots, o.ahead = roots, ahead
	return o
}
