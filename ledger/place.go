package ledger

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"iter"
	"maps"
	"slices"
	"strconv"

	"headsup/finding"
	"headsup/letter"
)

// movable holds back a placement in a letter past review that may have arrived,
// and one that was taken back.
var movable = `(finding_id) DO UPDATE SET fate = excluded.fate, reason = excluded.reason, letter_id = excluded.letter_id
WHERE placements.fate <> 'withdrawn' AND (placements.letter_id IS NULL OR placements.fate <> 'lettered'
   OR EXISTS (SELECT 1 FROM letters WHERE letters.id = placements.letter_id AND ` + frees("letters") + `))`

// Place says where findings ended. It replaces what was said of them before,
// except where a finding stands in a letter past review that may have arrived:
// there it stays, as it does where it was taken back.
func (l *Ledger) Place(ctx context.Context, campaign string, ps []letter.Placement) error {
	for part := range slices.Chunk(ps, batch) {
		if err := inTx(ctx, l, func(t *tx) error {
			_, err := t.place(ctx, campaign, part)
			return err
		}); err != nil {
			return err
		}
	}
	return nil
}

func (t *tx) place(ctx context.Context, campaign string, ps []letter.Placement) (placed int64, err error) {
	last := map[int64]letter.Placement{}
	for _, p := range ps {
		last[p.Row] = p
	}
	return t.d.place(ctx, t, campaign, slices.SortedFunc(maps.Values(last), func(x, y letter.Placement) int { return cmp.Compare(x.Row, y.Row) }))
}

// placeAlike stores placements, those that differ in their row alone in
// one statement: SQLite keeps a copy of each page that a statement with a
// trigger changes, to take it back.
func placeAlike(ctx context.Context, t *tx, campaign string, ps []letter.Placement) (placed int64, err error) {
	query := "INSERT INTO placements (finding_id, campaign, fate, reason, letter_id)\nSELECT value, $2, $3, $4, $5 FROM " +
		t.d.each + " WHERE true ON CONFLICT " + movable
	slices.SortStableFunc(ps, func(x, y letter.Placement) int {
		return cmp.Or(cmp.Compare(x.Letter, y.Letter), cmp.Compare(x.Fate, y.Fate), cmp.Compare(x.Reason, y.Reason))
	})
	for len(ps) > 0 {
		p, rows := ps[0], []byte{'['}
		n := 0
		for n < len(ps) && ps[n].Letter == p.Letter && ps[n].Fate == p.Fate && ps[n].Reason == p.Reason {
			rows = append(strconv.AppendInt(rows, ps[n].Row, 10), ',')
			n++
		}
		rows[len(rows)-1] = ']'
		done, err := t.exec(ctx, query, string(rows), campaign, string(p.Fate), text(p.Reason), orNull(p.Letter))
		if err != nil {
			return 0, err
		}
		ps, placed = ps[n:], placed+done
	}
	return placed, nil
}

// placeEach stores placements row by row, in the order in which every writer does.
func placeEach(ctx context.Context, t *tx, campaign string, ps []letter.Placement) (int64, error) {
	b := bulk{table: "placements", columns: []string{"finding_id", "campaign", "fate", "reason", "letter_id"}, onConflict: movable}
	for _, p := range ps {
		b.rows = append(b.rows, []any{p.Row, campaign, string(p.Fate), text(p.Reason), orNull(p.Letter)})
	}
	return t.d.bulk(ctx, t, b)
}

func orNull(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

// An Unwritten is a row of the input that stands in no letter, and why. A
// reject has only a Source. An empty Fate means that nobody has decided yet.
type Unwritten struct {
	Finding finding.Finding
	Fate    letter.Fate
	Reason  string
	Letter  string // the letter that it came too late for, or empty
}

// MarshalJSON writes where the row is, and why. Its names are settled.
func (u Unwritten) MarshalJSON() ([]byte, error) {
	row := struct {
		Source string       `json:"source"`
		Addr   string       `json:"addr,omitempty"`
		Port   uint16       `json:"port,omitempty"`
		Kind   finding.Kind `json:"kind,omitempty"`
		Fate   letter.Fate  `json:"fate"`
		Reason string       `json:"reason"`
	}{u.Finding.Source, "", u.Finding.Port, u.Finding.Kind, u.Fate, u.Reason}
	if u.Finding.Addr.IsValid() {
		row.Addr = u.Finding.Addr.String()
	}
	return json.Marshal(row)
}

// Unwritten yields the rows of a campaign that no letter covers: rejects
// first, then findings by address.
func (l *Ledger) Unwritten(ctx context.Context, campaign string) iter.Seq2[Unwritten, error] {
	return func(yield func(Unwritten, error) bool) {
		if rejectsOf(ctx, l, campaign, yield) {
			unletteredOf(ctx, l, campaign, yield)
		}
	}
}

func rejectsOf(ctx context.Context, l *Ledger, campaign string, yield func(Unwritten, error) bool) (more bool) {
	rows, err := l.r.QueryContext(ctx, "SELECT source, reason FROM rejects WHERE campaign = $1 ORDER BY source", campaign)
	if err != nil {
		yield(Unwritten{}, err)
		return false
	}
	defer rows.Close()
	for rows.Next() {
		u := Unwritten{Fate: letter.FateRejected}
		err := rows.Scan(&u.Finding.Source, &u.Reason)
		if !yield(u, err) || err != nil {
			return false
		}
	}
	if err := rows.Err(); err != nil {
		yield(Unwritten{}, err)
		return false
	}
	return true
}

func unletteredOf(ctx context.Context, l *Ledger, campaign string, yield func(Unwritten, error) bool) {
	rows, err := l.r.QueryContext(ctx, `
SELECT f.addr, f.port, f.proto, f.kind, f.service, f.seen, f.source, f.strength, f.reason, f.evidence, f.reporter,
       COALESCE(p.fate, ''), COALESCE(p.reason, ''), COALESCE(p.letter_id, '')
  FROM findings f LEFT JOIN placements p ON p.finding_id = f.id
 WHERE f.campaign = $1 AND (p.fate IS NULL OR p.fate <> 'lettered')
 ORDER BY f.addr, f.port, f.proto, f.kind, f.service, f.seen, f.source`, campaign)
	if err != nil {
		yield(Unwritten{}, err)
		return
	}
	defer rows.Close()
	for rows.Next() {
		var u Unwritten
		f := findingScanner{f: &u.Finding}
		err := rows.Scan(append(f.columns(), &u.Fate, &u.Reason, &u.Letter)...)
		if err == nil {
			err = f.finish()
		}
		if !yield(u, err) || err != nil {
			return
		}
	}
	if err := rows.Err(); err != nil {
		yield(Unwritten{}, err)
	}
}

// UnwrittenAs returns the first rows of a campaign that ended in one place outside
// a letter, in the order in which they were read, so many at the most. It reads no
// others.
func UnwrittenAs(ctx context.Context, l *Ledger, campaign string, fate letter.Fate, limit int) (all []Unwritten, err error) {
	if fate == letter.FateRejected {
		rejectsOf(ctx, l, campaign, func(u Unwritten, uerr error) bool {
			if err = uerr; err == nil {
				all = append(all, u)
			}
			return err == nil && len(all) < limit
		})
		return all, err
	}
	rows, err := l.r.QueryContext(ctx, `
SELECT f.addr, f.port, f.proto, f.kind, f.service, f.seen, f.source, f.strength, f.reason, f.evidence, f.reporter,
       p.fate, p.reason, COALESCE(p.letter_id, '')
  FROM placements p JOIN findings f ON f.id = p.finding_id
 WHERE p.campaign = $1 AND p.fate = $2 ORDER BY p.finding_id LIMIT $3`, campaign, string(fate), limit)
	if err != nil {
		return nil, err
	}
	err = scanAll(rows, func(rows *sql.Rows) error {
		var u Unwritten
		f := findingScanner{f: &u.Finding}
		if err := rows.Scan(append(f.columns(), &u.Fate, &u.Reason, &u.Letter)...); err != nil {
			return err
		}
		err := f.finish()
		all = append(all, u)
		return err
	})
	return all, err
}
