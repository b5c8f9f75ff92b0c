package campaign_test

import (
	"os"
	"runtime"
	"strconv"
	"testing"
	"time"

	"headsup/campaign"
	"headsup/campaign/campaigntest"
	"headsup/finding"
	"headsup/ledger/postgrestest"
)

// nationalFindings is how large the campaign of the benchmark is.
const nationalFindings = 20000

// BenchmarkNational takes a scan the whole way to drafts, once for each b.N,
// and says of each stage what it cost:
//
//	HEADSUP_NATIONAL=1000000 go test ./campaign -run xxx -bench National/sqlite -benchtime 1x
//
// HEADSUP_NATIONAL is the number of findings. On PostgreSQL it runs where
// HEADSUP_POSTGRES or HEADSUP_REAL=1 is set.
func BenchmarkNational(b *testing.B) {
	findings := nationalFindings
	if s := os.Getenv("HEADSUP_NATIONAL"); s != "" {
		var err error
		findings, err = strconv.Atoi(s)
		must(b, err)
	}
	b.Run("sqlite", func(b *testing.B) { benchmarkNational(b, newNation(findings), "") })
	b.Run("postgres", func(b *testing.B) {
		s := postgrestest.Start(b, "fsync=on")
		benchmarkNational(b, newNation(findings), s.URL)
	})
}

func benchmarkNational(b *testing.B, n *nation, ledger string) {
	for b.Loop() {
		b.StopTimer()
		if ledger != "" {
			postgrestest.Empty(b, ledger)
		}
		dir, scan := n.folder(b, ledger)
		runtime.GC()
		b.StartTimer()
		m := newMeter()
		c := campaigntest.Open(b, dir, nil)
		m.stage(b, "open", 1)
		ctx := b.Context()
		must(b, second(c.Import(ctx, []campaign.Source{scan}, finding.Options{})))
		m.stage(b, "import", n.findings)
		must(b, c.Ask(ctx, campaign.AskOptions{Offline: true}))
		m.stage(b, "ask", n.findings)
		must(b, c.Compose(ctx, nationalDay))
		sum, err := c.Sum(ctx)
		must(b, err)
		must(b, sum.Check())
		m.stage(b, "compose", sum.Letters)
		for range 10 {
			must(b, second(c.Sum(ctx)))
		}
		m.stage(b, "status", 10)
		must(b, c.Compose(ctx, nationalDay))
		m.stage(b, "again", sum.Letters)
		b.ReportMetric(float64(sum.Letters), "letters")
		b.Logf("%+v", sum)
	}
}

// A meter says what a stage cost this process.
type meter struct {
	at     time.Time
	cpu    time.Duration
	before runtime.MemStats
}

func newMeter() *meter {
	m := &meter{}
	m.start()
	return m
}

func (m *meter) start() {
	os.WriteFile("/proc/self/clear_refs", []byte("5"), 0) // the peak of memory begins anew, where the system can
	runtime.ReadMemStats(&m.before)
	m.at, m.cpu = time.Now(), campaigntest.CPUTime()
}

// stage reports a stage that came to its end, in which n things were done.
func (m *meter) stage(b *testing.B, name string, n int) {
	took, cpu := time.Since(m.at), campaigntest.CPUTime()-m.cpu
	var after runtime.MemStats
	runtime.ReadMemStats(&after)
	b.Logf("%-8s %8.2f s  %8.2f s CPU  %9.1f µs CPU each  %8.1f allocations  %10.0f bytes each  %6d MB at most",
		name, took.Seconds(), cpu.Seconds(), float64(cpu.Microseconds())/float64(n), float64(after.Mallocs-m.before.Mallocs)/float64(n),
		float64(after.TotalAlloc-m.before.TotalAlloc)/float64(n), campaigntest.PeakMemory()>>20)
	b.ReportMetric(took.Seconds(), name+"-s")
	m.start()
}
