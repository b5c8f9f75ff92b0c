package mailer

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/ProtonMail/go-crypto/openpgp"

	"headsup/letter"
)

func TestStuckSaysWhy(t *testing.T) {
	why := errors.New("no route to host")
	for name, tt := range map[string]struct {
		last letter.Outcome
		want []error
	}{
		"the server said it": {letter.Outcome{Text: "421 later"}, []error{ErrStuck}},
		"nobody answered":    {letter.Outcome{Text: "no route", Err: why}, []error{ErrStuck, why}},
	} {
		s := stuck{tt.last}
		if got := s.Unwrap(); !slices.Equal(got, tt.want) || s.Error() != ErrStuck.Error()+": "+tt.last.Text {
			t.Errorf("%s: %q, %v", name, s.Error(), got)
		}
	}
}

func TestWhenARunIsDone(t *testing.T) {
	for _, tt := range []struct {
		name            string
		drain           bool
		retry, patience time.Duration // retry 0: never
		open            int
		done            bool
		waits           time.Duration
	}{
		{"nothing comes any more", true, 0, 0, 0, true, 0},
		{"something does, and nobody is impatient", true, time.Hour, 0, 0, false, time.Minute},
		{"as late as patience goes", true, time.Hour, time.Hour, 0, false, time.Minute},
		{"later", true, time.Hour + 1, time.Hour, 0, true, 0},
		{"soon", true, time.Second, time.Hour, 0, false, time.Second},
		{"at once, for all that the clocks say", true, 1, time.Hour, 0, false, minIdle},
		{"a letter is open", true, 0, 0, 1, false, time.Minute},
		{"a run that goes on for ever", false, 0, 0, 0, false, time.Minute},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := &run{o: Options{Drain: tt.drain, Patience: tt.patience, Idle: time.Minute}, open: tt.open}
				began := time.Now()
				var retry time.Time
				if tt.retry > 0 {
					retry = began.Add(tt.retry)
				}
				done, err := r.wait(t.Context(), retry)
				if done != tt.done || err != nil || time.Since(began) != tt.waits {
					t.Errorf("done %v after %v, %v", done, time.Since(began), err)
				}
			})
		})
	}
}

func TestUsableKeys(t *testing.T) {
	now := time.Now().Add(time.Minute) // all keys are made by then
	made := func(change func(*openpgp.Entity)) *openpgp.Entity {
		e, err := openpgp.NewEntity("Office", "", "notices@example.org", nil)
		if err != nil {
			t.Fatal(err)
		}
		change(e)
		return e
	}
	lock := func(e *openpgp.Entity) {
		if err := e.EncryptPrivateKeys([]byte("secret"), nil); err != nil {
			t.Fatal(err)
		}
	}
	for _, tt := range []struct {
		name string
		key  *openpgp.Entity
		now  time.Time
		want string
	}{
		{"a key", made(func(*openpgp.Entity) {}), now, ""},
		{"before it was made", made(func(*openpgp.Entity) {}), now.Add(-time.Hour), "no part of the PGP key is for signatures now"},
		{"without its secret part", made(func(e *openpgp.Entity) { e.PrivateKey = nil }), now, "not in the file"},
		{"that is locked", made(lock), now, "needs its passphrase"},
	} {
		err := usable(tt.key, tt.now)
		if (err == nil) != (tt.want == "") || err != nil && !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v, want %q", tt.name, err, tt.want)
		}
	}
}
