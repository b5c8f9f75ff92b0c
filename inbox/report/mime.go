package report

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"io"
	"mime"
	"mime/quotedprintable"
	"net/mail"
	"net/textproto"
	"path"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/emersion/go-message/charset"
	"golang.org/x/text/unicode/norm"

	"headsup/pattern"
)

// A message is a mail message taken apart, leniently: desks receive what no
// standard allows.
type message struct {
	head  header
	parts []*part // the leaves, in order
}

// A part is a leaf of a message, or a message in it.
type part struct {
	path   string // "1.2"
	kind   string // media type in lower case
	name   string // of the file, or ""
	attach bool
	raw    []byte   // decoded
	text   string   // in UTF-8, where kind is text; HTML as it reads
	inner  *message // where it is a message
	opened bool     // its files were unpacked
	files  []file
}

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

// unmbox takes the separator of an mbox from above a message.
func unmbox(text []byte) []byte {
	text = bytes.TrimLeft(text, "\ufeff\r\n \t")
	for bytes.HasPrefix(text, []byte("From ")) || bytes.HasPrefix(text, []byte(">From ")) {
		_, rest, _ := bytes.Cut(text, []byte("\n"))
		text = bytes.TrimLeft(rest, "\r\n")
	}
	return text
}

// parse takes a message apart.
func (o *opener) parse(text []byte, depth int) *message {
	head, body := cutHeader(text, false)
	m := &message{head: parseHeader(head)}
	if len(m.head) == 0 {
		m.parts = []*part{{path: "1", kind: "text/plain", raw: text, text: toUTF8(text, "")}}
		return m
	}
	o.take(m, m.head, body, "1", depth)
	return m
}

// take reads the part that has this header, and the parts in it.
func (o *opener) take(m *message, h header, body []byte, at string, depth int) {
	if o.parts++; o.parts > maxParts {
		o.limit(fmt.Sprintf("more than %d parts", maxParts))
		return
	}
	if depth > maxDepth {
		o.limit(fmt.Sprintf("parts in parts more than %d deep", maxDepth))
		return
	}
	kind, params := mediaType(h.get("Content-Type"))
	if strings.HasPrefix(kind, "multipart/") {
		if inner := split(body, params["boundary"]); len(inner) > 0 {
			for i, p := range inner {
				if o.parts > maxParts {
					o.limit(fmt.Sprintf("more than %d parts", maxParts))
					return
				}
				head, rest := cutHeader(p, true)
				o.take(m, parseHeader(head), rest, fmt.Sprintf("%s.%d", at, i+1), depth+1)
			}
			return
		}
		kind = "text/plain" // multipart by name alone
	}
	p := &part{path: at, kind: kind, name: fileName(h, params)}
	disposition := strings.ToLower(h.get("Content-Disposition"))
	p.attach = strings.HasPrefix(disposition, "attachment") || p.name != ""
	p.raw = o.decoded(body, h.get("Content-Transfer-Encoding"))
	m.parts = append(m.parts, p)
	o.understand(p, params["charset"], depth)
}

// understand gives a part its text or its message.
func (o *opener) understand(p *part, set string, depth int) {
	ext := strings.ToLower(path.Ext(p.name))
	switch {
	case p.kind == "message/rfc822", p.kind == "message/global", ext == ".eml",
		p.kind == "text/rfc822-headers", p.kind == "message/rfc822-headers", p.kind == "text/rfc822-header":
		if depth >= maxDepth {
			o.limit(fmt.Sprintf("parts in parts more than %d deep", maxDepth))
			return
		}
		p.inner = o.parse(unmbox(p.raw), depth+1)
	case p.kind == "text/html", ext == ".html", ext == ".htm":
		p.kind, p.text = "text/html", htmlText(toUTF8(p.raw, set))
	case p.kind == "", strings.HasPrefix(p.kind, "text/"), strings.HasPrefix(p.kind, "message/"),
		p.kind == "application/xml", strings.HasSuffix(p.kind, "json"), strings.HasSuffix(p.kind, "+xml"),
		isTextName(ext), p.kind == "application/octet-stream" && looksText(p.raw):
		p.text = toUTF8(p.raw, set)
		if isPage(p.text) {
			p.text = htmlText(p.text)
		}
	}
}

// isPage reports whether a text that is called plain is HTML all the same.
func isPage(s string) bool {
	low := lower(head(s, 64<<10))
	return strings.Contains(low, "<html") || strings.Count(low, "<br") >= 3 || strings.Count(low, "</td>") >= 2
}

func isTextName(ext string) bool {
	switch ext {
	case ".txt", ".log", ".csv", ".tsv", ".json", ".jsonl", ".xml", ".yaml", ".yml":
		return true
	}
	return false
}

// looksText reports whether bytes are text without control characters.
func looksText(b []byte) bool {
	b = b[:min(len(b), 4096)]
	return len(b) > 0 && bytes.IndexFunc(b, func(r rune) bool { return r < ' ' && r != '\n' && r != '\r' && r != '\t' && r != '\f' }) < 0 &&
		utf8.Valid(b[:max(0, len(b)-4)])
}

// mediaType reads a Content-Type as far as it goes.
func mediaType(v string) (kind string, params map[string]string) {
	kind, params, err := mime.ParseMediaType(strings.TrimRight(v, "; \t"))
	if err == nil && kind != "" {
		return kind, params
	}
	kind, rest, _ := strings.Cut(strings.ToLower(v), ";")
	params = map[string]string{}
	for _, m := range param.FindAllStringSubmatch(v[len(v)-len(rest):], 10) {
		params[strings.ToLower(m[1])] = strings.Trim(m[2], `"`)
	}
	return strings.TrimSpace(kind), params
}

var param = pattern.New(`([A-Za-z-]+)\s*=\s*("[^"]*"|[^;\s]+)`)

func fileName(h header, params map[string]string) string {
	if _, d, err := mime.ParseMediaType(h.get("Content-Disposition")); err == nil && d["filename"] != "" {
		return clean(decodeWords(path.Base(d["filename"])))
	}
	if m := param.FindStringSubmatch(after(h.get("Content-Disposition"), ";")); m != nil && strings.EqualFold(m[1], "filename") {
		return clean(path.Base(strings.Trim(m[2], `"`)))
	}
	if params["name"] == "" {
		return ""
	}
	return clean(decodeWords(path.Base(params["name"])))
}

func after(s, sep string) string { _, rest, _ := strings.Cut(s, sep); return rest }

var delimiter = pattern.New(`(?m)^--([^\s-][^\r\n]{4,68}?)[ \t]*\r?$`)

// split cuts a multipart body at its boundary (RFC 2046 §5.1), or at the one
// that it shows where the header has lost it.
func split(body []byte, boundary string) (parts [][]byte) {
	mark := []byte("--" + boundary)
	if boundary == "" || !bytes.Contains(body, mark) {
		line := delimiter.FindSubmatch(body[:min(len(body), 64<<10)])
		if line == nil {
			return nil
		}
		mark = []byte("--" + string(line[1]))
	}
	start := -1
	for at := 0; at < len(body) && len(parts) <= maxParts; {
		i := bytes.Index(body[at:], mark)
		if i < 0 {
			break
		}
		i += at
		at = i + len(mark)
		if i > 0 && body[i-1] != '\n' {
			continue
		}
		tail := body[at:]
		closing := bytes.HasPrefix(tail, []byte("--"))
		if eol := bytes.IndexByte(tail, '\n'); eol >= 0 {
			rest := bytes.Trim(tail[:eol], " \t\r-")
			if len(rest) > 0 {
				continue // a longer boundary
			}
			at += eol + 1
		} else {
			at = len(body)
		}
		if start >= 0 {
			parts = append(parts, bytes.TrimSuffix(body[start:i], []byte("\n")))
		}
		start = at
		if closing {
			return parts
		}
	}
	if start >= 0 && start < len(body) {
		parts = append(parts, body[start:])
	}
	return parts
}

// decoded undoes the transfer encoding, within what may be unpacked.
func (o *opener) decoded(body []byte, encoding string) []byte {
	left := maxUnpacked - o.unpacked
	if left <= 0 {
		o.limit(fmt.Sprintf("more than %d bytes in all parts", maxUnpacked))
		return nil
	}
	switch strings.ToLower(strings.TrimSpace(encoding)) {
	case "base64":
		body = unbase64(body)
	case "quoted-printable":
		if out, err := io.ReadAll(quotedprintable.NewReader(bytes.NewReader(body))); err == nil || len(out) > len(body)/2 {
			body = out
		}
	}
	if len(body) > left {
		o.limit(fmt.Sprintf("more than %d bytes in all parts", maxUnpacked))
		body = body[:left]
	}
	o.unpacked += len(body)
	return body
}

// unbase64 decodes as much as is base64, whatever stands between.
func unbase64(b []byte) []byte {
	if out, err := base64.StdEncoding.AppendDecode(nil, bytes.Trim(b, " \t\r\n")); err == nil { // nothing stands between but ends of lines
		return out
	}
	packed := make([]byte, 0, len(b))
	for _, c := range b {
		switch {
		case c >= 'A' && c <= 'Z', c >= 'a' && c <= 'z', c >= '0' && c <= '9', c == '+', c == '/':
			packed = append(packed, c)
		}
	}
	packed = packed[:len(packed)-map[int]int{1: 1}[len(packed)%4]]
	out := make([]byte, base64.RawStdEncoding.DecodedLen(len(packed)))
	n, _ := base64.RawStdEncoding.Decode(out, packed)
	return out[:n]
}

// toUTF8 reads text in the charset that it names, or else in the one that it
// can only be.
func toUTF8(b []byte, set string) string {
	set = strings.ToLower(strings.Trim(set, `"' ;`))
	switch {
	case bytes.HasPrefix(b, []byte{0xff, 0xfe}):
		set = "utf-16le"
	case bytes.HasPrefix(b, []byte{0xfe, 0xff}):
		set = "utf-16be"
	}
	if set == "" || set == "utf-8" || set == "utf8" || set == "us-ascii" || set == "ascii" || set == "unknown-8bit" {
		if utf8.Valid(b) {
			return tidy(string(b))
		}
		set = "windows-1252"
	}
	if rd, err := charset.Reader(set, bytes.NewReader(b)); err == nil {
		if out, err := io.ReadAll(rd); err == nil {
			return tidy(string(out))
		}
	}
	return tidy(strings.ToValidUTF8(string(b), "?"))
}

// invisible are characters that hide in text and would split words, and the
// figures of other scripts.
var invisible = strings.NewReplacer(append(otherFigures(), "\r\n", "\n", "\r", "\n", "\u200b", "", "\u2212", "-",
	"\u2010", "-", "\u2011", "-", "\u200c", "", "\u200d", "", "\u2060", "", "\ufeff", "",
	"\u00ad", "", "\u00a0", " ", "\u202f", " ", "\u2007", " ", "\x00", "", "．", ".", "\u200e", "", "\u200f", "", "\u202a", "",
	"\u202b", "", "\u202c", "", "\u2066", "", "\u2067", "", "\u2068", "", "\u2069", "")...)

// otherFigures are the full-width figures of East Asia, and those of Arabic,
// Persian, Hindi, Bengali and Thai, with ours.
func otherFigures() (pairs []string) {
	for _, zero := range []rune{'０', '٠', '۰', '०', '০', '๐'} {
		for i := range rune(10) {
			pairs = append(pairs, string(zero+i), string('0'+i))
		}
	}
	return pairs
}

// tidy makes one text of what looks the same: letters with their accents as
// one (NFC; windows-1258 parts them), lines that end alike, nothing invisible.
func tidy(s string) string { return norm.NFC.String(invisible.Replace(strings.ToValidUTF8(s, "?"))) }

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
