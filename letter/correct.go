package letter

// A Correction is what a letter takes back of others, and how it says so. It is
// stored as this text.
type Correction string

const (
	Corrects   Correction = "correction" // some of what they say; the rest stands
	Withdraws  Correction = "withdrawal"
	Apologises Correction = "apology"
)

// Corrections lists all of them.
var Corrections = []Correction{Corrects, Withdraws, Apologises}

// FirstCorrection is the round of a contact's first correction. Corrections are
// counted from there on, apart from letters and reminders.
const FirstCorrection = 901

// MayHave reports whether somebody may have received a letter in state s, or
// its paper.
func MayHave(s State, p Paper) bool {
	return s == Sent || s == Unknown || p != "" && p != Returned
}
