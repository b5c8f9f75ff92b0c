package settings

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/pelletier/go-toml/v2"
)

func TestWhatACampaignCannotDoWithout(t *testing.T) {
	dir, outside := t.TempDir(), t.TempDir()
	key := filepath.Join(outside, "dkim.pem")
	text := `ledger = "here.db"
state = "state"
files = "contacts.csv.old"
[campaign]
id = "relay26"
code_key = "code.key"
retired_keys = ["old.key"]
[letters]
templates = "words"
fonts = ["font.ttf"]
[lookup]
overrides = "./lists/own.csv"
snapshot = "snapshot.idx"
[smtp]
host = "mail.example.org"
from = "a@example.org"
user = "code.key.pub"
password_file = "smtp.pass"
[[smtp.dkim]]
domain = "example.org"
selector = "s"
key = "` + key + `"
[[agency]]
id = "oca"
from = "notices@example.org"
names = { en = "Office" }
logo = "logo.svg"
`
	for name, text := range map[string]string{
		File: text, "code.key": "sixteen bytes and more", "old.key": "sixteen bytes, before", "smtp.pass": "secret", "lists/own.csv": "match,email\n",
		"words/letter/en.md": "x", "words/site/en.md": "x", "font.ttf": "x", "snapshot.idx": "x", "here.db": "x", "contacts.csv.old": "x", "other.txt": "x", key: "x",
		"contacts.csv": "match,email\n",
	} {
		if !filepath.IsAbs(name) {
			name = filepath.Join(dir, name)
		}
		if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	s := &Settings{folder: dir}
	if err := toml.Unmarshal([]byte(text), s); err != nil {
		t.Fatal(err)
	}
	want := []string{key, "code.key", "contacts.csv", File, "lists/own.csv", "old.key", "smtp.pass", "words/letter/en.md", "words/site/en.md"}
	if got, err := s.Kept(); err != nil || !slices.Equal(got, want) {
		t.Errorf("%q, want %q: %v", got, want, err)
	}
	s.Letters.Templates = "nowhere"
	if _, err := s.Kept(); err == nil {
		t.Error("templates that are not there are passed over")
	}
}
