package finding

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
)

var (
	errUnclosed = errors.New("a quote that opens here is never closed")

	// errLong is about one row or line alone. It is not ErrTooLarge, which
	// may come from below and is then the end of the input.
	errLong = fmt.Errorf("%w: more than %d bytes in one row", ErrTooLarge, maxLine)
)

// A table reads CSV records in constant memory.
//
// encoding/csv reads on for as long as a quote is open, and gives up on a
// quote inside a value, which Shadowserver writes. Here such a quote stands
// for itself, and a record beyond maxLine is skipped to its true end, so that
// what a stranger put into a banner is never taken for a row.
type table struct {
	in    *bufio.Reader
	comma byte
	line  int // where the last record began
	lines int // read so far
	buf   []byte
	ends  []int
}

// newTable finds out what separates the columns from the first line.
func newTable(in *bufio.Reader) *table {
	in.Peek(1)
	first, _ := in.Peek(in.Buffered())
	first, _, _ = bytes.Cut(first, []byte{'\n'})
	t := &table{in: in, comma: ','}
	for _, c := range []byte{';', '\t'} {
		if bytes.Count(first, []byte{c}) > bytes.Count(first, []byte{t.comma}) {
			t.comma = c
		}
	}
	return t
}

// next returns the next record that is not blank. An errLong is about that
// record alone; any other error, io.EOF too, is the end.
func (t *table) next() ([]string, error) {
	for {
		err := t.record()
		if err != nil {
			return nil, err
		}
		if len(t.ends) > 1 || t.ends[0] > 0 {
			return t.fields(), nil
		}
	}
}

func (t *table) fields() []string {
	text, start := string(t.buf), 0
	out := make([]string, len(t.ends))
	for i, end := range t.ends {
		out[i], start = text[start:end], end
	}
	return out
}

// begin is where the field being read begins.
func (t *table) begin() int {
	if len(t.ends) == 0 {
		return 0
	}
	return t.ends[len(t.ends)-1]
}

func (t *table) record() error {
	const (
		start  = iota // of a field
		plain         // in a field, or behind its closing quote
		quoted        // between quotes
		closed        // right behind a quote: the closing one, unless another follows
	)
	t.buf, t.ends, t.line = t.buf[:0], t.ends[:0], t.lines+1
	size, state := 0, start
	for {
		c, err := t.in.ReadByte()
		if err == io.EOF && size > 0 && state != quoted {
			c, err = '\n', nil
		} else if err == io.EOF && state == quoted {
			err = errUnclosed
		}
		if err != nil {
			return err
		}
		size++
		if c == '\n' {
			t.lines++
		}
		fits := size <= maxLine
		switch {
		case state == quoted && c == '"':
			state = closed
			continue
		case state == quoted:
		case c == '\n':
			if !fits {
				return errLong
			}
			if n := len(t.buf); n > t.begin() && t.buf[n-1] == '\r' {
				t.buf = t.buf[:n-1]
			}
			t.ends = append(t.ends, len(t.buf))
			return nil
		case c == t.comma:
			state = start
			if fits {
				t.ends = append(t.ends, len(t.buf))
			}
			continue
		case c == '"' && state == start:
			state = quoted
			continue
		case c == '"' && state == closed:
			state = quoted
		default:
			state = plain
		}
		if fits {
			t.buf = append(t.buf, c)
		}
	}
}
