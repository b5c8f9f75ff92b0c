package typeset

import (
	"encoding/binary"
	"slices"
	"unicode/utf8"

	"github.com/go-text/typesetting/font"
	"github.com/go-text/typesetting/language"
	"github.com/go-text/typesetting/shaping"
	"golang.org/x/image/math/fixed"
)

// finder is the stack of one language and style as the segmenter wants it.
// Characters it cannot find were sorted out before.
type finder struct {
	s    *setter
	in   *stack
	last *font.Face
	err  error
}

func (f *finder) ResolveFace(c rune) *font.Face {
	if !ignorable(c) || f.last == nil {
		face, err := f.s.find(c, f.in)
		if err != nil {
			f.err = err
		}
		if face != nil {
			f.last = face
		}
	}
	if f.last == nil {
		f.last, f.err = f.s.find(' ', f.in)
	}
	return f.last
}

// one is a font map for finding out directions and scripts only.
type one struct{ f *font.Face }

func (o one) ResolveFace(rune) *font.Face { return o.f }

// items returns what the shaper is to shape of a paragraph: fragments, each of
// one direction, script, face and part. They are good until the next one.
func (s *setter) items(p Para, t text) ([]shaping.Input, error) {
	any, err := s.find(' ', s.stack(p.Lang, regular))
	if err != nil {
		return nil, err
	}
	in := shaping.Input{
		Text: t.runes, RunEnd: len(t.runes),
		Direction: direction(p.RTL),
		Size:      fixed.I(em),
		Language:  language.NewLanguage(p.Lang),
	}
	s.inputs = s.inputs[:0]
	if script, ok := straight(t.runes); ok && !p.RTL {
		in.Script, in.Language, in.Face = script, languageIn(in.Language, script), any
		err := s.look(in, p, t)
		return s.inputs, err
	}
	for _, i := range slices.Clone(s.seg.Split(in, one{any})) {
		if err := s.look(i, p, t); err != nil {
			return nil, err
		}
	}
	return s.inputs, nil
}

// shape returns fragments as the shaper shapes them, which are good until the
// next ones.
func (s *setter) shape(items []shaping.Input) []shaping.Output {
	s.outs, s.shapes.glyphs = s.outs[:0], s.shapes.glyphs[:0]
	for _, in := range items {
		s.outs = append(s.outs, s.fragment(in))
	}
	return s.outs
}

// look parts an input of one direction and script by style and part, and by face.
func (s *setter) look(in shaping.Input, p Para, t text) error {
	for start := in.RunStart; start < in.RunEnd; {
		end := start + 1
		for end < in.RunEnd && t.looks[end] == t.looks[start] {
			end++
		}
		i := in
		i.RunStart, i.RunEnd = start, end
		st := t.looks[start].style
		if st == mono {
			i.Size = fixed.I(monoEm)
		}
		f := &finder{s: s, in: s.stack(p.Lang, st)}
		for _, i := range shaping.SplitByFace(i, f) {
			s.inputs = fragments(s.inputs, i)
		}
		if f.err != nil {
			return f.err
		}
		start = end
	}
	return nil
}

// straight returns the only script of a text that runs from left to right
// throughout, if it is one.
func straight(text []rune) (language.Script, bool) {
	script := language.Common
	for _, c := range text {
		own := language.Common
		switch {
		case c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z':
			own = language.Latin
		case c < utf8.RuneSelf || c == fsi || c == lri || c == pdi:
			continue
		case isBidi(c) || rightwards(c):
			return 0, false
		default:
			if own = language.LookupScript(c); !own.Strong() {
				continue
			}
		}
		if script != language.Common && script != own {
			return 0, false
		}
		script = own
	}
	return script, true
}

// rightwards reports whether a character is in a block of letters that are
// written from right to left (UAX #9, 3.2; Unicode's DerivedBidiClass).
func rightwards(c rune) bool {
	return c >= 0x0590 && c < 0x0900 || c >= 0xFB1D && c < 0xFE00 || c >= 0xFE70 && c < 0xFF00 || c >= 0x10800 && c < 0x11000 || c >= 0x1E800 && c < 0x1F000
}

// languageIn is the language of a text as the segmenter gives it to a script.
func languageIn(lang language.Language, script language.Script) language.Language {
	if lang == "" {
		lang = "en"
	}
	id, ok := language.NewLangID(lang)
	if !ok {
		return lang
	}
	if other := language.ScriptToLang[script]; other != 0 && !id.UseScript(script) {
		id = other
	}
	return id.Language()
}

// A fragment is a part of a run that lies between values, or one of them: no
// glyph of it depends on the other side of the mark that isolates a value.
// The words around values are thus shaped once, whatever the values are.

// shapes remembers fragments, those that were asked for lately: see memo.
type shapes struct {
	fresh, old map[string]shaping.Output
	size       int // glyphs of fresh
	key        []byte
	glyphs     []shaping.Glyph // memory for copies
}

// mostShapes is how many glyphs a generation of fragments has.
const mostShapes = 40_000

// fragments appends the fragments of an input in a single face.
func fragments(out []shaping.Input, in shaping.Input) []shaping.Input {
	start := in.RunStart
	for i := start; i < in.RunEnd-1; i++ {
		cut := start
		switch c := in.Text[i]; {
		case c == pdi:
			cut = i + 1
		case c == fsi || c == lri:
			cut = i
		}
		if cut > in.RunStart && cut > start {
			part := in
			part.RunStart, part.RunEnd = start, cut
			out = append(out, part)
			start = cut
		}
	}
	in.RunStart = start
	return append(out, in)
}

// fragment returns a fragment as the shaper shapes it. It is good until the
// next paragraph.
func (s *setter) fragment(in shaping.Input) shaping.Output {
	k := &s.shapes
	k.key = s.appendFragment(k.key[:0], in)
	out, ok := k.fresh[string(k.key)]
	if !ok {
		if out, ok = k.old[string(k.key)]; !ok {
			// With extents: without, the wrapper takes every glyph for a space.
			out = s.hb.Shape(in)
			out.Runes.Offset = 0
			for i := range out.Glyphs {
				//lint:ignore SA1019 there is no other way to set what TextIndex returns
				out.Glyphs[i].ClusterIndex -= in.RunStart
			}
		}
		if k.fresh == nil || k.size > mostShapes {
			k.old, k.fresh, k.size = k.fresh, map[string]shaping.Output{}, 0
		}
		k.fresh[string(k.key)] = out
		k.size += len(out.Glyphs)
	}
	n := len(k.glyphs)
	k.glyphs = append(k.glyphs, out.Glyphs...)
	out.Glyphs = k.glyphs[n:len(k.glyphs):len(k.glyphs)]
	out.Runes.Offset = in.RunStart
	for i := range out.Glyphs {
		//lint:ignore SA1019 as above
		out.Glyphs[i].ClusterIndex += in.RunStart
	}
	return out
}

// contextLength is how many characters before and behind it the shaper looks
// at, in scripts whose letters join.
const contextLength = 5

// appendFragment appends all that decides the shapes of a fragment.
func (s *setter) appendFragment(b []byte, in shaping.Input) []byte {
	b = binary.BigEndian.AppendUint16(b, uint16(s.faces[in.Face.Font].number))
	return appendShaping(b, in, nil)
}

// appendShaping is the same but for the face. Soft are characters that are
// hyphens of parted words.
func appendShaping(b []byte, in shaping.Input, soft []int) []byte {
	b = binary.BigEndian.AppendUint32(b, uint32(in.Script))
	b = binary.BigEndian.AppendUint32(b, uint32(in.Size))
	b = append(append(append(b, byte(in.Direction)), in.Language...), 0)
	from, to := in.RunStart, in.RunEnd
	if !apart(in.Script) {
		from, to = max(0, from-contextLength), min(len(in.Text), to+contextLength)
		b = append(b, byte(in.RunStart-from), byte(to-in.RunEnd))
	}
	for i, r := range in.Text[from:to] {
		if len(soft) > 0 && slices.Contains(soft, from+i) {
			r = softHyphen[0]
		}
		b = utf8.AppendRune(b, r)
	}
	return b
}

// apart reports whether a script's letters surely never join those of another run.
func apart(script language.Script) bool {
	switch script {
	case language.Common, language.Latin, language.Greek, language.Cyrillic, language.Han, language.Hiragana,
		language.Katakana, language.Hangul, language.Thai, language.Devanagari, language.Hebrew:
		return true
	}
	return false
}
