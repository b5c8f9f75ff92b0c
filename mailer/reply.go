package mailer

import (
	"fmt"
	"net/textproto"
	"slices"
	"strconv"
	"strings"

	"headsup/finding"
	"headsup/letter"
	"headsup/pattern"
)

// A reply is what a server said: a three-digit code and its text, line by line.
type reply struct {
	code int
	text string
}

var (
	enhanced = pattern.New(`^([245]\.\d{1,3}\.\d{1,3})\b`)
	greylist = pattern.New(`(?i)gr[ea]y[- ]?list`)
	hurried  = pattern.New(`(?i)\brate\b|throttl|temporarily deferred|too (many|fast)|server busy|try (again )?later`)
)

// slowStatus are the RFC 3463 codes of a server that cannot keep up, rather
// than of a mailbox: 4.3.x is the system, 4.4.5 congestion, 4.7.x policy.
var slowStatus = pattern.New(`^4\.(7\.\d+|3\.\d+|4\.5|2\.1)$`)

// ownStatus are the codes that speak of the sender, not of the letter:
// they pass once the house is in order, so the letter waits. Policy (5.7.x)
// is among them but for what policy says of the mailbox (RFC 3463 §3.8,
// RFC 7293, RFC 4954).
var (
	ownStatus     = pattern.New(`^5\.(7\.\d+|1\.7|1\.8)$`)
	mailboxStatus = []string{"5.7.2", "5.7.13", "5.7.17", "5.7.18", "5.7.19"}
	ownCodes      = []int{503, 530, 534, 535, 538} // out of step; AUTH or TLS wanted (RFC 4954)
)

// readReply reads one reply: lines that begin with the same code, the last of
// them without a hyphen. The text may be missing (RFC 5321 §4.2).
func readReply(r *textproto.Reader) (reply, error) {
	var all reply
	for first := true; ; first = false {
		line, err := r.ReadLine()
		if err != nil {
			return reply{}, err
		}
		digits := line[:min(3, len(line))]
		sign, text := line[len(digits):], ""
		if sign != "" {
			sign, text = sign[:1], sign[1:]
		}
		code, err := strconv.Atoi(digits)
		switch {
		case err != nil || code < 200 || code > 599 || !strings.Contains(" -", sign):
			return reply{}, fmt.Errorf("this is no reply: %q", line)
		case first:
			all = reply{code, text}
		case code != all.code:
			return reply{}, fmt.Errorf("the reply is both %d and %d", all.code, code)
		default:
			all.text += "\n" + text
		}
		if sign != "-" {
			return all, nil
		}
	}
}

// status returns the enhanced status code of a reply (RFC 2034), or "".
func (r reply) status() string { return enhanced.FindString(r.text) }

// slow reports whether a refusal asks us to go more slowly. Greylisting does
// not: it delays one letter, not its destination.
func (r reply) slow() bool {
	switch {
	case greylist.MatchString(r.text):
		return false
	case r.code == 421:
		return true
	case r.code/100 == 4:
		return slowStatus.MatchString(r.status()) || hurried.MatchString(r.text)
	}
	return r.aboutUs()
}

// aboutUs reports whether a permanent refusal is about the sender.
func (r reply) aboutUs() bool {
	return slices.Contains(ownCodes, r.code) ||
		r.code/100 == 5 && ownStatus.MatchString(r.status()) && !slices.Contains(mailboxStatus, r.status())
}

// tooLarge are the codes that speak of the message already at MAIL (RFC 1870 §6.1).
func (r reply) tooLarge() bool {
	return r.code == 552 || r.status() == "5.3.4" || r.status() == "5.2.3"
}

// refusal says what a reply that is not the wanted one means for the letter:
// 4xx, and what is neither 4xx nor 5xx, is tried again; 5xx is for good,
// unless it is about us (RFC 5321 §4.2.1), as it is at MAIL, where the server
// knows the sender alone.
func refusal(phase letter.Phase, command string, r reply) letter.Outcome {
	o := letter.Outcome{State: letter.Deferred, Phase: phase, Code: r.code, Text: clean(command + ": " + r.text), Slow: r.slow()}
	switch {
	case r.code/100 != 5 || r.aboutUs():
	case command == "MAIL" && !r.tooLarge():
		o.Slow = true
	default:
		o.State = letter.Failed
	}
	return o
}

// deferred is the outcome of an attempt that ended, without a reply, before
// the server can have accepted anything.
func deferred(phase letter.Phase, why string) letter.Outcome {
	return letter.Outcome{State: letter.Deferred, Phase: phase, Text: clean(why)}
}

// maxText caps what is kept of a reply.
const maxText = 500

// clean makes a server's words one printable line.
func clean(s string) string { return finding.Clean(s, maxText) }
