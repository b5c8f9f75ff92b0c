package ledger

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"headsup/lookup"
)

func TestRegistriesAreAskedAtOnePaceByAll(t *testing.T) {
	for _, engine := range []string{"sqlite", "postgres"} {
		t.Run(engine, func(t *testing.T) {
			dsn := migratedDSN(t, engine)
			const gap, queries = 20 * time.Millisecond, 12
			rate := func(string) (time.Duration, int) { return gap, 1 }
			l := openLedger(t, dsn)
			pacers := []lookup.Pacer{l.Pacer(rate), openLedger(t, dsn).Pacer(rate)}
			var wg sync.WaitGroup
			start := time.Now()
			for i := range queries {
				wg.Go(func() {
					if err := pacers[i%2].Wait(t.Context(), "rdap.example.net"); err != nil {
						t.Error(err)
					}
				})
			}
			wg.Wait()
			if took := time.Since(start); took < (queries-1)*gap {
				t.Errorf("%d queries in %v", queries, took)
			}
		})
	}
}

func TestARegistryThatWantsARestGetsIt(t *testing.T) {
	forEach(t, func(t *testing.T, l *Ledger) {
		p := l.Pacer(func(string) (time.Duration, int) { return time.Millisecond, 5 })
		must(t, p.Wait(t.Context(), "rdap.example.net"))
		p.Slow("rdap.example.net", time.Hour)
		p.Slow("rdap.example.net", time.Minute) // the longer one counts
		var limited lookup.RateLimited
		if err := p.Wait(t.Context(), "rdap.example.net"); !errors.As(err, &limited) || limited.RetryAfter <= 59*time.Minute || limited.Host != "rdap.example.net" {
			t.Errorf("a long rest is waited for: %v", err)
		}
		p.Slow("rdap.example.org", time.Minute)
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
		defer cancel()
		if err := p.Wait(ctx, "rdap.example.org"); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("asked while it rests: %v", err)
		}
		must(t, p.Wait(t.Context(), "whois.example.net"))
		l.at(time.Now().Add(time.Hour))
		must(t, p.Wait(t.Context(), "rdap.example.net"))
		if err := p.Wait(t.Context(), "no host"); err == nil {
			t.Error("a lane with a blank in it")
		}
	})
}
