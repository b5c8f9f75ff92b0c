package ledger

import (
	"errors"
	"fmt"
	"testing"
	"time"
)

func TestReportsAreListedPageByPageBothWays(t *testing.T) {
	forEach(t, func(t *testing.T, l *Ledger) {
		ctx, cs := t.Context(), NewCases(l, "isp26")
		for i := range 7 {
			c := Case{ID: fmt.Sprintf("case%d", i), Place: ToPerson, Kind: []string{"spam", "scan"}[i%2], Reporter: fmt.Sprintf("soc@r%d.example", i%3)}
			if i == 6 {
				c.Queue, c.Place = string(KeptSecret), KeptSecret
			}
			_, err := cs.Add(ctx, []Case{c})
			must(t, err)
		}
		_, err := l.w.Exec("UPDATE cases SET read_at = 1000") // all at one moment: the ID tells them apart
		must(t, err)
		ids := func(q CaseQuery) (out string, more bool) {
			all, more, err := CasePage(ctx, cs, q)
			must(t, err)
			for _, c := range all {
				out += c.ID[4:]
			}
			return out, more
		}
		at := func(n int) CaseCursor { return CaseCursor{time.UnixMilli(1000), fmt.Sprint("case", n)} }
		for _, tt := range []struct {
			q    CaseQuery
			want string
			more bool
		}{
			{CaseQuery{}, "543210", false},
			{CaseQuery{Limit: 2}, "54", true},
			{CaseQuery{Limit: 2, After: at(4)}, "32", true},
			{CaseQuery{Limit: 2, After: at(2)}, "10", false},
			{CaseQuery{Limit: 2, After: at(1), Back: true}, "32", true},
			{CaseQuery{Limit: 2, After: at(3), Back: true}, "54", false},
			{CaseQuery{CaseFilter: CaseFilter{Kind: "scan"}}, "531", false},
			{CaseQuery{CaseFilter: CaseFilter{Reporter: "r0.example"}}, "30", false},
			{CaseQuery{CaseFilter: CaseFilter{Place: KeptSecret}}, "", false},
			{CaseQuery{Secret: true}, "6", false},
		} {
			if got, more := ids(tt.q); got != tt.want || more != tt.more {
				t.Errorf("%+v: %s %v, want %s %v", tt.q, got, more, tt.want, tt.more)
			}
		}
		places, kinds, secret, err := CaseTallies(ctx, cs)
		if err != nil || places[ToPerson] != 6 || places[KeptSecret] != 0 || kinds["spam"] != 3 || kinds["scan"] != 3 || secret != 1 {
			t.Errorf("%v %v %d %v", places, kinds, secret, err)
		}
		if q, err := QueueOf(ctx, cs, "case6"); q != "secret" || err != nil {
			t.Errorf("%q, %v", q, err)
		}
		if _, err := QueueOf(ctx, cs, "case"); !errors.Is(err, ErrNoCase) {
			t.Errorf("%v", err)
		}
	})
}

func TestLessonsAreKeptOnceForALabel(t *testing.T) {
	forEach(t, func(t *testing.T, l *Ledger) {
		ctx, cs := t.Context(), NewCases(l, "isp26")
		for _, means := range []string{"port", "address"} {
			must(t, Teach(ctx, cs, Lesson{Sender: "siem.example", Label: "offender", Means: means, By: "ann"}))
		}
		all, err := Lessons(ctx, cs)
		if err != nil || len(all) != 1 || all[0].Means != "address" || all[0].By != "ann" || all[0].At.IsZero() {
			t.Errorf("%+v, %v", all, err)
		}
		if other, err := Lessons(ctx, NewCases(l, "isp27")); err != nil || len(other) > 0 {
			t.Errorf("%+v, %v", other, err)
		}
		must(t, Unteach(ctx, cs, "siem.example", "offender"))
		if err := Unteach(ctx, cs, "siem.example", "offender"); !errors.Is(err, ErrState) {
			t.Errorf("taken back twice: %v", err)
		}
	})
}
