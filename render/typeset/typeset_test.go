package typeset_test

import (
	"bytes"
	"errors"
	"math"
	"os"
	"strings"
	"testing"

	"github.com/go-text/typesetting/font/opentype"

	"headsup/render/typeset"
)

func load(t *testing.T, dirs ...string) *typeset.Fonts {
	t.Helper()
	f, err := typeset.Load(dirs...)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// read gives back the text of a line in the order in which it is seen.
func read(l typeset.Line) string {
	var b strings.Builder
	for _, p := range l.Pieces {
		b.WriteString(p.String())
	}
	return b.String()
}

func set(t *testing.T, p typeset.Para, width float64) string {
	t.Helper()
	p.Size = 10
	ls, err := load(t).Set(p, width)
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for _, l := range ls {
		lines = append(lines, read(l))
	}
	return strings.Join(lines, "|")
}

func TestSet(t *testing.T) {
	for _, c := range []struct {
		name string
		p    typeset.Para
		want string
	}{
		{"words are kept whole", typeset.Para{Runs: []typeset.Run{{Text: "one two"}}}, "one |two"},
		{"a word too long is broken", typeset.Para{Runs: []typeset.Run{{Text: "abcdefghijkl"}}}, "abcdef|ghijkl"},
		{"a line may end in a hyphen", typeset.Para{Runs: []typeset.Run{{Text: "aa EE-Ma"}}}, "aa EE-|Ma"},
		{"but a single letter stays with its word", typeset.Para{Runs: []typeset.Run{{Text: "aa E-Mail"}}}, "aa |E-Mail"},
		{"a break is a line", typeset.Para{Runs: []typeset.Run{{Text: "a", Break: true}, {Text: "b"}}}, "a|b"},
		{"styles join without a gap", typeset.Para{Runs: []typeset.Run{{Text: "a"}, {Text: "b", Bold: true}, {Text: "c"}}}, "abc"},
		{"an address of the web stays whole", typeset.Para{Runs: []typeset.Run{{Text: "ab "}, {Text: "a/b/c", LTR: true}}}, "ab |a/b/c"},
		{"a line ends in a hyphen", typeset.Para{Runs: []typeset.Run{{Text: "ab cd-ef"}}}, "ab cd-|ef"},
		{"no line ends in a hyphen that joins words", typeset.Para{Joined: true, Runs: []typeset.Run{{Text: "ab cd-ef"}}}, "ab |cd-ef"},
		{"control characters are spaces", typeset.Para{Runs: []typeset.Run{{Text: "a\tb\x00"}}}, "a b "},
		{"nothing is one empty line", typeset.Para{Runs: []typeset.Run{{}}}, ""},
		{"a value may not turn its neighbours", typeset.Para{Runs: []typeset.Run{{Text: "\u202Eab", Value: true}, {Text: "1"}}}, "ab1"},
		{"an unknown character of a value is seen", typeset.Para{Runs: []typeset.Run{{Text: "a\U000F0000", Value: true}}}, "a\uFFFD"},
		{"broken UTF-8 of a value is seen", typeset.Para{Runs: []typeset.Run{{Text: "a\xE9", Value: true}}}, "a\uFFFD"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := set(t, c.p, 32); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func TestLinesAreAsWideAsTheirGlyphs(t *testing.T) {
	for _, size := range []float64{7.5, 10, 10.5} {
		ls, err := load(t).Set(typeset.Para{Size: size, Runs: []typeset.Run{{Text: "mmm mmm"}}}, 38)
		if err != nil {
			t.Fatal(err)
		}
		for _, l := range ls {
			if want := size * 3 * 0.833; math.Abs(l.Width-want) > 0.1 {
				t.Errorf("size %v: %q is %v wide, want %v", size, read(l), l.Width, want)
			}
		}
	}
}

func TestAddressInHebrewStandsLeftToRight(t *testing.T) {
	p := typeset.Para{Lang: "he", RTL: true, Runs: []typeset.Run{
		{Text: "שרת "}, {Text: "192.0.2.17:6379", Value: true, LTR: true}, {Text: " פתוח"},
	}}
	if got := set(t, p, 0); !strings.Contains(got, "192.0.2.17:6379") {
		t.Errorf("address turned round: %q", got)
	}
}

func TestMissingGlyph(t *testing.T) {
	_, err := load(t).Set(typeset.Para{Lang: "ja", Size: 10, Runs: []typeset.Run{{Text: "設定"}}}, 0)
	var m *typeset.MissingGlyph
	if !errors.As(err, &m) {
		t.Fatalf("got %v", err)
	}
	if m.Rune != '設' || m.Lang != "ja" || m.Package != "fonts-noto-cjk" {
		t.Errorf("got %+v", m)
	}
}

func TestBuiltInFontsWrite(t *testing.T) {
	for lang, text := range map[string]string{
		"de": "Größe „Straße“ – 5 €", "fr": "Œuvre, ça et là : « où »", "pl": "zażółć gęślą jaźń", "tr": "ığdır İş",
		"lt": "įspėjimas ų", "hu": "őrültűnő", "el": "Οι υπηρεσίες σας", "ru": "Ваши услуги", "uk": "її ґрунт",
		"sr-Cyrl": "Ваше услуге ђћ", "vi": "Các dịch vụ có thể", "ar": "خدماتكم مكشوفة، رجاءً", "fa": "سرویس\u200cهای شما گچپژ",
		"he": "השירותים שלכם", "hy": "Ձեր ծառայությունները", "ka": "თქვენი სერვისები",
	} {
		for _, r := range []typeset.Run{{Text: text}, {Text: text, Bold: true}, {Text: text, Italic: true}, {Text: text, Mono: true}} {
			if _, err := load(t).Set(typeset.Para{Lang: lang, Size: 10, Runs: []typeset.Run{r}}, 0); err != nil {
				t.Error(err)
			}
		}
	}
}

func TestFontsOfTheMachineAreTheLastResort(t *testing.T) {
	for _, c := range []struct{ lang, text, want string }{
		{"ar", "خدماتكم،", "NotoNaskhArabic"},
		{"fa", "سرویس\u200cهای", "NotoNaskhArabic"},
		{"ur", "خدمات۔", "NotoNastaliqUrdu"},
		{"bn", "সেবা।", "NotoSansBengali"},
		{"en", "خدماتكم", "DejaVuSans"},
		{"he", "שלום", "LiberationSans"},
		{"hi", "सेवाएँ।", "NotoSansDevanagari"},
		{"ja", "設定 abc", "NotoSansCJKjp"},
		{"en", "設定", "NotoSansCJKjp"},
		{"zh-TW", "設定", "NotoSansCJKtc"},
	} {
		ls, err := load(t, typeset.SystemDirs...).Set(typeset.Para{Lang: c.lang, Size: 10, Runs: []typeset.Run{{Text: c.text}}}, 0)
		if m := (*typeset.MissingGlyph)(nil); errors.As(err, &m) && m.Package != "" && os.Getenv("HEADSUP_REAL") != "1" {
			t.Skip(err)
		}
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range ls[0].Pieces {
			if p.Font.Name == "DejaVuSans" && os.Getenv("HEADSUP_REAL") != "1" {
				continue // Arabic letters are built in too
			}
			if p.Font.Name != c.want {
				t.Errorf("%s: %q is set in %s", c.lang, p, p.Font.Name)
			}
		}
	}
}

// Without fonts of the machine, what is built in serves, and no line is higher.
func TestLinesAreAsHighAsTheirLettersWant(t *testing.T) {
	here, machine := load(t), load(t, typeset.SystemDirs...)
	for _, lang := range []string{"en", "ar", "bn", "ur"} {
		if typeset.Tall(here, lang) != 1 {
			t.Errorf("%s: %v without Nastaliq", lang, typeset.Tall(here, lang))
		}
		if got := typeset.Tall(machine, lang); (got > 1) != (lang == "ur") && os.Getenv("HEADSUP_REAL") == "1" {
			t.Errorf("%s: %v", lang, got)
		}
	}
}

func TestTypewriterLettersAreEquallyWide(t *testing.T) {
	for _, lang := range []string{"en", "ja"} {
		var widths []float64
		for _, text := range []string{"iiii", "WWWW"} {
			ls, err := load(t, typeset.SystemDirs...).Set(typeset.Para{Lang: lang, Size: 10, Runs: []typeset.Run{{Text: text, Mono: true}}}, 0)
			if err != nil {
				t.Fatal(err)
			}
			widths = append(widths, ls[0].Width)
			if n := len(ls[0].Pieces); n != 1 {
				t.Errorf("%s: %q is in %d pieces", lang, text, n)
			}
		}
		if widths[0] != widths[1] {
			t.Errorf("%s: %v", lang, widths)
		}
	}
}

func TestDirectoryThatIsNotThere(t *testing.T) { load(t, "/no/such/directory") }

func TestCutHoldsTheGlyphs(t *testing.T) {
	ls, err := load(t).Set(typeset.Para{Lang: "en", Size: 10, Runs: []typeset.Run{{Text: "Ångström"}}}, 0)
	if err != nil {
		t.Fatal(err)
	}
	p := ls[0].Pieces[0]
	cut := p.Font.Cut()
	for i, g := range append(p.Glyphs, p.Glyphs...) {
		code, err := cut.Code(g)
		if want := i%len(p.Glyphs) + 1; err != nil || int(code) != want {
			t.Errorf("glyph %d has code %d: %v", i, code, err)
		}
	}
	if got := strings.Join(cut.Texts(), ""); got != "Ångström" {
		t.Errorf("the codes stand for %q", got)
	}
	b := cut.TTF()
	if !bytes.Equal(b, cut.TTF()) {
		t.Error("two cuts differ")
	}
	ld, err := opentype.NewLoader(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	for _, table := range []string{"glyf", "head", "hhea", "hmtx", "loca", "maxp"} {
		if raw, err := ld.RawTable(opentype.MustNewTag(table)); err != nil || len(raw) == 0 {
			t.Errorf("no table %q: %v", table, err)
		}
	}
}

func TestWhatIsRememberedIsTheSame(t *testing.T) {
	p := typeset.Para{Lang: "en", Size: 10, Runs: []typeset.Run{{Text: "one two three four"}}}
	fresh, used := load(t), load(t)
	if _, err := used.Set(p, 0); err != nil {
		t.Fatal(err)
	}
	for width := 10.0; width < 120; width += 0.05 {
		a, _ := fresh.Set(p, width)
		b, _ := used.Set(p, width)
		if len(a) != len(b) || a[0].Width != b[0].Width {
			t.Fatalf("%v wide: %d lines, or %d", width, len(a), len(b))
		}
	}
}

func FuzzSet(f *testing.F) {
	for _, s := range []string{"plain", "\u202E\u2066", "e\u0301\u0301", "שלום 1", "\xff\U0001F600", "\u0600\u200D", "\n\r\x00"} {
		f.Add(s, true, true)
		f.Add(s, false, false)
	}
	fonts, err := typeset.Load()
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, s string, rtl, ltr bool) {
		p := typeset.Para{Lang: "en", RTL: rtl, Size: 9, Runs: []typeset.Run{{Text: "x "}, {Text: s, Value: true, LTR: ltr}}}
		ls, err := fonts.Set(p, 60)
		if err != nil {
			t.Fatal(err)
		}
		for _, l := range ls {
			for _, p := range l.Pieces {
				c := p.Font.Cut()
				for _, g := range p.Glyphs {
					if _, err := c.Code(g); err != nil {
						t.Fatal(err)
					}
				}
				c.TTF()
			}
		}
	})
}
