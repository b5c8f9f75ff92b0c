package ledger

import (
	"context"
	"errors"
	"fmt"
	"time"

	"headsup/letter"
)

var (
	// ErrHalted means that somebody stopped the campaign, or all of them.
	ErrHalted = errors.New("sending is stopped")
	// ErrNotHalted means that there is nothing that could go on.
	ErrNotHalted = errors.New("is not stopped")
)

// Halt stops a campaign, or all of them: from the moment it is on disk no
// letter is claimed, by whatever process, until [Resume]. It returns the halt
// with its time.
func Halt(ctx context.Context, l *Ledger, h letter.Halt) (letter.Halt, error) {
	err := inTx(ctx, l, func(t *tx) (err error) {
		if h.At, err = t.now(ctx); err != nil {
			return err
		}
		if err := t.must(ctx, "INSERT INTO halts (campaign, by_whom, reason, at) VALUES ($1, $2, $3, $4)",
			h.Campaign, text(h.By), text(h.Reason), msOf(h.At)); err != nil {
			return err
		}
		return countChange(ctx, t, "suppressions") // letters that are claimed are looked at again
	})
	return h, err
}

// Resume ends the halts of a campaign, or those of all campaigns if it is
// empty, and returns them. people is how many it takes to go on, as
// [letter.MayResume] says. [ErrNotHalted] means that there is none.
func Resume(ctx context.Context, l *Ledger, campaign, by, why string, people int) (ended []letter.Halt, err error) {
	err = inTx(ctx, l, func(t *tx) error {
		if ended, err = halts(ctx, t, "campaign = $1 AND ended_at IS NULL", campaign); err != nil {
			return err
		}
		if len(ended) == 0 {
			return ErrNotHalted
		}
		if err := letter.MayResume(ended, by, people); err != nil {
			return err
		}
		now, err := t.now(ctx)
		if err != nil {
			return err
		}
		for i := range ended {
			ended[i].Ended, ended[i].EndedBy, ended[i].EndedWhy = now, by, why
		}
		_, err = t.exec(ctx, "UPDATE halts SET ended_at = $2, ended_by = $3, ended_why = $4 WHERE campaign = $1 AND ended_at IS NULL",
			campaign, msOf(now), text(by), text(why))
		return err
	})
	if err != nil {
		return nil, err
	}
	return ended, nil
}

// Halts returns all halts that ever were, the earliest first.
func Halts(ctx context.Context, l *Ledger) ([]letter.Halt, error) { return halts(ctx, l.r, "1 = 1") }

// Clock reads the clock that paces and halts are kept by, the database's own.
func Clock(ctx context.Context, l *Ledger) (now time.Time, err error) {
	rows, err := l.r.QueryContext(ctx, "SELECT "+l.d.now)
	if err != nil {
		return now, err
	}
	defer rows.Close()
	for rows.Next() {
		var ms int64
		if err := rows.Scan(&ms); err != nil {
			return now, err
		}
		now = timeOf(ms)
	}
	return now, rows.Err()
}

// Going returns [ErrHalted], with who said so and why, if nothing of a campaign
// may leave.
func Going(ctx context.Context, l *Ledger, campaign string) error {
	return going(ctx, l.r, campaign)
}

func going(ctx context.Context, q querier, campaign string) error {
	hs, err := halts(ctx, q, "campaign IN ('', $1) AND ended_at IS NULL", campaign)
	if err == nil && len(hs) > 0 {
		err = fmt.Errorf("%w: %v", ErrHalted, hs[0])
	}
	return err
}

func halts(ctx context.Context, q querier, where string, args ...any) (hs []letter.Halt, err error) {
	rows, err := q.QueryContext(ctx, "SELECT campaign, by_whom, reason, at, COALESCE(ended_at, 0), ended_by, ended_why FROM halts WHERE "+where+" ORDER BY id", args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var h letter.Halt
		var at, ended int64
		if err := rows.Scan(&h.Campaign, &h.By, &h.Reason, &at, &ended, &h.EndedBy, &h.EndedWhy); err != nil {
			return nil, err
		}
		h.At, h.Ended = timeOf(at), timeOf(ended)
		hs = append(hs, h)
	}
	return hs, rows.Err()
}

// A Handed is a letter that a mail server was handed, or may have been. Its
// JSON names are settled.
type Handed struct {
	Letter    string       `json:"letter"`
	Campaign  string       `json:"campaign"`
	To        string       `json:"to"`
	MessageID string       `json:"message_id"` // without angle brackets
	State     letter.State `json:"state"`      // of the attempt: Sending, Sent or Unknown
	At        time.Time    `json:"at"`         // of the final dot, or of the claim before it
}

// HandedOver returns the letters of a campaign, or of all if it is empty, that
// the mail server may still hold: those of the last while, the latest first.
func HandedOver(ctx context.Context, l *Ledger, campaign string, while time.Duration) (hs []Handed, err error) {
	rows, err := l.r.QueryContext(ctx, `
SELECT l.id, l.campaign, l.recipient, l.message_id, a.state, COALESCE(a.marked_at, a.claimed_at) FROM attempts a JOIN letters l ON l.id = a.letter_id
 WHERE (l.campaign = $1 OR $1 = '') AND (a.state = 'sending' OR a.state IN ('sent', 'unknown') AND COALESCE(a.marked_at, a.claimed_at) >= `+l.d.now+` - $2)
 ORDER BY 6 DESC, 1`, campaign, while.Milliseconds())
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var h Handed
		var at int64
		if err := rows.Scan(&h.Letter, &h.Campaign, &h.To, &h.MessageID, &h.State, &at); err != nil {
			return nil, err
		}
		h.At = timeOf(at)
		hs = append(hs, h)
	}
	return hs, rows.Err()
}
