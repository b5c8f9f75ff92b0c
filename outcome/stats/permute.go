package stats

import (
	"math"
	"math/bits"
	"math/rand/v2"
	"runtime"
	"slices"
	"sync"
)

// A score is what one organisation adds to the statistic if it is treated, or
// the sum of such.
//
// y is its weighted distance from its stratum's share, d the same of the
// assignment as it was: y-δd is the distance after δ is taken off the treated.
// With the products of both, everything is a polynomial of δ, and one set of
// permutations serves the test and all of the interval.
type score struct{ y, d, yy, yd, dd float64 }

func (s *score) plus(o *score) {
	s.y += o.y
	s.d += o.d
	s.yy += o.yy
	s.yd += o.yd
	s.dd += o.dd
}

// A total is the scores of the treated in all strata. The products count there
// by how much the square of the centred assignment differs between the arms
// (1-2q for a part q of treated), y3 and d3 by the sum of its cubes.
type total struct {
	score
	y3, d3 float64
}

func (t *total) add(s score, q float64) {
	cubes := (1-q)*(1-q)*(1-q) + q*q*q
	t.y3 += cubes * s.y
	t.d3 += cubes * s.d
	s.yy, s.yd, s.dd = (1-2*q)*s.yy, (1-2*q)*s.yd, (1-2*q)*s.dd
	t.plus(&s)
}

// permuted is the totals of all permutations.
type permuted struct {
	seen  total   // as it was
	drawn []total // as it might have been
	fixed score   // products of everybody, by the squared share of the treated
	whole score   // products of everybody
	v, v4 float64 // sums of squares and fourth powers of the centred assignment
}

// ofOneSource is how many permutations one after the other come of one source. The
// others may be drawn at the same time, and by whoever: it is the same for all.
const ofOneSource = 500

// permute draws assignments with as many treated in each stratum as there were.
func (l layout) permute(n int, seed uint64) permuted {
	p := permuted{drawn: make([]total, n)}
	var ds []drawing
	for _, units := range l.strata {
		scores, treated := p.add(units, l.weigh)
		ds = append(ds, drawingOf(scores, treated))
	}
	var working sync.WaitGroup
	parts := make(chan int, n/ofOneSource+1)
	for part := 0; part*ofOneSource < n; part++ {
		parts <- part
	}
	close(parts)
	for range min(runtime.GOMAXPROCS(0), len(parts)) {
		working.Go(func() {
			for part := range parts {
				// A stream of its own.
				source := rand.NewPCG(seed, 0x6865616473757000+uint64(part))
				for _, d := range ds {
					d.draw(p.drawn[part*ofOneSource:min(n, (part+1)*ofOneSource)], source)
				}
			}
		})
	}
	working.Wait()
	return p
}

// A drawing is what assignments of a stratum are drawn from.
type drawing struct {
	scores []score
	pick   int   // how many are drawn: the smaller arm
	rest   score // where that is the other arm: the sum of all
	q      float64
}

func drawingOf(scores []score, treated int) drawing {
	d := drawing{scores: scores, pick: treated, q: float64(treated) / float64(len(scores))}
	// Where the smaller arm is the other one, the treated have what is left of the sum.
	if 2*treated > len(scores) {
		d.pick = len(scores) - treated
		for i, s := range scores {
			d.rest.plus(&s)
			d.scores[i] = score{-s.y, -s.d, -s.yy, -s.yd, -s.dd}
		}
	}
	return d
}

// draw adds an assignment of the stratum to each total.
func (d drawing) draw(totals []total, source *rand.PCG) {
	scores := slices.Clone(d.scores)
	for k := range totals {
		sum := d.rest
		for i := range d.pick {
			j, _ := bits.Mul64(source.Uint64(), uint64(len(scores)-i))
			at := i + int(j)
			scores[i], scores[at] = scores[at], scores[i]
			sum.plus(&scores[i])
		}
		totals[k].add(sum, d.q)
	}
}

// add makes the scores of one stratum, and counts them as they were.
func (p *permuted) add(units []unit, weigh Weighting) (scores []score, treated int) {
	// Shares are taken from the first, so that equal ones differ by 0 exactly.
	var weight, above, had float64
	first := units[0].Value()
	for _, u := range units {
		w := weigh.of(u.Share)
		weight, above, had = weight+w, above+w*(u.Value()-first), had+w*u.treated
		treated += int(u.treated)
	}
	n := float64(len(units))
	q := float64(treated) / n
	p.v += n * q * (1 - q)
	p.v4 += n * q * (1 - q) * ((1-q)*(1-q)*(1-q) + q*q*q)
	var seen, all score
	for _, u := range units {
		w := weigh.of(u.Share)
		y, d := w*(u.Value()-first-above/weight), w*(u.treated-had/weight)
		s := score{y, d, y * y, y * d, d * d}
		all.plus(&s)
		if u.treated == 1 {
			seen.plus(&s)
		}
		scores = append(scores, s)
	}
	p.seen.add(seen, q)
	p.whole.plus(&all)
	p.fixed.plus(&score{yy: q * q * all.yy, yd: q * q * all.yd, dd: q * q * all.dd})
	return scores, treated
}

// t is the difference of mean scores between the arms, less delta for whoever
// was treated, divided by its error (White, Econometrica 48, 1980, p. 817: organisations
// may vary each by its own). Rounding leaves floor of an error of 0.
func (p *permuted) t(s *total, delta, floor float64) float64 {
	u := s.y - delta*s.d
	slope := u / p.v
	spread := p.fixed.yy + s.yy - delta*(2*(p.fixed.yd+s.yd)-delta*(p.fixed.dd+s.dd))
	variance := spread - slope*(2*(s.y3-delta*s.d3)-slope*p.v4)
	return u / math.Sqrt(max(variance, floor))
}

// sides are the shares of permutations that are at least as high, and at
// least as low, as what was seen.
func (p *permuted) sides(delta float64) (high, low float64) {
	w := p.whole
	floor := math.SmallestNonzeroFloat64 + 1e-24*(w.yy+delta*delta*w.dd) + 1e-12*max(0, w.yy-delta*(2*w.yd-delta*w.dd))
	seen := p.t(&p.seen, delta, floor)
	near := 1e-9 * max(1, math.Abs(seen))
	above, below := 1, 1 // what was seen is one of the permutations
	for i := range p.drawn {
		t := p.t(&p.drawn[i], delta, floor)
		if t >= seen-near {
			above++
		}
		if t <= seen+near {
			below++
		}
	}
	n := float64(len(p.drawn) + 1)
	return float64(above) / n, float64(below) / n
}

// interval is the difference as seen, the two-sided probability of one as far
// from 0 if nothing had an effect, and the differences around it of which
// neither side is as rare as alpha. Only the side on which the difference lies
// counts against 0, so that the interval holds 0 exactly if the probability is
// above 2*alpha.
func (p *permuted) interval(alpha float64) (e Estimate, both float64) {
	e.Value = min(1, max(-1, p.seen.y/p.seen.d))
	high, low := p.sides(0)
	up, down := e.Value > 0, e.Value < 0
	both = 1
	if up {
		both = min(1, 2*high)
	} else if down {
		both = min(1, 2*low)
	}
	above := func(d float64) bool { high, _ := p.sides(d); return high <= alpha }
	below := func(d float64) bool { _, low := p.sides(d); return low <= alpha }
	e.Low = end(-1, e.Value, up, up && high <= alpha, above)
	e.High = end(1, e.Value, down, down && low <= alpha, below)
	return e, both
}

// end is an end of the interval, to a millionth: it halves the way from
// outer, which is refused, to inner, which is not. If 0 lies between them, it
// is known already whether 0 is refused.
func end(outer, inner float64, zeroBetween, zeroRefused bool, refused func(float64) bool) float64 {
	if zeroBetween && zeroRefused {
		outer = 0
	} else if zeroBetween {
		inner = 0
	}
	if !zeroRefused && !refused(outer) {
		return outer
	}
	for math.Abs(outer-inner) > 1e-6 {
		if middle := (outer + inner) / 2; refused(middle) {
			outer = middle
		} else {
			inner = middle
		}
	}
	return inner
}
