// Package chart draws figures of a report: intervals, curves and bars, each as
// an SVG image with its title, its description and the same numbers as a table.
//
// It takes values and words and decides nothing about either: the caller
// brings words in the page's language, and writes numbers as that language
// does. There is no script and no style at an element; [Style] stands once on
// the page, and colours follow the reader's choice of dark or light. The same
// values give the same bytes.
//
// On pages from right to left everything is mirrored: axes, bars and time.
package chart

import (
	_ "embed"
	"fmt"
	"html"
	"html/template"
	"math"
	"strings"
)

// Style is the style sheet of all charts. What it defines begins with "chart"
// or, for colours, "--chart".
//
//go:embed style.css
var Style template.CSS

// A Figure is what all charts have.
type Figure struct {
	ID      string // one on each page; letters, digits and hyphens
	Title   string
	Text    string // what there is to see, for whoever does not see it
	RTL     bool
	Number  func(float64) string // writes a value, such as a share as "12 %"
	Missing string               // stands where there is no value; "–" if empty
}

// number writes a value. On pages from right to left an isolate keeps its
// minus on its side.
func (f Figure) number(v float64) string {
	switch {
	case !finite(v):
		if f.Missing != "" {
			return f.Missing
		}
		return "–"
	case f.Number == nil:
		return f.isolated(fmt.Sprintf("%g", math.Round(v*1e4)/1e4))
	}
	return f.isolated(f.Number(v))
}

func (f Figure) isolated(s string) string {
	if f.RTL {
		return "\u2066" + s + "\u2069"
	}
	return s
}

// span writes an interval: its low end first, as the page is read. Dots stand
// for an end that there is not.
func (f Figure) span(low, high float64) string {
	switch a, b := finite(low), finite(high); {
	case a && b:
		return f.number(low) + " – " + f.number(high)
	case a:
		return f.number(low) + " …"
	case b:
		return "… " + f.number(high)
	}
	return f.number(math.NaN())
}

// finite reports whether a value can be drawn. No figure of a campaign comes
// near the bound, beyond which steps of an axis would lose their digits.
func finite(v float64) bool { return math.Abs(v) < 1e15 }

// A table is what stands beside a chart: the heads, and rows of which the
// first cell names the row.
type table struct {
	heads []string
	rows  [][]string
}

// html puts a figure together. Image and table may be wider than a narrow
// window: they then scroll by themselves, by keyboard too.
func (f Figure) html(c *canvas, t table) template.HTML {
	var b strings.Builder
	id, title := html.EscapeString(f.ID), html.EscapeString(f.Title)
	fmt.Fprintf(&b, `<figure class="chart" id="%s">`+"\n", id)
	fmt.Fprintf(&b, `<figcaption><strong id="%s-name">%s</strong> %s</figcaption>`+"\n", id, title, html.EscapeString(f.Text))
	fmt.Fprintf(&b, `<div class="chart-wide" role="group" aria-labelledby="%s-name" tabindex="0">`+"\n", id)
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %s %s" role="img" aria-labelledby="%s-title %s-text"`,
		length(c.width), length(c.height), id, id)
	if f.RTL {
		b.WriteString(` direction="rtl"`)
	}
	fmt.Fprintf(&b, ">\n<title id=\"%s-title\">%s</title>\n<desc id=\"%s-text\">%s</desc>\n", id, title, id, html.EscapeString(f.Text))
	b.WriteString(c.b.String())
	fmt.Fprintf(&b, "</svg>\n<table aria-labelledby=\"%s-name\">\n<thead><tr>", id)
	for _, h := range t.heads {
		fmt.Fprintf(&b, `<th scope="col">%s</th>`, html.EscapeString(h))
	}
	b.WriteString("</tr></thead>\n<tbody>\n")
	for _, row := range t.rows {
		for i, cell := range row {
			if i == 0 {
				fmt.Fprintf(&b, `<tr><th scope="row">%s</th>`, html.EscapeString(cell))
				continue
			}
			fmt.Fprintf(&b, "<td>%s</td>", html.EscapeString(cell))
		}
		b.WriteString("</tr>\n")
	}
	b.WriteString("</tbody>\n</table>\n</div>\n</figure>\n")
	return template.HTML(b.String())
}
