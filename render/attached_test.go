package render_test

import (
	"net/netip"
	"os"
	"slices"
	"strings"
	"testing"

	"headsup/letter"
	"headsup/lookup"
	"headsup/render"
)

// What a letter says of its files is what comes with it, in every language: a
// table that was cut names the file with the rest, and where there is none it
// holds everything.
func TestWordsOfALetterAgreeWithWhatIsAttached(t *testing.T) {
	languages, sets := []string{"en"}, []string{"none", "csv", "xarf pdf"}
	if os.Getenv("HEADSUP_REAL") != "" || os.Getenv("HEADSUP_LONG") != "" {
		languages, sets = builtin(t).Languages(), append(sets, "", "xarf", "pdf", "csv xarf", "csv pdf")
	}
	r := renderer(t, render.Options{Printer: &paper{}})
	for _, lang := range languages {
		for _, customer := range []string{"", "C-1"} {
			for _, set := range sets {
				l := example(lang)
				l.Attachments, l.Customer, l.Findings = set, customer, nil
				for i := range 201 {
					l.Findings = append(l.Findings, relay(netip.AddrFrom4([4]byte{198, 51, 100, byte(i)}).String()))
				}
				out := must(t, r, l)
				_, ps := parts(t, out.Mail)
				var files []string
				for _, p := range ps[2:] {
					files = append(files, strings.TrimSuffix(p.name, "l"))
				}
				if want := filesOf(l); !slices.Equal(files, want) {
					t.Errorf("%s %q %s: attached %q, want %q", lang, set, customer, files, want)
				}
				csv := slices.Contains(files, "findings.csv")
				for _, text := range []string{ps[0].text, ps[1].text} {
					if says := strings.Contains(text, "findings.csv"); says != csv {
						t.Errorf("%s %q %s: the text names findings.csv: %v", lang, set, customer, says)
					}
					if last := strings.Contains(text, "198.51.100.200"); last == csv {
						t.Errorf("%s %q %s: the table has its last row: %v", lang, set, customer, last)
					}
				}
				if customer == "" && len(out.PDF) == 0 {
					t.Errorf("%s %q: no page for the post", lang, set)
				}
			}
		}
	}
}

// filesOf are the names of what comes with an example of many findings.
func filesOf(l letter.Letter) (names []string) {
	for _, f := range []struct{ what, name string }{{lookup.CSV, "findings.csv"}, {lookup.XARF, "xarf.json"}, {lookup.PDF, l.ID + ".pdf"}} {
		if l.Attachments == "" || strings.Contains(l.Attachments, f.what) {
			names = append(names, f.name)
		}
	}
	return names
}

func TestWhatFitsInNoMailIsAttachedAllTheSame(t *testing.T) {
	l := example("en")
	l.Attachments, l.Findings = lookup.NoAttachments, nil
	for i := range 3000 {
		l.Findings = append(l.Findings, relay(netip.AddrFrom4([4]byte{198, 51, byte(i >> 8), byte(i)}).String()))
	}
	out := must(t, renderer(t, render.Options{MaxMail: 400 << 10}), l)
	_, ps := parts(t, out.Mail)
	if len(ps) != 3 || ps[2].name != "findings.csv" || len(out.Warnings) == 0 || !strings.Contains(ps[0].text, "2800 more are listed in findings.csv") {
		t.Errorf("%d parts, %q", len(ps), out.Warnings)
	}
}
