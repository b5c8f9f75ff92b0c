package settings

import (
	"cmp"
	"net/netip"
	"slices"
	"time"

	"headsup/lookup"
)

// Lookup says who is asked for contacts.
type Lookup struct {
	Overrides    string            `toml:"overrides"`     // CSV of contacts that overrule the registries
	Snapshot     string            `toml:"snapshot"`      // index of registry dumps (headsup snapshot), asked before the registries
	Bootstrap    string            `toml:"bootstrap"`     // folder of IANA's newer tables (headsup bootstrap); default "iana"
	AllowSpecial []netip.Prefix    `toml:"allow_special"` // special-use space that is looked up all the same; in a rehearsal, that for documentation
	CSIRT        bool              `toml:"csirt"`         // last resort: the country's national CSIRT
	Cymru        bool              `toml:"cymru"`         // AS numbers from Team Cymru's DNS, and their contact where the network has none
	Abusix       bool              `toml:"abusix"`        // where no registry names anybody: Abusix's DNS
	AbuseNet     bool              `toml:"abuse_net"`     // for domains: abuse.net's DNS
	SecurityTxt  bool              `toml:"security_txt"`  // for domains: RFC 9116
	MaxAge       Duration          `toml:"max_age"`       // ask again after; default "168h"
	Workers      int               `toml:"workers"`       // look-ups under way at each registry; default 4
	Registries   lookup.Registries `toml:"registries"`    // other servers and paces
}

// documentation is the space that nobody has (RFC 5737, RFC 3849, RFC 9637).
var documentation = []netip.Prefix{
	netip.MustParsePrefix("192.0.2.0/24"),
	netip.MustParsePrefix("198.51.100.0/24"),
	netip.MustParsePrefix("203.0.113.0/24"),
	netip.MustParsePrefix("2001:db8::/32"),
	netip.MustParsePrefix("3fff::/20"),
}

// Allowed returns the special-use space that is looked up all the same.
func (s *Settings) Allowed() []netip.Prefix {
	if s.Rehearsal {
		return append(slices.Clone(s.Lookup.AllowSpecial), documentation...)
	}
	return s.Lookup.AllowSpecial
}

// Since returns how old a look-up may be at now.
func (l Lookup) Since(now time.Time) time.Time {
	return now.Add(-cmp.Or(l.MaxAge.Duration, 7*24*time.Hour))
}

// AtOnce returns how many look-ups may be under way at each registry.
func (l Lookup) AtOnce() int { return cmp.Or(l.Workers, 4) }

// Tables returns the folder of IANA's newer tables, relative to the campaign folder.
func (l Lookup) Tables() string { return cmp.Or(l.Bootstrap, "iana") }
