package lookup

import (
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/pelletier/go-toml/v2"
)

func TestSettings(t *testing.T) {
	var file struct {
		Registries Registries `toml:"registries"`
	}
	err := toml.NewDecoder(strings.NewReader(`
[registries.lacnic]
every = "2s"
prefixes = ["203.0.113.0/24"]
as = ["64496-64499", "64511"]
[registries.nicbr]
rdap = "-"
[registries.house]
whois = "whois.example.net:4343"
`)).DisallowUnknownFields().Decode(&file)
	if err != nil {
		t.Fatal(err)
	}
	c, err := NewClient(file.Registries, Options{})
	if err != nil {
		t.Fatal(err)
	}
	lacnic, nicbr, house := c.dir.all["lacnic"], c.dir.all["nicbr"], c.dir.all["house"]
	if time.Duration(lacnic.Every) != 2*time.Second || lacnic.Burst != 1 || lacnic.whois != "whois.lacnic.net:43" || lacnic.rdap.Host != "rdap.lacnic.net" {
		t.Errorf("what is left out is not built in: %+v", lacnic)
	}
	if nicbr.rdap != nil || nicbr.whois == "" {
		t.Errorf("- is not none: %+v", nicbr)
	}
	if house.whois != "whois.example.net:4343" || house.Every == 0 {
		t.Errorf("another registry: %+v", house)
	}
	for query, want := range map[string]string{
		"203.0.113.1": "lacnic", // of the settings; IANA says apnic
		"192.0.2.1":   "arin", "198.51.100.1": "arin", "2001:db8::1": "apnic", "3fff::1": "",
	} {
		if got := c.Lane(netip.MustParseAddr(query)); got != want {
			t.Errorf("%s is asked at %q, want %q", query, got, want)
		}
	}
	for as, want := range map[uint32]*office{64497: lacnic, 64511: lacnic, 64500: nil, 64400: c.dir.all["ripe"]} {
		if got := c.dir.forAS(as); got != want {
			t.Errorf("AS%d: %+v", as, got)
		}
	}
}

func TestBadSettings(t *testing.T) {
	for _, tt := range []struct {
		s    RegistrySettings
		want string
	}{
		{RegistrySettings{RDAP: "rdap.example.net"}, "not a base URL"},
		{RegistrySettings{RDAP: "ftp://rdap.example.net/"}, "not a base URL"},
		{RegistrySettings{RDAP: "https://user@rdap.example.net/"}, "not a base URL"},
		{RegistrySettings{WHOIS: "whois.example.net:port"}, "not a host"},
		{RegistrySettings{WHOIS: "whois.example.net:0"}, "not a host"},
		{RegistrySettings{AS: []string{"9-1"}}, "not a range"},
		{RegistrySettings{Prefixes: []netip.Prefix{{}}}, "not a prefix"},
		{RegistrySettings{Burst: -1}, "negative"},
	} {
		if _, err := NewClient(Registries{"ripe": tt.s}, Options{}); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%+v: error %v, want %q", tt.s, err, tt.want)
		}
	}
}

// Every built-in server is one that the settings could name.
func TestBuiltIn(t *testing.T) {
	c, err := NewClient(nil, Options{})
	if err != nil {
		t.Fatal(err)
	}
	for name, o := range c.dir.all {
		if o.rdap == nil || o.rdap.Scheme != "https" || o.Every <= 0 || o.Connections < 1 {
			t.Errorf("%s: %+v", name, o)
		}
	}
	for _, n := range pollOrder {
		if c.dir.all[n] == nil {
			t.Errorf("no %q", n)
		}
	}
}

func TestSpecial(t *testing.T) {
	for addr, want := range map[string]string{
		"10.1.2.3": "private", "100.64.0.1": "carriers", "127.0.0.1": "loopback", "169.254.1.1": "link local", "172.31.255.255": "private", "172.32.0.0": "",
		"192.0.2.1": "documentation", "192.88.99.1": "6to4", "192.168.1.1": "private", "198.19.0.1": "benchmarking", "224.0.0.1": "multicast", "240.0.0.1": "reserved",
		"255.255.255.255": "broadcast", "0.0.0.0": "this network", "::ffff:10.0.0.1": "private", "::1": "loopback", "::": "unspecified", "fe80::1%eth0": "link local",
		"fd00::1": "unique local", "ff02::1": "multicast", "2001:db8::1": "documentation", "2001::1": "Teredo", "2002::1": "6to4", "64:ff9b::1": "translation",
		"3fff::1": "documentation", "4000::1": "not handed out", "::5": "IPv4-compatible",
	} {
		if why, ok := Special(netip.MustParseAddr(addr)); ok != (want != "") || !strings.Contains(why, want) {
			t.Errorf("%s: %q, %v; want %q", addr, why, ok, want)
		}
	}
	if _, ok := Special(netip.Addr{}); !ok {
		t.Error("no address is not special")
	}
	for as, want := range map[uint32]bool{0: true, 64500: true, 65551: true, 65552: false, 4200000000: true, 64495: false, 112: true, 1: false} {
		if _, ok := SpecialAS(as); ok != want {
			t.Errorf("AS%d: %v", as, ok)
		}
	}
}
