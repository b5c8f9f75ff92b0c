package mailer

import (
	"regexp"
	"slices"
	"strings"
)

var (
	daemon = regexp.MustCompile(`(?i)(mailer?[-_ ]?(daemon|delivery)|mail deliver|post_?master|mail[-_ ]?(system|administrator)|delivery[-_ ]?(sub)?system|\bbounces?@|system administrator)`)

	failSubject = regexp.MustCompile(`(?i)(undeliver|returned (mail|to sender)|return(ed|ing)? (message |mail )?to sender|delivery (status|failure|failed|problem|notification|has failed|error)|` +
		`fail(ed|ure) (notice|delivery)|mail (delivery )?(failed|failure|error|system error)|could ?n.t be delivered|not delivered|non[- ]?(delivery|remis|recapitat)|unzustellbar|mail failed|` +
		`warning: (could not send|message)|delayed|user unknown)`)

	// delaySubject and delayText: the server still tries.
	delaySubject = regexp.MustCompile(`(?i)(\(delay\)|\bdelayed?\b|^warning:|still (trying|being)|temporar)`)
	delayText    = regexp.MustCompile(`(?i)(will (continue|keep|be retried|try|retry|attempt)|(do|does|need) not (need to )?(re-?send|resubmit)|temporary failure report|this is (only )?a warning|` +
		`not (yet )?been delivered.{0,40}(yet|so far)|delivery attempts will continue|still (trying|in the queue))`)

	// permanent and passing are reasons in prose.
	permanent = regexp.MustCompile(`(?i)(\b5\d\d[ -]+\S|\b5\d\d:|\b5\.\d{1,3}\.\d{1,3}\b|user unknown|unknown (user|recipient|address)|no such (user|mailbox|recipient|address|account)|` +
		`(user|recipient|mailbox|address|account|addressee)\S*( name)? .{0,40}(not (found|exist|recogni|listed|known|a valid)|does.?n.t exist|doesn't have|disabled|unknown|rejected|suspended|inactive|invalid|unavailable)|` +
		`invalid (user|recipient|mailbox|address)|mail ?(box|folder) (is )?(full|over)|(over|exceed\w*) .{0,20}quota|quota exceed|unknown host|host (unknown|not found)|no (valid|such) (recipients?|host|domain)|` +
		`couldn.t find (any|a) (host|mail exchanger)|domain .{0,30}(not exist|not found)|blocked|blacklist|message (was )?rejected|not (permitted|allowed|authori[sz]ed)|access denied|refused to accept|too (large|big))`)
	passing = regexp.MustCompile(`(?i)(tim(ed?|ing)[ -]?out|timeout|retry time|in the queue too long|expired|not reachable|unreachable|could ?n.t connect|did not accept our requests to connect|unable to connect|` +
		`connection (refused|reset|lost|closed)|network error|socket error|no route|cannot send message for|not responding|deferred|\b4\d\d[ -]+\S|\b4\.\d{1,3}\.\d{1,3}\b|temporar|try again)`)

	// returned is how servers announce the letter that they send back below
	// their own words.
	returned = regexp.MustCompile(`(?i)^[\s|>*=_~.-]*(below this line is a copy|this is a copy of|the (header|body|text)s? of (the|your) (original )?(message|mail)|` +
		`(the )?(original|returned|unsent|undelivered|rejected|bounced) (message|mail)( (text|headers?|follows?|body|is|included|below|source))*|` +
		`message (text|headers?|body|source)?\s*follows?|(the )?(attached|following) is (a copy of )?(the|your) (original )?message|` +
		`(included|here) is (a copy|the (first|header|message))|copy of (the |your )?(original )?message|start of (returned|original) message|` +
		`(the )?(full|first \S+ lines of the) (original )?message|-- ?the header)`)
	headerLine = regexp.MustCompile(`(?i)^(received|return-path|message-id|dkim-signature|x-[a-z0-9-]+|mime-version|delivered-to|authentication-results|arc-[a-z-]+): ?\S`)
)

// isProse reports whether the message is a delivery report in words alone: it
// comes from a mail system, and says that something was not delivered.
func (m *message) isProse() bool {
	if m.header.Get("X-Failed-Recipients") != "" {
		return true
	}
	subject := m.header.Get("Subject")
	if autoSubject.MatchString(subject) {
		return false
	}
	switch says := failSubject.MatchString(subject); {
	case daemon.MatchString(m.header.Get("From")):
		// A postmaster also acknowledges and answers.
		answers := m.header.Get("In-Reply-To") != "" && len(m.original) == 0
		return says || !answers && (len(m.original) > 0 || permanent.MatchString(m.text) || passing.MatchString(m.text))
	case m.nullSender():
		return says
	}
	return false
}

// cutOriginal takes the letter that a server returned below its own words out
// of the text.
func (m *message) cutOriginal() {
	lines := strings.SplitAfter(m.text, "\n")
	for i, line := range lines {
		line = strings.TrimSpace(line)
		switch {
		case returned.MatchString(line) && looksLikeHeader(lines[i+1:]):
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
func (m *message) keep(lines []string, end, start int) {
	m.text = strings.Join(lines[:end], "")
	for start < len(lines) && strings.TrimSpace(lines[start]) == "" {
		start++
	}
	if len(m.original) == 0 {
		head, _ := cutHeader([]byte(strings.Join(lines[start:], "")))
		m.original = parseFields(string(head))
	}
}

// prose finds in the words of a mail system which recipients they are about,
// and what became of them.
func (m *message) prose() []Recipient {
	var rs []Recipient
	found := m.failedAddresses()
	about := m.text
	if len(found) == 0 {
		found = []string{""} // it says that, not to whom
	}
	for _, a := range found {
		if len(found) > 1 {
			about = m.around(a)
		}
		r := Recipient{Address: clean(a), Status: worst(about), Text: clean(reason(about, a))}
		if r.Action, r.GivenUp = m.verdict(about); r.Action != "" {
			rs = append(rs, r)
		}
	}
	return rs
}

var (
	success = regexp.MustCompile(`(?i)(\(success\)|success(ful|fully)\b|(was|were|has been|have been) (delivered|relayed)\b)`)
	failure = regexp.MustCompile(`(?i)(undeliver|(not|n't|unable to|failed to|failure to|cannot|could not be) (be )?(deliver|send|sent|transmit|reach)|did not reach|(delivery|mail|message|transmission|addresses)( \w+){0,3} (failed|error|failure)|` +
		`fail(ed|ure)( \w+)? (permanently|delivery|notice|addresses)|following (recipient|address)|returned (mail|to sender)|returning (message )?to sender|had (delivery|permanent)|unzustellbar|nicht zugestellt|non (remis|distribu))`)
)

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

// helpLine names people to ask, not recipients.
var helpLine = regexp.MustCompile(`(?i)\b(contact|assistance|questions?|help ?desk)\b`)

var finalWord = regexp.MustCompile(`(?i)(given up|giving up|permanent(ly)?\b|not going to try again|no further (attempts|delivery))`)

// verdict says what words mean for the letter, or "" if they say nothing. A
// mailbox is not dead because its server could not be reached.
func (m *message) verdict(about string) (a Action, givenUp bool) {
	subject := m.header.Get("Subject")
	switch {
	case delaySubject.MatchString(subject) || delayText.MatchString(m.text):
		return ActionDelayed, false
	case permanent.MatchString(about):
		return ActionFailed, false
	case passing.MatchString(about):
		if statusCode.MatchString(about) && finalWord.MatchString(m.text) {
			return ActionFailed, true // as formal as a report in the standard form
		}
		return ActionDelayed, true
	case success.MatchString(subject) || success.MatchString(m.text):
		return ActionDelivered, false
	case failSubject.MatchString(subject) || failure.MatchString(m.text):
		return ActionFailed, false
	}
	return "", false
}

var lineStart = regexp.MustCompile(`(?i)^[\s>*-]*(?:(?:rcpt )?to:?\s*|recipient:?\s*)?<?(` + addrSpec.String() + `)>?\s*(?:$|[:.;,(\[]| on |\s{2,}|\.\.\.|error)`)

// failedAddresses are the addresses that a report in prose is about: those
// that the server lists in its header; else those that begin a line, unless
// only another one is where the letter went; else any in the text; else where
// the letter went.
func (m *message) failedAddresses() []string {
	if listed := m.header["X-Failed-Recipients"]; len(listed) > 0 {
		return unique(addresses(strings.Join(listed, ", ")), nil)
	}
	var starts, all []string
	for line := range strings.SplitSeq(m.text, "\n") {
		if helpLine.MatchString(line) {
			continue
		}
		if a := lineStart.FindStringSubmatch(line); a != nil {
			starts = append(starts, a[1])
		}
		all = append(all, addrSpec.FindAllString(line, 5)...)
		if len(all) > 10*maxRecipients {
			break
		}
	}
	ours := m.notRecipients()
	starts, all = unique(starts, ours), unique(all, ours)
	to := unique(addresses(m.original.Get("To")), ours)
	known := common(all, to)
	switch {
	case len(starts) > 0 && (len(known) == 0 || len(common(starts, to)) > 0):
		return starts
	case len(known) > 0:
		return known
	case len(all) > 0:
		return all
	}
	return to
}

// notRecipients are the addresses that a report names without meaning them:
// the sender of the letter, and the reporter.
func (m *message) notRecipients() []string {
	ours := addresses(m.original.Get("From"))
	for _, name := range []string{"From", "To", "Delivered-To", "X-Original-To", "Envelope-To", "Reply-To"} {
		for _, v := range m.header[name] {
			ours = append(ours, addresses(v)...)
		}
	}
	return append(ours, addresses(m.original.Get("Return-Path"))...)
}

func unique(list, without []string) []string {
	var out []string
	is := func(a string) func(string) bool { return func(b string) bool { return strings.EqualFold(a, b) } }
	for _, a := range list {
		if len(out) < maxRecipients && !slices.ContainsFunc(without, is(a)) && !slices.ContainsFunc(out, is(a)) &&
			!daemon.MatchString(a) {
			out = append(out, a)
		}
	}
	return out
}

// common returns the addresses that are in both lists.
func common(list, with []string) []string {
	return slices.DeleteFunc(slices.Clone(list), func(a string) bool {
		return !slices.ContainsFunc(with, func(b string) bool { return strings.EqualFold(a, b) })
	})
}

// around returns the line that names an address and those below it that name no other.
func (m *message) around(a string) string {
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
