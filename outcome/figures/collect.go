package figures

import (
	"cmp"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"headsup/finding"
	"headsup/letter"
	"headsup/outcome"
	"headsup/outcome/stats"
)

// A Letter is what a report needs to know of one letter.
type Letter struct {
	ID       string
	Mailbox  string
	Round    int
	State    letter.State
	Country  string
	Language string
	Agency   string
	Channel  string // [ByMail], [ByPost] or [ByBoth]
	Kinds    []finding.Kind
	Left     time.Time // zero: it has not left
	Paper    letter.Paper
	Lost     bool // neither mail nor paper reaches its contact, or another answers for the systems
	Answered bool
	Org      int // number of its organisation
}

// The channels by which letters left.
const (
	ByMail = "mail"
	ByPost = "post" // alone: the mail failed or came back
	ByBoth = "both"
)

// delivered reports whether the letter was sent and its mail did not come back,
// or was posted and the paper did not.
func (l *Letter) delivered() bool { return l.State == letter.Sent || l.Paper.Arrived() }

// A Place is what became of one place that letters told.
type Place struct {
	Kind    finding.Kind
	Org     int     // number of its organisation
	First   *Letter // the first letter about it that left and did not come back
	Last    *Letter // the latest one that left
	Outcome outcome.Outcome
	Span    stats.Span // of days between looks in which it was fixed; see [SpanOf]
}

// SpanOf is when a place was fixed, in whole days since its letter left, as far
// as looks say: after the last one that saw it open, by the one that decided.
// looks are in the order of their times, and those at since and before do not count.
func SpanOf(o outcome.Outcome, since time.Time, looks []outcome.Look) stats.Span {
	s := stats.Span{By: math.Inf(1), Count: 1}
	if o.Result == outcome.Fixed {
		s.By = max(1, days(o.At.Sub(since)))
	}
	for _, l := range looks {
		if l.Seen.After(since) && l.State == outcome.Open && (o.Result != outcome.Fixed || l.Seen.Before(o.At)) {
			s.After = days(l.Seen.Sub(since))
		}
	}
	s.After = min(s.After, s.By-1)
	return s
}

func days(d time.Duration) float64 { return math.Round(d.Hours() / 24) }

// judged reports whether the looks at a place say what became of it.
func judged(r outcome.Result) bool { return r != outcome.NotLooked && r != outcome.Uncertain }

// A Collector counts letters and places. The zero value is ready.
type Collector struct {
	all       group
	groups    map[string]map[string]*group // by dimension and value
	curves    spans
	outcomes  outcome.Sum
	delivered [3]int // places in letters that were delivered, those judged, those fixed
	lost      int    // places of which every letter came back
	started   time.Time
}

// A group is a row of a table while it is counted.
type group struct {
	Row
	fixed, arrived, answered map[int32]part // by organisation
}

// A part is how many of an organisation's things are so. It is small, because
// there are many organisations in many rows.
type part struct{ hit, of int32 }

func (g *group) count(in *map[int32]part, org int, hit bool) {
	if *in == nil {
		*in = map[int32]part{}
	}
	s := (*in)[int32(org)]
	s.of++
	if hit {
		s.hit++
	}
	(*in)[int32(org)] = s
}

// in returns the groups that count something with these values of dimensions.
func (c *Collector) in(values ...[2]string) []*group {
	if c.groups == nil {
		c.groups = map[string]map[string]*group{}
	}
	found := []*group{&c.all}
	for _, v := range values {
		if c.groups[v[0]] == nil {
			c.groups[v[0]] = map[string]*group{}
		}
		g := c.groups[v[0]][v[1]]
		if g == nil {
			g = &group{Row: Row{Value: v[1]}}
			c.groups[v[0]][v[1]] = g
		}
		found = append(found, g)
	}
	return found
}

// values of a letter, but for the kinds of its findings.
func (l *Letter) values() [][2]string {
	return [][2]string{{"country", l.Country}, {"language", l.Language}, {"agency", l.Agency}, {"channel", l.Channel}}
}

// Letter counts a letter. It must not change afterwards.
func (c *Collector) Letter(l *Letter) {
	values := append(l.values(), [2]string{"round", strconv.Itoa(l.Round)})
	for _, k := range l.Kinds {
		values = append(values, [2]string{"kind", string(k)})
	}
	left, arrived := !l.Left.IsZero() || l.State.Lost(), l.delivered()
	if !l.Left.IsZero() && (c.started.IsZero() || l.Left.Before(c.started)) {
		c.started = l.Left
	}
	for _, g := range c.in(values...) {
		g.Letters++
		if !left {
			continue
		}
		g.Left++
		g.count(&g.arrived, l.Org, arrived)
		if arrived {
			g.Delivered++
			g.count(&g.answered, l.Org, l.Answered)
		}
		if l.Answered {
			g.Answered++
		}
	}
}

// Lost counts a place of which letters left, all of which came back.
func (c *Collector) Lost() { c.lost++ }

// Place counts a place of which a letter left.
func (c *Collector) Place(p Place) {
	c.outcomes.Add(p.Outcome)
	values := append(p.First.values(), [2]string{"kind", string(p.Kind)}, [2]string{"round", strconv.Itoa(p.Last.Round)})
	known, fixed := judged(p.Outcome.Result), p.Outcome.Result == outcome.Fixed
	for _, g := range c.in(values...) {
		g.Findings++
		switch p.Outcome.Result {
		case outcome.Uncertain:
			g.Uncertain++
		case outcome.NotLooked:
			g.Unlooked++
		}
		if known {
			g.Judged++
			g.count(&g.fixed, p.Org, fixed)
		}
		if fixed {
			g.Fixed++
		}
	}
	if p.First.delivered() {
		for i, so := range []bool{true, known, fixed} {
			if so {
				c.delivered[i]++
			}
		}
	}
	if known {
		c.curves.add(p.Org, p.Span)
	}
}

// Into puts the figures into a report, whose Sum must be there.
func (c *Collector) Into(r *Report) error {
	r.Started, r.Outcome = c.started, c.outcomes
	r.Letters = c.all.row()
	r.Funnel = []Step{{Rows, r.Sum.Rows}, {Lettered, r.Sum.Lettered}, {Left, c.all.Findings + c.lost},
		{Delivered, c.delivered[0]}, {Judged, c.delivered[1]}, {Fixed, c.delivered[2]}}
	for _, by := range Dimensions {
		t := Table{By: by, Rows: []Row{}}
		for _, value := range slices.SortedFunc(maps.Keys(c.groups[by]), func(a, b string) int { return c.compare(by, a, b) }) {
			t.Rows = append(t.Rows, c.groups[by][value].row())
		}
		r.Tables = append(r.Tables, t)
	}
	var err error
	r.Curve, err = c.curves.curve()
	c.curves = nil
	r.Limits = append(r.Limits, c.limits(r)...)
	return err
}

// compare orders rows: rounds by number, others by letters, the most first.
func (c *Collector) compare(by, a, b string) int {
	if by == "round" {
		return cmp.Or(cmp.Compare(len(a), len(b)), strings.Compare(a, b))
	}
	g := c.groups[by]
	return cmp.Or(cmp.Compare(g[b].Letters, g[a].Letters), cmp.Compare(g[b].Findings, g[a].Findings), strings.Compare(a, b))
}

// row finishes a row with its shares.
func (g *group) row() Row {
	r := g.Row
	r.Organisations = len(g.fixed)
	r.ByOrg = shareOf(g.fixed, stats.ByOrganisation)
	r.ByFinding = shareOf(g.fixed, stats.ByHost)
	r.DeliveredPart = shareOf(g.arrived, stats.ByHost)
	r.AnsweredPart = shareOf(g.answered, stats.ByHost)
	return r
}

func shareOf(of map[int32]part, weigh stats.Weighting) *Estimate {
	orgs := make([]stats.Org, 0, len(of))
	for _, org := range slices.Sorted(maps.Keys(of)) {
		orgs = append(orgs, stats.Org{Share: stats.Share{Hit: int(of[org].hit), Of: int(of[org].of)}})
	}
	e, err := stats.ShareOf(orgs, weigh, .95)
	if err != nil { // nobody
		return nil
	}
	return estimated(e)
}

// spans are when places were fixed, by organisation. Equal ones are counted
// together: there are few, as looks have their days.
type spans map[int][]stats.Span

func (s *spans) add(org int, span stats.Span) {
	if *s == nil {
		*s = spans{}
	}
	list := (*s)[org]
	for i, l := range list {
		if l.After == span.After && l.By == span.By {
			list[i].Count += span.Count
			return
		}
	}
	(*s)[org] = append(list, span)
}

// curve is the share that is still open, an organisation counting once.
func (s spans) curve() ([]Point, error) {
	points := []Point{}
	if len(s) == 0 {
		return points, nil
	}
	var orgs [][]stats.Span
	for _, org := range slices.Sorted(maps.Keys(s)) {
		slices.SortFunc(s[org], func(a, b stats.Span) int { return cmp.Or(cmp.Compare(a.After, b.After), cmp.Compare(a.By, b.By)) })
		orgs = append(orgs, s[org])
	}
	list, err := stats.CurveOf(orgs, stats.How{})
	for _, p := range list {
		points = append(points, Point{p.Time, *estimated(p.Estimate)})
	}
	return points, err
}

// limits are what the figures besides those of arms do not allow to say.
func (c *Collector) limits(r *Report) (limits []Limit) {
	all := r.Letters
	add := func(so bool, code string, n, of int) {
		if so {
			limits = append(limits, Limit{code, n, of})
		}
	}
	if c.started.IsZero() {
		return []Limit{{Code: NoLetters}}
	}
	add(all.Findings > 0 && all.Unlooked == all.Findings, NoLooks, 0, 0)
	add(all.Unlooked > 0 && all.Unlooked < all.Findings, Unlooked, all.Unlooked, all.Findings)
	add(all.Uncertain > 0, Uncertain, all.Uncertain, all.Findings)
	add(c.outcomes.SilentOnce > 0, SilentOnce, c.outcomes.SilentOnce, all.Findings)
	add(all.Judged > 0 && all.Organisations < few, FewOrgs, all.Organisations, few)
	add(all.Fixed > 0, BetweenLooks, 0, 0)
	add(true, NotRead, 0, 0)
	add(len(r.Tables) > 0, NotRandom, 0, 0)
	return limits
}
