package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"
)

// A Need is why a letter needs a person.
type Need string

// The needs for which the house's own system may have a ticket.
const (
	NeedHeld     Need = "held"     // it is held, and a new draft would not release it
	NeedAnswered Need = "answered" // a person answered, and the answer is open
	NeedBounced  Need = "bounced"  // it did not arrive, and there is no other address
)

// A Ticket is what the house's own system has, or is to have, for a letter that
// needs a person. Its JSON names are settled.
type Ticket struct {
	Letter string `json:"letter"`
	Reason Need   `json:"reason"`
	Answer int64  `json:"answer,omitempty"` // the number of the answer, for [NeedAnswered]
	Number int64  `json:"number,omitempty"` // the system's; 0: it is not known to be there
	Tries  int    `json:"-"`                // how often somebody set out to make it
}

// Key is our reference of the ticket, by which the system is searched.
func (t Ticket) Key() string {
	if t.Answer == 0 {
		return t.Letter + "-" + string(t.Reason)
	}
	return fmt.Sprintf("%s-%s-%d", t.Letter, t.Reason, t.Answer)
}

// needs are the letters of a campaign $1 that need a person, and why. A letter that
// mail does not reach has no other address once its rows found no contact; one that
// did not arrive for another reason has none while its rows stand in it.
const needs = `(
SELECT l.id AS letter_id, 'held' AS reason, 0 AS answer_id FROM letters l WHERE l.campaign = $1 AND l.state = 'held' AND l.redraft = ''
 UNION ALL
SELECT a.letter_id, 'answered', a.id FROM answers a WHERE a.campaign = $1 AND a.closed = 0
 UNION ALL
SELECT l.id, 'bounced', 0 FROM letters l
 WHERE l.campaign = $1 AND l.state IN ('bounced', 'failed') AND l.class <> 'ours' AND l.paper NOT IN ('posted', 'delivered')
   AND (NOT ` + deadEnd + ` AND EXISTS (SELECT 1 FROM placements p WHERE p.letter_id = l.id AND p.fate = 'lettered')
        OR EXISTS (SELECT 1 FROM placements p WHERE p.campaign = $1 AND p.fate = 'no_contact'
                      AND p.reason >= 'mail to ' || l.recipient || ' came back:' AND p.reason < 'mail to ' || l.recipient || ' came back;')))`

const needColumns = "n.letter_id, n.reason, n.answer_id, COALESCE(k.tries, 0) FROM " + needs + ` n
  LEFT JOIN tickets k ON k.letter_id = n.letter_id AND k.reason = n.reason AND k.answer_id = n.answer_id`

// Ticketless returns the letters of a campaign that need a person and have no
// ticket that is known to be there, so many at the most. It changes nothing.
func Ticketless(ctx context.Context, l *Ledger, campaign string, limit int) (all []Ticket, err error) {
	rows, err := l.r.QueryContext(ctx, "SELECT "+needColumns+" WHERE COALESCE(k.number, 0) = 0 ORDER BY 1, 2, 3 LIMIT $2", campaign, limit)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var t Ticket
		if err := rows.Scan(&t.Letter, &t.Reason, &t.Answer, &t.Tries); err != nil {
			return nil, err
		}
		all = append(all, t)
	}
	return all, rows.Err()
}

// ClaimTicket writes down that somebody sets out to make the next ticket in place,
// the house's system, and returns it. Nobody else gets it for as long as the lease.
// Whoever has it must look for its key before making it: another may have died
// after the system took it. It reports false where none is due.
func ClaimTicket(ctx context.Context, l *Ledger, campaign, place string, lease time.Duration) (t Ticket, found bool, err error) {
	err = inTx(ctx, l, func(x *tx) error {
		found = false
		err := x.QueryRowContext(ctx, "SELECT "+needColumns+`
 WHERE k.letter_id IS NULL OR k.number = 0 AND k.due_at <= `+x.d.now+` ORDER BY COALESCE(k.due_at, 0), 1, 2, 3 LIMIT 1`, campaign).
			Scan(&t.Letter, &t.Reason, &t.Answer, &t.Tries)
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		if err != nil {
			return err
		}
		// Another process may have written the row since it was looked for.
		n, err := x.exec(ctx, `
INSERT INTO tickets (letter_id, reason, answer_id, campaign, place, tries, due_at) VALUES ($1, $2, $3, $4, $5, 1, `+x.d.now+` + $6)
ON CONFLICT (letter_id, reason, answer_id) DO UPDATE SET place = $5, tries = tickets.tries + 1, due_at = `+x.d.now+` + $6
 WHERE tickets.number = 0 AND tickets.due_at <= `+x.d.now, t.Letter, string(t.Reason), t.Answer, campaign, place, lease.Milliseconds())
		t.Tries, found = t.Tries+1, n == 1
		return err
	})
	return t, found, err
}

// TicketMade notes the number that the system gave a ticket; it is asked about it
// after a time. It returns [ErrLost] where another noted one.
func TicketMade(ctx context.Context, l *Ledger, t Ticket, every time.Duration, by string) error {
	return inTx(ctx, l, func(x *tx) error {
		n, err := x.exec(ctx, "UPDATE tickets SET number = $4, due_at = "+x.d.now+" + $5 WHERE letter_id = $1 AND reason = $2 AND answer_id = $3 AND number = 0",
			t.Letter, string(t.Reason), t.Answer, t.Number, every.Milliseconds())
		if err == nil && n == 0 {
			err = ErrLost
		}
		if err != nil {
			return err
		}
		return x.record(ctx, HistoryEntry{Letter: t.Letter, Kind: "ticket", By: by, Text: fmt.Sprintf("ticket %d: %s", t.Number, t.Reason)})
	})
}

// TicketNotMade waits before a ticket is tried again.
func TicketNotMade(ctx context.Context, l *Ledger, t Ticket, wait time.Duration) error {
	return inTx(ctx, l, func(x *tx) error {
		_, err := x.exec(ctx, "UPDATE tickets SET due_at = "+x.d.now+" + $4 WHERE letter_id = $1 AND reason = $2 AND answer_id = $3 AND number = 0",
			t.Letter, string(t.Reason), t.Answer, wait.Milliseconds())
		return err
	})
}

// OpenTicket returns the next ticket in place that the system is to be asked about,
// and nobody gets it again within a time.
func OpenTicket(ctx context.Context, l *Ledger, campaign, place string, every time.Duration) (t Ticket, found bool, err error) {
	err = inTx(ctx, l, func(x *tx) error {
		found = false
		err := x.QueryRowContext(ctx, `
SELECT letter_id, reason, answer_id, number, tries FROM tickets
 WHERE campaign = $1 AND place = $2 AND closed_at = 0 AND number > 0 AND due_at <= `+x.d.now+`
 ORDER BY due_at, letter_id LIMIT 1`+x.d.lock, campaign, place).Scan(&t.Letter, &t.Reason, &t.Answer, &t.Number, &t.Tries)
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		if err != nil {
			return err
		}
		found = true
		return x.must(ctx, "UPDATE tickets SET due_at = "+x.d.now+" + $4 WHERE letter_id = $1 AND reason = $2 AND answer_id = $3",
			t.Letter, string(t.Reason), t.Answer, every.Milliseconds())
	})
	return t, found, err
}

// CloseTicket notes that the system closed a ticket, once. It moves no letter: what
// is held stays held.
func CloseTicket(ctx context.Context, l *Ledger, t Ticket, by string) error {
	return inTx(ctx, l, func(x *tx) error {
		n, err := x.exec(ctx, "UPDATE tickets SET closed_at = "+x.d.now+" WHERE letter_id = $1 AND reason = $2 AND answer_id = $3 AND closed_at = 0",
			t.Letter, string(t.Reason), t.Answer)
		if err != nil || n == 0 {
			return err
		}
		return x.record(ctx, HistoryEntry{Letter: t.Letter, Kind: "ticket", By: by, Text: fmt.Sprintf("ticket %d is closed: %s", t.Number, t.Reason)})
	})
}
