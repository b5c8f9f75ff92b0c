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
	alone(t)
	readme, err := os.ReadFile(filepath.Join("..", "..", "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir(t.TempDir())
	printed := printedBy(t, []string{"demo", "--dir", "spring"}, []string{"check", "spring/scans/relays.xml"}, []string{"-C", "spring", "status", "--unwritten"},
		[]string{"demo", "--isp", "--dir", "net"}, []string{"-C", "net", "who", "198.51.100.17", "--port", "1100", "--time", "2026-03-03T08:35:00Z"})
	shown := 0
	for line := range strings.SplitSeq(string(readme), "\n") {
		if !strings.Contains(line, "\t") {
			continue
		}
		if shown++; !printed[line] {
			t.Errorf("headsup does not print %q", line)
		}
	}
	if shown < 18 {
		t.Errorf("the README shows %d lines of results", shown)
	}
	_, walk, _ := strings.Cut(string(readme), "## A provider's first hour\n")
	walk, _, _ = strings.Cut(walk, "\n## ")
	for line := range mailed(t, "net/Maildir/new/*") {
		printed[line] = true
	}
	for n, block := range strings.Split(walk, "```") {
		for line := range strings.SplitSeq(strings.TrimSpace(block), "\n") {
			if n%2 == 1 && line != "…" && !strings.HasPrefix(line, "$ ") && !printed[line] {
				t.Errorf("the walk of a provider's first hour shows %q", line)
			}
		}
	}
}

// printedBy runs verbs, and returns the lines that they print.
func printedBy(t *testing.T, verbs ...[]string) map[string]bool {
	t.Helper()
	var out, errs bytes.Buffer
	for _, args := range verbs {
		if code := run(t.Context(), args, nil, &out, &errs); code != usage.Done {
			t.Fatalf("headsup %v: exit %d\n%s", args, code, errs.String())
		}
	}
	return lines(out.String())
}

func lines(text string) map[string]bool {
	all := map[string]bool{}
	for line := range strings.SplitSeq(text, "\n") {
		all[strings.TrimSuffix(line, "\r")] = true
	}
	return all
}

// mailed returns the lines of mails whose parts are quoted-printable.
func mailed(t *testing.T, pattern string) map[string]bool {
	t.Helper()
	names, err := filepath.Glob(pattern)
	if err != nil || len(names) == 0 {
		t.Fatalf("%s: %d mails, %v", pattern, len(names), err)
	}
	var all strings.Builder
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		text = bytes.ReplaceAll(bytes.ReplaceAll(text, []byte("=\r\n"), nil), []byte("=\n"), nil)
		all.Write(bytes.ReplaceAll(text, []byte("=3D"), []byte("=")))
	}
	return lines(all.String())
}
