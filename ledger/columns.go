package ledger

import (
	"fmt"
	"net/netip"
	"strings"
	"time"
)

// addrKey writes an address so that bytes sort as addresses do: IPv4 first.
func addrKey(a netip.Addr) []byte {
	family := byte(6)
	if a.Is4() {
		family = 4
	}
	return append([]byte{family}, a.AsSlice()...)
}

func addrOf(key []byte) (netip.Addr, error) {
	if len(key) == 5 && key[0] == 4 || len(key) == 17 && key[0] == 6 {
		a, _ := netip.AddrFromSlice(key[1:])
		return a, nil
	}
	return netip.Addr{}, fmt.Errorf("not an address in the ledger: %x", key)
}

// msOf is 0 for the zero time, which means "never" or "for ever".
func msOf(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

func timeOf(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms).UTC()
}

// text makes words from outside fit to be stored: PostgreSQL takes neither NUL
// nor broken UTF-8.
func text(s string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\x00", "")
}
