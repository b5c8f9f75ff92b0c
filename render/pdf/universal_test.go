package pdf_test

import (
	"errors"
	"os"
	"slices"
	"strings"
	"testing"

	"headsup/render/pdf"
	"headsup/render/prose"
	"headsup/render/typeset"
)

// Everybody can read a letter: in every script, short and long, as it stands
// and with English below.
func TestPagesAreForEverybody(t *testing.T) {
	if testing.Short() {
		t.Skip("nothing runs side by side here, and it is long")
	}
	wr := pdf.New(fonts)
	for _, c := range scripts {
		for _, rows := range []int{1, 150} {
			l := sheet(t, c.lang, c.form, c.rtl)
			l.Caption = "QR"
			l.Parts = append(l.Parts, sample().Parts[0])
			i := slices.IndexFunc(l.Parts[0].Blocks, func(b prose.Block) bool { return b.Kind == prose.Table })
			l.Parts[0].Blocks[i] = hosts(rows, "A", "B", "C", "D")
			file, err := wr.Print(l)
			var m *typeset.MissingGlyph
			if errors.As(err, &m) && m.Package != "" && os.Getenv("HEADSUP_REAL") != "1" {
				continue
			}
			if err != nil {
				t.Fatal(err)
			}
			faults, err := pdf.Faults(file)
			if err != nil || len(faults) > 0 {
				t.Errorf("%s with %d hosts: %v\n%s", c.lang, rows, err, strings.Join(faults[:min(len(faults), 20)], "\n"))
			}
		}
	}
}

// What stands in a letter's structure is what a program reads aloud.
func TestStructureIsReadAloud(t *testing.T) {
	l := sample()
	l.Caption = "Verify this letter"
	l.Parts = append(l.Parts, prose.Doc{Lang: "de", Blocks: []prose.Block{text("Guten Tag")}})
	got := tool(t, l, "pdfinfo", "-struct-text", "FILE")
	at := 0
	for _, want := range []string{"Document", "Example GmbH", "H1", "Exposed services", "Part", "Dear Sir", "Link", "our page", "H2", "What to do",
		"LI", "Lbl", "1.", "LBody", "Close the port.", "Table", "TH", "/Scope /Column", "Address", "TD", "192.0.2.0", "Guten Tag", "Figure", "Verify this letter"} {
		i := strings.Index(got[at:], want)
		if i < 0 {
			t.Fatalf("no %q behind\n%s\nin\n%s", want, got[:at], got[at:])
		}
		at += i
	}
}

// One more letter changes no other, and what is set before changes nothing.
func TestLettersOfAStockAreEachTheirOwn(t *testing.T) {
	like := func(n int) pdf.Letter {
		l := sample()
		l.ID = strings.Repeat("x", n)
		l.To = [][]string{{strings.Repeat("Ж", n)}, {"Zürich"}}
		l.Alike = pdf.Stock{Key: "agency", Samples: func() []pdf.Letter { return []pdf.Letter{sample()} }}
		return l
	}
	one, two := pdf.New(fonts), pdf.New(fonts)
	print := func(wr *pdf.Writer, n int) string {
		file, err := wr.Print(like(n))
		if err != nil {
			t.Fatal(err)
		}
		return string(file)
	}
	first, second := print(one, 1), print(one, 2)
	if print(two, 2) != second || print(two, 1) != first {
		t.Error("the bytes depend on what was written before")
	}
	begins := 0
	for begins < len(first) && first[begins] == second[begins] {
		begins++
	}
	if begins < len(first)/2 {
		t.Errorf("they have %d of %d bytes in common", begins, len(first))
	}
	if faults, err := pdf.Faults([]byte(first)); err != nil || len(faults) > 0 {
		t.Errorf("%v %q", err, faults)
	}
}
