package report

import (
	"cmp"
	"slices"
	"strings"

	"headsup/pattern"
)

// words reads a message by its words.
//
// secret is the kind of what is kept apart, about which words that speak of
// something else decide nothing, or "".
func (r *reader) words(docs []*doc, subject, own string, secret Kind) {
	r.kind = weighed(Other, weight{subject, 3}, weight{head(own, 6000), 2})
	hops := r.hopPlaces(docs)
	pl := r.places(docs, len(hops) > 0)
	hopped := len(hops) > 0 || slices.ContainsFunc(r.m.parts, func(p *part) bool {
		return p.inner != nil && p.inner.head.get("Received") != ""
	})
	onlyThese(pl, hops)
	if slices.ContainsFunc(pl, func(p *place) bool { return p.score >= 3 && !p.quote }) {
		hops = slices.DeleteFunc(hops, func(h *place) bool { // what the text says itself decides
			return !slices.ContainsFunc(pl, func(p *place) bool { return p.addr == h.addr })
		})
	}
	suspects := gather(append(pl, hops...))
	chosen, doubt := r.choose(suspects)
	links := r.links(docs)

	spoken, kind := r.spoken(subject, own, docs, pl, hopped)
	why, sure := nothing(subject[len(passesMail.FindString(subject)):], own)
	if secret != "" {
		r.conclude(docs, chosen, links, secret, "", spoken, hops, r.times(docs))
		return
	}
	if len(hops) > 0 && slices.Contains(ofSpam, why) {
		why, sure = "", 0 // the mail that is reported says so
	}
	answered := false
	switch head := r.m.head; {
	case strings.EqualFold(head.get("Auto-Submitted"), "auto-replied") || head.get("X-Autoreply")+head.get("X-Autorespond") != "":
		why, sure = cmp.Or(why, "an automatic answer"), sure+3
		answered = true // a report of a machine says auto-generated (RFC 3834 §5)
	case r.toList(), r.toMany() && !yours.MatchString(subject) && !yours.MatchString(own):
		why, sure = "a mail to the members of a list", 6
	}
	times := r.times(docs)
	s := r.signs(chosen, times, subject, own)
	s.spoken, s.kind, s.why, s.sure = spoken, kind, why, sure
	switch {
	case answered && s.grade <= named:
		s.against(cmp.Or(why, "an automatic answer"), 6)
	case times.toCome():
		s.against("an announcement of what is to come", 4)
	case !s.timed && bill(docs):
		s.against("a bill or an offer", 3)
	case s.grade < told && kind == Other && ofRoutes(docs):
		s.against("a question about a route", 3)
	case !s.fresh && r.quotesUs(docs):
		s.against("an answer to our own mail", 3)
	}
	if r.reported(s) {
		r.conclude(docs, chosen, links, kind, doubt, spoken, hops, times)
	}
}

// ofSpam are what a message reads like where it shows the spam that it reports.
var ofSpam = []string{"a suspended account or an unpaid bill", "a newsletter or advertising", "bait for the desk itself",
	"an application for work", "a notice about an account of the reader's"}

// toMany reports whether the message went to the members of a list (RFC 2369,
// RFC 2919). Reports do so too, but they speak of the reader's own network.
func (r *reader) toMany() bool {
	return r.m.head.get("List-Id")+r.m.head.get("List-Unsubscribe") != ""
}

// toList reports whether a message is addressed to the list that it came by,
// rather than to the reader.
func (r *reader) toList() bool {
	id := lower(r.m.head.get("List-Id"))
	_, to, ok := strings.Cut(strings.TrimRight(lower(r.m.head.get("To")), "> "), "@")
	return ok && to != "" && strings.Contains(id, to)
}

var isReply = re(`^\s*(?:\[[^\]]*\]\s*)*(?:re|aw|sv|antw|odp|ynt|res|rif|r|ответ|回复|答复|回覆|返信|` +
	`답장)(?:\[\d+\])?\s*[:：]`)

// pictured reports whether a message holds a picture and hardly a word.
func (r *reader) pictured() bool {
	words, picture := 0, false
	for _, p := range r.m.parts {
		words += len(strings.Fields(p.text))
		picture = picture || strings.HasPrefix(p.kind, "image/") && len(p.raw) > 0
	}
	return picture && words < 40
}

// conclude makes events of what was chosen.
func (r *reader) conclude(docs []*doc, chosen []*suspect, links []*candidate, kind Kind, doubt string,
	spoken int, hops []*place, times *clock,
) {
	for _, s := range chosen {
		e := Event{Addr: s.addr, Kind: kind, Score: s.total}
		first := s.places[0]
		for _, p := range s.places {
			if p.score > first.score {
				first = p
			}
		}
		e.Why = clean(cmp.Or(first.why, "the only address"))
		e.AddrAt = Span{first.d.part, first.from, first.end}
		if k := s.kindOfRows(); k != "" && (len(chosen) > 1 || kind == Other) {
			e.Kind = k
		}
		if e.Kind == Botnet && s.beside(fetched) {
			e.Kind = Malware // the name of a family beside what is to be fetched
		}
		if e.Kind == ExposedService && s.attacks() {
			e.Kind = Scan // a service is exposed where it went to
		}
		times.choose(&e, s)
		if _, moment := e.Seen.At(); first.is("hop") || !moment {
			if at := s.handed(); !at.IsZero() {
				e.Seen, e.SeenAt = at, Span{} // the server's word on the very mail
			}
		}
		ports(&e, s)
		e.URL, e.URLAt = linkOf(links, s, len(chosen))
		portFinder{&e, s}.ofURL()
		portFinder{&e, s}.everywhere(docs)
		e.Evidence = evidenceFor(s)
		r.add(e)
	}
	content := kind == Phishing || kind == Malware || kind == Copyright
	if len(chosen) == 0 && len(links) > 0 && (doubt == "" || content && links[0].score >= likely) {
		r.linkEvents(links, kind, times)
	}
	switch {
	case len(r.out.Events) > 0:
		r.out.Status = Understood
		r.out.Why = r.out.Events[0].Why
	case doubt != "":
		r.out.Status, r.out.Why = Person, doubt
	case len(r.foreign) > 0:
		r.out.Status, r.out.Why = Person, "it reports "+r.foreign[0].String()+", which is not ours"
	case spoken >= 4 && r.m.head.get("List-Unsubscribe") == "":
		r.out.Status, r.out.Why = Person, "it names neither an address nor a URL that can be told for sure"
	case r.pictured():
		r.out.Status, r.out.Why = Person, "it shows a picture, and says little"
	case !r.automatic() && !isReply.MatchString(subjectOf(r)):
		r.out.Status, r.out.Why = Person, "somebody wrote it, and it names nobody"
	default:
		r.out.Status, r.out.Why = None, "it names nobody"
	}
}

// handed is when a suspect handed over the mail that is reported.
func (s *suspect) handed() Time {
	for _, p := range s.places {
		if at := exact(p.handed); p.is("hop") && !at.IsZero() {
			return at
		}
	}
	return Time{}
}

// kindOfRows is the kind that the rows of a table state for a suspect, or "".
func (s *suspect) kindOfRows() Kind {
	for _, p := range s.places {
		if p.score >= 0 && p.is("column", "list", "log") {
			if k := p.kindOfPlace(); k != "" {
				return k
			}
		}
	}
	return ""
}

// beside reports whether something holds for a place of a suspect that does not
// speak against it.
func (s *suspect) beside(is func(p *place) bool) bool {
	return slices.ContainsFunc(s.places, func(p *place) bool { return p.score >= 0 && is(p) })
}

// fetched reports whether the row of a place names a file to be fetched.
func fetched(p *place) bool {
	points, l := map[Kind]int{}, p.d.lines[p.line]
	if !p.inURL && !p.is("column", "list") || l.to-l.from > 2000 {
		return false
	}
	signsOfKind(lower(refang(p.d.words(p.line))), 1, points)
	return points[Malware] > 0
}

// attacks reports whether a suspect stands in a column of those who attack.
func (s *suspect) attacks() bool {
	return s.beside(func(p *place) bool { return p.is("column") && attacking.MatchString(p.slot) })
}

// attacking is the name of a column of those who attack.
var attacking = re(`attack|攻击源|攻擊源|攻撃元|공격|angreifer|atacante|attaquant|attaccante|атак`)

// evidenceFor are the lines that name a suspect.
func evidenceFor(s *suspect) string {
	var b strings.Builder
	last := -1
	for _, p := range s.places {
		if p.d.subject || p.line == last || b.Len() > maxEvidence {
			continue
		}
		last = p.line
		l := p.d.lines[p.line]
		b.WriteString(head(p.d.text[l.from:l.to], maxValue) + "\n")
	}
	return evidenceOf(b.String())
}

// kindsNamed are the values of fields of a text that say what happened: "Reason:
// mail to spamtraps".
func kindsNamed(own string) string {
	var b strings.Builder
	for _, m := range kindNamed.FindAllStringSubmatch(own, 8) {
		b.WriteString(m[1] + "\n")
	}
	return b.String()
}

// kindNamed is a field that says what happened, in small letters.
var kindNamed = pattern.New(`(?:^|\n)[^\p{L}\n]{0,6}(?:(?:incident|event|attack|abuse|report|threat|issue|problem|violation|` +
	`complaint)[ _-]?)?(?:` +
	`type|kind|category|categories|class|classification|reason|nature|offen[cs]e|violation|incident|attack|abuse|threat|issue|` +
	`infection|listing|` +
	`(?:art|typ) (?:des|der) \p{L}+|art|grund|kategorie|vorfall|motif|catégorie|nature|type d'\p{L}+|motivo|categoría|` +
	`tipo(?: d[aeio]l? \p{L}+)?|` +
	`categoria|reden|soort(?: \p{L}+)?|categorie|aard|powód|rodzaj(?: \p{L}+)?|kategoria|причина|тип(?: \p{L}+)?|` +
	`категория|категорія|důvod|druh(?: \p{L}+)?|kategória|` +
	`typ(?: \p{L}+)?|orsak|kategori|årsag|årsak|syy|laji|ok|típus|motiv|tip|λόγος|είδος|tür|neden|kategorisi|سبب|` +
	`النوع|نوع|סיבה|סוג|種別|種類|理由|类型|類型|原因|类别|유형|사유|lý do|loại|alasan|jenis)` +
	`[ \t]*[:：=|\t][ \t|]*([^\n]{3,120})`)

// spoken says how much a message speaks as reports do, and of which kind.
func (r *reader) spoken(subject, own string, docs []*doc, pl []*place, hopped bool) (points int, kind Kind) {
	texts := []weight{{subject, 3}, {toEvidence(head(own, 6000), 0), 2}, {head(own, 6000), 1}, {kindsNamed(own), 3}}
	evidence := map[Kind]int{}
	signsOfKind(subject, 2, evidence)
	signsOfKind(head(own, 6000), 1, evidence)
	for _, d := range docs {
		if d.file {
			texts = append(texts, weight{head(d.low, 4000), 1})
			signsOfKind(head(d.low, 4000), 1, evidence)
		}
	}
	kind = weighedWith(evidence, Other, texts...)
	if kind != Other {
		points += 2
	}
	if reportWords(subject, 1) > 0 || speaksOfAbuse(subject) {
		points += 3
	}
	points += min(5, reportWords(head(own, 12000), 5))
	for _, p := range pl {
		if p.is("log") && p.score > 0 {
			points += 2
			break
		}
	}
	for _, p := range pl {
		if p.score >= likely {
			points++
			break
		}
	}
	if hopped {
		points++
		if kind == Other || kind == Scan {
			kind = Spam
		}
	}
	if len(r.m.head.get("List-Unsubscribe")) > 0 && len(pl) == 0 {
		points -= 2
	}
	return points, kind
}
