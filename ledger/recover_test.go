package ledger

import (
	"database/sql"
	"errors"
	"testing"
	"time"

	"headsup/letter"
)

func TestADeadSendersLettersAreRecovered(t *testing.T) {
	forEach(t, func(t *testing.T, l *Ledger) {
		approved(t, l, 3, 1)
		dead := outbox(t, l, "dead")
		now := soon()
		l.at(now)
		must(t, dead.Beat(t.Context()))
		claimed, marked, slow := claimOne(t, dead), claimOne(t, dead), claimOne(t, dead)
		must(t, dead.Mark(t.Context(), marked))
		must(t, dead.Mark(t.Context(), slow))

		l.at(now.Add(59 * time.Second))
		if d, u, err := l.Recover(t.Context()); d != 0 || u != 0 || err != nil {
			t.Fatalf("taken from a living sender: %d %d %v", d, u, err)
		}
		l.at(now.Add(61 * time.Second))
		if d, u, err := l.Recover(t.Context()); d != 1 || u != 2 || err != nil {
			t.Fatalf("recovered %d and %d, error %v", d, u, err)
		}
		for e, want := range map[*letter.Envelope]letter.State{&claimed: letter.Deferred, &marked: letter.Unknown} {
			if got := stateOf(t, l, e.LetterID); got != want {
				t.Errorf("%s: %s, want %s", e.LetterID, got, want)
			}
		}
		// The sender was only asleep: it must not send the dot, but what a server said counts.
		if err := dead.Mark(t.Context(), claimed); !errors.Is(err, ErrLost) {
			t.Errorf("marked what was taken back: %v", err)
		}
		if err := dead.Settle(t.Context(), claimed, accepted)(); !errors.Is(err, ErrLost) {
			t.Errorf("settled what was taken back: %v", err)
		}
		must(t, dead.Settle(t.Context(), slow, accepted)())
		if got := stateOf(t, l, slow.LetterID); got != letter.Sent {
			t.Errorf("accepted after all, but %s", got)
		}
		if e := claimOne(t, dead); e.LetterID != claimed.LetterID || e.Attempt != 2 {
			t.Errorf("claimed %q, attempt %d", e.LetterID, e.Attempt)
		}
		claimNone(t, dead)
	})
}

// TestALedgerThatFails loses each write before and after it was persisted.
func TestALedgerThatFails(t *testing.T) {
	lost := errors.New("disk gone")
	before := func(*sql.Tx) error { return lost }
	after := func(tx *sql.Tx) error { return errors.Join(tx.Commit(), lost) }
	tests := []struct {
		name      string
		write     string
		commit    func(*sql.Tx) error
		recovered letter.State // after the process ended and another one began
		again     bool         // whether the next sender may send it
	}{
		{"the claim failed", "claim", before, letter.Sending, true},
		{"the claim failed but persisted", "claim", after, letter.Sending, true},
		{"the mark failed", "mark", before, letter.Sending, true},
		{"the mark failed but persisted", "mark", after, letter.Unknown, false},
		{"the settlement failed", "settle", before, letter.Unknown, false},
		{"the settlement failed but persisted", "settle", after, letter.Sent, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			forEach(t, func(t *testing.T, l *Ledger) {
				id := approved(t, l, 1, 1)[0]
				o, err := l.Outbox(t.Context(), OutboxOptions{Owner: "me"})
				must(t, err)
				var e letter.Envelope
				sent := 0
				for _, step := range []struct {
					name string
					do   func() error
				}{
					{"claim", func() (err error) { e, _, _, err = claimNext(t.Context(), o); return err }},
					{"mark", func() error { return o.Mark(t.Context(), e) }},
					{"dot", func() error { sent++; return nil }},
					{"settle", func() error { return o.Settle(t.Context(), e, accepted)() }},
				} {
					if step.name == tt.write {
						l.commit = tt.commit
					}
					err := step.do()
					l.commit = (*sql.Tx).Commit
					if (err != nil) != (step.name == tt.write) {
						t.Fatalf("%s: %v", step.name, err)
					}
					if err != nil {
						break
					}
				}
				must(t, o.Close(t.Context())) // the process ends; its lease with it
				next := outbox(t, l, "next")
				_, ok, _, err := claimNext(t.Context(), next)
				must(t, err)
				if got := stateOf(t, l, id); ok != tt.again || got != tt.recovered {
					t.Errorf("the letter is %s, want %s; claimed again: %v", got, tt.recovered, ok)
				}
				if ok && sent > 0 {
					t.Error("sent twice")
				}
			})
		})
	}
}
