package finding

import (
	"bufio"
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"headsup/sheet"
)

// Caps for XML, where nothing can be skipped: beyond them the input is broken.
const (
	maxToken = 4 << 20
	maxDepth = 64
)

// An xmlFormat takes in one document, element by element.
type xmlFormat interface {
	begin(el xml.StartElement, line int)
	text(b []byte)
	end(name string) error
}

// xmlFormat returns what reads a document with this root, or nil.
func formatOfXML(rd *reader, root string) xmlFormat {
	switch {
	case root == "nmaprun" && rd.accepts(Nmap, Masscan):
		return &nmapReader{reader: rd}
	case strings.HasPrefix(root, "NessusClientData") && rd.accepts(Nessus):
		return &nessusReader{reader: rd}
	case (root == "report" || root == "get_reports_response" || root == "get_results_response") && rd.accepts(OpenVAS):
		return &openvasReader{reader: rd}
	}
	return nil
}

// readXML reads one document after another: nmap --append-output writes them
// so. A document that breaks off before the next is one row that is missing.
func (rd *reader) readXML(in *sheet.Text) error {
	base, begun := rd.line, false // lines before this decoder's first
	tokens := &tokenReader{Reader: bufio.NewReaderSize(&xmlText{in: in}, 64<<10)}
	for {
		lines, again, err := rd.documents(tokens, base, begun)
		if !again {
			return err
		}
		base, begun = base+lines-1, true
		if err := rd.row(Finding{}, fmt.Errorf("%w: the XML before breaks off", ErrFormat)); err != nil {
			return err
		}
	}
}

// documents reads documents until the end, or until one begins within another:
// then again is true, and lines says in which line.
func (rd *reader) documents(tokens *tokenReader, base int, begun bool) (lines int, again bool, err error) {
	dec := xml.NewDecoder(tokens)
	// What a header claims is not believed: the bytes are UTF-8 by now.
	dec.CharsetReader = func(_ string, in io.Reader) (io.Reader, error) { return in, nil }
	var format xmlFormat
	for depth, whole := 0, begun; ; {
		tokens.left = maxToken
		tok, err := dec.Token()
		line, _ := dec.InputPos()
		if err != nil || depth > maxDepth {
			rd.line = base + line
			return 0, false, xmlEnd(err, whole && depth == 0)
		}
		switch el := tok.(type) {
		case xml.ProcInst:
			if el.Target == "xml" && depth > 0 {
				rd.line = base + line
				return line, true, nil
			}
		case xml.StartElement:
			if depth++; depth == 1 {
				rd.line = base + line
				if format = formatOfXML(rd, el.Name.Local); format == nil {
					return 0, false, fmt.Errorf("%w: <%s> is not the XML of a scanner that is read", ErrFormat, Clean(el.Name.Local, 40))
				}
			}
			format.begin(el, base+line)
		case xml.CharData:
			if depth > 0 {
				format.text(el)
			}
		case xml.EndElement:
			if depth--; depth == 0 {
				whole = true
			}
			if err := format.end(el.Name.Local); err != nil {
				return 0, false, err
			}
		}
	}
}

// xmlEnd turns what ended the XML into what the caller is told.
func xmlEnd(err error, whole bool) error {
	var syntax *xml.SyntaxError
	switch {
	case err == nil:
		return fmt.Errorf("%w: elements nested more than %d deep", ErrFormat, maxDepth)
	case err == io.EOF && whole:
		return nil
	case err == io.EOF, errors.As(err, &syntax) && syntax.Msg == "unexpected EOF":
		return fmt.Errorf("the XML breaks off: %w", io.ErrUnexpectedEOF)
	case syntax != nil:
		return fmt.Errorf("%w: %s", ErrFormat, Clean(syntax.Msg, 100))
	}
	return err
}

// attribute returns the attribute of an element, "" where it has none.
func attribute(el xml.StartElement, name string) string {
	for _, a := range el.Attr {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

// A tokenReader ends an XML input whose next token is larger than maxToken.
// It counts the bytes as the decoder takes them.
type tokenReader struct {
	*bufio.Reader
	left int
}

func (t *tokenReader) ReadByte() (byte, error) {
	if t.left--; t.left < 0 {
		return 0, fmt.Errorf("%w: an XML element of more than %d bytes", ErrTooLarge, maxToken)
	}
	return t.Reader.ReadByte()
}

// aboveXML returns how many bytes and lines stand above XML that has words
// before it, as where a scanner's standard output was redirected; 0 where there
// is no XML. Quotes must be closed before it: a list may hold XML in a value.
func aboveXML(in *sheet.Text) (skip, lines int) {
	head, _ := in.Peek(16 << 10)
	for i, c := range head {
		if c != '\n' && c != '\r' || i+1 == len(head) || head[i+1] != '<' {
			continue
		}
		rest := head[i+1:]
		for _, begin := range []string{"<?xml ", "<!DOCTYPE nmaprun", "<nmaprun ", "<NessusClientData", "<report ", "<get_reports_response"} {
			if bytes.HasPrefix(rest, []byte(begin)) && bytes.Count(head[:i], []byte{'"'})%2 == 0 {
				return i + 1, max(bytes.Count(head[:i+1], []byte{'\n'}), bytes.Count(head[:i+1], []byte{'\r'}))
			}
		}
	}
	return 0, 0
}

// An xmlText makes of what scanners write what XML allows: characters that it
// does not become "?", written as they are or by their number, and "&" that
// begins nothing stands for itself. nmap writes what a service said, whatever
// it said.
type xmlText struct {
	in   *sheet.Text
	rest []byte // of an entity that did not fit
}

func (x *xmlText) Read(p []byte) (int, error) {
	n := copy(p, x.rest)
	x.rest = x.rest[n:]
	for n < len(p) {
		c, err := x.in.ReadByte()
		if err != nil {
			if n > 0 {
				return n, nil
			}
			return 0, err
		}
		switch {
		case c == '&':
			entity := x.entity()
			m := copy(p[n:], entity)
			n, x.rest = n+m, append(x.rest[:0], entity[m:]...)
			continue
		case c < ' ' && c != '\t' && c != '\n' && c != '\r':
			c = '?'
		case c == 0xef:
			if b, _ := x.in.Peek(2); len(b) == 2 && b[0] == 0xbf && b[1] >= 0xbe { // U+FFFE, U+FFFF
				x.in.Discard(2)
				c = '?'
			}
		}
		p[n] = c
		if n++; x.in.Buffered() == 0 {
			return n, nil
		}
	}
	return n, nil
}

// entity returns what stands in the place of "&", which has been read.
func (x *xmlText) entity() string {
	b, _ := x.in.Peek(12)
	end := bytes.IndexByte(b, ';')
	if end < 0 {
		return "&amp;"
	}
	name := string(b[:end])
	switch name {
	case "amp", "lt", "gt", "quot", "apos":
		return "&"
	}
	digits, ok := strings.CutPrefix(name, "#")
	if !ok {
		return "&amp;"
	}
	base := 10
	if hex, ok := strings.CutPrefix(digits, "x"); ok {
		digits, base = hex, 16
	}
	r, err := strconv.ParseUint(digits, base, 32)
	if err != nil {
		return "&amp;"
	}
	if inXML(rune(r)) && r <= 0x10ffff {
		return "&"
	}
	x.in.Discard(end + 1)
	return "?"
}

// inXML reports whether XML 1.0 allows a character (section 2.2).
func inXML(r rune) bool {
	return r == '\t' || r == '\n' || r == '\r' || r >= 0x20 && r <= 0xd7ff || r >= 0xe000 && r <= 0xfffd || r >= 0x10000
}
