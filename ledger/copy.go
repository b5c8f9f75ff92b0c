package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
)

// tables lists what is copied, each after those that it refers to. The owners
// are not: an attempt that is open in the copy is an orphan there. Nor are the
// tallies and the index of words, which the copy makes itself.
var tables = []string{"findings", "rejects", "networks", "covers", "lookups", "lanes", "queues", "letters", "bodies",
	"words", "placements", "looks", "corrected", "approvals", "attempts", "events", "answers", "turned", "taken_back", "batches", "enclosures", "suppressions", "secrets", "marks", "departed", "covered", "restored", "halts", "stages", "keys", "experiments", "assigned", "people", "tokens", "recovery", "deputies", "hooks", "tickets", "changes", "releases", "lots", "lot_letters", "lot_reads",
	"cases", "case_mails", "incidents", "tellings", "notices", "case_log", "mistakes", "measures", "measured", "firmed", "enquiries", "taught"}

// numbered lists the tables whose rows are numbered by the engine.
var numbered = []string{"findings", "networks", "queues", "words", "events", "halts", "changes", "lots", "incidents", "case_log", "measures", "enquiries"}

// copyBytes is how much of a table is held in memory at once.
const copyBytes = 8 << 20

// CopyTo copies everything to an empty ledger, on the same engine or the
// other, and returns the number of rows. The copy is complete or empty.
//
// From then on only the copy sends: the ledger itself returns [ErrMoved] to
// who wants to, since two ledgers that send write to everybody twice. where is
// what it says about the copy. [ErrSending] means that somebody sends now, and
// [ErrNotEmpty] that something is in the other one. progress, if not nil, is
// told how many of all rows have been copied.
func (l *Ledger) CopyTo(ctx context.Context, to *Ledger, where string, progress func(done, all int)) (rows int, err error) {
	if progress == nil {
		progress = func(int, int) {}
	}
	if l.path != "" {
		if err := hasOneName(l.path); err != nil {
			return 0, err
		}
		unlock, err := lockFile(ctx, l.path+"-sending")
		if err != nil {
			return 0, err
		}
		defer func() { err = errors.Join(err, unlock()) }()
	}
	if err := hasMoved(ctx, l); err != nil {
		return 0, err
	}
	if err := markMoved(ctx, l, where); err != nil {
		return 0, err
	}
	// After a failure nothing is in the copy, unless it was the commit that
	// failed: then nobody knows, and neither may send before a person has looked.
	committing := false
	err = inTx(ctx, to, func(t *tx) error {
		rows, committing = 0, false
		for _, table := range tables {
			var n int
			if err := t.QueryRowContext(ctx, "SELECT count(*) FROM "+table).Scan(&n); err != nil {
				return err
			}
			if n > 0 {
				return fmt.Errorf("%w: %d %s", ErrNotEmpty, n, table)
			}
		}
		rows, err = copyAll(ctx, l, t, progress)
		committing = err == nil
		return err
	})
	if err != nil && !committing {
		err = errors.Join(err, markStayed(ctx, l))
	}
	return rows, err
}

// move ends sending from l, unless somebody does. It is durable before it
// looks who sends; a sender takes its lease before it looks for it.
func markMoved(ctx context.Context, l *Ledger, where string) error {
	if err := inTx(ctx, l, func(t *tx) error {
		return t.must(ctx, "INSERT INTO moved (to_where, at) VALUES ($1, "+t.d.now+")", text(where))
	}); err != nil || l.path != "" {
		return err // on SQLite, the file's lock says that nobody sends
	}
	var n int
	err := l.r.QueryRowContext(ctx, "SELECT count(*) FROM owners WHERE lease_until >= "+l.d.now).Scan(&n)
	if err == nil && n > 0 {
		err = ErrSending
	}
	if err != nil {
		err = errors.Join(err, markStayed(ctx, l))
	}
	return err
}

// stay takes back move.
func markStayed(ctx context.Context, l *Ledger) error {
	ctx = context.WithoutCancel(ctx)
	return inTx(ctx, l, func(t *tx) error {
		_, err := t.exec(ctx, "DELETE FROM moved")
		return err
	})
}

// moved returns [ErrMoved] if the ledger was copied.
func hasMoved(ctx context.Context, l *Ledger) error {
	var where string
	err := l.r.QueryRowContext(ctx, "SELECT to_where FROM moved LIMIT 1").Scan(&where)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err == nil {
		err = fmt.Errorf("%w to %q", ErrMoved, where)
	}
	return err
}

// copyAll copies one snapshot of all tables.
func copyAll(ctx context.Context, l *Ledger, t *tx, progress func(done, all int)) (rows int, err error) {
	from, err := l.r.BeginTx(ctx, &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true})
	if err != nil {
		return 0, err
	}
	defer from.Rollback()
	all := 0
	for _, table := range tables {
		var n int
		if err := from.QueryRowContext(ctx, "SELECT count(*) FROM "+table).Scan(&n); err != nil {
			return 0, err
		}
		all += n
	}
	// The copy is the same ledger to its marks: what they know holds for it too.
	id, err := identity(ctx, from)
	if err != nil {
		return 0, err
	}
	if err := t.must(ctx, "UPDATE identity SET id = $1", id); err != nil {
		return 0, err
	}
	for _, table := range tables {
		n, err := copyTable(ctx, from, t, table, func(done int) { progress(rows+done, all) })
		if err != nil {
			return rows, fmt.Errorf("%s: %w", table, err)
		}
		rows += n
	}
	// Of letters and placements the copy has counted itself.
	if _, err := t.exec(ctx, `
INSERT INTO tallies (campaign, what, value, part, n)
SELECT campaign, 'rows', '', 0, count(*) FROM findings GROUP BY campaign
 UNION ALL SELECT campaign, 'rejects', '', 0, count(*) FROM rejects GROUP BY campaign`); err != nil {
		return rows, err
	}
	if t.d.numberFrom == "" {
		return rows, nil
	}
	for _, table := range numbered {
		if _, err := t.exec(ctx, strings.ReplaceAll(t.d.numberFrom, "TABLE", table)); err != nil {
			return rows, err
		}
	}
	return rows, nil
}

func copyTable(ctx context.Context, from *sql.Tx, t *tx, table string, progress func(done int)) (n int, err error) {
	rows, err := from.QueryContext(ctx, "SELECT * FROM "+table)
	if err != nil {
		return 0, err
	}
	defer rows.Close()
	b := bulk{table: table, onConflict: "DO NOTHING"}
	if b.columns, err = rows.Columns(); err != nil {
		return 0, err
	}
	size := 0
	flush := func() error {
		changed, err := t.d.bulk(ctx, t, b)
		if err == nil && int(changed) != len(b.rows) {
			err = fmt.Errorf("%d of %d rows were stored", changed, len(b.rows))
		}
		n += len(b.rows)
		b.rows, size = nil, 0
		progress(n)
		return err
	}
	for rows.Next() {
		row, into := make([]any, len(b.columns)), make([]any, len(b.columns))
		for i := range row {
			into[i] = &row[i]
		}
		if err := rows.Scan(into...); err != nil {
			return n, err
		}
		for _, v := range row {
			switch v := v.(type) {
			case []byte:
				size += len(v)
			case string:
				size += len(v)
			}
		}
		if b.rows = append(b.rows, row); len(b.rows) == batch || size > copyBytes {
			if err := flush(); err != nil {
				return n, err
			}
		}
	}
	if err := rows.Err(); err != nil {
		return n, err
	}
	return n, flush()
}

// Campaigns returns the IDs of all campaigns, in order.
func (l *Ledger) Campaigns(ctx context.Context) ([]string, error) {
	rows, err := l.r.QueryContext(ctx, `
SELECT campaign FROM findings UNION SELECT campaign FROM letters UNION SELECT campaign FROM rejects ORDER BY 1`)
	if err != nil {
		return nil, err
	}
	return collect[string](rows)
}
