package stats

import (
	"fmt"
	"math"
	"slices"
)

// An Org is one organisation: of its Of hosts, Hit fared as is counted (were
// fixed). Arm and Stratum are what assignment said, whatever then happened.
type Org struct {
	Arm     int
	Stratum int
	Share
}

// arm is the organisations of one arm, with their sums.
type arm struct {
	number         int
	orgs           []Share
	hits, of, ofof float64 // hosts fixed, hosts, sum of squared numbers of hosts
}

func (a arm) share() float64 { return a.hits / a.of }

// byArm checks organisations and groups them, by the numbers of arms.
func byArm(orgs []Org) (arms []arm, err error) {
	if len(orgs) == 0 {
		return nil, fmt.Errorf("%w: no organisation", ErrEmpty)
	}
	index := map[int]int{}
	for _, o := range orgs {
		if err := o.check(); err != nil {
			return nil, fmt.Errorf("organisation: %w", err)
		}
		i, found := index[o.Arm]
		if !found {
			i = len(arms)
			index[o.Arm] = i
			arms = append(arms, arm{number: o.Arm})
		}
		a, of := &arms[i], float64(o.Of)
		a.orgs = append(a.orgs, o.Share)
		a.hits, a.of, a.ofof = a.hits+float64(o.Hit), a.of+of, a.ofof+of*of
	}
	slices.SortFunc(arms, func(a, b arm) int { return a.number - b.number })
	return arms, nil
}

// twoArms is byArm for methods that compare two.
func twoArms(orgs []Org) (base, other arm, err error) {
	arms, err := byArm(orgs)
	if err != nil {
		return arm{}, arm{}, err
	}
	if len(arms) != 2 {
		return arm{}, arm{}, fmt.Errorf("%w: %d", ErrArms, len(arms))
	}
	return arms[0], arms[1], nil
}

// ICC is the intra-cluster correlation of hosts in organisations, by analysis
// of variance within arms (Donner & Klar, American Journal of Epidemiology 140,
// 1994, p. 279). 0: hosts are fixed one by one; 1: an organisation fixes
// all or none. Chance may bring it below 0.
//
// It needs more organisations than arms, one of several hosts, and hits as
// well as misses. From few organisations it is a rough guess.
func ICC(orgs []Org) (float64, error) {
	arms, err := byArm(orgs)
	if err != nil {
		return 0, err
	}
	var between, inside, of, mean float64
	for _, a := range arms {
		for _, o := range a.orgs {
			n, p := float64(o.Of), o.Value()
			between += n * (p - a.share()) * (p - a.share())
			inside += n * p * (1 - p)
		}
		of += a.of
		mean += a.ofof / a.of
	}
	k := float64(len(orgs))
	arm := float64(len(arms))
	if k <= arm {
		return 0, fmt.Errorf("%w: one organisation in each arm", ErrEmpty)
	}
	if of <= k {
		return 0, fmt.Errorf("%w: one host in each organisation", ErrVariation)
	}
	between, inside = between/(k-arm), inside/(of-k)
	size := (of - mean) / (k - arm)
	total := between + (size-1)*inside
	if !(total > 0) {
		return 0, fmt.Errorf("%w: all fixed or none", ErrVariation)
	}
	return (between - inside) / total, nil
}

// An Adjusted is a comparison of two arms by hosts, adjusted for clusters.
// The Estimate is the arm with the higher number less the other.
type Adjusted struct {
	Estimate
	Plain  Test       // by hosts, as if they did not follow each other: not to be reported
	Test              // adjusted
	ICC    float64    // of DonnerKlar alone
	Effect [2]float64 // by how much clusters enlarge the variance of each arm's share
}

// DonnerKlar is the χ² test of two arms' shares of hosts, adjusted by the
// design effect of each arm (Donner & Klar 1994, as for [ICC]; their Design and
// Analysis of Cluster Randomization Trials, 2000, chapter 6), with the interval
// that belongs to it. Below 0, the correlation counts as 0.
//
// Clusters must be alike but for their sizes, and many: with large
// organisations among small ones, hosts of few decide, and the test finds too
// much. [Compare] holds there.
func DonnerKlar(orgs []Org, level float64) (Adjusted, error) {
	base, other, err := twoArms(orgs)
	if err != nil {
		return Adjusted{}, err
	}
	rho := 0.0
	if base.of+other.of > float64(len(orgs)) { // single hosts have no effect, whatever the correlation
		if rho, err = ICC(orgs); err != nil {
			return Adjusted{}, err
		}
	}
	effect := [2]float64{}
	for i, a := range []arm{base, other} {
		effect[i] = 1 + (a.ofof/a.of-1)*max(rho, 0)
	}
	r, err := adjusted(base, other, effect, (base.hits+other.hits)/(base.of+other.of), level)
	if err != nil {
		return Adjusted{}, err
	}
	r.ICC = rho
	return r, nil
}

// RaoScott is the χ² test of two arms' shares of hosts after each is divided by
// its design effect, which comes from the spread between its organisations
// (Rao & Scott, Biometrics 48, 1992, p. 577). It assumes nothing about the
// correlation, and needs many organisations in each arm: without effect it
// finds one in 17 % of campaigns of 60 and 9 % of 1,000 where sizes are very
// different. An arm of which all or none were fixed has no design effect.
func RaoScott(orgs []Org, level float64) (Adjusted, error) {
	base, other, err := twoArms(orgs)
	if err != nil {
		return Adjusted{}, err
	}
	effect := [2]float64{}
	for i, a := range []arm{base, other} {
		m, p := float64(len(a.orgs)), a.share()
		if m < 2 {
			return Adjusted{}, fmt.Errorf("%w: one organisation in an arm", ErrEmpty)
		}
		squares := 0.0
		for _, o := range a.orgs {
			r := float64(o.Hit) - float64(o.Of)*p
			squares += r * r
		}
		effect[i] = m / (m - 1) * squares / a.of / (p * (1 - p)) // 0 or NaN if all fared alike
	}
	one, two := base.of/effect[0], other.of/effect[1]
	return adjusted(base, other, effect, (one*base.share()+two*other.share())/(one+two), level)
}

// adjusted compares shares whose variances are larger by their effects; pooled
// is the share of both arms together.
func adjusted(base, other arm, effect [2]float64, pooled, level float64) (Adjusted, error) {
	z, err := zOf(level)
	if err != nil {
		return Adjusted{}, err
	}
	if !(pooled > 0 && pooled < 1) {
		return Adjusted{}, fmt.Errorf("%w: organisations of an arm fared alike", ErrVariation)
	}
	var plain, test, variance float64
	all := (base.hits + other.hits) / (base.of + other.of)
	for i, a := range []arm{base, other} {
		p := a.share()
		plain += a.of * (p - all) * (p - all) / (all * (1 - all))
		test += a.of * (p - pooled) * (p - pooled) / (effect[i] * pooled * (1 - pooled))
		variance += effect[i] * p * (1 - p) / a.of
	}
	byHosts, err := chiSquared(plain, 1)
	if err != nil {
		return Adjusted{}, err
	}
	byClusters, err := chiSquared(test, 1)
	if err != nil {
		return Adjusted{}, err
	}
	d, half := other.share()-base.share(), z*math.Sqrt(variance)
	return Adjusted{
		Estimate: Estimate{d, Interval{max(-1, d-half), min(1, d+half)}},
		Plain:    byHosts,
		Test:     byClusters,
		Effect:   effect,
	}, nil
}
