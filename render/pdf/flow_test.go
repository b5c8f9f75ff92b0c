package pdf

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"headsup/render/prose"
	"headsup/render/typeset"
)

func para(text string) prose.Block { return prose.Block{Spans: []prose.Span{{Text: text}}} }

// texts gives back the lines of the body on a page from top to bottom.
func texts(p page, f Form) []string {
	var lines []item
	for _, it := range p {
		if len(it.line.Pieces) > 0 && it.y > 20*mm && it.y < (f.Paper[1]-f.Bottom)*mm {
			lines = append(lines, it)
		}
	}
	slices.SortStableFunc(lines, func(a, b item) int { return int(a.y - b.y) })
	var out []string
	for _, l := range lines {
		var b strings.Builder
		for _, p := range l.line.Pieces {
			b.WriteString(p.String())
		}
		out = append(out, b.String())
	}
	return out
}

// However much stands above, a page ends where a reader would end it.
func TestPagesEndWell(t *testing.T) {
	fonts, err := typeset.Load()
	if err != nil {
		t.Fatal(err)
	}
	long := "two " + strings.Repeat("words and ", 40) + "end"
	english := prose.Doc{Lang: "en", Blocks: []prose.Block{
		para("Dear operator,"), para(long),
		{Kind: prose.Heading, Level: 2, Spans: []prose.Span{{Text: "Heading"}}},
		para("Lead to it:"), {Spans: []prose.Span{{Text: "nmap -p", Code: true}}}, para(long),
		para("Yours faithfully,"), {Spans: []prose.Span{{Text: "Signed A", Break: true}, {Text: "Signed B", Break: true}, {Text: "Signed C", Break: true}, {Text: "Signed D"}}},
	}}
	for n := range 60 {
		first := prose.Doc{Lang: "de"}
		for i := range n {
			first.Blocks = append(first.Blocks, para(fmt.Sprint("Zeile ", i)))
		}
		l := Letter{Form: "din-5008-b", Lang: "de", Parts: []prose.Doc{first, english}}
		f := Forms[l.Form]
		pages, _, err := New(fonts).layout(l, f)
		if err != nil {
			t.Fatal(err)
		}
		for i, p := range pages {
			lines := texts(p, f)
			bad := func(what string) {
				t.Errorf("after %d lines, page %d %s:\n%s", n, i+1, what, strings.Join(lines, "\n"))
			}
			begin, end := lines[0], lines[len(lines)-1]
			if at := slices.Index(lines, "Dear operator,"); at >= 0 && i < len(pages)-1 && len(lines)-at < 6 {
				bad("has only the opening of a part")
			}
			if end == "Heading" || end == "Lead to it:" {
				bad("ends with a line that leads to the next page")
			}
			if begin == "nmap -p" || strings.HasPrefix(begin, "Signed") || begin == "end" {
				bad("begins with a line that belongs to the last page")
			}
			if i > 0 && p[0].rule > 0 && p[0].y < 30*mm && p[0].y > 16*mm {
				bad("begins with a rule")
			}
		}
	}
}

func TestLetterheadKeepsItsOrderInALetterFromTheRight(t *testing.T) {
	fonts, err := typeset.Load()
	if err != nil {
		t.Fatal(err)
	}
	const street = "1 Example Street, Exampletown"
	l := Letter{Form: "din-5008-b", Lang: "ar", RTL: true, Head: Letterhead{Name: "Agency", Lines: []string{street}}}
	pages, _, err := New(fonts).layout(l, Forms[l.Form])
	if err != nil {
		t.Fatal(err)
	}
	var seen []string
	for _, it := range pages[0] {
		var b strings.Builder
		for _, p := range it.line.Pieces {
			b.WriteString(p.String())
		}
		seen = append(seen, b.String())
	}
	if !slices.Contains(seen, street) {
		t.Errorf("the street is not among %q", seen)
	}
}

// A list stays together, and whoever signs has room for it.
func TestListsStayTogetherAndSignaturesHaveRoom(t *testing.T) {
	fonts, err := typeset.Load()
	if err != nil {
		t.Fatal(err)
	}
	list := prose.Block{Kind: prose.List, Items: [][]prose.Block{{para("one")}, {para("two")}, {para("three")}, {para("four")}}}
	for n := range 50 {
		d := prose.Doc{Lang: "en"}
		for i := range n {
			d.Blocks = append(d.Blocks, para(fmt.Sprint("Line ", i)))
		}
		signed := para("Agency")
		signed.Signed = true
		d.Blocks = append(d.Blocks, list, para("Faithfully,"), signed)
		pages, _, err := New(fonts).layout(Letter{Form: "din-5008-b", Lang: "en", Parts: []prose.Doc{d}}, Forms["din-5008-b"])
		if err != nil {
			t.Fatal(err)
		}
		for i, p := range pages {
			lines := texts(p, Forms["din-5008-b"])
			if slices.Contains(lines, "one") != slices.Contains(lines, "four") {
				t.Errorf("after %d lines, the list is on two pages", n)
			}
			at := map[string]float64{}
			for _, it := range p {
				for _, piece := range it.line.Pieces {
					at[piece.String()] = it.y
				}
			}
			if room := at["Agency"] - at["Faithfully,"]; at["Agency"] > 0 && room < 4*bodySize*leading {
				t.Errorf("after %d lines, %.0f points to sign on page %d", n, room, i+1)
			}
		}
	}
}

// What is enclosed is named on the page of the signature; a list begins a page of its own.
// What announces something stays on the page of it.
func TestWhatAnnouncesStaysWithWhatFollows(t *testing.T) {
	paragraph := func(text string) prose.Block {
		return prose.Block{Kind: prose.Paragraph, Spans: []prose.Span{{Text: text}}}
	}
	plain, list := paragraph("Text."), prose.Block{Kind: prose.List}
	for _, c := range []struct {
		text string
		next prose.Block
		want bool
	}{
		{"You may pass this on:", plain, true},
		{"Vous pouvez transmettre\u00a0: ", plain, true},
		{"次の文をお使いください：", plain, true},
		{"You may pass this on.", plain, false},
		{"You may pass this on.", list, true},
	} {
		if leads(paragraph(c.text), c.next) != c.want {
			t.Errorf("%q before %v: want %v", c.text, c.next.Kind, c.want)
		}
	}
	if leads(list, plain) || leads(prose.Block{Kind: prose.Paragraph}, plain) {
		t.Error("a list, or nothing, announces a paragraph")
	}
}

func TestEnclosuresStandBelowTheSignature(t *testing.T) {
	fonts, err := typeset.Load()
	if err != nil {
		t.Fatal(err)
	}
	f := Forms["din-5008-b"]
	for n := range 50 {
		d, signed := prose.Doc{Lang: "en"}, para("Agency")
		for i := range n {
			d.Blocks = append(d.Blocks, para(fmt.Sprint("Line ", i)))
		}
		signed.Signed = true
		d.Blocks = append(d.Blocks, para("Faithfully,"), signed)
		l := Letter{Form: "din-5008-b", Lang: "en", Parts: []prose.Doc{d, {Lang: "fr", Blocks: []prose.Block{para("Bonjour")}}},
			Named:    []prose.Block{{Spans: []prose.Span{{Text: "Enclosures", Strong: true, Break: true}, {Text: "List"}}}},
			Enclosed: []prose.Block{{Kind: prose.Heading, Level: 2, Spans: []prose.Span{{Text: "List"}}}, para("192.0.2.1")}}
		pages, root, err := New(fonts).layout(l, f)
		if err != nil {
			t.Fatal(err)
		}
		var all [][]string
		for _, p := range pages {
			all = append(all, texts(p, f))
		}
		end := len(pages) - 1
		if before := all[end-1]; !slices.Equal(before[len(before)-3:], []string{"Agency", "Enclosures", "List"}) {
			t.Errorf("after %d lines, the page of the signature is %q", n, before)
		}
		if !slices.Equal(all[end][:2], []string{"List", "192.0.2.1"}) || !slices.Contains(all[end], "Bonjour") {
			t.Errorf("after %d lines, the page of the list is %q", n, all[end])
		}
		parts := slices.DeleteFunc(slices.Clone(root.kids), func(n *node) bool { return n.kind != "Part" })
		if len(parts) != 3 {
			t.Errorf("%d parts, want the letter, its list and its other language", len(parts))
		}
	}
}

// Its own patterns part a word that fills a line; no page ends in a part of it.
func TestNoPageEndsInAPartedWord(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "hyph_fr.dic"), []byte("UTF-8\n1ba\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	fonts, err := typeset.Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	seen := 0
	for n := range 60 {
		d := prose.Doc{Lang: "fr"}
		for i := range n {
			d.Blocks = append(d.Blocks, para(fmt.Sprint("Ligne ", i)))
		}
		d.Blocks = append(d.Blocks, para(strings.Repeat("a"+strings.Repeat("ba", 20)+" ", 12)+"fin"), para("Bien"), para("à"), para("vous"))
		pages, _, err := New(fonts).layout(Letter{Form: "din-5008-b", Lang: "fr", Parts: []prose.Doc{d}}, Forms["din-5008-b"])
		if err != nil {
			t.Fatal(err)
		}
		for i, p := range pages {
			lines := texts(p, Forms["din-5008-b"])
			for _, l := range lines {
				if strings.HasSuffix(l, "\u00AD") {
					seen++
				}
			}
			if end := lines[len(lines)-1]; strings.HasSuffix(end, "\u00AD") {
				t.Errorf("after %d lines, page %d ends in %q", n, i+1, end)
			}
		}
	}
	if seen == 0 {
		t.Error("no word was parted")
	}
}

// A paragraph in Japanese does not end in one character on a line of its own.
func TestNoCharacterStandsAlone(t *testing.T) {
	fonts, err := typeset.Load(typeset.SystemDirs...)
	if err != nil {
		t.Fatal(err)
	}
	s := newSetting(fonts, Letter{Lang: "ja"}, Forms["din-5008-b"])
	c := column{setting: s, doc: prose.Doc{Lang: "ja"}, x1: 20 * bodySize, in: newNode("Document")}
	for n := 21; n < 90; n++ {
		boxes, err := c.lines(newNode("P"), []typeset.Run{{Text: strings.Repeat("設", n)}}, bodySize, 0)
		var m *typeset.MissingGlyph
		if errors.As(err, &m) && os.Getenv("HEADSUP_REAL") != "1" {
			t.Skip(err)
		}
		if err != nil {
			t.Fatal(err)
		}
		if last := boxes[len(boxes)-1].items[0].line.Width; last < 1.9*bodySize {
			t.Errorf("%d characters: the last of %d lines is %.1f points wide", n, len(boxes), last)
		}
	}
}
