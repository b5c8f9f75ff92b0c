package render

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"mime/quotedprintable"
	"net/textproto"
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
var alone = map[string]bool{"cs": true, "hu": true, "tr": true, "vi": true}

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
// reference; go-mail writes the header.
func (m message) bytes() ([]byte, error) {
	var out bytes.Buffer
	out.Grow(m.guess())
	mixed := multipart.NewWriter(&out)
	// "=_" cannot occur in quoted-printable nor in base64.
	if err := mixed.SetBoundary("=_" + m.letter.ID + ".1"); err != nil {
		return nil, err
	}
	for i, b := range m.bodies {
		if err := b.write(mixed, fmt.Sprintf("=_%s.%d", m.letter.ID, i+2)); err != nil {
			return nil, err
		}
	}
	for _, f := range m.files {
		if err := writeAttachment(mixed, f); err != nil {
			return nil, err
		}
	}
	if err := mixed.Close(); err != nil {
		return nil, err
	}
	if out.Len() > m.max {
		return nil, fmt.Errorf("%w: %d bytes, at most %d", errTooLarge, out.Len(), m.max)
	}
	h, err := newHeader(m.letter, m.optOut, m.subject)
	if err != nil {
		return nil, err
	}
	return h.above(out.Bytes(), `multipart/mixed; boundary="`+mixed.Boundary()+`"`, m.letter.Date)
}

// guess is about how many bytes the message will have.
func (m message) guess() int {
	n := 0
	for _, b := range m.bodies {
		n += 2 * (len(b.text) + len(b.page))
	}
	for _, f := range m.files {
		n += 1<<9 + len(f.data)*3/2
	}
	return n
}

// write writes the body as a part of w, the text before the page (RFC 2046 §5.1.4).
func (b body) write(w *multipart.Writer, boundary string) error {
	var out bytes.Buffer
	out.Grow(2 * (len(b.text) + len(b.page)))
	alternative := multipart.NewWriter(&out)
	if err := alternative.SetBoundary(boundary); err != nil {
		return err
	}
	for _, part := range []struct{ kind, text string }{{"text/plain", b.text}, {"text/html", b.page}} {
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
	p, err := w.CreatePart(textproto.MIMEHeader{
		"Content-Type":     {`multipart/alternative; boundary="` + boundary + `"`},
		"Content-Language": {strings.Join(b.languages, ", ")},
	})
	if err != nil {
		return err
	}
	_, err = p.Write(out.Bytes())
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
	_, err = p.Write(mailtext.Base64(f.data))
	return err
}

// writeQuoted writes text as quoted-printable, with CRLF at the end of each line.
func writeQuoted(w io.Writer, text []byte) error {
	q := quotedprintable.NewWriter(w)
	if _, err := q.Write(text); err != nil {
		return err
	}
	return q.Close()
}
