package lookup

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"
	"time"
)

const overridesCSV = `match,email,name,org,country,language,address,policy
# our own customers
192.0.2.0/24,abuse@example.net,Abuse desk,Example GmbH,DE,de,Musterweg 1 | 12345 Musterstadt,
192.0.2.0/28,one@example.org,,,,,,
192.0.2.0/28,two@example.org,,,,fr,,
192.0.2.9,,,,,,,nobody
2001:db8::/48,six@example.net,,,,,,
AS64500,as@example.net,,,,,,
example.org,web@example.org,,,,,"Street 1
Town",
`

func readOverrides(t testing.TB, text string) *Overrides {
	t.Helper()
	o, err := ReadOverrides(strings.NewReader(text), "contacts.csv", time.Unix(1, 0))
	if err != nil {
		t.Fatal(err)
	}
	return o
}

func TestOverrides(t *testing.T) {
	o := readOverrides(t, overridesCSV)
	for _, tt := range []struct{ query, mails, where string }{
		{"192.0.2.200", "abuse@example.net", "contacts.csv:3"},
		{"192.0.2.1", "one@example.org two@example.org", "contacts.csv:4"},
		{"192.0.2.9", "", "contacts.csv:6"},
		{"192.0.3.1", "-", ""},
		{"2001:db8::1", "six@example.net", "contacts.csv:7"},
		{"AS64500", "as@example.net", "contacts.csv:8"},
		{"AS64501", "-", ""},
		{"example.org", "web@example.org", "contacts.csv:9"},
		{"www.example.org", "web@example.org", "contacts.csv:9"},
		{"badexample.org", "-", ""},
	} {
		t.Run(tt.query, func(t *testing.T) {
			var n Network
			var ok bool
			switch addr, err := netip.ParseAddr(tt.query); {
			case err == nil:
				n, ok, _ = o.Lookup(t.Context(), addr)
				if ok && (addr.Less(n.First) || n.Last.Less(addr)) {
					t.Errorf("of %s - %s", n.First, n.Last)
				}
			case strings.HasPrefix(tt.query, "AS"):
				n, ok, _ = o.LookupAS(t.Context(), map[string]uint32{"AS64500": 64500, "AS64501": 64501}[tt.query])
			default:
				n, ok, _ = o.LookupDomain(t.Context(), tt.query)
			}
			got := "-"
			if ok {
				got = strings.Join(mailsOf(n.Contacts), " ")
			}
			if got != tt.mails || n.Server != tt.where {
				t.Errorf("%q of %q, want %q of %q", got, n.Server, tt.mails, tt.where)
			}
		})
	}
	n, _, _ := o.Lookup(t.Context(), netip.MustParseAddr("192.0.2.200"))
	c := n.Contacts[0]
	if c.Name != "Abuse desk" || c.Org != "Example GmbH" || c.Country != "DE" || c.Language != "de" || strings.Join(c.Address, "|") != "Musterweg 1|12345 Musterstadt" ||
		n.Org != "Example GmbH" || n.Source != "override" || n.Fetched != time.Unix(1, 0).UTC() {
		t.Errorf("%+v", n)
	}
	n.Contacts[0].Email = "changed"
	if n, _, _ := o.Lookup(t.Context(), netip.MustParseAddr("192.0.2.200")); n.Contacts[0].Email == "changed" {
		t.Error("an answer is shared")
	}
}

func TestBadOverrides(t *testing.T) {
	for _, tt := range []struct{ text, want string }{
		{"email\na@example.net\n", `c.csv:1: no column "match"`},
		{"match,mail\n", `c.csv:1: unknown column "mail", perhaps "email"`},
		{"match,email,email\n", `c.csv:1: repeated column "email"`},
		{"match,email\n192.0.2.1/24,a@example.net\n", `c.csv:2: match: not the start of a prefix: "192.0.2.1/24"`},
		{"match,email\n\n192.0.2.0/33,a@example.net\n", `c.csv:3: match: neither prefix`},
		{"match,email\nAS99999999999,a@example.net\n", `c.csv:2: match: neither`},
		{"match,email\nAS4294967296,a@example.net\n", `c.csv:2: match: not an AS number`},
		{"match,email\n192.0.2.1,example.net\n", `c.csv:2: email: not a mail address: "example.net"`},
		{"match,email\n192.0.2.1,\n", `c.csv:2: email: not a mail address`},
		{"match,email,country\n192.0.2.1,a@example.net,Utopia\n", `c.csv:2: country: not of ISO 3166-1: "Utopia"`},
		{"match,email,language\n192.0.2.1,a@example.net,!!\n", `c.csv:2: language: not of BCP 47: "!!"`},
		{"match,email,policy\n192.0.2.1,a@example.net,nobody\n", `c.csv:2: policy: "nobody" goes without email`},
		{"match,email,role\n192.0.2.1,a@example.net,boss\n", `c.csv:2: role: neither "abuse" nor "customer": "boss"`},
		{"match,email,reports\n192.0.2.1,a@example.net,daily\n", `c.csv:2: reports: neither "digest", "each" nor "none": "daily"`},
		{"match,email,policy\n192.0.2.1,a@example.net,maybe\n", `c.csv:2: policy: neither empty`},
		{"match,email,policy\n192.0.2.1,a@example.net,\n192.0.2.1,,nobody\n", `c.csv:3: match: "192.0.2.1" has a row that says otherwise`},
		{"match,email,policy\n192.0.2.1,,nobody\n192.0.2.1,a@example.net,\n", `c.csv:3: match: "192.0.2.1" has a row that says otherwise`},
		{"match,email\n192.0.2.1\n", `c.csv:2: email: not a mail address: ""`},
		{"match,email\n192.0.2.1,a@example.net,x\n", `c.csv:2: 3 columns, want 2`},
		{"match,email\n192.0.2.1", `c.csv:2: the last line breaks off`},
		{"match,email\n\"192.0.2.1,a\n", `c.csv:2: a quote that opens here is never closed`},
		{"\"match", `c.csv: a quote`},
		{"email,name\na@example.net,x\n", `c.csv:1: no column "match"`},
		{"\n# ours\nmatch,mial\n", `c.csv:3: unknown column "mial", perhaps "email"`},
		{"match,email\n192.0.2.1,\"a\xff@example.net\"\n", `c.csv:2: email: not a mail address: "aÿ@example.net"`},
		{"match,email,name\n192.0.2.1,a@example.net," + strings.Repeat("x", 2001) + "\n", `c.csv:2: name: too long`},
	} {
		t.Run(tt.text, func(t *testing.T) {
			_, err := ReadOverrides(strings.NewReader(tt.text), "c.csv", time.Time{})
			if err == nil || !strings.HasPrefix(err.Error(), tt.want) {
				t.Errorf("error %v, want %s", err, tt.want)
			}
		})
	}
	_, err := ReadOverrides(strings.NewReader("match,email\n192.0.2.1,a\n192.0.2.2,b@example.net\n192.0.2.3,c\n"), "c.csv", time.Time{})
	if got := strings.Split(fmt.Sprint(err), "\n"); len(got) != 2 || !strings.HasPrefix(got[1], "c.csv:4: ") {
		t.Errorf("two bad rows are %q", got)
	}
	if o := readOverrides(t, ""); o == nil {
		t.Error("an empty file overrides nothing")
	}
}

// A contact file is read in whatever way its house's spreadsheet writes it.
func TestOverridesInOtherSpellings(t *testing.T) {
	wide := []byte("\xff\xfe")
	for _, c := range []byte("match\temail\tname\r\n192.0.2.0/24\tabuse@example.net\tB") {
		wide = append(wide, c, 0)
	}
	wide = append(wide, 0xfc, 0, 'r', 0, 'o', 0, '\r', 0, '\n', 0)
	for name, text := range map[string]string{
		"semicolons":                "match;email;name\r\n192.0.2.0/24;abuse@example.net;Büro\r\n",
		"semicolons and a mark":     "\ufeffMatch;Email;Name\r\n192.0.2.0/24;abuse@example.net;Büro\r\n",
		"sep=":                      "sep=;\nmatch;email;name\n192.0.2.0/24;abuse@example.net;Büro\n",
		"UTF-16, as Excel calls it": string(wide),
		"Windows-1252":              "match;email;name\n192.0.2.0/24;abuse@example.net;B\xfcro\n",
		"Macintosh":                 "match,email,name\r192.0.2.0/24,abuse@example.net,Büro\r",
		"columns without a name":    "match,email,name,,\n192.0.2.0/24,abuse@example.net,Büro,,\n",
		"a comment above":           "# ours\n\nmatch,email,name\n192.0.2.0/24,abuse@example.net,Büro\n",
	} {
		o, err := ReadOverrides(strings.NewReader(text), "c.csv", time.Unix(1, 0))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		n, ok, _ := o.Lookup(t.Context(), netip.MustParseAddr("192.0.2.7"))
		if !ok || len(n.Contacts) != 1 || n.Contacts[0].Email != "abuse@example.net" || n.Contacts[0].Name != "Büro" {
			t.Errorf("%s: %+v", name, n)
		}
	}
}

// A match and a mailbox may be written as people write them.
func TestOverridesInOtherWords(t *testing.T) {
	for _, tt := range []struct{ match, mail, name, want string }{
		{"192.0.2.0-192.0.2.255", "abuse@example.net", "", "abuse@example.net "},
		{"192.0.2.0 - 192.0.2.255", "mailto:abuse@example.net", "", "abuse@example.net "},
		{"192.0.2.0/255.255.255.0", "<abuse@example.net>", "", "abuse@example.net "},
		{"192.0.2.7", "\"\"\"Desk, Abuse\"\" <abuse@example.net>\"", "", "abuse@example.net Desk, Abuse"},
		{"[::ffff:192.0.2.7]", "Desk <abuse@example.net>", "Night", "abuse@example.net Night"},
		{"192.0.2.0/24", "\"abuse@example.net, noc@example.net\"", "", ""},
		{"192.0.2.0/24", "abuse at example.net", "", ""},
		{"192.0.2.0/24", "Desk <abuse>", "", ""},
		{"192.0.2.0-192.0.2.254", "abuse@example.net", "", ""},
		{"192.0.2.1-192.0.2.254", "abuse@example.net", "", ""},
	} {
		o, err := ReadOverrides(strings.NewReader("match,email,name\n"+tt.match+","+tt.mail+","+tt.name+"\n"), "c.csv", time.Unix(1, 0))
		if err != nil {
			if tt.want != "" {
				t.Errorf("%s, %s: %v", tt.match, tt.mail, err)
			}
			continue
		}
		n, _, _ := o.Lookup(t.Context(), netip.MustParseAddr("192.0.2.7"))
		if len(n.Contacts) != 1 || n.Contacts[0].Email+" "+n.Contacts[0].Name != tt.want {
			t.Errorf("%s, %s: %+v, want %q", tt.match, tt.mail, n.Contacts, tt.want)
		}
	}
}

func FuzzReadOverrides(f *testing.F) {
	f.Add(overridesCSV)
	f.Add("match,email\n::ffff:192.0.2.1,a@example.net\n")
	f.Fuzz(func(t *testing.T, text string) {
		o, err := ReadOverrides(strings.NewReader(text), "c.csv", time.Unix(1, 0))
		if err != nil {
			if !strings.HasPrefix(err.Error(), "c.csv:") {
				t.Errorf("error without file and line: %v", err)
			}
			return
		}
		for p, n := range o.prefixes.All() {
			if got, ok, _ := o.Lookup(t.Context(), p.Addr()); !ok || !n.holds(p.Addr()) || n.First.Is4In6() {
				t.Errorf("%s: %+v", p, got)
			}
			for _, c := range n.Contacts {
				if _, err := addrSpec(c.Email); err != nil || clean(c.Name, 200) != c.Name {
					t.Errorf("%+v", c)
				}
			}
		}
	})
}
