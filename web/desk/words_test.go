package desk

import (
	"io/fs"
	"os"
	"regexp"
	"strings"
	"testing"

	"headsup/campaign/campaigntest"
	"headsup/web/words"
)

var said = regexp.MustCompile(`\.T "([a-z0-9.]+)"|f\.T\("([a-z0-9.]+)"[,)]|"((?:todo|fate|error|fault|key|nav)\.[a-z0-9._]*[a-z0-9])"`)

// TestEveryWordIsThere reads what the pages and their code say.
func TestEveryWordIsThere(t *testing.T) {
	english := words.English()
	check := func(name, text string) {
		for _, m := range said.FindAllStringSubmatch(text, -1) {
			if key := m[1] + m[2] + m[3]; key != "" && !english.Has(key) {
				t.Errorf("%s says %q, which is no word", name, key)
			}
		}
	}
	pages, err := fs.Glob(files, "pages/*.html")
	campaigntest.Must(t, err)
	for _, name := range pages {
		text, err := files.ReadFile(name)
		campaigntest.Must(t, err)
		check(name, string(text))
	}
	sources, err := os.ReadDir(".")
	campaigntest.Must(t, err)
	for _, f := range sources {
		if strings.HasSuffix(f.Name(), ".go") && !strings.HasSuffix(f.Name(), "_test.go") {
			text, err := os.ReadFile(f.Name())
			campaigntest.Must(t, err)
			check(f.Name(), string(text))
		}
	}
	for what := range decisions {
		if !english.Has("did." + what) {
			t.Errorf("no word for %q", "did."+what)
		}
	}
}

// A time is written from the left in every language: among words that run from
// the right its parts would change places.
func TestTimesRunFromTheLeft(t *testing.T) {
	c := drafted(t, 1)
	d, base := serve(t, c)
	v := enter(t, d, base, "anna")
	v.post("/language", "language", "ar", "back", "/letters")
	v.post("/letters/"+ids(t, c)[0]+"/hold", "reason", "a long look")
	v.get("/letters/"+ids(t, c)[0]).has(t, 200, `dir="rtl"`, `<time dir="ltr" datetime="`, "حُجزت")
}
