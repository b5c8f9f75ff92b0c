package ledger

import (
	"context"
	"database/sql"
	"fmt"
	"time"
)

// Repeated returns the events about a customer since a time that may be reasons
// of a firmer letter, and are of no other one's than the letter named: those that
// letters told which left, and those that wait to be told, whose Told is zero.
func (ms Measures) Repeated(ctx context.Context, customer, letter, mailRoom string, since time.Time) ([]Persistence, error) {
	return collectPersistence(ms.l.r.QueryContext(ctx, `
SELECT DISTINCT i.id, n.customer, i.seen_at, COALESCE((SELECT max(a.marked_at) FROM attempts a WHERE a.letter_id = l.id AND a.state = 'sent'), 0), c.reporter
  FROM notices n JOIN incidents i ON i.id = n.incident_id AND i.customer = n.customer
  JOIN tellings t ON t.incident_id = i.id
  JOIN cases c ON c.id = t.case_id AND c.proven <> '' AND c.queue = '' AND c.reporter <> ''
  LEFT JOIN placements p ON p.finding_id = n.finding_id AND p.fate = 'lettered'
  LEFT JOIN letters l ON l.id = p.letter_id AND l.state = 'sent' AND (l.mailbox <> $5 OR l.paper <> '')
 WHERE i.campaign = $1 AND n.customer = $2 AND i.seen_at >= $3
   AND NOT EXISTS (SELECT 1 FROM firmed f WHERE f.incident_id = i.id AND f.letter_id <> $4)
 ORDER BY n.customer, i.id, c.reporter`, ms.campaign, customer, msOf(since), letter, mailRoom))
}

// Firm writes down which events make a letter a firmer one, in place of those
// that were written down before; none: it is not. It returns [ErrTwice] where one
// of them is the reason of another letter.
func (ms Measures) Firm(ctx context.Context, letter string, incidents []int64) error {
	return inTx(ctx, ms.l, func(t *tx) error {
		if _, err := t.exec(ctx, "DELETE FROM firmed WHERE letter_id = $1", letter); err != nil {
			return err
		}
		for _, i := range incidents {
			n, err := t.exec(ctx, "INSERT INTO firmed (incident_id, letter_id) VALUES ($1, $2) ON CONFLICT DO NOTHING", i, letter)
			if err == nil && n != 1 {
				err = fmt.Errorf("%w: event %d is the reason of another letter", ErrTwice, i)
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// Firmed returns when the last firmer letter to a customer left, or a zero time.
func (ms Measures) Firmed(ctx context.Context, pile string) (time.Time, error) {
	var left sql.NullInt64
	err := ms.l.r.QueryRowContext(ctx, `
SELECT max(a.marked_at) FROM letters l JOIN attempts a ON a.letter_id = l.id AND a.state = 'sent'
 WHERE l.campaign = $1 AND l.contact = $2 AND l.state = 'sent' AND EXISTS (SELECT 1 FROM firmed f WHERE f.letter_id = l.id)`, ms.campaign, pile).Scan(&left)
	return timeOf(left.Int64), err
}
