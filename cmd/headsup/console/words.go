package console

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode"

	"headsup/finding"
	"headsup/letter"
)

// Printable makes text from outside safe for a terminal.
func Printable(s string) string {
	return strings.Map(func(r rune) rune {
		if r != '\n' && (unicode.IsControl(r) || unicode.In(r, unicode.Cf)) {
			return unicode.ReplacementChar
		}
		return r
	}, s)
}

// Count counts things in words: "1 letter", "3 letters".
func Count(n int, thing string) string {
	if n == 1 {
		return fmt.Sprintf("%d %s", n, thing)
	}
	return fmt.Sprintf("%d %ss", n, thing)
}

// Sentence says where all rows of a campaign went, for people.
func Sentence(s letter.Sum) string {
	return Account(s, fmt.Sprintf("%d in %s", s.Lettered, Count(s.Letters, "letter")))
}

// Account lists where rows went, after what comes first.
func Account(s letter.Sum, first string) string {
	parts := []string{first}
	for _, p := range []struct {
		n    int
		word string
	}{
		{s.Held - s.ByRule, "held"}, {s.ByRule, "held by your rules"}, {s.Suppressed, "suppressed"}, {s.NoContact, "without a contact"}, {s.Failed - s.Due, "with a failed look-up"}, {s.Due, "not looked up yet"},
		{s.Special, "special-use"}, {s.Duplicate, "duplicate"}, {s.Rejected, "rejected"}, {s.Waiting, "waiting as a control"}, {s.Withdrawn, "taken back"},
	} {
		if p.n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", p.n, p.word))
		}
	}
	return fmt.Sprintf("%s: %s", Count(s.Rows, "row"), strings.Join(parts, ", ")) + notFindings(s)
}

// notFindings lists what was read and is no finding, by what it is, the most
// frequent first.
func notFindings(s letter.Sum) string {
	if len(s.NotFindings) == 0 {
		return ""
	}
	names := slices.SortedFunc(maps.Keys(s.NotFindings), func(a, b string) int {
		return cmp.Or(s.NotFindings[b]-s.NotFindings[a], strings.Compare(a, b))
	})
	for i, name := range names {
		n := s.NotFindings[name]
		if n == 1 {
			name = finding.Singular(name)
		}
		names[i] = fmt.Sprintf("%d %s", n, name)
	}
	return "; no findings: " + strings.Join(names, ", ")
}
