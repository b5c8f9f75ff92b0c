package ledger

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"
)

// pageSize is how many letters, and ten times as many findings, the benchmark
// of pages makes: HEADSUP_PAGE_LETTERS, or a hundred thousand.
func pageSize(b *testing.B) (n int) {
	n = 100_000
	if s := os.Getenv("HEADSUP_PAGE_LETTERS"); s != "" {
		if _, err := fmt.Sscan(s, &n); err != nil {
			b.Fatal(err)
		}
	}
	return n
}

// BenchmarkPage says how long the desk waits: for sum and counts, and, by each
// filter in each order, both ways, for the first 50 letters, the 50 after the
// 25,000th (or the middle, of fewer), and the number of all that fit.
func BenchmarkPage(b *testing.B) {
	onEach(b, func(b *testing.B, l *Ledger) {
		letters := pageSize(b)
		crowd{"relay26", letters, 10}.store(b, l)
		crowd{"other26", letters / 100, 10}.store(b, l)
		if l.path == "" { // as its own housekeeping does after a while
			_, err := l.w.Exec("VACUUM ANALYZE")
			must(b, err)
		}
		for b.Loop() {
			fmt.Printf("sum %.1f ms\n", milliseconds(b, func() error { _, err := l.Sum(b.Context(), "relay26"); return err }))
			fmt.Printf("counts %.1f ms\n", milliseconds(b, func() error { _, err := l.Counts(b.Context(), "relay26"); return err }))
			fmt.Printf("%-52s %8s %8s  %-16s %8s  %-16s\n", "filter", "count", "first", "worst order", "later", "worst order")
			for _, c := range choices() {
				c.filter.Campaign = "relay26"
				measure(b, l, c)
			}
		}
	})
}

// measure prints a line about a filter: the median over orders, and the worst.
func measure(b *testing.B, l *Ledger, c choice) {
	n, more, err := l.Count(b.Context(), c.filter)
	must(b, err)
	count := milliseconds(b, func() error { _, _, err := l.Count(b.Context(), c.filter); return err })
	var first, later times
	for _, o := range Orders {
		for _, descending := range []bool{false, true} {
			q := Query{Filter: c.filter, Order: o, Descending: descending}
			first.add(b, l, q)
			far := q
			far.Limit = 25_000
			p, err := l.Page(b.Context(), far)
			must(b, err)
			if p.Next == nil && len(p.Entries) > 0 {
				middle := o.Cursor(p.Entries[len(p.Entries)/2])
				p.Next = &middle
			}
			if p.Next != nil {
				q.After = *p.Next
				later.add(b, l, q)
			}
		}
	}
	many := fmt.Sprint(n)
	if more {
		many = fmt.Sprint("over ", n)
	}
	fmt.Printf("%-52s %8.1f %8.1f  %-16s %8.1f  %-16s %s\n", c.name, count, first.median(), first.worst(), later.median(), later.worst(), many)
}

type took struct {
	ms float64
	in string
}

// times are sorted from the quickest on.
type times []took

func (t *times) add(b *testing.B, l *Ledger, q Query) {
	in := string(q.Order)
	if q.Descending {
		in += " desc"
	}
	*t = append(*t, took{milliseconds(b, func() error { _, err := l.Page(b.Context(), q); return err }), in})
	slices.SortFunc(*t, func(x, y took) int { return int((x.ms - y.ms) * 1e6) })
}

func (t times) median() float64 {
	if len(t) == 0 {
		return 0
	}
	return t[len(t)/2].ms
}

func (t times) worst() string {
	if len(t) == 0 {
		return ""
	}
	last := t[len(t)-1]
	return strings.TrimSpace(fmt.Sprintf("%.1f %s", last.ms, last.in))
}

// milliseconds is what the quickest of five runs took: what else the machine
// does at the time is no part of it.
func milliseconds(b *testing.B, f func() error) float64 {
	runs := make([]time.Duration, 5)
	for i := range runs {
		start := time.Now()
		if err := f(); err != nil {
			b.Fatal(err)
		}
		runs[i] = time.Since(start)
	}
	slices.Sort(runs)
	return float64(runs[0].Microseconds()) / 1000
}
