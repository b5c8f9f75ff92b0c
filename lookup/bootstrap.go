package lookup

import (
	"fmt"
	"net/netip"
	"strings"

	"github.com/gaissmai/bart"
	"github.com/openrdap/rdap/bootstrap"
)

// A directory says which office to ask first. IANA's tables say where to
// start, not who answers: what was transferred since is redirected by the
// registry that it came from.
type directory struct {
	own    bart.Table[*office] // of the settings
	v4, v6 *bootstrap.NetRegistry
	as     *bootstrap.ASNRegistry
	byHost map[string]*office // by the host of its base URL, the built-in one and that of the settings
	all    map[string]*office
}

func newDirectory(all map[string]*office, tables []Table) (*directory, error) {
	d := &directory{byHost: map[string]*office{}, all: all}
	for name, o := range all {
		for _, p := range o.Prefixes {
			if !p.IsValid() {
				return nil, fmt.Errorf("registry %q: prefixes: not a prefix", name)
			}
			d.own.Insert(p.Masked(), o)
		}
		if o.rdap != nil {
			d.byHost[o.rdap.Host] = o
		}
	}
	for name, o := range all {
		if base := defaults[name].RDAP; base != "" {
			d.byHost[hostOf(base)] = o
		}
	}
	for _, t := range Newest(tables) {
		var err error
		switch t.Kind {
		case "ipv4":
			d.v4, err = bootstrap.NewNetRegistry(t.body, 4)
		case "ipv6":
			d.v6, err = bootstrap.NewNetRegistry(t.body, 6)
		case "asn":
			d.as, err = bootstrap.NewASNRegistry(t.body)
		}
		if err != nil {
			return nil, fmt.Errorf("%s table: %w", t.Kind, err)
		}
	}
	return d, nil
}

func hostOf(base string) string {
	_, rest, _ := strings.Cut(base, "://")
	host, _, _ := strings.Cut(rest, "/")
	return host
}

// claimed reports whether the settings say who is asked about addr.
func (d *directory) claimed(addr netip.Addr) bool {
	_, ok := d.own.Lookup(addr)
	return ok
}

// forAddr returns the office to ask about addr, or nil if neither the settings
// nor IANA's tables know of one.
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
