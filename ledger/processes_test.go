package ledger

import (
	"bytes"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"headsup/letter"
)

// TestFourProcessesKeepThePace has real processes send at once: on PostgreSQL
// all of them work, on SQLite the one that came first.
func TestFourProcessesKeepThePace(t *testing.T) {
	for _, engine := range []string{"sqlite", "postgres"} {
		t.Run(engine, func(t *testing.T) {
			dsn := newDSN(t, engine)
			l := openLedger(t, dsn)
			const letters = 120
			gaps := map[string]time.Duration{"campaign:relay26": 5 * time.Millisecond}
			for i := range letters {
				d := draftTo(fmt.Sprintf("abuse%d@d%d.example", i, i%8), "hello")
				d.Lanes = []string{"campaign:relay26", "hours:UTC", fmt.Sprintf("group:g%d", i%2), fmt.Sprintf("domain:d%d.example", i%8)}
				gaps[d.Lanes[2]], gaps[d.Lanes[3]] = 20*time.Millisecond, 100*time.Millisecond
				_, err := l.Draft(t.Context(), d)
				must(t, err)
				must(t, l.Approve(t.Context(), d.Letter.ID, Hash(d.Rendered), "tester"))
			}
			for key, gap := range gaps {
				must(t, l.Lane(t.Context(), key, letter.Pace{Every: gap}))
			}
			refused := fourSenders(t, dsn)
			if engine == "postgres" && refused > 0 || refused == 4 {
				t.Errorf("%d of 4 senders were refused", refused)
			}
			owners := checkGaps(t, l, gaps, letters)
			if engine == "postgres" && owners < 4 {
				t.Errorf("only %d senders had any letter", owners)
			}
		})
	}
}

// fourSenders runs four senders to their end, and returns how many were not let in.
func fourSenders(t *testing.T, dsn string) (refused int) {
	t.Helper()
	sink := filepath.Join(t.TempDir(), "sink")
	must(t, os.WriteFile(sink, nil, 0o600))
	var wg sync.WaitGroup
	var mu sync.Mutex
	for range 4 {
		wg.Go(func() {
			cmd := exec.CommandContext(t.Context(), os.Args[0])
			cmd.Env = append(os.Environ(), "HEADSUP_LEDGER_SENDER="+dsn, "HEADSUP_LEDGER_SINK="+sink, "HEADSUP_LEDGER_LEASE=1m") // however busy the machine is
			var said bytes.Buffer
			cmd.Stderr = &said
			if err := cmd.Run(); err != nil {
				if !strings.Contains(said.String(), ErrSending.Error()) {
					t.Errorf("%v: %s", err, said.String())
				}
				mu.Lock()
				refused++
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	return refused
}

// checkGaps checks that claims of each lane are at least its gap apart, and
// returns by how many senders they were.
func checkGaps(t *testing.T, l *Ledger, gaps map[string]time.Duration, letters int) (owners int) {
	t.Helper()
	rows, err := l.r.Query(`
SELECT a.claimed_at, a.owner, q.trunk || ' ' || q.lane FROM attempts a
  JOIN letters e ON e.id = a.letter_id JOIN queues q ON q.id = e.queue_id ORDER BY a.claimed_at`)
	must(t, err)
	defer rows.Close()
	last, least, who, n := map[string]int64{}, map[string]time.Duration{}, map[string]bool{}, 0
	for rows.Next() {
		var at int64
		var owner, lanes string
		must(t, rows.Scan(&at, &owner, &lanes))
		who[owner] = true
		n++
		for _, key := range strings.Fields(lanes) {
			kind, _, _ := strings.Cut(key, ":")
			if before, ok := last[key]; ok && gaps[key] > 0 {
				gap := time.Duration(at-before) * time.Millisecond
				if least[kind] == 0 || gap < least[kind] {
					least[kind] = gap
				}
				if gap < gaps[key] {
					t.Errorf("%s: claims only %v apart, want %v", key, gap, gaps[key])
				}
			}
			last[key] = at
		}
	}
	must(t, rows.Err())
	if n != letters {
		t.Errorf("%d attempts for %d letters", n, letters)
	}
	t.Logf("%d letters by %d processes; least spacing by lane: %v", n, len(who), least)
	return len(who)
}

// TestProcessesOpenANewLedgerAtOnce starts them where there is no table yet.
func TestProcessesOpenANewLedgerAtOnce(t *testing.T) {
	for _, engine := range []string{"sqlite", "postgres"} {
		t.Run(engine, func(t *testing.T) {
			if refused := fourSenders(t, newDSN(t, engine)); engine == "postgres" && refused > 0 {
				t.Errorf("%d of 4 processes could not begin", refused)
			}
		})
	}
}

// TestALostConnectionIsMadeAgain has PostgreSQL end all connections before a
// step, or right before its commit: the step may fail, and then it has not
// happened, but the next call works.
func TestALostConnectionIsMadeAgain(t *testing.T) {
	dsn := newDSN(t, "postgres")
	l := openLedger(t, dsn)
	killer, err := sql.Open("pgx", dsn)
	must(t, err)
	defer killer.Close()
	hangUp := func() {
		_, err := killer.Exec("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()")
		must(t, err)
	}
	phases := []string{"claim", "mark", "settle", "beat"}
	for _, inCommit := range []bool{false, true} {
		for _, lost := range phases {
			t.Run(fmt.Sprintf("%s, in the commit: %v", lost, inCommit), func(t *testing.T) {
				d := draftTo(fmt.Sprintf("abuse-%s-%v@d.example", lost, inCommit), "hello")
				_, err := l.Draft(t.Context(), d)
				must(t, err)
				must(t, l.Approve(t.Context(), d.Letter.ID, Hash(d.Rendered), "tester"))
				o := outbox(t, l, "me")
				var e letter.Envelope
				for _, step := range phases {
					do := map[string]func() error{
						"claim": func() (err error) {
							var ok bool
							if e, ok, _, err = claimNext(t.Context(), o); err == nil && !ok {
								err = errors.New("nothing to claim")
							}
							return err
						},
						"mark":   func() error { return o.Mark(t.Context(), e) },
						"settle": func() error { return o.Settle(t.Context(), e, accepted)() },
						"beat":   func() error { return o.Beat(t.Context()) },
					}[step]
					if step == lost && inCommit {
						l.commit = func(tx *sql.Tx) error { hangUp(); return tx.Commit() }
					} else if step == lost {
						hangUp()
					}
					err := do()
					l.commit = (*sql.Tx).Commit
					if step == lost && inCommit && err == nil {
						t.Errorf("%s: no error, though the connection was gone", step)
					}
					if err != nil {
						must(t, do())
					}
				}
				if got := stateOf(t, l, d.Letter.ID); got != letter.Sent || e.Attempt != 1 {
					t.Errorf("the letter is %s after %d attempts", got, e.Attempt)
				}
			})
		}
	}
}
