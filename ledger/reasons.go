package ledger

import (
	"context"
	"database/sql"

	"headsup/letter"
)

// A ReasonCount is why rows ended where they did, and how many.
type ReasonCount struct {
	Reason string
	Rows   int
}

// Reasons counts the rows of a campaign that ended in a place by why, the most
// frequent first, so many reasons at the most.
func Reasons(ctx context.Context, l *Ledger, campaign string, fate letter.Fate, limit int) (all []ReasonCount, err error) {
	rows, err := l.r.QueryContext(ctx, "SELECT reason, count(*) FROM placements WHERE campaign = $1 AND fate = $2 AND reason <> '' GROUP BY reason ORDER BY 2 DESC, 1 LIMIT $3",
		campaign, string(fate), limit)
	if err != nil {
		return nil, err
	}
	err = scanAll(rows, func(rows *sql.Rows) error {
		var c ReasonCount
		err := rows.Scan(&c.Reason, &c.Rows)
		all = append(all, c)
		return err
	})
	return all, err
}
