package reports_test

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"headsup/campaign"
	"headsup/campaign/campaigntest"
	"headsup/campaign/reports"
	"headsup/ledger/postgrestest"
	"headsup/render/report"
)

// BenchmarkReport makes the report of a campaign of HEADSUP_REPORT findings,
// 20,000 unless it is set, and says what that cost:
//
//	HEADSUP_REPORT=1000000 go test ./campaign/reports -run xxx -bench Report/sqlite -benchtime 1x
//
// To make the campaign takes far longer than its report: HEADSUP_REPORT_DIR
// names a folder that it is kept in. On PostgreSQL it runs where
// HEADSUP_POSTGRES or HEADSUP_REAL=1 is set.
func BenchmarkReport(b *testing.B) {
	w := world{findings: 20_000}
	if s := os.Getenv("HEADSUP_REPORT"); s != "" {
		_, err := fmt.Sscan(s, &w.findings)
		campaigntest.Must(b, err)
	}
	w.letters = w.findings * 45 / 1000
	b.Run("sqlite", func(b *testing.B) {
		dir := b.TempDir()
		if kept := os.Getenv("HEADSUP_REPORT_DIR"); kept != "" {
			dir = kept
		}
		benchmarkReport(b, w, dir, "")
	})
	b.Run("postgres", func(b *testing.B) {
		benchmarkReport(b, w, b.TempDir(), postgrestest.Start(b, "fsync=on").URL)
	})
}

func benchmarkReport(b *testing.B, w world, dir, database string) {
	b.StopTimer()
	_, err := os.Stat(filepath.Join(dir, "headsup.db"))
	fresh := errors.Is(err, fs.ErrNotExist)
	if fresh {
		w.folder(b, dir, database)
	}
	c := campaigntest.Open(b, dir, func(campaign.Event) {})
	if fresh {
		w.fill(b, c)
	}
	runtime.GC()
	b.StartTimer()
	for b.Loop() {
		os.WriteFile("/proc/self/clear_refs", []byte("5"), 0) // the peak of memory begins anew, where the system can
		var page bytes.Buffer
		start, cpu := time.Now(), campaigntest.CPUTime()
		r, err := reports.Figures(b.Context(), c, time.Now())
		campaigntest.Must(b, err)
		figures := time.Since(start)
		campaigntest.Must(b, report.Write(&page, r, "en"))
		b.Logf("%d findings in %d letters: figures %.1f s, page %.2f s, %.1f s of CPU, %d bytes, %d MB at most",
			r.Sum.Rows, r.Sum.Letters, figures.Seconds(), (time.Since(start) - figures).Seconds(), (campaigntest.CPUTime() - cpu).Seconds(), page.Len(), campaigntest.PeakMemory()>>20)
	}
}
