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
	Lang   string // BCP 47
	RTL    bool
	Joined bool    // its hyphens join words: no line ends in one
	Parted bool    // its words may be parted where a line would be short, if there are patterns for it
	Size   float64 // points
	Runs   []Run
}

// A Run is a part of a paragraph in one style.
type Run struct {
	Text   string
	Bold   bool
	Italic bool
	Mono   bool  // for what is typed into a machine
	Value  bool  // from outside: its direction is isolated, and what cannot be written is replaced
	LTR    bool  // left to right in every language: addresses, ports, times
	Once   bool  // ours, but no other letter has it
	Known  bool  // from outside, but other letters have it too
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
	Words  bool // its paragraph is words that other letters have too
	Parted bool // its last word goes on in the next line
	Pieces []Piece
}

// A Piece is a row of glyphs of one font and of one Part of its paragraph.
type Piece struct {
	Font   *Font
	Part   uint8
	Size   float64
	X, Y   float64 // Y upwards
	Silent bool    // another piece has its text
	Wide   float64 // how many times as wide as in the font, or 0
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
	if plain, ok, err := plainLine(f, p, width); ok || err != nil {
		return plain, err
	}
	var buffer [1 << 10]byte
	key, memo := p.appendKey(buffer[:0]), &f.words
	values := p.values()
	if values {
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
	for i := range lines {
		lines[i].Words = !values
	}
	memo.put(key, width, lines)
	return lines, nil
}

// A setter does the setting. It must not be used from two goroutines.
type setter struct {
	fonts   *Fonts
	faces   map[*font.Font]*face
	stacks  map[stackKey]*stack
	seg     shaping.Segmenter
	hb      shaping.HarfbuzzShaper
	wrap    shaping.LineWrapper
	ends    lineEnds
	shapes  shapes
	letters map[rune]string // as strings

	// Memory for a paragraph, and for a run.
	text        text
	inputs      []shaping.Input
	outs        []shaping.Output
	runs, dealt []laid // of the paragraph, and of lines
	shown       []shown
	key         []byte
	row         []placed
	seen        []placed
}

func newSetter(f *Fonts) *setter {
	return &setter{fonts: f, faces: map[*font.Font]*face{}, stacks: map[stackKey]*stack{}, letters: map[rune]string{}}
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
	prose  []bool // which of them are words of our own, neither values nor typed
	soft   []int  // runes that are hyphens of parted words
}

// plainLine sets a value of plain text, which takes no longer than to remember it.
func plainLine(f *Fonts, p Para, width float64) ([]Line, bool, error) {
	if len(p.Runs) != 1 || !p.values() {
		return nil, false, nil
	}
	s := f.setter()
	defer f.release(s)
	l, ok, err := s.plain(p, p.Runs, width)
	return []Line{l}, ok, err
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
	t.runes, t.looks, t.breaks, t.prose, t.soft = t.runes[:0], t.looks[:0], t.breaks[:0], t.prose[:0], t.soft[:0]
	for _, r := range runs {
		if err := s.add(t, p, r); err != nil {
			return nil, err
		}
	}
	if len(t.runes) == 0 {
		return []Line{{}}, nil
	}
	limit := fixed.Int26_6(math.MaxInt32)
	if w := width * em / p.Size * 64; width > 0 && w < math.MaxInt32 {
		limit = fixed.Int26_6(w)
	}
	broken, err := s.lay(p, t, limit)
	if err == nil && p.Parted && len(broken) > 1 && !p.RTL {
		broken, err = s.parted(p, t, broken, limit)
	}
	if err != nil {
		return nil, err
	}
	lines := make([]Line, len(broken))
	for i, w := range broken {
		if w.outs != nil {
			lines[i] = s.line(*t, w.outs, p.Size)
		} else {
			lines[i] = pieces(w.runs, w.blank, p.Size)
		}
		lines[i].Parted = slices.Contains(t.soft, w.end-1)
	}
	return lines, nil
}

// add appends a run, having looked for every one of its characters.
func (s *setter) add(t *text, p Para, r Run) error {
	st := styleOf(r)
	stack, prose := s.stack(p.Lang, st), !r.Value && !r.LTR && !r.Mono
	put := func(c rune) {
		end := c
		if c == '/' && r.LTR && !r.Mono {
			end = 'x' // an address of the web stays on one line if it has room there
		}
		if c == '-' && (r.Value || r.LTR || p.Joined || single(t.runes)) {
			end = 'x' // a line that ends in it would be read, and copied, without it, or without its word
		}
		t.runes, t.looks, t.breaks = append(t.runes, c), append(t.looks, look{st, r.Part}), append(t.breaks, end)
		t.prose = append(t.prose, prose)
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
		ok, err := s.has(c, stack)
		if err != nil {
			return err
		}
		if !ok && !r.Value {
			return &MissingGlyph{Rune: c, Lang: p.Lang, Package: packageFor(c)}
		}
		if !ok {
			c = s.instead(stack)
		}
		put(c)
	}
	if r.LTR || r.Value {
		put(pdi)
	}
	return nil
}

// single reports whether a text ends in a letter that stands alone, as that of
// "E-Mail", which a hyphen keeps with its word.
func single(text []rune) bool {
	n := len(text)
	return n > 0 && unicode.IsLetter(text[n-1]) && (n == 1 || !unicode.IsLetter(text[n-2]))
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
	return c >= 0x061C && (isBidi(c) || c >= 0x200B && c <= 0x200D || c == 0x2060 || c == 0xFEFF ||
		unicode.Is(unicode.Variation_Selector, c))
}

func direction(rtl bool) di.Direction {
	if rtl {
		return di.DirectionRTL
	}
	return di.DirectionLTR
}

// line puts the shaped runs of a line in the order in which they are seen.
func (s *setter) line(t text, w shaping.Line, size float64) Line {
	slices.SortStableFunc(w, func(a, b shaping.Output) int { return int(a.VisualIndex - b.VisualIndex) })
	l := Line{Pieces: make([]Piece, 0, len(w))}
	for _, o := range w {
		s.run(&l, t, o, size)
	}
	return l
}

// placed is a glyph of a run with its place on the line.
type placed struct {
	id         font.GID
	x, y, adv  float64 // adv: what the font says, without kerning
	start, end int     // the characters it stands for
	text       string
}

func (s *setter) run(l *Line, t text, o shaping.Output, size float64) {
	f := s.faces[o.Face.Font].of
	own := points(o.Size, size)
	s.row = s.row[:0]
	begin := l.Width
	for _, g := range o.Glyphs {
		start, end := g.TextIndex(), g.TextIndex()+g.RunesCount()
		if g.Advance == 0 && len(visible(t.runes[start:end])) == 0 {
			continue
		}
		s.row = append(s.row, placed{id: g.GlyphID, start: start, end: end, adv: s.advance(o.Face.Font, g.GlyphID) * own,
			x: l.Width + points(g.XOffset, size), y: points(g.YOffset, size)})
		l.Width += points(g.Advance, size)
	}
	rtl := o.Direction.Progression() == di.TowardTopLeft
	if rtl && strings.HasPrefix(f.Name, "Noto") && s.uneven() && s.falls(l, begin, t, o, own) {
		return
	}
	s.seen = s.seen[:0]
	for gs := s.row; len(gs) > 0; {
		n := together(gs)
		text := visible(t.runes[gs[0].start:gs[0].end])
		if slices.Contains(t.soft, gs[0].start) {
			text = softHyphen
		}
		if rtl {
			s.seen = append(s.seen, s.backwards(gs[:n], text, o.Face, own)...)
		} else {
			s.seen = append(s.seen, s.forwards(gs[:n], text)...)
		}
		gs = gs[n:]
	}
	l.Pieces = appendPieces(l.Pieces, s.seen, f, own, t.looks[o.Runes.Offset].part)
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

// together returns how many glyphs stand for the same characters as the first one.
func together(gs []placed) int {
	n := 1
	for n < len(gs) && gs[n].start == gs[0].start {
		n++
	}
	return n
}

// letter returns a character as a string.
func (s *setter) letter(c rune) string {
	const most = 1 << 12 // others
	if c < utf8.RuneSelf {
		return ascii[c : c+1]
	}
	l, ok := s.letters[c]
	if !ok {
		if len(s.letters) == most {
			clear(s.letters)
		}
		l = string(c)
		s.letters[c] = l
	}
	return l
}

// ascii has each character at its place.
var ascii = func() string {
	var b [utf8.RuneSelf]byte
	for i := range b {
		b[i] = byte(i)
	}
	return string(b[:])
}()

// all returns characters as a string.
func (s *setter) all(text []rune) string {
	if len(text) == 1 {
		return s.letter(text[0])
	}
	return string(text)
}

// forwards gives a cluster of a run from left to right its text, in the order
// in which it is read; what shape belongs to which character does not matter.
func (s *setter) forwards(gs []placed, text []rune) []placed {
	if len(gs) > len(text) {
		gs[0].text = s.all(text) // together with the next ones
		return gs
	}
	for i := range gs {
		gs[i].text = s.letter(text[i])
	}
	last := len(gs) - 1
	gs[last].text = s.all(text[last:])
	return gs
}

// backwards gives a cluster of a run from right to left its text. Readers put
// together what they find from right to left, character by character; so of
// a shape that stands for several, each but the last has a blank in its place.
func (s *setter) backwards(gs []placed, text []rune, f *font.Face, size float64) []placed {
	n := len(text)
	blank, ok := f.NominalGlyph(' ')
	if n < 2 || !ok {
		gs[0].text = s.all(text)
		return gs
	}
	advance := float64(f.HorizontalAdvance(blank)) / float64(f.Upem()) * size
	gs[0].text = s.all(text[n-1:])
	width := 0.0
	for _, g := range gs {
		width += g.adv
	}
	for i := n - 2; i >= 0; i-- {
		x := gs[0].x + width*float64(n-1-i)/float64(n)
		gs = append(gs[:len(gs):len(gs)], placed{id: blank, x: x, adv: advance, text: s.letter(text[i])})
	}
	return gs
}

// uneven reports whether the shapes of a row stand at several heights: words of
// Nastaliq, which fall towards their end, and marks of Naskh.
func (s *setter) uneven() bool {
	return slices.ContainsFunc(s.row, func(g placed) bool { return g.y != s.row[0].y })
}

// falls sets a word whose shapes stand at several heights, of which a reader of
// the file makes several lines. So the shapes are silent, and a row of blanks on
// the base line has their text. It reports false if the font has no blank.
func (s *setter) falls(l *Line, begin float64, t text, o shaping.Output, own float64) bool {
	blank, ok := o.Face.NominalGlyph(' ')
	if !ok || len(s.row) == 0 {
		return false
	}
	f, part := s.faces[o.Face.Font].of, t.looks[o.Runes.Offset].part
	for i := range s.row {
		s.row[i].text = "\u200b" // for those who pass over what replaces it
	}
	first := len(l.Pieces)
	l.Pieces = appendPieces(l.Pieces, s.row, f, own, part)
	for i := range l.Pieces[first:] {
		l.Pieces[first+i].Silent = true
	}
	chars := visible(t.runes[o.Runes.Offset : o.Runes.Offset+o.Runes.Count])
	pitch, advance := (l.Width-begin)/float64(len(chars)), s.advance(o.Face.Font, blank)*own
	s.seen = s.seen[:0]
	for i := range chars {
		s.seen = append(s.seen, placed{id: blank, x: begin + pitch*float64(i), adv: pitch, text: s.letter(chars[len(chars)-1-i])})
	}
	l.Pieces = appendPieces(l.Pieces, s.seen, f, own, part)
	if advance > 0 {
		l.Pieces[len(l.Pieces)-1].Wide = pitch / advance
	}
	return true
}

// appendPieces joins glyphs on one height.
func appendPieces(out []Piece, gs []placed, f *Font, size float64, part uint8) []Piece {
	const near = 0.3 // thousandths of the size
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
