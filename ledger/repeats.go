package ledger

import (
	"context"
	"database/sql"

	"headsup/outcome/figures"
)

// Acts returns what was done about a provider's customers: letters that left,
// and commands that acted, whether or not that was taken back since. Customers
// who were forgotten are not among them.
func (ms Measures) Acts(ctx context.Context) (all []figures.Act, err error) {
	for _, q := range []struct{ way, text string }{
		{figures.ByLetter, `
SELECT DISTINCT n.customer, (SELECT max(a.marked_at) FROM attempts a WHERE a.letter_id = l.id AND a.state = 'sent') AS left_at, l.id
  FROM letters l JOIN placements p ON p.letter_id = l.id AND p.fate = 'lettered' JOIN notices n ON n.finding_id = p.finding_id
 WHERE l.campaign = $1 AND l.state = 'sent' AND n.customer NOT LIKE 'forgotten %'
   AND EXISTS (SELECT 1 FROM attempts a WHERE a.letter_id = l.id AND a.state = 'sent')
 ORDER BY left_at, l.id`},
		{figures.ByHook, `
SELECT customer, ran_at, '' FROM measures
 WHERE campaign = $1 AND state IN ('done', 'releasing', 'released') AND ran_at > 0 AND customer <> 'forgotten' ORDER BY ran_at, id`},
	} {
		rows, err := ms.l.r.QueryContext(ctx, q.text, ms.campaign)
		if err != nil {
			return nil, err
		}
		if err := scanAll(rows, func(rows *sql.Rows) error {
			a := figures.Act{Way: q.way}
			var at int64
			var letter string
			if err := rows.Scan(&a.Customer, &at, &letter); err != nil {
				return err
			}
			a.At = timeOf(at)
			all = append(all, a)
			return nil
		}); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// Happened returns what was reported of customers, each event once.
func (ms Measures) Happened(ctx context.Context) (all []figures.Event, err error) {
	rows, err := ms.l.r.QueryContext(ctx, `
SELECT customer, seen_at FROM incidents WHERE campaign = $1 AND place = 'customer' AND customer NOT IN ('', 'forgotten') AND seen_at > 0 ORDER BY id`, ms.campaign)
	if err != nil {
		return nil, err
	}
	return all, scanAll(rows, func(rows *sql.Rows) error {
		var e figures.Event
		var at int64
		if err := rows.Scan(&e.Customer, &at); err != nil {
			return err
		}
		e.At = timeOf(at)
		all = append(all, e)
		return nil
	})
}
