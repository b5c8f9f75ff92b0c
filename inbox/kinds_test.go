package inbox

import (
	"bytes"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"headsup/letter"
)

func crlf(s string) string { return strings.ReplaceAll(s, "\n", "\r\n") }

// dsn is a report in the standard form about one recipient.
func dsn(fields string) string {
	return `From: MAILER-DAEMON@mx.example.net (Mail Delivery System)
To: notices+relay26-k3v9xq2m7d@example.org
Return-Path: <>
Subject: Undelivered Mail Returned to Sender
Message-ID: <report-1@mx.example.net>
Date: Mon, 02 Mar 2026 09:00:00 +0100
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

I am sorry.
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.net
Original-Envelope-Id: relay26-k3v9xq2m7d

` + fields + `
--b
Content-Type: text/rfc822-headers

Return-Path: <notices+relay26-k3v9xq2m7d@example.org>
Message-ID: <abc123@example.org>
To: abuse@example.net
Subject: [relay26-k3v9xq2m7d] Open relay
--b--
`
}

const head = "From: Jane <jane@example.net>\nTo: answers+relay26-k3v9xq2m7d@example.org\nMessage-ID: <m1@example.net>\n"

func TestRead(t *testing.T) {
	one := func(action letter.Action, status string, class letter.Class, text string) []letter.Recipient {
		return []letter.Recipient{{Address: "abuse@example.net", Action: action, Status: status, Class: class, Text: text}}
	}
	for _, tt := range []struct {
		name, text string
		kind       letter.ReturnKind
		recipients []letter.Recipient
	}{
		{"a standard failure", dsn("Final-Recipient: rfc822; abuse@example.net\nAction: failed\nStatus: 5.1.1\nDiagnostic-Code: smtp; 550 5.1.1 no such user\n"),
			letter.Delivery, one(letter.ActionFailed, "5.1.1", letter.ClassMailbox, "550 5.1.1 no such user")},
		{"a standard delay", dsn("Final-Recipient: rfc822; abuse@example.net\nAction: delayed\nStatus: 4.4.1\n"), letter.Delivery, one(letter.ActionDelayed, "4.4.1", letter.ClassNetwork, "")},
		{"a success", dsn("Final-Recipient: rfc822; abuse@example.net\nAction: relayed\nStatus: 2.1.5\n"), letter.Delivery, one(letter.ActionRelayed, "2.1.5", "", "")},
		{"a failure in bad form", dsn("Original-Recipient : rfc/822;<abuse@example.net>\nACTION : Failed (gone)\nStatus : 5.0.0 (x)\n"), letter.Delivery, one(letter.ActionFailed, "5.0.0", letter.ClassUnclear, "")},
		{"no action, but a status", dsn("Final-Recipient: rfc822; abuse@example.net\nStatus: 5.2.2\n"), letter.Delivery, one(letter.ActionFailed, "5.2.2", letter.ClassFull, "")},
		{"an action that a stranger invented", dsn("Final-Recipient: rfc822; abuse@example.net\nAction: complaint\nStatus: 4.2.2\n"), letter.Delivery, one(letter.ActionDelayed, "4.2.2", letter.ClassFull, "")},
		{"a word of the server's own that says failed", dsn("Final-Recipient: rfc822; abuse@example.net\nAction: Expired\nStatus: 4.4.7\n"), letter.Delivery, one(letter.ActionFailed, "4.4.7", letter.ClassNetwork, "")},
		{"one that says delayed", dsn("Final-Recipient: rfc822; abuse@example.net\nAction: deferred\nStatus: 5.4.1\n"), letter.Delivery, one(letter.ActionDelayed, "5.4.1", letter.ClassNetwork, "")},
		{"one that says delivered", dsn("Final-Recipient: rfc822; abuse@example.net\nAction: deliverable\n"), letter.Delivery, one(letter.ActionDelivered, "", "", "")},
		{"a stranger's word with a status that failed", dsn("Final-Recipient: rfc822; abuse@example.net\nAction: approved\nStatus: 5.1.1\n"), letter.Delivery, one(letter.ActionFailed, "5.1.1", letter.ClassMailbox, "")},
		{"no action and no status", dsn("Final-Recipient: rfc822; abuse@example.net\n"), letter.Delivery, one(letter.ActionDelayed, "", letter.ClassNetwork, "")},
		{"two recipients without a line between them", dsn("Final-Recipient: rfc822; abuse@example.net\nAction: failed\nStatus: 5.1.1\nFinal-Recipient: rfc822; noc@example.net\nAction: delayed\nStatus: 4.2.2\n"),
			letter.Delivery, append(one(letter.ActionFailed, "5.1.1", letter.ClassMailbox, ""), letter.Recipient{Address: "noc@example.net", Action: letter.ActionDelayed, Status: "4.2.2", Class: letter.ClassFull})},
		{"words of a server that has no such user",
			"Return-Path: <>\nFrom: MAILER-DAEMON@mx.example.net\nTo: notices@example.org\nSubject: failure notice\n\nSorry.\n\n<abuse@example.net>:\nNo such user here. (#5.1.1)\n\n--- Below this line is a copy of the message.\n\nReturn-Path: <notices@example.org>\nMessage-ID: <abc123@example.org>\nTo: abuse@example.net\n\nhello\n",
			letter.Delivery, one(letter.ActionFailed, "5.1.1", letter.ClassMailbox, "No such user here. (#5.1.1)")},
		{"words of a server that could not connect",
			"From: Mail Delivery Subsystem <mailer-daemon@mx.example.net>\nTo: notices@example.org\nX-Failed-Recipients: abuse@example.net\nSubject: Delivery Status Notification (Failure)\n\nDelivery failed permanently:\n\n  abuse@example.net\n\nConnection timed out\n",
			letter.Delivery, []letter.Recipient{{Address: "abuse@example.net", Action: letter.ActionDelayed, Class: letter.ClassNetwork, Text: "Connection timed out", GivenUp: true}}},
		{"words of a server that gave up, with a status",
			"From: MAILER-DAEMON@mx.example.net\nTo: notices@example.org\nSubject: failure notice\n\nThis is a permanent error; I've given up.\n\n<abuse@example.net>:\nI wasn't able to establish an SMTP connection. (#4.4.1)\n",
			letter.Delivery, []letter.Recipient{{Address: "abuse@example.net", Action: letter.ActionFailed, Status: "4.4.1", Class: letter.ClassNetwork, Text: "I wasn't able to establish an SMTP connection. (#4.4.1)", GivenUp: true}}},
		{"words of a server that do not say about whom",
			"From: MAILER-DAEMON@mx.example.net\nTo: notices+relay26-k3v9xq2m7d@example.org\nSubject: Returned mail\n\nYour message could not be delivered.\n2.1.0 then 5.7.1 blocked\nQuestions? helpdesk@example.net\n",
			letter.Delivery, []letter.Recipient{{Action: letter.ActionFailed, Status: "5.7.1", Class: letter.ClassOurs, Text: "2.1.0 then 5.7.1 blocked"}}},
		{"words of a server that still tries",
			"From: MAILER-DAEMON@mx.example.net\nTo: notices@example.org\nSubject: Warning: could not send message for past 4 hours\n\nabuse@example.net: user unknown\nWe will keep trying for 5 days.\n",
			letter.Delivery, one(letter.ActionDelayed, "", letter.ClassMailbox, "abuse@example.net: user unknown")},
		{"words of a server that delivered",
			"From: MAILER-DAEMON@mx.example.net\nTo: notices@example.org\nSubject: Delivery Status Notification (Success)\n\nYour message was delivered to\n\nabuse@example.net\n",
			letter.Delivery, one(letter.ActionDelivered, "", "", "")},
		{"a complaint", "From: fbl@example.net\nTo: notices@example.org\nSubject: report\nMIME-Version: 1.0\nContent-Type: multipart/report; report-type=feedback-report; boundary=b\n\n--b\nContent-Type: text/plain\n\nspam\n--b\nContent-Type: message/feedback-report\n\nFeedback-Type: abuse\nOriginal-Rcpt-To: abuse@example.net\n--b\nContent-Type: message/rfc822\n\nMessage-ID: <abc123@example.org>\n\nx\n--b--\n",
			letter.Complaint, []letter.Recipient{{Address: "abuse@example.net", Text: "abuse"}}},
		{"a vacation with an empty sender", "Return-Path: <>\n" + head + "Subject: Automatic reply: Open relay\n\nI could not be delivered, user unknown, 550 5.1.1 noc@example.net\n", letter.AutoReply, nil},
		{"a vacation that says so", head + "Auto-Submitted: auto-replied\nSubject: Re: Open relay\n\nAway.\n", letter.AutoReply, nil},
		{"a ticket from a postmaster", "From: Postmaster <postmaster@example.net>\nTo: notices@example.org\nIn-Reply-To: <abc123@example.org>\nAuto-Submitted: auto-generated\nSubject: [Ticket 12] received\n\nRequests from blocked networks are rejected. noc@example.net\n", letter.AutoReply, nil},
		{"an empty sender that says nothing of failure", "Return-Path: <>\n" + head + "Subject: Thank you\n\nWe know: the user unknown replies of noc@example.net are ours.\n", letter.AutoReply, nil},
		{"a person who answers", head + "Subject: Re: [relay26-k3v9xq2m7d] Open relay\nIn-Reply-To: <abc123@example.org>\n\nFixed, thanks. The user unknown error is gone.\n", letter.Reply, nil},
		{"a person who quotes a failure", head + "Subject: Re: Undelivered Mail Returned to Sender\n\nI got this:\n> <abuse@example.net>: 550 5.1.1 user unknown\n", letter.Reply, nil},
		{"a person who quotes our words on stopping", head + "Subject: Re: Open relay\n\nWho are you?\n\nOn Monday, Office wrote:\nunsubscribe: mail us\n", letter.Reply, nil},
		{"a person who does not want to stop anything", head + "Subject: Re: Open relay\n\nWe stopped the server.\n", letter.Reply, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			for _, text := range []string{tt.text, crlf(tt.text), "From mx Mon Mar  2 09:00:00 2026\n" + tt.text} {
				got, err := Read(strings.NewReader(text))
				if err != nil {
					t.Fatal(err)
				}
				if got.Kind != tt.kind {
					t.Errorf("kind is %s, want %s", got.Kind, tt.kind)
				}
				if diff := cmp.Diff(tt.recipients, got.Recipients); diff != "" {
					t.Errorf("recipients (-want +got):\n%s", diff)
				}
			}
		})
	}
}

func TestKeysNameTheLetterSurestFirst(t *testing.T) {
	got, err := Read(strings.NewReader(dsn("Final-Recipient: rfc822; abuse@example.net\nAction: failed\n")))
	if err != nil {
		t.Fatal(err)
	}
	want := letter.Return{
		Kind: letter.Delivery, Recipients: []letter.Recipient{{Address: "abuse@example.net", Action: letter.ActionFailed, Class: letter.ClassUnclear}},
		Keys:      []string{"notices+relay26-k3v9xq2m7d@example.org", "relay26-k3v9xq2m7d", "abc123@example.org"},
		MessageID: "report-1@mx.example.net", Ref: "report-1@mx.example.net", From: "MAILER-DAEMON@mx.example.net", Subject: "Undelivered Mail Returned to Sender",
		Date: time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC), Text: "I am sorry.",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	got, err = Read(strings.NewReader(head + "In-Reply-To: <abc123@example.org>\nReferences: <x@example.org>\n <abc123@example.org>\nSubject: Re: =?utf-8?q?=5Brelay26-k3v9xq2m7d=5D_Open?= relay\n\nDone\x1b[31m.\n\nOn Monday, Office wrote:\n> old\n"))
	if err != nil {
		t.Fatal(err)
	}
	wantKeys := []string{"answers+relay26-k3v9xq2m7d@example.org", "relay26-k3v9xq2m7d", "abc123@example.org", "x@example.org"}
	if !slices.Equal(got.Keys, wantKeys) || got.Text != "Done[31m." {
		t.Errorf("keys %q, text %q", got.Keys, got.Text)
	}
}

func TestReadRefusesWhatIsNoMail(t *testing.T) {
	for _, text := range []string{"", "\r\n\r\n", "hello\n", "\x00\xff\xfe"} {
		if got, err := Read(strings.NewReader(text)); err == nil {
			t.Errorf("%q was read as %+v", text, got)
		}
	}
}

// TestMailThatMeansHarm reads what is made to take time or room. Whatever is
// beyond the caps is left out; what is said before it counts.
func TestMailThatMeansHarm(t *testing.T) {
	if testing.Short() {
		t.Skip("nothing runs side by side here, and it is long")
	}
	const from = "From: MAILER-DAEMON@mx.example.net\nSubject: Undelivered\n"
	const says = "\n\n<user@example.net>: 550 5.1.1 no such user\n"
	for _, tt := range []struct{ name, text, want string }{
		{"parts in parts", from + "Content-Type: multipart/mixed; boundary=b\n\n--b" + strings.Repeat("\nContent-Type: multipart/mixed; boundary=b\n\n--b", 2000) + says, ""},
		{"letters in letters", from + "Content-Type: message/rfc822" + strings.Repeat("\n\nContent-Type: message/rfc822", 10_000) + says, ""},
		{"many parts", from + "Content-Type: multipart/mixed; boundary=b\n" + strings.Repeat("\n--b\n\nContent-Type: text/plain"+says, 20_000), "user@example.net"},
		{"a large body", from + says + strings.Repeat("abuse@example.net, ", 1_000_000), "user@example.net"},
		{"many fields", from + strings.Repeat("X-A: b\n", 50_000) + says, "user@example.net"},
		{"a field without end", from + "X-A: b\n" + strings.Repeat(" c\n", 1_000_000) + says, "user@example.net"},
		{"many recipients", from + "To: " + strings.Repeat("a@example.net, ", 200_000) + says, "user@example.net"},
		{"tags that never end", from + "Content-Type: text/html" + says + strings.Repeat("<style ", 500_000), "user@example.net"},
		{"words that never end", from + "X-A: " + strings.Repeat("=?utf-8?q?a?= ", 200_000) + says, "user@example.net"},
		{"a charset that is none", from + "Content-Type: text/plain; charset=\"\x00\"" + says, "user@example.net"},
		{"NUL bytes and control characters", from + "\n\x00\x00\x1b[31m\n" + says, "user@example.net"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			start := time.Now()
			got, err := Read(strings.NewReader(tt.text))
			took := time.Since(start)
			runtime.ReadMemStats(&after)
			if err != nil || got.Kind != letter.Delivery && got.Kind != letter.AutoReply || took > time.Minute || after.TotalAlloc-before.TotalAlloc > 2<<30 {
				t.Errorf("%s, %v, %v, %d MB", got.Kind, err, took, (after.TotalAlloc-before.TotalAlloc)>>20)
			}
			if tt.want != "" && !slices.ContainsFunc(got.Recipients, func(r letter.Recipient) bool { return r.Address == tt.want }) {
				t.Errorf("%+v, want %s", got.Recipients, tt.want)
			}
		})
	}
}

func FuzzRead(f *testing.F) {
	f.Add([]byte(dsn("Final-Recipient: rfc822; abuse@example.net\nAction: failed\n")))
	f.Add([]byte(head + "Content-Type: text/html; charset=iso-2022-jp\n\n<b>x"))
	f.Add([]byte("Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\nx"))
	f.Fuzz(func(t *testing.T, text []byte) {
		got, err := Read(bytes.NewReader(text))
		if err != nil {
			return
		}
		for _, s := range append([]string{got.From, got.Subject, got.MessageID, strings.ReplaceAll(got.Text, "\n", "")}, got.Keys...) {
			if s != clean(s) && len(s) <= maxValue {
				t.Errorf("%q is not printable", s)
			}
		}
		for _, r := range got.Recipients {
			if r.Address != clean(r.Address) || r.Text != clean(r.Text) || len(r.Action) > 100 {
				t.Errorf("recipient %+v", r)
			}
		}
		if len(got.Keys) > maxKeys || len(got.Recipients) > maxRecipients {
			t.Errorf("%d keys, %d recipients", len(got.Keys), len(got.Recipients))
		}
	})
}

func TestMailbox(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) string {
		name = filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return name
	}
	write("maildir/new/2.b", "Subject: two\n\n2\n")
	write("maildir/new/1.a", "Subject: one\n\nFrom here: on\n")
	write("maildir/new/.hidden", "x")
	write("maildir/cur/0.z:2,S", "Subject: old\n\n")
	box := filepath.Join(dir, "maildir")
	for _, tt := range []struct {
		name, path string
		want       []string
	}{
		{"a Maildir, in order", box, []string{"Subject: one\n\nFrom here: on\n", "Subject: two\n\n2\n"}},
		{"one message", write("one.eml", "Subject: one\n\nFrom here: on\n"), []string{"Subject: one\n\nFrom here: on\n"}},
		{"an mbox", write("mbox", "From a Mon Mar  2 09:00:00 2026\nSubject: one\n\n>From me\nFrom him: no\n\nFrom b Mon Mar  2 09:00:01 2026\nSubject: two\n\n2\n"),
			[]string{"Subject: one\n\nFrom me\nFrom him: no\n\n", "Subject: two\n\n2\n"}},
		{"nothing in it", write("empty", ""), nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var got []string
			for m, err := range Mailbox(tt.path) {
				if err != nil {
					t.Fatal(err)
				}
				got = append(got, string(m.Text))
			}
			if !slices.Equal(got, tt.want) {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
	for m, err := range Mailbox(box) {
		if err != nil {
			t.Fatal(err)
		}
		if err := m.Seen(); err != nil {
			t.Fatal(err)
		}
	}
	for m := range Mailbox(box) {
		t.Errorf("%s was seen and is there again", m.Name)
	}
	if _, err := os.Stat(filepath.Join(box, "cur", "1.a:2,S")); err != nil {
		t.Error(err)
	}
	for _, path := range []string{filepath.Join(dir, "none"), dir} {
		n := 0
		for _, err := range Mailbox(path) {
			if n++; err == nil {
				t.Errorf("%s is no mailbox", path)
			}
		}
		if n != 1 {
			t.Errorf("%s: %d answers, want one error", path, n)
		}
	}
}
