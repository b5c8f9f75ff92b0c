package typeset

import (
	"math"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/go-text/typesetting/di"
	"github.com/go-text/typesetting/font"
	"github.com/go-text/typesetting/shaping"
	"golang.org/x/image/math/fixed"
)

// A Para is a text to be set in lines.
type Para struct {
	Lang string // BCP 47
	RTL  bool
	Size float64 // points
	Runs []Run
}

// A Run is a part of a paragraph in one style.
type Run struct {
	Text   string
	Bold   bool
	Italic bool
	Mono   bool  // for what is typed into a machine
	Value  bool  // from outside: its direction is isolated, and what cannot be written is replaced
	LTR    bool  // left to right in every language: addresses, ports, times
	Break  bool  // a line break follows
	Part   uint8 // what the pieces are told apart by, such as a link from the words around it
}

// Limits of the direction marks: what a value brings along is taken out, so
// that it cannot turn round what stands beside it.
const (
	lri = '\u2066'
	fsi = '\u2068'
	pdi = '\u2069'
)

// A Line is a set line. Positions are in points from its left end and its
// base line. Lines are shared: they must not be changed.
type Line struct {
	Width  float64
	Pieces []Piece
}

// A Piece is a row of glyphs of one font and of one Part of its paragraph.
type Piece struct {
	Font   *Font
	Part   uint8
	Size   float64
	X, Y   float64 // Y upwards
	Glyphs []Glyph
}

// A Glyph is a shape and the text it stands for.
type Glyph struct {
	ID   uint32
	Text string  // empty if it stands for the same as the one before
	Kern float32 // to the next one, beside what the font says, in thousandths of the size
}

// String returns the text in the order in which it is seen.
func (p Piece) String() string {
	var b strings.Builder
	for _, g := range p.Glyphs {
		b.WriteString(g.Text)
	}
	return b.String()
}

// Set breaks a paragraph into lines not wider than width. A width of 0 means
// no limit.
func (f *Fonts) Set(p Para, width float64) ([]Line, error) {
	var buffer [1 << 10]byte
	key, memo := p.appendKey(buffer[:0]), &f.words
	if p.values() {
		memo = &f.values
	}
	if ls, ok := memo.get(key, width); ok {
		return ls, nil
	}
	s := f.setter()
	defer f.release(s)
	var lines []Line
	for start := 0; start < len(p.Runs); {
		end := start
		for end < len(p.Runs)-1 && !p.Runs[end].Break {
			end++
		}
		l, err := s.set(p, p.Runs[start:end+1], width)
		if err != nil {
			return nil, err
		}
		lines = append(lines, l...)
		start = end + 1
	}
	memo.put(key, width, lines)
	return lines, nil
}

// A setter does the setting. It must not be used from two goroutines.
type setter struct {
	fonts  *Fonts
	faces  map[*font.Font]*face
	stacks map[stackKey][]choice
	seg    shaping.Segmenter
	hb     shaping.HarfbuzzShaper
	wrap   shaping.LineWrapper
	pairs  map[pair]paired
	known  map[stackKey]*[128]*font.Face
	row    []placed // memory for plain text
	shapes shapes
	text   text // memory for a paragraph
}

type stackKey struct {
	lang  string
	style style
}

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

func newSetter(f *Fonts) *setter {
	return &setter{fonts: f, faces: map[*font.Font]*face{}, stacks: map[stackKey][]choice{},
		pairs: map[pair]paired{}, known: map[stackKey]*[128]*font.Face{}}
}

// em is the size at which text is shaped, whatever its size on the page: the
// shaper knows only whole sizes and rounds others up.
const em = 1000

// monoEm is the same for typewriter letters, which look larger than others.
const monoEm = 930

// A look is what parts a paragraph besides its scripts.
type look struct {
	style style
	part  uint8
}

// text is the paragraph as the shaper sees it.
type text struct {
	runes  []rune
	looks  []look
	breaks []rune // runes, as the search for places to break a line sees them
}

func (s *setter) set(p Para, runs []Run, width float64) ([]Line, error) {
	if l, ok, err := s.plain(p, runs, width); ok || err != nil {
		return []Line{l}, err
	}
	return s.shaped(p, runs, width)
}

// shaped sets text of any kind.
func (s *setter) shaped(p Para, runs []Run, width float64) ([]Line, error) {
	t := &s.text
	t.runes, t.looks, t.breaks, s.shapes.glyphs = t.runes[:0], t.looks[:0], t.breaks[:0], s.shapes.glyphs[:0]
	for _, r := range runs {
		if err := s.add(t, r, p.Lang); err != nil {
			return nil, err
		}
	}
	if len(t.runes) == 0 {
		return []Line{{}}, nil
	}
	outs, err := s.shape(p, *t)
	if err != nil {
		return nil, err
	}
	limit := fixed.Int26_6(math.MaxInt32)
	if w := width * em / p.Size * 64; width > 0 && w < math.MaxInt32 {
		limit = fixed.Int26_6(w)
	}
	wrapped := s.breakLines(outs, limit, direction(p.RTL), t.breaks)
	lines := make([]Line, 0, len(wrapped))
	for _, w := range wrapped {
		l, err := s.line(*t, w, p.Size)
		if err != nil {
			return nil, err
		}
		lines = append(lines, l)
	}
	return lines, nil
}

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

// add appends a run, having looked for every one of its characters.
func (s *setter) add(t *text, r Run, lang string) error {
	st := styleOf(r)
	put := func(c rune) {
		t.runes, t.looks = append(t.runes, c), append(t.looks, look{st, r.Part})
		if c == '-' && (r.Value || r.LTR) {
			c = 'x' // a line that ends in it would be read, and copied, without it
		}
		t.breaks = append(t.breaks, c)
	}
	if r.LTR {
		put(lri)
	} else if r.Value {
		put(fsi)
	}
	for _, c := range r.Text {
		if c = clean(c, r.Value); c < 0 {
			continue
		}
		ok, err := s.has(c, lang, st)
		if err != nil {
			return err
		}
		if !ok && !r.Value {
			return &MissingGlyph{Rune: c, Lang: lang, Package: packageFor(c)}
		}
		if !ok {
			c = s.instead(lang, st)
		}
		put(c)
	}
	if r.LTR || r.Value {
		put(pdi)
	}
	return nil
}

func styleOf(r Run) style {
	switch {
	case r.Mono:
		return mono
	case r.Bold:
		return bold
	case r.Italic:
		return italic
	}
	return regular
}

// clean makes control characters spaces and takes direction marks out of
// values; -1 drops the character.
func clean(c rune, value bool) rune {
	switch {
	case c == '\u00AD' || value && isBidi(c):
		return -1
	case unicode.IsControl(c) || c == '\u2028' || c == '\u2029':
		return ' '
	}
	return c
}

func isBidi(c rune) bool {
	return c >= 0x202A && c <= 0x202E || c >= 0x2066 && c <= 0x2069 || c == 0x200E || c == 0x200F || c == 0x061C
}

// ignorable characters have no glyph and need none.
func ignorable(c rune) bool {
	return isBidi(c) || c >= 0x200B && c <= 0x200D || c == 0x2060 || c == 0xFEFF ||
		unicode.Is(unicode.Variation_Selector, c)
}

func (s *setter) instead(lang string, st style) rune {
	if ok, _ := s.has(utf8.RuneError, lang, st); ok {
		return utf8.RuneError
	}
	return '?'
}

func (s *setter) has(c rune, lang string, st style) (bool, error) {
	if ignorable(c) {
		return true, nil
	}
	f, err := s.find(c, lang, st)
	return f != nil, err
}

// find returns the first face of the stack that can write the character.
func (s *setter) find(c rune, lang string, st style) (*font.Face, error) {
	k := stackKey{lang, st}
	stack, ok := s.stacks[k]
	if !ok {
		for _, src := range stackFor(lang, st) {
			stack = append(stack, choice{source: src})
		}
		s.stacks[k] = stack
	}
	for i := range stack {
		ch := &stack[i]
		if ch.scripts != nil && !unicode.In(c, ch.scripts...) {
			continue
		}
		if !ch.known {
			f, err := s.fonts.get(ch.source, st)
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

func direction(rtl bool) di.Direction {
	if rtl {
		return di.DirectionRTL
	}
	return di.DirectionLTR
}

// line puts the shaped runs of a line in the order in which they are seen.
func (s *setter) line(t text, w shaping.Line, size float64) (Line, error) {
	slices.SortStableFunc(w, func(a, b shaping.Output) int { return int(a.VisualIndex - b.VisualIndex) })
	var l Line
	for _, o := range w {
		if err := s.run(&l, t, o, size); err != nil {
			return Line{}, err
		}
	}
	return l, nil
}

// placed is a glyph of a run with its place on the line.
type placed struct {
	id         font.GID
	x, y, adv  float64 // adv: what the font says, without kerning
	start, end int     // the characters it stands for
	text       string
}

func (s *setter) run(l *Line, t text, o shaping.Output, size float64) error {
	runes := t.runes
	f := s.faces[o.Face.Font].of
	own := points(o.Size, size)
	gs := make([]placed, 0, len(o.Glyphs))
	for _, g := range o.Glyphs {
		start, end := g.TextIndex(), g.TextIndex()+g.RunesCount()
		if g.Advance == 0 && len(visible(runes[start:end])) == 0 {
			continue
		}
		gs = append(gs, placed{id: g.GlyphID, start: start, end: end, adv: s.advance(o.Face.Font, g.GlyphID) * own,
			x: l.Width + points(g.XOffset, size), y: points(g.YOffset, size)})
		l.Width += points(g.Advance, size)
	}
	rtl := o.Direction.Progression() == di.TowardTopLeft
	out := make([]placed, 0, len(gs))
	for _, c := range clusters(gs) {
		text := visible(runes[c[0].start:c[0].end])
		if rtl {
			out = append(out, backwards(c, text, o.Face, own)...)
			continue
		}
		out = append(out, forwards(c, text)...)
	}
	l.Pieces = append(l.Pieces, pieces(out, f, own, t.looks[o.Runes.Offset].part)...)
	return nil
}

// advance is how far a glyph moves on, in parts of the size.
func (s *setter) advance(f *font.Font, id font.GID) float64 {
	face := s.faces[f]
	adv, ok := face.advances[id]
	if !ok {
		adv = face.of.glyph(id).advance
		face.advances[id] = adv
	}
	return adv
}

func points(v fixed.Int26_6, size float64) float64 { return float64(v) / 64 * size / em }

// clusters parts the glyphs of a run by the characters they stand for.
func clusters(gs []placed) [][]placed {
	var out [][]placed
	for i := 0; i < len(gs); {
		j := i + 1
		for j < len(gs) && gs[j].start == gs[i].start {
			j++
		}
		out = append(out, gs[i:j])
		i = j
	}
	return out
}

// forwards gives a cluster of a run from left to right its text, in the order
// in which it is read; what shape belongs to which character does not matter.
func forwards(gs []placed, text []rune) []placed {
	if len(gs) > len(text) {
		gs[0].text = string(text) // together with the next ones
		return gs
	}
	for i := range gs {
		gs[i].text = string(text[i])
	}
	last := len(gs) - 1
	gs[last].text = string(text[last:])
	return gs
}

// backwards gives a cluster of a run from right to left its text. Readers put
// together what they find from right to left, character by character; so of
// a shape that stands for several, each but the last has a blank in its place.
func backwards(gs []placed, text []rune, f *font.Face, size float64) []placed {
	n := len(text)
	blank, ok := f.NominalGlyph(' ')
	if n < 2 || !ok {
		gs[0].text = string(text)
		return gs
	}
	advance := float64(f.HorizontalAdvance(blank)) / float64(f.Upem()) * size
	gs[0].text = string(text[n-1:])
	width := 0.0
	for _, g := range gs {
		width += g.adv
	}
	for i := n - 2; i >= 0; i-- {
		x := gs[0].x + width*float64(n-1-i)/float64(n)
		gs = append(gs[:len(gs):len(gs)], placed{id: blank, x: x, adv: advance, text: string(text[i])})
	}
	return gs
}

// pieces joins glyphs on one height.
func pieces(gs []placed, f *Font, size float64, part uint8) []Piece {
	const near = 0.3 // thousandths of the size
	var out []Piece
	for i := 0; i < len(gs); {
		p := Piece{Font: f, Part: part, Size: size, X: gs[i].x, Y: gs[i].y}
		pen := p.X
		for ; i < len(gs) && gs[i].y == p.Y; i++ {
			if n := len(p.Glyphs); n == 0 {
				p.Glyphs = make([]Glyph, 0, len(gs)-i)
			} else {
				kern := float32(math.Round((gs[i].x-pen)/size*1e4) / 10)
				if kern > near || kern < -near {
					p.Glyphs[n-1].Kern = kern
					pen += float64(kern) * size / 1000
				}
			}
			p.Glyphs = append(p.Glyphs, Glyph{ID: uint32(gs[i].id), Text: gs[i].text})
			pen += gs[i].adv
		}
		out = append(out, p)
	}
	return out
}

// visible leaves out what has no glyph.
func visible(runes []rune) []rune {
	if !slices.ContainsFunc(runes, ignorable) {
		return runes
	}
	return slices.DeleteFunc(slices.Clone(runes), ignorable)
}
