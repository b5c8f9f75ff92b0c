package lookup

import (
	"cmp"
	"encoding/json"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/openrdap/rdap"
	"golang.org/x/text/language"
)

// The decoder turns 1.5 MB of empty entities into 279 MB of heap, so what it
// may build is bounded by the objects and arrays that it is given.
const maxBrackets = 20000

func decodeRDAP(text, server string) (Answer, error) {
	if n := strings.Count(text, "{") + strings.Count(text, "["); n > maxBrackets {
		return Answer{}, fmt.Errorf("%w: %d objects and arrays are more than %d", errNoAnswer, n, maxBrackets)
	}
	obj, err := rdapObject([]byte(text))
	if err != nil {
		return Answer{}, err
	}
	var r *record
	var notices []rdap.Notice
	switch o := obj.(type) {
	case *rdap.Error:
		return rdapError(o)
	case *rdap.IPNetwork:
		r, notices = networkRecord(o, server), o.Notices
	case *rdap.Autnum:
		r, notices = autnumRecord(o, server), o.Notices
	case *rdap.Help:
		r, notices = &record{}, o.Notices
	default:
		return Answer{}, fmt.Errorf("%w about a network or an AS number", errNoAnswer)
	}
	for _, n := range notices {
		r.aside.hear(n.Description, "")
	}
	a := r.answer()
	if len(a.Network.Contacts) == 0 && overLimit(notices) {
		return Answer{}, fmt.Errorf("%w: over its limit", ErrRefused)
	}
	if _, ok := obj.(*rdap.Help); ok {
		return Answer{}, fmt.Errorf("%w: no object in it", errNoAnswer)
	}
	return a, nil
}

// rdapObject decodes with openrdap. Servers of before RFC 7483 name no object
// class; there, the fields tell.
func rdapObject(text []byte) (obj any, err error) {
	defer func() {
		if p := recover(); p != nil {
			obj, err = nil, fmt.Errorf("%w: decoder: %v", errNoAnswer, p)
		}
	}()
	var head map[string]json.RawMessage
	if err := json.Unmarshal(text, &head); err != nil {
		return nil, fmt.Errorf("%w: %v", errNoAnswer, err)
	}
	class := `"ip network"`
	if head["startAutnum"] != nil {
		class = `"autnum"`
	}
	if head["errorCode"] == nil && (head["startAddress"] != nil || head["startAutnum"] != nil) && string(head["objectClassName"]) != class {
		head["objectClassName"] = json.RawMessage(class)
		text, _ = json.Marshal(head)
	}
	obj, err = rdap.NewDecoder(text).Decode()
	if err != nil {
		return nil, fmt.Errorf("%w: %v", errNoAnswer, err)
	}
	return obj, nil
}

// rdapError reads an error object (RFC 9083 section 6): 404 is an answer.
func rdapError(e *rdap.Error) (Answer, error) {
	code := 0
	if e.ErrorCode != nil {
		code = int(*e.ErrorCode)
	}
	switch code {
	case 404:
		return Answer{Elsewhere: true}, nil
	case 401, 403, 429, 503:
		return Answer{}, fmt.Errorf("%w: %d %s", ErrRefused, code, clean(e.Title, 100))
	}
	return Answer{}, fmt.Errorf("%w: error %d %s", errNoAnswer, code, clean(e.Title, 100))
}

// overLimit finds LACNIC's way to refuse: a notice in an answer of status 200.
func overLimit(notices []rdap.Notice) bool {
	return slices.ContainsFunc(notices, func(n rdap.Notice) bool {
		return strings.Contains(strings.ToLower(n.Title), "rate limit") || refusal.MatchString(strings.Join(n.Description, " "))
	})
}

func networkRecord(o *rdap.IPNetwork, server string) *record {
	r := &record{parent: o.ParentHandle}
	r.net = Network{Handle: o.Handle, Name: o.Name, Country: o.Country, Languages: languages(o.Lang)}
	r.net.First, r.net.Last = address(o.StartAddress), address(o.EndAddress)
	if !r.net.First.IsValid() || !r.net.Last.IsValid() {
		r.net.First, r.net.Last = span(o.Handle)
	}
	if !r.net.First.IsValid() {
		r.net.First, r.net.Last = cidr0(o.DecodeData.Value("cidr0_cidrs"))
	}
	if r.net.First.IsValid() && r.net.Last.Less(r.net.First) {
		r.net.First, r.net.Last = netip.Addr{}, netip.Addr{}
	}
	r.container = pool(append(slices.Clone(o.Status), o.Type)...)
	r.elsewhere = notHere(o.Name, o.Type)
	r.read(o.Entities, o.Remarks, apnic(o.Port43, server))
	return r
}

func autnumRecord(o *rdap.Autnum, server string) *record {
	r := &record{}
	r.net = Network{Handle: o.Handle, Name: o.Name, Country: o.Country, Languages: languages(o.Lang)}
	if o.StartAutnum != nil {
		if r.net.Handle == "" {
			r.net.Handle = fmt.Sprintf("AS%d", *o.StartAutnum)
		}
		r.numbers = [2]uint32{*o.StartAutnum, *cmp.Or(o.EndAutnum, o.StartAutnum)}
		r.container = poolName.MatchString(o.Name) || o.EndAutnum != nil && *o.EndAutnum != *o.StartAutnum
	}
	r.elsewhere = notHere(o.Name, o.Type)
	r.read(o.Entities, o.Remarks, apnic(o.Port43, server))
	return r
}

// apnic reports whether its software wrote the answer: there, pref=1 marks
// what RPSL calls abuse-mailbox; elsewhere it is only a preference.
func apnic(port43, server string) bool {
	return strings.HasSuffix(strings.ToLower(port43), "apnic.net") || strings.Contains(strings.ToLower(server), "apnic.net")
}

func (r *record) read(entities []rdap.Entity, remarks []rdap.Remark, prefIsAbuse bool) {
	r.findHolder(entities, remarks)
	for _, rem := range remarks {
		r.aside.hear(description(rem), "")
		r.remarks(remarkAbuse, description(rem), Contact{Attribute: "remarks", Handle: r.net.Handle, Role: "abuse"}, r.holder)
	}
	for i := range entities {
		r.entity(&entities[i], nil, prefIsAbuse)
	}
}

// findHolder takes the registrant that is an organisation. RIPE also lists the
// maintainers as registrants; they hold nothing.
func (r *record) findHolder(entities []rdap.Entity, remarks []rdap.Remark) {
	best := -1
	for i := range entities {
		e := &entities[i]
		rs, card := roles(e), cardOf(e)
		if !slices.Contains(rs, registrant) && (len(rs) > 0 || card.kind != "org") { // AFRINIC of 2015 gave no roles
			continue
		}
		if card.name == "" || strings.EqualFold(card.name, e.Handle) {
			continue
		}
		score := 0
		if card.kind == "org" {
			score = 1
		}
		if score > best {
			best = score
			r.holder = card.place()
			r.net.Languages = append(r.net.Languages, languages(card.lang, e.Lang)...)
		}
		for _, g := range registries {
			r.elsewhere = r.elsewhere || !g.nir && strings.EqualFold(e.Handle, g.handles[0]) && e.Handle != "ARIN" && e.Handle != "IANA"
		}
	}
	slices.Sort(r.net.Languages)
	r.net.Languages = slices.Compact(r.net.Languages)
	for _, rem := range remarks {
		if d := description(rem); r.holder.name == "" && rem.Title == "description" && len(d) > 0 {
			r.holder.name = d[0] // APNIC: the first descr line
		}
	}
}

// entity claims what one entity and those in it offer. Only a registrant's
// inner entities are the holder's people; a contact's are its maintainers.
func (r *record) entity(e *rdap.Entity, parent *rdap.Entity, prefIsAbuse bool) {
	rs, card := roles(e), cardOf(e)
	abuse := slices.Contains(rs, "abuse")
	ours := parent == nil || slices.Contains(roles(parent), registrant)
	c := Contact{Handle: e.Handle, Name: card.name, Role: pick(rs), Language: first(languages(card.lang, e.Lang))}
	who := card.place()
	for _, rem := range e.Remarks {
		if strings.EqualFold(rem.Title, "Unvalidated POC") {
			c.Flags = []string{"unvalidated"}
		}
		r.aside.hear(description(rem), e.Handle)
	}
	for _, m := range card.mails {
		r.aside.hear([]string{m.value}, "")
	}
	if abuse || ours {
		for _, rem := range e.Remarks {
			r.remarks(contactRemark, description(rem), Contact{Handle: e.Handle, Name: card.name, Role: c.Role, Attribute: "remarks"}, who)
		}
		r.mails(card.mails, abuse, parent == nil, prefIsAbuse, c, who)
	}
	for i := range e.Entities {
		r.entity(&e.Entities[i], e, prefIsAbuse)
	}
}

// mails claims the mailboxes of one entity. Where one is marked for abuse, its
// other mailboxes are for something else.
func (r *record) mails(mails []cardMail, abuse, top, prefIsAbuse bool, c Contact, who place) {
	marked := slices.ContainsFunc(mails, func(m cardMail) bool { return m.abuse || m.preferred })
	for _, m := range mails {
		rule := roleMailbox
		switch {
		case abuse && top && (m.abuse || m.preferred || !marked):
			rule = networkAbuse
		case abuse && (m.abuse || m.preferred || !marked):
			rule = orgAbuse
		case abuse:
		case m.abuse || m.preferred && prefIsAbuse:
			rule = abuseMailbox
		case forAbuse(m.value):
		case c.Role == registrant || c.Role == administrative:
			rule = c.Role
		default:
			rule = technical
		}
		c.Attribute = m.attribute()
		r.claim(rule, m.value, c, who)
	}
}

// pick names the role of a contact that has several.
func pick(roles []string) string {
	for _, r := range []string{"abuse", technical, "noc", administrative, registrant} {
		if slices.Contains(roles, r) {
			return r
		}
	}
	return first(roles)
}

func first(list []string) string {
	if len(list) == 0 {
		return ""
	}
	return list[0]
}

// roles reads the roles of an entity, also where a server sends a bare string.
func roles(e *rdap.Entity) []string {
	list := e.Roles
	if len(list) == 0 {
		list = texts(e.DecodeData.Value("roles"))
	}
	out := make([]string, 0, len(list))
	for _, r := range list {
		out = append(out, clean(strings.ToLower(r), 40))
	}
	return out
}

func description(rem rdap.Remark) []string {
	if len(rem.Description) > 0 || rem.DecodeData == nil {
		return rem.Description
	}
	return texts(rem.DecodeData.Value("description"))
}

// languages keeps the BCP 47 tags among what registries put there.
func languages(tags ...string) []string {
	var out []string
	for _, t := range tags {
		if len(t) > 35 {
			continue
		}
		if tag, err := language.Parse(strings.TrimSpace(t)); err == nil && tag != language.Und {
			out = append(out, tag.String())
		}
	}
	return out
}
