package report_test

import (
	"strconv"
	"strings"
	"time"
)

func itoa(n int) string { return strconv.Itoa(n) }

// sameTime compares a time to the minute with what a table of truth says:
// moments with a zone, "… no-zone", "… date-only", or several of them.
func sameTime(got, want string) bool {
	for w := range strings.SplitSeq(want, "/") {
		w, how, _ := strings.Cut(w, " ")
		if how != "" {
			if len(got) >= 10 && len(w) >= 10 && got[:min(len(got), 16)] == w[:min(len(w), 16)] && len(got) <= 19 {
				return true
			}
			continue
		}
		a, err1 := time.Parse(time.RFC3339, got)
		b, err2 := time.Parse(time.RFC3339, w)
		if got == w || err1 == nil && err2 == nil && a.UTC().Truncate(time.Minute).Equal(b.UTC().Truncate(time.Minute)) {
			return true
		}
	}
	return false
}
