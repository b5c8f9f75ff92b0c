package inbox

import (
	"bytes"
	"errors"
	"html"
	"io"
	"mime"
	"net/mail"
	"net/textproto"
	"strings"

	gomessage "github.com/emersion/go-message"
	"github.com/emersion/go-message/charset"

	"headsup/letter"
	"headsup/pattern"
)

// fields are the fields of a header or of a block of a report, by canonical
// name, decoded.
type fields map[string][]string

// Get returns the first value of a field, or "".
func (f fields) Get(name string) string {
	if v := f[name]; len(v) > 0 {
		return v[0]
	}
	return ""
}

// A message is what came back, taken apart.
type parsed struct {
	header      fields
	vouched     letter.Verdict // of the last server on its way, on its sender
	text        string         // plain text, else HTML without its tags
	status      []fields       // the blocks of a delivery report, first the one about the message
	feedback    fields         // of a complaint
	original    fields         // header of the letter, where it was returned
	returned    string         // and what was returned of it
	disposition bool           // says that the letter was read, or not (RFC 8098)
}

const (
	maxParts = 100
	maxDepth = 10
	maxPart  = 512 << 10 // bytes read of one part
	maxField = 4000
	maxWords = 128 << 10 // of the text that is looked at
)

// parse takes a message apart as well as it can be: a part that cannot be read
// is left out.
func parse(text []byte) (*parsed, error) {
	text = unmbox(text)
	head, body := cutHeader(text)
	raw := rawFields(string(head))
	m := &parsed{header: raw.decoded(), vouched: vouch(raw), original: fields{}}
	if len(m.header) == 0 {
		return nil, errors.New("no header")
	}
	// Only these two fields matter here, and others may be beyond repair.
	mimeHead := "Content-Type: " + contentType(m.header.Get("Content-Type"), body) + "\r\nContent-Transfer-Encoding: " + m.header.Get("Content-Transfer-Encoding")
	if e, _ := gomessage.Read(io.MultiReader(strings.NewReader(mimeHead+"\r\n\r\n"), bytes.NewReader(body))); e != nil {
		parts := 0
		m.take(e, 0, &parts)
	}
	if m.text == "" && len(m.status) == 0 && m.feedback == nil {
		m.text = decode(bytes.NewReader(body)) // MIME beyond repair
	}
	m.text = m.text[:min(len(m.text), maxWords)]
	m.cutOriginal()
	m.readNotice()
	return m, nil
}

var delimiter = pattern.New(`(?m)^--([^\s-][^\s]{4,68})\r?$`)

// contentType returns the field, with the boundary that the body shows where it has lost its own.
func contentType(field string, body []byte) string {
	_, params, _ := mime.ParseMediaType(field)
	if params["boundary"] != "" || !strings.HasPrefix(strings.ToLower(field), "multipart/") {
		return field
	}
	if line := delimiter.FindSubmatch(body); line != nil {
		return "multipart/mixed; boundary=\"" + string(line[1]) + "\""
	}
	return field
}

// take reads a part and the parts in it.
func (m *parsed) take(e *gomessage.Entity, depth int, parts *int) {
	if *parts++; *parts > maxParts || depth > maxDepth {
		return
	}
	if r := e.MultipartReader(); r != nil {
		for {
			p, err := r.NextPart()
			if p == nil || err != nil && !gomessage.IsUnknownCharset(err) && !gomessage.IsUnknownEncoding(err) {
				return
			}
			m.take(p, depth+1, parts)
		}
	}
	kind, _, err := mime.ParseMediaType(e.Header.Get("Content-Type"))
	if err != nil && kind == "" {
		kind, _, _ = strings.Cut(strings.ToLower(e.Header.Get("Content-Type")), ";")
		kind = strings.TrimSpace(kind)
	}
	read := func() string { return decode(e.Body) }
	switch kind {
	case "message/delivery-status", "message/global-delivery-status":
		m.status = append(m.status, blocks(read())...)
	case "message/feedback-report":
		m.feedback = merge(blocks(read()))
	case "message/disposition-notification":
		m.disposition = true
	case "message/rfc822", "message/global", "text/rfc822-headers", "message/rfc822-headers", "message/global-headers":
		if len(m.original) == 0 {
			m.giveBack(read())
		}
	case "text/html":
		if m.text == "" {
			m.text = plain(read())
		}
	default:
		if (kind == "" || kind == "application/json" || strings.HasPrefix(kind, "text/")) && strings.TrimSpace(m.text) == "" {
			m.text = read()
		}
	}
}

// giveBack notes the letter that was returned.
func (m *parsed) giveBack(text string) {
	head, _ := cutHeader(unmbox([]byte(text)))
	m.original, m.returned = parseFields(string(head)), text
}

// decode reads text that is in UTF-8, or was meant to be, as far as it goes.
func decode(r io.Reader) string {
	b, _ := io.ReadAll(io.LimitReader(r, maxPart))
	return strings.ToValidUTF8(strings.ReplaceAll(string(b), "\r", ""), "\uFFFD")
}

// cutHeader returns the text above the first empty line, and what follows.
func cutHeader(text []byte) (head, body []byte) {
	for rest := text; len(rest) > 0; {
		line, after, _ := bytes.Cut(rest, []byte("\n"))
		if len(bytes.TrimRight(line, "\r")) == 0 {
			return text[:len(text)-len(rest)], after
		}
		rest = after
	}
	return text, nil
}

var nextRecipient = pattern.New(`(?im)^final-recipient[ \t]*:`)

// blocks splits a report into its blocks of fields (RFC 3464 §2.1). Some
// servers forget the empty line between two recipients.
func blocks(text string) []fields {
	var out []fields
	for rest := []byte(text); len(rest) > 0 && len(out) < maxParts; {
		var head []byte
		head, rest = cutHeader(rest)
		cuts := nextRecipient.FindAllIndex(head, maxRecipients)
		from := 0
		for _, c := range cuts[min(len(cuts), 1):] {
			out = append(out, parseFields(string(head[from:c[0]])))
			from = c[0]
		}
		if f := parseFields(string(head[from:])); len(f) > 0 {
			out = append(out, f)
		}
	}
	return out
}

func merge(all []fields) fields {
	out := fields{}
	for _, f := range all {
		for name, values := range f {
			out[name] = append(out[name], values...)
		}
	}
	return out
}

var words = mime.WordDecoder{CharsetReader: charset.Reader}

var fieldName = pattern.New(`^[!-9;-~]+[ \t]*:`)

// parseFields reads header fields leniently: a line that is none is skipped.
func parseFields(text string) fields { return rawFields(text).decoded() }

// rawFields reads header fields without decoding them.
func rawFields(text string) fields {
	f := fields{}
	last := ""
	for line := range strings.SplitSeq(strings.ReplaceAll(text, "\r", ""), "\n") {
		if last != "" && line != "" && (line[0] == ' ' || line[0] == '\t') {
			values := f[last]
			if v := values[len(values)-1]; len(v) < maxField {
				values[len(values)-1] = v + " " + strings.TrimSpace(line)
			}
			continue
		}
		last = ""
		if !fieldName.MatchString(line) {
			continue
		}
		name, value, _ := strings.Cut(line, ":")
		last = textproto.CanonicalMIMEHeaderKey(strings.TrimSpace(name))
		f[last] = append(f[last], strings.TrimSpace(value[:min(len(value), maxField)]))
	}
	return f
}

// decoded returns the fields with their encoded words decoded (RFC 2047).
func (f fields) decoded() fields {
	out := fields{}
	for name, values := range f {
		for _, v := range values {
			if d, err := words.DecodeHeader(japanese(v)); err == nil {
				v = d
			}
			out[name] = append(out[name], strings.ToValidUTF8(v, "\uFFFD"))
		}
	}
	return out
}

// japanese decodes ISO-2022-JP that stands in a field as it is, for which
// there was no other way when some servers were written.
func japanese(v string) string {
	if !strings.Contains(v, "\x1b$") {
		return v
	}
	r, err := charset.Reader("iso-2022-jp", strings.NewReader(v))
	if err != nil {
		return v
	}
	d, err := io.ReadAll(r)
	if err != nil {
		return v
	}
	return string(d)
}

var (
	tags   = pattern.New(`(?is)<(style|script|head)\b.*?</(style|script|head)>|<[a-z/!][^>@\s]*(\s[^>]*)?>`)
	breaks = pattern.New(`(?i)<(br|/p|/div|/tr|/li|/h\d)\b[^>]*>`)
)

var quotation = pattern.New(`(?is)<blockquote\b[^>]*>(.*?)</blockquote>`)

// plain takes the tags out of HTML, but not the addresses that nobody escaped.
// What stands in a blockquote is quoted as in plain text.
func plain(s string) string {
	s = quotation.ReplaceAllStringFunc(s, func(quote string) string {
		return "<br>> " + breaks.ReplaceAllString(quotation.FindStringSubmatch(quote)[1], "\n> ") + "<br>"
	})
	s = breaks.ReplaceAllString(s, "\n")
	return html.UnescapeString(tags.ReplaceAllString(s, ""))
}

var addrSpec = pattern.New(`[A-Za-z0-9.!#$%&'*+/=?^_{|}~-]+@[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?`)

// addresses finds the mail addresses in a field or a line.
func addresses(s string) []string {
	if list, err := mail.ParseAddressList(s); err == nil {
		var out []string
		for _, a := range list {
			out = append(out, a.Address)
		}
		return out
	}
	return addrSpec.FindAllString(s, 20)
}

func firstAddress(s string) string {
	if a := addresses(s); len(a) > 0 {
		return a[0]
	}
	return ""
}
