package settings

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"headsup/letter"
)

func TestWhom(t *testing.T) {
	for _, tt := range []struct{ sentence, text, err string }{
		{"rules and a sector", "[[whom]]\nsectors = [\"clinics\", \"government\"]\nexcept = [\"DE\"]\nway = \"through-csirt\"\ncsirt = \"cert@example.org\"\n" +
			"[[sector]]\nname = \"clinics\"\ndomains = [\"*.Clinic.example\"]\nprefixes = [\"192.0.2.0/24\"]\nas = [\"AS64500\"]\n", ""},
		{"a way that there is not", "[[whom]]\nway = \"by-pigeon\"\n", `:8: whom.way: "by-pigeon" is none of direct, csirt-in-copy, through-csirt, never, telephone-first`},
		{"no way", "[[whom]]\ncountries = [\"DE\"]\n", `whom.way: "" is none of`},
		{"a country that there is not", "[[whom]]\ncountries = [\"XX\"]\nway = \"never\"\n", `whom: "XX" is not a country`},
		{"a country by its name", "[[whom]]\nexcept = [\"Germany\"]\nway = \"never\"\n", `whom: "Germany" is not a country`},
		{"a sector that there is not", "[[whom]]\nsectors = [\"banks\"]\nway = \"never\"\n", `whom.sectors: no [[sector]] is called "banks"`},
		{"a CSIRT that is no mailbox", "[[whom]]\nway = \"csirt-in-copy\"\ncsirt = \"example.org\"\n", `whom.csirt: "example.org" is not a mail address`},
		{"a sector without a name", "[[sector]]\ndomains = [\"a.example\"]\n", "[[sector]]: name is missing"},
		{"an AS number that is none", "[[sector]]\nname = \"a\"\nas = [\"64x\"]\n", `sector "a": as: "64x" is not an AS number`},
	} {
		t.Run(tt.sentence, func(t *testing.T) {
			dir := t.TempDir()
			head := "[campaign]\nid = \"a26\"\n[[agency]]\nid = \"a\"\nname = \"A\"\nfrom = \"a@example.org\"\n"
			if err := os.WriteFile(filepath.Join(dir, File), []byte(head+tt.text), 0o600); err != nil {
				t.Fatal(err)
			}
			s, err := Load(dir)
			if (err == nil) != (tt.err == "") || err != nil && !strings.Contains(err.Error(), tt.err) {
				t.Fatalf("error %v, want %s", err, tt.err)
			}
			if err != nil {
				return
			}
			c, err := s.Decisions([]string{"en"})
			if err != nil {
				t.Fatal(err)
			}
			r, sec := c.Whom.Rules[0], c.Whom.Sectors[0]
			if r.Way != letter.ThroughCSIRT || r.CSIRT != "cert@example.org" || r.Except[0] != "DE" || len(r.Sectors) != 2 ||
				sec.Name != "clinics" || sec.Domains[0] != "clinic.example" || len(sec.Prefixes) != 1 || sec.AS[0] != 64500 {
				t.Errorf("%+v", c.Whom)
			}
		})
	}
}
