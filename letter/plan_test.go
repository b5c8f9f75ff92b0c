package letter_test

import (
	"fmt"
	"testing"
	"time"

	"headsup/letter"
)

func TestAPlanSaysWhenTheLastLetterLeaves(t *testing.T) {
	const s, h = time.Second, time.Hour
	lane := func(key string, p letter.Pace) letter.Lane { return letter.Lane{Key: key, Base: p, Pace: p} }
	wait := func(n int, at time.Duration, why string, lanes ...string) letter.Waiting {
		return letter.Waiting{Lanes: lanes, At: noon.Add(at), Why: why, Count: n}
	}
	for _, tt := range []struct {
		name    string
		lanes   []letter.Lane
		waiting []letter.Waiting
		opens   func(string, time.Time) time.Time
		pace    func(string, time.Time) (letter.Pace, bool)
		last    time.Duration
		why     string
		every   time.Duration
	}{
		{name: "no lane keeps a pace", waiting: []letter.Waiting{wait(9, 0, "", "c", "a")}},
		{name: "the campaign's pace", lanes: []letter.Lane{lane("c", pace(s, 1)), lane("a", pace(3*s, 1))},
			waiting: []letter.Waiting{wait(1, 0, "", "c", "a"), wait(3, 0, "", "c", "b")}, last: 3 * s, why: "c", every: s},
		{name: "one domain's pace", lanes: []letter.Lane{lane("c", pace(s, 1)), lane("a", pace(3*s, 1))},
			waiting: []letter.Waiting{wait(4, 0, "", "c", "a"), wait(2, 0, "", "c", "b")}, last: 9 * s, why: "a", every: 3 * s},
		{name: "a burst", lanes: []letter.Lane{lane("c", pace(time.Minute, 9))}, waiting: []letter.Waiting{wait(9, 0, "", "c", "a")}},
		{name: "one after the burst", lanes: []letter.Lane{lane("c", pace(time.Minute, 9))},
			waiting: []letter.Waiting{wait(10, 0, "", "c", "a")}, last: time.Minute, why: "c", every: time.Minute},
		{name: "a lane that is paused", lanes: []letter.Lane{{Key: "a", Paused: noon.Add(h)}},
			waiting: []letter.Waiting{wait(2, 0, "", "c", "a")}, last: h, why: "a"},
		{name: "one that is due later", waiting: []letter.Waiting{wait(2, 0, "", "c", "a"), wait(1, h, letter.WaitsDue, "c", "a")}, last: h, why: letter.WaitsDue},
		{name: "one whose address had another letter", waiting: []letter.Waiting{wait(1, h, letter.WaitsApart, "c", "a")}, last: h, why: letter.WaitsApart},
		{name: "one that is due before its lane is free", lanes: []letter.Lane{{Key: "a", Paused: noon.Add(2 * h)}},
			waiting: []letter.Waiting{wait(1, h, letter.WaitsDue, "c", "a")}, last: 2 * h, why: "a"},
		{name: "office hours", waiting: []letter.Waiting{wait(2, 0, "", "c", "a")},
			opens: func(key string, at time.Time) time.Time {
				if key == "c" && at.Before(noon.Add(h)) {
					return noon.Add(h)
				}
				return at
			}, last: h, why: "c"},
		{name: "a pace that the settings ask for later", lanes: []letter.Lane{lane("c", pace(s, 1))}, waiting: []letter.Waiting{wait(4, 0, "", "c", "a")},
			pace: func(key string, at time.Time) (letter.Pace, bool) {
				return pace(10*s, 1), key == "c" && !at.Before(noon.Add(s))
			}, last: 21 * s, why: "c", every: 10 * s},
		{name: "a pace of a lane that there is not yet", waiting: []letter.Waiting{wait(3, 0, "", "c", "a")},
			pace: func(key string, _ time.Time) (letter.Pace, bool) { return pace(s, 1), key == "a" }, last: 2 * s, why: "a", every: s},
	} {
		p := letter.Forecast{Now: noon, Waiting: tt.waiting, Lanes: tt.lanes, Opens: tt.opens, Pace: tt.pace}.Plan()
		n := 0
		for _, w := range tt.waiting {
			n += w.Count
		}
		if !p.From.Equal(noon) || p.Letters != n || !p.Last.Equal(noon.Add(tt.last)) || p.Why != tt.why || p.Every != tt.every {
			t.Errorf("%s: %d letters, the last after %v for %q every %v, want %d, %v, %q, %v",
				tt.name, p.Letters, p.Last.Sub(noon), p.Why, p.Every, n, tt.last, tt.why, tt.every)
		}
	}
	if p := (letter.Forecast{Now: noon}).Plan(); p != (letter.Plan{From: noon}) {
		t.Errorf("nothing waits: %+v", p)
	}
}

// BenchmarkPlan plans a million letters to 75,000 domains.
func BenchmarkPlan(b *testing.B) {
	f := letter.Forecast{Now: noon, Lanes: []letter.Lane{{Key: "campaign:x", Pace: letter.Pace{Every: 100 * time.Millisecond}}}}
	for i := range 75_000 {
		w := letter.Waiting{Lanes: []string{"campaign:x", fmt.Sprint("domain:", i)}, At: noon, Count: 9}
		if i < 5 {
			w.Count = 65_000
		}
		f.Waiting = append(f.Waiting, w)
		f.Lanes = append(f.Lanes, letter.Lane{Key: w.Lanes[1], Pace: letter.Pace{Every: 10 * time.Second}})
	}
	for b.Loop() {
		if p := f.Plan(); p.Last.Sub(noon) < 65_000*10*time.Second-time.Minute {
			b.Errorf("the last letter leaves after %v for %s", p.Last.Sub(noon), p.Why)
		}
	}
}
