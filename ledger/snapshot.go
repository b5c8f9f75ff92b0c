package ledger

import (
	"context"
	"database/sql"
	"errors"
	"time"
)

// Snapshot writes the ledger, as it is at one moment, into a new SQLite file
// for its owner alone, whatever engine it is of. Others may write meanwhile.
// The copy is the same ledger to its marks; it does not take its place, as one
// of [Ledger.CopyTo] does.
func Snapshot(ctx context.Context, l *Ledger, path string) (err error) {
	if l.path != "" {
		if err := errors.Join(hasOneName(l.path), private(path)); err != nil {
			return err
		}
		_, err := l.r.ExecContext(ctx, "VACUUM INTO $1", path)
		return err
	}
	to, err := Open(ctx, path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, to.Close()) }()
	return inTx(ctx, to, func(t *tx) error {
		_, err := copyAll(ctx, l, t, func(int, int) {})
		return err
	})
}

// MarkRestored takes it down that a ledger comes from a backup of that time.
// It sends nothing before its marks, or a person, say what left since.
func MarkRestored(ctx context.Context, l *Ledger, taken time.Time) error {
	return inTx(ctx, l, func(t *tx) error {
		// Nobody sends from it: what another process had claimed is an orphan.
		if _, err := t.exec(ctx, "DELETE FROM owners"); err != nil {
			return err
		}
		return t.must(ctx, "INSERT INTO restored (taken_at, at) VALUES ($1, "+t.d.now+")", msOf(taken))
	})
}

// Approval is a person's word for a letter.
type Approval struct {
	Letter string    `json:"letter"`
	Hash   string    `json:"hash"` // of what was read
	By     string    `json:"by"`
	At     time.Time `json:"at"`
}

// Approvals returns those of a letter, the earliest first.
func Approvals(ctx context.Context, l *Ledger, id string) (list []Approval, err error) {
	rows, err := l.r.QueryContext(ctx, "SELECT letter_id, hash, by_whom, at FROM approvals WHERE letter_id = $1 ORDER BY at", id)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var a Approval
		var at sql.NullInt64
		if err := rows.Scan(&a.Letter, &a.Hash, &a.By, &at); err != nil {
			return nil, err
		}
		a.At = timeOf(at.Int64)
		list = append(list, a)
	}
	return list, rows.Err()
}
