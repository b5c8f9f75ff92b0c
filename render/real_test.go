package render_test

import (
	"bytes"
	"fmt"
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

// program skips a test without a program, unless all real parts are wanted.
func program(t *testing.T, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		if os.Getenv("HEADSUP_REAL") == "1" {
			t.Fatal(err)
		}
		t.Skip(err)
	}
	return path
}

const defects = `
import email, email.policy, sys
m = email.message_from_binary_file(sys.stdin.buffer, policy=email.policy.default)
for p in m.walk():
    for d in p.defects: print("defect", p.get_content_type(), repr(d))
    for name, value in p.items():
        for d in value.defects: print("defect", name, repr(d))
    if not p.is_multipart():
        p.get_content()
        print(p.get_content_type(), p.get_filename())
print(m["subject"])
`

func TestPythonReadsItWithoutDefects(t *testing.T) {
	python := program(t, "python3")
	r := renderer(t, render.Options{Site: "https://advice.example.org", Printer: &paper{}})
	for _, lang := range r.Languages() {
		out := must(t, r, example(lang))
		cmd := exec.Command(python, "-c", defects)
		cmd.Stdin = bytes.NewReader(out.Mail)
		got, err := cmd.CombinedOutput()
		want := "text/plain None\ntext/html None\ntext/csv findings.csv\napplication/json xarf.json\napplication/json xarf-2.json\napplication/pdf relay26-k3v9xq2m7d.pdf\n" + out.Subject + "\n"
		if err != nil || string(got) != want {
			t.Errorf("%s: %v\n%s\nwant\n%s", lang, err, got, want)
		}
	}
}

// Received letters, as a filter at the far end sees them.
func TestSpamAssassinDoesNotMind(t *testing.T) {
	filter := program(t, "spamassassin")
	if testing.Short() {
		t.Skip("takes seconds")
	}
	r := renderer(t, render.Options{Site: "https://advice.example.org"})
	dir := t.TempDir()
	args := []string{"-L", "-t"}
	var names []string
	var most []float64
	for _, lang := range r.Languages() {
		letters := []letter.Letter{full(lang, "en")}
		if os.Getenv("HEADSUP_REAL") == "1" {
			customer := full(lang, "en")
			customer.To.Role = lookup.Customer
			letters = append(letters, customer, example(lang, "en"), example(lang), full(lang))
		}
		for _, l := range letters {
			l.Round = len(names)%2 + 1
			received := "Return-Path: <" + render.EnvelopeFrom(l) + ">\r\nReceived: from mail.example.org by mx.provider.example (Postfix) with ESMTPS id 4XYZ123456\r\n" +
				"\tfor <abuse@provider.example>; " + clock() + "\r\nDate: " + clock() + "\r\n"
			names = append(names, fmt.Sprintf("%v, round %d", l.Languages, l.Round))
			most = append(most, 0.5)
			if len(l.Languages) == 1 && cyrillic(lang) {
				most[len(most)-1] = 1 // MIXED_ES counts the Cyrillic е between Latin commands; with English below it does not
			}
			args = append(args, filepath.Join(dir, fmt.Sprintf("%03d.eml", len(names))))
			if err := os.WriteFile(args[len(args)-1], []byte(received+string(must(t, r, l).Mail)), 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	got, err := exec.Command(filter, args...).Output()
	if err != nil {
		t.Fatal(err)
	}
	scores := regexp.MustCompile(`(?m)^X-Spam-Status: .*score=(-?[0-9.]+)`).FindAllSubmatch(got, -1)
	reports := bytes.Split(got, []byte("Content analysis details:"))[1:]
	if len(scores) != len(names) || len(reports) != len(names) {
		t.Fatalf("%d scores, %d reports for %d letters", len(scores), len(reports), len(names))
	}
	for i, score := range scores {
		n, err := strconv.ParseFloat(string(score[1]), 64)
		if err != nil || n > most[i] {
			t.Errorf("%s: score %v, %v:\n%.900s", names[i], n, err, reports[i])
		}
	}
}

func cyrillic(lang string) bool {
	script, _ := language.Make(lang).Script()
	return script.String() == "Cyrl"
}

// clock is the time at which the far end receives a letter: filters look at it.
func clock() string { return time.Now().UTC().Format("Mon, 02 Jan 2006 15:04:05 -0700") }
