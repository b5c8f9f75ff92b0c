package report

import (
	"slices"
	"strings"
	"time"

	"headsup/pattern"
)

// A grade says how well a text tells what one of the addresses in it has to do
// with the matter.
type grade int

const (
	absent grade = iota // no address is taken for the suspect's
	bare                // it stands there
	named               // a sentence or the subject names it: "from", "your address"
	told                // a field, a column, a list or a sentence says what it did
	proven              // a line of a log, the hop of a mail, a field that accuses
)

// signs are what speaks for a message to be a report, and what against.
//
// No one sign is of one language: where words fail, the form of the text tells.
// A report is taken for one with these:
//
//	proven, told  nothing more
//	named         a time of day; a subject of abuse and a day; or a word of
//	              abuse beside it
//	bare          a time of day and some words of reports; or a subject of
//	              abuse, and a day, a line of its own or a word of abuse
//	absent        words of reports enough
//
// Against it stand what reads like an acknowledgement, a bill and the like, an
// answer to the house's own mail, amounts of money, and days that are still to
// come. A message that falls short is for a person where an address of ours
// stands in it.
type signs struct {
	grade   grade
	said    bool      // words beside an address in the text itself tell
	subject bool      // the subject names one
	listed  bool      // one stands on a line of its own
	accused bool      // words of abuse stand beside one
	timed   bool      // a time of day is stated for one
	dated   bool      // or a day
	fresh   bool      // one stands outside of quoted mails
	reply   bool      // the message answers another
	answer  bool      // and its subject says so
	abuse   bool      // its subject speaks of abuse
	ours    bool      // the house knows its addresses, and one of them is meant
	low     [2]string // the subject and what the message says itself, in small letters
	spoken  int       // words of reports
	kind    Kind
	why     string // what it reads like that is no report, or ""
	sure    int    // how much so
}

// signs looks at what stands around the suspects.
func (r *reader) signs(chosen []*suspect, times *clock, subject, own string) signs {
	s := signs{low: [2]string{subject, own}, answer: isReply.MatchString(subjectOf(r))}
	s.reply = s.answer || r.m.head.get("In-Reply-To") != ""
	s.abuse = speaksOfAbuse(subject) || reportWords(subject, 1) > 0
	s.ours = r.o.Ours != nil && len(chosen) > 0
	for _, c := range chosen {
		for _, p := range c.places {
			s.grade = max(s.grade, p.grade())
			s.fresh = s.fresh || p.d.lines[p.line].section != quoted
			s.said = s.said || !p.quote && !p.d.subject && p.score >= somewhat
		}
		s.subject, s.listed = s.subject || c.subject, s.listed || c.listed
		s.accused = s.accused || slices.ContainsFunc(c.places, accusing)
		var e Event
		times.choose(&e, c)
		s.dated = s.dated || !e.Seen.IsZero()
		s.timed = s.timed || !e.Seen.IsZero() && !e.Seen.Day
	}
	return s
}

// against adds what the form of a message says against a report, whatever its
// words are.
func (s *signs) against(why string, points int) {
	if points > s.sure {
		s.why, s.sure = why, points
	}
}

// toCome reports whether a message speaks of days that are still to come, and
// of no hour that is past.
func (c *clock) toCome() bool {
	future := 0
	for _, ts := range c.stamps {
		for _, t := range ts {
			switch at := t.time(c.zone).at; {
			case c.sent.IsZero(), t.ordered:
			case at.After(c.sent.Add(14 * time.Hour)): // of any zone
				future++
			case t.clock && t.score > -6:
				return false
			}
		}
	}
	return future >= 2
}

// ofRoutes reports whether a text shows the way to a host, hop by hop.
func ofRoutes(docs []*doc) bool {
	hops := 0
	for _, d := range docs {
		for i, l := range d.lines {
			if l.section == registry && trace.MatchString(d.words(i)) {
				hops++
			}
		}
	}
	return hops >= 3
}

// quotesUs reports whether a message quotes one that the house itself wrote: the
// line above the quoted text names a mail address of the domain that the
// message came to, or the quoted text ends with the house's own name.
func (r *reader) quotesUs(docs []*doc) bool {
	_, house, ok := strings.Cut(strings.TrimRight(lower(r.outer.head.get("To")), "> "), "@")
	if !ok || strings.Contains(lower(r.outer.head.get("From")), "@"+house) {
		return false
	}
	for _, d := range docs {
		for i, l := range d.lines {
			w := d.words(i)
			if l.section == quoted && strings.Contains(w, "@"+house) && (wrote.MatchString(w) || fromField.MatchString(w)) {
				return true
			}
		}
	}
	return false
}

// fromField is the field of who wrote a message, in the languages of mail
// programs.
var fromField = pattern.New(`^[\s>*]*(?:from|von|de|da|van|od|от|від|från|fra|lähettäjä|feladó|kimden|gönderen|` +
	`差出人|发件人|寄件者|보낸 ?사람|من|מאת|από|de la|dari|từ)[\s*]*[:：]`)

// money is an amount with the sign or letters of a currency.
var money = pattern.New(`(?:€|\$|£|¥|₺|₴|₽|USD|EUR|GBP|CHF)\s?\d[\d.,\x{a0}]*|\d[.,]?\d\s?(?:€|\$|£|₺|₴|₽|USD|EUR|GBP|` +
	`CHF|PLN|zł|Kč|CZK|RON|lei|HUF|Ft|SEK|NOK|DKK|грн|руб|TL|円|元|원)(?:[^\p{L}]|$)`)

// bill reports whether a text states several amounts of money.
func bill(docs []*doc) bool {
	for _, d := range docs {
		if !d.file && len(money.FindAllStringIndex(head(d.text, 8<<10), 3)) >= 2 {
			return true
		}
	}
	return false
}

// accusing reports whether words of abuse stand around a place, in its own
// sentences.
func accusing(p *place) bool {
	if p.quote || p.score < 0 || p.d.subject {
		return false
	}
	left, right := tail(p.d.low[:p.from], 160), head(p.d.low[p.end:], 160)
	if i := strings.LastIndex(left, "\n\n"); i >= 0 && !strings.HasSuffix(strings.TrimSpace(left[:i]), ":") {
		left = left[i:]
	}
	right, _, _ = strings.Cut(right, "\n\n")
	return speaksOfAbuse(left+" "+right) || reportWords(left+" "+right, 2) > 1
}

// automatic reports whether a program sent the message to many, by its header
// (RFC 2369, RFC 2919, RFC 3834).
func (r *reader) automatic() bool {
	h := r.outer.head
	auto := h.get("Auto-Submitted")
	return r.toMany() || h.get("Precedence") != "" || auto != "" && !strings.EqualFold(auto, "no") || h.get("Feedback-Id") != "" ||
		h.get("X-Mailer-Campaign")+h.get("X-Campaign-Id")+h.get("X-Campaignid") != ""
}

// grade is how well a place tells what its address has to do with the matter.
func (p *place) grade() grade {
	switch {
	case p.quote:
		return bare
	case p.is("log", "hop"), p.score >= sure && p.is("field", "column"):
		return proven
	case p.score >= 0 && p.besideLink():
		return told
	case p.score < somewhat:
		return bare
	case p.is("field", "column", "list", "url"), slices.Contains(tellingSlots, p.slot), p.slot == "prose:does" && accusing(p):
		return told
	}
	return named
}

// besideLink reports whether a URL that no program shall follow stands in the
// line of a place: its host is there.
func (p *place) besideLink() bool {
	l := p.d.lines[p.line]
	return l.to-l.from < 2000 && slices.ContainsFunc(urlSpans(p.d.text[l.from:l.to]), func(u link) bool { return u.fanged })
}

// tellingSlots are the forms of words that say what an address did.
var tellingSlots = []string{"prose:arrow", "prose:hosted", "prose:by whom", "record"}

// reported says whether a message reports anything, and else why it does not.
func (r *reader) reported(s signs) bool {
	none := func(why string) bool {
		r.out.Status, r.out.Why, r.sure = None, why, s.sure >= 4
		return false
	}
	person := func(why string) bool {
		r.out.Status, r.out.Why, r.out.Kind = Person, why, s.kind
		return false
	}
	proof := s.grade == proven
	if s.reply && s.sure > 0 {
		s.sure += 2
	}
	customer := forPerson(s.low[0], s.low[1])
	switch {
	case s.sure == 3 && s.ours && !s.reply && s.timed && s.kind != Other && (s.grade >= told || s.abuse && s.said):
		r.out.Kind = s.kind // what is said below is advice
		return true
	case s.sure == 3 && s.said && !proof && !s.reply && r.o.Ours != nil:
		return person("it reads like " + s.why + ", and like a report")
	case s.why == aCustomer && s.sure < 6 && s.grade == absent && s.kind != Other:
		return person("it reads like " + s.why)
	case s.sure >= 6, s.sure >= 3 && !proof && s.spoken < 9, s.sure >= 4 && s.reply && !proof:
		return none(s.why)
	case s.sure >= 3 && proof && s.reply:
		return person("it reads like " + s.why + ", and like a report")
	case s.answer && !proof && !s.said:
		if reportWords(s.low[1], 5) >= 4 {
			return person("an answer that may go on with a report")
		}
		return none("an answer")
	case !proof && customer != "":
		return person("it reads like " + customer)
	case s.enough():
		r.out.Kind = s.kind
		return true
	case r.pictured():
		return person("it shows a picture, and says little")
	case !s.ours && (s.spoken == 0 || s.reply || s.sure > 0 || r.automatic()):
		return none("it speaks of no abuse")
	case !s.ours:
		return person("somebody wrote it, and it says nothing that can be told")
	case s.sure > 0 && !s.timed && !s.abuse:
		return none(s.why)
	}
	return person("it names an address of ours, and does not say what for")
}

// enough reports whether the signs suffice for a report.
func (s signs) enough() bool {
	of := s.abuse && s.kind != Other && s.sure == 0
	switch s.grade {
	case proven:
		return true
	case told:
		return s.ours || s.spoken >= 3
	case named:
		return s.timed && (s.ours || s.spoken >= 3) || of && (s.dated || s.subject) || s.accused && s.sure < 3 && s.spoken >= 4
	case bare:
		return s.timed && s.spoken >= 3 || of && s.spoken >= 5 && (s.dated || s.listed || s.accused)
	}
	return s.spoken >= 3
}
