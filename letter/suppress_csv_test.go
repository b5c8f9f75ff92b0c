package letter

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestSuppressionsComeBack(t *testing.T) {
	list := []Suppression{
		{Scope: ByAddress, Value: "abuse@example.net", Reason: "asked, by telephone"},
		{Scope: ByDomain, Value: "example.org", Campaign: "relay26", Until: time.Date(2027, 1, 31, 0, 0, 0, 0, time.UTC)},
		{Scope: ByPrefix, Value: "2001:db8::/32", Reason: "=cmd|' /C calc'!A0"},
		{Scope: ByAddress, Value: "+tag@example.net"},
		{Scope: ByAddress, Value: "#1@example.net", Reason: "'t is no comment"},
		{Scope: ByAS, Value: "as64500", Reason: "asked for all its networks"},
	}
	var b strings.Builder
	if err := WriteSuppressions(&b, list); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(b.String(), "\n=") || strings.Contains(b.String(), ",=") || strings.Contains(b.String(), "\n+") {
		t.Errorf("a formula:\n%s", b.String())
	}
	back, err := ReadSuppressions(strings.NewReader(b.String()), "list.csv")
	if diff := cmp.Diff(list, back); diff != "" || err != nil {
		t.Error(err, diff)
	}
}

func TestBadSuppressionsAreNamedByLine(t *testing.T) {
	for _, c := range []struct{ name, file, want string }{
		{"nothing", "", "list.csv:1: no header"},
		{"an unknown column", "value,why\n", `list.csv:1: unknown column "why"`},
		{"a column twice", "value,value\n", `list.csv:1: repeated column "value"`},
		{"no value", "reason\n", `list.csv:1: no column "value"`},
		{"neither mailbox nor domain", "value\nexample.org\n\nnobody\n", `list.csv:4: neither a mailbox, a domain, a prefix nor an AS number: "nobody"`},
		{"no day", "value,until\nexample.org,tomorrow\n", `list.csv:2: until: "tomorrow" is not a day`},
		{"a day of two readings", "value,until\nexample.org,01/02/2027\n", `list.csv:2: until: time "01/02/2027" may be 2027-01-02 or 2027-02-01`},
		{"a time of day", "value,until\nexample.org,2027-01-31 10:00\n", `list.csv:2: until: "2027-01-31 10:00" is not a day`},
		{"a last line that breaks off", "value,until\nexample.org", `list.csv:2: the last line breaks off`},
		{"no campaign", "value,campaign\nexample.org,Relay 26\n", `list.csv:2: campaign: "Relay 26" is none`},
		{"a row too long", "value\nexample.org,x\n", "list.csv:2: 2 columns, want 1"},
	} {
		list, err := ReadSuppressions(strings.NewReader(c.file), "list.csv")
		if err == nil || !strings.HasPrefix(err.Error(), c.want) || list != nil {
			t.Errorf("%s: %v, %v, want %s", c.name, list, err, c.want)
		}
	}
}

// A list is read in whatever way its house's spreadsheet writes it.
func TestSuppressionsInOtherSpellings(t *testing.T) {
	wide := []byte("\xff\xfe")
	for _, c := range []byte("value\tuntil\tcampaign\r\nexample.org\t2099-12-31\trelay26\r\n") {
		wide = append(wide, c, 0)
	}
	want := []Suppression{{Scope: ByDomain, Value: "example.org", Campaign: "relay26", Until: time.Date(2099, 12, 31, 0, 0, 0, 0, time.UTC)}}
	for name, file := range map[string]string{
		"semicolons":                 "value;until;campaign\nexample.org;2099-12-31;relay26\n",
		"tabs":                       "Value\tUntil\tCampaign\nexample.org\t2099-12-31\trelay26\n",
		"CR":                         "value,until,campaign\rexample.org,2099-12-31,relay26\r",
		"UTF-16":                     string(wide),
		"a German day":               "value,until,campaign\nexample.org,31.12.2099,relay26\n",
		"an empty column at the end": "value,until,campaign,\nexample.org,2099-12-31,relay26,\n",
	} {
		list, err := ReadSuppressions(strings.NewReader(file), "list.csv")
		if diff := cmp.Diff(want, list); diff != "" || err != nil {
			t.Errorf("%s: %v %s", name, err, diff)
		}
	}
}

// Who asked not to be written to is understood or refused, and never kept as
// something that covers nobody.
func TestSuppressionsInOtherWords(t *testing.T) {
	for in, want := range map[string]string{
		"mailto:abuse@example.net": "address abuse@example.net", "<abuse@example.net>": "address abuse@example.net", "MAILTO:Abuse@Example.Net": "address abuse@example.net",
		"mailto:<abuse@example.net>": "address abuse@example.net", "192.0.2.0 - 192.0.2.255": "prefix 192.0.2.0/24", "192.0.2.0-192.0.2.255": "prefix 192.0.2.0/24",
		"[2001:db8::1]": "prefix 2001:db8::1/128", "192.0.2.0/255.255.255.0": "prefix 192.0.2.0/24", "192.0.2.9/24": "prefix 192.0.2.0/24", "example.xn--p1ai": "domain example.xn--p1ai",
		"mailto:abuse@example.net?subject=x": "", "<abuse@example.net": "", "192.0.2.300": "", "10.0.0": "", "192.0.2.0-255": "", "192.0.2.*": "", "192.0.2.0/33": "", "0.0.0.0 - 255.255.255.255": "",
		"192.0.2.0-192.0.2.254": "", "abuse@192.0.2.1": "", "example.1": "", "example.xn--": "",
	} {
		s, err := ParseSuppression(in)
		if got := strings.TrimSpace(string(s.Scope) + " " + s.Value); got != want || (err == nil) != (want != "") {
			t.Errorf("%s: %q, %v, want %q", in, got, err, want)
		}
	}
}

func FuzzReadSuppressions(f *testing.F) {
	f.Add("value,campaign,until,reason\nabuse@example.net,relay26,2027-01-31,\"a, b\"\n")
	f.Fuzz(func(t *testing.T, file string) {
		list, err := ReadSuppressions(strings.NewReader(file), "f")
		if err != nil {
			return
		}
		var b strings.Builder
		if err := WriteSuppressions(&b, list); err != nil {
			t.Fatal(err)
		}
		back, err := ReadSuppressions(strings.NewReader(b.String()), "f")
		if err != nil || len(back) != len(list) {
			t.Errorf("%v\n%v\n%v", err, list, back)
		}
	})
}
