package ledger

import (
	"errors"
	"strings"
	"testing"
	"time"

	"headsup/letter"
)

func TestReportsOfAYearAreCountedByKind(t *testing.T) {
	forEach(t, func(t *testing.T, l *Ledger) {
		cs := NewCases(l, "isp26")
		one, two, three := reportOf("aaaa", "192.0.2.7", "4711", 1), reportOf("bbbb", "192.0.2.8", "4711", 1), reportOf("cccc", "192.0.2.9", "4711", 1)
		two.Proven, three.Kind, three.Place, three.Incidents = "known", "scan", ToPerson, nil
		police := Case{ID: "dddd", Queue: "restricted", Place: KeptRestrict, Kind: "other", Keep: time.Hour}
		blank := Case{ID: "eeee", Place: NoReport, Keep: time.Hour}
		_, err := cs.Add(t.Context(), []Case{one, two, three, police, blank})
		must(t, err)
		_, err = cs.Rule(t.Context(), "cccc", Ruling{By: "ann", What: "no report", Place: NoReport, Incidents: []Incident{}})
		must(t, err)
		notices, err := notices(t.Context(), cs)
		must(t, err)
		id := draftNotices(t, l, notices[:1])
		must(t, l.Approve(t.Context(), id, hashOf(t, l, id), "ann"))
		o := outbox(t, l, "one")
		e := claimOne(t, o)
		must(t, o.Mark(t.Context(), e))
		must(t, o.Settle(t.Context(), e, accepted)())
		now := time.Now()
		all, err := cs.Counts(t.Context(), now.Add(-time.Hour), now.Add(time.Hour))
		must(t, err)
		want := []CaseCount{
			{Kind: "other", Reports: 1, Automatic: 1, Places: map[Place]int{NoReport: 1}},
			{Kind: "restricted", Reports: 1, Automatic: 1, Places: map[Place]int{KeptRestrict: 1}},
			{Kind: "scan", Reports: 1, Automatic: 0, Places: map[Place]int{NoReport: 1}, Timed: 1},
			{Kind: "spam", Reports: 2, Known: 1, Automatic: 2, Places: map[Place]int{ToCustomer: 2}, Timed: 1},
		}
		if len(all) != len(want) {
			t.Fatalf("%+v", all)
		}
		for i, w := range want {
			got := all[i]
			if got.Kind != w.Kind || got.Reports != w.Reports || got.Known != w.Known || got.Automatic != w.Automatic || got.Timed != w.Timed || len(got.Places) != len(w.Places) {
				t.Errorf("%+v, want %+v", got, w)
			}
			for p, n := range w.Places {
				if got.Places[p] != n {
					t.Errorf("%s: %v, want %v", w.Kind, got.Places, w.Places)
				}
			}
		}
		if all, err = cs.Counts(t.Context(), now.Add(time.Hour), now.Add(2*time.Hour)); err != nil || len(all) != 0 {
			t.Errorf("of another year: %+v, %v", all, err)
		}
	})
}

func TestTheMedianIsTheLowerOfTwo(t *testing.T) {
	for _, tt := range []struct {
		counted map[int64]int
		n       int
		want    time.Duration
	}{
		{nil, 0, 0}, {map[int64]int{7: 1}, 1, 7 * time.Second}, {map[int64]int{7: 1, 9: 1}, 2, 7 * time.Second}, {map[int64]int{1: 1, 7: 1, 9: 1}, 3, 7 * time.Second},
		{map[int64]int{1: 1, 7: 2}, 3, 7 * time.Second}, {map[int64]int{1: 2, 7: 1}, 3, time.Second}, {map[int64]int{0: 1, 5: 3}, 4, 5 * time.Second},
	} {
		if got := median(tt.counted, tt.n); got != tt.want {
			t.Errorf("%v: %s, want %s", tt.counted, got, tt.want)
		}
	}
}

// TestWhatIsHeldResolvedAndFirm goes the way of one report: it is held, forwarded,
// answered and resolved, and its customer gets a firmer letter.
func TestWhatIsHeldResolvedAndFirm(t *testing.T) {
	forEach(t, func(t *testing.T, l *Ledger) {
		ctx, cs, ms := t.Context(), NewCases(l, "isp26"), NewMeasures(l, "isp26")
		half := 183 * 24 * time.Hour
		c := reportOf("aaaa", "192.0.2.7", "4711", 1)
		c.Held, c.Keep = half, half
		other := reportOf("bbbb", "192.0.2.8", "0815", 1)
		_, err := cs.Add(ctx, []Case{c, other})
		must(t, err)
		leave := func(id string) {
			must(t, l.Approve(ctx, id, hashOf(t, l, id), "ann"))
			o := outbox(t, l, "one")
			e := claimOne(t, o)
			must(t, o.Mark(ctx, e))
			must(t, o.Settle(ctx, e, accepted)())
			must(t, o.Close(ctx))
		}
		notices, err := notices(ctx, cs)
		must(t, err)
		if told, err := cs.Told(ctx, notices[1].Incident.ID); err != nil || len(told) != 1 || told[0].ID != "aaaa" || told[0].Mail == nil || len(told[0].Incidents) != 1 {
			t.Errorf("told %+v, %v", told, err)
		}
		if all, err := ms.Repeated(ctx, "4711", "x", "", time.Time{}); err != nil || len(all) != 1 || !all[0].Told.IsZero() || len(all[0].Reporters) != 1 {
			t.Errorf("before it was told: %+v, %v", all, err)
		}
		times, err := cs.Times(ctx, "aaaa")
		if must(t, err); !times.Forwarded.IsZero() || !times.Answered.IsZero() || !times.Decided.IsZero() || times.Longer {
			t.Errorf("at first: %+v", times)
		}
		id := draftNotices(t, l, notices[1:])
		must(t, ms.Firm(ctx, id, []int64{notices[1].Incident.ID}))
		if err := ms.Firm(ctx, "y", []int64{notices[1].Incident.ID}); !errors.Is(err, ErrTwice) {
			t.Errorf("the reason of two: %v", err)
		}
		if at, err := ms.Firmed(ctx, letter.CustomerPile("4711")); err != nil || !at.IsZero() {
			t.Errorf("before it has left: %s, %v", at, err)
		}
		leave(id)
		if at, err := ms.Firmed(ctx, letter.CustomerPile("4711")); err != nil || at.IsZero() {
			t.Errorf("after it has left: %s, %v", at, err)
		}
		for of, want := range map[string]int{id: 1, "y": 0} {
			if all, err := ms.Repeated(ctx, "4711", of, "", time.Time{}); err != nil || len(all) != want {
				t.Errorf("of %s: %+v, %v", of, all, err)
			}
		}
		if all, err := ms.Persisting(ctx, "kunde@example.org", time.Time{}); err != nil || len(all) != 0 {
			t.Errorf("a letter that is with the mail room: %+v, %v", all, err)
		}
		if due, err := cs.AnswersDue(ctx, "kunde@example.org", 9); err != nil || len(due) != 0 {
			t.Errorf("a letter that is with the mail room: %+v, %v", due, err)
		}
		if due, err := cs.AnswersDue(ctx, "", 9); err != nil || len(due) != 1 {
			t.Errorf("to be answered: %+v, %v", due, err)
		}
		must(t, cs.Log(ctx, CaseEvent{Case: "aaaa", By: "customer", What: "customer says", Text: "fixed"}))
		if due, err := cs.ResolvedDue(ctx, false, 9); err != nil || len(due) != 0 {
			t.Errorf("before it was answered: %+v, %v", due, err)
		}
		answer := draftTo("trap@reporter.example", "answered")
		answer.Letter.ID, answer.Letter.Campaign, answer.Letter.Answers = letter.Reference("isp26", "answer aaaa", 1), "isp26", "aaaa"
		answer.Rendered = rendered(answer.Letter.ID, "answered")
		_, err = l.Draft(ctx, answer)
		must(t, err)
		must(t, cs.Answered(ctx, "aaaa", answer.Letter.ID))
		leave(answer.Letter.ID)
		for confirmed, want := range map[bool]int{false: 1, true: 0} {
			if due, err := cs.ResolvedDue(ctx, confirmed, 9); err != nil || len(due) != want {
				t.Errorf("resolved, confirmed %v: %+v, %v", confirmed, due, err)
			}
		}
		must(t, cs.Log(ctx, CaseEvent{Case: "aaaa", By: "ann", What: "resolved"}))
		if due, err := cs.ResolvedDue(ctx, true, 9); err != nil || len(due) != 1 {
			t.Errorf("confirmed: %+v, %v", due, err)
		}
		must(t, cs.Resolved(ctx, "aaaa", "isp26-x-2"))
		if err := cs.Resolved(ctx, "aaaa", "isp26-y-2"); !errors.Is(err, ErrTwice) {
			t.Errorf("resolved twice: %v", err)
		}
		if times, err = cs.Times(ctx, "aaaa"); err != nil || times.Forwarded.IsZero() || times.Answered.IsZero() {
			t.Errorf("at last: %+v, %v", times, err)
		}
		if _, err := cs.Forget(ctx, "4711", "ann"); !errors.Is(err, ErrHeld) {
			t.Errorf("it is held: %v", err)
		}
		must(t, cs.Hold(ctx, "aaaa", time.Now().Add(365*24*time.Hour), "ann"))
		must(t, cs.Hold(ctx, "aaaa", time.Now(), "ann"))
		if _, err := cs.Forget(ctx, "4711", "ann"); !errors.Is(err, ErrHeld) || !strings.Contains(err.Error(), time.Now().UTC().Add(365*24*time.Hour).Format(time.DateOnly)) {
			t.Errorf("it is held for a year: %v", err)
		}
		if times, err = cs.Times(ctx, "aaaa"); err != nil || !times.Longer {
			t.Errorf("proceedings: %+v, %v", times, err)
		}
	})
}
