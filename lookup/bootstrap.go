package lookup

import (
	"embed"
	"fmt"
	"net/netip"
	"strings"

	"github.com/gaissmai/bart"
	"github.com/openrdap/rdap/bootstrap"
)

// The RDAP bootstrap registries (RFC 9224), as IANA published them: IPv4
// 2019-06-07, IPv6 2019-11-06, AS numbers 2024-04-10; the http twins are left
// out. They say where to start, not who answers: what was transferred since is
// redirected by the registry that it came from.
//
//go:embed iana/ipv4.json iana/ipv6.json iana/asn.json
var ianaFiles embed.FS

// A directory says which office to ask first.
type directory struct {
	own    bart.Table[*office] // of the settings
	v4, v6 *bootstrap.NetRegistry
	as     *bootstrap.ASNRegistry
	byHost map[string]*office // by the host of the built-in base URL
	all    map[string]*office
}

func newDirectory(all map[string]*office) (*directory, error) {
	d := &directory{byHost: map[string]*office{}, all: all}
	for name, o := range all {
		for _, p := range o.Prefixes {
			if !p.IsValid() {
				return nil, fmt.Errorf("registry %q: prefixes: not a prefix", name)
			}
			d.own.Insert(p.Masked(), o)
		}
		if base := defaults[name].RDAP; base != "" {
			d.byHost[hostOf(base)] = o
		}
	}
	read := func(name string) []byte {
		text, _ := ianaFiles.ReadFile("iana/" + name) // embedded: it is there
		return text
	}
	var err error
	if d.v4, err = bootstrap.NewNetRegistry(read("ipv4.json"), 4); err != nil {
		return nil, err
	}
	if d.v6, err = bootstrap.NewNetRegistry(read("ipv6.json"), 6); err != nil {
		return nil, err
	}
	d.as, err = bootstrap.NewASNRegistry(read("asn.json"))
	return d, err
}

func hostOf(base string) string {
	_, rest, _ := strings.Cut(base, "://")
	host, _, _ := strings.Cut(rest, "/")
	return host
}

// forAddr returns the office to ask about addr, or nil if nobody hands out
// this space.
func (d *directory) forAddr(addr netip.Addr) *office {
	if o, ok := d.own.Lookup(addr); ok {
		return o
	}
	registry := d.v4
	if addr.Is6() {
		registry = d.v6
	}
	a, err := registry.Lookup(&bootstrap.Question{Query: addr.String()})
	return d.pick(a, err)
}

// forAS is forAddr for an AS number.
func (d *directory) forAS(n uint32) *office {
	for _, o := range d.all {
		for _, s := range o.AS {
			if from, to, err := asRange(s); err == nil && from <= n && n <= to {
				return o
			}
		}
	}
	a, err := d.as.Lookup(&bootstrap.Question{Query: fmt.Sprint(n)})
	return d.pick(a, err)
}

func (d *directory) pick(a *bootstrap.Answer, err error) *office {
	if err != nil {
		return nil
	}
	for _, u := range a.URLs {
		if o := d.byHost[strings.ToLower(u.Host)]; o != nil {
			return o
		}
	}
	return nil
}
