package ledger

import (
	"context"
	"database/sql"
	"fmt"
	"time"
)

// A Deputy may do, until a day, what another may.
type Deputy struct {
	Name  string
	Of    string
	Since time.Time
	Until time.Time
	By    string
}

// SetDeputy lets somebody stand in for another until a time; one that is past
// ends it. It returns [ErrNobody] where one of them may not sign in.
func SetDeputy(ctx context.Context, l *Ledger, d Deputy) error {
	return inTx(ctx, l, func(t *tx) error {
		n, err := t.exec(ctx, `
INSERT INTO deputies (name, of_whom, since, until, by_whom)
SELECT a.name, b.name, `+t.d.now+`, $3, $4 FROM people a, people b WHERE a.name = $1 AND b.name = $2 AND a.ended_at = 0 AND b.ended_at = 0
    ON CONFLICT (name, of_whom) DO UPDATE SET since = excluded.since, until = excluded.until, by_whom = excluded.by_whom`,
			text(d.Name), text(d.Of), msOf(d.Until), text(d.By))
		if err == nil && n == 0 {
			err = fmt.Errorf("%w: %q or %q", ErrNobody, d.Name, d.Of)
		}
		return err
	})
}

// Deputies returns who stands in for whom now, both of whom may sign in.
func Deputies(ctx context.Context, l *Ledger) (all []Deputy, err error) {
	rows, err := l.r.QueryContext(ctx, `
SELECT d.name, d.of_whom, d.since, d.until, d.by_whom FROM deputies d JOIN people a ON a.name = d.name JOIN people b ON b.name = d.of_whom
 WHERE a.ended_at = 0 AND b.ended_at = 0 AND d.until > `+l.d.now+" ORDER BY d.name, d.of_whom")
	if err != nil {
		return nil, err
	}
	return all, scanAll(rows, func(rows *sql.Rows) error {
		var d Deputy
		var since, until int64
		err := rows.Scan(&d.Name, &d.Of, &since, &until, &d.By)
		d.Since, d.Until = timeOf(since), timeOf(until)
		all = append(all, d)
		return err
	})
}
