package main

import (
	"bytes"
	"compress/gzip"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"headsup/cmd/headsup/usage"
)

const goodCSV = "ip,port,proto,kind,service,seen\n192.0.2.7,25,tcp,open-relay,smtp,2026-03-01T10:00:00Z\n"

// TestHostileFiles checks what no scanner writes: each file ends by itself
// with an error that names it, and the rows before and after the bad one count.
func TestHostileFiles(t *testing.T) {
	alone(t)
	for _, c := range []struct {
		name   string
		file   func(io.Writer)
		code   int
		stderr string
		sum    string
	}{
		{"a line of 10 MB", func(w io.Writer) {
			io.WriteString(w, goodCSV+strings.Repeat("x", 10<<20)+"\n192.0.2.8,25,tcp,open-relay,smtp,2026-03-01T10:00:00Z\n")
		}, usage.Left, "scan:3: ", "3 rows: 2 worth a letter, 1 rejected"},
		{"invalid UTF-8 in a banner", func(w io.Writer) {
			io.WriteString(w, "ip,port,proto,kind,service,seen,evidence\n192.0.2.8,25,tcp,open-relay,smtp,2026-03-01T10:00:00Z,220 \xff\xfe\n")
		}, usage.Done, "", "1 row: 1 worth a letter"},
		{"invalid UTF-8 in an address", func(w io.Writer) {
			io.WriteString(w, goodCSV+"192.0.2.\xff,25,tcp,open-relay,smtp,2026-03-01T10:00:00Z\n")
		}, usage.Left, "scan:3: not in the expected format: address", "2 rows: 1 worth a letter, 1 rejected"},
		{"a gzip bomb behind a good row", func(w io.Writer) {
			z, _ := gzip.NewWriterLevel(w, gzip.BestCompression)
			io.WriteString(z, goodCSV)
			zeros := make([]byte, 1<<20)
			for range 256 {
				z.Write(zeros)
			}
			z.Close()
		}, usage.Failed, "too large", "2 rows: 1 worth a letter, 1 rejected"},
		{"a gzip file that breaks off", func(w io.Writer) {
			var whole bytes.Buffer
			z := gzip.NewWriter(&whole)
			io.WriteString(z, goodCSV)
			z.Flush()
			w.Write(whole.Bytes())
		}, usage.Failed, "scan:", "2 rows: 1 worth a letter, 1 rejected"},
		{"something else altogether", func(w io.Writer) { w.Write([]byte("\x7fELF\x02\x01\x01\x00")) }, usage.Failed, "scan", "1 row: 0 worth a letter, 1 rejected"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Chdir(t.TempDir())
			f, err := os.Create("scan")
			if err != nil {
				t.Fatal(err)
			}
			c.file(f)
			if err := f.Close(); err != nil {
				t.Fatal(err)
			}
			var out, errs bytes.Buffer
			code := run(t.Context(), []string{"check", "scan"}, strings.NewReader(""), &out, &errs)
			if code != c.code || !strings.Contains(errs.String(), c.stderr) {
				t.Errorf("exit %d and %q, want %d and %q", code, errs.String(), c.code, c.stderr)
			}
			if !strings.HasSuffix(out.String(), c.sum+"\n") {
				t.Errorf("sum %q, want %q", out.String(), c.sum)
			}
			if strings.Contains(errs.String(), "hint: ") != (code != usage.Done) {
				t.Errorf("an error without a hint, or a hint without an error: %q", errs.String())
			}
		})
	}
}

// TestSampleScans checks real scanner output against what is known of the
// hosts that were scanned.
func TestSampleScans(t *testing.T) {
	dir := filepath.Join("..", "..", "..", "shared", "samples", "scans")
	files, _ := filepath.Glob(filepath.Join(dir, "*.xml"))
	if len(files) == 0 {
		t.Skip("the sample scans are not on this machine: " + dir)
	}
	var out, errs bytes.Buffer
	if code := run(t.Context(), append([]string{"check"}, files...), nil, &out, &errs); code != usage.Done {
		t.Fatalf("exit %d: %s", code, errs.String())
	}
	for _, want := range []string{
		"127.0.0.31\t3128/tcp\topen-proxy\thttp\t", "127.0.0.25\t25/tcp\topen-relay\tsmtp\tobserved\t",
		"127.0.0.32\t1080/tcp\topen-proxy\tsocks5\tobserved\t", "127.0.0.1\t10026/tcp\topen-relay\tsmtp\tweak\t",
	} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("%q is missing in\n%s", want, out.String())
		}
	}
	for _, no := range []string{"127.0.0.26\t25/tcp", "127.0.0.1\t18123/tcp\topen-proxy\thttp\tobserved"} {
		if strings.Contains(out.String(), no) {
			t.Errorf("%q is no finding", no)
		}
	}
}
