package ledger

import (
	"context"
	"fmt"
	"slices"

	"headsup/letter"
)

// Uncorrect takes corrections back of which nothing has left: what they took
// back stands again in the letters that said it, and what stood in letters that
// were stopped waits for the next draft. It returns [ErrState], and changes
// nothing, where one of them has left or is on its way, or where another
// correction, which is not named, is about the same.
func Uncorrect(ctx context.Context, l *Ledger, campaign string, ids []string, by string) error {
	return inTx(ctx, l, func(t *tx) error {
		var findings []int64
		for _, id := range ids {
			if err := mayUncorrect(ctx, t, campaign, id); err != nil {
				return err
			}
			rows, err := t.QueryContext(ctx, `
SELECT DISTINCT g.id FROM corrected x JOIN placements p ON p.letter_id = x.letter_id JOIN findings f ON f.id = p.finding_id
  JOIN findings g ON g.campaign = f.campaign AND g.addr = f.addr AND g.port = f.port AND g.proto = f.proto AND g.kind = f.kind
  JOIN placements q ON q.finding_id = g.id JOIN taken_back b ON b.finding_id = g.id
 WHERE x.correction_id = $1 AND p.fate = 'withdrawn' AND q.fate = 'withdrawn' AND b.answer_id = 0`, id)
			if err != nil {
				return err
			}
			more, err := collect[int64](rows)
			if err != nil {
				return err
			}
			findings = append(findings, more...)
		}
		slices.Sort(findings)
		findings = slices.Compact(findings)
		if err := correctedElsewhere(ctx, t, findings, ids); err != nil {
			return err
		}
		for _, id := range findings {
			if _, err := t.exec(ctx, `
UPDATE placements SET fate = CASE WHEN letter_id IS NULL THEN 'held' ELSE 'lettered' END,
       reason = CASE WHEN letter_id IS NULL THEN 'no longer taken back: waits for the next draft' ELSE '' END
 WHERE finding_id = $1 AND fate = 'withdrawn'`, id); err != nil {
				return err
			}
			if err := t.must(ctx, "DELETE FROM taken_back WHERE finding_id = $1", id); err != nil {
				return err
			}
		}
		for _, id := range ids {
			if err := dropCorrection(ctx, t, id, by); err != nil {
				return err
			}
		}
		return nil
	})
}

// mayUncorrect returns an error unless a letter is a correction that has not left.
func mayUncorrect(ctx context.Context, t *tx, campaign, id string) error {
	var state letter.State
	var corrects letter.Correction
	if err := t.QueryRowContext(ctx, "SELECT state, corrects FROM letters WHERE id = $1 AND campaign = $2"+t.d.lock, id, campaign).Scan(&state, &corrects); err != nil {
		return notFound(err, id)
	}
	switch {
	case corrects == "":
		return fmt.Errorf("%w: letter %q takes nothing back", ErrState, id)
	case !state.Waits():
		return fmt.Errorf("%w: correction %q is %s", ErrState, id, state)
	}
	return nil
}

// correctedElsewhere returns an error if a correction that is not among ids is
// about letters that said one of the findings.
func correctedElsewhere(ctx context.Context, t *tx, findings []int64, ids []string) error {
	for _, f := range findings {
		rows, err := t.QueryContext(ctx, "SELECT x.correction_id FROM corrected x JOIN placements p ON p.letter_id = x.letter_id WHERE p.finding_id = $1 ORDER BY 1", f)
		if err != nil {
			return err
		}
		about, err := collect[string](rows)
		if err != nil {
			return err
		}
		for _, id := range about {
			if !slices.Contains(ids, id) {
				return fmt.Errorf("%w: %q is a correction of the same", ErrState, id)
			}
		}
	}
	return nil
}

// dropCorrection stops a correction, and notes that at the letters that it was about.
func dropCorrection(ctx context.Context, t *tx, id, by string) error {
	rows, err := t.QueryContext(ctx, "DELETE FROM corrected WHERE correction_id = $1 RETURNING letter_id", id)
	if err != nil {
		return err
	}
	about, err := collect[string](rows)
	if err != nil {
		return err
	}
	if err := t.must(ctx, "UPDATE letters SET state = 'suppressed', reason = 'the correction was taken back', redraft = '', stage = 0, changed_at = "+t.d.now+
		" WHERE id = $1 AND state IN ('drafted', 'held', 'approved', 'deferred')", id); err != nil {
		return err
	}
	for _, in := range about {
		if err := t.record(ctx, HistoryEntry{Letter: in, Kind: "given-back", By: by, Text: "no longer corrected by " + id}); err != nil {
			return err
		}
	}
	return t.record(ctx, HistoryEntry{Letter: id, Kind: "suppressed", State: letter.Suppressed, By: by, Text: "the correction was taken back"})
}
