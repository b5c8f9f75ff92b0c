package lookup

import (
	"bytes"
	"net/netip"
	"strconv"

	"go4.org/netipx"
)

// statistics reads a line of a delegated-extended file:
// registry|cc|type|start|value|date|status[|opaque-id]. What a registry
// delegated is known by its country only.
func (d *dump) statistics(line []byte) {
	f := bytes.Split(line, []byte("|"))
	if len(f) < 7 || string(f[3]) == "*" {
		return // version, summary
	}
	n, err := strconv.ParseUint(string(f[4]), 10, 32)
	var from, to key
	ok := false
	switch string(f[2]) {
	case "asn":
		from, to, ok = delegatedNumbers(string(f[3]), n)
	case "ipv4", "ipv6":
		from, to, ok = delegatedAddrs(string(f[2]), string(f[3]), n)
	default:
		return
	}
	if err != nil || !ok {
		d.sum.Skipped++
		return
	}
	x := node{first: from, last: to, file: d.file, flags: isPool, country: country2(f[1])}
	if string(f[2]) == "asn" {
		x.flags |= isNumber
		d.sum.Numbers++
	} else {
		d.sum.Networks++
	}
	d.b.add(x, nodeRefs{})
}

func delegatedNumbers(start string, n uint64) (from, to key, ok bool) {
	as, err := strconv.ParseUint(start, 10, 32)
	return key{lo: as}, key{lo: as + n - 1}, err == nil && n > 0 && as+n <= 1<<32
}

func delegatedAddrs(kind, start string, n uint64) (from, to key, ok bool) {
	first, err := netip.ParseAddr(start)
	if err != nil || n == 0 || first.Is4() != (kind == "ipv4") {
		return key{}, key{}, false
	}
	from = keyOf(first)
	if first.Is4() { // n addresses
		return from, key{from.hi, from.lo + n - 1}, uint64(uint32(from.lo))+n <= 1<<32
	}
	p, err := first.Prefix(int(min(n, 255))) // a prefix of length n
	if err != nil || p.Addr() != first {
		return key{}, key{}, false
	}
	return from, keyOf(netipx.PrefixLastIP(p)), true
}
