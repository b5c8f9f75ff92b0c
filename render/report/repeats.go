package report

import (
	"math"

	"headsup/outcome/figures"
	"headsup/render/chart"
)

// repeats says how often customers were reported again.
func (b builder) repeats(r *figures.Repeats) Section {
	days := b.count(r.Days)
	s := Section{ID: "repeats", Title: b.say("repeats", days), Text: []string{b.say("repeats_text", days)}}
	t := Table{ID: "repeats-table", Caption: s.Title, Heads: []string{b.say("col_way")}}
	for _, h := range []string{"acts", "watched", "again", "customers", "again_share", "interval", "again_by_act", "interval"} {
		t.Heads = append(t.Heads, b.say("col_"+h))
	}
	var rows []chart.Row
	for _, w := range r.Ways {
		t.Rows = append(t.Rows, []string{b.say("way_" + w.Way), b.count(w.Acts), b.count(w.Judged), b.count(w.Again), b.count(w.Customers),
			b.value(w.ByCustomer), b.span(w.ByCustomer), b.value(w.ByAct), b.span(w.ByAct)})
		if e := w.ByCustomer; e != nil {
			rows = append(rows, chart.Row{Label: b.say("way_" + w.Way), Value: e.Value, Low: e.Low, High: e.High})
		}
	}
	if d := r.Difference; d != nil {
		t.Rows = append(t.Rows, []string{b.say("points"), "–", "–", "–", "–", b.points(d.Value), b.pointSpan(*d), "–", "–"})
	}
	if len(rows) > 1 {
		f := chart.Forest{Figure: b.figure("repeats-chart", s.Title, b.say("repeats_chart"), b.share),
			Heads: [3]string{b.say("col_way"), b.say("col_again_share"), b.say("col_interval")}, Rows: rows, Reference: math.NaN()}
		s.Charts = append(s.Charts, f.HTML())
	}
	s.Tables = []Table{t}
	return s
}
