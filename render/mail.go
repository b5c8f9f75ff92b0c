package render

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"headsup/letter"
	"headsup/render/prose"
	"headsup/wire/mailtext"
)

// MaxMail is how large a letter may be where nothing else is said, in bytes: what mail servers and ticket
// systems of abuse desks take without asking.
const MaxMail = 10 << 20

// An attachment is a file that comes with the mail.
type attachment struct {
	name string // ASCII, of our own making
	kind string // Content-Type
	data []byte
	text bool // lines of text: stays readable on the way
}

// errTooLarge means that a message is larger than a mail may be.
var errTooLarge = errors.New("larger than a mail may be")

// A message is a letter on its way to becoming a mail.
type message struct {
	letter  letter.Letter
	optOut  string
	max     int    // bytes of the body
	subject string // with its tag
	bodies  []body
	files   []attachment
	answers string // Message-ID that it answers, or empty
}

// A body is what there is to read, in one language or more.
type body struct {
	languages  []string
	text, page string // page is HTML
}

// alone are languages that filters know by the marks on their letters, and
// with English below in the same text take for English that hides something
// (rspamd's R_MIXED_CHARSET). There the English has a body of its own, below.
// The others either lose nothing by company, or get better by it.
var alone = map[string]bool{"cs": true, "ga": true, "hu": true, "is": true, "sk": true, "sq": true, "tr": true, "vi": true}

// bodies writes the documents, in one body where they can stand together.
func bodies(title string, head prose.Head, docs []prose.Doc) []body {
	size := len(docs)
	if alone[docs[0].Lang] {
		size = 1
	}
	var list []body
	for together := range slices.Chunk(docs, size) {
		b := body{text: prose.Text(head, together...), page: prose.HTML(title, head, together...)}
		for _, d := range together {
			b.languages = append(b.languages, d.Lang)
		}
		list = append(list, b)
	}
	return list
}

// bytes writes the message (RFC 5322), without Date:
//
//	multipart/mixed
//	  multipart/alternative, for each body
//	    text/plain
//	    text/html
//	  findings.csv, xarf.json, …, the letter as PDF
//
// The body is ours down to the byte, with boundaries made of the letter's
// reference, and written in one pass; go-mail writes the header.
func (m message) bytes() ([]byte, error) {
	// "=_" cannot occur in quoted-printable nor in base64.
	boundary := "=_" + m.letter.ID + ".1"
	h, err := newHeader(m.letter, m.optOut, m.subject)
	if err != nil {
		return nil, err
	}
	if m.letter.Answers != "" {
		h.answer(m.answers)
	}
	out, err := h.lines(`multipart/mixed; boundary="`+boundary+`"`, m.letter.Date, m.guess())
	if err != nil {
		return nil, err
	}
	head := len(out)
	for i, b := range m.bodies {
		out = b.append(out, boundary, fmt.Sprintf("=_%s.%d", m.letter.ID, i+2), i == 0)
	}
	for i, f := range m.files {
		out = f.append(out, boundary, i == 0 && len(m.bodies) == 0)
	}
	out = appendBoundary(out, boundary+"--", false)
	if n := len(out) - head; n > m.max {
		return nil, fmt.Errorf("%w: %d bytes, at most %d", errTooLarge, n, m.max)
	}
	return out, nil
}

// guess is about how many bytes the body will have.
func (m message) guess() int {
	n := 1 << 10
	for _, b := range m.bodies {
		n += 1<<10 + (len(b.text)+len(b.page))*3/2
	}
	for _, f := range m.files {
		n += 1<<8 + len(f.data)*7/5
	}
	return n
}

// appendBoundary appends the line between two parts (RFC 2046 §5.1.1).
func appendBoundary(out []byte, boundary string, first bool) []byte {
	if !first {
		out = append(out, "\r\n"...)
	}
	return append(append(append(out, "--"...), boundary...), "\r\n"...)
}

// append appends the body as a part of a mail, the text before the page (RFC 2046 §5.1.4).
func (b body) append(out []byte, outer, boundary string, first bool) []byte {
	out = appendBoundary(out, outer, first)
	out = append(out, "Content-Language: "+strings.Join(b.languages, ", ")+"\r\n"+
		`Content-Type: multipart/alternative; boundary="`+boundary+"\"\r\n\r\n"...)
	out = appendBoundary(out, boundary, true)
	out = append(out, "Content-Transfer-Encoding: quoted-printable\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n"...)
	out = appendQuoted(out, []byte(b.text))
	out = appendBoundary(out, boundary, false)
	out = append(out, "Content-Transfer-Encoding: quoted-printable\r\nContent-Type: text/html; charset=utf-8\r\n\r\n"...)
	out = appendQuoted(out, []byte(b.page))
	return appendBoundary(out, boundary+"--", false)
}

// append appends the file as a part of a mail.
func (f attachment) append(out []byte, boundary string, first bool) []byte {
	encoding := "base64"
	if f.text {
		encoding = "quoted-printable"
	}
	out = appendBoundary(out, boundary, first)
	out = append(out, `Content-Disposition: attachment; filename="`+f.name+"\"\r\nContent-Transfer-Encoding: "+encoding+
		"\r\nContent-Type: "+f.kind+"\r\n\r\n"...)
	if f.text {
		return appendQuoted(out, f.data)
	}
	return mailtext.AppendBase64(out, f.data)
}
