package sheet

import "io"

// Lines reads the lines of a text in constant memory, however they end.
type Lines struct {
	in    *Text
	line  int
	lines int
	buf   []byte
}

// NewLines returns the lines of a text.
func NewLines(in *Text) *Lines { return &Lines{in: in} }

// Line returns the number of the line that was read last, from 1.
func (l *Lines) Line() int { return l.line }

// Next returns the next line without its end. [ErrLong] is about that line
// alone; any other error, [io.EOF] too, is the end.
func (l *Lines) Next() (string, error) {
	l.buf, l.line = l.buf[:0], l.lines+1
	for size := 0; ; size++ {
		c, err := l.in.ReadByte()
		if err != nil && (err != io.EOF || size == 0) {
			return "", err
		}
		if err == nil && c == '\r' {
			if b, _ := l.in.Peek(1); len(b) == 1 && b[0] == '\n' {
				l.in.Discard(1)
			}
			c = '\n'
		}
		if err == io.EOF || c == '\n' {
			l.lines++
			if size > MaxRow {
				return "", ErrLong
			}
			return string(l.buf), nil
		}
		if size < MaxRow {
			l.buf = append(l.buf, c)
		}
	}
}
