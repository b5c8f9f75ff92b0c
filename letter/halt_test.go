package letter_test

import (
	"errors"
	"testing"
	"time"

	"headsup/letter"
)

func TestWhatAHaltHolds(t *testing.T) {
	for _, c := range []struct {
		name string
		h    letter.Halt
		want bool
	}{
		{"its campaign", letter.Halt{Campaign: "relay26"}, true},
		{"all campaigns", letter.Halt{}, true},
		{"another campaign", letter.Halt{Campaign: "proxy26"}, false},
		{"its campaign, once", letter.Halt{Campaign: "relay26", Ended: day}, false},
		{"all campaigns, once", letter.Halt{Ended: day}, false},
	} {
		if got := c.h.Holds("relay26"); got != c.want {
			t.Errorf("%s: %v", c.name, got)
		}
	}
}

func TestWhoMayGoOn(t *testing.T) {
	ann, ben := letter.Halt{By: "ann"}, letter.Halt{By: "Ben "}
	for _, c := range []struct {
		name   string
		halts  []letter.Halt
		by     string
		people int
		same   bool
	}{
		{"one person is enough", []letter.Halt{ann}, "ann", 1, false},
		{"nothing was said of people", []letter.Halt{ann}, "ann", 0, false},
		{"another person", []letter.Halt{ann}, "ben", 2, false},
		{"the same person", []letter.Halt{ann}, "ann", 2, true},
		{"the same person in another spelling", []letter.Halt{ben}, " BEN", 2, true},
		{"one of two who stopped it", []letter.Halt{ann, ben}, "ben", 2, true},
		{"a third person", []letter.Halt{ann, ben}, "cem", 2, false},
	} {
		if err := letter.MayResume(c.halts, c.by, c.people); errors.Is(err, letter.ErrSamePerson) != c.same || (err != nil) != c.same {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

func TestHaltsForPeople(t *testing.T) {
	at := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	for want, h := range map[string]letter.Halt{
		"campaign relay26, by ann at 2026-03-02T09:00:00Z: wrong template": {Campaign: "relay26", By: "ann", At: at, Reason: "wrong template"},
		"all campaigns, by ann at 2026-03-02T09:00:00Z: listed":            {By: "ann", At: at, Reason: "listed"},
	} {
		if got := h.String(); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
