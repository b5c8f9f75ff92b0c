package settings

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"headsup/outcome/experiment"
)

// TestArmsThatCannotBe gives the part of an [[experiment.arm]] that says what it changes.
func TestArmsThatCannotBe(t *testing.T) {
	for _, tt := range []struct{ sentence, text, err string }{
		{"a folder of templates", `changes = "text"` + "\n" + `value = "plain"`, ""},
		{"no folder", `changes = "text"`, `experiment: arm "x": value names no folder of templates`},
		{"English alone", `changes = "language"` + "\n" + `value = "english"`, ""},
		{"no English", `changes = "language"` + "\n" + `value = "native"`, ""},
		{"a language by its code", `changes = "language"` + "\n" + `value = "de"`, `:16: experiment: arm "x": value: "de" is neither "english" nor "native"`},
		{"an agency", `changes = "sender"` + "\n" + `value = "a"`, ""},
		{"an agency that there is not", `changes = "sender"` + "\n" + `value = "b"`, `:16: experiment: arm "x": no agency is called "b"`},
		{"some attachments", `changes = "attachments"` + "\n" + `value = "pdf csv"`, ""},
		{"none", `changes = "attachments"` + "\n" + `value = "none"`, ""},
		{"no word about attachments", `changes = "attachments"`, `experiment: arm "x": value names no attachments; "none" is for none`},
		{"a file that there is not", `changes = "attachments"` + "\n" + `value = "csv zip"`, `experiment: arm "x": value: attachments: none of csv, xarf, pdf: "zip"`},
		{"a file twice", `changes = "attachments"` + "\n" + `value = "csv csv"`, `"csv" twice`},
		{"mail alone", `changes = "channel"` + "\n" + `value = "mail"`, ""},
		{"both", `changes = "channel"` + "\n" + `value = "both"`, ""},
		{"a channel that there is not", `changes = "channel"` + "\n" + `value = "fax"`, `experiment: arm "x": value: "fax" is neither "mail" nor "both"`},
		{"paper without pages", `changes = "channel"` + "\n" + `value = "both"` + "\n[letters]\npdf = false", `experiment: arm "x": letters.pdf is off: nothing could go by post`},
		{"a thing that no arm changes", `changes = "colour"`, `experiment: not a plan: arm "x": "colour" is not one of text, language, sender, attachments, channel`},
		{"nothing", ``, `experiment: arm "x": changes: "" is not one of text, language, sender, attachments, channel`},
	} {
		t.Run(tt.sentence, func(t *testing.T) {
			dir := t.TempDir()
			head := "[campaign]\nid = \"a26\"\n[[agency]]\nid = \"a\"\nname = \"A\"\nfrom = \"a@example.org\"\n[experiment]\ncontrol = 0.2\n" +
				"until = \"2999-01-01\"\napproved_by = \"Jane\"\nreason = \"to know\"\n[[experiment.arm]]\nname = \"x\"\npart = 0.2\n"
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
			p := s.Experiment.Plan("a26")
			if len(p.Arms) != 3 || p.Arms[0].Name != experiment.Control || p.Arms[1].Name != experiment.Letters || p.Arms[1].Part < .599 || p.Arms[1].Part > .601 ||
				p.Arms[2].Changes != s.Experiment.Arms[0].Changes || p.Arms[2].Value != s.Experiment.Arms[0].Value {
				t.Errorf("%+v", p.Arms)
			}
		})
	}
}
