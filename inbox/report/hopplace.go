package report

import (
	"strings"

	"headsup/pattern"
)

// hopPlaces are the addresses that handed over the messages which came as
// evidence, enclosed or pasted.
func (r *reader) hopPlaces(docs []*doc) (out []*place) {
	for _, p := range enclosed(r.m, 0) {
		if len(out) > 20 {
			break
		}
		if p.inner.complains() {
			continue
		}
		fields := p.inner.head.all("Received")
		h, ok := handover(fields, judged(p.inner.head), r.o)
		if !ok {
			continue
		}
		d := newDoc(r.part(p.path+" Received", fields[h.field]), fields[h.field])
		out = append(out, hopPlace(h, d, 0))
	}
	for _, d := range docs {
		for i := 0; i < len(d.lines); i++ {
			if d.lines[i].section != mailHead {
				continue
			}
			j := i
			for j < len(d.lines) && d.lines[j].section == mailHead {
				j++
			}
			text := d.text[d.lines[i].from:d.lines[j-1].to]
			head := parseHeader([]byte(unquote(text)))
			h, ok := handover(head.all("Received"), judged(head), r.o)
			if !ok {
				h, ok = originating(head, r.o)
			}
			if ok {
				p := hopPlace(h, d, d.lines[i].from)
				if at := strings.Index(text, h.addr.String()); at >= 0 {
					p.from = d.lines[i].from + at
					p.to, p.end = p.from+len(h.addr.String()), p.from+len(h.addr.String())
					p.line = d.lineAt(p.from)
				}
				out = append(out, p)
			}
			i = j
		}
	}
	return out
}

// desk is the mailbox of those to whom abuse is reported (RFC 2142 §4).
var desk = pattern.New(`(?i)(?:^|[^\p{L}])(?:abuse|noc|security|cert|csirt|soc|trust|hostmaster|postmaster)[\p{L}\p{N}._+-]*@`)

// complains reports whether a message is itself a complaint, and no sample of what
// somebody complains about.
func (m *message) complains() bool {
	if !desk.MatchString(m.head.get("To")) {
		return false
	}
	low := lower(m.head.get("Subject"))
	for _, p := range m.parts {
		if !p.attach {
			low += "\n" + lower(head(p.text, 8000))
		}
	}
	return reportWords(low, 3) >= 2 || speaksOfAbuse(low) && len(mentions(low, Options{Special: true})) > 0
}

// enclosed are the messages in a message, and those in them.
func enclosed(m *message, depth int) (out []*part) {
	if depth > maxDepth {
		return nil
	}
	for _, p := range m.parts {
		if p.inner != nil {
			out = append(append(out, p), enclosed(p.inner, depth+1)...)
		}
	}
	return out
}

func hopPlace(h hop, d *doc, at int) *place {
	p := &place{d: d, line: d.lineAt(at), handed: h.when}
	p.addr = h.addr
	if i := strings.Index(d.text, h.addr.String()); i >= 0 {
		p.from, p.to, p.end = i, i+len(h.addr.String()), i+len(h.addr.String())
	}
	if h.port > 0 {
		p.port, p.portFrom = h.port, p.from
	}
	p.role = role{likely, "hop", "the hop that handed the mail over"}
	return p
}

// unquote takes the signs of quoting from before the lines of a header, and
// puts lines that lost their blanks behind the field that they go on with.
func unquote(s string) string {
	var b strings.Builder
	for l := range strings.SplitSeq(s, "\n") {
		bare := strings.TrimLeft(l, ">|")
		if bare != l {
			bare = strings.TrimPrefix(bare, " ")
		}
		trimmed := strings.TrimLeft(bare, " \t")
		if low := lower(trimmed); len(bare)-len(trimmed) <= 4 && mailHop.MatchString(low) && !headGoesOn.MatchString(low) {
			bare = trimmed
		} else {
			bare = " " + trimmed
		}
		b.WriteString(bare + "\n")
	}
	return b.String()
}
