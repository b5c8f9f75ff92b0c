package stats

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
)

// A Remaining is the share that is left after a time.
type Remaining struct {
	Time float64
	Estimate
}

// CurveOf is the share of hosts that is left over time, with bands that know
// which hosts belong together: orgs are the spans of each organisation's hosts.
// The curve is [Turnbull]'s, an organisation counting once or as often as it
// has hosts. Its error is what leaving out each organisation changes, or each
// of 200 groups drawn by the seed (delete-a-group jackknife: Kott, Journal of
// Official Statistics 17, 2001, p. 521); bands are then made as [ShareOf]
// makes its interval. They hold for each time by itself.
//
// Only times at which looks say how much is left are listed, the first of
// them 0. Permutations play no part.
func CurveOf(orgs [][]Span, how How) ([]Remaining, error) {
	how, err := how.defaults()
	if err != nil {
		return nil, err
	}
	z, err := zOf(how.Level)
	if err != nil {
		return nil, err
	}
	w, err := watch(orgs, how.Weighting)
	if err != nil {
		return nil, err
	}
	all := together(w.orgs, -1)
	whole, err := all.curve()
	if err != nil {
		return nil, err
	}
	times := whole.known(all)
	wobbles, err := w.jackknife(times, how.Seed)
	if err != nil {
		return nil, err
	}
	list := []Remaining{{0, Estimate{1, Interval{1, 1}}}}
	for i, t := range times {
		u := worth{w.sum / w.squares * w.sum, w.hosts, wobbles[i].df}
		list = append(list, Remaining{t, u.around(whole.middle(t), wobbles[i].variance, how.Level, z)})
	}
	return list, nil
}

// A watched is what was seen of each organisation, and the sums of their weights.
type watched struct {
	orgs                []tally
	sum, squares, hosts float64
}

func watch(orgs [][]Span, weigh Weighting) (w watched, err error) {
	for _, spans := range orgs {
		hosts := 0.0
		for _, s := range spans {
			hosts += float64(s.Count)
		}
		weight := 1.0
		if weigh == ByHost {
			weight = hosts
		}
		t := tally{}
		if err := t.add(spans, weight/hosts); err != nil {
			return watched{}, err
		}
		if len(t) == 0 {
			return watched{}, fmt.Errorf("%w: nobody of an organisation was looked at", ErrEmpty)
		}
		w.orgs = append(w.orgs, t)
		w.sum, w.squares, w.hosts = w.sum+weight, w.squares+weight*weight, w.hosts+hosts
	}
	return w, nil
}

// together adds up tallies, but for one of them.
func together(list []tally, without int) tally {
	all := tally{}
	for i, t := range list {
		if i != without {
			all.plus(t)
		}
	}
	return all
}

func (t tally) plus(other tally) {
	for s, weight := range other {
		t[s] += weight
	}
}

// A wobble is a variance and its degrees of freedom.
type wobble struct{ variance, df float64 }

// jackknife is how far the curve wobbles at each of the times.
func (w watched) jackknife(times []float64, seed uint64) ([]wobble, error) {
	const most = 200
	wobbles := make([]wobble, len(times))
	if len(w.orgs) < 2 {
		return wobbles, nil
	}
	groups := make([]tally, min(len(w.orgs), most))
	for i, org := range rand.New(rand.NewPCG(seed, 0x6a61636b6b6e6966)).Perm(len(w.orgs)) {
		g := i % len(groups)
		if groups[g] == nil {
			groups[g] = tally{}
		}
		groups[g].plus(w.orgs[org])
	}
	left := make([][]float64, len(times))
	for g := range groups {
		c, err := together(groups, g).curve()
		if err != nil {
			return nil, err
		}
		for i, t := range times {
			left[i] = append(left[i], c.middle(t))
		}
	}
	n := float64(len(groups))
	for i, values := range left {
		mean := 0.0
		for _, v := range values {
			mean += v / n
		}
		for j := range values {
			values[j] -= mean
		}
		sum, df := spreadOf(values)
		wobbles[i] = wobble{sum * (n - 1) / n, df}
	}
	return wobbles, nil
}

// middle is how much is left at a time, or halfway if looks do not say.
func (c SpanCurve) middle(t float64) float64 {
	left := c.Left(t)
	return (left.Low + left.High) / 2
}

// known are the ends of looks at which the curve says how much is left.
func (c SpanCurve) known(looks tally) (times []float64) {
	for s := range looks {
		for _, t := range []float64{s.After, s.By} {
			if left := c.Left(t); t > 0 && !math.IsInf(t, 1) && left.High-left.Low < 1e-9 {
				times = append(times, t)
			}
		}
	}
	slices.Sort(times)
	return slices.Compact(times)
}
