package lookup

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

func TestMemoryPacer(t *testing.T) {
	rate := func(string) (time.Duration, int) { return 200 * time.Millisecond, 3 }
	for _, tt := range []struct {
		sentence string
		do       func(p *MemoryPacer)
		want     time.Duration
	}{
		{"a burst goes at once", func(p *MemoryPacer) { wait(p, "a", 3) }, 0},
		{"the others at their pace", func(p *MemoryPacer) { wait(p, "a", 13) }, 2 * time.Second},
		{"whoever they are", func(p *MemoryPacer) {
			var wg sync.WaitGroup
			for range 13 {
				wg.Go(func() { wait(p, "a", 1) })
			}
			wg.Wait()
		}, 2 * time.Second},
		{"each host has its own", func(p *MemoryPacer) { wait(p, "a", 3); wait(p, "b", 3) }, 0},
		{"a rest is kept", func(p *MemoryPacer) { p.Slow("a", time.Minute); wait(p, "a", 1) }, time.Minute},
		{"and no burst follows it", func(p *MemoryPacer) { p.Slow("a", time.Minute); wait(p, "a", 3) }, time.Minute + 400*time.Millisecond},
		{"a shorter rest does not end a longer", func(p *MemoryPacer) { p.Slow("a", time.Minute); p.Slow("a", time.Second); wait(p, "a", 1) }, time.Minute},
		{"whoever waits already rests too", func(p *MemoryPacer) {
			wait(p, "a", 3)
			var wg sync.WaitGroup
			wg.Go(func() { wait(p, "a", 2) })
			synctest.Wait()
			p.Slow("a", time.Minute)
			wg.Wait()
		}, time.Minute + 200*time.Millisecond},
	} {
		t.Run(tt.sentence, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				from := time.Now()
				tt.do(&MemoryPacer{Rate: rate})
				if d := time.Since(from); d != tt.want {
					t.Errorf("took %v, want %v", d, tt.want)
				}
			})
		})
	}
}

func wait(p *MemoryPacer, host string, times int) {
	for range times {
		p.Wait(context.Background(), host)
	}
}

func TestMemoryPacerStops(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &MemoryPacer{Rate: func(string) (time.Duration, int) { return time.Hour, 1 }}
		wait(p, "a", 1)
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if err := p.Wait(ctx, "a"); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("error %v", err)
		}
	})
}

// testGate has one host, "h", that is asked twice at a time.
func testGate() (*gate, *host) {
	h := &host{name: "h", office: &office{RegistrySettings: RegistrySettings{Every: 1, Burst: 100}}, slots: make(chan struct{}, 2), awake: make(chan struct{})}
	g := &gate{Options: Options{Patience: 30 * time.Second}, hosts: map[string]*host{"h": h}}
	g.Pacer = &MemoryPacer{Rate: g.rate}
	return g, h
}

func TestGate(t *testing.T) {
	down := errors.New("down")
	for _, tt := range []struct {
		sentence string
		went     []error       // of the queries before
		pause    time.Duration // before the last
		want     string        // of the last; empty: it may go
		after    time.Duration // that it waited
	}{
		{"four failures are forgiven", []error{down, down, down, down}, 0, "", 0},
		{"five in a row are not", []error{down, down, down, down, down}, 0, "5 failures in a row: down", 0},
		{"a success between starts the count again", []error{down, down, down, down, nil, down}, 0, "", 0},
		{"after half a minute one may try", []error{down, down, down, down, down}, 31 * time.Second, "", 0},
		{"a long rest is not waited for", []error{RateLimited{Host: "h", RetryAfter: time.Hour, Why: "429"}}, 0, "refused by the registry: h: 429 (not asked for 1h0m0s)", 0},
		{"a short rest is", []error{RateLimited{Host: "h", RetryAfter: 20 * time.Second, Why: "429"}}, 0, "", 20 * time.Second},
		{"and so is what is left of a long one", []error{RateLimited{Host: "h", RetryAfter: time.Hour, Why: "429"}}, time.Hour - 10*time.Second, "", 10 * time.Second},
	} {
		t.Run(tt.sentence, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				g, h := testGate()
				for _, err := range tt.went {
					leave, e := g.enter(t.Context(), h)
					if e != nil {
						t.Fatal(e)
					}
					leave(err)
				}
				time.Sleep(tt.pause) // of the bubble: it takes no time
				from := time.Now()
				_, err := g.enter(t.Context(), h)
				switch {
				case tt.want == "" && err != nil, tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want)):
					t.Errorf("error %v, want %q", err, tt.want)
				case time.Since(from).Round(time.Second) != tt.after:
					t.Errorf("waited %v, want %v", time.Since(from), tt.after)
				}
			})
		})
	}
}

func TestGateAsksSoManyAtATime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g, h := testGate()
		a, _ := g.enter(t.Context(), h)
		g.enter(t.Context(), h)
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, err := g.enter(ctx, h); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("a third went: %v", err)
		}
		a(nil)
		if _, err := g.enter(t.Context(), h); err != nil {
			t.Error(err)
		}
	})
}

func TestGateTriesWithOneAfterFailures(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g, h := testGate()
		for range breakAfter {
			leave, _ := g.enter(t.Context(), h)
			leave(errors.New("down"))
		}
		time.Sleep(breakFor + time.Second)
		leave, err := g.enter(t.Context(), h)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := g.enter(t.Context(), h); err == nil {
			t.Error("a second went before the first was back")
		}
		leave(nil)
		if _, err := g.enter(t.Context(), h); err != nil {
			t.Errorf("after a success: %v", err)
		}
	})
}

// Whoever waits for the pace of a host that then refuses waits no longer.
func TestALongRestWakesWhoWaits(t *testing.T) {
	for _, tt := range []struct {
		sentence string
		rest     time.Duration
		after    time.Duration
		refused  bool
	}{
		{"a long rest ends the waiting", time.Hour, time.Second, true},
		{"a short rest lengthens it", 20 * time.Second, 21 * time.Second, false},
		{"as long as the patience", 30 * time.Second, 31 * time.Second, false},
	} {
		t.Run(tt.sentence, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				g, h := testGate()
				h.office.Every, h.office.Burst, h.office.name = Interval(10*time.Second), 1, "example"
				leave, err := g.enter(t.Context(), h)
				if err != nil {
					t.Fatal(err)
				}
				from := time.Now()
				go func() {
					time.Sleep(time.Second)
					leave(RateLimited{Host: "h", RetryAfter: tt.rest, Why: "429"})
				}()
				_, err = g.enter(t.Context(), h)
				var limited RateLimited
				if errors.As(err, &limited) != tt.refused || !tt.refused && err != nil || time.Since(from) != tt.after {
					t.Errorf("after %v: %v", time.Since(from), err)
				}
				if tt.refused && limited != (RateLimited{"example", "h", tt.rest, "429"}) {
					t.Errorf("%+v", limited)
				}
			})
		})
	}
}

func TestARestIsToldOnceAndKeptWhole(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g, h := testGate()
		var told []RateLimited
		stop := g.watch(func(e RateLimited) { told = append(told, e) })
		for _, d := range []time.Duration{time.Hour, time.Minute, 2 * time.Hour} { // they were under way together
			g.note(h, RateLimited{Host: "h", RetryAfter: d}, false)
		}
		if len(told) != 1 || told[0].RetryAfter != time.Hour {
			t.Errorf("told %v", told)
		}
		time.Sleep(90 * time.Minute)
		if _, err := h.resting(time.Now(), 0); err == nil {
			t.Error("the longest rest was not kept")
		}
		time.Sleep(30 * time.Minute)
		if _, err := h.resting(time.Now(), 0); err != nil {
			t.Error(err)
		}
		g.note(h, RateLimited{Host: "h", RetryAfter: time.Minute}, false)
		stop()
		time.Sleep(time.Hour)
		g.note(h, RateLimited{Host: "h", RetryAfter: time.Minute}, false)
		if len(told) != 2 {
			t.Errorf("told %v", told)
		}
	})
}

// told is a pacer that another process has told to rest.
type told struct{}

func (told) Wait(context.Context, string) error {
	return RateLimited{Host: "h", RetryAfter: time.Hour, Why: "it asked another process for a rest"}
}

func (told) Slow(string, time.Duration) { panic("it knows") }

func TestARestOfAnotherProcess(t *testing.T) {
	g, h := testGate()
	g.Pacer, h.office.name = told{}, "example"
	var said []RateLimited
	defer g.watch(func(e RateLimited) { said = append(said, e) })()
	for range 2 {
		var limited RateLimited
		if _, err := g.enter(t.Context(), h); !errors.As(err, &limited) || limited.Registry != "example" || limited.RetryAfter <= 59*time.Minute {
			t.Errorf("%v", err)
		}
	}
	if len(said) != 1 || len(h.slots) != 0 {
		t.Errorf("said %v; %d slots taken", said, len(h.slots))
	}
}

func TestRetryAfter(t *testing.T) {
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	for _, tt := range []struct {
		sentence, header string
		want             time.Duration
	}{
		{"seconds", "90", 90 * time.Second},
		{"seconds with blanks", " 90 ", 90 * time.Second},
		{"no seconds are one", "0", time.Second},
		{"less than none is one", "-5", time.Second},
		{"an hour at most", "3601", time.Hour},
		{"more than fits", "99999999999999999999", 5 * time.Minute},
		{"many seconds", "9223372036854775807", time.Hour},
		{"a date", "Sun, 01 Mar 2026 12:10:00 GMT", 10 * time.Minute},
		{"a date in the past", "Sun, 01 Mar 2026 11:00:00 GMT", time.Second},
		{"a date far away", "Fri, 31 Dec 2199 23:59:59 GMT", time.Hour},
		{"nothing", "", 5 * time.Minute},
		{"a word", "soon", 5 * time.Minute},
	} {
		t.Run(tt.sentence, func(t *testing.T) {
			if got := retryAfter(tt.header, now); got != tt.want {
				t.Errorf("%q: %v, want %v", tt.header, got, tt.want)
			}
		})
	}
}
