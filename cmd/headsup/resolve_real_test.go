package main

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"io"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"headsup/cmd/headsup/usage"
	"headsup/ledger"
	"headsup/letter"
	"headsup/mailer/postfixtest"
)

// A loss is what a mail server does not get, or we do not hear from it.
type loss int

const (
	lostReply   loss = iota + 1 // the server has the letter
	lostDot                     // it has all of it but the final dot
	lostMessage                 // it has nothing of it
)

// A lossyLine leads to a mail server. Once for each of some recipients it
// breaks down when we have sent the final dot.
type lossyLine struct {
	server string
	mu     sync.Mutex
	losses map[string]loss
}

// startLossyLine returns the port where the line begins.
func startLossyLine(t *testing.T, server int, losses map[string]loss) (port int) {
	t.Helper()
	in, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	t.Cleanup(func() { in.Close() })
	line := &lossyLine{server: net.JoinHostPort("127.0.0.1", strconv.Itoa(server)), losses: losses}
	go func() {
		for {
			client, err := in.Accept()
			if err != nil {
				return
			}
			go line.carry(client)
		}
	}()
	return in.Addr().(*net.TCPAddr).Port
}

// carry is one connection.
func (l *lossyLine) carry(client net.Conn) {
	defer client.Close()
	server, err := net.Dial("tcp", l.server)
	if err != nil {
		return
	}
	defer server.Close()
	over := make(chan bool)
	go func() {
		io.Copy(client, server)
		client.Close()
		io.Copy(io.Discard, server)
		close(over)
	}()
	l.listen(client, server)
	server.(*net.TCPConn).CloseWrite()
	<-over
}

// listen passes on what the client says until it has ended, or the line breaks down.
func (l *lossyLine) listen(client io.ReadCloser, server io.Writer) {
	to := ""
	for in := bufio.NewReader(client); ; {
		line, err := in.ReadString('\n')
		if err != nil {
			return
		}
		if address, ok := strings.CutPrefix(line, "RCPT TO:<"); ok {
			to, _, _ = strings.Cut(address, ">")
		}
		io.WriteString(server, line)
		if line != "DATA\r\n" {
			continue
		}
		message, err := readMessage(in)
		if err != nil {
			return
		}
		lost := l.lose(to)
		if lost != 0 {
			client.Close()
		}
		switch lost {
		case lostMessage:
			return
		case lostDot:
			message = bytes.TrimSuffix(message, []byte(".\r\n"))
		}
		server.Write(message)
	}
}

// readMessage reads up to the final dot.
func readMessage(in *bufio.Reader) (message []byte, err error) {
	for {
		line, err := in.ReadBytes('\n')
		if message = append(message, line...); err != nil || string(line) == ".\r\n" {
			return message, err
		}
	}
}

func (l *lossyLine) lose(to string) loss {
	l.mu.Lock()
	defer l.mu.Unlock()
	defer delete(l.losses, to)
	return l.losses[to]
}

// TestPostfixsLogSettlesUnknownLetters loses the line to a real Postfix after
// the final dot, and has its log say what became of the letters.
func TestPostfixsLogSettlesUnknownLetters(t *testing.T) {
	needs(t, "python3", "qpdf")
	const (
		delivered  = "abuse@carrier.example"
		refused    = "abuse@maple-dc.example"        // by the next server
		queued     = "abuse@beispielnetz.example"    // and waiting
		unfinished = "abuse@mfano.example"           // lost before Postfix was told that it ends
		unseen     = "abuse@example-hosting.example" // lost before Postfix knew of it
	)
	server := postfixtest.Start(t, postfixtest.Options{Plain: true, Unknown: []string{refused}, Busy: []string{queued}})
	server.Settings.Port = startLossyLine(t, server.Settings.Port, map[string]loss{
		delivered: lostReply, refused: lostReply, queued: lostReply, unfinished: lostDot, unseen: lostMessage})
	c := newRealCampaign(t, server)
	letters := c.states(t)[letter.Approved]
	c.run(t, usage.Left, "send")
	if got := c.states(t); got[letter.Unknown] != 5 || got[letter.Sent] != letters-5 {
		t.Fatalf("states %v\n%s", got, server.Log())
	}
	server.Wait(letters - 4 + 1) // all but four, and the report about one of these
	want := map[string]letter.State{delivered: letter.Sent, refused: letter.Sent, queued: letter.Sent,
		unfinished: letter.Unknown, unseen: letter.Unknown}
	logs := waysToRead(t, waitForLog(t, server, "status=deferred"))
	for _, log := range logs {
		copied := filepath.Join(t.TempDir(), "copy")
		must(t, os.CopyFS(copied, os.DirFS(c.dir)))
		checkSettled(t, copied, log, want)
	}

	// And on it goes: the report is read, and what Postfix never had is sent again.
	checkSettled(t, c.dir, logs[0], want)
	c.run(t, usage.Done, "inbox", reportsOf(t, server.Maildir))
	now := entriesIn(t, c.dir)
	if got := now[refused].State; got != letter.Bounced {
		t.Errorf("after its report the letter to %s is %s", refused, got)
	}
	c.run(t, usage.Done, "resolve", "again", now[unfinished].ID, now[unseen].ID)
	c.run(t, usage.Done, "send")
	checkMailbox(t, server.Wait(letters-2), letters-2)
	if t.Failed() {
		t.Log(server.Log())
	}
}

// checkSettled has a log settle what it can, and looks at these letters.
func checkSettled(t *testing.T, dir string, log logFile, want map[string]letter.State) {
	t.Helper()
	var said bytes.Buffer
	code := run(t.Context(), []string{"-C", dir, "resolve", "--log", log.arg}, bytes.NewReader(log.stdin), &said, &said)
	if code != usage.Left || !strings.Contains(said.String(), "2 unknown letters in none of these logs") {
		t.Errorf("%s: exit %d\n%s", log.name, code, &said)
	}
	now := entriesIn(t, dir)
	for to, state := range want {
		if now[to].State != state {
			t.Errorf("%s: the letter to %s is %s, want %s", log.name, to, now[to].State, state)
		}
	}
}

// entriesIn returns a campaign's letters by recipient.
func entriesIn(t *testing.T, dir string) map[string]ledger.Entry {
	t.Helper()
	_, said := runIn(t, dir, "status", "--letters", "--json")
	entries := map[string]ledger.Entry{}
	for line := range strings.Lines(said) {
		var e ledger.Entry
		must(t, json.Unmarshal([]byte(line), &e))
		entries[e.To] = e
	}
	return entries
}

// A logFile is what is named on the command line, and what stands on standard input.
type logFile struct {
	name, arg string
	stdin     []byte
}

// waysToRead are the forms in which operators have one log.
func waysToRead(t *testing.T, log string) []logFile {
	t.Helper()
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	_, err := io.WriteString(z, log)
	must(t, err)
	must(t, z.Close())
	dir := t.TempDir()
	plain, zipped := filepath.Join(dir, "mail.log"), filepath.Join(dir, "mail.log.2.gz")
	must(t, os.WriteFile(plain, []byte(log), 0o644))
	must(t, os.WriteFile(zipped, packed.Bytes(), 0o644))
	iso := regexp.MustCompile(`(?m)^\w{3} [ \d]\d (\S+)`).ReplaceAllString(log, "2026-03-02T$1.123456+00:00")
	return []logFile{
		{"a file", plain, nil}, {"a packed file", zipped, nil}, {"standard input", "-", []byte(log)},
		{"packed standard input", "-", packed.Bytes()}, {"time stamps of RFC 3339", "-", []byte(iso)},
	}
}

// reportsOf moves the reports in a Maildir to one of their own.
func reportsOf(t *testing.T, maildir string) string {
	t.Helper()
	own := t.TempDir()
	for _, dir := range []string{"cur", "new", "tmp"} {
		must(t, os.Mkdir(filepath.Join(own, dir), 0o755))
	}
	files, err := filepath.Glob(filepath.Join(maildir, "new", "*"))
	must(t, err)
	for _, f := range files {
		text, err := os.ReadFile(f)
		must(t, err)
		if bytes.HasPrefix(text, []byte("Return-Path: <>")) {
			must(t, os.Rename(f, filepath.Join(own, "new", filepath.Base(f))))
		}
	}
	return own
}

// waitForLog returns the server's log when it says something.
func waitForLog(t *testing.T, server *postfixtest.Server, what string) string {
	t.Helper()
	for range 200 {
		if log := server.Log(); strings.Contains(log, what) {
			return log
		}
		<-time.After(50 * time.Millisecond)
	}
	t.Fatalf("the log does not say %q\n%s", what, server.Log())
	return ""
}
