package render_test

import (
	"os"
	"strings"
	"testing"
	"unicode/utf8"

	"headsup/letter"
	"headsup/lookup"
	"headsup/render"
	"headsup/render/prose"
)

// In every language, the words of a subject have room in a list of mails, say
// where to look, and are never cut within a character.
func TestSubjectsFitAList(t *testing.T) {
	alone(t)
	r := renderer(t, render.Options{})
	counts := []int{21}
	if os.Getenv("HEADSUP_REAL") == "1" {
		counts = []int{1, 2, 5, 21, 1000}
	}
	for _, lang := range r.Languages() {
		for _, n := range counts {
			for _, l := range []letter.Letter{hosts(n, lang, "en"), reminded(hosts(n, lang, "en")), customer(hosts(n, lang, "en")), reminded(customer(hosts(n, lang, "en")))} {
				subject := must(t, r, l).Subject
				words, rest, found := strings.Cut(subject, " ["+l.ID+"]")
				if !found || !utf8.ValidString(subject) || prose.Cells(words) > 60 || !strings.Contains(words, l.Findings[0].Addr.String()) {
					t.Errorf("%s, %d findings: %d columns: %s", lang, n, prose.Cells(words), subject)
				}
				if lang != "en" && !strings.HasPrefix(rest, " / ") {
					t.Errorf("%s: no English: %s", lang, subject)
				}
			}
		}
	}
}

func reminded(l letter.Letter) letter.Letter {
	l.Round = 2
	return l
}

func customer(l letter.Letter) letter.Letter {
	l.To.Role = lookup.Customer
	return l
}
