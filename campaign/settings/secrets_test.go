package settings

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
)

func TestWhichFilesAreSecret(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("code.key", "sixteen bytes and more")
	write("old.key", "sixteen bytes, before")
	write(File, `[campaign]
id = "relay26"
code_key = "code.key"
retired_keys = ["old.key"]
[smtp]
host = "mail.example.org"
user = "u"
password_file = "smtp.pass"
ca_file = "ca.pem"
cert_file = "client.pem"
key_file = "client.key"
proxy = "socks5://127.0.0.1:1"
proxy_user = "u"
proxy_password_file = "proxy.pass"
sends_from = ["192.0.2.25", "2001:db8::25"]
[[smtp.dkim]]
domain = "example.org"
selector = "s"
key = "dkim.pem"
[[mail_server]]
name = "other"
host = "other.example.org"
user = "u"
password_file = "other.pass"
[imap]
host = "mail.example.org"
user = "u"
password_file = "imap.pass"
[[agency]]
id = "oca"
name = "Office"
from = "notices@example.org"
key = "0123 4567"
[agency.pgp]
file = "pgp.asc"
passphrase_file = "pgp.pass"
`)
	s, err := Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, name := range s.Secrets() {
		names = append(names, filepath.Base(name))
	}
	want := []string{"client.key", "code.key", "dkim.pem", "imap.pass", "old.key", "other.pass", "pgp.asc", "pgp.pass", "proxy.pass", "smtp.pass"}
	if !slices.Equal(names, want) {
		t.Errorf("secret are %q, want %q", names, want)
	}
	if len(s.SMTP.SendsFrom) != 2 {
		t.Errorf("sends_from is %v", s.SMTP.SendsFrom)
	}
	if files := s.LedgerFiles(); files != nil {
		t.Errorf("files of a ledger that is absent: %q", files)
	}
	write("headsup.db", "")
	if files := s.LedgerFiles(); !slices.Equal(files, []string{filepath.Join(dir, "headsup.db")}) {
		t.Errorf("files of the ledger: %q", files)
	}
	if s.Ledger = "postgres://db.example.org/x"; s.LedgerFiles() != nil || !s.LedgerOnServer() {
		t.Error("a ledger on a server has no files here")
	}
}
