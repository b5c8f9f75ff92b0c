package report

import (
	"encoding/binary"
	"net/netip"
	"slices"
	"strings"
	"unicode"
)

// rangeWords stand between the ends of a range.
var rangeWords = []string{"-", "–", "—", "~", "...", "..", "to", "through", "thru", "bis", "à", "jusqu'à", "a",
	"al", "hasta", "até", "ao", "fino a", "tot",
	"t/m", "do", "až", "až do", "по", "до", "ila", "ile", "đến", "sampai", "hingga", "s/d", "から", "至", "到", "에서",
	"till", "til", "upp till", "până la", "έως", "إلى", "עד", "ถึง"}

// ranges marks the ends of ranges, and the first and last address of networks.
func ranges(s string, ms []mention) {
	for i := range ms {
		m := &ms[i]
		if m.addr.Is4() && m.port == 0 {
			if b := m.addr.As4(); b[3] == 0 {
				m.network = true
			}
		}
		if i == 0 {
			continue
		}
		prior := &ms[i-1]
		between := s[min(prior.to, m.from):m.from]
		sign := strings.ToLower(strings.TrimSpace(between))
		if slices.Contains(rangeWords, sign) && (signOfRange(sign) || wholeBlock(prior.addr, m.addr)) && prior.port == 0 &&
			prior.addr.Less(m.addr) && prior.addr.BitLen() == m.addr.BitLen() && near(prior.addr, m.addr) {
			prior.network, m.network = true, true
		}
	}
}

// signOfRange reports whether what stands between two addresses is no word.
func signOfRange(s string) bool { return s == "bis" || !strings.ContainsFunc(s, unicode.IsLetter) }

// wholeBlock reports whether two addresses are the first and the last of a network:
// "from 192.0.2.5 to 192.0.2.77" tells of a way.
func wholeBlock(first, last netip.Addr) bool {
	if !first.Is4() || !last.Is4() {
		return false
	}
	a, b := first.As4(), last.As4()
	from, to := binary.BigEndian.Uint32(a[:]), binary.BigEndian.Uint32(b[:])
	return to > from && (to-from)&(to-from+1) == 0 && from&(to-from) == 0
}

// near reports whether two addresses stand in one /16, or /48.
func near(a, b netip.Addr) bool {
	bits := 16
	if a.Is6() {
		bits = 32
	}
	p, err := a.Prefix(bits)
	return err == nil && p.Contains(b)
}
