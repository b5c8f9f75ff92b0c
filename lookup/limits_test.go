package lookup

import (
	"crypto/sha256"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestSpecialASNumbersAtTheirLimits(t *testing.T) {
	for as, want := range map[uint32]string{
		0: "reserved", 1: "", 111: "", 112: "AS112", 113: "", 23455: "", 23456: "AS_TRANS", 23457: "",
		64495: "", 64496: "documentation", 64511: "documentation", 64512: "private", 65534: "private", 65535: "reserved",
		65536: "documentation", 65551: "documentation", 65552: "", 4199999999: "", 4200000000: "private", 4294967294: "private", 4294967295: "reserved",
	} {
		why, ok := SpecialAS(as)
		if ok != (want != "") || !strings.HasPrefix(why, want) {
			t.Errorf("AS%d: %q, %v, want %q", as, why, ok, want)
		}
	}
}

func TestMailboxesAtTheirLimits(t *testing.T) {
	label := strings.Repeat("a", 63)
	for _, tt := range []struct {
		in string
		ok bool
	}{
		{strings.Repeat("a", 64) + "@isp.example", true}, {strings.Repeat("a", 65) + "@isp.example", false},
		{"a@" + label + ".example", true}, {"a@" + label + "a.example", false},
		{"a@isp.e", false}, {"a@isp.ex", true}, {"a@localhost", false}, {"a@x.localhost", false}, {"a@x.lan", false},
		{"mailto:a@isp.example", true}, {"MAILTO:a@isp.example", true}, {"<a@isp.example>", true}, {"a@isp.example.", true}, {"a@isp.example>", false},
		{"", false}, {"a", false}, {"@isp.example", false}, {"-a@isp.example", false}, {"a-@isp.example", true}, {".a@isp.example", false}, {"a@", false},
		{strings.Repeat("a", maxMail) + "@isp.example", false},
	} {
		got, err := addrSpec(tt.in)
		if (err == nil) != tt.ok || (got == "") == tt.ok || err != nil && !errors.Is(err, errMail) {
			t.Errorf("%.80q: %q, %v", tt.in, got, err)
		}
	}
}

// TestClaimsInTheirOrder weakens each claim in each way. Of two that weigh the
// same, the first that the answer names stays first.
func TestClaimsInTheirOrder(t *testing.T) {
	want := []string{
		"network-abuse 10", "org-abuse 20", "network-abuse unvalidated 25", "org-abuse unvalidated 35", "remark-abuse 40", "contact-remark 45", "abuse-mailbox 50",
		"remark-abuse unvalidated 55", "contact-remark unvalidated 60", "abuse-mailbox unvalidated 65", "role-mailbox 65",
		"network-abuse invalid 70", "parent-abuse 75", "role-mailbox unvalidated 80", "technical 90", "administrative 92", "registrant 94",
	}
	for _, line := range want {
		f := strings.Fields(line)
		c := claim{Contact: Contact{Rule: f[0], Email: "abuse@isp.example", Flags: f[1 : len(f)-1]}}
		if got := c.rank(); strings.Fields(line)[len(f)-1] != itoa(got) {
			t.Errorf("%s weighs %d", line, got)
		}
	}
	for rule, weight := range map[string]int{remarkAbuse: 55, contactRemark: 60, roleMailbox: 65, networkAbuse: 10} {
		c := claim{Contact: Contact{Rule: rule, Email: "noc@isp.example"}}
		if got := c.rank(); got != weight {
			t.Errorf("%s of a mailbox that is not for abuse weighs %d, want %d", rule, got, weight)
		}
	}
	for _, rule := range []string{technical, administrative, registrant, parentAbuse} {
		c := claim{Contact: Contact{Rule: rule, Email: "abuse@isp.example", Flags: []string{"invalid"}}}
		if got := c.rank(); got != rank[rule] {
			t.Errorf("%s that is dead weighs %d, want %d", rule, got, rank[rule])
		}
	}
}

func itoa(n int) string { return string([]byte{byte('0' + n/10), byte('0' + n%10)}) }

func TestWhatTheMailboxesOfACardAreFor(t *testing.T) {
	for _, tt := range []struct {
		name                    string
		abuse, top, prefIsAbuse bool
		role                    string
		mails                   []cardMail
		want                    []string
	}{
		{"the network's abuse contact", true, true, false, "abuse", []cardMail{{value: "a@isp.example"}}, []string{networkAbuse}},
		{"its marked mailbox before its others", true, true, false, "abuse", []cardMail{{value: "a@isp.example"}, {value: "b@isp.example", abuse: true}}, []string{roleMailbox, networkAbuse}},
		{"its preferred one, too", true, true, false, "abuse", []cardMail{{value: "a@isp.example", preferred: true}, {value: "b@isp.example"}}, []string{networkAbuse, roleMailbox}},
		{"the holder's abuse contact", true, false, false, "abuse", []cardMail{{value: "a@isp.example"}}, []string{orgAbuse}},
		{"its marked mailbox", true, false, false, "abuse", []cardMail{{value: "a@isp.example", abuse: true}, {value: "b@isp.example"}}, []string{orgAbuse, roleMailbox}},
		{"anybody's marked mailbox", false, true, false, technical, []cardMail{{value: "a@isp.example", abuse: true}}, []string{abuseMailbox}},
		{"a preferred one where that means abuse", false, true, true, technical, []cardMail{{value: "a@isp.example", preferred: true}}, []string{abuseMailbox}},
		{"and where it does not", false, true, false, technical, []cardMail{{value: "a@isp.example", preferred: true}}, []string{technical}},
		{"a mailbox that is called abuse", false, true, false, technical, []cardMail{{value: "abuse@isp.example"}}, []string{roleMailbox}},
		{"a technical contact's", false, true, false, technical, []cardMail{{value: "a@isp.example"}}, []string{technical}},
		{"an administrative one's", false, true, false, administrative, []cardMail{{value: "a@isp.example"}}, []string{administrative}},
		{"the registrant's", false, true, false, registrant, []cardMail{{value: "a@isp.example"}}, []string{registrant}},
		{"of a role that nobody knows", false, true, false, "billing", []cardMail{{value: "a@isp.example"}}, []string{technical}},
	} {
		r := &record{}
		r.mails(tt.mails, tt.abuse, tt.top, tt.prefIsAbuse, Contact{Role: tt.role}, place{})
		var got []string
		for _, c := range r.claims {
			got = append(got, c.Rule)
		}
		if !slices.Equal(got, tt.want) {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
}

func TestStatisticsLines(t *testing.T) {
	for line, want := range map[string]SnapshotSum{
		"ripencc|DE|ipv4|192.0.2.0|256|20260301|allocated":        {Networks: 1},
		"ripencc|DE|ipv4|192.0.2.0|256|20260301|allocated|abc|x":  {Networks: 1},
		"ripencc|DE|ipv6|2001:db8::|32|20260301|allocated":        {Networks: 1},
		"ripencc|DE|asn|64500|1|20260301|allocated":               {Numbers: 1},
		"ripencc|DE|ipv4|192.0.2.0|256|20260301":                  {},
		"ripencc|*|ipv4|*|3|summary|x":                            {},
		"ripencc|DE|ipv5|192.0.2.0|256|20260301|allocated":        {},
		"ripencc|DE|ipv4|192.0.2.0|x|20260301|allocated":          {Skipped: 1},
		"ripencc|DE|ipv4|192.0.2|256|20260301|allocated":          {Skipped: 1},
		"ripencc|DE|asn|x|1|20260301|allocated":                   {Skipped: 1},
		"ripencc|DE|ipv4|192.0.2.0|4294967296|20260301|allocated": {Skipped: 1},
	} {
		var b SnapshotBuilder
		sum, err := b.Add(strings.NewReader("2|ripencc|20260301|1|19830101|20260301|+0100\n"+
			"ripencc|DE|asn|64499|1|20260301|allocated\n"+line+"\n"), "x", time.Time{})
		if err != nil || sum.Networks != want.Networks || sum.Numbers != 1+want.Numbers || sum.Skipped != want.Skipped {
			t.Errorf("%s: %+v, %v", line, sum, err)
		}
	}
}

func TestASnapshotBeginsWithItsMark(t *testing.T) {
	var file strings.Builder
	if _, err := testSnapshot(t, ripeDump).WriteTo(&file); err != nil {
		t.Fatal(err)
	}
	signed := func(text string) string {
		sum := sha256.Sum256([]byte(text))
		return text + string(sum[:])
	}
	body := file.String()[:file.Len()-sha256.Size]
	for name, tt := range map[string]struct {
		file string
		want error
	}{
		"as it was written":  {signed(body), nil},
		"another mark":       {signed("Headsup" + body[len("headsup"):]), ErrSnapshot},
		"another version":    {signed(strings.Replace(body, snapshotMark, snapshotKind+"9\n", 1)), ErrSnapshotVersion},
		"a mark and no more": {snapshotMark, ErrSnapshot},
		"a mark and a sum":   {signed(snapshotMark), ErrSnapshot},
		"nothing":            {"", ErrSnapshot},
		"another sum":        {body + strings.Repeat("x", sha256.Size), ErrSnapshot},
		"cut by one":         {signed(body[:len(body)-1]), ErrSnapshot},
		"longer by one":      {signed(body + "x"), ErrSnapshot},
	} {
		if _, err := ReadSnapshot(strings.NewReader(tt.file)); !errors.Is(err, tt.want) {
			t.Errorf("%s: %v, want %v", name, err, tt.want)
		}
	}
}

func TestPlausibleCountries(t *testing.T) {
	for country, want := range map[string]bool{"\x00\x00": true, "DE": true, "AZ": true, "ZA": true, "A\x00": false, "\x00A": false, "d\x45": false, "De": false, "@A": false, "A@": false, "[A": false, "A[": false} {
		if got := plausible([2]byte{country[0], country[1]}); got != want {
			t.Errorf("%q: %v", country, got)
		}
	}
}

func TestLabelsWithoutAColonAreNone(t *testing.T) {
	r := twnic([]string{"Netname: EXAMPLE", "Netblock: 192.0.2.0/24", "Organization: Example", "netblock", "netname", "organization", "Technical contact:", "  noc@isp.example", "contact"})[0]
	if r.net.Name != "EXAMPLE" || r.net.Handle != "192.0.2.0/24" || r.net.Org != "Example" || !r.net.First.IsValid() || len(r.claims) != 1 {
		t.Errorf("%+v, %+v", r.net, r.claims)
	}
}

func TestAnOrganizationIsNamedWithoutItsHandle(t *testing.T) {
	for text, want := range map[string]string{
		"NetRange: 192.0.2.0 - 192.0.2.255\nOrganization: Example Inc. (EX-1)\n":                     "Example Inc.",
		"NetRange: 192.0.2.0 - 192.0.2.255\nOrganization: Example Inc. (EX-1)\n\nOrgName: Example\n": "Example",
		"NetRange: 192.0.2.0 - 192.0.2.255\nCustomer: Somebody (C1)\n":                               "Somebody",
	} {
		a, err := Decode([]byte(text), "whois.arin.net", time.Unix(0, 0))
		if err != nil || a.Network.Org != want {
			t.Errorf("%q: %q, %v, want %q", text, a.Network.Org, err, want)
		}
	}
}
