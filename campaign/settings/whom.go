package settings

import (
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"headsup/letter"
	"headsup/lookup"
)

// Whom is a rule of the house: whom one may write to, and how.
type Whom struct {
	Countries []string `toml:"countries"` // of the contact or the network; default all
	Except    []string `toml:"except"`    // not where both are among these
	Sectors   []string `toml:"sectors"`   // default all
	Way       string   `toml:"way"`       // direct, csirt-in-copy, through-csirt, never or telephone-first
	CSIRT     string   `toml:"csirt"`     // mailbox of the CSIRT; default the national one that headsup knows
}

// Sector is a kind of holders that rules name. "government" and "military" are
// built in, and can be added to.
type Sector struct {
	Name     string         `toml:"name"`
	Domains  []string       `toml:"domains"` // of mailboxes, with all below
	Prefixes []netip.Prefix `toml:"prefixes"`
	AS       []string       `toml:"as"` // AS numbers: "AS64500"
}

// whom reads the rules, and finds what is wrong with them.
func (s *Settings) whom() (w letter.Whom, err error) {
	for _, sec := range s.Sectors {
		out := letter.Sector{Name: sec.Name, Prefixes: sec.Prefixes}
		if sec.Name == "" {
			return w, s.Fault("", "", "[[sector]]: name is missing")
		}
		for _, d := range sec.Domains {
			out.Domains = append(out.Domains, strings.ToLower(strings.Trim(strings.TrimPrefix(d, "*"), ".")))
		}
		for _, as := range sec.AS {
			n, err := strconv.ParseUint(strings.TrimPrefix(strings.ToUpper(as), "AS"), 10, 32)
			if err != nil {
				return w, s.Fault("as", as, "sector %q: as: %q is not an AS number such as AS64500", sec.Name, as)
			}
			out.AS = append(out.AS, uint32(n))
		}
		w.Sectors = append(w.Sectors, out)
	}
	for _, r := range s.Whom {
		rule := letter.WhomRule{Countries: r.Countries, Except: r.Except, Sectors: r.Sectors, Way: letter.Way(r.Way), CSIRT: r.CSIRT}
		if err := s.checkWhom(rule, w); err != nil {
			return w, err
		}
		w.Rules = append(w.Rules, rule)
	}
	return w, nil
}

func (s *Settings) checkWhom(r letter.WhomRule, w letter.Whom) error {
	if !slices.Contains(letter.Ways, r.Way) {
		var ways []string
		for _, way := range letter.Ways {
			ways = append(ways, string(way))
		}
		return s.Fault("way", string(r.Way), "whom.way: %q is none of %s", r.Way, strings.Join(ways, ", "))
	}
	for _, c := range slices.Concat(r.Countries, r.Except) {
		if len(c) != 2 || lookup.CountryCode(c) != c {
			return s.Fault("countries", c, "whom: %q is not a country such as \"DE\" (ISO 3166-1)", c)
		}
	}
	for _, name := range r.Sectors {
		if !w.Knows(name) {
			return s.Fault("sectors", name, "whom.sectors: no [[sector]] is called %q", name)
		}
	}
	if parsed, err := letter.ParseSuppression(r.CSIRT); r.CSIRT != "" && (err != nil || parsed.Scope != letter.ByAddress) {
		return s.Fault("csirt", r.CSIRT, "whom.csirt: %q is not a mail address", r.CSIRT)
	}
	return nil
}
