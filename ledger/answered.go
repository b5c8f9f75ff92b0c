package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"headsup/letter"
)

// answered puts a reminder back among the drafts whose contact answered an
// earlier letter since it was approved: the next round decides anew. It reports
// whether it did.
func (c *claim) answered(ctx context.Context, e Entry) (bool, error) {
	if e.Round < 2 {
		return false, nil
	}
	var id string
	var ruling letter.Ruling
	err := c.t.QueryRowContext(ctx, `
SELECT a.letter_id, a.ruling FROM letters l JOIN letters b ON b.campaign = l.campaign AND b.contact = l.contact AND b.round < l.round
  JOIN answers a ON a.letter_id = b.id
 WHERE l.id = $1 AND (a.closed = 0 OR `+comesTo+` IN ('wrong', 'not-ours', 'other')
       OR a.ruling IN ('fixed', 'working') AND a.at > (SELECT max(p.at) FROM approvals p WHERE p.letter_id = l.id))
 ORDER BY a.id DESC LIMIT 1`, e.ID).Scan(&id, &ruling)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	why := letter.Redraft + fmt.Sprintf("%s was answered, and the answer is open", id)
	if !ruling.Open() {
		why = letter.Redraft + fmt.Sprintf("%s was answered: %s", id, ruling)
	}
	if err := c.t.must(ctx, "UPDATE letters SET state = 'drafted', reason = $2, redraft = $2, changed_at = $3 WHERE id = $1 AND state = $4",
		e.ID, why, msOf(c.now), string(e.State)); err != nil {
		return false, err
	}
	return true, c.t.record(ctx, HistoryEntry{Letter: e.ID, Kind: "answered", State: letter.Drafted, By: c.o.Owner, Text: why})
}
