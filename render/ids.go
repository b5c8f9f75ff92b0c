package render

import (
	"cmp"
	"strings"

	"headsup/letter"
	"headsup/wire/mailtext"
)

// MessageID returns the Message-ID of a letter without angle brackets. It is
// the same for every attempt, so that a mailbox can see a second copy for
// what it is.
func MessageID(l letter.Letter) string { return l.Tag() + "@" + domain(l.Agency.From) }

// EnvelopeFrom returns the envelope sender of a letter: the agency's address
// for returned mail with the letter's tag in it, so that whatever comes back
// says and proves which letter it is about. See [Tagged].
func EnvelopeFrom(l letter.Letter) (string, error) {
	return Tagged(cmp.Or(l.Agency.Bounce, l.Agency.From), l.Tag(), l.Agency.Plain)
}

// ReplyTo returns where answers to a letter go: to the agency's ReplyTo or,
// where it has none, to its From, with the letter's tag in it. See [Tagged].
func ReplyTo(l letter.Letter) (string, error) {
	return Tagged(cmp.Or(l.Agency.ReplyTo, l.Agency.From), l.Tag(), l.Agency.Plain)
}

// Tagged puts a tag into an address: in the place of its star, as in
// "*@returns.example.org" or "returns-*@example.org", else behind a plus. A
// plain address without a star stays as it is, for servers that know neither.
// An address that would be longer than mail servers take is an error.
func Tagged(address, tag string, plain bool) (string, error) {
	local, domain, _ := strings.Cut(address, "@")
	switch {
	case strings.Contains(local, "*"):
		local = strings.Replace(local, "*", tag, 1)
	case !plain:
		local += "+" + tag
	}
	out := local + "@" + domain
	return out, mailtext.CheckAddress(out)
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

func domain(address string) string {
	return strings.ToLower(address[strings.LastIndexByte(address, '@')+1:])
}
