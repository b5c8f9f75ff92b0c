package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/pelletier/go-toml/v2"

	"headsup/campaign/settings"
	"headsup/ledger"
	"headsup/letter"
	registries "headsup/lookup/loopback"
	"headsup/mailer/loopback"
)

// manyContacts makes a campaign folder with approved letters to n contacts of
// our own list, for a mail server of our own.
func manyContacts(t *testing.T, n int, o loopback.Options) (dir string) {
	t.Helper()
	dir = t.TempDir()
	world, err := registries.Start(t.Context(), registries.Default())
	must(t, err)
	t.Cleanup(world.Close)
	post, err := loopback.Start(filepath.Join(dir, "Maildir"), o)
	must(t, err)
	t.Cleanup(func() { post.Close() })
	contacts, scan := "match,email\n", "ip,port,proto,kind,service,seen\n"
	for i := range n {
		contacts += fmt.Sprintf("198.51.100.%d/32,abuse%d@isp%d.example\n", i, i, i)
		scan += fmt.Sprintf("198.51.100.%d,25,tcp,open-relay,smtp,2026-03-01T10:00:00Z\n", i)
	}
	text, err := demoFiles.ReadFile("demo/headsup.toml")
	must(t, err)
	more, err := toml.Marshal(map[string]any{"smtp": settings.SMTP{Server: post.Settings(), Connections: 1}, "lookup": map[string]any{
		"registries": world.Registries(), "allow_special": registries.Special(), "overrides": "contacts.csv"}})
	must(t, err)
	text = append(bytes.Replace(text, []byte("[letters]"), []byte("[letters]\npdf = false"), 1), more...)
	for name, text := range map[string]string{settings.File: string(text), "contacts.csv": contacts, "scan.csv": scan} {
		must(t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644))
	}
	for _, args := range [][]string{{"draft", filepath.Join(dir, "scan.csv")}, {"approve", "--all"}} {
		if code, said := runIn(t, dir, args...); code != exitDone {
			t.Fatalf("%s: exit %d\n%s", args[0], code, said)
		}
	}
	return dir
}

// runIn runs the program and returns its exit code and all that it says.
func runIn(t *testing.T, dir string, args ...string) (code int, said string) {
	t.Helper()
	var out bytes.Buffer
	code = run(t.Context(), append([]string{"-C", dir}, args...), strings.NewReader(""), &out, &out)
	return code, out.String()
}

func TestSendingStopsWhenTooManyBounce(t *testing.T) {
	asked := 0
	dir := manyContacts(t, 70, loopback.Options{Answer: func(to string, _ int) loopback.Reply {
		asked++
		if strings.Contains(to, "7@") || strings.Contains(to, "3@") {
			return loopback.Reply{Code: 550, Status: "5.1.1", Text: "no such user"}
		}
		return loopback.Reply{}
	}})
	code, said := runIn(t, dir, "send")
	stopped := regexp.MustCompile(`too many letters failed or bounced: \d+ of 5\d, more than 10%\nhint: .*max_bounces`)
	if code != exitError || !stopped.MatchString(said) || asked < fewAnswers || asked > fewAnswers+5 {
		t.Errorf("exit %d after %d letters\n%s", code, asked, said)
	}
	before := asked
	if code, said := runIn(t, dir, "send"); code != exitError || !stopped.MatchString(said) || asked != before {
		t.Errorf("again: exit %d after %d letters\n%s", code, asked, said)
	}
	_, said = runIn(t, dir, "status")
	waiting := 0 // the letter that was under way when it stopped is deferred
	for _, n := range regexp.MustCompile(`(?m)^(?:approved|deferred)\t(\d+)$`).FindAllStringSubmatch(said, -1) {
		count, err := strconv.Atoi(n[1])
		must(t, err)
		waiting += count
	}
	if waiting != 70-before || strings.Contains(said, "sending") || strings.Contains(said, "unknown") {
		t.Errorf("%d letters of 70 were tried\n%s", before, said)
	}
	// Who knows why says so.
	name := filepath.Join(dir, settings.File)
	text, err := os.ReadFile(name)
	must(t, err)
	must(t, os.WriteFile(name, bytes.Replace(text, []byte("[campaign]"), []byte("[campaign]\nmax_bounces = 0.5"), 1), 0o644))
	if code, said := runIn(t, dir, "send"); code != exitLeftOver || asked != 70 {
		t.Errorf("at last: exit %d after %d letters\n%s", code, asked, said)
	}
}

func TestSendingStopsWhenTheServerWantsNoneOfUs(t *testing.T) {
	dir := manyContacts(t, 20, loopback.Options{Answer: func(string, int) loopback.Reply {
		return loopback.Reply{Code: 554, Status: "5.7.1", Text: "listed on a block list"}
	}})
	code, said := runIn(t, dir, "send")
	if code != exitError || !strings.Contains(said, "the mail server does not take our letters: RCPT: 5.7.1 listed on a block list\nhint: ") {
		t.Errorf("exit %d\n%s", code, said)
	}
	_, said = runIn(t, dir, "status")
	if !regexp.MustCompile(`(?s)approved\t1[45]\n.*deferred\t[56]\n`).MatchString(said) || strings.Contains(said, "failed\t") {
		t.Error(said)
	}
}

func TestSendingStopsWhenManyComplain(t *testing.T) {
	dir := manyContacts(t, 5, loopback.Options{})
	name := filepath.Join(dir, settings.File)
	text, err := os.ReadFile(name)
	must(t, err)
	if code, said := runIn(t, dir, "send"); code != exitDone {
		t.Fatalf("exit %d\n%s", code, said)
	}
	h, err := (&program{stdout: io.Discard, stderr: io.Discard, dir: dir}).openHouse(t.Context())
	must(t, err)
	defer h.close()
	n := 0
	for e, err := range h.ledger.Letters(t.Context(), ledger.Filter{}) {
		must(t, err)
		if n++; n <= 3 {
			_, err := h.ledger.Note(t.Context(), ledger.Event{Letter: e.ID, Kind: string(letter.Complaint), Ref: e.ID, By: "tester", Text: "spam"})
			must(t, err)
		}
		code, said := runIn(t, dir, "send")
		if stopped := code == exitError && strings.Contains(said, "too many complaints: 3 of 5 letters, more than 0.3%\nhint: "); stopped != (n >= 3) {
			t.Errorf("%d complaints: exit %d\n%s", n, code, said)
		}
		if n == 3 {
			break
		}
	}
	must(t, os.WriteFile(name, bytes.Replace(text, []byte("[campaign]"), []byte("[campaign]\nmax_complaints = 1.0"), 1), 0o644))
	if code, said := runIn(t, dir, "send"); code != exitDone {
		t.Errorf("allowed: exit %d\n%s", code, said)
	}
}
