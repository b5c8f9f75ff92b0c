package lookup

import (
	"context"
	"net/netip"
	"sync"

	"github.com/gaissmai/bart"
	"go4.org/netipx"
)

// A MemoryCache is a [Cache] for as long as the program runs. Its zero value
// is empty and ready.
type MemoryCache struct {
	mu    sync.RWMutex
	table bart.Table[*Network]
}

// Get implements [Cache]. The slices of the answer are shared and must not be
// changed.
func (c *MemoryCache) Get(_ context.Context, addr netip.Addr) (Network, bool, error) {
	c.mu.RLock()
	n, ok := c.table.Lookup(addr)
	c.mu.RUnlock()
	if !ok {
		return Network{}, false, nil
	}
	return *n, true, nil
}

// Put implements [Cache].
func (c *MemoryCache) Put(_ context.Context, covers netip.Prefix, n Network) error {
	c.mu.Lock()
	c.table.Insert(covers.Masked(), &n)
	c.mu.Unlock()
	return nil
}

const maxCovers = 16

// neighbourhood is the space around addr for which one answer may serve: an
// answer for one address says nothing about who was assigned other parts of a
// large network, but a /24 or a /48 is seldom divided further.
func neighbourhood(addr netip.Addr) netip.Prefix {
	bits := 24
	if addr.Is6() {
		bits = 48
	}
	p, _ := addr.Prefix(bits)
	return p
}

// covers returns the prefixes for which n, the answer for addr, may be kept:
// its range within addr's neighbourhood.
func covers(addr netip.Addr, n Network) []netip.Prefix {
	alone := []netip.Prefix{netip.PrefixFrom(addr, addr.BitLen())}
	if !n.holds(addr) {
		return alone
	}
	around := neighbourhood(addr)
	first, last := around.Addr(), netipx.PrefixLastIP(around)
	if first.Less(n.First) {
		first = n.First
	}
	if n.Last.Less(last) {
		last = n.Last
	}
	list := netipx.IPRangeFrom(first, last).Prefixes()
	if len(list) <= maxCovers {
		return list
	}
	for _, p := range list {
		if p.Contains(addr) {
			return []netip.Prefix{p}
		}
	}
	return alone
}

func (n Network) holds(addr netip.Addr) bool {
	return n.First.IsValid() && n.First.BitLen() == addr.BitLen() && !addr.Less(n.First) && !n.Last.Less(addr)
}
