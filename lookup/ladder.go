package lookup

import (
	"cmp"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/net/publicsuffix"
)

// The rungs of the ladder, as Contact.Rule names them. A rung is what a
// registry's answer calls a mailbox, from the most to the least explicit.
const (
	networkAbuse   = "network-abuse"  // abuse contact of the network itself
	orgAbuse       = "org-abuse"      // abuse contact of its holder
	remarkAbuse    = "remark-abuse"   // the network's remarks or description
	contactRemark  = "contact-remark" // remarks of a contact or of the holder
	abuseMailbox   = "abuse-mailbox"  // abuse mailbox of any other role or person
	roleMailbox    = "role-mailbox"   // ordinary mailbox that is called abuse, security, cert, …
	parentAbuse    = "parent-abuse"   // abuse contact of an enclosing network in the same answer
	technical      = "technical"
	administrative = "administrative"
	registrant     = "registrant"
)

// The distances leave room for what weakens a claim: an abuse mailbox that the
// registry could not validate still stands before every remark, but one that
// it calls dead only before people who never asked for abuse mail.
var rank = map[string]int{
	networkAbuse: 10, orgAbuse: 20,
	remarkAbuse: 40, contactRemark: 45, abuseMailbox: 50,
	roleMailbox: 65, parentAbuse: 75,
	technical: 90, administrative: 92, registrant: 94,
}

const (
	lowConfidence = 90 // this rank and below
	rankDead      = 70
	unvalidatedBy = 15
	plainRemarkBy = 15 // a remark whose mailbox is not called abuse or the like
	maxContacts   = 20 // an answer that names more is not to be taken at its word
)

// Registered reports whether a registry's answer names the contact, and not
// the house's overrides, a hint or the list of national CSIRTs.
func (c Contact) Registered() bool { return rank[c.Rule] > 0 }

// A record is what an answer says about one network, before it is judged.
type record struct {
	net       Network
	numbers   [2]uint32 // as in Answer
	parent    string
	elsewhere bool // the server does not answer for it
	container bool // a pool that a registry hands out from
	holder    place
	claims    []claim
	dead      map[string]bool // mails that the registry calls invalid
	doubtful  map[string]bool // mails that it could not validate
	aside     aside
}

// A place is who and where somebody is, as far as a registry says.
type place struct {
	name    string
	lines   []string
	country string
}

// A claim is a mailbox that an answer offers, as it stands there.
type claim struct {
	Contact
	who place
	org string // whose it is, if not the network's holder's
}

func (r *record) claim(rule, mail string, c Contact, who place) {
	if mail = strings.TrimSpace(mail); mail == "" || len(r.claims) >= 10*maxContacts {
		return
	}
	c.Rule = rule
	mails, strangers, err := mailboxes(mail)
	if err != nil {
		r.refuse(clean(mail, maxMail), "not a mail address", c, who)
	}
	for _, c.Email = range mails {
		r.claims = append(r.claims, claim{Contact: c, who: who})
	}
	for _, m := range strangers {
		r.refuse(m, "of another domain than the first of its list", c, who)
	}
}

// refuse takes down a mailbox that is never written to.
func (r *record) refuse(mail, why string, c Contact, who place) {
	c.Email = mail
	c.Flags = append(slices.Clone(c.Flags), "rejected: "+why)
	r.claims = append(r.claims, claim{Contact: c, who: who})
}

// says takes down what the registry's own remarks say about mailboxes.
func (r *record) says(mail string, dead bool) {
	if r.dead == nil {
		r.dead, r.doubtful = map[string]bool{}, map[string]bool{}
	}
	if dead {
		r.dead[strings.ToLower(mail)] = true
	} else {
		r.doubtful[strings.ToLower(mail)] = true
	}
}

// answer climbs the ladder: best claim first, each mailbox once, and those
// that are not to be written to apart.
func (r *record) answer() Answer {
	r.finish()
	marked := r.marked()
	a := Answer{Network: r.net, Elsewhere: r.elsewhere, Parent: clean(r.parent, 100), numbers: r.numbers}
	ranks := make(map[*claim]int, len(r.claims))
	order := make([]*claim, 0, len(r.claims))
	for i := range r.claims {
		c := &r.claims[i]
		r.weigh(c, marked)
		ranks[c] = c.rank()
		order = append(order, c)
	}
	slices.SortStableFunc(order, func(a, b *claim) int { return cmp.Compare(ranks[a], ranks[b]) })
	seen := map[string]bool{}
	for _, c := range order {
		if a.Network.Country == "" { // the holder states none
			a.Network.Country = CountryCode(c.who.country)
		}
		if seen[strings.ToLower(c.Email)] {
			continue
		}
		seen[strings.ToLower(c.Email)] = true
		switch {
		case c.rejected() && len(a.Rejected) < maxContacts:
			a.Rejected = append(a.Rejected, r.present(c))
		case !c.rejected() && len(a.Network.Contacts) < maxContacts:
			a.Network.Contacts = append(a.Network.Contacts, r.present(c))
		}
	}
	return a
}

// finish cleans what the network is called.
func (r *record) finish() {
	n := &r.net
	n.Name, n.Handle = clean(n.Name, 100), clean(n.Handle, 100)
	n.Org = clean(cmp.Or(n.Org, r.holder.name, n.Name), 200)
	r.holder.lines = cleanLines(r.holder.lines, n.Org, n.Org)
	n.Country = cmp.Or(CountryCode(n.Country), CountryCode(r.holder.country))
	if whole(n.First, n.Last) {
		r.elsewhere = true
	}
	if whole(span(r.parent)) {
		r.parent = ""
	}
}

// marked returns the objects that mark one of their mailboxes for abuse.
func (r *record) marked() map[string]bool {
	m := map[string]bool{}
	for i := range r.claims {
		if c := &r.claims[i]; c.forAbuse() {
			m[strings.ToUpper(c.Handle)] = true
		}
	}
	return m
}

// forAbuse reports whether the attribute itself says that its mailbox is.
func (c *claim) forAbuse() bool { return strings.Contains(strings.ToLower(c.Attribute), "abuse") }

// weigh sets the flags of a claim.
func (r *record) weigh(c *claim, marked map[string]bool) {
	flag := func(f string) {
		if !slices.Contains(c.Flags, f) {
			c.Flags = append(slices.Clone(c.Flags), f)
		}
	}
	if c.rejected() {
		return
	}
	mail := strings.ToLower(c.Email)
	if r.dead[mail] {
		flag("invalid")
	}
	if r.doubtful[mail] {
		flag("unvalidated")
	}
	if rank[c.Rule] >= lowConfidence {
		flag("low-confidence")
	}
	if g := registryOf(c.Contact); g != nil && g.nir {
		flag("nir")
	}
	why := judge(r, c.Contact)
	if why == "" && r.aside.holds(c, marked) {
		flag("rejected: " + notTheirs)
		return
	}
	if why == "" {
		if r.foreign(c) {
			flag("foreign-domain")
		}
		return
	}
	if why != "not this server's space" {
		flag("placeholder")
	}
	flag("rejected: " + why)
}

func (c *claim) rejected() bool {
	return slices.ContainsFunc(c.Flags, func(f string) bool { return strings.HasPrefix(f, "rejected: ") })
}

func (c *claim) rank() int {
	n := rank[c.Rule]
	if (c.Rule == remarkAbuse || c.Rule == contactRemark) && !forAbuse(c.Email) {
		n += plainRemarkBy
	}
	if slices.Contains(c.Flags, "unvalidated") {
		n += unvalidatedBy
	}
	if slices.Contains(c.Flags, "invalid") {
		n = max(n, rankDead)
	}
	return n
}

// present fills in what a letter needs: a name and a place, the holder's where
// the contact states none.
func (r *record) present(c *claim) Contact {
	out := c.Contact
	out.Name, out.Handle, out.Attribute = clean(out.Name, 200), clean(out.Handle, 100), clean(out.Attribute, 50)
	if strings.EqualFold(out.Name, out.Handle) {
		out.Name = "" // APNIC names its incident teams by their handle
	}
	out.Org = clean(cmp.Or(c.org, r.net.Org), 200)
	who := c.who
	if len(who.lines) == 0 && c.org == "" {
		who.lines, who.country = r.holder.lines, cmp.Or(who.country, r.holder.country)
	}
	out.Address = cleanLines(who.lines, out.Name, out.Org)
	out.Country = cmp.Or(CountryCode(who.country), r.net.Country)
	return out
}

// foreign reports whether the mail's domain differs from every other domain
// that the holder uses in this answer, and from the holder's name. It is a
// doubt, not a verdict: many holders use a provider's mail.
func (r *record) foreign(c *claim) bool {
	own, others := registrable(c.Email), 0
	label, _, _ := strings.Cut(own, ".")
	if len(label) > 2 && strings.Contains(alphanumeric(r.net.Org+" "+r.net.Name), alphanumeric(label)) {
		return false
	}
	for i := range r.claims {
		o := &r.claims[i]
		if o.rejected() || o.Handle == c.Handle || o.org != c.org || registryOf(o.Contact) != nil {
			continue
		}
		if registrable(o.Email) == own {
			return false
		}
		others++
	}
	return others > 0
}

func alphanumeric(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return r
		}
		return -1
	}, fold(s))
}

func registrable(mail string) string {
	domain := mailDomain(mail)
	if d, err := publicsuffix.EffectiveTLDPlusOne(domain); err == nil {
		return d
	}
	return domain
}

// What is kept of names and postal addresses, which strangers write. Whoever
// puts one on paper can tell by these limits that its end may be missing.
const (
	MaxName        = 200 // characters
	MaxPostalLine  = 200 // characters
	MaxPostalLines = 20
)

// cleanLines makes postal lines, at most MaxPostalLines, without the names that
// they begin with. Some registries have all lines in one string.
func cleanLines(lines []string, name, org string) []string {
	var out []string
	for _, some := range lines {
		for l := range strings.SplitSeq(strings.ReplaceAll(some, `\n`, "\n"), "\n") {
			l = strings.Trim(clean(l, MaxPostalLine), " ,;")
			if l == "" || len(out) == 0 && (strings.EqualFold(l, name) || strings.EqualFold(l, org)) {
				continue
			}
			if out = append(out, l); len(out) == MaxPostalLines {
				return out
			}
		}
	}
	return out
}
