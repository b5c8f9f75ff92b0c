package ledger

import (
	"context"

	"headsup/finding"
	"headsup/letter"
)

// outdated puts a letter back among the drafts whose findings are too old to be
// sent, or whose bytes may not leave for a reason of before, and reports
// whether it did.
func (c *claim) outdated(ctx context.Context, e Entry) (bool, error) {
	why := e.Redraft
	if least := c.o.Ages.Least(); why == "" && least > 0 && !e.Seen.IsZero() && c.now.Sub(e.Seen) > least {
		fs, err := c.findings(ctx, e)
		if err != nil {
			return false, err
		}
		why = c.o.Ages.Outdated(fs, c.now)
	}
	if why == "" {
		return false, nil
	}
	if err := c.t.must(ctx, "UPDATE letters SET state = 'drafted', reason = $2, redraft = $2, changed_at = $3 WHERE id = $1 AND state = $4",
		e.ID, text(why), msOf(c.now), string(e.State)); err != nil {
		return false, err
	}
	return true, c.t.record(ctx, HistoryEntry{Letter: e.ID, Kind: "outdated", State: letter.Drafted, By: c.o.Owner, Text: why})
}

// findings reads of the findings of a letter what their age is judged by.
func (c *claim) findings(ctx context.Context, e Entry) (fs []finding.Finding, err error) {
	rows, err := c.t.QueryContext(ctx, `
SELECT f.addr, f.seen FROM placements p JOIN findings f ON f.id = p.finding_id
 WHERE p.letter_id = $1 AND p.fate = 'lettered' ORDER BY f.seen, f.addr`, e.ID)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var key []byte
		var seen int64
		if err := rows.Scan(&key, &seen); err != nil {
			return nil, err
		}
		f := finding.Finding{Seen: timeOf(seen)}
		if f.Addr, err = addrOf(key); err != nil {
			return nil, err
		}
		fs = append(fs, f)
	}
	return fs, rows.Err()
}
