package outcome

import (
	"testing"
	"time"

	"headsup/letter"
)

// TestNeverAReminderTo holds a sent letter, whose finding was seen open since,
// against everything that keeps it from being followed by another one.
func TestNeverAReminderTo(t *testing.T) {
	rules := Reminders{After: 14 * 24 * time.Hour, Rounds: 3}
	good := letter.Told{ID: "relay26-k3v9xq2m7d", Round: 1, State: letter.Sent, Past: true, Left: sent}
	now := sent.Add(14 * 24 * time.Hour)
	for _, tt := range []struct {
		name  string
		last  func(letter.Told) letter.Told
		looks string
		now   time.Time
		due   bool
		why   string
	}{
		{"whose finding was seen open is reminded", nil, "open 1h", now, true, ""},
		{"and if it came back after it was fixed", nil, "closed 1h, open 2h", now, true, ""},
		{"sooner than remind_after", nil, "open 1h", now.Add(-time.Second), false, "relay26-k3v9xq2m7d left on 2026-03-02: not before 2026-03-16"},
		{"already at rounds", func(l letter.Told) letter.Told { l.Round = 3; return l }, "open 1h", now, false, "relay26-k3v9xq2m7d was the last of 3 rounds"},
		{"with a round left", func(l letter.Told) letter.Told { l.Round = 2; return l }, "open 1h", now, true, ""},
		{"whose hosts were not looked at again", nil, "", now, false, ""},
		{"whose hosts were looked at before the letter", nil, "open -1h", now, false, ""},
		{"whose hosts gave an answer that says nothing", nil, "unlooked 1h", now, false, ""},
		{"whose finding is fixed", nil, "open 1h, closed 2h", now, false, ""},
		{"answered: what it says was wrong", ruled(letter.RuledWrong, sent), "open 1h", now, false, "relay26-k3v9xq2m7d was answered: what it says was wrong"},
		{"answered: not ours", ruled(letter.RuledNotOurs, sent), "open 1h", now, false, "relay26-k3v9xq2m7d was answered: another is responsible"},
		{"answered: somebody else's", ruled(letter.RuledOther, sent), "open 1h", now, false, "relay26-k3v9xq2m7d was answered: another is responsible"},
		{"answered, and nobody has read it", ruled("", sent), "open 1h", now, false, "relay26-k3v9xq2m7d was answered, and the answer is open"},
		{"who waits for help", ruled(letter.RuledHelp, sent), "open 1h", now, false, "relay26-k3v9xq2m7d was answered, and the answer is open"},
		{"who was helped is reminded", ruled(letter.RuledDone, sent), "open 1h", now, true, ""},
		{"who says that it is fixed, without a later look", ruled(letter.RuledFixed, sent.Add(time.Hour)), "open 1h", now, false, ""},
		{"whose claim a later look refutes is reminded", ruled(letter.RuledFixed, sent.Add(time.Hour)), "open 1h, open 2h", now, true, ""},
		{"who is at it since a day", ruled(letter.RuledWorking, sent.Add(24*time.Hour)), "open 1h", now, false,
			"relay26-k3v9xq2m7d was answered on 2026-03-03, they are at it: not before 2026-03-17"},
		{"who was at it for long enough is reminded", ruled(letter.RuledWorking, sent.Add(24*time.Hour)), "open 1h", now.Add(24 * time.Hour), true, ""},
		{"whose paper came back", func(l letter.Told) letter.Told { l.Paper = letter.Returned; return l }, "open 1h", now, false, "relay26-k3v9xq2m7d came back by post"},
		{"whose mail came back and whose paper was posted is reminded", func(l letter.Told) letter.Told {
			l.State, l.Paper = letter.Bounced, letter.Posted
			return l
		}, "open 1h", now, true, ""},
		{"whose host was silent once", nil, "open 1h, silent 2h", now, false, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			last := good
			if tt.last != nil {
				last = tt.last(good)
			}
			due, why := rules.Due(last, tt.now)
			again := Rules{}.Judge("", sent, looks(t, tt.looks)).Again(last, sent.Add(-24*time.Hour))
			if due && again != tt.due || why != tt.why {
				t.Errorf("due %v, again %v: %q", due, again, why)
			}
		})
	}
	for _, s := range letter.States {
		last := good
		last.State = s
		due, why := rules.Due(last, now)
		if due != (s == letter.Sent) || !due && why != "relay26-k3v9xq2m7d is "+string(s)+", not sent" {
			t.Errorf("a letter that is %s: due %v, %q", s, due, why)
		}
	}
	if o := (Rules{}).Judge("ISP-DYNAMIC", sent, looks(t, "open 1h")); o.Again(good, sent) {
		t.Error("an address that may be another's by now is told again")
	}
}

// ruled returns what makes a letter answered so at a time.
func ruled(r letter.Ruling, at time.Time) func(letter.Told) letter.Told {
	return func(l letter.Told) letter.Told {
		l.Add(r, at)
		return l
	}
}

func TestAgain(t *testing.T) {
	told := letter.Told{State: letter.Sent, Left: sent}
	open := Rules{}.Judge("", sent, looks(t, "open 2h"))
	if open.Again(told, sent.Add(2*time.Hour)) {
		t.Error("the letter says as much as the look")
	}
	if !open.Again(told, sent.Add(2*time.Hour-time.Second)) {
		t.Error("the look says more than the letter")
	}
	if told.Left = sent.Add(2 * time.Hour); open.Again(told, sent) {
		t.Error("the look was before the letter")
	}
	if told.State = letter.Bounced; !open.Again(told, sent) {
		t.Error("a letter that came back told nobody")
	}
}
