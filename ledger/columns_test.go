package ledger

import (
	"bytes"
	"net/netip"
	"testing"
	"unicode/utf8"
)

// FuzzAddrKey checks that keys sort as addresses do and lead back to them, and
// that no bytes from a damaged file make an address of their own.
func FuzzAddrKey(f *testing.F) {
	f.Add([]byte{192, 0, 2, 1}, []byte{0x20, 0x01, 0x0d, 0xb8, 15: 1})
	f.Add([]byte{192, 0, 2, 1}, []byte{192, 0, 2, 0})
	f.Add([]byte{4, 192, 0, 2, 1}, []byte{6, 1})
	f.Fuzz(func(t *testing.T, x, y []byte) {
		for _, key := range [][]byte{x, y} {
			if a, err := addrOf(key); err == nil && !bytes.Equal(addrKey(a), key) {
				t.Errorf("%x is %v, whose key is %x", key, a, addrKey(a))
			}
		}
		a, ok := netip.AddrFromSlice(x)
		b, also := netip.AddrFromSlice(y)
		if !ok || !also {
			return
		}
		if got, want := bytes.Compare(addrKey(a), addrKey(b)), a.Compare(b); got != want {
			t.Errorf("keys of %v and %v compare as %d, want %d", a, b, got, want)
		}
		if back, err := addrOf(addrKey(a)); back != a || err != nil {
			t.Errorf("%v comes back as %v, %v", a, back, err)
		}
	})
}

func FuzzText(f *testing.F) {
	f.Add("a\x00b\xff")
	f.Fuzz(func(t *testing.T, s string) {
		if got := text(s); !utf8.ValidString(got) || bytes.ContainsRune([]byte(got), 0) {
			t.Errorf("%q cannot be stored", got)
		}
	})
}
