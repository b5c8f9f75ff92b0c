package report_test

import (
	"encoding/csv"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"headsup/inbox/report"
)

// TestSamples reads the mails that AbuseIO's parsers are tested with, where
// they are at hand.
func TestSamples(t *testing.T) {
	dir := "../../../shared/samples/reports"
	f, err := os.Open(filepath.Join(dir, "expected.tsv"))
	if err != nil {
		t.Skip("the samples are not at hand")
	}
	defer f.Close()
	rd := csv.NewReader(f)
	rd.Comma, rd.LazyQuotes = '\t', true
	rows, err := rd.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range rows[1:] {
		t.Run(row[0], func(t *testing.T) {
			text, err := os.ReadFile(filepath.Join(dir, row[0]))
			if err != nil {
				t.Fatal(err)
			}
			expect(t, report.Read(text, report.Options{Special: true}), row[1:])
			var ours []netip.Addr
			for _, a := range strings.Fields(row[2]) {
				ours = append(ours, netip.MustParseAddr(a))
			}
			expect(t, report.Read(text, report.Options{Special: true, Ours: func(a netip.Addr) bool { return slices.Contains(ours, a) }}), row[1:])
		})
	}
}

// expect compares what was read with the truth: verdict, addresses, traps,
// port, time, kinds.
func expect(t *testing.T, got report.Report, want []string) {
	t.Helper()
	verdict := map[report.Status]string{report.Understood: "report", report.Person: "person", report.None: "other"}[got.Status]
	if verdict != want[0] {
		t.Errorf("it is taken for %s (%s), want %s", verdict, got.Why, want[0])
	}
	var addrs []string
	for _, e := range got.Events {
		if a := e.Addr.String(); e.Addr.IsValid() && !slices.Contains(addrs, a) {
			addrs = append(addrs, a)
		}
	}
	wanted := strings.Fields(want[1])
	slices.Sort(addrs)
	slices.Sort(wanted)
	if !slices.Equal(addrs, wanted) {
		t.Errorf("addresses %v, want %v", addrs, wanted)
	}
	if len(got.Events) == 0 {
		return
	}
	var kinds, times []string
	for _, e := range got.Events {
		kinds, times = append(kinds, string(e.Kind)), append(times, e.Seen.String())
	}
	if !slices.ContainsFunc(kinds, func(k string) bool { return slices.Contains(strings.Split(want[5], "|"), k) }) {
		t.Errorf("kinds %v, want %s", kinds, want[5])
	}
	port := ""
	for _, e := range got.Events {
		if e.Port > 0 {
			port = itoa(int(e.Port))
			break
		}
	}
	if rest, optional := strings.CutPrefix(want[3], "~"); port != want[3] && !(optional && (port == "" || port == rest)) {
		t.Errorf("port %q, want %q", port, want[3])
	}
	if !slices.ContainsFunc(times, func(got string) bool { return sameTime(got, want[4]) }) {
		t.Errorf("times %v, want %s", times[:min(3, len(times))], want[4])
	}
}
