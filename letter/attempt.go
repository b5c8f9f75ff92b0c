package letter

import (
	"errors"
	"fmt"
	"strings"
	"time"
)

// giveUp is how long a letter is tried (RFC 5321, 4.5.4.1: 4 to 5 days).
const giveUp = 5 * 24 * time.Hour

var backoffs = []time.Duration{5 * time.Minute, 15 * time.Minute, 30 * time.Minute,
	time.Hour, 2 * time.Hour, 4 * time.Hour, 8 * time.Hour, 16 * time.Hour, LongestBackoff}

// LongestBackoff is the longest time from an attempt to the next one.
const LongestBackoff = 24 * time.Hour

// backoff is the time from an attempt, which counts from 1, to the next one.
func backoff(attempt int) time.Duration { return backoffs[min(max(attempt, 1), len(backoffs))-1] }

// ErrStopped means that a letter was suppressed, or its campaign stopped, after
// it was claimed: its final dot must not be sent.
var ErrStopped = errors.New("stopped before its final dot")

// A Settlement is what a letter becomes after an attempt.
type Settlement struct {
	State  State
	Class  Class
	Reason string    // one line for people
	Due    time.Time // of a deferred letter: not tried again before
}

// Settle says what o makes of a letter that was first tried at a time. A letter
// that is refused for now is tried again, later each time, for five days.
func (o Outcome) Settle(attempt int, first, now time.Time) Settlement {
	s := Settlement{State: o.State, Reason: o.Reply()}
	if s.State == Deferred {
		s.Due = now
		if !o.Stopped {
			s.Due = now.Add(backoff(attempt))
		}
		if s.Due.Sub(first) > giveUp {
			s = Settlement{State: Failed, Reason: "given up: " + s.Reason}
		}
	}
	if s.State.Lost() {
		s.Class = o.class()
	}
	return s
}

// class is why the server did not take the letter. One that only said "not
// now" for five days was not reached, unless it said more.
func (o Outcome) class() Class {
	c := ReasonOf("", o.Reply()).Class
	if c == ClassUnclear && o.State == Deferred {
		return ClassNetwork
	}
	return c
}

// Settles reports whether an attempt in state s can still come to t. One whose
// sender seemed dead became unknown; what the server said all the same counts.
func (s State) Settles(t State) bool { return s == Sending || s == Unknown && s.May(t) }

// Abandoned is the outcome of an attempt whose sender died in phase p. Where
// the final dot was not marked, nothing was accepted and the letter is due at
// once; where it was, nobody knows.
func Abandoned(p Phase) Outcome {
	if p == Claimed || p == Connected {
		return Outcome{State: Deferred, Phase: p, Stopped: true, Text: "the sender ended before the final dot"}
	}
	return Outcome{State: Unknown, Phase: p, Text: "the sender ended after the final dot was marked"}
}

// Reply is what the server said, on one line that begins with its code.
func (o Outcome) Reply() string {
	s := strings.Join(strings.Fields(o.Text), " ")
	if o.Code != 0 && !strings.HasPrefix(s, fmt.Sprint(o.Code)) {
		s = strings.TrimSpace(fmt.Sprintf("%d %s", o.Code, s))
	}
	return s
}
