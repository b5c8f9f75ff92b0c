package inbox

import (
	"strings"

	"headsup/letter"
	"headsup/pattern"
)

// feedbackKinds says what the types of feedback mean (RFC 5965 §7.3 and IANA's
// registry of them). Of any other type nobody complained: authentication
// failures (RFC 6591), mail that is not spam (RFC 6430).
var feedbackKinds = map[string]letter.ReturnKind{
	"abuse":        letter.Complaint,
	"fraud":        letter.Complaint,
	"virus":        letter.Complaint,
	"other":        letter.Complaint,
	"opt-out":      letter.OptOut,
	"opt-out-list": letter.OptOut, // an earlier draft's
}

// readFeedback reads a feedback report (RFC 5965 §3).
func (m *parsed) readFeedback() (letter.ReturnKind, []letter.Recipient) {
	name, _, _ := strings.Cut(strings.TrimSpace(m.feedback.Get("Feedback-Type")), " ")
	kind, known := feedbackKinds[strings.ToLower(strings.Trim(name, ";"))]
	switch {
	case known:
	case m.feedback.Get("Feedback-Type") == "" && m.feedback.Get("Auth-Failure") == "" && len(m.original) > 0: // older forms
		kind = letter.Complaint
	default:
		kind = letter.Report
	}
	return kind, m.complained()
}

// complained are those who called the letter abuse.
func (m *parsed) complained() (rs []letter.Recipient) {
	for _, to := range [][]string{m.feedback["Original-Rcpt-To"], m.original["X-Hmxmroriginalrecipient"], m.original["To"]} {
		for _, a := range unique(addresses(strings.Join(to, ", ")), nil) {
			rs = append(rs, letter.Recipient{Address: clean(a), Text: clean(m.feedback.Get("Feedback-Type"))})
		}
		if len(rs) > 0 {
			break
		}
	}
	return rs
}

// oldComplaint is the subject of what large hosts sent before there was a
// format. It speaks of our message; that of a desk, which answers a report of
// abuse, speaks of an address or a customer.
var oldComplaint = pattern.New(`(?i)^[\s\p{P}]*(fwd?: *)?((e-?mail|spam|abuse|user|customer|junk( mail)?) )*((complaint|abuse report|spam report|feedback report|feedback) (about|for|regarding|concerning|on) (an? |the |your |this )?(\w+ )?(e-?mail|message|mail)s?\b|` +
	`(e-?mail )?feedback report for ip |client tos notification)`)

// isOldComplaint reports whether the message is such a complaint: with the
// letter below it, and nobody's acknowledgement or answer.
func (m *parsed) isOldComplaint() bool {
	return len(m.original) > 0 && len(m.status) == 0 && oldComplaint.MatchString(m.header.Get("Subject")) &&
		m.header.Get("In-Reply-To") == "" && m.automatic() != isMachine && !m.isPolicyReport()
}

// What reports on authentication are called (RFC 7489 §7.2.1, RFC 8460 §5.3),
// and what they say.
var (
	aggregateSubject = pattern.New(`(?i)^\s*(\[[^\]]{0,40}\]\s*)*report[- ]domain: *\S+ *;? *submitter:`)
	policySubject    = pattern.New(`(?i)\b(dmarc|dkim|spf|tls|tls-?rpt|authentication|auth)\b[^:]{0,30}\b(report|failure|failed)|\b(forensic|ruf|rua|aggregate) report`)
	policyText       = pattern.New(`(?i)\b(dmarc|dkim|spf|authentication)\b[^.\n]{0,40}(fail|result|alignment|polic)|(fail|result|alignment|polic)[^.\n]{0,40}\b(dmarc|dkim|spf|authentication)\b`)
)

// isPolicyReport reports whether a machine tells of authentication or TLS
// (RFC 7489 §7, RFC 8460) outside a feedback report. People write of such
// things too, and mail systems when they refuse a letter for them.
func (m *parsed) isPolicyReport() bool {
	kind, subject := strings.ToLower(m.header.Get("Content-Type")), m.header.Get("Subject")
	machine := strings.HasPrefix(kind, "multipart/report") || m.automatic() == isMachine
	switch {
	case m.isReport() || len(m.status) > 0 || m.disposition:
		return false
	case strings.Contains(kind, "tlsrpt"), m.header.Get("Tls-Report-Domain") != "", aggregateSubject.MatchString(subject):
		return true
	case m.header.Get("X-Failed-Recipients") != "" || failSubject.MatchString(subject) || smtpTalk.MatchString(m.text):
		return false
	}
	return machine && (policySubject.MatchString(subject) || len(m.original) > 0 && policyText.MatchString(m.text))
}
