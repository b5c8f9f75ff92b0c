package words

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
)

var value = regexp.MustCompile(`\{[a-z0-9]+\}`)

// TestLanguagesSayTheSame compares the keys and the values of all languages
// with the English ones, and looks for every plural form that a language has.
func TestLanguagesSayTheSame(t *testing.T) {
	if English().Lang != "en" {
		t.Fatalf("the first language is %q", English().Lang)
	}
	for _, c := range All() {
		for _, fault := range faults(English(), c) {
			t.Errorf("%s: %s", c.Lang, fault)
		}
	}
}

// faults lists what a language says otherwise than English does.
func faults(english, c *Catalog) (out []string) {
	fault := func(format string, args ...any) { out = append(out, fmt.Sprintf(format, args...)) }
	for _, key := range slices.Sorted(maps.Keys(english.say)) {
		want := english.say[key]
		got, ok := c.say[key]
		if !ok {
			fault("no %q", key)
			continue
		}
		forms := []string{"other"}
		if _, counted := want["one"]; counted {
			forms = formsOf(c)
		}
		for _, form := range slices.Compact(slices.Sorted(slices.Values(append(slices.Collect(maps.Keys(got)), forms...)))) {
			a, b := values(want["other"]), values(got[form])
			switch {
			case strings.TrimSpace(got[form]) == "":
				fault("%q has no form %q", key, form)
			case !slices.Contains(forms, form):
				fault("%q has the form %q, which it does not take", key, form)
			case form == "zero" || form == "one" || form == "two": // "no letter", "both letters"
				a, b = without(a, "{n}"), without(b, "{n}")
				fallthrough
			default:
				if !slices.Equal(a, b) {
					fault("%q has the values %v in %q, want %v", key, b, form, a)
				}
			}
		}
	}
	for _, key := range slices.Sorted(maps.Keys(c.say)) {
		if _, ok := english.say[key]; !ok {
			fault("%q is nothing that English says", key)
		}
	}
	return out
}

func values(text string) []string { return slices.Sorted(slices.Values(value.FindAllString(text, -1))) }

func without(all []string, s string) []string {
	return slices.DeleteFunc(all, func(v string) bool { return v == s })
}

// formsOf lists the forms that whole numbers take.
func formsOf(c *Catalog) []string {
	found := map[string]bool{}
	for n := range 1000 {
		found[c.form(n)] = true
	}
	return slices.Sorted(maps.Keys(found))
}

const letters = `"letters" = { one = "{n} letter", other = "{n} letters" }` + "\n"

// some makes catalogs of what files say, English among them.
func some(t *testing.T, say map[string]string) []*Catalog {
	t.Helper()
	in := fstest.MapFS{"en.toml": {Data: []byte(letters + `"greet" = "Good day, {who}"`)}}
	for lang, text := range say {
		in[lang+".toml"] = &fstest.MapFile{Data: []byte(text)}
	}
	all, err := load(in)
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func TestALanguageIsAFileMore(t *testing.T) {
	arabic := `"letters" = { zero = "لا رسائل", one = "رسالة واحدة", two = "رسالتان", few = "{n} رسائل", many = "{n} رسالة", other = "{n} رسالة" }`
	all := some(t, map[string]string{
		"ar": arabic + "\n" + `"greet" = "مرحبا {who}"`,
		"ja": `"letters" = "{n}通"` + "\n" + `"greet" = "{who}様"`,
		"de": `"greet" = "Guten Tag, {who}"`,
	})
	de, ar, ja := find(all, "de"), find(all, "ar"), find(all, "ja")
	for _, tt := range []struct{ name, got, want string }{
		{"none, of six forms", ar.T("letters", "n", 0), "لا رسائل"},
		{"two", ar.T("letters", "n", 2), "رسالتان"},
		{"a few", ar.T("letters", "n", 3), "3 رسائل"},
		{"many, in the digits of addresses", ar.T("letters", "n", 1011), "1,011 رسالة"},
		{"a language without plurals", ja.T("letters", "n", 1), "1通"},
		{"English plurals where a language lacks the words", de.T("letters", "n", 1), "1 letter"},
		{"numbers as they are written there", de.Number(12345), "12.345"},
		{"Arabic runs from the right", ar.Dir, "rtl"},
		{"Japanese does not", ja.Dir, "ltr"},
		{"English is first", all[0].Lang, "en"},
		{"a browser's country", accepted(all, "ar-EG,en;q=0.5").Lang, "ar"},
		{"a browser's order", accepted(all, "tlh, de;q=0.4, ja;q=0.7").Lang, "ja"},
		{"what a browser will not have", accepted(all, "de;q=0, ja;q=0.1").Lang, "ja"},
		{"nothing that there is", accepted(all, "tlh").Lang, "en"},
	} {
		if tt.got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, tt.got, tt.want)
		}
	}
	for _, c := range []*Catalog{ar, ja} {
		if f := faults(all[0], c); len(f) > 0 {
			t.Errorf("%s: %q", c.Lang, f)
		}
	}
}

func TestWhatALanguageLacksIsFound(t *testing.T) {
	greet := "\n" + `"greet" = "Hallo {who}"`
	for _, tt := range []struct{ name, text, fault string }{
		{"a key", letters, `no "greet"`},
		{"an unknown key", letters + greet + "\n" + `"x" = "y"`, `"x" is nothing that English says`},
		{"a value", letters + `"greet" = "Hallo {wer}"`, `"greet" has the values [{wer}] in "other", want [{who}]`},
		{"a form", `"letters" = "{n}"` + greet, `"letters" has no form "one"`},
		{"a form that the language does not take", `"letters" = { one = "{n}", few = "{n}", other = "{n}" }` + greet, `"letters" has the form "few", which it does not take`},
		{"a number", `"letters" = { one = "ein", other = "viele" }` + greet, `"letters" has the values [] in "other", want [{n}]`},
		{"nothing but blanks", letters + `"greet" = " "`, `"greet" has no form "other"`},
	} {
		all := some(t, map[string]string{"de": tt.text})
		if got := faults(all[0], all[1]); !slices.Equal(got, []string{tt.fault}) {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.fault)
		}
	}
	for _, text := range []string{"no toml", `"a" = 1`, `"a" = { ohter = "b" }`} {
		if _, err := load(fstest.MapFS{"en.toml": {Data: []byte(text)}}); err == nil {
			t.Errorf("%s: no error", text)
		}
	}
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
