package main

import (
	"bufio"
	"bytes"
	"fmt"
	"net/mail"
	"net/smtp"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/pelletier/go-toml/v2"

	"headsup/campaign/settings"
	"headsup/mailer/postfixtest"
)

// providerSettings are those of a provider whose mail domain is %[1]s.
const providerSettings = `rehearsal = true
state = "state"
[campaign]
id = "%[1]s26"
code_key = "code.key"
mx = false
pace = "1ms"
domain_pace = "1ms"
group_pace = "1ms"
finding_max_age = "20000d"
[[agency]]
id = "isp"
name = "Example Net"
address = ["Example Net", "1 Example Street", "10115 Berlin", "Germany"]
from = "abuse@%[1]s.example"
form = "din-5008-b"
[letters]
pdf = false
[isp]
customers = "customers.csv"
max_age = "20000d"
answer = "send"
reporters = ["ispa.example", "ispb.example", "tickets.example", "away.example", "nasty.example"]
`

// provider makes the folder of a provider that sends through Postfix, with a
// Maildir "reports".
func provider(t *testing.T, name string, more map[string]any) (dir string) {
	t.Helper()
	dir = t.TempDir()
	text, err := toml.Marshal(more)
	must(t, err)
	must(t, os.WriteFile(filepath.Join(dir, settings.File), append(fmt.Appendf(nil, providerSettings, name), text...), 0o600))
	must(t, os.WriteFile(filepath.Join(dir, settings.CodeKeyFile), []byte("0123456789abcdef0123"+name), 0o600))
	must(t, os.WriteFile(filepath.Join(dir, "customers.csv"), []byte("customer,name,prefix,email,language\n1,Bob Sample,192.0.2.2/32,bob@client.example,en\n"), 0o600))
	for _, sub := range []string{"new", "cur", "tmp"} {
		must(t, os.MkdirAll(filepath.Join(dir, "reports", sub), 0o700))
	}
	return dir
}

// aReport is a mail about an address that is not ours, and so answered at once.
func aReport(from, to string) []byte {
	return fmt.Appendf(nil, "From: <%s>\r\nTo: <%s>\r\nSubject: SSH brute force\r\nMessage-ID: <report-to-%s-%[1]s>\r\nMIME-Version: 1.0\r\nContent-Type: text/plain\r\n\r\n"+
		"All times are in UTC. Our server is 203.0.113.5.\r\n\r\n2026-03-01 10:15:02 bastion sshd[2211]: Failed password for root from 203.0.113.77 port 44022 ssh2\r\n",
		from, to, strings.ReplaceAll(to, "@", "-at-"))
}

// A postOffice passes on what a real Postfix delivered: to houses, which read
// it as reports, and to machines, which answer whatever they get.
type postOffice struct {
	server   *postfixtest.Server
	houses   map[string]string                                         // folder, by mail domain
	machines map[string]func(n int, m *mail.Message) (to, head string) // by mail domain
	passed   map[string]bool                                           // files
	sent     int
	said     map[string]int // messages of each machine
}

func (o *postOffice) post(t *testing.T, from, to string, text []byte) {
	t.Helper()
	server := fmt.Sprintf("127.0.0.1:%d", o.server.Settings.Port)
	must(t, smtp.SendMail(server, nil, from, []string{to}, text))
	o.sent++
}

// pass waits for all that was sent, and gives each message to whom it is for.
func (o *postOffice) pass(t *testing.T) (moved int) {
	t.Helper()
	for _, name := range o.server.Wait(o.sent) {
		if o.passed[name] {
			continue
		}
		o.passed[name] = true
		moved++
		text, err := os.ReadFile(name)
		must(t, err)
		m, err := mail.ReadMessage(bytes.NewReader(text))
		must(t, err)
		_, domain, _ := strings.Cut(m.Header.Get("Delivered-To"), "@")
		if dir := o.houses[domain]; dir != "" {
			must(t, os.WriteFile(filepath.Join(dir, "reports", "new", filepath.Base(name)), text, 0o600))
		}
		if answer := o.machines[domain]; answer != nil {
			o.said[domain]++
			to, head := answer(o.said[domain], m)
			from := "robot@" + domain
			o.post(t, from, to, fmt.Appendf(nil, "From: <%s>\r\nTo: <%s>\r\nMessage-ID: <%d@%s>\r\nMIME-Version: 1.0\r\nContent-Type: text/plain\r\n%s\r\nYour message:\r\n\r\n2026-03-01 10:15:02 bastion sshd[2211]: Failed password for root from 203.0.113.77 port 44022 ssh2 (UTC)\r\n",
				from, to, o.said[domain], domain, head))
		}
	}
	return moved
}

// TestLoopsEndAfterOneRound wires two providers, a ticket system, a vacation
// responder and a robot that marks nothing to each other.
func TestLoopsEndAfterOneRound(t *testing.T) {
	server := postfixtest.Start(t, postfixtest.Options{Plain: true})
	more := map[string]any{"smtp": settings.SMTP{Server: server.Settings}}
	o := &postOffice{server: server, passed: map[string]bool{}, said: map[string]int{},
		houses: map[string]string{"ispa.example": provider(t, "ispa", more), "ispb.example": provider(t, "ispb", more)},
		machines: map[string]func(int, *mail.Message) (string, string){
			"tickets.example": func(n int, m *mail.Message) (string, string) {
				return addrOf(m, "Reply-To"), fmt.Sprintf("Subject: [Ticket#%d] Re: %s\r\nIn-Reply-To: %s\r\n", n, m.Header.Get("Subject"), m.Header.Get("Message-Id"))
			},
			"away.example": func(_ int, m *mail.Message) (string, string) {
				return addrOf(m, "Return-Path"), "Subject: Out of office\r\nAuto-Submitted: auto-replied\r\n"
			},
			"nasty.example": func(int, *mail.Message) (string, string) { return "abuse@ispa.example", "Subject: SSH brute force\r\n" },
		}}
	for _, from := range []string{"abuse@ispb.example", "robot@tickets.example", "robot@away.example", "robot@nasty.example"} {
		o.post(t, from, "abuse@ispa.example", aReport(from, "abuse@ispa.example"))
	}
	o.post(t, "abuse@ispa.example", "abuse@ispb.example", aReport("abuse@ispa.example", "abuse@ispb.example"))
	quiet := 0
	for round := 0; quiet < 2; round++ {
		if round > 6 {
			t.Fatalf("still at it after %d rounds: %d messages, %v", round, o.sent, o.said)
		}
		moved := o.pass(t)
		for _, dir := range o.houses {
			o.sent += answerAndSend(t, dir)
		}
		if quiet++; moved > 0 {
			quiet = 0
		}
	}
	// Five reports, an answer to each, and what three machines say to theirs.
	if o.sent != 5+5+3 || o.said["tickets.example"] != 1 || o.said["away.example"] != 1 || o.said["nasty.example"] != 1 {
		t.Errorf("%d messages, %v\n%s", o.sent, o.said, server.Log())
	}
}

func addrOf(m *mail.Message, field string) string { return strings.Trim(m.Header.Get(field), "<> ") }

// answerAndSend has a provider read its reports and send, and returns how many
// letters left.
func answerAndSend(t *testing.T, dir string) (n int) {
	t.Helper()
	runIn(t, dir, "forward", filepath.Join(dir, "reports"))
	_, said := runIn(t, dir, "send")
	if m := regexp.MustCompile(`(\d+) letters? sent now`).FindStringSubmatch(said); m != nil {
		n, _ = strconv.Atoi(m[1])
	}
	return n
}

// TestForwardWatches has a report come in while forward --watch runs on Dovecot.
func TestForwardWatches(t *testing.T) {
	server := postfixtest.Start(t, postfixtest.Options{Plain: true, Returns: []string{"ispa.example"}})
	dir := provider(t, "ispa", map[string]any{"imap": map[string]any{"host": server.IMAP.Host, "port": server.IMAP.Port,
		"ca_file": server.IMAP.CAFile, "user": server.IMAP.User, "password_file": server.IMAP.PasswordFile}})
	cmd := exec.Command(buildHeadsup(t), "-C", dir, "forward", "--watch")
	var errs strings.Builder
	cmd.Stderr = &errs
	out, err := cmd.StdoutPipe()
	must(t, err)
	must(t, cmd.Start())
	defer time.AfterFunc(60*time.Second, func() { cmd.Process.Kill() }).Stop()
	lines := bufio.NewScanner(out)
	o := &postOffice{server: server}
	for _, from := range []string{"soc@one.example", "soc@two.example"} {
		o.post(t, from, "abuse@ispa.example", aReport(from, "abuse@ispa.example"))
		if !lines.Scan() || !strings.Contains(lines.Text(), "\tnot-ours\tbruteforce\t"+from+"\t203.0.113.77\t") {
			t.Errorf("%q\n%s", lines.Text(), errs.String())
		}
	}
	must(t, cmd.Process.Signal(os.Interrupt))
	cmd.Wait()
	if !strings.Contains(errs.String(), "2 messages read: 2 new") {
		t.Errorf("when stopped:\n%s", errs.String())
	}
}
