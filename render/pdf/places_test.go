package pdf_test

import (
	"errors"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"headsup/render/pdf"
	"headsup/render/prose"
	"headsup/render/typeset"
)

var update = flag.Bool("update", false, "write anew where everything stands on the sample pages; look at the pages before you commit it")

// scripts are letters in every script that there are words in, between them in
// every form.
var scripts = []struct {
	lang, form string
	rtl        bool
}{
	{"en", "us-10", false}, {"vi", "us-9", false}, {"bg", "din-5008-b", false}, {"el", "din-5008-a", false},
	{"ar", "sn-010130-right", true}, {"he", "sn-010130-left", true}, {"ja", "jp-nagagata-3", false}, {"ko", "uk-dl", false},
	{"zh-Hans", "nf-z-11-001", false}, {"zh-Hant", "din-5008-a", false}, {"hi", "din-5008-b", false}, {"ta", "uk-dl", false}, {"th", "din-5008-b", false},
	{"fa", "din-5008-a", true}, {"ur", "uk-dl", true}, {"bn", "din-5008-b", false},
}

var naskh, _ = filepath.Glob("/usr/share/fonts/truetype/noto/NotoNaskhArabic-Regular.ttf")

// A page of each script stands as it did when somebody looked at it. The words
// are kept with the places, so that a better translation moves nothing here;
// the fonts for Arabic, and for the last ones, are those of Debian 12.
func TestPagesAsTheyWereLookedAt(t *testing.T) {
	for _, c := range scripts {
		t.Run(c.lang, func(t *testing.T) {
			if c.rtl && c.lang != "he" && len(naskh) == 0 && os.Getenv("HEADSUP_REAL") != "1" {
				t.Skip("without the fonts of Noto, it is set in what is built in")
			}
			got, err := pdf.New(fonts).Places(sheet(t, c.lang, c.form, c.rtl))
			var m *typeset.MissingGlyph
			if errors.As(err, &m) && m.Package != "" && os.Getenv("HEADSUP_REAL") != "1" {
				t.Skip(err)
			}
			if err != nil {
				t.Fatal(err)
			}
			file := filepath.Join("testdata", "pages", c.lang+".txt")
			if *update {
				if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", file, diff)
			}
		})
	}
}

// sheet is the letter whose words are in testdata/pages: the first heading is
// its title, and a line of cells the head of its table.
func sheet(t *testing.T, lang, form string, rtl bool) pdf.Letter {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", "pages", lang+".md"))
	if err != nil {
		t.Fatal(err)
	}
	title, body, _ := strings.Cut(strings.TrimPrefix(string(data), "# "), "\n")
	before, rest, _ := strings.Cut(body, "\n| ")
	head, after, _ := strings.Cut(rest, "\n")
	var b prose.Book
	b.Insert('\ue000', []prose.Block{hosts(7, strings.Split(head, " | ")...)})
	blocks, err := prose.Read(before+"\n\ue000\n"+after, &b)
	if err != nil {
		t.Fatal(err)
	}
	l := sample()
	l.Lang, l.RTL, l.Form, l.Title = lang, rtl, form, title
	l.Parts = []prose.Doc{{Lang: lang, RTL: rtl, Blocks: blocks}}
	return l
}

// widths of the lines that a letter has in a size and font, in millimetres.
func widths(t *testing.T, l pdf.Letter, font string) (all []float64) {
	t.Helper()
	places, err := pdf.New(fonts).Places(l)
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range regexp.MustCompile(`([\d.]+) wide \[`+regexp.QuoteMeta(font)+`\]`).FindAllStringSubmatch(places, -1) {
		w, err := strconv.ParseFloat(m[1], 64)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, w)
	}
	return all
}

func TestNoWordOfATitleStandsAlone(t *testing.T) {
	l := sample()
	l.Title = "Bitte prüfen Sie 192.0.2.7 (+3): offenes Mail-Relay, offener Proxy, offen erreichbarer Dienst"
	l.Parts[0].Blocks = l.Parts[0].Blocks[:1]
	got := widths(t, l, "11.5 LiberationSans-Bold")
	if len(got) != 2 || got[1] < 0.7*got[0] {
		t.Errorf("lines of %v mm", got)
	}
}

// The logo takes its part of a narrow letterhead, and leaves the words theirs.
func TestLogoLeavesRoomForTheLetterhead(t *testing.T) {
	l := sample()
	l.Form = "jp-nagagata-3"
	l.Head.Lines = []string{"1 Example Street", "Exampletown 00000", "Exampleland", "+1 202 555 0100", "notify@agency.example", "https://agency.example"}
	l.Head.Logo = []byte(`<svg xmlns="http://www.w3.org/2000/svg" width="20" height="10"><path d="M0 0L20 0L20 10Z"/></svg>`)
	if got := widths(t, l, "8.5 LiberationSans"); len(got) != 6 {
		t.Errorf("lines of %v mm in full size, want 6 of them", got)
	}
}
