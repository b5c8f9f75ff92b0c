package letter

import "time"

// A Ruling is what a person made of an answer. It is stored as this text.
type Ruling string

const (
	RuledFixed   Ruling = "fixed"    // they say that it is: a claim, until a look confirms it
	RuledWorking Ruling = "working"  // they are at it: the next letter waits as if this one had left when they answered
	RuledNotOurs Ruling = "not-ours" // another answers for the systems: the network's next contact is written to
	RuledOther   Ruling = "other"    // the same, and they name who
	RuledWrong   Ruling = "wrong"    // the findings are taken back
	RuledHelp    Ruling = "help"     // they ask for help: the answer stays open until somebody gave it
	RuledDone    Ruling = "done"     // nothing is left to do
)

// Rulings lists all rulings.
var Rulings = []Ruling{RuledFixed, RuledWorking, RuledNotOurs, RuledOther, RuledWrong, RuledHelp, RuledDone}

// Claims are the rulings that recipients may propose themselves.
var Claims = []Ruling{RuledFixed, RuledNotOurs, RuledOther, RuledWrong, RuledHelp}

// Open reports whether an answer with this ruling, or with none, still needs somebody.
func (r Ruling) Open() bool { return r == "" || r == RuledHelp }

// Turns reports whether somebody else is to be written to.
func (r Ruling) Turns() bool { return r == RuledNotOurs || r == RuledOther }

// Answered is what the answers to a letter come to.
type Answered struct {
	Open    int       // that need somebody
	Turned  bool      // its contact does not answer for the systems
	Wrong   bool      // all that it says was taken back
	Fixed   time.Time // of the last answer that said so; zero: none did
	Working time.Time // of the last answer that said so; zero: none did
}

// Add takes in an answer of a time.
func (a *Answered) Add(r Ruling, at time.Time) {
	if r.Open() {
		a.Open++
	}
	switch {
	case r.Turns():
		a.Turned = true
	case r == RuledWrong:
		a.Wrong = true
	case r == RuledFixed && at.After(a.Fixed):
		a.Fixed = at
	case r == RuledWorking && at.After(a.Working):
		a.Working = at
	}
}

// A Turn is what a contact said of an address: that another answers for it.
type Turn struct {
	From   string // who said so, as [ContactKey] makes it
	To     string // whom they named, addr-spec, or empty
	Answer int64  // the ledger's number of what they wrote
}

// few is how many open answers say nothing about the desk.
const few = 20

// mostBehind is how much slower letters leave at most.
const mostBehind = 16

// Behind returns by how much slower letters have to leave so that the desk can
// settle what they bring: 1 where the answers that are open are no more than it
// settles in the time ahead, by what it settled in the time past.
func Behind(open, settled int, past, ahead time.Duration) float64 {
	may := float64(few)
	if past > 0 {
		may = max(may, float64(settled)*ahead.Hours()/past.Hours())
	}
	return min(max(float64(open)/may, 1), mostBehind)
}
