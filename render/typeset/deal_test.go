package typeset

import (
	"math/rand/v2"
	"testing"

	"github.com/go-text/typesetting/font"
	"github.com/go-text/typesetting/segmenter"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"golang.org/x/image/math/fixed"
)

// endsOf is what the segmenter says about a text as a whole.
func endsOf(text []rune) []bool {
	may := make([]bool, len(text)+1)
	var seg segmenter.Segmenter
	seg.Init(text)
	for lines := seg.LineIterator(); lines.Next(); {
		l := lines.Line()
		may[l.Offset+len(l.Text)] = true
	}
	return may
}

// sayings have what line ends depend on: brackets, quotation marks, numbers,
// hyphens, values, and scripts of each kind.
var sayings = []string{
	"Please quote \u2068relay26-k3v9xq2m7d\u2069 in your answer, or call \u2066+1 202 555 0100\u2069.",
	"192.0.2.0/24, 198.51.100.7 (+3): “open mail relay” – see https://advice.example.org/a-b?c=d",
	"« Bonjour » dit-il ; l’adresse 25/tcp est ouverte !", "„Hallo“, sagte er. E-Mail (1.000,5 €) 50 %",
	"公開されている登録情報によると、貴組織が連絡先とされています。relay26 の 々ゃ", "한국어 문장입니다. 값(25/tcp)을", "ข้อความภาษาไทย 25",
	"नमस्ते। यह एक पत्र है", "שלום עולם (25/tcp)", "مرحبا، هذا خطاب", "a\u200bb \u00a0c\u00ad d e\u0301 f\u2014g h\u2026 i", "$1,000 -5 - 5 +5% a- -b",
	"relay26-k3v9xq2m7d", "198.18.0.0/24, Holder 17 of Networks (AVATAR To. fi)", "🇩🇪🇫🇷 👍🏽 ⚠️", ") . ( \u2068(\u2069 ) ,a :b \u2068\u2069 x",
}

func TestLinesMayEndWhereTheSegmenterSays(t *testing.T) {
	var all []rune
	for _, s := range sayings {
		all = append(all, []rune(s)...)
	}
	random := rand.New(rand.NewPCG(1, 2))
	var e lineEnds
	check := func(text []rune) {
		for range 2 { // looked at, and remembered
			if diff := cmp.Diff(endsOf(text), e.of(text)); diff != "" {
				t.Fatalf("%q %U (-segmenter +words):\n%s", string(text), text, diff)
			}
		}
	}
	for _, s := range sayings {
		check([]rune(s))
	}
	for range 60_000 {
		text := make([]rune, 1+random.IntN(24))
		for i := range text {
			if text[i] = all[random.IntN(len(all))]; random.IntN(4) == 0 {
				text[i] = ' '
			}
		}
		check(text)
	}
}

func FuzzLineEnds(f *testing.F) {
	for _, s := range sayings {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		var text []rune
		for _, c := range s {
			if c = clean(c, false); c >= 0 {
				text = append(text, c)
			}
		}
		var e lineEnds
		if len(text) > 0 && !cmp.Equal(endsOf(text), e.of(text)) {
			t.Errorf("%q", s)
		}
	})
}

// Lines have the words that shaping.LineWrapper gives them, at any width, in
// their places.
func TestLinesAreThoseOfTheWrapper(t *testing.T) {
	fonts, err := Load(SystemDirs...)
	if err != nil {
		t.Fatal(err)
	}
	s, dealt := newSetter(fonts), 0
	for _, lang := range []string{"en", "de", "ja", "hi", "th"} {
		for _, saying := range sayings {
			p := Para{Lang: lang, Size: 10, Runs: []Run{{Text: "Words of our own, "}, {Text: saying, Value: true}, {Text: " and some more. AV"}, {Text: saying, Bold: true, Value: true, LTR: true, Part: 1}, {Text: " "}}}
			for width := fixed.I(1000); width < fixed.I(60_000); width += width/7 + 13 {
				s.text = text{}
				for _, r := range p.Runs {
					if err := s.add(&s.text, p, r); err != nil {
						t.Fatal(err)
					}
				}
				got, err := s.lay(p, &s.text, width)
				if err != nil {
					t.Fatal(err)
				}
				if got[0].outs != nil {
					continue
				}
				dealt++
				want := s.breakLines(s.shape(s.inputs), width, direction(false), s.text.breaks)
				if len(want) != len(got) {
					t.Fatalf("%q in %q, %v wide: %d lines, want %d", saying, lang, width, len(got), len(want))
				}
				for i, w := range want {
					if w.end != got[i].end || w.width != got[i].seen() {
						t.Fatalf("%q in %q, %v wide: line %d ends at %d, %v wide; want %d, %v", saying, lang, width, i, got[i].end, got[i].seen(), w.end, w.width)
					}
					if diff := cmp.Diff(shapesOf(s.line(s.text, w.outs, p.Size)), shapesOf(pieces(got[i].runs, got[i].blank, p.Size)), cmpopts.EquateApprox(0, 0.005)); diff != "" {
						t.Fatalf("%q in %q, %v wide, line %d (-wrapper +dealt):\n%s", saying, lang, width, i, diff)
					}
				}
			}
		}
	}
	if dealt < 300 {
		t.Errorf("only %d texts were dealt", dealt)
	}
}

// A shape is a glyph where it stands.
type shape struct {
	Font, Text string
	ID         uint32
	Part       uint8
	X, Y       float64
}

// shapesOf lists the shapes of a line. Kerning is as fine as a tenth of a
// thousandth of the size.
func shapesOf(l Line) (all []shape) {
	for _, p := range l.Pieces {
		x := p.X
		for _, g := range p.Glyphs {
			all = append(all, shape{p.Font.Name, g.Text, g.ID, p.Part, x, p.Y})
			x += (p.Font.glyph(font.GID(g.ID)).advance + float64(g.Kern)/1000) * p.Size
		}
	}
	return all
}
