package ledger

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
)

// Letters leave in the order of their due_at. Of a letter that may leave at once
// it is no time of a clock, but says where the letter stands among all such:
// those without a turn have the time of their approval less an era, which is
// below 0, and those with a turn have it, from 1 to lastTurn. As milliseconds
// both are long past, so claims know nothing of turns. A letter that was put off
// has a true time, and comes after them.
const (
	era      = 1 << 42 // ends in 2109
	lastTurn = 1 << 40 // is in 2004
)

// dueAt is the due_at of a turn, as [Draft] has it.
func dueAt(turn float64) int64 {
	if turn <= 0 {
		return 0
	}
	return max(1, int64(min(turn, 1)*lastTurn))
}

// Has reports whether a draft has this turn.
func (d StandingDraft) Has(turn float64) bool { return d.turn == dueAt(turn) }

// SetTurns gives drafts their turn ([Draft]), by ID. What is no draft keeps its own.
func SetTurns(ctx context.Context, l *Ledger, turns map[string]float64) error {
	if len(turns) == 0 {
		return nil
	}
	type turn struct {
		ID  string `json:"id"`
		Due int64  `json:"due"`
	}
	var list []turn
	for id, at := range turns {
		list = append(list, turn{id, dueAt(at)})
	}
	text, err := json.Marshal(list)
	if err != nil {
		return err
	}
	return inTx(ctx, l, func(t *tx) error {
		_, err := t.exec(ctx, `
UPDATE letters SET due_at = v.due
  FROM (SELECT value ->> 'id' AS id, CAST(value ->> 'due' AS BIGINT) AS due FROM `+l.d.each+`) v
 WHERE letters.id = v.id AND letters.state = 'drafted'`, string(text))
		return err
	})
}

// dueNow makes a letter due at once, in its turn, and its queue with it.
func dueNow(ctx context.Context, t *tx, id string) error {
	var due int64
	err := t.QueryRowContext(ctx, `
UPDATE letters SET due_at = CASE WHEN due_at BETWEEN 1 AND CAST($2 AS BIGINT) THEN due_at ELSE `+t.d.now+` - CAST($3 AS BIGINT) END
 WHERE id = $1 AND state IN ('approved', 'deferred') RETURNING due_at`, id, int64(lastTurn), int64(era)).Scan(&due)
	if errors.Is(err, sql.ErrNoRows) {
		return fmt.Errorf("%w: letter %q waits for nothing", ErrState, id)
	}
	if err != nil {
		return err
	}
	return wakeQueue(ctx, t, id, due)
}
