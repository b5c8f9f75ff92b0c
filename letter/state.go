package letter

import "slices"

// A State says how far a letter has come. It is stored as this text.
type State string

// The life of a letter. Unknown needs a person or a rule that the user set:
// the connection was lost after the data, so the letter may have arrived.
const (
	Drafted    State = "drafted"    // composed and rendered, waiting for review
	Approved   State = "approved"   // may be sent
	Held       State = "held"       // a reviewer said no, for now
	Sending    State = "sending"    // claimed by a mailer
	Sent       State = "sent"       // the next server took responsibility for it
	Deferred   State = "deferred"   // refused for now, tried again later
	Failed     State = "failed"     // refused for good
	Unknown    State = "unknown"    // may have arrived; never resent by itself
	Bounced    State = "bounced"    // came back after it was sent
	Suppressed State = "suppressed" // the contact asked not to be written to
)

// States lists all states in the order of a letter's life.
var States = []State{Drafted, Held, Approved, Sending, Sent, Deferred, Failed, Unknown, Bounced, Suppressed}

var next = map[State][]State{
	Drafted:  {Approved, Held, Suppressed},
	Approved: {Drafted, Sending, Held, Suppressed},
	Held:     {Drafted, Suppressed},
	Sending:  {Sent, Deferred, Failed, Unknown},
	Deferred: {Sending, Failed, Drafted, Held, Suppressed},
	Sent:     {Bounced},
	Unknown:  {Sent, Bounced, Failed, Approved},

	Suppressed: {Drafted}, // after the suppression has ended
}

// May reports whether a letter in state s can go to state t.
func (s State) May(t State) bool { return slices.Contains(next[s], t) }

// Provable reports whether proof that a server took the letter, such as its
// log, makes it [Sent]. What is on its way is settled by its sender, and what
// has been sent or has come back needs no proof.
func (s State) Provable() bool { return s != Sending && s != Sent && s != Bounced }

// Waits reports whether a letter in state s has not left and is with no mailer.
func (s State) Waits() bool { return s == Drafted || s == Held || s == Approved || s == Deferred }

// Redraft begins the reason of a letter whose bytes may not leave: only a new
// draft releases it.
const Redraft = "redraft: "

// Cut says what a letter that [State.Waits] becomes when findings of it are
// suppressed and left others are not. What is left has to be written anew,
// because the bytes name the others too.
func Cut(left int) State {
	if left == 0 {
		return Suppressed
	}
	return Held
}
