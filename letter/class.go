package letter

import (
	"strings"

	"headsup/pattern"
)

// A Class says why a letter did not arrive. It is stored as this text and
// empty for a letter that neither failed nor bounced.
type Class string

const (
	ClassMailbox Class = "mailbox" // there is no such mailbox any more, or it is disabled or has moved
	ClassDomain  Class = "domain"  // nothing at the domain takes mail
	ClassFull    Class = "full"    // the mailbox has no room
	ClassOurs    Class = "ours"    // the server refuses us: our address, sender, words, pace or proof of origin
	ClassSize    Class = "size"    // the letter is too large
	ClassNetwork Class = "network" // the server was not reached, or was out of order, for as long as it was tried
	ClassUnclear Class = "unclear" // nothing says why
)

// Classes are all classes of letters that did not arrive.
var Classes = []Class{ClassMailbox, ClassDomain, ClassFull, ClassOurs, ClassSize, ClassNetwork, ClassUnclear}

// Lost reports whether a letter in state s did not arrive and has a Class.
func (s State) Lost() bool { return s == Failed || s == Bounced }

// Dead reports whether a failure of this class says that mail cannot reach the
// mailbox, so that its network's next contact is written to instead.
func (c Class) Dead() bool { return c == ClassMailbox || c == ClassDomain }

// MayAgain reports whether the same bytes may be sent once more when a person
// says so: the mailbox lives, and what refused them was at our side.
func (c Class) MayAgain() bool { return c == ClassOurs }

// A Mend says what has to be repaired at our side before a letter whose class
// is [ClassOurs] can arrive. It is empty for other classes.
type Mend string

const (
	MendListing Mend = "listing" // our address or domain is on a block list, or has a bad name
	MendProof   Mend = "proof"   // SPF, DKIM, DMARC, TLS or a login
	MendDNS     Mend = "dns"     // reverse DNS or the name in the greeting
	MendSender  Mend = "sender"  // the envelope sender, or its domain
	MendRoute   Mend = "route"   // the letter went to a server that does not take mail for its recipient
	MendPace    Mend = "pace"    // too much at once
	MendWords   Mend = "words"   // the letter looks like spam, or is not well formed
	MendPolicy  Mend = "policy"  // a rule of the recipient's house
)

// A Reason is why a letter did not arrive, and what would help.
type Reason struct {
	Class Class
	Mend  Mend   // for ClassOurs
	List  string // for MendListing, the domain of the block list that the server names, or empty
}

// ReasonOf reads why a server did not take a letter: by its enhanced status
// code (RFC 3463), or none, and by its reply. The first row of the table of
// reasons that fits counts. A reply that is passing (4.x.x, 4xx) proves neither
// a mailbox nor a domain dead.
func ReasonOf(status, reply string) Reason {
	s := newSaid(status, reply)
	r := Reason{Class: ClassUnclear}
	for _, row := range reasons {
		if s.fits(row) {
			r.Class, r.Mend = row.class, row.mend
			break
		}
	}
	if r.Class.Dead() && s.passing() {
		r.Class = ClassNetwork
	}
	if r.Mend == MendListing {
		r.List = listOf(reply)
	}
	return r
}

// What a server said, taken apart.
type said struct {
	codes   []string // enhanced ones: the report's own and those in the reply
	replies []string
	words   string
}

const maxReply = 4000 // bytes of a reply that are looked at

var (
	enhanced  = pattern.New(`(?:^|[^\d.])([245]\.\d{1,3}\.\d{1,3})(?:[^\d.]|\.?$|\.\D)`)
	replyCode = pattern.New(`(?:^|[\s'"\[(>:])([45]\d\d)(?:[\s:\])'"-]|$)`)

	// Addresses and the paths of links are names that strangers chose.
	address  = pattern.New(`<[^<>\s]*@[^<>\s]*>|[^\s<>()\[\]"',;:]+@[\w.-]+`)
	linkPath = pattern.New(`(?i)(https?://[^\s/?#]+)\S*`)
)

func newSaid(status, reply string) said {
	reply = strings.ToValidUTF8(reply[:min(len(reply), maxReply)], "")
	var s said
	for _, m := range enhanced.FindAllStringSubmatch(status+" "+reply, 20) {
		s.codes = append(s.codes, m[1])
	}
	for _, m := range replyCode.FindAllStringSubmatch(reply, 20) {
		s.replies = append(s.replies, m[1])
	}
	s.words = linkPath.ReplaceAllString(address.ReplaceAllString(reply, " "), "$1")
	s.words = strings.ToLower(strings.Join(strings.Fields(s.words), " "))
	return s
}

// passing reports whether the server said at most that it cannot now.
func (s said) passing() bool {
	now := false
	for _, code := range append(s.codes, s.replies...) {
		switch code[0] {
		case '5':
			return false
		case '4':
			now = true
		}
	}
	return now
}

// fits reports whether all that a row names was said.
func (s said) fits(r reasonRow) bool {
	return (r.codes == "" || namesCode(r.codes, s.codes)) &&
		(r.replies == "" || namesCode(r.replies, s.replies)) &&
		(r.words == nil || r.words.MatchString(s.words))
}

// namesCode reports whether one of codes is one of those that a row names.
// There, x stands for any class, and what is left out for any detail: "x.4".
func namesCode(row string, codes []string) bool {
	for want := range strings.FieldsSeq(row) {
		for _, code := range codes {
			if rest, any := strings.CutPrefix(want, "x"); any {
				want, code = rest, code[1:]
			}
			if code == want || strings.HasPrefix(code, want+".") {
				return true
			}
		}
	}
	return false
}

var listName = pattern.New(`(?i)(?:https?://(?:www\.)?|\b(?:blocked|listed|found|blacklisted|rejected)\s(?:using|by|in|at|on|from|via)\s(?:the\s)?)((?:[a-z0-9-]+\.)+[a-z]{2,})`)

// listOf returns the domain of the block list that a reply names, or "".
func listOf(reply string) string {
	if m := listName.FindStringSubmatch(strings.ToValidUTF8(reply[:min(len(reply), maxReply)], "")); m != nil {
		return strings.ToLower(m[1])
	}
	return ""
}
