// Package report writes the figures of a campaign as one HTML file: what the
// letters came to, in words, charts and tables, in the language of the house.
//
// Figures come in as values; no figure is made here but the writing of one. The
// file needs nothing else, runs no script, and prints.
package report

import (
	_ "embed"
	"html/template"
	"io"
	"math"
	"strings"
	"time"

	"golang.org/x/text/number"

	"headsup/outcome"
	"headsup/outcome/figures"
	"headsup/render/chart"
)

//go:embed page.html
var pageText string

var page = template.Must(template.New("page").Parse(pageText))

//go:embed style.css
var style template.CSS

// A Page is what a report says, in the language of its reader.
type Page struct {
	Lang, Dir, Title string
	Alarms, Lead     []string
	Tiles            []Tile
	Contents, Foot   string
	Sections         []Section
}

// A Tile is a figure that comes first.
type Tile struct{ Name, Value, Note string }

// A Section is a part of the report under a title.
type Section struct {
	ID, Title  string
	Text, List []string
	Charts     []template.HTML
	Tables     []Table
}

// A Table has the name of each row in its first column.
type Table struct {
	ID, Caption string
	Heads       []string
	Rows        [][]string
}

// file is what page.html shows: a page with the styles that it needs.
type file struct {
	Page
	ChartStyle, Style template.CSS
}

// Write writes the report in a language, or in English where it has no words
// in that. The same figures give the same bytes.
func Write(w io.Writer, r figures.Report, lang string) error {
	return page.Execute(w, file{Make(r, lang), chart.Style, style})
}

// Make puts figures into the words of a language, or of English where there are
// none in that.
func Make(r figures.Report, lang string) Page {
	s := speak(lang)
	b := builder{speaker: s, r: r}
	v := Page{Lang: s.lang, Dir: "ltr", Title: s.say("title", r.Campaign), Contents: s.say("contents"), Foot: s.say("foot")}
	if s.rtl() {
		v.Dir = "rtl"
	}
	for _, l := range r.Limits {
		if l.Code == figures.NotFrozen && r.Experiment != nil || l.Code == figures.PlanChanged {
			v.Alarms = append(v.Alarms, b.limit(l))
		}
	}
	if r.Title != "" {
		v.Lead = append(v.Lead, r.Title)
	}
	period := s.say("period", b.date(r.Started), b.date(r.LastLook))
	if !r.Started.IsZero() && r.LastLook.IsZero() {
		period = s.say("unlooked", b.date(r.Started))
	}
	v.Lead = append(v.Lead, s.say("made", b.isolated(r.Made.Format("2006-01-02 15:04 UTC"))), period)
	v.Tiles = b.tiles()
	v.Sections = append(v.Sections, b.funnel(), b.outcome())
	if x := r.Experiment; x != nil {
		v.Sections = append(v.Sections, b.arms(x))
	}
	if r.Repeats != nil {
		v.Sections = append(v.Sections, b.repeats(r.Repeats))
	}
	if r.Compared != nil {
		v.Sections = append(v.Sections, b.compared())
	}
	for _, t := range r.Tables {
		if len(t.Rows) > 0 {
			v.Sections = append(v.Sections, b.table(t))
		}
	}
	limits := Section{ID: "limits", Title: s.say("limits")}
	for _, l := range r.Limits {
		limits.List = append(limits.List, b.limit(l))
	}
	v.Sections = append(v.Sections, limits)
	return v
}

// A builder makes the parts of a page.
type builder struct {
	speaker
	r figures.Report
}

func (b builder) date(t time.Time) string {
	if t.IsZero() {
		return b.say("never")
	}
	return b.isolated(t.Format(time.DateOnly))
}

// isolated keeps a text with digits and hyphens in its order on a page from right to left.
func (b builder) isolated(text string) string {
	if b.rtl() {
		return "\u2066" + text + "\u2069"
	}
	return text
}

// figure begins a chart.
func (b builder) figure(id, title, text string, number func(float64) string) chart.Figure {
	return chart.Figure{ID: id, Title: title, Text: text, RTL: b.rtl(), Number: number}
}

func (b builder) tiles() []Tile {
	all := b.r.Letters
	part := func(name string, n, of int, e *figures.Estimate) Tile {
		t := Tile{Name: b.say(name), Value: b.say("of", b.count(n), b.count(of))}
		if e != nil {
			t.Note = b.share(e.Value)
		}
		return t
	}
	tiles := []Tile{
		{Name: b.say("tile_left"), Value: b.say("of", b.count(all.Left), b.count(all.Letters))},
		part("tile_delivered", all.Delivered, all.Left, all.DeliveredPart),
		part("tile_answered", all.Answered, all.Delivered, all.AnsweredPart),
		part("tile_fixed", all.Fixed, all.Judged, all.ByFinding),
	}
	org := Tile{Name: b.say("tile_org"), Value: b.value(all.ByOrg)}
	if all.ByOrg != nil {
		org.Note = b.say("interval", b.span(all.ByOrg))
	}
	caused := Tile{Name: b.say("tile_caused"), Value: b.say("unsaid")}
	if d := b.r.Experiment.Primary(); d != nil && d.Caused != nil {
		caused.Value = b.minus(b.whole(d.Caused.Value))
		caused.Note = b.say("interval", b.between(b.minus(b.whole(d.Caused.Low)), b.minus(b.whole(d.Caused.High))))
	}
	return append(tiles, org, caused)
}

func (b builder) funnel() Section {
	bars := chart.Bars{Figure: b.figure("funnel-chart", b.say("funnel"), b.say("funnel_text"), func(v float64) string { return b.whole(v) }),
		Head: b.say("step"), Parts: []string{b.say("count")}}
	for _, s := range b.r.Funnel {
		bars.Bars = append(bars.Bars, chart.Bar{Label: b.say("step_" + string(s.Name)), Amounts: []float64{float64(s.N)}})
	}
	sum := Table{ID: "sum-table", Caption: b.say("sum"), Heads: []string{b.say("place"), b.say("rows")}}
	for _, p := range figures.Places(b.r.Sum) {
		sum.Rows = append(sum.Rows, []string{b.say("fate_" + string(p.Fate)), b.count(p.N)})
	}
	sum.Rows = append(sum.Rows, []string{b.say("total"), b.count(b.r.Sum.Rows)})
	return Section{ID: "funnel", Title: b.say("funnel"), Charts: []template.HTML{bars.HTML()}, Text: []string{b.say("sum_text")}, Tables: []Table{sum}}
}

func (b builder) outcome() Section {
	results := Table{ID: "outcome-table", Caption: b.say("outcome"), Heads: []string{b.say("result"), b.say("findings")}}
	for _, k := range outcome.Results {
		results.Rows = append(results.Rows, []string{b.say("result_" + string(k)), b.count(b.r.Outcome.Of(k))})
	}
	results.Rows = append(results.Rows, []string{b.say("total"), b.count(b.r.Outcome.Findings)})
	s := Section{ID: "outcome", Title: b.say("outcome"), Text: []string{b.say("outcome_text")}, Tables: []Table{results}}
	if len(b.r.Curve) > 1 {
		s.Charts = append(s.Charts, chart.Curves{Figure: b.figure("curve-chart", b.say("curve"), b.say("curve_text"), b.share),
			Head: b.say("day"), Time: b.days, Series: []chart.Series{{Label: b.say("open"), Points: dots(b.r.Curve)}}}.HTML())
	}
	return s
}

func dots(from []figures.Point) (to []chart.Point) {
	for _, p := range from {
		to = append(to, chart.Point{Time: p.Day, Value: p.Value, Low: p.Low, High: p.High})
	}
	return to
}

// drawn is how many rows of a table are drawn.
const drawn = 12

func (b builder) table(t figures.Table) Section {
	title := b.say("by_" + t.By)
	s := Section{ID: t.By, Title: title, Text: []string{b.say("by_text")}}
	var rows []chart.Row
	for _, r := range t.Rows {
		if r.ByOrg != nil && len(rows) < drawn {
			rows = append(rows, chart.Row{Label: b.name(t.By, r.Value), Value: r.ByOrg.Value, Low: r.ByOrg.Low, High: r.ByOrg.High})
		}
	}
	if len(rows) > 1 {
		s.Charts = append(s.Charts, chart.Forest{Figure: b.figure(t.By+"-chart", b.say("forest", title), b.say("forest_text"), b.share),
			Heads: [3]string{b.say("col_" + t.By), b.say("col_share"), b.say("col_interval")}, Rows: rows, Reference: math.NaN()}.HTML())
	}
	heads := []string{b.say("col_" + t.By)}
	for _, h := range []string{"letters", "left", "delivered", "answered", "findings", "judged", "fixed", "orgs", "share", "interval", "by_finding", "interval"} {
		heads = append(heads, b.say("col_"+h))
	}
	full := Table{ID: t.By + "-table", Caption: title, Heads: heads}
	for _, r := range t.Rows {
		row := []string{b.name(t.By, r.Value)}
		for _, n := range []int{r.Letters, r.Left, r.Delivered, r.Answered, r.Findings, r.Judged, r.Fixed, r.Organisations} {
			row = append(row, b.count(n))
		}
		full.Rows = append(full.Rows, append(row, b.value(r.ByOrg), b.span(r.ByOrg), b.value(r.ByFinding), b.span(r.ByFinding)))
	}
	s.Tables = []Table{full}
	return s
}

// limit says what the data do not allow to say.
func (b builder) limit(l figures.Limit) string {
	key := "limit_" + l.Code
	var values []any
	for _, n := range []int{l.N, l.Of}[:strings.Count(allWords()["en"][key], "%s")] {
		values = append(values, b.count(n))
	}
	return b.say(key, values...)
}

func (b builder) compared() Section {
	c := b.r.Compared
	s := Section{ID: "compared", Title: b.say("compare", c.Campaign), Text: []string{b.say("compare_text")}}
	t := Table{ID: "compared-table", Caption: s.Title, Heads: []string{b.say("campaign")}}
	for _, h := range []string{"letters", "left", "delivered", "answered", "findings", "judged", "fixed", "orgs", "share", "interval"} {
		t.Heads = append(t.Heads, b.say("col_"+h))
	}
	for _, r := range []struct {
		id string
		figures.Row
	}{{b.r.Campaign, b.r.Letters}, {c.Campaign, c.Letters}} {
		row := []string{r.id}
		for _, n := range []int{r.Letters, r.Left, r.Delivered, r.Answered, r.Findings, r.Judged, r.Fixed, r.Organisations} {
			row = append(row, b.count(n))
		}
		t.Rows = append(t.Rows, append(row, b.value(r.ByOrg), b.span(r.ByOrg)))
	}
	if d := c.Difference; d != nil {
		row := []string{b.say("points")}
		for range 8 {
			row = append(row, "–")
		}
		t.Rows = append(t.Rows, append(row, b.points(d.Value), b.pointSpan(*d)))
	}
	s.Tables = []Table{t}
	return s
}

// days writes a number of days, without what computing with tenths leaves behind.
func (b builder) days(v float64) string {
	return b.print.Sprint(number.Decimal(v, number.MaxFractionDigits(2)))
}
