package ledger

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"os"
	"sync"
	"time"

	driver "modernc.org/sqlite"
	code "modernc.org/sqlite/lib"

	"headsup/letter"
)

// OutboxOptions says whose outbox it is. The zero value sends all campaigns.
type OutboxOptions struct {
	Campaign string
	Owner    string        // unique among all processes; empty: host, process and a random part
	Lease    time.Duration // how long the owner is believed to live without a Beat, at most an hour; 0: a minute

	// Opens, if set, says from when on, at or after a time, a lane lets
	// something pass that is a matter of the calendar, such as office hours.
	Opens func(lane string, at time.Time) time.Time

	// Apart is how long after a letter to an address, of any campaign, the
	// next one to it may leave at the earliest.
	Apart time.Duration

	// Staged hands out only letters that [DrawStage] has drawn.
	Staged bool

	// Ages says how old the findings of a letter may be. Those of an older one
	// are looked at again: it goes back to the drafts.
	Ages letter.Ages

	// Releasers are the functions in which somebody has to release the words of a
	// letter. One whose words are not goes back to the drafts.
	Releasers []string

	// Marks is where a mark is kept of how far the ledger got.
	Marks Marks
}

// An Outbox hands out approved letters, each once and no faster than its lanes
// allow, and takes back what became of them. It implements mailer.Outbox and
// may be used from many goroutines.
type Outbox struct {
	l       *Ledger
	options OutboxOptions
	unlock  func() error
	stops   stops
	marker  *marker // nil: no mark is kept

	mu        sync.Mutex
	unsettled map[string]error // by letter: why its outcome is not recorded
	judged    map[string]int64 // by letter that is claimed: the version of the stops that it was claimed by
}

// longestLease is the longest that an owner may have. One that ends later is of a
// clock that was ahead.
const longestLease = time.Hour

// stops is what an outbox keeps of the suppressions.
type stops struct {
	mu    sync.Mutex
	known *networksStopped
}

// Outbox begins to send. On SQLite only one process may do so at a time:
// [ErrSending] for the others, until it ends in whatever way, and [ErrLinked]
// where the file has a second name. [ErrBehind] means that the
// ledger was put back: letters left after what it knows. Attempts that a
// dead process left open are settled first, as [Ledger.Recover] does.
func (l *Ledger) Outbox(ctx context.Context, o OutboxOptions) (*Outbox, error) {
	if o.Owner == "" {
		host, err := os.Hostname()
		if err != nil {
			return nil, err
		}
		o.Owner = fmt.Sprintf("%s.%d.%s", host, os.Getpid(), rand.Text()[:6])
	}
	if o.Lease <= 0 {
		o.Lease = time.Minute
	}
	o.Lease = min(o.Lease, longestLease)
	out := &Outbox{l: l, options: o, unlock: func() error { return nil }, unsettled: map[string]error{}, judged: map[string]int64{}}
	if l.path != "" {
		if err := hasOneName(l.path); err != nil {
			return nil, err
		}
		var err error
		if out.unlock, err = lockFile(ctx, l.path+"-sending"); err != nil {
			return nil, err
		}
		// The lock says that nobody else lives.
		if err := inTx(ctx, l, func(t *tx) error { _, err := t.exec(ctx, "DELETE FROM owners"); return err }); err != nil {
			return nil, errors.Join(err, out.unlock())
		}
	}
	err := out.renew(ctx)
	if err == nil {
		err = hasMoved(ctx, l)
	}
	if err == nil && len(o.Marks.Folders) > 0 {
		err = out.mark(ctx)
	}
	if err == nil {
		_, _, err = l.Recover(ctx)
	}
	if err == nil {
		err = forgetFuture(ctx, l, o.Apart)
	}
	if err != nil {
		return nil, errors.Join(err, out.Close(context.WithoutCancel(ctx)))
	}
	return out, nil
}

// forgetFuture sees to it that what a clock stored that was ahead keeps nothing
// back now that the clock is right. A letter waits from now on as long as it was
// to wait then; where that is not known, it is due. Queues are looked at anew where letters, or
// lanes (as [letter.Lane.Next] judges them), show that their times are of that
// clock too: whoever looks at a queue puts its time right.
func forgetFuture(ctx context.Context, l *Ledger, apart time.Duration) error {
	return inTx(ctx, l, func(t *tx) error {
		slack, most := letter.Slack.Milliseconds(), max(letter.LongestBackoff, apart).Milliseconds()
		now, err := t.now(ctx)
		if err != nil {
			return err
		}
		late, err := t.exec(ctx, `
UPDATE letters SET changed_at = CASE WHEN changed_at > $1 THEN $1 ELSE changed_at END,
       due_at = CASE WHEN due_at <= $5 THEN due_at WHEN changed_at > $1 AND due_at BETWEEN changed_at AND changed_at + $4 THEN due_at - (changed_at - $1) ELSE $1 END
 WHERE state IN ('approved', 'deferred') AND (changed_at > $2 OR due_at > $3)`, msOf(now), msOf(now)+slack, msOf(now)+slack+most, most, int64(lastTurn))
		if err != nil {
			return err
		}
		_, err = t.exec(ctx, `
UPDATE queues SET next_at = $1 WHERE next_at > $1
   AND ($3 OR EXISTS (SELECT 1 FROM lanes WHERE mark_at > $2 + 2 * gap_ms * burst OR slowed_at > $2))`, msOf(now), msOf(now)+slack, late > 0)
		return err
	})
}

// mark compares the ledger with its marks, and begins that of this outbox.
func (o *Outbox) mark(ctx context.Context) error {
	name, unlock, err := lockMark(ctx, o.l, o.options)
	if err != nil {
		return err
	}
	before := o.unlock
	o.unlock = func() error { return errors.Join(unlock(), before()) }
	gap, err := FindGap(ctx, o.l, o.options.Campaign, o.options.Marks)
	if err != nil {
		return err
	}
	if err := gap.Err(); err != nil {
		return err
	}
	o.marker, err = openMarker(ctx, o.l, o.options.Marks, name)
	return err
}

// lockFile holds a lock that the system takes back when the process ends. It
// is SQLite's own on an empty database, which works wherever SQLite does.
func lockFile(ctx context.Context, path string) (unlock func() error, err error) {
	if err := private(path); err != nil {
		return nil, err
	}
	db, err := sql.Open("sqlite", sqliteURI(path, "rwc", "busy_timeout(0)")+"&_txlock=exclusive")
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(1)
	held, err := db.BeginTx(context.WithoutCancel(ctx), nil)
	if err != nil {
		var busy *driver.Error
		if errors.As(err, &busy) && busy.Code()&0xff == code.SQLITE_BUSY {
			err = ErrSending
		}
		return nil, errors.Join(err, db.Close())
	}
	return func() error { return errors.Join(held.Rollback(), db.Close()) }, nil
}

// Close ends sending. What was claimed and not settled is recovered by the next sender.
func (o *Outbox) Close(ctx context.Context) error {
	err := inTx(ctx, o.l, func(t *tx) error {
		_, err := t.exec(ctx, "DELETE FROM owners WHERE owner = $1", o.options.Owner)
		return err
	})
	return errors.Join(err, o.marker.close(), o.unlock())
}

// Beat renews the lease, and recovers what owners left whose lease ran out. It
// is to be called several times in a lease, as long as the process sends.
func (o *Outbox) Beat(ctx context.Context) error {
	err := o.renew(ctx)
	if err == nil {
		_, _, err = o.l.Recover(ctx)
	}
	return err
}

func (o *Outbox) renew(ctx context.Context) error {
	return inTx(ctx, o.l, func(t *tx) error {
		return t.must(ctx, `
INSERT INTO owners (owner, lease_until) VALUES ($1, `+t.d.now+` + $2)
    ON CONFLICT (owner) DO UPDATE SET lease_until = excluded.lease_until`, o.options.Owner, o.options.Lease.Milliseconds())
	})
}

// Claim returns at most so many letters that are due, and makes it durable
// that they are about to be sent. If none is due, it says when to ask again, by
// this machine's clock; zero: nothing is waiting. Where somebody stopped the
// campaign, it returns [ErrHalted].
func (o *Outbox) Claim(ctx context.Context, most int) (es []letter.Envelope, retry time.Time, err error) {
	var wait time.Duration
	var judged map[string]int64
	err = inGroup(ctx, o.l, func(ctx context.Context, t *tx) error {
		c := claim{t: t, o: o.options, stops: &o.stops, judged: map[string]int64{}}
		judged = c.judged
		var err error
		es, err = c.next(ctx, most)
		wait = -1
		if err == nil && len(es) == 0 && !c.retry.IsZero() {
			wait = max(c.retry.Sub(c.now), 0)
		}
		return err
	})
	if err != nil {
		return nil, time.Time{}, err
	}
	o.mu.Lock()
	maps.Copy(o.judged, judged)
	o.mu.Unlock()
	if wait >= 0 {
		retry = time.Now().Add(wait)
	}
	return es, retry, readBodies(ctx, o.l, es)
}

// bodies reads what letters say. Nothing changes it once they are claimed, so
// nobody has to wait for that.
func readBodies(ctx context.Context, l *Ledger, es []letter.Envelope) error {
	if len(es) == 0 {
		return nil
	}
	ids, at := make([]any, len(es)), map[string]int{}
	for i, e := range es {
		ids[i], at[e.LetterID] = e.LetterID, i
	}
	rows, err := l.r.QueryContext(ctx, "SELECT letter_id, mail FROM bodies WHERE letter_id IN ("+placeholders(1, len(ids))+")", ids...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var id string
		var mail []byte
		if err := rows.Scan(&id, &mail); err != nil {
			return err
		}
		es[at[id]].Mail = mail
	}
	if err := rows.Err(); err != nil {
		return err
	}
	for _, e := range es {
		if len(e.Mail) == 0 {
			return fmt.Errorf("letter %q has no text in the ledger", e.LetterID)
		}
	}
	return nil
}

// Mark makes it durable that the final dot is about to be sent. After an
// error, [ErrLost] or any other, it must not be: [letter.ErrStopped] where the
// letter was suppressed, or its campaign stopped, since it was claimed. Outcomes that were handed to
// Settle before are durable no later than the mark, or there is none.
func (o *Outbox) Mark(ctx context.Context, e letter.Envelope) error {
	return (&write{box: o, e: e}).submit().wait(ctx)
}

// Settle begins to record what became of an attempt; recorded waits until that
// is durable. Settling it twice in the same way changes nothing. [ErrLost] means
// that the letter was taken back meanwhile; but if it became unknown by that, a
// reply of the server still counts.
func (o *Outbox) Settle(ctx context.Context, e letter.Envelope, out letter.Outcome) (recorded func() error) {
	j := (&write{box: o, e: e, out: &out}).submit()
	return func() error { return j.wait(ctx) }
}

// Started returns when the first letter of a campaign went out, or zero.
func (l *Ledger) Started(ctx context.Context, campaign string) (time.Time, error) {
	var first sql.NullInt64
	err := l.r.QueryRowContext(ctx, `
SELECT min(a.marked_at) FROM letters l JOIN attempts a ON a.letter_id = l.id WHERE l.campaign = $1`, campaign).Scan(&first)
	return timeOf(first.Int64), err
}
