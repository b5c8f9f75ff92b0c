package ledger

import (
	"context"
	"database/sql"
	"strings"
	"time"
)

// proposalLife is how long what one person said waits for another.
const proposalLife = 7 * 24 * time.Hour

// A Change is of people, or of settings that take two persons. Its JSON names
// are settled.
type Change struct {
	What      string    `json:"what"`
	Value     string    `json:"value,omitempty"`
	By        string    `json:"by"`
	At        time.Time `json:"at"`
	SettledBy string    `json:"settled_by,omitempty"`
	Settled   time.Time `json:"settled,omitzero"` // zero: it waits for another person
}

// Second takes what a person says of a change, and reports whether another one
// said the same within the last week: then it is settled. Nobody is two people,
// in whatever case they write their name.
func Second(ctx context.Context, l *Ledger, what, value, by string) (settled bool, err error) {
	err = inTx(ctx, l, func(t *tx) error {
		settled = false
		rows, err := t.QueryContext(ctx, "SELECT by_whom FROM changes WHERE what = $1 AND value = $2 AND settled_at = 0 AND at > "+t.d.now+" - $3",
			text(what), text(value), proposalLife.Milliseconds())
		if err != nil {
			return err
		}
		said, err := collect[string](rows)
		if err != nil {
			return err
		}
		own := false
		for _, who := range said {
			if strings.EqualFold(strings.TrimSpace(who), strings.TrimSpace(by)) {
				own = true
			} else {
				settled = true
			}
		}
		switch {
		case settled:
			return t.must(ctx, "UPDATE changes SET settled_by = $3, settled_at = "+t.d.now+" WHERE what = $1 AND value = $2 AND settled_at = 0",
				text(what), text(value), text(by))
		case own:
			return nil
		}
		return t.must(ctx, "INSERT INTO changes (what, value, by_whom, at) VALUES ($1, $2, $3, "+t.d.now+")", text(what), text(value), text(by))
	})
	return settled, err
}

// NoteChange notes a change that one person is enough for.
func NoteChange(ctx context.Context, l *Ledger, what, value, by string) error {
	return inTx(ctx, l, func(t *tx) error {
		return t.must(ctx, "INSERT INTO changes (what, value, by_whom, at, settled_at) VALUES ($1, $2, $3, "+t.d.now+", "+t.d.now+")", text(what), text(value), text(by))
	})
}

// LastSettled returns what was settled last of something, or "".
func LastSettled(ctx context.Context, l *Ledger, what string) (value string, err error) {
	all, err := changes(ctx, l, "what = $1 AND settled_at > 0 ORDER BY settled_at DESC, id DESC LIMIT 1", text(what))
	if err != nil || len(all) == 0 {
		return "", err
	}
	return all[0].Value, nil
}

// Changes returns all that there ever were, the earliest first.
func Changes(ctx context.Context, l *Ledger) ([]Change, error) {
	return changes(ctx, l, "1 = 1 ORDER BY id")
}

func changes(ctx context.Context, l *Ledger, where string, args ...any) (all []Change, err error) {
	rows, err := l.r.QueryContext(ctx, "SELECT what, value, by_whom, at, settled_by, settled_at FROM changes WHERE "+where, args...)
	if err != nil {
		return nil, err
	}
	return all, scanAll(rows, func(rows *sql.Rows) error {
		var c Change
		var at, settled int64
		err := rows.Scan(&c.What, &c.Value, &c.By, &at, &c.SettledBy, &settled)
		c.At = timeOf(at)
		if settled > 0 {
			c.Settled = timeOf(settled)
		}
		all = append(all, c)
		return err
	})
}
