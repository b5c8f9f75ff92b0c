package lease

import (
	"net/netip"
	"strings"
	"testing"
	"time"
)

func TestWhen(t *testing.T) {
	for _, test := range []struct {
		text   string
		within time.Duration
		noZone bool
	}{
		{"2026-03-06T23:41:00Z", 0, false},
		{"2026-03-06T23:41Z", 59 * time.Second, false},
		{"2026-03-06 23:41:00", 0, true},
		{"2026-03-06 23:41", 59 * time.Second, true},
		{"Fri, 06 Mar 2026 23:41:00 +0100", 0, false},
		{"06.03.2026 23:41", 59 * time.Second, true},
		{"1772840460", 0, false},
		{"20260306T234100Z", 0, false},
		{"6 Mar 2026, 11 PM", time.Hour - time.Second, true},
		{"2026-03-06", 24*time.Hour - time.Second, true},
	} {
		var q Question
		if err := q.When(test.text, nil); err != nil || q.Within != test.within || q.NoZone != test.noZone {
			t.Errorf("%s: within %s, no zone %v, %v", test.text, q.Within, q.NoZone, err)
		}
	}
	var q Question
	if err := q.When("2026-03-06 23:41:00", zone(t, "Europe/Berlin")); err != nil || q.NoZone || q.Time.UTC().Hour() != 22 {
		t.Errorf("%+v, %v", q, err)
	}
	for _, text := range []string{"", "yesterday", "03/04/2026 10:00"} {
		if err := q.When(text, nil); err == nil {
			t.Errorf("%q is %s", text, q.Time)
		}
	}
}

// TestDeterministic takes the example of RFC 7422 section 2 in spirit: outside
// addresses one after the other, blocks of ports on each of them.
func TestDeterministic(t *testing.T) {
	all, err := ReadDeterministic(strings.NewReader("inside;outside;ports\n198.18.0.0/24|2001:db8:5::/126;192.0.2.4-192.0.2.6;1000\n"), "nat.csv")
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		outside string
		port    uint16
		want    string
	}{
		{"192.0.2.4", 1023, ""}, // not given out
		{"192.0.2.4", 1024, "198.18.0.0"},
		{"192.0.2.4", 2023, "198.18.0.0"},
		{"192.0.2.4", 2024, "198.18.0.1"},
		{"192.0.2.4", 65023, "198.18.0.63"},
		{"192.0.2.4", 65024, ""}, // what is left
		{"192.0.2.5", 1024, "198.18.0.64"},
		{"192.0.2.6", 1024 + 63*1000, "198.18.0.191"},
		{"192.0.2.7", 1024, ""}, // another's
	} {
		got := ""
		if a, ok := all[0].Holder(netip.MustParseAddr(test.outside), test.port); ok {
			got = a.String()
		}
		if got != test.want {
			t.Errorf("%s:%d is %q, want %q", test.outside, test.port, got, test.want)
		}
	}
	d := Deterministic{Inside: all[0].Inside, Outside: []netip.Prefix{netip.MustParsePrefix("192.0.2.0/24")}, First: 1024, Last: 65535, Ports: 64512}
	if a, ok := d.Holder(netip.MustParseAddr("192.0.3.3"), 2000); ok {
		t.Errorf("got %s", a)
	}
	for i, want := range map[byte]string{255: "198.18.0.255", 0: "198.18.0.0"} {
		if a, ok := d.Holder(netip.AddrFrom4([4]byte{192, 0, 2, i}), 2000); !ok || a.String() != want {
			t.Errorf("%d is %s", i, a)
		}
	}
	for _, test := range []struct{ text, want string }{
		{"inside,outside\n", `nat.csv: no column "ports"`},
		{"inside,outside,ports\n198.18.0.0/24,192.0.2.0/24,0\n", "nat.csv:2: 0 ports for each address do not fit into 1024-65535"},
		{"inside,outside,ports\n,192.0.2.0/24,1\n", "nat.csv:2: no networks"},
		{"inside,outside,ports\nx,192.0.2.0/24,1\n", `nat.csv:2: inside: network "x"`},
		{"inside,outside,ports\n198.18.0.0/24,2001:db8::/64,1\n", "nat.csv:2: outside: 2001:db8::/64 is not IPv4"},
		{"inside,outside,ports,since\n198.18.0.0/24,192.0.2.0/24,1,soon\n", `nat.csv:2: time "soon"`},
	} {
		if _, err := ReadDeterministic(strings.NewReader(test.text), "nat.csv"); err == nil || err.Error() != test.want {
			t.Errorf("got %v, want %s", err, test.want)
		}
	}
}

func FuzzDeterministic(f *testing.F) {
	f.Add("inside;outside;ports\n198.18.0.0/24|2001:db8:5::/126;192.0.2.4-192.0.2.6;1000\n", uint16(2000))
	f.Fuzz(func(t *testing.T, text string, port uint16) {
		all, err := ReadDeterministic(strings.NewReader(text), "n")
		for i := range all {
			if a, ok := all[i].Holder(all[i].Outside[0].Addr(), port); err == nil && ok && !a.IsValid() {
				t.Error("no address")
			}
		}
	})
}
