package ledger

import (
	"net/netip"
	"testing"

	"headsup/letter"
	"headsup/outcome"
)

func TestFindingsAreFoundByPrefixWithWhereTheyEnded(t *testing.T) {
	forEach(t, func(t *testing.T, l *Ledger) {
		add(t, l, scan(300))
		rows := rowsOf(t, l)
		_, err := l.Draft(t.Context(), draftTo("abuse@example.net", "hello", rows[3], rows[280]))
		must(t, err)
		must(t, l.Place(t.Context(), "relay26", []letter.Placement{{Row: rows[4].ID, Fate: letter.FateHeld, Reason: "weak"}}))
		for hour, state := range []outcome.State{outcome.Open, outcome.Closed} {
			k := lookAt("198.51.100.3", state, hour+1)
			again := k
			again.Source = "other.xml:1"
			_, err = AddLooks(t.Context(), l, "relay26", []outcome.Look{k, again})
			must(t, err)
		}
		for prefix, want := range map[string]int{"198.51.100.3/32": 1, "198.51.100.0/29": 8, "198.51.100.0/24": 50, "2001:db8::/32": 44, "192.0.2.0/24": 0} {
			if all, err := At(t.Context(), l, "relay26", netip.MustParsePrefix(prefix), 50); err != nil || len(all) != want {
				t.Errorf("%s: %d findings, want %d, %v", prefix, len(all), want, err)
			}
		}
		all, err := At(t.Context(), l, "relay26", netip.MustParsePrefix("198.51.100.3/31"), 10)
		must(t, err)
		told, err := At(t.Context(), l, "relay26", netip.MustParsePrefix("198.51.100.3/32"), 10)
		must(t, err)
		if s := told[0]; s.Fate != letter.FateLettered || s.State != letter.Drafted || s.Letter == "" || s.Look != outcome.Closed || s.Looked.Hour() != 2 || s.Addr != rows[3].Finding.Addr {
			t.Errorf("%+v", s)
		}
		if len(all) != 2 || all[0].Addr.String() != "198.51.100.2" || all[0].Fate != "" || all[0].Look != "" {
			t.Errorf("%+v", all)
		}
		held, err := At(t.Context(), l, "relay26", netip.MustParsePrefix("198.51.100.4/32"), 10)
		if err != nil || held[0].Fate != letter.FateHeld || held[0].Reason != "weak" {
			t.Errorf("%+v, %v", held, err)
		}
		if other, err := At(t.Context(), l, "relay27", netip.MustParsePrefix("198.51.100.0/24"), 10); err != nil || len(other) > 0 {
			t.Errorf("in another campaign: %+v, %v", other, err)
		}
	})
}
