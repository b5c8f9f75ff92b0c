package figures_test

import (
	"bytes"
	"math"
	"strings"
	"testing"
	"time"

	"headsup/finding"
	"headsup/letter"
	"headsup/outcome"
	"headsup/outcome/figures"
	"headsup/outcome/stats"
)

var start = time.Date(2026, 3, 1, 10, 0, 0, 0, time.UTC)

func at(day float64) time.Time { return start.Add(time.Duration(day * 24 * float64(time.Hour))) }

func looks(seen ...any) (ls []outcome.Look) {
	for i := 0; i < len(seen); i += 2 {
		ls = append(ls, outcome.Look{Seen: at(seen[i].(float64)), State: seen[i+1].(outcome.State)})
	}
	return ls
}

func TestWhenSomethingWasFixed(t *testing.T) {
	open := math.Inf(1)
	for _, tt := range []struct {
		name  string
		looks []outcome.Look
		want  stats.Span
	}{
		{"between two looks", looks(14., outcome.Open, 42., outcome.Closed), stats.Span{After: 14, By: 42, Count: 1}},
		{"before the first look", looks(14., outcome.Closed), stats.Span{By: 14, Count: 1}},
		{"within hours", looks(.1, outcome.Open, .2, outcome.Closed), stats.Span{By: 1, Count: 1}},
		{"not yet", looks(14., outcome.Open, 42., outcome.Open), stats.Span{After: 42, By: open, Count: 1}},
		{"open again", looks(14., outcome.Closed, 42., outcome.Open), stats.Span{After: 42, By: open, Count: 1}},
		{"silent once", looks(14., outcome.Open, 42., outcome.Silent), stats.Span{After: 14, By: open, Count: 1}},
		{"silent twice", looks(14., outcome.Open, 42., outcome.Silent, 44., outcome.Silent), stats.Span{After: 14, By: 44, Count: 1}},
		{"a look from before the letter", looks(-3., outcome.Open, 14., outcome.Closed), stats.Span{By: 14, Count: 1}},
	} {
		o := outcome.Rules{}.Judge("", start, tt.looks)
		if got := figures.SpanOf(o, start, tt.looks); got != tt.want {
			t.Errorf("%s: %+v, want %+v", tt.name, got, tt.want)
		}
	}
}

// Two countries, three letters. One came back, one was answered. Germany: two
// organisations fixed 1 of 1 and 1 of 3; one place more is in a pool. France's
// letter came back, and its place is told to nobody.
func collected(t *testing.T) figures.Report {
	t.Helper()
	var c figures.Collector
	german := &figures.Letter{ID: "a", Country: "DE", Language: "de", Agency: "ocn", Channel: "mail", Round: 1, State: letter.Sent, Left: start,
		Kinds: []finding.Kind{finding.OpenRelay}, Org: 0, Answered: true}
	other := &figures.Letter{ID: "b", Country: "DE", Language: "de", Agency: "ocn", Channel: "mail", Round: 1, State: letter.Sent, Left: at(1),
		Kinds: []finding.Kind{finding.OpenProxy, finding.OpenRelay}, Org: 1}
	french := &figures.Letter{ID: "c", Country: "FR", Language: "fr", Agency: "ocn", Channel: "mail", Round: 1, State: letter.Bounced, Left: start, Lost: true,
		Kinds: []finding.Kind{finding.OpenRelay}, Org: 2}
	draft := &figures.Letter{ID: "d", Country: "FR", Language: "fr", Agency: "ocn", Channel: "mail", Round: 2, State: letter.Drafted,
		Kinds: []finding.Kind{finding.OpenRelay}, Org: 2}
	for _, l := range []*figures.Letter{german, other, french, draft} {
		c.Letter(l)
	}
	place := func(l *figures.Letter, r outcome.Result, span stats.Span) {
		c.Place(figures.Place{Kind: l.Kinds[0], Org: l.Org, First: l, Last: l, Outcome: outcome.Outcome{Result: r}, Span: span})
	}
	never := stats.Span{After: 14, By: math.Inf(1), Count: 1}
	place(german, outcome.Fixed, stats.Span{By: 14, Count: 1})
	place(other, outcome.Fixed, stats.Span{By: 14, Count: 1})
	place(other, outcome.StillOpen, never)
	place(other, outcome.SilentOnce, never)
	place(other, outcome.Uncertain, never)
	c.Lost()
	r := figures.Report{Sum: letter.Sum{Rows: 9, Lettered: 6, Held: 2, Duplicate: 1}}
	if err := c.Into(&r); err != nil {
		t.Fatal(err)
	}
	return r
}

func TestFiguresByHand(t *testing.T) {
	r := collected(t)
	all := r.Letters
	if all.Letters != 4 || all.Left != 3 || all.Delivered != 2 || all.Answered != 1 || all.Findings != 5 || all.Judged != 4 || all.Fixed != 2 ||
		all.Uncertain != 1 || all.Unlooked != 0 || all.Organisations != 2 {
		t.Errorf("%+v", all)
	}
	if got := all.ByOrg.Value; math.Abs(got-(1+1./3)/2) > 1e-12 { // the mean of 1 and 1/3
		t.Errorf("by organisation %v", got)
	}
	if got := all.ByFinding.Value; got != .5 { // 2 of 4
		t.Errorf("by finding %v", got)
	}
	want := []figures.Step{{figures.Rows, 9}, {figures.Lettered, 6}, {figures.Left, 6}, {figures.Delivered, 5}, {figures.Judged, 4}, {figures.Fixed, 2}}
	for i, s := range want {
		if r.Funnel[i] != s {
			t.Errorf("funnel: %+v, want %+v", r.Funnel[i], s)
		}
	}
	if got := r.Curve; len(got) != 2 || got[1].Day != 14 || math.Abs(got[1].Value-1./3) > 1e-9 { // open after 14 days: 0 and 2/3
		t.Errorf("curve %+v", got)
	}
	for _, table := range r.Tables {
		letters := 0
		for _, row := range table.Rows {
			letters += row.Letters
			if row.Value == "FR" && (row.Letters != 2 || row.Left != 1 || row.Delivered != 0 || row.Findings != 0 || row.ByOrg != nil) {
				t.Errorf("%s: %+v", table.By, row)
			}
		}
		if want := map[bool]int{true: 5, false: 4}[table.By == "kind"]; letters != want { // one letter has two kinds
			t.Errorf("by %s there are %d letters, not %d", table.By, letters, want)
		}
	}
}

func TestDeliveredByEitherChannel(t *testing.T) {
	for _, tt := range []struct {
		name      string
		state     letter.State
		paper     letter.Paper
		delivered int
	}{
		{"mail of which nothing came back", letter.Sent, "", 1},
		{"mail that came back", letter.Bounced, "", 0},
		{"mail that came back, and paper that did not", letter.Bounced, letter.Posted, 1},
		{"mail that failed, and paper of which the post says that it arrived", letter.Failed, letter.Delivered, 1},
		{"mail and paper that came back", letter.Bounced, letter.Returned, 0},
		{"mail that may have arrived", letter.Unknown, "", 0},
		{"mail of which nothing came back, and paper that did", letter.Sent, letter.Returned, 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var c figures.Collector
			l := &figures.Letter{ID: "a", Channel: figures.ByPost, State: tt.state, Paper: tt.paper, Left: start}
			c.Letter(l)
			c.Place(figures.Place{Kind: finding.OpenRelay, First: l, Last: l, Outcome: outcome.Outcome{Result: outcome.Fixed}, Span: stats.Span{By: 14, Count: 1}})
			var r figures.Report
			if err := c.Into(&r); err != nil || r.Letters.Left != 1 || r.Letters.Delivered != tt.delivered || r.Funnel[3].N != tt.delivered || r.Funnel[5].N != tt.delivered {
				t.Errorf("%+v, %+v, %v", r.Letters, r.Funnel, err)
			}
		})
	}
}

func TestPlacesOfRowsAddUp(t *testing.T) {
	s := letter.Sum{Rows: 66, Lettered: 1, Held: 2, Suppressed: 3, NoContact: 4, Failed: 5, Special: 6, Duplicate: 7, Rejected: 8, Waiting: 9, Withdrawn: 10, Findings: 11}
	n := 0
	for _, p := range figures.Places(s) {
		n += p.N
	}
	if err := s.Check(); err != nil || n != s.Rows {
		t.Errorf("%d of %d rows have a place (%v)", n, s.Rows, err)
	}
}

func limits(r figures.Report) (codes []string) {
	for _, l := range r.Limits {
		codes = append(codes, l.Code)
	}
	return codes
}

func TestAnEmptyCampaignSaysSo(t *testing.T) {
	var c figures.Collector
	var r figures.Report
	if err := c.Into(&r); err != nil || strings.Join(limits(r), " ") != figures.NoLetters || len(r.Curve) != 0 {
		t.Errorf("%+v, %v", r, err)
	}
	if got := strings.Join(limits(collected(t)), " "); got != "uncertain silent_once few between_looks not_read not_random" {
		t.Errorf("limits %s", got)
	}
}

// Half of the organisations get letters. The arms are looked at on different
// days, but for day 90.
func trial(t *testing.T, treated []any, waiting []any) (figures.Experiment, []figures.Limit) {
	t.Helper()
	tr := figures.Trial{Names: []string{"control", "letters"}, Parts: []float64{.5, .5}, Since: start}
	for range 12 {
		tr.Place(tr.Org(0, 0), tr.Try("", looks(waiting...)))
		tr.Place(tr.Org(1, 0), tr.Try("", looks(treated...)))
	}
	var x figures.Experiment
	ls, err := tr.Into(&x)
	if err != nil {
		t.Fatal(err)
	}
	return x, ls
}

func TestOnlyLooksInCommonCount(t *testing.T) {
	// The treated are closed on day 14, when nobody looks at the others, and open on day 90.
	x, _ := trial(t, []any{14., outcome.Closed, 90., outcome.Open}, []any{21., outcome.Open, 90., outcome.Open})
	if strings.Join(x.Looks, " ") != "2026-05-30" || x.Arms[1].Fixed != 0 || x.Arms[1].Judged != 12 || x.Differences[0].Found || x.Differences[0].ByOrg.Value != 0 {
		t.Errorf("%+v", x)
	}
	// All of one arm are fixed, none of the other.
	x, ls := trial(t, []any{90., outcome.Closed}, []any{90., outcome.Open})
	if d := x.Primary(); !d.Found || d.ByOrg.Value != 1 || d.Caused.Value != 12 || d.Arm != "letters" || d.Base != "control" || len(ls) != 0 {
		t.Errorf("%+v, %v", d, ls)
	}
	if l, few := x.Few(); !few || l.N != 12 {
		t.Errorf("%+v", l)
	}
	// One arm alone is looked at: nothing can be compared.
	x, ls = trial(t, []any{90., outcome.Closed}, nil)
	if x.Primary() != nil || len(ls) != 1 || ls[0].Code != figures.NoCommon || x.Arms[1].Judged != 0 {
		t.Errorf("%+v, %v", x, ls)
	}
}

func TestLooksCountBetweenTheFirstLetterAndTheEndOfWaiting(t *testing.T) {
	tr := figures.Trial{Names: []string{"control", "letters"}, Parts: []float64{.5, .5}, Since: start, Before: at(30)}
	for range 12 {
		for arm := range 2 {
			tr.Place(tr.Org(arm, 0), tr.Try("", looks(-1., outcome.Closed, 14., outcome.Open, 30., outcome.Closed, 60., outcome.Closed)))
		}
	}
	var x figures.Experiment
	if _, err := tr.Into(&x); err != nil || strings.Join(x.Looks, " ") != "2026-03-15" || x.Arms[0].Fixed+x.Arms[1].Fixed != 0 {
		t.Errorf("%+v, %v", x, err)
	}
}

func TestArmsThatWentWrongSaySo(t *testing.T) {
	tr := figures.Trial{Names: []string{"control", "letters"}, Parts: []float64{.5, .5}, Since: start}
	for i := range 100 {
		arm := 1
		if i < 15 {
			arm = 0
		}
		seen := looks(14., outcome.Open)
		if arm == 1 && i%5 == 0 {
			seen = nil
		}
		tr.Place(tr.Org(arm, 0), tr.Try("", seen))
	}
	var x figures.Experiment
	ls, err := tr.Into(&x)
	if err != nil || len(ls) != 2 || ls[0] != (figures.Limit{Code: figures.LooksUneven, N: 80, Of: 100}) || ls[1].Code != figures.ArmsUneven {
		t.Errorf("%v, %v", ls, err)
	}
}

func TestPoolsAreUncertainInArmsToo(t *testing.T) {
	tr := figures.Trial{Names: []string{"control", "letters"}, Parts: []float64{.5, .5}, Since: start}
	for arm := range 2 {
		tr.Place(tr.Org(arm, 0), tr.Try("dyn-pool-7", looks(14., outcome.Closed)))
	}
	var x figures.Experiment
	if _, err := tr.Into(&x); err != nil || x.Arms[0].Uncertain != 1 || x.Arms[1].Judged != 0 {
		t.Errorf("%+v, %v", x, err)
	}
}

func TestSheetsHaveAllTables(t *testing.T) {
	r := collected(t)
	r.Experiment = new(figures.Experiment)
	*r.Experiment, _ = trial(t, []any{90., outcome.Closed}, []any{90., outcome.Open})
	r.Experiment.Arms[0].Name = "=cmd()"
	names := map[string]string{}
	for _, s := range r.Sheets() {
		var b bytes.Buffer
		if err := s.Write(&b); err != nil {
			t.Fatal(err)
		}
		names[s.Name] = b.String()
		for _, row := range s.Rows {
			if len(row) != len(s.Heads) {
				t.Errorf("%s: %d cells under %d heads", s.Name, len(row), len(s.Heads))
			}
		}
	}
	for _, name := range []string{"sum", "funnel", "outcome", "country", "language", "kind", "agency", "channel", "round", "curve", "arms", "differences", "arm_curves"} {
		if names[name+".csv"] == "" {
			t.Errorf("no %s.csv", name)
		}
	}
	if !strings.Contains(names["country.csv"], "DE,2,2,2,1,5,4,2,1,0,2,0.666667,") || strings.Contains(names["arms.csv"], "\n=cmd") {
		t.Errorf("%s%s", names["country.csv"], names["arms.csv"])
	}
	if strings.Contains(names["differences.csv"], "'-") {
		t.Errorf("a number became a text: %s", names["differences.csv"])
	}
}

func TestCampaignsAreComparedByTheirIntervals(t *testing.T) {
	r, other := collected(t), collected(t)
	other.Campaign = "relay25"
	other.Letters.ByOrg = &figures.Estimate{Value: .25, Low: .15, High: .4}
	r.Compare(other)
	if d := r.Compared.Difference; r.Compared.Campaign != "relay25" || math.Abs(d.Value-(2./3-.25)) > 1e-12 || d.Low > d.Value || d.High < d.Value {
		t.Errorf("%+v", r.Compared)
	}
}

func TestAnOrganisationInNoArmCountsNowhere(t *testing.T) {
	tr := figures.Trial{Names: []string{"late", "early"}, Parts: []float64{.5, .5}, Since: start}
	for i := range 30 {
		org := tr.Org(-1, 0)
		tr.Place(org, tr.Try("", looks(14., outcome.Closed)))
		if i < 20 {
			tr.Assign(org, i%2, 0) // as it is known once all have been met
		}
	}
	var x figures.Experiment
	if _, err := tr.Into(&x); err != nil || x.Arms[0].Organisations != 10 || x.Arms[1].Organisations != 10 || x.Arms[0].Findings+x.Arms[1].Fixed != 20 {
		t.Errorf("%+v, %v", x, err)
	}
}
