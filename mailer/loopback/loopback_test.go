package loopback_test

import (
	"net/smtp"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"headsup/letter"
	"headsup/mailer"
	"headsup/mailer/loopback"
)

const message = "From: a@example.org\r\nTo: b@example.net\r\nSubject: x\r\n\r\n.dot\r\n"

func TestItServesOnlyThisMachine(t *testing.T) {
	for _, addr := range []string{"0.0.0.0:0", "[::]:0", ":0", "192.0.2.1:2525", "mail.example.org:25", "localhost:0"} {
		if s, err := loopback.Start(t.TempDir(), loopback.Options{Addr: addr}); err == nil {
			s.Close()
			t.Errorf("it listens on %q", addr)
		}
	}
	if s, err := loopback.Start(t.TempDir(), loopback.Options{User: "u", Password: "p"}); err == nil {
		s.Close()
		t.Error("it takes a password in plain text")
	}
}

func TestMaildirs(t *testing.T) {
	for _, tt := range []struct {
		name     string
		byDomain bool
		to       string
		want     string // folder that gets the message
	}{
		{"one for all", false, "b@example.net", "."},
		{"one for each domain", true, "b@Example.NET", "example.net"},
		{"a domain that would lead elsewhere", true, "b@..", "unknown"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "mail")
			s, err := loopback.Start(dir, loopback.Options{ByDomain: tt.byDomain})
			if err != nil {
				t.Fatal(err)
			}
			defer s.Close()
			if err := smtp.SendMail(s.Addr().String(), nil, "a@example.org", []string{tt.to}, []byte(message)); err != nil {
				t.Fatal(err)
			}
			files, _ := filepath.Glob(filepath.Join(dir, tt.want, "new", "*"))
			if len(files) != 1 {
				t.Fatalf("%d files in %q", len(files), tt.want)
			}
			text, err := os.ReadFile(files[0])
			if err != nil {
				t.Fatal(err)
			}
			if want := "Return-Path: <a@example.org>\r\nDelivered-To: " + tt.to + "\r\n" + message; string(text) != want {
				t.Errorf("got %q, want %q", text, want)
			}
			if left, _ := filepath.Glob(filepath.Join(dir, tt.want, "tmp", "*")); len(left) > 0 {
				t.Errorf("left in tmp: %q", left)
			}
		})
	}
}

func TestAnswers(t *testing.T) {
	dir := t.TempDir()
	s, err := loopback.Start(dir, loopback.Options{Answer: func(to string, n int) loopback.Reply {
		switch {
		case strings.HasPrefix(to, "nobody@"):
			return loopback.Reply{Code: 550, Status: "5.1.1", Text: "no such user"}
		case n == 1:
			return loopback.Reply{Code: 451, Text: "greylisted"}
		}
		return loopback.Reply{}
	}})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	for _, tt := range []struct{ to, want string }{
		{"nobody@example.net", "550 5.1.1 no such user"},
		{"b@example.net", "451 greylisted"},
		{"b@example.net", ""},
	} {
		err := smtp.SendMail(s.Addr().String(), nil, "a@example.org", []string{tt.to}, []byte(message))
		got := ""
		if err != nil {
			got = strings.ReplaceAll(err.Error(), `"`, "")
		}
		if got != tt.want {
			t.Errorf("%s got %q, want %q", tt.to, got, tt.want)
		}
	}
}

func TestPasswordIsDemanded(t *testing.T) {
	dir := t.TempDir()
	s, err := loopback.Start(dir, loopback.Options{TLS: true, User: "u", Password: "p"})
	if err != nil {
		t.Fatal(err)
	}
	settings := s.Settings()
	if err := smtp.SendMail(s.Addr().String(), nil, "a@example.org", []string{"b@example.net"}, []byte(message)); err == nil {
		t.Error("a stranger may send")
	}
	settings.User = ""
	post, err := mailer.NewSMTP(settings)
	if err != nil {
		t.Fatal(err)
	}
	o := post.Send(t.Context(), letter.Envelope{LetterID: "x", From: "a@example.org", To: "b@example.net", MessageID: "m@example.org", Mail: []byte(
		"Message-ID: <m@example.org>\r\nMIME-Version: 1.0\r\nContent-Type: text/plain\r\n" + message)}, func() error { return nil })
	if o.State == letter.Sent || o.Code != 502 {
		t.Errorf("a stranger under TLS got %+v", o)
	}
	post.Close()
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(settings.PasswordFile); err == nil {
		t.Error("Close left the password behind")
	}
}
