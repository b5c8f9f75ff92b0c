package lookup

import (
	"fmt"
	"math/rand/v2"
	"net/netip"
	"testing"
)

func netOf(first, last string) Network {
	return Network{First: netip.MustParseAddr(first), Last: netip.MustParseAddr(last)}
}

func TestCovers(t *testing.T) {
	for _, tt := range []struct {
		sentence, addr, first, last, want string
	}{
		{"a prefix", "192.0.2.1", "192.0.2.0", "192.0.2.15", "[192.0.2.0/28]"},
		{"a range that is none", "192.0.2.5", "192.0.2.1", "192.0.2.6", "[192.0.2.1/32 192.0.2.2/31 192.0.2.4/31 192.0.2.6/32]"},
		{"a wide range, cut to the /24", "192.0.2.5", "192.0.0.0", "192.0.2.31", "[192.0.2.0/27]"},
		{"all the addresses there are", "192.0.2.5", "0.0.0.0", "255.255.255.255", "[192.0.2.0/24]"},
		{"all the IPv6 addresses", "2001:db8::1", "::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "[2001:db8::/48]"},
		{"a range in too many pieces serves its own", "2001:db8::5", "2001:db8::1", "2001:db8:0:ffff:ffff:ffff:ffff:fffe", "[2001:db8::4/126]"},
		{"a range elsewhere serves the address alone", "192.0.2.5", "198.51.100.0", "198.51.100.255", "[192.0.2.5/32]"},
		{"the last address", "255.255.255.255", "255.255.255.254", "255.255.255.255", "[255.255.255.254/31]"},
	} {
		t.Run(tt.sentence, func(t *testing.T) {
			if got := fmt.Sprint(covers(netip.MustParseAddr(tt.addr), netOf(tt.first, tt.last))); got != tt.want {
				t.Errorf("%s, want %s", got, tt.want)
			}
		})
	}
}

func TestEnclosing(t *testing.T) {
	for _, tt := range []struct{ first, last, want string }{
		{"192.0.2.0", "192.0.2.255", "192.0.2.0/23"},
		{"192.0.2.8", "192.0.2.15", "192.0.2.0/28"},
		{"192.0.2.1", "192.0.2.6", "192.0.2.0/29"}, // no prefix: the smallest that holds it holds more
		{"192.0.0.0", "192.255.255.255", ""},
		{"2001:db8::", "2001:db8::ffff", "2001:db8::/111"},
		{"2001::", "2001:ffff:ffff:ffff:ffff:ffff:ffff:ffff", ""},
	} {
		p, ok := enclosing(Answer{Network: netOf(tt.first, tt.last), Parent: "above"})
		if ok != (tt.want != "") || ok && p.String() != tt.want {
			t.Errorf("%s - %s: %s, %v", tt.first, tt.last, p, ok)
		}
	}
	if _, ok := enclosing(Answer{Network: netOf("192.0.2.0", "192.0.2.255")}); ok {
		t.Error("climbs though nothing is above")
	}
}

// One core looks up far more than a million cached addresses a second.
func BenchmarkMemoryCache(b *testing.B) {
	var c MemoryCache
	r := rand.New(rand.NewPCG(1, 2))
	n := Network{Handle: "n", Contacts: []Contact{{Email: "abuse@example.net"}}}
	addr := func() netip.Addr {
		v := r.Uint32()
		return netip.AddrFrom4([4]byte{byte(v >> 24), byte(v >> 16), byte(v >> 8), byte(v)})
	}
	var known []netip.Addr
	for range 500_000 {
		a := addr()
		known = append(known, a)
		c.Put(b.Context(), netip.PrefixFrom(a, 16+r.IntN(13)), n)
	}
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		if _, ok, _ := c.Get(b.Context(), known[i%len(known)]); !ok {
			b.Fatal("lost")
		}
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "lookups/s")
}
