package ledger

import (
	"fmt"
	"testing"

	"headsup/letter"
)

func TestReasonsAreCountedTheMostFrequentFirst(t *testing.T) {
	forEach(t, func(t *testing.T, l *Ledger) {
		add(t, l, scan(9))
		for i, r := range rowsOf(t, l) {
			p := letter.Placement{Row: r.ID, Fate: letter.FateFailed, Reason: []string{"b", "a", "a"}[i%3]}
			if i == 8 {
				p.Fate = letter.FateHeld
			}
			must(t, l.Place(t.Context(), "relay26", []letter.Placement{p}))
		}
		all, err := Reasons(t.Context(), l, "relay26", letter.FateFailed, 10)
		if got := fmt.Sprint(all); err != nil || got != "[{a 5} {b 3}]" {
			t.Errorf("%s, %v", got, err)
		}
		if one, err := Reasons(t.Context(), l, "relay26", letter.FateFailed, 1); err != nil || len(one) != 1 {
			t.Errorf("%v, %v", one, err)
		}
		if none, err := Reasons(t.Context(), l, "relay27", letter.FateFailed, 10); err != nil || len(none) > 0 {
			t.Errorf("%v, %v", none, err)
		}
	})
}
