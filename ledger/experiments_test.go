package ledger

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"headsup/letter"
	"headsup/outcome/experiment"
)

func sealedPlan() (experiment.Sealed, map[string][]string) {
	s := experiment.Sealed{By: "jane", Plan: experiment.Plan{Campaign: "relay26", Until: time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC), Approver: "jane", Reason: "to know",
		Arms: []experiment.Arm{{Name: experiment.Control, Part: .5, Waits: true}, {Name: experiment.Letters, Part: .5}}}}
	s.Units = []experiment.Assignment{{Unit: "domain:a.example", Arm: "control", Places: 3}, {Unit: "domain:b.example", Arm: "letters", Stratum: 1, Places: 1}}
	s.Hash = experiment.Seal(s.Plan, s.Units)
	return s, map[string][]string{"domain:a.example": {"domain:a.example", "handle:r:A"}, "domain:b.example": {"domain:b.example"}}
}

// oneDraft stores a letter that nobody has read.
func oneDraft(t *testing.T, l *Ledger) Entry {
	t.Helper()
	add(t, l, scan(2))
	d := draftTo("abuse@a.example", "hello", rowsOf(t, l)...)
	_, err := l.Draft(t.Context(), d)
	must(t, err)
	e, err := l.Entry(t.Context(), d.Letter.ID)
	must(t, err)
	return e
}

func TestAPlanIsSealedOnce(t *testing.T) {
	forEach(t, func(t *testing.T, l *Ledger) {
		s, keys := sealedPlan()
		if none, err := Frozen(t.Context(), l, "relay26"); none != nil || err != nil {
			t.Fatalf("%+v, %v", none, err)
		}
		must(t, Freeze(t.Context(), l, s, keys))
		got, err := Frozen(t.Context(), l, "relay26")
		must(t, err)
		if got.Hash != s.Hash || got.By != "jane" || !got.Same(s.Plan) || !slices.Equal(got.Units, s.Units) || experiment.Seal(got.Plan, got.Units) != got.Hash {
			t.Errorf("%+v", got)
		}
		if a, ok := got.Of("handle:r:A"); !ok || a.Unit != "domain:a.example" {
			t.Errorf("%+v, %v", a, ok)
		}
		if err := Freeze(t.Context(), l, s, keys); !errors.Is(err, ErrFrozen) {
			t.Errorf("sealed twice: %v", err)
		}
		if other, err := Frozen(t.Context(), l, "other"); other != nil || err != nil {
			t.Errorf("another campaign has it: %+v, %v", other, err)
		}
		must(t, EndWaiting(t.Context(), l, "relay26", "joe", "enough"))
		if got, err = Frozen(t.Context(), l, "relay26"); err != nil || got.Ended.IsZero() {
			t.Errorf("%+v, %v", got, err)
		}
		for _, campaign := range []string{"relay26", "other"} {
			if err := EndWaiting(t.Context(), l, campaign, "joe", "again"); !errors.Is(err, ErrNotFrozen) {
				t.Errorf("%s: ended twice: %v", campaign, err)
			}
		}
	})
}

func TestAnOrganisationInAnArmThatThereIsNotIsInNone(t *testing.T) {
	forEach(t, func(t *testing.T, l *Ledger) {
		s, keys := sealedPlan()
		must(t, Freeze(t.Context(), l, s, keys))
		_, err := l.w.Exec("UPDATE assigned SET arm = 'contol' WHERE unit = 'domain:a.example'")
		must(t, err)
		if got, err := Frozen(t.Context(), l, "relay26"); !errors.Is(err, experiment.ErrNoArm) || !strings.Contains(err.Error(), `"contol"`) || !strings.Contains(err.Error(), "domain:a.example") {
			t.Errorf("%+v, %v", got, err)
		}
	})
}

func TestNothingIsSealedOnceALetterIsApproved(t *testing.T) {
	forEach(t, func(t *testing.T, l *Ledger) {
		s, keys := sealedPlan()
		e := oneDraft(t, l)
		must(t, l.Approve(t.Context(), e.ID, e.Hash, "jane"))
		if err := Freeze(t.Context(), l, s, keys); !errors.Is(err, ErrBegun) {
			t.Error(err)
		}
		must(t, l.Hold(t.Context(), e.ID, "later", "jane"))
		must(t, Freeze(t.Context(), l, s, keys))
	})
}

func TestSpotsSayWhereFindingsAre(t *testing.T) {
	forEach(t, func(t *testing.T, l *Ledger) {
		e := oneDraft(t, l)
		n := 0
		for s, err := range Spots(t.Context(), l, "relay26", Whole) {
			must(t, err)
			if s.Letter == e.ID && s.Fate == letter.FateLettered && !s.Seen.IsZero() && s.Addr.IsValid() {
				n++
			}
		}
		sent, err := Sendings(t.Context(), l, "relay26")
		must(t, err)
		if got := sent[e.ID]; n != 2 || e.Findings != 2 || len(sent) != 1 || got.State != letter.Drafted || !got.Left.IsZero() || got.Language != e.Language {
			t.Errorf("%d findings of %+v, %+v", n, e, got)
		}
	})
}

func TestStretchesAreAllOfACampaign(t *testing.T) {
	forEach(t, func(t *testing.T, l *Ledger) {
		add(t, l, scan(23))
		var whole []Spot
		for s, err := range Spots(t.Context(), l, "relay26", Whole) {
			must(t, err)
			whole = append(whole, s)
		}
		for size, want := range map[int]int{1: 12, 5: 4, 22: 2, 100: 1} {
			var parts []Spot
			n := 0
			for in, err := range Stretches(t.Context(), l, "relay26", size) {
				must(t, err)
				n++
				for s, err := range Spots(t.Context(), l, "relay26", in) {
					must(t, err)
					parts = append(parts, s)
				}
			}
			if len(whole) != 23 || !slices.Equal(parts, whole) || n != want {
				t.Errorf("%d at once: %d spots in %d stretches, of %d", size, len(parts), n, len(whole))
			}
		}
	})
}
