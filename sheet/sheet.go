// Package sheet reads tables in any of the spellings in which people keep them.
//
// It finds out how a table is encoded, where its lines end, what stands between
// its columns and where its header is, and reads the usual spellings of times,
// addresses and ports. It never decides what a column means or whether a row
// counts, and it guesses nothing that has two readings.
package sheet

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// MaxRow is how many bytes one row may have.
const MaxRow = 1 << 20

var (
	// ErrLong means that one row has more than MaxRow bytes. It was skipped to
	// its end, and the rows after it can be read.
	ErrLong = fmt.Errorf("more than %d bytes in one row", MaxRow)

	// ErrUnclosed means that a quote opens a value and none closes it. The
	// input ends there.
	ErrUnclosed = errors.New("a quote that opens here is never closed")

	// ErrCut means that the last row has too few columns and no line end: the
	// file was not written to its end.
	ErrCut = errors.New("the last line breaks off")
)

// OfRow reports whether an error of [Table.Next] is about one row alone.
func OfRow(err error) bool {
	var wide *WidthError
	return errors.Is(err, ErrLong) || errors.Is(err, ErrCut) || errors.As(err, &wide)
}

// A WidthError is about one row that has more columns than the header.
type WidthError struct{ Have, Want int }

func (e *WidthError) Error() string { return fmt.Sprintf("%d columns, want %d", e.Have, e.Want) }

// Name returns the name of a column in the form in which names are compared:
// "Dst-Port ", "dst port" and "DST_PORT" are one.
func Name(s string) string {
	s = strings.ToLower(strings.Trim(plain(strings.Trim(s, " \t\r\n\ufeff\u00a0")), " \t\r\n\ufeff\u00a0\"'#"))
	return strings.NewReplacer(" ", "_", "-", "_").Replace(s)
}

// A Row is one row of a table. It is good until the next one is read.
type Row struct {
	Line  int // in which it begins, from 1
	Cells []string
	head  *Head
}

// Get returns the cell of a column, "" where there is none.
func (r Row) Get(name string) string {
	if i, ok := r.head.index[name]; ok && i < len(r.Cells) {
		return plain(r.Cells[i])
	}
	return ""
}

// plain returns the text of a cell that was written as a formula, ="0025", so
// that spreadsheets take it for nothing else.
func plain(cell string) string {
	if inner, ok := strings.CutPrefix(cell, `="`); ok && strings.HasSuffix(inner, `"`) {
		return strings.TrimSuffix(inner, `"`)
	}
	return cell
}

// A Head is the header of a table.
type Head struct {
	Line    int
	Columns []string // as they are written, without blanks around them
	index   map[string]int
}

// NewHead returns a header with these columns. Of columns that have the same
// name the first is found by it.
func NewHead(columns []string) *Head {
	h := &Head{Columns: columns, index: map[string]int{}}
	for i, c := range slices.Backward(columns) {
		h.index[Name(c)] = i
	}
	return h
}

// Has reports whether there are columns of all these names.
func (h *Head) Has(names ...string) bool {
	return !slices.ContainsFunc(names, func(n string) bool { _, ok := h.index[n]; return !ok })
}

// Alias lets a column be found by another name, too. It reports whether there
// is such a column.
func (h *Head) Alias(name, column string) bool {
	i, ok := h.index[Name(column)]
	if ok {
		h.index[name] = i
	}
	return ok
}

// Twice returns a name that two columns have, or "".
func (h *Head) Twice() string {
	for i, c := range h.Columns {
		if Name(c) != "" && h.index[Name(c)] != i {
			return c
		}
	}
	return ""
}

// A ColumnError is about a header that has not the columns it should.
type ColumnError struct {
	Name  string   // the column that is missing, unknown or there twice
	Want  []string // the columns that there may be; none if Name is missing
	Near  string   // the one of them that Name was probably meant to be, or ""
	Twice bool
}

func (e *ColumnError) Error() string {
	switch {
	case e.Want == nil:
		return fmt.Sprintf("no column %q", e.Name)
	case e.Twice:
		return fmt.Sprintf("repeated column %q", clip(e.Name, 40))
	case e.Near != "":
		return fmt.Sprintf("unknown column %q, perhaps %q; there are %s", clip(e.Name, 40), e.Near, strings.Join(e.Want, ", "))
	}
	return fmt.Sprintf("unknown column %q; there are %s", clip(e.Name, 40), strings.Join(e.Want, ", "))
}

// Only returns a [*ColumnError] unless each column of the header that has a
// name is one of these and there once, and those that are needed are there.
func (h *Head) Only(columns []string, needed ...string) error {
	for _, c := range h.Columns {
		if Name(c) != "" && !slices.Contains(columns, Name(c)) {
			return &ColumnError{Name: c, Want: columns, Near: Nearest(c, columns)}
		}
	}
	if c := h.Twice(); c != "" {
		return &ColumnError{Name: c, Want: columns, Twice: true}
	}
	for _, c := range needed {
		if !h.Has(c) {
			return &ColumnError{Name: c}
		}
	}
	return nil
}

// Text returns the columns as one line, capped, for messages.
func (h *Head) Text() string { return clip(strings.Join(h.Columns, ","), 200) }

// Nearest returns the one of names that s was probably meant to be, or "".
func Nearest(s string, names []string) string {
	best, least := "", max(2, len(s)/3)+1
	for _, n := range names {
		if d := distance(Name(s), Name(n)); d < least && d < max(len(s), len(n)) {
			best, least = n, d
		}
	}
	return best
}

// distance is how many letters have to be put in, left out, changed or
// exchanged with their neighbour to make b of a (optimal string alignment).
func distance(a, b string) int {
	if len(a) > 64 || len(b) > 64 {
		return max(len(a), len(b))
	}
	prior, last, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := range len(a) {
		row[0] = i + 1
		for j := range len(b) {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			row[j+1] = min(row[j]+1, last[j+1]+1, last[j]+cost)
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				row[j+1] = min(row[j+1], prior[j-1]+1)
			}
		}
		prior, last, row = last, row, prior
	}
	return last[len(b)]
}

func clip(s string, max int) string {
	if len(s) > max {
		return strings.ToValidUTF8(s[:max], "") + "…"
	}
	return s
}
