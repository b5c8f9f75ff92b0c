package stats

import (
	"fmt"
	"maps"
	"math"
	"slices"
)

// An ArmEvents is what one arm of a log-rank test had, and would have had if
// all arms were alike.
type ArmEvents struct {
	Arm, N, Observed int
	Expected         float64
}

// A Rank is the log-rank test of two or more arms.
type Rank struct {
	Test
	Arms     []ArmEvents // by their numbers
	Variance float64     // of the first arm's observed events
}

// LogRank tests whether the curves of arms differ (Mantel 1966; Peto & Peto,
// JRSS A 135, 1972, p. 185), with the hypergeometric variance for ties. Lives
// are compared within their stratum only; observed, expected and variances
// add up over strata. An arm that was at risk at no event says nothing, and
// costs its degree of freedom.
//
// The times of events must be known, for the dates of looks make a difference
// of their own: arms that were looked at on different days differ in 44 % of
// campaigns without effect. Units must not follow each other.
func LogRank(lives []Life) (Rank, error) {
	sorted, err := inOrder(lives)
	if err != nil {
		return Rank{}, err
	}
	var r Rank
	index, strata := map[int]int{}, map[int][]Life{}
	for _, l := range sorted {
		strata[l.Stratum] = append(strata[l.Stratum], l)
		index[l.Arm] = 0
	}
	for a := range index {
		r.Arms = append(r.Arms, ArmEvents{Arm: a})
	}
	if len(r.Arms) < 2 {
		return Rank{}, fmt.Errorf("%w: %d", ErrArms, len(r.Arms))
	}
	slices.SortFunc(r.Arms, func(a, b ArmEvents) int { return a.Arm - b.Arm })
	for i, a := range r.Arms {
		index[a.Arm] = i
	}
	variance := make([][]float64, len(r.Arms))
	for i := range variance {
		variance[i] = make([]float64, len(r.Arms))
	}
	for _, stratum := range slices.Sorted(maps.Keys(strata)) {
		r.add(strata[stratum], index, variance)
	}
	r.Variance = variance[0][0]
	if r.Test, err = r.test(variance); err != nil {
		return Rank{}, err
	}
	return r, nil
}

// add counts one stratum's lives, which are in order, and their covariance.
func (r *Rank) add(lives []Life, index map[int]int, variance [][]float64) {
	atRisk, now := make([]float64, len(r.Arms)), make([]float64, len(r.Arms))
	for _, l := range lives {
		atRisk[index[l.Arm]]++
		r.Arms[index[l.Arm]].N++
	}
	n := float64(len(lives))
	for i := 0; i < len(lives); {
		events, leave := atOnce(lives[i:])
		d := float64(events)
		clear(now)
		for _, l := range lives[i : i+leave] {
			a := index[l.Arm]
			now[a]++
			if l.Event {
				r.Arms[a].Observed++
			}
		}
		for a := range atRisk {
			r.Arms[a].Expected += d * atRisk[a] / n
		}
		if n > 1 && d > 0 {
			addHypergeometric(variance, atRisk, n, d)
		}
		for a := range atRisk {
			atRisk[a] -= now[a]
		}
		n -= float64(leave)
		i += leave
	}
}

// addHypergeometric adds the covariances of how d events fall on n at risk.
func addHypergeometric(variance [][]float64, atRisk []float64, n, d float64) {
	for a := range atRisk {
		for b := range atRisk {
			share := -atRisk[b] / n
			if a == b {
				share = 1 - atRisk[a]/n
			}
			variance[a][b] += d * (n - d) / (n - 1) * atRisk[a] / n * share
		}
	}
}

// test is the quadratic form of observed less expected. One arm follows from
// the others, so the last that was at risk is left out.
func (r *Rank) test(variance [][]float64) (Test, error) {
	var used []int
	for a := range r.Arms {
		if variance[a][a] > 0 {
			used = append(used, a)
		}
	}
	if len(used) < 2 {
		return Test{}, fmt.Errorf("%w: no event while two arms were watched", ErrVariation)
	}
	used = used[:len(used)-1]
	m, differ := make([][]float64, len(used)), make([]float64, len(used))
	for i, a := range used {
		differ[i] = float64(r.Arms[a].Observed) - r.Arms[a].Expected
		for _, b := range used {
			m[i] = append(m[i], variance[a][b])
		}
	}
	x, rank := quadratic(m, differ)
	if rank == 0 {
		return Test{}, fmt.Errorf("%w: no event while two arms were watched", ErrVariation)
	}
	return chiSquared(x, rank)
}

// quadratic is vᵀm⁻¹v for a covariance matrix m, by elimination with the
// largest pivot first. It uses up both. Rows that follow from others are left
// out, as a generalised inverse does, and rank is how many remain.
func quadratic(m [][]float64, v []float64) (sum float64, rank int) {
	const near = 1e-10 // of the first pivot: what rounding leaves of nothing
	first := 0.0
	left := make([]int, len(v))
	for i := range left {
		left[i] = i
	}
	for len(left) > 0 {
		at := 0
		for i, r := range left {
			if m[r][r] > m[left[at]][left[at]] {
				at = i
			}
		}
		p := left[at]
		pivot := m[p][p]
		first = math.Max(first, pivot)
		if pivot <= near*first {
			break
		}
		left = slices.Delete(left, at, at+1)
		sum += v[p] * v[p] / pivot
		rank++
		for _, r := range left {
			factor := m[r][p] / pivot
			v[r] -= factor * v[p]
			for _, c := range left {
				m[r][c] -= factor * m[p][c]
			}
		}
	}
	return sum, rank
}
