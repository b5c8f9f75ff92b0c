package settings

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
	"time"

	"headsup/lookup"
)

// The examples say what the program reads.
func TestExamplesOfContacts(t *testing.T) {
	text, live := Rehearsing()
	if !bytes.Contains(text, []byte("\nrehearsal = true")) || !bytes.Contains(text, []byte("\noverrides = \"contacts.csv\"")) {
		t.Errorf("the settings of a rehearsal are\n%s", text)
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, File), text, 0o600); err != nil {
		t.Fatal(err)
	}
	s, err := Load(dir)
	if err != nil || !s.Rehearsal || len(s.Allowed()) != 5 {
		t.Fatalf("%v, %v", s, err)
	}
	for name, file := range map[string][]byte{"as it is": ExampleContacts, "of a rehearsal": live} {
		o, err := lookup.ReadOverrides(bytes.NewReader(file), ContactsFile, time.Time{})
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		for _, p := range documentation[:3] {
			if _, ok, _ := o.Lookup(t.Context(), p.Addr()); ok != (name != "as it is") {
				t.Errorf("%s: %s is found: %v", name, p, ok)
			}
		}
	}
}

func TestOnlyARehearsalUsesDocumentationAddresses(t *testing.T) {
	s := &Settings{Lookup: Lookup{AllowSpecial: documentation[:1]}}
	if got := s.Allowed(); len(got) != 1 {
		t.Errorf("%v", got)
	}
	s.Rehearsal = true
	if got := s.Allowed(); len(got) != 6 || len(s.Lookup.AllowSpecial) != 1 {
		t.Errorf("%v", got)
	}
}
