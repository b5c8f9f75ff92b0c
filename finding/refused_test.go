package finding

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// Whoever names a format wants no other to be read.
func TestANamedFormatReadsNoOther(t *testing.T) {
	named := map[Format]string{}
	for name, text := range each() {
		if of, end, _ := strings.Cut(name, "."); strings.Contains("xml json jsonl nessus", end) {
			named[Format(of)] = text
		}
	}
	if len(named) != 12 {
		t.Fatalf("%d formats", len(named))
	}
	both := map[[2]Format]bool{
		{Nmap, Masscan}: true, // masscan writes nmap's XML too
		{ZGrab2, Naabu}: true, // naabu's rows are an address and a port with anything else
	}
	for of, text := range named {
		for as := range named {
			rows := 0
			for _, err := range Read(strings.NewReader(text), "in", Options{Format: as, Kind: OpenRelay, Port: 25, Seen: time.Unix(1772359200, 0)}) {
				if err == nil {
					rows++
				}
			}
			if (rows > 0) != (of == as || both[[2]Format{of, as}]) {
				t.Errorf("%s read as %s: %d rows", of, as, rows)
			}
		}
	}
}

// Ledgers, JSON, flags and other people's programs hold these words.
func TestWordsOfFindingsStayWhatTheyAre(t *testing.T) {
	for want, got := range map[string]any{
		"[open-relay open-proxy exposed-service]": []Kind{OpenRelay, OpenProxy, ExposedService},
		"[verified observed weak contradicted]":   []Strength{Verified, Observed, Weak, Contradicted},
		"[nmap masscan zgrab2 shadowserver csv headsup nuclei naabu httpx intelmq nessus openvas shodan censys zmap]": []Format{
			Nmap, Masscan, ZGrab2, Shadowserver, CSV, JSONLines, Nuclei, Naabu, HTTPX, IntelMQ, Nessus, OpenVAS, Shodan, Censys, ZMap},
	} {
		if fmt.Sprint(got) != want {
			t.Errorf("%v, want %s", got, want)
		}
	}
}
