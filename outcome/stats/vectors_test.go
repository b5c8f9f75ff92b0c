package stats_test

import (
	"math"
	"testing"

	"headsup/outcome/stats"
)

// near compares to digits places after the point, as tables print.
func near(t *testing.T, what string, got, want float64, digits int) {
	t.Helper()
	if !(math.Abs(got-want) <= .5*math.Pow10(-digits)+1e-12) {
		t.Errorf("%s = %.*f, want %.*f", what, digits+2, got, digits, want)
	}
}

func must[T any](v T, err error) func(t *testing.T) T {
	return func(t *testing.T) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func TestWilson(t *testing.T) {
	for _, c := range []struct {
		name      string
		hit, of   int
		low, high float64
		digits    int
	}{
		// Newcombe, Statistics in Medicine 17, 1998, p. 857, table I, method 3.
		{"many", 81, 263, .2553, .3662, 4},
		{"few hits", 15, 148, .0624, .1605, 4},
		{"none", 0, 20, 0, .1611, 4},
		{"one", 1, 29, .0061, .1718, 4},
		// Agresti & Coull, American Statistician 52, 1998, p. 119.
		{"none of ten", 0, 10, 0, .2775, 4},
		// By symmetry.
		{"all", 20, 20, .8389, 1, 4},
		// R 4.2.2: prop.test(5, 10, correct = FALSE), binom::binom.wilson.
		{"half", 5, 10, .236593, .763407, 6},
		// (z²/(1+z²)) for one unit: 3.841459/4.841459.
		{"one of one", 1, 1, .206549, 1, 6},
	} {
		t.Run(c.name, func(t *testing.T) {
			e := must(stats.Wilson(stats.Share{Hit: c.hit, Of: c.of}, .95))(t)
			near(t, "low", e.Low, c.low, c.digits)
			near(t, "high", e.High, c.high, c.digits)
		})
	}
}

func TestNewcombe(t *testing.T) {
	// Newcombe, Statistics in Medicine 17, 1998, p. 873, table II, method 10, examples (a) to (h).
	for _, c := range []struct {
		name       string
		a, n, b, m int
		low, high  float64
	}{
		{"large", 56, 70, 48, 80, .0524, .3339},
		{"small", 9, 10, 3, 10, .1705, .8090},
		{"smaller", 6, 7, 2, 7, .0582, .8062},
		{"none of the second", 5, 56, 0, 29, -.0381, .1926},
		{"none of either, unequal", 0, 10, 0, 20, -.1611, .2775},
		{"none of either", 0, 10, 0, 10, -.2775, .2775},
		{"all and none, unequal", 10, 10, 0, 20, .6791, 1},
		{"all and none", 10, 10, 0, 10, .6075, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			e := must(stats.Newcombe(stats.Share{Hit: c.a, Of: c.n}, stats.Share{Hit: c.b, Of: c.m}, .95))(t)
			near(t, "difference", e.Value, float64(c.a)/float64(c.n)-float64(c.b)/float64(c.m), 12)
			near(t, "low", e.Low, c.low, 4)
			near(t, "high", e.High, c.high, 4)
		})
	}
}

// lives reads times; those below 0 are of units whose watch ended.
func lives(arm int, times ...float64) (list []stats.Life) {
	for _, t := range times {
		list = append(list, stats.Life{Time: math.Abs(t), Event: t > 0, Arm: arm})
	}
	return list
}

// Freireich et al., Blood 21, 1963, p. 699: weeks of remission.
var (
	sixMP = lives(1, 6, 6, 6, -6, 7, -9, 10, -10, -11, 13, 16, -17, -19, -20, 22, 23, -25, -32, -32, -34, -35)
	placo = lives(0, 1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23)
)

func TestKaplanMeier(t *testing.T) {
	c := must(stats.KaplanMeier(sixMP, .95))(t)
	// R 4.2.2, survival 3.5: survfit(Surv(time, event) ~ 1, conf.type = "log-log").
	for _, want := range []struct{ time, left, se, low, high float64 }{
		{6, .857143, .076360, .619718, .951552},
		{7, .806723, .086935, 0, 0},
		{10, .752941, .096350, 0, 0},
		{13, .690196, .106815, 0, 0},
		{16, .627451, .114054, 0, 0},
		{22, .537815, .128234, 0, 0},
		{23, .448179, .134591, .188052, .680143},
	} {
		s := c.At(want.time)
		near(t, "S", s.Survival, want.left, 6)
		near(t, "SE", s.SE, want.se, 6)
		if want.high > 0 {
			near(t, "low", s.Band.Low, want.low, 6)
			near(t, "high", s.Band.High, want.high, 6)
		}
	}
	if got, want := c.Median, (stats.Median{At: at(23), Low: at(13)}); got != want {
		t.Errorf("median %+v, want %+v", got, want)
	}
	if got, want := must(stats.KaplanMeier(placo, .95))(t).Median, (stats.Median{At: at(8), Low: at(4), High: at(11)}); got != want {
		t.Errorf("placebo's median %+v, want %+v", got, want)
	}
}

func at(t float64) stats.Moment { return stats.Moment{Time: t, Reached: true} }

func TestKaplanMeierAtItsEdges(t *testing.T) {
	for _, c := range []struct {
		name       string
		lives      []stats.Life
		last       stats.Step
		median, lo stats.Moment
	}{
		{"nobody had the event",
			lives(0, -1, -2), stats.Step{Survival: 1, Band: stats.Interval{Low: 1, High: 1}}, stats.Moment{}, stats.Moment{}},
		{"all at once",
			lives(0, 3, 3), stats.Step{Time: 3, AtRisk: 2, Events: 2, Band: stats.Interval{High: 1}}, at(3), at(3)},
		// A unit that leaves at the time of an event was still watched then.
		{"a tie of event and end", lives(0, 3, -3), stats.Step{Time: 3, AtRisk: 2, Events: 1, Survival: .5,
			SE: .5 * math.Sqrt(.5), Band: stats.Interval{Low: .006, High: .9104}}, at(3), at(3)},
		// S is one half from 2 to 6: the middle.
		{"one half for a while", lives(0, 1, 2, 6, -7), stats.Step{Time: 6, AtRisk: 2, Events: 1, Survival: .25,
			SE: .25 * math.Sqrt(.75), Band: stats.Interval{Low: .0089, High: .6653}}, at(4), at(1)},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := must(stats.KaplanMeier(c.lives, .95))(t)
			s := got.At(math.MaxFloat64)
			near(t, "SE", s.SE, c.last.SE, 6)
			near(t, "low", s.Band.Low, c.last.Band.Low, 4)
			near(t, "high", s.Band.High, c.last.Band.High, 4)
			s.SE, s.Band, c.last.SE, c.last.Band = 0, stats.Interval{}, 0, stats.Interval{}
			if s != c.last || got.Median.At != c.median || got.Median.Low != c.lo {
				t.Errorf("%+v, median %+v, want %+v, %v from %v", s, got.Median, c.last, c.median, c.lo)
			}
		})
	}
}

func TestLogRank(t *testing.T) {
	r := must(stats.LogRank(append(append([]stats.Life{}, placo...), sixMP...)))(t)
	// R 4.2.2, survival 3.5: survdiff; Freireich's data as above.
	near(t, "χ²", r.Statistic, 16.79294, 5)
	near(t, "expected of 6-MP", r.Arms[1].Expected, 19.25050, 4)
	near(t, "expected of placebo", r.Arms[0].Expected, 10.74950, 4)
	near(t, "variance", r.Variance, 6.25696, 5)
	near(t, "p", r.P*1e5, 4.1688, 4)
	if r.Arms[0].Observed != 21 || r.Arms[1].Observed != 9 || r.DF != 1 {
		t.Errorf("observed %+v with %d degrees of freedom", r.Arms, r.DF)
	}
}

// TestSurvivalElsewhere takes Miller's leukaemia data (Survival Analysis, 1981,
// p. 49; R's aml): weeks of remission with and without maintenance.
func TestSurvivalElsewhere(t *testing.T) {
	with := lives(0, 9, 13, -13, 18, 23, -28, 31, 34, -45, 48, -161)
	without := lives(1, 5, 5, 8, 8, 12, -16, 23, 27, 30, 33, 43, 45)
	c := must(stats.KaplanMeier(with, .95))(t)
	// R, survival: summary(survfit(Surv(time, status) ~ x, aml)).
	for i, want := range []struct{ left, se float64 }{
		{.909, .0867}, {.818, .1163}, {.716, .1397}, {.614, .1526}, {.491, .1642}, {.368, .1627}, {.184, .1535},
	} {
		near(t, "S", c.Steps[i].Survival, want.left, 3)
		near(t, "SE", c.Steps[i].SE, want.se, 4)
	}
	r := must(stats.LogRank(append(with, without...)))(t)
	near(t, "χ²", r.Statistic, 3.396, 3) // R: survdiff(Surv(time, status) ~ x, aml), p .0653
	near(t, "p", r.P, .0653, 4)
	near(t, "expected with", r.Arms[0].Expected, 10.69, 2)
	near(t, "expected without", r.Arms[1].Expected, 7.31, 2)
}

// TestTurnbull takes the months after which breasts looked retracted after
// radiotherapy: Klein & Moeschberger, Survival Analysis, 2nd ed. 2003, table 1.8.
func TestTurnbull(t *testing.T) {
	never := math.Inf(1)
	var spans []stats.Span
	for _, s := range [][2]float64{
		{0, 7}, {0, 8}, {0, 5}, {4, 11}, {5, 12}, {5, 11}, {6, 10}, {7, 16}, {7, 14}, {11, 15}, {11, 18}, {17, 25}, {17, 25},
		{19, 35}, {19, 26}, {25, 37}, {26, 40}, {27, 34}, {36, 44}, {36, 48}, {37, 44}, {15, never}, {17, never}, {18, never},
		{22, never}, {24, never}, {24, never}, {32, never}, {33, never}, {34, never}, {36, never}, {36, never}, {37, never},
		{37, never}, {37, never}, {38, never}, {40, never}, {45, never}, {46, never}, {46, never}, {46, never}, {46, never},
		{46, never}, {46, never}, {46, never}, {46, never},
	} {
		spans = append(spans, stats.Span{After: s[0], By: s[1], Count: 1})
	}
	c := must(stats.Turnbull(spans))(t)
	// R 4.2.2, survival 3.5: survfit(Surv(left, right, type = "interval2") ~ 1).
	for _, want := range []struct{ time, left float64 }{
		{5, .9537}, {7, .9203}, {8, .8316}, {12, .7609}, {25, .6682}, {34, .5864}, {40, .4656},
	} {
		left := c.Left(want.time)
		near(t, "left", left.Low, want.left, 4)
		near(t, "left", left.High, want.left, 4)
	}
	if m, ok := c.Median(); !ok || m.After != 38 || m.By != 40 {
		t.Errorf("median %v %v", m, ok)
	}
}

// tobacco is the example of Donner & Klar 1994: children of 24 schools who used
// smokeless tobacco, without (arm 0) and with the programme.
func tobacco() (orgs []stats.Org) {
	for arm, schools := range [2][][2]int{
		{{5, 103}, {3, 174}, {6, 83}, {6, 75}, {2, 152}, {7, 102}, {7, 104}, {3, 74}, {1, 55}, {23, 225}, {16, 125}, {12, 207}},
		{{0, 42}, {1, 84}, {9, 149}, {11, 136}, {4, 58}, {1, 55}, {10, 219}, {4, 160}, {2, 63}, {5, 85}, {1, 96}, {10, 194}},
	} {
		for _, s := range schools {
			orgs = append(orgs, stats.Org{Arm: 1 - arm, Share: stats.Share{Hit: s[0], Of: s[1]}})
		}
	}
	return orgs
}

func TestDonnerKlarAndRaoScott(t *testing.T) {
	r := must(stats.DonnerKlar(tobacco(), .95))(t)
	// Donner & Klar 1994; six digits by R 4.2.2.
	near(t, "χ²", r.Plain.Statistic, 4.694443, 6)
	near(t, "ICC", r.ICC, .0110622, 7)
	near(t, "adjusted χ²", r.Statistic, 1.829726, 6)
	near(t, "p", r.P, .176160, 6)
	near(t, "difference", r.Value, .018277, 6)
	near(t, "low", r.Low, -.008000, 6)
	near(t, "high", r.High, .044553, 6)
	// R 4.2.2: aod::raoscott.
	near(t, "Rao-Scott", must(stats.RaoScott(tobacco(), .95))(t).Statistic, 2.084149, 6)
}

// admissions is Bickel, Hammel & O'Connell, Science 187, 1975 (R's
// UCBAdmissions): men and women admitted by six departments.
var admissions = []stats.Pair{
	{One: stats.Share{Hit: 512, Of: 825}, Other: stats.Share{Hit: 89, Of: 108}},
	{One: stats.Share{Hit: 353, Of: 560}, Other: stats.Share{Hit: 17, Of: 25}},
	{One: stats.Share{Hit: 120, Of: 325}, Other: stats.Share{Hit: 202, Of: 593}},
	{One: stats.Share{Hit: 138, Of: 417}, Other: stats.Share{Hit: 131, Of: 375}},
	{One: stats.Share{Hit: 53, Of: 191}, Other: stats.Share{Hit: 94, Of: 393}},
	{One: stats.Share{Hit: 22, Of: 373}, Other: stats.Share{Hit: 24, Of: 341}},
}

func TestMantelHaenszel(t *testing.T) {
	// R 4.2.2: mantelhaen.test(UCBAdmissions, correct = FALSE).
	near(t, "χ²", must(stats.MantelHaenszel(admissions))(t).Statistic, 1.524607, 6)
	odds := must(stats.CommonOdds(admissions, .95))(t)
	near(t, "odds ratio", odds.Value, .904697, 6)
	near(t, "low", odds.Low, .771907, 6)
	near(t, "high", odds.High, 1.060330, 6)
}

func TestMantelHaenszelElsewhere(t *testing.T) {
	share := func(hit, miss int) stats.Share { return stats.Share{Hit: hit, Of: hit + miss} }
	// Smoking and lung cancer in eight cities of China: Agresti, Introduction to
	// Categorical Data Analysis, 1996, table 3.3: 280.1 and 2.17 (1.98, 2.38).
	cities := []stats.Pair{
		{One: share(126, 100), Other: share(35, 61)}, {One: share(908, 688), Other: share(497, 807)},
		{One: share(913, 747), Other: share(336, 598)}, {One: share(235, 172), Other: share(58, 121)},
		{One: share(402, 308), Other: share(121, 215)}, {One: share(182, 156), Other: share(72, 98)},
		{One: share(60, 99), Other: share(11, 43)}, {One: share(104, 89), Other: share(21, 36)},
	}
	near(t, "χ²", must(stats.MantelHaenszel(cities))(t).Statistic, 280.1, 1)
	odds := must(stats.CommonOdds(cities, .95))(t)
	near(t, "odds ratio", odds.Value, 2.17, 2)
	near(t, "low", odds.Low, 1.98, 2)
	near(t, "high", odds.High, 2.38, 2)
	// Penicillin for rabbits, with strata in which nothing varies: R's
	// example(mantelhaen.test).
	rabbits := []stats.Pair{
		{One: share(0, 6), Other: share(0, 5)}, {One: share(3, 3), Other: share(0, 6)}, {One: share(6, 0), Other: share(2, 4)},
		{One: share(5, 1), Other: share(6, 0)}, {One: share(2, 0), Other: share(5, 0)},
	}
	odds = must(stats.CommonOdds(rabbits, .95))(t)
	near(t, "odds ratio", odds.Value, 7, 5)
	near(t, "low", odds.Low, 1.026713, 6)
	near(t, "high", odds.High, 47.725133, 6)
	near(t, "χ²", must(stats.MantelHaenszel(rabbits))(t).Statistic, 5.6571, 4)
}

func TestHolm(t *testing.T) {
	for _, c := range []struct {
		name    string
		p, want []float64
	}{
		// R: p.adjust(c(.01, .02, .03, .04, .05), "holm").
		{"in order", []float64{.01, .02, .03, .04, .05}, []float64{.05, .08, .09, .09, .09}},
		{"in any order", []float64{.03, .01, .04}, []float64{.06, .03, .06}},
		{"never above 1", []float64{.9, .8}, []float64{1, 1}},
		{"one alone", []float64{.04}, []float64{.04}},
		{"none", nil, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := must(stats.Holm(c.p))(t)
			if len(got) != len(c.want) {
				t.Fatalf("%v, want %v", got, c.want)
			}
			for i := range got {
				near(t, "p", got[i], c.want[i], 9)
			}
		})
	}
}

func TestSampleRatio(t *testing.T) {
	// (530-500)²/500 twice: 3.6; R: chisq.test(c(530, 470)), p .05778.
	r := must(stats.SampleRatio([]int{530, 470}, []float64{1, 1}))(t)
	near(t, "χ²", r.Statistic, 3.6, 9)
	near(t, "p", r.P, .05778, 5)
	// Mendel's peas, 9:3:3:1: χ² .470024 with 3 degrees, p .92543 (R: chisq.test).
	r = must(stats.SampleRatio([]int{315, 108, 101, 32}, []float64{9, 3, 3, 1}))(t)
	near(t, "χ²", r.Statistic, .470024, 6)
	near(t, "p", r.P, .92543, 5)
}

func TestPower(t *testing.T) {
	// R 4.2.2: power.prop.test(p1 = .5, p2 = .75, power = .9) and (n = 50, …).
	near(t, "n", must(stats.Needed(.5, .75, .9, .95))(t), 76.70693, 4)
	near(t, "power", must(stats.Power(.5, .75, 50, 50, .95))(t), .740166, 6)
	// R: power.prop.test(p1 = .15, p2 = .30, power = .85).
	near(t, "n", must(stats.Needed(.15, .30, .85, .95))(t), 137.604, 3)
	near(t, "power", must(stats.Power(.15, .30, 137.604, 137.604, .95))(t), .85, 5)
	// Chance alone finds so often: nobody is needed.
	near(t, "n", must(stats.Needed(.5, .51, .001, .95))(t), 0, 12)
	near(t, "power of as much as is needed", must(stats.Power(.1, .9, 5, 5, .95))(t), must(stats.Power(.9, .1, 5, 5, .95))(t), 12)
}

func TestPowerOfClusters(t *testing.T) {
	for _, c := range []struct {
		name     string
		clusters stats.Clusters
		worth    float64
	}{
		{"alone, a host is a host", stats.Clusters{Sizes: []int{1, 1}, ICC: .5}, 1},
		// 1 + (10-1)·.05 = 1.45; 10/1.45.
		{"equal sizes, by host", stats.Clusters{Sizes: []int{10, 10}, ICC: .05, Weighting: stats.ByHost}, 10 / 1.45},
		// The same, for equal sizes weigh alike: 1/(.05 + .95/10).
		{"equal sizes, by organisation", stats.Clusters{Sizes: []int{10, 10}, ICC: .05}, 10 / 1.45},
		// Σn²/Σn is 82/10: 1 + 7.2·.5 = 4.6; 5/4.6.
		{"a large and a small one, by host",
			stats.Clusters{Sizes: []int{9, 1}, ICC: .5, Weighting: stats.ByHost}, 5 / 4.6},
		// .5 + .5·(1/9 + 1)/2 = 7/9.
		{"a large and a small one, by organisation", stats.Clusters{Sizes: []int{9, 1}, ICC: .5}, 9. / 7},
		{"all or none", stats.Clusters{Sizes: []int{500, 500}, ICC: 1}, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			near(t, "worth", must(c.clusters.Worth())(t), c.worth, 9)
			n := must(c.clusters.Needed(.3, .45, .8, .95))(t)
			near(t, "organisations", n, must(stats.Needed(.3, .45, .8, .95))(t)/c.worth, 9)
		})
	}
	ten := stats.Clusters{Sizes: []int{10}, ICC: 0}
	near(t, "power", must(ten.Power(.5, .75, 5, 5, .95))(t), .740166, 6)
}
