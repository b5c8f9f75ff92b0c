package ledger

import (
	"database/sql"
	"errors"
	"fmt"
	"testing"

	"headsup/letter"
)

// ready makes drafts to n contacts ready, without findings.
func ready(t *testing.T, n int) (ds []ReadyDraft) {
	t.Helper()
	for i := range n {
		d := draftTo(fmt.Sprintf("abuse%d@d%d.example", i, i%7), "hello")
		d.Basis = "words"
		one, err := d.Ready()
		must(t, err)
		ds = append(ds, one)
	}
	return ds
}

func TestASetOfDraftsIsOneTransaction(t *testing.T) {
	forEach(t, func(t *testing.T, l *Ledger) {
		commits := 0
		l.commit = func(t *sql.Tx) error {
			commits++
			return t.Commit()
		}
		ds := ready(t, 50)
		for _, want := range []Drafting{Created, Unchanged} {
			commits = 0
			out, err := DraftAll(t.Context(), l, ds)
			must(t, err)
			if commits != 1 || len(out) != len(ds) {
				t.Fatalf("%d drafts in %d transactions", len(out), commits)
			}
			for i, what := range out {
				if what != want {
					t.Errorf("draft %d is %s, want %s", i, what, want)
				}
			}
		}
		for _, d := range ds {
			r, err := l.Letter(t.Context(), d.Letter.ID)
			must(t, err)
			if Hash(r.Rendered) != d.Hash() || r.Hash != d.Hash() || !r.FirstTime || r.State != letter.Drafted {
				t.Errorf("stored as %+v", r.Entry)
			}
			if h, err := l.History(t.Context(), d.Letter.ID); err != nil || len(h) != 1 || h[0].Kind != string(Created) {
				t.Errorf("history %+v, %v", h, err)
			}
		}
	})
}

func TestASetIsStoredUpToTheDraftThatIsRefused(t *testing.T) {
	forEach(t, func(t *testing.T, l *Ledger) {
		add(t, l, scan(40))
		rows := rowsOf(t, l)
		first := draftTo("first@example.net", "hello", rows[:1]...)
		_, err := l.Draft(t.Context(), first)
		must(t, err)
		must(t, l.Approve(t.Context(), first.Letter.ID, Hash(first.Rendered), "tester"))
		ds := ready(t, 5)
		if ds[2], err = draftTo("second@example.net", "hello", rows[:2]...).Ready(); err != nil { // one of them stands in an approved letter
			t.Fatal(err)
		}
		out, err := DraftAll(t.Context(), l, ds)
		if !errors.Is(err, ErrTwice) || len(out) != 2 {
			t.Errorf("%d stored, error %v", len(out), err)
		}
		for i, d := range ds {
			if _, err := l.Entry(t.Context(), d.Letter.ID); (err == nil) != (i < 2) {
				t.Errorf("draft %d: %v", i, err)
			}
		}
	})
}

func TestADraftStandsUntilAnythingOfItIsOtherwise(t *testing.T) {
	forEach(t, func(t *testing.T, l *Ledger) {
		add(t, l, scan(40))
		rows := rowsOf(t, l)
		d := draftTo("abuse@example.net", "hello", rows[:2]...)
		d.Basis, d.From, d.Lanes = "words", "notices@example.org", []string{"a", "b"}
		made := func(change func(*Draft)) string {
			other := d
			other.Letter.Findings, other.Findings = append(other.Letter.Findings[:0:0], d.Letter.Findings...), append(d.Findings[:0:0], d.Findings...)
			change(&other)
			m, err := other.Made()
			must(t, err)
			return m
		}
		same := made(func(*Draft) {})
		for sentence, change := range map[string]func(*Draft){
			"other words":         func(d *Draft) { d.Basis = "more words" },
			"another contact":     func(d *Draft) { d.Letter.To.Email = "noc@example.net" },
			"another agency":      func(d *Draft) { d.Letter.Agency.Phone = "+1" },
			"another sender":      func(d *Draft) { d.From = "other@example.org" },
			"other lanes":         func(d *Draft) { d.Lanes = []string{"a b"} },
			"findings grown old":  func(d *Draft) { d.Outdated = "too old" },
			"another row":         func(d *Draft) { d.Findings[1]++ },
			"other evidence":      func(d *Draft) { d.Letter.Findings[1].Evidence += "x" },
			"another reason":      func(d *Draft) { d.Letter.Findings[0].Reason += "x" },
			"another port":        func(d *Draft) { d.Letter.Findings[0].Port++ },
			"seen at another day": func(d *Draft) { d.Letter.Findings[0].Seen = d.Letter.Findings[0].Seen.AddDate(0, 0, 1) },
			"a finding less":      func(d *Draft) { d.Letter.Findings, d.Findings = d.Letter.Findings[:1], d.Findings[:1] },
		} {
			if made(change) == same {
				t.Errorf("%s: made of the same", sentence)
			}
		}
		if made(func(d *Draft) { d.Basis = "" }) != "" {
			t.Error("without a basis it is known what a draft was made of")
		}
		_, err := l.Draft(t.Context(), d)
		must(t, err)
		stands := func() (StandingDraft, bool) {
			all, err := Standing(t.Context(), l, []string{d.Letter.ID, "nobody's"})
			must(t, err)
			s, ok := all[d.Letter.ID]
			return s, ok
		}
		if s, ok := stands(); !ok || s.Made != same || s.Placed != 2 || s.To != d.Letter.To.Email {
			t.Errorf("%v, %+v, made of %s", ok, s, same)
		}
		must(t, l.Place(t.Context(), "relay26", []letter.Placement{{Row: rows[0].ID, Fate: letter.FateHeld, Reason: "weak"}}))
		if s, _ := stands(); s.Placed != 1 {
			t.Errorf("%d findings in it after one was taken out", s.Placed)
		}
		_, err = l.Draft(t.Context(), d)
		must(t, err)
		must(t, l.Approve(t.Context(), d.Letter.ID, Hash(d.Rendered), "tester"))
		if _, ok := stands(); ok {
			t.Error("an approved letter is no draft")
		}
	})
}

func TestRowsAreFoundByIDInTheOrderOfTheList(t *testing.T) {
	forEach(t, func(t *testing.T, l *Ledger) {
		add(t, l, scan(40))
		rows := rowsOf(t, l)
		got, err := RowsByID(t.Context(), l, "relay26", []int64{rows[7].ID, rows[3].ID, rows[30].ID})
		must(t, err)
		for i, k := range []int{7, 3, 30} {
			if got[i].Finding != rows[k].Finding || got[i].ID != rows[k].ID || (got[i].Network == nil) != (rows[k].Network == nil) {
				t.Errorf("row %d is %+v, want %+v", i, got[i], rows[k])
			}
		}
		if _, err := RowsByID(t.Context(), l, "relay26", []int64{rows[0].ID, 1 << 40}); !errors.Is(err, ErrNotFound) {
			t.Errorf("a row that is gone: %v", err)
		}
	})
}
