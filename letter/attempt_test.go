package letter_test

import (
	"testing"
	"time"

	"headsup/letter"
)

func TestWhatALetterBecomesAfterAnAttempt(t *testing.T) {
	const day = 24 * time.Hour
	first := time.Date(2026, 3, 2, 10, 0, 0, 0, time.UTC)
	refused := letter.Outcome{State: letter.Deferred, Phase: letter.Connected, Code: 451, Text: "try later"}
	stopped := letter.Outcome{State: letter.Deferred, Phase: letter.Connected, Stopped: true, Text: "stopped"}
	for _, tt := range []struct {
		name    string
		out     letter.Outcome
		attempt int
		after   time.Duration // the first attempt
		want    letter.Settlement
		due     time.Duration // after this attempt
	}{
		{"accepted", letter.Outcome{State: letter.Sent, Phase: letter.Replied, Code: 250, Text: "Ok"}, 1, 0,
			letter.Settlement{State: letter.Sent, Reason: "250 Ok"}, 0},
		{"refused for good", letter.Outcome{State: letter.Failed, Phase: letter.Connected, Code: 550, Text: "5.1.1 nobody"}, 1, 0,
			letter.Settlement{State: letter.Failed, Class: letter.ClassMailbox, Reason: "550 5.1.1 nobody"}, 0},
		{"lost after the dot", letter.Outcome{State: letter.Unknown, Phase: letter.Dot, Text: "connection lost"}, 1, 0,
			letter.Settlement{State: letter.Unknown, Reason: "connection lost"}, 0},
		{"refused for now, at first", refused, 1, 0, letter.Settlement{State: letter.Deferred, Reason: "451 try later"}, 5 * time.Minute},
		{"an attempt before the first", refused, 0, 0, letter.Settlement{State: letter.Deferred, Reason: "451 try later"}, 5 * time.Minute},
		{"the second time", refused, 2, time.Hour, letter.Settlement{State: letter.Deferred, Reason: "451 try later"}, 15 * time.Minute},
		{"the third time", refused, 3, time.Hour, letter.Settlement{State: letter.Deferred, Reason: "451 try later"}, 30 * time.Minute},
		{"the eighth time", refused, 8, day, letter.Settlement{State: letter.Deferred, Reason: "451 try later"}, 16 * time.Hour},
		{"the ninth time", refused, 9, day, letter.Settlement{State: letter.Deferred, Reason: "451 try later"}, day},
		{"the tenth time", refused, 10, 2 * day, letter.Settlement{State: letter.Deferred, Reason: "451 try later"}, day},
		{"the last time within five days", refused, 11, 4 * day, letter.Settlement{State: letter.Deferred, Reason: "451 try later"}, day},
		{"given up where the next would be after five days", refused, 12, 4*day + time.Second,
			letter.Settlement{State: letter.Failed, Class: letter.ClassNetwork, Reason: "given up: 451 try later"}, 0},
		{"given up over a full mailbox", letter.Outcome{State: letter.Deferred, Code: 452, Text: "4.2.2 mailbox full"}, 12, 5 * day,
			letter.Settlement{State: letter.Failed, Class: letter.ClassFull, Reason: "given up: 452 4.2.2 mailbox full"}, 0},
		{"given up over a user who was unknown for now", letter.Outcome{State: letter.Deferred, Code: 450, Text: "4.1.1 user unknown"}, 12, 5 * day,
			letter.Settlement{State: letter.Failed, Class: letter.ClassNetwork, Reason: "given up: 450 4.1.1 user unknown"}, 0},
		{"given up over a list that names us", letter.Outcome{State: letter.Deferred, Code: 550, Text: "5.7.1 blocked using dnsbl.example"}, 12, 5 * day,
			letter.Settlement{State: letter.Failed, Class: letter.ClassOurs, Reason: "given up: 550 5.7.1 blocked using dnsbl.example"}, 0},
		{"refused for good without a word", letter.Outcome{State: letter.Failed, Code: 550}, 1, 0,
			letter.Settlement{State: letter.Failed, Class: letter.ClassUnclear, Reason: "550"}, 0},
		{"stopped by ourselves", stopped, 3, time.Hour, letter.Settlement{State: letter.Deferred, Reason: "stopped"}, 0},
		{"stopped by ourselves on the last day", stopped, 12, 5 * day, letter.Settlement{State: letter.Deferred, Reason: "stopped"}, 0},
		{"stopped by ourselves after five days", stopped, 12, 5*day + time.Second,
			letter.Settlement{State: letter.Failed, Class: letter.ClassNetwork, Reason: "given up: stopped"}, 0},
	} {
		now := first.Add(tt.after)
		if tt.want.State == letter.Deferred {
			tt.want.Due = now.Add(tt.due)
		}
		if got := tt.out.Settle(tt.attempt, first, now); got != tt.want {
			t.Errorf("%s: %+v, want %+v", tt.name, got, tt.want)
		}
	}
}

func TestWhatAnAttemptCanStillComeTo(t *testing.T) {
	for _, tt := range []struct {
		name    string
		was, to letter.State
		want    bool
	}{
		{"sent", letter.Sending, letter.Sent, true},
		{"refused", letter.Sending, letter.Deferred, true},
		{"accepted although its sender seemed dead", letter.Unknown, letter.Sent, true},
		{"refused although its sender seemed dead", letter.Unknown, letter.Failed, true},
		{"refused for now by a sender that seemed dead: it may be another's", letter.Unknown, letter.Deferred, false},
		{"taken back and due again", letter.Deferred, letter.Sent, false},
		{"sent, and then said to be refused", letter.Sent, letter.Failed, false},
		{"refused, and then said to be sent", letter.Failed, letter.Sent, false},
	} {
		if got := tt.was.Settles(tt.to); got != tt.want {
			t.Errorf("%s: %v", tt.name, got)
		}
	}
}

func TestWhatADeadSenderLeavesBehind(t *testing.T) {
	for phase, want := range map[letter.Phase]letter.State{
		letter.Claimed: letter.Deferred, letter.Connected: letter.Deferred, letter.Dot: letter.Unknown, letter.Replied: letter.Unknown,
	} {
		got := letter.Abandoned(phase)
		if got.State != want || got.Phase != phase || got.Text == "" || got.Stopped != (want == letter.Deferred) {
			t.Errorf("in phase %s: %+v, want %s", phase, got, want)
		}
	}
}

func TestAReplyIsOneLine(t *testing.T) {
	for _, tt := range []struct {
		name string
		out  letter.Outcome
		want string
	}{
		{"code and words", letter.Outcome{Code: 250, Text: "2.0.0 Ok"}, "250 2.0.0 Ok"},
		{"the words begin with the code", letter.Outcome{Code: 550, Text: "550 no such user"}, "550 no such user"},
		{"several lines", letter.Outcome{Code: 550, Text: "no\r\n such\tuser "}, "550 no such user"},
		{"no code", letter.Outcome{Text: "connection refused"}, "connection refused"},
		{"no words", letter.Outcome{Code: 421}, "421"},
		{"nothing", letter.Outcome{}, ""},
	} {
		if got := tt.out.Reply(); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
}
