package sheet

import (
	"encoding/binary"
	"fmt"
	"math/bits"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"go4.org/netipx"

	"headsup/pattern"
)

// A ValueError is about a value that is none of its kind, or more than one.
type ValueError struct {
	Kind  string // "address", "port"
	Value string
	Why   string // may be empty
}

func (e *ValueError) Error() string {
	text := fmt.Sprintf("%s %q", e.Kind, clip(e.Value, 60))
	if e.Why != "" {
		text += " " + e.Why
	}
	return text
}

// around is what spreadsheets, and those who copy from pages, leave around a
// value: quotes, blanks of any kind, marks without a width.
const around = " \t\r\n\"'\u00a0\u200b\u200e\u200f\u2060\ufeff"

// Addr reads one address in its usual spellings: 192.0.2.1, 192.0.2.1/32,
// 2001:db8::1 long or short, [2001:db8::1], ::ffff:192.0.2.1 (which is
// 192.0.2.1), 192.0.2[.]1, and with a port behind it, 192.0.2.1:25 or
// [2001:db8::1]:25; port is 0 where there is none.
//
// A network, an address that holds on one link only and a number are refused:
// 3221225990 may be an address, an AS number or an id.
func Addr(s string) (a netip.Addr, port uint16, err error) {
	text := strings.Trim(s, around)
	if strings.Contains(text, "[.]") {
		text = strings.ReplaceAll(text, "[.]", ".")
	}
	bad := func(why string) (netip.Addr, uint16, error) {
		return netip.Addr{}, 0, &ValueError{"address", s, why}
	}
	if a, err = netip.ParseAddr(text); err != nil {
		if p, perr := netip.ParseAddrPort(text); perr == nil && p.Port() != 0 {
			a, port = p.Addr(), p.Port()
		} else if inner, ok := strings.CutPrefix(text, "["); ok && strings.HasSuffix(inner, "]") {
			if a, err = netip.ParseAddr(strings.TrimSuffix(inner, "]")); err != nil || a.Is4() {
				return bad("")
			}
		} else if p, perr := netip.ParsePrefix(text); perr == nil {
			if !p.IsSingleIP() {
				return bad("is a network")
			}
			a = p.Addr()
		} else {
			return bad("")
		}
	}
	if a.Zone() != "" {
		return bad("holds on one link only")
	}
	return a.Unmap(), port, nil
}

// Network reads one network in its usual spellings: 192.0.2.0/24, an address
// as [Addr] reads it, 192.0.2.0/255.255.255.0, and 192.0.2.0 - 192.0.2.255 where
// that is one prefix. Bits behind the prefix stay as they were written.
func Network(s string) (netip.Prefix, error) {
	text := strings.TrimSpace(s)
	if p, err := netip.ParsePrefix(text); err == nil {
		if p.Addr().Is4In6() && p.Bits() >= 96 {
			p = netip.PrefixFrom(p.Addr().Unmap(), p.Bits()-96)
		}
		return p, nil
	}
	if a, port, err := Addr(text); err == nil && port == 0 {
		return netip.PrefixFrom(a, a.BitLen()), nil
	}
	bad := func(why string) (netip.Prefix, error) { return netip.Prefix{}, &ValueError{"network", s, why} }
	if a, mask, ok := strings.Cut(text, "/"); ok {
		addr, err := netip.ParseAddr(a)
		m, merr := netip.ParseAddr(mask)
		if err != nil || merr != nil || !addr.Is4() || !m.Is4() {
			return bad("")
		}
		v := m.As4()
		ones := bits.OnesCount32(binary.BigEndian.Uint32(v[:]))
		p := netip.PrefixFrom(addr, ones)
		if netip.PrefixFrom(m, ones).Masked().Addr() != m { // ones that are not all in front
			return bad("")
		}
		return p, nil
	}
	switch ps, ok := spanned(text); {
	case !ok:
		return bad("")
	case len(ps) > 1:
		return bad("is not one prefix")
	default:
		return ps[0], nil
	}
}

// Networks reads what [Network] reads, and a range of addresses such as
// 192.0.2.1-192.0.2.9, which is several prefixes, in order.
func Networks(s string) ([]netip.Prefix, error) {
	p, err := Network(s)
	if err == nil {
		return []netip.Prefix{p}, nil
	}
	if ps, ok := spanned(strings.TrimSpace(s)); ok {
		return ps, nil
	}
	return nil, err
}

// spanned returns the prefixes that make up "first - last": at each address
// the widest that begins there and does not go beyond the last one.
func spanned(text string) (ps []netip.Prefix, ok bool) {
	a, b, _ := strings.Cut(text, "-")
	first, err := netip.ParseAddr(strings.TrimSpace(a))
	last, lerr := netip.ParseAddr(strings.TrimSpace(b))
	if err != nil || lerr != nil || first.Zone()+last.Zone() != "" || first.BitLen() != last.BitLen() || last.Less(first) {
		return nil, false
	}
	return netipx.IPRangeFrom(first, last).Prefixes(), true
}

// Port reads one port in its usual spellings: 25, 25/tcp, tcp/25, tcp 25, TCP:25,
// port 25, 25 (smtp), smtp (25/tcp), 25.0 or 25,0. proto is "" where the spelling names none.
func Port(s string) (port uint16, proto string, err error) {
	text := strings.ToLower(strings.Trim(s, around))
	if before, inner, ok := strings.Cut(text, "("); ok && strings.HasSuffix(inner, ")") {
		inner = strings.TrimSuffix(inner, ")")
		switch before = strings.TrimSpace(before); {
		case before != "" && before[0] >= '0' && before[0] <= '9':
			text = before
		default:
			text = inner
		}
	}
	number := strings.TrimPrefix(strings.TrimPrefix(text, "port"), ":")
	if m := beside.FindStringSubmatch(text); m != nil {
		text = m[2] + m[3] + "/" + m[1] + m[4]
	}
	if a, b, ok := strings.Cut(text, "/"); ok {
		if Proto(a) != "" && a[0] > '9' {
			a, b = b, a
		}
		b, _, _ = strings.Cut(b, "/") // 25/tcp/smtp
		if number, proto = strings.TrimSpace(a), Proto(b); proto == "" {
			return 0, "", &ValueError{"port", s, ""}
		}
	}
	if whole, zeros, ok := strings.Cut(strings.Replace(strings.TrimSpace(number), ",", ".", 1), "."); ok && zeros != "" && len(zeros) < 3 && strings.Trim(zeros, "0") == "" {
		number = whole // a spreadsheet took it for a measure; 8.000 may be 8000
	}
	n, perr := strconv.ParseUint(strings.TrimSpace(number), 10, 16)
	if perr != nil || n == 0 {
		return 0, "", &ValueError{"port", s, ""}
	}
	return uint16(n), proto, nil
}

// beside is how a port and its protocol stand beside each other without a stroke.
var beside = pattern.New(`^(?:(tcp|udp)[ :_]+(\d+)|(\d+)[ :_]+(tcp|udp))$`)

// Proto reads the name or the number (IANA, protocol numbers) of TCP or UDP,
// and returns "tcp", "udp" or "" for anything else.
func Proto(s string) string {
	switch strings.ToLower(strings.TrimSpace(s)) {
	case "tcp", "6", "tcp4", "tcp6":
		return "tcp"
	case "udp", "17", "udp4", "udp6":
		return "udp"
	}
	return ""
}

// Within reads prefixes, and returns whether an address is in one of them; nil
// where there are none.
func Within(prefixes []string) (func(netip.Addr) bool, error) {
	var all []netip.Prefix
	for _, s := range prefixes {
		ps, err := Networks(s)
		if err != nil {
			return nil, err
		}
		all = append(all, ps...)
	}
	if len(all) == 0 {
		return nil, nil
	}
	return func(a netip.Addr) bool {
		return slices.ContainsFunc(all, func(p netip.Prefix) bool { return p.Contains(a) })
	}, nil
}
