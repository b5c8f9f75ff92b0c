package letter

import "time"

// Told is what the next round has to know of a letter.
type Told struct {
	ID    string
	Pile  string // as [PileKey] makes it
	Round int
	State State
	Past  bool      // past review: its findings stay in it
	Left  time.Time // zero: it has not left
	Paper Paper

	MessageID string // without angle brackets
	Answered
}

// Reached reports whether, by all that is known, a letter that left is with
// somebody who could help.
func (t Told) Reached() bool {
	return !t.Left.IsZero() && !t.Turned && t.Paper != Returned && (!t.State.Lost() || t.Paper.Arrived())
}

// Missed reports whether a letter told nobody who could help, so that another
// is to be written to: neither mail nor paper reaches its contact, or the
// contact answered that the systems are another's.
func (t Told) Missed() bool { return !t.Past && (t.State.Lost() || t.Turned || t.Paper == Returned) }
