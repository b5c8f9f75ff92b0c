package mailer_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"headsup/letter"
	"headsup/mailer"
	"headsup/mailer/loopback"
)

// delivered returns the messages of a Maildir by their Delivered-To.
func delivered(t *testing.T, dir string) map[string][]string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "new", "*"))
	if err != nil {
		t.Fatal(err)
	}
	got := map[string][]string{}
	for _, name := range files {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		_, rest, _ := strings.Cut(string(text), "Delivered-To: ")
		to, _, _ := strings.Cut(rest, "\r\n")
		got[to] = append(got[to], string(text))
	}
	return got
}

func TestLettersArriveOnceAndWhole(t *testing.T) {
	for _, tt := range []struct {
		name        string
		o           loopback.Options
		connections int
	}{
		{"in plain text on this machine", loopback.Options{}, 1},
		{"with STARTTLS and a password", loopback.Options{TLS: true, User: "headsup", Password: "geheim"}, 1},
		{"on four connections", loopback.Options{TLS: true, User: "headsup", Password: "geheim"}, 4},
	} {
		t.Run(tt.name, func(t *testing.T) {
			dir := t.TempDir()
			server, err := loopback.Start(dir, tt.o)
			if err != nil {
				t.Fatal(err)
			}
			defer server.Close()
			post, err := mailer.NewSMTP(server.Settings())
			if err != nil {
				t.Fatal(err)
			}
			defer post.Close()
			box := newMemory(45)
			if err := mailer.Run(t.Context(), box, post, mailer.Options{Connections: tt.connections, Drain: true}); err != nil {
				t.Fatal(err)
			}
			if n := count(t, box, letter.Sent); n != 45 {
				t.Errorf("%d of 45 letters sent: %v", n, box.letters[0].outcomes)
			}
			got := delivered(t, dir)
			for _, l := range box.letters {
				copies := got[l.e.To]
				if len(copies) != 1 {
					t.Fatalf("%s has %d copies", l.e.To, len(copies))
				}
				if !bytes.HasSuffix([]byte(copies[0]), l.e.Mail) {
					t.Errorf("%s got\n%q, not ending in\n%q", l.e.To, copies[0], l.e.Mail)
				}
				if want := fmt.Sprintf("Return-Path: <%s>\r\n", l.e.From); !strings.HasPrefix(copies[0], want) {
					t.Errorf("no %q in %q", want, copies[0])
				}
				if n := strings.Count(copies[0], "\r\nDate: "); n != 1 {
					t.Errorf("%d Date fields in %q", n, copies[0])
				}
			}
		})
	}
}

func TestRefusedRecipientsDoNotHoldUpOthers(t *testing.T) {
	dir := t.TempDir()
	server, err := loopback.Start(dir, loopback.Options{Answer: func(to string, n int) loopback.Reply {
		switch {
		case to == "abuse2@example.net":
			return loopback.Reply{Code: 550, Status: "5.1.1", Text: "no such user"}
		case to == "abuse3@example.net" && n == 1:
			return loopback.Reply{Code: 451, Status: "4.7.1", Text: "Greylisted, come back"}
		}
		return loopback.Reply{}
	}})
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	post, err := mailer.NewSMTP(server.Settings())
	if err != nil {
		t.Fatal(err)
	}
	defer post.Close()
	box := newMemory(4)
	box.retry = 1 // nanosecond
	if err := mailer.Run(t.Context(), box, post, mailer.Options{Drain: true}); err != nil {
		t.Fatal(err)
	}
	want := []letter.State{letter.Sent, letter.Failed, letter.Sent, letter.Sent}
	if got := box.states(); fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("states are %v, want %v", got, want)
	}
	if o := box.letters[2].outcomes[0]; o.State != letter.Deferred || o.Slow {
		t.Errorf("greylisting gave %+v, want deferred and not slow", o)
	}
	if got := delivered(t, dir); len(got) != 3 || len(got["abuse3@example.net"]) != 1 {
		t.Errorf("delivered to %d, abuse3 %d times", len(got), len(got["abuse3@example.net"]))
	}
}
