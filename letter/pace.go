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
