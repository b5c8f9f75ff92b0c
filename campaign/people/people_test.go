package people

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"headsup/ledger"
)

// door opens a new ledger's.
func door(t *testing.T) *Door {
	t.Helper()
	l, err := ledger.Open(t.Context(), filepath.Join(t.TempDir(), "headsup.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return New(l)
}

func TestOnlyNameAndPasswordTogetherLetIn(t *testing.T) {
	d, ctx := door(t), t.Context()
	password, err := d.Admit(ctx, "anna", Roles{Approve, Send}, "root")
	if err != nil {
		t.Fatal(err)
	}
	other, err := d.Admit(ctx, "ben", Roles{Read}, "root")
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name, password string
		want           error
	}{
		{"anna", password, nil},
		{" Anna ", password, nil},
		{"anna", other, ErrWrong},
		{"anna", "", ErrWrong},
		{"cleo", password, ErrWrong},
		{"", "", ErrWrong},
		{"anna\x00", password, ErrWrong},
		{strings.Repeat("x", 1<<20), strings.Repeat("x", 1<<20), ErrWrong},
	} {
		if _, err := d.Enter(ctx, tt.name, tt.password); !errors.Is(err, tt.want) {
			t.Errorf("%.20q with %.20q: %v, want %v", tt.name, tt.password, err, tt.want)
		}
	}
	if p, err := d.Known(ctx, "anna"); err != nil || !p.Roles.May(ToApprove) || p.Roles.May(ToAdmit) {
		t.Errorf("anna: %+v %v", p, err)
	}
	if err := d.Change(ctx, "anna", password, "short"); !errors.Is(err, ErrShort) {
		t.Errorf("a short one: %v", err)
	}
	if err := d.Change(ctx, "anna", other, "long enough for it"); !errors.Is(err, ErrWrong) {
		t.Errorf("without the old one: %v", err)
	}
	if err := d.Change(ctx, "anna", password, "long enough for it"); err != nil {
		t.Error(err)
	}
	if _, err := d.Enter(ctx, "anna", password); !errors.Is(err, ErrWrong) {
		t.Errorf("the old one: %v", err)
	}
	if err := d.Dismiss(ctx, "anna", "root"); err != nil {
		t.Error(err)
	}
	if _, err := d.Enter(ctx, "anna", "long enough for it"); !errors.Is(err, ErrWrong) {
		t.Errorf("after dismissal: %v", err)
	}
	for _, name := range []string{"", "Anna", "a b", "<script>", strings.Repeat("a", 65), "anna"} {
		if _, err := d.Admit(ctx, name, Roles{Read}, "root"); !errors.Is(err, ErrName) && !errors.Is(err, ledger.ErrNameTaken) {
			t.Errorf("%q: %v", name, err)
		}
	}
}

func TestANameThatIsTriedTooOftenIsRefused(t *testing.T) {
	d, ctx := door(t), t.Context()
	now := time.Date(2026, 3, 1, 10, 0, 0, 0, time.UTC)
	d.now = func() time.Time { return now }
	password, err := d.Admit(ctx, "anna", Roles{Read}, "root")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"anna", "nobody"} { // nothing tells one from the other
		for range maxTries {
			if _, err := d.Enter(ctx, name, "guess"); !errors.Is(err, ErrWrong) {
				t.Errorf("%s: %v", name, err)
			}
		}
		if _, err := d.Enter(ctx, strings.ToUpper(name), password); !errors.Is(err, ErrTooOften) {
			t.Errorf("%s once more: %v", name, err)
		}
	}
	now = now.Add(tryTime + time.Second)
	if _, err := d.Enter(ctx, "anna", password); err != nil {
		t.Errorf("after a while: %v", err)
	}
	for i := range maxNames + 5 {
		d.names.may(fmt.Sprint("name", i), now)
	}
	if n := len(d.names.failed); n > maxNames {
		t.Errorf("%d names are remembered", n)
	}
}

func TestHashesThatAreNone(t *testing.T) {
	for _, hash := range []string{"", "$", "$argon2id$v=19$m=19456,t=2,p=1$$", "$argon2id$v=19$m=19456,t=0,p=0$AAAA$AAAAAAAAAAAAAAAAAAAAAAAAAA",
		"$argon2id$v=18$m=8,t=1,p=1$AAAA$AAAAAAAAAAAAAAAAAAAAAAAAAA", "$argon2i$v=19$m=8,t=1,p=1$AAAA$AAAA", "plain",
		"$argon2id$v=19$m=4294967295,t=2,p=1$AAAA$AAAAAAAAAAAAAAAAAAAAAAAAAA"} {
		if ok, err := matches(t.Context(), hash, ""); ok || err != nil {
			t.Errorf("%q: %v %v", hash, ok, err)
		}
	}
}

func TestRolesAreRead(t *testing.T) {
	if r, err := ParseRoles([]string{"approve", " send", "approve"}); err != nil || len(r) != 2 {
		t.Errorf("%v %v", r, err)
	}
	for _, names := range [][]string{nil, {""}, {"root"}, {"Read"}} {
		if r, err := ParseRoles(names); !errors.Is(err, ErrRole) {
			t.Errorf("%q: %v %v", names, r, err)
		}
	}
}
