package ledger

import (
	"context"
	"database/sql"
	"slices"

	"headsup/letter"
)

// takeFindingsBack takes findings back that stand in letters, with all others that tell
// the same of the same place, and returns the letters. What has left still has
// them, as taken back; what waits is stopped, and loses them.
func takeFindingsBack(ctx context.Context, t *tx, ids []int64, answer int64, why, by string) (letters []string, err error) {
	for _, id := range ids {
		rows, err := t.QueryContext(ctx, `
SELECT p.finding_id FROM findings f JOIN findings g ON g.campaign = f.campaign AND g.addr = f.addr AND g.port = f.port AND g.proto = f.proto AND g.kind = f.kind
  JOIN placements p ON p.finding_id = g.id WHERE f.id = $1 AND p.fate = 'lettered'`, id)
		if err != nil {
			return nil, err
		}
		same, err := collect[int64](rows)
		if err != nil {
			return nil, err
		}
		for _, id := range same {
			in, err := takeOneBack(ctx, t, id, answer, why, by)
			if err != nil {
				return nil, err
			}
			if !slices.Contains(letters, in) {
				letters = append(letters, in)
			}
		}
	}
	return letters, stopThose(ctx, t, letters, why, by)
}

func takeOneBack(ctx context.Context, t *tx, id, answer int64, why, by string) (in string, err error) {
	var state letter.State
	if err := t.QueryRowContext(ctx, "SELECT l.id, l.state FROM placements p JOIN letters l ON l.id = p.letter_id WHERE p.finding_id = $1", id).Scan(&in, &state); err != nil {
		return "", err
	}
	if err := t.must(ctx, `
INSERT INTO taken_back (finding_id, answer_id, campaign, at, by_whom, reason)
SELECT id, CAST($2 AS BIGINT), campaign, `+t.d.now+`, $3, $4 FROM findings WHERE id = $1
    ON CONFLICT (finding_id) DO UPDATE SET answer_id = excluded.answer_id, at = excluded.at, by_whom = excluded.by_whom, reason = excluded.reason`,
		id, answer, text(by), text(why)); err != nil {
		return "", err
	}
	stays := sql.NullString{String: in, Valid: !state.Waits() && state != letter.Suppressed}
	return in, t.must(ctx, "UPDATE placements SET fate = 'withdrawn', reason = $2, letter_id = $3 WHERE finding_id = $1 AND fate = 'lettered'", id, text(why), stays)
}

// stopThose stops those of the letters that wait.
func stopThose(ctx context.Context, t *tx, letters []string, why, by string) error {
	for _, id := range letters {
		var state letter.State
		var left int
		if err := t.QueryRowContext(ctx, "SELECT state FROM letters WHERE id = $1"+t.d.lock, id).Scan(&state); err != nil {
			return err
		}
		if !state.Waits() {
			continue
		}
		if err := t.QueryRowContext(ctx, "SELECT count(*) FROM placements WHERE letter_id = $1 AND fate = 'lettered'", id).Scan(&left); err != nil {
			return err
		}
		if err := stopPart(ctx, t, id, left, text(why), by); err != nil {
			return err
		}
	}
	return nil
}

// giveBack undoes what an answer took back: what stood in a letter that left
// does so again, and the next draft decides about the rest.
func giveBack(ctx context.Context, t *tx, answer int64) error {
	for _, change := range []string{
		"fate = 'lettered', reason = '' WHERE letter_id IS NOT NULL AND",
		"fate = 'held', reason = 'no longer taken back: waits for the next draft' WHERE letter_id IS NULL AND",
	} {
		if _, err := t.exec(ctx, "UPDATE placements SET "+change+` fate = 'withdrawn'
   AND finding_id IN (SELECT finding_id FROM taken_back WHERE answer_id = $1)`, answer); err != nil {
			return err
		}
	}
	_, err := t.exec(ctx, "DELETE FROM taken_back WHERE answer_id = $1", answer)
	return err
}
