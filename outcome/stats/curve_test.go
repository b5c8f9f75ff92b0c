package stats_test

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"headsup/outcome/stats"
)

// looked is organisations as one look after 14 days saw them.
func looked(orgs []stats.Org) (spans [][]stats.Span) {
	for _, o := range orgs {
		spans = append(spans, []stats.Span{{0, 14, o.Hit}, {14, math.Inf(1), o.Of - o.Hit}})
	}
	return spans
}

func TestACurveOfOneLookIsAShare(t *testing.T) {
	orgs := some(3, 40)
	for _, weighting := range []stats.Weighting{stats.ByOrganisation, stats.ByHost} {
		share := must(stats.ShareOf(orgs, weighting, .95))(t)
		c := must(stats.CurveOf(looked(orgs), stats.How{Weighting: weighting}))(t)
		if len(c) != 2 || c[0] != (stats.Remaining{Estimate: stats.Estimate{Value: 1, Interval: stats.Interval{Low: 1, High: 1}}}) {
			t.Fatalf("%+v", c)
		}
		if c[1].Time != 14 {
			t.Errorf("after %v days", c[1].Time)
		}
		near(t, "left", c[1].Value, 1-share.Value, 9)
		// Leaving out one of equal organisations gives their mean's variance exactly, one of
		// unequal ones nearly.
		digits := 9
		if weighting == stats.ByHost {
			digits = 2
		}
		near(t, "low", c[1].Low, 1-share.High, digits)
		near(t, "high", c[1].High, 1-share.Low, digits)
	}
}

func TestACurveIsTurnbullsAndKnowsWhatLooksSay(t *testing.T) {
	never := math.Inf(1)
	orgs := [][]stats.Span{{{0, 14, 2}, {14, 42, 1}}, {{0, 21, 1}, {42, never, 1}}, {{14, 42, 1}, {90, never, 2}}, {{0, 14, 3}}}
	c := must(stats.CurveOf(orgs, stats.How{Weighting: stats.ByHost}))(t)
	whole := must(stats.Turnbull(slices.Concat(orgs...)))(t)
	// Masses lie up to 14, from 14 to 21 and beyond 90: between them all is known.
	var times []float64
	for _, r := range c {
		times = append(times, r.Time)
		near(t, "left", r.Value, whole.Left(r.Time).Low, 9)
		if !r.Has(r.Value) {
			t.Errorf("%+v", r)
		}
	}
	if want := []float64{0, 14, 21, 42, 90}; !slices.Equal(times, want) {
		t.Errorf("known after %v days, want %v: %+v", times, want, whole)
	}
}

func TestTheOrderOfOrganisationsChangesNoCurve(t *testing.T) {
	spans := looked(some(4, 30))
	before := must(stats.CurveOf(spans, stats.How{}))(t)
	slices.Reverse(spans)
	for i, r := range must(stats.CurveOf(spans, stats.How{}))(t) {
		near(t, "low", r.Low, before[i].Low, 9)
		near(t, "high", r.High, before[i].High, 9)
	}
}

// TestBandsHoldTheTruth: of correlated hosts, looked at on three days.
func TestBandsHoldTheTruth(t *testing.T) {
	const runs = 60
	w := world{icc: .5, orgs: 80, base: .4}
	days := looks[0]
	truth := make([]float64, len(days)) // the mean over many organisations
	held := make([]float64, len(days))
	many := world{icc: .5, orgs: 40_000, base: .4}
	draw := func(w world, seed uint64) (spans [][]stats.Span) {
		orgs, lives := w.campaign(rand.New(rand.NewPCG(seed, 9)))
		for _, o := range orgs {
			var list []stats.Span
			for _, l := range lives[:o.Of] {
				list = append(list, span(l))
			}
			if lives = lives[o.Of:]; o.Arm == 0 {
				spans = append(spans, list)
			}
		}
		return spans
	}
	for _, list := range draw(many, 1) {
		for i, day := range days {
			left := 0.0
			for _, s := range list {
				if s.After >= day {
					left++
				}
			}
			truth[i] += left / float64(len(list)) / 20_000
		}
	}
	for seed := range uint64(runs) {
		c := must(stats.CurveOf(draw(w, seed+2), stats.How{Seed: seed}))(t)
		for i, day := range days {
			at := slices.IndexFunc(c, func(r stats.Remaining) bool { return r.Time == day })
			if c[at].Has(truth[i]) {
				held[i]++
			}
		}
	}
	for i, n := range held {
		if n < (.95-chance(.95, runs))*runs {
			t.Errorf("day %v: %v of %v bands hold %v", days[i], n, runs, truth[i])
		}
	}
}

func TestMoreOrganisationsThanGroups(t *testing.T) {
	orgs := some(5, 450)
	share := must(stats.ShareOf(orgs, stats.ByOrganisation, .95))(t)
	c := must(stats.CurveOf(looked(orgs), stats.How{Seed: 1}))(t)
	near(t, "width", (c[1].High-c[1].Low)/(share.High-share.Low), 1, 0)
	if again := must(stats.CurveOf(looked(orgs), stats.How{Seed: 1}))(t); !slices.Equal(c, again) {
		t.Errorf("%v and %v", c, again)
	}
}

// TestRareHitsWidenAShare: one hit among forty organisations says little about
// how they differ.
func TestRareHitsWidenAShare(t *testing.T) {
	orgs := append(slices.Repeat(orgsOf([3]int{0, 0, 5}), 39), orgsOf([3]int{0, 1, 5})...)
	e := must(stats.ShareOf(orgs, stats.ByOrganisation, .95))(t)
	// By the variance alone .005 would have an interval from .001 to .032, and
	// Wilson's for forty organisations ends at .0961.
	if e.High < .06 || e.High > .0962 {
		t.Errorf("%+v", e)
	}
}
