package stats

import (
	"cmp"
	"fmt"
	"math"
	"slices"
)

// Wilson is the score interval for a share (Wilson, JASA 22, 1927, p. 209,
// without continuity correction). It lies in 0 to 1 and does not shrink to a
// point at 0 or 1.
//
// The units must not follow each other: for hosts use [ShareOf].
func Wilson(s Share, level float64) (Estimate, error) {
	z, err := zOf(level)
	if err != nil {
		return Estimate{}, err
	}
	if err := s.check(); err != nil {
		return Estimate{}, err
	}
	return wilson(s.Value(), float64(s.Of), z), nil
}

// wilson takes a number of units that need not be whole.
func wilson(p, n, z float64) Estimate {
	zz := z * z / n
	middle, half := p+zz/2, z*math.Sqrt(p*(1-p)/n+zz/(4*n))
	e := Estimate{p, Interval{max(0, (middle-half)/(1+zz)), min(1, (middle+half)/(1+zz))}}
	// Rounding must not push an end past the share itself, as it would at 0 and 1.
	e.Low, e.High = min(e.Low, p), max(e.High, p)
	if p == 0 {
		e.Low = 0
	}
	if p == 1 {
		e.High = 1
	}
	return e
}

// Newcombe is the difference one-other with its hybrid score interval
// (Newcombe, Statistics in Medicine 17, 1998, p. 873, method 10, without
// continuity correction).
//
// The units of both must be independent: for hosts use [Compare].
func Newcombe(one, other Share, level float64) (Estimate, error) {
	a, err := Wilson(one, level)
	if err != nil {
		return Estimate{}, fmt.Errorf("first share: %w", err)
	}
	b, err := Wilson(other, level)
	if err != nil {
		return Estimate{}, fmt.Errorf("second share: %w", err)
	}
	return Difference(a, b), nil
}

// Difference is one-other with the interval that their own intervals give:
// squares of the distances add up (Zou & Donner, Statistics in Medicine 27,
// 2008, p. 1693; method 10 of Newcombe where both are Wilson's). Both
// must be shares, of one level, and independent.
func Difference(one, other Estimate) Estimate {
	d := one.Value - other.Value
	return Estimate{d, Interval{
		max(-1, d-math.Hypot(one.Value-one.Low, other.High-other.Value)),
		min(1, d+math.Hypot(one.High-one.Value, other.Value-other.Low)),
	}}
}

// SampleRatio tests whether arms have the sizes that were planned: Pearson's
// goodness of fit, with a degree of freedom less than arms. A very small P
// (.001 is usual) says that assignment or counting went wrong, and that no
// comparison of these arms can be trusted.
//
// Count what was assigned: organisations, not their hosts. Planned parts need
// not add up to 1; expected counts should be 5 or more.
func SampleRatio(counts []int, planned []float64) (Test, error) {
	if len(counts) != len(planned) {
		return Test{}, fmt.Errorf("%w: %d counts for %d planned parts", ErrCount, len(counts), len(planned))
	}
	if len(counts) < 2 {
		return Test{}, fmt.Errorf("%w: %d", ErrArms, len(counts))
	}
	var n, parts float64
	for i, c := range counts {
		if c < 0 {
			return Test{}, fmt.Errorf("%w: %d", ErrCount, c)
		}
		if err := finite("planned part", planned[i]); err != nil {
			return Test{}, err
		}
		if planned[i] <= 0 {
			return Test{}, fmt.Errorf("%w: planned part %v", ErrRange, planned[i])
		}
		n, parts = n+float64(c), parts+planned[i]
	}
	if n == 0 {
		return Test{}, fmt.Errorf("%w: nobody in any arm", ErrEmpty)
	}
	sum := 0.0
	for i, c := range counts {
		expected := n * (planned[i] / parts)
		if expected == 0 || math.IsInf(parts, 0) {
			return Test{}, fmt.Errorf("%w: planned part %v of %v", ErrRange, planned[i], parts)
		}
		sum += (float64(c) - expected) * (float64(c) - expected) / expected
	}
	return chiSquared(sum, len(counts)-1)
}

// Holm adjusts the p-values of several questions, so that one that is at most
// .05 after it is wrong in at most 5 % of reports (Holm, Scandinavian Journal
// of Statistics 6, 1979, p. 65). It holds however the questions hang together.
// The results stand in the order of the arguments.
func Holm(p []float64) ([]float64, error) {
	order := make([]int, len(p))
	for i, v := range p {
		if err := within("p-value", v, 0, 1); err != nil {
			return nil, err
		}
		order[i] = i
	}
	slices.SortStableFunc(order, func(i, j int) int { return cmp.Compare(p[i], p[j]) })
	adjusted, most := make([]float64, len(p)), 0.0
	for rank, i := range order {
		most = max(most, min(1, float64(len(p)-rank)*p[i]))
		adjusted[i] = most
	}
	return adjusted, nil
}
