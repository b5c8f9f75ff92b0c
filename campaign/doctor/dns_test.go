package doctor_test

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"net"
	"net/netip"
	"strings"
	"testing"

	"headsup/campaign/doctor"
	"headsup/mailer"
	"headsup/wire/dnstest"
)

// serve returns what asks a name server that knows z.
func serve(t *testing.T, z zone) doctor.DNS { return at(dnstest.Serve(t, z)) }

type zone = dnstest.Zone

func at(server string) doctor.DNS {
	return doctor.DNS{Resolver: &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, network, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, network, server)
	}}}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// expect compares a check with the status that it should have, and with words
// of what it says or how it is mended.
func expect(t *testing.T, c doctor.Check, status doctor.Status, words string) {
	t.Helper()
	if c.Status != status || !strings.Contains(c.Says+"\n"+c.Mend, words) {
		t.Errorf("%+v, want %s with %q", c, status, words)
	}
	if (c.Status == doctor.OK) != (c.Mend == "") {
		t.Errorf("%+v: what is in order needs no mend, all else does", c)
	}
}

var ours = netip.MustParseAddr("192.0.2.25")

func TestSPF(t *testing.T) {
	for _, tt := range []struct {
		name, record string
		from         netip.Addr
		status       doctor.Status
		words        string
	}{
		{"names our address", "v=spf1 ip4:192.0.2.25 -all", ours, doctor.OK, ""},
		{"names our network", "v=spf1 ip4:192.0.2.0/28 ip4:192.0.2.25/30 ~all", ours, doctor.OK, ""},
		{"is not there", "", ours, doctor.Fault, `publish a TXT record for example.org: "v=spf1 ip4:192.0.2.25 -all"`},
		{"is another record", "google-site-verification=1", ours, doctor.Fault, "there is no SPF record"},
		{"names others", "v=spf1 ip4:198.51.100.0/24 -all", ours, doctor.Fault, "add ip4:192.0.2.25 to the SPF record of example.org"},
		{"names others softly", "v=spf1 ip4:198.51.100.0/24 ~all", ours, doctor.Fault, "softfail"},
		{"says nothing of us", "v=spf1 ip4:198.51.100.0/24", ours, doctor.Fault, "neutral"},
		{"names everybody", "v=spf1 +all", ours, doctor.Fault, "end the SPF record of example.org with -all"},
		{"names everybody behind us", "v=spf1 ip4:192.0.2.25 all", ours, doctor.Fault, "lets everybody send"},
		{"names everybody in another way", "v=spf1 ip4:0.0.0.0/0 -all", ours, doctor.Fault, "lets everybody send"},
		{"cannot be read", "v=spf1 ip4:192.0.2.300 -all", ours, doctor.Fault, "repair the SPF record of example.org"},
		{"names the other family alone", "v=spf1 ip4:192.0.2.25 -all", netip.MustParseAddr("2001:db8::25"), doctor.Fault, "add ip6:2001:db8::25"},
		{"names our IPv6 address", "v=spf1 ip6:2001:db8::25 -all", netip.MustParseAddr("2001:db8::25"), doctor.OK, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			z := zone{"A example.org": {"198.51.100.1"}}
			if tt.record != "" {
				z["TXT example.org"] = []string{tt.record}
			}
			expect(t, doctor.SPF(t.Context(), serve(t, z), tt.from, "notices@example.org"), tt.status, tt.words)
		})
	}
	twice := serve(t, zone{"TXT example.org": {"v=spf1 ip4:192.0.2.25 -all", "v=spf1 mx -all"}})
	expect(t, doctor.SPF(t.Context(), twice, ours, "a@example.org"), doctor.Fault, "there is one, it has no mistake")
}

func key(t *testing.T, bits int) (k mailer.Key, public string) {
	t.Helper()
	private, err := rsa.GenerateKey(rand.Reader, bits)
	must(t, err)
	der, err := x509.MarshalPKIXPublicKey(private.Public())
	must(t, err)
	return mailer.Key{Domain: "example.org", Selector: "s1", Signer: private}, base64.StdEncoding.EncodeToString(der)
}

func TestDKIM(t *testing.T) {
	k, public := key(t, 2048)
	_, other := key(t, 2048)
	edPublic, edPrivate, err := ed25519.GenerateKey(bytes.NewReader(make([]byte, 32)))
	must(t, err)
	ed := mailer.Key{Domain: "example.org", Selector: "s1", Signer: edPrivate}
	edRecord := "v=DKIM1; k=ed25519; p=" + base64.StdEncoding.EncodeToString(edPublic)
	for _, tt := range []struct {
		name    string
		records []string
		key     mailer.Key
		status  doctor.Status
		words   string
	}{
		{"belongs to the key", []string{"v=DKIM1; k=rsa; p=" + public}, k, doctor.OK, ""},
		{"belongs to the key of the newer kind", []string{edRecord}, ed, doctor.OK, ""},
		{"is not there", nil, k, doctor.Fault, `publish a TXT record for s1._domainkey.example.org: "v=DKIM1; k=rsa; p=` + public + `"`},
		{"is not there for the newer kind", nil, ed, doctor.Fault, edRecord},
		{"belongs to another key", []string{"v=DKIM1; k=rsa; p=" + other}, k, doctor.Fault, "replace the TXT record for s1._domainkey.example.org"},
		{"belongs to a key of another kind", []string{edRecord}, k, doctor.Fault, "replace the TXT record"},
		{"was taken back", []string{"v=DKIM1; p="}, k, doctor.Fault, "key revoked"},
		{"is there twice", []string{"v=DKIM1; p=" + public, "v=DKIM1; p=" + other}, k, doctor.Fault, "leave one TXT record"},
		{"is for another sort of signature", []string{"v=DKIM1; h=sha1; p=" + public}, k, doctor.Fault, "replace the TXT record"},
		{"is only a test", []string{"v=DKIM1; t=s : y; p=" + public}, k, doctor.Fault, "take t=y out"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			z := zone{}
			if tt.records != nil {
				z["TXT s1._domainkey.example.org"] = tt.records
			}
			expect(t, doctor.DKIM(t.Context(), serve(t, z), tt.key), tt.status, tt.words)
		})
	}
}

func TestDMARC(t *testing.T) {
	both := doctor.Sender{From: "example.org", Envelope: "example.org", Signing: []string{"example.org"}}
	below := doctor.Sender{From: "mail.example.org", Envelope: "returns.example.org"}
	strangers := doctor.Sender{From: "example.org", Envelope: "example.net"}
	policy := func(domain string, records ...string) zone { return zone{"TXT _dmarc." + domain: records} }
	for _, tt := range []struct {
		name   string
		zone   zone
		sender doctor.Sender
		status doctor.Status
		words  string
	}{
		{"both ways", policy("example.org", "v=DMARC1; p=reject"), both, doctor.OK, "policy reject of example.org; aligned by SPF and DKIM"},
		{"no record", zone{}, both, doctor.Fault, `publish a TXT record for _dmarc.example.org: "v=DMARC1; p=none`},
		{"another record", policy("example.org", "v=spf1 -all"), both, doctor.Fault, "there is no DMARC record"},
		{"two records", policy("example.org", "v=DMARC1; p=none", "v=DMARC1; p=reject"), both, doctor.Fault, "there is one"},
		{"a record that cannot be read", policy("example.org", "v=DMARC1; p=sometimes"), both, doctor.Fault, "repair the TXT record for _dmarc.example.org"},
		{"the record of the domain above", policy("example.org", "v=DMARC1; p=reject; sp=quarantine"), below, doctor.OK, "policy quarantine of example.org; aligned by SPF alone"},
		{"the policy of the domain above", policy("example.org", "v=DMARC1; p=reject"), below, doctor.OK, "policy reject of example.org"},
		{"a strict record", policy("example.org", "v=DMARC1; p=reject; aspf=s"), below, doctor.Fault, "let bounce_address be of that domain"},
		{"neither", policy("example.org", "v=DMARC1; p=none"), strangers, doctor.Fault, "sign with a key of example.org"},
		{"the key alone", policy("example.org", "v=DMARC1; p=none"), doctor.Sender{From: "example.org", Envelope: "example.net", Signing: []string{"example.org"}}, doctor.OK, "aligned by DKIM alone"},
		{"a key of the domain above where the record is strict", policy("example.org", "v=DMARC1; p=none; adkim=s"),
			doctor.Sender{From: "mail.example.org", Envelope: "example.net", Signing: []string{"example.org"}}, doctor.Fault, "nor that of a key (example.org)"},
		{"two customers of one registry", policy("a.co.uk", "v=DMARC1; p=none"), doctor.Sender{From: "a.co.uk", Envelope: "b.co.uk"}, doctor.Fault, "b.co.uk"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			expect(t, doctor.DMARC(t.Context(), serve(t, tt.zone), tt.sender), tt.status, tt.words)
		})
	}
}

func TestReverse(t *testing.T) {
	const arpa = "PTR 25.2.0.192.in-addr.arpa"
	for _, tt := range []struct {
		name   string
		zone   zone
		status doctor.Status
		words  string
	}{
		{"a name that leads back", zone{arpa: {"mail.example.org"}, "A mail.example.org": {"198.51.100.1", "192.0.2.25"}}, doctor.OK, "mail.example.org, and back"},
		{"the second name leads back", zone{arpa: {"old.example.org", "mail.example.org"}, "A mail.example.org": {"192.0.2.25"}}, doctor.OK, "mail.example.org"},
		{"no name", zone{}, doctor.Fault, "give 192.0.2.25 a PTR record"},
		{"a name that leads elsewhere", zone{arpa: {"mail.example.org"}, "A mail.example.org": {"192.0.2.26"}}, doctor.Fault, "give mail.example.org an address record with 192.0.2.25"},
		{"a name that leads nowhere", zone{arpa: {"mail.example.org"}}, doctor.Fault, "other addresses, or none"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			expect(t, doctor.Reverse(t.Context(), serve(t, tt.zone), ours), tt.status, tt.words)
		})
	}
	six := "PTR " + "5.2.0.0." + strings.Repeat("0.", 20) + "8.b.d.0.1.0.0.2.ip6.arpa"
	dns := serve(t, zone{six: {"mail.example.org"}, "AAAA mail.example.org": {"2001:db8::25"}})
	expect(t, doctor.Reverse(t.Context(), dns, netip.MustParseAddr("2001:db8::25")), doctor.OK, "and back")
}

// A name server that is silent, or refuses, says nothing of what there is.
func TestWithoutANameServerNothingIsSaid(t *testing.T) {
	c, err := net.ListenPacket("udp", "127.0.0.1:0")
	must(t, err)
	closed := c.LocalAddr().String()
	c.Close()
	k, _ := key(t, 2048)
	for name, dns := range map[string]doctor.DNS{"it fails": serve(t, zone{dnstest.Fails: {}}), "it is not there": at(closed)} {
		for _, c := range []doctor.Check{
			doctor.SPF(t.Context(), dns, ours, "a@example.org"),
			doctor.DKIM(t.Context(), dns, k),
			doctor.DMARC(t.Context(), dns, doctor.Sender{From: "example.org", Envelope: "example.org"}),
			doctor.Reverse(t.Context(), dns, ours),
		} {
			if expect(t, c, doctor.NotChecked, "campaign.dns"); !c.Left() {
				t.Errorf("%s: nothing is left of %+v", name, c)
			}
		}
	}
}
