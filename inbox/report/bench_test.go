package report_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"headsup/inbox/report"
)

// BenchmarkSamples reads all samples once.
func BenchmarkSamples(b *testing.B) {
	files, _ := filepath.Glob("../../../shared/samples/reports/*.eml")
	if len(files) == 0 {
		b.Skip("the samples are not at hand")
	}
	var texts [][]byte
	for _, f := range files {
		text, err := os.ReadFile(f)
		if err != nil {
			b.Fatal(err)
		}
		texts = append(texts, text)
	}
	for b.Loop() {
		for _, text := range texts {
			report.Read(text, report.Options{Special: true})
		}
	}
}

// BenchmarkDay reads what a desk receives: mails of all shapes and languages,
// padded with the lines of a log so that the median is 15 KB. One operation
// reads one mail; 100,000 make up a day.
func BenchmarkDay(b *testing.B) {
	files, _ := filepath.Glob("testdata/*/*.eml")
	if len(files) == 0 {
		b.Fatal("no mails")
	}
	var texts [][]byte
	for i, f := range files {
		text, err := os.ReadFile(f)
		if err != nil {
			b.Fatal(err)
		}
		if !strings.Contains(string(text[:min(len(text), 4000)]), "multipart/") && !strings.Contains(string(text), "base64") && i%2 == 0 {
			text = append(text, []byte(logLines(25<<10))...)
		}
		texts = append(texts, text)
	}
	o := report.Options{Special: true, Ours: isCustomer}
	var size int64
	n := 0
	for b.Loop() {
		report.Read(texts[n%len(texts)], o)
		size += int64(len(texts[n%len(texts)]))
		n++
	}
	b.SetBytes(size / int64(n))
}

// logLines are about so many bytes of the log of a server.
func logLines(size int) string {
	var l strings.Builder
	for i := 0; l.Len() < size; i++ {
		fmt.Fprintf(&l, "2026-11-12T10:%02d:%02d.%03dZ mx postfix/smtpd[%d]: warning: unknown[203.0.113.%d]: SASL LOGIN authentication failed: UGFzc3dvcmQ6\n",
			i/60%60, i%60, i%1000, 1000+i, i%250+1)
	}
	return l.String()
}
