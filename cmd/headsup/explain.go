package main

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode"

	"headsup/cmd/headsup/advice"
	"headsup/finding"
	"headsup/letter"
)

// A usageError is a command line that does not make sense.
type usageError struct{ error }

func (e usageError) Unwrap() error { return e.error }

// explain is the one place that knows what a user can do about an error, and
// which exit code it has. said means that the error has been reported already.
func explain(err error) (hint string, code int, said bool) {
	var (
		usage  usageError
		over   leftOver
		broken brokenFile
	)
	switch {
	case errors.As(err, &usage):
		return "headsup -h shows the verbs; headsup VERB -h shows one with its flags", exitUsage, false
	case errors.As(err, &broken):
		return advice.For(err), exitError, true
	case errors.As(err, &over):
		return advice.For(err), exitLeftOver, true
	}
	return advice.For(err), exitError, false
}

// printable makes text from outside safe for a terminal.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if r != '\n' && (unicode.IsControl(r) || unicode.In(r, unicode.Cf)) {
			return unicode.ReplacementChar
		}
		return r
	}, s)
}

// some counts things in words: "1 letter", "3 letters".
func some(n int, thing string) string {
	if n == 1 {
		return fmt.Sprintf("%d %s", n, thing)
	}
	return fmt.Sprintf("%d %ss", n, thing)
}

// sentence says where all rows of a campaign went, for people.
func sentence(s letter.Sum) string {
	return account(s, fmt.Sprintf("%d in %s", s.Lettered, some(s.Letters, "letter")))
}

// account lists where rows went, after what comes first.
func account(s letter.Sum, first string) string {
	parts := []string{first}
	for _, p := range []struct {
		n    int
		word string
	}{
		{s.Held - s.ByRule, "held"}, {s.ByRule, "held by your rules"}, {s.Suppressed, "suppressed"}, {s.NoContact, "without a contact"}, {s.Failed - s.Due, "with a failed look-up"}, {s.Due, "not looked up yet"},
		{s.Special, "special-use"}, {s.Duplicate, "duplicate"}, {s.Rejected, "rejected"},
	} {
		if p.n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", p.n, p.word))
		}
	}
	return fmt.Sprintf("%s: %s", some(s.Rows, "row"), strings.Join(parts, ", ")) + notFindings(s)
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
