package main

import (
	"bytes"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/pelletier/go-toml/v2"

	"headsup/campaign/settings"
	"headsup/ledger"
	"headsup/letter"
	registries "headsup/lookup/loopback"
)

// newFilesHouse opens a campaign folder with one approved letter; letters go to files.
func newFilesHouse(t *testing.T) (h *house, out *bytes.Buffer) {
	t.Helper()
	dir := t.TempDir()
	world, err := registries.Start(t.Context(), registries.Default())
	must(t, err)
	t.Cleanup(world.Close)
	text, err := demoFiles.ReadFile("demo/headsup.toml")
	must(t, err)
	more, err := toml.Marshal(map[string]any{"lookup": map[string]any{
		"registries": world.Registries(), "allow_special": registries.Special()}})
	must(t, err)
	must(t, os.WriteFile(filepath.Join(dir, settings.File), append(text, more...), 0o644))
	scan := filepath.Join(dir, "scan.csv")
	must(t, os.WriteFile(scan, []byte("ip,port,proto,kind,service,seen\n198.51.100.1,25,tcp,open-relay,smtp,2026-03-01T10:00:00Z\n"), 0o644))
	for _, args := range [][]string{{"draft", scan}, {"approve", "--all"}} {
		var errs bytes.Buffer
		if code := run(t.Context(), append([]string{"-C", dir}, args...), strings.NewReader(""), &errs, &errs); code != exitDone {
			t.Fatalf("%s: exit %d\n%s", args[0], code, errs.String())
		}
	}
	out = &bytes.Buffer{}
	h, err = (&program{stdout: out, stderr: &bytes.Buffer{}, dir: dir}).openHouse(t.Context())
	must(t, err)
	t.Cleanup(func() { h.close() })
	return h, out
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// TestWhatComesBackSettlesAnUnknownLetter lets a sender die after the final
// dot, and at work.
func TestWhatComesBackSettlesAnUnknownLetter(t *testing.T) {
	const answer = "From: desk@carrier.example\nTo: notices+demo26-ftst90tjrk@ocn.example.org\nMessage-ID: <a@carrier.example>\nSubject: Re\n\nDone.\n"
	const bounce = "From: MAILER-DAEMON@mx.example\nTo: notices+demo26-ftst90tjrk@ocn.example.org\nMessage-ID: <b@mx.example>\n" +
		"Subject: Undelivered\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example\n\nFinal-Recipient: rfc822; abuse@carrier.example\nAction: failed\nStatus: 5.1.1\n"
	const expired = "From: MAILER-DAEMON@mx.example\nTo: notices+demo26-ftst90tjrk@ocn.example.org\nMessage-ID: <c@mx.example>\n" +
		"Subject: Undelivered\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example\n\nFinal-Recipient: rfc822; abuse@carrier.example\nAction: failed\nStatus: 4.4.7\n"
	for _, tt := range []struct {
		name, message string
		dead          bool // the sender has died
		want          letter.State
		kind          string
		left          bool
	}{
		{"an answer shows that it arrived", answer, true, letter.Sent, "answer", false},
		{"a bounce shows that it did not", bounce, true, letter.Bounced, letter.Bounce, false},
		{"a server that was never reached kills no mailbox", expired, true, letter.Bounced, letter.Expired, false},
		{"a report that overtakes the reply waits for the next reading", bounce, false, letter.Sending, "claimed", true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			h, out := newFilesHouse(t)
			box, err := h.ledger.Outbox(t.Context(), ledger.OutboxOptions{})
			must(t, err)
			es, _, err := box.Claim(t.Context(), 1)
			must(t, err)
			e := es[0]
			if e.From != "notices+demo26-ftst90tjrk@ocn.example.org" {
				t.Errorf("the envelope sender %q does not name the letter", e.From)
			}
			must(t, box.Mark(t.Context(), e))
			must(t, box.Close(t.Context()))
			if tt.dead {
				next, err := h.ledger.Outbox(t.Context(), ledger.OutboxOptions{})
				must(t, err)
				must(t, next.Close(t.Context()))
			}
			h.p.stdin = strings.NewReader(tt.message)
			if err := h.inbox(t.Context(), []string{"-"}, inboxOptions{}, journal{slog.New(slog.DiscardHandler)}); (err != nil) != tt.left {
				t.Errorf("inbox: %v", err)
			}
			r, err := h.ledger.Letter(t.Context(), e.LetterID)
			must(t, err)
			if r.State != tt.want || !strings.Contains(out.String(), "\t"+string(tt.want)+"\t") {
				t.Errorf("the letter is %s, want %s\n%s", r.State, tt.want, out)
			}
			events, err := h.ledger.History(t.Context(), e.LetterID)
			must(t, err)
			found := false
			for _, e := range events {
				found = found || e.Kind == tt.kind
			}
			if !found {
				t.Errorf("no event %q: %+v", tt.kind, events)
			}
		})
	}
}
