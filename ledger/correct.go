package ledger

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"headsup/finding"
	"headsup/letter"
)

// Wrong says what is to be taken back: all that some letters say, or what was
// found at some places, whichever letters say it.
type Wrong struct {
	Letters []string             // IDs
	Sources []string             // "scan.csv:12", or "scan.csv" for all of its rows
	Places  []letter.Suppression // of prefixes
	Reason  string               // for those who come after
	By      string               // who takes it back
	Text    letter.Correction    // in which words
	Again   bool                 // also to those who have had such a correction
}

// A Corrected is a letter that said what was taken back.
type Corrected struct {
	Record
	Pile     string
	Received bool              // somebody may have it
	Had      string            // the correction of this text about it that is past review, or empty
	Findings []finding.Finding // of it, that were taken back
	Fresh    int               // of them, that were not before
}

// Correct takes findings back and returns the letters that said them, by ID,
// those that nobody has received among them. What waits is stopped, and needs no
// correction. It returns [ErrState], and takes nothing back, while such a letter
// is on its way, and [ErrNotFound] where no letter says what is meant.
func Correct(ctx context.Context, l *Ledger, campaign string, w Wrong) (out []Corrected, err error) {
	told := map[string]map[int64]bool{}
	fresh := map[int64]bool{}
	err = inTx(ctx, l, func(t *tx) error {
		clear(told)
		clear(fresh)
		ids, err := wrongFindings(ctx, t, campaign, w)
		if err == nil && len(ids) == 0 {
			err = fmt.Errorf("%w: none says what is to be taken back", ErrNotFound)
		}
		if err != nil {
			return err
		}
		for _, id := range ids {
			if err := whoTold(ctx, t, id, told, fresh); err != nil {
				return err
			}
		}
		for id := range told {
			var state letter.State
			if err := t.QueryRowContext(ctx, "SELECT state FROM letters WHERE id = $1"+t.d.lock, id).Scan(&state); err != nil {
				return err
			}
			if state == letter.Sending {
				return fmt.Errorf("%w: letter %q is on its way: say it again in a minute", ErrState, id)
			}
		}
		why := strings.TrimSuffix(string(w.Text)+": "+w.Reason, ": ")
		_, err = takeFindingsBack(ctx, t, slices.Sorted(maps.Keys(fresh)), 0, why, w.By)
		return err
	})
	if err != nil {
		return nil, err
	}
	for _, id := range slices.Sorted(maps.Keys(told)) {
		c, err := correctedLetter(ctx, l, id, told[id], fresh, w.Text)
		if err != nil {
			return nil, err
		}
		out = append(out, c)
	}
	return out, nil
}

// wrongFindings are the findings that are meant, in letters or taken back before.
func wrongFindings(ctx context.Context, t *tx, campaign string, w Wrong) (ids []int64, err error) {
	const from = "SELECT f.id FROM findings f JOIN placements p ON p.finding_id = f.id WHERE f.campaign = $1 AND p.fate IN ('lettered', 'withdrawn') AND "
	ask := func(where string, args ...any) error {
		rows, err := t.QueryContext(ctx, from+where, append([]any{campaign}, args...)...)
		if err != nil {
			return err
		}
		more, err := collect[int64](rows)
		ids = append(ids, more...)
		return err
	}
	for _, id := range w.Letters {
		if err := ask("(p.letter_id = $2 OR f.id IN (SELECT finding_id FROM turned WHERE letter_id = $2))", id); err != nil {
			return nil, err
		}
	}
	for _, s := range w.Sources {
		if err := ask("("+ofFile("f.source")+" OR f.source = $2)", s); err != nil {
			return nil, err
		}
	}
	for _, s := range w.Places {
		p, err := partOf(s)
		if err != nil {
			return nil, err
		}
		if err := ask(p.findingIsMeant, p.args...); err != nil {
			return nil, err
		}
	}
	slices.Sort(ids)
	return slices.Compact(ids), nil
}

// whoTold notes which letters told what a finding says of its place, and which
// findings there have not been taken back.
func whoTold(ctx context.Context, t *tx, id int64, told map[string]map[int64]bool, fresh map[int64]bool) error {
	rows, err := t.QueryContext(ctx, `
SELECT g.id, p.letter_id, CASE WHEN p.fate = 'lettered' THEN 1 ELSE 0 END FROM findings f
  JOIN findings g ON g.campaign = f.campaign AND g.addr = f.addr AND g.port = f.port AND g.proto = f.proto AND g.kind = f.kind
  JOIN placements p ON p.finding_id = g.id
 WHERE f.id = $1 AND p.fate IN ('lettered', 'withdrawn') AND p.letter_id IS NOT NULL
 UNION SELECT x.finding_id, x.letter_id, 0 FROM turned x WHERE x.finding_id = $1`, id)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var finding int64
		var in string
		var stands int
		if err := rows.Scan(&finding, &in, &stands); err != nil {
			return err
		}
		if told[in] == nil {
			told[in] = map[int64]bool{}
		}
		told[in][finding] = true
		if stands == 1 {
			fresh[finding] = true
		}
	}
	return rows.Err()
}

// correctedLetter reads a letter of which these findings were taken back.
func correctedLetter(ctx context.Context, l *Ledger, id string, ids, fresh map[int64]bool, as letter.Correction) (c Corrected, err error) {
	if c.Record, err = l.Letter(ctx, id); err != nil {
		return c, err
	}
	var paper letter.Paper
	if err := l.r.QueryRowContext(ctx, "SELECT contact, paper FROM letters WHERE id = $1", id).Scan(&c.Pile, &paper); err != nil {
		return c, err
	}
	c.Received = letter.MayHave(c.State, paper)
	if err := l.r.QueryRowContext(ctx, `
SELECT COALESCE(max(o.id), '') FROM corrected x JOIN letters o ON o.id = x.correction_id
 WHERE x.letter_id = $1 AND o.corrects = $2 AND o.state NOT IN ('drafted', 'held')`, id, string(as)).Scan(&c.Had); err != nil {
		return c, err
	}
	for _, n := range slices.Sorted(maps.Keys(ids)) {
		f, err := findingBy(ctx, l, n)
		if err != nil {
			return c, err
		}
		c.Findings = append(c.Findings, f)
		if fresh[n] {
			c.Fresh++
		}
	}
	return c, nil
}

func findingBy(ctx context.Context, l *Ledger, id int64) (f finding.Finding, err error) {
	s := findingScanner{f: &f}
	rows, err := l.r.QueryContext(ctx, "SELECT addr, port, proto, kind, service, seen, source, strength, reason, evidence, reporter FROM findings WHERE id = $1", id)
	if err != nil {
		return f, err
	}
	defer rows.Close()
	for rows.Next() {
		if err := rows.Scan(s.columns()...); err != nil {
			return f, err
		}
		if err := s.finish(); err != nil {
			return f, err
		}
	}
	return f, rows.Err()
}

// CorrectionRound returns the round of the next correction of a contact: that of
// one of this text that is still a draft, which is replaced, or a new one.
func CorrectionRound(ctx context.Context, l *Ledger, campaign, pile string, as letter.Correction) (round int, err error) {
	err = l.r.QueryRowContext(ctx, `
SELECT COALESCE(min(CASE WHEN state = 'drafted' AND corrects = $3 THEN round END), max(round) + 1, CAST($4 AS BIGINT))
  FROM letters WHERE campaign = $1 AND contact = $2 AND corrects <> ''`, campaign, pile, string(as), letter.FirstCorrection).Scan(&round)
	return round, err
}

// NoteCorrected records which letters a correction is about.
func NoteCorrected(ctx context.Context, l *Ledger, correction string, letters []string) error {
	return inTx(ctx, l, func(t *tx) error {
		for _, id := range letters {
			if _, err := t.exec(ctx, "INSERT INTO corrected (letter_id, correction_id) VALUES ($1, $2) ON CONFLICT (letter_id, correction_id) DO NOTHING", id, correction); err != nil {
				return err
			}
			if err := t.record(ctx, HistoryEntry{Letter: id, Kind: "taken-back", Text: "corrected by " + correction}); err != nil {
				return err
			}
		}
		return nil
	})
}

// TakenBackIn returns the letters of a campaign of which something was taken back.
func TakenBackIn(ctx context.Context, l *Ledger, campaign string) (map[string]bool, error) {
	rows, err := l.r.QueryContext(ctx, "SELECT DISTINCT letter_id FROM placements WHERE campaign = $1 AND fate = 'withdrawn' AND letter_id IS NOT NULL", campaign)
	if err != nil {
		return nil, err
	}
	ids, err := collect[string](rows)
	out := map[string]bool{}
	for _, id := range ids {
		out[id] = true
	}
	return out, err
}

// WasTakenBack reports whether something of a letter was taken back.
func WasTakenBack(ctx context.Context, l *Ledger, id string) (taken bool, err error) {
	err = l.r.QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM placements WHERE letter_id = $1 AND fate = 'withdrawn')", id).Scan(&taken)
	return taken, err
}
