package chart

import (
	"html/template"
	"math"
)

// A Forest is estimates under each other, each with its interval.
type Forest struct {
	Figure
	Heads     [3]string // of the table: what a row is, its value, its interval
	Rows      []Row
	Reference float64 // a line at this value, such as 0 for differences; NaN: none
}

// A Row is one estimate. A value that is NaN has no mark.
type Row struct {
	Label            string
	Value, Low, High float64
	Sum              bool // drawn as a diamond: all rows together
}

const rowHeight = 32

// HTML draws the forest. An interval that has no end ends at the axis in an arrow.
func (f Forest) HTML() template.HTML {
	const top, axis = 8, 34
	c := newCanvas(f.Figure, top+rowHeight*float64(len(f.Rows))+axis)
	t := table{heads: f.Heads[:]}
	var labels, values []string
	ends := []float64{f.Reference}
	for _, r := range f.Rows {
		t.rows = append(t.rows, []string{r.Label, f.number(r.Value), f.span(r.Low, r.High)})
		labels, values = append(labels, r.Label), append(values, f.number(r.Value))
		ends = append(ends, r.Value, r.Low, r.High)
	}
	wide, right := widest(60, 240, labels...), widest(40, 120, values...)
	x, ticks := scaled(wide+24, width-right-16, ends...)
	bottom := c.height - axis
	for _, v := range ticks {
		c.line(x.of(v), top, x.of(v), bottom, "chart-grid")
		c.text(x.of(v), bottom+20, "middle", "chart-small", f.number(v))
	}
	if !math.IsNaN(f.Reference) {
		c.line(x.of(f.Reference), top, x.of(f.Reference), bottom, "chart-axis")
	}
	for i, r := range f.Rows {
		y := top + rowHeight*(float64(i)+.5)
		c.label(0, y+5, wide, "start", "chart-text", r.Label)
		c.text(width, y+5, "end", "chart-text", values[i])
		c.row(r, x, y)
	}
	return f.html(c, t)
}

// row draws one estimate.
func (c *canvas) row(r Row, x scale, y float64) {
	if math.IsNaN(r.Value) || math.IsNaN(r.Low) || math.IsNaN(r.High) {
		return
	}
	low, high, at := x.of(r.Low), x.of(r.High), x.of(r.Value)
	if r.Sum {
		c.path([]dot{{low, y}, {at, y - 8}, {high, y}, {at, y + 8}}, true, "chart-fill chart-1")
		return
	}
	c.line(low, y, high, y, "chart-line chart-1")
	for _, end := range []struct{ at, value, inward float64 }{{low, r.Low, 7}, {high, r.High, -7}} {
		if math.IsInf(end.value, 0) {
			c.path([]dot{{end.at + end.inward, y - 5}, {end.at, y}, {end.at + end.inward, y + 5}}, false, "chart-line chart-1")
			continue
		}
		c.line(end.at, y-5, end.at, y+5, "chart-line chart-1")
	}
	c.rect(at-5, y-5, 10, 10, "chart-fill chart-1")
}
