package report

import (
	"cmp"
	"fmt"
	"strings"
)

// A place is one mention of an address with what the words around say of it.
type place struct {
	mention
	role
	d      *doc
	line   int
	quote  bool   // in an earlier message
	either bool   // "this address or that"
	before int    // what it was worth were it not
	handed string // when the hop was, as the server wrote it
}

// places weighs every mention of an address. hopped reports whether mails came
// with the message, as its evidence.
func (r *reader) places(docs []*doc, hopped bool) (out []*place) {
	relays := relays(r.outer.head, r.o)
	answer := isReply.MatchString(subjectOf(r))
	for _, d := range docs {
		seen := map[string]role{}
		ms := d.mentions(r.o)
		servers := resolvers(d, ms)
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
			switch {
			case r.kind == Botnet && p.is("field", "column", "list") && strings.Contains(p.slot, "victim"):
				p.score, p.slot = likely+1, "bot:"+p.slot
			case (r.kind == OpenProxy || r.kind == OpenRelay) && p.is("field", "column") && openHost.MatchString(p.slot):
				p.score = likely + 1
			case r.kind == ExposedService || r.kind == DDoS:
				ofQuestion(d, p)
			}
			if p.slot == "prose:on" && hosted(r.kind) { // "on 192.0.2.1 runs an open proxy"
				p.score = likely - 1
			}
			if last := lastOf(out, d); i > 0 && !p.is("log") && (!p.is("column") || last != nil && last.line == p.line && last.is("field")) {
				if same := d.listed(ms, i, out); same.score != 0 && same.slot != "prose:my own" {
					p.role = same
				}
			}
			switch {
			case !d.subject && command.MatchString(d.words(p.line)) && !p.is("record"):
				p.role = ofCommand(d, p.line)
			case servers[m.addr]:
				p.role = role{notIt, "record:server", "the name server that was asked"}
			case d.goesTo(lastOf(out, d), m) && !p.is("log"):
				p.role = role{notIt, "prose:to", strings.TrimSpace(d.low[lastOf(out, d).from:m.to])}
			}
			weigh(p, relays[m.addr])
			p.quote = sect == quoted
			if last := lastOf(out, d); last != nil && last.score >= 0 && p.score >= 0 && orBetween.MatchString(d.low[min(last.to, m.from):m.from]) {
				p.either, last.either = true, true
			}
			out = append(out, p)
		}
	}
	if answer {
		ofEarlier(out)
	}
	asReplies(out, r.kind)
	behindProxy(out)
	victimsToo(out)
	if !answer {
		passedOver(r, out, hopped)
	}
	return out
}

// weigh adds what the place tells beside its role: the subject, a URL, a
// signature, a quotation, or that a relay of the message stands there.
func weigh(p *place, relay bool) {
	d, sect := p.d, p.d.lines[p.line].section
	switch {
	case d.subject && p.score >= 0:
		p.score = max(likely, p.score+1)
		p.slot, p.why = "subject", "in the subject"
	case p.inURL && p.score >= 0:
		switch {
		case p.is("field"):
			p.score = likely + 1
		case p.fanged, d.linkAround(p.mention, p.line) >= likely:
			p.score = likely
		default:
			p.score = max(1, p.score-2)
		}
		p.slot, p.why = "url", cmp.Or(p.why, "the host of a URL")
	}
	if relay && !d.subject && p.score <= somewhat {
		p.score -= 3
	}
	switch {
	case sect == footer && !p.is("log", "column", "field"):
		p.role = role{hardly - 1, "prose:footer", "in a notice below the mail"}
	case sect == signature && p.score < likely:
		p.score -= 3
	case sect == quoted && p.score > 0:
		p.before, p.score = p.score, max(1, p.score-2)
	}
}

// openHost names the field of a host that is open to all, where such hosts are
// reported.
var openHost = re(`:(?:open )?(?:proxy|relay|прокси|проксі|代理|プロキシ|프록시)`)

// lastOf is the place before, in the same text.
func lastOf(out []*place, d *doc) *place {
	if n := len(out); n > 0 && out[n-1].d == d {
		return out[n-1]
	}
	return nil
}

// orBetween stands between two addresses of which one is meant.
var orBetween = re(`^[\s"'»”)\],]*(?:or|oder|ou|o|of|lub|albo|nebo|alebo|ili|vagy|sau|или|або|чи|ή|veya|` +
	`ya da|ya|أو|یا|או|या|หรือ|hoặc|atau|または|或|或者|또는|tai|eller|arba)\s*(?:(?:maybe|perhaps|vielleicht|` +
	`the|die|der|von|from)\s+)?["'«“(\[]*$`)

// hosted reports whether what is reported stands on a host, rather than coming
// from it.
func hosted(k Kind) bool {
	switch k {
	case Phishing, Malware, ExposedService, OpenProxy, OpenRelay, Botnet:
		return true
	}
	return false
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
	if name, value := d.pair(n); name != "" && value <= m.from {
		if score, name := labelled(name); score != 0 {
			return role{score, "field:" + name, fmt.Sprintf("in the field %q", name)}
		}
	}
	if strings.Trim(left, bullets) == "" { // on a line of its own: what is above tells
		if name := column(); name != "" {
			if score, name := labelled(name); score != 0 {
				return role{score, "column:" + name, fmt.Sprintf("in the column %q", name)}
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
		case d.inList(i): // more of the list
			continue
		}
		if asked.MatchString(text) {
			return role{somewhat, "record:answer", text}
		}
		text = strings.TrimRight(tail(text, 160), " *_\"'>")
		if strings.HasSuffix(text, ":") || strings.HasSuffix(text, "：") || len(text) < 60 {
			return heading(strings.TrimRight(text, ":： "), right)
		}
		return role{slot: "list"}
	}
	return role{slot: "list"}
}

// inList reports whether a line begins with an address. Each line is looked at
// once.
func (d *doc) inList(i int) bool {
	if is, ok := d.begins[i]; ok {
		return is
	}
	text := head(strings.TrimSpace(d.words(i)), 120)
	ms := mentions(text, Options{Special: true})
	is := len(ms) > 0 && strings.Trim(text[:ms[0].from], bullets) == ""
	if d.begins == nil {
		d.begins = map[int]bool{}
	}
	d.begins[i] = is
	return is
}

// bullets are what may stand before an address that is alone on its line.
const bullets = " \t>*-•·–|\"'([<1234567890.)"

// heading weighs a list by the line above it.
func heading(text, right string) role {
	if r, ok := ofExample(text + " "); ok {
		return r
	}
	if wereAttacked.MatchString(text) && !byWhom.MatchString(text) {
		return role{notIt, "list:attacked", text}
	}
	if len(strings.Fields(text)) <= 6 {
		if score, name := labelled(text); score != 0 {
			return role{score, "list:" + name, name}
		}
	}
	y, o := lastMatch(yours, text), lastMatch(ours, text)
	switch {
	case o >= 0 && y < 0 && reportWords(text, 1) == 0:
		return role{notIt + 1, "list:our", text}
	case y >= 0 || reportWords(text, 1) > 0 || speaksOfAbuse(text):
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
	if last.d != d || m.from-last.to > 12 || m.from < last.to || last.is("log") {
		return nil
	}
	return last
}
