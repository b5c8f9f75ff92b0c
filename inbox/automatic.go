package inbox

import (
	"slices"
	"strings"

	"headsup/letter"
	"headsup/pattern"
)

// A writer says who wrote a message, by its header.
type writer int

const (
	unsaid    writer = iota // the header does not say
	isPerson                // RFC 3834 §5: Auto-Submitted: no
	isMachine               // by a field that people's programs do not write
	isLikely                // by one that ticket systems write for people too
)

// autoHeaders are fields that only programs write which answer by themselves.
var autoHeaders = []string{"X-Autoreply", "X-Autorespond", "X-Autoresponder", "X-Auto-Reply-From", "X-Autoreply-From", "X-Mail-Autoreply",
	"X-Fc-Machinegenerated", "X-Otrs-Loop", "X-Znuny-Loop", "X-Vacation", "X-Auto-Response-Sender"}

// ticketHeaders are fields of programs that also send what people write, and
// listHeaders those of lists, which make anybody's mail bulk.
var (
	ticketHeaders = []string{"X-Auto-Response-Suppress", "X-Loop", "X-No-Loop", "X-Rt-Loop-Prevention", "X-Zendesk-From-Account-Id",
		"X-Jira-Fingerprint"}
	listHeaders = []string{"List-Id", "List-Post", "Mailing-List", "X-Google-Group-Id", "X-Beenthere", "X-Mailing-List"}
)

// automatic says who wrote the message, by its header alone (RFC 3834 §5). A
// name says nothing: people sign as postmaster, too (RFC 2142).
func (m *parsed) automatic() writer {
	from := m.header.Get("From")
	auto, _, _ := strings.Cut(strings.ToLower(m.header.Get("Auto-Submitted")), ";")
	precedence := strings.ToLower(strings.TrimSpace(m.header.Get("Precedence")))
	bulk := precedence == "bulk" || precedence == "junk"
	switch auto, _, _ = strings.Cut(strings.TrimSpace(auto), " "); {
	case auto == "no":
		return isPerson
	case auto != "", precedence == "auto_reply", bulk && !m.has(listHeaders), m.has(autoHeaders),
		m.nullSender(), m.disposition, mailerDaemon.MatchString(from):
		return isMachine
	case bulk, m.has(ticketHeaders), noReply.MatchString(from):
		return isLikely
	}
	return unsaid
}

// has reports whether the header has one of these fields.
func (m *parsed) has(names []string) bool {
	return slices.ContainsFunc(names, func(name string) bool { return m.header.Get(name) != "" })
}

// noReply is an address that takes no answers.
var noReply = pattern.New(`(?i)\b(no|do[-_.]?not)[-_.]?reply[^@<>\s]*@`)

// mailerDaemon is the address of no person.
var mailerDaemon = pattern.New(`(?i)(^|[<\s"])mailer-daemon@`)

// nullSender reports whether the message must not be answered (RFC 5321 §4.5.5).
func (m *parsed) nullSender() bool {
	path, ok := m.header["Return-Path"]
	return ok && strings.Trim(strings.TrimSpace(path[0]), "<> ") == ""
}

// isAutomatic reports whether a machine wrote the message: by its header, else
// by what such messages say of themselves.
func (m *parsed) isAutomatic() bool {
	subject := m.header.Get("Subject")
	switch by := m.automatic(); {
	case by == isMachine:
		return true
	case by == isPerson, letter.IsMailto(subject):
		return false
	case by == isLikely:
		return awaySubject.MatchString(subject) || saysAutomatic.MatchString(m.own()) || acknowledges.MatchString(subject+"\n"+m.own())
	}
	return awaySubject.MatchString(subject) || saysAutomatic.MatchString(m.own())
}

// own is what the message says itself, without what it quotes.
func (m *parsed) own() string { return letter.Own(m.text, "") }
