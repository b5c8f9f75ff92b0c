package inbox

import (
	"strings"

	"headsup/letter"
	"headsup/pattern"
)

var headerLine = pattern.New(`(?i)^(received|return-path|message-id|dkim-signature|x-[a-z0-9-]+|mime-version|delivered-to|authentication-results|arc-[a-z-]+): ?\S`)

// isReport reports whether the message calls itself a delivery report (RFC 3464 §2).
func (m *parsed) isReport() bool {
	return strings.Contains(strings.ToLower(m.header.Get("Content-Type")), "delivery-status")
}

// passedOn reports whether a person sends on what a mail server told them.
func (m *parsed) passedOn() bool {
	from := m.header.Get("From")
	return onward.MatchString(m.header.Get("Subject")) && !m.isReport() && !daemon.MatchString(from) && !office.MatchString(from) && !m.nullSender()
}

// isProse reports whether the message is a delivery report in words alone: it
// comes from a mail system, and says that something was not delivered.
func (m *parsed) isProse() bool {
	h, from, subject := m.header, m.header.Get("From"), m.header.Get("Subject")
	if h.Get("X-Failed-Recipients") != "" {
		return true
	}
	if m.disposition && !daemon.MatchString(from) || awaySubject.MatchString(subject) {
		return false
	}
	says := failSubject.MatchString(subject) && !onward.MatchString(subject)
	answers := h.Get("In-Reply-To") != "" && len(m.original) == 0
	switch text := m.unquoted(); {
	case m.isReport():
		return true
	case daemon.MatchString(from):
		return says || !answers && (len(m.original) > 0 || failure.MatchString(text) || permanent.MatchString(text) || passing.MatchString(text))
	case office.MatchString(from): // which also acknowledges and answers
		return says || smtpTalk.MatchString(text) || !answers && failure.MatchString(text)
	case m.nullSender():
		return says
	}
	return (says || announced.MatchString(m.text) && failure.MatchString(m.text)) && !answers && filter.MatchString(from)
}

// forMembers is how a mailing list refuses who is not on it.
var forMembers = pattern.New(`(?i)\b(?:you are|you're|sender is) not (?:an? )?(?:member|subscriber|subscribed|allowed to post|authori[sz]ed to post)\b[^.<]{0,60}\blist\b[\s<:"]*(` + addrSpec.String() + `)`)

// refusedByList is what a mailing list says of a letter that it does not pass on.
func (m *parsed) refusedByList() []letter.Recipient {
	if !m.has(listHeaders) && !m.has([]string{"X-Mlserver", "X-Ml-Info", "X-Ml-Name"}) {
		return nil
	}
	said := forMembers.FindStringSubmatch(m.text)
	if said == nil || m.header.Get("Auto-Submitted") == "no" {
		return nil
	}
	return []letter.Recipient{{Address: clean(said[1]), Action: letter.ActionFailed, Text: clean(said[0])}}
}

// unquoted is the text without the lines that it quotes.
func (m *parsed) unquoted() string {
	return quoted.ReplaceAllString(m.text, "")
}

var quoted = pattern.New(`(?m)^> .*$`)

// enclosed returns the report that this one is about: some gateways send on
// what another server told them. It is nil where there is none.
func (m *parsed) enclosed() *parsed {
	in, err := parse([]byte(m.returned))
	if err != nil || len(in.reported()) == 0 && !in.isProse() {
		return nil
	}
	return in
}

// cutOriginal takes the letter that a server returned below its own words out
// of the text.
func (m *parsed) cutOriginal() {
	lines := strings.SplitAfter(m.text, "\n")
	for i, line := range lines {
		line = strings.TrimSpace(line)
		switch {
		case below.MatchString(line), returned.MatchString(line) && looksLikeHeader(lines[i+1:]):
			m.keep(lines, i, i+1)
			return
		case headerLine.MatchString(line) && i > 0 && looksLikeHeader(lines[i:]):
			m.keep(lines, i, i)
			return
		}
	}
}

// looksLikeHeader reports whether a header begins within a few lines.
func looksLikeHeader(lines []string) bool {
	n := 0
	for _, line := range lines[:min(len(lines), 12)] {
		if fieldName.MatchString(line) && !strings.HasPrefix(strings.TrimSpace(line), "http") {
			n++
		}
	}
	return n >= 2
}

// keep makes the lines before end the text, and the header that begins at start the original.
func (m *parsed) keep(lines []string, end, start int) {
	m.text = strings.Join(lines[:end], "")
	for start < len(lines) && strings.TrimSpace(lines[start]) == "" {
		start++
	}
	if len(m.original) == 0 {
		m.giveBack(strings.Join(lines[start:], ""))
	}
}

// prose finds in the words of a mail system which recipients they are about,
// and what became of them.
func (m *parsed) prose() []letter.Recipient {
	var rs []letter.Recipient
	found := m.failedAddresses()
	about := m.text
	if len(found) == 0 {
		found = []string{""} // it says that, not to whom
	}
	for _, a := range found {
		if len(found) > 1 {
			about = m.around(a)
		}
		r := letter.Recipient{Address: clean(a), Status: worst(about), Text: clean(reason(about, a))}
		if r.Action, r.GivenUp = m.verdict(about); r.Action != "" {
			rs = append(rs, r)
		}
	}
	return rs
}

// worst returns the gravest status code in a text, or "".
func worst(text string) string {
	var found string
	for _, code := range statusCode.FindAllString(text, 100) {
		if found == "" || code[0] > found[0] {
			found = code
		}
	}
	return found
}

// verdict says what words mean for the letter, or "" if they say nothing. A
// mailbox is not dead because its server could not be reached.
func (m *parsed) verdict(about string) (a letter.Action, givenUp bool) {
	subject := m.header.Get("Subject")
	switch {
	case delaySubject.MatchString(subject) && !permanent.MatchString(subject) || delayText.MatchString(m.text):
		return letter.ActionDelayed, false
	case permanent.MatchString(about):
		return letter.ActionFailed, false
	case passing.MatchString(about):
		if statusCode.MatchString(about) && finalWord.MatchString(m.text) {
			return letter.ActionFailed, true // as formal as a report in the standard form
		}
		return letter.ActionDelayed, true
	case success.MatchString(subject) || success.MatchString(m.text):
		return letter.ActionDelivered, false
	case failSubject.MatchString(subject) || failure.MatchString(m.text):
		return letter.ActionFailed, false
	}
	return "", false
}

// around returns the line that names an address and those below it that name no other.
func (m *parsed) around(a string) string {
	var out []string
	in := false
	for line := range strings.SplitSeq(m.text, "\n") {
		named := addrSpec.FindString(line)
		if named != "" {
			in = strings.Contains(line, a)
		}
		if in {
			out = append(out, line)
		}
	}
	return strings.Join(out, "\n")
}

// reason is the line that best says why.
func reason(about, address string) string {
	best := ""
	for line := range strings.SplitSeq(about, "\n") {
		line = strings.TrimSpace(line)
		switch {
		case line == "" || strings.Trim(line, "<>: ") == address:
		case permanent.MatchString(line):
			return line
		case best == "" && passing.MatchString(line):
			best = line
		}
	}
	return best
}
