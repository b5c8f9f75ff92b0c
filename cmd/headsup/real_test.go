package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/mail"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"
	"unicode"

	"headsup/campaign/campaigntest"
	"headsup/campaign/settings"
	"headsup/cmd/headsup/console"
	"headsup/cmd/headsup/show"
	"headsup/cmd/headsup/usage"
	"headsup/mailer/postfixtest"
)

// needs skips a test that takes programs of the system, unless HEADSUP_REAL is
// set: then they must be there.
func needs(t *testing.T, programs ...string) {
	t.Helper()
	if os.Getenv("HEADSUP_REAL") == "" {
		t.Skip("takes programs of the system; runs where HEADSUP_REAL is set")
	}
	for _, p := range programs {
		if _, err := exec.LookPath(p); err != nil {
			t.Fatalf("%s is not installed", p)
		}
	}
}

// A realCampaign is a campaign folder, drafted and approved, whose mail server is Postfix.
type realCampaign struct {
	binary, dir string
}

func newRealCampaign(t *testing.T, server *postfixtest.Server) realCampaign {
	t.Helper()
	c := realCampaign{binary: buildHeadsup(t), dir: t.TempDir()}
	text, err := campaigntest.Settings(map[string]any{"smtp": settings.SMTP{Server: server.Settings, Connections: 3}})
	must(t, err)
	text = bytes.Replace(text, []byte(`pace = "1ms"`), []byte(`pace = "30ms"`), 1)
	text = bytes.Replace(text, []byte("mail_without_pdf = true"), []byte("mail_without_pdf = false"), 1)
	must(t, os.WriteFile(filepath.Join(c.dir, settings.File), text, 0o644))
	must(t, os.WriteFile(filepath.Join(c.dir, settings.CodeKeyFile), []byte(campaigntest.Key), 0o600))
	campaigntest.Remember(t, c.dir)
	scans, err := filepath.Glob("../../campaign/demo/scans/*")
	if err != nil {
		t.Fatal(err)
	}
	c.run(t, usage.Left, append([]string{"draft"}, scans...)...) // the demo has two bad rows
	c.run(t, usage.Done, "approve", "--all")
	c.run(t, usage.Done, "export", filepath.Join(c.dir, "letters"))
	return c
}

// buildHeadsup builds the program, for tests that kill it.
func buildHeadsup(t *testing.T) (binary string) {
	t.Helper()
	binary = filepath.Join(t.TempDir(), "headsup")
	if out, err := exec.Command("go", "build", "-o", binary, ".").CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	return binary
}

func (c realCampaign) run(t *testing.T, want int, args ...string) string {
	t.Helper()
	cmd := exec.Command(c.binary, append([]string{"-C", c.dir}, args...)...)
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	err := cmd.Run()
	if code := cmd.ProcessState.ExitCode(); code != want {
		t.Fatalf("headsup %s: exit %d (%v), want %d\n%s", args[0], code, err, want, errs.String())
	}
	return out.String()
}

// TestPostfixDeliversTheCampaignOnce stops send, by a key or a terminal that is
// closed, and starts it until all letters are out, and then reads what is in the mailbox.
func TestPostfixDeliversTheCampaignOnce(t *testing.T) {
	needs(t, "python3", "qpdf")
	server := postfixtest.Start(t, postfixtest.Options{})
	c := newRealCampaign(t, server)
	stops := []os.Signal{os.Interrupt, syscall.SIGHUP, syscall.SIGTERM, syscall.SIGHUP}
	stopped := 0
	for done := false; !done; {
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		cmd := exec.CommandContext(ctx, c.binary, "-C", c.dir, "send", "--wait", "10s")
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		seen := make([]byte, 1)
		if n, _ := out.Read(seen); n == 1 && stopped < len(stops) { // the first outcome is printed
			cmd.Process.Signal(stops[stopped])
			stopped++
		}
		for buf := make([]byte, 4096); ; {
			if _, err := out.Read(buf); err != nil {
				break
			}
		}
		var exit *exec.ExitError
		err = cmd.Wait()
		cancel()
		switch {
		case err == nil:
			done = true
		case errors.As(err, &exit) && (exit.ExitCode() == usage.Interrupted || exit.ExitCode() == usage.Left):
		default:
			t.Fatalf("send: %v", err)
		}
	}
	if stopped == 0 {
		t.Error("send was never stopped on its way")
	}
	letters, _ := filepath.Glob(filepath.Join(c.dir, "letters", "*.eml"))
	files := server.Wait(len(letters))
	checkMailbox(t, files, len(letters))
	if t.Failed() {
		t.Log(server.Log())
	}
}

// opens says of each message what Python's parser thinks of it, and opens what is attached.
const opens = `
import csv, email, email.policy, io, json, subprocess, sys
for name in sys.argv[1:]:
    m = email.message_from_binary_file(open(name, 'rb'), policy=email.policy.default)
    faults = [repr(d) for p in m.walk() for d in p.defects]
    for p in m.walk():
        for v in p.values(): faults += [repr(d) for d in getattr(v, 'defects', [])]
    kinds = {}
    for a in m.iter_attachments():
        kind, data = a.get_content_type(), a.get_payload(decode=True)
        kinds[kind] = kinds.get(kind, 0) + 1
        if kind == 'text/csv':
            rows = list(csv.DictReader(io.StringIO(data.decode('utf-8-sig'))))
            if not rows or any(None in r or None in r.values() for r in rows): faults.append('ragged csv')
            if any(v[:1] in '=+-@' for r in rows for v in r.values() if v): faults.append('formula')
        elif kind == 'application/json':
            if json.loads(data)['xarf_version'][0] != '4': faults.append('not XARF 4')
        elif kind == 'application/pdf':
            open('letter.pdf', 'wb').write(data)
            q = subprocess.run(['qpdf', '--check', 'letter.pdf'], capture_output=True)
            if q.returncode: faults.append(q.stderr.decode())
        else: faults.append('unexpected ' + kind)
    if len(m.get_all('Date', [])) != 1: faults.append('Date')
    print(json.dumps({'id': m['Message-ID'], 'faults': faults, 'kinds': kinds}))
`

func checkMailbox(t *testing.T, files []string, want int) {
	t.Helper()
	cmd := exec.Command("python3", append([]string{"-c", opens}, files...)...)
	cmd.Dir = t.TempDir()
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("python3: %v", err)
	}
	seen := map[string]int{}
	for dec := json.NewDecoder(bytes.NewReader(out)); dec.More(); {
		var m struct {
			ID     string
			Faults []string
			Kinds  map[string]int
		}
		if err := dec.Decode(&m); err != nil {
			t.Fatal(err)
		}
		if seen[m.ID]++; seen[m.ID] > 1 {
			t.Errorf("%s was delivered twice", m.ID)
		}
		if len(m.Faults) > 0 || m.Kinds["text/csv"] != 1 || m.Kinds["application/pdf"] != 1 || m.Kinds["application/json"] == 0 {
			t.Errorf("%s: %+v", m.ID, m)
		}
	}
	if len(seen) != want {
		t.Errorf("%d letters arrived, want %d", len(seen), want)
	}
}

// TestPagesComeBack reads every printed letter with other programs: it must be
// sound, carry its fonts, and give back every address and every sentence of
// the mail, in every script.
func TestPagesComeBack(t *testing.T) {
	needs(t, "qpdf", "pdftotext", "pdffonts")
	dir := t.TempDir()
	p := &program{Lines: &show.Lines{Console: &console.Console{Stdout: &bytes.Buffer{}, Stderr: &bytes.Buffer{}}}, dir: dir}
	if err := p.demo(t.Context()); err != nil {
		t.Fatal(err)
	}
	pages, _ := filepath.Glob(filepath.Join(dir, "letters", "*.pdf"))
	if len(pages) == 0 || os.Getenv("HEADSUP_REAL") != "" && len(pages) != 21 {
		t.Fatalf("%d letters were printed: are fonts-noto-cjk installed?", len(pages))
	}
	for _, page := range pages {
		t.Run(filepath.Base(page), func(t *testing.T) {
			if out, err := exec.Command("qpdf", "--check", page).CombinedOutput(); err != nil {
				t.Errorf("qpdf: %v\n%s", err, out)
			}
			checkFonts(t, page)
			checkSentences(t, page, strings.TrimSuffix(page, ".pdf")+".eml")
		})
	}
}

func checkFonts(t *testing.T, page string) {
	t.Helper()
	out, err := exec.Command("pdffonts", page).Output()
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")[2:]
	for _, line := range lines {
		if !regexp.MustCompile(` yes +yes +yes +\d+ +\d+$`).MatchString(line) {
			t.Errorf("font is not embedded, subset and readable: %s", line)
		}
	}
	if len(lines) == 0 {
		t.Error("no fonts")
	}
}

// furniture is what stands on every page and interrupts sentences; above the
// address of the letter's page stands what its QR code is for, which is no
// sentence.
var furniture = regexp.MustCompile(`(?m)^([^.:：。\n]*\nhttps://\S+/verify/\S+|.* · demo26-[0-9a-z]+|\p{L}+ \d+ \p{L}+ \d+|\d+ ?/ ?\d+ ?\S*)\n`)

func checkSentences(t *testing.T, page, message string) {
	t.Helper()
	out, err := exec.Command("pdftotext", page, "-").Output()
	if err != nil {
		t.Fatal(err)
	}
	printed := squeeze(furniture.ReplaceAllString(strings.ReplaceAll(string(out), "\f", ""), ""))
	body := textPart(t, message)
	missing := 0
	for i, paragraph := range strings.Split(body, "\n\n") {
		if i == 0 || paragraph == "The English version of this letter follows below." || i > 3 && strings.HasSuffix(paragraph, "====") {
			continue // the mail's letterhead, and how it announces its English: a page has its own
		}
		if strings.Contains(paragraph, "----") || strings.Contains(paragraph, "/tcp ") || strings.Contains(paragraph, "/udp ") {
			for _, addr := range regexp.MustCompile(`(?m)^(\d+\.\d+\.\d+\.\d+|2001:db8:\S+)`).FindAllString(paragraph, -1) {
				if !strings.Contains(printed, addr) {
					t.Errorf("address %s is not on the page", addr)
				}
			}
			continue
		}
		for _, sentence := range regexp.MustCompile(`(?s).+?([.。!?](\s|$)|$)`).FindAllString(strings.Trim(paragraph, "-= \n"), -1) {
			if s := squeeze(sentence); !strings.Contains(printed, s) {
				missing++
				t.Errorf("not on the page: %q", s)
			}
		}
	}
	if missing > 0 {
		t.Logf("the page says:\n%s", out)
	}
}

// squeeze drops white space, marks of direction, the marks that plain text
// puts where the page has none, and hyphens, which pdftotext drops at the end
// of a line.
func squeeze(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || unicode.In(r, unicode.Cf) || r == '`' || r == '<' || r == '>' || r == '-' || r == '•' {
			return -1
		}
		return r
	}, regexp.MustCompile(`(?m)^\s*(\d+\.|-) `).ReplaceAllString(s, "$1"))
}

// textPart returns the plain text of a message.
func textPart(t *testing.T, name string) string {
	t.Helper()
	f, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	m, err := mail.ReadMessage(f)
	if err != nil {
		t.Fatal(err)
	}
	return firstText(t, m.Header.Get("Content-Type"), m.Body)
}

// firstText follows the first part of each multipart down to its text.
func firstText(t *testing.T, contentType string, r io.Reader) string {
	t.Helper()
	kind, params, err := mime.ParseMediaType(contentType)
	if err != nil {
		t.Fatal(err)
	}
	if strings.HasPrefix(kind, "multipart/") {
		part, err := multipart.NewReader(r, params["boundary"]).NextPart()
		if err != nil {
			t.Fatal(err)
		}
		return firstText(t, part.Header.Get("Content-Type"), part)
	}
	text, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return strings.ReplaceAll(string(text), "\r\n", "\n")
}
