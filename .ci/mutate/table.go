package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"
)

type verdict string

const (
	noticed  verdict = "noticed"
	survived verdict = "survived"
	notBuilt verdict = "not built"
)

// A result is what the tests said of a change.
type result struct {
	verdict verdict
	by      string // the first test that failed
	took    time.Duration
}

// A table keeps results in a file, one a line: file:line, kind, verdict, what
// noticed it, seconds, function, the change, its place among equal ones, and
// the line as it was. How long the tests of a package take unchanged stands
// there as well.
type table struct {
	file    *os.File
	results map[string]result
	took    map[string]time.Duration
}

const columns = 9

func openTable(name string) (*table, error) {
	t := &table{results: map[string]result{}, took: map[string]time.Duration{}}
	old, err := os.ReadFile(name)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	for line := range strings.Lines(string(old)) {
		if err := t.read(strings.TrimSuffix(line, "\n")); err != nil {
			return nil, fmt.Errorf("%s: %q: %w", name, line, err)
		}
	}
	t.file, err = os.OpenFile(name, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o666)
	return t, err
}

func (t *table) read(line string) error {
	col := strings.Split(line, "\t")
	if len(col) != columns {
		return fmt.Errorf("%d columns", len(col))
	}
	seconds, err := strconv.ParseFloat(col[4], 64)
	if err != nil {
		return err
	}
	took := time.Duration(seconds * float64(time.Second))
	if col[1] == "unchanged" {
		t.took[col[0]] = took
		return nil
	}
	file, _, _ := strings.Cut(col[0], ":")
	t.results[strings.Join([]string{file, col[5], col[8], col[6], col[7]}, "\t")] = result{verdict(col[2]), col[3], took}
	return nil
}

func (t *table) write(cols ...string) error {
	_, err := fmt.Fprintln(t.file, strings.Join(cols, "\t"))
	return err
}

func (t *table) add(c change, r result) error {
	t.results[c.key()] = r
	return t.write(fmt.Sprintf("%s:%d", c.file, c.line), string(c.kind), string(r.verdict), r.by, inSeconds(r.took),
		c.fn, c.what(), strconv.Itoa(c.nth), c.text)
}

func (t *table) addUnchanged(pkg string, took time.Duration) error {
	t.took[pkg] = took
	return t.write(pkg, "unchanged", "", "", inSeconds(took), "", "", "", "")
}

func inSeconds(d time.Duration) string { return strconv.FormatFloat(d.Seconds(), 'f', 1, 64) }

func (t *table) of(c change) (result, bool) {
	r, ok := t.results[c.key()]
	return r, ok
}

func (t *table) forget(v verdict) {
	for key, r := range t.results {
		if r.verdict == v {
			delete(t.results, key)
		}
	}
}

func (t *table) close() error { return t.file.Close() }

// sum writes the first n counted changes of the draw, those that survived
// last, and the share that was noticed, of all and by package.
func (t *table) sum(w io.Writer, drawn []change, n int) error {
	out := bufio.NewWriter(w)
	type share struct{ noticed, all int }
	var all share
	by := map[string]share{}
	var rows [2][]string
	for _, c := range drawn {
		r, ok := t.of(c)
		if !ok || r.verdict == notBuilt || all.all == n {
			continue
		}
		s := by[path.Dir(c.file)]
		s.all++
		all.all++
		i, what := 1, string(survived)
		if r.verdict == noticed {
			i, what = 0, r.by
			s.noticed++
			all.noticed++
		}
		by[path.Dir(c.file)] = s
		rows[i] = append(rows[i], fmt.Sprintf("%s:%d\t%s\t%s\t%s", c.file, c.line, c.fn, c.what(), what))
	}
	for _, row := range slices.Concat(rows[0], rows[1]) {
		fmt.Fprintln(out, row)
	}
	for _, pkg := range slices.Sorted(maps.Keys(by)) {
		fmt.Fprintf(out, "%s: %d of %d noticed\n", pkg, by[pkg].noticed, by[pkg].all)
	}
	if all.all > 0 {
		fmt.Fprintf(out, "%d of %d noticed: %.1f %%\n", all.noticed, all.all, 100*float64(all.noticed)/float64(all.all))
	}
	return out.Flush()
}
