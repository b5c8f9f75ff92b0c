package stats

import (
	"cmp"
	"fmt"
	"math"
	"slices"
)

// A Life is how long one unit was watched, and whether what was waited for
// happened at the end. Arm and Stratum are numbers of the caller's choice.
type Life struct {
	Time    float64 // 0 or more, in any unit
	Event   bool    // false: it had not happened when watching ended
	Arm     int
	Stratum int
}

// A Step is a survival curve from Time on, until the next step.
type Step struct {
	Time     float64
	AtRisk   int // watched until Time
	Events   int // at Time
	Survival float64
	SE       float64 // Greenwood's standard error
	Band     Interval
}

// A Curve is the share that is left over time. It is 1 before the first step.
type Curve struct {
	Steps  []Step // one for each time with an event
	Last   float64
	Median Median
}

// A Median is the time by which half are gone, and its interval. An end that
// the curve does not reach is not known.
type Median struct{ At, Low, High Moment }

// A Moment is a time, if it was reached.
type Moment struct {
	Time    float64
	Reached bool
}

// At is the step that holds at time t; before the first, all are left.
func (c Curve) At(t float64) Step {
	i, found := slices.BinarySearchFunc(c.Steps, t, func(s Step, t float64) int { return cmp.Compare(s.Time, t) })
	if found {
		return c.Steps[i]
	}
	if i == 0 {
		return Step{Survival: 1, Band: Interval{1, 1}}
	}
	return c.Steps[i-1]
}

// KaplanMeier is the share left over time where each event's time is known
// (Kaplan & Meier, JASA 53, 1958, p. 457), with Greenwood's error (1926) and
// pointwise bands on the log-log scale (Kalbfleisch & Prentice 1980, p. 15).
// The median's interval is where the bands cross one half (Brookmeyer &
// Crowley, Biometrics 38, 1982, p. 29). If the curve stays at exactly one half
// for a while, the median is the middle of that while.
//
// Who leaves must leave for reasons apart from the event. It must not be used
// for events that are only known to lie between two looks: see [Turnbull].
// Errors and bands hold for units that do not follow each other.
//
// Where nobody is left, the log-log scale ends: the error is then 0, the band
// goes from 0 to the upper end of the step before.
func KaplanMeier(lives []Life, level float64) (Curve, error) {
	z, err := zOf(level)
	if err != nil {
		return Curve{}, err
	}
	sorted, err := inOrder(lives)
	if err != nil {
		return Curve{}, err
	}
	c := Curve{Last: sorted[len(sorted)-1].Time}
	left, sum := 1.0, 0.0 // Greenwood's sum
	for i := 0; i < len(sorted); {
		d, leave := atOnce(sorted[i:])
		if d > 0 {
			n := float64(len(sorted) - i)
			left *= (n - float64(d)) / n
			s := Step{Time: sorted[i].Time, AtRisk: len(sorted) - i, Events: d, Survival: left}
			if left > 0 {
				sum += float64(d) / (n * (n - float64(d)))
				s.SE, s.Band = left*math.Sqrt(sum), logLog(left, sum, z)
			} else {
				s.Band = Interval{0, c.At(s.Time).Band.High}
			}
			c.Steps = append(c.Steps, s)
		}
		i += leave
	}
	c.Median = Median{
		c.half(func(s Step) float64 { return s.Survival }),
		c.half(func(s Step) float64 { return s.Band.Low }),
		c.half(func(s Step) float64 { return s.Band.High }),
	}
	return c, nil
}

// logLog is the band around a share left; sum is Greenwood's, the variance of its logarithm.
func logLog(left, sum, z float64) Interval {
	log := math.Log(left)
	if log == 0 {
		return Interval{1, 1}
	}
	width := z * math.Sqrt(sum) / math.Abs(log)
	return Interval{math.Exp(log * math.Exp(width)), math.Exp(log * math.Exp(-width))}
}

// half is when a curve comes down to one half. Sums of products miss it by a
// few last digits, so what is that near counts as one half.
func (c Curve) half(of func(Step) float64) Moment {
	const near = 1.5e-8
	for i, s := range c.Steps {
		v := of(s)
		if v >= .5+near {
			continue
		}
		if v > .5-near {
			for _, after := range c.Steps[i+1:] {
				if of(after) < v {
					return Moment{s.Time/2 + after.Time/2, true}
				}
			}
		}
		return Moment{s.Time, true}
	}
	return Moment{}
}

// inOrder checks lives and sorts a copy by time.
func inOrder(lives []Life) ([]Life, error) {
	if len(lives) == 0 {
		return nil, fmt.Errorf("%w: nobody was watched", ErrEmpty)
	}
	for _, l := range lives {
		if err := finite("time", l.Time); err != nil {
			return nil, err
		}
		if l.Time < 0 {
			return nil, fmt.Errorf("%w: time %v", ErrRange, l.Time)
		}
	}
	sorted := slices.Clone(lives)
	slices.SortFunc(sorted, func(a, b Life) int { return cmp.Compare(a.Time, b.Time) })
	return sorted, nil
}

// atOnce counts the events and all lives at the first life's time.
func atOnce(lives []Life) (events, all int) {
	for all < len(lives) && lives[all].Time == lives[0].Time {
		if lives[all].Event {
			events++
		}
		all++
	}
	return events, all
}
