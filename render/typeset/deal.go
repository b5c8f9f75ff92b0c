package typeset

import (
	"unicode"

	"github.com/go-text/typesetting/di"
	"github.com/go-text/typesetting/shaping"
	"golang.org/x/image/math/fixed"
)

// breakLines deals runs out to lines. What fits in one line without turning is
// that line: there is no need to look for places to break it.
func (s *setter) breakLines(outs []shaping.Output, limit fixed.Int26_6, dir di.Direction, text []rune) []shaping.Line {
	width, turns := fixed.Int26_6(0), false
	for i := range outs {
		outs[i].VisualIndex = int32(i)
		width += outs[i].Advance
		turns = turns || outs[i].Direction != dir
	}
	if one := len(outs) == 1; width <= limit && (one || !turns && !unicode.IsSpace(text[len(text)-1])) {
		if dir.Progression() == di.TowardTopLeft {
			for i := range outs {
				outs[i].VisualIndex = int32(len(outs) - 1 - i)
			}
		}
		return []shaping.Line{outs}
	}
	if !turns && dir == di.DirectionLTR {
		if lines, ok := s.deal(outs, limit, s.ends.of(text)); ok {
			return lines
		}
	}
	s.wrap.Prepare(shaping.WrapConfig{Direction: dir}, text, shaping.NewSliceIterator(outs))
	var lines []shaping.Line
	for done := false; !done; {
		var l shaping.WrappedLine
		if l, done = s.wrap.WrapNextLineF(limit); l.Line != nil {
			lines = append(lines, l.Line)
		}
	}
	return lines
}

// A spot is a place between two glyphs of a paragraph.
type spot struct{ run, glyph int }

// deal deals runs from left to right out to lines, each with as many words as
// fit. It does what shaping.LineWrapper does, which looks at all of a line again
// for each word. It reports false where a word is wider than a line, or a run is
// not from left to right: that is the wrapper's. The lines are good until the
// next call.
func (s *setter) deal(outs []shaping.Output, limit fixed.Int26_6, may []bool) ([]shaping.Line, bool) {
	s.dealt = s.dealt[:0]
	lines := make([]shaping.Line, 0, 4)
	var start, at, best spot
	width, fits := fixed.Int26_6(0), false
	for at.run < len(outs) {
		o := &outs[at.run]
		if len(o.Glyphs) == 0 || o.Direction != di.DirectionLTR {
			return nil, false
		}
		next, behind := at.next(o)
		for _, g := range o.Glyphs[at.glyph:next.glyph] {
			width += g.Advance
		}
		last := o.Glyphs[next.glyph-1]
		if next.glyph == len(o.Glyphs) {
			next = spot{at.run + 1, 0}
		}
		at = next
		if !may[behind] {
			continue
		}
		seen := width
		if last.Width == 0 { // a blank, which nobody sees there
			seen -= last.Advance
		}
		switch {
		case seen <= limit:
			best, fits = at, true
		case !fits:
			return nil, false
		default:
			lines = append(lines, s.between(outs, start, best))
			start, at, width, fits = best, best, 0, false
		}
	}
	return append(lines, s.between(outs, start, at)), true
}

// next is the spot behind the glyphs that stand for the same characters as the
// one behind a spot, and the character that follows there.
func (at spot) next(o *shaping.Output) (next spot, behind int) {
	next = spot{at.run, at.glyph + 1}
	for next.glyph < len(o.Glyphs) && o.Glyphs[next.glyph].TextIndex() == o.Glyphs[at.glyph].TextIndex() {
		next.glyph++
	}
	if next.glyph < len(o.Glyphs) {
		return next, o.Glyphs[next.glyph].TextIndex()
	}
	return next, o.Runes.Offset + o.Runes.Count
}

// between is the line from one spot to another, without the width of a blank at
// its end.
func (s *setter) between(outs []shaping.Output, from, to spot) shaping.Line {
	first := len(s.dealt)
	for run := from.run; run <= to.run && run < len(outs); run++ {
		o := outs[run]
		begin, end := 0, len(o.Glyphs)
		if run == from.run {
			begin = from.glyph
		}
		if run == to.run {
			end = to.glyph
		}
		if begin == end {
			continue
		}
		behind := o.Runes.Offset + o.Runes.Count
		if end < len(o.Glyphs) {
			behind = o.Glyphs[end].TextIndex()
		}
		if begin > 0 {
			o.Runes.Offset = o.Glyphs[begin].TextIndex()
		}
		o.Runes.Count = behind - o.Runes.Offset
		o.Glyphs = o.Glyphs[begin:end]
		o.VisualIndex = int32(len(s.dealt) - first)
		s.dealt = append(s.dealt, o)
	}
	line := s.dealt[first:len(s.dealt):len(s.dealt)]
	if n := len(line); n > 0 {
		if g := &line[n-1].Glyphs[len(line[n-1].Glyphs)-1]; g.Width == 0 {
			g.XAdvance, g.Advance = 0, 0 //lint:ignore SA1019 the wrapper does the same
		}
	}
	for i := range line {
		line[i].RecomputeAdvance()
	}
	return line
}
