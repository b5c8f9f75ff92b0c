package ledger

import (
	"testing"
	"time"
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
