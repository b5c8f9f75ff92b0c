package ledger

import (
	"bufio"
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
		o, err := l.Outbox(ctx, OutboxOptions{Lease: 300 * time.Millisecond})
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
		errs := make([]error, 5)
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

func work(ctx context.Context, o *Outbox, sink io.Writer) error {
	for {
		e, ok, retry, err := o.Claim(ctx)
		switch {
		case err != nil:
			return err
		case !ok && retry.IsZero():
			return nil
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
		if _, err := fmt.Fprintln(sink, e.LetterID); err != nil { // 250
			return err
		}
		fmt.Println("accepted")
		<-time.After(rand.N(2 * time.Millisecond))
		if err := o.Settle(ctx, e, accepted); err != nil && !errors.Is(err, ErrLost) {
			return err
		}
	}
}

// TestKilledSendersSendNothingTwice kills senders at any moment, on PostgreSQL
// three that work at once. With HEADSUP_LONG=1 it takes minutes.
func TestKilledSendersSendNothingTwice(t *testing.T) {
	letters, wanted := 200, 10
	if os.Getenv("HEADSUP_LONG") == "1" {
		letters, wanted = 5000, 200
	}
	for engine, senders := range map[string]int{"sqlite": 1, "postgres": 3} {
		t.Run(engine, func(t *testing.T) {
			dsn := newDSN(t, engine)
			l := openLedger(t, dsn)
			ids := approved(t, l, letters, 10)
			sink := filepath.Join(t.TempDir(), "sink")
			must(t, os.WriteFile(sink, nil, 0o600))
			kills := killSenders(t, dsn, sink, senders)
			// What the last ones to be killed held becomes known when their leases run out.
			for runs := 0; stillOpen(t, l); runs++ {
				if _, err := sendUntilKilled(dsn, sink, letters); err != nil || runs == 100 {
					t.Fatalf("letters are left that nobody sends: %v", err)
				}
			}
			accepted := map[string]int{}
			text, err := os.ReadFile(sink)
			must(t, err)
			for id := range strings.Lines(string(text)) {
				accepted[strings.TrimSpace(id)]++
			}
			count := map[letter.State]int{}
			twice, lost, arrived := 0, 0, 0
			for _, id := range ids {
				state := stateOf(t, l, id)
				count[state]++
				if accepted[id] > 1 {
					twice++
				}
				if accepted[id] > 0 && state == letter.Unknown {
					arrived++
				}
				if accepted[id] == 0 && state != letter.Unknown || state != letter.Sent && state != letter.Unknown {
					lost++
				}
			}
			t.Logf("%d letters, %d senders, %d kills: %d accepted, %d twice, %d lost, %v, of the unknown %d were accepted",
				letters, senders, kills, len(accepted), twice, lost, count, arrived)
			if twice > 0 || lost > 0 || kills < wanted/2 || len(accepted)+count[letter.Unknown]-arrived != letters {
				t.Errorf("%d sent twice, %d lost, %d kills", twice, lost, kills)
			}
		})
	}
}

// killSenders keeps so many senders at work until one after the other comes to
// its end, and kills each after a few letters. It returns how often.
func killSenders(t *testing.T, dsn, sink string, senders int) (kills int) {
	t.Helper()
	counts, errs := make([]int, senders), make([]error, senders)
	var wg sync.WaitGroup
	for i := range senders {
		wg.Go(func() {
			for done := false; !done && errs[i] == nil; {
				if done, errs[i] = sendUntilKilled(dsn, sink, rand.N(25)); !done {
					counts[i]++
				}
			}
		})
	}
	wg.Wait()
	must(t, errors.Join(errs...))
	for _, n := range counts {
		kills += n
	}
	return kills
}

func stillOpen(t *testing.T, l *Ledger) bool {
	var n int
	must(t, l.r.QueryRow("SELECT count(*) FROM letters WHERE state IN ('approved', 'deferred', 'sending')").Scan(&n))
	return n > 0
}

// sendUntilKilled runs a sender and kills it a moment after so many letters
// were accepted. It reports whether the sender came to its end instead.
func sendUntilKilled(dsn, sink string, letters int) (done bool, err error) {
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), "HEADSUP_LEDGER_SENDER="+dsn, "HEADSUP_LEDGER_SINK="+sink)
	cmd.Stderr = os.Stderr
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
	var exit *exec.ExitError
	if errors.As(err, &exit) && !exit.Exited() {
		return false, nil
	}
	return err == nil, err
}
