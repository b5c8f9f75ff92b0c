package render_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"testing"
	"time"

	"golang.org/x/text/language"

	"headsup/letter"
	"headsup/lookup"
	"headsup/render"
)

// received is a letter as a filter at the far end sees it.
type received struct {
	name     string
	language string
	alone    bool // without English below
	mail     []byte
}

// everyLetter is every kind of letter in every language and form, received.
func everyLetter(t *testing.T) []received {
	t.Helper()
	r := renderer(t, render.Options{Site: "https://advice.example.org"})
	var all []received
	for _, lang := range r.Languages() {
		customer := full(lang, "en")
		customer.To.Role = lookup.Customer
		services := full(lang, "en")
		services.Findings = render.Samples(builtin(t), lang)[2].Findings[:3]
		for _, l := range []letter.Letter{full(lang, "en"), customer, services, example(lang, "en"), example(lang), full(lang)} {
			l.Round = len(all)%2 + 1
			from, err := render.EnvelopeFrom(l)
			if err != nil {
				t.Fatal(err)
			}
			envelope := "Return-Path: <" + from + ">\r\nReceived: from mail.example.org by mx.provider.example (Postfix) with ESMTPS id 4XYZ123456\r\n" +
				"\tfor <abuse@provider.example>; " + clock() + "\r\nDate: " + clock() + "\r\n"
			all = append(all, received{fmt.Sprintf("%v, round %d", l.Languages, l.Round), lang, len(l.Languages) == 1,
				append([]byte(envelope), must(t, r, l).Mail...)})
		}
	}
	return all
}

func TestSpamAssassinDoesNotMind(t *testing.T) {
	filter := program(t, "spamassassin")
	t.Parallel()
	letters := everyLetter(t)
	half := len(letters) / 2
	for name, some := range map[string][]received{"the first half": letters[:half], "the second half": letters[half:]} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			spamAssassin(t, filter, some)
		})
	}
}

// spamAssassin asks the filter about letters, without what it learned from
// others and from these.
func spamAssassin(t *testing.T, filter string, letters []received) {
	dir := t.TempDir()
	args := []string{"-L", "-t", "--cf=use_bayes 0", "--cf=bayes_auto_learn 0"}
	for i, l := range letters {
		args = append(args, filepath.Join(dir, fmt.Sprintf("%03d.eml", i)))
		if err := os.WriteFile(args[len(args)-1], l.mail, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	got, err := exec.Command(filter, args...).Output()
	if err != nil {
		t.Fatal(err)
	}
	scores := regexp.MustCompile(`(?m)^X-Spam-Status: .*score=(-?[0-9.]+)`).FindAllSubmatch(got, -1)
	reports := bytes.Split(got, []byte("Content analysis details:"))[1:]
	if len(scores) != len(letters) || len(reports) != len(letters) {
		t.Fatalf("%d scores, %d reports for %d letters", len(scores), len(reports), len(letters))
	}
	for i, l := range letters {
		most := 0.5
		if l.alone && script(l.language) == "Cyrl" {
			most = 1 // MIXED_ES counts the Cyrillic е between Latin commands; with English below it does not
		}
		n, err := strconv.ParseFloat(string(scores[i][1]), 64)
		if err != nil || n > most {
			t.Errorf("%s: score %v, %v:\n%.900s", l.name, n, err, reports[i])
		}
	}
}

// What rspamd may make of a letter.
//
// R_MIXED_CHARSET divides the marks on words of up to ten characters by the
// number of words, whatever the script. In Devanagari, Tamil and Thai almost
// every word has some, so it counts there what spelling asks for: at most as
// much as is said here, and less the more English and addresses there are. It
// also counts the words that it leaves out after the first 600 as marks but not
// as words, which makes more of long letters.
const mostOfRspamd = 1.0

var (
	ofMarks      = map[string]float64{"hi": 3.6, "th": 4, "ta": 2.5, "bn": 2.2, "is": 3.1, "lv": 1.6, "mt": 1.1, "pl": 1.15} // with English below
	ofMarksAlone = map[string]float64{"hi": 4.05, "th": 4.8, "ta": 3.4, "bn": 2.4, "mt": 1.4, "pl": 1.45}
)

func TestRspamdDoesNotMind(t *testing.T) {
	t.Parallel()
	scan := rspamd(t)
	for _, l := range everyLetter(t) {
		most := max(mostOfRspamd, ofMarks[l.language])
		if l.alone {
			most = max(mostOfRspamd, ofMarksAlone[l.language])
		}
		score, symbols := scan(t, l.mail)
		if rest := score - max(symbols["R_MIXED_CHARSET"], 0); score > most || rest > mostOfRspamd {
			t.Errorf("%s: score %.2f, more than %.2f: %v", l.name, score, most, symbols)
		}
	}
}

// quiet leaves rspamd what it knows by itself: it asks no name server, no list
// and no other program.
const quiet = `
dns { nameserver = ["127.0.0.1:9:1"]; timeout = 0.01s; retransmits = 1; }
disable_hyperscan = true;
`

// rspamd starts the filter, which listens in a folder of the test, and says
// how to ask it.
func rspamd(t *testing.T) func(*testing.T, []byte) (float64, map[string]float64) {
	t.Helper()
	daemon := program(t, "rspamd")
	dir := t.TempDir()
	socket := filepath.Join(dir, "scan.sock")
	write := func(name, text string) {
		if err := os.WriteFile(filepath.Join(dir, "local.d", name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for _, sub := range []string{"local.d", "override.d", "maps.d"} {
		if err := os.Mkdir(filepath.Join(dir, sub), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	write("options.inc", quiet)
	write("logging.inc", `type = "console"; level = "error";`)
	write("worker-normal.inc", `count = 1; bind_socket = "`+socket+`";`)
	for _, worker := range []string{"controller", "proxy", "fuzzy"} {
		write("worker-"+worker+".inc", "enabled = false;")
	}
	for _, module := range []string{"fuzzy_check", "rbl", "surbl", "asn", "dmarc", "spf", "greylist", "ratelimit", "history_redis", "mx_check", "hfilter"} {
		write(module+".conf", "enabled = false;")
	}

	ctx, stop := context.WithTimeout(t.Context(), 10*time.Minute)
	t.Cleanup(stop)
	cmd := exec.CommandContext(ctx, daemon, "--no-fork", "--insecure",
		"--var=LOCAL_CONFDIR="+dir, "--var=DBDIR="+dir, "--var=RUNDIR="+dir, "--var=LOGDIR="+dir)
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	cmd.WaitDelay = 5 * time.Second
	var log bytes.Buffer
	cmd.Stdout, cmd.Stderr = &log, &log
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { stop(); cmd.Wait() })

	client := http.Client{Timeout: 10 * time.Second, Transport: &http.Transport{
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, "unix", socket)
		}}}
	for {
		resp, err := client.Get("http://rspamd/ping")
		if err == nil {
			resp.Body.Close()
			break
		}
		select {
		case <-ctx.Done():
			t.Fatalf("rspamd does not answer: %v\n%s", err, &log)
		case <-time.After(100 * time.Millisecond):
		}
	}
	return func(t *testing.T, mail []byte) (float64, map[string]float64) {
		t.Helper()
		resp, err := client.Post("http://rspamd/checkv2", "message/rfc822", bytes.NewReader(mail))
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		var answer struct {
			Score   *float64
			Symbols map[string]struct{ Score float64 }
		}
		if err := json.NewDecoder(resp.Body).Decode(&answer); err != nil || answer.Score == nil || len(answer.Symbols) < 5 {
			t.Fatalf("rspamd: %v, %+v", err, answer)
		}
		scores := map[string]float64{}
		for name, s := range answer.Symbols {
			if s.Score != 0 {
				scores[name] = s.Score
			}
		}
		return *answer.Score, scores
	}
}

func script(lang string) string {
	s, _ := language.Make(lang).Script()
	return s.String()
}

// clock is the time at which the far end receives a letter: filters look at it.
func clock() string { return time.Now().UTC().Format("Mon, 02 Jan 2006 15:04:05 -0700") }
