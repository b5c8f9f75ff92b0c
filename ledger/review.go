package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"headsup/letter"
)

// Approve lets a letter be sent, as the bytes that hash stands for. It returns
// [ErrChanged] if these are not the bytes stored or if a finding that they name
// stands elsewhere by now, [ErrRedraft] if they may not leave, and [ErrState] if
// the letter is held back or past approval. Approving it twice changes nothing.
// A correction takes two persons: approved by one, it is still a draft, and the
// same one once more gets [letter.ErrSamePerson].
// A letter that left before the ledger was put back becomes unknown instead
// ([Gap.Cover]).
func (l *Ledger) Approve(ctx context.Context, id, hash, by string) error {
	if hash == "" {
		return fmt.Errorf("%w: %q: approved without the hash of what was read", ErrChanged, id)
	}
	return inGroup(ctx, l, func(ctx context.Context, t *tx) error {
		e, err := scanEntry(t.QueryRowContext(ctx, "SELECT "+entryColumns+" FROM letters WHERE id = $1"+t.d.lock, id))
		if err != nil {
			return notFound(err, id)
		}
		if e.Hash != hash {
			return fmt.Errorf("%w: %q", ErrChanged, id)
		}
		if e.Redraft != "" {
			return fmt.Errorf("%w: letter %q: %s", ErrRedraft, id, e.Redraft)
		}
		if e.State == letter.Approved {
			return nil
		}
		if left, err := leftBefore(ctx, t, e); left || err != nil {
			return err
		}
		if e.Corrects != "" {
			if enough, err := approvedTwice(ctx, t, e, hash, by); err != nil || !enough {
				return err
			}
		}
		if err := t.change(ctx, id, letter.Approved, "", "", drafted); err != nil {
			return err
		}
		if e.Corrects != "" { // it waits for no stage
			if err := t.must(ctx, "UPDATE letters SET stage = 1 WHERE id = $1", id); err != nil {
				return err
			}
		}
		var placed int
		if err := t.QueryRowContext(ctx, "SELECT count(*) FROM placements WHERE letter_id = $1 AND fate = 'lettered'", id).Scan(&placed); err != nil {
			return err
		}
		if placed != e.Findings {
			return fmt.Errorf("%w: %q: %d of its %d findings stand in it", ErrChanged, id, placed, e.Findings)
		}
		if err := t.must(ctx, "INSERT INTO approvals (letter_id, hash, by_whom, at) VALUES ($1, $2, $3, "+t.d.now+")", id, hash, text(by)); err != nil {
			return err
		}
		if err := t.record(ctx, HistoryEntry{Letter: id, Kind: "approved", State: letter.Approved, By: by, Text: hash}); err != nil {
			return err
		}
		return dueNow(ctx, t, id)
	})
}

// approvedTwice reports whether another person has approved a correction, as
// the same bytes; else it notes that this one has.
func approvedTwice(ctx context.Context, t *tx, e Entry, hash, by string) (bool, error) {
	if e.State != letter.Drafted {
		return true, nil // for change to refuse
	}
	var others, own int
	if err := t.QueryRowContext(ctx, `
SELECT count(DISTINCT CASE WHEN by_whom <> $3 THEN by_whom END), count(CASE WHEN by_whom = $3 THEN 1 END) FROM approvals WHERE letter_id = $1 AND hash = $2`,
		e.ID, hash, text(by)).Scan(&others, &own); err != nil {
		return false, err
	}
	switch {
	case others > 0:
		return true, nil
	case own > 0:
		return false, fmt.Errorf("%w: letter %q is a correction, which %s has approved", letter.ErrSamePerson, e.ID, by)
	}
	if err := t.must(ctx, "INSERT INTO approvals (letter_id, hash, by_whom, at) VALUES ($1, $2, $3, "+t.d.now+")", e.ID, hash, text(by)); err != nil {
		return false, err
	}
	why := "approved by " + text(by) + ": a correction takes another person too"
	if err := t.must(ctx, "UPDATE letters SET reason = $2 WHERE id = $1 AND state = 'drafted'", e.ID, why); err != nil {
		return false, err
	}
	return false, t.record(ctx, HistoryEntry{Letter: e.ID, Kind: "approved", State: letter.Drafted, By: by, Text: hash})
}

// leftBefore makes a draft unknown that left, as a person has accepted, from the
// ledger that was here before.
func leftBefore(ctx context.Context, t *tx, e Entry) (bool, error) {
	if e.State != letter.Drafted {
		return false, nil
	}
	var by, why string
	err := t.QueryRowContext(ctx, "SELECT by_whom, why FROM departed WHERE letter_id = $1", e.ID).Scan(&by, &why)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	return true, settleAs(ctx, t, e.ID, e.State, letter.Unknown, by, why)
}

// drafted keeps out of the hands of a reviewer what takes another decision
// first: Release of a letter that somebody held back, Resolve of an unknown one.
func drafted(s letter.State) bool { return s == letter.Drafted }

// Hold keeps a letter back that has not been sent. Its approval is taken back.
func (l *Ledger) Hold(ctx context.Context, id, reason, by string) error {
	return inTx(ctx, l, func(t *tx) error {
		e, err := scanEntry(t.QueryRowContext(ctx, "SELECT "+entryColumns+" FROM letters WHERE id = $1"+t.d.lock, id))
		if err != nil {
			return notFound(err, id)
		}
		if e.State != letter.Held || e.Kept { // else it waits to be drafted anew, and a person may hold it back besides
			if err := t.change(ctx, id, letter.Held, "", reason, nil); err != nil {
				return err
			}
		}
		if err := t.must(ctx, "UPDATE letters SET kept = 1, reason = $2 WHERE id = $1 AND state = 'held'", id, text(reason)); err != nil {
			return err
		}
		return t.record(ctx, HistoryEntry{Letter: id, Kind: "held", State: letter.Held, By: by, Text: reason})
	})
}

// Release puts a letter that was held back among the drafts: it needs a new
// approval. One that has to be drafted anew as well is held for that alone from
// then on, and Release returns [ErrRedraft].
func (l *Ledger) Release(ctx context.Context, id, by string) error {
	var redraft string
	err := inTx(ctx, l, func(t *tx) error {
		e, err := scanEntry(t.QueryRowContext(ctx, "SELECT "+entryColumns+" FROM letters WHERE id = $1"+t.d.lock, id))
		if err != nil {
			return notFound(err, id)
		}
		redraft = e.Redraft
		if e.State == letter.Held && redraft != "" {
			if !e.Kept {
				return nil
			}
			if err := t.must(ctx, "UPDATE letters SET kept = 0, reason = redraft WHERE id = $1 AND state = 'held'", id); err != nil {
				return err
			}
			return t.record(ctx, HistoryEntry{Letter: id, Kind: "released", State: letter.Held, By: by, Text: redraft})
		}
		redraft = ""
		if err := t.change(ctx, id, letter.Drafted, "", "", func(s letter.State) bool { return s == letter.Held }); err != nil {
			return err
		}
		if err := t.must(ctx, "UPDATE letters SET kept = 0 WHERE id = $1 AND state = 'drafted'", id); err != nil {
			return err
		}
		return t.record(ctx, HistoryEntry{Letter: id, Kind: "drafted", State: letter.Drafted, By: by})
	})
	if err == nil && redraft != "" {
		err = fmt.Errorf("%w: letter %q: %s", ErrRedraft, id, redraft)
	}
	return err
}

// Unapprove takes back the approval of a letter that no sender has: it is a draft
// again. [ErrState] means that it is not approved, or that it was claimed.
func Unapprove(ctx context.Context, l *Ledger, id, by string) error {
	return inTx(ctx, l, func(t *tx) error {
		approved := func(s letter.State) bool { return s == letter.Approved }
		if err := t.change(ctx, id, letter.Drafted, "", "", approved); err != nil {
			return err
		}
		return t.record(ctx, HistoryEntry{Letter: id, Kind: "drafted", State: letter.Drafted, By: by})
	})
}

// Resolve says what became of a letter whose state is [letter.Unknown]: sent
// or failed, or approved, which lets the same bytes be sent once more.
func (l *Ledger) Resolve(ctx context.Context, id string, to letter.State, by, why string) error {
	return decide(ctx, l, id, to, why, by, func(s letter.State) bool { return s == letter.Unknown })
}

func decide(ctx context.Context, l *Ledger, id string, to letter.State, reason, by string, from func(letter.State) bool) error {
	return inTx(ctx, l, func(t *tx) error {
		if err := t.change(ctx, id, to, letter.ClassUnclear, reason, from); err != nil {
			return err
		}
		if err := t.record(ctx, HistoryEntry{Letter: id, Kind: string(to), State: to, By: by, Text: reason}); err != nil {
			return err
		}
		if to != letter.Approved {
			return nil
		}
		return dueNow(ctx, t, id)
	})
}

// Again approves once more, as the same bytes, a letter that did not arrive for
// a reason that a person has repaired ([letter.Class.MayAgain]). [ErrState]
// means that it is no such letter.
func Again(ctx context.Context, l *Ledger, id, by, why string) error {
	return inTx(ctx, l, func(t *tx) error {
		e, err := scanEntry(t.QueryRowContext(ctx, "SELECT "+entryColumns+" FROM letters WHERE id = $1"+t.d.lock, id))
		switch {
		case err != nil:
			return notFound(err, id)
		case !e.State.Lost() || !e.Class.MayAgain():
			return fmt.Errorf("%w: letter %q is %s", ErrState, id, strings.TrimSpace(string(e.State)+" "+string(e.Class)))
		}
		if err := settleAs(ctx, t, id, e.State, letter.Approved, by, why); err != nil {
			return err
		}
		return dueNow(ctx, t, id)
	})
}

// Prove makes a letter sent that a mail server has taken, as why shows, in
// whatever state it is here: the ledger may be older than what was sent from
// it. [ErrState] means that it is sent already, or on its way just now.
func Prove(ctx context.Context, l *Ledger, id, by, why string) error {
	return inTx(ctx, l, func(t *tx) error {
		var old letter.State
		if err := t.QueryRowContext(ctx, "SELECT state FROM letters WHERE id = $1"+t.d.lock, id).Scan(&old); err != nil {
			return notFound(err, id)
		}
		if !old.Provable() {
			return fmt.Errorf("%w: letter %q is %s", ErrState, id, old)
		}
		return settleAs(ctx, t, id, old, letter.Sent, by, why)
	})
}

// settleAs moves a letter to a state past sending for what was heard elsewhere.
func settleAs(ctx context.Context, t *tx, id string, old, to letter.State, by, why string) error {
	if err := t.must(ctx, "UPDATE letters SET state = $1, reason = $2, class = '', redraft = '', kept = 0, changed_at = "+t.d.now+" WHERE id = $3 AND state = $4",
		string(to), text(why), id, string(old)); err != nil {
		return err
	}
	return t.record(ctx, HistoryEntry{Letter: id, Kind: string(to), State: to, By: by, Text: why})
}
