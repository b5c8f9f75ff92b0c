package render

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"time"

	"github.com/google/uuid"

	"headsup/finding"
	"headsup/letter"
)

// separateXARF is how many reports are attached one by one. More of them come
// as one file with a report on each line.
const separateXARF = 50

// A xarf is a report in the Extended Abuse Reporting Format, version 4.2
// (github.com/xarf/xarf-spec): one incident, which is one service of one host.
type xarf struct {
	Version        string     `json:"xarf_version"`
	ReportID       string     `json:"report_id"`
	Timestamp      string     `json:"timestamp"`
	Reporter       party      `json:"reporter"`
	Sender         party      `json:"sender"`
	Source         string     `json:"source_identifier"`
	SourcePort     uint16     `json:"source_port,omitempty"`
	Category       string     `json:"category"`
	Type           string     `json:"type"`
	Service        string     `json:"service"`
	Port           uint16     `json:"port,omitempty"`
	Protocol       string     `json:"protocol"`
	EvidenceSource string     `json:"evidence_source"`
	Evidence       []evidence `json:"evidence,omitempty"`
	Tags           []string   `json:"tags"`
	Confidence     float64    `json:"confidence"`
	Description    string     `json:"description"`
}

type party struct {
	Org     string `json:"org"`
	Contact string `json:"contact"`
	Domain  string `json:"domain"`
}

type evidence struct {
	ContentType string `json:"content_type"`
	Description string `json:"description"`
	Payload     string `json:"payload"` // base64
	Hash        string `json:"hash"`
	Size        int    `json:"size"`
}

// reports is the name space of the IDs of reports (RFC 9562 §5.5).
var reports = uuid.MustParse("6f1d7a52-3b0e-5c1c-9d4e-2f6a8c7b9e10")

// confidence says in numbers what a [finding.Strength] says in words.
var confidence = map[finding.Strength]float64{finding.Verified: 0.95, finding.Observed: 0.8}

// newXARF reports a finding. Its ID is made of the letter's and of the service.
func newXARF(l letter.Letter, f finding.Finding) xarf {
	from := party{Org: finding.Clean(l.Agency.Name, 200), Contact: l.Agency.From, Domain: domain(l.Agency.From)}
	x := xarf{
		Version:   "4.2.0",
		ReportID:  uuid.NewSHA1(reports, fmt.Appendf(nil, "%s %s %d/%s %s", l.ID, f.Addr, f.Port, f.Proto, f.Kind)).String(),
		Timestamp: f.Seen.UTC().Format(time.RFC3339),
		Reporter:  from, Sender: from,
		Source: f.Addr.String(), SourcePort: f.Port, Port: f.Port, Protocol: f.Proto,
		Category: "vulnerability", Type: "open_service", Service: clean(f.Service),
		EvidenceSource: "automated_scan", Confidence: confidence[f.Strength],
		Tags:        []string{"finding:" + string(f.Kind), "strength:" + string(f.Strength)},
		Description: finding.Clean(fmt.Sprintf("%s: %s (reference %s)", f.Kind, f.Reason, l.ID), 1000),
	}
	if x.Service == "" {
		x.Service = "unknown"
	}
	if text := finding.Clean(f.Evidence, 64<<10); text != "" {
		sum := sha256.Sum256([]byte(text))
		x.Evidence = []evidence{{ContentType: "text/plain", Description: "What the scanner reported, cut and made printable",
			Payload: base64.StdEncoding.EncodeToString([]byte(text)), Hash: "sha256:" + hex.EncodeToString(sum[:]), Size: len(text)}}
	}
	return x
}

// xarfFiles writes a report for each finding.
//
// Readers of abuse mail know the part by the name "xarf.json" of its
// Content-Type, so each has that; people who save the files see numbers.
func xarfFiles(l letter.Letter) []attachment {
	var lines []byte
	var files []attachment
	for i, f := range l.Findings {
		x := newXARF(l, f)
		if len(l.Findings) > separateXARF {
			lines = x.append(lines, "")
			continue
		}
		a := attachment{name: "xarf.json", kind: `application/json; name="xarf.json"`, data: x.append(nil, "  ")}
		if i > 0 {
			a.name = fmt.Sprintf("xarf-%d.json", i+1)
		}
		files = append(files, a)
	}
	switch {
	case len(lines) > plainFile:
		return []attachment{{name: "xarf.zip", kind: "application/zip", data: zipped("xarf.jsonl", lines)}}
	case len(lines) > 0:
		return []attachment{{name: "xarf.jsonl", kind: `application/jsonl; name="xarf.jsonl"`, data: lines}}
	}
	return files
}
