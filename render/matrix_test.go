package render_test

import (
	"cmp"
	"fmt"
	"net/netip"
	"os"
	"regexp"
	"strings"
	"testing"

	"golang.org/x/text/feature/plural"
	"golang.org/x/text/language"

	"headsup/letter"
	"headsup/render"
	"headsup/render/prose"
	"headsup/templates"
)

// many is a letter about so many findings of one kind or of three.
func many(n, kinds int, languages ...string) letter.Letter {
	l := full(languages...)
	some := l.Findings[len(l.Findings)-kinds:]
	l.Findings = nil
	for i := range n {
		f := some[i%kinds]
		f.Addr = netip.AddrFrom4([4]byte{198, 18, byte(i >> 8), byte(i)})
		l.Findings = append(l.Findings, f)
	}
	return l
}

// restIn is the label for what a table leaves out, by the plural rules of x/text.
func restIn(labels templates.Labels, lang string, n int) string {
	form := plural.Cardinal.MatchPlural(language.Make(lang), n, 0, 0, 0, 0)
	return cmp.Or(map[plural.Form]string{
		plural.Zero: labels.RestZero, plural.One: labels.RestOne, plural.Two: labels.RestTwo, plural.Few: labels.RestFew, plural.Many: labels.RestMany,
	}[form], labels.Rest)
}

// Every language says every number of findings right, whoever is written to
// about however many kinds, the first time and again: a table leaves out 1, 2, 5,
// 21 or 800 of them. The long form tries everything with everything.
func TestEveryLanguageInNumbers(t *testing.T) {
	alone(t)
	set, err := templates.Load(templates.Builtin)
	if err != nil {
		t.Fatal(err)
	}
	r := renderer(t, render.Options{Templates: set})
	numbers, long := []int{1, 2, 5, 21, 201, 202, 205, 221, 1000}, os.Getenv("HEADSUP_REAL") == "1"
	for i, lang := range r.Languages() {
		for j, n := range numbers {
			for way := range 8 {
				kinds, again, person := 1+2*(way&1), way&2 != 0, way&4 != 0
				if !long && (way != (i+3*j)%8 || (i+j)%4 != 0) {
					continue
				}
				l := many(n, kinds, lang)
				if again {
					l = reminded(l)
				}
				if person {
					l = customer(l)
				}
				what := fmt.Sprintf("%s, %d findings of %d kinds, again %v, a customer %v", lang, n, kinds, again, person)
				out := must(t, r, l)
				if words, _, ok := strings.Cut(out.Subject, " ["); !ok || prose.Cells(words) > 60 {
					t.Errorf("%s: the subject has %d columns: %s", what, prose.Cells(words), out.Subject)
				}
				_, ps := parts(t, out.Mail)
				checkNumbers(t, what, ps[0].text, set.File(templates.Frame, lang).Labels, lang, n)
			}
		}
	}
}

// checkNumbers looks at the text of a letter about n findings.
func checkNumbers(t *testing.T, what, text string, labels templates.Labels, lang string, n int) {
	t.Helper()
	if strings.Contains(text, "%!") || strings.Contains(text, "<no value>") {
		t.Errorf("%s: a field or a number has no place", what)
	}
	rows := 0
	for line := range strings.Lines(text) {
		line = strings.NewReplacer("\u2068", "", "\u2069", "", "\n", "").Replace(line)
		if strings.Contains(line, "198.18.") && strings.Contains(line, "/tcp") {
			if rows++; prose.Cells(line) >= 80 {
				t.Errorf("%s: %d columns: %s", what, prose.Cells(line), line)
			}
		}
	}
	if rows < min(n, 200) || rows > min(n, 200)+6 { // the evidence names up to five once more
		t.Errorf("%s: %d rows", what, rows)
	}
	plain := func(s string) string {
		return strings.Join(strings.FieldsFunc(s, func(r rune) bool { return strings.ContainsRune(" \n\u2068\u2069\u200b", r) }), "")
	}
	more, any := n-200, 987654
	said := regexp.QuoteMeta(plain(fmt.Sprintf(restIn(labels, lang, max(more, 0)), any, "findings.csv")))
	got := regexp.MustCompile(strings.Replace(said, fmt.Sprint(any), `(-?\d+)`, 1)).FindStringSubmatch(plain(text))
	// Where a label begins with the number, half past ten of the last row stands before it.
	if more > 0 && (got == nil || strings.TrimPrefix(got[1], "30") != fmt.Sprint(more)) || more <= 0 && got != nil {
		t.Errorf("%s: %d more, said %q in the form %s", what, more, got, said)
	}
}
