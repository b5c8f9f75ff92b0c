package ledger

import (
	"context"
	"strings"

	"headsup/letter"
)

// Paces sets the paces of all lanes that letters of a campaign pass through,
// as [Ledger.Lane] does for one. pace is asked for each lane and may be called
// more than once; a lane that it gives no pace is left as it is.
func (l *Ledger) Paces(ctx context.Context, campaign string, pace func(lane string) (p letter.Pace, ok bool)) error {
	return inTx(ctx, l, func(t *tx) error {
		rows, err := t.QueryContext(ctx, "SELECT DISTINCT trunk || ' ' || lane FROM queues WHERE campaign = $1 ORDER BY 1", campaign)
		if err != nil {
			return err
		}
		ways, err := collect[string](rows)
		if err != nil {
			return err
		}
		set := map[string]bool{}
		for _, way := range ways {
			for _, key := range strings.Fields(way) {
				p, ok := pace(key)
				if set[key] || !ok {
					continue
				}
				set[key] = true
				if err := t.setLane(ctx, key, p); err != nil {
					return err
				}
			}
		}
		return nil
	})
}
