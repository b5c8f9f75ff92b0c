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
	whole, err := w.without(-1).curve()
	if err != nil {
		return nil, err
	}
	times := known(whole, w)
	variance, err := w.jackknife(times, how.Seed)
	if err != nil {
		return nil, err
	}
	list := []Remaining{{0, Estimate{1, Interval{1, 1}}}}
	for i, t := range times {
		e := effective(whole.middle(t), variance[i], w.sum/w.squares*w.sum, w.hosts, how.Level, z)
		list = append(list, Remaining{t, e})
	}
	return list, nil
}

// A watched is organisations, their weights, and the groups that are left out together.
type watched struct {
	orgs                []tally
	group               []int
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

// without puts together what was seen at all organisations but those of a group.
func (w watched) without(group int) tally {
	all := tally{}
	for i, t := range w.orgs {
		if group < 0 || w.group[i] != group {
			for s, weight := range t {
				all[s] += weight
			}
		}
	}
	return all
}

// jackknife is the variance of the curve at each of the times.
func (w watched) jackknife(times []float64, seed uint64) ([]float64, error) {
	const most = 200
	variance := make([]float64, len(times))
	if len(w.orgs) < 2 {
		return variance, nil
	}
	groups := min(len(w.orgs), most)
	w.group = rand.New(rand.NewPCG(seed, 0x6a61636b6b6e6966)).Perm(len(w.orgs))
	for i := range w.group {
		w.group[i] %= groups
	}
	left := make([][]float64, len(times))
	for g := range groups {
		c, err := w.without(g).curve()
		if err != nil {
			return nil, err
		}
		for i, t := range times {
			left[i] = append(left[i], c.middle(t))
		}
	}
	for i, values := range left {
		mean := 0.0
		for _, v := range values {
			mean += v / float64(groups)
		}
		for _, v := range values {
			variance[i] += (v - mean) * (v - mean) * float64(groups-1) / float64(groups)
		}
	}
	return variance, nil
}

// middle is how much is left at a time, or halfway if looks do not say.
func (c SpanCurve) middle(t float64) float64 {
	left := c.Left(t)
	return (left.Low + left.High) / 2
}

// known are the ends of looks at which the curve says how much is left.
func known(c SpanCurve, w watched) (times []float64) {
	for s := range w.without(-1) {
		for _, t := range []float64{s.After, s.By} {
			if left := c.Left(t); t > 0 && !math.IsInf(t, 1) && left.High-left.Low < 1e-9 {
				times = append(times, t)
			}
		}
	}
	slices.Sort(times)
	return slices.Compact(times)
}
