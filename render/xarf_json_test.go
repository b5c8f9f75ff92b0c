package render

import (
	"bytes"
	"encoding/json"
	"testing"
)

// FuzzXARFIsWhatTheStandardLibraryWrites compares the writer with encoding/json.
func FuzzXARFIsWhatTheStandardLibraryWrites(f *testing.F) {
	f.Add("plain", "Office & Co. <a@b.example>", "größer\u2028\x00\xff\"\\", uint16(25), 3)
	f.Add("", "", "", uint16(0), 0)
	f.Fuzz(func(t *testing.T, a, b, c string, port uint16, n int) {
		x := xarf{Version: a, ReportID: b, Timestamp: c, Reporter: party{a, b, c}, Sender: party{c, b, a}, Source: a, SourcePort: port,
			Category: b, Type: c, Service: a, Port: port, Protocol: b, EvidenceSource: c, Tags: []string{a, b}, Confidence: 0.95, Description: c}
		if n%2 == 1 {
			x.Evidence, x.Confidence = []evidence{{a, b, c, a, n}, {}}, 0
		}
		for _, indent := range []string{"", "  "} {
			var want bytes.Buffer
			e := json.NewEncoder(&want)
			e.SetIndent("", indent)
			if err := e.Encode(x); err != nil {
				t.Fatal(err)
			}
			if got := x.append([]byte("before"), indent); string(got) != "before"+want.String() {
				t.Errorf("%s\nis not\n%s", got, want.String())
			}
		}
	})
}
