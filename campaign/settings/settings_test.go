package settings

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestLineOf(t *testing.T) {
	text := []byte("[smtp]\n# mail_server = \"a\"\n[[agency]]\n\tmail_server='a'\nmail_server = \"a.b\"\nx_mail_server = \"c\"\nmail_server = [\n \"d\",\n \"e\"]\n")
	for value, want := range map[string]int{"a": 4, "a.b": 5, "axb": 0, "c": 0, "d": 7, "e": 7, "": 0} {
		if got := lineOf(text, "mail_server", value); got != want {
			t.Errorf("%q is in line %d, want %d", value, got, want)
		}
	}
	if got := lineOf(text, "", ""); got != 0 {
		t.Errorf("nothing is in line %d", got)
	}
}

func TestPerhaps(t *testing.T) {
	for key, want := range map[string]string{
		"campaign.titel": `, perhaps "campaign.title"`, "campain.title": `, perhaps "campaign"`, "agency.countrys": `, perhaps "agency.countries"`,
		"smtp.hosst": `, perhaps "smtp.host"`, "colour.of.all": "", "ledger.x": "", "campaign.utterly_other": "",
	} {
		if got := perhaps(strings.Split(key, ".")); got != want {
			t.Errorf("%s%s, want %s", key, got, want)
		}
	}
}

func TestMailboxesAreOneOrSeveral(t *testing.T) {
	const agency = "[campaign]\nid = \"relay26\"\n[[agency]]\nid = \"oca\"\nname = \"Office\"\nfrom = \"a@example.org\"\n"
	for text, want := range map[string]string{
		"":                                     "",
		"[imap]\nhost = \"a\"\nuser = \"u\"\n": "a",
		" [ imap ] # ours\nhost = \"a\"\npassword_file = \"p\"\n":           "a",
		"[[imap]]\nhost = \"a\"\n[[imap]]\nhost = \"b\"\nca_file = \"c\"\n": "a b",
	} {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, File), []byte(agency+text), 0o600); err != nil {
			t.Fatal(err)
		}
		s, err := Load(dir)
		if err != nil {
			t.Fatalf("%q: %v", text, err)
		}
		var hosts []string
		for _, b := range s.Mailboxes() {
			hosts = append(hosts, b.Host)
			for _, name := range []string{b.PasswordFile, b.CAFile} {
				if name != "" && filepath.Dir(name) != dir {
					t.Errorf("%q: the file %s is not in the campaign folder", text, name)
				}
			}
		}
		if got := strings.Join(hosts, " "); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}
