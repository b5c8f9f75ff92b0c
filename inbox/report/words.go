package report

import (
	"cmp"
	"net/netip"
	"slices"
	"strings"
)

// A place is one mention of an address with what the words around say of it.
type place struct {
	mention
	role
	d      *doc
	line   int
	quote  bool // in an earlier message
	before int  // what it was worth were it not
}

// A suspect is an address with all its places.
type suspect struct {
	addr        netip.Addr
	best, worst int
	good        int // places that speak for it
	subject     bool
	listed      bool // alone on its line
	places      []*place
	total       int
}

// words reads a message by its words.
//
// secret is the kind of what is kept apart, about which words that speak of
// something else decide nothing, or "".
func (r *reader) words(docs []*doc, subject, own string, secret Kind) {
	r.kind = weighed(Other, weight{subject, 3}, weight{head(own, 6000), 2})
	pl := r.places(docs)
	hops := r.hopPlaces(docs)
	hopped := len(hops) > 0
	if slices.ContainsFunc(pl, func(p *place) bool { return p.score >= 3 && !p.quote }) {
		hops = slices.DeleteFunc(hops, func(h *place) bool { // what the text says itself decides
			return !slices.ContainsFunc(pl, func(p *place) bool { return p.addr == h.addr })
		})
	}
	suspects := gather(append(pl, hops...))
	chosen, doubt := r.choose(suspects)
	links := r.links(docs)

	spoken, kind := r.spoken(subject, own, docs, pl, hopped)
	why, sure := nothing(subject, own)
	if secret != "" {
		r.conclude(docs, chosen, links, secret, "", spoken, hops)
		return
	}
	if strings.EqualFold(strings.TrimSpace(r.m.head.get("Auto-Submitted")), "auto-replied") || r.m.head.get("X-Autoreply") != "" || r.m.head.get("X-Autorespond") != "" {
		why, sure = cmp.Or(why, "an automatic answer"), sure+3
	}
	if r.reported(chosen, subject, own, spoken, why, sure, kind) {
		r.conclude(docs, chosen, links, kind, doubt, spoken, hops)
	}
}

// reported says whether a message reports anything, and else why it does not.
func (r *reader) reported(chosen []*suspect, subject, own string, spoken int, why string, sure int, kind Kind) bool {
	proof, said := false, false
	for _, s := range chosen {
		for _, p := range s.places {
			proof = proof || !p.quote && (strings.HasPrefix(p.slot, "log:") || p.score >= 6 && (strings.HasPrefix(p.slot, "field:") || strings.HasPrefix(p.slot, "column:")))
			said = said || !p.quote && !p.d.subject && p.score >= 2
		}
	}
	reply := isReply.MatchString(subject) || r.m.head.get("In-Reply-To") != ""
	if reply && sure > 0 {
		sure += 2
	}
	none := func(why string) bool {
		r.out.Status, r.out.Why, r.sure = None, why, sure >= 4
		return false
	}
	switch {
	case sure >= 6, sure >= 3 && !proof && spoken < 9, sure >= 4 && reply && !proof:
		return none(why)
	case sure >= 3 && proof && reply:
		r.out.Status, r.out.Why, r.out.Kind = Person, "it reads like "+why+", and like a report", kind
		return false
	case isReply.MatchString(subject) && !proof && !said:
		if count(own, reportWords, 5) >= 4 {
			r.out.Status, r.out.Why, r.out.Kind = Person, "an answer that may go on with a report", kind
			return false
		}
		return none("an answer")
	case spoken < 3 && !proof:
		return none("it speaks of no abuse")
	}
	r.out.Kind = kind
	return true
}

var isReply = re(`^\s*(?:\[[^\]]*\]\s*)*(?:re|aw|sv|antw|odp|ynt|res|rif|r|ответ|回复|答复|回覆|返信|답장)(?:\[\d+\])?\s*[:：]`)

// conclude makes events of what was chosen.
func (r *reader) conclude(docs []*doc, chosen []*suspect, links []*candidate, kind Kind, doubt string, spoken int, hops []*place) {
	times := r.times(docs)
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
		times.choose(&e, s)
		ports(&e, s)
		e.URL, e.URLAt = linkOf(links, s, len(chosen))
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
	default:
		r.out.Status, r.out.Why = None, "it names nobody"
	}
}

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

// places weighs every mention of an address.
func (r *reader) places(docs []*doc) (out []*place) {
	relays := relays(r.outer.head, r.o)
	for _, d := range docs {
		seen := map[string]role{}
		ms := mentions(d.text, r.o)
		for i, m := range ms {
			if m.network || m.param {
				continue
			}
			p := &place{mention: m, d: d, line: d.lineAt(m.from)}
			sect := d.lines[p.line].section
			if sect == registry || sect == mailHead {
				continue
			}
			p.role = d.roleAt(m, p.line, seen)
			if r.kind == Botnet && strings.Contains(p.slot, "victim") {
				p.score = likely + 1
			}
			if i > 0 && !strings.HasPrefix(p.slot, "log:") && !strings.HasPrefix(p.slot, "column:") {
				if same := d.listed(ms, i, out); same.score != 0 {
					p.role = same
				}
			}
			switch {
			case d.subject && p.score >= 0:
				p.score = max(likely, p.score+1)
				p.slot, p.why = "subject", "subject"
			case m.inURL && p.score >= 0:
				switch {
				case strings.HasPrefix(p.slot, "field:"):
					p.score = likely + 1
				case m.fanged, d.linkAround(m, p.line) >= likely:
					p.score = likely
				default:
					p.score = max(1, p.score-2)
				}
				p.slot = "url"
			}
			if relays[m.addr] && !d.subject && p.score <= somewhat {
				p.score -= 3
			}
			switch {
			case sect == signature && p.score < likely:
				p.score -= 3
			case sect == quoted && p.score > 0:
				p.before, p.score = p.score, max(1, p.score-2)
			}
			p.quote = sect == quoted
			out = append(out, p)
		}
	}
	if !slices.ContainsFunc(out, func(p *place) bool { return !p.quote && p.score > 0 }) {
		for _, p := range out { // all that there is was passed on
			if p.quote {
				p.score, p.quote = max(p.score, p.before), false
			}
		}
	}
	return out
}

// linkAround says what the URL is worth whose host a mention is.
func (d *doc) linkAround(m mention, n int) int {
	l := d.lines[n]
	for _, u := range urlSpans(d.text[l.from:l.to]) {
		if u.from+l.from <= m.from && m.from < u.to+l.from {
			u.from, u.to = u.from+l.from, u.to+l.from
			return d.linkScore(u, n)
		}
	}
	return 0
}

// roleAt weighs the words before and behind a mention. Lines that differ in
// figures alone say the same.
func (d *doc) roleAt(m mention, n int, seen map[string]role) role {
	l := d.lines[n]
	left := tail(d.low[l.from:m.from], 120)
	right := head(d.low[min(m.end, l.to):l.to], 100)
	left = strings.TrimRight(left, "\\")
	if m.inURL {
		if i := strings.LastIndex(left, "h"); i >= 0 && strings.Contains(left[i:], "//") {
			left = left[:i]
		}
	}
	column := func() string { return d.column(n, m.from) }
	if strings.Trim(left, bullets) == "" { // on a line of its own: what is above tells
		if name := column(); name != "" {
			if score, name := labelled(name); score != 0 {
				return role{score, "column:" + name, name}
			}
		}
		if log := roleOf(left, right, func() string { return "" }); log.score != 0 {
			return log
		}
		return d.above(n, right)
	}
	key := figures.Replace(tail(left, 90)) + "\x00" + figures.Replace(head(right, 50))
	if strings.ContainsAny(d.text[l.from:l.to], "|\t,;") || strings.Contains(d.text[l.from:l.to], "  ") {
		return roleOf(left, right, column)
	}
	if r, ok := seen[key]; ok {
		return r
	}
	rl := roleOf(left, right, column)
	seen[key] = rl
	return rl
}

var figures = strings.NewReplacer("1", "0", "2", "0", "3", "0", "4", "0", "5", "0", "6", "0", "7", "0", "8", "0", "9", "0")

// above reads what stands above a line that holds no more than an address.
func (d *doc) above(n int, right string) role {
	blanks := 0
	for i := n - 1; i >= 0 && i > n-200; i-- {
		text := strings.TrimSpace(d.words(i))
		switch {
		case text == "":
			if blanks++; blanks > 2 {
				return role{slot: "list"}
			}
			continue
		case inList(text): // more of the list
			continue
		}
		text = strings.TrimRight(tail(text, 160), " *_\"'>")
		if strings.HasSuffix(text, ":") || strings.HasSuffix(text, "：") || len(text) < 60 {
			return heading(strings.TrimRight(text, ":： "), right)
		}
		return role{slot: "list"}
	}
	return role{slot: "list"}
}

// inList reports whether a line begins with an address.
func inList(text string) bool {
	ms := mentions(head(text, 120), Options{Special: true})
	return len(ms) > 0 && strings.Trim(text[:ms[0].from], bullets) == ""
}

// bullets are what may stand before an address that is alone on its line.
const bullets = " \t>*-•·–|\"'([<1234567890.)"

// heading weighs a list by the line above it.
func heading(text, right string) role {
	if len(strings.Fields(text)) <= 6 {
		if score, name := labelled(text); score != 0 {
			return role{score, "list:" + name, name}
		}
	}
	y, o := lastMatch(yours, text), lastMatch(ours, text)
	switch {
	case o >= 0 && y < 0 && count(text, reportWords, 1) == 0:
		return role{notIt + 1, "list:our", text}
	case y >= 0 || count(text, reportWords, 1) > 0 || weighed("", weight{text, 1}) != "":
		return role{likely, "list:words", text}
	}
	if rl := roleOf(text+" ", right, func() string { return "" }); rl.score != 0 {
		rl.slot = "list:" + rl.slot
		return rl
	}
	return role{slot: "list"}
}

// listed gives a mention without words around it the role of the one before,
// where only commas and the like stand between.
func (d *doc) listed(ms []mention, i int, out []*place) role {
	p := d.slotOf(ms[i], out)
	if p == nil {
		return role{}
	}
	between := strings.TrimSpace(d.low[min(p.to, ms[i].from):ms[i].from])
	switch strings.Trim(between, " \t\n\"'()[]*") {
	case "", ",", ";", "and", "und", "et", "y", "e", "en", "i", "и", "/", "、", ", and", "&", "|", "or", "と", "和":
		return p.role
	}
	return role{}
}

func (d *doc) slotOf(m mention, out []*place) *place {
	if len(out) == 0 {
		return nil
	}
	last := out[len(out)-1]
	if last.d != d || m.from-last.to > 12 || m.from < last.to || strings.HasPrefix(last.slot, "log:") {
		return nil
	}
	return last
}

// hopPlaces are the addresses that handed over the messages which came as
// evidence, enclosed or pasted.
func (r *reader) hopPlaces(docs []*doc) (out []*place) {
	for _, p := range r.m.parts {
		if p.inner == nil || len(out) > 20 {
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
			if h, ok := handover(head.all("Received"), judged(head), r.o); ok {
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

func hopPlace(h hop, d *doc, at int) *place {
	p := &place{d: d, line: d.lineAt(at)}
	p.addr = h.addr
	if i := strings.Index(d.text, h.addr.String()); i >= 0 {
		p.from, p.to, p.end = i, i+len(h.addr.String()), i+len(h.addr.String())
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
		if trimmed := strings.TrimLeft(bare, " \t"); mailHop.MatchString(lower(trimmed)) && len(bare)-len(trimmed) <= 4 && !headGoesOn.MatchString(lower(trimmed)) {
			bare = trimmed
		} else {
			bare = " " + trimmed
		}
		b.WriteString(bare + "\n")
	}
	return b.String()
}

// gather puts the places of each address together, in the order in which they
// come first.
func gather(pl []*place) (out []*suspect) {
	by := map[netip.Addr]*suspect{}
	for _, p := range pl {
		s := by[p.addr]
		if s == nil {
			s = &suspect{addr: p.addr, best: -100, worst: 100}
			by[p.addr] = s
			out = append(out, s)
		}
		s.places = append(s.places, p)
		s.best, s.worst = max(s.best, p.score), min(s.worst, p.score)
		if p.score > 0 {
			s.good++
		}
		s.subject = s.subject || p.slot == "subject"
		s.listed = s.listed || strings.HasPrefix(p.slot, "list")
	}
	fresh := slices.ContainsFunc(pl, func(p *place) bool { return !p.quote && p.score >= 3 })
	named := slices.ContainsFunc(pl, func(p *place) bool { return strings.HasPrefix(p.slot, "field:") && p.score >= somewhat })
	for _, s := range out {
		s.total = s.best
		if named && !slices.ContainsFunc(s.places, func(p *place) bool { return p.slot != "url" }) {
			s.total -= 3 // a field says it better than a URL
		}
		if fresh && !slices.ContainsFunc(s.places, func(p *place) bool { return !p.quote }) {
			s.total -= 4 // of an earlier report
		}
		if s.good > 1 && s.best > 0 {
			s.total++
		}
		if s.worst <= notIt+1 {
			s.total -= 3
			if s.best < likely {
				s.total = min(s.total, s.worst)
			}
		} else if s.worst < 0 {
			s.total--
		}
	}
	return out
}

// choose returns those suspects whom the words mean. doubt is why a person has
// to choose, or "".
func (r *reader) choose(all []*suspect) (chosen []*suspect, doubt string) {
	if r.o.Ours != nil {
		var ours []*suspect
		for _, s := range all {
			if r.o.Ours(s.addr) {
				ours = append(ours, s)
			} else if s.total >= likely {
				r.foreign = append(r.foreign, s.addr)
			}
		}
		return chooseOurs(ours)
	}
	top, inSubject := -100, false
	for _, s := range all {
		top = max(top, s.total)
		inSubject = inSubject || s.subject && s.total >= 3
	}
	switch {
	case len(all) == 0:
		return nil, ""
	case inSubject:
		return withSubject(all), ""
	case top >= 3:
		slots := slotsOf(all, top)
		for _, s := range all {
			beside := slices.ContainsFunc(s.places, func(p *place) bool { return slots[p.slot] })
			if s.total >= max(3, top-2) && s.worst > notIt+1 || s.total == top || beside && s.total >= max(2, top-2) {
				chosen = append(chosen, s)
			}
		}
		return narrowed(chosen), ""
	}
	var left []*suspect
	for _, s := range all {
		if s.total >= 0 {
			left = append(left, s)
		}
	}
	switch {
	case len(left) == 0:
		return nil, ""
	case len(left) == 1:
		return left, ""
	}
	if top > 0 {
		left = slices.DeleteFunc(left, func(s *suspect) bool { return s.total < top || s.best <= 0 })
	}
	slot := left[0].places[0].slot
	for _, s := range left {
		if s.places[0].slot != slot || slot == "" || slot == "url" {
			return nil, "it names several addresses, and does not say which is meant"
		}
	}
	return left, ""
}

// slotsOf are the slots of those suspects that are worth most.
func slotsOf(all []*suspect, top int) map[string]bool {
	slots := map[string]bool{}
	for _, s := range all {
		for _, p := range s.places {
			if s.total == top && p.score == s.best && (strings.HasPrefix(p.slot, "field:") || strings.HasPrefix(p.slot, "column:") || strings.HasPrefix(p.slot, "list:")) {
				slots[p.slot] = true
			}
		}
	}
	return slots
}

// withSubject are the addresses in the subject, and those beside them in one
// column or in fields of one name.
func withSubject(all []*suspect) (chosen []*suspect) {
	slots := map[string]bool{}
	for _, s := range all {
		if s.subject && s.total >= 3 {
			chosen = append(chosen, s)
			for _, p := range s.places {
				if p.score >= sure && (strings.HasPrefix(p.slot, "field:") || strings.HasPrefix(p.slot, "list:")) || p.score > 0 && strings.HasPrefix(p.slot, "column:") {
					slots[p.slot] = true
				}
			}
		}
	}
	for _, s := range all {
		if s.subject || s.worst < 0 {
			continue
		}
		for _, p := range s.places {
			if slots[p.slot] {
				chosen = append(chosen, s)
				break
			}
		}
	}
	return chosen
}

// narrowed leaves out, of suspects whom different words name, those whom only
// weaker ones do.
func narrowed(chosen []*suspect) []*suspect {
	if len(chosen) < 2 {
		return chosen
	}
	best := chosen[0]
	for _, s := range chosen {
		if s.best > best.best {
			best = s
		}
	}
	slots := map[string]bool{}
	for _, p := range best.places {
		if p.score == best.best {
			slots[p.slot] = true
		}
	}
	return slices.DeleteFunc(slices.Clone(chosen), func(s *suspect) bool {
		return s != best && !slices.ContainsFunc(s.places, func(p *place) bool { return slots[p.slot] || p.score >= best.best })
	})
}

// chooseOurs chooses among the house's own addresses, which a report seldom
// names without meaning them.
func chooseOurs(ours []*suspect) (chosen []*suspect, doubt string) {
	top := -100
	for _, s := range ours {
		top = max(top, s.total)
	}
	if len(ours) == 1 && top > notIt+2 {
		return ours, ""
	}
	least := max(0, top-2)
	for _, s := range ours {
		if s.total >= least && s.total > hardly {
			chosen = append(chosen, s)
		}
	}
	if top >= likely {
		chosen = narrowed(chosen)
	}
	if len(chosen) == 0 && len(ours) > 0 {
		return nil, "it names our addresses as somebody else's victims"
	}
	return chosen, ""
}

// spoken says how much a message speaks as reports do, and of which kind.
func (r *reader) spoken(subject, own string, docs []*doc, pl []*place, hopped bool) (points int, kind Kind) {
	texts := []weight{{subject, 3}, {head(own, 6000), 2}}
	for _, d := range docs {
		if d.file {
			texts = append(texts, weight{head(d.low, 4000), 1})
		}
	}
	kind = weighed(Other, texts...)
	if kind != Other {
		points += 2
	}
	if count(subject, reportWords, 1) > 0 || weighed("", weight{subject, 1}) != "" {
		points += 3
	}
	points += min(5, count(head(own, 12000), reportWords, 5))
	for _, p := range pl {
		if strings.HasPrefix(p.slot, "log:") && p.score > 0 {
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
