package desk

import (
	"bytes"
	"encoding/base64"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/mail"
	"strconv"
	"strings"

	"headsup/ledger"
	"headsup/web/guard"
)

// A message is a letter's mail, taken apart for its reader.
type message struct {
	Header string // as it stands in the mail
	Bodies []body
	Files  []attached
}

// A body is what there is to read, as text and as a page.
type body struct{ Text, HTML string }

// attached is a file that comes with a mail.
type attached struct {
	Name, Kind string
	Data       []byte
}

// readMail takes the mail of a letter apart (RFC 2045, 2046).
func readMail(raw []byte) (m message, err error) {
	if head, _, ok := bytes.Cut(raw, []byte("\r\n\r\n")); ok {
		m.Header = strings.ToValidUTF8(strings.ReplaceAll(string(head), "\r\n", "\n"), "\uFFFD")
	}
	parsed, err := mail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		return m, err
	}
	err = m.part(parsed.Header.Get("Content-Type"), parsed.Header.Get("Content-Transfer-Encoding"), "", parsed.Body, 0)
	return m, err
}

// maxDepth is how far parts may stand in parts.
const maxDepth = 5

var errDepth = errors.New("parts in parts without end")

func (m *message) part(contentType, encoding, name string, r io.Reader, depth int) error {
	kind, params, err := mime.ParseMediaType(contentType)
	if err != nil {
		kind, params = "application/octet-stream", nil
	}
	if depth > maxDepth {
		return errDepth
	}
	if !strings.HasPrefix(kind, "multipart/") {
		if strings.EqualFold(encoding, "base64") {
			r = base64.NewDecoder(base64.StdEncoding, r)
		}
		data, err := io.ReadAll(r)
		if err != nil {
			return err
		}
		m.leaf(kind, name, data)
		return nil
	}
	if kind == "multipart/alternative" {
		m.Bodies = append(m.Bodies, body{})
	}
	parts := multipart.NewReader(r, params["boundary"])
	for {
		p, err := parts.NextPart()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		if err := m.part(p.Header.Get("Content-Type"), p.Header.Get("Content-Transfer-Encoding"), p.FileName(), p, depth+1); err != nil {
			return err
		}
	}
}

func (m *message) leaf(kind, name string, data []byte) {
	if name != "" || kind != "text/plain" && kind != "text/html" {
		m.Files = append(m.Files, attached{name, kind, data})
		return
	}
	if len(m.Bodies) == 0 {
		m.Bodies = []body{{}}
	}
	text, last := strings.ToValidUTF8(string(data), "\uFFFD"), &m.Bodies[len(m.Bodies)-1]
	if kind == "text/html" {
		last.HTML = text
	} else {
		last.Text = strings.ReplaceAll(text, "\r\n", "\n")
	}
}

// part returns what the last part of a path numbers.
func nth[T any](r *http.Request, all []T) (v T, err error) {
	n, err := strconv.Atoi(r.PathValue("n"))
	if err != nil || n < 0 || n >= len(all) {
		return v, errNoPage
	}
	return all[n], nil
}

func mailOf(d *Desk, r *http.Request) (rec ledger.Record, m message, err error) {
	if rec, err = d.c.Letter(r.Context(), r.PathValue("id")); err == nil {
		m, err = readMail(rec.Rendered.Mail)
	}
	return rec, m, err
}

// htmlPart is the page of a mail, for a frame that lets it do nothing.
func htmlPart(d *Desk, w http.ResponseWriter, r *http.Request, _ *frame) error {
	_, m, err := mailOf(d, r)
	if err != nil {
		return err
	}
	b, err := nth(r, m.Bodies)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Security-Policy", guard.Hostile)
	return file(w, r, "text/html; charset=utf-8", "inline", []byte(b.HTML))
}

// printedPage is the printed page. The browser's own reader shows it.
func printedPage(d *Desk, w http.ResponseWriter, r *http.Request, _ *frame) error {
	rec, err := d.c.Letter(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	if len(rec.Rendered.PDF) == 0 {
		return errNoPage
	}
	w.Header().Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'")
	return file(w, r, "application/pdf", disposition("inline", rec.ID+".pdf"), rec.Rendered.PDF)
}

// mailFile is the mail as it is stored.
func mailFile(d *Desk, w http.ResponseWriter, r *http.Request, _ *frame) error {
	rec, err := d.c.Letter(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	return file(w, r, "message/rfc822", disposition("attachment", rec.ID+".eml"), rec.Rendered.Mail)
}

// attachmentFile is a file of the mail, to be saved.
func attachmentFile(d *Desk, w http.ResponseWriter, r *http.Request, _ *frame) error {
	_, m, err := mailOf(d, r)
	if err != nil {
		return err
	}
	a, err := nth(r, m.Files)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Security-Policy", guard.Hostile)
	return file(w, r, "application/octet-stream", disposition("attachment", a.Name), a.Data)
}

func disposition(how, name string) string {
	if s := mime.FormatMediaType(how, map[string]string{"filename": name}); s != "" {
		return s
	}
	return how
}
