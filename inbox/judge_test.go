package inbox

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"headsup/letter"
)

// classesOf are the classes that a message gives, by recipient.
func classesOf(t *testing.T, text string) (classes []string) {
	t.Helper()
	for _, r := range read(t, text).Recipients {
		classes = append(classes, r.Address+" "+string(r.Class))
	}
	return classes
}

func TestWhyARecipientWasNotReached(t *testing.T) {
	const from = "From: MAILER-DAEMON@mx.example.net\nTo: notices@example.org\nSubject: Undelivered Mail Returned to Sender\n"
	report := func(text, status, original string) string {
		return from + "Content-Type: multipart/report; report-type=delivery-status; boundary=b\n\n--b\nContent-Type: text/plain\n\n" + text +
			"\n--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example.net\n\n" + status + "\n--b\nContent-Type: text/rfc822-headers\n\nTo: a@example.net\n" + original + "\n--b--\n"
	}
	one := func(status, diagnostic string) string {
		return "Final-Recipient: rfc822; a@example.net\nAction: failed\nStatus: " + status + "\nDiagnostic-Code: smtp; " + diagnostic + "\n"
	}
	for _, tt := range []struct {
		name, text string
		want       []string
	}{
		{"by the reply", report("sorry", one("5.0.0", "550 user unknown"), ""), []string{"a@example.net mailbox"}},
		{"by the reply before what people are told", report("The server is blocked by a policy.", one("5.0.0", "550 user unknown"), ""), []string{"a@example.net mailbox"}},
		{"by what people are told where the reply says nothing", report("a@example.net: the address couldn't be found", one("5.0.0", "550 no"), ""), []string{"a@example.net mailbox"}},
		{"each by what is told of it", report("<a@example.net>: user unknown\n<b@example.net>: mailbox full\n",
			one("5.0.0", "no")+"\n"+strings.ReplaceAll(one("5.0.0", "no"), "a@", "b@"), ""), []string{"a@example.net mailbox", "b@example.net full"}},
		{"by Postfix's step", report("<a@example.net>: host mx said: 550 no\n    (in reply to MAIL FROM\n    command)", one("5.1.1", "550 no"), ""), []string{"a@example.net ours"}},
		{"by Exim's step", report("  a@example.net\n    SMTP error from remote mail server after EHLO out.example.org:\n    550 no", one("5.0.0", "550 no"), ""), []string{"a@example.net ours"}},
		{"by Sendmail's step", report("   ----- Transcript of session follows -----\n>>> DATA\n<<< 550 user unknown\n", one("5.0.0", "550 user unknown"), ""), []string{"a@example.net ours"}},
		{"by none that was accepted", report(">>> MAIL From:<notices@example.org>\n<<< 250 ok\n>>> RCPT To:<a@example.net>\n<<< 550 user unknown\n", one("5.0.0", "550 user unknown"), ""), []string{"a@example.net mailbox"}},
		{"not by the subject of the letter", report("a@example.net was not reached: your mail\nis open relay spam\n", one("5.0.0", "550 no"), "Subject: is open relay spam"), []string{"a@example.net unclear"}},
		{"nor by its fields", report("a@example.net was not reached.\n> Subject: spam\n  To: blacklist\nBetreff: spam\n", one("5.0.0", "550 no"), ""), []string{"a@example.net unclear"}},
		{"nor by what is far below", report("a@example.net was not reached."+strings.Repeat("\nx x x x x x x x", maxAbout/16)+" user unknown", one("5.0.0", "550 no"), ""), []string{"a@example.net unclear"}},
		{"a delay that nothing explains", report("sorry", strings.Replace(one("4.0.0", "450 no"), "failed", "delayed", 1), ""), []string{"a@example.net network"}},
		{"no reason for what was delivered", report("user unknown", strings.Replace(one("2.0.0", "250 ok"), "failed", "delivered", 1), ""), []string{"a@example.net "}},
		{"a reply over several lines, in prose", from + "\nDelivery failed:\n\n<a@example.net>:\n550 5.1.10 no\n550 5.1.10 RESOLVER.ADR.RecipientNotFound\n", []string{"a@example.net mailbox"}},
		{"Japanese as it is", report("sorry", one("5.0.0", "\x1b$B%f!<%6!<$O8+$D$+$j$^$;$s\x1b(B"), ""), []string{"a@example.net mailbox"}},
		{"Japanese beyond repair", report("sorry", one("5.0.0", "\x1b$B%f"), ""), []string{"a@example.net unclear"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := classesOf(t, tt.text); !slices.Equal(got, tt.want) {
				t.Errorf("%q, want %q", got, tt.want)
			}
		})
	}
}

// TestNoticesNameTheLetter: what Amazon tells of a mail names it by its envelope
// sender and Message-ID, in a header or beside it.
func TestNoticesNameTheLetter(t *testing.T) {
	const notice = `{"notificationType":"Bounce","bounce":{"bounceType":"Permanent","bouncedRecipients":[{"emailAddress":"a@example.net"}]},"mail":{%s}}`
	for _, tt := range []struct {
		name, mail string
		want       []string
	}{
		{"the envelope sender", `"source":"notices+relay26-k3v9xq2m7d@example.org"`, []string{"notices+relay26-k3v9xq2m7d@example.org", "relay26-k3v9xq2m7d"}},
		{"a Message-ID beside the header", `"commonHeaders":{"messageId":"<abc123@example.org>"}`, []string{"abc123@example.org"}},
		{"a Message-ID in the header", `"headers":[{"name":"Message-ID","value":"<abc123@example.org>"}]`, []string{"abc123@example.org"}},
		{"a subject", `"commonHeaders":{"subject":"[relay26-k3v9xq2m7d] x"}`, []string{"relay26-k3v9xq2m7d"}},
	} {
		got := read(t, "From: no-reply@sns.example.com\nSubject: AWS Notification Message\n\n"+fmt.Sprintf(notice, tt.mail)+"\n")
		if got.Kind != letter.Delivery || !slices.Equal(got.Keys, tt.want) {
			t.Errorf("%s: %s %q, want %q", tt.name, got.Kind, got.Keys, tt.want)
		}
	}
	for _, text := range []string{`{"Message":"{\"Message\":\"{}\"}"}`, `{"Message":"x"}`, `{}`, `{"notificationType":`, `[]`, "x {}"} {
		if got := read(t, "From: jane@example.net\nSubject: x\n\n"+text+"\n"); got.Kind != letter.Reply {
			t.Errorf("%s is %s", text, got.Kind)
		}
	}
}
