package report

import "testing"

// Days on an axis are written as the language writes numbers, in tenths.
func TestDays(t *testing.T) {
	three := 3.0 // a constant would be exact
	for lang, want := range map[string]string{"en": "0.6", "de": "0,6", "fr": "0,6"} {
		if got := (builder{speaker: speak(lang)}).days(three * 0.2); got != want {
			t.Errorf("%s: %q, want %q", lang, got, want)
		}
	}
}
