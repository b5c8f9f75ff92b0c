package letter_test

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"io"
	"mime"
	"mime/quotedprintable"
	"net/mail"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"headsup/letter"
)

// TestCases reads the messages of other houses where they are at hand: a wish
// must be understood, an answer must never be taken for one.
func TestCases(t *testing.T) {
	const dir = "../../shared/cases/mail"
	table, err := os.ReadFile(filepath.Join(dir, "expected.tsv"))
	if err != nil {
		t.Skipf("the cases are not here: %v", err)
	}
	w := understood(t)
	for row := bufio.NewScanner(bytes.NewReader(table)); row.Scan(); {
		f := strings.Split(row.Text(), "\t")
		clear := strings.HasPrefix(f[0], "optout-")
		if !clear && !strings.HasPrefix(f[0], "answer-") && !strings.HasPrefix(f[0], "person-") {
			continue
		}
		t.Run(f[0], func(t *testing.T) {
			got := w.Read(replyOf(t, filepath.Join(dir, f[0])))
			if (got == letter.ClearWish) != clear {
				t.Errorf("%q", got)
			}
			t.Logf("%s\t%q", f[2], got)
		})
	}
}

// replyOf reads a message of one part.
func replyOf(t *testing.T, name string) letter.Wording {
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
	body := io.Reader(m.Body)
	switch strings.ToLower(m.Header.Get("Content-Transfer-Encoding")) {
	case "base64":
		body = base64.NewDecoder(base64.StdEncoding, body)
	case "quoted-printable":
		body = quotedprintable.NewReader(body)
	}
	text, err := io.ReadAll(body)
	if err != nil {
		t.Fatal(err)
	}
	subject, err := new(mime.WordDecoder).DecodeHeader(m.Header.Get("Subject"))
	if err != nil {
		t.Fatal(err)
	}
	return letter.Wording{
		Subject: subject, Text: letter.Own(string(text), ""), From: m.Header.Get("From"), Mailbox: "abuse@example-hosting.example",
	}
}
