package inbox

import (
	"slices"
	"strings"
	"testing"

	"headsup/letter"
)

// kindOf reads a message of these fields and body.
func kindOf(t *testing.T, fields, body string) letter.Return {
	t.Helper()
	if !strings.HasPrefix(fields, "From:") {
		fields = "From: Jane <jane@example.net>\n" + fields
	}
	got, err := Read(strings.NewReader(crlf("To: answers@example.org\n" + fields + "\n\n" + body + "\n")))
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func TestWhoWroteIt(t *testing.T) {
	for _, tt := range []struct {
		name, fields, body string
		want               letter.ReturnKind
	}{
		{"a person", "Subject: Re: Open relay", "Done.", letter.Reply},

		{"a machine says so", "Auto-Submitted: auto-replied", "Away.", letter.AutoReply},
		{"in capitals and with more to say", "Auto-Submitted:  Auto-Generated; owner=x", "Away.", letter.AutoReply},
		{"a person says that no machine wrote", "Auto-Submitted: no", "Done.", letter.Reply},
		{"with more to say", "Auto-Submitted: No ; x=y", "Done.", letter.Reply},
		{"an automatic precedence", "Precedence: auto_reply", "Away.", letter.AutoReply},
		{"a bulk one", "Precedence: Bulk", "News.", letter.AutoReply},
		{"junk", "Precedence:  junk", "News.", letter.AutoReply},
		{"a list's is a person's", "Precedence: list", "Done.", letter.Reply},
		{"X-Autoreply", "X-Autoreply: yes", "Away.", letter.AutoReply},
		{"X-Autorespond", "X-Autorespond: Re: x", "Away.", letter.AutoReply},
		{"X-Autoresponder", "X-Autoresponder: x", "Away.", letter.AutoReply},
		{"X-Auto-Reply-From", "X-Auto-Reply-From: x", "Away.", letter.AutoReply},
		{"X-Mail-Autoreply", "X-Mail-Autoreply: x", "Away.", letter.AutoReply},
		{"X-FC-MachineGenerated", "X-FC-MachineGenerated: true", "Away.", letter.AutoReply},
		{"an empty sender", "Return-Path: <>", "Away.", letter.AutoReply},
		{"a sender that is not empty", "Return-Path: <jane@example.net>", "Done.", letter.Reply},
		{"a subject that says so", "Subject: Automatic reply: Open relay", "Away.", letter.AutoReply},
		{"a German one", "Subject: Abwesenheitsnotiz", "Away.", letter.AutoReply},
		{"a Japanese one", "Subject: 自動返信: Open relay", "Away.", letter.AutoReply},
		{"one with a mark before it", "Subject: [External] (x) Automatic reply: Open relay", "Away.", letter.AutoReply},
		{"a ticket's", "Subject: [Ticket#1] Eingangsbestätigung: Open relay", "Danke.", letter.AutoReply},
		{"one that goes on after a dash", "Subject: Out of office - back on Monday", "Away.", letter.AutoReply},
		{"one with a space before the colon", "Subject: Réponse automatique : Open relay", "Absente.", letter.AutoReply},
		{"one in Arabic", "Subject: رد تلقائي: Open relay", "x", letter.AutoReply},
		{"one in Thai", "Subject: ตอบกลับอัตโนมัติ: Open relay", "x", letter.AutoReply},
		{"one that names who is away", "Subject: AUTO: Jane is out of the office", "Away.", letter.AutoReply},
		{"a receipt without its part", "Subject: Read: Open relay", "It was read on Monday.", letter.AutoReply},
		{"a receipt in German", "Subject: Gelesen: Open relay", "x", letter.AutoReply},
		{"a mailbox that takes no answers", "From: Desk <no-reply@example.net>\nSubject: Open relay", "We have received your report.", letter.AutoReply},
		{"a person who sends from one", "From: Desk <no-reply@example.net>\nSubject: Open relay", "It is closed.", letter.Reply},
		{"a person at a mailbox that only sounds like one", "From: Noreplya <casino.reply@example.net>\nSubject: Open relay", "We have received your report.", letter.Reply},
		{"who writes of an office", "Subject: The proxy in our out of office network", "Closed.", letter.Reply},
		{"who writes of a leave", "Subject: On leave of absence server: fixed", "Closed.", letter.Reply},
		{"an English word behind a Japanese one", "Subject: サーバ auto: 対応", "対応しました。", letter.Reply},
		{"who answers an automatic reply", "Subject: Re: Automatic reply: Open relay", "I am back, it is closed.", letter.Reply},
		{"who writes of automatic updates", "Subject: Automatic updates: on", "Closed.", letter.Reply},

		{"a postmaster", "From: Jane (Postmaster) <postmaster@example.net>\nSubject: Re: Open relay", "Closed.", letter.Reply},
		{"a hostmaster", "From: Hostmaster <hostmaster@example.net>\nSubject: Re: Open relay", "Closed.", letter.Reply},
		{"a team called Mail System", "From: Mail System Team <mail@example.net>\nSubject: Re: Open relay", "Closed.", letter.Reply},
		{"the mailbox of no person", "From: <MAILER-DAEMON@example.net>\nSubject: x", "x", letter.AutoReply},
		{"a mailbox that ends like it", "From: not-mailer-daemon@example.net\nSubject: x", "x", letter.Reply},
		{"a person through a group", "Precedence: bulk\nList-Id: <abuse.example.net>", "We closed the relay.", letter.Reply},
		{"a machine through a group", "Precedence: bulk\nList-Id: <abuse.example.net>", "We have received your report.", letter.AutoReply},
		{"a ticket system", "X-OTRS-Loop: yes", "A ticket was opened.", letter.AutoReply},
		{"one that asks for no answers", "X-Auto-Response-Suppress: All\nSubject: Your request (1) has been received", "Our staff will look.", letter.AutoReply},
		{"one whose agent answers", "X-Auto-Response-Suppress: All\nSubject: Re: Open relay", "The relay is closed.", letter.Reply},
		{"one that says so in its text", "X-Loop: x", "This is an automatic confirmation.", letter.AutoReply},
		{"one that says so without a field", "Subject: Re: Open relay", "Danke. Dies ist eine automatisch erstellte Nachricht.", letter.AutoReply},
		{"one in French", "Subject: Re: Open relay", "Ce message a été envoyé automatiquement.", letter.AutoReply},
		{"one in Japanese", "Subject: Re: Open relay", "このメールは自動送信されています。", letter.AutoReply},
		{"a person whose system is automatic", "Subject: Re: Open relay", "This host was disconnected automatically. Your automatically generated report was read.", letter.Reply},
		{"a person who received it", "Subject: Re: Open relay", "We have received your report and closed the port.", letter.Reply},
		{"a person who quotes one", "Subject: Re: Open relay", "Why do you write\n> this is an automatic message\nto us?", letter.Reply},
		{"a person says so, in words of a machine", "Auto-Submitted: no\nSubject: Automatic reply: x", "This is an automated message.", letter.Reply},

		{"a machine that quotes the wish wishes nothing", "Auto-Submitted: auto-replied\nSubject: unsubscribe", "Please remove me.", letter.AutoReply},
		{"a machine's subject and the wish below", "Subject: Out of office", "Stop sending.", letter.AutoReply},
		{"an empty sender and the wish", "Return-Path: <>\nSubject: opt-out", "", letter.AutoReply},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := kindOf(t, tt.fields, tt.body); got.Kind != tt.want || len(got.Recipients) > 0 {
				t.Errorf("%s %v, want %s", got.Kind, got.Recipients, tt.want)
			}
		})
	}
}

// A person's own words are handed on whole: whether they are a wish is decided
// elsewhere.
func TestThePartThatAPersonWrote(t *testing.T) {
	got := kindOf(t, "Subject: Re: Open relay", "Please remove us.\n\nOn Monday, Office wrote:\n> unsubscribe: mail us\n\nThanks.\n-- \nJane").Wording
	if got.Subject != "Re: Open relay" || got.From != "Jane <jane@example.net>" || strings.TrimSpace(got.Text) != "Please remove us.\n\n\nThanks." {
		t.Errorf("%+q", got)
	}
	html := kindOf(t, "Subject: x\nContent-Type: text/html", "<p>It is closed.</p><blockquote type=cite><p>unsubscribe</p>mail us</blockquote><div>Jane</div>").Wording
	if text := strings.Join(strings.Fields(html.Text), " "); text != "It is closed. Jane" {
		t.Errorf("%q", html.Text)
	}
	if machine := kindOf(t, "Subject: Automatic reply", "unsubscribe").Wording; machine != (letter.Wording{}) {
		t.Errorf("a machine has no wishes: %+q", machine)
	}
}

// feedback is a report in the format of RFC 5965.
func feedback(fields, original string) string {
	return "From: fbl@example.net\nTo: notices+relay26-k3v9xq2m7d@example.org\nSubject: report\nMIME-Version: 1.0\n" +
		"Content-Type: multipart/report; report-type=feedback-report; boundary=b\n\n--b\nContent-Type: text/plain\n\nunsubscribe\n" +
		"--b\nContent-Type: message/feedback-report\n\n" + fields + "\n--b\nContent-Type: message/rfc822\n\n" + original + "\n\nx\n--b--\n"
}

func TestFeedback(t *testing.T) {
	for _, tt := range []struct {
		name, fields, original string
		want                   letter.ReturnKind
		about                  []string // address and text of each recipient
	}{
		{"abuse", "Feedback-Type: abuse\nOriginal-Rcpt-To: abuse@example.net\n", "To: other@example.net", letter.Complaint, []string{"abuse@example.net abuse"}},
		{"fraud is a complaint, too", "Feedback-Type: fraud\nOriginal-Rcpt-To: <abuse@example.net>\n", "To: x@example.net", letter.Complaint, []string{"abuse@example.net fraud"}},
		{"a virus", "Feedback-Type: virus\nOriginal-Rcpt-To: abuse@example.net\n", "", letter.Complaint, []string{"abuse@example.net virus"}},
		{"anything else", "Feedback-Type: Other\nOriginal-Rcpt-To: abuse@example.net\n", "", letter.Complaint, []string{"abuse@example.net Other"}},
		{"a type that nobody knows is no complaint", "Feedback-Type: mood\nOriginal-Rcpt-To: abuse@example.net\n", "", letter.Report, []string{"abuse@example.net mood"}},
		{"a failure of authentication", "Feedback-Type: auth-failure\nAuth-Failure: dmarc\n", "To: abuse@example.net", letter.Report, []string{"abuse@example.net auth-failure"}},
		{"one without a type", "Auth-Failure: dmarc\n", "To: abuse@example.net", letter.Report, []string{"abuse@example.net "}},
		{"an older form without a type", "User-Agent: x\n", "To: abuse@example.net", letter.Complaint, []string{"abuse@example.net "}},
		{"no type and no letter", "User-Agent: x\nOriginal-Rcpt-To: abuse@example.net\n", "", letter.Report, []string{"abuse@example.net "}},
		{"with a comment", "Feedback-Type: abuse (spam)\nOriginal-Rcpt-To: abuse@example.net\n", "", letter.Complaint, []string{"abuse@example.net abuse (spam)"}},
		{"an opt-out", "Feedback-Type: Opt-Out\nOriginal-Rcpt-To: abuse@example.net\n", "", letter.OptOut, []string{"abuse@example.net Opt-Out"}},
		{"an opt-out from a list", "Feedback-Type:  opt-out-list\nOriginal-Rcpt-To: abuse@example.net\n", "", letter.OptOut, []string{"abuse@example.net opt-out-list"}},
		{"who took it back complains of nothing", "Feedback-Type: not-spam\nOriginal-Rcpt-To: abuse@example.net\n", "", letter.Report, []string{"abuse@example.net not-spam"}},
		{"in capitals", "Feedback-Type: Not-Spam \nOriginal-Rcpt-To: abuse@example.net\n", "", letter.Report, []string{"abuse@example.net Not-Spam"}},
		{"nobody named in the report", "Feedback-Type: abuse\n", "To: abuse@example.net, noc@example.net", letter.Complaint, []string{"abuse@example.net abuse", "noc@example.net abuse"}},
		{"a large host's own field", "Feedback-Type: abuse\n", "X-HmXmrOriginalRecipient: abuse@example.net\nTo: other@example.net", letter.Complaint, []string{"abuse@example.net abuse"}},
		{"nobody named at all", "Feedback-Type: abuse\n", "Subject: x", letter.Complaint, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := Read(strings.NewReader(feedback(tt.fields, tt.original)))
			if err != nil {
				t.Fatal(err)
			}
			var about []string
			for _, r := range got.Recipients {
				about = append(about, r.Address+" "+r.Text)
			}
			if got.Kind != tt.want || !slices.Equal(about, tt.about) {
				t.Errorf("%s about %q, want %s about %q", got.Kind, about, tt.want, tt.about)
			}
		})
	}
}

// Before there was a format, large hosts sent the letter below such a subject.
func TestComplaintsBeforeFeedback(t *testing.T) {
	enclosed := "MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/plain\n\nsee below\n--b\nContent-Type: message/rfc822\n\nTo: abuse@example.net\nMessage-ID: <abc123@example.org>\n\nx\n--b--\n"
	for _, tt := range []struct {
		name, text string
		want       letter.ReturnKind
	}{
		{"a complaint about", "Subject: complaint about message from 192.0.2.1\n" + enclosed, letter.Complaint},
		{"an e-mail complaint", "Subject: Email Complaint regarding your message\n" + enclosed, letter.Complaint},
		{"a feedback report by address", "Subject: Email Feedback Report for IP 192.0.2.1\n" + enclosed, letter.Complaint},
		{"what a provider calls its terms", "Subject: Client TOS Notification\n" + enclosed, letter.Complaint},
		{"a desk about its customer's address", "Subject: Abuse report for 192.0.2.1 [#4711]\n" + enclosed, letter.Reply},
		{"a desk's complaint that is resolved", "Subject: Abuse complaint for your IP 192.0.2.1: resolved\n" + enclosed, letter.Reply},
		{"a desk that answers ours", "In-Reply-To: <abc123@example.org>\nSubject: Complaint about message from 192.0.2.1\n" + enclosed, letter.Reply},
		{"a desk's ticket", "Auto-Submitted: auto-generated\nSubject: Complaint about message from 192.0.2.1\n" + enclosed, letter.AutoReply},
		{"a report on authentication by that name", "Auto-Submitted: auto-generated\nSubject: complaint about message: DMARC failure report\n" + enclosed, letter.Report},
		{"a feedback report without the letter", "Subject: Feedback report for x\n\nsee above\n", letter.Reply},
		{"another subject", "Subject: a complaint about x\n" + enclosed, letter.Reply},
		{"a letter without such a subject", "Subject: Fwd: letter\n" + enclosed, letter.Reply},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := Read(strings.NewReader("From: jane@example.net\nTo: answers@example.org\n" + tt.text))
			if err != nil {
				t.Fatal(err)
			}
			if got.Kind != tt.want {
				t.Errorf("%s, want %s", got.Kind, tt.want)
			}
		})
	}
}

// TestReportsOnAuthentication: a forwarder broke a signature, and nobody complained.
func TestReportsOnAuthentication(t *testing.T) {
	enclosed := func(text string) string {
		return "--b\nContent-Type: text/plain\n\n" + text + "\n--b\nContent-Type: text/rfc822-headers\n\nTo: abuse@example.net\nMessage-ID: <abc123@example.org>\n--b--"
	}
	mixed, report := "MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b", "MIME-Version: 1.0\nContent-Type: multipart/report; boundary=b"
	for _, tt := range []struct {
		name, fields, body string
		want               letter.ReturnKind
	}{
		{"an aggregate of DMARC", "Subject: Report Domain: example.org; Submitter: example.net; Report-ID: 1", "x", letter.Report},
		{"one in brackets, with other spaces", "Subject: [Preview] Report domain: example.org Submitter: example.net", "x", letter.Report},
		{"one of TLS by its field", "TLS-Report-Domain: example.org\nSubject: x", "x", letter.Report},
		{"one of TLS by its type", "Subject: x\n" + strings.Replace(report, "boundary", "report-type=\"tlsrpt\"; boundary", 1), enclosed("x"), letter.Report},
		{"a failure in words, from a machine", "Auto-Submitted: auto-generated\nSubject: DMARC failure report for example.org\n" + mixed, enclosed("dmarc=fail"), letter.Report},
		{"a failure in a report of no type", "Subject: FW: Open relay\n" + report, enclosed("It failed its DMARC policy."), letter.Report},
		{"a person who writes of it", "Subject: Your DMARC failure report", "Your SPF record fails.", letter.Reply},
		{"a person who encloses the letter", "Subject: DKIM failed\n" + mixed, enclosed("DKIM failed here."), letter.Reply},
		{"a machine that speaks of something else", "Auto-Submitted: auto-replied\nSubject: Thank you\n" + mixed, enclosed("Ticket opened."), letter.AutoReply},
		{"a machine without the letter", "Auto-Submitted: auto-replied\nSubject: Thank you", "spf fails", letter.AutoReply},
		{"a mail system that refused the letter for it", "Return-Path: <>\nSubject: Undelivered Mail\n" + mixed, enclosed("<abuse@example.net>: 550 5.7.26 DMARC policy fails"), letter.Delivery},
		{"one that says so of a recipient", "Return-Path: <>\nX-Failed-Recipients: abuse@example.net\nSubject: x\n" + mixed, enclosed("550 5.7.26 DMARC policy fails"), letter.Delivery},
		{"a receipt", "Subject: DMARC report\nContent-Type: message/disposition-notification", "x", letter.AutoReply},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := kindOf(t, tt.fields, tt.body); got.Kind != tt.want {
				t.Errorf("%s, want %s", got.Kind, tt.want)
			}
		})
	}
}
