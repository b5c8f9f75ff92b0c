package pdf

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"codeberg.org/go-pdf/fpdf"

	"headsup/render/svg"
)

// A sketch is a drawing as objects of a file: forms (ISO 32000-1, 8.10) with
// what they need. fpdf writes the paths and strokes of each form.
type sketch struct {
	width, height float64 // in points
	scale         float64 // from the drawing's units to points
	objects       []sketchObject
}

// A sketchObject refers to others of its sketch by their number in braces.
type sketchObject struct {
	dict   string
	stream []byte // compressed, or nil
}

// newSketch draws a drawing as large as a box allows.
func newSketch(d *svg.Drawing, width, height float64) *sketch {
	k := min(width/d.Width, height/d.Height)
	s := &sketch{width: d.Width * k, height: d.Height * k, scale: k}
	s.form("", func(c *pen) { c.items(d.Items) })
	return s
}

// put writes a sketch into a file, and returns its outermost form.
func (s *sketch) put(f *file) ref {
	names := make([]string, 0, 2*len(s.objects))
	refs := make([]ref, len(s.objects))
	for i := range refs {
		refs[i] = f.promise()
		names = append(names, "{"+strconv.Itoa(i)+"}", refs[i].String())
	}
	named := strings.NewReplacer(names...)
	for i, o := range s.objects {
		if dict := named.Replace(o.dict); o.stream != nil {
			f.putStream(refs[i], dict, o.stream)
		} else {
			f.put(refs[i], "<<%s>>", dict)
		}
	}
	return refs[0]
}

// add takes an object and returns its name.
func (s *sketch) add(format string, args ...any) string {
	s.objects = append(s.objects, sketchObject{dict: fmt.Sprintf(format, args...)})
	return "{" + strconv.Itoa(len(s.objects)-1) + "}"
}

// A pen draws one form.
type pen struct {
	*fpdf.Tpl
	s         *sketch
	resources map[string][]string // names of objects by their kind; each is called by its kind and number
}

// form draws a form, with a dictionary for its transparency group or none, and
// returns its name.
func (s *sketch) form(group string, draw func(*pen)) string {
	at := len(s.objects)
	name := s.add("")
	c := &pen{s: s, resources: map[string][]string{}}
	t := fpdf.CreateTpl(fpdf.PointType{}, fpdf.SizeType{Wd: s.width, Ht: s.height}, "P", "pt", "", func(t *fpdf.Tpl) {
		c.Tpl = t
		draw(c)
	})
	var dict strings.Builder
	fmt.Fprintf(&dict, "/Type /XObject /Subtype /Form /BBox [0 0 %.2f %.2f] /Filter /FlateDecode", s.width, s.height)
	if group != "" {
		fmt.Fprintf(&dict, " /Group <</Type /Group /S /Transparency %s>>", group)
	}
	dict.WriteString(" /Resources <<")
	for _, kind := range []string{"ExtGState", "Pattern", "XObject"} {
		if len(c.resources[kind]) == 0 {
			continue
		}
		fmt.Fprintf(&dict, "/%s <<", kind)
		for i, object := range c.resources[kind] {
			fmt.Fprintf(&dict, "/%c%d %s ", kind[0], i, object)
		}
		dict.WriteString(">>")
	}
	dict.WriteString(">>")
	p := packers[best].Get().(*packer)
	defer packers[best].Put(p)
	s.objects[at] = sketchObject{dict.String(), slices.Clone(p.pack(t.Bytes()))}
	return name
}

// use names an object of the sketch in the form.
func (c *pen) use(kind, object string) string {
	i := slices.Index(c.resources[kind], object)
	if i < 0 {
		i = len(c.resources[kind])
		c.resources[kind] = append(c.resources[kind], object)
	}
	return fmt.Sprintf("/%c%d", kind[0], i)
}

// state sets what a dictionary of graphics state says (ISO 32000-1, 8.4.5).
func (c *pen) state(format string, args ...any) {
	dict := "/Type /ExtGState " + fmt.Sprintf(format, args...)
	at := slices.IndexFunc(c.s.objects, func(o sketchObject) bool { return o.dict == dict })
	object := "{" + strconv.Itoa(at) + "}"
	if at < 0 {
		object = c.s.add("%s", dict)
	}
	c.RawWriteStr(c.use("ExtGState", object) + " gs")
}

// whole is the dictionary of a group in colour, and grey of one that is a mask.
const (
	whole = "/CS /DeviceRGB /I true"
	mask  = "/CS /DeviceGray /I true"
)

func (c *pen) items(items []svg.Item) {
	for _, it := range items {
		c.item(it)
	}
}

// item draws an item within its clips. A clip of one path is one of PDF; of
// several it is a mask, over a group of its own.
func (c *pen) item(it svg.Item) {
	if slices.ContainsFunc(it.Clips, func(cl svg.Clip) bool { return len(cl) == 0 }) {
		return
	}
	c.RawWriteStr("q")
	defer c.RawWriteStr("Q")
	inner := func(c *pen) { c.content(it) }
	for _, cl := range it.Clips {
		if len(cl) == 1 {
			c.trace(cl[0].Path.In(c.s.toPoints()))
			c.DrawPath(map[bool]string{false: "W n", true: "W* n"}[cl[0].EvenOdd])
			continue
		}
		within := inner
		inner = func(c *pen) {
			c.masked(mask, func(c *pen) {
				c.RawWriteStr("1 g")
				for _, p := range cl {
					c.trace(p.Path.In(c.s.toPoints()))
					c.DrawPath(fills(p.EvenOdd))
				}
			})
			c.whole(within)
		}
	}
	inner(c)
}

// whole draws a group that is put on what is below as one.
func (c *pen) whole(draw func(*pen)) {
	c.RawWriteStr(c.use("XObject", c.s.form(whole, draw)) + " Do")
}

// masked has what is drawn next seen where a form is light.
func (c *pen) masked(group string, draw func(*pen)) {
	c.state("/SMask <</Type /Mask /S /Luminosity /G %s>>", c.s.form(group, draw))
}

func fills(evenOdd bool) string {
	if evenOdd {
		return "F*"
	}
	return "F"
}

// content draws an item without its clips.
func (c *pen) content(it svg.Item) {
	opacity := it.Opacity
	if together := it.Shape == nil || !it.Shape.Fill.None && !it.Shape.Stroke.None; together && opacity < 1 {
		c.state("/ca %.3f /CA %.3f", opacity, opacity)
		it.Opacity = 1
		c.whole(func(c *pen) { c.content(it) })
		return
	}
	if it.Shape == nil {
		c.items(it.Group)
		return
	}
	if it.Shape.StrokeFirst {
		c.stroke(it.Shape, opacity)
		c.fill(it.Shape, opacity)
		return
	}
	c.fill(it.Shape, opacity)
	c.stroke(it.Shape, opacity)
}

func (c *pen) fill(s *svg.Shape, opacity float64) {
	if s.Fill.None {
		return
	}
	c.RawWriteStr("q")
	defer c.RawWriteStr("Q")
	c.paint(s.Fill, opacity, false)
	c.trace(s.Path.In(s.At.Then(c.s.toPoints())))
	c.DrawPath(fills(s.EvenOdd))
}

func (c *pen) stroke(s *svg.Shape, opacity float64) {
	if s.Stroke.None {
		return
	}
	c.RawWriteStr("q")
	defer c.RawWriteStr("Q")
	c.paint(s.Stroke, opacity, true)
	at := s.At.Then(c.s.toPoints())
	size := math.Sqrt(math.Abs(at[0]*at[3] - at[1]*at[2]))
	path := s.Path.In(at)
	if !even(at) { // the line is as slanted as the path: it is drawn in the path's own units, enlarged
		own := svg.Matrix{1 / size, 0, 0, 1 / size, 0, 0}.Then(at)
		up := c.upright()
		c.cm(up.Then(own).Then(up))
		path = s.Path.In(svg.Matrix{size, 0, 0, size, 0, 0})
	}
	c.lines(s.Line, size)
	c.trace(path)
	c.DrawPath("D")
}

// lines sets how lines are drawn.
func (c *pen) lines(l svg.Line, size float64) {
	c.SetLineWidth(max(l.Width*size, 0.01))
	c.RawWriteStr(fmt.Sprintf("%d J %d j %.2f M", l.Cap, l.Join, l.Miter))
	var dashes []float64
	sum := 0.0
	for _, v := range l.Dashes {
		dashes, sum = append(dashes, v*size), sum+math.Round(v*size*100)
	}
	if sum > 0 {
		c.SetDashPattern(dashes, math.Mod(l.Offset*size, sum/100)+sum/100)
	}
}

// even reports whether lines are as wide in every direction.
func even(m svg.Matrix) bool {
	const near = 1e-4
	x, y, dot := math.Hypot(m[0], m[1]), math.Hypot(m[2], m[3]), m[0]*m[2]+m[1]*m[3]
	return math.Abs(x-y) <= near*x && math.Abs(dot) <= near*x*y
}

func (c *pen) cm(m svg.Matrix) {
	c.RawWriteStr(fmt.Sprintf("%.5f %.5f %.5f %.5f %.3f %.3f cm", m[0], m[1], m[2], m[3], m[4], m[5]))
}

// toPoints leads from the drawing's units to points from the upper left corner,
// as fpdf counts them; upright from these to those of PDF, and back.
func (s *sketch) toPoints() svg.Matrix { return svg.Matrix{s.scale, 0, 0, s.scale, 0, 0} }

func (c *pen) upright() svg.Matrix { return svg.Matrix{1, 0, 0, -1, 0, c.s.height} }

// trace puts down a path.
func (c *pen) trace(p svg.Path) {
	for _, s := range p {
		switch a := s.P; s.Op {
		case 'M':
			c.MoveTo(a[0].X, a[0].Y)
		case 'L':
			c.LineTo(a[0].X, a[0].Y)
		case 'C':
			c.CurveBezierCubicTo(a[0].X, a[0].Y, a[1].X, a[1].Y, a[2].X, a[2].Y)
		case 'Z':
			c.ClosePath()
		}
	}
}

// paint sets the colour of what is filled or stroked next.
func (c *pen) paint(p svg.Paint, opacity float64, stroke bool) {
	if opacity *= p.Opacity; opacity < 1 {
		c.state("/ca %.3f /CA %.3f", opacity, opacity)
	}
	if p.Gradient == nil {
		if r, g, b := int(p.Color[0]), int(p.Color[1]), int(p.Color[2]); stroke {
			c.SetDrawColor(r, g, b)
		} else {
			c.SetFillColor(r, g, b)
		}
		return
	}
	if p.Gradient.Transparent {
		c.masked(mask, func(c *pen) {
			c.RawWriteStr("/Pattern cs " + c.use("Pattern", c.pattern(p.Gradient, true)) + " scn")
			c.Rect(0, 0, c.s.width, c.s.height, "F")
		})
	}
	name := c.use("Pattern", c.pattern(p.Gradient, false))
	if stroke {
		c.RawWriteStr("/Pattern CS " + name + " SCN")
	} else {
		c.RawWriteStr("/Pattern cs " + name + " scn")
	}
}

// pattern is a gradient, of its colours or of how opaque they are
// (ISO 32000-1, 8.7.4).
func (c *pen) pattern(g *svg.Gradient, opacity bool) string {
	space, values := "/DeviceRGB", func(s svg.Stop) string {
		return fmt.Sprintf("%.4f %.4f %.4f", float64(s.Color[0])/255, float64(s.Color[1])/255, float64(s.Color[2])/255)
	}
	if opacity {
		space, values = "/DeviceGray", func(s svg.Stop) string { return fmt.Sprintf("%.4f", s.Opacity) }
	}
	kind, ends := 2, fmt.Sprintf("%.5f %.5f %.5f %.5f", g.From.X, g.From.Y, g.To.X, g.To.Y)
	if g.Radial {
		kind, ends = 3, fmt.Sprintf("%.5f %.5f %.5f %.5f %.5f %.5f", g.From.X, g.From.Y, g.Inner, g.To.X, g.To.Y, g.Outer)
	}
	m := g.At.Then(c.s.toPoints()).Then(c.upright())
	return c.s.add("/Type /Pattern /PatternType 2 /Matrix [%.6f %.6f %.6f %.6f %.4f %.4f] /Shading <</ShadingType %d /ColorSpace %s"+
		" /Coords [%s] /Extend [true true] /Function %s>>", m[0], m[1], m[2], m[3], m[4], m[5], kind, space, ends, blend(g.Stops, values))
}

// blend is a function from stop to stop (ISO 32000-1, 7.10). Two at one place
// are a sharp edge.
func blend(stops []svg.Stop, values func(svg.Stop) string) string {
	first, last := stops[0], stops[len(stops)-1]
	first.Offset, last.Offset = 0, 1
	all := append(append([]svg.Stop{first}, stops...), last)
	var parts, bounds, encode strings.Builder
	for i := 1; i < len(all); i++ {
		if all[i].Offset <= all[i-1].Offset {
			continue
		}
		if parts.Len() > 0 {
			fmt.Fprintf(&bounds, "%.5f ", all[i-1].Offset)
		}
		fmt.Fprintf(&parts, "<</FunctionType 2 /Domain [0 1] /N 1 /C0 [%s] /C1 [%s]>> ", values(all[i-1]), values(all[i]))
		encode.WriteString("0 1 ")
	}
	return fmt.Sprintf("<</FunctionType 3 /Domain [0 1] /Functions [%s] /Bounds [%s] /Encode [%s]>>", parts.String(), bounds.String(), encode.String())
}
