package finding

import (
	"bytes"
	"encoding/json"
	"errors"
	"slices"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

func FuzzRead(f *testing.F)         { fuzz(f, Auto) }
func FuzzNmap(f *testing.F)         { fuzz(f, Nmap) }
func FuzzMasscan(f *testing.F)      { fuzz(f, Masscan) }
func FuzzZGrab2(f *testing.F)       { fuzz(f, ZGrab2) }
func FuzzShadowserver(f *testing.F) { fuzz(f, Shadowserver) }
func FuzzCSV(f *testing.F)          { fuzz(f, CSV) }
func FuzzJSONLines(f *testing.F)    { fuzz(f, JSONLines) }
func FuzzNuclei(f *testing.F)       { fuzz(f, Nuclei) }
func FuzzNaabu(f *testing.F)        { fuzz(f, Naabu) }
func FuzzHTTPX(f *testing.F)        { fuzz(f, HTTPX) }
func FuzzIntelMQ(f *testing.F)      { fuzz(f, IntelMQ) }
func FuzzNessus(f *testing.F)       { fuzz(f, Nessus) }
func FuzzOpenVAS(f *testing.F)      { fuzz(f, OpenVAS) }
func FuzzShodan(f *testing.F)       { fuzz(f, Shodan) }
func FuzzCensys(f *testing.F)       { fuzz(f, Censys) }
func FuzzZMap(f *testing.F)         { fuzz(f, ZMap) }

// fuzzMost bounds what is tried: a longer file tells nothing new, and the
// fuzzer would spend its time on making it shorter.
const fuzzMost = 2 << 10

// fuzz holds every reader to what Read and Finding promise.
func fuzz(f *testing.F, format Format) {
	for _, in := range each() {
		if len(in) <= fuzzMost {
			f.Add([]byte(in))
		}
	}
	for _, in := range []string{"\x1f\x8b\x08\x00", "\x28\xb5\x2f\xfd\x04", "\xff\xfe<\x00", header + good, jsonOK + `{"rows":1}`} {
		f.Add([]byte(in))
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		if len(in) > fuzzMost {
			return
		}
		o := Options{Format: format, Kind: OpenRelay, Seen: time.Unix(1772359200, 0)}
		var over error
		for got, err := range Read(bytes.NewReader(in), "2026-03-01-scan_socks-x.csv", o) {
			if over != nil {
				t.Fatalf("more after %v", over)
			}
			if err != nil {
				if row := new(RowError); !errors.As(err, &row) {
					over = err
				}
				continue
			}
			promises(t, got)
			again(t, got)
		}
	})
}

// promises checks f against the doc of Finding.
func promises(t *testing.T, f Finding) {
	t.Helper()
	none := f.Strength == Contradicted
	switch {
	case !f.Addr.IsValid() && !none, f.Addr.Is4In6(), f.Addr.Zone() != "", f.Port == 0 && !none,
		f.Proto != "tcp" && f.Proto != "udp" && !none, !slices.Contains(kinds, f.Kind), !slices.Contains(strengths, f.Strength),
		f.Reason == "" && f.Strength == Weak && f.Source == "",
		f.Seen.IsZero() && !none, f.Seen.Location() != time.UTC, f.Seen.Nanosecond() != 0, f.Source == "":
		t.Fatalf("%+v", f)
	}
	rule, ok := RuleOf(f)
	if !ok || none != (rule.Class != "") && rule.ID != ownFinding.ID && rule.ID != listSays.ID {
		t.Fatalf("%+v was judged by %+v", f, rule)
	}
	for _, s := range []string{f.Service, f.Reason, f.Source, f.Evidence, f.Reporter} {
		clean(t, s, maxEvidence)
	}
}

// again checks that a Finding survives being printed and read.
func again(t *testing.T, f Finding) {
	t.Helper()
	line, err := json.Marshal(f)
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for got, err := range Read(bytes.NewReader(line), "other", Options{}) {
		got.Rule = f.Rule
		if n++; err != nil || got != f {
			t.Fatalf("%+v is read back as %+v, %v", f, got, err)
		}
	}
	if n != 1 {
		t.Fatalf("%s is read back as %d rows", line, n)
	}
}

func clean(t *testing.T, s string, max int) {
	t.Helper()
	if len(s) > max || !utf8.ValidString(s) || !norm.NFC.IsNormalString(s) {
		t.Fatalf("%q is too long or not UTF-8 in NFC", s)
	}
	for _, r := range s {
		if r != zwnj && (!unicode.IsPrint(r) || unicode.Is(unicode.Co, r) || unicode.Is(unicode.Cf, r)) {
			t.Fatalf("%q holds %U", s, r)
		}
	}
}

func FuzzClean(f *testing.F) {
	f.Add("e\u200d\u0301 \xff\u202e\ue000", 5)
	f.Add("نامه\u200c\u200cها\u200c\u0301", 11)
	f.Fuzz(func(t *testing.T, s string, max int) {
		if max < 0 || max > 1<<16 {
			return
		}
		got := Clean(s, max)
		clean(t, got, max)
		if twice := Clean(got, max); twice != got {
			t.Fatalf("Clean(%q, %d) = %q, and again %q", s, max, got, twice)
		}
	})
}
