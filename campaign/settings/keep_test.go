package settings

import (
	"fmt"
	"testing"
	"time"

	"headsup/ledger"
)

func TestTheTimeOfAClassIsOverAfterTheEnd(t *testing.T) {
	days := func(n int) Duration { return Duration{time.Duration(n) * 24 * time.Hour} }
	keep := Keep{Ended: "2026-03-31", Letters: days(30), Findings: days(10), Answers: days(20)}
	for _, tt := range []struct {
		keep  Keep
		at    string
		want  []ledger.Class
		ended bool
	}{
		{keep, "2026-03-30", nil, true},
		{keep, "2026-04-10", nil, true}, // the last day of the tenth
		{keep, "2026-04-11", []ledger.Class{ledger.KeptFindings}, true},
		{keep, "2026-04-21", []ledger.Class{ledger.KeptFindings, ledger.KeptAnswers}, true},
		{keep, "2028-01-01", []ledger.Class{ledger.KeptLetters, ledger.KeptFindings, ledger.KeptAnswers}, true}, // returned mail has no time
		{Keep{Letters: days(30), Returned: days(1)}, "2028-01-01", nil, false},
		{Keep{Ended: "2026-03-31", Returned: days(1)}, "2028-01-01", []ledger.Class{ledger.KeptReturned}, true},
	} {
		at, err := time.Parse(time.DateOnly, tt.at)
		if err != nil {
			t.Fatal(err)
		}
		got, ended := tt.keep.Over(at)
		if fmt.Sprint(got) != fmt.Sprint(tt.want) || ended != tt.ended {
			t.Errorf("%s: %v, %v, want %v, %v", tt.at, got, ended, tt.want, tt.ended)
		}
	}
}
