package typeset

import (
	"unicode"
	"unicode/utf8"

	"github.com/go-text/typesetting/font"
)

// A face is a font as the shaper uses it.
type face struct {
	*font.Face
	of       *Font
	number   int
	advances map[font.GID]float64 // in parts of the size
}

// A choice is a place of a stack: its face is looked for when first needed.
type choice struct {
	*source
	face  *font.Face
	known bool
}

type stackKey struct {
	lang  string
	style style
}

// A stack is where a setter looks for the characters of a language in a style.
type stack struct {
	style   style
	choices []choice
	ascii   [utf8.RuneSelf]*font.Face // that were found
	others  map[rune]*font.Face       // that were found, or not
	pairs   map[pair]paired
}

func (s *setter) stack(lang string, st style) *stack {
	k := stackKey{lang, st}
	found := s.stacks[k]
	if found == nil {
		found = &stack{style: st, others: map[rune]*font.Face{}, pairs: map[pair]paired{}}
		for _, src := range stackFor(lang, st) {
			found.choices = append(found.choices, choice{source: src})
		}
		s.stacks[k] = found
	}
	return found
}

// find returns the first face of the stack that can write the character.
func (s *setter) find(c rune, in *stack) (*font.Face, error) {
	const most = 1 << 12 // characters of others
	if c >= 0 && c < utf8.RuneSelf {
		if f := in.ascii[c]; f != nil {
			return f, nil
		}
		f, err := s.search(c, in)
		in.ascii[c] = f
		return f, err
	}
	f, ok := in.others[c]
	if ok {
		return f, nil
	}
	f, err := s.search(c, in)
	if err == nil {
		if len(in.others) == most {
			clear(in.others)
		}
		in.others[c] = f
	}
	return f, err
}

func (s *setter) search(c rune, in *stack) (*font.Face, error) {
	for i := range in.choices {
		ch := &in.choices[i]
		if ch.scripts != nil && !unicode.In(c, ch.scripts...) {
			continue
		}
		if !ch.known {
			f, err := s.fonts.get(ch.source, in.style)
			if err != nil {
				return nil, err
			}
			ch.face, ch.known = s.face(f), true
		}
		if ch.face == nil {
			continue
		}
		if g, ok := ch.face.NominalGlyph(c); ok && g != 0 {
			return ch.face, nil
		}
	}
	return nil, nil
}

func (s *setter) has(c rune, in *stack) (bool, error) {
	if ignorable(c) {
		return true, nil
	}
	f, err := s.find(c, in)
	return f != nil, err
}

func (s *setter) instead(in *stack) rune {
	if ok, _ := s.has(utf8.RuneError, in); ok {
		return utf8.RuneError
	}
	return '?'
}

func (s *setter) face(f *Font) *font.Face {
	if f == nil {
		return nil
	}
	if face := s.faces[f.font]; face != nil {
		return face.Face
	}
	face := &face{font.NewFace(f.font), f, len(s.faces), map[font.GID]float64{}}
	s.faces[f.font] = face
	return face.Face
}
