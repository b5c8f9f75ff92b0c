package ledger

import (
	"context"
	"testing"
	"time"

	"headsup/letter"
)

// face is mailer.Outbox, which this package may not import.
type face interface {
	Claim(ctx context.Context, most int) (es []letter.Envelope, retry time.Time, err error)
	Mark(ctx context.Context, e letter.Envelope) error
	Settle(ctx context.Context, e letter.Envelope, o letter.Outcome) (recorded func() error)
}

var _ face = (*Outbox)(nil)

var accepted = letter.Outcome{State: letter.Sent, Phase: letter.Replied, Code: 250, Text: "2.0.0 Ok: queued as 4F2A"}

// soon is when everything that was approved in a test is due.
func soon() time.Time { return time.Now().Truncate(time.Second).Add(time.Second) }

// claimNext claims one letter if one is due.
func claimNext(ctx context.Context, o *Outbox) (e letter.Envelope, ok bool, retry time.Time, err error) {
	es, retry, err := o.Claim(ctx, 1)
	if len(es) > 0 {
		e, ok = es[0], true
	}
	return e, ok, retry, err
}

func claimOne(t *testing.T, o *Outbox) letter.Envelope {
	t.Helper()
	e, ok, retry, err := claimNext(t.Context(), o)
	if err != nil || !ok {
		t.Fatalf("nothing to claim: retry %v, error %v", retry, err)
	}
	return e
}

func claimNone(t *testing.T, o *Outbox) (retry time.Time) {
	t.Helper()
	e, ok, retry, err := claimNext(t.Context(), o)
	if err != nil || ok {
		t.Fatalf("claimed %q, error %v", e.LetterID, err)
	}
	return retry
}
