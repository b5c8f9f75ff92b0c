package lookup

import (
	"bytes"
	"math/rand/v2"
	"net/netip"
	"slices"
	"testing"
	"time"
)

const numbersDump = `aut-num:        AS64496
as-name:        EXAMPLE-AS
descr:          Example carrier
org:            ORG-EX1-RIPE
source:         RIPE # Filtered

aut-num:        as64497 # ours
as-name:        CUSTOMER-AS
org:            ORG-EX1-RIPE
abuse-c:        AR2-RIPE
source:         RIPE

aut-num:        AS64498
as-name:        NOBODY-AS
source:         RIPE

aut-num:        AS64499
as-name:        LOST-AS
abuse-c:        AR9-RIPE
source:         RIPE

aut-num:        AS2515
as-name:        JPNIC-ASBLOCK-AP
country:        JP
mnt-irt:        IRT-JPNIC-JP
source:         APNIC

aut-num:        AS64502
as-name:        MEMBER-AS
country:        JP
mnt-irt:        IRT-JPNIC-JP
source:         APNIC

aut-num:        AS99999999999
source:         RIPE

as-block:       AS64496 - AS64511
descr:          a block
source:         RIPE

irt:            IRT-JPNIC-JP
abuse-mailbox:  hostmaster@nic.ad.jp
source:         APNIC

` + ripeDump

const delegatedNumbersDump = `2|ripencc|20260101|3|19830705|20260101|+0100
ripencc|DE|asn|64496|4|20200101|allocated|opaque
arin|CA|asn|64500|8|20200101|assigned|opaque
arin|US|asn|4294967295|2|20200101|assigned|opaque
`

func TestSnapshotNumbers(t *testing.T) {
	made := testSnapshot(t, numbersDump, bulkWhois, delegatedNumbersDump)
	var file bytes.Buffer
	made.WriteTo(&file)
	read, err := ReadSnapshot(&file)
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		sentence string
		as       uint32
		want     string
	}{
		{"the organisation's contact, and the country that was delegated to", 64496, "EXAMPLE-AS/Example GmbH DE Abuse@example.net org-abuse AR1-RIPE"},
		{"the number's own before it", 64497, "CUSTOMER-AS/Example GmbH DE abuse@example.org network-abuse AR2-RIPE"},
		{"RIPE's nobody is an answer", 64498, "NOBODY-AS/NOBODY-AS DE"},
		{"a contact that is in no dump may be online", 64499, "-"},
		{"ARIN's organisation", 64500, "CARRIER-AS/Carrier & Sons CA Abuse@carrier.example org-abuse ABUSE1-ARIN"},
		{"a number within a range", 64506, "BLOCK/Carrier & Sons CA desk@customer.example network-abuse ABUSE2-ARIN"},
		{"past its end", 64508, "-"},
		{"a registry's number is its own", 2515, "JPNIC-ASBLOCK-AP/JPNIC-ASBLOCK-AP JP hostmaster@nic.ad.jp network-abuse IRT-JPNIC-JP"},
		{"and not a member's", 64502, "-"},
		{"what was only delegated is no answer", 64503, "-"},
		{"what is in no dump is no answer", 1, "-"},
		{"the last number", 4294967295, "-"},
	} {
		for which, s := range map[string]*Snapshot{"made": made, "read": read} {
			n, ok, err := s.LookupAS(t.Context(), tt.as)
			if got := brief(n, ok); got != tt.want || err != nil {
				t.Errorf("%s, %s: %s\nwant %s (%v)", tt.sentence, which, got, tt.want, err)
			}
			if ok && (n.First.IsValid() || n.Handle != (subject{as: tt.as}).String() || n.Source != "snapshot" || n.Fetched != time.Unix(1, 0).UTC()) {
				t.Errorf("%s: %+v", tt.sentence, n)
			}
		}
	}
	if n, _, _ := made.Lookup(t.Context(), netip.MustParseAddr("::fbf0")); n.Handle != "" {
		t.Errorf("AS64496 answers for ::fbf0")
	}
}

// RIPE's own search for the abuse contact: AbuseCFinder of RIPE-NCC/whois.
const hierarchyDump = `inetnum:        0.0.0.0 - 255.255.255.255
netname:        IANA-BLK
abuse-c:        AR1-RIPE
mnt-by:         RIPE-NCC-HM-MNT
source:         RIPE

inetnum:        192.0.0.0 - 192.255.255.255
netname:        EU-ZZ-192
org:            ORG-NCC1-RIPE
status:         ALLOCATED UNSPECIFIED
mnt-by:         RIPE-NCC-HM-MNT
source:         RIPE

inetnum:        192.0.2.0 - 192.0.2.255
netname:        ALLOCATION
org:            ORG-LIR1-RIPE
status:         ALLOCATED PA
mnt-by:         LIR-MNT, RIPE-NCC-HM-MNT
source:         RIPE

inetnum:        192.0.2.0 - 192.0.2.127
netname:        AGGREGATE
status:         SUB-ALLOCATED PA
mnt-by:         LIR-MNT
source:         RIPE

inetnum:        192.0.2.0 - 192.0.2.63
netname:        ORGS-WITHOUT
org:            ORG-END1-RIPE
status:         ASSIGNED PA
mnt-by:         LIR-MNT
source:         RIPE

inetnum:        192.0.2.8 - 192.0.2.15
netname:        OWN
org:            ORG-LIR1-RIPE
abuse-c:        AR3-RIPE
mnt-irt:        IRT-CERT
status:         ASSIGNED PA
mnt-by:         LIR-MNT
source:         RIPE

inetnum:        192.0.2.16 - 192.0.2.23
netname:        INDEPENDENT
status:         ASSIGNED PI
mnt-by:         RIPE-NCC-END-MNT
mnt-by:         END-MNT
source:         RIPE

inetnum:        192.0.2.24 - 192.0.2.31
netname:        LEGACY-BELOW
status:         LEGACY
mnt-by:         END-MNT
mnt-lower:      ripe-ncc-legacy-mnt # by hand
source:         RIPE

inetnum:        192.0.2.32 - 192.0.2.39
netname:        TEAM-ONLY
mnt-irt:        IRT-CERT
status:         ASSIGNED PA
mnt-by:         LIR-MNT
source:         RIPE

inet6num:       2001:db8::/29
netname:        EU-ZZ-2001-DB8
org:            ORG-NCC1-RIPE
status:         ALLOCATED-BY-RIR
mnt-by:         RIPE-NCC-HM-MNT
source:         RIPE

inet6num:       2001:db8::/32
netname:        SIX
status:         ALLOCATED-BY-RIR
mnt-by:         LIR-MNT
source:         RIPE

organisation:   ORG-NCC1-RIPE
org-name:       RIPE NCC
abuse-c:        AR1-RIPE
source:         RIPE

organisation:   ORG-LIR1-RIPE
org-name:       A Carrier
abuse-c:        AR2-RIPE
source:         RIPE

organisation:   ORG-END1-RIPE
org-name:       A Shop
source:         RIPE

role:           RIPE NCC
nic-hdl:        AR1-RIPE
abuse-mailbox:  abuse@ncc.example
source:         RIPE

role:           Carrier's desk
nic-hdl:        AR2-RIPE
abuse-mailbox:  abuse@carrier.example
source:         RIPE

role:           Shop's desk
nic-hdl:        AR3-RIPE
abuse-mailbox:  abuse@shop.example
source:         RIPE

irt:            IRT-CERT
abuse-mailbox:  team@cert.example
source:         RIPE
`

func TestAbuseHierarchy(t *testing.T) {
	s := testSnapshot(t, hierarchyDump)
	for _, tt := range []struct{ sentence, addr, want string }{
		{"an allocation's organisation", "192.0.2.200", "ALLOCATION/A Carrier  abuse@carrier.example org-abuse AR2-RIPE"},
		{"without its own, that of the one around it", "192.0.2.100", "AGGREGATE/AGGREGATE  abuse@carrier.example parent-abuse AR2-RIPE"},
		{"through two that have none", "192.0.2.1", "ORGS-WITHOUT/A Shop  abuse@carrier.example parent-abuse AR2-RIPE"},
		{"its own before its organisation's", "192.0.2.9", "OWN/A Carrier  abuse@shop.example network-abuse AR3-RIPE"},
		{"what the registry handed out itself is not its neighbour's", "192.0.2.17", "INDEPENDENT/INDEPENDENT "},
		{"nor where the registry maintains what is below", "192.0.2.25", "LEGACY-BELOW/LEGACY-BELOW "},
		{"an incident team is not RIPE's abuse contact", "192.0.2.33", "TEAM-ONLY/TEAM-ONLY  abuse@carrier.example parent-abuse AR2-RIPE"},
		{"what is not handed out is nobody's", "192.0.3.1", "-"},
		{"nor does the whole of it answer for anybody", "203.0.113.1", "-"},
		{"what is not handed out does not answer for what is", "2001:db8::1", "SIX/SIX "},
		{"and is nobody's in IPv6", "2001:dbf::1", "-"},
	} {
		t.Run(tt.sentence, func(t *testing.T) {
			n, ok, err := s.Lookup(t.Context(), netip.MustParseAddr(tt.addr))
			if got := brief(n, ok); got != tt.want || err != nil {
				t.Errorf("%s\nwant %s (%v)", got, tt.want, err)
			}
		})
	}
}

func TestSnapshotOfAnotherVersion(t *testing.T) {
	for text, want := range map[string]error{
		"headsup snapshot 1\n\x00\x00": ErrSnapshotVersion, "headsup snapshot 99\n": ErrSnapshotVersion,
		"headsup snapshot x\n": ErrSnapshot, "headsup snapshot ": ErrSnapshot, "headsup": ErrSnapshot, "": ErrSnapshot, snapshotMark: ErrSnapshot,
	} {
		if _, err := ReadSnapshot(bytes.NewReader([]byte(text))); err != want {
			t.Errorf("%q: %v, want %v", text, err, want)
		}
	}
}

// The search finds what looking at every range finds.
func TestRangesFind(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 300 {
		var s ranges
		pick := func() key {
			return []key{{0, uint64(r.IntN(40))}, {0, ipv4<<32 + uint64(r.IntN(400))}, {0, (ipv4+1)<<32 - 1}, {1, uint64(r.IntN(40))}, {9, 0}}[r.IntN(5)]
		}
		for range r.IntN(300) {
			n := node{first: pick(), last: pick()}
			if n.last.less(n.first) {
				n.first, n.last = n.last, n.first
			}
			s.nodes = append(s.nodes, n)
		}
		s.nodes = disjointOrNested(s.nodes)
		s.sort()
		for range 200 {
			k, want := pick(), int32(-1)
			for i, n := range s.nodes { // of those around k, the last begins last
				if !k.less(n.first) && !n.last.less(k) {
					want = int32(i)
				}
			}
			if got := s.find(k); got != want {
				t.Fatalf("%v: %d, want %d of %v", k, got, want, s.nodes)
			}
		}
	}
}

func disjointOrNested(nodes []node) (kept []node) {
	for _, n := range nodes {
		if !slices.ContainsFunc(kept, func(o node) bool {
			return n.first.less(o.first) && !n.last.less(o.first) && n.last.less(o.last) || o.first.less(n.first) && !o.last.less(n.first) && o.last.less(n.last)
		}) {
			kept = append(kept, n)
		}
	}
	return kept
}
