package lookup

import (
	"net/netip"
	"strconv"
	"strings"

	"go4.org/netipx"

	"headsup/pattern"
)

// address reads an address as registries write it: ARIN pads with zeros
// (074.125.000.000), which net/netip refuses because C reads that as octal.
func address(s string) netip.Addr {
	s = strings.TrimSpace(s)
	if len(s) > 45 {
		return netip.Addr{}
	}
	if a, err := netip.ParseAddr(s); err == nil {
		return a.Unmap().WithZone("")
	}
	parts := strings.Split(s, ".")
	if len(parts) != 4 {
		return netip.Addr{}
	}
	var b [4]byte
	for i, p := range parts {
		n, err := strconv.ParseUint(p, 10, 8)
		if err != nil {
			return netip.Addr{}
		}
		b[i] = byte(n)
	}
	return netip.AddrFrom4(b)
}

// span reads a range: "192.0.2.0 - 192.0.2.255", "192.0.2.0/24", or LACNIC's
// short form "203.0.112/22". It gives the zero Addr twice if s is none.
func span(s string) (first, last netip.Addr) {
	s = strings.TrimSpace(s)
	if from, to, ok := strings.Cut(s, "-"); ok {
		first, last = address(from), address(to)
		if !first.IsValid() || first.BitLen() != last.BitLen() || last.Less(first) {
			return netip.Addr{}, netip.Addr{}
		}
		return first, last
	}
	base, bits, ok := strings.Cut(s, "/")
	if !ok {
		a := address(s)
		return a, a
	}
	if !strings.Contains(base, ":") {
		base += strings.Repeat(".0", max(0, 3-strings.Count(base, ".")))
	}
	return prefix(base, bits)
}

func prefix(base, bits string) (first, last netip.Addr) {
	n, err := strconv.Atoi(strings.TrimSpace(bits))
	if err != nil {
		return netip.Addr{}, netip.Addr{}
	}
	p, err := address(base).Prefix(n)
	if err != nil || !p.IsValid() { // the zero Addr has a Prefix, and no error
		return netip.Addr{}, netip.Addr{}
	}
	return p.Addr(), netipx.PrefixLastIP(p)
}

// cidr0 reads the cidr0 extension, whose lengths LACNIC writes as strings. Of
// several prefixes it spans all that adjoin; registries list them in order.
func cidr0(v any) (first, last netip.Addr) {
	list, _ := v.([]any)
	for _, x := range list {
		m, _ := x.(map[string]any)
		base, _ := m["v4prefix"].(string)
		if base == "" {
			base, _ = m["v6prefix"].(string)
		}
		length := ""
		switch n := m["length"].(type) {
		case string:
			length = n
		case float64:
			length = strconv.Itoa(int(n))
		}
		from, to := prefix(base, length)
		switch {
		case !from.IsValid():
		case !first.IsValid():
			first, last = from, to
		case last.Next() == from:
			last = to
		}
	}
	return first, last
}

// numbersOf reads "AS64500", "64500" or "64496 - 64511", or gives zeros.
func numbersOf(s string) (numbers [2]uint32) {
	s = strings.ReplaceAll(strings.ToUpper(s), "AS", "")
	if from, to, err := asRange(strings.TrimSpace(s)); err == nil {
		numbers = [2]uint32{from, to}
	}
	return numbers
}

// whole reports whether a range is all the addresses that there are.
func whole(first, last netip.Addr) bool {
	return first.IsValid() && first.IsUnspecified() && netipx.PrefixLastIP(netip.PrefixFrom(first, 0)) == last
}

var (
	// Objects that say that somebody else answers: APNIC, ARIN, RIPE, AFRINIC.
	elsewhereName = pattern.New(`(?i)^(NON-RIPE-NCC-MANAGED-ADDRESS-BLOCK|ERX-NETBLOCK|IANA-NETBLOCK-.*|IANA-BLOCK|IANA-BLK|STUB-.*)$`)
	elsewhereType = pattern.New(`(?i)\btransferred to |\b(allocated to|maintained by) (apnic|ripe|lacnic|afrinic)\b`)
	poolName      = pattern.New(`(?i)as-?block`)
	poolStatus    = pattern.New(`(?i)^(administrative|allocated unspecified)$`)
)

func notHere(name, kind string) bool {
	return elsewhereName.MatchString(strings.TrimSpace(name)) || elsewhereType.MatchString(strings.TrimSpace(kind))
}

// pool reports whether a status or type is that of a block which a registry
// hands out from.
func pool(status ...string) bool {
	for _, s := range status {
		if poolStatus.MatchString(strings.TrimSpace(s)) {
			return true
		}
	}
	return false
}
