package figures_test

import (
	"bytes"
	"math"
	"strings"
	"testing"

	"headsup/outcome/figures"
)

func act(way, customer string, day float64) figures.Act {
	return figures.Act{Way: way, Customer: customer, At: at(day)}
}

func event(customer string, day float64) figures.Event {
	return figures.Event{Customer: customer, At: at(day)}
}

// TestRepeats tells what was done about one customer, and what happened there.
func TestRepeats(t *testing.T) {
	second := 1. / 86400
	for _, tt := range []struct {
		name                 string
		acts                 []figures.Act
		events               []figures.Event
		now                  float64
		letters, letterAgain int // letters that are judged, and those followed by a repeat
		hooks, hookAgain     int
	}{
		{"nothing happens after a letter", []figures.Act{act("letter", "a", 0)}, nil, 14, 1, 0, 0, 0},
		{"its days are not over", []figures.Act{act("letter", "a", 0)}, []figures.Event{event("a", 3)}, 14 - second, 0, 0, 0, 0},
		{"something happens within its days", []figures.Act{act("letter", "a", 0)}, []figures.Event{event("a", 3)}, 14, 1, 1, 0, 0},
		{"and several times, which is one repeat", []figures.Act{act("letter", "a", 0)}, []figures.Event{event("a", 5), event("a", 3)}, 20, 1, 1, 0, 0},
		{"on the last of them", []figures.Act{act("letter", "a", 0)}, []figures.Event{event("a", 14)}, 20, 1, 1, 0, 0},
		{"after them", []figures.Act{act("letter", "a", 0)}, []figures.Event{event("a", 14+second)}, 20, 1, 0, 0, 0},
		{"what the letter is about happened before it left", []figures.Act{act("letter", "a", 0)}, []figures.Event{event("a", 0), event("a", -1)}, 20, 1, 0, 0, 0},
		{"at another customer", []figures.Act{act("letter", "a", 0)}, []figures.Event{event("b", 3)}, 20, 1, 0, 0, 0},
		{"a command acts before anything happens", []figures.Act{act("letter", "a", 0), act("hook", "a", 2)}, []figures.Event{event("a", 3)}, 20, 0, 0, 1, 1},
		{"a command acts once it has happened", []figures.Act{act("letter", "a", 0), act("hook", "a", 4)}, []figures.Event{event("a", 3)}, 20, 1, 1, 1, 0},
		{"a command acts after its days", []figures.Act{act("letter", "a", 0), act("hook", "a", 15)}, nil, 40, 1, 0, 1, 0},
		{"a command acts on another customer", []figures.Act{act("letter", "a", 0), act("hook", "b", 2)}, nil, 20, 1, 0, 1, 0},
		{"a second command does not end the days of the first", []figures.Act{act("hook", "a", 0), act("hook", "a", 2)}, []figures.Event{event("a", 3)}, 20, 0, 0, 2, 2},
		{"a letter after a command does not end its days", []figures.Act{act("hook", "a", 0), act("letter", "a", 2)}, []figures.Event{event("a", 3)}, 20, 1, 1, 1, 1},
		{"two letters to one customer", []figures.Act{act("letter", "a", 0), act("letter", "a", 20)}, []figures.Event{event("a", 30)}, 40, 2, 1, 0, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := figures.RepeatsOf(tt.acts, tt.events, at(tt.now))
			l, h := r.Ways[0], r.Ways[1]
			if l.Judged != tt.letters || l.Again != tt.letterAgain || h.Judged != tt.hooks || h.Again != tt.hookAgain || l.Acts+h.Acts != len(tt.acts) ||
				l.Way != "letter" || h.Way != "hook" {
				t.Errorf("%+v", r)
			}
		})
	}
}

// TestRepeatsByCustomer has three customers with letters, of which a was told
// four times and was reported again each time, b and c once and never: by letter
// 4/6, by customer (1 + 0 + 0)/3. The command met with two, and one was reported
// again: 1/2, so the difference is 1/2 - 1/3.
func TestRepeatsByCustomer(t *testing.T) {
	var acts []figures.Act
	var events []figures.Event
	for i := range 4 {
		acts = append(acts, act("letter", "a", float64(20*i)))
		events = append(events, event("a", float64(20*i+1)))
	}
	acts = append(acts, act("letter", "b", 0), act("letter", "c", 0), act("hook", "d", 0), act("hook", "e", 0))
	events = append(events, event("d", 2))
	r := figures.RepeatsOf(acts, events, at(100))
	l, h := r.Ways[0], r.Ways[1]
	near := func(got *figures.Estimate, want float64) bool {
		return got != nil && math.Abs(got.Value-want) < 1e-12 && got.Low < want && want < got.High
	}
	if l.Customers != 3 || h.Customers != 2 || !near(l.ByAct, 4./6) || !near(l.ByCustomer, 1./3) || !near(h.ByCustomer, .5) || !near(r.Difference, .5-1./3) {
		t.Errorf("%+v, %+v, %+v", l, h, r.Difference)
	}
	// One organisation of six letters counts for far fewer than six hosts.
	if alone := figures.RepeatsOf(acts[:4], events, at(100)).Ways[0].ByCustomer; alone.Low > .21 {
		t.Errorf("one customer gives %+v", alone)
	}
	if none := figures.RepeatsOf(nil, nil, at(0)); none.Difference != nil || none.Ways[0].ByCustomer != nil || len(none.Ways) != 2 {
		t.Errorf("%+v", none)
	}
	for _, s := range (figures.Report{Repeats: r}).Sheets() {
		var b bytes.Buffer
		if err := s.Write(&b); err != nil {
			t.Fatal(err)
		}
		if s.Name == "repeats.csv" && strings.HasPrefix(b.String(), "way,acts,judged,again,customers,again_by_customer,") && strings.Contains(b.String(), "\nletter,6,6,4,3,0.333333,") &&
			strings.Contains(b.String(), "\nhook,2,2,1,2,0.500000,") {
			return
		}
	}
	t.Error("no sheet has them")
}
