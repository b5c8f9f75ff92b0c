package report

import (
	"html/template"
	"strings"

	"headsup/outcome/figures"
	"headsup/render/chart"
)

// arms is what an experiment shows.
func (b builder) arms(x *figures.Experiment) Section {
	s := Section{ID: "arms", Title: b.say("arms")}
	for _, d := range x.Differences {
		s.Text = append(s.Text, b.said(d))
	}
	if d := x.Primary(); d != nil && d.Caused != nil {
		judged := 0
		for _, a := range x.Arms {
			if a.Name == d.Arm {
				judged = a.Judged
			}
		}
		s.Text = append(s.Text, b.say("said_caused", b.minus(b.whole(d.Caused.Value)),
			b.between(b.minus(b.whole(d.Caused.Low)), b.minus(b.whole(d.Caused.High))), b.count(judged)))
	}
	if x.Order {
		s.Text = append(s.Text, b.say("arms_order"))
	} else {
		s.Text = append(s.Text, b.say("arms_control"))
	}
	if len(x.Looks) > 0 {
		s.Text = append(s.Text, b.say("arms_looks", b.isolated(lastFew(x.Looks))))
	}
	if !x.Frozen.IsZero() {
		s.Text = append(s.Text, b.say("arms_sealed", b.date(x.Frozen), x.Hash[:min(16, len(x.Hash))]))
	}
	if !x.Until.IsZero() {
		s.Text = append(s.Text, b.say("arms_until", b.date(x.Until)))
	}
	s.Charts = b.armCharts(x)
	s.Tables = []Table{b.armTable(x)}
	if len(x.Differences) > 0 {
		s.Tables = append(s.Tables, b.differences(x))
	}
	return s
}

// lastFew lists the last days, which are those that decide.
func lastFew(days []string) string {
	const most = 12
	if len(days) > most {
		return "… " + strings.Join(days[len(days)-most:], ", ")
	}
	return strings.Join(days, ", ")
}

// said is what a difference allows to say.
func (b builder) said(d figures.Difference) string {
	e := &d.ByOrg
	arm, base := b.name("arm", d.Arm), b.name("arm", d.Base)
	switch {
	case d.Found && e.Value > 0:
		return b.say("said_found", arm, b.points(e.Value), base, b.pointSpan(*e), b.p(d.Adjusted))
	case d.Found:
		return b.say("said_fewer", arm, b.points(-e.Value), base, b.pointSpan(figures.Estimate{Low: -e.High, High: -e.Low}), b.p(d.Adjusted))
	}
	return b.say("said_not", arm, base, b.points(e.Value), b.pointSpan(*e), b.p(d.Adjusted))
}

func (b builder) armCharts(x *figures.Experiment) (charts []template.HTML) {
	if len(x.Differences) > 0 {
		f := chart.Forest{Figure: b.figure("difference-chart", b.say("difference", b.name("arm", x.Arms[0].Name)), b.say("difference_text"), b.points),
			Heads: [3]string{b.say("arm"), b.say("points"), b.say("col_interval")}}
		for _, d := range x.Differences {
			f.Rows = append(f.Rows, chart.Row{Label: b.name("arm", d.Arm), Value: d.ByOrg.Value, Low: d.ByOrg.Low, High: d.ByOrg.High})
		}
		charts = append(charts, f.HTML())
	}
	c := chart.Curves{Figure: b.figure("arm-curves", b.say("arm_curves"), b.say("arm_curves_text"), b.share), Head: b.say("day"), Time: b.days}
	for _, a := range x.Arms {
		if len(a.Curve) > 1 {
			c.Series = append(c.Series, chart.Series{Label: b.name("arm", a.Name), Points: dots(a.Curve)})
		}
	}
	if len(c.Series) > 0 {
		charts = append(charts, c.HTML())
	}
	return charts
}

func (b builder) armTable(x *figures.Experiment) Table {
	t := Table{ID: "arms-table", Caption: b.say("arm"), Heads: []string{b.say("arm"), b.say("col_orgs"), b.say("findings"), b.say("col_judged"), b.say("col_fixed"),
		b.say("col_share"), b.say("col_interval"), b.say("col_by_finding"), b.say("col_interval")}}
	for _, a := range x.Arms {
		t.Rows = append(t.Rows, []string{b.name("arm", a.Name), b.count(a.Organisations), b.count(a.Findings), b.count(a.Judged), b.count(a.Fixed),
			b.value(a.ByOrg), b.span(a.ByOrg), b.value(a.ByFinding), b.span(a.ByFinding)})
	}
	return t
}

func (b builder) differences(x *figures.Experiment) Table {
	t := Table{ID: "differences-table", Caption: b.say("difference", b.name("arm", x.Arms[0].Name)),
		Heads: []string{b.say("arm"), b.say("points"), b.say("col_interval"), b.say("p"), b.say("p_adjusted"), b.say("caused"), b.say("col_interval")}}
	for _, d := range x.Differences {
		row := []string{b.name("arm", d.Arm), b.points(d.ByOrg.Value), b.pointSpan(d.ByOrg), b.p(d.P), b.p(d.Adjusted), "–", "–"}
		if c := d.Caused; c != nil {
			row[5], row[6] = b.minus(b.whole(c.Value)), b.between(b.minus(b.whole(c.Low)), b.minus(b.whole(c.High)))
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}
