package lease

import (
	"errors"
	"fmt"
	"iter"
	"net/netip"
	"strings"
	"time"
)

// A Kind says what a row knows of the time between Start and End.
type Kind uint8

const (
	Held     Kind = iota // from Start to End, and neither before nor after
	Lasting              // from Start to End at least; when it ends is not said
	Promised             // from Start to End, unless it ends before (a DHCP lease)
	Ended                // it ended at End, which is Start too; since when is not said
)

// A Row is what one line of a log says of who held an address.
type Row struct {
	Prefix      netip.Prefix // one address, or what was delegated
	First, Last uint16       // ports; 0 and 65535 are the whole address
	Start, End  time.Time
	Slack       time.Duration // by which either may be earlier or later
	Kind        Kind
	Holder      Holder
	Source      string // "file:line"
}

// whole reports whether a row is about all ports.
func (r *Row) whole() bool { return r.First == 0 && r.Last == 65535 }

// A Holder is the line, device or login that held an address, as its log names
// it: words of the form kind=value with a blank between them, such as
// "mac=02:00:00:00:00:01 circuit=eth0/1". The first word tells holders apart.
//
// Kinds are user, mac, client, duid, circuit, remote, subscriber, station and
// inside, which is the address behind a translator of a provider (CGNAT).
type Holder string

// MaxHolder is how many bytes a holder may have.
const MaxHolder = 1000

// ErrHolder means that a row does not say who held the address, or at too
// great length.
var ErrHolder = errors.New("names no holder")

// newHolder makes a holder of kinds and values in turn. Empty values are left
// out.
func newHolder(words ...string) Holder {
	var b strings.Builder
	for i := 0; i+1 < len(words); i += 2 {
		if words[i+1] == "" {
			continue
		}
		if b.Len() > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(words[i] + "=" + escape(words[i+1]))
	}
	return Holder(b.String())
}

// escape writes blanks, control characters and percent signs as %XX.
func escape(s string) string {
	var b strings.Builder
	for i := range len(s) {
		if c := s[i]; c <= ' ' || c == '%' || c == 0x7f {
			fmt.Fprintf(&b, "%%%02X", c)
		} else {
			b.WriteByte(c)
		}
	}
	return strings.ToValidUTF8(b.String(), "?")
}

// unescape reads what escape wrote.
func unescape(s string) string {
	if !strings.Contains(s, "%") {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		var c byte
		if s[i] == '%' && i+2 < len(s) {
			if _, err := fmt.Sscanf(s[i+1:i+3], "%02X", &c); err == nil {
				b.WriteByte(c)
				i += 2
				continue
			}
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

// Words returns the kinds and values of a holder.
func (h Holder) Words() iter.Seq2[string, string] {
	return func(yield func(string, string) bool) {
		for word := range strings.SplitSeq(string(h), " ") {
			kind, value, ok := strings.Cut(word, "=")
			if ok && !yield(kind, unescape(value)) {
				return
			}
		}
	}
}

// first is the word that tells holders apart.
func (h Holder) first() string {
	word, _, _ := strings.Cut(string(h), " ")
	return word
}

// inside returns the address behind a translator that a holder is.
func (h Holder) inside() (netip.Addr, bool) {
	text, ok := strings.CutPrefix(h.first(), "inside=")
	a, err := netip.ParseAddr(text)
	return a, ok && err == nil
}

// check reports what is wrong with a row.
func (r *Row) check() error {
	switch {
	case r.Holder == "" || len(r.Holder) > MaxHolder:
		return ErrHolder
	case !r.Prefix.IsValid() || r.Prefix.Addr().IsUnspecified() || r.Prefix.Bits() == 0:
		return fmt.Errorf("address %q is none that anybody holds", r.Prefix)
	case r.Last < r.First:
		return fmt.Errorf("ports %d-%d end before they begin", r.First, r.Last)
	case r.End.Before(r.Start):
		return fmt.Errorf("ends %s, before it begins %s", stamp(r.End), stamp(r.Start))
	case r.Start.Unix() < int64(time.Hour/time.Second), r.End.Unix() > maxTime:
		return fmt.Errorf("time %s is none that a log has", stamp(r.Start))
	}
	return nil
}

// maxTime is the last second that the index can hold, in 2106.
const maxTime = 1<<32 - 1<<20

func stamp(t time.Time) string { return t.UTC().Format(time.RFC3339) }

var betweenHex = strings.NewReplacer(":", "", "-", "", ".", "")

// mac writes a hardware address in one way: 02:00:00:00:00:01.
func mac(s string) string {
	s = strings.ToLower(strings.TrimSpace(s))
	hex := betweenHex.Replace(s)
	if len(hex) != 12 || strings.Trim(hex, "0123456789abcdef") != "" {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(hex); i += 2 {
		if i > 0 {
			b.WriteByte(':')
		}
		b.WriteString(hex[i : i+2])
	}
	return b.String()
}

// single is the prefix of one address.
func single(a netip.Addr) netip.Prefix {
	a = a.Unmap()
	return netip.PrefixFrom(a, a.BitLen())
}
