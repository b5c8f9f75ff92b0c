package render_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/google/go-cmp/cmp"

	"headsup/letter"
	"headsup/lookup"
	"headsup/render"
	"headsup/render/pdf"
	"headsup/render/typeset"
)

var agencies = map[string]letter.Agency{
	"us-10": {ID: "oca", Name: "Office for Example Networks", Address: []string{"1 Example Street", "Springfield, IL 62701", "United States"}, From: "notices@example.org"},
	"":      {ID: "bfb", Name: "Bundesstelle für Beispielnetze", Address: []string{"Musterallee 12", "53113 Bonn", "Deutschland"}, From: "hinweise@example.org"},
}

// addressed is a letter to a contact in an envelope of a form.
func addressed(c lookup.Contact, form string) letter.Letter {
	l := example("en")
	l.To = c
	a, ok := agencies[form]
	if !ok {
		a = agencies[""]
	}
	l.Agency = a
	l.Agency.Form = form
	return l
}

// noFont skips what this machine has no fonts for.
func noFont(t *testing.T, err error) bool {
	t.Helper()
	var glyph *typeset.MissingGlyph
	return errors.As(err, &glyph) && glyph.Package != "" && os.Getenv("HEADSUP_REAL") != "1"
}

// words are what stands between spaces and commas, sorted.
func words(lines ...string) []string {
	all := strings.FieldsFunc(strings.Join(lines, " "), func(r rune) bool { return unicode.IsSpace(r) || strings.ContainsRune(",،;", r) })
	slices.Sort(all)
	return all
}

// Every word of an address is in the window, in the window of every envelope,
// and only the country's name gives way to the one that the sender's post reads.
func TestEveryWordOfAnAddressIsInTheWindow(t *testing.T) {
	r := renderer(t, render.Options{Printer: systemPrinter(t)})
	countries := map[string]bool{}
	for _, c := range addresses {
		countries[c.Country] = true
		for _, form := range slices.Sorted(maps.Keys(pdf.Forms)) {
			l := addressed(c, form)
			rows, err := r.Window(l)
			if noFont(t, err) {
				continue
			}
			if err != nil {
				t.Errorf("%s, %q: %v", form, c.Address, err)
				continue
			}
			got, missing := words(rows...), []string(nil)
			for _, w := range words(strings.Join(append([]string{c.Org, c.Name}, c.Address...), "\n")) {
				i, found := slices.BinarySearch(got, w)
				if !found {
					missing = append(missing, w)
					continue
				}
				got = slices.Delete(got, i, i+1)
			}
			if extra := strings.Join(missing, " "); extra != "" && !slices.Contains(namesOfCountries, extra) {
				t.Errorf("%s, %q: not in the window: %q\n%s", form, c.Address, extra, strings.Join(rows, "\n"))
			}
			line := letter.CountryLine(country(c), l.Agency)
			if rest := strings.Join(got, " "); line == "" && !slices.Contains([]string{"", "収", "收", "御中", "様", "귀중", "귀하"}, rest) {
				t.Errorf("%s, %q: besides, in the window: %q", form, c.Address, rest)
			}
			if line != "" && rows[len(rows)-1] != line {
				t.Errorf("%s, %q: the window ends with %q", form, c.Address, rows[len(rows)-1])
			}
		}
	}
	if len(addresses) < 60 || len(countries) < 30 {
		t.Errorf("%d addresses of %d countries", len(addresses), len(countries))
	}
}

// namesOfCountries are what the sender's post does not need to read, as words.
var namesOfCountries = []string{"", "العربية المتحدة الإمارات", "الإمارات العربية المتحدة", "Argentina", "Österreich", "Australia", "/ / Belgien Belgique België", "Brasil", "Canada",
	"Schweiz", "/ / Schweiz Suisse Svizzera", "China P.R.", "republika Česká", "GERMANY", "مصر", "España", "FRANCE", "Kingdom United", "Greece", "Hong Kong", "Magyarország",
	"ישראל", "Italia", "Japan", "Korea Republic of", "México", "Россия", "ประเทศไทย", "Türkiye", "America States United of", "Deutschland", "100-0005 〒", "〒100-0005"}

func country(c lookup.Contact) string {
	if c.Country == "" {
		return "DE"
	}
	return c.Country
}

// The windows show what they did when somebody read them: five rows from the
// United States, and six from Germany.
func TestWindowsAsTheyWereReadLast(t *testing.T) {
	r := renderer(t, render.Options{Printer: systemPrinter(t)})
	for _, form := range []string{"us-10", "din-5008-b"} {
		t.Run(form, func(t *testing.T) {
			var b strings.Builder
			for _, c := range addresses {
				rows, err := r.Window(addressed(c, form))
				if noFont(t, err) {
					t.Skip(err)
				}
				if err != nil {
					rows = []string{err.Error()}
				}
				fmt.Fprintf(&b, "%s: %s\n\t%s\n", c.Country, strings.Join(c.Address, " | "), strings.Join(rows, "\n\t"))
			}
			file := filepath.Join("testdata", "windows", form+".txt")
			if *update {
				if err := os.WriteFile(file, []byte(b.String()), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), b.String()); diff != "" {
				t.Errorf("%s (-want +got):\n%s", file, diff)
			}
		})
	}
}

// printedIn are the words of a printed letter that lie in its window, row by row.
func printedIn(t *testing.T, page []byte, form string) string {
	t.Helper()
	reader := program(t, "pdftotext")
	file := filepath.Join(t.TempDir(), "letter.pdf")
	if err := os.WriteFile(file, page, 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command(reader, "-l", "1", "-bbox", file, "-").Output()
	if err != nil {
		t.Fatal(err)
	}
	w := pdf.Forms[form].Window
	var b strings.Builder
	row := -1.0
	for _, m := range box.FindAllStringSubmatch(string(out), -1) {
		var v [4]float64
		for i := range v {
			fmt.Sscan(m[i+1], &v[i])
			v[i] *= 25.4 / 72
		}
		if v[0] < w.X || v[2] > w.X+w.W || v[1] < w.Y || v[3] > w.Y+w.H+0.5 {
			continue
		}
		if v[1] != row {
			b.WriteString("\n")
		} else {
			b.WriteString(" ")
		}
		row = v[1]
		b.WriteString(unescape.Replace(m[5]))
	}
	return b.String()
}

var (
	box      = regexp.MustCompile(`<word xMin="([\d.-]+)" yMin="([\d.-]+)" xMax="([\d.-]+)" yMax="([\d.-]+)">([^<]*)</word>`)
	unescape = strings.NewReplacer("&amp;", "&", "&lt;", "<", "&gt;", ">", "&quot;", `"`, "&apos;", "'", "&#39;", "'")
)

// What stands in the window is read there by another program.
func TestPrintedWindows(t *testing.T) {
	if os.Getenv("HEADSUP_REAL") != "1" {
		t.Skip("prints sixty letters: HEADSUP_REAL=1")
	}
	r := renderer(t, render.Options{Printer: systemPrinter(t)})
	forms := slices.Sorted(maps.Keys(pdf.Forms))
	for i, c := range addresses {
		l := addressed(c, forms[i%len(forms)])
		out := must(t, r, l)
		if _, err := r.Postable(l, out); err != nil {
			t.Errorf("%q: %v", c.Address, err)
		}
		rows, err := r.Window(l)
		if err != nil {
			t.Error(err)
			continue
		}
		text := strings.Join(strings.Fields(printedIn(t, out.PDF, l.Agency.Form)), " ")
		for _, row := range rows {
			if rightToLeft.MatchString(row) {
				continue // comes back in pieces
			}
			if !strings.Contains(text, row) {
				t.Errorf("%s, %q: %q is not in the window: %s", l.Agency.Form, c.Address, row, text)
			}
		}
	}
}

var rightToLeft = regexp.MustCompile(`[\p{Arabic}\p{Hebrew}]`)

// cases are addresses that others thought of, and what has to be in the window.
func TestWindowsOfTheCases(t *testing.T) {
	const dir = "../../shared/cases/paper"
	data, err := os.ReadFile(filepath.Join(dir, "addresses.json"))
	if err != nil {
		t.Skipf("no cases here: %v", err)
	}
	var cases []struct {
		ID, Form, Org, Name, Country string
		Lines                        []string
	}
	if err := json.Unmarshal(data, &cases); err != nil {
		t.Fatal(err)
	}
	table, err := os.ReadFile(filepath.Join(dir, "expected.tsv"))
	if err != nil {
		t.Fatal(err)
	}
	mustShow := map[string][]string{}
	for line := range strings.Lines(string(table)) {
		if cols := strings.Split(strings.TrimSpace(line), "\t"); len(cols) > 1 && cols[0] != "id" {
			mustShow[cols[0]] = strings.Split(cols[1], " | ")
		}
	}
	r := renderer(t, render.Options{Printer: systemPrinter(t)})
	for _, c := range cases {
		t.Run(c.ID, func(t *testing.T) {
			l := addressed(to(c.Country, c.Org, c.Name, c.Lines...), c.Form)
			rows, err := r.Window(l)
			if err != nil {
				t.Fatal(err)
			}
			text := strings.Join(rows, "\n")
			if os.Getenv("HEADSUP_REAL") == "1" {
				text = printedIn(t, must(t, r, l).PDF, c.Form)
			}
			if len(mustShow[c.ID]) == 0 {
				t.Error("nothing is expected")
			}
			for _, want := range mustShow[c.ID] {
				if !strings.Contains(text, want) {
					t.Errorf("%q is not in the window:\n%s", want, text)
				}
			}
		})
	}
}

// A letter that cannot go by post goes by mail, and says why.
func TestLettersThatAreNotForThePost(t *testing.T) {
	room := &pdf.NoRoom{Form: "us-10", Rows: 9, Most: 7}
	disk := errors.New("the font is on a disk that is gone")
	for _, c := range []struct {
		name    string
		change  func(l *letter.Letter)
		narrow  error // what keeps the address from the window
		warning string
		to      string // in the window
		fails   bool
	}{
		{"one with an address is", func(*letter.Letter) {}, nil, "", "Example Networks|Abuse Desk|12 Sample Road|Exampletown 00000|UNITED STATES", false},
		{"of one without nobody is warned", func(l *letter.Letter) { l.To.Address = nil }, nil, "", "Example Networks|Abuse Desk|abuse@example.net", false},
		{"no room", func(*letter.Letter) {}, room, `not for the post: the address takes 9 rows of 8 points, the window of "us-10" has 7`, "Example Networks|Abuse Desk|abuse@example.net", false},
		{"no font", func(*letter.Letter) {}, &typeset.MissingGlyph{Rune: '東', Lang: "de", Package: "fonts-noto-cjk"}, "not for the post: ", "Example Networks|Abuse Desk|abuse@example.net", false},
		{"no country", func(l *letter.Letter) { l.To.Country, l.To.Rule = "", "network-abuse" }, nil, "not for the post: " + letter.ErrNoCountry.Error(), "Example Networks|Abuse Desk|abuse@example.net", false},
		{"a line too long to be whole", func(l *letter.Letter) { l.To.Address = []string{strings.Repeat("a", 200)} }, nil, "not for the post: " + letter.ErrCut.Error(), "Example Networks|Abuse Desk|abuse@example.net", false},
		{"a name twice is there once", func(l *letter.Letter) { l.To.Address, l.To.Name = nil, l.To.Org }, nil, "", "Example Networks|abuse@example.net", false},
		{"what is not the letter's fault ends it", func(*letter.Letter) {}, disk, "", "", true},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := &paper{narrow: c.narrow}
			l := addressed(to("US", "Example Networks", "Abuse Desk", "12 Sample Road", "Exampletown 00000"), "din-5008-b")
			l.Agency.Address[2] = "Canada"
			c.change(&l)
			out, err := renderer(t, render.Options{Printer: p}).Render(l)
			if c.fails {
				if !errors.Is(err, c.narrow) {
					t.Errorf("%v, want %v", err, c.narrow)
				}
				return
			}
			if err != nil || len(out.PDF) == 0 || len(out.Mail) == 0 {
				t.Fatalf("%v; page of %d bytes, mail of %d", err, len(out.PDF), len(out.Mail))
			}
			if got := strings.Join(slices.Concat(append(p.last.To, p.last.Instead)...), "|"); got != c.to {
				t.Errorf("in the window %q, want %q", got, c.to)
			}
			if got := strings.Join(out.Warnings, "|"); !strings.HasPrefix(got, c.warning) || (got == "") != (c.warning == "") {
				t.Errorf("warnings %q, want %q", got, c.warning)
			}
		})
	}
}

func TestPostable(t *testing.T) {
	on := renderer(t, render.Options{Printer: printer(t)})
	l := addressed(to("AT", "Beispielnetz GmbH", "", "Beispielgasse 12", "1010 Wien"), "din-5008-b")
	written := must(t, on, l)
	far := l
	far.To.Address = slices.Repeat([]string{strings.Repeat("w", 100)}, 12)
	mailbox := must(t, on, far)
	mute := l
	mute.Languages = nil
	for _, c := range []struct {
		name string
		r    *render.Renderer
		l    letter.Letter
		as   letter.Rendered
		want string
	}{
		{"a page with its address", on, l, written, ""},
		{"a house without pages", renderer(t, render.Options{}), l, written, "no page: the letter was written without its PDF"},
		{"a letter without its page", on, l, letter.Rendered{}, "no page: the letter was written without its PDF"},
		{"a letter in no language", on, mute, written, "no page: the letter was written without its PDF"},
		{"no address", on, letter.Letter{Languages: []string{"en"}, Agency: l.Agency}, written, "no postal address"},
		{"no room", on, far, mailbox, `the address takes 38 rows of 8 points, the window of "din-5008-b" has 8`},
		{"a page of the time when there was none", on, l, mailbox, "its page was written with the mailbox in the window, when the address could not be printed"},
		{"a page of another program", on, l, letter.Rendered{PDF: []byte("%PDF-1.7")}, pdf.ErrForeign.Error()},
	} {
		t.Run(c.name, func(t *testing.T) {
			a, err := c.r.Postable(c.l, c.as)
			if c.want == "" {
				if err != nil || a.Country != "AT" || a.Postcode != "1010" {
					t.Errorf("%+v: %v", a, err)
				}
				return
			}
			if err == nil || err.Error() != c.want || a.Country != "" {
				t.Errorf("%v, want %s", err, c.want)
			}
		})
	}
}
