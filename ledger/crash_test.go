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

// TestKilledSendersSendNothingTwice kills senders at any moment.
func TestKilledSendersSendNothingTwice(t *testing.T) {
	for _, engine := range []string{"sqlite", "postgres"} {
		t.Run(engine, func(t *testing.T) {
			dsn := newDSN(t, engine)
			l := openLedger(t, dsn)
			const letters = 200
			ids := approved(t, l, letters, 10)
			sink := filepath.Join(t.TempDir(), "sink")
			must(t, os.WriteFile(sink, nil, 0o600))
			kills := 0
			for !sendUntilKilled(t, dsn, sink, 5+rand.N(20)) {
				kills++
			}
			// What the last one to be killed held becomes known when its lease runs out.
			for runs := 0; stillOpen(t, l); runs++ {
				if sendUntilKilled(t, dsn, sink, letters); runs == 100 {
					t.Fatal("letters are left that nobody sends")
				}
			}
			accepted := map[string]int{}
			text, err := os.ReadFile(sink)
			must(t, err)
			for id := range strings.Lines(string(text)) {
				accepted[strings.TrimSpace(id)]++
			}
			count := map[letter.State]int{}
			twice, lost := 0, 0
			for _, id := range ids {
				state := stateOf(t, l, id)
				count[state]++
				if accepted[id] > 1 {
					twice++
				}
				if accepted[id] == 0 && state != letter.Unknown || state != letter.Sent && state != letter.Unknown {
					lost++
				}
			}
			t.Logf("%d letters, %d kills: %d accepted, %d twice, %d lost, %v", letters, kills, len(accepted), twice, lost, count)
			if twice > 0 || lost > 0 || kills == 0 {
				t.Errorf("%d sent twice, %d lost, %d kills", twice, lost, kills)
			}
		})
	}
}

func stillOpen(t *testing.T, l *Ledger) bool {
	var n int
	must(t, l.r.QueryRow("SELECT count(*) FROM letters WHERE state IN ('approved', 'deferred', 'sending')").Scan(&n))
	return n > 0
}

// sendUntilKilled runs a sender and kills it a moment after so many letters
// were accepted. It reports whether the sender came to its end instead.
func sendUntilKilled(t *testing.T, dsn, sink string, letters int) (done bool) {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), "HEADSUP_LEDGER_SENDER="+dsn, "HEADSUP_LEDGER_SINK="+sink)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	must(t, err)
	must(t, cmd.Start())
	lines := bufio.NewScanner(out)
	for n := 0; lines.Scan(); n++ {
		if n == letters {
			time.AfterFunc(rand.N(3*time.Millisecond), func() { cmd.Process.Kill() })
		}
	}
	err = cmd.Wait()
	var exit *exec.ExitError
	if errors.As(err, &exit) && exit.Exited() {
		t.Fatalf("the sender: %v", err)
	}
	return err == nil
}
