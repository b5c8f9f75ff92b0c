package main

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"unicode"

	"headsup/finding"
	"headsup/letter"
)

// errLeftOver means that the work is done but for something that has been
// reported already.
var errLeftOver = errors.New("something is left over")

// A usageError is a command line that does not make sense.
type usageError struct{ error }

func (e usageError) Unwrap() error { return e.error }

// explain is the one place that knows what a user can do about an error, and
// which exit code it has.
func explain(err error) (hint string, code int) {
	var usage usageError
	switch {
	case errors.Is(err, errLeftOver):
		return "", exitLeftOver
	case errors.As(err, &usage):
		return "headsup -h shows the verbs; headsup VERB -h shows one with its flags", exitUsage
	case strings.HasPrefix(err.Error(), "unknown command"):
		return "headsup -h shows the verbs", exitUsage
	case errors.Is(err, errNoSettings):
		return "headsup init DIR makes a campaign folder; -C DIR names one", exitError
	case errors.Is(err, finding.ErrFormat):
		return "is this the right --format? headsup check FILE shows which rows are good", exitError
	case errors.Is(err, fs.ErrPermission):
		return "is the file yours, and the folder writable?", exitError
	}
	return "", exitError
}

// printable makes text from outside safe for a terminal.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if r != '\n' && (unicode.IsControl(r) || unicode.In(r, unicode.Cf)) {
			return '�'
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

// sentence says where all rows went, for people.
func sentence(s letter.Sum) string {
	parts := []string{fmt.Sprintf("%d in %s", s.Lettered, some(s.Letters, "letter"))}
	for _, p := range []struct {
		n    int
		word string
	}{
		{s.Held, "held"}, {s.Suppressed, "suppressed"}, {s.NoContact, "without a contact"}, {s.Failed, "with a failed look-up"},
		{s.Special, "special-use"}, {s.Duplicate, "duplicate"}, {s.Rejected, "rejected"},
	} {
		if p.n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", p.n, p.word))
		}
	}
	return fmt.Sprintf("%s: %s", some(s.Rows, "row"), strings.Join(parts, ", "))
}
