package mailer

import (
	"bytes"
	"regexp"
	"strings"
	"testing"
	"time"

	"headsup/letter"
)

func sample() letter.Envelope {
	return letter.Envelope{
		LetterID: "relay26-1", From: "notices+relay26-1@example.org", To: "abuse@example.net", MessageID: "id@example.org",
		Mail: []byte("From: Office <notices@example.org>\r\nTo: =?utf-8?q?Caf=C3=A9?= <abuse@example.net>\r\nSubject: folded\r\n subject\r\n" +
			"Message-ID: <id@example.org>\r\nMIME-Version: 1.0\r\nContent-Type: text/plain\r\n\r\nHello\r\n"),
	}
}

func TestCheck(t *testing.T) {
	replace := func(old, new string) func(*letter.Envelope) {
		return func(e *letter.Envelope) { e.Mail = bytes.Replace(e.Mail, []byte(old), []byte(new), 1) }
	}
	for _, tt := range []struct {
		name   string
		change func(*letter.Envelope)
		want   string // part of the error, or "" if it may be sent
	}{
		{"as approved", func(*letter.Envelope) {}, ""},
		{"the domain in capitals", func(e *letter.Envelope) { e.To = "abuse@EXAMPLE.NET" }, ""},
		{"no sender", func(e *letter.Envelope) { e.From = "" }, "not a mail address"},
		{"a command in the sender", func(e *letter.Envelope) { e.From = "a@example.org>\r\nRCPT TO:<b@example.org" }, "not a mail address"},
		{"a parameter in the recipient", func(e *letter.Envelope) { e.To = "abuse@example.net> NOTIFY=NEVER" }, "not a mail address"},
		{"NUL in the recipient", func(e *letter.Envelope) { e.To = "abuse\x00@example.net" }, "not a mail address"},
		{"two recipients", func(e *letter.Envelope) { e.To = "abuse@example.net,b@example.net" }, "not a mail address"},
		{"a route", func(e *letter.Envelope) { e.To = "a@b@example.net" }, "not a mail address"},
		{"a domain that is not ASCII", func(e *letter.Envelope) { e.To = "abuse@müller.example" }, "not a mail address"},
		{"an endless recipient", func(e *letter.Envelope) { e.To = "a@" + strings.Repeat("x", 255) }, "not a mail address"},
		{"somebody else in the envelope", func(e *letter.Envelope) { e.To = "noc@example.net" }, "the envelope to noc@example.net"},
		{"two people in To", replace("<abuse@example.net>", "<abuse@example.net>, noc@example.net"), "the envelope to"},
		{"another Message-ID", func(e *letter.Envelope) { e.MessageID = "other@example.org" }, "not <other@example.org>"},
		{"a fold before the Message-ID", replace("Message-ID: <", "Message-ID:\r\n <"), ""},
		{"no subject", replace("Subject: folded\r\n subject\r\n", ""), "no Subject"},
		{"two senders", replace("To:", "from: x@example.org\r\nTo:"), "2 fields From"},
		{"a date", replace("To:", "DATE: today\r\nTo:"), "has Date before"},
		{"a blind copy", replace("To:", "Bcc: x@example.org\r\nTo:"), "has Bcc before"},
		{"a signature", replace("To:", "DKIM-Signature: v=1\r\nTo:"), "has Dkim-Signature before"},
		{"a bare LF", replace("Hello\r\n", "Hello\nagain\r\n"), "line 9 holds a bare"},
		{"a bare CR", replace("Hello", "Hel\rlo"), "line 9 holds a bare"},
		{"NUL in the text", replace("Hello", "Hel\x00lo"), "line 9 holds a bare"},
		{"the dot of another system", replace("Hello\r\n", "Hello\n.\nMAIL FROM:<x@example.org>\r\n"), "line 9 holds a bare"},
		{"a line that is as long as may be", replace("Hello", strings.Repeat("x", 998)), ""},
		{"a line that is longer", replace("Hello", strings.Repeat("x", 999)), "line 9 is 999 bytes"},
		{"an unfinished last line", replace("Hello\r\n", "Hello"), "does not end in CRLF"},
		{"one character behind the last line", replace("Hello\r\n", "Hello\r\nx"), "line 10 does not end in CRLF"},
		{"a tab in a field", replace("folded", "fol\tded"), ""},
		{"a fold that begins with a tab", replace("\r\n subject", "\r\n\tsubject"), ""},
		{"no text at all", func(e *letter.Envelope) { e.Mail = nil }, "no empty line"},
		{"no empty line", replace("\r\n\r\nHello", "\r\nHello: x"), "no empty line"},
		{"a header that is not ASCII", replace("folded", "größer"), "not printable ASCII"},
		{"a line that is no field", replace("Subject: folded", "Subject folded"), "not a field"},
		{"a field that begins with a blank", replace("From:", " From:"), "not a field"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			e := sample()
			tt.change(&e)
			err := check(e)
			if tt.want == "" && err != nil || tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want)) {
				t.Errorf("check = %v, want %q", err, tt.want)
			}
		})
	}
}

// TestEachFieldOfTheHeader takes away what must be there, doubles what may be
// there once, and adds what only we may add.
func TestEachFieldOfTheHeader(t *testing.T) {
	refused := func(what, text, want string) {
		t.Helper()
		e := sample()
		if e.Mail = []byte(text); string(sample().Mail) == text {
			t.Fatalf("%s: nothing changed", what)
		}
		if err := check(e); err == nil || err.Error() != want {
			t.Errorf("%s: %v, want %q", what, err, want)
		}
	}
	text := string(sample().Mail)
	for _, name := range []string{"From", "To", "Subject", "Message-Id", "Mime-Version", "Content-Type"} {
		field := regexp.MustCompile(`(?i)(?m)^` + name + `: .*\r\n( .*\r\n)*`)
		refused("without "+name, field.ReplaceAllString(text, ""), "no "+name+" in the header")
	}
	for _, name := range []string{"From", "Sender", "Reply-To", "To", "Cc", "Subject", "Message-Id", "In-Reply-To", "References",
		"Mime-Version", "Content-Type", "Content-Transfer-Encoding", "List-Unsubscribe", "List-Unsubscribe-Post"} {
		n := 2
		if has := regexp.MustCompile(`(?i)(?m)^` + name + `: `); has.MatchString(text) {
			n = 1
		}
		refused("with two "+name, strings.Repeat(strings.ToUpper(name)+": x\r\n", n)+text, "2 fields "+name+" in the header")
	}
	for _, name := range []string{"Date", "Bcc", "Return-Path", "Received", "Dkim-Signature"} {
		refused("with "+name, name+": x\r\n"+text, "the header has "+name+" before it is sent")
	}
}

func TestStampAddsOnlyADate(t *testing.T) {
	e := sample()
	before := bytes.Clone(e.Mail)
	got, err := stamp(nil, e.Mail, time.Date(2026, 3, 1, 11, 0, 0, 0, time.FixedZone("", 3600)), nil)
	if err != nil {
		t.Fatal(err)
	}
	if want := "Date: Sun, 01 Mar 2026 10:00:00 +0000\r\n" + string(before); string(got) != want {
		t.Errorf("stamped\n%q, want\n%q", got, want)
	}
	if !bytes.Equal(e.Mail, before) {
		t.Error("the approved bytes changed")
	}
}

func TestStuff(t *testing.T) {
	for _, tt := range []struct{ in, want string }{
		{"a\r\n", "a\r\n"},
		{".\r\n", "..\r\n"},
		{"a\r\n.\r\nb\r\n", "a\r\n..\r\nb\r\n"},
		{"..\r\n..\r\n", "...\r\n...\r\n"},
		{"a.\r\n", "a.\r\n"},
	} {
		if got := string(stuff([]byte(tt.in))); got != tt.want {
			t.Errorf("stuff(%q) = %q, want %q", tt.in, got, tt.want)
		}
	}
}

func TestXtext(t *testing.T) {
	if got, want := xtext("a+b=c d\x00é~"), "a+2Bb+3Dc+20d+00+C3+A9~"; got != want {
		t.Errorf("xtext = %q, want %q", got, want)
	}
}

func TestRefusal(t *testing.T) {
	for _, tt := range []struct {
		code  int
		text  string
		state letter.State
		slow  bool
	}{
		{421, "closing", letter.Deferred, true},
		{421, "4.7.1 Greylisted, closing", letter.Deferred, false},
		{450, "4.3.0 disk", letter.Deferred, true},
		{450, "4.3.12 what the RFC does not know", letter.Deferred, true},
		{450, "4.4.5 congestion", letter.Deferred, true},
		{450, "4.4.1 no answer from the next host", letter.Deferred, false},
		{450, "4.2.2 mailbox full", letter.Deferred, false},
		{450, "4.7.0 policy", letter.Deferred, true},
		{450, "throttled", letter.Deferred, true},
		{450, "Message temporarily deferred", letter.Deferred, true},
		{450, "you send too fast", letter.Deferred, true},
		{450, "server busy", letter.Deferred, true},
		{450, "Try later", letter.Deferred, true},
		{450, "please try again later", letter.Deferred, true},
		{450, "separate mailboxes", letter.Deferred, false}, // no rate
		{399, "what?", letter.Deferred, false},
		{550, "5.1.7 bad sender's address syntax", letter.Deferred, true},
		{550, "5.1.6 mailbox has moved", letter.Failed, false},
		{550, "5.7.13 account disabled", letter.Failed, false},
		{550, "5.7.18 domain owner has changed", letter.Failed, false},
		{550, "5.7.19 cannot check the owner", letter.Failed, false},
		{550, "try again later", letter.Failed, false},
		{530, "log in", letter.Deferred, true},
		{534, "mechanism too weak", letter.Deferred, true},
		{538, "encryption wanted", letter.Deferred, true},
		{502, "not implemented", letter.Failed, false},
		{450, "4.2.0 Greylisted for 300 seconds", letter.Deferred, false},
		{451, "4.7.1 Gray-listed, try again later", letter.Deferred, false},
		{450, "4.2.1 The user is receiving mail at a rate that", letter.Deferred, true},
		{451, "4.7.500 Server busy", letter.Deferred, true},
		{451, "Too many messages, slow", letter.Deferred, true},
		{452, "4.2.2 mailbox full", letter.Deferred, false},
		{451, "temporary local problem", letter.Deferred, false},
		{550, "5.1.1 no such user", letter.Failed, false},
		{550, "no such user", letter.Failed, false},
		{552, "5.3.4 too big", letter.Failed, false},
		{554, "5.7.1 blocked using zen.dnsbl.example", letter.Deferred, true},
		{550, "5.7.26 unauthenticated", letter.Deferred, true},
		{550, "5.7.606 access denied, banned sending IP", letter.Deferred, true},
		{550, "5.7.17 mailbox owner has changed", letter.Failed, false},
		{550, "5.7.2 list expansion prohibited", letter.Failed, false},
		{553, "5.1.8 sender address rejected", letter.Deferred, true},
		{535, "bad credentials", letter.Deferred, true},
		{503, "bad sequence", letter.Deferred, true},
		{250, "what?", letter.Deferred, false},
		{354, "what?", letter.Deferred, false},
	} {
		o := refusal(letter.Connected, "RCPT", reply{tt.code, tt.text})
		if o.State != tt.state || o.Slow != tt.slow || o.Code != tt.code || o.Text != "RCPT: "+tt.text {
			t.Errorf("%d %s gives %+v, want %s, slow %v", tt.code, tt.text, o, tt.state, tt.slow)
		}
	}
}

// TestRefusedAtMAIL: the server knows the sender alone then.
func TestRefusedAtMAIL(t *testing.T) {
	for _, tt := range []struct {
		code  int
		text  string
		state letter.State
		slow  bool
	}{
		{550, "no such user", letter.Deferred, true},
		{550, "5.1.1 no such user", letter.Deferred, true},
		{552, "too large", letter.Failed, false},
		{554, "5.3.4 too large", letter.Failed, false},
		{554, "5.2.3 too large", letter.Failed, false},
		{451, "too large just now", letter.Deferred, false},
		{452, "4.3.1 no room", letter.Deferred, true},
	} {
		o := refusal(letter.Connected, "MAIL", reply{tt.code, tt.text})
		if o.State != tt.state || o.Slow != tt.slow {
			t.Errorf("%d %s gives %+v, want %s, slow %v", tt.code, tt.text, o, tt.state, tt.slow)
		}
	}
}

func TestCleanMakesOnePrintableLine(t *testing.T) {
	for _, tt := range []struct{ in, want string }{
		{"ok\nsecond\tline ", "ok second line"},
		{"\x1b[31mred\x00\xff", "[31mred?"},
		{"right\u202eto\u2066left", "righttoleft"},
		{"größer", "größer"},
		{"a\u200fb\u061cc\u200bd\u2060e\ue000f\U000e0041g", "abcdefg"}, // marks of direction and width, private use, a tag
		{strings.Repeat("ä", 300), strings.Repeat("ä", 250)},
		{"x" + strings.Repeat("ä", 300), "x" + strings.Repeat("ä", 249)},
	} {
		if got := clean(tt.in); got != tt.want {
			t.Errorf("clean(%q) = %q, want %q", tt.in, got, tt.want)
		}
	}
}

func FuzzCheck(f *testing.F) {
	f.Add(sample().Mail, "abuse@example.net")
	f.Add([]byte(": \r\n\r\n"), "a@b")
	f.Fuzz(func(t *testing.T, mail []byte, to string) {
		e := sample()
		e.Mail, e.To = mail, to
		if check(e) != nil {
			return
		}
		message, err := stamp(nil, e.Mail, time.Unix(0, 0), nil)
		if err != nil {
			t.Fatal(err)
		}
		if strings.ContainsAny(e.To, " <>\r\n\x00") {
			t.Errorf("recipient %q was let through", e.To)
		}
		if sent := stuff(message); bytes.Contains(sent, []byte("\r\n.\r\n")) || bytes.Contains(sent, []byte("\n.\n")) {
			t.Errorf("a dot ends the message early: %q", sent)
		}
	})
}
