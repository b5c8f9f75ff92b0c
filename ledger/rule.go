package ledger

import (
	"context"
	"fmt"
	"net/netip"
	"strings"

	"headsup/letter"
)

// A Rule is what a person makes of an answer.
type Rule struct {
	Ruling letter.Ruling
	Other  string       // addr-spec of whom the answer names, for [letter.RuledOther]
	Note   string       // for those who come after; for [letter.RuledWrong] the reason
	By     string       // who rules
	Only   []netip.Addr // for [letter.RuledWrong]: findings at these addresses alone; empty: all
}

// ErrRuled means that an answer was settled already, and may be opened again.
var ErrRuled = fmt.Errorf("%w: the answer is settled", ErrState)

// Settle rules on an answer. Of its letter, [letter.RuledWrong] takes findings
// back, and [letter.RuledNotOurs] and [letter.RuledOther] free them for a new
// draft to somebody else. It returns [ErrRuled] for an answer that is settled
// otherwise: [Reopen] comes first.
func Settle(ctx context.Context, l *Ledger, campaign string, id int64, r Rule) (out Answer, err error) {
	err = inTx(ctx, l, func(t *tx) error {
		a, err := answerIn(ctx, t, campaign, id)
		if err != nil {
			return err
		}
		if a.Ruling == r.Ruling && a.Other == r.Other && a.Note == r.Note {
			out = a
			return nil
		}
		if !a.Open {
			return fmt.Errorf("%w: answer %d: %s", ErrRuled, id, a.Ruling)
		}
		if err := t.must(ctx, "UPDATE answers SET closed = $2, ruling = $3, other = $4, note = $5, settled_by = $6, settled_at = "+t.d.now+" WHERE id = $1 AND closed = 0",
			id, 1-one(r.Ruling.Open()), string(r.Ruling), text(r.Other), text(r.Note), text(r.By)); err != nil {
			return err
		}
		switch {
		case r.Ruling == letter.RuledWrong:
			err = takeBackOf(ctx, t, a, r)
		case r.Ruling.Turns():
			err = turn(ctx, t, a, r)
		}
		if err != nil {
			return err
		}
		words := strings.TrimSpace(fmt.Sprintf("answer %d: %s %s", id, r.Ruling, r.Other))
		if r.Note != "" {
			words += ": " + r.Note
		}
		if err := t.record(ctx, HistoryEntry{Letter: a.Letter, Kind: "settled", By: r.By, Text: words}); err != nil {
			return err
		}
		out, err = answerIn(ctx, t, campaign, id)
		return err
	})
	return out, err
}

func answerIn(ctx context.Context, t *tx, campaign string, id int64) (Answer, error) {
	if t.d.lock != "" {
		if _, err := t.exec(ctx, "SELECT 1 FROM answers WHERE id = $1"+t.d.lock, id); err != nil {
			return Answer{}, err
		}
	}
	return answerOf(t.QueryRowContext(ctx, "SELECT "+answerColumns+answerTables+" WHERE a.campaign = $1 AND a.id = $2", campaign, id), id)
}

// takeBackOf takes back what the letter of an answer says, or some of it.
func takeBackOf(ctx context.Context, t *tx, a Answer, r Rule) error {
	where, args := "", []any{a.Letter}
	for _, addr := range r.Only {
		args = append(args, addrKey(addr))
		where += fmt.Sprintf(", $%d", len(args))
	}
	if where != "" {
		where = " AND f.addr IN (" + where[2:] + ")"
	}
	rows, err := t.QueryContext(ctx, "SELECT f.id FROM placements p JOIN findings f ON f.id = p.finding_id WHERE p.letter_id = $1 AND p.fate = 'lettered'"+where, args...)
	if err != nil {
		return err
	}
	ids, err := collect[int64](rows)
	if err == nil && len(ids) == 0 && len(r.Only) > 0 {
		err = fmt.Errorf("%w: letter %q says nothing of %v", ErrNotFound, a.Letter, r.Only)
	}
	if err != nil {
		return err
	}
	why := strings.TrimSuffix(fmt.Sprintf("answer %d: wrong: %s", a.ID, r.Note), ": ")
	_, err = takeFindingsBack(ctx, t, ids, a.ID, why, r.By)
	return err
}

// turn notes of the findings of an answer's letter that another is responsible.
func turn(ctx context.Context, t *tx, a Answer, r Rule) error {
	_, err := t.exec(ctx, `
INSERT INTO turned (finding_id, answer_id, campaign, letter_id, addr, contact, other)
SELECT f.id, CAST($2 AS BIGINT), f.campaign, p.letter_id, f.addr, l.mailbox, $3
  FROM placements p JOIN findings f ON f.id = p.finding_id JOIN letters l ON l.id = p.letter_id
 WHERE p.letter_id = $1 AND p.fate = 'lettered'`, a.Letter, a.ID, text(r.Other))
	return err
}

// Reopen takes back what was ruled on an answer: findings that were taken back
// stand in their letter again, and so do those that were freed for somebody
// else. It returns [ErrState] once somebody else was written to, or a letter to
// them is past review.
func Reopen(ctx context.Context, l *Ledger, campaign string, id int64, by string) (out Answer, err error) {
	err = inTx(ctx, l, func(t *tx) error {
		a, err := answerIn(ctx, t, campaign, id)
		if err != nil {
			return err
		}
		if a.Ruling == "" {
			out = a
			return nil
		}
		if err := giveBack(ctx, t, id); err != nil {
			return err
		}
		if err := turnBack(ctx, t, id); err != nil {
			return err
		}
		if err := t.must(ctx, "UPDATE answers SET closed = 0, ruling = '', other = '', note = '', settled_by = '', settled_at = 0 WHERE id = $1", id); err != nil {
			return err
		}
		if err := t.record(ctx, HistoryEntry{Letter: a.Letter, Kind: "reopened", By: by, Text: fmt.Sprintf("answer %d, which was: %s", id, a.Ruling)}); err != nil {
			return err
		}
		out, err = answerIn(ctx, t, campaign, id)
		return err
	})
	return out, err
}

// turnBack undoes that an answer freed findings for somebody else.
func turnBack(ctx context.Context, t *tx, answer int64) error {
	rows, err := t.QueryContext(ctx, `
SELECT DISTINCT o.id FROM turned x JOIN placements p ON p.finding_id = x.finding_id JOIN letters o ON o.id = p.letter_id
 WHERE x.answer_id = $1 AND p.letter_id <> x.letter_id AND p.fate = 'lettered' AND NOT `+frees("o")+" ORDER BY 1", answer)
	if err != nil {
		return err
	}
	written, err := collect[string](rows)
	if err == nil && len(written) > 0 {
		err = fmt.Errorf("%w: what answer %d is about stands in %q by now", ErrState, answer, written[0])
	}
	if err != nil {
		return err
	}
	if _, err := t.exec(ctx, `
UPDATE placements SET fate = 'lettered', reason = '', letter_id = (SELECT x.letter_id FROM turned x WHERE x.answer_id = $1 AND x.finding_id = placements.finding_id)
 WHERE finding_id IN (SELECT finding_id FROM turned WHERE answer_id = $1)`, answer); err != nil {
		return err
	}
	_, err = t.exec(ctx, "DELETE FROM turned WHERE answer_id = $1", answer)
	return err
}

// Told records that somebody answered by other ways than mail, and returns the
// number of the answer.
func TellAnswer(ctx context.Context, l *Ledger, id, by, words string) (number int64, err error) {
	err = inTx(ctx, l, func(t *tx) error {
		e, err := scanEntry(t.QueryRowContext(ctx, "SELECT "+entryColumns+" FROM letters WHERE id = $1"+t.d.lock, id))
		if err != nil {
			return notFound(err, id)
		}
		if e.State.Waits() || e.State == letter.Sending || e.State == letter.Suppressed {
			return fmt.Errorf("%w: letter %q is %s: nobody can have answered it", ErrState, id, e.State)
		}
		number, err = recordAnswer(ctx, t, HistoryEntry{Letter: id, Kind: string(letter.Reply), By: by, Text: words})
		return err
	})
	return number, err
}

// recordAnswer stores an answer, which is open from then on.
func recordAnswer(ctx context.Context, t *tx, e HistoryEntry) (id int64, err error) {
	if id, err = recordEvent(ctx, t, e); err != nil {
		return 0, err
	}
	return id, t.must(ctx, `
INSERT INTO answers (id, campaign, letter_id, at) SELECT e.id, l.campaign, l.id, e.at FROM events e JOIN letters l ON l.id = e.letter_id WHERE e.id = $1`, id)
}
