package render

import (
	"archive/zip"
	"bytes"
	"encoding/csv"
	"slices"
	"strconv"
	"time"

	"headsup/finding"
	"headsup/sheet"
)

// plainFile is how large a file may be before it is attached as a ZIP.
const plainFile = 512 << 10

// The file of all findings, and what it is called in a ZIP.
const (
	csvName = "findings.csv"
	zipName = "findings.zip"
)

// csvFile writes what is known of each finding, for machines. What tells
// about the house, such as the scan file of a finding, is not in it.
func csvFile(fs []finding.Finding) attachment {
	data := csvOf(fs)
	if len(data) > plainFile {
		return zipFile(data)
	}
	return attachment{name: csvName, kind: "text/csv; charset=utf-8", data: data, text: true}
}

func zipFile(data []byte) attachment {
	return attachment{name: zipName, kind: "application/zip", data: zipped(csvName, data)}
}

func csvOf(fs []finding.Finding) []byte {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	w.UseCRLF = true
	w.Write([]string{"ip", "port", "proto", "kind", "service", "strength", "seen", "evidence"})
	for _, f := range fs {
		row := []string{f.Addr.String(), strconv.Itoa(int(f.Port)), f.Proto, string(f.Kind), f.Service, string(f.Strength),
			f.Seen.UTC().Format(time.RFC3339), f.Evidence}
		if f.Addr == nowhere {
			row[0] = ""
		}
		for i, cell := range row {
			row[i] = inert(cell)
		}
		w.Write(row)
	}
	w.Flush()
	return b.Bytes()
}

// withoutEvidence returns the findings without what the scanner reported.
func withoutEvidence(fs []finding.Finding) []finding.Finding {
	fs = slices.Clone(fs)
	for i := range fs {
		fs[i].Evidence = ""
	}
	return fs
}

// longestCell is how many bytes spreadsheets take in one cell, roughly.
const longestCell = 32000

// inert keeps a spreadsheet from taking a cell for a formula, and a line
// break from making a row.
func inert(cell string) string { return sheet.Inert(finding.Clean(cell, longestCell)) }

// zipped packs one file. It has no time, so that the same file gives the same bytes.
func zipped(name string, data []byte) []byte {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	if w, err := z.Create(name); err == nil { // a bytes.Buffer does not fail
		w.Write(data)
	}
	z.Close()
	return b.Bytes()
}
