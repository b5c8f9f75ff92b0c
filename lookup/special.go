package lookup

import (
	"net/netip"

	"github.com/gaissmai/bart"
)

// specialPrefixes are the blocks of the IANA special-purpose address
// registries (RFC 6890 and its updates, read 2025-10), with multicast
// (RFC 5771, RFC 4291) and what was never handed out. Whoever stands in them
// has no entry in a registry, or one that says nothing about who runs a host.
var specialPrefixes = map[string]string{
	"0.0.0.0/8":          "this network (RFC 791)",
	"10.0.0.0/8":         "private use (RFC 1918)",
	"100.64.0.0/10":      "shared address space of carriers (RFC 6598)",
	"127.0.0.0/8":        "loopback (RFC 1122)",
	"169.254.0.0/16":     "link local (RFC 3927)",
	"172.16.0.0/12":      "private use (RFC 1918)",
	"192.0.0.0/24":       "IETF protocol assignments (RFC 6890)",
	"192.0.2.0/24":       "documentation (RFC 5737)",
	"192.31.196.0/24":    "AS112 service (RFC 7535)",
	"192.52.193.0/24":    "automatic multicast tunneling (RFC 7450)",
	"192.88.99.0/24":     "6to4 relay anycast (RFC 7526)",
	"192.168.0.0/16":     "private use (RFC 1918)",
	"192.175.48.0/24":    "AS112 service (RFC 7534)",
	"198.18.0.0/15":      "benchmarking (RFC 2544)",
	"198.51.100.0/24":    "documentation (RFC 5737)",
	"203.0.113.0/24":     "documentation (RFC 5737)",
	"224.0.0.0/4":        "multicast (RFC 5771)",
	"240.0.0.0/4":        "reserved (RFC 1112)",
	"255.255.255.255/32": "limited broadcast (RFC 919)",

	"::/128":            "unspecified address (RFC 4291)",
	"::1/128":           "loopback (RFC 4291)",
	"::/96":             "IPv4-compatible (RFC 4291)",
	"::ffff:0:0/96":     "IPv4-mapped (RFC 4291)",
	"64:ff9b::/96":      "IPv4-IPv6 translation (RFC 6052)",
	"64:ff9b:1::/48":    "IPv4-IPv6 translation (RFC 8215)",
	"100::/64":          "discard only (RFC 6666)",
	"100:0:0:1::/64":    "dummy prefix (RFC 9780)",
	"2001::/23":         "IETF protocol assignments (RFC 2928)",
	"2001::/32":         "Teredo (RFC 4380)",
	"2001:2::/48":       "benchmarking (RFC 5180)",
	"2001:20::/28":      "ORCHIDv2 (RFC 7343)",
	"2001:db8::/32":     "documentation (RFC 3849)",
	"2002::/16":         "6to4 (RFC 3056)",
	"2620:4f:8000::/48": "AS112 service (RFC 7534)",
	"3fff::/20":         "documentation (RFC 9637)",
	"5f00::/16":         "segment routing (RFC 9602)",
	"fc00::/7":          "unique local (RFC 4193)",
	"fe80::/10":         "link local (RFC 4291)",
	"fec0::/10":         "site local (RFC 3879)",
	"ff00::/8":          "multicast (RFC 4291)",
}

// globalUnicast is the only IPv6 space that IANA hands out (RFC 4291).
var globalUnicast = netip.MustParsePrefix("2000::/3")

var special = func() *bart.Table[string] {
	t := new(bart.Table[string])
	for p, why := range specialPrefixes {
		t.Insert(netip.MustParsePrefix(p), why)
	}
	return t
}()

// Special reports whether addr is private, reserved, for documentation or
// otherwise nobody's to answer for (RFC 6890), and why. An IPv4 address in an
// IPv6 one counts as the IPv4 address.
func Special(addr netip.Addr) (why string, ok bool) {
	addr = addr.Unmap().WithZone("")
	if !addr.IsValid() {
		return "not an address", true
	}
	if why, ok = special.Lookup(addr); ok {
		return why, true
	}
	if addr.Is6() && !globalUnicast.Contains(addr) {
		return "not handed out by IANA (RFC 4291)", true
	}
	return "", false
}

// SpecialAS is [Special] for AS numbers (RFC 7249 and IANA's registry of
// special-purpose AS numbers).
func SpecialAS(as uint32) (why string, ok bool) {
	switch {
	case as == 0 || as == 65535 || as == 4294967295:
		return "reserved (RFC 7607, RFC 7300)", true
	case as == 112:
		return "AS112 service (RFC 7534)", true
	case as == 23456:
		return "AS_TRANS (RFC 6793)", true
	case as >= 64496 && as <= 64511, as >= 65536 && as <= 65551:
		return "documentation (RFC 5398)", true
	case as >= 64512 && as <= 65534, as >= 4200000000 && as <= 4294967294:
		return "private use (RFC 6996)", true
	}
	return "", false
}
