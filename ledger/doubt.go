package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strconv"
	"time"

	"headsup/letter"
)

// The words in a letter's history for what a person made of a message that
// could not speak for itself.
const (
	messageAccepted  = "accepted"
	messageDismissed = "dismissed"
	messagesCut      = "cut" // how many were not kept on one day
)

// Doubts are the messages that wait for a person: they did not prove that they
// know the letter, or may be a wish. They change nothing by themselves.
type Doubts struct{ l *Ledger }

// NewDoubts returns what waits for a person in a ledger.
func NewDoubts(l *Ledger) Doubts { return Doubts{l} }

// Note records a message that waits, with e.Data for whoever decides. Of one
// letter it keeps that many in a day, and counts those above: kept is false for
// them. A message whose Ref waits already, or was decided, is not recorded
// again: added is false.
func (d Doubts) Note(ctx context.Context, e HistoryEntry, most int) (added, kept bool, err error) {
	err = inTx(ctx, d.l, func(t *tx) error {
		added, kept = false, true
		if err := lockLetter(ctx, t, e.Letter); err != nil {
			return err
		}
		var known, today int
		if err := t.QueryRowContext(ctx, "SELECT count(*) FROM events WHERE letter_id = $1 AND kind = $2 AND ref = $3",
			e.Letter, e.Kind, text(e.Ref)).Scan(&known); err != nil || known > 0 {
			return err
		}
		now, err := t.now(ctx)
		if err != nil {
			return err
		}
		day := now.Truncate(24 * time.Hour)
		if err := t.QueryRowContext(ctx, "SELECT count(*) FROM events WHERE letter_id = $1 AND kind = $2 AND at >= $3",
			e.Letter, e.Kind, msOf(day)).Scan(&today); err != nil {
			return err
		}
		if added, kept = true, today < most; kept {
			return t.record(ctx, e)
		}
		return countCut(ctx, t, e.Letter, day)
	})
	return added, kept, err
}

// lockLetter keeps others from adding to the letter until the transaction ends.
func lockLetter(ctx context.Context, t *tx, id string) error {
	var found string
	return notFound(t.QueryRowContext(ctx, "SELECT id FROM letters WHERE id = $1"+t.d.lock, id).Scan(&found), id)
}

// countCut counts a message that is not kept.
func countCut(ctx context.Context, t *tx, id string, day time.Time) error {
	ref := day.Format(time.DateOnly)
	var before string
	err := t.QueryRowContext(ctx, "SELECT text FROM events WHERE letter_id = $1 AND kind = $2 AND ref = $3", id, messagesCut, ref).Scan(&before)
	if errors.Is(err, sql.ErrNoRows) {
		return t.record(ctx, HistoryEntry{Letter: id, Kind: messagesCut, Text: "1" + notKept, Ref: ref})
	}
	if err != nil {
		return err
	}
	var n int
	if _, err := fmt.Sscanf(before, "%d", &n); err != nil {
		return err
	}
	return t.must(ctx, "UPDATE events SET text = $4, at = "+t.d.now+" WHERE letter_id = $1 AND kind = $2 AND ref = $3",
		id, messagesCut, ref, strconv.Itoa(n+1)+notKept)
}

const notKept = " more of that day that prove nothing, not kept"

// waiting is the condition on an event that nobody has decided about yet.
const waiting = `e.data <> '' AND NOT EXISTS (SELECT 1 FROM events o
 WHERE o.letter_id = e.letter_id AND o.ref = e.ref AND o.kind IN ('` + messageAccepted + `', '` + messageDismissed + `'))`

// Waiting returns the messages that wait, of a campaign or, of one of its
// letters, the earliest first.
func (d Doubts) Waiting(ctx context.Context, campaign, id string) (es []HistoryEntry, err error) {
	rows, err := d.l.r.QueryContext(ctx, `
SELECT e.letter_id, e.at, e.kind, e.by_whom, e.text, e.ref, e.data FROM events e CROSS JOIN letters l
 WHERE l.id = e.letter_id AND l.campaign = $1 AND (e.letter_id = $2 OR $2 = '') AND `+waiting+" ORDER BY e.at, e.id", campaign, id)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var e HistoryEntry
		var at int64
		if err := rows.Scan(&e.Letter, &at, &e.Kind, &e.By, &e.Text, &e.Ref, &e.Data); err != nil {
			return nil, err
		}
		e.At = timeOf(at)
		es = append(es, e)
	}
	return es, rows.Err()
}

// Count counts the messages that wait, of a campaign: those that prove nothing,
// and proven ones that may be a wish.
func (d Doubts) Count(ctx context.Context, campaign string) (unproven, wishes int, err error) {
	err = d.l.r.QueryRowContext(ctx, `
SELECT COALESCE(sum(CASE WHEN e.kind = $2 THEN 1 ELSE 0 END), 0), COALESCE(sum(CASE WHEN e.kind = $2 THEN 0 ELSE 1 END), 0)
  FROM events e CROSS JOIN letters l WHERE l.id = e.letter_id AND l.campaign = $1 AND `+waiting, campaign, letter.Unproved).Scan(&unproven, &wishes)
	return unproven, wishes, err
}

// Accept records what a waiting message says as if it had proven itself: what
// happens to the letter and who is suppressed is for the caller to say, as for
// [Ledger.Note]. It returns [ErrNotFound] where the message does not wait.
func (d Doubts) Accept(ctx context.Context, e HistoryEntry, stop ...letter.Suppression) error {
	return inTx(ctx, d.l, func(t *tx) error {
		if err := settleDoubt(ctx, t, e.Letter, e.Ref, messageAccepted, e.By); err != nil {
			return err
		}
		_, err := t.note(ctx, e, stop...)
		return err
	})
}

// Dismiss records that a waiting message changes nothing, by whose decision. It
// returns [ErrNotFound] where the message does not wait.
func (d Doubts) Dismiss(ctx context.Context, id, ref, by string) error {
	return inTx(ctx, d.l, func(t *tx) error { return settleDoubt(ctx, t, id, ref, messageDismissed, by) })
}

// settleDoubt records what a person made of a message that waits.
func settleDoubt(ctx context.Context, t *tx, id, ref, what, by string) error {
	if err := lockLetter(ctx, t, id); err != nil {
		return err
	}
	var from, said string
	err := t.QueryRowContext(ctx, "SELECT by_whom, text FROM events e WHERE letter_id = $1 AND ref = $2 AND "+waiting, id, text(ref)).Scan(&from, &said)
	if err != nil {
		return notFound(err, ref)
	}
	return t.record(ctx, HistoryEntry{Letter: id, Kind: what, By: by, Text: "from " + from + ": " + said, Ref: ref})
}
