package people

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"headsup/ledger"
)

// coded is a door with a key, at which anna has one-time codes, with what makes
// them and her recovery codes.
func coded(t *testing.T, now *time.Time) (d *Door, code func() string, recovery []string) {
	t.Helper()
	d = door(t)
	d.keys = [][]byte{[]byte("0123456789abcdef")}
	d.now = func() time.Time { return *now }
	if _, err := d.Admit(t.Context(), "anna", Roles{Approve}, "root"); err != nil {
		t.Fatal(err)
	}
	sealed, err := d.NewCode("anna", "headsup demo26")
	if err != nil {
		t.Fatal(err)
	}
	url, secret, err := d.Offered("anna", sealed)
	if err != nil || !strings.HasPrefix(url, "otpauth://totp/headsup%20demo26:anna?") || !strings.Contains(url, secret) || strings.Contains(sealed, secret) {
		t.Fatalf("%q %q in %q: %v", url, secret, sealed, err)
	}
	code = func() string {
		c, err := totp.GenerateCode(secret, *now)
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	if _, err := d.SetCode(t.Context(), "anna", sealed, "000000x"); !errors.Is(err, ErrCode) {
		t.Fatalf("set up without a code: %v", err)
	}
	recovery, err = d.SetCode(t.Context(), "anna", sealed, code())
	if err != nil || len(recovery) != recoveryCodes {
		t.Fatalf("%q %v", recovery, err)
	}
	*now = now.Add(codeStep)
	return d, code, recovery
}

func TestACodeCountsOnceAndInItsTime(t *testing.T) {
	now := time.Date(2026, 3, 1, 10, 0, 10, 0, time.UTC)
	d, code, recovery := coded(t, &now)
	for _, s := range []struct {
		name, code string
		after      time.Duration
		err        error
	}{
		{"the code of now", code(), 0, nil},
		{"the same, overheard", code(), 0, ErrCode},
		{"one of before that was not shown", func() string { now = now.Add(-codeStep); defer func() { now = now.Add(codeStep) }(); return code() }(), 0, ErrCode},
		{"one that the telephone's clock is ahead with", func() string { now = now.Add(codeStep); defer func() { now = now.Add(-codeStep) }(); return code() }(), 0, nil},
		{"its own again when it is time", func() string { now = now.Add(codeStep); defer func() { now = now.Add(-codeStep) }(); return code() }(), codeStep, ErrCode},
		{"an old one", code(), 3 * codeStep, ErrCode},
		{"a recovery code", strings.ToUpper(recovery[0]), 0, nil},
		{"the same again", recovery[0], 0, ErrCode},
		{"a recovery code without its hyphens", strings.ReplaceAll(recovery[1], "-", ""), 0, nil},
		{"nothing", "", 0, ErrCode},
	} {
		now = now.Add(s.after)
		if err := d.Prove(t.Context(), "anna", s.code); !errors.Is(err, s.err) {
			t.Errorf("%s: %v, want %v", s.name, err, s.err)
		}
	}
	if err := d.Uncode(t.Context(), "anna"); err != nil {
		t.Fatal(err)
	}
	if err := d.Prove(t.Context(), "anna", recovery[2]); !errors.Is(err, ErrNoCode) {
		t.Errorf("a recovery code of codes that have ended: %v", err)
	}
}

func TestWhoGuessesCodesIsShutOut(t *testing.T) {
	now := time.Date(2026, 3, 1, 10, 0, 10, 0, time.UTC)
	d, code, recovery := coded(t, &now)
	for range maxTries {
		if err := d.Prove(t.Context(), "anna", "123"); !errors.Is(err, ErrCode) {
			t.Error(err)
		}
	}
	for name, right := range map[string]string{"a code": code(), "a recovery code": recovery[0]} {
		if err := d.Prove(t.Context(), "anna", right); !errors.Is(err, ErrTooOften) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := d.Enter(t.Context(), "anna", "guess"); !errors.Is(err, ErrWrong) {
		t.Errorf("a guess of codes shuts the door to the password: %v", err)
	}
	now = now.Add(tryTime + time.Second)
	if err := d.Prove(t.Context(), "anna", code()); err != nil {
		t.Errorf("after a while: %v", err)
	}
}

func TestWhatIsSealedOpensForItsPersonAndKeyAlone(t *testing.T) {
	now := time.Date(2026, 3, 1, 10, 0, 10, 0, time.UTC)
	d, _, _ := coded(t, &now)
	p, err := ledger.PersonOf(t.Context(), d.ledger, "anna")
	if err != nil {
		t.Fatal(err)
	}
	old, other := d.keys[0], []byte("fedcba9876543210")
	for _, tt := range []struct {
		name, person, sealed string
		keys                 [][]byte
		err                  error
	}{
		{"as it is", "anna", p.Code, [][]byte{old}, nil},
		{"by a key that has been retired", "anna", p.Code, [][]byte{other, old}, nil},
		{"by another key", "anna", p.Code, [][]byte{other}, ErrSealed},
		{"without a key", "anna", p.Code, [][]byte{nil}, ErrSealed},
		{"moved to another's row", "ben", p.Code, [][]byte{old}, ErrSealed},
		{"cut", "anna", p.Code[:10], [][]byte{old}, ErrSealed},
		{"no base64", "anna", "?", [][]byte{old}, ErrSealed},
	} {
		d.keys = tt.keys
		if _, _, err := d.Offered(tt.person, tt.sealed); !errors.Is(err, tt.err) {
			t.Errorf("%s: %v", tt.name, err)
		}
	}
	d.keys = [][]byte{nil}
	if _, err := d.NewCode("anna", "x"); !errors.Is(err, ErrSealed) {
		t.Errorf("sealed without a key: %v", err)
	}
}
