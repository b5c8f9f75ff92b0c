package ledger

import (
	"context"
	"database/sql"
	"errors"
	"runtime"
	"sync"
	"testing"

	"headsup/letter"
)

// gather has all that is written from now on wait for l.work, as if somebody
// were writing.
func gather(l *Ledger) {
	for held := false; !held; runtime.Gosched() {
		l.group.mu.Lock()
		held = !l.group.busy
		l.group.busy = true
		l.group.mu.Unlock()
	}
}

func TestWritersThatWaitShareACommit(t *testing.T) {
	l := newLedger(t, "sqlite")
	approved(t, l, 10, 1)
	o := outbox(t, l, "me")
	var es []letter.Envelope
	for range 10 {
		es = append(es, claimOne(t, o))
	}
	gather(l)
	commits := 0
	l.commit = func(tx *sql.Tx) error { commits++; return tx.Commit() }
	var wg sync.WaitGroup
	for _, e := range es {
		wg.Go(func() {
			if err := o.Mark(t.Context(), e); err != nil {
				t.Error(err)
			}
		})
	}
	waiting := func() int {
		l.group.mu.Lock()
		defer l.group.mu.Unlock()
		return len(l.group.waiting)
	}
	for waiting() < len(es) {
		runtime.Gosched()
	}
	workOff(l)
	wg.Wait()
	var marked int
	must(t, l.r.QueryRow("SELECT count(*) FROM attempts WHERE phase = 'dot'").Scan(&marked))
	if commits != 1 || marked != len(es) {
		t.Errorf("%d marks in %d commits, want %d in 1", marked, commits, len(es))
	}
}

// TestAMarkDoesNotOvertakeAnOutcome has the outcome of one letter and the mark
// of the next one wait for the same commit, which takes effect or does not.
func TestAMarkDoesNotOvertakeAnOutcome(t *testing.T) {
	lost := errors.New("disk gone")
	for _, tt := range []struct {
		name         string
		commit       func(*sql.Tx) error
		before, next letter.State // as recovered
	}{
		{"committed", (*sql.Tx).Commit, letter.Sent, letter.Unknown},
		{"not committed", func(*sql.Tx) error { return lost }, letter.Unknown, letter.Deferred},
		{"committed, but nobody was told", func(tx *sql.Tx) error { return errors.Join(tx.Commit(), lost) }, letter.Sent, letter.Unknown},
	} {
		t.Run(tt.name, func(t *testing.T) {
			forEach(t, func(t *testing.T, l *Ledger) {
				approved(t, l, 3, 1)
				o, err := l.Outbox(t.Context(), OutboxOptions{Owner: "me"})
				must(t, err)
				before, next, third := claimOne(t, o), claimOne(t, o), claimOne(t, o)
				must(t, o.Mark(t.Context(), before))
				gather(l)
				commits := 0
				l.commit = func(tx *sql.Tx) error { commits++; return tt.commit(tx) }
				recorded, marked := o.Settle(t.Context(), before, accepted), (&write{box: o, e: next}).submit()
				workOff(l)
				l.commit = (*sql.Tx).Commit
				settled := recorded()
				if marked := marked.wait(t.Context()); (settled == nil) != (tt.name == "committed") || (marked == nil) != (settled == nil) || commits != 1 {
					t.Errorf("settled: %v, marked: %v, in %d commits", settled, marked, commits)
				}
				if err := o.Mark(t.Context(), third); (err == nil) != (settled == nil) {
					t.Errorf("the next one is marked: %v", err)
				}
				must(t, o.Close(t.Context()))
				_, _, err = l.Recover(t.Context())
				must(t, err)
				if b, n := stateOf(t, l, before.LetterID), stateOf(t, l, next.LetterID); b != tt.before || n != tt.next {
					t.Errorf("%s and %s, want %s and %s", b, n, tt.before, tt.next)
				}
			})
		})
	}
}

func TestOneRefusalDoesNotTouchItsNeighbours(t *testing.T) {
	l := newLedger(t, "sqlite")
	ids := approved(t, l, 2, 1)
	refused := errors.New("refused")
	jobs := []*job{
		{run: func(_ context.Context, x *tx) error {
			return x.must(t.Context(), "UPDATE letters SET reason = 'a' WHERE id = $1", ids[0])
		}},
		{run: func(_ context.Context, x *tx) error {
			_, err := x.exec(t.Context(), "UPDATE letters SET reason = 'b' WHERE id = $1", ids[1])
			return errors.Join(err, refused)
		}},
	}
	for _, j := range jobs {
		j.done = make(chan struct{})
	}
	runAll(t.Context(), l, jobs)
	if jobs[0].err != nil || !errors.Is(jobs[1].err, refused) {
		t.Errorf("errors %v and %v", jobs[0].err, jobs[1].err)
	}
	for i, want := range []string{"a", ""} {
		if r, err := l.Letter(t.Context(), ids[i]); err != nil || r.Reason != want {
			t.Errorf("%q, want %q (%v)", r.Reason, want, err)
		}
	}
}

// Of letters that are marked together, each one is held that somebody stopped
// since it was claimed, and the others are not.
func TestWhatIsStoppedBetweenClaimAndMarkIsNotMarked(t *testing.T) {
	to := func(e letter.Envelope) letter.Suppression {
		return letter.Suppression{Scope: letter.ByAddress, Value: e.To, Reason: "asked"}
	}
	for _, tt := range []struct {
		name    string
		happens func(t *testing.T, l *Ledger, es []letter.Envelope) error
		held    []bool
	}{
		{"nothing", func(*testing.T, *Ledger, []letter.Envelope) error { return nil }, []bool{false, false, false}},
		{"a suppression of one", func(t *testing.T, l *Ledger, es []letter.Envelope) error {
			_, err := l.Suppress(t.Context(), to(es[1]), "tester")
			return err
		}, []bool{false, true, false}},
		{"one that was lifted", func(t *testing.T, l *Ledger, es []letter.Envelope) error {
			_, err := l.Suppress(t.Context(), to(es[1]), "tester")
			_, _, lifted := l.Unsuppress(t.Context(), to(es[1]), "tester")
			return errors.Join(err, lifted)
		}, []bool{false, false, false}},
		{"a stop of the campaign", func(t *testing.T, l *Ledger, _ []letter.Envelope) error {
			_, err := Halt(t.Context(), l, letter.Halt{Campaign: "relay26", By: "ann", Reason: "listed"})
			return err
		}, []bool{true, true, true}},
		{"a stop of another", func(t *testing.T, l *Ledger, _ []letter.Envelope) error {
			_, err := Halt(t.Context(), l, letter.Halt{Campaign: "proxy26", By: "ann", Reason: "listed"})
			return err
		}, []bool{false, false, false}},
		{"a stop that was ended", func(t *testing.T, l *Ledger, _ []letter.Envelope) error {
			_, err := Halt(t.Context(), l, letter.Halt{By: "ann", Reason: "listed"})
			_, resumed := Resume(t.Context(), l, "", "ann", "mended", 1)
			return errors.Join(err, resumed)
		}, []bool{false, false, false}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			forEach(t, func(t *testing.T, l *Ledger) {
				approved(t, l, len(tt.held)+1, 2)
				o := outbox(t, l, "me")
				es, _, err := o.Claim(t.Context(), len(tt.held))
				must(t, err)
				must(t, tt.happens(t, l, es))
				if _, _, err := o.Claim(t.Context(), 1); err != nil && !errors.Is(err, ErrHalted) { // which reads what changed
					t.Fatal(err)
				}
				gather(l)
				var marks []*job
				for _, e := range es {
					marks = append(marks, (&write{box: o, e: e}).submit())
				}
				workOff(l)
				for i, j := range marks {
					if err := j.wait(t.Context()); errors.Is(err, letter.ErrStopped) != tt.held[i] || !tt.held[i] && err != nil {
						t.Errorf("letter %d: %v", i, err)
					}
				}
			})
		})
	}
}

// A suppression that is being written when a letter is to be marked comes first.
func TestAMarkWaitsForASuppressionUnderWay(t *testing.T) {
	l := newLedger(t, "postgres")
	approved(t, l, 2, 2)
	o := outbox(t, l, "me")
	e := claimOne(t, o)
	marked := make(chan error, 1)
	must(t, inTx(t.Context(), l, func(x *tx) error {
		if _, err := x.suppress(t.Context(), letter.Suppression{Scope: letter.ByAddress, Value: e.To}); err != nil {
			return err
		}
		go func() { marked <- o.Mark(t.Context(), e) }()
		for waits := 0; waits == 0 && len(marked) == 0; {
			if err := l.r.QueryRow("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'").Scan(&waits); err != nil {
				return err
			}
		}
		return nil
	}))
	if err := <-marked; !errors.Is(err, letter.ErrStopped) {
		t.Errorf("marked: %v", err)
	}
}
