package letter_test

import (
	"net/netip"
	"testing"
	"time"

	"github.com/gaissmai/bart"

	"headsup/finding"
	"headsup/letter"
)

const aDay = 24 * time.Hour

func pool(prefixes ...string) *bart.Lite {
	t := new(bart.Lite)
	for _, p := range prefixes {
		t.Insert(netip.MustParsePrefix(p))
	}
	return t
}

func TestHowOldFindingsMayBe(t *testing.T) {
	usual := letter.Ages{Max: 14 * aDay, Dynamic: 3 * aDay, Pools: pool("198.51.100.0/24", "2001:db8:1::/48")}
	for _, c := range []struct {
		name string
		ages letter.Ages
		addr string
		age  time.Duration
		old  bool
	}{
		{"just young enough", usual, "192.0.2.1", 14 * aDay, false},
		{"a moment older", usual, "192.0.2.1", 14*aDay + 1, true},
		{"in a pool, just young enough", usual, "198.51.100.1", 3 * aDay, false},
		{"in a pool, a moment older", usual, "198.51.100.1", 3*aDay + 1, true},
		{"in a pool of IPv6", usual, "2001:db8:1::1", 4 * aDay, true},
		{"beside it", usual, "2001:db8:2::1", 4 * aDay, false},
		{"seen in the future", usual, "192.0.2.1", -aDay, false},
		{"pools without an age of their own", letter.Ages{Max: 14 * aDay, Pools: pool("198.51.100.0/24")}, "198.51.100.1", 15 * aDay, true},
		{"no pools", letter.Ages{Max: 14 * aDay, Dynamic: 3 * aDay}, "198.51.100.1", 4 * aDay, false},
		{"pools, and nothing said of them", letter.Ages{Max: 14 * aDay, Pools: usual.Pools}, "198.51.100.1", 4 * aDay, false},
		{"any age but in pools", letter.Ages{Dynamic: 3 * aDay, Pools: usual.Pools}, "192.0.2.1", 9999 * aDay, false},
		{"any age but in pools, in one", letter.Ages{Dynamic: 3 * aDay, Pools: usual.Pools}, "198.51.100.1", 4 * aDay, true},
		{"any age", letter.Ages{}, "192.0.2.1", 9999 * aDay, false},
	} {
		addr, seen := netip.MustParseAddr(c.addr), day.Add(-c.age)
		if got := c.ages.TooOld(addr, seen, day); got != c.old {
			t.Errorf("%s: too old: %v", c.name, got)
		}
		if least := c.ages.Least(); c.old && (least == 0 || c.age <= least) {
			t.Errorf("%s: %v are too old, and no age up to %v is", c.name, c.age, least)
		}
		fs := []finding.Finding{{Addr: addr, Seen: seen}}
		if got := c.ages.Outdated(fs, day); (got != "") != c.old {
			t.Errorf("%s: %q", c.name, got)
		}
	}
	for want, a := range map[time.Duration]letter.Ages{
		14 * aDay: {Max: 14 * aDay, Dynamic: 3 * aDay},
		3 * aDay:  usual,
		2 * aDay:  {Max: 2 * aDay, Dynamic: 3 * aDay, Pools: usual.Pools},
		0:         {},
	} {
		if got := a.Least(); got != want {
			t.Errorf("%+v: %v", a, got)
		}
	}
}

func TestWhyALetterIsOutdated(t *testing.T) {
	seen := func(addr string, age time.Duration) finding.Finding {
		return finding.Finding{Addr: netip.MustParseAddr(addr), Seen: day.Add(-age)}
	}
	ages := letter.Ages{Max: 36 * time.Hour, Dynamic: aDay, Pools: pool("198.51.100.0/24")}
	for _, c := range []struct {
		name string
		fs   []finding.Finding
		want string
	}{
		{"nothing", nil, ""},
		{"all are young", []finding.Finding{seen("192.0.2.1", aDay)}, ""},
		{"the oldest is named", []finding.Finding{seen("192.0.2.1", 2*aDay), seen("192.0.2.2", 3*aDay), seen("192.0.2.3", 0)}, "redraft: 192.0.2.2 was seen on 2026-02-27, more than 36h0m0s ago"},
		{"not the oldest, but the one in a pool", []finding.Finding{seen("192.0.2.1", 30*time.Hour), seen("198.51.100.1", 25*time.Hour)}, "redraft: 198.51.100.1 was seen on 2026-03-01, more than a day ago"},
	} {
		if got := ages.Outdated(c.fs, day); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
	if got := (letter.Ages{Max: 14 * aDay}).Outdated([]finding.Finding{seen("192.0.2.1", 15*aDay)}, day); got != "redraft: 192.0.2.1 was seen on 2026-02-15, more than 14 days ago" {
		t.Error(got)
	}
}
