package typeset

import (
	"unicode"

	"github.com/go-text/typesetting/di"
	"github.com/go-text/typesetting/shaping"
	"golang.org/x/image/math/fixed"
)

// A wrapped line is one of a paragraph: strips that stand side by side, or,
// where some of it may run from right to left, what the shaper's wrapper made.
type wrapped struct {
	width fixed.Int26_6 // with the blank at its end
	blank fixed.Int26_6 // that
	end   int           // behind its last character
	runs  []laid
	outs  shaping.Line
}

// seen is the width of a line without the blank at its end.
func (w wrapped) seen() fixed.Int26_6 { return w.width - w.blank }

// lay shapes a text and breaks it into lines, which are good until the next one.
func (s *setter) lay(p Para, t *text, limit fixed.Int26_6) ([]wrapped, error) {
	items, err := s.items(p, *t)
	if err != nil {
		return nil, err
	}
	s.runs = s.runs[:0]
	for _, in := range items {
		if p.RTL || in.Direction != di.DirectionLTR {
			return s.breakLines(s.shape(items), limit, direction(p.RTL), t.breaks), nil
		}
		st := s.strip(in, p.Lang, t.looks[in.RunStart].style)
		s.runs = append(s.runs, laid{strip: st, start: in.RunStart, part: t.looks[in.RunStart].part, to: len(st.clusters) - 1})
	}
	if lines, ok := s.deal(s.runs, limit, t.breaks); ok {
		return lines, nil
	}
	return s.breakLines(s.shape(items), limit, direction(p.RTL), t.breaks), nil
}

// breakLines has the shaper's wrapper deal runs out to lines. What fits in one
// line without turning is that line: there is no need to look for places to
// break it.
func (s *setter) breakLines(outs []shaping.Output, limit fixed.Int26_6, dir di.Direction, text []rune) []wrapped {
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
		return []wrapped{{width: width, end: len(text), outs: outs}}
	}
	s.wrap.Prepare(shaping.WrapConfig{Direction: dir}, text, shaping.NewSliceIterator(outs))
	var lines []wrapped
	for done := false; !done; {
		var l shaping.WrappedLine
		if l, done = s.wrap.WrapNextLineF(limit); l.Line != nil {
			w := wrapped{outs: l.Line}
			for _, o := range l.Line {
				w.width, w.end = w.width+o.Advance, max(w.end, o.Runes.Offset+o.Runes.Count)
			}
			lines = append(lines, w)
		}
	}
	return lines
}

// deal deals strips out to lines, each with as many words as fit. It does what
// the shaper's wrapper does, which looks at all of a line again for each word. It
// reports false where a word is wider than a line: how to part that, the wrapper
// knows.
func (s *setter) deal(runs []laid, limit fixed.Int26_6, text []rune) ([]wrapped, bool) {
	whole := fixed.Int26_6(0)
	for _, r := range runs {
		whole += r.wide()
	}
	if whole <= limit && (len(runs) == 1 || !unicode.IsSpace(text[len(text)-1])) {
		return []wrapped{{width: whole, end: len(text), runs: runs}}, true
	}
	s.dealt = s.dealt[:0]
	may := s.ends.of(text)
	lines := make([]wrapped, 0, 4)
	var line, best wrapped
	from := runs[0] // what is left of the run in which the line begins
	first, fits := 0, false
	for i := 0; i < len(runs); i++ {
		r := runs[i]
		if i == first {
			r = from
		}
		begin, before := r.clusters[r.from].x, line.width
		for k := r.from; k < r.to; k++ {
			next := r.clusters[k+1]
			line.width, line.blank, line.end = before+next.x-begin, r.clusters[k].blank, r.start+int(next.start)
			if !may[line.end] {
				continue
			}
			if line.width-line.blank <= limit {
				best, fits = line, true
				continue
			}
			if !fits {
				return nil, false
			}
			lines = append(lines, s.cut(runs, first, from, best))
			first, from = after(runs, first, from, best.end)
			line, fits = wrapped{}, false
			i = first - 1 // the next line begins there
			break
		}
	}
	return append(lines, s.cut(runs, first, from, line)), true
}

// cut is a line from the run called first, of which that much is left, on to an end.
func (s *setter) cut(runs []laid, first int, from laid, line wrapped) wrapped {
	begin := len(s.dealt)
	for i := first; i < len(runs) && runs[i].start < line.end; i++ {
		r := runs[i]
		if i == first {
			r = from
		}
		for r.to > r.from && r.end() > line.end {
			r.to--
		}
		if r.to > r.from {
			s.dealt = append(s.dealt, r)
		}
	}
	line.runs = s.dealt[begin:len(s.dealt):len(s.dealt)]
	return line
}

// after is the run that has the character where a line ends, and what is left of it.
func after(runs []laid, first int, from laid, end int) (int, laid) {
	for from.end() <= end && first < len(runs)-1 {
		first++
		from = runs[first]
	}
	for from.start+int(from.clusters[from.from].start) < end && from.from < from.to {
		from.from++
	}
	return first, from
}
