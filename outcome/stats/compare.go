package stats

import (
	"cmp"
	"fmt"
	"math"
	"slices"
)

// A Weighting says how much an organisation counts.
type Weighting int

const (
	// ByOrganisation counts each organisation once: the mean of their shares.
	// It is the figure to report, for it can be known from few campaigns.
	ByOrganisation Weighting = iota
	// ByHost counts each organisation as often as it has hosts: the share of
	// all hosts. Where few organisations have most hosts, it says little.
	ByHost
)

func (w Weighting) of(o Share) float64 {
	if w == ByHost {
		return float64(o.Of)
	}
	return 1
}

// How says how to compare. The zero value compares by organisation, with
// 10,000 permutations and an interval of 95 %.
type How struct {
	Weighting    Weighting
	Permutations int
	Seed         uint64 // the same seed gives the same result
	Level        float64
}

// defaults fills in what a zero value means.
func (h How) defaults() (How, error) {
	if h.Permutations == 0 {
		h.Permutations = 10_000
	}
	if h.Level == 0 {
		h.Level = .95
	}
	if err := within("permutations", float64(h.Permutations), 1, 1e7); err != nil {
		return How{}, err
	}
	if err := within("weighting", float64(h.Weighting), float64(ByOrganisation), float64(ByHost)); err != nil {
		return How{}, err
	}
	_, err := zOf(h.Level)
	return h, err
}

// A Compared is what two arms of organisations differ by.
//
// The Estimate is the share of the arm with the higher number less that of the
// other, from -1 to 1. P is at most 1-level exactly where the interval does
// not hold 0.
type Compared struct {
	Estimate
	P    float64
	Arms [2]ArmShare
	// LeftOut counts organisations in strata where one arm has nobody: they are
	// compared with nobody, and counted nowhere else.
	LeftOut      int
	Permutations int
}

// An ArmShare is what was compared of one arm.
type ArmShare struct {
	Arm, Orgs, Hosts int
	Estimate         // as [ShareOf] gives it
}

// Compare tests whether two arms differ, by permutation of organisations.
//
// Assignment is drawn anew within strata, as the experiment drew it. What is
// compared is the difference of weighted shares within strata, divided by its
// own error (Janssen, Statistics & Probability Letters 36, 1997, p. 9; Chung &
// Romano, Annals of Statistics 41, 2013, p. 484), so the test keeps its level
// where letters change nothing, however sizes and correlation are, and in large
// experiments also where they change only how much organisations differ. P is
// twice the share of permutations as far on the same side, the observed
// assignment counted as one of them (Phipson & Smyth, Statistical
// Applications in Genetics and Molecular Biology 9, 2010, article 39).
//
// The interval holds those differences that the same permutations do not
// refuse after they are taken off the arm that had them (Gail et al.,
// Statistics in Medicine 15, 1996, p. 1069; Garthwaite, Biometrics 52, 1996).
// That alone would hold the truth in 85 to 91 % of campaigns in which a dozen
// organisations wait and nearly all others are fixed, and know the difference
// exactly where all of an arm fared alike. So the interval also reaches as far
// as the [Difference] of both arms' [ShareOf] does, which costs a few
// hundredths of its width elsewhere.
//
// An organisation must be whole in one arm and one stratum, and the arms must
// be those of the assignment, whatever was then sent. Three arms are compared
// two at a time, with [Holm].
func Compare(orgs []Org, how How) (Compared, error) {
	how, err := how.defaults()
	if err != nil {
		return Compared{}, err
	}
	base, other, err := twoArms(orgs)
	if err != nil {
		return Compared{}, err
	}
	l, err := layOut(orgs, base.number, how.Weighting)
	if err != nil {
		return Compared{}, err
	}
	c := Compared{LeftOut: len(orgs) - len(l.units), Permutations: how.Permutations}
	for i, number := range []int{base.number, other.number} {
		var list []Org
		for _, u := range l.units {
			if u.Arm == number {
				list = append(list, u.Org)
			}
		}
		if c.Arms[i], err = armShare(list, how); err != nil {
			return Compared{}, err
		}
	}
	p := l.permute(how.Permutations, how.Seed)
	if !(p.seen.d > 0) {
		return Compared{}, fmt.Errorf("%w: sizes of organisations too far apart", ErrRange)
	}
	alpha := (1 - how.Level) / 2 * (1 + 1e-12) // 1-.8 is less than .2
	c.Estimate, c.P = p.interval(alpha)
	if l.turned {
		c.Estimate = c.turn()
	}
	c.widen(Difference(c.Arms[1].Estimate, c.Arms[0].Estimate), c.P <= 2*alpha)
	return c, nil
}

// turn is the estimate with its arms exchanged.
func (e Estimate) turn() Estimate { return Estimate{0 - e.Value, Interval{0 - e.High, 0 - e.Low}} }

// widen lets the interval reach as far from its value as another does from
// its own. Where the test refuses 0, the end comes no nearer than next to it.
func (c *Compared) widen(by Estimate, refused bool) {
	low := max(-1, min(c.Low, c.Value-(by.Value-by.Low)))
	high := min(1, max(c.High, c.Value+(by.High-by.Value)))
	if refused && c.Low > 0 {
		low = max(low, math.SmallestNonzeroFloat64)
	}
	if refused && c.High < 0 {
		high = min(high, -math.SmallestNonzeroFloat64)
	}
	c.Low, c.High = low, high
}

func armShare(list []Org, how How) (ArmShare, error) {
	e, err := ShareOf(list, how.Weighting, how.Level)
	a := ArmShare{Orgs: len(list), Estimate: e}
	for _, o := range list {
		a.Arm = o.Arm
		a.Hosts += o.Of
	}
	return a, err
}

// A unit is an organisation and what assignment gave it: 1 for the arm that
// is reckoned as the treated one, or 0.
type unit struct {
	Org
	treated float64
}

// A layout is the organisations that can be compared, by strata.
type layout struct {
	units  []unit // in an order that does not depend on the caller's
	strata [][]unit
	weigh  Weighting
	// turned: the base is reckoned as the treated arm. Which of the arms it is
	// depends on what they hold, so that exchanging them only changes the sign.
	turned bool
}

func layOut(orgs []Org, base int, weigh Weighting) (layout, error) {
	l := layout{weigh: weigh}
	for _, o := range orgs {
		u := unit{Org: o}
		if o.Arm != base {
			u.treated = 1
		}
		l.units = append(l.units, u)
	}
	l.sort()
	var arms [2][]Org
	for _, u := range l.units {
		o := u.Org
		o.Arm = 0
		arms[int(u.treated)] = append(arms[int(u.treated)], o)
	}
	if l.turned = slices.CompareFunc(arms[0], arms[1], compareOrg) > 0; l.turned {
		for i := range l.units {
			l.units[i].treated = 1 - l.units[i].treated
		}
		l.sort()
	}
	all := l.units
	l.units = nil
	for len(all) > 0 {
		n := 0
		for n < len(all) && all[n].Stratum == all[0].Stratum {
			n++
		}
		if slices.ContainsFunc(all[:n], func(u unit) bool { return u.treated != all[0].treated }) {
			l.strata = append(l.strata, all[:n])
			l.units = append(l.units, all[:n]...)
		}
		all = all[n:]
	}
	if len(l.strata) == 0 {
		return layout{}, fmt.Errorf("%w: no stratum has organisations of both", ErrArms)
	}
	return l, nil
}

func (l layout) sort() {
	slices.SortFunc(l.units, func(a, b unit) int {
		return cmp.Or(compareOrg(a.Org, b.Org), cmp.Compare(a.treated, b.treated))
	})
}

// compareOrg orders by what organisations are, not by their arms.
func compareOrg(a, b Org) int {
	return cmp.Or(cmp.Compare(a.Stratum, b.Stratum), cmp.Compare(a.Of, b.Of), cmp.Compare(a.Hit, b.Hit))
}

// ShareOf is the share of hosts of several organisations, its interval
// reckoned from how much organisations differ: Wilson's, for as many units as
// would give the same error (Korn & Graubard, Survey Methodology 24, 1998,
// p. 193; Dean & Pagano, Journal of Survey Statistics and Methodology 3, 2015,
// p. 484). These are at least as many as there would be if each organisation
// fixed all or none, and at most the hosts. Arm and Stratum play no part.
//
// Where few organisations have any hit, or few have most of the weight, no
// interval can know enough: this one holds the truth in 90 to 94 % there.
func ShareOf(orgs []Org, weigh Weighting, level float64) (Estimate, error) {
	z, err := zOf(level)
	if err != nil {
		return Estimate{}, err
	}
	if _, err := byArm(orgs); err != nil {
		return Estimate{}, err
	}
	var hits, sum, squares, hosts float64
	for _, o := range orgs {
		w := weigh.of(o.Share)
		hits, sum, squares, hosts = hits+w*o.Value(), sum+w, squares+w*w, hosts+float64(o.Of)
	}
	p := min(1, hits/sum)
	away := make([]float64, len(orgs))
	for i, o := range orgs {
		away[i] = weigh.of(o.Share) * (o.Value() - p)
	}
	spread, df := spreadOf(away)
	m := float64(len(orgs))
	u := worth{sum / squares * sum, hosts, df} // Kish's effective number of organisations, at least
	return u.around(p, spread/sum/sum*m/max(1, m-1), level, z), nil
}

// spreadOf is the sum of squares of what organisations are away from their
// mean, and the degrees of freedom that it is worth: fewer than organisations
// where a few are far away, as with rare hits or very large organisations
// (from the variance of a sample's variance, by fourth powers; Satterthwaite,
// Biometrics Bulletin 2, 1946, p. 110).
func spreadOf(away []float64) (sum, df float64) {
	m, fourth := float64(len(away)), 0.0
	for _, r := range away {
		sum += r * r
	}
	if sum == 0 || m < 2 {
		return sum, 1
	}
	for _, r := range away {
		part := r * r / sum
		fourth += part * part
	}
	excess := max(0, fourth*m-3)
	return sum, 2 / (excess/m + 2/(m-1))
}

// A worth is how many independent hosts a share is worth, at least and at most,
// and the degrees of freedom of its variance.
type worth struct{ least, most, df float64 }

// around is Wilson's interval for as many units as would give a share this variance.
func (u worth) around(p, variance, level, z float64) Estimate {
	n := u.least
	if variance > 0 && u.least > 1 {
		n = p * (1 - p) / variance
		if wide := student(max(1, min(u.df, u.least-1)), level); wide > z {
			n *= z / wide * (z / wide)
		}
	}
	return wilson(p, min(max(n, u.least), u.most), z)
}
