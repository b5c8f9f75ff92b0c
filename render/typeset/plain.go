package typeset

import (
	"strings"

	"github.com/go-text/typesetting/font"
	"github.com/go-text/typesetting/language"
	"github.com/go-text/typesetting/shaping"
	"golang.org/x/image/math/fixed"
)

// Plain text is what most values are: addresses, ports, times, references. It
// is one run of printable ASCII that stands on one line. Its letters are set
// by pairs, because only neighbours change one another's place, and a pair is
// shaped once: where two letters become one shape, text is not plain.

// A pair is two letters side by side in a face, in a language and style, as one
// number, which is found fast.
type pair uint32

// pairOf is the pair of a letter and the next one, which is 0 at the end. Latin
// says whether the script of the text is that, or common to all.
func pairOf(face *face, latin bool, first, next byte) pair {
	p := pair(face.number)<<16 | pair(first)<<8 | pair(next)
	if latin {
		p |= 1 << 15
	}
	return p
}

func (p pair) latin() bool { return p>>15&1 != 0 }
func (p pair) first() rune { return rune(p >> 8 & 0x7F) }
func (p pair) next() rune  { return rune(p & 0x7F) }

// A paired letter is the first one of a pair as it stands there.
type paired struct {
	id   font.GID
	adv  fixed.Int26_6
	fits bool // it is one shape in its place
}

// plain sets a paragraph if it is plain text that fits the width.
func (s *setter) plain(p Para, runs []Run, width float64) (Line, bool, error) {
	if len(runs) != 1 {
		return Line{}, false, nil
	}
	r := runs[0]
	st, n := styleOf(r), len(r.Text)
	if n == 0 || p.RTL && !r.LTR || r.Text[0] == ' ' || r.Text[n-1] == ' ' {
		return Line{}, false, nil
	}
	stack := s.stack(p.Lang, st)
	var face *font.Face
	script := language.Common
	for i := range n {
		c := r.Text[i]
		if c < ' ' || c > '~' {
			return Line{}, false, nil
		}
		f, err := s.find(rune(c), stack)
		if err != nil || f == nil || face != nil && f != face {
			return Line{}, false, err
		}
		face = f
		if c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' {
			script = language.Latin
		}
	}
	size := em
	if st == mono {
		size = monoEm
	}
	of := s.faces[face.Font]
	if script == language.Latin && strings.HasPrefix(of.of.Name, "NotoSansCJK") {
		return Line{}, false, nil // its figures look at more than their neighbours
	}
	s.shown = s.shown[:0]
	x := fixed.Int26_6(0)
	for i := range n {
		next := byte(0)
		if i < n-1 {
			next = r.Text[i+1]
		}
		g := s.paired(stack, pairOf(of, script == language.Latin, r.Text[i], next), face, p.Lang, size)
		if !g.fits {
			return Line{}, false, nil
		}
		s.shown = append(s.shown, shown{id: g.id, at: spot{x: x}, adv: s.advance(face.Font, g.id), text: r.Text[i : i+1]})
		x += g.adv
	}
	l := Line{Width: points(x, p.Size)}
	if width > 0 && l.Width > width-0.1 {
		return Line{}, false, nil
	}
	row, _ := rowOf(s.shown, fixed.I(size))
	l.Pieces = []Piece{{Font: of.of, Part: r.Part, Size: points(fixed.I(size), p.Size), Glyphs: row}}
	return l, true, nil
}

// plainStrip sets a value of plain text that stands among words, or returns nil.
func (s *setter) plainStrip(in shaping.Input, lang string, stack *stack) *strip {
	text := in.Text[in.RunStart:in.RunEnd]
	n := len(text) - 1
	if n < 2 || text[0] != fsi && text[0] != lri || text[n] != pdi || in.Script != language.Latin || in.Language != language.NewLanguage(lang) {
		return nil
	}
	of := s.faces[in.Face.Font]
	if strings.HasPrefix(of.of.Name, "NotoSansCJK") {
		return nil
	}
	s.shown = s.shown[:0]
	st := &strip{font: of.of, size: in.Size, clusters: make([]cluster, 1, len(text)+1)}
	x := fixed.Int26_6(0)
	for i, c := range text[1:n] {
		if c < ' ' || c > '~' {
			return nil
		}
		next := byte(0)
		if text[i+2] <= '~' {
			next = byte(text[i+2])
		}
		g := s.paired(stack, pairOf(of, true, byte(c), next), in.Face, lang, in.Size.Round())
		if !g.fits {
			return nil
		}
		here := cluster{start: int32(i + 1), shown: int32(i), x: x}
		if c == ' ' {
			here.blank = g.adv
		}
		st.clusters = append(st.clusters, here)
		s.shown = append(s.shown, shown{id: g.id, at: spot{x: x}, adv: s.advance(in.Face.Font, g.id), text: ascii[c : c+1]})
		x += g.adv
	}
	for start := n; start <= n+1; start++ { // the mark at the end, and what is behind it
		st.clusters = append(st.clusters, cluster{start: int32(start), shown: int32(n - 1), x: x})
	}
	st.row, st.at = rowOf(s.shown, in.Size)
	return st
}

// paired shapes the first letter of a pair.
func (s *setter) paired(in *stack, k pair, face *font.Face, lang string, size int) paired {
	if g, ok := in.pairs[k]; ok {
		return g
	}
	text := []rune{k.first(), k.next()}
	if k.next() == 0 {
		text = text[:1]
	}
	script := language.Common
	if k.latin() {
		script = language.Latin
	}
	o := s.hb.Shape(shaping.Input{
		Text: text, RunEnd: len(text), Direction: direction(false), Face: face, Size: fixed.I(size),
		Script: script, Language: language.NewLanguage(lang),
	})
	var g paired
	if len(o.Glyphs) == len(text) {
		first := o.Glyphs[0]
		g = paired{first.GlyphID, first.Advance, first.XOffset == 0 && first.YOffset == 0}
	}
	in.pairs[k] = g
	return g
}
