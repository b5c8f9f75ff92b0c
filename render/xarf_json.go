package render

import (
	"encoding/json"
	"strconv"
)

// append appends the report as a line of JSON or, with an indent, as lines. It
// writes what encoding/json does, byte for byte, in a tenth of the time: a
// campaign has a report for each of its findings.
func (x xarf) append(out []byte, indent string) []byte {
	w := jsonWriter{out: out, indent: indent}
	w.open('{')
	w.text("xarf_version", x.Version)
	w.text("report_id", x.ReportID)
	w.text("timestamp", x.Timestamp)
	w.party("reporter", x.Reporter)
	w.party("sender", x.Sender)
	w.text("source_identifier", x.Source)
	if x.SourcePort != 0 {
		w.number("source_port", int(x.SourcePort))
	}
	w.text("category", x.Category)
	w.text("type", x.Type)
	w.text("service", x.Service)
	if x.Port != 0 {
		w.number("port", int(x.Port))
	}
	w.text("protocol", x.Protocol)
	w.text("evidence_source", x.EvidenceSource)
	if len(x.Evidence) > 0 {
		w.name("evidence")
		w.open('[')
		for _, e := range x.Evidence {
			w.element()
			w.open('{')
			w.text("content_type", e.ContentType)
			w.text("description", e.Description)
			w.text("payload", e.Payload)
			w.text("hash", e.Hash)
			w.number("size", e.Size)
			w.close('}')
		}
		w.close(']')
	}
	w.name("tags")
	w.open('[')
	for _, tag := range x.Tags {
		w.element()
		w.string(tag)
	}
	w.close(']')
	w.name("confidence")
	w.out = strconv.AppendFloat(w.out, x.Confidence, 'f', -1, 64)
	w.text("description", x.Description)
	w.close('}')
	return append(w.out, '\n')
}

// A jsonWriter writes JSON in the order of the calls.
type jsonWriter struct {
	out    []byte
	indent string
	depth  int
	more   bool // something stands before what comes next
}

func (w *jsonWriter) open(c byte) {
	w.out = append(w.out, c)
	w.depth, w.more = w.depth+1, false
}

func (w *jsonWriter) close(c byte) {
	w.depth--
	if w.more {
		w.line()
	}
	w.out, w.more = append(w.out, c), true
}

// element begins an element of an array, or a name of an object.
func (w *jsonWriter) element() {
	if w.more {
		w.out = append(w.out, ',')
	}
	w.more = true
	w.line()
}

func (w *jsonWriter) line() {
	if w.indent == "" {
		return
	}
	w.out = append(w.out, '\n')
	for range w.depth {
		w.out = append(w.out, w.indent...)
	}
}

func (w *jsonWriter) name(name string) {
	w.element()
	w.out = append(append(append(w.out, '"'), name...), '"', ':')
	if w.indent != "" {
		w.out = append(w.out, ' ')
	}
}

func (w *jsonWriter) text(name, value string) {
	w.name(name)
	w.string(value)
}

func (w *jsonWriter) number(name string, value int) {
	w.name(name)
	w.out = strconv.AppendInt(w.out, int64(value), 10)
}

func (w *jsonWriter) party(name string, p party) {
	w.name(name)
	w.open('{')
	w.text("org", p.Org)
	w.text("contact", p.Contact)
	w.text("domain", p.Domain)
	w.close('}')
}

// string writes a string. What encoding/json escapes it does itself.
func (w *jsonWriter) string(s string) {
	for i := range len(s) {
		switch c := s[i]; {
		case c < ' ' || c > '~' || c == '"' || c == '\\' || c == '<' || c == '>' || c == '&':
			text, err := json.Marshal(s)
			if err != nil {
				panic(err) // a string
			}
			w.out = append(w.out, text...)
			return
		}
	}
	w.out = append(append(append(w.out, '"'), s...), '"')
}
