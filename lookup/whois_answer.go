package lookup

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"headsup/pattern"
)

var (
	// What registries say instead of an answer: RIPE, APNIC and AFRINIC
	// (%ERROR:201), LACNIC, registro.br, JPNIC, KRNIC, ARIN.
	refusal = pattern.New(`(?i)access denied|daily limit of controlled objects|query rate limit|rate limit(ed)? exceeded|exceeded .{0,30}(limit|quota)|don'?t have permission|` +
		`(temporarily|permanently) denied|number of allowed queries|too many (queries|requests|connections)|try again later|quota exceeded|not authorized|queries from your ip|blocked for abuse`)
	// And when they know of nothing.
	nothing = pattern.New(`(?i)no match|no entries found|not found|no data found|no found|nothing found|unallocated and unassigned|no such|is not allocated|not registered|no matching record|object does not exist|no information available|invalid query`)

	referralLine = pattern.New(`(?i)^(?:r?whois://)?([a-z0-9.-]+\.[a-z]{2,}(?::\d{1,5})?)/?$`)
	attribute    = pattern.New(`^([\pL][\pL\pN ./_()-]{0,40}?)\s*:(.*)$`)
	netListLine  = pattern.New(`^(.+?) (\S+) \((NET6?-[0-9A-Za-z-]+)\) ([0-9a-fA-F.:]+) - ([0-9a-fA-F.:]+)$`)
)

// An attr is one attribute of an object; its key is its name in lower case.
type attr struct{ key, name, value string }

// An object is a paragraph of attributes, as RPSL and its relatives have it.
type object []attr

func (o object) get(keys ...string) string {
	for _, k := range keys {
		for _, a := range o {
			if a.key == k && a.value != "" {
				return a.value
			}
		}
	}
	return ""
}

func (o object) all(keys ...string) []string {
	var out []string
	for _, a := range o {
		if slices.Contains(keys, a.key) && a.value != "" {
			out = append(out, a.value)
		}
	}
	return out
}

func (o object) has(key string) bool {
	return slices.ContainsFunc(o, func(a attr) bool { return a.key == key })
}

// An abuseNote is the line in which a server names the abuse contact that it
// resolved, and whether the next line takes its word back.
type abuseNote struct {
	about, mail string
	failed      bool
}

// maxRecords bounds what one reply can make us compare; real ones hold two or three.
const maxRecords = 64

// A reply is a WHOIS answer, cut into objects and what stands around them.
type reply struct {
	objects []object
	lists   []string // lines of ARIN's list of nets
	abuse   []abuseNote
	said    []string // comments and other lines that are no attribute
	refused string   // the line in which the server refuses
	nothing bool     // a line in which it knows of nothing
}

func decodeWHOIS(text string) (Answer, error) {
	if text == "" {
		return Answer{}, fmt.Errorf("%w: empty answer", ErrRefused)
	}
	if strings.HasPrefix(text, "<") {
		return Answer{}, fmt.Errorf("%w: markup", errNoAnswer)
	}
	lines := dedent(strings.Split(text, "\n"))
	p := readReply(lines)
	customers := p.rwhois()
	records := slices.Concat(p.rpsl(), p.arin(), p.netList(), customers, jpnic(lines), krnic(lines), twnic(lines))
	if len(records) == 0 {
		switch {
		case p.refused != "":
			return Answer{}, fmt.Errorf("%w: %s", ErrRefused, clean(p.refused, 100))
		case p.nothing:
			return Answer{Elsewhere: true, Referral: p.referral(true)}, nil
		}
		return Answer{}, errNoAnswer
	}
	r := choose(records)
	r.aside = p.setAside()
	a := r.answer()
	if a.Elsewhere || len(customers) == 0 {
		a.Referral = p.referral(a.Elsewhere)
	}
	if len(a.Network.Contacts) == 0 && p.refused != "" {
		return Answer{}, fmt.Errorf("%w: %s", ErrRefused, clean(p.refused, 100))
	}
	return a, nil
}

// dedent takes away what all lines are indented by, comments aside: TWNIC
// indents everything, and so do people who paste.
func dedent(lines []string) []string {
	common := -1
	for _, l := range lines[min(1, len(lines)):] { // the first line's indent is already trimmed
		trimmed := strings.TrimLeft(l, " \t")
		if trimmed == "" || strings.HasPrefix(l, "%") || strings.HasPrefix(l, "#") {
			continue
		}
		if n := len(l) - len(trimmed); common < 0 || n < common {
			common = n
		}
	}
	out := slices.Clone(lines)
	for i, l := range out {
		if i > 0 && common > 0 && len(l) >= common && strings.TrimSpace(l[:common]) == "" {
			out[i] = l[common:]
		}
	}
	return out
}

// readReply cuts a reply at blank and comment lines. A line that is indented
// or starts with a plus goes on with the attribute before it (RFC 2622 section 2).
func readReply(lines []string) *reply {
	p := &reply{}
	var o object
	flush := func() {
		if len(o) > 0 {
			p.objects = append(p.objects, o)
		}
		o = nil
	}
	for _, l := range lines {
		trimmed := strings.TrimSpace(l)
		switch {
		case trimmed == "":
			flush()
			continue
		case strings.HasPrefix(l, "%") || strings.HasPrefix(l, "#"):
			flush()
			p.comment(strings.TrimSpace(strings.TrimLeft(l, "%#")))
			continue
		case netListLine.MatchString(trimmed):
			if len(p.lists) < maxRecords {
				p.lists = append(p.lists, trimmed) // an IPv6 range looks like an attribute
			}
			continue
		case len(o) > 0 && strings.ContainsAny(l[:1], " \t+"):
			o = append(o, attr{o[len(o)-1].key, o[len(o)-1].name, strings.TrimSpace(strings.TrimPrefix(trimmed, "+"))})
			continue
		}
		m := attribute.FindStringSubmatch(l)
		if m == nil || strings.HasPrefix(m[2], "//") {
			p.comment(trimmed)
			continue
		}
		key := strings.ToLower(m[1])
		if opensObject[key] && o.has("source") {
			flush() // no blank line between them
		}
		o = append(o, attr{key, m[1], strings.TrimSpace(m[2])})
	}
	flush()
	return p
}

var opensObject = map[string]bool{"inetnum": true, "inet6num": true, "aut-num": true, "irt": true, "organisation": true, "role": true, "person": true, "route": true, "route6": true, "mntner": true}

func (p *reply) comment(line string) {
	p.said = append(p.said, line)
	if m := abuseLine.FindStringSubmatch(line); m != nil && len(p.abuse) < maxRecords {
		p.abuse = append(p.abuse, abuseNote{about: m[1], mail: m[2]})
	} else if n := len(p.abuse); n > 0 && strings.Contains(strings.ToLower(line), "abuse-mailbox validation failed") {
		p.abuse[n-1].failed = true
	}
	if p.refused == "" && refusal.MatchString(line) {
		p.refused = line
	}
	p.nothing = p.nothing || nothing.MatchString(line)
}

// referral finds the server that the reply names. A provider's own (rwhois)
// adds to an answer; any other replaces it.
func (p *reply) referral(elsewhere bool) string {
	for _, o := range p.objects {
		for _, key := range []string{"referralserver", "refer", "resourcelink", "whois"} {
			for _, v := range o.all(key) {
				m := referralLine.FindStringSubmatch(v)
				if m != nil && (elsewhere || strings.HasPrefix(strings.ToLower(v), "rwhois:")) {
					return strings.ToLower(m[1])
				}
			}
		}
	}
	return ""
}

// setAside is what the reply says is not for abuse.
func (p *reply) setAside() (s aside) {
	s.hear(p.said, "")
	for _, o := range p.objects {
		handle := strings.ToUpper(uncomment(o.get("nic-hdl", "nic-hdl-br", "irt", "organisation")))
		for from := 0; from < len(o); {
			to := from
			var lines []string
			for ; to < len(o) && o[to].key == o[from].key; to++ {
				lines = append(lines, o[to].value)
			}
			about := ""
			if key := o[from].key; key == "remarks" || key == "trouble" {
				about = handle
			}
			s.hear(lines, about)
			from = to
		}
	}
	return s
}

// choose takes the most specific record that the server answers for. Others of
// the same range add their claims, those around it theirs as the parent's.
func choose(records []*record) *record {
	here := slices.DeleteFunc(slices.Clone(records), func(r *record) bool { return r.elsewhere || whole(r.net.First, r.net.Last) })
	if len(here) == 0 {
		return records[len(records)-1]
	}
	r := here[0]
	for _, o := range here[1:] {
		if o.inside(r) && !r.inside(o) {
			r = o
		}
	}
	var above []*record
	for _, o := range here {
		switch {
		case o == r:
		case o.inside(r) && r.inside(o):
			r.claims = append(r.claims, o.claims...)
			r.net.Org, r.net.Country, r.parent = cmp.Or(r.net.Org, o.net.Org), cmp.Or(r.net.Country, o.net.Country), cmp.Or(r.parent, o.parent)
		case r.inside(o):
			above = append(above, o)
		}
	}
	slices.SortStableFunc(above, func(a, b *record) int {
		return cmp.Or(b.net.First.Compare(a.net.First), a.net.Last.Compare(b.net.Last)) // each holds r
	})
	for _, o := range above {
		r.adopt(o)
	}
	return r
}

func (r *record) inside(o *record) bool {
	if !r.net.First.IsValid() || !o.net.First.IsValid() {
		return r.net.First.IsValid() == o.net.First.IsValid() && r.net.Handle == o.net.Handle
	}
	return !r.net.First.Less(o.net.First) && !o.net.Last.Less(r.net.Last)
}

// adopt takes over what an enclosing network offers.
func (r *record) adopt(parent *record) {
	r.parent = cmp.Or(r.parent, parent.net.Handle)
	r.net.Country = cmp.Or(r.net.Country, parent.net.Country)
	if parent.container {
		return // the registry's pool
	}
	for _, c := range parent.claims {
		if rank[c.Rule] < rank[parentAbuse] {
			c.Rule = parentAbuse
		}
		if len(c.who.lines) == 0 {
			c.who = parent.holder
		}
		c.who.country = cmp.Or(c.who.country, parent.net.Country)
		c.org = cmp.Or(parent.net.Org, parent.holder.name, parent.net.Name)
		r.claims = append(r.claims, c)
	}
}

// netList reads ARIN's list of nets, which it sends for a query without "+".
// There are no contacts in it.
func (p *reply) netList() []*record {
	var records []*record
	for _, l := range p.lists {
		m := netListLine.FindStringSubmatch(clean(l, 400))
		if m == nil {
			continue
		}
		r := &record{net: Network{Org: m[1], Name: m[2], Handle: m[3]}}
		if r.net.First, r.net.Last = span(m[4] + "-" + m[5]); r.net.First.IsValid() {
			records = append(records, r)
		}
	}
	return records
}
