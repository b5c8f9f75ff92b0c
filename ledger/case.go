package ledger

import (
	"errors"
	"net/netip"
	"time"
)

var (
	// ErrNoCase means that there is no such report.
	ErrNoCase = errors.New("no such report")
	// ErrApart means that a report is in a queue from which nothing is forwarded.
	ErrApart = errors.New("the report is kept apart")
)

// A Place says where a report, or an incident, ended. Each has exactly one.
type Place string

const (
	ToCustomer    Place = "customer"   // a customer's letter tells of it, or will
	ToPerson      Place = "person"     // somebody has to read it
	NoReport      Place = "none"       // it reports nothing
	KeptSecret    Place = "secret"     // child abuse or terror
	KeptRestrict  Place = "restricted" // police, courts, lawyers, data subjects
	NotOurs       Place = "not-ours"   // no network of ours holds the address, or nobody held it
	TooOld        Place = "too-old"    // older than what is kept
	UnclearHolder Place = "unclear"    // more than one may have held it
	ToldBefore    Place = "duplicate"  // others reported the same events before
	Closed        Place = "closed"     // a person wrote to the reporter, and that was all
)

// Places lists all places in the order in which sums name them.
var Places = []Place{ToCustomer, ToPerson, NoReport, KeptSecret, KeptRestrict, NotOurs, TooOld, UnclearHolder, ToldBefore, Closed}

// A Case is one report, and what was decided about it. Its JSON names are
// settled.
//
// Of the queue "secret" it holds the sender, the time and the addresses alone.
type Case struct {
	ID        string    `json:"case"`
	Queue     string    `json:"queue,omitempty"` // "", "secret" or "restricted"
	Place     Place     `json:"place"`
	Why       string    `json:"why,omitempty"`
	Kind      string    `json:"kind,omitempty"`
	Reporter  string    `json:"reporter,omitempty"` // mailbox, in lower case
	Proven    string    `json:"proven,omitempty"`   // "dmarc", "known", or empty
	Automatic bool      `json:"automatic,omitempty"`
	Language  string    `json:"language,omitempty"` // of an answer, BCP 47
	MessageID string    `json:"message_id,omitempty"`
	Source    string    `json:"source,omitempty"`
	Sent      time.Time `json:"sent,omitzero"` // by its Date
	Read      time.Time `json:"read,omitzero"`
	By        string    `json:"by,omitempty"`       // the person who decided, or empty: the program
	Answered  string    `json:"answered,omitempty"` // the letter that answers it, or why there is none
	// Receipt is the letter that confirms that it came, where the law wants that
	// beside the decision, or why there is none; ReceiptDue: not yet.
	Receipt string `json:"receipt,omitempty"`

	Incidents []Incident    `json:"incidents,omitempty"`
	Mail      []byte        `json:"-"` // as it came; nil where it is not kept
	Held      time.Duration `json:"-"` // how long the law has it kept, whoever asks to be forgotten
	Keep      time.Duration `json:"-"` // how long the mail and what was read of it are kept, from now
}

// An Incident is what one host is said to have done at one time, whoever tells
// of it, and who is to hear of it.
type Incident struct {
	ID       int64      `json:"id"`
	Key      string     `json:"-"` // the same for one incident
	Addr     netip.Addr `json:"addr,omitzero"`
	Port     uint16     `json:"port,omitempty"`
	Target   uint16     `json:"target_port,omitempty"`
	Seen     string     `json:"seen,omitempty"` // as it is stated
	At       time.Time  `json:"at,omitzero"`    // as it was taken, UTC
	Kind     string     `json:"kind,omitempty"`
	URL      string     `json:"url,omitempty"`
	Place    Place      `json:"place"`
	Customer string     `json:"customer,omitempty"`
	Why      string     `json:"why,omitempty"`
	Account  string     `json:"account,omitempty"`  // mailboxes of the customer that it is about; "*": it is not known which
	RestsOn  string     `json:"rests_on,omitempty"` // rows of logs, as JSON
	By       string     `json:"by,omitempty"`
	Evidence string     `json:"evidence,omitempty"` // of this report, cut to this incident
	Span     string     `json:"-"`                  // where it was read in the report: for its reader

	Letter string `json:"letter,omitempty"` // that tells the customer
	State  string `json:"state,omitempty"`  // of that letter
}

// A Notice is what a customer is to hear, and has not.
type Notice struct {
	Finding  int64 // its row
	Incident Incident
	Customer string
	Letter   string    // that it stands in, or empty
	State    string    // of that letter
	Since    time.Time // when it was decided
	Pairs    []Pair    // who told of it
}

// A Pair is a reporter and what is reported: what trust is earned by.
type Pair struct {
	Reporter string
	Proven   string
	Kind     string
}

// A CaseEvent is something that happened to a case. Its JSON names are settled.
type CaseEvent struct {
	Case string    `json:"case"`
	At   time.Time `json:"at"`
	By   string    `json:"by,omitempty"`
	What string    `json:"what"` // "read", "viewed", "decided", "answered", …
	Text string    `json:"text,omitempty"`
}

// A CaseFilter chooses cases. The zero value chooses all.
type CaseFilter struct {
	Place    Place
	Kind     string
	Reporter string // a mailbox or a mail domain
	Customer string
	Lost     bool // a letter about it did not reach its customer: see [Cases.Lost]
}
