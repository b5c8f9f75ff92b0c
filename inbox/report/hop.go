package report

import (
	"net/netip"
	"strings"

	"headsup/pattern"
)

// A hop is what one Received field says: which host handed a message to which.
type hop struct {
	addr     netip.Addr
	from, by string // names in small letters
	helo     string
	port     uint16
	field    int // which of the fields
	when     string
}

var (
	hopFrom = pattern.New(`(?i)^\s*from\s+(\S+)`)
	hopBy   = pattern.New(`(?i)(?:^|\s)by\s+([a-z0-9_.:\[\]-]+)`)
)

// hopOf reads one Received field (RFC 5321 §4.4), as the many servers write
// it. Reports false where it names no address that somebody handed over from.
func hopOf(value string, o Options) (h hop, ok bool) {
	if i := strings.LastIndexByte(value, ';'); i >= 0 {
		value, h.when = value[:i], strings.TrimSpace(value[i+1:])
	}
	f := hopFrom.FindStringSubmatch(value)
	if f == nil {
		return h, false
	}
	h.from = strings.ToLower(strings.Trim(f[1], "[]()"))
	cut := len(value)
	if b := hopBy.FindStringSubmatchIndex(value); b != nil {
		h.by, cut = strings.ToLower(value[b[2]:b[3]]), b[0]
	}
	all := o
	all.Special = true
	for _, m := range mentions(value[:cut], all) {
		if m.network {
			continue
		}
		before := strings.TrimRight(value[:m.from], "[( ")
		low := strings.ToLower(before)
		if heloOf.MatchString(low) {
			continue
		}
		h.addr, h.port, ok = m.addr, m.port, true // what stands in brackets comes last, and is what the server saw
		if inner := regexpName.FindStringSubmatch(value[:m.from]); inner != nil {
			h.helo, h.from = h.from, strings.ToLower(inner[1])
		}
	}
	if p := hopPort.FindStringSubmatch(value[:cut]); p != nil && h.port == 0 {
		if n := number(p[1]); n > 0 && n < 65536 {
			h.port = uint16(n)
		}
	}
	return h, ok
}

// hopPort is how Exim writes the port of a client.
var hopPort = pattern.New(`[\s(]port=(\d{1,5})(?:[\s)]|$)`)

// heloOf stands before what a client says of itself, or the version of a server.
var heloOf = pattern.New(`(?:[he]e?[hl]lo(?:=\[?| \?)?|ecelerity|version)$`)

// regexpName is the name that the server found for the address.
var regexpName = pattern.New(`\(([A-Za-z0-9][A-Za-z0-9._-]*\.[A-Za-z]{2,})\.?\s*[\[(]\s*(?:IPv6:)?$`)

// handover returns the hop at which a message entered the house of those who
// complain: the first from above, where an address outside hands over to
// another house. Hops within one house, such as from a scanner back to its
// server, come before; those of the sender's own house come after.
func handover(values []string, spf []netip.Addr, o Options) (hop, bool) {
	var hops []hop
	for i, v := range values {
		if h, ok := hopOf(v, o); ok {
			h.field = i
			hops = append(hops, h)
		}
		if len(hops) > 60 {
			break
		}
	}
	if o.Ours != nil {
		for _, within := range []bool{false, true} {
			for _, h := range hops {
				if o.Ours(h.addr) && passesOn(h) == within {
					return h, true
				}
			}
		}
		return hop{}, false
	}
	for _, a := range spf { // what the receiving server itself judged
		for _, h := range hops {
			if h.addr == a && wanted(a, o) {
				return h, true
			}
		}
	}
	for i, h := range hops {
		switch {
		case !wanted(h.addr, o), sameHouse(h), h.addr.IsPrivate() && i+1 < len(hops) && !strings.Contains(h.from, "."):
			continue
		}
		return h, true
	}
	return hop{}, false
}

// originating is the client of a webmail, where the house knows it for its own
// and no server saw it: X-Originating-IP.
func originating(h header, o Options) (hop, bool) {
	if o.Ours == nil {
		return hop{}, false
	}
	for _, f := range h {
		switch f.name {
		case "X-Originating-Ip", "X-Sender-Ip", "X-Client-Ip", "X-Source-Ip":
			for _, m := range mentions(f.value[:min(len(f.value), 200)], o) {
				if o.Ours(m.addr) {
					return hop{addr: m.addr, when: h.get("Date")}, true
				}
			}
		}
	}
	return hop{}, false
}

// sameHouse reports whether both ends of a hop belong to one domain.
func sameHouse(h hop) bool {
	by := strings.Trim(h.by, "[].")
	for _, from := range []string{h.from, h.helo} {
		from = strings.Trim(from, "[].")
		if strings.Contains(by, ".") && strings.Contains(from, ".") && domain(from) == domain(by) {
			return true
		}
	}
	return h.from == "localhost"
}

// passesOn reports whether a hop of our own is one of our servers, which passes
// on to another. Names of customers are in our domain too: what the client
// calls itself decides.
func passesOn(h hop) bool {
	if h.helo != "" {
		h.from, h.helo = h.helo, ""
	}
	return sameHouse(h)
}

var clientIP = pattern.New(`(?i)\b(?:client-ip|sender-ip|smtp\.remote-ip|policy\.iprev|iprev\.client)[=:]\s*\[?([0-9a-f.:]{3,45})|` +
	`designates ([0-9a-f.:]{3,45}) as|of ([0-9a-f.:]{3,45}) as permitted`)

// judged returns the addresses that fields on SPF name as the client.
func judged(h header) (out []netip.Addr) {
	for _, f := range h {
		if f.name != "Received-Spf" && f.name != "Authentication-Results" {
			continue
		}
		for _, m := range clientIP.FindAllStringSubmatch(f.value, 5) {
			for _, g := range m[1:] {
				if a, err := netip.ParseAddr(strings.TrimRight(g, ".:")); err == nil {
					out = append(out, a.Unmap())
				}
			}
		}
	}
	return out
}

// relays are the addresses in the header of the message itself: those of who
// reports and of who passed the report on.
func relays(h header, o Options) map[netip.Addr]bool {
	out := map[netip.Addr]bool{}
	o.Special = true
	for _, f := range h {
		switch f.name {
		case "Received", "X-Received", "Received-Spf", "Authentication-Results", "Arc-Authentication-Results",
			"X-Originating-Ip", "X-Spam-Report", "X-Source-Ip", "X-Sender-Ip":
			for _, m := range mentions(f.value[:min(len(f.value), 4000)], o) {
				out[m.addr] = true
			}
		}
	}
	return out
}
