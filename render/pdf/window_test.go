package pdf_test

import (
	"errors"
	"fmt"
	"math"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode"

	"headsup/render/pdf"
	"headsup/render/typeset"
)

// blocks reads "a|b / c": two lines of one block, and one of another.
func blocks(s string) (to [][]string) {
	for b := range strings.SplitSeq(s, " / ") {
		to = append(to, strings.Split(b, "|"))
	}
	return to
}

func TestWindow(t *testing.T) {
	w := func(n int) string { return strings.Repeat("w", n) } // 7.6 points wide in size 10.5
	for _, c := range []struct {
		name, form, to, rows string
		size                 float64
	}{
		{"six lines have a row each", "din-5008-b", "A|B / C|D / E / F", "A|B|C|D|E|F", 10.5},
		{"seven are a little smaller", "din-5008-b", "A|B / C|D|E / F / G", "A|B|C|D|E|F|G", 9},
		{"eight share rows, in the block with the most", "din-5008-b", "A|B / C|D|E|F / G / H", "A|B|C, D|E, F|G|H", 10.5},
		{"blocks share none", "din-5008-b", "A / B / C / D / E / F / G / H", "A|B|C|D|E|F|G|H", 8},
		{"those share that take the least room", "us-10", "A / Bbbb|Cc|Dd|Eeee / F / G", "A|Bbbb, Cc, Dd|Eeee|F|G", 10.5},
		{"or are a little smaller, if that is enough", "us-10", "A / Bbbb|Cc|Dd / F / G", "A|Bbbb|Cc|Dd|F|G", 9.5},
		{"and go on as long as it is needed", "us-10", "A|B|C|D|E|F|G|H|I|J|K|L", "A, B|C, D|E, F|G, H|I, J, K, L", 10.5},
		{"an empty line is none", "us-10", "|A| / | /  / B|", "A|B", 10.5},
		{"a window of five rows", "us-10", "A / B / C / D / E", "A|B|C|D|E", 10.5},
		{"and a sixth", "us-10", "A / B / C / D / E / F", "A|B|C|D|E|F", 9.5},

		{"a line that is a little too long makes all of them smaller", "din-5008-b", w(30) + " / B", w(30) + "|B", 10},
		{"what is too long for that goes on below", "din-5008-b", w(20) + " " + w(20) + " / B", w(20) + "|" + w(20) + "|B", 10.5},
		{"behind a comma if it can", "din-5008-b", w(15) + ", a b c d " + w(20) + " / B", w(15) + ",|a b c d " + w(20) + "|B", 10.5},
		{"but not for a row that is nearly empty", "din-5008-b", "a, b c d e " + w(15) + " " + w(20) + " / B", "a, b c d e " + w(15) + "|" + w(20) + "|B", 10.5},
		{"a word without end is parted", "din-5008-b", w(40) + " / B", w(29) + "|" + w(11) + "|B", 10.5},
		{"and what is parted may share a row", "us-10", w(50) + "|C / B|D|E|F", w(38) + "|" + w(12) + ", C|B|D|E, F", 10.5},
	} {
		t.Run(c.name, func(t *testing.T) {
			l := sample()
			l.Form, l.To = c.form, blocks(c.to)
			rows, err := pdf.New(fonts).Window(l)
			if err != nil {
				t.Fatal(err)
			}
			if got := strings.Join(rows, "|"); got != c.rows {
				t.Errorf("rows %q, want %q", got, c.rows)
			}
			spots := inWindow(t, l)
			if len(spots) != len(rows) {
				t.Errorf("%d lines are printed, want %d", len(spots), len(rows))
			}
			for i, s := range spots {
				if s.size != c.size || s.text != strings.ReplaceAll(rows[i], " ", "") {
					t.Errorf("%q in size %v, want %q in %v", s.text, s.size, rows[i], c.size)
				}
			}
		})
	}
}

// A spot is a line in or around the window.
type spot struct {
	x, y, width float64 // millimetres; y of the base line
	size        float64
	text        string // as it is seen from left to right, without spaces
}

var placed = regexp.MustCompile(`^ *([\d.-]+) +([\d.-]+)  ([\d.]+) wide \[([\d.]+) [^\]]*\](.*)$`)

// spots lists the lines of the first page down to where its text begins.
func spots(t *testing.T, l pdf.Letter) (all []spot) {
	t.Helper()
	places, err := pdf.New(fonts).Places(l)
	if err != nil {
		t.Fatal(err)
	}
	first, _, _ := strings.Cut(places, "page 2")
	for line := range strings.Lines(first) {
		m := placed.FindStringSubmatch(strings.TrimRight(line, "\n"))
		if m == nil {
			continue
		}
		var v [4]float64
		for i := range v {
			if v[i], err = strconv.ParseFloat(m[i+1], 64); err != nil {
				t.Fatal(err)
			}
		}
		s := spot{v[0], v[1], v[2], v[3], strings.ReplaceAll(fontOf.ReplaceAllString(m[5], ""), " ", "")}
		if s.y < pdf.Forms[l.Form].Body {
			all = append(all, s)
		}
	}
	return all
}

var fontOf = regexp.MustCompile(`\[[^\]]*\]`)

// inWindow lists those of the address, which stand below the return line.
func inWindow(t *testing.T, l pdf.Letter) (all []spot) {
	t.Helper()
	f := pdf.Forms[l.Form]
	for _, s := range spots(t, l) {
		if w := f.Window; s.x >= w.X && s.x < w.X+w.W && s.y > w.Y+f.ReturnZone && s.y < w.Y+w.H {
			all = append(all, s)
		}
	}
	return all
}

func TestRowsReadInTheirOwnDirection(t *testing.T) {
	for _, c := range []struct {
		name, to, rows, seen string
		right                bool // the rows end at the right edge
	}{
		{"from left to right", "Unit 5|12 Example St|Park / Town", "Unit 5|12 Example St|Park|Town", "Unit5|12ExampleSt|Park|Town", false},
		{"a number stays with its street in the letters of another", "شارع المثال 12 / القاهرة 11511", "شارع المثال 12|القاهرة 11511", "12لاثملاعراش|11511ةرهاقلا", true},
		{"also where it comes first", "12 شارع المثال / القاهرة", "12 شارع المثال|القاهرة", "لاثملاعراش12|ةرهاقلا", true},
		{"lines that share a row do so in the order in which they are read", "رقم 1|شارع 2|رقم 3|شارع 4|رقم 5|شارع 6|رقم 7|شارع 8",
			"رقم 1, شارع 2|رقم 3, شارع 4|رقم 5, شارع 6|رقم 7|شارع 8", "2عراش,1مقر|4عراش,3مقر|6عراش,5مقر|7مقر|8عراش", true},
		{"an Arabic comma parts Arabic words", "مبنى|طابق|شارع|حي|مدينة|محافظة|بلد / 1 / 2", "مبنى، طابق|شارع، حي، مدينة|محافظة، بلد|1|2", "", true},
		{"the country keeps its own among them", "شارع المثال 12 / SPAIN (إسبانيا)", "شارع المثال 12|SPAIN (إسبانيا)", "12لاثملاعراش|SPAIN(اينابسإ)", true},
		{"and a name in the letters of another does not turn the address", "Example شركة Ltd / 12 Example Street", "Example شركة Ltd|12 Example Street", "", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			l := sample()
			l.Form, l.To = "us-10", blocks(c.to)
			rows, err := pdf.New(fonts).Window(l)
			if err != nil {
				t.Fatal(err)
			}
			if got := strings.Join(rows, "|"); got != c.rows {
				t.Errorf("rows %q, want %q", got, c.rows)
			}
			f := pdf.Forms[l.Form]
			var seen []string
			for _, s := range inWindow(t, l) {
				seen = append(seen, s.text)
				if left, right := f.Window.X+f.Indent, f.Window.X+f.Window.W-2; c.right && math.Abs(s.x+s.width-right) > 0.15 || !c.right && math.Abs(s.x-left) > 0.15 {
					t.Errorf("%q at %v to %v", s.text, s.x, s.x+s.width)
				}
			}
			if got := strings.Join(seen, "|"); c.seen != "" && got != c.seen {
				t.Errorf("seen %q, want %q", got, c.seen)
			}
		})
	}
}

func TestWhatPartsPiecesOfARow(t *testing.T) {
	for _, c := range []struct{ first, want string }{
		{"Unit 5", "Unit 5, B"}, {"Bldg.", "Bldg., B"}, {"(rear)", "(rear), B"}, {"Unit 5,", "Unit 5, B"}, {"Unit 5 -", "Unit 5 - B"},
		{"示例大厦", "示例大厦 B"}, {"ビル", "ビル B"}, {"ひらがな", "ひらがな B"}, {"빌딩", "빌딩 B"}, {"مبنى", "مبنى، B"}, {"בניין", "בניין, B"},
	} {
		l := sample()
		l.Form, l.To = "us-10", [][]string{{c.first, "B"}, {"C"}, {"D"}, {"E"}, {"F"}, {"G"}, {"H"}}
		rows, err := pdf.New(fonts).Window(l)
		var glyph *typeset.MissingGlyph
		if errors.As(err, &glyph) && os.Getenv("HEADSUP_REAL") != "1" {
			continue
		}
		if err != nil || rows[0] != c.want {
			t.Errorf("%q, want %q: %v", rows, c.want, err)
		}
	}
}

func TestAddressesThatDoNotFit(t *testing.T) {
	many := func(n int) [][]string {
		var to [][]string
		for i := range n {
			to = append(to, []string{fmt.Sprint("Line ", i)})
		}
		return to
	}
	for _, c := range []struct {
		name, form, want string
		to               [][]string
	}{
		{"more blocks than rows", "us-10", `the address takes 8 rows of 8 points, the window of "us-10" has 7`, many(8)},
		{"in a higher window", "din-5008-b", `the address takes 9 rows of 8 points, the window of "din-5008-b" has 8`, many(9)},
		{"lines that go on and on", "us-9", `the address takes 11 rows of 8 points, the window of "us-9" has 7`, [][]string{{strings.Repeat("w", 290)}, {strings.Repeat("w", 110)}}},
		{"lines without number", "us-10", `the address takes 41 rows of 8 points, the window of "us-10" has 7`, [][]string{strings.Split(strings.Repeat("a|", 40)+"a", "|")}},
		{"a line without end", "us-10", `the address has lines far too long for the window of "us-10"`, [][]string{{"A", strings.Repeat("w", 301)}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			l := sample()
			l.Form, l.To = c.form, c.to
			rows, err := pdf.New(fonts).Window(l)
			var room *pdf.NoRoom
			if !errors.As(err, &room) || err.Error() != c.want || len(rows) > 0 {
				t.Errorf("%v, want %s; %d rows", err, c.want, len(rows))
			}
			if file, err := pdf.New(fonts).Print(l); !errors.As(err, &room) || file != nil {
				t.Errorf("printed all the same: %v", err)
			}
		})
	}
	l := sample()
	l.To = [][]string{{"\U00013000"}}
	var glyph *typeset.MissingGlyph
	if _, err := pdf.New(fonts).Window(l); !errors.As(err, &glyph) || glyph.Rune != 0x13000 {
		t.Errorf("a hieroglyph: %v", err)
	}
	l.Form = "napkin"
	if _, err := pdf.New(fonts).Window(l); err == nil || err.Error() != `no form "napkin"` {
		t.Errorf("%v", err)
	}
}

// Everything in the window stays in it, in every form, as full as it can be.
func TestAddressLiesInTheWindow(t *testing.T) {
	for name, f := range pdf.Forms {
		t.Run(name, func(t *testing.T) {
			l := sample()
			l.Form = name
			for n := 1; ; n++ {
				l.To = append(l.To[:n-1:n-1], []string{strings.Repeat("Mg ", 12) + strconv.Itoa(n)})
				if _, err := pdf.New(fonts).Window(l); err != nil {
					if n < 8 {
						t.Errorf("only %d lines: %v", n-1, err)
					}
					break
				}
				found := inWindow(t, l)
				if len(found) != n {
					t.Errorf("%d lines, want %d", len(found), n)
				}
				at := 0.0
				for _, s := range found {
					high, deep := s.size*0.75*25.4/72, s.size*0.22*25.4/72
					if s.x < f.Window.X+f.Indent-0.1 || s.x+s.width > f.Window.X+f.Window.W-1.9 || s.y-high < f.Window.Y+f.ReturnZone || s.y+deep > f.Window.Y+f.Window.H {
						t.Errorf("%d lines: %+v is not in %+v", n, s, f.Window)
					}
					if s.y-at < s.size*25.4/72 {
						t.Errorf("%d lines: %+v touches the one above", n, s)
					}
					at = s.y
				}
			}
		})
	}
}

func TestReturnLine(t *testing.T) {
	street, town := "123 Example Boulevard of the Office", "Exampletown 00000"
	for _, c := range []struct {
		name, form string
		pieces     []string
		rows       string
		size       float64
	}{
		{"on one row", "din-5008-b", []string{"Agency", "1 Street", "Town"}, "Agency·1Street·Town", 7},
		{"a little smaller", "din-5008-b", []string{"Example Agency for Networks", "12 Example Boulevard", town}, "ExampleAgencyforNetworks·12ExampleBoulevard·Exampletown00000", 6.2},
		{"on two rows", "din-5008-b", []string{"Example Agency for Networks", street, town}, "ExampleAgencyforNetworks·123ExampleBoulevardoftheOffice|Exampletown00000", 7},
		{"parted where they have room", "din-5008-b", []string{"Example Agency for Networks and Everything", street, town}, "ExampleAgencyforNetworksandEverything|123ExampleBoulevardoftheOffice·Exampletown00000", 7},
		{"and those a little smaller", "din-5008-b", []string{"Example Agency for Networks and Everything That Is In Them, Really All", street, town}, "ExampleAgencyforNetworksandEverythingThatIsInThem,ReallyAll|123ExampleBoulevardoftheOffice·Exampletown00000", 6.5},
		{"where there is room for one only, smaller than that", "uk-dl", []string{"Example Agency for Networks and Everything", street, town}, "ExampleAgencyforNetworksandEverything·123ExampleBoulevardoftheOffice·Exampletown00000", 4.5},
		{"empty pieces are none", "din-5008-b", []string{"", "Agency", " ", "Town"}, "Agency·Town", 7},
		{"a number stays with its street", "din-5008-b", []string{"הסוכנות", "רחוב הדוגמה 12", "1 Example Street", "ישראל"}, "לארשי·1ExampleStreet·12המגודהבוחר·תונכוסה", 7},
		{"in the direction of most letters", "din-5008-b", []string{"הסוכנות", "1 Example Street", "Exampletown"}, "תונכוסה·1ExampleStreet·Exampletown", 7},
	} {
		for _, rtl := range []bool{false, true} {
			t.Run(fmt.Sprint(c.name, rtl), func(t *testing.T) {
				l := sample()
				l.Form, l.Return, l.RTL, l.Info = c.form, c.pieces, rtl, nil
				f := pdf.Forms[c.form]
				var rows []string
				for _, s := range spots(t, l) {
					if s.y < f.Window.Y || s.y > f.Window.Y+f.ReturnZone || s.x < f.Window.X {
						continue
					}
					rows = append(rows, s.text)
					if s.size != c.size || s.x+s.width > f.Window.X+f.Window.W-1.9 {
						t.Errorf("%+v, want size %v", s, c.size)
					}
				}
				if got := strings.Join(rows, "|"); got != c.rows {
					t.Errorf("%q, want %q", got, c.rows)
				}
			})
		}
	}
}

// What is not for the post says so of itself.
func TestAddressed(t *testing.T) {
	instead := sample()
	instead.To, instead.Instead = nil, []string{"Example GmbH", "", "abuse@example.net", strings.Repeat("w", 200)}
	var seen []string
	for _, s := range inWindow(t, instead) {
		seen = append(seen, s.text)
	}
	if len(seen) != 3 || seen[0] != "ExampleGmbH" || seen[1] != "abuse@example.net" || !strings.HasSuffix(seen[2], "w…") {
		t.Errorf("in the window: %q", seen)
	}
	empty := sample()
	empty.To = nil
	for _, c := range []struct {
		name string
		l    pdf.Letter
		want bool
	}{{"an address", sample(), true}, {"something instead", instead, false}, {"nothing", empty, true}} {
		if got, err := pdf.Addressed(write(t, c.l)); err != nil || got != c.want {
			t.Errorf("%s: %v %v", c.name, got, err)
		}
	}
	if got, err := pdf.Addressed([]byte("%PDF-1.7 another")); got || !errors.Is(err, pdf.ErrForeign) {
		t.Errorf("%v %v", got, err)
	}
}

// Whatever a registry writes is set whole or refused, and never slowly.
func FuzzWindow(f *testing.F) {
	for _, s := range []string{"Musterstraße 1|10115 Berlin / GERMANY", "\xff\xc3 / \x00\n", "\u202Eabc\u2066|שלום", "e\u0301\u0302 / , / ;", strings.Repeat("a,", 150)} {
		f.Add(s, uint8(len(s)))
	}
	var forms []string
	for name := range pdf.Forms {
		forms = append(forms, name)
	}
	slices.Sort(forms)
	f.Fuzz(func(t *testing.T, s string, n uint8) {
		l := sample()
		l.Form, l.To = forms[int(n)%len(forms)], blocks(s)
		rows, err := pdf.New(fonts).Window(l)
		if err != nil {
			return
		}
		letters := func(s string) string {
			return strings.Map(func(r rune) rune {
				if unicode.IsLetter(r) || unicode.IsDigit(r) {
					return r
				}
				return -1
			}, s)
		}
		if got, want := letters(strings.Join(rows, "")), letters(strings.Join(slices.Concat(l.To...), "")); got != want {
			t.Errorf("%q became %q", want, got)
		}
		if got := len(inWindow(t, l)); got > len(rows) {
			t.Errorf("%d lines for %d rows", got, len(rows))
		}
	})
}
