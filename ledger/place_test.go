package ledger

import (
	"fmt"
	"testing"

	"headsup/letter"
)

// placedAs says where each finding ended: letter, fate and reason.
func placedAs(t *testing.T, l *Ledger) map[int64]string {
	t.Helper()
	rows, err := l.r.QueryContext(t.Context(), "SELECT finding_id, COALESCE(letter_id, ''), fate, reason FROM placements")
	must(t, err)
	defer rows.Close()
	out := map[int64]string{}
	for rows.Next() {
		var id int64
		var in, fate, reason string
		must(t, rows.Scan(&id, &in, &fate, &reason))
		out[id] = in + " " + fate + " " + reason
	}
	must(t, rows.Err())
	return out
}

func TestEachRowEndsWhereItWasPlaced(t *testing.T) {
	forEach(t, func(t *testing.T, l *Ledger) {
		add(t, l, scan(12))
		want := map[int64]string{}
		var held []letter.Placement
		of := make([][]letter.Row, 3)
		for i, r := range rowsOf(t, l) {
			if i%4 == 3 {
				p := letter.Placement{Row: r.ID, Fate: letter.FateHeld, Reason: fmt.Sprintf("reason %d", i%3)}
				held, want[r.ID] = append(held, p), " held "+p.Reason
				continue
			}
			of[i%4] = append(of[i%4], r)
		}
		var ds []ReadyDraft
		for i, rows := range of {
			d, err := draftTo(fmt.Sprintf("abuse@holder%d.example", i), "hello", rows...).Ready()
			must(t, err)
			ds = append(ds, d)
			for _, r := range rows {
				want[r.ID] = d.Letter.ID + " lettered "
			}
		}
		must(t, second(DraftAll(t.Context(), l, ds)))
		must(t, l.Place(t.Context(), "relay26", held))
		for range 2 { // again: nothing changes
			got := placedAs(t, l)
			for id, where := range want {
				if got[id] != where {
					t.Errorf("row %d is %q, want %q", id, got[id], where)
				}
			}
			must(t, l.Place(t.Context(), "relay26", held))
		}
	})
}
