package chart

import (
	"html/template"
	"math"
)

// Bars are amounts under each other, each in one or more parts: a funnel, or
// what became of several groups.
type Bars struct {
	Figure
	Head  string   // of the table's first column
	Parts []string // what the parts are; in a bar from where reading begins
	Sum   string   // head of the column with the whole bar; none with one part
	Bars  []Bar
	Whole bool // each bar is drawn as long as the others: only parts compare
}

// A Bar is one row, with an amount for each part, 0 or more.
type Bar struct {
	Label   string
	Amounts []float64
}

func (b Bar) sum() (sum float64) {
	for _, a := range b.Amounts {
		sum += amount(a)
	}
	return sum
}

// amount is what can be drawn of a number.
func amount(v float64) float64 {
	if !finite(v) || v < 0 {
		return 0
	}
	return v
}

// HTML draws the bars, with the names of parts above them if there are several.
func (f Bars) HTML() template.HTML {
	const edge = 4
	names := f.names()
	top := edge + 24*float64(len(names))
	c := newCanvas(f.Figure, top+rowHeight*float64(len(f.Bars))+edge)
	for i, line := range names {
		for _, n := range line {
			y := edge + 24*float64(i)
			c.rect(n.at, y, 12, 12, "chart-fill "+look(n.part))
			c.text(n.at+18, y+11, "start", "chart-small", f.Parts[n.part])
		}
	}
	var labels, sums []string
	most := 0.0
	for _, b := range f.Bars {
		labels, sums = append(labels, b.Label), append(sums, f.number(b.sum()))
		most = max(most, b.sum())
	}
	wide, right := widest(60, 240, labels...), widest(30, 120, sums...)
	for i, b := range f.Bars {
		y := top + rowHeight*(float64(i)+.5)
		c.label(0, y+5, wide, "start", "chart-text", b.Label)
		whole := most
		if f.Whole {
			whole = b.sum()
		}
		x := scale{0, max(whole, math.SmallestNonzeroFloat64), wide + 16, width - right - 12}
		end := f.bar(c, b, x, y)
		c.text(end+8, y+5, "start", "chart-text", sums[i])
	}
	return f.html(c, f.table())
}

// bar draws one and says where it ends. Amounts that fit stand in their parts.
func (f Bars) bar(c *canvas, b Bar, x scale, y float64) (end float64) {
	sum := 0.0
	for part, a := range b.Amounts {
		from := x.of(sum)
		sum += amount(a)
		if w := x.of(sum) - from; w > 0 {
			c.rect(from, y-11, w, 22, "chart-fill chart-part "+look(part))
			if s := f.number(a); len(b.Amounts) > 1 && room(s)+8 < w {
				c.text(from+w/2, y+5, "middle", "chart-small chart-in "+look(part), s)
			}
		}
	}
	return x.of(sum)
}

// A name is the name of a part, and where it stands in the legend.
type name struct {
	part int
	at   float64
}

// names lays out the legend in lines.
func (f Bars) names() (lines [][]name) {
	if len(f.Parts) < 2 {
		return nil
	}
	at := math.Inf(1)
	for i, p := range f.Parts {
		wide := 18 + room(p) + 16
		if at+wide > width {
			lines, at = append(lines, nil), 0
		}
		last := len(lines) - 1
		lines[last] = append(lines[last], name{i, at})
		at += wide
	}
	return lines
}

func (f Bars) table() table {
	t := table{heads: append([]string{f.Head}, f.Parts...)}
	several := len(f.Parts) > 1
	if several {
		t.heads = append(t.heads, f.Sum)
	}
	for _, b := range f.Bars {
		row := []string{b.Label}
		for i := range f.Parts {
			v := math.NaN()
			if i < len(b.Amounts) {
				v = b.Amounts[i]
			}
			row = append(row, f.number(v))
		}
		if several {
			row = append(row, f.number(b.sum()))
		}
		t.rows = append(t.rows, row)
	}
	return t
}
