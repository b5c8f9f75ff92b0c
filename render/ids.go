package render

import (
	"strings"

	"headsup/letter"
)

// MessageID returns the Message-ID of a letter without angle brackets. It is
// the same for every attempt, so that a mailbox can see a second copy for
// what it is.
func MessageID(l letter.Letter) string { return l.ID + "@" + domain(l.Agency.From) }

// EnvelopeFrom returns the envelope sender of a letter: the agency's address
// with the letter's reference behind a plus, so that whatever comes back says
// which letter it is about.
func EnvelopeFrom(l letter.Letter) string { return plus(l.Agency.From, l.ID) }

// ReplyTo returns where answers to a letter go: to the agency's ReplyTo with
// the letter's reference behind a plus, or, where it has none, to its From.
func ReplyTo(l letter.Letter) string {
	if l.Agency.ReplyTo == "" {
		return l.Agency.From
	}
	return plus(l.Agency.ReplyTo, l.ID)
}

// VerifyURL returns the page of a site that confirms a letter, or nothing
// without a site.
func VerifyURL(site string, l letter.Letter) string {
	if site == "" {
		return ""
	}
	return strings.TrimSuffix(site, "/") + "/verify/" + l.ID + "-" + l.Code
}

// OptOutURL returns where a contact asks with one click not to be written to
// (RFC 8058), below the URL of a server that honours it, or nothing without one.
func OptOutURL(server string, l letter.Letter) string {
	if server == "" {
		return ""
	}
	return strings.TrimSuffix(server, "/") + "/" + l.ID + "-" + l.Code
}

// plus makes "notices+tag@example.org" of an address, or leaves it as it is
// where that would be longer than a local part may be (RFC 5321 §4.5.3.1.1).
func plus(address, tag string) string {
	local, domain, ok := strings.Cut(address, "@")
	if !ok || len(local)+1+len(tag) > 64 {
		return address
	}
	return local + "+" + tag + "@" + domain
}

func domain(address string) string {
	return strings.ToLower(address[strings.LastIndexByte(address, '@')+1:])
}
