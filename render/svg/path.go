package svg

import (
	"errors"
	"math"
)

// A Point is a place.
type Point struct{ X, Y float64 }

// A Matrix is [a b c d e f] of SVG: x' = ax + cy + e, y' = bx + dy + f.
type Matrix [6]float64

var identity = Matrix{1, 0, 0, 1, 0, 0}

// Then is the matrix that does m and then n.
func (m Matrix) Then(n Matrix) Matrix {
	return Matrix{
		n[0]*m[0] + n[2]*m[1], n[1]*m[0] + n[3]*m[1],
		n[0]*m[2] + n[2]*m[3], n[1]*m[2] + n[3]*m[3],
		n[0]*m[4] + n[2]*m[5] + n[4], n[1]*m[4] + n[3]*m[5] + n[5],
	}
}

// Of is where a point goes.
func (m Matrix) Of(p Point) Point {
	return Point{m[0]*p.X + m[2]*p.Y + m[4], m[1]*p.X + m[3]*p.Y + m[5]}
}

func (m Matrix) finite() bool {
	for _, v := range m {
		if math.IsNaN(v) || math.Abs(v) > mostLength {
			return false
		}
	}
	return true
}

// flat reports whether everything goes onto a line or a point.
func (m Matrix) flat() bool { return math.Abs(m[0]*m[3]-m[1]*m[2]) < 1e-12 }

func translation(x, y float64) Matrix { return Matrix{1, 0, 0, 1, x, y} }
func scaling(x, y float64) Matrix     { return Matrix{x, 0, 0, y, 0, 0} }

// mostLength is beyond all paper.
const mostLength = 1e7

// A Segment moves to a point ('M'), draws a line to it ('L') or a curve ('C',
// with its two handles before it), or closes the path ('Z').
type Segment struct {
	Op byte
	P  [3]Point // 'M' and 'L' have one
}

// A Path is a row of segments that begins with an 'M'.
type Path []Segment

func (p *Path) move(at Point)        { *p = append(*p, Segment{'M', [3]Point{at}}) }
func (p *Path) line(to Point)        { *p = append(*p, Segment{'L', [3]Point{to}}) }
func (p *Path) curve(a, b, to Point) { *p = append(*p, Segment{'C', [3]Point{a, b, to}}) }
func (p *Path) close()               { *p = append(*p, Segment{Op: 'Z'}) }

// In returns the path in the units to which a matrix leads.
func (p Path) In(m Matrix) Path {
	out := make(Path, len(p))
	for i, s := range p {
		out[i].Op = s.Op
		for j, at := range s.P {
			out[i].P[j] = m.Of(at)
		}
	}
	return out
}

// end is where a segment ends.
func (s Segment) end() Point {
	if s.Op == 'C' {
		return s.P[2]
	}
	return s.P[0]
}

// A box is the smallest one around something, its sides upright.
type box struct {
	min, max Point
	any      bool
}

func (b *box) grow(p Point) {
	if !b.any {
		b.min, b.max, b.any = p, p, true
		return
	}
	b.min = Point{min(b.min.X, p.X), min(b.min.Y, p.Y)}
	b.max = Point{max(b.max.X, p.X), max(b.max.Y, p.Y)}
}

// bounds is the box around a path, without its stroke.
func (p Path) bounds() box {
	var b box
	var at, start Point
	for _, s := range p {
		switch s.Op {
		case 'M':
			start = s.P[0]
		case 'C':
			for _, t := range append(extremes(at.X, s.P[0].X, s.P[1].X, s.P[2].X), extremes(at.Y, s.P[0].Y, s.P[1].Y, s.P[2].Y)...) {
				b.grow(bezier(at, s.P, t))
			}
		case 'Z':
			at = start
			continue
		}
		at = s.end()
		b.grow(at)
	}
	return b
}

func bezier(from Point, p [3]Point, t float64) Point {
	u := 1 - t
	k := [4]float64{u * u * u, 3 * u * u * t, 3 * u * t * t, t * t * t}
	return Point{k[0]*from.X + k[1]*p[0].X + k[2]*p[1].X + k[3]*p[2].X, k[0]*from.Y + k[1]*p[0].Y + k[2]*p[1].Y + k[3]*p[2].Y}
}

// extremes are the places between 0 and 1 at which a curve turns.
func extremes(p0, p1, p2, p3 float64) (at []float64) {
	a, b, c := -p0+3*p1-3*p2+p3, 2*(p0-2*p1+p2), p1-p0
	put := func(t float64) {
		if t > 0 && t < 1 {
			at = append(at, t)
		}
	}
	if math.Abs(a) < 1e-12 {
		if b != 0 {
			put(-c / b)
		}
		return at
	}
	if d := b*b - 4*a*c; d >= 0 {
		put((-b + math.Sqrt(d)) / (2 * a))
		put((-b - math.Sqrt(d)) / (2 * a))
	}
	return at
}

// kappa is how long the handles of a quarter of a circle are.
const kappa = 0.5522847498307936

// ellipse is a path clockwise from its right end.
func ellipse(c Point, rx, ry float64) (p Path) {
	kx, ky := kappa*rx, kappa*ry
	p.move(Point{c.X + rx, c.Y})
	p.curve(Point{c.X + rx, c.Y + ky}, Point{c.X + kx, c.Y + ry}, Point{c.X, c.Y + ry})
	p.curve(Point{c.X - kx, c.Y + ry}, Point{c.X - rx, c.Y + ky}, Point{c.X - rx, c.Y})
	p.curve(Point{c.X - rx, c.Y - ky}, Point{c.X - kx, c.Y - ry}, Point{c.X, c.Y - ry})
	p.curve(Point{c.X + kx, c.Y - ry}, Point{c.X + rx, c.Y - ky}, Point{c.X + rx, c.Y})
	p.close()
	return p
}

// rectangle is a path whose corners may be round.
func rectangle(x, y, w, h, rx, ry float64) (p Path) {
	rx, ry = min(rx, w/2), min(ry, h/2)
	if rx <= 0 || ry <= 0 {
		p.move(Point{x, y})
		p.line(Point{x + w, y})
		p.line(Point{x + w, y + h})
		p.line(Point{x, y + h})
		p.close()
		return p
	}
	kx, ky := (1-kappa)*rx, (1-kappa)*ry
	p.move(Point{x + rx, y})
	p.line(Point{x + w - rx, y})
	p.curve(Point{x + w - kx, y}, Point{x + w, y + ky}, Point{x + w, y + ry})
	p.line(Point{x + w, y + h - ry})
	p.curve(Point{x + w, y + h - ky}, Point{x + w - kx, y + h}, Point{x + w - rx, y + h})
	p.line(Point{x + rx, y + h})
	p.curve(Point{x + kx, y + h}, Point{x, y + h - ky}, Point{x, y + h - ry})
	p.line(Point{x, y + ry})
	p.curve(Point{x, y + ky}, Point{x + kx, y}, Point{x + rx, y})
	p.close()
	return p
}

// arc appends an elliptical arc (SVG 2, 9.5 and B.2.4).
func (p *Path) arc(from Point, rx, ry, turned float64, large, sweep bool, to Point) {
	rx, ry = math.Abs(rx), math.Abs(ry)
	if from == to {
		return
	}
	if rx == 0 || ry == 0 {
		p.line(to)
		return
	}
	sin, cos := math.Sincos(turned * math.Pi / 180)
	dx, dy := (from.X-to.X)/2, (from.Y-to.Y)/2
	x, y := cos*dx+sin*dy, cos*dy-sin*dx
	if over := x*x/(rx*rx) + y*y/(ry*ry); over > 1 {
		rx, ry = rx*math.Sqrt(over), ry*math.Sqrt(over)
	}
	k := math.Sqrt(max(0, (rx*rx*ry*ry-rx*rx*y*y-ry*ry*x*x)/(rx*rx*y*y+ry*ry*x*x)))
	if large == sweep {
		k = -k
	}
	cx, cy := k*rx*y/ry, -k*ry*x/rx
	start := math.Atan2((y-cy)/ry, (x-cx)/rx)
	sweepAngle := math.Atan2((-y-cy)/ry, (-x-cx)/rx) - start
	switch {
	case sweep && sweepAngle < 0:
		sweepAngle += 2 * math.Pi
	case !sweep && sweepAngle > 0:
		sweepAngle -= 2 * math.Pi
	}
	at := Matrix{cos * rx, sin * rx, -sin * ry, cos * ry, cos*cx - sin*cy + (from.X+to.X)/2, sin*cx + cos*cy + (from.Y+to.Y)/2}
	n := int(math.Ceil(math.Abs(sweepAngle)/(math.Pi/2) - 1e-9))
	step := sweepAngle / float64(max(n, 1))
	h := 4.0 / 3 * math.Tan(step/4)
	for i := range max(n, 1) {
		s1, c1 := math.Sincos(start + float64(i)*step)
		s2, c2 := math.Sincos(start + float64(i+1)*step)
		end := at.Of(Point{c2, s2})
		if i == max(n, 1)-1 {
			end = to
		}
		p.curve(at.Of(Point{c1 - h*s1, s1 + h*c1}), at.Of(Point{c2 + h*s2, s2 - h*c2}), end)
	}
}

var errPath = errors.New("path data that cannot be read")

// parsePath reads the data of a path (SVG 2, 9.3), at most so many segments.
func parsePath(d string, most int) (Path, error) {
	s := &pathReader{numbers: numbers{text: d}}
	for s.skip(); s.text != ""; s.skip() {
		c := s.text[0]
		switch {
		case isCommand(c):
			s.text, s.op = s.text[1:], c
		case s.op == 0 || s.op == 'Z' || s.op == 'z':
			return nil, errPath
		case s.op == 'M':
			s.op = 'L'
		case s.op == 'm':
			s.op = 'l'
		}
		if len(s.path) == 0 && s.op != 'M' && s.op != 'm' {
			return nil, errPath
		}
		if err := s.segment(); err != nil {
			return nil, err
		}
		if len(s.path) > most {
			return nil, errors.New("too many segments")
		}
	}
	return s.path, nil
}

func isCommand(c byte) bool {
	switch c | 0x20 {
	case 'm', 'l', 'h', 'v', 'c', 's', 'q', 't', 'a', 'z':
		return true
	}
	return false
}

// A pathReader reads path data command by command.
type pathReader struct {
	numbers
	path      Path
	op        byte
	at, start Point
	handle    Point // the last one of the command before, of its kind
	kind      byte  // 'c' or 'q': what the handle is of
}

// args reads the numbers of a command.
func (s *pathReader) args(n int) ([]float64, error) {
	v := make([]float64, n)
	for i := range v {
		var ok bool
		if s.op|0x20 == 'a' && (i == 3 || i == 4) {
			v[i], ok = s.flag()
		} else {
			v[i], ok = s.next()
		}
		if !ok {
			return nil, errPath
		}
	}
	return v, nil
}

var argsOf = map[byte]int{'m': 2, 'l': 2, 'h': 1, 'v': 1, 'c': 6, 's': 4, 'q': 4, 't': 2, 'a': 7, 'z': 0}

// segment reads one command, or one more row of its numbers.
func (s *pathReader) segment() error {
	c := s.op | 0x20
	v, err := s.args(argsOf[c])
	if err != nil {
		return err
	}
	var from Point
	if s.op == c {
		from = s.at
	}
	p := func(i int) Point { return Point{from.X + v[i], from.Y + v[i+1]} }
	mirrored := s.at
	if s.kind == 'c' && c == 's' || s.kind == 'q' && c == 't' {
		mirrored = Point{2*s.at.X - s.handle.X, 2*s.at.Y - s.handle.Y}
	}
	to, kind := s.at, byte(0)
	if len(s.path) > 0 && s.path[len(s.path)-1].Op == 'Z' && c != 'm' && c != 'z' {
		s.path.move(s.at)
	}
	switch c {
	case 'm':
		to = p(0)
		s.start = to
		s.path.move(to)
	case 'l':
		to = p(0)
		s.path.line(to)
	case 'h':
		to.X = from.X + v[0]
		s.path.line(to)
	case 'v':
		to.Y = from.Y + v[0]
		s.path.line(to)
	case 'c':
		to, kind, s.handle = p(4), 'c', p(2)
		s.path.curve(p(0), s.handle, to)
	case 's':
		to, kind, s.handle = p(2), 'c', p(0)
		s.path.curve(mirrored, s.handle, to)
	case 'q', 't':
		kind = 'q'
		if c == 'q' {
			s.handle, to = p(0), p(2)
		} else {
			s.handle, to = mirrored, p(0)
		}
		h := s.handle
		s.path.curve(Point{s.at.X + 2*(h.X-s.at.X)/3, s.at.Y + 2*(h.Y-s.at.Y)/3}, Point{to.X + 2*(h.X-to.X)/3, to.Y + 2*(h.Y-to.Y)/3}, to)
	case 'a':
		to = p(5)
		s.path.arc(s.at, v[0], v[1], v[2], v[3] != 0, v[4] != 0, to)
	case 'z':
		to = s.start
		s.path.close()
	}
	s.at, s.kind = to, kind
	return nil
}
