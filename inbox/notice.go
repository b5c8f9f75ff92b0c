package inbox

import (
	"cmp"
	"encoding/json"
	"net/textproto"
	"strings"

	"headsup/letter"
)

// A notice is what Amazon SES tells of a mail by way of Amazon SNS.
type notice struct {
	Bounce struct {
		Type       string       `json:"bounceType"`
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
		Headers []struct{ Name, Value string } `json:"headers"`
	} `json:"mail"`
}

type noticeAddr struct {
	Address    string `json:"emailAddress"`
	Action     string `json:"action"`
	Status     string `json:"status"`
	Diagnostic string `json:"diagnosticCode"`
}

// readNotice takes such a notice for the report that it stands for.
func (m *parsed) readNotice() {
	if m.header.Get("X-Amz-Sns-Message-Id") == "" {
		return
	}
	var n notice
	text := strings.ReplaceAll(m.text, "!\n ", "") // how Sendmail breaks a line that is too long
	if err := json.NewDecoder(strings.NewReader(text)).Decode(&n); err != nil {
		return
	}
	block := func(address, action, status, diagnostic string) {
		m.status = append(m.status, fields{"Final-Recipient": {address}, "Action": {action}, "Status": {status}, "Diagnostic-Code": {diagnostic}})
	}
	for _, r := range n.Bounce.Recipients[:min(len(n.Bounce.Recipients), maxRecipients)] {
		action := map[string]letter.Action{"Permanent": letter.ActionFailed}[n.Bounce.Type]
		block(r.Address, cmp.Or(r.Action, string(action)), r.Status, r.Diagnostic)
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
	for _, h := range n.Mail.Headers {
		name := textproto.CanonicalMIMEHeaderKey(h.Name)
		m.original[name] = append(m.original[name], h.Value)
	}
}
