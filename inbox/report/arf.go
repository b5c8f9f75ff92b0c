package report

import (
	"net/netip"
	"strings"

	"headsup/sheet"
)

// feedbackKinds says what the types of feedback report (RFC 5965 §7.3, RFC
// 6430, RFC 6591).
var feedbackKinds = map[string]Kind{
	"abuse": Spam, "fraud": Phishing, "virus": Malware, "other": Other, "opt-out": Spam, "opt-out-list": Spam,
	"phishing": Phishing, "spam": Spam, "complaint": Spam, "miscategorized": Spam, "": Spam,
}

// readARF reads a feedback report (RFC 5965). It reports whether the message
// is one.
func (r *reader) readARF() bool {
	var h header
	var text string
	for _, p := range r.m.parts {
		if p.kind == "message/feedback-report" {
			text = p.text
			h = parseHeader([]byte(strings.TrimLeft(p.text, "\n")))
			for rest := p.text; ; { // blocks that some put apart
				i := strings.Index(rest, "\n\n")
				if i < 0 {
					break
				}
				rest = strings.TrimLeft(rest[i:], "\n")
				h = append(h, parseHeader([]byte(rest))...)
			}
			break
		}
	}
	if h == nil {
		return false
	}
	kind, known := feedbackKinds[strings.ToLower(strings.TrimSpace(strings.Trim(h.get("Feedback-Type"), ";")))]
	if !known {
		r.out.Status, r.out.Why = None, "feedback of type "+clean(h.get("Feedback-Type"))+", of which nobody complains"
		return true
	}
	part := r.part("feedback report", text)
	e := Event{Kind: kind, Score: sure, Why: "ARF"}
	if strings.EqualFold(h.get("Feedback-Type"), "abuse") {
		if k := kindOf(lower(r.m.head.get("Subject")), Spam); k == Phishing || k == Malware {
			e.Kind = k
		}
	}
	e.Seen, e.SeenAt = r.fieldTime(h, text, part, "Arrival-Date", "Received-Date")
	if u := h.get("Reported-Uri"); u != "" {
		e.URL, e.URLAt = clean(strings.Trim(u, "<> ")), spanOf(text, part, 0, len(text), u)
	}
	if p, _, err := sheet.Port(h.get("Source-Port")); err == nil { // RFC 6692
		e.Port, e.PortAt = p, spanOf(text, part, 0, len(text), h.get("Source-Port"))
	}
	hop, hopAt, hopped := r.enclosedHop()
	if e.Seen.IsZero() && hopped {
		e.Seen = exact(hop.when)
	}
	e.Evidence = evidenceOf(text)
	var named bool
	for _, v := range h.all("Source-Ip") {
		a, _, err := sheet.Addr(strings.Trim(v, "[]<>; "))
		if err != nil {
			if a, err = netip.ParseAddr(strings.TrimPrefix(strings.Trim(v, "[]"), "IPv6:")); err != nil {
				continue
			}
		}
		named = true
		e.Addr, e.AddrAt = a, spanOf(text, part, 0, len(text), v)
		r.add(e)
	}
	if !named && hopped {
		e.Addr, e.AddrAt, e.Why = hop.addr, hopAt, "the hop that handed the mail over"
		r.add(e)
	} else if !named && e.URL != "" {
		r.add(e)
	}
	if !r.formed() {
		r.out.Status, r.out.Kind, r.out.Why = Person, e.Kind, "a feedback report that names no address"
	}
	return true
}

// fieldTime reads the first of these fields that holds a time.
func (r *reader) fieldTime(h header, text string, part int, names ...string) (Time, Span) {
	for _, n := range names {
		if v := h.get(n); v != "" {
			if ts := stamps(v, r.outer.date()); len(ts) > 0 && ts[0].clock {
				return ts[0].time(nil), spanOf(text, part, 0, len(text), v)
			}
		}
	}
	return Time{}, Span{}
}

// enclosedHop is the hop at which the first enclosed message was handed over.
func (r *reader) enclosedHop() (hop, Span, bool) {
	for _, p := range r.m.parts {
		if p.inner == nil {
			continue
		}
		fields := p.inner.head.all("Received")
		h, ok := handover(fields, judged(p.inner.head), r.o)
		if !ok {
			continue
		}
		text := fields[h.field]
		part := r.part(p.path+" Received", text)
		return h, spanOf(text, part, 0, len(text), h.addr.String()), true
	}
	return hop{}, Span{}, false
}
