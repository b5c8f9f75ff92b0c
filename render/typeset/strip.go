package typeset

import (
	"math"
	"slices"
	"sync"

	"github.com/go-text/typesetting/font"
	"github.com/go-text/typesetting/shaping"
	"golang.org/x/image/math/fixed"
)

// A strip is a fragment that runs from left to right, as it stands on a line of
// any paragraph: what is known of the words around values is not made again for
// each value. It is not changed any more.
type strip struct {
	font     *Font
	size     fixed.Int26_6 // in which it is measured
	clusters []cluster     // and one behind the last
	row      []Glyph       // those that are shown
	at       []spot        // where each of them stands
}

// A cluster is shapes that stand for the same characters. A line may end only
// between two of them.
type cluster struct {
	start int32         // its first character
	shown int32         // its first glyph in the row
	x     fixed.Int26_6 // where it begins
	blank fixed.Int26_6 // how much of it is not seen at the end of a line
}

// A spot is a place, from the beginning of a strip and upwards.
type spot struct{ x, y fixed.Int26_6 }

// A shown glyph is one that is seen, or has text.
type shown struct {
	id   font.GID
	at   spot
	adv  float64 // what the font says, in parts of the size
	text string
}

// newStrip makes a strip of what the shaper made of a fragment, whose text that is.
func (s *setter) newStrip(o shaping.Output, text []rune) *strip {
	st := &strip{font: s.faces[o.Face.Font].of, size: o.Size, clusters: make([]cluster, 0, len(o.Glyphs)+1)}
	s.shown = s.shown[:0]
	x := fixed.Int26_6(0)
	for i := 0; i < len(o.Glyphs); {
		start, end := o.Glyphs[i].TextIndex(), len(text)
		c := cluster{start: int32(start), shown: int32(len(s.shown)), x: x}
		first := len(s.shown)
		j := i
		for ; j < len(o.Glyphs) && o.Glyphs[j].TextIndex() == start; j++ {
			g := o.Glyphs[j]
			end = start + g.RunesCount()
			if g.Advance != 0 || len(visible(text[start:end])) > 0 {
				s.shown = append(s.shown, shown{id: g.GlyphID, at: spot{x + g.XOffset, g.YOffset}, adv: s.advance(o.Face.Font, g.GlyphID)})
			}
			x += g.Advance
			if c.blank = 0; g.Width == 0 {
				c.blank = g.Advance
			}
		}
		s.read(s.shown[first:], visible(text[start:end]))
		st.clusters = append(st.clusters, c)
		i = j
	}
	st.clusters = append(st.clusters, cluster{start: int32(len(text)), shown: int32(len(s.shown)), x: x})
	st.row, st.at = rowOf(s.shown, o.Size)
	return st
}

// read gives a cluster its text, in the order in which it is read; what shape
// belongs to which character does not matter.
func (s *setter) read(gs []shown, text []rune) {
	if len(gs) == 0 {
		return
	}
	if len(gs) > len(text) {
		gs[0].text = s.all(text) // together with the next ones
		return
	}
	for i := range gs {
		gs[i].text = s.letter(text[i])
	}
	last := len(gs) - 1
	gs[last].text = s.all(text[last:])
}

// rowOf makes glyphs of what is shown, with how far each is from the next one
// on its height beside what the font says.
func rowOf(all []shown, size fixed.Int26_6) (row []Glyph, at []spot) {
	const near = 0.3 // thousandths of the size
	row, at = make([]Glyph, len(all)), make([]spot, len(all))
	pen := 0.0
	for i, g := range all {
		row[i], at[i] = Glyph{ID: uint32(g.id), Text: g.text}, g.at
		x := float64(g.at.x) / float64(size)
		if i == 0 || g.at.y != all[i-1].at.y {
			pen = x
		} else if kern := float32(math.Round((x-pen)*1e4) / 10); kern > near || kern < -near {
			row[i-1].Kern = kern
			pen += float64(kern) / 1000
		}
		pen += g.adv
	}
	return row, at
}

// A laid strip is one of a paragraph, or what of it stands on a line.
type laid struct {
	*strip
	start    int   // in the text of the paragraph
	part     uint8 // of the paragraph
	from, to int   // clusters
}

// end is behind its last character.
func (l laid) end() int { return l.start + int(l.clusters[l.to].start) }

// wide is its width at the size in which text is shaped.
func (l laid) wide() fixed.Int26_6 { return l.clusters[l.to].x - l.clusters[l.from].x }

// pieces appends what is seen of strips, beginning at the left end of a line.
func pieces(runs []laid, blank fixed.Int26_6, size float64) Line {
	l := Line{Pieces: make([]Piece, 0, len(runs))}
	for _, r := range runs {
		begin := r.clusters[r.from].x
		last := int(r.clusters[r.to].shown)
		for i := int(r.clusters[r.from].shown); i < last; {
			j := i + 1
			for j < last && r.at[j].y == r.at[i].y {
				j++
			}
			l.Pieces = append(l.Pieces, Piece{Font: r.font, Part: r.part, Size: points(r.size, size), X: l.Width + points(r.at[i].x-begin, size), Y: points(r.at[i].y, size),
				Glyphs: r.row[i:j:j]})
			i = j
		}
		l.Width += points(r.wide(), size)
	}
	l.Width -= points(blank, size)
	return l
}

// strips remembers strips, those that were asked for lately.
type strips struct {
	mu         sync.Mutex
	fresh, old map[string]*strip
	size, most int // glyphs of a generation
}

// Limits of what is remembered: strips of words, of some sixty languages, and
// values, which come and go.
const (
	mostWordGlyphs  = 150_000
	mostValueGlyphs = 10_000
)

func (m *strips) get(key []byte) *strip {
	m.mu.Lock()
	defer m.mu.Unlock()
	st, ok := m.fresh[string(key)]
	if !ok {
		if st, ok = m.old[string(key)]; ok {
			m.keep(string(key), st)
		}
	}
	return st
}

func (m *strips) put(key []byte, st *strip) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.keep(string(key), st)
}

func (m *strips) keep(key string, st *strip) {
	if m.fresh == nil || m.size > m.most {
		m.old, m.fresh, m.size = m.fresh, map[string]*strip{}, 0
	}
	m.fresh[key] = st
	m.size += len(st.row) + 1
}

// strip returns a fragment of a text in a language and style as a strip, made or
// remembered.
func (s *setter) strip(in shaping.Input, lang string, as style) *strip {
	if st := s.plainStrip(in, lang, s.stack(lang, as)); st != nil {
		return st
	}
	memo := &s.fonts.wordStrips
	for _, c := range in.Text[in.RunStart:in.RunEnd] {
		if c >= lri && c <= pdi {
			memo = &s.fonts.valueStrips
			break
		}
	}
	s.key = append(append(s.key[:0], s.faces[in.Face.Font].of.Name...), 0)
	s.key = appendShaping(s.key, in, s.text.soft)
	if st := memo.get(s.key); st != nil {
		return st
	}
	o := s.hb.Shape(in)
	for i := range o.Glyphs {
		//lint:ignore SA1019 there is no other way to set what TextIndex returns
		o.Glyphs[i].ClusterIndex -= in.RunStart
	}
	text := in.Text[in.RunStart:in.RunEnd]
	if slices.ContainsFunc(s.text.soft, func(at int) bool { return at >= in.RunStart && at < in.RunEnd }) {
		text = slices.Clone(text)
		for _, at := range s.text.soft {
			if at >= in.RunStart && at < in.RunEnd {
				text[at-in.RunStart] = softHyphen[0]
			}
		}
	}
	st := s.newStrip(o, text)
	memo.put(s.key, st)
	return st
}
