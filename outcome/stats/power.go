package stats

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/stat/distuv"
)

// Power is how often a two-sided test of two shares finds that base and other
// differ, with n and m independent units in the arms (Fleiss, Levin & Paik,
// Statistical Methods for Rates and Proportions, 3rd ed. 2003, chapter 4,
// without continuity correction; R's power.prop.test where n is m). What is found in
// the wrong direction does not count. n and m need not be whole: see [Clusters].
func Power(base, other, n, m, level float64) (float64, error) {
	z, err := planned(base, other, level)
	if err != nil {
		return 0, err
	}
	for _, n := range []float64{n, m} {
		if err := finite("number of units", n); err != nil {
			return 0, err
		}
		if n <= 0 {
			return 0, fmt.Errorf("%w: %v units", ErrEmpty, n)
		}
	}
	pooled := base*(n/(n+m)) + other*(m/(n+m))
	none := math.Sqrt(pooled * (1 - pooled) * (1/n + 1/m))
	some := math.Sqrt(base*(1-base)/n + other*(1-other)/m)
	far := math.Abs(other-base) - z*none
	if some == 0 {
		// Shares of 0 and 1 do not vary: the difference is found always or never.
		some = math.SmallestNonzeroFloat64
	}
	return distuv.UnitNormal.CDF(far / some), nil
}

// Needed is how many independent units each of two equal arms needs, so that
// a test finds the difference with this power: the n at which [Power] has it.
func Needed(base, other, power, level float64) (float64, error) {
	z, err := planned(base, other, level)
	if err != nil {
		return 0, err
	}
	if !(power > 0 && power < 1) {
		return 0, fmt.Errorf("%w: power %v", ErrRange, power)
	}
	if base == other {
		return 0, fmt.Errorf("%w: nothing to find between %v and %v", ErrVariation, base, other)
	}
	pooled := (base + other) / 2
	root := z*math.Sqrt(2*pooled*(1-pooled)) + distuv.UnitNormal.Quantile(power)*math.Sqrt(base*(1-base)+other*(1-other))
	if root < 0 {
		root = 0 // less power than chance alone has
	}
	n := root / (other - base) * (root / (other - base))
	if err := finite("number of units", n); err != nil {
		return 0, err
	}
	return n, nil
}

func planned(base, other, level float64) (z float64, err error) {
	for _, p := range []float64{base, other} {
		if err := within("share", p, 0, 1); err != nil {
			return 0, err
		}
	}
	return zOf(level)
}

// Clusters is what organisations are like: the numbers of their hosts, and
// how far hosts of one follow each other.
type Clusters struct {
	Sizes     []int
	ICC       float64 // 0 to 1
	Weighting Weighting
}

// Worth is how many independent hosts one organisation is worth, on average.
//
// By host it is the mean size divided by the design effect for varying sizes,
// 1 + (Σn²/Σn - 1)·ICC (Eldridge, Ashby & Kerry, International Journal of
// Epidemiology 35, 2006, p. 1292). By organisation it is 1 over the mean of
// ICC + (1-ICC)/n, the variance of one organisation's share.
func (c Clusters) Worth() (float64, error) {
	if len(c.Sizes) == 0 {
		return 0, fmt.Errorf("%w: no organisation", ErrEmpty)
	}
	if err := within("intra-cluster correlation", c.ICC, 0, 1); err != nil {
		return 0, err
	}
	var hosts, squares, shares float64
	for _, s := range c.Sizes {
		if s < 1 {
			return 0, fmt.Errorf("%w: an organisation of %d hosts", ErrCount, s)
		}
		n := float64(s)
		hosts, squares, shares = hosts+n, squares+n*n, shares+1/n
	}
	m := float64(len(c.Sizes))
	switch c.Weighting {
	case ByOrganisation:
		return 1 / (c.ICC + (1-c.ICC)*shares/m), nil
	case ByHost:
		return hosts / m / (1 + (squares/hosts-1)*c.ICC), nil
	}
	return 0, fmt.Errorf("%w: weighting %d", ErrRange, c.Weighting)
}

// Power is how often [Compare] finds that base and other differ, with so many
// organisations in the arms.
func (c Clusters) Power(base, other float64, orgs, otherOrgs int, level float64) (float64, error) {
	worth, err := c.Worth()
	if err != nil {
		return 0, err
	}
	return Power(base, other, worth*float64(orgs), worth*float64(otherOrgs), level)
}

// Needed is how many organisations each of two equal arms needs for this power.
func (c Clusters) Needed(base, other, power, level float64) (float64, error) {
	worth, err := c.Worth()
	if err != nil {
		return 0, err
	}
	n, err := Needed(base, other, power, level)
	return n / worth, err
}
