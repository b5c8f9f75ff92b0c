package report_test

import (
	"os"
	"path/filepath"
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
