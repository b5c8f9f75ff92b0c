package report

import (
	"bytes"
	"mime"
	"net/mail"
	"net/textproto"
	"strings"
	"time"

	"github.com/emersion/go-message/charset"

	"headsup/pattern"
)

// A header is the fields of a message in their order, unfolded and decoded.
type header []field

type field struct{ name, value string } // name in canonical form

func (h header) get(name string) string {
	for _, f := range h {
		if f.name == name {
			return f.value
		}
	}
	return ""
}

func (h header) all(name string) (values []string) {
	for _, f := range h {
		if f.name == name {
			values = append(values, f.value)
		}
	}
	return values
}

var fieldName = pattern.New(`^[!-9;-~]+[ \t]*:`)

// partField is what may stand in the header of a part: some programs leave
// out the empty line below it.
var partField = pattern.New(`(?i)^(content-|mime-|x-|date:|subject:|message-id|from:|to:)`)

// cutHeader returns the fields above the first empty line, and what follows;
// inPart, those of a part of a message, which end where the text begins.
func cutHeader(text []byte, inPart bool) (head, body []byte) {
	for rest := text; len(rest) > 0; {
		line, after, _ := bytes.Cut(rest, []byte("\n"))
		at := len(text) - len(rest)
		switch trimmed := bytes.TrimRight(line, " \t\r"); {
		case len(trimmed) == 0:
			return text[:at], after
		case inPart && line[0] != ' ' && line[0] != '\t' && !partField.Match(line):
			return text[:at], rest
		case at == 0 && !fieldName.Match(line):
			return nil, text
		}
		rest = after
	}
	return text, nil
}

const maxField = 8000

// parseHeader reads fields leniently: a line that is none is skipped.
func parseHeader(text []byte) header {
	var h header
	for line := range strings.SplitSeq(strings.ReplaceAll(string(text), "\r", ""), "\n") {
		if line == "" || len(h) > 1000 {
			continue
		}
		if line[0] == ' ' || line[0] == '\t' {
			if n := len(h); n > 0 && len(h[n-1].value) < maxField {
				h[n-1].value += " " + strings.TrimSpace(line)
			}
			continue
		}
		if !fieldName.MatchString(line) {
			continue
		}
		name, value, _ := strings.Cut(line, ":")
		h = append(h, field{textproto.CanonicalMIMEHeaderKey(strings.TrimSpace(name)), strings.TrimSpace(value[:min(len(value), maxField)])})
	}
	for i := range h {
		h[i].value = tidy(decodeWords(h[i].value))
	}
	return h
}

var words = mime.WordDecoder{CharsetReader: charset.Reader}

func decodeWords(s string) string {
	if strings.Contains(s, "\x1b$") { // ISO-2022-JP as it is
		return toUTF8([]byte(s), "iso-2022-jp")
	}
	if !strings.Contains(s, "=?") {
		return s
	}
	if d, err := words.DecodeHeader(s); err == nil {
		return d
	}
	return s
}

var addrSpec = pattern.New(`[A-Za-z0-9.!#$%&'*+/=?^_{|}~-]+@[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?`)

// sender is the mail address in From, or else in Sender.
func (m *message) sender() string {
	for _, name := range []string{"From", "Sender", "Return-Path"} {
		v := m.head.get(name)
		if a, err := mail.ParseAddress(v); err == nil {
			return clean(a.Address)
		}
		if a := addrSpec.FindAllString(v, -1); len(a) > 0 {
			return clean(a[len(a)-1])
		}
	}
	return ""
}

// date is when the message says that it was written, else the zero time.
func (m *message) date() time.Time {
	if t, err := mail.ParseDate(m.head.get("Date")); err == nil && t.Year() > 1990 && t.Year() < 2200 {
		return t
	}
	for _, v := range m.head.all("Received") {
		if i := strings.LastIndexByte(v, ';'); i >= 0 {
			if t, err := mail.ParseDate(strings.TrimSpace(v[i+1:])); err == nil {
				return t
			}
		}
	}
	return time.Time{}
}
