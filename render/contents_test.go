package render_test

import (
	"regexp"
	"strings"
	"testing"
	"testing/fstest"

	"headsup/render"
	"headsup/templates"
)

// The contents of each page of advice name its parts, and each leads there.
func TestTheContentsOfAPageNameItsParts(t *testing.T) {
	files, _ := site(t)
	link := regexp.MustCompile(`<li><a href="#(s[0-9]+)">([^<]+)</a>`)
	for name, page := range files {
		lang, rest, _ := strings.Cut(name, "/")
		if rest != "index.html" || lang == "verify" || strings.Contains(page, "noindex") {
			continue
		}
		listed := link.FindAllStringSubmatch(page, -1)
		if parts := strings.Count(page, `<h2 id="s`); len(listed) != parts || parts < 3 {
			t.Errorf("%s: %d of %d parts are in the contents", name, len(listed), parts)
		}
		for _, m := range listed {
			if !strings.Contains(page, `<h2 id="`+m[1]+`"`) {
				t.Errorf("%s: %q leads nowhere", name, m[2])
			}
		}
	}
}

func TestASiteNeedsItsTemplates(t *testing.T) {
	alone(t)
	letters := fstest.MapFS{}
	for name, f := range files(t) {
		if !strings.HasPrefix(name, "site/") {
			letters[name] = f
		}
	}
	set, err := templates.Load(letters)
	if err != nil {
		t.Fatal(err)
	}
	r := renderer(t, render.Options{Templates: set, Site: "https://advice.example.org"})
	if pages, err := r.Site(house, "en"); err == nil || pages != nil {
		t.Errorf("%d pages, %v", len(pages), err)
	}
}
