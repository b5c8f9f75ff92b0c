package mailer_test

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"os/exec"
	"strings"
	"testing"

	"headsup/letter"
	"headsup/mailer"
	"headsup/mailer/postfixtest"
)

// withAttachment makes the nth letter with a PDF-like attachment of 100 KB.
func withAttachment(n int) letter.Envelope {
	e := envelope(n)
	head, text, _ := strings.Cut(string(e.Mail), "\r\n\r\n")
	head = strings.Replace(head, "Content-Type: text/plain; charset=utf-8", `Content-Type: multipart/mixed; boundary="relay.1"`, 1)
	data := base64.StdEncoding.EncodeToString(attachment(n))
	var b strings.Builder
	fmt.Fprintf(&b, "%s\r\n\r\n--relay.1\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n%s\r\n--relay.1\r\n", head, text)
	b.WriteString("Content-Type: application/pdf; name=letter.pdf\r\nContent-Disposition: attachment; filename=letter.pdf\r\n" +
		"Content-Transfer-Encoding: base64\r\n\r\n")
	for len(data) > 76 {
		b.WriteString(data[:76] + "\r\n")
		data = data[76:]
	}
	b.WriteString(data + "\r\n--relay.1--\r\n")
	e.Mail = []byte(b.String())
	return e
}

func attachment(n int) []byte { return bytes.Repeat(fmt.Appendf(nil, "%%PDF %d\n", n), 100_000/8) }

// python says of each message file what its mail parser thinks of it.
const python = `
import email, email.policy, hashlib, json, sys
for name in sys.argv[1:]:
    m = email.message_from_binary_file(open(name, 'rb'), policy=email.policy.default)
    defects = [repr(d) for p in m.walk() for d in p.defects]
    for field in m.values(): defects += [repr(d) for d in getattr(field, 'defects', [])]
    files = [hashlib.sha256(a.get_content()).hexdigest() for a in m.iter_attachments()]
    print(json.dumps({'id': m['Message-ID'], 'to': m['Delivered-To'], 'path': m['Return-Path'], 'dates': len(m.get_all('Date', [])),
        'signatures': len(m.get_all('DKIM-Signature', [])), 'text': m.get_body().get_content(), 'defects': defects, 'files': files}))
`

type parsed struct {
	ID, To, Path, Text string
	Dates, Signatures  int
	Defects, Files     []string
}

func TestPostfixGetsEachLetterOnce(t *testing.T) {
	server := postfixtest.Start(t, postfixtest.Options{})
	rsaKey, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	_, edKey, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	const letters = 60
	box := newMemory(letters)
	for i := range box.letters {
		box.letters[i].e = withAttachment(i + 1)
	}
	// Stopped after a few letters, again and again, and started again.
	for runs := 1; ; runs++ {
		p, err := mailer.NewSMTP(server.Settings, mailer.Key{Domain: "example.org", Selector: "r", Signer: rsaKey},
			mailer.Key{Domain: "example.org", Selector: "e", Signer: edKey})
		if err != nil {
			t.Fatal(err)
		}
		ctx, stop := context.WithCancel(t.Context())
		done := 0
		err = mailer.Run(ctx, box, p, mailer.Options{Connections: 3, Drain: true, Notify: func(_ letter.Envelope, o letter.Outcome) {
			if done++; done == 7*runs {
				stop()
			}
		}})
		stop()
		p.Close()
		for _, l := range box.letters {
			if l.state == letter.Deferred { // stopped before the dot
				l.state = letter.Approved
			}
		}
		if err == nil {
			t.Logf("sent in %d runs", runs)
			break
		}
		if !errors.Is(err, context.Canceled) {
			t.Fatal(err)
		}
	}
	if n := count(t, box, letter.Sent); n != letters {
		t.Errorf("%d of %d letters are sent: %v", n, letters, box.states())
	}
	checkDelivered(t, box, server.Wait(letters))
	if t.Failed() {
		t.Log(server.Log())
	}
}

// checkDelivered has Python read what was delivered: each letter once, whole, without defects.
func checkDelivered(t *testing.T, box *memory, files []string) {
	t.Helper()
	out, err := exec.Command("python3", append([]string{"-c", python}, files...)...).Output()
	if err != nil {
		t.Fatalf("python3: %v", err)
	}
	got := map[string][]parsed{}
	for dec := json.NewDecoder(bytes.NewReader(out)); dec.More(); {
		var p parsed
		if err := dec.Decode(&p); err != nil {
			t.Fatal(err)
		}
		got[p.ID] = append(got[p.ID], p)
	}
	if len(files) != len(box.letters) {
		t.Errorf("%d messages delivered, want %d", len(files), len(box.letters))
	}
	for i, l := range box.letters {
		copies := got["<"+l.e.MessageID+">"]
		if len(copies) != 1 {
			t.Errorf("%s was delivered %d times", l.e.LetterID, len(copies))
			continue
		}
		p := copies[0]
		if p.To != l.e.To || p.Path != "<"+l.e.From+">" || p.Dates != 1 || p.Signatures != 2 || len(p.Defects) > 0 {
			t.Errorf("%s was delivered as %+v", l.e.LetterID, p)
		}
		if want := "Dear team,\n.\n..two dots\nbye\n"; p.Text != want {
			t.Errorf("%s reads %q, want %q", l.e.LetterID, p.Text, want)
		}
		if want := fmt.Sprintf("%x", sha256.Sum256(attachment(i+1))); len(p.Files) != 1 || p.Files[0] != want {
			t.Errorf("%s has attachments %v, want %s", l.e.LetterID, p.Files, want)
		}
	}
}

func TestPostfixRefusesAWrongPassword(t *testing.T) {
	server := postfixtest.Start(t, postfixtest.Options{})
	server.Settings.User = "stranger@mail.example"
	p, err := mailer.NewSMTP(server.Settings)
	if err != nil {
		t.Fatal(err)
	}
	o := p.Send(t.Context(), envelope(1), func() error { return nil })
	if o.State != letter.Deferred || o.Phase != letter.Claimed || o.Code != 535 {
		t.Errorf("outcome %+v, want deferred with 535", o)
	}
}

// TestPostfixPassesOnTheSealed has a real server carry a signed letter.
func TestPostfixPassesOnTheSealed(t *testing.T) {
	server := postfixtest.Start(t, postfixtest.Options{})
	p, err := mailer.NewSMTP(server.Settings)
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	openssl, seal, ca := mailer.OpenSSLSeal(t)
	e := envelope(1)
	if o := mailer.Sealed(p, seal).Send(t.Context(), e, func() error { return nil }); o.State != letter.Sent {
		t.Fatalf("outcome %+v", o)
	}
	files := server.Wait(1)
	if len(files) != 1 {
		t.Fatalf("%d messages", len(files))
	}
	out, err := exec.Command(openssl, "cms", "-verify", "-in", files[0], "-CAfile", ca, "-purpose", "smimesign").CombinedOutput()
	if err != nil || !strings.Contains(string(out), "..two dots") {
		t.Errorf("openssl: %v\n%s", err, out)
	}
}

// TestTakenReadsWhatPostfixLogs has a real server write the log.
func TestTakenReadsWhatPostfixLogs(t *testing.T) {
	for _, tt := range []struct{ name, config string }{
		{"as it is installed", ""},
		{"one of several, with long queue IDs", "syslog_name = mx1/out\nenable_long_queue_ids = yes\n"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			server := postfixtest.Start(t, postfixtest.Options{Config: tt.config})
			p, err := mailer.NewSMTP(server.Settings)
			if err != nil {
				t.Fatal(err)
			}
			defer p.Close()
			senders := map[string]string{}
			for n, field := range []string{"Message-ID: <%s>", "message-id:<%s>", "Message-ID:\r\n <%s>", "Message-ID: \r\n\t<%s>"} {
				e := envelope(n)
				if n == 0 {
					old := e.MessageID
					e.MessageID = "relay26@" + strings.Repeat("a-long-name.", 60) + "example.org"
					e.Mail = bytes.Replace(e.Mail, []byte(old), []byte(e.MessageID), 1)
				}
				e.Mail = bytes.Replace(e.Mail, fmt.Appendf(nil, "Message-ID: <%s>", e.MessageID), fmt.Appendf(nil, field, e.MessageID), 1)
				if o := p.Send(t.Context(), e, func() error { return nil }); o.State != letter.Sent {
					t.Fatalf("outcome %+v", o)
				}
				senders[e.MessageID] = e.From
			}
			server.Wait(len(senders))
			proof, err := mailer.Taken(strings.NewReader(server.Log()), senders)
			if err != nil || len(proof) != len(senders) {
				t.Errorf("%d of %d: %v\n%s", len(proof), len(senders), err, server.Log())
			}
		})
	}
}
