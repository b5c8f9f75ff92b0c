package letter

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"headsup/lookup"
	"headsup/pattern"
)

// A Way is how somebody may be written to, by a rule of the house. Its texts
// are settled: the settings name them.
type Way string

const (
	Direct         Way = "direct"
	CSIRTInCopy    Way = "csirt-in-copy"   // the national CSIRT gets the same mail
	ThroughCSIRT   Way = "through-csirt"   // the national CSIRT is written to in their place
	Never          Way = "never"           // a foreign authority's letter may touch sovereignty
	TelephoneFirst Way = "telephone-first" // until the house's own list names whom they named
)

// Ways lists all of them.
var Ways = []Way{Direct, CSIRTInCopy, ThroughCSIRT, Never, TelephoneFirst}

// A WhomRule is one rule of the house. What is empty fits everybody.
type WhomRule struct {
	Countries []string // ISO 3166-1 alpha-2, of the contact or of the network
	Except    []string // not where both of them are among these
	Sectors   []string // names of a [Sector]
	Way       Way
	CSIRT     string // mailbox that is taken for the national CSIRT's
}

// A Sector is a kind of holders, and what they are known by.
type Sector struct {
	Name     string
	Domains  []string // of their mailboxes, with all below
	Prefixes []netip.Prefix
	AS       []uint32

	pattern *pattern.Pattern // of their mail domains
}

// Sectors that need no list: names that registries of domains keep for
// authorities and armed forces (gov.uk, gob.mx, gouv.fr, go.jp, gv.at, mil.br).
var builtInSectors = []Sector{
	{Name: "government", pattern: pattern.New(`(^|\.)(gov|int|(gov|gob|gouv|govt|gub|govern|gv|go|gc|admin|lg|fgov)\.[a-z]{2}|bund\.de|europa\.eu|overheid\.nl|rijksoverheid\.nl)$`)},
	{Name: "military", pattern: pattern.New(`(^|\.)(mil|mil\.[a-z]{2}|mod\.uk|mod\.gov\.[a-z]{2}|defense\.gouv\.fr|bundeswehr\.(de|org)|mindef\.nl)$`)},
}

// Whom says who may be written to, and how: the first rule that fits decides,
// and where none does, everybody is written to directly.
type Whom struct {
	Rules   []WhomRule
	Sectors []Sector // besides "government" and "military", which are built in
}

// Knows reports whether there is a sector of that name.
func (w Whom) Knows(sector string) bool {
	return slices.ContainsFunc(slices.Concat(w.Sectors, builtInSectors), func(s Sector) bool { return s.Name == sector })
}

// Decide returns the way to a contact about an address of its network, and the
// rule that says so. why names what fitted, for people; it is empty where no
// rule did.
func (w Whom) Decide(c lookup.Contact, n lookup.Network, addr netip.Addr) (rule WhomRule, why string) {
	countries := []string{cmp.Or(c.Country, n.Country), cmp.Or(n.Country, c.Country)}
	for _, r := range w.Rules {
		sector := ""
		if len(r.Sectors) > 0 {
			if sector = w.sectorOf(r.Sectors, c, n, addr); sector == "" {
				continue
			}
		}
		among := func(list []string) func(string) bool {
			return func(country string) bool { return slices.Contains(list, country) }
		}
		switch {
		case len(r.Countries) > 0 && !slices.ContainsFunc(countries, among(r.Countries)):
		case among(r.Except)(countries[0]) && among(r.Except)(countries[1]):
		default:
			r.Way = cmp.Or(r.Way, Direct)
			fits := strings.TrimSpace(sector + " " + countries[0])
			return r, fmt.Sprintf("%s (%s)", r.Way, cmp.Or(fits, "everybody"))
		}
	}
	return WhomRule{Way: Direct}, ""
}

// sectorOf returns the first of the named sectors that the contact is of.
func (w Whom) sectorOf(names []string, c lookup.Contact, n lookup.Network, addr netip.Addr) string {
	_, domain, _ := strings.Cut(strings.ToLower(c.Email), "@")
	for _, s := range slices.Concat(w.Sectors, builtInSectors) {
		of := s.pattern != nil && s.pattern.MatchString(domain) ||
			slices.ContainsFunc(s.Domains, func(d string) bool { return domain == d || strings.HasSuffix(domain, "."+d) }) ||
			slices.ContainsFunc(s.Prefixes, func(p netip.Prefix) bool { return p.Contains(addr) }) ||
			n.AS != 0 && slices.Contains(s.AS, n.AS)
		if of && slices.Contains(names, s.Name) {
			return s.Name
		}
	}
	return ""
}

// csirt returns the CSIRT that a rule means for a country.
func (r WhomRule) csirt(country string) (lookup.Contact, bool) {
	c, ok := lookup.CSIRT(country)
	if r.CSIRT == "" {
		return c, ok
	}
	if !ok {
		c = lookup.Contact{Role: "abuse", Country: country, Rule: "national-csirt", Flags: []string{"csirt"}}
	}
	c.Email = r.CSIRT
	return c, true
}

// ByRule begins the reason of a row that a rule of the house keeps back.
const ByRule = "by your rule: "

// A Chooser applies the rules to rows. Rows of one network go on sharing it.
type Chooser struct {
	whom    Whom
	changed map[chosen]*lookup.Network
}

type chosen struct {
	network *lookup.Network
	csirt   string
}

// NewChooser makes a chooser.
func NewChooser(w Whom) *Chooser { return &Chooser{whom: w, changed: map[chosen]*lookup.Network{}} }

// Choose returns the row as a rule wants it: with the CSIRT as the contact of
// its network, or with the reason why nobody is written to. A row that stands
// in a letter past review stays, and so does one that nobody could be written
// to about.
func (ch *Chooser) Choose(r Row) Row {
	if r.Network == nil || r.Letter != "" || len(r.Network.Contacts) == 0 {
		return r
	}
	first := r.Network.Contacts[0]
	rule, why := ch.whom.Decide(first, *r.Network, r.Finding.Addr)
	switch rule.Way {
	case Never:
		r.Kept = ByRule + why
	case TelephoneFirst:
		if first.Rule != "override" { // whom they named stands in the house's own list
			r.Kept = ByRule + why
		}
	case ThroughCSIRT:
		country := cmp.Or(r.Network.Country, first.Country)
		c, ok := rule.csirt(country)
		if !ok {
			r.Kept = ByRule + why + ", and no CSIRT is known there"
			return r
		}
		r.Network = ch.through(r.Network, c)
	}
	return r
}

func (ch *Chooser) through(n *lookup.Network, c lookup.Contact) *lookup.Network {
	key := chosen{n, c.Email}
	if ch.changed[key] == nil {
		other := *n
		other.Contacts = []lookup.Contact{c}
		ch.changed[key] = &other
	}
	return ch.changed[key]
}

// copies returns the mailboxes of the CSIRTs that get a letter's mail too.
func (w Whom) copies(l Letter) (mails []string) {
	for _, f := range l.Findings {
		for _, n := range l.Networks {
			if !n.First.IsValid() || f.Addr.Less(n.First) || n.Last.Less(f.Addr) {
				continue
			}
			rule, _ := w.Decide(n.Contacts[0], n, f.Addr)
			c, ok := rule.csirt(cmp.Or(n.Country, n.Contacts[0].Country))
			if rule.Way == CSIRTInCopy && ok && !strings.EqualFold(c.Email, l.To.Email) {
				mails = append(mails, c.Email)
			}
		}
	}
	slices.Sort(mails)
	return slices.Compact(mails)
}
