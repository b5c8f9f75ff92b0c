package reports

import (
	"fmt"
	"testing"
	"time"

	"headsup/outcome/experiment"
	"headsup/outcome/figures"
)

// waiting is a sealed plan with so many organisations that wait, late0.example
// and so on, and as many that do not.
func waiting(n int, waits bool) *experiment.Sealed {
	s := &experiment.Sealed{Plan: experiment.Plan{Arms: []experiment.Arm{{Name: experiment.Late, Part: .5}, {Name: experiment.Early, Part: .5}}}, Keys: map[string]int{}}
	if waits {
		s.Plan.Arms = []experiment.Arm{{Name: experiment.Control, Part: .5, Waits: true}, {Name: experiment.Letters, Part: .5}}
	}
	for i := range n {
		for j, what := range []string{"late", "early"} {
			unit := fmt.Sprintf("domain:%s%d.example", what, i)
			s.Keys[unit] = len(s.Units)
			s.Units = append(s.Units, experiment.Assignment{Unit: unit, Arm: s.Plan.Arms[j].Name})
		}
	}
	return s
}

// TestLooksEndOnceThoseThatWaitAreWrittenTo gives letters as mailboxes and the
// hours at which they left.
func TestLooksEndOnceThoseThatWaitAreWrittenTo(t *testing.T) {
	start := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	type left struct {
		to   string
		hour int // -1: it has not
		lost bool
	}
	for _, tt := range []struct {
		name    string
		waiting int
		letters []left
		want    int // the hour; -1: never
	}{
		{"nobody was written to", 40, nil, -1},
		{"of forty the third ends it", 40, []left{{"a@late0.example", 1, false}, {"a@late1.example", 2, false}, {"a@late2.example", 3, false}, {"a@late3.example", 4, false}}, 3},
		{"two of forty do not", 40, []left{{"a@late0.example", 1, false}, {"a@late1.example", 2, false}}, -1},
		{"of thirty-nine the second ends it", 39, []left{{"a@late0.example", 1, false}, {"a@late1.example", 2, false}}, 2},
		{"of twenty the second", 20, []left{{"a@late0.example", 1, false}, {"a@late1.example", 2, false}}, 2},
		{"of nineteen the first", 19, []left{{"a@late0.example", 7, false}}, 7},
		{"an organisation counts once, however many letters it has", 20, []left{{"a@late0.example", 5, false}, {"b@late0.example", 1, false}, {"c@noc.late0.example", 2, false}}, -1},
		{"and by its first letter", 20, []left{{"a@late0.example", 5, false}, {"b@late0.example", 9, false}, {"a@late1.example", 1, false}}, 5},
		{"letters to the others end nothing", 20, []left{{"a@early0.example", 1, false}, {"a@early1.example", 2, false}, {"a@early2.example", 3, false}}, -1},
		{"nor to who is in no arm", 19, []left{{"a@stranger.example", 1, false}}, -1},
		{"a draft is no letter", 19, []left{{"a@late0.example", -1, false}}, -1},
		{"a letter that came back told nobody", 19, []left{{"a@late0.example", 1, true}, {"a@late1.example", 3, false}}, 3},
	} {
		t.Run(tt.name, func(t *testing.T) {
			letters := map[string]*figures.Letter{}
			for i, l := range tt.letters {
				f := &figures.Letter{Mailbox: l.to, Lost: l.lost}
				if l.hour >= 0 {
					f.Left = start.Add(time.Duration(l.hour) * time.Hour)
				}
				letters[fmt.Sprint(i)] = f
			}
			want := time.Time{}
			if tt.want >= 0 {
				want = start.Add(time.Duration(tt.want) * time.Hour)
			}
			for _, waits := range []bool{false, true} {
				if got := waitedUntil(waiting(tt.waiting, waits), letters); !got.Equal(want) {
					t.Errorf("with a control %v: %v, want %v", waits, got, want)
				}
			}
		})
	}
	if got := waitedUntil(nil, nil); !got.IsZero() {
		t.Errorf("without a plan: %v", got)
	}
}

func TestLooksEndOnTheDayOfThePlan(t *testing.T) {
	start := time.Date(2026, 3, 1, 10, 0, 0, 0, time.UTC)
	letters := map[string]*figures.Letter{"late": {Mailbox: "a@late0.example", Left: start.AddDate(0, 0, 20)}}
	for _, tt := range []struct {
		name  string
		day   int
		since time.Time
		want  time.Time
	}{
		{"which is before those that wait are written to", 14, start, start.AddDate(0, 0, 15)},
		{"which is behind that", 30, start, start.AddDate(0, 0, 20)},
		{"no day", 0, start, start.AddDate(0, 0, 20)},
		{"no letter has left", 14, time.Time{}, start.AddDate(0, 0, 20)},
	} {
		f := &reporting{sealed: waiting(19, false), drawn: experiment.Plan{Day: tt.day}, letters: letters, trial: &figures.Trial{Since: tt.since}}
		if f.until(); !f.trial.Before.Equal(tt.want) {
			t.Errorf("%s: %v, want %v", tt.name, f.trial.Before, tt.want)
		}
	}
}
