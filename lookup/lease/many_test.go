package lease

import (
	"io"
	"iter"
	"math/rand/v2"
	"net/netip"
	"os"
	"runtime"
	"strconv"
	"sync"
	"testing"
	"time"
)

// A world is what a provider's logs of a week say, made by a formula, so that
// any row of it is known without a list of them: sessions of an hour on most
// addresses, blocks of ports on some, prefixes of IPv6 on the others.
type world struct{ lines, hours int }

func worldOf(rows int) world { return world{max(rows/150, 1), 150} }

// row is the session of a line in an hour.
func (w world) row(line, hour int) Row {
	user := (line*7919 + hour*104729) % (w.lines + w.lines/4 + 1)
	start := noon.Add(time.Duration(hour-w.hours)*time.Hour + time.Duration(line%577)*time.Second)
	r := Row{Last: 65535, Start: start, End: start.Add(time.Duration(2000+(line+hour)%900) * time.Second),
		Holder: Holder("user=subscriber-" + strconv.Itoa(user) + "@dsl.isp.example")}
	switch line % 20 {
	case 0:
		r.Prefix = netip.PrefixFrom(netip.AddrFrom16([16]byte{0x20, 0x01, 0x0d, 0xb8, byte(line >> 16), byte(line >> 8), byte(line)}), 56)
	case 1, 2, 3: // 64 blocks of 1000 ports on each address
		block := line / 20 * 3
		r.Prefix = single(netip.AddrFrom4([4]byte{198, 18 + byte(block>>22), byte(block >> 14), byte(block >> 6)}))
		r.First = uint16(1024 + (block%64)*1000 + (line%20-1)*333)
		r.Last = r.First + 332
	default:
		r.Prefix = single(netip.AddrFrom4([4]byte{10 + byte(line>>24), byte(line >> 16), byte(line >> 8), byte(line)}))
	}
	return r
}

// rows are those of some hours, as logs have them.
func (w world) rows(from, to int) iter.Seq2[Row, error] {
	return func(yield func(Row, error) bool) {
		n := 0
		for hour := from; hour < to; hour++ {
			for line := range w.lines {
				r := w.row(line, hour)
				n++
				r.Source = "leases:" + strconv.Itoa(n)
				if !yield(r, nil) {
					return
				}
			}
		}
	}
}

// A counting reader counts pages, and sees to it that nothing else is read.
type counting struct {
	io.ReaderAt
	t     testing.TB
	mu    *sync.Mutex
	pages *int
}

func (c counting) ReadAt(b []byte, at int64) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if *c.pages += len(b) / pageSize; len(b)%pageSize != 0 || at%pageSize != 0 {
		c.t.Errorf("%d bytes at %d are no pages", len(b), at)
	}
	return c.ReaderAt.ReadAt(b, at)
}

// TestManyRows asks about any of many rows: four pages are enough for each, and
// so are 32 bytes of index for a row of IPv4 and 56 for one of IPv6. Without
// HEADSUP_REAL there are few.
func TestManyRows(t *testing.T) {
	n := 60_000
	if os.Getenv("HEADSUP_REAL") != "" {
		n = 1_000_000
	}
	manyRows(t, n)
}

// BenchmarkManyRows is TestManyRows with as many rows as HEADSUP_LEASES says.
func BenchmarkManyRows(b *testing.B) {
	n, err := strconv.Atoi(os.Getenv("HEADSUP_LEASES"))
	if err != nil {
		b.Skip("HEADSUP_LEASES says how many rows")
	}
	for b.Loop() {
		manyRows(b, n)
	}
}

func manyRows(t testing.TB, n int) {
	w, dir, begun := worldOf(n), t.TempDir(), time.Now()
	late := w.hours * 39 / 40 // what comes later stays a segment of its own
	for _, hours := range [][2]int{{0, late}, {late, w.hours}} {
		f := File{Source: Source{Name: "x"}, Path: "leases", rows: w.rows(hours[0], hours[1])}
		if _, err := Import(t.Context(), dir, []File{f}, Options{Now: noon}, func(FileSum) {}, func(e *RowError) { t.Error(e) }); err != nil {
			t.Fatal(err)
		}
	}
	took := time.Since(begun)
	ix, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer ix.Close()
	pages, mu := 0, &sync.Mutex{}
	var entries, bytes [2]int64
	for _, s := range ix.segments {
		for i, tab := range s.top.tables {
			entries[i] += tab.entries
			bytes[i] += int64(len(tab.fences)) * (pageSize + 36)
		}
		s.rows, s.names = counting{s.rows, t, mu, &pages}, counting{s.names, t, mu, &pages}
	}
	if entries[0]+entries[1] != int64(w.lines*w.hours) || len(ix.segments) != 2 {
		t.Fatalf("%d rows in %d segments, want %d", entries[0]+entries[1], len(ix.segments), w.lines*w.hours)
	}
	perRow := [2]float64{float64(bytes[0]) / float64(entries[0]), float64(bytes[1]) / float64(entries[1])}
	if perRow[0] > 32 || perRow[1] > 56 {
		t.Errorf("%.2f bytes a row of IPv4, %.2f of IPv6", perRow[0], perRow[1])
	}
	r, d := rand.New(rand.NewPCG(1, 2)), &Desk{Index: ix, Customers: &Customers{}}
	total, most, asked := 0, 0, min(max(n/50, 2000), 20000)
	begun = time.Now()
	for range asked {
		want := w.row(r.IntN(w.lines), r.IntN(w.hours))
		q := Question{Addr: want.Prefix.Addr(), Port: uint16(int(want.First) + r.IntN(300)), Role: SourcePort, Time: want.Start.Add(time.Duration(200+r.IntN(1500)) * time.Second)}
		pages = 0
		a, err := d.Who(q, noon)
		if err != nil || a.Reason != Unknown || len(a.Rows) != 1 || a.Rows[0].Holder != want.Holder {
			t.Fatalf("%+v: %+v, %v; want %+v", q, a, err, want)
		}
		if a.Pages != pages || pages > maxPages {
			t.Fatalf("%+v: %d pages, counted %d", q, a.Pages, pages)
		}
		total, most = total+pages, max(most, pages)
	}
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	t.Logf("%d rows: %.2f bytes each of IPv4, %.2f of IPv6; %.0f rows/s; %.2f pages for a holder, %d at most; %.0f holders/s; %d MiB of memory",
		w.lines*w.hours, perRow[0], perRow[1], float64(w.lines*w.hours)/took.Seconds(), float64(total)/float64(asked), most,
		float64(asked)/time.Since(begun).Seconds(), m.Sys>>20)
	if b, ok := t.(*testing.B); ok {
		for unit, v := range map[string]float64{"bytes/row4": perRow[0], "bytes/row6": perRow[1], "rows/s": float64(w.lines*w.hours) / took.Seconds(),
			"pages/holder": float64(total) / float64(asked), "most-pages": float64(most), "MiB": float64(m.Sys >> 20)} {
			b.ReportMetric(v, unit)
		}
	}
}
