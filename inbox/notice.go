package inbox

import (
	"cmp"
	"encoding/json"
	"net/textproto"
	"slices"
	"strings"

	"headsup/letter"
	"headsup/pattern"
)

// A notice is what Amazon SES tells of a mail by way of Amazon SNS, as a
// notification or as an event.
type notice struct {
	Notification string `json:"notificationType"`
	Event        string `json:"eventType"`
	Message      string `json:"Message"` // of SNS's own envelope: the notice itself
	Bounce       struct {
		Type       string       `json:"bounceType"`
		Subtype    string       `json:"bounceSubType"`
		Recipients []noticeAddr `json:"bouncedRecipients"`
	} `json:"bounce"`
	Complaint struct {
		Type       string       `json:"complaintFeedbackType"`
		Recipients []noticeAddr `json:"complainedRecipients"`
	} `json:"complaint"`
	Delivery struct {
		Recipients []string `json:"recipients"`
	} `json:"delivery"`
	Mail struct {
		Source  string                         `json:"source"` // the envelope sender
		Headers []struct{ Name, Value string } `json:"headers"`
		Common  struct {
			MessageID string   `json:"messageId"`
			Subject   string   `json:"subject"`
			To        []string `json:"to"`
		} `json:"commonHeaders"`
	} `json:"mail"`
}

type noticeAddr struct {
	Address    string `json:"emailAddress"`
	Action     string `json:"action"`
	Status     string `json:"status"`
	Diagnostic string `json:"diagnosticCode"`
}

// decodeNotice reads a notice, out of its envelope where it has one. Words that
// SNS puts below it are ignored.
func decodeNotice(text string) (n notice, ok bool) {
	text = strings.ReplaceAll(text, "!\n ", "") // how Sendmail breaks a line that is too long
	for range 2 {
		var in notice
		if !strings.HasPrefix(strings.TrimSpace(text), "{") || json.NewDecoder(strings.NewReader(text)).Decode(&in) != nil {
			return n, false
		}
		if in.Notification != "" || in.Event != "" {
			return in, true
		}
		text = in.Message
	}
	return n, false
}

// readNotice takes such a notice for the report that it stands for.
func (m *parsed) readNotice() {
	n, ok := decodeNotice(m.text)
	if !ok {
		return
	}
	block := func(address, action, status, diagnostic string) {
		m.status = append(m.status, fields{"Final-Recipient": {address}, "Action": {action}, "Status": {status}, "Diagnostic-Code": {diagnostic}})
	}
	for _, r := range n.Bounce.Recipients[:min(len(n.Bounce.Recipients), maxRecipients)] {
		action := map[string]letter.Action{"Permanent": letter.ActionFailed}[n.Bounce.Type]
		block(r.Address, cmp.Or(r.Action, string(action)), r.Status, cmp.Or(r.Diagnostic, apart(n.Bounce.Subtype)))
	}
	for _, a := range n.Delivery.Recipients[:min(len(n.Delivery.Recipients), maxRecipients)] {
		block(a, string(letter.ActionDelivered), "", "")
	}
	if to := n.Complaint.Recipients; len(to) > 0 {
		m.feedback = fields{"Feedback-Type": {cmp.Or(n.Complaint.Type, "abuse")}}
		for _, r := range to[:min(len(to), maxRecipients)] {
			m.feedback["Original-Rcpt-To"] = append(m.feedback["Original-Rcpt-To"], r.Address)
		}
	}
	note := func(name string, values ...string) {
		if values = slices.DeleteFunc(values, func(v string) bool { return v == "" }); len(values) > 0 {
			m.original[name] = append(m.original[name], values...)
		}
	}
	for _, h := range n.Mail.Headers[:min(len(n.Mail.Headers), maxFields)] {
		note(textproto.CanonicalMIMEHeaderKey(h.Name), h.Value)
	}
	note("Return-Path", n.Mail.Source)
	note("Message-Id", n.Mail.Common.MessageID)
	note("Subject", n.Mail.Common.Subject)
	note("To", n.Mail.Common.To...)
}

const maxFields = 500 // of a header that a notice repeats

var inner = pattern.New(`([a-z])([A-Z])`)

// apart sets the words of a name apart: "MailboxFull" is "Mailbox Full".
func apart(name string) string { return inner.ReplaceAllString(name, "$1 $2") }
