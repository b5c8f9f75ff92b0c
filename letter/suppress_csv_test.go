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
	back, bad, err := ReadSuppressions(strings.NewReader(b.String()), "list.csv")
	if diff := cmp.Diff(list, back); diff != "" || bad != nil || err != nil {
		t.Error(bad, err, diff)
	}
}

func TestTablesWithoutSuppressionsAreRefused(t *testing.T) {
	for _, c := range []struct{ name, file, want string }{
		{"nothing", "", "list.csv:1: no header"},
		{"an unknown column", "value,why\n", `list.csv:1: unknown column "why"`},
		{"a column twice", "value,value\n", `list.csv:1: repeated column "value"`},
		{"no value", "reason\n", `list.csv:1: no column "value"`},
		{"no header", "abuse@example.org\n", `list.csv:1: unknown column "abuse@example.org"`},
		{"a quote that does not end", "value\n\"isp.example\n", "list.csv:2: a quote that opens here is never closed"},
	} {
		list, bad, err := ReadSuppressions(strings.NewReader(c.file), "list.csv")
		if err == nil || !strings.HasPrefix(err.Error(), c.want) || list != nil || bad != nil {
			t.Errorf("%s: %v, %v, %v, want %s", c.name, list, bad, err, c.want)
		}
	}
}

// The rows around a bad one work, and the bad one is named.
func TestBadSuppressionsAreNamedByLine(t *testing.T) {
	for _, c := range []struct{ name, columns, row, want string }{
		{"neither mailbox nor domain", "value", "nobody", `neither a mailbox, a domain, a prefix nor an AS number: "nobody"`},
		{"no address", "value", "192.0.2.300", `neither a mailbox, a domain, a prefix nor an AS number: "192.0.2.300"; an address is four numbers up to 255`},
		{"no day", "value,until", "isp.example,tomorrow", `until: "tomorrow" is not a day`},
		{"a day of two readings", "value,until", "isp.example,01/02/2027", `until: time "01/02/2027" may be 2027-01-02 or 2027-02-01`},
		{"a time of day", "value,until", "isp.example,2027-01-31 10:00", `until: "2027-01-31 10:00" is not a day`},
		{"no campaign", "value,campaign", "isp.example,Relay 26", `campaign: "Relay 26" is none`},
		{"a row too long", "value", "isp.example,x", "2 columns, want 1"},
	} {
		file := c.columns + "\nexample.org\n\n" + c.row + "\nexample.net\n"
		list, bad, err := ReadSuppressions(strings.NewReader(file), "list.csv")
		if err != nil || len(list) != 2 || list[0].Value != "example.org" || list[1].Value != "example.net" {
			t.Errorf("%s: %v, %v", c.name, list, err)
		}
		if len(bad) != 1 || !strings.HasPrefix(bad[0].Error(), "list.csv:4: "+c.want) {
			t.Errorf("%s: %v, want %s", c.name, bad, c.want)
		}
	}
	list, bad, err := ReadSuppressions(strings.NewReader("value,until\nexample.org,\nexample.net"), "list.csv")
	if len(list) != 1 || len(bad) != 1 || bad[0].Error() != "list.csv:3: the last line breaks off" || err != nil {
		t.Errorf("a last line that breaks off: %v, %v, %v", list, bad, err)
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
		list, bad, err := ReadSuppressions(strings.NewReader(file), "list.csv")
		if diff := cmp.Diff(want, list); diff != "" || bad != nil || err != nil {
			t.Errorf("%s: %v %v %s", name, bad, err, diff)
		}
	}
}

// Who asked not to be written to is understood or refused, and never kept as
// something that covers nobody.
func TestSuppressionsInOtherWords(t *testing.T) {
	for in, want := range map[string]string{
		"mailto:abuse@example.net": "address abuse@example.net", "<abuse@example.net>": "address abuse@example.net", "MAILTO:Abuse@Example.Net": "address abuse@example.net",
		"mailto:<abuse@example.net>": "address abuse@example.net", "mailto:abuse@example.net?subject=x": "address abuse@example.net",
		"192.0.2.0 - 192.0.2.255": "prefix 192.0.2.0/24", "192.0.2.0-192.0.2.255": "prefix 192.0.2.0/24",
		"192.0.2.1-192.0.2.9": "prefix 192.0.2.1/32, prefix 192.0.2.2/31, prefix 192.0.2.4/30, prefix 192.0.2.8/31", "192.0.2.7 - 192.0.2.8": "prefix 192.0.2.7/32, prefix 192.0.2.8/32",
		"2001:db8::1-2001:db8::2": "prefix 2001:db8::1/128, prefix 2001:db8::2/128",
		"[2001:db8::1]":           "prefix 2001:db8::1/128", "192.0.2.0/255.255.255.0": "prefix 192.0.2.0/24", "192.0.2.9/24": "prefix 192.0.2.0/24", "example.xn--p1ai": "domain example.xn--p1ai",
	} {
		list, err := ParseSuppressions(in)
		var got []string
		for _, s := range list {
			got = append(got, string(s.Scope)+" "+s.Value)
		}
		if strings.Join(got, ", ") != want || err != nil {
			t.Errorf("%s: %q, %v, want %q", in, got, err, want)
		}
	}
}

// What cannot be understood is refused, with the form that would be.
func TestSuppressionsThatAreNone(t *testing.T) {
	const none = "neither a mailbox, a domain, a prefix nor an AS number: "
	for in, want := range map[string]string{
		"192.0.2":                        none + `"192.0.2"; perhaps 192.0.2.0/24`,
		"192.0.2.":                       none + `"192.0.2."; perhaps 192.0.2.0/24`,
		"192.0.2.*":                      none + `"192.0.2.*"; perhaps 192.0.2.0/24`,
		"10.0.0":                         none + `"10.0.0"; perhaps 10.0.0.0/24`,
		"10.1":                           none + `"10.1"; perhaps 10.1.0.0/16`,
		"10":                             none + `"10"`,
		"192.0.2.0-255":                  none + `"192.0.2.0-255"; perhaps 192.0.2.0-192.0.2.255`,
		"192.0.2.9-300":                  none + `"192.0.2.9-300"`,
		"192.0.2.300":                    none + `"192.0.2.300"; an address is four numbers up to 255, such as 192.0.2.7`,
		"192.0.300":                      none + `"192.0.300"; an address is four numbers up to 255, such as 192.0.2.7`,
		"192.0.2.0/33":                   none + `"192.0.2.0/33"; a prefix of such an address ends in /1 to /32`,
		"2001:db8::/129":                 none + `"2001:db8::/129"; a prefix of such an address ends in /1 to /128`,
		"a@isp.example, b@isp.example":   none + `"a@isp.example, b@isp.example"; each mailbox by itself`,
		"https://isp.example/contact":    none + `"https://isp.example/contact"; perhaps isp.example`,
		"https://localhost/":             none + `"https://localhost/"`,
		"http://192.0.2.7:8080/":         none + `"http://192.0.2.7:8080/"; perhaps 192.0.2.7`,
		"<abuse@example.net":             none + `"<abuse@example.net"`,
		"isp.example/24":                 none + `"isp.example/24"`,
		"abuse@192.0.2.1":                none + `"abuse@192.0.2.1"`,
		"abuse@192.0.2":                  none + `"abuse@192.0.2"`,
		"example.1":                      none + `"example.1"`,
		"example.xn--":                   none + `"example.xn--"`,
		"0.0.0.0 - 255.255.255.255":      "0.0.0.0 - 255.255.255.255 is the whole Internet",
		"192.0.2.9-192.0.2.1":            none + `"192.0.2.9-192.0.2.1"`,
		"192.0.2.9-2001:db8::":           none + `"192.0.2.9-2001:db8::"`,
		"fe80::1%eth0-fe80::2%eth0":      none + `"fe80::1%eth0-fe80::2%eth0"`,
		"abuse@isp.example?subject=stop": none + `"abuse@isp.example?subject=stop"`,
	} {
		list, err := ParseSuppressions(in)
		if list != nil || err == nil || err.Error() != want {
			t.Errorf("%s: %v, %v, want %s", in, list, err, want)
		}
	}
}

func FuzzReadSuppressions(f *testing.F) {
	f.Add("value,campaign,until,reason\nabuse@example.net,relay26,2027-01-31,\"a, b\"\n")
	f.Fuzz(func(t *testing.T, file string) {
		list, _, err := ReadSuppressions(strings.NewReader(file), "f")
		if err != nil {
			return
		}
		var b strings.Builder
		if err := WriteSuppressions(&b, list); err != nil {
			t.Fatal(err)
		}
		back, bad, err := ReadSuppressions(strings.NewReader(b.String()), "f")
		if err != nil || bad != nil || len(back) != len(list) {
			t.Errorf("%v\n%v\n%v\n%v", err, bad, list, back)
		}
	})
}
