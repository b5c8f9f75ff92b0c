package render_test

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"headsup/finding"
	"headsup/render"
	"headsup/render/pdf"
	"headsup/render/typeset"
)

func TestHostileValuesInTheMailRoom(t *testing.T) {
	alone(t)
	p := &paper{}
	on, set := renderer(t, render.Options{Printer: p}), renderer(t, render.Options{Printer: printer(t)})
	calm := example("en")
	for _, v := range hostile {
		t.Run(fmt.Sprintf("%.30q", v), func(t *testing.T) {
			shown := finding.Clean(v, 300)
			e := render.Enclosure{ID: v, Country: v, Postcode: v, Recipient: v, Pages: 3}
			batch := []render.Enclosure{e, e}
			checkList(t, render.List(batch), 3)
			if _, err := on.Cover("en", poisoned(calm, v).Agency, calm.Date, batch); err != nil {
				t.Fatal(err)
			}
			if got := fmt.Sprint(p.last.Title, p.last.Head, p.last.Author, p.last.Continue, p.last.Parts); escape.MatchString(got) {
				t.Errorf("on paper: %q", got)
			}
			rows := p.last.Parts[0].Blocks[1].Rows
			if len(rows) != 2 || !slices.Equal(rows[1], []string{"2", shown, shown, shown, shown, "3"}) {
				t.Errorf("rows %q", rows)
			}
			file, err := set.Cover("en", calm.Agency, calm.Date, batch)
			if err != nil {
				t.Fatal(err)
			}
			checkPages(t, file)
			inBatch(t, v, file)
			var missing *typeset.MissingGlyph
			if _, err := set.Cover("en", poisoned(calm, v).Agency, calm.Date, batch); err != nil && !errors.As(err, &missing) {
				t.Error(err)
			}
		})
	}
}

// checkList checks that the list has as many rows, and nothing that a
// spreadsheet takes for more than text.
func checkList(t *testing.T, list []byte, want int) {
	t.Helper()
	rows, err := csv.NewReader(bytes.NewReader(list)).ReadAll()
	if err != nil || len(rows) != want {
		t.Fatalf("%d rows, want %d: %v", len(rows), want, err)
	}
	checkInert(t, rows[1:])
}

// inBatch puts a cover into a batch that is called v.
func inBatch(t *testing.T, v string, cover []byte) {
	t.Helper()
	var out bytes.Buffer
	b := pdf.NewBatch(&out, pdf.Letter{ID: "batch", Title: v, Author: v, Lang: v})
	if err := errors.Join(b.Add(cover), b.Close()); err != nil {
		t.Fatal(err)
	}
	checkPages(t, out.Bytes())
}

// TestTheCoverListSpeaksTheLanguageOfItsAgency reads the list in each language
// in which there are letters.
func TestTheCoverListSpeaksTheLanguageOfItsAgency(t *testing.T) {
	p := &paper{}
	on := renderer(t, render.Options{Printer: p})
	a, day := example("en").Agency, example("en").Date
	batch := []render.Enclosure{{ID: "relay26-k3v9xq2m7d", Country: "DE", Postcode: "10115", Recipient: "Netz", Pages: 2}, {ID: "x", Pages: 1}}
	seen := map[string]string{}
	for _, lang := range on.Languages() {
		if _, err := on.Cover(lang, a, day, batch); err != nil {
			t.Fatal(err)
		}
		l := p.last
		if l.Lang != lang || l.RTL != slices.Contains([]string{"ar", "fa", "he", "ur"}, lang) || l.Parts[0].Lang != lang || l.Parts[0].RTL != l.RTL {
			t.Errorf("%s: it is in %q, from the right %v", lang, l.Lang, l.RTL)
		}
		if other := seen[l.Title]; other != "" {
			t.Errorf("%s: %q is the title in %s", lang, l.Title, other)
		}
		seen[l.Title] = lang
		table := l.Parts[0].Blocks[1]
		words := append([]string{l.Instead[0], l.Info[0].Label, l.Info[0].Value, fmt.Sprint(l.Parts[0].Blocks[0])}, table.Head...)
		if slices.Contains(words, "") || len(table.Head) != 6 || !strings.Contains(l.Title, ": 2 · ") || !strings.HasSuffix(l.Title, ": 3") {
			t.Errorf("%s: %q, %q", lang, l.Title, words)
		}
		if got := l.PageOf(1, 2); strings.Contains(got, "%!") {
			t.Errorf("%s: %s", lang, got)
		}
	}
	if len(seen) != len(on.Languages()) {
		t.Errorf("%d titles", len(seen))
	}
	for _, lang := range []string{"xx", ""} {
		if _, err := on.Cover(lang, a, day, batch); err != nil || p.last.Lang != "en" || p.last.Title != "Cover list · Letters: 2 · Pages: 3" {
			t.Errorf("%q: %q in %q, %v", lang, p.last.Title, p.last.Lang, err)
		}
	}
}

// noGlyphs has glyphs for English alone.
type noGlyphs struct{ paper }

func (p *noGlyphs) Print(l pdf.Letter) ([]byte, error) {
	if l.Lang != "en" {
		return nil, &typeset.MissingGlyph{Rune: '通', Lang: l.Lang, Package: "fonts-noto-cjk"}
	}
	return p.paper.Print(l)
}

func TestWithoutAFontTheCoverListIsEnglish(t *testing.T) {
	p := &noGlyphs{}
	if _, err := renderer(t, render.Options{Printer: p}).Cover("ja", example("en").Agency, example("en").Date, nil); err != nil || p.last.Lang != "en" {
		t.Errorf("in %q: %v", p.last.Lang, err)
	}
}
