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
	Answered
}

// Missed reports whether a letter told nobody who could help: mail does not
// reach its contact, or the contact answered that the systems are another's.
func (t Told) Missed() bool { return !t.Past && (t.State.Lost() || t.Turned) }
