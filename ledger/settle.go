package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"headsup/letter"
)

// settled settles one letter, whatever became of it.
func (t *tx) settled(ctx context.Context, w *write) error {
	e, out := w.e, *w.out
	var was letter.State
	var claimed, now int64
	err := t.QueryRowContext(ctx, "SELECT state, claimed_at, "+t.d.now+" FROM attempts WHERE letter_id = $1 AND attempt = $2 AND owner = $3"+t.d.lock,
		e.LetterID, e.Attempt, w.box.options.Owner).Scan(&was, &claimed, &now)
	lost := fmt.Errorf("%w: attempt %d of letter %q is %s", ErrLost, e.Attempt, e.LetterID, was)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return lost
	case err != nil:
		return err
	case was == out.State:
		return nil
	case !was.Settles(out.State):
		return lost
	}
	if err := t.settle(ctx, e, was, out, timeOf(now)); err != nil {
		return err
	}
	return t.heed(ctx, e.Lanes, out.Slow, timeOf(claimed), timeOf(now))
}

// keepsTurn is how often a letter that we stopped ourselves keeps its turn: it
// may be what stops us, and must not keep all others waiting.
const keepsTurn = 3

// settle ends an attempt and moves its letter.
func (t *tx) settle(ctx context.Context, e letter.Envelope, was letter.State, out letter.Outcome, now time.Time) error {
	if err := t.must(ctx, `
UPDATE attempts SET state = $3, phase = $4, code = $5, reply = $6, settled_at = $7
 WHERE letter_id = $1 AND attempt = $2 AND state = $8`,
		e.LetterID, e.Attempt, string(out.State), string(out.Phase), out.Code, text(out.Reply()), msOf(now), string(was)); err != nil {
		return err
	}
	var first int64
	if err := t.QueryRowContext(ctx, `
SELECT min(claimed_at) FROM attempts
 WHERE letter_id = $1
   AND (attempt = $2 OR claimed_at >= COALESCE((SELECT max(at) FROM events WHERE letter_id = $1 AND state = 'approved' AND at <= $3), 0))`,
		e.LetterID, e.Attempt, msOf(now.Add(letter.Slack))).Scan(&first); err != nil {
		return err
	}
	s := out.Settle(e.Attempt, timeOf(first), now)
	if err := t.must(ctx, `
UPDATE letters SET state = $3, reason = $4, class = $7, changed_at = $5 WHERE id = $1 AND attempt = $2 AND state = $6`,
		e.LetterID, e.Attempt, string(s.State), text(s.Reason), msOf(now), string(was), string(s.Class)); err != nil {
		return err
	}
	switch {
	case s.State != letter.Deferred:
		return nil
	case s.Due.After(now), e.Attempt > keepsTurn:
		return t.wake(ctx, e.LetterID, s.Due)
	}
	return dueNow(ctx, t, e.LetterID)
}

// Recover takes back the attempts whose owner's lease has run out, as
// [letter.Abandoned] says, and returns how many letters are due again and how
// many became unknown.
func (l *Ledger) Recover(ctx context.Context) (deferred, unknown int, err error) {
	err = inTx(ctx, l, func(t *tx) error {
		deferred, unknown = 0, 0
		now, err := t.now(ctx)
		if err != nil {
			return err
		}
		orphans, err := t.orphans(ctx, now)
		if err != nil {
			return err
		}
		for _, a := range orphans {
			out := letter.Abandoned(a.phase)
			if out.State == letter.Unknown {
				unknown++
			} else {
				deferred++
			}
			if err := t.settle(ctx, letter.Envelope{LetterID: a.letter, Attempt: a.attempt}, letter.Sending, out, now); err != nil {
				return err
			}
		}
		_, err = t.exec(ctx, `
DELETE FROM owners WHERE lease_until < $1 AND owner NOT IN (SELECT owner FROM attempts WHERE state = 'sending')`, msOf(now))
		return err
	})
	return deferred, unknown, err
}

type orphan struct {
	letter  string
	attempt int
	phase   letter.Phase
}

func (t *tx) orphans(ctx context.Context, now time.Time) (out []orphan, err error) {
	rows, err := t.QueryContext(ctx, `
SELECT letter_id, attempt, phase FROM attempts
 WHERE state = 'sending' AND owner NOT IN (SELECT owner FROM owners WHERE lease_until BETWEEN $1 AND $2)
 ORDER BY letter_id`+t.d.skip, msOf(now), msOf(now.Add(longestLease+letter.Slack)))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var a orphan
		if err := rows.Scan(&a.letter, &a.attempt, &a.phase); err != nil {
			return nil, err
		}
		out = append(out, a)
	}
	return out, rows.Err()
}
