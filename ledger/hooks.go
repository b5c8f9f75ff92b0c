package ledger

import (
	"context"
	"database/sql"
	"errors"
	"time"
)

// A Hooked is an event of a letter that a program of the house is told. Its JSON
// names are settled. ID is the same however often it is told.
type Hooked struct {
	ID int64 `json:"id"`
	HistoryEntry
}

// NextTold returns the next event of a campaign's letters to be told, and nobody
// else gets one for as long as the lease, or until [WasTold]. It reports false
// if there is none, or if somebody tells just now or has to wait. What was
// before the first call is never told.
//
// An event has to be older than settled: on PostgreSQL the event of a transaction
// that ends later may have the smaller number.
func NextTold(ctx context.Context, l *Ledger, campaign string, settled, lease time.Duration) (next Hooked, found bool, err error) {
	var begun, new bool
	if err := l.r.QueryRowContext(ctx, `
SELECT EXISTS (SELECT 1 FROM hooks WHERE campaign = $1), EXISTS (SELECT 1 FROM events e, hooks h WHERE h.campaign = $1 AND e.id > h.last_event)`, campaign).
		Scan(&begun, &new); err != nil || begun && !new {
		return Hooked{}, false, err
	}
	err = inTx(ctx, l, func(t *tx) error {
		found = false
		n, err := t.exec(ctx, "INSERT INTO hooks (campaign, last_event) SELECT $1, COALESCE(max(id), 0) FROM events WHERE 1 = 1 ON CONFLICT (campaign) DO NOTHING", campaign)
		if err != nil || n > 0 {
			return err
		}
		n, err = t.exec(ctx, "UPDATE hooks SET due_at = "+t.d.now+" + $2 WHERE campaign = $1 AND due_at <= "+t.d.now, campaign, lease.Milliseconds())
		if err != nil || n == 0 {
			return err
		}
		var at int64
		err = t.QueryRowContext(ctx, `
SELECT e.id, e.letter_id, e.at, e.kind, e.state, e.by_whom, e.text, e.ref FROM events e JOIN letters l ON l.id = e.letter_id
 WHERE l.campaign = $1 AND e.id > (SELECT last_event FROM hooks WHERE campaign = $1) AND e.at <= `+t.d.now+` - $2
 ORDER BY e.id LIMIT 1`, campaign, settled.Milliseconds()).
			Scan(&next.ID, &next.Letter, &at, &next.Kind, &next.State, &next.By, &next.Text, &next.Ref)
		if errors.Is(err, sql.ErrNoRows) {
			return t.must(ctx, "UPDATE hooks SET due_at = 0 WHERE campaign = $1", campaign)
		}
		next.At, found = timeOf(at), err == nil
		return err
	})
	return next, found, err
}

// WasTold notes that a program has taken an event, and returns [ErrLost] where
// the lease was over and another process has told it.
func WasTold(ctx context.Context, l *Ledger, campaign string, event int64) error {
	return hooked(ctx, l, "UPDATE hooks SET last_event = $2, failures = 0, due_at = 0 WHERE campaign = $1 AND last_event < $2", campaign, event)
}

// WasNotTold waits before the event is told again: for a second, then twice as
// long each time, and so long at the most. It returns how often that failed.
func WasNotTold(ctx context.Context, l *Ledger, campaign string, most time.Duration) (failures int, err error) {
	err = inTx(ctx, l, func(t *tx) error {
		if err := t.QueryRowContext(ctx, "SELECT failures FROM hooks WHERE campaign = $1"+t.d.lock, campaign).Scan(&failures); err != nil {
			return err
		}
		wait := min(time.Second<<min(failures, 12), most)
		failures++
		return t.must(ctx, "UPDATE hooks SET failures = $2, due_at = "+t.d.now+" + $3 WHERE campaign = $1", campaign, failures, wait.Milliseconds())
	})
	return failures, err
}

func hooked(ctx context.Context, l *Ledger, update string, args ...any) error {
	return inTx(ctx, l, func(t *tx) error {
		n, err := t.exec(ctx, update, args...)
		if err == nil && n == 0 {
			err = ErrLost
		}
		return err
	})
}
