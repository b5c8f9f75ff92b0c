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
}
