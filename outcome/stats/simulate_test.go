package stats_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"sync"
	"testing"

	"gonum.org/v1/gonum/stat/distuv"

	"headsup/outcome/stats"
)

// A world is what campaigns are drawn from.
type world struct {
	icc       float64
	orgs      int
	base      float64 // share fixed by day 90 without letters
	effect    float64 // what letters add to it
	waits     float64 // the part of organisations that waits; 0: half of them
	countries int     // strata, which differ in their shares; 0: one
	weighting stats.Weighting
}

func (w world) String() string {
	return fmt.Sprintf("%d organisations, ICC %v, %.2f and %.2f fixed, %v wait, %d countries, weighting %d",
		w.orgs, w.icc, w.base, w.base+w.effect, w.waiting(), max(1, w.countries), w.weighting)
}

func (w world) waiting() float64 {
	if w.waits > 0 {
		return w.waits
	}
	return .5
}

// looks are the days on which the arms are looked at.
var looks = [2][]float64{{14, 42, 90}, {21, 49, 90}}

// common is the last day on which both arms are looked at.
func common() float64 {
	return slices.MaxFunc(looks[0], func(a, b float64) int {
		switch {
		case !slices.Contains(looks[1], a):
			return -1
		case !slices.Contains(looks[1], b):
			return 1
		}
		return int(a - b)
	})
}

// sizes is the distribution of hosts over organisations: Zipf's, by 1/n² up to 500.
var sizes = sync.OnceValue(func() (upTo []float64) {
	sum := 0.0
	for n := 1; n <= 500; n++ {
		sum += 1 / float64(n*n)
		upTo = append(upTo, sum)
	}
	for i := range upTo {
		upTo[i] /= sum
	}
	return upTo
})

// campaign draws one: arms within countries; shares of organisations from a
// beta distribution, which gives the correlation; for each host a day on which
// it is closed. A host counts as fixed as the last look in common saw it. on
// are the looks at which each host was first seen closed.
func (w world) campaign(r *rand.Rand) (orgs []stats.Org, on []stats.Life) {
	day, strata := common(), max(1, w.countries)
	for stratum := range strata {
		n := w.orgs * 2 * (stratum + 1) / (strata * (strata + 1))
		waiting := int(math.Round(w.waiting() * float64(n)))
		for i := range n {
			o := stats.Org{Stratum: stratum}
			if i >= waiting {
				o.Arm = 1
			}
			p := w.base + .04*float64(stratum) + w.effect*float64(o.Arm)
			if w.icc > 0 {
				k := (1 - w.icc) / w.icc
				p = distuv.Beta{Alpha: p * k, Beta: (1 - p) * k, Src: r}.Rand()
			}
			o.Of, _ = slices.BinarySearch(sizes(), r.Float64())
			o.Of++
			for range o.Of {
				closed := 90 * math.Log1p(-r.Float64()) / math.Log1p(-p)
				if closed <= day {
					o.Hit++
				}
				l := stats.Life{Time: day, Arm: o.Arm}
				if i, _ := slices.BinarySearch(looks[o.Arm], closed); i < len(looks[o.Arm]) {
					l.Time, l.Event = looks[o.Arm][i], true
				}
				on = append(on, l)
			}
			orgs = append(orgs, o)
		}
	}
	return orgs, on
}

// A tally is in what part of campaigns something was found, and intervals held the truth.
type tally struct{ found, covered, byHost, raoScott, share float64 }

// simulate draws campaigns; the seed fixes each of them.
func (w world) simulate(t *testing.T, runs, permutations int) (sum tally) {
	t.Helper()
	one := 1 / float64(runs)
	for k := range runs {
		r := rand.New(rand.NewPCG(uint64(k), uint64(w.orgs)+math.Float64bits(w.icc)))
		orgs, _ := w.campaign(r)
		c, err := stats.Compare(orgs, stats.How{Permutations: permutations, Seed: uint64(k), Weighting: w.weighting})
		if err != nil {
			t.Fatal(err)
		}
		if c.P <= .05 {
			sum.found += one
		}
		if c.Has(w.effect) {
			sum.covered += one
		}
		if w.countries < 2 && c.Arms[0].Has(w.base) {
			sum.share += one
		}
		if a, err := stats.RaoScott(orgs, .95); err == nil && a.P <= .05 {
			sum.raoScott += one
		}
		if a, err := stats.DonnerKlar(orgs, .95); err == nil && a.Plain.P <= .05 {
			sum.byHost += one
		}
	}
	t.Logf("found in %.4f (by host %.3f, Rao-Scott %.3f), interval holds in %.4f, that of a share in %.4f",
		sum.found, sum.byHost, sum.raoScott, sum.covered, sum.share)
	return sum
}

// chance is how far above or below its mean a part of so many runs may come
// once in some thousand tests.
func chance(mean float64, runs int) float64 { return 3.3 * math.Sqrt(mean*(1-mean)/float64(runs)) }

// TestSimulatedCampaigns draws campaigns from known worlds and counts what the
// reported test and its interval say about them. The long form draws 10,000 of
// each without effect, and takes some five minutes.
func TestSimulatedCampaigns(t *testing.T) {
	if os.Getenv("HEADSUP_LONG") != "" {
		for _, orgs := range []int{60, 200, 1000} {
			for _, icc := range []float64{.5, .2, 0} {
				world{icc: icc, orgs: orgs, base: .4}.check(t, 10_000, 999, .055, .94)
			}
			for _, w := range worlds {
				if w.orgs == orgs || orgs == 200 && w.orgs == 400 {
					w.check(t, 2000, 999, .055, .94-chance(.94, 2000)/2) // so well do 2,000 runs tell .95 from .94
				}
			}
		}
		return
	}
	for _, icc := range []float64{0, .2, .5} {
		world{icc: icc, orgs: 60, base: .4}.check(t, 200, 199, .05+chance(.05, 200), .95-chance(.95, 200))
	}
	for _, w := range worlds[:2] {
		w.check(t, 100, 199, .05+chance(.05, 100), .95-chance(.95, 100))
	}
}

// worlds are such in which letters change something, and some that are hard to judge.
var worlds = []world{
	{icc: .5, orgs: 400, base: .3, effect: .15},
	{icc: .5, orgs: 60, base: .3, effect: .15, waits: .2},
	{icc: .2, orgs: 400, base: .3, effect: .15},
	{icc: 0, orgs: 400, base: .3, effect: .15},
	{icc: .2, orgs: 60, base: .3, effect: .15},
	{icc: 0, orgs: 60, base: .3, effect: .15},
	{icc: .2, orgs: 60, base: .05, effect: .15},
	{icc: .5, orgs: 60, base: .75, effect: .2, waits: .2},
	{icc: .5, orgs: 200, base: .02},
	{icc: .2, orgs: 400, base: .3, effect: .15, countries: 8, waits: .25},
	{icc: .5, orgs: 400, base: .3, effect: .15, weighting: stats.ByHost},
	{icc: .5, orgs: 1000, base: .3, effect: .15},
}

// check simulates a world and compares with what is promised of it.
func (w world) check(t *testing.T, runs, permutations int, most, least float64) {
	t.Run(w.String(), func(t *testing.T) {
		s := w.simulate(t, runs, permutations)
		if w.effect == 0 && s.found > most {
			t.Errorf("an effect that is not there in %v", s.found)
		}
		if s.covered < least {
			t.Errorf("the interval holds the truth in %v", s.covered)
		}
		if w.effect == 0 && w.base > .1 && w.icc > 0 && s.byHost < .25 {
			t.Errorf("a test by hosts is wrong in %v only: is this world any trouble?", s.byHost)
		}
		if w.effect == 0 || w.weighting == stats.ByHost || w.countries > 1 || w.waits > 0 {
			return
		}
		power := must(w.clusters().Power(w.base, w.base+w.effect, w.orgs/2, w.orgs/2, .95))(t)
		t.Logf("planned power %.3f", power)
		if math.Abs(s.found-power) > .03+chance(power, runs) {
			t.Errorf("found in %v, planned %v", s.found, power)
		}
		enough := .8
		if runs < 1000 {
			enough -= chance(enough, runs)
		}
		if power >= .8 && s.found < enough {
			t.Errorf("found in %v, planned %v", s.found, power)
		}
	})
}

// clusters are organisations as the world draws them.
func (w world) clusters() stats.Clusters {
	c := stats.Clusters{ICC: w.icc, Weighting: w.weighting}
	r := rand.New(rand.NewPCG(1, 1))
	for range 20_000 {
		n, _ := slices.BinarySearch(sizes(), r.Float64())
		c.Sizes = append(c.Sizes, n+1)
	}
	return c
}

// TestDatesOfLooksAreNotDatesOfEvents: arms that are alike but looked at on
// different days. By date they differ; by the spans between looks, and by the
// last look in common, they do not.
func TestDatesOfLooksAreNotDatesOfEvents(t *testing.T) {
	const runs = 100
	w := world{orgs: 150, base: .95} // half are closed after 20.8 days
	var byDate, byLook float64
	var spans [2][]stats.Span
	for k := range uint64(runs) {
		orgs, lives := w.campaign(rand.New(rand.NewPCG(k, 3)))
		if must(stats.LogRank(lives))(t).P <= .05 {
			byDate++
		}
		if must(stats.Compare(orgs, stats.How{Permutations: 99, Seed: k}))(t).P <= .05 {
			byLook++
		}
		for _, l := range lives {
			spans[l.Arm] = append(spans[l.Arm], span(l))
		}
	}
	if byDate < .3*runs || byLook > (.05+chance(.05, runs))*runs {
		t.Errorf("an effect that is not there in %v of %v by date and in %v by the last look in common", byDate, runs, byLook)
	}
	truth := 90 * math.Log(.5) / math.Log(.05)
	near(t, "median", truth, 20.8, 1)
	both := must(stats.Turnbull(append(spans[0], spans[1]...)))(t)
	if m, _ := both.Median(); m.After != 14 || m.By != 21 {
		t.Errorf("half are closed in %v, the truth is %v", m, truth)
	}
	for _, day := range []float64{14, 21, 42, 49, 90} {
		want := math.Pow(.05, day/90)
		if left := both.Left(day); math.Abs(left.Low-want) > .02 || math.Abs(left.High-want) > .02 {
			t.Errorf("day %v: %v left, the truth is %v", day, left, want)
		}
	}
}

// span is what looks say of a life that was ended by one.
func span(l stats.Life) stats.Span {
	if !l.Event {
		return stats.Span{After: l.Time, By: math.Inf(1), Count: 1}
	}
	s := stats.Span{By: l.Time, Count: 1}
	if i := slices.Index(looks[l.Arm], l.Time); i > 0 {
		s.After = looks[l.Arm][i-1]
	}
	return s
}
