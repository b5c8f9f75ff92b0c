package letter

import (
	"strings"
	"time"
)

// A Lane is a rate limit as it stands: of a destination, a campaign, a
// registry. Whatever passes through it keeps its pace.
type Lane struct {
	Key    string    `json:"key"`
	Base   Pace      `json:"base"`            // as the settings ask
	Pace   Pace      `json:"pace"`            // as kept at present: slower after the other side asked for it
	Mark   time.Time `json:"mark"`            // the stored time of Pace.Next
	Paused time.Time `json:"paused,omitzero"` // nothing passes before
	Slowed time.Time `json:"slowed,omitzero"` // when it was last asked to slow down
	Pauses int       `json:"-"`               // in a row
	Clean  int       `json:"-"`               // replies without a complaint since it was slowed
}

// How a lane slows down and recovers: twice the gap, at most 16 times what the
// settings ask (or a second); a tenth less after 20 clean replies.
const (
	slowest   = 16
	recovery  = 20
	slowFloor = time.Second
)

var pauses = []time.Duration{5 * time.Minute, 15 * time.Minute, time.Hour, 4 * time.Hour}

// Ask gives the lane the pace that the settings ask for. A lane that has been
// slowed down keeps its gap until it recovers.
func (a *Lane) Ask(p Pace) {
	p.Burst = max(p.Burst, 1)
	kept := p
	if a.Pace.Every > a.Base.Every {
		kept.Every = max(a.Pace.Every, p.Every)
	}
	a.Base, a.Pace = p, kept
}

// Limits reports whether the lane has to be asked at all.
func (a Lane) Limits() bool { return a.Pace.Every > 0 }

// Slack is how far a stored time may be beyond what explains it before it is
// taken for one of a clock that was ahead: a pace may have been slower when it
// was stored, and clocks are a little apart.
const Slack = time.Minute

// sound returns the lane without what was stored by a clock that was ahead, and
// has been set right since. Such times would keep the lane shut until then. At
// worst one letter leaves early.
func (a Lane) sound(now time.Time) Lane {
	most := 2 * time.Duration(max(a.Pace.Burst, 1)) * a.Pace.Every
	if a.Mark.After(now.Add(most + Slack)) {
		a.Mark = time.Time{}
	}
	if a.Slowed.After(now.Add(Slack)) {
		a.Paused, a.Slowed = time.Time{}, time.Time{}
	}
	return a
}

// Next returns when the lane lets something pass, and the mark to store if it does.
func (a Lane) Next(now time.Time) (at, mark time.Time) {
	a = a.sound(now)
	at, mark = a.Pace.Next(a.Mark, now)
	return later(at, a.Paused), mark
}

// Learns reports whether a clean reply changes the lane.
func (a Lane) Learns() bool {
	return (a.Pace.Every > a.Base.Every || a.Pauses > 0) && !a.ofHours()
}

// ofHours reports whether the lane is a matter of the calendar alone.
func (a Lane) ofHours() bool { return strings.HasPrefix(a.Key, HoursLane) }

// Heed tells the lane what the other side said to a letter that was claimed at
// a time: that it is to slow down, or nothing of the kind. last is the lane of
// the destination, which alone pauses: one server that is angry must not stop
// a campaign. Heed reports whether the lane has changed.
//
// Replies to letters from before the lane was slowed are of the same complaint.
func (a *Lane) Heed(slow, last bool, claimed, now time.Time) (changed bool) {
	switch {
	case a.ofHours() || claimed.Before(a.sound(now).Slowed):
		return false
	case slow:
		a.slow(now, last)
		return true
	case a.Learns():
		a.recover()
		return true
	}
	return false
}

func (a *Lane) slow(now time.Time, pause bool) {
	a.Pace.Every = min(max(2*a.Pace.Every, slowFloor), slowest*max(a.Base.Every, slowFloor))
	a.Slowed, a.Clean = now, 0
	if pause {
		a.Paused = now.Add(pauses[min(a.Pauses, len(pauses)-1)])
		a.Pauses++
	}
}

// recover counts a clean reply.
func (a *Lane) recover() {
	if a.Clean++; a.Clean < recovery {
		return
	}
	a.Clean = 0
	if a.Pace.Every = max(a.Pace.Every*9/10, a.Base.Every); a.Pace.Every == a.Base.Every {
		a.Pauses = 0
	}
}

// Rest keeps the lane shut for d. A longer rest that it has is not cut short.
func (a *Lane) Rest(d time.Duration, now time.Time) {
	if until := now.Add(d); a.sound(now).Paused.Before(until) {
		a.Paused, a.Slowed = until, now
	}
}

// Ready returns when a letter may go that passes through lanes. If a lane is
// shut, it returns the opening time of the first one that is, and its index,
// else -1. opens, if not nil, says from when on, at or after a time, a lane is
// open that is a matter of the calendar.
func Ready(lanes []Lane, opens func(lane string, at time.Time) time.Time, now time.Time) (at time.Time, shut int) {
	for i, a := range lanes {
		if at, _ = a.Next(now); opens != nil {
			at = later(at, opens(a.Key, at))
		}
		if at.After(now) {
			return at, i
		}
	}
	return now, -1
}

func later(a, b time.Time) time.Time {
	if a.Before(b) {
		return b
	}
	return a
}
