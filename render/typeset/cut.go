package typeset

import (
	"encoding/binary"
	"math"
	"slices"

	"github.com/go-text/typesetting/font"
	"github.com/go-text/typesetting/font/opentype"
)

// A Cut is a small TrueType font made of the glyphs used of a larger one.
//
// Each glyph has a code of 16 bits: that of its character where the font
// itself would choose this glyph for it, else a private one.
type Cut struct {
	Name  string
	face  *font.Face
	codes map[font.GID]rune
	used  map[rune]font.GID
	next  rune // private code
}

const (
	firstPrivate = 0xE000
	lastPrivate  = 0xF8FF
)

func newCut(name string, face *font.Face) *Cut {
	return &Cut{Name: name, face: face, codes: map[font.GID]rune{}, used: map[rune]font.GID{}, next: firstPrivate}
}

// code returns the code of a glyph, the one wanted if that can be.
func (c *Cut) code(g font.GID, want rune) (rune, error) {
	if r, ok := c.codes[g]; ok {
		return r, nil
	}
	r := want
	nominal, _ := c.face.NominalGlyph(want)
	_, taken := c.used[want]
	if want < ' ' || want > 0xFFFD || want >= firstPrivate && want <= lastPrivate || nominal != g || taken {
		if r = c.next; r > lastPrivate {
			return 0, errTooManyGlyphs
		}
		c.next++
	}
	c.codes[g], c.used[r] = r, g
	return r, nil
}

// advance is the width of a glyph in parts of the font size.
func (c *Cut) advance(g font.GID) float64 {
	return float64(c.face.HorizontalAdvance(g)) / float64(c.face.Upem())
}

var be = binary.BigEndian

// TTF writes the font. The same glyphs give the same bytes.
func (c *Cut) TTF() []byte {
	runes := make([]rune, 0, len(c.used))
	for r := range c.used {
		runes = append(runes, r)
	}
	slices.Sort(runes)
	o := outlines{cut: c, box: emptyBox()}
	o.add(0)
	for _, r := range runes {
		o.add(c.used[r])
	}
	return assemble(c.tables(&o, runes))
}

// outlines gathers the tables that hold the shapes.
type outlines struct {
	cut              *Cut
	glyf, loca, hmtx []byte
	box              box
	n                int
	points, contours int // the most of any glyph
	widest           int
}

type box struct{ x0, y0, x1, y1 int16 }

func emptyBox() box { return box{math.MaxInt16, math.MaxInt16, math.MinInt16, math.MinInt16} }

func (b *box) grow(x, y int16) {
	b.x0, b.y0, b.x1, b.y1 = min(b.x0, x), min(b.y0, y), max(b.x1, x), max(b.y1, y)
}

type point struct {
	x, y int16
	on   bool
}

func (o *outlines) add(g font.GID) {
	o.loca = be.AppendUint32(o.loca, uint32(len(o.glyf)))
	var shape [][]point
	if d, ok := o.cut.face.GlyphDataOutline(g); ok {
		shape = contours(d.Segments)
	}
	b := emptyBox()
	n := 0
	for _, c := range shape {
		n += len(c)
		for _, p := range c {
			b.grow(p.x, p.y)
		}
	}
	lsb := int16(0)
	if n > 0 {
		o.glyf = appendGlyph(o.glyf, shape, b)
		o.box.grow(b.x0, b.y0)
		o.box.grow(b.x1, b.y1)
		lsb = b.x0
	}
	width := int(math.Round(float64(o.cut.face.HorizontalAdvance(g))))
	o.hmtx = be.AppendUint16(o.hmtx, uint16(width))
	o.hmtx = be.AppendUint16(o.hmtx, uint16(lsb))
	o.n++
	o.points, o.contours, o.widest = max(o.points, n), max(o.contours, len(shape)), max(o.widest, width)
}

// contours makes closed contours of quadratic curves of a path.
func contours(segs []opentype.Segment) [][]point {
	var out [][]point
	var cur []point
	var at opentype.SegmentPoint
	flush := func() {
		if n := len(cur); n > 1 && cur[0].x == cur[n-1].x && cur[0].y == cur[n-1].y && cur[n-1].on {
			cur = cur[:n-1]
		}
		if len(cur) > 2 {
			out = append(out, cur)
		}
		cur = nil
	}
	for _, s := range segs {
		switch a := s.Args; s.Op {
		case opentype.SegmentOpMoveTo:
			flush()
			cur = append(cur, round(a[0], true))
			at = a[0]
		case opentype.SegmentOpLineTo:
			cur = append(cur, round(a[0], true))
			at = a[0]
		case opentype.SegmentOpQuadTo:
			cur = append(cur, round(a[0], false), round(a[1], true))
			at = a[1]
		case opentype.SegmentOpCubeTo:
			cur = appendCubic(cur, at, a[0], a[1], a[2])
			at = a[2]
		}
	}
	flush()
	return out
}

func round(p opentype.SegmentPoint, on bool) point {
	return point{clamp(p.X), clamp(p.Y), on}
}

func clamp(f float32) int16 {
	return int16(max(math.MinInt16, min(math.MaxInt16, math.Round(float64(f)))))
}

// appendCubic replaces a cubic curve by as many quadratic ones as it takes to
// stay within half a unit.
func appendCubic(cur []point, p0, p1, p2, p3 opentype.SegmentPoint) []point {
	const tolerance = 0.5
	dx := float64(p3.X - 3*p2.X + 3*p1.X - p0.X)
	dy := float64(p3.Y - 3*p2.Y + 3*p1.Y - p0.Y)
	off := math.Sqrt(3) / 36 * math.Hypot(dx, dy)
	n := max(1, min(8, int(math.Ceil(math.Cbrt(off/tolerance)))))
	at := func(t float32) (p, d opentype.SegmentPoint) {
		u := 1 - t
		f := func(a, b, c, e float32) (float32, float32) {
			return u*u*u*a + 3*u*u*t*b + 3*u*t*t*c + t*t*t*e, 3 * (u*u*(b-a) + 2*u*t*(c-b) + t*t*(e-c))
		}
		p.X, d.X = f(p0.X, p1.X, p2.X, p3.X)
		p.Y, d.Y = f(p0.Y, p1.Y, p2.Y, p3.Y)
		return p, d
	}
	h := 1 / float32(n)
	a, da := at(0)
	for i := 1; i <= n; i++ {
		b, db := at(float32(i) * h)
		// The mean of the two tangents' cubic handles, as one quadratic handle.
		c := opentype.SegmentPoint{
			X: (a.X+b.X)/2 + (da.X-db.X)*h/4,
			Y: (a.Y+b.Y)/2 + (da.Y-db.Y)*h/4,
		}
		cur = append(cur, round(c, false), round(b, true))
		a, da = b, db
	}
	return cur
}

func appendGlyph(b []byte, shape [][]point, bb box) []byte {
	for _, v := range []int16{int16(len(shape)), bb.x0, bb.y0, bb.x1, bb.y1} {
		b = be.AppendUint16(b, uint16(v))
	}
	end := -1
	for _, c := range shape {
		end += len(c)
		b = be.AppendUint16(b, uint16(end))
	}
	b = be.AppendUint16(b, 0) // no instructions
	var xs, ys []byte
	var x, y int16
	for _, c := range shape {
		for _, p := range c {
			flag := byte(0)
			if p.on {
				flag = 1
			}
			b = append(b, flag)
			xs = be.AppendUint16(xs, uint16(p.x-x))
			ys = be.AppendUint16(ys, uint16(p.y-y))
			x, y = p.x, p.y
		}
	}
	b = append(append(b, xs...), ys...)
	for len(b)%4 != 0 {
		b = append(b, 0)
	}
	return b
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

func (c *Cut) tables(o *outlines, runes []rune) []table {
	if o.box.x0 > o.box.x1 {
		o.box = box{}
	}
	ext, _ := c.face.FontHExtents()
	asc, desc := int(ext.Ascender), int(ext.Descender)
	upem := int(c.face.Upem())
	b := o.box
	weight := 400
	if s := c.Name; len(s) > 5 && s[len(s)-5:] == "-Bold" {
		weight = 700
	}
	first, last := 0, 0
	if len(runes) > 0 {
		first, last = int(runes[0]), int(runes[len(runes)-1])
	}
	os2 := words(4, upem/2, weight, 5, 0, upem/2, upem/2, 0, upem/8, upem/2, upem/2, 0, upem/3, upem/20, upem/4, 0)
	os2 = append(os2, make([]byte, 10+16+4)...)
	os2 = append(os2, words(0x40, first, last, asc, desc, 0, asc, -desc)...)
	os2 = append(os2, make([]byte, 8)...)
	os2 = append(os2, words(upem/2, upem*7/10, 0, ' ', 1)...)
	return []table{
		{"OS/2", os2},
		{"cmap", cmap(runes)},
		{"glyf", o.glyf},
		{"head", words(1, 0, 1, 0, 0, 0, 0x5F0F, 0x3CF5, 0, upem, 0, 0, 0, 0, 0, 0, 0, 0,
			int(b.x0), int(b.y0), int(b.x1), int(b.y1), 0, 8, 2, 1, 0)},
		{"hhea", words(1, 0, asc, desc, 0, o.widest, int(b.x0), 0, int(b.x1), 1, 0, 0, 0, 0, 0, 0, 0, o.n)},
		{"hmtx", o.hmtx},
		{"loca", be.AppendUint32(o.loca, uint32(len(o.glyf)))},
		{"maxp", words(1, 0, o.n, o.points, o.contours, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0)},
		{"name", words(0, 0, 6)},
		{"post", append(words(3, 0, 0, 0, -upem/10, upem/20, 0, 0), make([]byte, 16)...)},
	}
}

// cmap writes a table of format 4. Glyph 0 is that for what is not there;
// the others follow in the order of their codes.
func cmap(runes []rune) []byte {
	type segment struct{ first, last, delta int }
	var segs []segment
	for i, r := range runes {
		c := int(r)
		if n := len(segs); n > 0 && segs[n-1].last+1 == c {
			segs[n-1].last = c
			continue
		}
		segs = append(segs, segment{c, c, i + 1 - c})
	}
	segs = append(segs, segment{0xFFFF, 0xFFFF, 1})
	n := len(segs)
	search, shift := 1, 0
	for search*2 <= n {
		search, shift = search*2, shift+1
	}
	b := words(0, 1, 3, 1, 0, 12, 4, 16+8*n, 0, 2*n, 2*search, shift, 2*n-2*search)
	for _, s := range segs {
		b = be.AppendUint16(b, uint16(s.last))
	}
	b = be.AppendUint16(b, 0)
	for _, s := range segs {
		b = be.AppendUint16(b, uint16(s.first))
	}
	for _, s := range segs {
		b = be.AppendUint16(b, uint16(s.delta))
	}
	return append(b, make([]byte, 2*n)...)
}

// assemble writes the file; tables are in the order of their names.
func assemble(ts []table) []byte {
	search, shift := 1, 0
	for search*2 <= len(ts) {
		search, shift = search*2, shift+1
	}
	b := be.AppendUint32(nil, 0x00010000)
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

func checksum(data []byte) uint32 {
	var sum uint32
	for i, c := range data {
		sum += uint32(c) << (24 - 8*(i%4))
	}
	return sum
}
