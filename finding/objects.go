package finding

import (
	"errors"
	"fmt"
	"io"

	"headsup/sheet"
)

// errObject means that one object is too large. It is not ErrTooLarge, which
// may come from below and is then the end of the input.
var errObject = fmt.Errorf("%w: more than %d bytes in one object", ErrTooLarge, maxObject)

// errBroken means that one object is no JSON. The next one can be read.
var errBroken = errors.New("an object that is no JSON")

// An objectReader takes JSON objects out of a text in constant memory: one a
// line, one after another, or in an array, on one line or over many, with
// commas where they belong and where they do not.
//
// An object that is broken must not take those behind it along: where a text
// inside quotes goes over the end of its line, where something stands that no
// object can hold, or where a line begins with an object no further to the right
// than the last one began, that one is over.
type objectReader struct {
	in     *sheet.Text
	line   int // of what is read next
	column int // in it
	fresh  bool
	held   bool // a "{" was read that begins the next object

	begin  int // the line of the object that was returned
	indent int // where in it that object begins
	buf    []byte
	stack  []byte // what is open: '{', '['
}

// next returns the next object, which is good until the next call. errBroken
// and errObject are about that one alone; any other error, io.EOF too, is the
// end. Anything between objects but white space, commas and brackets is an
// errBroken for each of its lines.
func (o *objectReader) next() ([]byte, error) {
	if o.held {
		o.held = false
		return o.object()
	}
	for {
		c, err := o.byte()
		if err != nil {
			return nil, err
		}
		switch c {
		case ' ', '\t', '\n', ',', '[', ']':
		case '{':
			return o.object()
		default:
			o.begin = o.line
			return nil, o.skipLine(c)
		}
	}
}

// byte reads a byte and counts lines. Every line end is "\n".
func (o *objectReader) byte() (byte, error) {
	c, err := o.in.ReadByte()
	if err != nil {
		return 0, err
	}
	if c == '\r' {
		if b, _ := o.in.Peek(1); len(b) == 1 && b[0] == '\n' {
			o.in.Discard(1)
		}
		c = '\n'
	}
	if c == '\n' {
		o.line, o.column, o.fresh = o.line+1, 0, true
		return c, nil
	}
	o.column++
	return c, nil
}

// skipLine skips the rest of a line, of which c was read.
func (o *objectReader) skipLine(c byte) error {
	for c != '\n' {
		var err error
		if c, err = o.byte(); err == io.EOF {
			break
		} else if err != nil {
			return err
		}
	}
	return errBroken
}

// object reads an object whose "{" was read.
func (o *objectReader) object() ([]byte, error) {
	o.begin, o.indent, o.fresh = o.line, o.column, false
	o.buf, o.stack = append(o.buf[:0], '{'), append(o.stack[:0], '{')
	size, last := 1, byte('{') // last is the last byte that is not white space
	for len(o.stack) > 0 {
		c, err := o.byte()
		if err != nil {
			return nil, o.cut(err)
		}
		if c == '\n' || c == ' ' || c == '\t' {
			if o.buf[len(o.buf)-1] != ' ' {
				size += o.keep(size, ' ')
			}
			continue
		}
		if c == '{' && o.fresh && o.column <= o.indent {
			o.held = true // the last one never ended
			return nil, errBroken
		}
		o.fresh = false
		if !o.fits(last, c) {
			return nil, o.resume(c)
		}
		size += o.keep(size, c)
		if c == '"' {
			n, err := o.text(size)
			if err == errBroken {
				return nil, o.resume('\n')
			}
			if err != nil {
				return nil, o.cut(err)
			}
			size = n
		}
		last = c
	}
	if size > maxObject {
		return nil, errObject
	}
	return o.buf, nil
}

// cut turns what ended the input within an object into what next returns.
func (o *objectReader) cut(err error) error {
	if err == io.EOF {
		return errBroken
	}
	return err
}

// keep takes in a byte, as long as the object is not too large.
func (o *objectReader) keep(size int, c byte) int {
	if size < maxObject {
		o.buf = append(o.buf, c)
	}
	return 1
}

// fits reports whether c may stand behind last, and opens and closes what it
// opens and closes. encoding/json has the last word; this finds what would
// swallow the objects behind.
func (o *objectReader) fits(last, c byte) bool {
	open := o.stack[len(o.stack)-1]
	switch c {
	case '{', '[':
		if open == '{' && last != ':' {
			return false
		}
		o.stack = append(o.stack, c)
	case '}', ']':
		if c != open+2 { // '{'+2 is '}', '['+2 is ']'
			return false
		}
		o.stack = o.stack[:len(o.stack)-1]
	case '"', ':', ',':
	default:
		return last != '"' && last != '}' && last != ']'
	}
	return true
}

// text reads a text to its closing quote.
func (o *objectReader) text(size int) (int, error) {
	for escaped := false; ; {
		c, err := o.byte()
		if err != nil {
			return size, err
		}
		if c == '\n' {
			return size, errBroken
		}
		size += o.keep(size, c)
		switch {
		case escaped:
			escaped = false
		case c == '\\':
			escaped = true
		case c == '"':
			return size, nil
		}
	}
}

// resume goes on behind an object that broke at c: in the next line or, where
// it went over several, where an object begins no further to the right.
func (o *objectReader) resume(c byte) error {
	many := o.line > o.begin+1 || o.line > o.begin && c != '\n'
	if err := o.skipLine(c); err != errBroken || !many {
		return err
	}
	for {
		c, err := o.byte()
		switch {
		case err == io.EOF:
			return errBroken
		case err != nil:
			return err
		case c == '{' && o.column <= o.indent:
			o.held = true
			return errBroken
		case c == ']' && o.column <= 1:
			return errBroken
		case c != ' ' && c != '\t' && c != '\n':
			if err := o.skipLine(c); err != errBroken {
				return err
			}
		}
	}
}
