package finding

import (
	"bufio"
	"cmp"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/netip"
	"slices"
	"strings"
)

// columns are our names for the columns of a plain CSV, in the order they have
// in one without a header, each with the other names it is known by.
var columns = [][]string{
	{"ip", "addr", "address"},
	{"port"},
	{"proto", "protocol"},
	{"kind"},
	{"seen", "timestamp", "time"},
	{"service"},
	{"evidence"},
	{"strength"},
	{"reason"},
	{"reporter"},
}

// A record is one row of a CSV; values are asked for by name.
type record struct {
	index  map[string]int // of each name
	fields []string
}

func (r record) get(name string) string {
	if i, ok := r.index[name]; ok {
		return r.fields[i]
	}
	return ""
}

func (r record) has(names ...string) bool {
	for _, name := range names {
		if _, ok := r.index[name]; !ok {
			return false
		}
	}
	return true
}

// readCSV reads a Shadowserver report or a plain CSV. Columns go by the names
// in the header, never by their place: reports gain columns in the middle.
func (rd *reader) readCSV(in *bufio.Reader) error {
	t := newTable(in)
	first, err := t.next()
	rd.line = t.line
	if err != nil {
		return endOf(err, ErrEmpty)
	}
	header := make([]string, len(first))
	for i, name := range first {
		header[i] = strings.ToLower(strings.TrimSpace(name))
	}
	rec := record{index: map[string]int{}}
	for i, name := range slices.Backward(header) {
		rec.index[name] = i
	}
	if rd.o.Format == Shadowserver || rd.o.Format == Auto && len(rd.o.Columns) == 0 && rec.has("timestamp", "ip", "asn", "geo") {
		if !rec.has("timestamp", "ip", "port") {
			return fmt.Errorf("%w: columns %q, want timestamp, ip and port among them", ErrFormat, clipList(header))
		}
		report := reportOf(rd.name)
		return rd.readTable(t, header, rec.index, func(r record) (Finding, error) {
			return rd.shadowserver(report, header, r)
		})
	}
	if _, err := netip.ParseAddr(header[0]); err == nil && len(rd.o.Columns) == 0 {
		return rd.readBare(t, first)
	}
	index, err := rd.plainIndex(rec.index)
	if err != nil {
		return err
	}
	return rd.readTable(t, header, index, rd.plainRow)
}

// readBare reads a CSV without a header: first is a row.
func (rd *reader) readBare(t *table, first []string) error {
	index := map[string]int{}
	for i, names := range columns[:min(len(columns), len(first))] {
		index[names[0]] = i
	}
	if err := rd.row(rd.plainRow(record{index, first})); err != nil {
		return err
	}
	return rd.readTable(t, first, index, rd.plainRow)
}

// readTable yields the rest of t, a row for a record.
func (rd *reader) readTable(t *table, header []string, index map[string]int, parse func(record) (Finding, error)) error {
	for {
		fields, err := t.next()
		rd.line = t.line
		if err == io.EOF {
			return nil
		}
		var f Finding
		switch {
		case err == errLong:
		case err != nil:
			return endOf(err, nil)
		case len(fields) != len(header):
			err = fmt.Errorf("%w: %d columns, want %d", ErrFormat, len(fields), len(header))
		default:
			f, err = parse(record{index, fields})
		}
		if err := rd.row(f, err); err != nil {
			return err
		}
	}
}

// endOf turns what ended a table into what its reader is told.
func endOf(err, eof error) error {
	switch {
	case err == io.EOF:
		return eof
	case errors.Is(err, errUnclosed):
		return fmt.Errorf("%w: %w", ErrFormat, err)
	}
	return err
}

// plainIndex finds our columns in the header of a plain CSV.
func (rd *reader) plainIndex(header map[string]int) (map[string]int, error) {
	index, known := map[string]int{}, map[string]bool{}
	for _, names := range columns {
		ours := names[0]
		known[ours] = true
		theirs, told := rd.o.Columns[ours]
		if told {
			names = []string{strings.ToLower(theirs)}
		}
		for _, name := range slices.Backward(names) {
			if i, ok := header[name]; ok {
				index[ours] = i
			}
		}
		if _, ok := index[ours]; !ok && (told || ours == "ip" || ours == "port") {
			return nil, fmt.Errorf("%w: no column %q in the header", ErrFormat, cmp.Or(theirs, ours))
		}
	}
	for _, name := range slices.Sorted(maps.Keys(rd.o.Columns)) {
		if !known[name] {
			return nil, fmt.Errorf("%q is none of the columns that are read", name)
		}
	}
	return index, nil
}

// plainRow reads one row of a plain CSV.
func (rd *reader) plainRow(r record) (f Finding, err error) {
	if f.Addr, err = parseAddr(r.get("ip")); err != nil {
		return f, err
	}
	if f.Port, err = parsePort(r.get("port")); err != nil {
		return f, err
	}
	if f.Seen, err = parseTime(r.get("seen")); err != nil {
		return f, err
	}
	word := func(name string) string { return strings.ToLower(strings.TrimSpace(r.get(name))) }
	f.Proto = cmp.Or(word("proto"), "tcp")
	f.Kind = cmp.Or(Kind(word("kind")), rd.o.Kind)
	f.Service = strings.TrimSpace(r.get("service"))
	f.Evidence = clip(r.get("evidence"), maxWords)
	f.Reporter = r.get("reporter")
	if f.Kind == "" {
		return f, fmt.Errorf("%w: no kind", ErrFormat)
	}
	v := judgeWords(f.Kind, f.Evidence)
	f.Strength, f.Reason = v.Strength, v.Reason
	if s := Strength(word("strength")); s != "" {
		f.Strength, f.Reason = s, cmp.Or(r.get("reason"), "the list says so")
	}
	return f, nil
}

// clipList keeps a hostile header from filling the screen.
func clipList(s []string) []string {
	s = slices.Clone(s[:min(len(s), 20)])
	for i := range s {
		s[i] = Clean(s[i], 40)
	}
	return s
}
