// Package stats computes what figures about letters may claim: shares,
// curves and differences, each with an interval, and tests of whether letters
// changed anything.
//
// Values come in and values go out. The package reads no file, no clock and
// no source of chance but a seed. Whoever calls it decides what a hit is, who
// belongs to which arm, and which figure is reported.
//
// No result is NaN. What cannot be computed is an error of the kinds below.
//
// Hosts of one organisation are closed together, so a test that counts hosts
// finds effects that are not there. [Compare] is the test to report; those by
// hosts ([Newcombe], [KaplanMeier], [LogRank], [MantelHaenszel]) need units
// that do not follow each other, such as organisations or an ISP's customers.
package stats

import (
	"errors"
	"fmt"
	"math"

	"gonum.org/v1/gonum/stat/distuv"
)

// What keeps a figure from being computed. Errors of this package wrap one of these.
var (
	ErrEmpty     = errors.New("no data")            // an arm, a table or a list with nothing in it
	ErrCount     = errors.New("not a count")        // negative, or more hits than there are
	ErrNumber    = errors.New("not a number")       // NaN, or infinite where a number has to end
	ErrRange     = errors.New("out of range")       // a level, share or time that there cannot be
	ErrArms      = errors.New("not two arms")       // one arm, or more than the method compares
	ErrVariation = errors.New("no variation")       // everybody fared alike, so a method divides by zero
	ErrConverge  = errors.New("no stable solution") // an iteration that did not settle
)

// An Interval is a confidence interval, its ends included.
type Interval struct{ Low, High float64 }

// Has reports whether v lies in the interval.
func (i Interval) Has(v float64) bool { return i.Low <= v && v <= i.High }

// An Estimate is a value and the interval around it.
type Estimate struct {
	Value float64
	Interval
}

// A Share is Hit of Of.
type Share struct{ Hit, Of int }

// Value is the share as a number from 0 to 1, and 0 of nobody.
func (s Share) Value() float64 {
	if s.Of == 0 {
		return 0
	}
	return float64(s.Hit) / float64(s.Of)
}

func (s Share) check() error {
	switch {
	case s.Of < 0 || s.Hit < 0 || s.Hit > s.Of:
		return fmt.Errorf("%w: %d of %d", ErrCount, s.Hit, s.Of)
	case s.Of == 0:
		return fmt.Errorf("%w: a share of 0", ErrEmpty)
	}
	return nil
}

// A Test is a statistic that follows χ² with DF degrees of freedom where
// nothing differs, and the probability of one as large.
type Test struct {
	Statistic float64
	DF        int
	P         float64
}

// chiSquared makes the Test of a statistic.
func chiSquared(statistic float64, df int) (Test, error) {
	if err := finite("statistic", statistic); err != nil {
		return Test{}, err
	}
	statistic = max(statistic, 0)
	return Test{statistic, df, distuv.ChiSquared{K: float64(df)}.Survival(statistic)}, nil
}

// zOf is the normal quantile for a two-sided interval of this level.
func zOf(level float64) (float64, error) {
	if !(level > 0 && level < 1) {
		return 0, fmt.Errorf("%w: level %v", ErrRange, level)
	}
	// The upper tail, because 1-level keeps its digits where level is near 1.
	return -distuv.UnitNormal.Quantile((1 - level) / 2), nil
}

// student is the quantile of Student's t for a two-sided interval; df need not be whole.
func student(df, level float64) float64 {
	return distuv.StudentsT{Mu: 0, Sigma: 1, Nu: df}.Quantile(1 - (1-level)/2)
}

// finite refuses what a caller cannot mean.
func finite(what string, v float64) error {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return fmt.Errorf("%w: %s %v", ErrNumber, what, v)
	}
	return nil
}

// within refuses a number outside the interval; NaN is outside of every one.
func within(what string, v, low, high float64) error {
	if !(v >= low && v <= high) {
		return fmt.Errorf("%w: %s %v", ErrRange, what, v)
	}
	return nil
}
