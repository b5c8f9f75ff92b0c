package render

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"mime/quotedprintable"
	"net/textproto"
	"slices"

	"headsup/letter"
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
	text    string
	page    string // HTML
	files   []attachment
}

// bytes writes the message (RFC 5322), without Date:
//
//	multipart/mixed
//	  multipart/alternative
//	    text/plain
//	    text/html
//	  findings.csv, xarf.json, …, the letter as PDF
//
// The body is ours down to the byte, with boundaries made of the letter's
// reference; go-mail writes the header.
func (m message) bytes() ([]byte, error) {
	var body bytes.Buffer
	body.Grow(m.guess())
	mixed := multipart.NewWriter(&body)
	// "=_" cannot occur in quoted-printable nor in base64.
	if err := mixed.SetBoundary("=_" + m.letter.ID + ".1"); err != nil {
		return nil, err
	}
	if err := writeAlternative(mixed, "=_"+m.letter.ID+".2", m.text, m.page); err != nil {
		return nil, err
	}
	for _, f := range m.files {
		if err := writeAttachment(mixed, f); err != nil {
			return nil, err
		}
	}
	if err := mixed.Close(); err != nil {
		return nil, err
	}
	if body.Len() > m.max {
		return nil, fmt.Errorf("%w: %d bytes, at most %d", errTooLarge, body.Len(), m.max)
	}
	h, err := newHeader(m.letter, m.optOut, m.subject)
	if err != nil {
		return nil, err
	}
	return h.above(body.Bytes(), `multipart/mixed; boundary="`+mixed.Boundary()+`"`, m.letter.Date)
}

// guess is about how many bytes the message will have.
func (m message) guess() int {
	n := 2 * (len(m.text) + len(m.page))
	for _, f := range m.files {
		n += 1<<9 + len(f.data)*3/2
	}
	return n
}

func writeAlternative(w *multipart.Writer, boundary, text, page string) error {
	var body bytes.Buffer
	body.Grow(2 * (len(text) + len(page)))
	alternative := multipart.NewWriter(&body)
	if err := alternative.SetBoundary(boundary); err != nil {
		return err
	}
	for _, part := range []struct{ kind, text string }{{"text/plain", text}, {"text/html", page}} {
		p, err := alternative.CreatePart(textproto.MIMEHeader{
			"Content-Type":              {part.kind + "; charset=utf-8"},
			"Content-Transfer-Encoding": {"quoted-printable"},
		})
		if err != nil {
			return err
		}
		if err := writeQuoted(p, []byte(part.text)); err != nil {
			return err
		}
	}
	if err := alternative.Close(); err != nil {
		return err
	}
	p, err := w.CreatePart(textproto.MIMEHeader{"Content-Type": {`multipart/alternative; boundary="` + boundary + `"`}})
	if err != nil {
		return err
	}
	_, err = p.Write(body.Bytes())
	return err
}

func writeAttachment(w *multipart.Writer, f attachment) error {
	encoding := "base64"
	if f.text {
		encoding = "quoted-printable"
	}
	p, err := w.CreatePart(textproto.MIMEHeader{
		"Content-Type":              {f.kind},
		"Content-Transfer-Encoding": {encoding},
		"Content-Disposition":       {`attachment; filename="` + f.name + `"`},
	})
	if err != nil {
		return err
	}
	if f.text {
		return writeQuoted(p, f.data)
	}
	return writeBase64(p, f.data)
}

// writeQuoted writes text as quoted-printable, with CRLF at the end of each line.
func writeQuoted(w io.Writer, text []byte) error {
	q := quotedprintable.NewWriter(w)
	if _, err := q.Write(text); err != nil {
		return err
	}
	return q.Close()
}

// writeBase64 writes data in lines of 76 characters (RFC 2045 §6.8).
func writeBase64(w io.Writer, data []byte) error {
	const line = 57 // bytes that give 76 characters
	out := make([]byte, 0, base64.StdEncoding.EncodedLen(len(data))+2*(len(data)/line+1))
	for part := range slices.Chunk(data, line) {
		out = append(base64.StdEncoding.AppendEncode(out, part), "\r\n"...)
	}
	_, err := w.Write(out)
	return err
}
