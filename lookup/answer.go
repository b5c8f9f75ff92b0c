package lookup

import (
	"errors"
	"time"
)

// An Answer is what one registry said about one address or AS number.
type Answer struct {
	Network   Network   // with its contacts ranked; none if the answer names none worth writing to
	Elsewhere bool      // the server says that this space is not its own to answer for
	Referral  string    // the server that it names instead ("host" or "host:port"); a claim, not yet checked
	Parent    string    // handle of the enclosing network, where the answer names one
	Rejected  []Contact // candidates that are not to be written to; the last flag says why, as "rejected: registry mailbox"
}

// Decode reads one registry's answer, RDAP JSON or WHOIS text, whichever it is.
//
// An answer that names nobody is no error. An error wraps [ErrRefused] if the
// registry would not answer; any other means that body is not an answer.
func Decode(body []byte, server string, at time.Time) (Answer, error) {
	return Answer{}, errors.New("not an answer of a registry")
}
