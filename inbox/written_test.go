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
	got, err := Read(strings.NewReader(crlf("From: Jane <jane@example.net>\nTo: answers@example.org\n" + fields + "\n\n" + body + "\n")))
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
		{"one that mentions the office", "Subject: Jane is out of the office", "Away.", letter.AutoReply},
		{"one that mentions it late", "Subject: " + strings.Repeat("x", 45) + " out of office", "Done.", letter.Reply},

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
		{"a type that nobody knows", "Feedback-Type: mood\nOriginal-Rcpt-To: abuse@example.net\n", "", letter.Complaint, []string{"abuse@example.net mood"}},
		{"an opt-out", "Feedback-Type: Opt-Out\nOriginal-Rcpt-To: abuse@example.net\n", "", letter.OptOut, []string{"abuse@example.net Opt-Out"}},
		{"an opt-out from a list", "Feedback-Type:  opt-out-list\nOriginal-Rcpt-To: abuse@example.net\n", "", letter.OptOut, []string{"abuse@example.net opt-out-list"}},
		{"who took it back complains of nothing", "Feedback-Type: not-spam\nOriginal-Rcpt-To: abuse@example.net\n", "", letter.AutoReply, nil},
		{"in capitals", "Feedback-Type: Not-Spam \nOriginal-Rcpt-To: abuse@example.net\n", "", letter.AutoReply, nil},
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
		{"an e-mail complaint", "Subject: Email Complaint regarding x\n" + enclosed, letter.Complaint},
		{"an abuse report", "Subject: [Abuse report for 192.0.2.1\n" + enclosed, letter.Complaint},
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
