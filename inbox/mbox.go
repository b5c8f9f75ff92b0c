package inbox

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"strconv"

	"headsup/pattern"
)

// separator is the line that begins a message of an mbox: who sent it, and when
// it came, as asctime writes that (RFC 4155, appendix A). Some programs leave
// the seconds out, name a zone before or behind the year, write the date as
// mail does, or write "-" for the sender.
var separator = pattern.New(`^From (?:\S.*|) ?(?:` +
	`(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun),? +(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) +\d{1,2} +\d{1,2}:\d\d(?::\d\d)?(?: +[A-Z]{1,5}(?:[+-]\d{1,2})?| +[+-]\d{4})*,? +\d{4}` +
	`|(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), +)?\d{1,2} +(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) +\d{4} +\d{1,2}:\d\d(?::\d\d)?` +
	`|\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d)?` +
	`)(?:Z| +[A-Z]{1,5}| *[+-]\d{2}:?\d{2}| +\([A-Z]+\))*(?: +remote from \S+)?\s*$`)

// header is the line of a header, as it stands below a separator.
var headerField = pattern.New(`^(?:[!-9;-~]+[ \t]*:|>?From )`)

// separates reports whether a line begins a message of an mbox. Not every
// program leaves an empty line above it, and people begin lines with "From ":
// what looks like a separator is one if a header follows.
func separates(line, next []byte) bool {
	return separator.Match(line) && headerField.Match(next)
}

// maxLine is how far ahead of a separator split looks for a header.
const maxLine = 1024

// split cuts an mbox into its messages; a text that does not begin with a
// separator is a single message.
func split(name string, in io.Reader, yield func(Message, error) bool) {
	var text []byte
	n, several := 0, false
	flush := func() bool {
		if len(bytes.TrimSpace(text)) == 0 {
			return true
		}
		n++
		m := Message{Name: name, Text: text}
		if several {
			m.Name += "#" + strconv.Itoa(n)
		}
		text = nil
		return yield(m, nil)
	}
	r := bufio.NewReaderSize(in, 64<<10)
	for first, whole := true, true; ; first = false {
		line, err := r.ReadSlice('\n')
		starts := false
		if whole && bytes.HasPrefix(line, mbox) {
			line = bytes.Clone(line) // looking ahead overwrites it
			next, _ := r.Peek(maxLine)
			starts = separates(line, next)
		}
		whole = err == nil // else the line goes on
		switch {
		case first:
			several = starts
		case starts && several && !flush():
			return
		}
		if len(text)+len(line) <= maxMessage && !(starts && several) {
			text = append(text, unquoted(line, several)...)
		}
		if err == io.EOF {
			flush()
			return
		}
		if err != nil && !errors.Is(err, bufio.ErrBufferFull) {
			yield(Message{Name: name}, err)
			return
		}
	}
}

// quotedFrom is a line that an mbox has quoted, once more or for the first time.
var quotedFrom = pattern.New(`^>+From `)

// unquoted takes the ">" away that an mbox puts before "From " in a text.
func unquoted(line []byte, several bool) []byte {
	if several && quotedFrom.Match(line) {
		return line[1:]
	}
	return line
}
