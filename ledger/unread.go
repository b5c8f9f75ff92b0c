package ledger

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"headsup/letter"
)

// A TakenBack is what became of a file whose rows were taken back.
type TakenBack struct {
	File     string   `json:"file"`
	Findings int64    `json:"findings"`
	Rejects  int64    `json:"rejects"`
	Letters  []string `json:"letters"` // that they stood in
}

// Rows returns how many rows of the file there were.
func (t TakenBack) Rows() int64 { return t.Findings + t.Rejects }

// TakeBack removes the rows that were read from a file, as if it had never been
// read, and stops the letters that they stand in: those with other rows until a
// new draft, the others for good. It returns [ErrState] and changes nothing where
// such a letter has left, may have, or is on its way, and [ErrNoFile] where no
// row is of this file.
func TakeBack(ctx context.Context, l *Ledger, campaign, file, by string) (out TakenBack, err error) {
	err = inTx(ctx, l, func(t *tx) error {
		out = TakenBack{File: file, Letters: []string{}}
		if err := t.stopLettersOf(ctx, campaign, &out, by); err != nil {
			return err
		}
		ofFile := ofFile("findings.source")
		if _, err := t.exec(ctx, "DELETE FROM placements WHERE finding_id IN (SELECT id FROM findings WHERE campaign = $1 AND "+ofFile+")", campaign, file); err != nil {
			return err
		}
		if out.Findings, err = t.exec(ctx, "DELETE FROM findings WHERE campaign = $1 AND "+ofFile, campaign, file); err != nil {
			return err
		}
		if out.Rejects, err = t.exec(ctx, "DELETE FROM rejects WHERE campaign = $1 AND "+ofFileOr("source"), campaign, file); err != nil {
			return err
		}
		if out.Rows() == 0 {
			return fmt.Errorf("%w: %q", ErrNoFile, file)
		}
		if err := t.count(ctx, campaign, "rows", -out.Findings); err != nil {
			return err
		}
		return t.count(ctx, campaign, "rejects", -out.Rejects)
	})
	return out, err
}

// ofFile is the condition that a source, "file:line", is of the file $2.
func ofFile(source string) string { return "rtrim(" + source + ", '0123456789') = $2 || ':'" }

// ofFileOr is the same, of a source that may be the file as a whole.
func ofFileOr(source string) string { return "(" + ofFile(source) + " OR " + source + " = $2)" }

// stopLettersOf holds the letters back in which rows of a file stand.
func (t *tx) stopLettersOf(ctx context.Context, campaign string, out *TakenBack, by string) error {
	rows, err := t.QueryContext(ctx, "SELECT "+entryColumns+` FROM letters WHERE id IN (
 SELECT p.letter_id FROM findings f JOIN placements p ON p.finding_id = f.id
  WHERE f.campaign = $1 AND p.fate IN ('lettered', 'withdrawn') AND `+ofFile("f.source")+`) ORDER BY id`+t.d.lock, campaign, out.File)
	if err != nil {
		return err
	}
	es, err := scanEntries(rows)
	if err != nil {
		return err
	}
	why := text(fmt.Sprintf("the rows of %s were taken back", out.File))
	for _, e := range es {
		if !e.State.Waits() {
			return fmt.Errorf("%w: rows of %q stand in letter %q, which is %s", ErrState, out.File, e.ID, e.State)
		}
		out.Letters = append(out.Letters, e.ID)
		var left int
		if err := t.QueryRowContext(ctx, `
SELECT count(*) FROM placements p JOIN findings f ON f.id = p.finding_id
 WHERE p.letter_id = $1 AND p.fate = 'lettered' AND NOT `+ofFile("f.source"), e.ID, out.File).Scan(&left); err != nil {
			return err
		}
		if err := stopPart(ctx, t, e.ID, left, why, by); err != nil {
			return err
		}
	}
	return nil
}

// stopPart stops a letter that waits and lost findings, of which so many are
// left: until a new draft, or for good where there is none.
func stopPart(ctx context.Context, t *tx, id string, left int, why, by string) error {
	to, redraft := letter.Cut(left), ""
	if to == letter.Held {
		redraft = letter.Redraft + why
	}
	if err := t.must(ctx, `
UPDATE letters SET state = $2, reason = CASE WHEN kept = 1 AND state = $2 THEN reason ELSE $3 END, redraft = $4, changed_at = `+t.d.now+`
 WHERE id = $1`, id, string(to), cmp.Or(redraft, why), redraft); err != nil {
		return err
	}
	return t.record(ctx, HistoryEntry{Letter: id, Kind: "taken-back", State: to, By: by, Text: why})
}

// Files lists, sorted, the files that a campaign's rows are of.
func Files(ctx context.Context, l *Ledger, campaign string) (files []string, err error) {
	rows, err := l.r.QueryContext(ctx, `
SELECT DISTINCT CASE WHEN rtrim(source, '0123456789') LIKE '%:' THEN rtrim(rtrim(source, '0123456789'), ':') ELSE source END FROM (
 SELECT source FROM findings WHERE campaign = $1 UNION ALL SELECT source FROM rejects WHERE campaign = $1) s`, campaign)
	if err != nil {
		return nil, err
	}
	files, err = collect[string](rows)
	slices.Sort(files)
	return files, err
}
