package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"headsup/letter"
)

// A Stop is a letter that a suppression stopped, and what it is then.
type Stop struct {
	Letter string
	State  letter.State // Suppressed, or Held if something is left to be written anew
}

// Suppress stores who is not written to, from now on if s.Since is zero, and
// stops, in the same transaction, every letter that it covers and that has not
// been claimed, approved or not, as [letter.State.Cut] says.
func (l *Ledger) Suppress(ctx context.Context, s letter.Suppression, by string) (stopped []Stop, err error) {
	s.By = by
	err = inTx(ctx, l, func(t *tx) error {
		stopped, err = t.suppress(ctx, s)
		return err
	})
	return stopped, err
}

func (t *tx) suppress(ctx context.Context, s letter.Suppression) (stopped []Stop, err error) {
	if s.Value == "" {
		return nil, errors.New("suppression without a value")
	}
	if s.Since.IsZero() {
		if s.Since, err = t.now(ctx); err != nil {
			return nil, err
		}
	}
	if err := t.must(ctx, `
INSERT INTO suppressions (scope, value, campaign, reason, since, until_at, by_whom, letter_id, message) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
    ON CONFLICT (scope, value, campaign) DO UPDATE SET reason = excluded.reason, until_at = excluded.until_at,
       by_whom = excluded.by_whom, letter_id = excluded.letter_id, message = excluded.message`,
		string(s.Scope), text(s.Value), s.Campaign, text(s.Reason), msOf(s.Since), msOf(s.Until), text(s.By), s.Letter, text(s.Message)); err != nil {
		return nil, err
	}
	if err := countChange(ctx, t, "suppressions"); err != nil {
		return nil, err
	}
	covered, err := t.covered(ctx, s)
	if err != nil {
		return nil, err
	}
	for _, e := range covered {
		state, err := t.cut(ctx, e, s, s.By)
		if err != nil {
			return nil, err
		}
		if state != "" {
			stopped = append(stopped, Stop{e.ID, state})
		}
	}
	return stopped, nil
}

// countChange counts a change of a table for those who keep what they read of it.
func countChange(ctx context.Context, t *tx, table string) error {
	return t.must(ctx, "UPDATE versions SET n = n + 1 WHERE what = $1", table)
}

// Unsuppress ends a suppression, and notes that at the letters that it stopped,
// which it returns. They stay stopped until they are drafted anew. ended
// reports whether there was such a suppression.
func (l *Ledger) Unsuppress(ctx context.Context, s letter.Suppression, by string) (stopped []string, ended bool, err error) {
	err = inTx(ctx, l, func(t *tx) error {
		rows, err := t.QueryContext(ctx, "DELETE FROM suppressions WHERE scope = $1 AND value = $2 AND campaign = $3 RETURNING "+suppressionColumns,
			string(s.Scope), s.Value, s.Campaign)
		if err != nil {
			return err
		}
		was, err := scanSuppressions(rows)
		if stopped, ended = nil, len(was) > 0; err != nil || !ended {
			return err
		}
		if err := countChange(ctx, t, "suppressions"); err != nil {
			return err
		}
		why := text(was[0].String())
		rows, err = t.QueryContext(ctx, "SELECT "+entryColumns+" FROM letters WHERE state = 'suppressed' AND reason = $1 OR redraft = $2 ORDER BY id",
			why, letter.Redraft+why)
		if err != nil {
			return err
		}
		es, err := scanEntries(rows)
		if err != nil {
			return err
		}
		for _, e := range es {
			stopped = append(stopped, e.ID)
			if err := t.record(ctx, HistoryEntry{Letter: e.ID, Kind: "unsuppressed", State: e.State, By: by, Text: why}); err != nil {
				return err
			}
		}
		return nil
	})
	return stopped, ended, err
}

// Suppressions returns all suppressions, also those that have run out.
func (l *Ledger) Suppressions(ctx context.Context) ([]letter.Suppression, error) {
	rows, err := l.r.QueryContext(ctx, "SELECT "+suppressionColumns+" FROM suppressions ORDER BY scope, value, campaign")
	if err != nil {
		return nil, err
	}
	return scanSuppressions(rows)
}

// stopped returns what stops a letter to contact at this moment.
func (t *tx) stopped(ctx context.Context, campaign, contact, domain string, now time.Time) ([]letter.Suppression, error) {
	var key string
	if err := t.QueryRowContext(ctx, "SELECT "+wishKey).Scan(&key); err != nil {
		return nil, err
	}
	args := []any{campaign, msOf(now), contact, domain}
	for up := domain; ; {
		var more bool
		if _, up, more = strings.Cut(up, "."); !more {
			break
		}
		args = append(args, up)
	}
	domains := placeholders(4, len(args)-3)
	args = append(args, letter.HashOf(key, contact))
	rows, err := t.QueryContext(ctx, fmt.Sprintf("SELECT "+suppressionColumns+` FROM suppressions
 WHERE campaign IN ('', $1) AND (until_at = 0 OR until_at > $2)
   AND (scope = 'address' AND value IN ($3, $%d) OR scope = 'domain' AND value IN (%s))`, len(args), domains), args...)
	if err != nil {
		return nil, err
	}
	return scanSuppressions(rows)
}

// wishKey is what the hashes of wishes are made with; empty: there are none.
const wishKey = "COALESCE((SELECT value FROM secrets WHERE what = 'wishes'), '')"

const suppressionColumns = "scope, value, campaign, reason, since, until_at, by_whom, letter_id, message, " + wishKey

func scanSuppressions(rows *sql.Rows) (out []letter.Suppression, err error) {
	defer rows.Close()
	for rows.Next() {
		var s letter.Suppression
		var since, until int64
		if err := rows.Scan(&s.Scope, &s.Value, &s.Campaign, &s.Reason, &since, &until, &s.By, &s.Letter, &s.Message, &s.Key); err != nil {
			return nil, err
		}
		s.Since, s.Until = timeOf(since), timeOf(until)
		out = append(out, s)
	}
	return out, rows.Err()
}
