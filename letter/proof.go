package letter

import (
	"crypto/hmac"
	"slices"
	"strings"
)

// A Proof says how a message proves that it knows the letter that it is about.
type Proof string

const (
	ByKey    Proof = "key"   // it has the letter's keyed part, see [Campaign.ReturnKey]
	ByDMARC  Proof = "dmarc" // a server that the settings trust vouches that the contact's mail domain sent it
	Unproven Proof = "none"
)

// Unproved is the word in a letter's history for a message that proves nothing.
const Unproved = "unproven"

// A Verdict is what the last mail server on a message's way says of its sender
// (RFC 8601). Whether to believe that server is for its reader to decide.
type Verdict struct {
	Server string // its authserv-id, lower case
	From   string // the address of the one author, whose domain passed DMARC; else empty
}

// An Addressed letter is what a proof is held against.
type Addressed struct {
	ID  string
	To  string // its recipient
	Key string // its keyed part as it was sent, or empty: it was written without one
}

// Proven says how r proves that it knows l, a letter of campaign c or of
// another one. trusted are the authserv-ids of the servers whose verdicts count.
//
// A keyed part proves its own letter alone. A report about another mailbox than
// the letter's, and a complaint, need it in the letter that they return: the
// address that they went to may have been passed on.
func (r Return) Proven(c Campaign, l Addressed, trusted []string) Proof {
	switch {
	case slices.ContainsFunc(r.Tokens, func(t Token) bool { return (t.Within || !r.needsLetter(l.To)) && t.proves(c, l) }):
		return ByKey
	case r.vouched(l.To, trusted):
		return ByDMARC
	}
	return Unproven
}

func (t Token) proves(c Campaign, l Addressed) bool {
	asSent := l.Key != "" && hmac.Equal([]byte(l.Key), []byte(strings.ToLower(t.Key)))
	return t.ID == l.ID && (c.Keyed(l.ID, t.Key) || asSent)
}

// needsLetter reports whether r may only be believed with the letter in it.
func (r Return) needsLetter(to string) bool {
	named := func(x Recipient) bool { return x.Address != "" }
	meant := func(x Recipient) bool { return strings.EqualFold(x.Address, to) }
	switch r.Kind {
	case Complaint:
		return true
	case Delivery:
		return slices.ContainsFunc(r.Recipients, named) && !slices.ContainsFunc(r.Recipients, meant)
	}
	return false
}

// vouched reports whether r is an answer from the mail domain of mailbox, by
// the word of a trusted server. Where a provider's domain is shared by
// strangers, only the mailbox itself is known; and only that may ask for no
// more letters.
func (r Return) vouched(mailbox string, trusted []string) bool {
	if !slices.ContainsFunc(trusted, func(s string) bool { return strings.EqualFold(s, r.Verdict.Server) }) {
		return false
	}
	domain := domainOf(mailbox)
	itself := strings.EqualFold(r.Verdict.From, mailbox)
	switch r.Kind {
	case Reply, AutoReply:
		return itself || domainOf(r.Verdict.From) == domain && MailGroup(domain) == ""
	case OptOut:
		return itself && len(r.Recipients) == 0 // a report's sender is no desk
	}
	return false
}

// domainOf returns the domain of a mailbox in lower case.
func domainOf(mailbox string) string {
	return strings.ToLower(mailbox[strings.LastIndexByte(mailbox, '@')+1:])
}
