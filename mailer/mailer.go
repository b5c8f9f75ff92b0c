// Package mailer takes approved letters to the mail server, no faster than
// their lanes allow.
//
// It knows the phases of an SMTP transaction and what each reply means, and
// reads in a server's log which letters it took. It does not know the
// database: letters come from an [Outbox] and their outcomes go back to it. It
// never sends anything twice by itself, and reads no mail.
package mailer

import (
	"context"
	"time"

	"headsup/letter"
)

// An Outbox hands out letters and takes back what became of them.
//
// Claim returns letters whose intent to send is durable, at most so many, or,
// if none is due, the time at which to ask again (zero: nothing is waiting at
// all). It must not hand out the same letter again until it is settled, not
// even to another process. Mark makes it durable that the final dot is about to
// be sent; it returns [letter.ErrStopped] where somebody stopped the letter since
// it was claimed, and then the others go on. Settle begins to record an outcome; recorded waits until that is
// durable. If the caller dies between Mark and that, the letter is nobody's to
// resend: it becomes [letter.Unknown].
//
// A letter may be marked while the outcome of the one before it is still being
// recorded: what Settle was given before Mark was called is durable no later
// than the mark, and if it cannot be recorded, Mark fails.
type Outbox interface {
	Claim(ctx context.Context, most int) (es []letter.Envelope, retry time.Time, err error)
	Mark(ctx context.Context, e letter.Envelope) error
	Settle(ctx context.Context, e letter.Envelope, o letter.Outcome) (recorded func() error)
}

// A Transport delivers one envelope to the next server.
//
// It calls mark right before the final dot, and must not send the dot if mark
// fails. What it returns is what it knows: an outcome whose phase is Dot and
// whose code is 0 is [letter.Unknown].
type Transport interface {
	Send(ctx context.Context, e letter.Envelope, mark func() error) letter.Outcome
}

// A Copier is a Transport that also sends copies of a letter to those whom its
// Cc field names, each in a transaction of its own. It is called once, after
// the letter was sent and that is recorded, so that a copy that fails says
// nothing about the letter; nothing is tried again.
type Copier interface {
	Copy(ctx context.Context, e letter.Envelope) error
}
