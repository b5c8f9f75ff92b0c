package report_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"headsup/inbox/report"
)

// TestReadingsStay compares what is read of every mail at hand, whole and cut in
// half, with what was read of it before. A change that is to make reading quicker
// leaves each byte as it was:
//
//	HEADSUP_READINGS=/tmp/readings go test ./inbox/report -run ReadingsStay
//
// The first run writes that file, and later runs compare with it.
func TestReadingsStay(t *testing.T) {
	name := os.Getenv("HEADSUP_READINGS")
	if name == "" {
		t.Skip("HEADSUP_READINGS names a file of earlier readings, or one to write")
	}
	var got bytes.Buffer
	for _, m := range everyMail(t) {
		for _, text := range [][]byte{m.text, m.text[:len(m.text)/2], append(bytes.Clone(m.text), logLines(9<<10)...)} {
			for _, o := range []report.Options{{}, {Special: true}, {Special: true, Ours: isCustomer}} {
				read, err := json.Marshal(report.Read(text, o))
				if err != nil {
					t.Fatal(err)
				}
				fmt.Fprintf(&got, "%s %d %s\n", m.name, len(text), read)
			}
		}
	}
	before, err := os.ReadFile(name)
	if errors.Is(err, fs.ErrNotExist) {
		if err := os.WriteFile(name, got.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
		t.Logf("%d bytes were written", got.Len())
		return
	}
	if err != nil {
		t.Fatal(err)
	}
	was, is, others := strings.Split(string(before), "\n"), strings.Split(got.String(), "\n"), 0
	for i := range min(len(was), len(is)) {
		if was[i] != is[i] {
			if others++; others < 4 {
				at := 0
				for at < min(len(was[i]), len(is[i])) && was[i][at] == is[i][at] {
					at++
				}
				mail, _, _ := strings.Cut(was[i], " ")
				t.Logf("%s: …%.400s\nis now …%.400s", mail, was[i][max(0, at-80):], is[i][max(0, at-80):])
			}
		}
	}
	if t.Logf("%d readings", len(is)-1); others > 0 || len(was) != len(is) {
		t.Errorf("%d of %d readings are others; %d are there now", others, len(was)-1, len(is)-1)
	}
}

type namedMail struct {
	name string
	text []byte
}

// everyMail is each mail of testdata, and each of the samples where they are at
// hand.
func everyMail(t *testing.T) (all []namedMail) {
	t.Helper()
	for _, glob := range []string{"testdata/*/*.eml", "testdata/*/*/*.eml", "../../../shared/samples/reports/*.eml"} {
		files, err := filepath.Glob(glob)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range files {
			text, err := os.ReadFile(f)
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, namedMail{f, text})
		}
	}
	archives, err := filepath.Glob("testdata/*.txtar")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range archives {
		a, err := txtar.ParseFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range a.Files {
			_, mail, _ := strings.Cut(string(f.Data), "\n")
			all = append(all, namedMail{name + "/" + strings.ReplaceAll(f.Name, " ", "_"), []byte(mail)})
		}
	}
	return all
}
