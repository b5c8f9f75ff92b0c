package lookup

import (
	"cmp"
	"fmt"
	"maps"
	"net"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Registries says how registries are reached and how fast, by name: "afrinic",
// "apnic", "arin", "lacnic", "ripe", the national registries "idnic", "jpnic",
// "krnic", "nicbr" and "twnic", or any other name. What is left out has the
// built-in value; only hosts that stand here are ever asked.
type Registries map[string]RegistrySettings

// RegistrySettings is one registry.
type RegistrySettings struct {
	RDAP        string         `toml:"rdap"`        // base URL; http is used only if this says http; "-" for none
	WHOIS       string         `toml:"whois"`       // host or host:port; "-" for none
	Prefixes    []netip.Prefix `toml:"prefixes"`    // asked here first, whatever IANA's table says
	AS          []string       `toml:"as"`          // AS numbers, the same: "64496-64511"
	Every       Interval       `toml:"every"`       // one query per …, such as "200ms"
	Burst       int            `toml:"burst"`       // … after the first so many
	Connections int            `toml:"connections"` // at a time
}

// An Interval is a time.Duration that is written "200ms".
type Interval time.Duration

// UnmarshalText reads what time.ParseDuration reads, if it is not negative.
func (i *Interval) UnmarshalText(text []byte) error {
	d, err := time.ParseDuration(string(text))
	if err == nil && d < 0 {
		err = fmt.Errorf("negative interval %q", text)
	}
	*i = Interval(d)
	return err
}

// MarshalText writes what UnmarshalText reads.
func (i Interval) MarshalText() ([]byte, error) { return []byte(time.Duration(i).String()), nil }

func seconds(s float64) Interval { return Interval(s * float64(time.Second)) }

// BuiltIn returns the registries as they are built in.
func BuiltIn() Registries { return maps.Clone(defaults) }

// defaults keep well below what the registries publish: RIPE allows three
// connections and counts no IP look-ups, LACNIC ten queries a minute, AFRINIC
// 5,000 person objects a day; ARIN and APNIC name no figure, registro.br
// refuses whoever hurries.
var defaults = Registries{
	"ripe":    {RDAP: "https://rdap.db.ripe.net/", WHOIS: "whois.ripe.net", Every: seconds(0.2), Burst: 5, Connections: 3},
	"arin":    {RDAP: "https://rdap.arin.net/registry/", WHOIS: "whois.arin.net", Every: seconds(0.2), Burst: 5, Connections: 4},
	"apnic":   {RDAP: "https://rdap.apnic.net/", WHOIS: "whois.apnic.net", Every: seconds(0.2), Burst: 5, Connections: 4},
	"lacnic":  {RDAP: "https://rdap.lacnic.net/rdap/", WHOIS: "whois.lacnic.net", Every: seconds(7), Burst: 1, Connections: 1},
	"afrinic": {RDAP: "https://rdap.afrinic.net/rdap/", WHOIS: "whois.afrinic.net", Every: seconds(0.5), Burst: 2, Connections: 2},

	"nicbr": {RDAP: "https://rdap.registro.br/", WHOIS: "whois.registro.br", Every: seconds(5), Burst: 1, Connections: 1},
	"jpnic": {RDAP: "https://jpnic.rdap.apnic.net/", WHOIS: "whois.nic.ad.jp", Every: seconds(1), Burst: 1, Connections: 1},
	"krnic": {RDAP: "https://krnic.rdap.apnic.net/", WHOIS: "whois.kisa.or.kr", Every: seconds(1), Burst: 1, Connections: 1},
	"twnic": {RDAP: "https://twnic.rdap.apnic.net/", WHOIS: "whois.twnic.net", Every: seconds(1), Burst: 1, Connections: 1},
	"idnic": {RDAP: "https://idnic.rdap.apnic.net/", Every: seconds(1), Burst: 1, Connections: 1},
}

// An office is a registry as it is reached.
type office struct {
	name  string
	rdap  *url.URL // nil if there is none; never changed
	whois string   // host:port, or empty
	host  string   // name of the WHOIS server that referrals use
	RegistrySettings
}

// offices lays the settings over the built-in ones.
func (r Registries) offices() (map[string]*office, error) {
	all := map[string]*office{}
	for name, d := range defaults {
		all[name] = &office{name: name, host: d.WHOIS, RegistrySettings: d}
	}
	for _, name := range slices.Sorted(maps.Keys(r)) {
		s := r[name]
		o := all[name]
		if o == nil {
			o = &office{name: name, RegistrySettings: RegistrySettings{Every: seconds(1), Burst: 1, Connections: 1}}
			all[name] = o
		}
		if s.Every < 0 || s.Burst < 0 || s.Connections < 0 {
			return nil, fmt.Errorf("registry %q: negative pace", name)
		}
		o.RDAP, o.WHOIS = cmp.Or(s.RDAP, o.RDAP), cmp.Or(s.WHOIS, o.WHOIS)
		o.Every, o.Burst, o.Connections = cmp.Or(s.Every, o.Every), cmp.Or(s.Burst, o.Burst), cmp.Or(s.Connections, o.Connections)
		o.Prefixes, o.AS = s.Prefixes, s.AS
	}
	for _, o := range all {
		if err := o.parse(); err != nil {
			return nil, fmt.Errorf("registry %q: %w", o.name, err)
		}
	}
	return all, nil
}

func (o *office) parse() error {
	if o.RDAP != "" && o.RDAP != "-" {
		u, err := url.Parse(o.RDAP)
		if err != nil {
			return err
		}
		if u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || u.User != nil || u.RawQuery != "" {
			return fmt.Errorf("rdap: not a base URL: %q", o.RDAP)
		}
		u.Host = strings.ToLower(u.Host)
		o.rdap = u
	}
	if o.WHOIS != "" && o.WHOIS != "-" {
		o.whois = strings.ToLower(o.WHOIS)
		if _, _, err := net.SplitHostPort(o.whois); err != nil {
			o.whois = net.JoinHostPort(o.whois, "43")
		}
		host, port, err := net.SplitHostPort(o.whois)
		if n, perr := strconv.ParseUint(port, 10, 16); err != nil || perr != nil || n == 0 || host == "" {
			return fmt.Errorf("whois: not a host or host:port: %q", o.WHOIS)
		}
		o.host = cmp.Or(o.host, host)
	}
	for _, s := range o.AS {
		if _, _, err := asRange(s); err != nil {
			return err
		}
	}
	return nil
}

// asRange reads "64500" or "64496-64511".
func asRange(s string) (from, to uint32, err error) {
	a, b, ok := strings.Cut(s, "-")
	if !ok {
		b = a
	}
	lo, err1 := strconv.ParseUint(strings.TrimSpace(a), 10, 32)
	hi, err2 := strconv.ParseUint(strings.TrimSpace(b), 10, 32)
	if err1 != nil || err2 != nil || hi < lo {
		return 0, 0, fmt.Errorf("as: not a range of AS numbers: %q", s)
	}
	return uint32(lo), uint32(hi), nil
}
