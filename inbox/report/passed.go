package report

import (
	"cmp"
	"strings"
)

// passesMail is the subject of a message that passes another one on.
var passesMail = re(`^\s*(?:\[[^\]]*\]\s*)?(?:fwd?|wg|tr|rv|enc|i|doorst|pd|转发|轉寄|転送|전달)\s*[:：]`)

// forwarded returns the message that this one only passes on, or nil: one that
// is itself a report, where nothing in this one is about an address. A message
// that came with a report as its evidence is none.
func (r *reader) forwarded(docs []*doc, own string) *message {
	inner := r.m.inner()
	if inner == nil {
		return nil
	}
	ofDesk := toOurDesk(r.outer, inner)
	for _, d := range docs {
		for _, m := range d.mentions(r.o) {
			if !m.param && !m.network && !(ofDesk && d.subject) {
				return nil
			}
		}
	}
	if ofDesk {
		return inner
	}
	subject := lower(r.m.head.get("Subject"))
	reports := 0
	for _, p := range inner.parts {
		if p.kind == "message/feedback-report" {
			return inner
		}
		if !p.attach {
			reports += reportWords(lower(head(p.text, 8000)), 8)
		}
	}
	said := len(strings.TrimSpace(own))
	about := reportWords(lower(inner.head.get("Subject")), 3)
	if about > 0 && reports >= 2 || passesMail.MatchString(subject) && reports >= 3 && said < 400 || said < 40 && reports >= 4 {
		return inner
	}
	return nil
}

// subjectOf is the subject of a message in small letters; of one that somebody of
// the house passes on, that of what is passed on.
func subjectOf(r *reader) string {
	subject := lower(r.m.head.get("Subject"))
	_, house, _ := strings.Cut(strings.TrimRight(lower(r.outer.head.get("To")), "> "), "@")
	if r.m == r.outer && house != "" && strings.HasSuffix(r.m.sender(), "@"+house) {
		return subject[len(passesMail.FindString(subject)):]
	}
	return subject
}

// toOurDesk reports whether somebody of the house encloses what came to its own
// desk for abuse: how that came there is no evidence of anything.
func toOurDesk(outer, inner *message) bool {
	_, house, _ := strings.Cut(strings.TrimRight(lower(outer.head.get("To")), "> "), "@")
	return house != "" && strings.HasSuffix(outer.sender(), "@"+house) && strings.Contains(lower(inner.head.get("To")), "@"+house) &&
		desk.MatchString(inner.head.get("To"))
}

// passedOn reads the message that came with one which does not say enough itself,
// such as the complaint that a provider passes on with a few words of its own. What
// the house wrote itself is nobody's report.
func passedOn(r *reader) {
	inner := r.m.inner()
	_, house, _ := strings.Cut(strings.TrimRight(lower(r.outer.head.get("To")), "> "), "@")
	if inner == nil || r.depth+1 >= maxDepth || house == "" || strings.HasSuffix(inner.sender(), "@"+house) {
		return
	}
	again := &reader{o: r.o, open: r.open, m: inner, outer: r.outer, depth: r.depth + 1, texts: r.texts}
	again.out.Server, again.out.Proven = r.out.Server, r.out.Proven
	again.read()
	r.open = again.open
	if again.out.Status != Understood || again.out.Queue != Open {
		return
	}
	r.out, r.foreign = again.out, again.foreign
	r.out.Reporter = cmp.Or(r.out.Reporter, inner.sender())
}

// inner is the first message in a message, or nil.
func (m *message) inner() *message {
	for _, p := range m.parts {
		if p.inner != nil {
			return p.inner
		}
	}
	return nil
}
