package wire

import (
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
)

func TestASecretIsTakenOutOfWhatAServerRepeats(t *testing.T) {
	const secret = "geheim/wort+1"
	std, url := base64.StdEncoding.EncodeToString, base64.URLEncoding.EncodeToString
	plain := []byte("\x00headsup@mail.example\x00" + secret)
	for name, text := range map[string]string{
		"as it is":             "535 wrong password geheim/wort+1 of headsup",
		"in a URL":             "postgres://u:geheim%2Fwort%2B1@db.example/x refused",
		"AUTH PLAIN":           "500 unknown command: AUTH PLAIN " + std(plain),
		"AUTH PLAIN, no pad":   "500 unknown command: AUTH PLAIN " + strings.TrimRight(std(plain), "="),
		"AUTH LOGIN":           "500 unknown command: " + std([]byte(secret)),
		"the other alphabet":   "500 " + url(plain),
		"XOAUTH2":              "500 AUTH XOAUTH2 " + std([]byte("user=u\x01auth=Bearer "+secret+"\x01\x01")),
		"with a byte too many": "500 " + strings.TrimRight(std(plain), "=") + "A",
	} {
		got := Hide(text, "", secret)
		if !strings.Contains(got, hidden) || strings.Contains(got, secret) || strings.Contains(got, std([]byte(secret))[:8]) {
			t.Errorf("%s: %q", name, got)
		}
		if first, _, _ := strings.Cut(text, " "); !strings.HasPrefix(got, first[:3]) {
			t.Errorf("%s: the rest is gone: %q", name, got)
		}
	}
}

func TestNothingElseIsTakenOut(t *testing.T) {
	for _, tt := range []struct{ text, secret string }{
		{"535 5.7.8 Error: authentication failed", ""},
		{"535 5.7.8 Error: authentication failed", "5.7"},
		{"535 5.7.8 Error: authentication failed: " + base64.StdEncoding.EncodeToString([]byte("another")), "geheim"},
		{"", "geheim"},
	} {
		if got := Hide(tt.text, tt.secret); got != tt.text {
			t.Errorf("%q without %q is %q", tt.text, tt.secret, got)
		}
	}
}

func TestAnErrorWithoutASecretIsTheSame(t *testing.T) {
	err := HideIn(fmt.Errorf("said geheim: %w", io.ErrUnexpectedEOF), "geheim")
	if err.Error() != "said [secret]: unexpected EOF" || !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("%v", err)
	}
	if HideIn(nil, "geheim") != nil || HideIn(io.EOF, "geheim") != io.EOF {
		t.Error("what holds no secret is changed")
	}
}
