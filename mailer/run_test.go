package mailer_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"headsup/letter"
	"headsup/mailer"
)

// transport is a Transport made of a function.
type transport func(ctx context.Context, e letter.Envelope, mark func() error) letter.Outcome

func (f transport) Send(ctx context.Context, e letter.Envelope, mark func() error) letter.Outcome {
	return f(ctx, e, mark)
}

// sends takes a second for each letter and is always lucky.
func sends(ctx context.Context, e letter.Envelope, mark func() error) letter.Outcome {
	if err := mark(); err != nil {
		return letter.Outcome{State: letter.Deferred, Phase: letter.Connected}
	}
	time.Sleep(time.Second)
	return letter.Outcome{State: letter.Sent, Phase: letter.Replied, Code: 250}
}

func TestStoppedWhileALetterIsOnTheWire(t *testing.T) {
	for _, tt := range []struct {
		name   string
		at, do string // what the server does with the first letter
		stop   time.Duration
		state  letter.State
		phase  letter.Phase
		took   time.Duration
	}{
		{"before it is connected", "connect", "silence", time.Minute, letter.Deferred, letter.Claimed, time.Minute},
		{"while logging in", "AUTH", "silence", time.Minute, letter.Deferred, letter.Claimed, time.Minute},
		{"before the dot", "RCPT", "silence", time.Minute, letter.Deferred, letter.Connected, time.Minute},
		{"after the dot, and the reply comes soon", "dot", "late", 80 * time.Second, letter.Sent, letter.Replied, 100 * time.Second},
		{"after the dot, and the reply does not come", "dot", "too late", time.Minute, letter.Unknown, letter.Dot, 90 * time.Second},
	} {
		t.Run(tt.name, func(t *testing.T) {
			server := settings(t)
			synctest.Test(t, func(t *testing.T) {
				s := newScript(tt.at, 1, tt.do)
				p := post(t, s, server)
				box := newMemory(2)
				ctx, cancel := context.WithTimeout(t.Context(), tt.stop)
				defer cancel()
				start := time.Now()
				err := mailer.Run(ctx, box, p, mailer.Options{Drain: true})
				if !errors.Is(err, context.DeadlineExceeded) {
					t.Errorf("Run = %v, want %v", err, context.DeadlineExceeded)
				}
				if took := time.Since(start); took != tt.took {
					t.Errorf("it took %v, want %v", took, tt.took)
				}
				if len(box.letters[0].outcomes) != 1 {
					t.Fatalf("%d outcomes, want 1", len(box.letters[0].outcomes))
				}
				if o := box.letters[0].outcomes[0]; o.State != tt.state || o.Phase != tt.phase {
					t.Errorf("outcome is %+v, want %s at %s", o, tt.state, tt.phase)
				}
				if box.letters[1].state != letter.Approved {
					t.Errorf("the second letter is %s", box.letters[1].state)
				}
				p.Close()
				s.serving.Wait()
			})
		})
	}
}

func TestALossOfTheOutboxStopsEverything(t *testing.T) {
	for _, write := range []string{"claim", "mark", "settle"} {
		t.Run(write, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				box := newMemory(100)
				lose(box, write, true)
				err := mailer.Run(t.Context(), box, transport(sends), mailer.Options{Connections: 4, Drain: true})
				if !errors.Is(err, errLost) {
					t.Errorf("Run = %v, want %v", err, errLost)
				}
				// Those that were on the wire with it are still recorded; a few more
				// may be claimed before the scheduler lets the news through.
				if n := 100 - count(t, box, letter.Approved); n > 50 {
					t.Errorf("%d letters were claimed", n)
				}
				if n := count(t, box, letter.Sending); write != "claim" && n > 0 || n > 1 {
					t.Errorf("%d letters are still being sent", n)
				}
			})
		})
	}
}

func TestStoppedWhileMarking(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		box := newMemory(2)
		ctx, cancel := context.WithCancel(t.Context())
		box.fail = func(write string, persisted bool) error {
			if write == "mark" && persisted {
				cancel()
				return ctx.Err()
			}
			return nil
		}
		err := mailer.Run(ctx, box, transport(sends), mailer.Options{Drain: true})
		if err == nil || err.Error() != "context canceled" { // and no more: nothing was lost
			t.Errorf("Run = %v, want %v", err, context.Canceled)
		}
		if box.letters[0].state != letter.Deferred || box.letters[1].state != letter.Approved {
			t.Errorf("states are %v", box.states())
		}
	})
}

// A letter that somebody stops between its claim and its final dot does not leave,
// and keeps no other one.
func TestALetterThatIsStoppedOnItsWayIsGivenBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		box := newMemory(3)
		marks := 0
		box.fail = func(write string, persisted bool) error {
			if write == "mark" && !persisted {
				if marks++; marks == 2 {
					return fmt.Errorf("%w: asked", letter.ErrStopped)
				}
			}
			return nil
		}
		if err := mailer.Run(t.Context(), box, transport(sends), mailer.Options{Drain: true}); err != nil {
			t.Errorf("Run = %v", err)
		}
		for i, want := range []letter.State{letter.Sent, letter.Deferred, letter.Sent} {
			l := box.letters[i]
			if o := l.outcomes[0]; l.state != want || o.Stopped != (want == letter.Deferred) {
				t.Errorf("letter %d is %s: %+v", i, l.state, o)
			}
		}
	})
}

func TestManyConnections(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		box := newMemory(100)
		start := time.Now()
		if err := mailer.Run(t.Context(), box, transport(sends), mailer.Options{Connections: 10, Drain: true}); err != nil {
			t.Fatal(err)
		}
		if took := time.Since(start); took != 10*time.Second {
			t.Errorf("100 letters of a second on 10 connections took %v", took)
		}
		if n := count(t, box, letter.Sent); n != 100 {
			t.Errorf("%d letters sent", n)
		}
	})
}

func TestDrainWaitsForWhatMayComeBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		box := newMemory(1)
		box.retry = time.Minute
		refused := false
		moody := transport(func(ctx context.Context, e letter.Envelope, mark func() error) letter.Outcome {
			if !refused {
				refused = true
				time.Sleep(time.Second) // meanwhile the outbox has nothing
				return letter.Outcome{State: letter.Deferred, Phase: letter.Connected, Code: 451}
			}
			return sends(ctx, e, mark)
		})
		if err := mailer.Run(t.Context(), box, moody, mailer.Options{Connections: 2, Drain: true}); err != nil {
			t.Fatal(err)
		}
		if box.letters[0].state != letter.Sent {
			t.Errorf("the letter was left %s", box.letters[0].state)
		}
	})
}

// busy counts how often it is asked, and hands out one letter when it is due.
type busy struct {
	*memory
	claims []time.Duration
	start  time.Time
}

func (b *busy) Claim(ctx context.Context, most int) ([]letter.Envelope, time.Time, error) {
	b.claims = append(b.claims, time.Since(b.start))
	return b.memory.Claim(ctx, most)
}

func TestWaitingIsNotPolling(t *testing.T) {
	const far = 200 * time.Minute
	for _, tt := range []struct {
		name string
		o    mailer.Options
		due  []time.Duration
		want []time.Duration
		err  error
	}{
		{"a letter is sent when it is due", mailer.Options{Drain: true, Idle: time.Hour}, []time.Duration{7 * time.Minute},
			[]time.Duration{0, 7 * time.Minute, 7*time.Minute + time.Second}, nil},
		{"the outbox is asked in between, for what is approved meanwhile", mailer.Options{Drain: true, Idle: 3 * time.Minute}, []time.Duration{7 * time.Minute},
			[]time.Duration{0, 3 * time.Minute, 6 * time.Minute, 7 * time.Minute, 7*time.Minute + time.Second}, nil},
		{"patience ends before a letter is due", mailer.Options{Drain: true, Patience: time.Hour}, []time.Duration{far},
			[]time.Duration{0}, nil},
		{"patience lasts until a letter is due", mailer.Options{Drain: true, Patience: time.Hour, Idle: time.Hour}, []time.Duration{30 * time.Minute, far},
			[]time.Duration{0, 30 * time.Minute, 30*time.Minute + time.Second}, nil},
		{"without drain the end is the caller's", mailer.Options{Idle: 90 * time.Minute}, nil,
			[]time.Duration{0, 90 * time.Minute, 180 * time.Minute}, context.DeadlineExceeded},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithTimeout(t.Context(), far+time.Minute)
				defer cancel()
				box := &busy{memory: newMemory(len(tt.due)), start: time.Now()}
				for i, d := range tt.due {
					box.letters[i].due = time.Now().Add(d)
				}
				if err := mailer.Run(ctx, box, transport(sends), tt.o); !errors.Is(err, tt.err) {
					t.Errorf("Run = %v, want %v", err, tt.err)
				}
				if !slices.Equal(box.claims, tt.want) {
					t.Errorf("claimed at %v, want %v", box.claims, tt.want)
				}
			})
		})
	}
}

func TestAServerThatCannotBeReached(t *testing.T) {
	unreachable := transport(func(context.Context, letter.Envelope, func() error) letter.Outcome {
		return letter.Outcome{State: letter.Deferred, Phase: letter.Claimed, Text: "connect to mail.example:587: connection refused"}
	})
	t.Run("ends a run that is to end by itself", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			box := newMemory(50)
			err := mailer.Run(t.Context(), box, unreachable, mailer.Options{Drain: true})
			if !errors.Is(err, mailer.ErrStuck) || !strings.Contains(err.Error(), "connection refused") {
				t.Errorf("Run = %v, want %v and why", err, mailer.ErrStuck)
			}
			if n := count(t, box, letter.Deferred); n != 3 {
				t.Errorf("%d letters were tried, want 3", n)
			}
		})
	})
	t.Run("is asked ever more slowly by one that goes on", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			box := newMemory(50)
			ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
			defer cancel()
			if err := mailer.Run(ctx, box, unreachable, mailer.Options{}); !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("Run = %v", err)
			}
			// After 1, 2, 4 … 256 seconds (511 in all), every 300: 10 + 10.
			if n := count(t, box, letter.Deferred); n != 20 {
				t.Errorf("%d letters were tried in an hour, want 20", n)
			}
		})
	})
	t.Run("keeps nobody's letter while it is away", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			box := newMemory(50)
			ctx, cancel := context.WithTimeout(t.Context(), 10*time.Minute)
			defer cancel()
			go mailer.Run(ctx, box, unreachable, mailer.Options{Connections: 16})
			for range 9 {
				time.Sleep(time.Minute)
				synctest.Wait()
				for i, s := range box.states() {
					if s == letter.Sending {
						t.Errorf("letter %d is claimed, and may not be stopped any more", i)
					}
				}
			}
			<-ctx.Done()
			synctest.Wait()
		})
	})
	t.Run("is forgiven when it is back", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			box := newMemory(20)
			n := 0
			moody := transport(func(ctx context.Context, e letter.Envelope, mark func() error) letter.Outcome {
				if n++; n%3 != 0 {
					return unreachable(ctx, e, mark)
				}
				return sends(ctx, e, mark)
			})
			if err := mailer.Run(t.Context(), box, moody, mailer.Options{Drain: true}); err != nil {
				t.Errorf("Run = %v", err)
			}
		})
	})
}

// TestAClaimThatWasLostIsToldWhileTheServerIsAway has the claim that runs ahead
// fail while no server can be reached.
func TestAClaimThatWasLostIsToldWhileTheServerIsAway(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		box := newMemory(9)
		lose(box, "claim", true)
		away := transport(func(context.Context, letter.Envelope, func() error) letter.Outcome {
			time.Sleep(time.Second)
			return letter.Outcome{State: letter.Deferred, Phase: letter.Claimed, Text: "connection refused"}
		})
		if err := mailer.Run(t.Context(), box, away, mailer.Options{Connections: 2}); !errors.Is(err, errLost) {
			t.Errorf("Run = %v, want %v", err, errLost)
		}
	})
}

// TestNotifyHearsOnlyWhatIsRecorded loses the outcome of the second letter. The
// third may be under way by then.
func TestNotifyHearsOnlyWhatIsRecorded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		box := newMemory(3)
		lose(box, "settle", false)
		var heard, recorded []string
		mailer.Run(t.Context(), box, transport(sends), mailer.Options{Drain: true, Notify: func(e letter.Envelope, o letter.Outcome) {
			heard = append(heard, e.LetterID+" "+string(o.State))
		}})
		for _, l := range box.letters {
			for _, o := range l.outcomes {
				recorded = append(recorded, l.e.LetterID+" "+string(o.State))
			}
		}
		if len(box.letters[1].outcomes) > 0 {
			t.Fatalf("the second letter's outcome was recorded: %+v", box.letters[1].outcomes)
		}
		if !slices.Equal(heard, recorded) || !slices.Contains(heard, "relay26-0001 sent") {
			t.Errorf("heard %q, recorded are %q", heard, recorded)
		}
	})
}

// TestNotifyHoldsUpNoLetter stops the terminal that outcomes are printed on.
func TestNotifyHoldsUpNoLetter(t *testing.T) {
	for _, tt := range []struct {
		name   string
		resume bool
		told   int
		want   error
	}{
		{"for ever: all is settled, and who stops the run hears what was not told", false, 1, mailer.ErrUntold},
		{"for a while: all is told in the end, though the run was stopped", true, 20, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				box, told, terminal := newMemory(20), 0, make(chan struct{})
				ctx, cancel := context.WithCancel(t.Context())
				ended := make(chan error, 1)
				go func() {
					ended <- mailer.Run(ctx, box, transport(sends), mailer.Options{Drain: true, Connections: 3, Notify: func(e letter.Envelope, _ letter.Outcome) {
						if told++; e.Mail != nil {
							t.Error("the mail is kept until it is told")
						}
						<-terminal
					}})
				}()
				time.Sleep(24 * time.Hour)
				if n := count(t, box, letter.Sent); n != 20 || len(ended) != 0 {
					t.Errorf("%d of 20 letters are settled while nobody is told; ended: %v", n, len(ended) != 0)
				}
				cancel()
				if tt.resume {
					close(terminal)
				}
				begun := time.Now()
				if err := <-ended; !errors.Is(err, tt.want) || tt.want != nil && !strings.HasSuffix(err.Error(), ": 20") {
					t.Errorf("Run = %v, want %v", err, tt.want)
				}
				if took := time.Since(begun); took > 10*time.Second {
					t.Errorf("it took %v", took)
				}
				if !tt.resume {
					close(terminal)
				}
				synctest.Wait()
				if told != tt.told {
					t.Errorf("%d were told, want %d", told, tt.told)
				}
			})
		})
	}
}

func TestAServerThatWantsNoneOfUs(t *testing.T) {
	blocked := letter.Outcome{State: letter.Deferred, Phase: letter.Connected, Code: 550, Text: "RCPT: 5.7.1 you are on a block list"}
	sent := letter.Outcome{State: letter.Sent, Phase: letter.Replied, Code: 250}
	gone := letter.Outcome{State: letter.Failed, Phase: letter.Connected, Code: 550, Text: "RCPT: 5.1.1 no such user"}
	later := letter.Outcome{State: letter.Deferred, Phase: letter.Connected, Code: 450, Text: "RCPT: 4.2.1 busy"}
	for _, tt := range []struct {
		name     string
		drain    bool
		outcomes []letter.Outcome // again and again
		tried    int
	}{
		{"ends a run that is to end by itself", true, []letter.Outcome{blocked}, 5},
		{"ends one that goes on", false, []letter.Outcome{blocked}, 5},
		{"also when other letters fail or wait in between", true, []letter.Outcome{blocked, gone, later}, 13},
		{"but not while letters are sent", true, []letter.Outcome{blocked, blocked, blocked, blocked, sent}, 50},
		{"nor for letters that fail or wait", true, []letter.Outcome{gone, later}, 50},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				box, tried := newMemory(50), 0
				post := transport(func(context.Context, letter.Envelope, func() error) letter.Outcome {
					tried++
					return tt.outcomes[(tried-1)%len(tt.outcomes)]
				})
				err := mailer.Run(t.Context(), box, post, mailer.Options{Drain: tt.drain})
				stopped := tt.tried < 50
				if tried != tt.tried || stopped != errors.Is(err, mailer.ErrRefused) || stopped && !strings.Contains(err.Error(), "block list") {
					t.Errorf("%d letters were tried, want %d; Run = %v", tried, tt.tried, err)
				}
				if n := count(t, box, letter.Approved); n != 50-tried {
					t.Errorf("%d letters are still approved after %d were tried", n, tried)
				}
			})
		})
	}
}

// slow records outcomes only when it is told to, and marks after those that it
// was given before.
type slow struct {
	*memory
	record chan struct{}

	mu    sync.Mutex
	given []chan struct{} // each closed once it is recorded
}

func (s *slow) Mark(ctx context.Context, e letter.Envelope) error {
	s.mu.Lock()
	given := slices.Clone(s.given)
	s.mu.Unlock()
	for _, done := range given {
		<-done
	}
	return s.memory.Mark(ctx, e)
}

func (s *slow) Settle(ctx context.Context, e letter.Envelope, o letter.Outcome) (recorded func() error) {
	done := make(chan struct{})
	s.mu.Lock()
	s.given = append(s.given, done)
	s.mu.Unlock()
	return func() error {
		<-s.record
		defer close(done)
		return s.memory.Settle(ctx, e, o)()
	}
}

// TestOneLetterIsInDoubtForEachConnection looks at what a kill would leave.
func TestOneLetterIsInDoubtForEachConnection(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		box := &slow{memory: newMemory(6), record: make(chan struct{})}
		done := make(chan error, 1)
		go func() {
			done <- mailer.Run(t.Context(), box, transport(sends), mailer.Options{Connections: 2, Drain: true})
		}()
		for range 6 {
			time.Sleep(5 * time.Second)
			marked := 0
			box.memory.mu.Lock()
			for _, l := range box.letters {
				if l.marked && l.state == letter.Sending {
					marked++
				}
			}
			box.memory.mu.Unlock()
			if marked > 2 {
				t.Errorf("%d letters are marked and not settled", marked)
			}
			box.record <- struct{}{}
		}
		if err := <-done; err != nil || count(t, box.memory, letter.Sent) != 6 {
			t.Errorf("%v: %v", err, box.states())
		}
	})
}

func TestLettersThatWaitAreGivenBack(t *testing.T) {
	box := newMemory(9)
	ctx, stop := context.WithCancel(t.Context())
	err := mailer.Run(ctx, box, transport(func(ctx context.Context, e letter.Envelope, mark func() error) letter.Outcome {
		stop()
		return sends(ctx, e, mark)
	}), mailer.Options{Connections: 2, Drain: true})
	if !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	for i, s := range box.states() {
		if s == letter.Sending {
			t.Errorf("letter %d is still claimed", i)
		}
	}
}

// paced hands out one letter at a time, as a ledger does whose lanes keep a pace.
type paced struct{ *memory }

func (p paced) Claim(ctx context.Context, most int) ([]letter.Envelope, time.Time, error) {
	return p.memory.Claim(ctx, min(most, 1))
}

// TestClaimsRunAheadOnlyWhereThereIsNoPace looks at what is claimed while no
// letter on the wire comes to its end.
func TestClaimsRunAheadOnlyWhereThereIsNoPace(t *testing.T) {
	for name, tt := range map[string]struct {
		box         func(*memory) mailer.Outbox
		least, most int // letters that wait for room
	}{
		"at no pace": {func(m *memory) mailer.Outbox { return m }, 4, 8},
		"at a pace":  {func(m *memory) mailer.Outbox { return paced{m} }, 0, 0},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				m, wire := newMemory(40), 0
				ctx, stop := context.WithCancel(t.Context())
				done := make(chan error, 1)
				go func() {
					done <- mailer.Run(ctx, tt.box(m), transport(func(ctx context.Context, e letter.Envelope, mark func() error) letter.Outcome {
						m.mu.Lock()
						wire++
						full := wire > 6
						m.mu.Unlock()
						if full { // four of them, after six that were lucky
							<-ctx.Done()
							return letter.Outcome{State: letter.Deferred, Phase: letter.Connected}
						}
						return sends(ctx, e, mark)
					}), mailer.Options{Connections: 4, Drain: true})
				}()
				time.Sleep(time.Hour)
				waiting := count(t, m, letter.Sending) - 4
				if waiting < tt.least || waiting > tt.most {
					t.Errorf("%d letters are claimed and wait, want %d to %d", waiting, tt.least, tt.most)
				}
				stop()
				if err := <-done; !errors.Is(err, context.Canceled) {
					t.Error(err)
				}
				if n := count(t, m, letter.Sending); n > 0 {
					t.Errorf("%d letters are still claimed", n)
				}
			})
		})
	}
}
