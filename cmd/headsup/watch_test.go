package main

import (
	"bufio"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/pelletier/go-toml/v2"

	"headsup/campaign/campaigntest"
	"headsup/campaign/settings"
	"headsup/cmd/headsup/usage"
	"headsup/letter"
	"headsup/mailer"
	"headsup/mailer/postfixtest"
)

func TestOnlyAFolderIsWatched(t *testing.T) {
	dir := campaigntest.Approved(t)
	for want, args := range map[string][]string{
		"only the folders of [imap] can be watched": {"inbox", "--watch", "box.mbox"},
		"the settings have no [imap]":               {"inbox", "--watch"},
	} {
		if code, said := runIn(t, dir, args...); code != usage.Usage || !strings.Contains(said, want) {
			t.Errorf("%v: exit %d\n%s", args, code, said)
		}
	}
}

// TestInboxWatches has a bounce come in while inbox --watch runs on Dovecot.
func TestInboxWatches(t *testing.T) {
	server := postfixtest.Start(t, postfixtest.Options{Returns: []string{"ocn.example.org"}})
	dir := campaigntest.Approved(t)
	runIn(t, dir, "send") // to a file: it is sent
	more, err := toml.Marshal(map[string]any{"imap": map[string]any{"host": server.IMAP.Host, "port": server.IMAP.Port,
		"ca_file": server.IMAP.CAFile, "user": server.IMAP.User, "password_file": server.IMAP.PasswordFile}})
	must(t, err)
	name := filepath.Join(dir, settings.File)
	text, err := os.ReadFile(name)
	must(t, err)
	must(t, os.WriteFile(name, append(text, more...), 0o644))

	cmd := exec.Command(buildHeadsup(t), "-C", dir, "inbox", "--watch")
	var errs strings.Builder
	cmd.Stderr = &errs
	out, err := cmd.StdoutPipe()
	must(t, err)
	must(t, cmd.Start())
	defer time.AfterFunc(30*time.Second, func() { cmd.Process.Kill() }).Stop()
	lines := bufio.NewScanner(out)

	p, err := mailer.NewSMTP(server.Settings)
	must(t, err)
	defer p.Close()
	for _, id := range []string{"a", "b"} {
		const to = campaigntest.Sender
		e := letter.Envelope{LetterID: id, From: "desk@carrier.example", To: to, MessageID: id + "@carrier.example",
			Mail: []byte("From: desk@carrier.example\r\nTo: " + to + "\r\nSubject: Re\r\nMessage-ID: <" + id + "@carrier.example>\r\nMIME-Version: 1.0\r\nContent-Type: text/plain\r\n\r\nDone " + id + ".\r\n")}
		if o := p.Send(t.Context(), e, func() error { return nil }); o.State != letter.Sent {
			t.Fatalf("outcome %+v", o)
		}
		if !lines.Scan() || !strings.HasPrefix(lines.Text(), "demo26-ftst90tjrk\tabuse@carrier.example\tanswer\t") || !strings.Contains(lines.Text(), "\trecorded\t") {
			t.Errorf("%s: %q\n%s", id, lines.Text(), errs.String())
		}
	}
	must(t, cmd.Process.Signal(os.Interrupt))
	if err := cmd.Wait(); err != nil || !strings.Contains(errs.String(), "2 messages read, 0 left as they were") {
		t.Errorf("when stopped: %v\n%s", err, errs.String())
	}
}
