package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"headsup/cmd/headsup/usage"
)

// TestReadmeTellsTheTruth runs what the README shows: each line of results in
// it must be one that headsup prints.
func TestReadmeTellsTheTruth(t *testing.T) {
	readme, err := os.ReadFile(filepath.Join("..", "..", "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir(t.TempDir())
	var out, errs bytes.Buffer
	for _, args := range [][]string{
		{"demo", "--dir", "spring"}, {"check", "spring/scans/relays.xml"}, {"-C", "spring", "status", "--unwritten"},
	} {
		if code := run(t.Context(), args, nil, &out, &errs); code != usage.Done {
			t.Fatalf("headsup %v: exit %d\n%s", args, code, errs.String())
		}
	}
	printed := map[string]bool{}
	for line := range strings.SplitSeq(out.String(), "\n") {
		printed[line] = true
	}
	shown := 0
	for line := range strings.SplitSeq(string(readme), "\n") {
		if !strings.Contains(line, "\t") {
			continue
		}
		if shown++; !printed[line] {
			t.Errorf("headsup does not print %q", line)
		}
	}
	if shown < 8 {
		t.Errorf("the README shows %d lines of results", shown)
	}
}
