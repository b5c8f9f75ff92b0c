package sheet

import (
	"bytes"
	"io"
	"slices"
	"strings"
)

// A Table reads the rows of a table (RFC 4180 and its relatives) in constant
// memory.
//
// encoding/csv reads on for as long as a quote is open, and gives up on a quote
// inside a value, which Shadowserver writes. Here such a quote stands for
// itself, and a row beyond [MaxRow] is skipped to its true end, so that what a
// stranger put into a banner is never taken for a row.
//
// Lines end as the first of them do: where that is a carriage return alone,
// each one ends a line; otherwise one inside a value belongs to it. Rows without
// any value and lines that begin with "#" are no rows.
type Table struct {
	in    *Text
	comma byte
	cr    bool // a carriage return alone ends a line
	line  int  // where the last row began
	lines int  // read so far
	bytes int  // of the last row
	ended bool // by a line end
	head  *Head
	buf   []byte
	ends  []int
	cells []string
}

// separators that tables have between their columns, the most usual first.
const separators = ",;\t|"

// NewTable returns the table in r. known reports whether a column of this name,
// as [Name] writes it, is one that the caller reads: by such names the header is
// told from comments, and the separator from other punctuation.
func NewTable(in *Text, known func(string) bool) *Table {
	head, _ := in.Peek(window / 4)
	t := &Table{in: in, comma: ',', cr: classic(head)}
	t.top(head, known)
	return t
}

// Head returns the first row that is not blank, which may be a header. [io.EOF]
// means that there is none.
func (t *Table) Head() (*Head, error) {
	if t.head != nil {
		return t.head, nil
	}
	if err := t.next(); err != nil {
		return nil, err
	}
	cells := append([]string(nil), t.cells...)
	for i, c := range cells {
		cells[i] = strings.Trim(c, " \t\r\n\ufeff")
	}
	cells[0] = strings.TrimSpace(strings.TrimPrefix(cells[0], "#"))
	t.head = NewHead(cells)
	t.head.Line = t.line
	return t.head, nil
}

// First returns the first row of a table that has no header: it is what [Head]
// read. head names its columns from now on.
func (t *Table) First(head *Head) Row {
	row := Row{Line: t.line, Cells: t.head.Columns, head: head}
	t.head = head
	return row
}

// Next returns the next row. Columns that are missing at its end are empty, as
// spreadsheets leave them out; a longer row is a [*WidthError] unless nothing
// stands in its other columns. That, [ErrLong] and [ErrCut] are about one row
// alone; any other error, [io.EOF] too, is the end. Line is set in any case.
func (t *Table) Next() (Row, error) {
	err := t.next()
	row := Row{Line: t.line, Cells: t.cells, head: t.head}
	if err != nil {
		return row, err
	}
	switch have, want := len(t.cells), len(t.head.Columns); {
	case have < want && !t.ended:
		return row, ErrCut
	case have > want:
		for _, c := range t.cells[want:] {
			if strings.TrimSpace(c) != "" {
				return row, &WidthError{have, want}
			}
		}
		row.Cells = t.cells[:want]
	}
	return row, nil
}

// Encoding returns what the table was written in, as far as it has been read.
func (t *Table) Encoding() Encoding { return t.in.Encoding() }

// next reads the next row that is not blank into cells.
func (t *Table) next() error {
	for {
		if err := t.record(); err != nil {
			return err
		}
		if len(bytes.Trim(t.buf, " \t")) > 0 {
			t.split()
			return nil
		}
	}
}

func (t *Table) split() {
	text, start := string(t.buf), 0
	t.cells = t.cells[:0]
	for _, end := range t.ends {
		t.cells = append(t.cells, text[start:end])
		start = end
	}
}

// record reads one row into buf and ends.
func (t *Table) record() error {
	t.buf, t.ends, t.line, t.bytes = t.buf[:0], t.ends[:0], t.lines+1, 0
	if b, err := t.in.Peek(1); err == nil && b[0] == '#' && t.head != nil {
		return t.skipLine()
	}
	const (
		start  = iota // of a value
		plain         // in a value, or behind its closing quote
		quoted        // between quotes
		closed        // right behind a quote: the closing one, unless another follows
	)
	for state := start; ; {
		c, err := t.in.ReadByte()
		if err != nil {
			return t.finish(err, state == quoted)
		}
		t.bytes++
		switch {
		case c == '\n':
			t.lines++
		case c == '\r' && t.cr:
			t.lines++
			if b, _ := t.in.Peek(1); len(b) == 1 && b[0] == '\n' {
				t.in.Discard(1)
			}
			c = '\n'
		}
		switch {
		case state == quoted && c == '"':
			state = closed
			continue
		case state == quoted:
		case c == '\n':
			t.ended = true
			return t.end()
		case c == t.comma:
			state = start
			if t.bytes <= MaxRow {
				t.ends = append(t.ends, len(t.buf))
			}
			continue
		case c == '"' && state == start:
			state = quoted
			continue
		case c == '"' && state == closed:
			state = quoted
		case state != start || c != ' ': // blanks may stand before a quote
			state = plain
		}
		if t.bytes <= MaxRow {
			t.buf = append(t.buf, c)
		}
	}
}

// finish ends a row that the input ends in.
func (t *Table) finish(err error, open bool) error {
	switch {
	case err != io.EOF:
		return err
	case open:
		return ErrUnclosed
	case t.bytes == 0:
		return io.EOF
	}
	t.ended = false
	return t.end()
}

// end ends a row at its line end.
func (t *Table) end() error {
	if t.bytes > MaxRow {
		return ErrLong
	}
	begin := 0
	if n := len(t.ends); n > 0 {
		begin = t.ends[n-1]
	}
	if n := len(t.buf); n > begin && t.buf[n-1] == '\r' {
		t.buf = t.buf[:n-1]
	}
	t.ends = append(t.ends, len(t.buf))
	return nil
}

// skipLine skips a comment, in which quotes mean nothing.
func (t *Table) skipLine() error {
	for {
		c, err := t.in.ReadByte()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		if c == '\n' || c == '\r' && t.cr {
			if b, _ := t.in.Peek(1); c == '\r' && len(b) == 1 && b[0] == '\n' {
				t.in.Discard(1)
			}
			t.lines++
			return nil
		}
	}
}

// classic reports whether lines end with a carriage return alone, as on the
// classic Macintosh: more of them do than end otherwise, or as many and the
// first does.
func classic(head []byte) bool {
	alone, others, first := 0, 0, byte(0)
	quoted := false
	for i, c := range head {
		switch {
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '\n':
			others++
			if first == 0 {
				first = c
			}
		case c == '\r' && (i+1 < len(head) && head[i+1] != '\n' || i+1 == len(head) && others == 0):
			alone++
			if first == 0 {
				first = c
			}
		}
	}
	return alone > others || alone > 0 && alone == others && first == '\r'
}

// top skips what stands above the header: blank lines, comments, titles and a
// line sep=, and finds out what separates the columns.
func (t *Table) top(head []byte, known func(string) bool) {
	told, titles := false, titled(head, t.cr, known)
	for len(head) > 0 {
		line, rest := cutLine(head, t.cr)
		text := string(bytes.Trim(line, " \t\r\ufeff"))
		switch c := separatorOf(string(line)); {
		case c != 0:
			t.comma, told = c, true
		case strings.Trim(text, separators+` "`) == "":
		case text[0] == '#' && !heads(text[1:], known):
		case titles > 0:
		case told:
			return
		default:
			t.comma = separator(strings.TrimPrefix(text, "#"), known)
			return
		}
		t.in.Discard(len(head) - len(rest))
		t.lines++
		titles--
		head = rest
	}
}

// maxTitles is how many lines a title may have.
const maxTitles = 20

// titled returns how many lines a title takes that people put above a table:
// lines that name no column and hold no address, above one that names two.
func titled(head []byte, cr bool, known func(string) bool) int {
	for n := 0; n <= maxTitles && len(head) > 0; n++ {
		line, rest := cutLine(head, cr)
		text := string(bytes.Trim(line, " \t\r\ufeff"))
		names, _ := count(text, separator(text, known), known)
		switch {
		case names > 1:
			return n
		case names > 0, strings.ContainsAny(text, `"{<`), holdsAddr(text):
			return 0
		}
		head = rest
	}
	return 0
}

// holdsAddr reports whether one of the values of a line is an address.
func holdsAddr(line string) bool {
	return slices.ContainsFunc(strings.FieldsFunc(line, func(r rune) bool { return strings.ContainsRune(separators+" ", r) }), func(s string) bool {
		_, err := Network(s)
		return err == nil
	})
}

func cutLine(b []byte, cr bool) (line, rest []byte) {
	for i, c := range b {
		if c == '\n' {
			return b[:i], b[i+1:]
		}
		if c == '\r' && cr {
			if i+1 < len(b) && b[i+1] == '\n' {
				return b[:i], b[i+2:]
			}
			return b[:i], b[i+1:]
		}
	}
	return b, nil
}

// separatorOf returns what Excel's line sep= names, or 0.
func separatorOf(line string) byte {
	line = strings.TrimRight(strings.TrimPrefix(line, "\ufeff"), "\r")
	line = strings.TrimSuffix(strings.TrimPrefix(line, `"`), `"`)
	if len(line) < 5 || !strings.EqualFold(line[:4], "sep=") || strings.Trim(line[5:], separators+" ") != "" {
		return 0
	}
	return line[4]
}

// heads reports whether a line behind "#" is the header: all its values are
// names of columns, or two of them are.
func heads(line string, known func(string) bool) bool {
	n, all := count(line, separator(line, known), known)
	return n >= 2 || n > 0 && n == all
}

// separator returns what separates the columns of a line: what makes most
// names of columns that are known, or else what stands there most often.
func separator(line string, known func(string) bool) byte {
	best, names, times := byte(','), -1, -1
	for _, c := range []byte(separators) {
		n, all := count(line, c, known)
		if n > names || n == names && all > times {
			best, names, times = c, n, all
		}
	}
	return best
}

// count returns how many values a line has with this separator, and how many
// of them are known.
func count(line string, comma byte, known func(string) bool) (names, all int) {
	quoted, start := false, 0
	for i := 0; i <= len(line); i++ {
		switch {
		case i < len(line) && line[i] == '"':
			quoted = !quoted
		case i == len(line) || line[i] == comma && !quoted:
			all++
			if known(Name(line[start:i])) {
				names++
			}
			start = i + 1
		}
	}
	return names, all
}
