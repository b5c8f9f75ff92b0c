package chart

import (
	"fmt"
	"html"
	"math"
	"strconv"
	"strings"

	"github.com/rivo/uniseg"
)

// width of all charts in user units, which are pixels in a window wide enough.
const width = 720

// A canvas is the content of an image. Its x runs from where reading begins:
// from the left, or, mirrored, from the right. Text that starts at an x runs on
// from there in both cases, because an anchor follows the direction of the image.
type canvas struct {
	b             strings.Builder
	width, height float64
	rtl           bool
}

func newCanvas(f Figure, height float64) *canvas {
	return &canvas{width: width, height: height, rtl: f.RTL}
}

// at is an x as SVG counts it.
func (c *canvas) at(x float64) float64 {
	if c.rtl {
		return c.width - x
	}
	return x
}

// length writes a coordinate to a tenth of a unit.
func length(v float64) string {
	return strconv.FormatFloat(math.Round(v*10)/10+0, 'f', -1, 64)
}

func (c *canvas) text(x, y float64, anchor, class, s string) {
	fmt.Fprintf(&c.b, `<text x="%s" y="%s" text-anchor="%s" class="%s">%s</text>`+"\n",
		length(c.at(x)), length(y), anchor, class, html.EscapeString(s))
}

func (c *canvas) line(x1, y1, x2, y2 float64, class string) {
	fmt.Fprintf(&c.b, `<line x1="%s" y1="%s" x2="%s" y2="%s" class="%s"/>`+"\n",
		length(c.at(x1)), length(y1), length(c.at(x2)), length(y2), class)
}

func (c *canvas) rect(x, y, w, h float64, class string) {
	if c.rtl {
		x = c.width - x - w
	}
	fmt.Fprintf(&c.b, `<rect x="%s" y="%s" width="%s" height="%s" class="%s"/>`+"\n",
		length(x), length(y), length(w), length(h), class)
}

// A dot is a place on a canvas.
type dot struct{ x, y float64 }

// path joins dots; closed, it encloses an area.
func (c *canvas) path(dots []dot, closed bool, class string) {
	if len(dots) == 0 {
		return
	}
	c.b.WriteString(`<path d="`)
	for i, d := range dots {
		c.b.WriteString([]string{"M", "L"}[min(i, 1)] + length(c.at(d.x)) + " " + length(d.y))
	}
	if closed {
		c.b.WriteString("Z")
	}
	fmt.Fprintf(&c.b, `" class="%s"/>`+"\n", class)
}

// room is about how wide a text is. Fonts differ, so it is rather too much.
func room(s string) float64 {
	return 7.6 * float64(uniseg.StringWidth(s))
}

// widest is the room of the longest text, from low to high.
func widest(low, high float64, texts ...string) float64 {
	for _, s := range texts {
		low = max(low, room(s))
	}
	return min(low, high)
}

// fitted breaks a text into two lines at most, and cuts what is left: the
// table has all of it.
func fitted(s string, wide float64) []string {
	var lines []string
	line := ""
	for word := range strings.FieldsSeq(s) {
		switch {
		case line == "":
			line = word
		case room(line+" "+word) <= wide:
			line += " " + word
		default:
			lines, line = append(lines, line), word
		}
	}
	lines = append(lines, line)
	if len(lines) > 2 {
		lines = []string{lines[0], lines[1] + " …"}
	}
	for i, l := range lines {
		lines[i] = cut(l, wide)
	}
	return lines
}

// cut shortens a text that is too long between two characters as readers see them.
func cut(s string, wide float64) string {
	if room(s) <= wide {
		return s
	}
	short := ""
	for g := uniseg.NewGraphemes(s); g.Next(); {
		if room(short+g.Str()+"…") > wide {
			break
		}
		short += g.Str()
	}
	return short + "…"
}

// label writes one line, or two around its height.
func (c *canvas) label(x, y, wide float64, anchor, class, s string) {
	lines := fitted(s, wide)
	for i, l := range lines {
		c.text(x, y+15*(float64(i)-float64(len(lines)-1)/2), anchor, class, l)
	}
}

// A scale is an axis: values from low to high on units from start to end.
type scale struct{ low, high, start, end float64 }

func (s scale) of(v float64) float64 {
	return s.start + (min(max(v, s.low), s.high)-s.low)/(s.high-s.low)*(s.end-s.start)
}

// scaled makes an axis that holds all values, with ends at round numbers.
// Values that are not finite are left out.
func scaled(start, end float64, values ...float64) (s scale, ticks []float64) {
	low, high := math.Inf(1), math.Inf(-1)
	for _, v := range values {
		if finite(v) {
			low, high = min(low, v), max(high, v)
		}
	}
	if low > high {
		low, high = 0, 1
	}
	if high-low < 1e-9*max(1, math.Abs(low)) {
		high = low + max(1, math.Abs(low))
	}
	step := round((high - low) / 5)
	first, last := math.Floor(low/step+1e-9), math.Ceil(high/step-1e-9)
	for i := range int(last-first) + 1 {
		ticks = append(ticks, (first+float64(i))*step+0)
	}
	return scale{first * step, last * step, start, end}, ticks
}

// round is the next of 1, 2 and 5, ten times these, and so on.
func round(step float64) float64 {
	ten := math.Pow(10, math.Floor(math.Log10(step)))
	for _, m := range []float64{1, 2, 5} {
		if m*ten >= step*(1-1e-9) {
			return m * ten
		}
	}
	return 10 * ten
}
