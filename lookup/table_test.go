package lookup

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"time"
)

// table writes IANA's table for IPv4 with the services given, and the five
// regional registries.
func table(date string, services ...string) string {
	for i, host := range []string{"rdap.arin.net/registry", "rdap.db.ripe.net", "rdap.apnic.net", "rdap.lacnic.net/rdap", "rdap.afrinic.net/rdap"} {
		var entries []string
		for n := range 25 {
			entries = append(entries, fmt.Sprintf("%q", fmt.Sprintf("%d.0.0.0/8", 25*i+n+1)))
		}
		services = append(services, fmt.Sprintf(`[[%s],["https://%s/","http://%s/"]]`, strings.Join(entries, ","), host, host))
	}
	return fmt.Sprintf(`{"version":"1.0","publication":%q,"description":"x","services":[%s]}`, date, strings.Join(services, ","))
}

func TestTable(t *testing.T) {
	now := time.Date(2026, 1, 2, 0, 0, 0, 0, time.UTC)
	built := BuiltInTables()[0]
	good := table("2026-01-01T00:00:00Z")
	for _, tt := range []struct{ sentence, body, want string }{
		{"a table as IANA writes it", good, ""},
		{"that in use once more", string(built.Bytes()), ""},
		{"a server of the settings", table("2026-01-01T00:00:00Z", `[["203.0.113.0/24"],["https://rdap.example.net/"]]`), ""},
		{"not JSON", "<html>", "invalid character '<' looking for beginning of value"},
		{"cut short", good[:len(good)-10], "unexpected end of JSON input"},
		{"another version", strings.Replace(good, "1.0", "2.0", 1), `version "2.0", not 1.0`},
		{"no date", strings.Replace(good, "publication", "published", 1), "no publication date"},
		{"older", table("2019-06-01T00:00:00Z"), "of 2019-06-01, older than that in use, of 2019-06-07"},
		{"of next year", table("2027-01-01T00:00:00Z"), "of 2027-01-01, which is to come"},
		{"nothing in it", `{"version":"1.0","publication":"2026-01-01T00:00:00Z","services":[]}`, "no entries"},
		{"little in it", `{"version":"1.0","publication":"2026-01-01T00:00:00Z","services":[[["1.0.0.0/8"],["https://rdap.apnic.net/"]]]}`, "1 entries, less than half of the 221 in use"},
		{"a region left out", strings.ReplaceAll(good, "rdap.lacnic.net/rdap", "rdap.apnic.net"), "nothing for LACNIC"},
		{"a stranger's server", table("2026-01-01T00:00:00Z", `[["203.0.113.0/24"],["https://rdap.evil.example/"]]`), `no registry of the settings is at "rdap.evil.example"`},
		{"no https", table("2026-01-01T00:00:00Z", `[["203.0.113.0/24"],["http://rdap.arin.net/"]]`), "no server with https, in service 1"},
		{"no server", table("2026-01-01T00:00:00Z", `[["203.0.113.0/24"],[]]`), "no server with https, in service 1"},
		{"a server with a password", table("2026-01-01T00:00:00Z", `[["203.0.113.0/24"],["https://a:b@rdap.arin.net/"]]`), `server "https://a:b@rdap.arin.net/", in service 1`},
		{"a server that is an address", table("2026-01-01T00:00:00Z", `[["203.0.113.0/24"],["https://192.0.2.1/"]]`), `server "https://192.0.2.1/", in service 1`},
		{"a server that is a file", table("2026-01-01T00:00:00Z", `[["203.0.113.0/24"],["file:///etc/"]]`), `server "file:///etc/", in service 1`},
		{"a prefix with bits set after it", table("2026-01-01T00:00:00Z", `[["203.0.113.1/24"],["https://rdap.arin.net/"]]`), `entry "203.0.113.1/24", in service 1`},
		{"another kind among them", table("2026-01-01T00:00:00Z", `[["1-2"],["https://rdap.arin.net/"]]`), `entry "1.0.0.0/8", in service 2`},
		{"an entry twice", table("2026-01-01T00:00:00Z", `[["1.0.0.0/8"],["https://rdap.arin.net/"]]`), `entry "1.0.0.0/8" twice, in service 2`},
		{"three lists", table("2026-01-01T00:00:00Z", `[["contact"],["203.0.113.0/24"],["https://rdap.arin.net/"]]`), "not a list of entries and a list of servers, in service 1"},
		{"AS numbers", `{"version":"1.0","publication":"2026-01-01T00:00:00Z","services":[[["1-2"],["https://rdap.arin.net/"]]]}`, "asn, not ipv4"},
		{"more than IANA could write", strings.Repeat(" ", maxTable+1), "4194305 bytes are more than 4194304"},
	} {
		t.Run(tt.sentence, func(t *testing.T) {
			got, err := ParseTable([]byte(tt.body))
			if err == nil {
				err = got.Check(built, Registries{"mine": {RDAP: "https://rdap.example.net/"}}, now)
			}
			want := ""
			if tt.want != "" {
				want = ErrTable.Error() + ": " + tt.want
			}
			if said := fmt.Sprint(err); err == nil && want != "" || err != nil && (said != want || !errors.Is(err, ErrTable)) {
				t.Errorf("%v\nwant %s", err, want)
			}
		})
	}
}

func TestTableKinds(t *testing.T) {
	for i, b := range BuiltInTables() {
		if b.Kind != TableKinds[i] || b.Entries == 0 {
			t.Errorf("%s: %d entries", b.Kind, b.Entries)
		}
	}
	for entry, want := range map[string]string{
		"192.0.2.0/24": "ipv4", "2001:db8::/32": "ipv6", "64496-64511": "asn", "64496": "asn", "example": "dns", "xn--p1ai": "dns",
		"64511-64496": "", "1-": "", "": "", "192.0.2.1": "", "a b": "", "::ffff:192.0.2.0/120": "", "4294967296": "",
	} {
		if got := entryKind(entry); got != want {
			t.Errorf("%q: %q, want %q", entry, got, want)
		}
	}
}

func TestNewerTableIsUsed(t *testing.T) {
	addr := netip.MustParseAddr("127.1.1.1") // nobody's in the built-in table
	parse := func(date string) Table {
		tab, err := ParseTable([]byte(table(date, `[["127.0.0.0/8"],["https://rdap.apnic.net/"]]`)))
		if err != nil {
			t.Fatal(err)
		}
		return tab
	}
	for date, want := range map[string]string{"2026-01-01T00:00:00Z": "apnic", "2019-01-01T00:00:00Z": ""} {
		c, err := NewClient(nil, Options{Tables: []Table{parse(date)}})
		if err != nil {
			t.Fatal(err)
		}
		if got := c.Lane(addr); got != want {
			t.Errorf("a table of %s sends to %q, want %q", date, got, want)
		}
	}
}

func TestFetchTable(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/rdap/ipv4.json":
			fmt.Fprint(w, "a table")
		case "/rdap/ipv6.json":
			http.Redirect(w, r, "/rdap/ipv4.json", http.StatusFound)
		case "/rdap/asn.json":
			w.Write(make([]byte, maxTable+100))
		}
	}))
	defer server.Close()
	body, err := FetchTable(t.Context(), server.URL+"/rdap/", "ipv4")
	if string(body) != "a table" || err != nil {
		t.Errorf("%q, %v", body, err)
	}
	if _, err = FetchTable(t.Context(), server.URL+"/rdap/", "ipv6"); err == nil || !strings.Contains(err.Error(), "302") {
		t.Errorf("a redirect: %v", err)
	}
	if body, err = FetchTable(t.Context(), server.URL+"/rdap/", "asn"); len(body) != maxTable+1 || err != nil {
		t.Errorf("%d bytes, %v", len(body), err)
	}
	for _, base := range []string{"http://data.example/rdap/", "https://a:b@data.example/", "file:///etc/", "x", "http://localhost/"} {
		if _, err := FetchTable(t.Context(), base, "ipv4"); err == nil || !strings.Contains(err.Error(), "not a base URL") {
			t.Errorf("%s: %v", base, err)
		}
	}
	if _, err := FetchTable(t.Context(), "https://localhost:1/", "ipv4"); !errors.Is(err, errPrivate) {
		t.Errorf("this machine by a name: %v", err)
	}
}

func FuzzParseTable(f *testing.F) {
	for _, service := range []string{
		`["192.0.2.0/24"],["https://rdap.arin.net/registry/"]`, `["2001:db8::/32"],["https://rdap.db.ripe.net/","http://rdap.db.ripe.net/"]`,
		`["64496-64511","64512"],["https://rdap.apnic.net/"]`, `["example"],["https://rdap.example/"]`, `[],[]`,
	} {
		f.Add([]byte(`{"version":"1.0","publication":"2026-01-01T00:00:00Z","services":[[` + service + `]]}`))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		if len(body) > fuzzMost {
			return
		}
		got, err := ParseTable(body)
		if err != nil {
			if !errors.Is(err, ErrTable) {
				t.Error(err)
			}
			return
		}
		if got.Kind != "dns" && got.Published.After(time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC)) {
			if c, err := NewClient(nil, Options{Tables: []Table{got}}); err == nil {
				c.Lane(netip.MustParseAddr("192.0.2.1"))
			}
		}
	})
}
