package typeset

import (
	"errors"
	"math"

	"github.com/go-text/typesetting/font"
)

// A Cut is a small TrueType font of those shapes of a font that are used. It
// must not be used from two goroutines.
//
// Each shape has a code, which is its place in the file; a shape that stands
// for different text in different places has several, so that text can be
// found from codes.
type Cut struct {
	*Font
	codes  map[Glyph]uint16
	last   []uint16 // by shape, the code that it got last, or 0: mostly the one that is asked for
	glyphs []*glyph
	texts  []string
}

// Cut begins a font of the shapes of a larger one. Code 0 is the shape for
// what is not there.
func (f *Font) Cut() *Cut {
	return &Cut{Font: f, codes: map[Glyph]uint16{}, glyphs: []*glyph{f.glyph(0)}, texts: []string{""}}
}

// Code takes a glyph into the font and returns its code.
func (c *Cut) Code(g Glyph) (uint16, error) {
	if code, ok := c.Find(g); ok {
		return code, nil
	}
	n := len(c.glyphs)
	if n > math.MaxUint16 {
		return 0, errTooManyGlyphs
	}
	if need := int(g.ID) + 1 - len(c.last); need > 0 {
		c.last = append(c.last, make([]uint16, need)...)
	}
	g.Kern = 0
	c.codes[g], c.last[g.ID] = uint16(n), uint16(n)
	c.glyphs = append(c.glyphs, c.glyph(font.GID(g.ID)))
	c.texts = append(c.texts, g.Text)
	return uint16(n), nil
}

// Find returns the code of a glyph that the font has taken in. Many goroutines
// may call it, as long as none calls Code.
func (c *Cut) Find(g Glyph) (uint16, bool) {
	if int(g.ID) >= len(c.last) || c.last[g.ID] == 0 {
		return 0, false
	}
	if code := c.last[g.ID]; c.texts[code] == g.Text {
		return code, true
	}
	g.Kern = 0
	code, ok := c.codes[g]
	return code, ok
}

var errTooManyGlyphs = errors.New("more shapes in one file than a font can hold")

// Texts returns what each code stands for.
func (c *Cut) Texts() []string { return c.texts }

// Widths returns how far each code moves on, in thousandths of the size.
func (c *Cut) Widths() []float64 {
	w := make([]float64, len(c.glyphs))
	for i, g := range c.glyphs {
		w[i] = g.advance * 1000
	}
	return w
}

// Metrics are measures of a whole font in thousandths of its size.
type Metrics struct {
	Ascent, Descent int
	Box             [4]int // left, bottom, right and top of all shapes
}

// Metrics returns the measures of what was cut so far.
func (c *Cut) Metrics() Metrics {
	m := c.measure()
	scale := func(v int) int { return int(math.Round(float64(v) * 1000 / float64(c.face.Upem()))) }
	return Metrics{scale(m.ascent), scale(m.descent), [4]int{scale(int(m.box.x0)), scale(int(m.box.y0)), scale(int(m.box.x1)), scale(int(m.box.y1))}}
}

// measures are the same in the units of the font, with what else its tables
// say of all shapes.
type measures struct {
	ascent, descent  int
	box              box
	points, contours int // the most of any shape
	widest           int
}

func (c *Cut) measure() measures {
	ext, _ := c.face.FontHExtents()
	m := measures{ascent: int(ext.Ascender), descent: int(ext.Descender), box: emptyBox()}
	for _, g := range c.glyphs {
		if g.points > 0 {
			m.box.grow(g.box.x0, g.box.y0)
			m.box.grow(g.box.x1, g.box.y1)
		}
		m.points, m.contours, m.widest = max(m.points, g.points), max(m.contours, g.contours), max(m.widest, g.width)
	}
	if m.box.x0 > m.box.x1 {
		m.box = box{}
	}
	return m
}

// TTF writes the font with the tables that a PDF reader needs
// (ISO 32000-1, 9.9). The same shapes give the same bytes.
func (c *Cut) TTF() []byte {
	size := 0
	for _, g := range c.glyphs {
		size += len(g.data)
	}
	glyf := make([]byte, 0, size)
	loca, hmtx := make([]byte, 0, 4*len(c.glyphs)+4), make([]byte, 0, 4*len(c.glyphs))
	for _, g := range c.glyphs {
		loca = be.AppendUint32(loca, uint32(len(glyf)))
		glyf = append(glyf, g.data...)
		lsb := 0
		if g.points > 0 {
			lsb = int(g.box.x0)
		}
		hmtx = be.AppendUint16(be.AppendUint16(hmtx, uint16(g.width)), uint16(lsb))
	}
	m := c.measure()
	b := m.box
	return assemble([]table{
		{"glyf", glyf},
		{"head", words(1, 0, 1, 0, 0, 0, 0x5F0F, 0x3CF5, 0, int(c.face.Upem()), 0, 0, 0, 0, 0, 0, 0, 0,
			int(b.x0), int(b.y0), int(b.x1), int(b.y1), 0, 8, 2, 1, 0)},
		{"hhea", words(1, 0, m.ascent, m.descent, 0, m.widest, int(b.x0), 0, int(b.x1), 1, 0, 0, 0, 0, 0, 0, 0, len(c.glyphs))},
		{"hmtx", hmtx},
		{"loca", be.AppendUint32(loca, uint32(len(glyf)))},
		{"maxp", words(1, 0, len(c.glyphs), m.points, m.contours, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0)},
	})
}

// A table is a named part of a font file.
type table struct {
	tag  string
	data []byte
}

// words writes numbers of 16 bits.
func words(v ...int) []byte {
	var b []byte
	for _, n := range v {
		b = be.AppendUint16(b, uint16(n))
	}
	return b
}

// assemble writes the file; tables are in the order of their names.
func assemble(ts []table) []byte {
	search, shift := 1, 0
	for search*2 <= len(ts) {
		search, shift = search*2, shift+1
	}
	b := be.AppendUint32(make([]byte, 0, size(ts)), 0x00010000)
	b = append(b, words(len(ts), 16*search, shift, 16*(len(ts)-search))...)
	pos := 12 + 16*len(ts)
	for _, t := range ts {
		b = append(b, t.tag...)
		b = be.AppendUint32(b, checksum(t.data))
		b = be.AppendUint32(b, uint32(pos))
		b = be.AppendUint32(b, uint32(len(t.data)))
		pos += (len(t.data) + 3) &^ 3
	}
	for _, t := range ts {
		b = append(b, t.data...)
		for len(b)%4 != 0 {
			b = append(b, 0)
		}
	}
	return b
}

func size(ts []table) int {
	n := 12
	for _, t := range ts {
		n += 16 + (len(t.data)+3)&^3
	}
	return n
}

func checksum(data []byte) uint32 {
	var sum uint32
	for ; len(data) >= 4; data = data[4:] {
		sum += be.Uint32(data)
	}
	var rest [4]byte
	copy(rest[:], data)
	return sum + be.Uint32(rest[:])
}
