package letter

import (
	"cmp"
	"fmt"
	"strings"
	"time"
)

// A Return is one message that came back by mail, as far as it says anything
// about a letter. All text in it is printable and capped, and proves nothing
// about who wrote it.
type Return struct {
	Kind       ReturnKind  `json:"kind"`
	Recipients []Recipient `json:"recipients,omitempty"` // of a delivery report or a complaint
	Keys       []string    `json:"keys,omitempty"`       // what may name the letter, the surest first
	Tokens     []Token     `json:"-"`                    // keyed parts that came with it, which may prove that it knows the letter
	Verdict    Verdict     `json:"-"`                    // of the last server on its way, on its sender
	MessageID  string      `json:"message_id,omitempty"` // of the message itself, without angle brackets
	From       string      `json:"from"`
	Subject    string      `json:"subject"`
	Date       time.Time   `json:"date,omitzero"`
	Text       string      `json:"text,omitempty"` // how it begins, without what it quotes
	Ref        string      `json:"-"`              // stands for the message, so that it counts once
	Wording    Wording     `json:"-"`              // of a person, who may ask for no more letters
	MayWish    bool        `json:"may_wish,omitempty"`
}

// Understood returns what a person wrote, about a letter to mailbox, as the
// wish that it clearly is, or noted as one that it may be: then a person has to
// read it. What is nobody's answer stays as it is.
func (r Return) Understood(w *Wishes, mailbox string) Return {
	if r.Kind != Reply {
		return r
	}
	r.Wording.Mailbox = mailbox
	switch w.Read(r.Wording) {
	case ClearWish:
		r.Kind = OptOut
	case PossibleWish:
		r.MayWish = true
	}
	return r
}

// A ReturnKind says what came back.
type ReturnKind string

const (
	Delivery  ReturnKind = "delivery"   // a mail server says what became of a letter (RFC 3464, or in prose)
	Complaint ReturnKind = "complaint"  // somebody called the letter abuse (RFC 5965)
	AutoReply ReturnKind = "auto-reply" // a machine acknowledged it, or its reader is away (RFC 3834)
	OptOut    ReturnKind = "opt-out"    // somebody asks not to be written to
	Reply     ReturnKind = "answer"     // a person wrote
	Report    ReturnKind = "report"     // a machine tells of authentication, TLS or the like: nobody complained
	NotOurs   ReturnKind = "not-ours"   // it is about no letter
)

// A Recipient is what a report says of one recipient.
type Recipient struct {
	Address string `json:"address"` // empty where prose does not say
	Action  Action `json:"action"`
	Status  string `json:"status,omitempty"` // RFC 3463, or empty
	Class   Class  `json:"class,omitempty"`  // of what was not delivered, or not yet
	Text    string `json:"text,omitempty"`   // the reason in the server's words
	// GivenUp means that the server stopped trying although nothing says that
	// the mailbox is dead: prose that names only a passing reason is "delayed".
	GivenUp bool `json:"given_up,omitempty"`
}

// An Action says what a mail server did with a letter (RFC 3464 §2.3.3).
type Action string

const (
	ActionFailed    Action = "failed"
	ActionDelayed   Action = "delayed"
	ActionDelivered Action = "delivered"
	ActionRelayed   Action = "relayed"
	ActionExpanded  Action = "expanded"
)

// Actions are all that a report can say.
var Actions = []Action{ActionFailed, ActionDelayed, ActionDelivered, ActionRelayed, ActionExpanded}

// The words in a letter's history for a letter that did not arrive.
const (
	Bounce  = "bounce"  // the mailbox cannot be written to
	Expired = "expired" // its server could not be reached for days
)

// A Meaning is what a returned message means for the letter that it is about.
type Meaning struct {
	About    Recipient     // what it says of the letter's one recipient
	State    State         // of the letter from now on; empty: it stays what it is
	Class    Class         // why it did not arrive, where State is Bounced
	History  string        // the word for it in the letter's history
	Text     string        // what the history tells of it
	Suppress []Suppression // who is not to be written to any more
}

// Means says what r means for a letter to that address in state s. It reports
// false if nobody can say yet: while a letter is being sent, its sender will
// have said in a moment what became of it.
func (r Return) Means(s State, to string) (Meaning, bool) {
	about := r.About(to)
	m := Meaning{About: about, History: r.history(about), Text: strings.TrimSpace(r.Subject + "\n" + r.Text)}
	failed := r.Kind == Delivery && about.Action == ActionFailed
	switch {
	case s == Sending:
		return m, false
	case failed && s.May(Bounced):
		m.State, m.Class = Bounced, cmp.Or(about.Class, ClassUnclear)
	case !failed && s == Unknown: // anything at all shows that it was sent
		m.State = Sent
	}
	switch r.Kind {
	case Delivery:
		m.Text = strings.TrimSpace(about.Status + " " + about.Text)
	case Complaint, OptOut:
		reason := fmt.Sprintf("%s by mail from %s", r.Kind, cmp.Or(r.From, "nobody"))
		m.Suppress = []Suppression{{Scope: ByAddress, Value: strings.ToLower(to), Reason: reason}}
	}
	return m, true
}

// About is what r says of the letter's one recipient. Where mail is passed on,
// a report names the mailboxes behind it: the letter is with somebody while one
// of them has it, and not lost while one of them is tried. Of several that
// failed, one whose mailbox may live counts, and the letter's own before others.
func (r Return) About(to string) (about Recipient) {
	best := 0
	for _, x := range r.Recipients {
		n := x.Action.reached()
		if x.Action == ActionFailed && !x.Class.Dead() {
			n++
		}
		if n > best || n == best && strings.EqualFold(x.Address, to) && !strings.EqualFold(about.Address, to) {
			about, best = x, n
		}
	}
	return about
}

// reached orders actions by how much of the letter they leave.
func (a Action) reached() int {
	switch a {
	case ActionDelivered:
		return 8
	case ActionRelayed, ActionExpanded:
		return 6
	case ActionDelayed:
		return 4
	case ActionFailed:
		return 2
	}
	return 1 // of a complaint
}

// history is the word for r. A report that the server was not reached says
// nothing of the mailbox.
func (r Return) history(about Recipient) string {
	switch {
	case r.Kind != Delivery:
		return string(r.Kind)
	case about.Action != ActionFailed:
		return string(about.Action)
	case about.Class == ClassNetwork:
		return Expired
	}
	return Bounce
}
