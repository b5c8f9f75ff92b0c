package lookup

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"strings"
	"testing"
	"time"
)

const bulkWhois = `<?xml version="1.0"?>
<bulkwhois xmlns="http://www.arin.net/bulkwhois/core/v1">
<asn><comment><line number="0">Abuse: decoy@example.com</line></comment><endAsNumber>64500</endAsNumber><handle>AS64500</handle><name>CARRIER-AS</name><orgHandle>CARR</orgHandle><pocLinks/><startAsNumber>64500</startAsNumber></asn>
<asn><endAsNumber>64507</endAsNumber><handle>AS64504</handle><name>BLOCK</name><orgHandle>CARR</orgHandle><pocLinks><pocLink description="Abuse" function="AB" handle="ABUSE2-ARIN"/></pocLinks><startAsNumber>64504</startAsNumber></asn>
<asn><endAsNumber>64400</endAsNumber><handle>AS64501</handle><startAsNumber>64501</startAsNumber></asn>
<net><endAddress>192.255.255.255</endAddress><handle>NET-192-0-0-0-0</handle><name>NET192</name><netBlocks><netBlock><cidrLength>8</cidrLength><endAddress>192.255.255.255</endAddress><startAddress>192.000.000.000</startAddress><type>AR</type></netBlock></netBlocks><orgHandle>ARIN</orgHandle><startAddress>192.000.000.000</startAddress><version>4</version></net>
<net><endAddress>192.000.002.255</endAddress><handle>NET-192-0-2-0-1</handle><name>CARRIER</name><netBlocks><netBlock><type>DA</type></netBlock></netBlocks><orgHandle>CARR</orgHandle><parentNetHandle>NET-192-0-0-0-0</parentNetHandle><pocLinks><pocLink description="Tech" function="T" handle="TECH1-ARIN"/></pocLinks><startAddress>192.000.002.000</startAddress><version>4</version></net>
<net><endAddress>192.0.2.15</endAddress><handle>NET-192-0-2-0-2</handle><name>OWN-DESK</name><netBlocks><netBlock><type>A</type></netBlock></netBlocks><orgHandle>CARR</orgHandle><pocLinks><pocLink function="T" handle="TECH1-ARIN"/><pocLink function="AB" handle="ABUSE2-ARIN"/></pocLinks><startAddress>192.0.2.0</startAddress></net>
<net><endAddress>192.0.2.31</endAddress><handle>NET-192-0-2-16-1</handle><name>SIMPLE</name><netBlocks><netBlock><type>S</type></netBlock></netBlocks><customerHandle>C01</customerHandle><pocLinks/><startAddress>192.0.2.16</startAddress></net>
<net><endAddress>192.0.2.47</endAddress><handle>NET-192-0-2-32-1</handle><name>LOST</name><netBlocks><netBlock><type>A</type></netBlock></netBlocks><orgHandle>NOTHERE</orgHandle><startAddress>192.0.2.32</startAddress></net>
<net><endAddress>198.51.100.255</endAddress><handle>NET-198-51-100-0-1</handle><name>RIPE-ERX</name><netBlocks><netBlock><type>RX</type></netBlock></netBlocks><orgHandle>RIPE</orgHandle><startAddress>198.51.100.0</startAddress></net>
<net><endAddress>203.0.113.255</endAddress><handle>NET-203-0-113-0-1</handle><name>SILENT</name><netBlocks><netBlock><type>DS</type></netBlock></netBlocks><orgHandle>SILENT</orgHandle><startAddress>203.0.113.0</startAddress></net>
<net><endAddress>2001:0DB8:FFFF:FFFF:FFFF:FFFF:FFFF:FFFF</endAddress><handle>NET6-2001-DB8-1</handle><name>SIX</name><netBlocks><netBlock><type>DA</type></netBlock></netBlocks><orgHandle>CARR</orgHandle><startAddress>2001:0DB8:0000:0000:0000:0000:0000:0000</startAddress><version>6</version></net>
<net><endAddress>203.0.113.0</endAddress><handle>NET-BACKWARDS</handle><startAddress>203.0.113.255</startAddress></net>
<org><canAllocate/><city>Town</city><handle>CARR</handle><iso3166-1><code2>CA</code2><code3>CAN</code3><name>CANADA</name></iso3166-1><name>Carrier &amp; Sons</name><pocLinks><pocLink description="Admin" function="AD" handle="TECH1-ARIN"/><pocLink description="Abuse" function="AB" handle="ABUSE1-ARIN"/></pocLinks></org>
<org><customer>Y</customer><handle>C01</handle><iso3166-1><code2>US</code2></iso3166-1><name>A Customer</name></org>
<org><handle>ARIN</handle><name>A Registry</name><pocLinks><pocLink function="AB" handle="ABUSE2-ARIN"/></pocLinks></org>
<org><handle>SILENT</handle><name>Silent Inc</name><pocLinks><pocLink function="T" handle="TECH1-ARIN"/></pocLinks></org>
<org><handle>RIPE</handle><name>RIPE Network Coordination Centre</name><pocLinks><pocLink function="AB" handle="ABUSE3-ARIN"/></pocLinks></org>
<poc><emails><email>not a mailbox</email><email>Abuse@Carrier.example</email></emails><handle>ABUSE1-ARIN</handle><isRoleAccount>Y</isRoleAccount><lastName>Abuse desk</lastName></poc>
<poc><emails><email>desk@customer.example</email></emails><handle>ABUSE2-ARIN</handle></poc>
<poc><emails><email>abuse@ripe.net</email></emails><handle>ABUSE3-ARIN</handle></poc>
<poc><emails><email>tech@carrier.example</email></emails><handle>TECH1-ARIN</handle></poc>
<poc><emails/><handle>NOMAIL-ARIN</handle></poc>
<limitExceeded limit="256">false</limitExceeded>
</bulkwhois>
`

func brief(n Network, ok bool) string {
	if !ok {
		return "-"
	}
	got := fmt.Sprintf("%s/%s %s", n.Name, n.Org, n.Country)
	for _, c := range n.Contacts {
		got += " " + c.Email + " " + c.Rule + " " + c.Handle
	}
	return got
}

func TestBulkWhois(t *testing.T) {
	s := testSnapshot(t, bulkWhois)
	for _, tt := range []struct{ sentence, addr, want string }{
		{"the organisation's abuse contact, its second mailbox because the first is none", "192.0.2.200", "CARRIER/Carrier & Sons CA Abuse@carrier.example org-abuse ABUSE1-ARIN"},
		{"the network's own before its organisation's", "192.0.2.1", "OWN-DESK/Carrier & Sons CA desk@customer.example network-abuse ABUSE2-ARIN"},
		{"a simple reassignment's contact is its parent's", "192.0.2.17", "SIMPLE/A Customer US Abuse@carrier.example parent-abuse ABUSE1-ARIN"},
		{"an organisation that is in no dump may have one online", "192.0.2.33", "-"},
		{"what was transferred is another registry's", "198.51.100.1", "-"},
		{"what ARIN holds itself is nobody's", "192.88.0.1", "-"},
		{"without an abuse contact, others may serve online", "203.0.113.1", "-"},
		{"IPv6 with leading zeros", "2001:db8::1", "SIX/Carrier & Sons CA Abuse@carrier.example org-abuse ABUSE1-ARIN"},
	} {
		t.Run(tt.sentence, func(t *testing.T) {
			n, ok, err := s.Lookup(t.Context(), netip.MustParseAddr(tt.addr))
			if got := brief(n, ok); got != tt.want || err != nil {
				t.Errorf("%s\nwant %s (%v)", got, tt.want, err)
			}
		})
	}
}

func TestBulkWhoisSums(t *testing.T) {
	var zipped bytes.Buffer
	z := gzip.NewWriter(&zipped)
	io.WriteString(z, bulkWhois)
	z.Close()
	for sentence, text := range map[string]string{"plain": bulkWhois, "gzipped": zipped.String(), "with a byte order mark": "\ufeff" + bulkWhois} {
		var b SnapshotBuilder
		sum, err := b.Add(strings.NewReader(text), "arin_db.xml", time.Time{})
		if want := (SnapshotSum{Networks: 8, Numbers: 2, Contacts: 4, Skipped: 2}); sum != want || err != nil {
			t.Errorf("%s: %+v, %v; want %+v", sentence, sum, err, want)
		}
	}
}

func TestBulkWhoisErrors(t *testing.T) {
	const head = "<bulkwhois>\n<net>\n"
	for _, tt := range []struct{ sentence, text, want string }{
		{"a file that breaks off", head + "<handle>NET", "x:3: unexpected EOF"},
		{"one that breaks off between records", "<bulkwhois>\n<net></net>\n", "x:3: unexpected EOF"},
		{"one that breaks off before the first", "<?xml version=\"1.0\"?>\n", "x:2: unexpected EOF"},
		{"markup that is another kind of file", "<!DOCTYPE html>\n<html></html>", "x:2: " + errDump.Error()},
		{"a wrong end", head + "</org>", "x:3: broken XML: element <net> closed by </org>"},
		{"an entity that it would have to define", head + "<name>&boom;</name>", "x:3: broken XML: invalid character entity &boom;"},
		{"a value without end", head + "<name>" + strings.Repeat("x", maxBulkToken+maxDumpLine), "x:3: " + errToken.Error()},
		{"elements without end", head + strings.Repeat("<a>", maxBulkDepth), "x:3: broken XML: nested too deep"},
		{"a zip archive", "PK\x03\x04 and more", "x: " + errZip.Error()},
		{"letters that are not read", `<?xml version="1.0" encoding="koi8-r"?>`, `x:1: xml: opening charset "koi8-r": charset "koi8-r" is not read`},
	} {
		var b SnapshotBuilder
		_, err := b.Add(strings.NewReader(tt.text), "x", time.Time{})
		if err == nil || err.Error() != tt.want {
			t.Errorf("%s: %v, want %s", tt.sentence, err, tt.want)
		}
		if cut := strings.Contains(tt.want, "unexpected EOF"); cut != errors.Is(err, io.ErrUnexpectedEOF) {
			t.Errorf("%s: errors.Is(%v, io.ErrUnexpectedEOF) is %v", tt.sentence, err, !cut)
		}
		if _, err = b.Add(strings.NewReader(delegated), "y", time.Time{}); err != nil {
			t.Errorf("%s: after it, %v", tt.sentence, err)
		}
	}
}

// FuzzBulkWhois cuts and mangles what ARIN might send.
func FuzzBulkWhois(f *testing.F) {
	for _, seed := range []string{
		`<net><startAddress>192.0.2.0</startAddress><endAddress>192.0.2.255</endAddress><handle>N</handle><orgHandle>O</orgHandle></net>`,
		`<org><handle>O</handle><name>A</name><iso3166-1><code2>CA</code2></iso3166-1><pocLinks><pocLink function="AB" handle="P"/></pocLinks></org>`,
		`<poc><handle>P</handle><emails><email>a@b.example</email></emails></poc>`,
		`<asn><startAsNumber>1</startAsNumber><endAsNumber>2</endAsNumber><handle>A</handle><orgHandle>O</orgHandle></asn>`,
		`<poc><emails><email>a@b.example`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		if len(text) > fuzzMost {
			return
		}
		var b SnapshotBuilder
		b.Add(bytes.NewReader(append([]byte("<bulkwhois>"), text...)), "x", time.Time{})
		s := b.Snapshot()
		if err := s.check(); err != nil {
			t.Fatal(err)
		}
		for _, n := range s.addrs.nodes {
			if got, ok, _ := s.Lookup(t.Context(), n.first.addr()); ok && !got.holds(n.first.addr()) {
				t.Errorf("%s: %+v", n.first.addr(), got)
			}
		}
	})
}
