package report

import (
	"slices"
	"strings"

	"headsup/sheet"
)

// A Field is what a sender's label or column means, as a house teaches it.
type Field string

const (
	FieldAddress Field = "address" // of who did it
	FieldPort    Field = "port"    // at that address
	FieldTarget  Field = "target"  // the port that it went for
	FieldTime    Field = "time"
	FieldURL     Field = "url"
	FieldKind    Field = "kind"
)

// Fields lists what a field can mean.
var Fields = []Field{FieldAddress, FieldPort, FieldTarget, FieldTime, FieldURL, FieldKind}

// taught returns what the house teaches of the labels of who sent the message, in
// small letters.
func taught(r *reader) map[string]Field {
	if r.o.Fields == nil {
		return nil
	}
	return r.o.Fields(strings.ToLower(r.m.sender()))
}

// readTaught reads labelled values of which the house says what they are. An
// address begins an event where the one before has one already. It reports
// whether there was an address of which somebody can be asked.
func readTaught(r *reader, docs []*doc, subject, own string) bool {
	fields := taught(r)
	if len(fields) == 0 {
		return false
	}
	kind := weighed(Other, weight{subject, 3}, weight{head(own, 4000), 1})
	for _, d := range docs {
		e := Event{Kind: kind, Score: sure, Why: "a field that the settings explain"}
		for _, l := range d.lines {
			label, value, from, ok := labelOf(d.text, l)
			if !ok || l.section == quoted || l.section == registry || l.section == mailHead {
				continue
			}
			if f := fields[label]; f == FieldAddress && e.Addr.IsValid() {
				r.add(e)
				e = Event{Kind: kind, Score: e.Score, Why: e.Why}
				setField(r, &e, f, value, Span{d.part, from, l.to})
			} else if f != "" {
				setField(r, &e, f, value, Span{d.part, from, l.to})
			}
		}
		if e.Addr.IsValid() {
			r.add(e)
		}
	}
	return r.formed()
}

// labelOf returns the label of a line in small letters, the value behind it, and
// where that begins.
func labelOf(text string, l line) (label, value string, from int, ok bool) {
	s := text[l.from:l.to]
	at := strings.IndexAny(s, ":=\t")
	if at <= 0 || at > 80 {
		return "", "", 0, false
	}
	value = strings.TrimLeft(s[at+1:], " \t:=")
	return lower(strings.Trim(s[:at], " \t*-•>|")), strings.TrimSpace(value), l.from + len(s) - len(value), value != ""
}

// setField puts a value of a field into an event. A value that is none stays out.
func setField(r *reader, e *Event, f Field, value string, at Span) {
	at.To = at.From + len(value)
	switch f {
	case FieldAddress:
		if a, port, err := sheet.Addr(refang(value)); err == nil {
			e.Addr, e.AddrAt, e.Evidence = a, at, clean(value)
			if port > 0 {
				e.Port = port
			}
		}
	case FieldPort:
		if p, ok := portIn(value); ok {
			e.Port, e.PortAt = uint16(p), at
		}
	case FieldTarget:
		if p, ok := portIn(value); ok {
			e.Target = uint16(p)
		}
	case FieldTime:
		if t := exact(value).in(r.zone); !t.IsZero() {
			e.Seen, e.SeenAt = t, at
		}
	case FieldURL:
		e.URL, e.URLAt = urlIn(value), at
	case FieldKind:
		if k := xarfKind(value); k != "" {
			e.Kind = k
		} else {
			e.Kind = kindOf(lower(value), e.Kind)
		}
	}
}

// column is what the house says of a column.
func column(name string, fields map[string]Field) Field {
	return fields[lower(strings.TrimSpace(name))]
}

// isTaught reports whether the house says of a column where the address stands.
func isTaught(columns []string, fields map[string]Field) bool {
	return slices.ContainsFunc(columns, func(c string) bool { return column(c, fields) == FieldAddress })
}

// teach makes the columns of a table mean what the house says of them.
func (t *table) teach(columns []string, fields map[string]Field) {
	for i, c := range columns {
		switch column(c, fields) {
		case FieldAddress:
			t.addr = i
		case FieldPort:
			t.port = i
		case FieldTarget:
			t.target = i
		case FieldTime:
			t.seen = i
		case FieldURL:
			t.url = i
		case FieldKind:
			t.kind = i
		}
	}
}
