package ledger

import (
	"testing"
	"time"
)

func TestWhenATokenWasShownLastIsKnownToTheMinute(t *testing.T) {
	forEach(t, func(t *testing.T, l *Ledger) {
		ctx := t.Context()
		must(t, AddPerson(ctx, l, Person{Name: "anna", Roles: []string{"read"}, By: "tester"}))
		must(t, AddToken(ctx, l, Token{Hash: "ab", Name: "anna", Until: time.Now().Add(time.Hour), By: "tester"}))
		show := func() time.Time {
			t.Helper()
			k, err := TokenOf(ctx, l, "ab")
			must(t, err)
			must(t, UseToken(ctx, l, k))
			k, err = TokenOf(ctx, l, "ab")
			must(t, err)
			return k.Used
		}
		if k, err := TokenOf(ctx, l, "ab"); err != nil || !k.Used.IsZero() {
			t.Errorf("used before it was: %+v %v", k, err)
		}
		first := show()
		if first.IsZero() {
			t.Fatal("its use is not noted")
		}
		if again := show(); !again.Equal(first) {
			t.Errorf("noted within a minute: %s, %s", first, again)
		}
		_, err := l.w.Exec("UPDATE tokens SET used_at = used_at - 61000")
		must(t, err)
		if later := show(); later.Before(first) {
			t.Errorf("not noted after a minute: %s, %s", first, later)
		}
	})
}
