package words

import (
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"golang.org/x/text/feature/plural"
)

var value = regexp.MustCompile(`\{[a-z0-9]+\}`)

// TestLanguagesSayTheSame compares the keys and the values of all languages
// with the English ones, and looks for every plural form that a language has.
func TestLanguagesSayTheSame(t *testing.T) {
	english := English()
	if english.Lang != "en" {
		t.Fatalf("the first language is %q", english.Lang)
	}
	for _, c := range All() {
		for key, want := range english.say {
			got, ok := c.say[key]
			if !ok {
				t.Errorf("%s: no %q", c.Lang, key)
				continue
			}
			if _, counted := want["one"]; counted {
				for _, form := range formsOf(c) {
					if got[form] == "" {
						t.Errorf("%s: %q has no form %q", c.Lang, key, form)
					}
				}
			}
			if a, b := values(want["other"]), values(got["other"]); !slices.Equal(a, b) {
				t.Errorf("%s: %q has the values %v, want %v", c.Lang, key, b, a)
			}
		}
		for key := range c.say {
			if _, ok := english.say[key]; !ok {
				t.Errorf("%s: %q is nothing that English says", c.Lang, key)
			}
		}
	}
}

func values(text string) []string { return slices.Sorted(slices.Values(value.FindAllString(text, -1))) }

// formsOf lists the forms that whole numbers take.
func formsOf(c *Catalog) []string {
	found := map[string]bool{}
	for n := range 1000 {
		found[forms[plural.Cardinal.MatchPlural(c.tag, n, 0, 0, 0, 0)]] = true
	}
	return slices.Sorted(maps.Keys(found))
}

func TestWordsAreFilledIn(t *testing.T) {
	c := English()
	for _, tt := range []struct{ got, want string }{
		{c.T("letters.count", "n", 1), "1 letter"},
		{c.T("letters.count", "n", 1200), "1,200 letters"},
		{c.T("did.approve", "letter", "{who}"), "{who} is approved."},
		{c.T("there is no such key"), "there is no such key"},
		{Accepted("tlh, en-GB;q=0.5").Lang, "en"},
		{Accepted(strings.Repeat("de,", 1000)).Lang, "en"},
		{Accepted("").Lang, "en"},
	} {
		if tt.got != tt.want {
			t.Errorf("%q, want %q", tt.got, tt.want)
		}
	}
	if Find("tlh") != nil {
		t.Error("Klingon is found")
	}
}
