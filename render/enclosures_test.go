package render_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"headsup/letter"
	"headsup/render"
	"headsup/render/pdf"
	"headsup/render/prose"
	"headsup/templates"
)

// printed returns a letter as its printer gets it.
func printed(t *testing.T, l letter.Letter) pdf.Letter {
	t.Helper()
	p := &paper{}
	must(t, renderer(t, render.Options{Printer: p}), l)
	return p.last
}

func TestWhatIsEnclosedIsNamed(t *testing.T) {
	leaflets := map[string][]string{"de": {"Merkblatt", " ", "Rückumschlag"}, "en": {"Leaflet\non mail servers"}}
	for _, c := range []struct {
		sentence  string
		hosts     int
		languages string
		leaflets  map[string][]string
		customer  string
		want      string // lines between bars
	}{
		{"nothing is enclosed", 2, "en", nil, "", ""},
		{"one thing has a word of its own", 2, "de", map[string][]string{"de": {"Merkblatt"}}, "", "Anlage|Merkblatt"},
		{"a leaflet in one line", 2, "en", leaflets, "", "Enclosure|Leaflet on mail servers"},
		{"an empty line is none", 2, "de", leaflets, "", "Anlagen|Merkblatt|Rückumschlag"},
		{"leaflets of another language are not named", 2, "fr", leaflets, "", ""},
		{"the other languages of the letter", 2, "fr de en", nil, "", "Pièce jointe|Cette lettre dans une autre langue (allemand, anglais)"},
		{"a table that is half a page stays", 24, "en", nil, "", ""},
		{"a longer one does not", 25, "en", nil, "", "Enclosure|List of IP addresses"},
		{"all, in the order in which they lie there", 25, "de en", leaflets, "", "Anlagen|Liste der IP-Adressen|Dieses Schreiben in einer anderen Sprache (Englisch)|Merkblatt|Rückumschlag"},
		{"what others reported is no list of addresses", 25, "en", nil, "4711", ""},
	} {
		l := hosts(c.hosts, strings.Fields(c.languages)...)
		l.Agency.Enclosures, l.Customer, l.Paper = c.leaflets, c.customer, c.customer != ""
		page := printed(t, l)
		var lines []string
		for _, b := range page.Named {
			for _, s := range b.Spans {
				lines = append(lines, s.Text)
			}
		}
		if got := strings.Join(lines, "|"); got != c.want {
			t.Errorf("%s: %q, want %q", c.sentence, got, c.want)
		}
		if moved := strings.Contains(c.want, "List of") || strings.Contains(c.want, "Liste der"); moved != (len(page.Enclosed) > 0) || moved == tabled(page.Parts[0].Blocks) {
			t.Errorf("%s: the table is enclosed: %v, in the letter: %v", c.sentence, len(page.Enclosed) > 0, tabled(page.Parts[0].Blocks))
		}
	}
}

func tabled(bs []prose.Block) bool {
	return slices.ContainsFunc(bs, func(b prose.Block) bool { return b.Kind == prose.Table })
}

// What is said of rows that a table does not have stands below it; the mail keeps both within the letter.
func TestAnEnclosedTableKeepsItsRest(t *testing.T) {
	p := &paper{}
	out := must(t, renderer(t, render.Options{Printer: p}), hosts(210, "en"))
	if n := len(p.last.Enclosed); n != 3 || p.last.Enclosed[0].Kind != prose.Heading || len(p.last.Enclosed[1].Rows) != 200 ||
		!strings.HasPrefix(p.last.Enclosed[2].Spans[0].Text, "10 more are listed") {
		t.Errorf("%d blocks are enclosed: %.300s", n, fmt.Sprint(p.last.Enclosed))
	}
	text := fmt.Sprint(p.last.Parts[0].Blocks)
	if !strings.Contains(text, "The list of IP addresses is enclosed with this letter.") || strings.Contains(text, "10 more") {
		t.Errorf("in its place stands %.900s", text)
	}
	_, ps := parts(t, out.Mail)
	if mail := ps[0].text; strings.Contains(mail, "enclosed") || !strings.Contains(mail, "10 more are listed") {
		t.Error("the mail does not have its table in its place")
	}
}

// A house's own letter that has no words for enclosures is printed as it is.
func TestALanguageWithoutWordsNamesNoEnclosures(t *testing.T) {
	p := &paper{}
	set, err := templates.Load(templates.Builtin, edit("letter/en.md", "enclosure = \"Enclosure\"\n", ""))
	if err != nil {
		t.Fatal(err)
	}
	r := renderer(t, render.Options{Templates: set, Printer: p})
	l := hosts(30, "en")
	l.Agency.Enclosures = map[string][]string{"en": {"Leaflet"}}
	if must(t, r, l); len(p.last.Named)+len(p.last.Enclosed) > 0 || !tabled(p.last.Parts[0].Blocks) {
		t.Errorf("named: %v", p.last.Named)
	}
}
