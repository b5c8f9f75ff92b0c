package report

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"io"
	"mime"
	"mime/quotedprintable"
	"path"
	"strings"
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
