package ledger

import (
	"testing"
)

func TestAChangeTakesTwoDifferentPeople(t *testing.T) {
	forEach(t, func(t *testing.T, l *Ledger) {
		ctx := t.Context()
		for _, s := range []struct {
			name, value, by string
			settled         bool
		}{
			{"the first one", "pace 1s", "anna", false},
			{"the same once more, in other letters", "pace 1s", " Anna", false},
			{"another, of another change", "pace 2s", "ben", false},
			{"another, of the same", "pace 1s", "ben", true},
			{"the first of the other change is not its second", "pace 2s", "Ben", false},
			{"what was settled is used up", "pace 1s", "cleo", false},
		} {
			if settled, err := Second(ctx, l, "settings", s.value, s.by); err != nil || settled != s.settled {
				t.Errorf("%s: %v %v", s.name, settled, err)
			}
		}
		if settled, err := Second(ctx, l, "people", "pace 2s", "anna"); err != nil || settled {
			t.Errorf("of something else: %v %v", settled, err)
		}
		if v, err := LastSettled(ctx, l, "settings"); v != "pace 1s" || err != nil {
			t.Errorf("settled is %q %v", v, err)
		}
		must(t, NoteChange(ctx, l, "settings", "pace 3s", "root"))
		if v, err := LastSettled(ctx, l, "settings"); v != "pace 3s" || err != nil {
			t.Errorf("settled is %q %v", v, err)
		}
		_, err := l.w.Exec("UPDATE changes SET at = at - 8 * 86400000")
		must(t, err)
		if settled, err := Second(ctx, l, "settings", "pace 2s", "cleo"); err != nil || settled {
			t.Errorf("what was said more than a week ago: %v %v", settled, err)
		}
		all, err := Changes(ctx, l)
		must(t, err)
		if len(all) != 6 || all[0].By != "anna" || all[0].SettledBy != "ben" || all[0].Settled.IsZero() || !all[1].Settled.IsZero() {
			t.Errorf("%+v", all)
		}
	})
}
