package ledger

import (
	"context"

	"headsup/letter"
)

// A Lost is a letter about reports that did not reach its customer, so that a
// person has to find another way. Its JSON names are settled.
type Lost struct {
	Letter   string       `json:"letter"`
	Customer string       `json:"customer"`
	Class    letter.Class `json:"class"`
	Reason   string       `json:"reason,omitempty"` // as the mail server says it
}

// lostLetter is true of a letter l that did not arrive. What it tells is told
// again by the next letter that goes another way, and then it is none any more.
const lostLetter = "l.state IN ('bounced', 'failed')"

// Lost returns the letters that did not reach their customers and that no other
// one made up for, by the reports that they tell of.
func (cs Cases) Lost(ctx context.Context) (map[string][]Lost, error) {
	rows, err := cs.l.r.QueryContext(ctx, `
SELECT DISTINCT t.case_id, l.id, n.customer, l.class, l.reason
  FROM letters l JOIN placements p ON p.letter_id = l.id AND p.fate = 'lettered' JOIN notices n ON n.finding_id = p.finding_id
  JOIN tellings t ON t.incident_id = n.incident_id
 WHERE l.campaign = $1 AND `+lostLetter+`
 ORDER BY t.case_id, l.id, n.customer`, cs.campaign)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	all := map[string][]Lost{}
	for rows.Next() {
		var id string
		var x Lost
		if err := rows.Scan(&id, &x.Letter, &x.Customer, &x.Class, &x.Reason); err != nil {
			return nil, err
		}
		all[id] = append(all[id], x)
	}
	return all, rows.Err()
}
