package ledger

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"headsup/ledger/mark"
	"headsup/letter"
)

// A Gap is what the marks of a campaign know and the ledger does not. The zero
// Gap is none.
type Gap struct {
	Letters []Departed // in the order in which they left
	Damaged []error    // marks that are not what was written: [mark.ErrDamaged], with the file
	Files   []string   // the marks that are ahead, or damaged

	// Restored is when the backup was made that the ledger comes from, where no
	// mark on this machine says what left since; else zero.
	Restored time.Time

	l      *Ledger
	ahead  map[string][]mark.Line // lines that the ledger lacks, by file
	astray []string               // files that can never be made to fit the ledger
}

// Departed is a letter that left after what the ledger knows, or may have.
type Departed struct {
	ID    string
	At    time.Time    // by the clock of its sender; zero where a damaged mark names it
	State letter.State // in this ledger; empty: it is not in it
}

// Open reports whether the ledger would let the letter leave once more, now or
// after it was drafted and approved.
func (d Departed) Open() bool {
	return d.State == "" || d.State.Provable() && d.State != letter.Unknown && d.State != letter.Failed
}

// FindGap compares a ledger with the marks in the folders: those of the
// campaign, whatever ledger they were made by. In the other folders, where
// another campaign may have the same name, those are meant that were made by this
// ledger or one that the first folder knows, or with one of the keys. It changes
// nothing.
func FindGap(ctx context.Context, l *Ledger, campaign string, m Marks) (g Gap, err error) {
	g = Gap{l: l, ahead: map[string][]mark.Line{}}
	id, err := identity(ctx, l.r)
	if err != nil {
		return g, err
	}
	ledgers, known := []string{id}, false
	departed := map[string]time.Time{}
	var order []string
	departs := func(id string, at time.Time) {
		if _, ok := departed[id]; !ok {
			order = append(order, id)
			departed[id] = at
		}
	}
	for i, dir := range m.Folders {
		files, err := marksIn(dir, campaign)
		if err != nil {
			return g, err
		}
		for _, f := range files {
			switch {
			case i == 0:
				ledgers = append(ledgers, f.ledger)
			case !slices.Contains(ledgers, f.ledger) && !madeWith(f, m.Keys):
				continue
			}
			known = known || i > 0 && f.ledger == id
			if err := g.compare(ctx, f, m, departs); err != nil {
				return g, err
			}
		}
	}
	if err := g.restored(ctx, known); err != nil {
		return g, err
	}
	states, err := statesOf(ctx, l, order)
	for _, id := range order {
		g.Letters = append(g.Letters, Departed{ID: id, At: departed[id], State: states[id]})
	}
	slices.SortStableFunc(g.Letters, func(a, b Departed) int { return a.At.Compare(b.At) })
	return g, err
}

// madeWith reports whether a mark was sealed with one of the keys.
func madeWith(f markFile, keys [][]byte) bool {
	text, err := os.ReadFile(f.path)
	return err == nil && mark.Read(text, append(keys[:len(keys):len(keys)], nil)).Sealed
}

// A markFile is the file of a mark; its name says whose it is.
type markFile struct{ path, name, ledger, campaign string }

// marksIn lists the marks of a campaign in a folder.
func marksIn(dir, campaign string) (files []markFile, err error) {
	entries, err := os.ReadDir(dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	for _, e := range entries {
		name, ok := strings.CutSuffix(e.Name(), mark.Ending)
		parts := strings.Split(name, ".")
		if ok && len(parts) == 4 && parts[1] == campaign {
			files = append(files, markFile{filepath.Join(dir, e.Name()), name, parts[0], campaign})
		}
	}
	return files, nil
}

// compare adds what one file knows and the ledger does not.
func (g *Gap) compare(ctx context.Context, f markFile, m Marks, departs func(string, time.Time)) error {
	text, err := os.ReadFile(f.path)
	if err != nil {
		return err
	}
	found := mark.Read(text, m.keys())
	if found.Damage == nil && len(found.Lines) < 2 {
		return nil // nothing left
	}
	if found.Name() != f.name && found.Damage == nil {
		found.Damage = fmt.Errorf("%w: it is that of %q", mark.ErrDamaged, found.Name())
	}
	ours := map[int]string{}
	if found.Damage == nil {
		same, err := hasLine(ctx, g.l, f.name, found.Lines[len(found.Lines)-1])
		if err != nil || same {
			return err // each line rests on the one before
		}
	}
	lines, err := linesAfter(ctx, g.l.r, f.name, -1)
	if err != nil {
		return err
	}
	for _, l := range lines {
		ours[l.N] = l.String()
	}
	g.Files = append(g.Files, f.path)
	for _, l := range found.Lines {
		if ours[l.N] == l.String() {
			continue
		}
		g.ahead[f.path] = append(g.ahead[f.path], l)
		if l.N > 0 {
			for _, id := range l.Letters {
				departs(id, l.At)
			}
		}
	}
	if found.Damage == nil {
		return nil
	}
	g.Damaged = append(g.Damaged, fmt.Errorf("%s: %w", f.path, found.Damage))
	g.astray = append(g.astray, f.path)
	for _, text := range found.Rest {
		if l, err := mark.Parse(text); err == nil && ours[l.N] == text {
			continue
		}
		for _, id := range lettersIn(text, f.campaign) {
			departs(id, time.Time{})
		}
	}
	return nil
}

// lettersIn finds in a line that cannot be trusted what may be letters of a
// campaign: rather one too many.
func lettersIn(text, campaign string) (ids []string) {
	for word := range strings.FieldsSeq(text) {
		if strings.HasPrefix(word, campaign+"-") {
			ids = append(ids, word)
		}
	}
	return ids
}

// hasLine reports whether the ledger has this very line.
func hasLine(ctx context.Context, l *Ledger, name string, line mark.Line) (bool, error) {
	var text string
	err := l.r.QueryRowContext(ctx, "SELECT line FROM marks WHERE mark = $1 AND n = $2", name, line.N).Scan(&text)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	return text == line.String(), err
}

// restored looks whether the ledger comes from a backup that nobody has
// answered for. A mark of this machine beside the ledger answers for it.
func (g *Gap) restored(ctx context.Context, known bool) error {
	var at sql.NullInt64
	err := g.l.r.QueryRowContext(ctx, "SELECT max(taken_at) FROM restored").Scan(&at)
	if err == nil && at.Valid && !known {
		g.Restored = timeOf(at.Int64)
	}
	return err
}

// statesOf returns the states of letters that are in the ledger. One that is
// not, and of which it is written down that it left, is unknown.
func statesOf(ctx context.Context, l *Ledger, ids []string) (map[string]letter.State, error) {
	list := make([]struct {
		ID string `json:"id"`
	}, len(ids))
	for i, id := range ids {
		list[i].ID = id
	}
	asked, err := json.Marshal(list)
	if err != nil {
		return nil, err
	}
	rows, err := l.r.QueryContext(ctx, "SELECT id, state FROM letters WHERE id IN (SELECT value ->> 'id' FROM "+l.d.each+`)
 UNION ALL SELECT letter_id, 'unknown' FROM departed WHERE letter_id NOT IN (SELECT id FROM letters)`, string(asked))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	states := map[string]letter.State{}
	for rows.Next() {
		var id string
		var state letter.State
		if err := rows.Scan(&id, &state); err != nil {
			return nil, err
		}
		states[id] = state
	}
	return states, rows.Err()
}

// Open lists the letters of the gap of which nobody has said what became of them.
func (g Gap) Open() (open []Departed) {
	for _, d := range g.Letters {
		if d.Open() {
			open = append(open, d)
		}
	}
	return open
}

// None reports whether there is no gap: nothing left that the ledger does not know of.
func (g Gap) None() bool { return len(g.Files) == 0 && g.Restored.IsZero() }

// Err returns nil if there is no gap, else [ErrBehind], [mark.ErrDamaged] or
// [ErrRestored], with the figures.
func (g Gap) Err() error {
	switch {
	case g.None():
		return nil
	case len(g.Damaged) > 0:
		return errors.Join(g.Damaged...)
	case len(g.Files) == 0:
		return fmt.Errorf("%w of %s", ErrRestored, g.Restored.Format(time.RFC3339))
	}
	if len(g.Letters) == 0 {
		return fmt.Errorf("%w: %s is of another ledger", ErrBehind, g.Files[0])
	}
	first, last := g.Letters[0].At, g.Letters[0].At
	for _, d := range g.Letters {
		if d.At.Before(first) {
			first = d.At
		}
		if d.At.After(last) {
			last = d.At
		}
	}
	return fmt.Errorf("%w, %s: letters that it does not know of left from %s to %s (%d)", ErrBehind,
		g.Files[0], first.Format(time.RFC3339), last.Format(time.RFC3339), len(g.Letters))
}

// Cover lets a ledger send again that was behind its mark. Letters of the gap
// that would leave once more become unknown; those that are not in the ledger
// do so when they are approved. None of them leaves again before somebody says
// so. It returns how many they are.
func (g Gap) Cover(ctx context.Context, by, why string) (unknown int, err error) {
	var astray []string
	err = inTx(ctx, g.l, func(t *tx) error {
		unknown = 0
		for _, d := range g.Open() {
			if err := depart(ctx, t, d, by, why); err != nil {
				return err
			}
			unknown++
		}
		astray = slices.Clone(g.astray)
		for path, lines := range g.ahead {
			fits, err := adopt(ctx, t, strings.TrimSuffix(filepath.Base(path), mark.Ending), lines)
			if err != nil {
				return err
			}
			if !fits && !slices.Contains(astray, path) {
				astray = append(astray, path)
			}
		}
		if _, err := t.exec(ctx, "DELETE FROM restored"); err != nil {
			return err
		}
		return t.must(ctx, "INSERT INTO covered (at, by_whom, why, letters) VALUES ("+t.d.now+", $1, $2, $3)",
			text(by), text(why), unknown)
	})
	if err != nil {
		return 0, err
	}
	for _, path := range astray {
		if err := os.Rename(path, path+".covered"); err != nil {
			return unknown, err
		}
	}
	return unknown, nil
}

// adopt takes lines of a mark over into the ledger. It reports false where the
// ledger went on without them, so that they cannot follow its own.
func adopt(ctx context.Context, t *tx, name string, lines []mark.Line) (fits bool, err error) {
	for _, l := range lines {
		n, err := t.exec(ctx, "INSERT INTO marks (mark, n, line) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
			name, l.N, l.String())
		if err != nil {
			return false, err
		}
		if n == 1 {
			continue
		}
		var mine string
		err = t.QueryRowContext(ctx, "SELECT line FROM marks WHERE mark = $1 AND n = $2", name, l.N).Scan(&mine)
		if err != nil || mine != l.String() {
			return false, err
		}
	}
	return true, nil
}

// depart takes it down that a letter may have left.
func depart(ctx context.Context, t *tx, d Departed, by, why string) error {
	var old letter.State
	err := t.QueryRowContext(ctx, "SELECT state FROM letters WHERE id = $1"+t.d.lock, d.ID).Scan(&old)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		_, err = t.exec(ctx, `
INSERT INTO departed (letter_id, at, by_whom, why) VALUES ($1, `+t.d.now+`, $2, $3) ON CONFLICT DO NOTHING`,
			d.ID, text(by), text(why))
		return err
	case err != nil:
		return err
	}
	if d.State = old; !d.Open() {
		return nil
	}
	return settleAs(ctx, t, d.ID, old, letter.Unknown, by, why)
}
