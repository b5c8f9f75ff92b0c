package ledger

import (
	"errors"
	"slices"
	"testing"
	"time"

	"headsup/letter"
)

func TestWhatBecomesOfAnAttempt(t *testing.T) {
	tests := []struct {
		name  string
		out   letter.Outcome
		want  letter.State
		again time.Duration // until the letter is due; 0: never
	}{
		{"accepted", accepted, letter.Sent, 0},
		{"greylisted", letter.Outcome{State: letter.Deferred, Phase: letter.Connected, Code: 451, Text: "try later"}, letter.Deferred, 5 * time.Minute},
		{"connection refused", letter.Outcome{State: letter.Deferred, Phase: letter.Claimed, Text: "connection refused"}, letter.Deferred, 5 * time.Minute},
		{"no such user", letter.Outcome{State: letter.Failed, Phase: letter.Connected, Code: 550, Text: "no such user"}, letter.Failed, 0},
		{"lost after the dot", letter.Outcome{State: letter.Unknown, Phase: letter.Dot, Text: "connection lost"}, letter.Unknown, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			forEach(t, func(t *testing.T, l *Ledger) {
				id := approved(t, l, 1, 1)[0]
				o := outbox(t, l, "me")
				now := soon()
				l.at(now)
				e := claimOne(t, o)
				must(t, o.Settle(t.Context(), e, tt.out)())
				must(t, o.Settle(t.Context(), e, tt.out)()) // twice is once
				if got := stateOf(t, l, id); got != tt.want {
					t.Errorf("the letter is %s, want %s", got, tt.want)
				}
				if err := o.Mark(t.Context(), e); !errors.Is(err, ErrLost) {
					t.Errorf("marked after it was settled: %v", err)
				}
				retry := claimNone(t, o)
				if tt.again == 0 {
					if !retry.IsZero() {
						t.Errorf("ask again at %v, want never", retry)
					}
					return
				}
				l.at(now.Add(tt.again - time.Millisecond))
				claimNone(t, o)
				l.at(now.Add(tt.again))
				if e := claimOne(t, o); e.Attempt != 2 {
					t.Errorf("attempt %d, want 2", e.Attempt)
				}
			})
		})
	}
}

func TestALetterIsGivenUpAfterFiveDays(t *testing.T) {
	forEach(t, func(t *testing.T, l *Ledger) {
		id := approved(t, l, 1, 1)[0]
		o := outbox(t, l, "me")
		start := soon()
		now, attempts := start, 0
		for stateOf(t, l, id) != letter.Failed && attempts < 50 {
			l.at(now)
			must(t, o.Settle(t.Context(), claimOne(t, o), letter.Outcome{State: letter.Deferred, Phase: letter.Connected, Code: 450})())
			attempts++
			r, err := l.Letter(t.Context(), id)
			must(t, err)
			now = r.Due
		}
		if attempts != 12 || now.Sub(start) > 5*24*time.Hour || now.Sub(start) < 4*24*time.Hour {
			t.Errorf("%d attempts in %v", attempts, now.Sub(start))
		}
	})
}

func TestASlowDestinationIsGivenTime(t *testing.T) {
	forEach(t, func(t *testing.T, l *Ledger) {
		must(t, l.Lane(t.Context(), "campaign:relay26", letter.Pace{Every: time.Second, Burst: 9}))
		must(t, l.Lane(t.Context(), "domain:d0.example", letter.Pace{Every: 2 * time.Second, Burst: 9}))
		approved(t, l, 3, 1)
		o := outbox(t, l, "me")
		now := soon()
		l.at(now)
		a, b := claimOne(t, o), claimOne(t, o)
		busy := letter.Outcome{State: letter.Deferred, Phase: letter.Connected, Code: 421, Text: "4.7.0 slow down", Slow: true}
		l.at(now.Add(time.Second))
		must(t, o.Settle(t.Context(), a, busy)())
		must(t, o.Settle(t.Context(), b, busy)()) // the same complaint
		lane := func(i int) letter.Lane {
			t.Helper()
			lanes, err := l.Lanes(t.Context())
			must(t, err)
			return lanes[i]
		}
		if c, d := lane(0), lane(1); c.Pace.Every != 2*time.Second || !c.Paused.IsZero() || d.Pace.Every != 4*time.Second || !d.Paused.Equal(now.Add(5*time.Minute+time.Second)) {
			t.Errorf("campaign %+v, domain %+v", c, d)
		}
		claimNone(t, o)
		l.at(now.Add(5*time.Minute + time.Second))
		for range 3 { // the third letter, then the two that were refused
			must(t, o.Settle(t.Context(), claimOne(t, o), accepted)())
		}
		// Settings that are read again do not undo it; twenty clean replies begin to.
		must(t, l.Lane(t.Context(), "domain:d0.example", letter.Pace{Every: 2 * time.Second, Burst: 9}))
		if d := lane(1); d.Pace.Every != 4*time.Second || d.Clean != 3 {
			t.Errorf("domain %+v", d)
		}
	})
}

// TestLettersOfOneCommitAreEachSettledByTheirOwn mixes outcomes, one of them of
// a letter that was taken back, and marks.
func TestLettersOfOneCommitAreEachSettledByTheirOwn(t *testing.T) {
	forEach(t, func(t *testing.T, l *Ledger) {
		approved(t, l, 8, 2)
		must(t, l.Lane(t.Context(), "domain:d1.example", letter.Pace{Every: time.Millisecond}))
		o := outbox(t, l, "me")
		now := soon()
		var es []letter.Envelope
		for range 8 {
			l.at(now)
			es = append(es, claimOne(t, o))
			now = now.Add(time.Second)
		}
		outcomes := []letter.Outcome{
			accepted,
			{State: letter.Sent, Phase: letter.Replied, Code: 251, Text: "2.1.5 \"forwarded\" \\ \u2028 to ünïcode"},
			{State: letter.Failed, Phase: letter.Connected, Code: 550, Text: "5.1.1 nobody"},
			{State: letter.Deferred, Phase: letter.Connected, Code: 421, Text: "4.7.0 slow down", Slow: true},
			accepted,
		}
		for round, taken := range []bool{false, true} { // set by set, and one by one for the sake of one
			if taken {
				_, err := l.w.Exec("UPDATE attempts SET state = 'deferred', settled_at = 1 WHERE letter_id = $1", es[4].LetterID)
				must(t, err)
				_, err = l.w.Exec("UPDATE letters SET state = 'deferred' WHERE id = $1", es[4].LetterID)
				must(t, err)
			}
			gather(l)
			var recorded []func() error
			from, to := 0, 4
			if taken {
				from, to = 4, 5
			}
			marks := []*job{(&write{box: o, e: es[5+round]}).submit()} // before the outcomes, but written after them
			for i := from; i < to; i++ {
				recorded = append(recorded, o.Settle(t.Context(), es[i], outcomes[i]))
			}
			workOff(l)
			for i, wait := range recorded {
				if err := wait(); taken != errors.Is(err, ErrLost) || !taken && err != nil {
					t.Errorf("%s: %v", es[from+i].LetterID, err)
				}
			}
			for _, m := range marks {
				must(t, m.wait(t.Context()))
			}
		}
		for i, want := range []letter.State{letter.Sent, letter.Sent, letter.Failed, letter.Deferred, letter.Deferred, letter.Sending, letter.Sending, letter.Sending} {
			r, err := l.Letter(t.Context(), es[i].LetterID)
			must(t, err)
			if r.State != want || i < 4 && r.Reason != outcomes[i].Reply() {
				t.Errorf("letter %d is %s: %q, want %s", i, r.State, r.Reason, want)
			}
			h, err := l.History(t.Context(), es[i].LetterID)
			must(t, err)
			if last := h[len(h)-1]; i < 4 && (last.Text != outcomes[i].Reply() || last.Kind != string(want)) {
				t.Errorf("letter %d: last of its history is %+v", i, last)
			}
			if dot := slices.ContainsFunc(h, func(e HistoryEntry) bool { return e.Kind == "dot" }); dot != (i == 5 || i == 6) {
				t.Errorf("letter %d is marked: %v", i, dot)
			}
		}
	})
}
