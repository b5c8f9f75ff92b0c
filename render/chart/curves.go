package chart

import (
	"cmp"
	"fmt"
	"html/template"
	"math"
	"slices"
)

// Curves are shares over time, each with a band.
type Curves struct {
	Figure
	Head    string // of the table's first column: what time is counted in
	Series  []Series
	Steps   bool // a value holds until the next; if not, lines join the values
	Time    func(float64) string
	Between string // writes a value with its band: fmt's %[1]s is the value, %[2]s the band; "%s (%s)" if empty
}

// A Series is one curve, its points in the order of time. With steps, a last
// point repeats the value where watching ended. The fifth and later ones look
// like the first.
type Series struct {
	Label  string
	Points []Point
}

// A Point is a value at a time, and its band; NaN for a band that there is not.
type Point struct{ Time, Value, Low, High float64 }

// looks are the classes by which curves and parts of bars differ: by colour, and by dashes or hatching.
const looks = 4

func look(i int) string { return fmt.Sprintf("chart-%d", i%looks+1) }

// HTML draws the curves, on an axis from 0 to 1 if all values lie there.
func (f Curves) HTML() template.HTML {
	const height, top, axis = 340, 12, 34
	c := newCanvas(f.Figure, height)
	var labels []string
	times, values := []float64{0}, []float64{0, 1}
	for _, s := range f.Series {
		labels = append(labels, s.Label)
		for _, p := range s.Points {
			times, values = append(times, p.Time), append(values, p.Value, p.Low, p.High)
		}
	}
	y, rows := scaled(height-axis, top, values...)
	var marks []string
	for _, v := range rows {
		marks = append(marks, f.number(v))
	}
	left, right := widest(30, 100, marks...)+12, widest(40, 180, labels...)+14
	x, columns := scaled(left, width-right, times...)
	for i, v := range rows {
		c.line(left, y.of(v), width-right, y.of(v), "chart-grid")
		c.text(left-8, y.of(v)+4, "end", "chart-small", marks[i])
	}
	for _, v := range columns {
		c.line(x.of(v), height-axis, x.of(v), height-axis+5, "chart-axis")
		c.text(x.of(v), height-axis+20, "middle", "chart-small", f.time(v))
	}
	c.line(left, height-axis, width-right, height-axis, "chart-axis")
	for i, s := range f.Series {
		c.path(f.band(s, x, y), true, "chart-band "+look(i))
	}
	for i, s := range f.Series {
		c.path(f.curve(s.Points, x, y, func(p Point) float64 { return p.Value }), false, "chart-line "+look(i))
	}
	c.ends(f.Series, y, width-right+8, right-14)
	return f.html(c, f.table())
}

func (f Curves) time(v float64) string {
	if f.Time == nil {
		return f.isolated(fmt.Sprintf("%g", v))
	}
	return f.isolated(f.Time(v))
}

// curve is the places of one line through points. Those without a value are passed over.
func (f Curves) curve(points []Point, x, y scale, of func(Point) float64) (dots []dot) {
	for _, p := range points {
		v := of(p)
		if math.IsNaN(v) {
			continue
		}
		at := dot{x.of(p.Time), y.of(v)}
		if f.Steps && len(dots) > 0 {
			dots = append(dots, dot{at.x, dots[len(dots)-1].y})
		}
		dots = append(dots, at)
	}
	return dots
}

// band is the area between the ends of intervals.
func (f Curves) band(s Series, x, y scale) []dot {
	points := slices.DeleteFunc(slices.Clone(s.Points), func(p Point) bool { return math.IsNaN(p.Low) || math.IsNaN(p.High) })
	back := f.curve(points, x, y, func(p Point) float64 { return p.High })
	slices.Reverse(back)
	return append(f.curve(points, x, y, func(p Point) float64 { return p.Low }), back...)
}

// ends writes the names of curves where they end, no two over each other.
func (c *canvas) ends(series []Series, y scale, at, wide float64) {
	type name struct {
		i int
		y float64
	}
	var names []name
	for i, s := range series {
		for _, p := range slices.Backward(s.Points) {
			if !math.IsNaN(p.Value) {
				names = append(names, name{i, y.of(p.Value)})
				break
			}
		}
	}
	slices.SortStableFunc(names, func(a, b name) int { return cmp.Compare(a.y, b.y) })
	const apart = 34
	for i := range names {
		if i > 0 {
			names[i].y = max(names[i].y, names[i-1].y+apart)
		}
	}
	for i := len(names) - 1; i >= 0; i-- { // what was pushed below the axis pushes back
		most := y.start
		if i < len(names)-1 {
			most = names[i+1].y - apart
		}
		names[i].y = min(names[i].y, most)
	}
	for _, n := range names {
		c.label(at, n.y+4, wide, "start", "chart-text chart-name "+look(n.i), series[n.i].Label)
	}
}

// table has a row for each time at which any curve has a point.
func (f Curves) table() table {
	t := table{heads: []string{f.Head}}
	var times []float64
	for _, s := range f.Series {
		t.heads = append(t.heads, s.Label)
		for _, p := range s.Points {
			times = append(times, p.Time)
		}
	}
	slices.Sort(times)
	for _, at := range slices.Compact(times) {
		row := []string{f.time(at)}
		for _, s := range f.Series {
			row = append(row, f.cell(s.Points, at))
		}
		t.rows = append(t.rows, row)
	}
	return t
}

// cell is what a curve has at a time: between its points, what steps say.
func (f Curves) cell(points []Point, at float64) string {
	p := Point{Value: math.NaN()}
	for _, q := range points {
		if q.Time == at || f.Steps && q.Time < at {
			p = q
		}
	}
	if math.IsNaN(p.Value) || math.IsNaN(p.Low) || math.IsNaN(p.High) {
		return f.number(p.Value)
	}
	return fmt.Sprintf(cmp.Or(f.Between, "%s (%s)"), f.number(p.Value), f.span(p.Low, p.High))
}
