package letter

import "time"

// A Pace limits how fast one destination may be written to.
type Pace struct {
	Every time.Duration // one letter per Every …
	Burst int           // … after the first Burst; 0 means 1
}

// Next says when a letter may go, given the destination's previous mark, and
// returns the mark to store if it does.
//
// It is the generic cell rate algorithm: all that has to be remembered of a
// destination's history is one time.
func (p Pace) Next(mark, now time.Time) (at, newMark time.Time) {
	if mark.Before(now) {
		mark = now
	}
	newMark = mark.Add(p.Every)
	at = newMark.Add(-time.Duration(max(p.Burst, 1)) * p.Every)
	if at.Before(now) {
		at = now
	}
	return at, newMark
}

// WarmUp slows a pace down while a sender is new: daily[n] letters at most on
// the nth day after the first letter, spread evenly. Days that daily does not
// name keep the pace; started is zero before the first letter.
func (p Pace) WarmUp(daily []int, started, now time.Time) Pace {
	day := 0
	if !started.IsZero() && now.After(started) {
		day = int(now.Sub(started) / (24 * time.Hour))
	}
	if day >= len(daily) || daily[day] <= 0 {
		return p
	}
	if gap := 24 * time.Hour / time.Duration(daily[day]); gap > p.Every {
		return Pace{Every: gap, Burst: 1}
	}
	return p
}
