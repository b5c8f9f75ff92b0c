package render_test

import (
	"archive/zip"
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/mail"
	"net/netip"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"headsup/finding"
	"headsup/letter"
	"headsup/render"
)

// A xarfRule is what the schema of XARF v4.2.0 (github.com/xarf/xarf-spec,
// xarf-core and vulnerability-open-service) demands of one field of a report.
type xarfRule struct {
	field    string
	required bool
	valid    func(any) bool
}

var (
	xarfVersion  = regexp.MustCompile(`^4\.[0-9]+\.[0-9]+$`)
	xarfUUID     = regexp.MustCompile(`^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$`)
	xarfTag      = regexp.MustCompile(`^[a-z0-9][a-z0-9_+-]*:[a-z0-9][a-z0-9_+-]*$`)
	xarfHash     = regexp.MustCompile(`^(md5|sha1|sha256|sha512):[a-fA-F0-9]+$`)
	xarfHostname = regexp.MustCompile(`^([a-zA-Z0-9]([a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?\.)*[a-zA-Z0-9]([a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?$`)
	xarfMIME     = regexp.MustCompile(`^[a-z]+/[a-z0-9.+-]+$`)
)

// All other fields are allowed, but a reader may refuse those that it does not know.
var xarfRules = []xarfRule{
	{"xarf_version", true, is(xarfVersion.MatchString)},
	{"report_id", true, is(xarfUUID.MatchString)},
	{"timestamp", true, is(func(s string) bool { _, err := time.Parse(time.RFC3339, s); return err == nil })},
	{"reporter", true, isParty},
	{"sender", true, isParty},
	{"source_identifier", true, is(func(s string) bool { _, err := netip.ParseAddr(s); return err == nil })},
	{"source_port", false, within(1, 65535)},
	{"category", true, is(func(s string) bool { return s == "vulnerability" })},
	{"type", true, is(func(s string) bool { return s == "open_service" })},
	{"service", true, is(func(s string) bool { return s != "" })},
	{"port", false, within(1, 65535)},
	{"protocol", false, is(func(s string) bool { return s == "tcp" || s == "udp" })},
	{"evidence_source", false, is(func(s string) bool { return s != "" })},
	{"evidence", false, listOf(1, 50, isEvidence)},
	{"tags", false, listOf(1, 20, is(xarfTag.MatchString))},
	{"confidence", false, func(v any) bool { n, ok := v.(float64); return ok && n >= 0 && n <= 1 }},
	{"description", false, is(func(s string) bool { return s != "" && utf8.RuneCountInString(s) <= 1000 })},
}

func is(valid func(string) bool) func(any) bool {
	return func(v any) bool { s, ok := v.(string); return ok && valid(s) }
}

func within(first, last float64) func(any) bool {
	return func(v any) bool {
		n, ok := v.(float64)
		return ok && n == float64(int(n)) && n >= first && n <= last
	}
}

func listOf(least, most int, valid func(any) bool) func(any) bool {
	return func(v any) bool {
		list, ok := v.([]any)
		return ok && len(list) >= least && len(list) <= most && !slices.ContainsFunc(list, func(x any) bool { return !valid(x) })
	}
}

// isObject allows the fields named and no other; those of required have to be there.
func isObject(v any, required []string, fields map[string]func(any) bool) bool {
	o, ok := v.(map[string]any)
	for _, name := range required {
		if _, there := o[name]; !there {
			return false
		}
	}
	for name, value := range o {
		if valid := fields[name]; valid == nil || !valid(value) {
			return false
		}
	}
	return ok
}

func isParty(v any) bool {
	return isObject(v, []string{"org", "contact", "domain"}, map[string]func(any) bool{
		"org":     is(func(s string) bool { return utf8.RuneCountInString(s) <= 200 }),
		"contact": is(func(s string) bool { a, err := mail.ParseAddress(s); return err == nil && a.Address == s }),
		"domain":  is(func(s string) bool { return len(s) <= 253 && xarfHostname.MatchString(s) }),
	})
}

func isEvidence(v any) bool {
	return isObject(v, []string{"content_type", "payload"}, map[string]func(any) bool{
		"content_type": is(xarfMIME.MatchString),
		"description":  is(func(s string) bool { return utf8.RuneCountInString(s) <= 500 }),
		"payload":      is(func(s string) bool { _, err := base64.StdEncoding.DecodeString(s); return err == nil }),
		"hash":         is(xarfHash.MatchString),
		"size":         within(0, 5<<20),
	})
}

// breach says what a report does that the schema forbids, or nothing.
func breach(report map[string]any) string {
	known := map[string]bool{}
	for _, rule := range xarfRules {
		known[rule.field] = true
		v, there := report[rule.field]
		switch {
		case !there && rule.required:
			return "no " + rule.field
		case there && !rule.valid(v):
			return fmt.Sprintf("%s is %v", rule.field, v)
		}
	}
	for field := range report {
		if !known[field] {
			return "an unknown field " + field
		}
	}
	return ""
}

func TestReportsKeepTheRulesOfXARF(t *testing.T) {
	plain := finding.Finding{Addr: netip.MustParseAddr("2001:db8::1"), Proto: "udp", Kind: finding.ExposedService, Seen: seen, Strength: finding.Observed}
	long := relay("192.0.2.7")
	long.Service, long.Reason, long.Evidence = strings.Repeat("s", 900), strings.Repeat("ж", 3000), strings.Repeat("é", 1<<20)
	last := relay("192.0.2.7")
	last.Port = 65535
	named := example("en")
	named.Agency.Name = strings.Repeat("ж", 500)
	with := func(fs ...finding.Finding) letter.Letter { l := example("en"); l.Findings = fs; return l }
	letters := map[string]letter.Letter{
		"every kind": full("de", "en"), "next to nothing is known": with(plain), "everything is too long": with(long), "the last port": with(last), "a long name": named,
	}
	for _, v := range hostile {
		l := poisoned(example("en"), v)
		if l.Agency.Name == "" {
			l.Agency.Name = "Agency"
		}
		letters[fmt.Sprintf("hostile %.20q", v)] = l
	}
	for name, l := range letters {
		reports, _ := xarfs(t, l)
		if len(reports) != len(l.Findings) {
			t.Errorf("%s: %d reports of %d findings", name, len(reports), len(l.Findings))
		}
		for _, r := range reports {
			if b := breach(r); b != "" {
				t.Errorf("%s: %.200s", name, b)
			}
		}
	}
}

// TestTheRulesOfXARFAreRules breaks a report in each way that the schema forbids.
func TestTheRulesOfXARFAreRules(t *testing.T) {
	reports, _ := xarfs(t, example("en"))
	good := reports[0]
	if b := breach(good); b != "" {
		t.Fatal(b)
	}
	party := func(field string, v any) map[string]any {
		p := maps.Clone(good["sender"].(map[string]any))
		p[field] = v
		return p
	}
	item := func(field string, v any) []any {
		e := maps.Clone(good["evidence"].([]any)[0].(map[string]any))
		e[field] = v
		return []any{e}
	}
	for field, values := range map[string][]any{
		"xarf_version":      {nil, "", "3.0.0", "4.2", 4.2},
		"report_id":         {nil, "", "relay26-k3v9xq2m7d", "6f1d7a523b0e5c1c9d4e2f6a8c7b9e10"},
		"timestamp":         {nil, "", "2026-03-01", "2026-03-01 10:30:00Z", 1772361000.0},
		"reporter":          {nil, "us", party("org", nil), party("org", strings.Repeat("x", 201)), party("fax", "1")},
		"sender":            {nil, party("contact", "notices"), party("contact", "A <a@example.org>"), party("domain", "exam ple"), party("domain", "")},
		"source_identifier": {nil, "", "192.0.2.256", 7.0},
		"source_port":       {0.0, 65536.0, 25.5, "25"},
		"category":          {nil, "", "connection"},
		"type":              {nil, "", "cve"},
		"service":           {nil, ""},
		"port":              {0.0, 65536.0, 25.5, "25"},
		"protocol":          {"", "sctp"},
		"evidence_source":   {"", 1.0},
		"evidence":          {[]any{}, item("content_type", nil), item("payload", "?"), item("hash", "sha512"), item("size", -1.0), item("size", 5242881.0), item("name", "x")},
		"tags":              {[]any{}, []any{"strength"}, []any{"strength:Observed"}, []any{":x"}, "strength:observed"},
		"confidence":        {80.0, -0.1, 1.1, "0.8"},
		"description":       {"", strings.Repeat("x", 1001), 1.0},
		"incident_type":     {"open_service"},
	} {
		for _, v := range values {
			bad := maps.Clone(good)
			if bad[field] = v; v == nil {
				delete(bad, field)
			}
			if breach(bad) == "" {
				t.Errorf("%s may be %v", field, v)
			}
		}
	}
}

func TestWhatReportsSay(t *testing.T) {
	relay, proxy := relay("192.0.2.7"), finding.Finding{Addr: netip.MustParseAddr("2001:db8::80"), Port: 8080, Proto: "tcp", Kind: finding.OpenProxy,
		Service: "http", Strength: finding.Verified, Reason: "a page was fetched through it", Seen: seen.Add(time.Hour)}
	bare := finding.Finding{Addr: netip.MustParseAddr("192.0.2.53"), Proto: "udp", Kind: finding.ExposedService, Strength: finding.Observed, Seen: seen}
	l := example("en")
	l.Findings = []finding.Finding{relay, proxy, bare}
	reports, files := xarfs(t, l)
	for i, want := range []map[string]any{
		{"service": "smtp", "port": 25.0, "source_port": 25.0, "protocol": "tcp", "confidence": 0.8, "tags": []any{"finding:open-relay", "strength:observed"},
			"description": "open-relay: 16 of 16 tests were accepted (reference relay26-k3v9xq2m7d)", "timestamp": "2026-03-01T10:30:00Z"},
		{"service": "http", "port": 8080.0, "confidence": 0.95, "tags": []any{"finding:open-proxy", "strength:verified"}, "timestamp": "2026-03-01T11:30:00Z", "evidence": nil},
		{"service": "unknown", "port": nil, "source_port": nil, "protocol": "udp", "evidence": nil},
	} {
		for field, v := range want {
			if got := reports[i][field]; fmt.Sprint(got) != fmt.Sprint(v) {
				t.Errorf("%s of report %d is %v, want %v", field, i, got, v)
			}
		}
		if name := []string{"xarf.json", "xarf-2.json", "xarf-3.json"}[i]; files[i].name != name {
			t.Errorf("report %d is called %q", i, files[i].name)
		}
	}
	ids := map[any]bool{}
	for _, change := range []func(*finding.Finding){
		func(*finding.Finding) {}, func(f *finding.Finding) { f.Addr = bare.Addr }, func(f *finding.Finding) { f.Port = 26 },
		func(f *finding.Finding) { f.Proto = "udp" }, func(f *finding.Finding) { f.Kind = finding.ExposedService },
	} {
		f := relay
		change(&f)
		l.Findings = []finding.Finding{f}
		reports, _ := xarfs(t, l)
		ids[reports[0]["report_id"]] = true
	}
	if len(ids) != 5 {
		t.Errorf("five services have %d report IDs", len(ids))
	}
}

// Fifty reports are parts of the mail; more come as one file of lines, and as a
// ZIP where that is large.
func TestManyReportsAreOneFile(t *testing.T) {
	for _, n := range []int{1, 50, 51, 800} {
		l := example("en")
		l.Findings = nil
		for i := range n {
			l.Findings = append(l.Findings, relay(netip.AddrFrom4([4]byte{198, 51, byte(i >> 8), byte(i)}).String()))
		}
		_, ps := parts(t, must(t, renderer(t, render.Options{}), l).Mail)
		single, lines, zipped := 0, 0, 0
		for _, p := range ps {
			switch {
			case p.kind == "application/json":
				single++
			case p.name == "xarf.jsonl":
				lines += validReports(t, strings.NewReader(p.text))
			case p.name == "xarf.zip":
				zipped += zippedReports(t, p.text)
			}
		}
		if got, want := [3]int{single, lines, zipped}, map[int][3]int{1: {1}, 50: {50}, 51: {1: 51}, 800: {2: 800}}[n]; got != want {
			t.Errorf("%d findings: %d reports apart, in lines, in a ZIP; want %d", n, got, want)
		}
	}
}

// zippedReports counts the valid reports in a ZIP.
func zippedReports(t *testing.T, file string) (n int) {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader([]byte(file)), int64(len(file)))
	if err != nil || len(z.File) != 1 || z.File[0].Name != "xarf.jsonl" {
		t.Fatalf("%v: %v", z, err)
	}
	f, err := z.Open("xarf.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	return validReports(t, f)
}

// validReports counts the valid reports in a file of lines.
func validReports(t *testing.T, f io.Reader) (n int) {
	t.Helper()
	for d := json.NewDecoder(f); d.More(); n++ {
		var report map[string]any
		if err := d.Decode(&report); err != nil {
			t.Fatal(err)
		}
		if b := breach(report); b != "" {
			t.Error(b)
		}
	}
	return n
}
