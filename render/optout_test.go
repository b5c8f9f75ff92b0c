package render_test

import (
	"slices"
	"testing"

	"headsup/render"
)

func TestThePageOfOptOutsSpeaksEveryLanguageOfTheLetters(t *testing.T) {
	r := renderer(t, render.Options{})
	notices := r.Notices()
	english := notices["en"]
	for _, lang := range r.Languages() {
		want := "ltr"
		if slices.Contains([]string{"ar", "fa", "he", "ur"}, lang) {
			want = "rtl"
		}
		titles := map[string]bool{}
		for _, answer := range []string{"ask", "noted", "unknown", "unclear", "failed"} {
			n := notices[lang][answer]
			if n.Lang != lang || n.Dir != want {
				t.Errorf("%s %s: lang %q, dir %q", lang, answer, n.Lang, n.Dir)
			}
			if n.Title == "" || n.Text == "" || n.Button == "" || titles[n.Title] {
				t.Errorf("%s %s: something is missing, or the title serves twice: %+v", lang, answer, n)
			}
			titles[n.Title] = true
			if e := english[answer]; lang != "en" && (n.Title == e.Title || n.Text == e.Text || n.Button == e.Button) {
				t.Errorf("%s %s is in English: %+v", lang, answer, n)
			}
		}
	}
}
