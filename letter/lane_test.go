package letter_test

import (
	"slices"
	"testing"
	"time"

	"headsup/letter"
)

var noon = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

func pace(every time.Duration, burst int) letter.Pace { return letter.Pace{Every: every, Burst: burst} }

func TestALaneIsAskedForAnotherPace(t *testing.T) {
	const s = time.Second
	for _, tt := range []struct {
		name       string
		base, kept letter.Pace
		ask, want  letter.Pace
	}{
		{"a new lane", letter.Pace{}, letter.Pace{}, pace(s, 3), pace(s, 3)},
		{"a burst of none is one", letter.Pace{}, letter.Pace{}, pace(s, 0), pace(s, 1)},
		{"slower", pace(s, 1), pace(s, 1), pace(2*s, 1), pace(2*s, 1)},
		{"faster", pace(2*s, 1), pace(2*s, 1), pace(s, 1), pace(s, 1)},
		{"no limit any more", pace(s, 1), pace(s, 1), pace(0, 1), pace(0, 1)},
		{"faster, but it was slowed down", pace(2*s, 1), pace(8*s, 1), pace(s, 1), pace(8*s, 1)},
		{"the same, but it was slowed down", pace(2*s, 1), pace(8*s, 1), pace(2*s, 1), pace(8*s, 1)},
		{"slower than it was slowed down", pace(2*s, 1), pace(8*s, 1), pace(9*s, 1), pace(9*s, 1)},
		{"another burst, though it was slowed down", pace(2*s, 1), pace(8*s, 1), pace(2*s, 5), pace(8*s, 5)},
	} {
		a := letter.Lane{Base: tt.base, Pace: tt.kept}
		a.Ask(tt.ask)
		base := pace(tt.ask.Every, max(tt.ask.Burst, 1))
		if a.Pace != tt.want || a.Base != base {
			t.Errorf("%s: keeps %v of %v, want %v of %v", tt.name, a.Pace, a.Base, tt.want, base)
		}
	}
}

func TestALaneHeedsWhatTheOtherSideSays(t *testing.T) {
	const s, minute = time.Second, time.Minute
	normal := letter.Lane{Key: "domain:example.net", Base: pace(s, 1), Pace: pace(s, 1)}
	slowed := letter.Lane{Key: "domain:example.net", Base: pace(s, 1), Pace: pace(4*s, 1), Slowed: noon.Add(-time.Hour), Pauses: 1}
	with := func(a letter.Lane, f func(a *letter.Lane)) letter.Lane { f(&a); return a }
	for _, tt := range []struct {
		name       string
		lane       letter.Lane
		slow, last bool
		claimed    time.Duration // before now
		want       letter.Lane
	}{
		{"a complaint to the destination", normal, true, true, s,
			with(normal, func(a *letter.Lane) { a.Pace.Every, a.Slowed, a.Paused, a.Pauses = 2*s, noon, noon.Add(5*minute), 1 })},
		{"a complaint to a wider lane", normal, true, false, s,
			with(normal, func(a *letter.Lane) { a.Pace.Every, a.Slowed = 2*s, noon })},
		{"a complaint to a lane without a pace", letter.Lane{Key: "domain:example.net"}, true, false, s,
			letter.Lane{Key: "domain:example.net", Pace: pace(s, 0), Slowed: noon}},
		{"a complaint to a lane at its slowest", with(normal, func(a *letter.Lane) { a.Pace.Every = 16 * s }), true, false, s,
			with(normal, func(a *letter.Lane) { a.Pace.Every, a.Slowed = 16*s, noon })},
		{"a complaint ends what was clean", with(slowed, func(a *letter.Lane) { a.Clean = 19 }), true, false, s,
			with(slowed, func(a *letter.Lane) { a.Pace.Every, a.Slowed = 8*s, noon })},
		{"the second pause in a row", slowed, true, true, s,
			with(slowed, func(a *letter.Lane) {
				a.Pace.Every, a.Slowed, a.Paused, a.Pauses = 8*s, noon, noon.Add(15*minute), 2
			})},
		{"the same complaint, by a letter from before", slowed, true, true, 2 * time.Hour, slowed},
		{"a clean reply to a letter from before", slowed, false, true, 2 * time.Hour, slowed},
		{"a clean reply to a lane that keeps its pace", normal, false, true, s, normal},
		{"a clean reply", slowed, false, true, s, with(slowed, func(a *letter.Lane) { a.Clean = 1 })},
		{"the twentieth clean reply", with(slowed, func(a *letter.Lane) { a.Clean = 19 }), false, true, s,
			with(slowed, func(a *letter.Lane) { a.Pace.Every = 3600 * time.Millisecond })},
		{"the one that brings it back", with(slowed, func(a *letter.Lane) { a.Pace.Every, a.Clean = 1050*time.Millisecond, 19 }), false, true, s,
			with(slowed, func(a *letter.Lane) { a.Pace.Every, a.Pauses = s, 0 })},
		{"one that was only paused", with(normal, func(a *letter.Lane) { a.Pauses, a.Clean = 1, 19 }), false, true, s, normal},
		{"a complaint to office hours", letter.Lane{Key: letter.HoursLane + "Europe/Berlin"}, true, false, s, letter.Lane{Key: letter.HoursLane + "Europe/Berlin"}},
		{"a clean reply to office hours that somebody slowed", letter.Lane{Key: letter.HoursLane + "UTC", Pace: pace(s, 1)}, false, false, s,
			letter.Lane{Key: letter.HoursLane + "UTC", Pace: pace(s, 1)}},
	} {
		got := tt.lane
		changed := got.Heed(tt.slow, tt.last, noon.Add(-tt.claimed), noon)
		if got != tt.want || changed != (got != tt.lane) {
			t.Errorf("%s: %+v (%v), want %+v", tt.name, got, changed, tt.want)
		}
	}
}

func TestALaneSlowsDownAndRecovers(t *testing.T) {
	a := letter.Lane{Base: pace(time.Second, 1), Pace: pace(time.Second, 1)}
	var paused []time.Duration
	for range 6 {
		a.Heed(true, true, noon, noon)
		paused = append(paused, a.Paused.Sub(noon))
	}
	want := []time.Duration{5 * time.Minute, 15 * time.Minute, time.Hour, 4 * time.Hour, 4 * time.Hour, 4 * time.Hour}
	if !slices.Equal(paused, want) || a.Pace.Every != 16*time.Second {
		t.Errorf("paused %v, gap %v", paused, a.Pace.Every)
	}
	replies := 0
	for a.Heed(false, true, noon, noon) {
		replies++
	}
	if replies != 27*20 || a.Pauses != 0 || a.Pace.Every != time.Second {
		t.Errorf("recovered after %d replies, %d pauses remembered, gap %v", replies, a.Pauses, a.Pace.Every)
	}
}

func TestALaneRests(t *testing.T) {
	a := letter.Lane{}
	a.Rest(time.Hour, noon)
	a.Rest(time.Minute, noon.Add(time.Second))
	if !a.Paused.Equal(noon.Add(time.Hour)) || !a.Slowed.Equal(noon) {
		t.Errorf("%+v", a)
	}
	if at, _ := a.Next(noon); !at.Equal(noon.Add(time.Hour)) {
		t.Errorf("open at %v", at)
	}
}

// What a clock stored that was a year ahead keeps no lane shut for a year.
func TestALaneForgetsAClockThatWasAhead(t *testing.T) {
	ahead := noon.AddDate(1, 0, 0)
	for _, tt := range []struct {
		name string
		lane letter.Lane
		want time.Duration // until it lets something pass
	}{
		{"marked a year ahead", letter.Lane{Pace: pace(10*time.Second, 1), Mark: ahead}, 0},
		{"marked by its pace", letter.Lane{Pace: pace(10*time.Second, 1), Mark: noon.Add(10 * time.Second)}, 10 * time.Second},
		{"marked by a pace that was slower", letter.Lane{Pace: pace(time.Second, 1), Mark: noon.Add(30 * time.Second)}, 30 * time.Second},
		{"marked as far as it is believed", letter.Lane{Pace: pace(time.Hour, 1), Mark: noon.Add(2*time.Hour + time.Minute)}, 2*time.Hour + time.Minute},
		{"marked just beyond", letter.Lane{Pace: pace(time.Hour, 1), Mark: noon.Add(2*time.Hour + time.Minute + 1)}, 0},
		{"marked in a burst", letter.Lane{Pace: pace(time.Hour, 5), Mark: noon.Add(10 * time.Hour)}, 6 * time.Hour},
		{"paused a year ahead", letter.Lane{Pace: pace(time.Second, 1), Paused: ahead.Add(time.Hour), Slowed: ahead}, 0},
		{"paused now", letter.Lane{Pace: pace(time.Second, 1), Paused: noon.Add(4 * time.Hour), Slowed: noon}, 4 * time.Hour},
		{"paused by a clock a little ahead", letter.Lane{Paused: noon.Add(time.Hour), Slowed: noon.Add(time.Minute)}, time.Hour},
	} {
		at, mark := tt.lane.Next(noon)
		if at.Sub(noon) != tt.want {
			t.Errorf("%s: open after %v, want %v", tt.name, at.Sub(noon), tt.want)
		}
		if tt.want == 0 && mark.Sub(noon) != tt.lane.Pace.Every {
			t.Errorf("%s: the new mark is %v from now", tt.name, mark.Sub(noon))
		}
	}
	a := letter.Lane{Pace: pace(time.Second, 1), Paused: ahead.Add(time.Hour), Slowed: ahead}
	if !a.Heed(true, true, noon, noon) || !a.Slowed.Equal(noon) || a.Paused.After(noon.Add(time.Hour)) {
		t.Errorf("what the other side says is not heeded: %+v", a)
	}
	a = letter.Lane{Paused: ahead.Add(time.Hour), Slowed: ahead}
	if a.Rest(time.Minute, noon); !a.Paused.Equal(noon.Add(time.Minute)) {
		t.Errorf("rests until %v", a.Paused)
	}
}

func TestALetterGoesWhenAllItsLanesAreOpen(t *testing.T) {
	open, limited := letter.Lane{Key: "campaign:x"}, letter.Lane{Key: "domain:a", Base: pace(time.Minute, 1), Pace: pace(time.Minute, 1)}
	used := limited
	_, used.Mark = used.Next(noon.Add(-20 * time.Second))
	paused := letter.Lane{Key: "mx:b", Paused: noon.Add(time.Hour)}
	opens := func(lane string, at time.Time) time.Time {
		if lane == "campaign:x" && at.Before(noon.Add(time.Minute)) {
			return noon.Add(time.Minute)
		}
		return at
	}
	for _, tt := range []struct {
		name  string
		lanes []letter.Lane
		opens func(string, time.Time) time.Time
		at    time.Duration
		shut  int
	}{
		{"no lanes", nil, nil, 0, -1},
		{"open ones", []letter.Lane{open, limited}, nil, 0, -1},
		{"one that was just used", []letter.Lane{open, used}, nil, 40 * time.Second, 1},
		{"the first that is shut tells", []letter.Lane{paused, used}, nil, time.Hour, 0},
		{"one that the calendar shuts", []letter.Lane{open, limited}, opens, time.Minute, 0},
		{"the calendar opens it later than the pace", []letter.Lane{open, used}, opens, time.Minute, 0},
	} {
		at, shut := letter.Ready(tt.lanes, tt.opens, noon)
		if !at.Equal(noon.Add(tt.at)) || shut != tt.shut {
			t.Errorf("%s: at %v, shut %d, want %v, %d", tt.name, at.Sub(noon), shut, tt.at, tt.shut)
		}
	}
}
