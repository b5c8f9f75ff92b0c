package lookup

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"slices"
	"strings"
	"testing"
)

var errBroken = errors.New("broken")

// broken fails in whatever it is asked, and counts how often.
type broken struct{ asked int }

func (b *broken) Lookup(context.Context, netip.Addr) (Network, bool, error) {
	b.asked++
	return Network{Handle: "NET-1"}, true, errBroken
}

func (b *broken) LookupAS(context.Context, uint32) (Network, bool, error) {
	b.asked++
	return Network{Handle: "NET-1"}, true, errBroken
}

func (b *broken) LookupDomain(context.Context, string) (Network, bool, error) {
	b.asked++
	return Network{Handle: "NET-1"}, true, errBroken
}

// A cacheOf breaks where it is told to.
type cacheOf struct{ get, put error }

func (c cacheOf) Get(context.Context, netip.Addr) (Network, bool, error) {
	return Network{}, false, c.get
}
func (c cacheOf) Put(context.Context, netip.Prefix, Network) error { return c.put }

// local is a source that asks nobody.
type local struct{ Source }

func (local) AsksNobody() bool { return true }

// numbered answers for addresses, and for AS numbers with an error.
type numbered struct{ fixed }

func (numbered) LookupAS(context.Context, uint32) (Network, bool, error) {
	return Network{}, false, errBroken
}

// TestNoFaultIsTakenForAnAnswer breaks each of those that a Resolver asks.
func TestNoFaultIsTakenForAnAnswer(t *testing.T) {
	first, last := netip.MustParseAddr("192.0.2.0"), netip.MustParseAddr("192.0.2.255")
	desk := fixed{Network{First: first, Last: last, Contacts: []Contact{{Email: "abuse@isp.example"}}}}
	nobody := fixed{Network{First: first, Last: last}}
	origin := func(context.Context, netip.Addr) (uint32, error) { return 64500, nil }
	hints := &Hints{Abusix: true, AbuseNet: true, TXT: func(context.Context, string) ([]string, error) { return nil, errBroken }}
	host := func(context.Context, string) ([]netip.Addr, error) { return []netip.Addr{first}, nil }
	for _, tt := range []struct {
		name   string
		r      *Resolver
		domain bool
	}{
		{"the overrides", &Resolver{Overrides: &broken{}, Sources: []Source{desk}}, false},
		{"the cache", &Resolver{Cache: cacheOf{get: errBroken}, Sources: []Source{desk}}, false},
		{"what is stored", &Resolver{Cache: cacheOf{put: errBroken}, Sources: []Source{desk}}, false},
		{"a source that asks nobody", &Resolver{Sources: []Source{local{&broken{}}, desk}}, false},
		{"a registry", &Resolver{Sources: []Source{&broken{}, desk}}, false},
		{"who says which AS it is", &Resolver{Sources: []Source{desk}, Origin: func(context.Context, netip.Addr) (uint32, error) { return 64500, errBroken }}, false},
		{"who answers for the AS", &Resolver{Sources: []Source{numbered{nobody}}, Origin: origin}, false},
		{"hints about an address", &Resolver{Sources: []Source{nobody}, Hints: hints}, false},
		{"the overrides of a domain", &Resolver{Overrides: &broken{}, Sources: []Source{desk}, Hosts: host}, true},
		{"the host of a domain", &Resolver{Sources: []Source{desk}, Hosts: func(context.Context, string) ([]netip.Addr, error) { return []netip.Addr{first}, errBroken }}, true},
		{"who answers for the host", &Resolver{Sources: []Source{&broken{}}, Hosts: host}, true},
		{"who answers for the host, before hints", &Resolver{Sources: []Source{&broken{}}, Hosts: host, Hints: hints}, true},
		{"hints about a domain", &Resolver{Sources: []Source{desk}, Hosts: host, Hints: hints}, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			tt.r.AllowSpecial = []netip.Prefix{netip.MustParsePrefix("192.0.2.0/24")}
			n, err := Network{}, error(nil)
			if tt.domain {
				n, err = tt.r.LookupDomain(t.Context(), "www.isp.example")
			} else {
				n, err = tt.r.Lookup(t.Context(), first)
			}
			if !errors.Is(err, errBroken) || len(n.Contacts) > 0 {
				t.Errorf("%+v, %v", n, err)
			}
		})
	}
	for name, r := range map[string]*Resolver{"overrides": {Overrides: &broken{}}, "a registry": {Sources: []Source{&broken{}}}} {
		r.AllowSpecial = []netip.Prefix{netip.MustParsePrefix("192.0.2.0/24")}
		if _, err := r.LookupAS(t.Context(), 64500); !errors.Is(err, errBroken) {
			t.Errorf("an AS number, %s: %v", name, err)
		}
	}
}

func TestADomainWithoutAHostHasNobody(t *testing.T) {
	for name, hosts := range map[string]func(context.Context, string) ([]netip.Addr, error){
		"no address":   func(context.Context, string) ([]netip.Addr, error) { return nil, nil },
		"no such name": func(context.Context, string) ([]netip.Addr, error) { return nil, &net.DNSError{IsNotFound: true} },
	} {
		_, err := (&Resolver{Hosts: hosts}).LookupDomain(t.Context(), "www.isp.example")
		if err == nil || err.Error() != "no address for www.isp.example" {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, bad := range []string{"", "isp", "a b.example", "-a.example"} {
		if _, err := new(Resolver).LookupDomain(t.Context(), bad); !errors.Is(err, ErrDomain) {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

func TestHintsThatFail(t *testing.T) {
	fails := func(context.Context, string) ([]string, error) { return nil, errBroken }
	for name, h := range map[string]*Hints{"a zone": {AbuseNet: true, TXT: fails}, "a text within": {SecurityTxt: true, TXT: fails}} {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if cs, err := h.DomainContacts(ctx, "isp.example"); err == nil || cs != nil {
			t.Errorf("%s: %v, %v", name, cs, err)
		}
	}
	if as, err := (&Hints{TXT: fails}).CymruOrigin(t.Context(), netip.MustParseAddr("192.0.2.1")); !errors.Is(err, errBroken) || as != 0 {
		t.Errorf("AS %d, %v", as, err)
	}
	missing := func(context.Context, string) ([]string, error) { return []string{"x"}, &net.DNSError{IsNotFound: true} }
	if as, err := (&Hints{TXT: missing}).CymruOrigin(t.Context(), netip.MustParseAddr("192.0.2.1")); err != nil || as != 0 {
		t.Errorf("a name that is not there: AS %d, %v", as, err)
	}
	many := func(context.Context, string) ([]string, error) { return slices.Repeat([]string{"x"}, 30), nil }
	if texts, err := (&Hints{TXT: many}).txt(t.Context(), "isp.example"); err != nil || len(texts) != 20 {
		t.Errorf("%d texts, %v", len(texts), err)
	}
}

func TestNamesBackwards(t *testing.T) {
	for addr, want := range map[string]string{
		"192.0.2.1":          "1.2.0.192",
		"2001:db8::9a:bcdef": "",
		"2001:db8::9a:bcde":  "e.d.c.b.a.9.0.0." + strings.Repeat("0.", 16) + "8.b.d.0.1.0.0.2",
	} {
		a, err := netip.ParseAddr(addr)
		if err == nil && reverse(a) != want {
			t.Errorf("%s: %s, want %s", addr, reverse(a), want)
		}
	}
}

func TestCauseNamesNoHost(t *testing.T) {
	plain := errors.New("connection refused")
	dns := &net.DNSError{Err: "no such host", Name: "secret.example", Server: "192.0.2.53:53"}
	for name, tt := range map[string]struct{ in, want error }{
		"an error of its own": {plain, plain},
		"a dial":              {&net.OpError{Op: "dial", Net: "tcp", Addr: &net.TCPAddr{IP: net.IPv4(192, 0, 2, 1)}, Err: plain}, plain},
		"a name":              {dns, errors.New("no such host")},
		"a name in a dial":    {&net.OpError{Op: "dial", Err: dns}, errors.New("no such host")},
	} {
		if got := cause(tt.in); got.Error() != tt.want.Error() {
			t.Errorf("%s: %v, want %v", name, got, tt.want)
		}
	}
}

func TestWhoIsAskedNext(t *testing.T) {
	all, err := (Registries{"house": {RDAP: "https://rdap.house.example/", WHOIS: "whois.house.example:4343"}}).offices()
	if err != nil {
		t.Fatal(err)
	}
	c := &Client{dir: &directory{all: all}}
	ripe, house := all["ripe"], all["house"]
	if ripe == nil || house == nil {
		t.Fatalf("offices %v", all)
	}
	for _, tt := range []struct {
		name     string
		referral string
		asked    []*office
		poll     bool
		want     *office
	}{
		{"nobody is named", "", nil, false, nil},
		{"a server that is known", ripe.host, nil, false, ripe},
		{"in capitals", strings.ToUpper(ripe.host), nil, false, ripe},
		{"with its port", ripe.host + ":43", nil, false, ripe},
		{"one that was asked", ripe.host, []*office{ripe}, false, nil},
		{"one of the settings by its whole name", "WHOIS.house.example:4343", nil, false, house},
		{"a stranger", "whois.stranger.example", nil, false, nil},
		{"all are asked in turn", "whois.stranger.example", nil, true, all[pollOrder[0]]},
		{"but each once", "", []*office{all[pollOrder[0]]}, true, all[pollOrder[1]]},
		{"who is named goes first", ripe.host, nil, true, ripe},
	} {
		asked := map[*office]bool{}
		for _, o := range tt.asked {
			asked[o] = true
		}
		if got := c.next(Answer{Referral: tt.referral}, asked, tt.poll); got != tt.want {
			t.Errorf("%s: %+v, want %+v", tt.name, got, tt.want)
		}
	}
}

func TestANewRegistryIsAskedSlowly(t *testing.T) {
	all, err := (Registries{"house": {RDAP: "https://rdap.house.example/"}, "fast": {RDAP: "https://rdap.fast.example/", Every: seconds(2), Burst: 3, Connections: 4}}).offices()
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]RegistrySettings{"house": {Every: seconds(1), Burst: 1, Connections: 1}, "fast": {Every: seconds(2), Burst: 3, Connections: 4}} {
		if o := all[name]; o.Every != want.Every || o.Burst != want.Burst || o.Connections != want.Connections {
			t.Errorf("%s: %+v", name, o.RegistrySettings)
		}
	}
	for _, bad := range []RegistrySettings{{Every: seconds(-1)}, {Burst: -1}, {Connections: -1}} {
		if _, err := (Registries{"house": bad}).offices(); err == nil {
			t.Errorf("%+v is a pace", bad)
		}
	}
}

// What keeps a WHOIS server from being asked is no answer of it.
func TestAServerThatMayNotBeAskedAnswersNothing(t *testing.T) {
	all, err := (Registries{}).offices()
	if err != nil {
		t.Fatal(err)
	}
	o := all["ripe"]
	g := newGate(all, Options{})
	s := subject{prefix: netip.MustParsePrefix("192.0.2.1/32")}
	resting := g.hosts[o.whois].limited(restFor, "wait")
	g.rest(g.hosts[o.whois], resting, true)
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	for name, tt := range map[string]struct {
		ctx  context.Context
		o    *office
		want error
	}{
		"a stranger":        {t.Context(), &office{whois: "whois.stranger.example:43"}, errUnknownHost},
		"one that rests":    {t.Context(), o, ErrRefused},
		"when nobody waits": {ended, all["arin"], context.Canceled},
	} {
		if a, err := (&whoisClient{g}).ask(tt.ctx, tt.o, s); !errors.Is(err, tt.want) || a.Network.Handle != "" {
			t.Errorf("%s: %+v, %v", name, a, err)
		}
	}
}
