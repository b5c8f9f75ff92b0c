package ledger

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"headsup/letter"
)

// connections is how many letters a sender has on the wire at once.
const connections = 5

// sender is a process that sends until nothing is left or it is killed. A line
// in the file "sink" is what a mail server has accepted.
func sender(dsn string) int {
	ctx := context.Background()
	err := func() error {
		l, err := Open(ctx, dsn)
		if err != nil {
			return err
		}
		defer l.Close()
		sink, err := os.OpenFile(os.Getenv("HEADSUP_LEDGER_SINK"), os.O_APPEND|os.O_WRONLY, 0)
		if err != nil {
			return err
		}
		lease, err := time.ParseDuration(cmp.Or(os.Getenv("HEADSUP_LEDGER_LEASE"), "300ms"))
		if err != nil {
			return err
		}
		o, err := l.Outbox(ctx, OutboxOptions{Lease: lease, Campaign: "relay26", Marks: Marks{Folders: filepath.SplitList(os.Getenv("HEADSUP_LEDGER_MARKS"))}})
		if err != nil {
			return err
		}
		go func() {
			for range time.Tick(50 * time.Millisecond) {
				if err := o.Beat(ctx); err != nil {
					fmt.Fprintln(os.Stderr, err)
				}
			}
		}()
		errs := make([]error, connections)
		var wg sync.WaitGroup
		for w := range errs {
			wg.Go(func() { errs[w] = work(ctx, o, sink) })
		}
		wg.Wait()
		return errors.Join(errs...)
	}()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}

// work sends one letter after the other. As in a run of the mailer, the next
// one is claimed and marked while the outcome of the last one is recorded.
func work(ctx context.Context, o *Outbox, sink io.Writer) error {
	recorded := func() error { return nil }
	for {
		e, ok, retry, err := claimNext(ctx, o)
		switch {
		case err != nil:
			return err
		case !ok && retry.IsZero():
			return unlessLost(recorded())
		case !ok:
			<-time.After(time.Until(retry))
			continue
		}
		<-time.After(time.Millisecond) // MAIL, RCPT, DATA
		if err := o.Mark(ctx, e); errors.Is(err, ErrLost) {
			continue
		} else if err != nil {
			return err
		}
		if err := unlessLost(recorded()); err != nil {
			return err
		}
		if _, err := fmt.Fprintln(sink, e.LetterID); err != nil { // 250
			return err
		}
		fmt.Println("accepted")
		<-time.After(rand.N(2 * time.Millisecond))
		recorded = o.Settle(ctx, e, accepted)
	}
}

func unlessLost(err error) error {
	if errors.Is(err, ErrLost) {
		return nil
	}
	return err
}

// TestKilledSendersSendNothingTwice kills senders at any moment, on PostgreSQL
// three that work at once, and there the database as well. With HEADSUP_LONG=1
// it takes minutes.
func TestKilledSendersSendNothingTwice(t *testing.T) {
	letters, wanted := 200, 10
	if os.Getenv("HEADSUP_LONG") == "1" {
		letters, wanted = 5000, 200
	}
	for engine, senders := range map[string]int{"sqlite": 1, "postgres": 3} {
		t.Run(engine, func(t *testing.T) {
			dsn := newDSN(t, engine)
			ids := approved(t, openLedger(t, dsn), letters, 10)
			sink := filepath.Join(t.TempDir(), "sink")
			must(t, os.WriteFile(sink, nil, 0o600))
			m := kept(t)
			t.Setenv("HEADSUP_LEDGER_MARKS", strings.Join(m.Folders, string(os.PathListSeparator)))
			k := killer{dsn: dsn, sink: sink, pause: letters / wanted}
			if engine == "postgres" {
				k.restart = server.Restart
			}
			k.killAll(t, senders)
			// What the last ones to be killed held becomes known when their leases run out.
			l := openLedger(t, dsn)
			for runs := 0; stillOpen(t, l); runs++ {
				if _, err := k.run(letters); err != nil || runs == 100 {
					t.Fatalf("letters are left that nobody sends: %v", err)
				}
			}
			sum := reconcile(t, l, sink, ids)
			t.Logf("%d letters, %d senders of %d connections, %d kills, %d restarts of the database that ended %d senders: %+v",
				letters, senders, connections, k.kills, k.restarts, k.failures, sum)
			if k.kills < wanted || k.restart != nil && k.restarts == 0 {
				t.Errorf("only %d kills and %d restarts", k.kills, k.restarts)
			}
			if sum.twice > 0 || sum.lost > 0 || sum.sent+sum.unknown != letters {
				t.Errorf("%d of %d letters accepted twice, %d lost, %d sent and %d unknown", sum.twice, letters, sum.lost, sum.sent, sum.unknown)
			}
			if most := (k.kills + k.failures) * connections; sum.unknown > most {
				t.Errorf("%d letters unknown, more than one for each kill and connection (%d)", sum.unknown, most)
			}
		})
	}
}

// A reckoning compares a ledger with what was accepted.
type reckoning struct{ sent, unknown, unknownAccepted, twice, lost int }

func reconcile(t *testing.T, l *Ledger, sink string, ids []string) (r reckoning) {
	t.Helper()
	accepted := map[string]int{}
	text, err := os.ReadFile(sink)
	must(t, err)
	for id := range strings.Lines(string(text)) {
		accepted[strings.TrimSpace(id)]++
	}
	for _, id := range ids {
		n := accepted[id]
		if n > 1 {
			r.twice++
		}
		switch stateOf(t, l, id) {
		case letter.Sent:
			r.sent++
			if n == 0 {
				r.lost++
			}
		case letter.Unknown:
			r.unknown++
			r.unknownAccepted += min(n, 1)
		default:
			r.lost++
		}
	}
	return r
}

func stillOpen(t *testing.T, l *Ledger) bool {
	var n int
	must(t, l.r.QueryRow("SELECT count(*) FROM letters WHERE state IN ('approved', 'deferred', 'sending')").Scan(&n))
	return n > 0
}

// A killer runs senders and ends them.
type killer struct {
	dsn, sink string
	pause     int          // letters until a kill, at most
	restart   func() error // of the database, or nil

	mu       sync.Mutex
	kills    int
	failures int // senders that ended because the database was gone
	restarts int
}

// killAll keeps so many senders at work until one after the other comes to its
// end. After each tenth kill, it ends the database too.
func (k *killer) killAll(t *testing.T, senders int) {
	t.Helper()
	errs := make([]error, senders)
	var wg sync.WaitGroup
	for i := range senders {
		wg.Go(func() {
			for done := false; !done && errs[i] == nil; {
				done, errs[i] = k.run(rand.N(k.pause))
			}
		})
	}
	wg.Wait()
	must(t, errors.Join(errs...))
}

// run has a sender send until a moment after so many letters were accepted. It
// reports whether the sender came to its end instead.
func (k *killer) run(letters int) (done bool, err error) {
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), "HEADSUP_LEDGER_SENDER="+k.dsn, "HEADSUP_LEDGER_SINK="+k.sink)
	var words strings.Builder
	cmd.Stderr = &words
	out, err := cmd.StdoutPipe()
	if err != nil {
		return false, err
	}
	if err := cmd.Start(); err != nil {
		return false, err
	}
	lines := bufio.NewScanner(out)
	for n := 0; lines.Scan(); n++ {
		if n == letters {
			time.AfterFunc(rand.N(3*time.Millisecond), func() { cmd.Process.Kill() })
		}
	}
	err = cmd.Wait()
	k.mu.Lock()
	defer k.mu.Unlock()
	var exit *exec.ExitError
	switch {
	case err == nil:
		return true, nil
	case errors.As(err, &exit) && !exit.Exited():
		if k.kills++; k.restart != nil && k.kills%10 == 1 {
			k.restarts++
			return false, k.restart()
		}
		return false, nil
	case k.restarts > 0 && k.failures < 50*k.restarts:
		k.failures++
		return false, nil
	}
	return false, fmt.Errorf("%w: %s", err, words.String())
}
