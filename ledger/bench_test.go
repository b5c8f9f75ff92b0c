package ledger

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"headsup/letter"
)

// onEach runs a benchmark on a fresh ledger of every engine.
func onEach(b *testing.B, bench func(b *testing.B, l *Ledger)) {
	for _, engine := range []string{"sqlite", "postgres"} {
		b.Run(engine, func(b *testing.B) { bench(b, openLedger(b, migratedDSN(b, engine))) })
	}
}

// BenchmarkImport stores 20,000 findings for each b.N.
func BenchmarkImport(b *testing.B) {
	onEach(b, func(b *testing.B, l *Ledger) {
		fs := scan(20000)
		n := 0
		for b.Loop() {
			if _, err := l.AddFindings(b.Context(), fmt.Sprint("c", n), fs); err != nil {
				b.Fatal(err)
			}
			n++
		}
		b.ReportMetric(float64(n*len(fs))/b.Elapsed().Seconds(), "rows/s")
	})
}

// BenchmarkRows reads 20,000 findings with their answers for each b.N.
func BenchmarkRows(b *testing.B) {
	onEach(b, func(b *testing.B, l *Ledger) {
		add(b, l, scan(20000))
		n := 0
		for b.Loop() {
			for _, err := range l.Rows(b.Context(), "relay26") {
				must(b, err)
				n++
			}
		}
		b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "rows/s")
	})
}

// BenchmarkSend claims, marks and settles letters to 100 domains, with lanes
// that are always free, on 1 and on 10 connections: three durable writes each.
// Turn by turn, it does so without a mark beside the ledger, and with one in
// two folders; ratio is what is left of the rate with it.
func BenchmarkSend(b *testing.B) {
	for _, connections := range []int{1, 10} {
		b.Run(fmt.Sprint(connections), func(b *testing.B) {
			onEach(b, func(b *testing.B, l *Ledger) { benchmarkSend(b, l, connections) })
		})
	}
}

func benchmarkSend(b *testing.B, l *Ledger, connections int) {
	const letters = 1000
	approved(b, l, letters, 100)
	must(b, l.Lane(b.Context(), "campaign:relay26", letter.Pace{}))
	var spent [2]time.Duration
	for b.Loop() {
		for i, m := range []Marks{{}, kept(b)} {
			spent[i] += sendThousand(b, l, m, connections)
		}
	}
	b.ReportMetric(float64(b.N*letters)/spent[0].Seconds(), "unmarked/s")
	b.ReportMetric(float64(b.N*letters)/spent[1].Seconds(), "letters/s")
	b.ReportMetric(spent[0].Seconds()/spent[1].Seconds(), "ratio")
}

// sendThousand approves all letters again and sends them.
func sendThousand(b *testing.B, l *Ledger, m Marks, connections int) time.Duration {
	b.StopTimer()
	o, err := l.Outbox(b.Context(), OutboxOptions{Owner: "me", Marks: m})
	must(b, err)
	for _, q := range []string{"UPDATE letters SET state = 'approved'", "UPDATE queues SET next_at = 0"} {
		_, err := l.w.Exec(q)
		must(b, err)
	}
	b.StartTimer()
	start := time.Now()
	var wg sync.WaitGroup
	for range connections {
		wg.Go(func() {
			for {
				e, ok, _, err := claimNext(b.Context(), o)
				if !ok || err != nil {
					return
				}
				if o.Mark(b.Context(), e) != nil || o.Settle(b.Context(), e, accepted)() != nil {
					return
				}
			}
		})
	}
	wg.Wait()
	spent := time.Since(start)
	must(b, o.Close(b.Context()))
	return spent
}
