package report

import (
	_ "embed"
	"strings"
	"testing"
	"time"
)

//go:embed testdata/forms.txt
var formFile string

// TestForms reads times as tools, tables and people write them.
func TestForms(t *testing.T) {
	base := time.Date(2026, 11, 30, 12, 0, 0, 0, time.UTC)
	unescape := strings.NewReplacer(`\n`, "\n", `\t`, "\t")
	for line := range strings.Lines(formFile) {
		text, want, ok := strings.Cut(strings.TrimRight(line, "\n"), " ⇒ ")
		if !ok {
			continue
		}
		if got := firstMoment(tidy(unescape.Replace(text)), base); got != want {
			t.Errorf("%q is %s, want %s", text, got, want)
		}
	}
}
