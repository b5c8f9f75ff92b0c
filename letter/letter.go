// Package letter decides who is written to, about what, in which language and when.
//
// There is no clock, no database and no network in it: time comes in as an
// argument and decisions go out as values, so every rule can be tested by
// calling a function.
package letter

import (
	"strings"
	"time"

	"headsup/finding"
	"headsup/lookup"
)

// A Campaign is a set of letters sent for one reason.
type Campaign struct {
	ID           string // short, lower case, begins every reference: "relay26"
	Title        string
	Agencies     []Agency            // the first is the sponsor: it signs where no other does
	Language     string              // BCP 47, where neither contact nor country tells: "en"
	English      bool                // append the English version below the native one
	Translations []string            // BCP 47 tags of the languages in which there are letters
	Site         string              // https URL of the advice and verification pages, or empty
	CoSponsors   []string            // names of those who stand behind the letters with the agency that signs
	CoSponsorsIn map[string][]string // the same in other languages, by BCP 47
	Attachments  string              // files that come with the mail, as [lookup.ParseAttachments] writes them; empty: all
	Whom         Whom                // rules of the house
	CodeKey      []byte              // what codes and keyed parts are made with; without it, whoever knows an address can make codes, and nothing that comes back is proven
	RetiredKeys  [][]byte            // what they were made with before
}

// An Agency signs letters in some countries.
type Agency struct {
	ID         string
	Name       string
	Countries  []string          // ISO 3166-1 alpha-2
	Languages  []string          // preferred ones, in order; empty: by country
	Address    []string          // postal lines, the last one is the country
	Phone      string            // international form
	Site       string            // https URL
	From       string            // addr-spec; the same in all campaigns
	ReplyTo    string            // addr-spec, or empty: From
	Bounce     string            // where returned mail goes, addr-spec, or empty: From
	Plain      bool              // its mail server knows no plus-addressing
	Signatory  string            // who signs
	Logo       []byte            // PNG or SVG, or empty
	Key        string            // fingerprint of its PGP key, or empty
	Form       string            // envelope form of its printed letters: "din-5008-b", "us-10", …
	MailServer string            // name of the mail server in the settings, or empty for the default
	Names      map[string]string // its name in other languages, by BCP 47

	Signatories map[string]string   `json:",omitempty"` // who signs, in other languages
	Addresses   map[string][]string `json:",omitempty"` // its postal lines in other languages
	Mandates    map[string]string   `json:",omitempty"` // by what law or order it writes, in whole sentences, by language
	Methods     map[string]string   `json:",omitempty"` // how it looked, and what it did not do, by language
	Answers     []string            `json:",omitempty"` // BCP 47: languages in which it can answer
	Prevails    string              `json:",omitempty"` // BCP 47: the version that applies where two differ, or empty
	Privacy     Privacy             `json:",omitzero"`
	Enclosures  map[string][]string `json:",omitempty"` // what it puts into the envelope with a letter, by language
}

// Privacy is what a letter to a person says about the use of personal data
// (Regulation (EU) 2016/679, article 14). Texts are by language; a letter says
// nothing in a language without Basis.
type Privacy struct {
	Basis      map[string]string // the legal basis
	Kept       map[string]string // for how long
	Supervisor map[string]string // the authority that takes complaints
	Officer    string            // mail address of the data protection officer
	Policy     string            // https URL of more
}

// A Letter is everything that one campaign has to say to one contact in one round.
type Letter struct {
	ID        string // reference: from campaign, contact and round alone
	Campaign  string
	Round     int // 1 is the first letter, later ones are reminders
	To        lookup.Contact
	Networks  []lookup.Network
	Findings  []finding.Finding // sorted by address, port, protocol, kind
	Languages []string          // BCP 47, in the order of the parts: native first
	Agency    Agency
	Date      time.Time // printed on the letter; a day, UTC
	Code      string    // short code that a reader gives to the verification page
	Site      string    // https URL of the advice and verification pages, or empty

	ReturnKey    string              `json:",omitempty"` // in headers only: see [Campaign.ReturnKey]
	CoSponsors   []string            `json:",omitempty"` // named below the signature
	CoSponsorsIn map[string][]string `json:",omitempty"` // the same in other languages, by BCP 47
	Copies       []string            `json:",omitempty"` // mailboxes of CSIRTs that get the same mail
	Attachments  string              `json:",omitempty"` // files that come with the mail, as [lookup.ParseAttachments] writes them; empty: all

	Earlier  []Earlier  `json:",omitempty"` // letters of the campaign that the contact had before, the first one first
	Corrects Correction `json:",omitempty"` // what it takes back of them; empty: nothing

	// Of letters about reports that a provider received:
	Customer string         `json:",omitempty"` // whom they are forwarded to, by the provider's number
	Answers  string         `json:",omitempty"` // the report whose sender is answered
	Alerts   string         `json:",omitempty"` // the report that is kept apart, of which people of the house are told
	Firm     Firmness       `json:",omitempty"` // whether letters before it did not help
	Paper    bool           `json:",omitempty"` // the mail goes to the house's mail room, which posts its page
	Verbatim bool           `json:",omitempty"` // the notices themselves come with it
	Zone     *time.Location `json:"-"`          // of the times in its table; nil: UTC
}

// Firmness says how a customer is written to whom letters did not move.
type Firmness string

const (
	Firmer Firmness = "firmer" // it goes on although the customer was told
	Last   Firmness = "last"   // the same, and a measure may follow
)

// Earlier is a letter that a reminder or a correction names.
type Earlier struct {
	ID   string
	Left time.Time // UTC

	MessageID string `json:",omitempty"` // without angle brackets
}

// Rendered is a letter as it will leave the house. It is stored before review
// and sent as stored: an attempt adds only Date and signatures.
type Rendered struct {
	Subject string
	Mail    []byte // RFC 5322 message with CRLF line ends, without Date
	PDF     []byte // empty if the letter is not printed
	Words   string // the version of the words of each of its languages, as "de=1a2b3c4d5e6f en=…"

	Warnings []string // for the operator, such as why there is no PDF; not stored
}

// A Fate says where a row of the input ended. Each row has exactly one.
type Fate string

const (
	FateLettered   Fate = "lettered"
	FateHeld       Fate = "held"
	FateSuppressed Fate = "suppressed"
	FateNoContact  Fate = "no_contact"
	FateFailed     Fate = "failed"
	FateSpecial    Fate = "special"
	FateDuplicate  Fate = "duplicate"
	FateRejected   Fate = "rejected"
	FateWaiting    Fate = "waiting"   // it is in the control, which is written to later
	FateWithdrawn  Fate = "withdrawn" // a person took it back
)

// An Envelope is one approved letter on its way to the mail server.
type Envelope struct {
	LetterID  string
	Campaign  string
	Agency    string
	Attempt   int    // counts from 1
	From      string // envelope sender (RFC 5321 MAIL FROM)
	To        string // the one recipient
	MessageID string // without angle brackets; the same for every attempt
	Mail      []byte // as approved
	Lanes     []string
}

// An Outcome is what became of one attempt.
type Outcome struct {
	State State // Sent, Deferred, Failed or Unknown
	Phase Phase // the last phase that was reached
	Code  int   // SMTP reply code, 0 if the server never answered
	Text  string
	At    time.Time
	// Stopped says that we were told to stop before the server decided: nobody
	// refused anything, and the letter is due at once.
	Stopped bool
	// Slow asks the lanes of the letter to slow down: the server said 421 or 4.7.x.
	Slow bool
	// Err is why the letter could not be offered to the server, for those who
	// can do something about it; nil where the server said what it thinks. It
	// is not kept.
	Err error
}

// ID is the envelope's ENVID (RFC 3461 §4.4), which reports give back: the
// letter's tag, as it stands in the Message-ID.
func (e Envelope) ID() string {
	tag, _, _ := strings.Cut(e.MessageID, "@")
	return tag
}

// A Phase is how far an attempt came.
type Phase string

const (
	Claimed   Phase = "claimed"   // intent is on disk, nothing is on the wire
	Connected Phase = "connected" // the server answered
	Dot       Phase = "dot"       // marked right before the final dot: may be accepted from here on
	Replied   Phase = "replied"   // the server answered the final dot
)
