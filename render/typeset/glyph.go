package typeset

import (
	"encoding/binary"
	"math"
	"sync"

	"github.com/go-text/typesetting/font"
	"github.com/go-text/typesetting/font/opentype"
)

// A Font is a font of the house or the machine. It may be used from many
// goroutines.
type Font struct {
	Name string // PostScript name

	font *font.Font
	*outlines
}

// outlines are the shapes of a font, or of several members of a collection.
type outlines struct {
	mu     sync.Mutex
	face   *font.Face
	glyphs map[font.GID]*glyph
}

func newFont(name string, f *font.Font) *Font {
	return &Font{name, f, &outlines{face: font.NewFace(f), glyphs: map[font.GID]*glyph{}}}
}

// A glyph is a shape as TrueType writes it down.
type glyph struct {
	data             []byte
	box              box
	width            int
	advance          float64 // in parts of the font size
	points, contours int
}

// glyph returns a shape, with its curves made quadratic if they were not.
func (f *outlines) glyph(id font.GID) *glyph {
	f.mu.Lock()
	defer f.mu.Unlock()
	if g, ok := f.glyphs[id]; ok {
		return g
	}
	adv := float64(f.face.HorizontalAdvance(id))
	g := &glyph{box: emptyBox(), width: int(math.Round(adv)), advance: adv / float64(f.face.Upem())}
	if d, ok := f.face.GlyphDataOutline(id); ok {
		shape := contours(d.Segments)
		for _, c := range shape {
			g.points += len(c)
			for _, p := range c {
				g.box.grow(p.x, p.y)
			}
		}
		if g.contours = len(shape); g.points > 0 {
			g.data = appendGlyph(nil, shape, g.box)
		}
	}
	f.glyphs[id] = g
	return g
}

var be = binary.BigEndian

type box struct{ x0, y0, x1, y1 int16 }

func emptyBox() box { return box{math.MaxInt16, math.MaxInt16, math.MinInt16, math.MinInt16} }

func (b *box) grow(x, y int16) {
	b.x0, b.y0, b.x1, b.y1 = min(b.x0, x), min(b.y0, y), max(b.x1, x), max(b.y1, y)
}

type point struct {
	x, y int16
	on   bool
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
			xs = appendStep(xs, int(p.x)-int(x), &flag, 2, 16)
			ys = appendStep(ys, int(p.y)-int(y), &flag, 4, 32)
			b = append(b, flag)
			x, y = p.x, p.y
		}
	}
	b = append(append(b, xs...), ys...)
	for len(b)%4 != 0 {
		b = append(b, 0)
	}
	return b
}

// appendStep writes how far a point is from the last one, in as few bytes as
// it takes; the flags say in how many.
func appendStep(b []byte, d int, flag *byte, short, same byte) []byte {
	switch {
	case d == 0:
		*flag |= same
		return b
	case d > 0 && d < 256:
		*flag |= short | same
		return append(b, byte(d))
	case d < 0 && d > -256:
		*flag |= short
		return append(b, byte(-d))
	}
	return be.AppendUint16(b, uint16(int16(d)))
}
