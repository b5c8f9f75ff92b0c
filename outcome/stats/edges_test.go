package stats_test

import (
	"errors"
	"fmt"
	"math"
	"reflect"
	"slices"
	"testing"

	"headsup/outcome/stats"
)

// TestWhatCannotBeComputedIsAnError names the kind of each.
func TestWhatCannotBeComputedIsAnError(t *testing.T) {
	half := stats.Share{Hit: 1, Of: 2}
	none := func(of int) stats.Share { return stats.Share{Of: of} }
	nan, inf := math.NaN(), math.Inf(1)
	for _, c := range []struct {
		name string
		err  error
		want error
	}{
		{"a share of nobody", last(stats.Wilson(none(0), .95)), stats.ErrEmpty},
		{"fewer than none", last(stats.Wilson(stats.Share{Hit: -1, Of: 2}, .95)), stats.ErrCount},
		{"more than all", last(stats.Wilson(stats.Share{Hit: 3, Of: 2}, .95)), stats.ErrCount},
		{"of fewer than none", last(stats.Wilson(stats.Share{Hit: -2, Of: -1}, .95)), stats.ErrCount},
		{"a level of 0", last(stats.Wilson(half, 0)), stats.ErrRange},
		{"a level of 1", last(stats.Wilson(half, 1)), stats.ErrRange},
		{"no level", last(stats.Wilson(half, nan)), stats.ErrRange},
		{"a difference from nobody", last(stats.Newcombe(half, none(0), .95)), stats.ErrEmpty},
		{"a difference of nobody", last(stats.Newcombe(none(0), half, .95)), stats.ErrEmpty},
		{"one arm of a ratio", last(stats.SampleRatio([]int{5}, []float64{1})), stats.ErrArms},
		{"arms without a plan", last(stats.SampleRatio([]int{5, 5}, []float64{1})), stats.ErrCount},
		{"an arm of fewer than none", last(stats.SampleRatio([]int{5, -5}, []float64{1, 1})), stats.ErrCount},
		{"empty arms", last(stats.SampleRatio([]int{0, 0}, []float64{1, 1})), stats.ErrEmpty},
		{"an arm planned without anybody", last(stats.SampleRatio([]int{5, 5}, []float64{1, 0})), stats.ErrRange},
		{"a plan that is no number", last(stats.SampleRatio([]int{5, 5}, []float64{1, nan})), stats.ErrNumber},
		{"plans that add up to infinity", last(stats.SampleRatio([]int{5, 5}, []float64{1e308, 1e308})), stats.ErrRange},
		{"a probability above 1", last(stats.Holm([]float64{1.1})), stats.ErrRange},
		{"no probability", last(stats.Holm([]float64{.1, nan})), stats.ErrRange},

		{"a curve of nobody", last(stats.KaplanMeier(nil, .95)), stats.ErrEmpty},
		{"a time before the start", last(stats.KaplanMeier([]stats.Life{{Time: -1}}, .95)), stats.ErrRange},
		{"no time", last(stats.KaplanMeier([]stats.Life{{Time: nan}}, .95)), stats.ErrNumber},
		{"an endless time", last(stats.KaplanMeier([]stats.Life{{Time: inf}}, .95)), stats.ErrNumber},
		{"a curve without level", last(stats.KaplanMeier(sixMP, 2)), stats.ErrRange},
		{"one curve compared", last(stats.LogRank(sixMP)), stats.ErrArms},
		{"curves of nobody", last(stats.LogRank(nil)), stats.ErrEmpty},
		{"no event in either arm", last(stats.LogRank(append(lives(0, -1), lives(1, -2)...))), stats.ErrVariation},
		{"an event when the other arm is gone",
			last(stats.LogRank(append(lives(0, -1), lives(1, 2, 3)...))), stats.ErrVariation},
		{"arms in strata of their own", last(stats.LogRank([]stats.Life{
			{Time: 1, Event: true}, {Time: 2, Event: true, Arm: 1, Stratum: 1}})), stats.ErrVariation},
		{"no look", last(stats.Turnbull(nil)), stats.ErrEmpty},
		{"looks at nobody", last(stats.Turnbull([]stats.Span{{By: 1}})), stats.ErrEmpty},
		{"looks at fewer than none", last(stats.Turnbull([]stats.Span{{By: 1, Count: -1}})), stats.ErrCount},
		{"a look before the one before",
			last(stats.Turnbull([]stats.Span{{After: 2, By: 1, Count: 1}})), stats.ErrRange},
		{"a look before the start", last(stats.Turnbull([]stats.Span{{After: -2, By: 1, Count: 1}})), stats.ErrRange},
		{"a look at no time", last(stats.Turnbull([]stats.Span{{By: nan, Count: 1}})), stats.ErrNumber},
		{"a look after no time", last(stats.Turnbull([]stats.Span{{After: nan, By: 1, Count: 1}})), stats.ErrRange},
		{"a look after the end of time",
			last(stats.Turnbull([]stats.Span{{After: inf, By: inf, Count: 1}})), stats.ErrRange},

		{"a curve of no organisation", last(stats.CurveOf(nil, stats.How{})), stats.ErrEmpty},
		{"an organisation that nobody looked at", last(stats.CurveOf([][]stats.Span{{}}, stats.How{})), stats.ErrEmpty},
		{"a curve without level of bands", last(stats.CurveOf([][]stats.Span{{{By: 1, Count: 1}}}, stats.How{Level: 2})), stats.ErrRange},
		{"a look at less than none of one", last(stats.CurveOf([][]stats.Span{{{By: 1, Count: -1}}}, stats.How{})), stats.ErrCount},

		{"no organisation", last(stats.ICC(nil)), stats.ErrEmpty},
		{"an organisation without hosts", last(stats.ICC(orgsOf([3]int{0, 0, 0}))), stats.ErrEmpty},
		{"more fixed than there are", last(stats.ICC(orgsOf([3]int{0, 2, 1}))), stats.ErrCount},
		{"one organisation in each arm", last(stats.ICC(orgsOf([3]int{0, 1, 2}, [3]int{1, 1, 2}))), stats.ErrEmpty},
		{"one host in each organisation", last(stats.ICC(orgsOf([3]int{0, 1, 1}, [3]int{0, 0, 1}))), stats.ErrVariation},
		{"nothing fixed anywhere", last(stats.ICC(orgsOf([3]int{0, 0, 2}, [3]int{0, 0, 3}))), stats.ErrVariation},
		{"one arm by clusters", last(stats.DonnerKlar(orgsOf([3]int{0, 1, 2}, [3]int{0, 0, 2}), .95)), stats.ErrArms},
		{"three arms by clusters",
			last(stats.DonnerKlar(orgsOf([3]int{0, 1, 2}, [3]int{1, 0, 2}, [3]int{2, 0, 2}), .95)), stats.ErrArms},
		{"all fixed in both arms",
			last(stats.DonnerKlar(orgsOf([3]int{0, 1, 1}, [3]int{1, 1, 1}), .95)), stats.ErrVariation},
		{"a lone organisation in an arm",
			last(stats.RaoScott(orgsOf([3]int{0, 1, 2}, [3]int{1, 0, 2}, [3]int{1, 2, 2}), .95)), stats.ErrEmpty},
		{"an arm without spread",
			last(stats.RaoScott(orgsOf([3]int{0, 1, 2}, [3]int{0, 1, 2}, [3]int{1, 0, 2}, [3]int{1, 2, 2}), .95)), stats.ErrVariation},
		{"an arm with nothing fixed",
			last(stats.RaoScott(orgsOf([3]int{0, 0, 2}, [3]int{0, 0, 2}, [3]int{1, 0, 2}, [3]int{1, 2, 2}), .95)), stats.ErrVariation},

		{"a share of no organisation", last(stats.ShareOf(nil, 0, .95)), stats.ErrEmpty},
		{"a share without level", last(stats.ShareOf(orgsOf([3]int{0, 1, 2}), 0, 0)), stats.ErrRange},
		{"power of a share above 1", last(stats.Power(.5, 1.1, 9, 9, .95)), stats.ErrRange},
		{"power of no share", last(stats.Power(nan, .5, 9, 9, .95)), stats.ErrRange},
		{"power of nobody", last(stats.Power(.5, .6, 9, 0, .95)), stats.ErrEmpty},
		{"power of endless arms", last(stats.Power(.5, .6, 9, inf, .95)), stats.ErrNumber},
		{"power without level", last(stats.Power(.5, .6, 9, 9, 1)), stats.ErrRange},
		{"so many that nothing is found", last(stats.Needed(.5, .5, .8, .95)), stats.ErrVariation},
		{"so many for a share above 1", last(stats.Needed(.5, 1.1, .8, .95)), stats.ErrRange},
		{"power of 1", last(stats.Needed(.5, .6, 1, .95)), stats.ErrRange},
		{"clusters of nobody", last(stats.Clusters{}.Worth()), stats.ErrEmpty},
		{"a cluster of nobody", last(stats.Clusters{Sizes: []int{1, 0}}.Worth()), stats.ErrCount},
		{"a correlation above 1", last(stats.Clusters{Sizes: []int{1}, ICC: 1.1}.Worth()), stats.ErrRange},
		{"no correlation", last(stats.Clusters{Sizes: []int{1}, ICC: nan}.Worth()), stats.ErrRange},
		{"clusters of a weighting that there is not",
			last(stats.Clusters{Sizes: []int{1}, Weighting: 2}.Worth()), stats.ErrRange},
		{"clusters that find nothing",
			last(stats.Clusters{Sizes: []int{1}}.Needed(.5, .5, .8, .95)), stats.ErrVariation},
		{"a plan without organisations", last(stats.Clusters{Sizes: []int{1}}.Power(.5, .6, 0, 5, .95)), stats.ErrEmpty},

		{"no stratum", last(stats.MantelHaenszel(nil)), stats.ErrEmpty},
		{"no stratum with both", last(stats.MantelHaenszel([]stats.Pair{{One: half}})), stats.ErrEmpty},
		{"more than all in a stratum",
			last(stats.MantelHaenszel([]stats.Pair{{One: half, Other: stats.Share{Hit: 2, Of: 1}}})), stats.ErrCount},
		{"all in each stratum",
			last(stats.MantelHaenszel([]stats.Pair{{One: stats.Share{Hit: 1, Of: 1}, Other: stats.Share{Hit: 2, Of: 2}}})), stats.ErrVariation},
		{"odds of none", last(stats.CommonOdds([]stats.Pair{{One: none(3), Other: half}}, .95)), stats.ErrVariation},
		{"odds without level", last(stats.CommonOdds(admissions, 0)), stats.ErrRange},
	} {
		if !errors.Is(c.err, c.want) {
			t.Errorf("%s: %v, want %v", c.name, c.err, c.want)
		}
	}
}

// last is the error of a call, which has no value beside it.
func last[T any](v T, err error) error {
	if err != nil && !reflect.ValueOf(&v).Elem().IsZero() {
		return fmt.Errorf("%v beside the error %q", v, err)
	}
	return err
}

func TestStrataOfOneKindChangeNothing(t *testing.T) {
	both := append(slices.Clone(placo), sixMP...)
	once := must(stats.LogRank(both))(t)
	var twice []stats.Life
	for stratum := range 2 {
		for _, l := range both {
			l.Stratum = stratum
			twice = append(twice, l)
		}
	}
	// Observed, expected and variance are all doubled, and so is χ².
	r := must(stats.LogRank(twice))(t)
	near(t, "χ²", r.Statistic, 2*once.Statistic, 9)
	near(t, "variance", r.Variance, 2*once.Variance, 9)
	near(t, "expected", r.Arms[0].Expected, 2*once.Arms[0].Expected, 9)
}

// TestStratifiedLogRank was reckoned by hand. Stratum 1: at 1 of two at risk in
// each arm, one of arm 0: E 1/2, V 1/4; at 2 one against two: E 1/3, V 2/9; at 3
// one against one (tie of both): E 1, V 0. Stratum 2: at 1 one against one: E
// 1/2, V 1/4; the last is alone. Arm 0: O 1+1+1, E 1/2+1/3+1+1/2 = 7/3, V 13/18.
func TestStratifiedLogRank(t *testing.T) {
	r := must(stats.LogRank([]stats.Life{
		{Time: 1, Event: true, Arm: 0, Stratum: 1}, {Time: 3, Event: true, Arm: 0, Stratum: 1},
		{Time: 2, Event: true, Arm: 1, Stratum: 1}, {Time: 3, Event: true, Arm: 1, Stratum: 1},
		{Time: 1, Event: true, Arm: 0, Stratum: 2}, {Time: 2, Event: true, Arm: 1, Stratum: 2},
	}))(t)
	near(t, "expected", r.Arms[0].Expected, 7./3, 9)
	near(t, "variance", r.Variance, 13./18, 9)
	near(t, "χ²", r.Statistic, (3-7./3)*(3-7./3)*18/13, 9)
}

func TestThreeArmsOfALogRank(t *testing.T) {
	three := append(append(slices.Clone(placo), sixMP...), lives(2, -1, -50)...)
	r := must(stats.LogRank(three))(t)
	if r.DF != 2 || len(r.Arms) != 3 {
		t.Errorf("%d degrees of freedom for %d arms", r.DF, len(r.Arms))
	}
	// An arm that is gone before the first event costs its degree of freedom alone.
	gone := append(append(slices.Clone(placo), sixMP...), lives(2, -.5)...)
	r = must(stats.LogRank(gone))(t)
	near(t, "χ²", r.Statistic, 16.79294, 5)
	if r.DF != 1 {
		t.Errorf("%d degrees of freedom", r.DF)
	}
	// The numbers of arms are names.
	before := must(stats.LogRank(three))(t)
	for i := range three {
		three[i].Arm = 7 - three[i].Arm*3
	}
	near(t, "χ²", must(stats.LogRank(three))(t).Statistic, before.Statistic, 9)
}

func TestExactTimesAndLooksAgree(t *testing.T) {
	// Turnbull's curve of exact times is Kaplan and Meier's.
	var spans []stats.Span
	for _, l := range sixMP {
		s := stats.Span{After: l.Time, By: l.Time, Count: 1}
		if !l.Event {
			s.By = math.Inf(1)
		}
		spans = append(spans, s)
	}
	c, km := must(stats.Turnbull(spans))(t), must(stats.KaplanMeier(sixMP, .95))(t)
	for _, at := range []float64{1, 6, 8, 12, 16, 22, 23} {
		near(t, "left", c.Left(at).Low, km.At(at).Survival, 6)
		near(t, "left", c.Left(at).High, km.At(at).Survival, 6)
	}
}

func TestTurnbullByHand(t *testing.T) {
	never := math.Inf(1)
	for _, c := range []struct {
		name  string
		spans []stats.Span
		want  []stats.Mass
	}{
		{"one look for all: a share",
			[]stats.Span{{0, 14, 3}, {14, never, 1}}, []stats.Mass{{0, 14, .75}, {14, never, .25}}},
		{"two looks that do not overlap", []stats.Span{{0, 14, 1}, {14, 42, 2}, {42, never, 1}},
			[]stats.Mass{{0, 14, .25}, {14, 42, .5}, {42, never, .25}}},
		{"a wide look shares out as the narrow ones do", []stats.Span{{0, 14, 3}, {14, 42, 1}, {0, 42, 4}},
			[]stats.Mass{{0, 14, .75}, {14, 42, .25}}},
		{"looks that overlap meet in the middle", []stats.Span{{0, 14, 1}, {7, 21, 1}}, []stats.Mass{{7, 14, 1}}},
		{"all still open", []stats.Span{{42, never, 5}}, []stats.Mass{{42, never, 1}}},
		{"a look that is seen at once holds the time itself",
			[]stats.Span{{5, 5, 1}, {0, 5, 1}}, []stats.Mass{{5, 5, 1}}},
		{"a look after a time does not hold it",
			[]stats.Span{{5, 5, 1}, {5, 9, 1}}, []stats.Mass{{5, 5, .5}, {5, 9, .5}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := must(stats.Turnbull(c.spans))(t)
			if len(got.Masses) != len(c.want) {
				t.Fatalf("%v, want %v", got.Masses, c.want)
			}
			for i, m := range got.Masses {
				near(t, "share", m.Share, c.want[i].Share, 6)
				m.Share = c.want[i].Share
				if m != c.want[i] {
					t.Errorf("%v, want %v", m, c.want[i])
				}
			}
		})
	}
}

func TestACurveBetweenLooksIsNotKnown(t *testing.T) {
	c := must(stats.Turnbull([]stats.Span{{0, 14, 3}, {14, math.Inf(1), 1}}))(t)
	for at, want := range map[float64]stats.Interval{0: {1, 1}, 7: {.25, 1}, 14: {.25, .25}, 99: {0, .25}} {
		got := c.Left(at)
		near(t, "low", got.Low, want.Low, 9)
		near(t, "high", got.High, want.High, 9)
	}
	if _, ok := must(stats.Turnbull([]stats.Span{{0, 14, 1}, {14, math.Inf(1), 3}}))(t).Median(); ok {
		t.Error("a median that was not reached")
	}
}

func TestClustersOfOneHostHaveNoEffect(t *testing.T) {
	var orgs []stats.Org
	for i := range 40 {
		orgs = append(orgs, stats.Org{Arm: i % 2, Share: stats.Share{Hit: min(1, i%3*(i%2+i%5)), Of: 1}})
	}
	r := must(stats.DonnerKlar(orgs, .95))(t)
	near(t, "adjusted", r.Test.Statistic, r.Plain.Statistic, 9)
}

func TestNegativeCorrelationCountsAsNone(t *testing.T) {
	// Every organisation fixes exactly half: less spread than chance has.
	var orgs []stats.Org
	for i := range 10 {
		orgs = append(orgs, stats.Org{Arm: i % 2, Share: stats.Share{Hit: 2 + i%2, Of: 4}})
	}
	r := must(stats.DonnerKlar(orgs, .95))(t)
	if r.ICC >= 0 || r.Effect != [2]float64{1, 1} {
		t.Errorf("correlation %v, effect %v", r.ICC, r.Effect)
	}
	near(t, "adjusted", r.Test.Statistic, r.Plain.Statistic, 9)
}
