package render_test

import (
	"bytes"
	"encoding/json"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"headsup/letter"
	"headsup/outcome/figures"
	"headsup/render"
	"headsup/render/report"
	"headsup/wire/pagetest"
)

func TestChromiumAndAxeLikeThePages(t *testing.T) {
	t.Parallel()
	chromium := program(t, "chromium")
	files, _ := site(t)
	for _, lang := range []string{"ja", "ar"} {
		p, err := renderer(t, render.Options{Site: "https://advice.example.org/letters"}).
			Confirmation(example(lang), render.Confirming{Reply: &render.Reply{Said: letter.RuledOther, Outcome: "unclear"}})
		if err != nil {
			t.Fatal(err)
		}
		files["verify/"+lang+"/reply.html"] = string(p.Data)
	}
	for _, lang := range report.Languages() {
		files["report-"+lang+".html"] = sampleReport(t, lang)
	}
	var pages []string
	for _, name := range slices.Sorted(maps.Keys(files)) {
		if strings.HasSuffix(name, ".html") && name != "404.html" { // which has its links from the root of its server
			pages = append(pages, name)
		}
	}
	for _, scheme := range []struct {
		name string
		dark bool
	}{{"light", false}, {"dark", true}} {
		t.Run(scheme.name, func(t *testing.T) {
			t.Parallel()
			pages := slices.Clone(pages)
			if scheme.dark { // whose colours no language changes
				pages = slices.DeleteFunc(pages, func(name string) bool {
					lang, ok := strings.CutPrefix(name, "report-")
					return ok && !slices.Contains([]string{"ar.html", "en.html", "ja.html"}, lang)
				})
			}
			looks := pagetest.LookAt(t, chromium, scheme.dark, pagetest.Files(files), pages, 340)
			if len(looks) != len(pages) {
				t.Fatalf("looked at %d pages, want %d", len(looks), len(pages))
			}
			for _, l := range looks {
				if len(l.Violations) > 0 {
					t.Errorf("%s: %s", l.Name, strings.Join(l.Violations, "\n"))
				}
				if l.Wide > 0 {
					t.Errorf("%s: %d pixels wider than a phone", l.Name, l.Wide)
				}
				if l.Dark != scheme.dark || l.Passes < 1 || l.All && l.Passes < 10 || l.All == scheme.dark {
					t.Errorf("%s: dark %v, %d rules passed", l.Name, l.Dark, l.Passes)
				}
			}
		})
	}
}

// sampleReport is the report of a campaign with three arms.
func sampleReport(t *testing.T, lang string) string {
	t.Helper()
	var r figures.Report
	var b bytes.Buffer
	text, err := os.ReadFile("report/testdata/sample.json")
	if err == nil {
		err = json.Unmarshal(text, &r)
	}
	if err == nil {
		err = report.Write(&b, r, lang)
	}
	if err != nil {
		t.Fatal(err)
	}
	return noPolicy.ReplaceAllString(b.String(), "") // which would keep axe out
}

var noPolicy = regexp.MustCompile(`<meta http-equiv="Content-Security-Policy"[^>]*>`)
