package lookup

import (
	"encoding/csv"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

const samples = "../../shared/samples/registry"

// Real answers of the registries, with the contact that a person would choose.
func TestRealAnswers(t *testing.T) {
	for _, table := range []string{"records.tsv", "asn.tsv"} {
		rows := readTSV(t, filepath.Join(samples, table))
		sum := map[string][3]int{} // exact, acceptable, wrong
		for _, row := range rows {
			query := row["ip"] + row["asn"]
			t.Run(query+" "+filepath.Base(row["raw_file"]), func(t *testing.T) {
				body, err := os.ReadFile(filepath.Join(samples, row["raw_file"]))
				if err != nil {
					t.Fatal(err)
				}
				a, err := Decode(body, "whois.example", time.Unix(0, 0))
				if err != nil {
					t.Fatal(err)
				}
				got := "NONE"
				if len(a.Network.Contacts) > 0 {
					got = a.Network.Contacts[0].Email
				}
				s := sum[row["registry"]]
				switch {
				case strings.EqualFold(got, row["abuse_email"]):
					s[0]++
				case slices.Contains(strings.Split(row["acceptable_alternates"], ","), got):
					s[1]++
					t.Logf("acceptable: %s for %s", got, row["abuse_email"])
				default:
					s[2]++
					t.Errorf("contact %s, want %s; all %v; rejected %v", got, row["abuse_email"], mailsOf(a.Network.Contacts), mailsOf(a.Rejected))
				}
				sum[row["registry"]] = s
				for _, never := range strings.Split(row["must_reject"], ",") {
					if never != "" && slices.Contains(mailsOf(a.Network.Contacts), never) {
						t.Errorf("%s among the contacts %v", never, mailsOf(a.Network.Contacts))
					}
				}
				if cc := row["country"]; cc != "" && a.Network.Country != cc {
					t.Logf("country %q, recorded as %q", a.Network.Country, cc)
				}
			})
		}
		for _, reg := range slices.Sorted(maps.Keys(sum)) {
			t.Logf("%s %-8s exact %d acceptable %d wrong %d", table, reg, sum[reg][0], sum[reg][1], sum[reg][2])
		}
	}
}

func mailsOf(contacts []Contact) []string {
	var out []string
	for _, c := range contacts {
		out = append(out, strings.ToLower(c.Email))
	}
	return out
}

func readTSV(t *testing.T, name string) []map[string]string {
	t.Helper()
	f, err := os.Open(name)
	if err != nil {
		t.Skipf("the collection of real answers is not here: %v", err)
	}
	defer f.Close()
	r := csv.NewReader(f)
	r.Comma, r.LazyQuotes = '\t', false
	lines, err := r.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var rows []map[string]string
	for _, l := range lines[1:] {
		row := map[string]string{}
		for i, name := range lines[0] {
			row[name] = l[i]
		}
		rows = append(rows, row)
	}
	return rows
}
