package ledger

import (
	"testing"

	"headsup/letter"
)

func TestRowsOutsideLettersAreReadByWhereTheyEnded(t *testing.T) {
	forEach(t, func(t *testing.T, l *Ledger) {
		ctx := t.Context()
		add(t, l, scan(20))
		for i, r := range rowsOf(t, l) {
			must(t, l.Place(ctx, "relay26", []letter.Placement{{Row: r.ID, Fate: []letter.Fate{letter.FateHeld, letter.FateFailed}[i%2], Reason: "why"}}))
		}
		for _, source := range []string{"scan.csv:31", "scan.csv:30"} {
			_, err := l.AddRejects(ctx, "relay26", []Reject{{source, "port"}})
			must(t, err)
		}
		for _, tt := range []struct {
			fate  letter.Fate
			limit int
			want  int
			first string
		}{{letter.FateHeld, 100, 10, "scan.csv:1"}, {letter.FateFailed, 3, 3, "scan.csv:2"}, {letter.FateRejected, 100, 2, "scan.csv:30"}, {letter.FateRejected, 1, 1, "scan.csv:30"}, {letter.FateSpecial, 100, 0, ""}} {
			all, err := UnwrittenAs(ctx, l, "relay26", tt.fate, tt.limit)
			if err != nil || len(all) != tt.want || tt.want > 0 && (all[0].Finding.Source != tt.first || all[0].Fate != tt.fate || all[0].Reason == "") {
				t.Errorf("%s: %+v, %v", tt.fate, all, err)
			}
		}
		if all, err := UnwrittenAs(ctx, l, "relay27", letter.FateHeld, 9); err != nil || len(all) > 0 {
			t.Errorf("%+v, %v", all, err)
		}
	})
}
