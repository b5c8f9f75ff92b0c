package render_test

import (
	"bytes"
	"errors"
	"fmt"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"testing"

	"headsup/letter"
	"headsup/lookup"
	"headsup/render"
	"headsup/render/pdf"
	"headsup/render/typeset"
)

// paper records what it is asked to print.
type paper struct {
	mu   sync.Mutex
	last pdf.Letter
	err  error
	// narrow is what keeps the address from the window.
	narrow error
}

func (p *paper) Print(l pdf.Letter) ([]byte, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.last = l
	return []byte("%PDF-1.7 " + l.Title), p.err
}

func (p *paper) Window(l pdf.Letter) ([]string, error) { return slices.Concat(l.To...), p.narrow }

// printer sets letters in the fonts of the program alone.
func printer(t testing.TB) *pdf.Writer {
	t.Helper()
	fonts, err := typeset.Load()
	if err != nil {
		t.Fatal(err)
	}
	return pdf.New(fonts)
}

// systemPrinter has the fonts of the machine as well.
func systemPrinter(t testing.TB) *pdf.Writer {
	t.Helper()
	fonts, err := typeset.Load(typeset.SystemDirs...)
	if err != nil {
		t.Fatal(err)
	}
	return pdf.New(fonts)
}

// The page says what the mail says.
func TestPageReadsLikeTheMail(t *testing.T) {
	reader := program(t, "pdftotext")
	r := renderer(t, render.Options{Printer: printer(t), Site: "https://advice.example.org"})
	words := func(s string) string {
		return strings.Join(strings.FieldsFunc(s, func(r rune) bool { return strings.ContainsRune(" \n\f\u00a0`-=", r) }), "")
	}
	// halves reports whether both halves of a line are there, which a page break parts.
	halves := func(printed, line string) bool {
		for i := range line {
			if strings.Contains(printed, line[:i]) && strings.Contains(printed, line[i:]) {
				return true
			}
		}
		return false
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
		breaks := strings.Count(string(page), "\f") - 1
		for _, paragraph := range strings.Split(ps[0].text, "\n\n")[1:] { // a page has a letterhead of its own
			for line := range strings.Lines(paragraph) {
				if strings.Contains(printed, words(line)) {
					continue
				}
				if breaks--; breaks < 0 || !halves(printed, words(line)) {
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

func TestPDF(t *testing.T) {
	p := &paper{}
	out := must(t, renderer(t, render.Options{Printer: p, Site: "https://advice.example.org/"}), example("en"))
	_, ps := parts(t, out.Mail)
	if last := ps[len(ps)-1]; last.name != "relay26-k3v9xq2m7d.pdf" || last.kind != "application/pdf" || last.text != string(out.PDF) {
		t.Errorf("the last part is %v", last)
	}
	if want := "https://advice.example.org/verify/relay26-k3v9xq2m7d-7k3q-9xmd"; p.last.Verify != want {
		t.Errorf("verify at %s, want %s", p.last.Verify, want)
	}
	p.err = fmt.Errorf("letter %q: %w", "x", &typeset.MissingGlyph{Rune: '通', Lang: "ja", Package: "fonts-noto-cjk"})
	if _, err := renderer(t, render.Options{Printer: p}).Render(example("en")); !errors.Is(err, p.err) {
		t.Errorf("a font is missing: %v", err)
	}
	out = must(t, renderer(t, render.Options{Printer: p, MailWithoutPDF: true}), example("en"))
	if _, ps := parts(t, out.Mail); len(out.PDF) != 0 || len(out.Warnings) != 1 || !strings.Contains(out.Warnings[0], "fonts-noto-cjk") || strings.HasSuffix(ps[len(ps)-1].name, ".pdf") {
		t.Errorf("a font is missing: %q", out.Warnings)
	}
	p.err = errors.New("no such form")
	if _, err := renderer(t, render.Options{Printer: p, MailWithoutPDF: true}).Render(example("en")); err == nil {
		t.Error("a letter goes without its PDF although no font is missing")
	}
}

func TestACustomersLetterHasAPageWhereSomebodyGetsIt(t *testing.T) {
	for _, c := range []struct {
		name, attachments string
		paper, agency     bool
		want              bool
	}{
		{name: "by mail alone", attachments: lookup.CSV},
		{name: "by mail that brings it", attachments: "csv pdf", want: true},
		{name: "on paper", attachments: lookup.CSV, paper: true, want: true},
		{name: "an agency's may go by post beside the mail", attachments: lookup.CSV, agency: true, want: true},
	} {
		t.Run(c.name, func(t *testing.T) {
			l := example("en")
			if l.Attachments, l.Paper, l.Customer = c.attachments, c.paper, "4711"; c.agency {
				l.Customer = ""
			}
			if out := must(t, renderer(t, render.Options{Printer: &paper{}}), l); len(out.PDF) > 0 != c.want {
				t.Errorf("a page of %d bytes", len(out.PDF))
			}
		})
	}
}

func TestWindow(t *testing.T) {
	p := &paper{}
	r := renderer(t, render.Options{Printer: p})
	german := letter.Agency{ID: "bnetz", Name: "Bundesstelle", Countries: []string{"DE", "AT"}, Address: []string{"Bundesstelle", "Musterstraße 1", "12345 Musterstadt", "Deutschland"}, From: "hinweise@example.org"}
	french := letter.Agency{ID: "arsn", Name: "Agence", Languages: []string{"fr"}, Address: []string{"Agence", "1 rue de l'Exemple", "France"}, From: "avis@example.org"}
	for _, c := range []struct {
		name   string
		to     lookup.Contact
		agency letter.Agency
		want   []string
	}{
		{"a letter at home has no country", lookup.Contact{Org: "Provider GmbH", Address: []string{"Musterweg 5", "12345 Musterstadt"}, Country: "DE"}, german,
			[]string{"Provider GmbH", "Musterweg 5", "12345 Musterstadt"}},
		{"a letter abroad ends with the country, in the sender's language", lookup.Contact{Org: "Provider GmbH", Address: []string{"Musterweg 5", "1010 Wien"}, Country: "AT"}, german,
			[]string{"Provider GmbH", "Musterweg 5", "1010 Wien", "ÖSTERREICH"}},
		{"French for a French agency", lookup.Contact{Org: "Provider GmbH", Name: "Abuse Desk", Address: []string{"Musterweg 5"}, Country: "DE"}, french,
			[]string{"Provider GmbH", "Abuse Desk", "Musterweg 5", "ALLEMAGNE"}},
		{"an unknown country of nobody's registry is at home", lookup.Contact{Org: "Provider GmbH", Address: []string{"Musterweg 5"}, Country: "ZZ9"}, german,
			[]string{"Provider GmbH", "Musterweg 5"}},
		{"no line is lost", lookup.Contact{Org: "O", Name: "N", Address: []string{"1", "2", "3", "4", "5"}, Country: "FR"}, german,
			[]string{"O", "N", "1", "2", "3", "4", "5", "FRANKREICH"}},
		{"without a postal address, the mailbox", lookup.Contact{Org: "Provider GmbH", Country: "DE"}, german,
			[]string{"Provider GmbH", "abuse@provider.example"}},
		{"name and organisation alike stand once", lookup.Contact{Org: "Provider GmbH", Name: "Provider GmbH", Address: []string{"Musterweg 5"}, Country: "DE"}, german,
			[]string{"Provider GmbH", "Musterweg 5"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			l := example("en")
			c.to.Email = l.To.Email
			l.To, l.Agency = c.to, c.agency
			must(t, r, l)
			if got, want := strings.Join(slices.Concat(append(p.last.To, p.last.Instead)...), "|"), strings.Join(c.want, "|"); got != want {
				t.Errorf("window %s, want %s", got, want)
			}
		})
	}
}

func TestFontsAreTriedBeforeTheFirstLetter(t *testing.T) {
	missing := &typeset.MissingGlyph{}
	broken := printerFunc(func(l pdf.Letter) ([]byte, error) {
		if l.Lang == "ja" {
			return nil, missing
		}
		return nil, nil
	})
	r := renderer(t, render.Options{Printer: broken})
	agency := example("en").Agency
	if err := r.TryFonts("de", agency, nil); err != nil {
		t.Error(err)
	}
	if err := r.TryFonts("ja", agency, nil); !errors.Is(err, missing) || !strings.Contains(err.Error(), `"oca" in "ja"`) {
		t.Error(err)
	}
	if err := renderer(t, render.Options{Printer: broken, MailWithoutPDF: true}).TryFonts("ja", agency, nil); err != nil {
		t.Error(err)
	}
	agency.Name = "\U00013000" // an Egyptian hieroglyph
	if err := renderer(t, render.Options{Printer: printer(t)}).TryFonts("en", agency, nil); !errors.As(err, &missing) {
		t.Errorf("%v, want a glyph that is missing", err)
	}
}

type printerFunc func(pdf.Letter) ([]byte, error)

func (f printerFunc) Print(l pdf.Letter) ([]byte, error)    { return f(l) }
func (f printerFunc) Window(l pdf.Letter) ([]string, error) { return nil, nil }

func TestCoSponsorsAreNamedBelowTheSignature(t *testing.T) {
	l := example("de", "en")
	l.CoSponsors = []string{"Agence <b>", "Autorità"}
	_, ps := parts(t, must(t, renderer(t, render.Options{}), l).Mail)
	for _, label := range []string{"Unterstützende Stellen:", "Supporting organisations:"} {
		if !strings.Contains(ps[0].text, "\n"+label+" Agence <b> · Autorità\n") {
			t.Errorf("not named behind %q:\n%s", label, ps[0].text)
		}
	}
	if !strings.Contains(ps[1].text, ">Unterstützende Stellen: Agence &lt;b&gt; · Autorità</p>") {
		t.Error(ps[1].text)
	}
}

// One more letter changes no other, and what was written before changes nothing.
func TestAPageIsTheSameWhateverIsWrittenBefore(t *testing.T) {
	first, second := renderer(t, render.Options{Printer: printer(t)}), renderer(t, render.Options{Printer: printer(t)})
	other := example("de")
	other.To.Org, other.Agency.Mandates = "Ж", map[string]string{"de": "Ж"}
	want := must(t, first, example("de")).PDF
	must(t, second, other)
	must(t, second, example("en"))
	if got := must(t, second, example("de")).PDF; !bytes.Equal(got, want) {
		t.Error("the page depends on the letters before it")
	}
}
