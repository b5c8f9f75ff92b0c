package letter

import (
	"cmp"
	"fmt"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"github.com/gaissmai/bart"
	"golang.org/x/net/idna"

	"headsup/lookup"
	"headsup/pattern"
	"headsup/sheet"
)

// A Suppression says who is not written to, why, and until when.
type Suppression struct {
	Scope    Scope     `json:"scope"`
	Value    string    `json:"value"`              // as Parse writes it: lower case, canonical
	Campaign string    `json:"campaign,omitempty"` // only in this campaign; empty: in all
	Reason   string    `json:"reason"`
	Since    time.Time `json:"since,omitzero"`
	Until    time.Time `json:"until,omitzero"` // zero: for ever

	// On what it rests, where that is known.
	By      string `json:"by,omitempty"`      // who asked, or decided
	Letter  string `json:"letter,omitempty"`  // the letter that it was asked about
	Message string `json:"message,omitempty"` // the Message-ID of what asked for it

	Key string `json:"-"` // what Value is a hash with, where it is one: of a mailbox that was forgotten
}

// A Scope is what a Suppression covers.
type Scope string

const (
	ByAddress Scope = "address" // one mailbox
	ByDomain  Scope = "domain"  // every mailbox of a domain and its subdomains
	ByPrefix  Scope = "prefix"  // findings in a network
	ByAS      Scope = "as"      // findings in networks that an AS announces
)

var asNumber = pattern.New(`^as([1-9][0-9]{0,9})$`)

// ParseSuppressions reads what [ParseSuppression] reads, and a range such as
// 192.0.2.1-192.0.2.9, which is a suppression for each of its prefixes.
func ParseSuppressions(s string) (list []Suppression, err error) {
	ps, err := sheet.Networks(s)
	if err != nil || len(ps) == 1 {
		one, err := ParseSuppression(s)
		if err != nil {
			return nil, err
		}
		return []Suppression{one}, nil
	}
	for _, p := range ps {
		list = append(list, Suppression{Scope: ByPrefix, Value: p.String()})
	}
	return list, nil
}

// ParseSuppression reads what a user types: a mailbox, a domain, a prefix, an
// IP address or an AS number such as AS64500. It is kept in the form in which
// registries' answers are: lower case, A-labels, IPv4 as IPv4. An error says
// which form would be right, where that can be told.
func ParseSuppression(s string) (Suppression, error) {
	s = strings.ToLower(strings.TrimSpace(s))
	if p, err := sheet.Network(s); err == nil {
		if p.Bits() == 0 {
			return Suppression{}, fmt.Errorf("%s is the whole Internet", s)
		}
		return Suppression{Scope: ByPrefix, Value: p.Masked().String()}, nil
	}
	s, link := strings.CutPrefix(s, "mailto:")
	if link { // RFC 6068, 2: fields of the mail follow
		s, _, _ = strings.Cut(s, "?")
	}
	if inner, ok := strings.CutPrefix(s, "<"); ok && strings.HasSuffix(inner, ">") {
		s = strings.TrimSuffix(inner, ">")
	}
	if m := asNumber.FindStringSubmatch(s); m != nil {
		if _, err := strconv.ParseUint(m[1], 10, 32); err == nil {
			return Suppression{Scope: ByAS, Value: s}, nil
		}
	}
	local, domain, isAddress := strings.Cut(s, "@")
	if !isAddress {
		local, domain = "", strings.TrimPrefix(s, "*.")
	}
	domain, ok := mailDomain(domain)
	switch {
	case !ok || strings.ContainsAny(local, " \t\r\n/,;<>\""):
		return Suppression{}, fmt.Errorf("neither a mailbox, a domain, a prefix nor an AS number: %s%s", strconv.Quote(s), perhaps(s))
	case local == "": // also "@example.net"
		return Suppression{Scope: ByDomain, Value: domain}, nil
	}
	return Suppression{Scope: ByAddress, Value: local + "@" + domain}, nil
}

var (
	someNumbers = pattern.New(`^\d{1,3}(\.\d{1,3}){0,3}$`)
	shortRange  = pattern.New(`^((?:\d{1,3}\.){3})(\d{1,3}) ?- ?(\d{1,3})$`)
	longPrefix  = pattern.New(`^(.*)/\d+$`)
	webAddress  = pattern.New(`^[a-z]+://([^/:?#]+)`)
)

// perhaps says which form would be right instead of s, or nothing.
func perhaps(s string) string {
	likely := func(form string) string {
		if _, err := ParseSuppressions(form); err != nil {
			return ""
		}
		return "; perhaps " + form
	}
	numbers := strings.TrimRight(s, ".*")
	switch {
	case shortRange.MatchString(s):
		return likely(shortRange.ReplaceAllString(s, "$1$2-$1$3"))
	case someNumbers.MatchString(numbers) && strings.Contains(s, "."):
		n := 1 + strings.Count(numbers, ".")
		if form := likely(fmt.Sprintf("%s%s/%d", numbers, strings.Repeat(".0", 4-n), 8*n)); form != "" {
			return form
		}
		return "; an address is four numbers up to 255, such as 192.0.2.7"
	case strings.Count(s, "@") > 1:
		return "; each mailbox by itself"
	case webAddress.MatchString(s):
		return likely(webAddress.FindStringSubmatch(s)[1])
	case longPrefix.MatchString(s):
		if addr, err := netip.ParseAddr(longPrefix.FindStringSubmatch(s)[1]); err == nil {
			return fmt.Sprintf("; a prefix of such an address ends in /1 to /%d", addr.BitLen())
		}
	}
	return ""
}

// mailName ends in letters: no mail goes to 192.0.2.300 or 10.0.0, which are
// addresses that somebody mistyped, and would cover nothing.
var mailName = pattern.New(`^([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+([a-z]{2,}|xn--[a-z0-9-]*[a-z0-9])$`)

// mailDomain is the domain of mailboxes as A-labels (RFC 5890).
func mailDomain(s string) (string, bool) {
	s, err := idna.Lookup.ToASCII(strings.TrimSuffix(s, "."))
	return s, err == nil && mailName.MatchString(s)
}

// Covers reports whether s stops a letter of campaign to c, a contact of n,
// about addr at the time now.
//
// Mailboxes are compared without regard to case: nobody has two that differ
// in case alone, and somebody who asked to be left alone must be.
func (s Suppression) Covers(campaign string, c lookup.Contact, n lookup.Network, addr netip.Addr, now time.Time) bool {
	if s.Campaign != "" && s.Campaign != campaign || !s.Until.IsZero() && !now.Before(s.Until) {
		return false
	}
	email := strings.ToLower(c.Email)
	switch s.Scope {
	case ByAddress:
		return email == s.Value || s.Value == HashOf(s.Key, email)
	case ByDomain:
		_, domain, _ := strings.Cut(email, "@")
		return domain == s.Value || strings.HasSuffix(domain, "."+s.Value)
	case ByPrefix:
		p, err := netip.ParsePrefix(s.Value)
		return err == nil && p.Contains(addr)
	case ByAS:
		as, ok := s.AS()
		return ok && as == n.AS
	}
	return false
}

// AS returns the number of a suppression by AS number.
func (s Suppression) AS() (number uint32, ok bool) {
	n, err := strconv.ParseUint(strings.TrimPrefix(s.Value, "as"), 10, 32)
	return uint32(n), s.Scope == ByAS && err == nil
}

// String says who is covered and why, for people.
func (s Suppression) String() string {
	out := s.Value
	if s.Reason != "" {
		out += ": " + s.Reason
	}
	if !s.Until.IsZero() {
		out += " (until " + s.Until.Format(time.DateOnly) + ")"
	}
	return out
}

// Suppressions finds the one that covers a letter among many.
type Suppressions struct {
	mailboxes, domains map[string][]Suppression
	key                string // of mailboxes that were forgotten; empty: none was
	systems            map[uint32][]Suppression
	prefixes           bart.Table[[]Suppression]
}

// ByNetwork reports whether one of them is about findings rather than mailboxes.
func (s *Suppressions) ByNetwork() bool { return len(s.systems) > 0 || s.prefixes.Size() > 0 }

// NewSuppressions indexes list.
func NewSuppressions(list []Suppression) *Suppressions {
	s := &Suppressions{mailboxes: map[string][]Suppression{}, domains: map[string][]Suppression{}, systems: map[uint32][]Suppression{}}
	for _, x := range list {
		switch x.Scope {
		case ByAddress:
			s.mailboxes[x.Value] = append(s.mailboxes[x.Value], x)
			s.key = cmp.Or(s.key, x.Key)
		case ByDomain:
			s.domains[x.Value] = append(s.domains[x.Value], x)
		case ByAS:
			if as, ok := x.AS(); ok {
				s.systems[as] = append(s.systems[as], x)
			}
		case ByPrefix:
			if p, err := netip.ParsePrefix(x.Value); err == nil {
				have, _ := s.prefixes.Get(p)
				s.prefixes.Insert(p, append(have, x))
			}
		}
	}
	return s
}

// Find returns a suppression that stops a letter of campaign to c, a contact
// of n, about addr.
func (s *Suppressions) Find(campaign string, c lookup.Contact, n lookup.Network, addr netip.Addr, now time.Time) (Suppression, bool) {
	email := strings.ToLower(c.Email)
	candidates := s.mailboxes[email]
	if s.key != "" {
		candidates = append(candidates[:len(candidates):len(candidates)], s.mailboxes[HashOf(s.key, email)]...)
	}
	_, domain, _ := strings.Cut(email, "@")
	for domain != "" {
		candidates = append(candidates[:len(candidates):len(candidates)], s.domains[domain]...)
		_, domain, _ = strings.Cut(domain, ".")
	}
	candidates = append(candidates[:len(candidates):len(candidates)], s.systems[n.AS]...)
	for _, list := range s.prefixes.Supernets(netip.PrefixFrom(addr, addr.BitLen())) {
		candidates = append(candidates[:len(candidates):len(candidates)], list...)
	}
	for _, x := range candidates {
		if x.Covers(campaign, c, n, addr, now) {
			return x, true
		}
	}
	return Suppression{}, false
}

// SuppressionsLike reads values as [ParseSuppressions] does, and gives what it
// finds the campaign, the reason and the day of like.
func SuppressionsLike(like Suppression, values []string) (list []Suppression, err error) {
	for _, v := range values {
		of, err := ParseSuppressions(v)
		if err != nil {
			return nil, err
		}
		for _, s := range of {
			s.Campaign, s.Reason, s.Until = like.Campaign, like.Reason, like.Until
			list = append(list, s)
		}
	}
	return list, nil
}
