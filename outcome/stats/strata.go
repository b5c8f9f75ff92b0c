package stats

import (
	"fmt"
	"math"
)

// A Pair is the two shares of one stratum.
type Pair struct{ One, Other Share }

// table is a 2×2 table: hits and misses of the one, of the other, and all.
type table struct{ a, b, c, d, n float64 }

// tables leaves out strata with nobody in one of the shares, for nothing is
// compared there.
func tables(pairs []Pair) (list []table, err error) {
	for _, p := range pairs {
		for _, s := range []Share{p.One, p.Other} {
			if s.Hit < 0 || s.Hit > s.Of {
				return nil, fmt.Errorf("%w: %d of %d", ErrCount, s.Hit, s.Of)
			}
		}
		if p.One.Of == 0 || p.Other.Of == 0 {
			continue
		}
		t := table{a: float64(p.One.Hit), c: float64(p.Other.Hit)}
		t.b, t.d = float64(p.One.Of)-t.a, float64(p.Other.Of)-t.c
		t.n = t.a + t.b + t.c + t.d
		list = append(list, t)
	}
	if len(list) == 0 {
		return nil, fmt.Errorf("%w: no stratum with both shares", ErrEmpty)
	}
	return list, nil
}

// MantelHaenszel tests whether the one differs from the other in the same
// direction over strata (Mantel & Haenszel, JNCI 22, 1959, p. 719; Cochran
// 1954 but for n-1), without continuity correction.
//
// It finds little where strata pull in opposite directions, and its units
// must not follow each other.
func MantelHaenszel(pairs []Pair) (Test, error) {
	list, err := tables(pairs)
	if err != nil {
		return Test{}, err
	}
	var differ, variance float64
	for _, t := range list {
		hits := (t.a + t.c) / t.n
		differ += t.a - (t.a+t.b)*hits
		if t.n > 1 {
			variance += (t.a + t.b) / t.n * (t.c + t.d) * hits * (t.b + t.d) / (t.n - 1)
		}
	}
	if variance == 0 {
		return Test{}, fmt.Errorf("%w: everybody or nobody in each stratum", ErrVariation)
	}
	return chiSquared(differ*differ/variance, 1)
}

// CommonOdds is the odds ratio of the one to the other that strata have in
// common (Mantel & Haenszel 1959), with the interval of Robins, Breslow &
// Greenland (Biometrics 42, 1986, p. 311), which holds for few large
// strata and for many small ones. The ratio must be alike in all strata. It
// has no value where no stratum has hits of the one beside misses of the
// other, or the reverse.
func CommonOdds(pairs []Pair, level float64) (Estimate, error) {
	z, err := zOf(level)
	if err != nil {
		return Estimate{}, err
	}
	list, err := tables(pairs)
	if err != nil {
		return Estimate{}, err
	}
	var rs, ss, pr, mixed, qs float64
	for _, t := range list {
		p, q := (t.a+t.d)/t.n, (t.b+t.c)/t.n
		r, s := t.a/t.n*t.d, t.b/t.n*t.c
		rs, ss = rs+r, ss+s
		pr, mixed, qs = pr+p*r, mixed+p*s+q*r, qs+q*s
	}
	if rs == 0 || ss == 0 {
		return Estimate{}, fmt.Errorf("%w: odds of 0 in one of the two", ErrVariation)
	}
	se := math.Sqrt(pr/(2*rs*rs) + mixed/(2*rs*ss) + qs/(2*ss*ss))
	ratio := rs / ss
	e := Estimate{ratio, Interval{ratio * math.Exp(-z*se), ratio * math.Exp(z*se)}}
	if err := finite("upper end", e.High); err != nil {
		return Estimate{}, err
	}
	return e, nil
}
