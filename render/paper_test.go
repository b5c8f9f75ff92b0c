package render_test

import (
	"bytes"
	"fmt"
	"os/exec"
	"strings"
	"testing"

	"headsup/render"
	"headsup/render/pdf"
	"headsup/render/typeset"
)

// printer sets letters in the fonts of the program alone.
func printer(t testing.TB) *pdf.Writer {
	t.Helper()
	fonts, err := typeset.Load()
	if err != nil {
		t.Fatal(err)
	}
	return pdf.New(fonts)
}

func TestHostileValuesOnPaper(t *testing.T) {
	r := renderer(t, render.Options{Printer: printer(t), Site: "https://advice.example.org"})
	for _, v := range hostile {
		l := poisoned(v)
		l.Agency = example("en").Agency // a glyph that is missing in our own words is an error
		out := must(t, r, l)
		if !bytes.HasPrefix(out.PDF, []byte("%PDF-")) {
			t.Errorf("%.30q: no PDF", v)
		}
	}
}

// The page says what the mail says.
func TestPageReadsLikeTheMail(t *testing.T) {
	reader := program(t, "pdftotext")
	r := renderer(t, render.Options{Printer: printer(t), Site: "https://advice.example.org"})
	words := func(s string) string {
		return strings.Join(strings.FieldsFunc(s, func(r rune) bool { return strings.ContainsRune(" \n\f\u00a0`-", r) }), "")
	}
	for _, lang := range []string{"en", "de", "fr", "es"} {
		l := example(lang)
		l.To.Org = "<b>**Provider**</b> & {{.Code}} (x)"
		out := must(t, r, l)
		cmd := exec.Command(reader, "-layout", "-", "-")
		cmd.Stdin = bytes.NewReader(out.PDF)
		page, err := cmd.Output()
		if err != nil {
			t.Fatal(err)
		}
		_, ps := parts(t, out.Mail)
		printed := words(string(page))
		for _, paragraph := range strings.Split(ps[0].text, "\n\n") {
			for line := range strings.Lines(paragraph) { // a page break may stand between two lines
				if !strings.Contains(printed, words(line)) {
					t.Errorf("%s: the page does not say %q", lang, line)
				}
			}
		}
		for _, want := range []string{l.ID, l.Code, l.To.Org, l.To.Address[0]} {
			if !strings.Contains(printed, words(want)) {
				t.Errorf("%s: the page does not say %q", lang, want)
			}
		}
		if want := words(fmt.Sprintf("%s/verify/%s-%s", "https://advice.example.org", l.ID, l.Code)); !strings.Contains(printed, want) {
			t.Errorf("%s: the page does not say %s", lang, want)
		}
	}
}
