package lease

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net/netip"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

var noon = time.Date(2026, 3, 6, 12, 0, 0, 0, time.UTC)

// table writes rows as a log of the format [Rows].
func tableOf(rows []Row) string {
	var b strings.Builder
	b.WriteString("address,first,last,start,end,inside,user\n")
	for _, r := range rows {
		first, last := "", ""
		if !r.whole() {
			first, last = fmt.Sprint(r.First), fmt.Sprint(r.Last)
		}
		start, end := stamp(r.Start), stamp(r.End)
		switch r.Kind {
		case Lasting:
			end = ""
		case Ended:
			start = ""
		}
		inside, user := "", ""
		if a, ok := r.Holder.inside(); ok {
			inside = a.String()
		} else {
			_, user, _ = strings.Cut(string(r.Holder), "=")
		}
		fmt.Fprintf(&b, "%s,%s,%s,%s,%s,%s,%s\n", r.Prefix, first, last, start, end, inside, user)
	}
	return b.String()
}

func textFile(name, text string) File {
	return File{Path: name, Open: func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(text)), nil }}
}

func imported(t *testing.T, dir string, o Options, files ...File) Sum {
	t.Helper()
	sum, err := Import(t.Context(), dir, files, o, func(FileSum) {}, func(e *RowError) { t.Error(e) })
	if err != nil {
		t.Fatal(err)
	}
	return sum
}

func opened(t *testing.T, dir string) *Index {
	t.Helper()
	ix, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(ix.Close)
	return ix
}

// A naive finder goes through all rows.
type naive struct {
	rows    []Row
	slack   time.Duration
	covered map[string]*coverage
}

func (n *naive) find(a netip.Addr, port int, _, _ int64) (found []*held, shared bool, err error) {
	for i := range n.rows {
		r := &n.rows[i]
		switch {
		case !r.Prefix.Contains(a):
			continue
		case port < 0 && !r.whole():
			return nil, true, nil
		case port >= 0 && (port < int(r.First) || port > int(r.Last)):
			continue
		}
		e, _ := entryOf(r, n.slack)
		found = append(found, &held{span: e.span(), slot: slot{e.key, e.width}, name: r.Holder, known: true, source: uint64(i)})
	}
	return found, false, nil
}

func (n *naive) holder(h *held) (Holder, error) { return h.name, nil }
func (n *naive) from(*held) (string, *coverage) { return "x", n.covered["x"] }
func (n *naive) sources() map[string]*coverage  { return n.covered }

const manyCustomers = `customer,prefix,login,email,contract
,192.0.2.0/24|198.51.100.0/24|2001:db8::/32,,,pool
A,,a|a2,a@example.org,
B,,b,b@example.org,
C,,c,c@example.org,
D,192.0.2.3/32,d,d@example.org,
E,100.64.0.1/32,,e@example.org,
F,100.64.0.2/32,,f@example.org,
`

// history is a random history of a few addresses, in the order in which their
// logs tell it.
func history(r *rand.Rand, n int) (rows []Row) {
	slots := []struct {
		prefix      string
		first, last uint16
		holders     string
	}{
		{"192.0.2.1/32", 0, 65535, "a b c a2 x"}, {"192.0.2.2/32", 0, 65535, "a b"}, {"192.0.2.3/32", 0, 65535, "d x b"},
		{"198.51.100.1/32", 1024, 1535, "100.64.0.1 100.64.0.2 100.64.0.3"}, {"198.51.100.1/32", 1536, 2047, "100.64.0.1 100.64.0.2"},
		{"198.51.100.1/32", 1024, 2047, "100.64.0.2"}, {"198.51.100.2/32", 0, 65535, "c"}, {"198.51.100.2/32", 2048, 4095, "100.64.0.1"},
		{"100.64.0.3/32", 0, 65535, "a c"},
		{"2001:db8:1::/56", 0, 65535, "a b"}, {"2001:db8:1:1::/64", 0, 65535, "a c"}, {"2001:db8:1:100::/56", 0, 65535, "b c x"},
	}
	at := make([]time.Time, len(slots))
	for i := range at {
		at[i] = noon.Add(-2 * 24 * time.Hour)
	}
	for len(rows) < n {
		i := r.IntN(len(slots))
		s := slots[i]
		names := strings.Fields(s.holders)
		name := names[r.IntN(len(names))]
		h := newHolder("user", name)
		if strings.HasPrefix(name, "100.") {
			h = newHolder("inside", name)
		}
		row := Row{Prefix: netip.MustParsePrefix(s.prefix), First: s.first, Last: s.last, Holder: h}
		at[i] = at[i].Add(time.Duration(r.IntN(4000)) * time.Second)
		row.Start = at[i]
		row.End = row.Start.Add(time.Duration(1+r.IntN(3600)) * time.Second)
		switch r.IntN(6) {
		case 0:
			row.Kind, row.End = Lasting, row.Start
			if r.IntN(2) == 0 { // and its end
				rows = append(rows, row)
				at[i] = at[i].Add(time.Duration(r.IntN(3000)) * time.Second)
				row.Kind, row.Start, row.End = Ended, at[i], at[i]
			}
		case 1:
			row.Kind, row.End = Ended, row.Start
		default:
			if r.IntN(3) > 0 { // nobody else meanwhile
				at[i] = row.End.Add(time.Duration(r.IntN(200)) * time.Second)
			}
		}
		rows = append(rows, row)
	}
	return rows
}

// TestIndexFindsWhatAScanFinds asks the index and a scan of all rows the same,
// about random histories that are imported in parts, with pages of few rows so
// that every kind of border is met.
func TestIndexFindsWhatAScanFinds(t *testing.T) {
	c := customers(t, manyCustomers)
	asked, crowded, statuses := 0, 0, map[Status]int{}
	for seed := range uint64(9) {
		r := rand.New(rand.NewPCG(seed, 1))
		rows := history(r, 20+r.IntN(700))
		dir := t.TempDir()
		o := Options{Now: noon.Add(4 * 24 * time.Hour), perPage: []int{0, 8, 12}[seed%3], base: 1 + int(seed%4)*3}
		scan := &naive{rows: rows, slack: DefaultSlack, covered: map[string]*coverage{"x": {}}}
		for i, parts := 0, 1+r.IntN(6); i < parts; i++ {
			f := textFile("x", tableOf(rows[len(rows)*i/parts:len(rows)*(i+1)/parts]))
			f.Name = "x"
			imported(t, dir, o, f)
		}
		for i := range rows {
			scan.covered["x"].at(rows[i].evidence().Unix())
		}
		ix := opened(t, dir)
		d := &Desk{Index: ix, Customers: c}
		for range 500 {
			asked++
			q := ask(r, rows)
			got, err := d.Who(q, o.Now)
			if err != nil {
				t.Fatal(err)
			}
			want, err := d.who(scan, q, o.Now)
			if err != nil {
				t.Fatal(err)
			}
			if got.Reason == Crowded {
				crowded++
				continue
			}
			statuses[got.Status]++
			if got.Status != want.Status || got.Customer != want.Customer || got.Reason != want.Reason {
				t.Fatalf("seed %d: %+v\nindex %s %s %v %s %+v\nscan  %s %s %v %s %+v", seed, q, got.Status, got.Reason, got.Customer, got.Why, got.Rows,
					want.Status, want.Reason, want.Customer, want.Why, want.Rows)
			}
		}
	}
	t.Logf("%d asked, %d crowded, %v", asked, crowded, statuses)
	if crowded > asked/25 || statuses[IsCustomer] < asked/20 || statuses[Nobody] < asked/100 {
		t.Errorf("%d asked, %d crowded, %v", asked, crowded, statuses)
	}
}

// ask is a question about something near what there is.
func ask(r *rand.Rand, rows []Row) Question {
	row := rows[r.IntN(len(rows))]
	q := Question{Addr: row.Prefix.Addr(), Role: SourcePort, Time: row.Start.Add(time.Duration(r.IntN(4000)-500) * time.Second)}
	if q.Addr.Is6() && r.IntN(3) == 0 {
		q.Addr = netip.MustParseAddr("2001:db8:1:1::7")
	}
	if r.IntN(8) > 0 {
		q.Port = uint16(1000 + r.IntN(1200))
	}
	switch r.IntN(6) {
	case 0:
		q.Slack = -1
	case 1:
		q.Slack = time.Duration(r.IntN(300)) * time.Second
	case 2:
		q.Within = time.Minute
	case 3:
		q.NoZone = r.IntN(4) == 0
	}
	return q
}

func TestRetention(t *testing.T) {
	dir := t.TempDir()
	row := func(user string, from, to time.Duration) Row {
		return Row{Prefix: netip.MustParsePrefix("192.0.2.1/32"), Last: 65535, Start: noon.Add(from), End: noon.Add(to), Holder: newHolder("user", user)}
	}
	rows := []Row{row("secret", -8*24*time.Hour, -6*24*time.Hour), row("b", -4*24*time.Hour, -3*24*time.Hour), row("a", -time.Hour, 0)}
	imported(t, dir, Options{Now: noon}, textFile("x", tableOf(rows)))
	onDisk := func(text string) bool {
		names, _ := os.ReadDir(dir)
		for _, n := range names {
			b, err := os.ReadFile(dir + "/" + n.Name())
			if err != nil {
				t.Fatal(err)
			}
			if strings.Contains(string(b), text) {
				return true
			}
		}
		return false
	}
	if !onDisk("user=secret") {
		t.Fatal("not there")
	}
	later := noon.Add(31 * time.Hour) // the row ended 7 days and 7 hours before
	sum := imported(t, dir, Options{Now: later})
	if onDisk("secret") || sum.Index != 2 {
		t.Errorf("still on disk: %+v", sum)
	}
	d := &Desk{Index: opened(t, dir), Customers: customers(t, manyCustomers)}
	a, err := d.Who(Question{Addr: netip.MustParseAddr("192.0.2.1"), Time: noon.Add(-7 * 24 * time.Hour)}, later)
	if err != nil || a.Status != Gone {
		t.Errorf("%+v, %v", a, err)
	}
	if a, err = d.Who(Question{Addr: netip.MustParseAddr("192.0.2.1"), Time: noon.Add(-time.Minute * 30)}, later); err != nil || a.Status != IsCustomer {
		t.Errorf("%+v, %v", a, err)
	}
}

// TestDamage cuts and changes each file of an index: it is noticed, said and
// put right, and what is missing is unclear.
func TestDamage(t *testing.T) {
	c := customers(t, manyCustomers)
	var rows []Row
	for i := range 2000 {
		a := netip.AddrFrom4([4]byte{192, 0, 2, byte(4 + i%250)})
		start := noon.Add(time.Duration(i-2000) * time.Minute)
		rows = append(rows, Row{Prefix: single(a), Last: 65535, Start: start, End: start.Add(time.Minute), Holder: newHolder("user", string(rune('a'+i%3)))})
	}
	for _, test := range []struct {
		name, file string
		change     func([]byte) []byte
		clear      bool // something is still known
	}{
		{"a cut tail", ".rows", func(b []byte) []byte { return b[:len(b)-pageSize/2] }, true},
		{"cut to nothing", ".rows", func(b []byte) []byte { return nil }, false},
		{"a cut top", ".top", func(b []byte) []byte { return b[:len(b)/2] }, false},
		{"cut names", ".names", func(b []byte) []byte { return b[:10] }, false},
		{"a missing file", ".names", nil, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			dir := t.TempDir()
			imported(t, dir, Options{Now: noon}, textFile("x", tableOf(rows)))
			m, err := readManifest(dir)
			if err != nil || len(m.Segments) != 1 {
				t.Fatal(m, err)
			}
			name := dir + "/" + m.Segments[0] + test.file
			b, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			if test.change == nil {
				os.Remove(name)
			} else if err := os.WriteFile(name, test.change(b), 0o600); err != nil {
				t.Fatal(err)
			}
			if _, err := Open(dir); err == nil || !strings.Contains(err.Error(), ErrDamaged.Error()) {
				t.Errorf("opened: %v", err)
			}
			sum := imported(t, dir, Options{Now: noon})
			if len(sum.Repaired) != 1 {
				t.Errorf("repaired %q", sum.Repaired)
			}
			if sum := imported(t, dir, Options{Now: noon}); len(sum.Repaired) != 0 {
				t.Errorf("repaired again %q", sum.Repaired)
			}
			d := &Desk{Index: opened(t, dir), Customers: c}
			got := map[Status]int{}
			for i, r := range rows {
				a, err := d.Who(Question{Addr: r.Prefix.Addr(), Time: r.Start.Add(30 * time.Second), Slack: -1}, noon)
				if err != nil {
					t.Fatal(err)
				}
				got[a.Status]++
				if a.Status == Nobody || a.Status == IsCustomer && a.Customer != c.holders(r.Holder)[0] {
					t.Fatalf("row %d: %+v", i, a)
				}
			}
			if (got[IsCustomer] > 0) != test.clear || got[Unclear] == 0 {
				t.Errorf("%v", got)
			}
		})
	}
}

// TestCutImport ends imports in the middle: nothing of them counts, and the next
// one takes away what they left.
func TestCutImport(t *testing.T) {
	dir := t.TempDir()
	row := Row{Prefix: netip.MustParsePrefix("192.0.2.1/32"), Last: 65535, Start: noon.Add(-time.Hour), End: noon, Holder: "user=a"}
	imported(t, dir, Options{Now: noon}, textFile("x", tableOf([]Row{row})))
	before, _ := os.ReadFile(dir + "/" + manifestName)
	if err := os.WriteFile(dir+"/leases-000002-1.rows", []byte("half"), 0o600); err != nil {
		t.Fatal(err)
	}
	bad := textFile("y", tableOf([]Row{row})+"192.0.2.1,,,nonsense,,,b\n192.0.2.1,,,nonsense,,,b\n")
	_, err := Import(t.Context(), dir, []File{textFile("z", tableOf([]Row{row})), bad}, Options{Now: noon}, func(FileSum) {}, func(*RowError) {})
	if err == nil || err.Error() != "y: more entries were refused than read" {
		t.Errorf("got %v", err)
	}
	if after, _ := os.ReadFile(dir + "/" + manifestName); string(after) != string(before) {
		t.Errorf("changed to %s", after)
	}
	names, _ := os.ReadDir(dir)
	if len(names) != 5 { // manifest, lock and the three of a segment
		t.Errorf("left %v", names)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Import(ctx, dir, []File{textFile("z", tableOf([]Row{row}))}, Options{Now: noon}, func(FileSum) {}, func(*RowError) {}); err == nil {
		t.Error("a cancelled import counts")
	}
	if ix := opened(t, dir); ix.manifest.Number != 1 || len(ix.segments) != 1 {
		t.Errorf("%+v", ix.manifest)
	}
}

func TestReadersSeeBeforeOrAfter(t *testing.T) {
	dir := t.TempDir()
	row := Row{Prefix: netip.MustParsePrefix("192.0.2.1/32"), Last: 65535, Start: noon.Add(-2 * time.Hour), End: noon.Add(-time.Hour), Holder: "user=a"}
	next := row
	next.Start, next.End, next.Holder = noon.Add(-time.Hour+time.Minute), noon, "user=b"
	imported(t, dir, Options{Now: noon}, textFile("x", tableOf([]Row{row})))
	ix := opened(t, dir)
	d := &Desk{Index: ix, Customers: customers(t, manyCustomers)}
	who := func() string {
		a, err := d.Who(Question{Addr: row.Prefix.Addr(), Time: noon.Add(-30 * time.Minute)}, noon)
		if err != nil {
			t.Fatal(err)
		}
		if a.Customer == nil {
			return string(a.Reason)
		}
		return a.Customer.ID
	}
	before := who()
	unlock, err := lock(dir + "/lock")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Import(t.Context(), dir, nil, Options{Now: noon}, nil, nil); err != ErrBusy {
		t.Errorf("a second import: %v", err)
	}
	unlock()
	imported(t, dir, Options{Now: noon}, textFile("x", tableOf([]Row{next})))
	if got := []string{before, who()}; !slices.Equal(got, []string{"ahead", "ahead"}) {
		t.Errorf("before a reload: %v", got)
	}
	if err := ix.Reload(); err != nil {
		t.Fatal(err)
	}
	if got := who(); got != "B" {
		t.Errorf("after it: %s", got)
	}
}

// TestAskedWhileImported asks from several goroutines while imports replace the
// index: each answer is one that was right before an import or after it.
func TestAskedWhileImported(t *testing.T) {
	dir, c := t.TempDir(), customers(t, manyCustomers)
	row := func(i int) Row {
		start := noon.Add(time.Duration(i-10) * time.Hour)
		return Row{Prefix: netip.MustParsePrefix("192.0.2.1/32"), Last: 65535, Start: start, End: start.Add(50 * time.Minute), Holder: "user=a"}
	}
	imported(t, dir, Options{Now: noon}, textFile("x", tableOf([]Row{row(0)})))
	ix := opened(t, dir)
	var work sync.WaitGroup
	done := make(chan struct{})
	for range 4 {
		work.Go(func() {
			for i := 0; ; i++ {
				select {
				case <-done:
					return
				default:
				}
				a, err := (&Desk{Index: ix, Customers: c}).Who(Question{Addr: row(0).Prefix.Addr(), Time: row(i % 8).Start.Add(20 * time.Minute)}, noon)
				if err != nil || a.Status == Nobody || i%8 == 0 && a.Status != IsCustomer {
					t.Errorf("%d: %+v, %v", i, a, err)
					return
				}
			}
		})
	}
	for i := range 8 {
		imported(t, dir, Options{Now: noon, base: 1 + i%3}, textFile("x", tableOf([]Row{row(i)})))
		if err := ix.Reload(); err != nil {
			t.Error(err)
		}
	}
	close(done)
	work.Wait()
	if a, err := (&Desk{Index: ix, Customers: c}).Who(Question{Addr: row(0).Prefix.Addr(), Time: row(7).Start.Add(20 * time.Minute)}, noon); err != nil || a.Status != IsCustomer {
		t.Errorf("%+v, %v", a, err)
	}
}

// FuzzSegment reads anything as the parts of a segment.
func FuzzSegment(f *testing.F) {
	t := top{names: 1, firsts: []uint32{0}, files: []file{{"f", "s"}}}
	t.tables[0] = table{fences: []fence{{lo: key{0, 1}}}, nests: []nest{{key{0, 1}, key{0, 2}}}, entries: 1}
	f.Add(t.bytes())
	page := make([]byte, pageSize)
	page[5] = 3
	seal(page)
	f.Add(page)
	f.Fuzz(func(t *testing.T, b []byte) {
		if got, err := readTop(b); err == nil && string(got.bytes()) != string(b) {
			t.Errorf("read %x as %x", b, got.bytes())
		}
		if len(b) > pageSize {
			b = b[:pageSize]
		}
		page := append(b, make([]byte, pageSize-len(b))...)
		seal(page)
		for _, v6 := range []bool{false, true} {
			if p, ok := readPage(page, v6); ok && len(p.own) == 0 {
				t.Error("a page of nothing")
			}
		}
		namesIn(page)
	})
}
