package cases_test

import (
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"testing"
	"time"

	"headsup/campaign"
	"headsup/campaign/campaigntest"
	"headsup/campaign/cases"
	"headsup/inbox"
	"headsup/ledger"
	"headsup/lookup/lease"
)

// BenchmarkDay takes a day's reports the whole way, from mails to letters that
// await review, and says of each stage what it cost:
//
//	HEADSUP_DAY=100000 HEADSUP_LEASES=100000000 go test ./campaign/cases -run xxx -bench Day -benchtime 1x -timeout 2h
//
// HEADSUP_DAY is the number of reports, 2,000 unless it is set; HEADSUP_ROWS that
// of rows of the one large file, as many unless it is set; HEADSUP_LEASES that of rows of leases, a million unless it
// is set. To write an index takes longer than a day's reports:
// HEADSUP_LEASES_DIR names a folder that it is kept in.
func BenchmarkDay(b *testing.B) {
	d := dayOf(b, number(b, "HEADSUP_DAY", 2000), number(b, "HEADSUP_LEASES", 1_000_000), time.Now())
	d.rows = number(b, "HEADSUP_ROWS", d.reports)
	leases := b.TempDir()
	if kept := os.Getenv("HEADSUP_LEASES_DIR"); kept != "" {
		leases = filepath.Join(kept, fmt.Sprint(d.lines*d.slots))
	}
	d.keptIndex(b, leases)
	d.lookUps(b, leases)
	size := generated(b, d)
	for b.Loop() {
		d.run(b, leases, size)
	}
}

// lookUps asks who held addresses, and counts the pages that it takes.
func (d day) lookUps(b *testing.B, leases string) {
	holders, err := lease.OpenDesk(leases, filepath.Join(d.folder(b, leases, ""), "customers.csv"), "")
	must(b, err)
	defer holders.Index.Close()
	r := rand.New(rand.NewPCG(2, d.seed))
	pages, most, cpu := 0, 0, campaigntest.CPUTime()
	const asked = 10_000
	for range asked {
		line, slot := r.IntN(d.lines), d.slots-1-r.IntN(min(d.slots, mostSlot*9/10))
		a, err := holders.Who(lease.Question{Addr: d.address(line), Time: d.at(slot, r.IntN(600))}, d.end)
		if err != nil || a.Status != lease.IsCustomer || a.Customer.ID != fmt.Sprint("c", d.holder(line, slot)) {
			b.Fatalf("line %d in slot %d: %+v, %v", line, slot, a, err)
		}
		pages, most = pages+a.Pages, max(most, a.Pages)
	}
	b.Logf("a look-up of a holder: %.2f pages, %d at most, %.0f µs CPU", float64(pages)/asked, most, float64((campaigntest.CPUTime()-cpu).Microseconds())/asked)
	if most > 4 {
		b.Errorf("%d pages for one look-up", most)
	}
}

func number(t testing.TB, name string, usual int) int {
	t.Helper()
	if s := os.Getenv(name); s != "" {
		_, err := fmt.Sscan(s, &usual)
		must(t, err)
	}
	return usual
}

func dayOf(t testing.TB, reports, leases int, now time.Time) day {
	t.Helper()
	return day{provider: newProvider(leases, now), reports: reports, rows: reports, seed: 16}
}

// keptIndex writes the index into a folder, unless it is there from an earlier
// run; then the provider is as it was at that time.
func (d *day) keptIndex(b *testing.B, dir string) {
	stamp := filepath.Join(dir, "end")
	if text, err := os.ReadFile(stamp); err == nil {
		d.end, err = time.Parse(time.RFC3339, string(text))
		must(b, err)
		return
	}
	begun, cpu := time.Now(), campaigntest.CPUTime()
	sum := d.index(b, dir)
	took := campaigntest.CPUTime() - cpu
	b.Logf("index: %d rows, %.1f bytes each, %.0f s, %.0f s CPU (%.1f µs a row), %d MB at most", sum.Index, float64(sum.Bytes)/float64(sum.Index),
		time.Since(begun).Seconds(), took.Seconds(), float64(took.Microseconds())/float64(sum.Read), campaigntest.PeakMemory()>>20)
	must(b, os.WriteFile(stamp, []byte(d.end.Format(time.RFC3339)), 0o600))
}

// generated says what the mails themselves cost, which is no work of the desk.
func generated(b *testing.B, d day) (size int64) {
	cpu := campaigntest.CPUTime()
	for m := range d.mails() {
		size += int64(len(m.Text))
	}
	b.Logf("%d mails of %d bytes each; to make them takes %.2f s CPU", d.reports, size/int64(d.reports), (campaigntest.CPUTime() - cpu).Seconds())
	return size
}

// A stage of a day, from its first event on.
type dayStage struct {
	name string
	at   time.Time
	cpu  time.Duration
	most int64   // bytes that were resident so far
	idle float64 // seconds in which a core had nothing of ours to do, as counted when memory was cleared last
	n    int
}

func stageAt(name string, n int) dayStage {
	idle := []metrics.Sample{{Name: "/cpu/classes/idle:cpu-seconds"}}
	metrics.Read(idle)
	return dayStage{name, time.Now(), campaigntest.CPUTime(), campaigntest.PeakMemory(), idle[0].Value.Float64(), n}
}

func (d day) run(b *testing.B, leases string, size int64) {
	b.StopTimer()
	dir := d.folder(b, leases, "")
	debug.FreeOSMemory()                                  // what the preparations took is not the day's
	os.WriteFile("/proc/self/clear_refs", []byte("5"), 0) // the peak of memory begins anew, where the system can
	b.StartTimer()
	stages := []dayStage{stageAt("open", 1)}
	next := func(name string) {
		if s := stages[len(stages)-1]; s.name != name {
			stages = append(stages, stageAt(name, 0))
		}
		stages[len(stages)-1].n++
	}
	wrong, incidents, letters := 0, 0, 0
	c := campaigntest.Open(b, dir, func(e campaign.Event) {
		switch e := e.(type) {
		case campaign.Drafted:
			next("letters")
			letters++
		case campaign.Casework:
			if f, ok := e.Event.(cases.Filed); ok {
				next("reports")
				incidents += len(f.Incidents)
				wrong += d.wrong(f.Case)
			}
		}
	})
	stages = append(stages, stageAt("reports", 0))
	sum, err := campaign.Forward(b.Context(), c, []campaign.Mailbox{d.mails()}, campaign.ForwardOptions{Day: time.Now()})
	must(b, err)
	end := stageAt("end", 1)
	for i, s := range stages {
		to := end
		if i+1 < len(stages) {
			to = stages[i+1]
		}
		clock := to.at.Sub(s.at).Seconds()
		b.Logf("%-8s %8.2f s  %8.2f s CPU  %8.3f ms CPU each of %d, %.0f %% idle, %d MB at most", s.name, clock, (to.cpu - s.cpu).Seconds(),
			float64((to.cpu-s.cpu).Microseconds())/1000/float64(max(s.n, 1)), s.n, 100*(to.idle-s.idle)/clock/float64(runtime.GOMAXPROCS(0)), to.most>>20)
	}
	all := end.cpu - stages[0].cpu
	b.ReportMetric(float64(all.Microseconds())/1000/float64(d.reports), "ms-CPU/report")
	b.ReportMetric(float64(campaigntest.PeakMemory()>>20), "MB-at-most")
	b.Logf("%d incidents, %d letters, %v; %.1f MB of mail a second", incidents, letters, sum.Places, float64(size)/1e6/end.at.Sub(stages[0].at).Seconds())
	if wrong > 0 || sum.New != d.reports {
		b.Errorf("%d incidents of a wrong customer; %d of %d reports are new", wrong, sum.New, d.reports)
	}
	must(b, sum.Check())
}

// line is whose address it is, or -1.
func (d day) line(a netip.Addr) int {
	if a.Is6() {
		b := a.As16()
		return int(binary.BigEndian.Uint32(b[4:]) >> 8)
	}
	b := a.As4()
	at := int(binary.BigEndian.Uint32(b[:])&0xffffff) - 1
	return at>>8*200 + at&0xff
}

// wrong counts incidents of a case that are another's than the logs say.
func (d day) wrong(c ledger.Case) (n int) {
	for _, i := range c.Incidents {
		if i.Customer != "" && i.Customer != fmt.Sprint("c", d.holder(d.line(i.Addr), int(i.At.Sub(d.begins(0))/slotTime))) {
			n++
		}
	}
	return n
}

// TestADaysReportsReachThoseWhoHadTheAddress is the benchmark's day in small:
// every form, the large file, and each incident its customer.
func TestADaysReportsReachThoseWhoHadTheAddress(t *testing.T) {
	d := dayOf(t, 60, 600, time.Now())
	dir, told := d.folder(t, "", ""), new([]cases.Event)
	desk := open(t, dir, told)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	must(t, desk.Take(t.Context(), d.mails(), cases.Batch, func(err error) { t.Error(err) }))
	runtime.ReadMemStats(&after)
	n, size := (after.Mallocs-before.Mallocs)/uint64(d.reports), (after.TotalAlloc-before.TotalAlloc)/uint64(d.reports)
	t.Logf("%d allocations and %d bytes for each report", n, size)
	if !testing.Short() && (n > 15_000 || size > 4_000_000) { // the race detector, with which -short goes, allocates too
		t.Errorf("%d allocations and %d bytes for each report: twice of what it took", n, size)
	}
	places, incidents := map[ledger.Place]int{}, 0
	for _, e := range *told {
		f := e.(cases.Filed)
		places[f.Place]++
		incidents += len(f.Incidents)
		if n := d.wrong(f.Case); n > 0 {
			t.Errorf("%s: %d incidents of a wrong customer: %+v", f.File, n, f.Incidents)
		}
		if testing.Verbose() && f.Place != ledger.ToCustomer {
			t.Log(f.File, f.Place, f.Why)
		}
	}
	t.Log(places, incidents)
	if n := places[ledger.ToCustomer] + places[ledger.ToldBefore]; n < 40 || places[ledger.NoReport] < 3 || incidents < 60+50 {
		t.Errorf("%v, %d incidents", places, incidents)
	}
}

func TestLargeReportsAreStoredAFewAtATime(t *testing.T) {
	d, told := desk(t, "")
	r := rand.New(rand.NewPCG(1, 1))
	var large [][]byte
	for i := range 11 {
		large = append(large, message("soc@reporter.example", fmt.Sprint("A picture of an attack ", i), string(blob(r, 3<<20)), ""))
	}
	n := 0
	seen := func(yield func(inbox.Message, error) bool) {
		for m, err := range box(large) {
			if n++; n == 10 && len(*told) < 3 {
				t.Errorf("%d of 9 were stored when the next one came", len(*told))
			}
			if !yield(m, err) {
				return
			}
		}
	}
	must(t, d.Take(t.Context(), seen, cases.Batch, func(err error) { t.Error(err) }))
	if len(*told) != len(large) {
		t.Errorf("%d of 11 were stored", len(*told))
	}
}
