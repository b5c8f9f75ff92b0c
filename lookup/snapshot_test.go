package lookup

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"fmt"
	"io"
	"math/rand/v2"
	"net/netip"
	"runtime"
	"strings"
	"testing"
	"time"
)

const ripeDump = `# RIPE split file

inetnum:        192.0.2.0 - 192.0.2.255
netname:        EXAMPLE-NET
descr:          Example carrier
                and more
country:        DE
org:            ORG-EX1-RIPE
status:         ALLOCATED PA
source:         RIPE # Filtered

inetnum:        192.0.2.16 - 192.0.2.22
netname:        CUSTOMER
descr:          Caf` + "\xe9" + ` Customer
status:         ASSIGNED PA
abuse-c:        ar2-ripe # ours
source:         RIPE

inetnum:        192.0.2.64 - 192.0.2.127
netname:        QUIET
descr:          Without its own
status:         ASSIGNED PA
source:         RIPE

inetnum:        198.51.100.0 - 198.51.100.255
netname:        NOBODY-NET
country:        FR
status:         ASSIGNED PI
source:         RIPE

inetnum:        203.0.113.0 - 203.0.113.255
netname:        EU-POOL
abuse-c:        AR2-RIPE
status:         ALLOCATED UNSPECIFIED
source:         RIPE

inetnum:        203.0.113.0 - 203.0.113.15
netname:        IN-POOL
status:         ASSIGNED PI
source:         RIPE

inetnum:        203.0.113.32 - 203.0.113.47
netname:        STAND-IN
abuse-c:        OPS4-RIPE
status:         ASSIGNED PI
source:         RIPE

inetnum:        192.0.0.0 - 192.255.255.255
netname:        NON-RIPE-NCC-MANAGED-ADDRESS-BLOCK
abuse-c:        AR2-RIPE
source:         RIPE

inetnum:        192.0.2.300 - 192.0.2.2
netname:        NONSENSE
source:         RIPE

inet6num:       2001:db8::/32
netname:        SIX
org:            ORG-EX1-RIPE
country:        DE
source:         RIPE

organisation:   ORG-EX1-RIPE
org-name:       Example GmbH
abuse-c:        AR1-RIPE
source:         RIPE

role:           Abuse desk
nic-hdl:        AR1-RIPE
abuse-mailbox:  Abuse@Example.NET
source:         RIPE

role:           Customer's desk
nic-hdl:        AR2-RIPE
abuse-mailbox:  abuse@example.org
source:         RIPE

role:           Registry
nic-hdl:        OPS4-RIPE
abuse-mailbox:  abuse@ripe.net
source:         RIPE

role:           Broken
nic-hdl:        BR1-RIPE
abuse-mailbox:  not a mailbox
source:         RIPE`

const apnicDump = `inetnum: 198.51.100.0 - 198.51.100.63
netname: EXAMPLE-AU
country: AU
mnt-irt: IRT-EXAMPLE-AU
source: APNIC

inetnum: 198.51.100.192 - 198.51.100.255
netname: SILENT-AU
country: AU
source: APNIC

irt: IRT-EXAMPLE-AU
e-mail: noc@example.com
abuse-mailbox: abuse@example.com
source: APNIC
`

const delegated = `2.3|ripencc|20260101|3|19830705|20260101|+0100
ripencc|*|ipv4|*|2|summary
ripencc|NL|ipv4|192.0.2.0|512|20200101|allocated|opaque
ripencc|DE|ipv6|2001:db8::|32|20200101|allocated|opaque
ripencc|SE|asn|64500|1|20200101|allocated|opaque
ripencc|SE|ipv4|255.255.255.0|512|20200101|allocated|opaque
`

func testSnapshot(t testing.TB, dumps ...string) *Snapshot {
	t.Helper()
	var b SnapshotBuilder
	for i, text := range dumps {
		if _, err := b.Add(strings.NewReader(text), fmt.Sprintf("dump%d", i), time.Unix(1, 0)); err != nil {
			t.Fatal(err)
		}
	}
	return b.Snapshot()
}

func TestSnapshot(t *testing.T) {
	made := testSnapshot(t, ripeDump, delegated, apnicDump)
	var file bytes.Buffer
	if _, err := made.WriteTo(&file); err != nil {
		t.Fatal(err)
	}
	read, err := ReadSnapshot(&file)
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct{ sentence, addr, want string }{
		{"the organisation's contact", "192.0.2.200", "192.0.2.0-192.0.2.255 EXAMPLE-NET/Example GmbH DE Abuse@example.net org-abuse AR1-RIPE"},
		{"a network's own", "192.0.2.17", "192.0.2.16-192.0.2.22 CUSTOMER/Café Customer DE abuse@example.org network-abuse AR2-RIPE"},
		{"the end of a range that is no prefix", "192.0.2.22", "192.0.2.16-192.0.2.22 CUSTOMER/Café Customer DE abuse@example.org network-abuse AR2-RIPE"},
		{"past its end", "192.0.2.23", "192.0.2.0-192.0.2.255 EXAMPLE-NET/Example GmbH DE Abuse@example.net org-abuse AR1-RIPE"},
		{"that of the network around it", "192.0.2.64", "192.0.2.64-192.0.2.127 QUIET/Without its own DE Abuse@example.net parent-abuse AR1-RIPE"},
		{"RIPE's nobody is an answer", "198.51.100.100", "198.51.100.0-198.51.100.255 NOBODY-NET/NOBODY-NET FR"},
		{"a pool is nobody's, and no answer", "203.0.113.200", "-"},
		{"a pool does not answer for what is in it", "203.0.113.1", "203.0.113.0-203.0.113.15 IN-POOL/IN-POOL "},
		{"the registry's mailbox is nobody's", "203.0.113.33", "203.0.113.32-203.0.113.47 STAND-IN/STAND-IN "},
		{"what was only delegated is no answer", "192.0.3.1", "-"},
		{"what is in no dump is no answer", "233.252.0.1", "-"},
		{"IPv6", "2001:db8:1::1", "2001:db8::-2001:db8:ffff:ffff:ffff:ffff:ffff:ffff SIX/Example GmbH DE Abuse@example.net org-abuse AR1-RIPE"},
		{"APNIC's team", "198.51.100.5", "198.51.100.0-198.51.100.63 EXAMPLE-AU/EXAMPLE-AU AU abuse@example.com network-abuse IRT-EXAMPLE-AU"},
		{"APNIC's nobody may be somebody online", "198.51.100.200", "-"},
	} {
		for which, s := range map[string]*Snapshot{"made": made, "read": read} {
			t.Run(tt.sentence+", "+which, func(t *testing.T) {
				n, ok, err := s.Lookup(t.Context(), netip.MustParseAddr(tt.addr))
				got := "-"
				if ok {
					got = fmt.Sprintf("%s-%s %s/%s %s", n.First, n.Last, n.Name, n.Org, n.Country)
					for _, c := range n.Contacts {
						got += " " + c.Email + " " + c.Rule + " " + c.Handle
					}
				}
				if got != tt.want || err != nil || ok && (n.Source != "snapshot" || n.Fetched != time.Unix(1, 0).UTC()) {
					t.Errorf("%s\nwant %s (%v)", got, tt.want, err)
				}
			})
		}
	}
}

func TestSnapshotSums(t *testing.T) {
	var b SnapshotBuilder
	sum, err := b.Add(strings.NewReader(ripeDump), "ripe", time.Time{})
	if want := (SnapshotSum{Networks: 8, Contacts: 3, Skipped: 2}); sum != want || err != nil {
		t.Errorf("%+v, %v; want %+v", sum, err, want)
	}
	var zipped bytes.Buffer
	z := gzip.NewWriter(&zipped)
	io.WriteString(z, delegated)
	z.Close()
	sum, err = b.Add(&zipped, "delegated.gz", time.Time{})
	if want := (SnapshotSum{Networks: 2, Numbers: 1, Skipped: 1}); sum != want || err != nil {
		t.Errorf("%+v, %v; want %+v", sum, err, want)
	}
	sum, err = b.Add(strings.NewReader(delegatedNumbersDump), "delegated", time.Time{})
	if want := (SnapshotSum{Numbers: 2, Skipped: 1}); sum != want || err != nil {
		t.Errorf("%+v, %v; want %+v", sum, err, want)
	}
	if _, err = b.Add(strings.NewReader("\nhello\n"), "x", time.Time{}); err == nil || err.Error() != "x:2: "+errDump.Error() {
		t.Errorf("error %v", err)
	}
	if _, err = b.Add(strings.NewReader("inetnum: "+strings.Repeat("1", 1<<17)), "x", time.Time{}); err == nil {
		t.Error("a line without end is read")
	}
}

func TestDamagedSnapshot(t *testing.T) {
	var file bytes.Buffer
	testSnapshot(t, ripeDump).WriteTo(&file)
	for i := range file.Len() {
		b := bytes.Clone(file.Bytes())
		b[i] ^= 0x40
		if _, err := ReadSnapshot(bytes.NewReader(b)); err == nil {
			t.Fatalf("byte %d is not missed", i)
		}
	}
	for i := range file.Len() {
		if _, err := ReadSnapshot(bytes.NewReader(file.Bytes()[:i])); err == nil {
			t.Fatalf("%d bytes are enough", i)
		}
	}
}

func TestImplausibleSnapshot(t *testing.T) {
	for sentence, spoil := range map[string]func(*node){
		"a country that is none":            func(n *node) { n.country = [2]byte{'a', '?'} },
		"a parent that comes later":         func(n *node) { n.parent = 1 },
		"a name past the end":               func(n *node) { n.name = 1 << 30 },
		"a contact that is not there":       func(n *node) { n.contact = 1 << 30 },
		"a file that is not there":          func(n *node) { n.file = 9 },
		"an end before the beginning":       func(n *node) { n.last = key{} },
		"networks that are not in order":    func(n *node) { n.first = n.last },
		"an organisation that is no string": func(n *node) { n.org = 0xffffffff },
	} {
		s := testSnapshot(t, ripeDump)
		if err := s.check(); err != nil {
			t.Fatal(err)
		}
		if spoil(&s.addrs.nodes[0]); s.check() == nil {
			t.Errorf("%s is not noticed", sentence)
		}
	}
}

// FuzzSnapshotNodes gives the check what a checksum would have kept out.
// fuzzMost bounds what is tried: a longer text tells nothing new, and the fuzzer
// would spend its time on making it shorter.
const fuzzMost = 2 << 10

func FuzzSnapshotNodes(f *testing.F) {
	for _, dump := range []string{
		"inetnum: 192.0.2.0 - 192.0.2.255\nnetname: A\nabuse-c: P\nsource: RIPE\n\nrole: x\nnic-hdl: P\nabuse-mailbox: a@b.example\nsource: RIPE\n",
		"aut-num: AS64500\nas-name: A\nabuse-c: P\nsource: RIPE\n",
		"organisation: O\norg-name: A\nsource: RIPE\n",
	} {
		var file bytes.Buffer
		testSnapshot(f, dump).WriteTo(&file)
		f.Add(file.Bytes()[len(snapshotMark) : file.Len()-32])
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		if len(body) > fuzzMost {
			return
		}
		if s, err := readSnapshot(body); err == nil {
			for _, n := range s.addrs.nodes {
				s.Lookup(t.Context(), n.first.addr())
			}
			for _, n := range s.numbers.nodes {
				s.LookupAS(t.Context(), uint32(n.first.lo))
			}
		}
	})
}

func FuzzSnapshotBuilder(f *testing.F) {
	for _, text := range []string{ripeDump, apnicDump, delegated, numbersDump, hierarchyDump, bulkWhois} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		var b SnapshotBuilder
		b.Add(bytes.NewReader(text), "x", time.Time{})
		s := b.Snapshot()
		if err := s.check(); err != nil {
			t.Fatal(err)
		}
		for _, n := range s.addrs.nodes {
			got, ok, _ := s.Lookup(t.Context(), n.first.addr())
			if ok && !got.holds(n.first.addr()) {
				t.Errorf("%s: %+v", n.first.addr(), got)
			}
			for _, c := range got.Contacts {
				if _, err := addrSpec(c.Email); err != nil || clean(c.Org, 200) != c.Org {
					t.Errorf("%+v", c)
				}
			}
		}
	})
}

// synthetic writes n made-up networks as RIPE does.
func synthetic(n int) []byte {
	var b bytes.Buffer
	r := rand.New(rand.NewPCG(3, 4))
	for i := range n {
		bits := 22 + r.IntN(8)
		from := r.Uint32() &^ (1<<(32-bits) - 1)
		var first, last [4]byte
		binary.BigEndian.PutUint32(first[:], from)
		binary.BigEndian.PutUint32(last[:], from|(1<<(32-bits)-1))
		fmt.Fprintf(&b, "inetnum:        %s - %s\nnetname:        NET-%d\ndescr:          Customer of some provider\ncountry:        DE\norg:            ORG-X%d-RIPE\nadmin-c:        DUMY-RIPE\ntech-c:         DUMY-RIPE\nstatus:         ASSIGNED PA\nmnt-by:         MNT-%d\nlast-modified:  2018-08-14T14:54:30Z\nsource:         RIPE\nremarks:        * THIS OBJECT IS MODIFIED\n\n",
			netip.AddrFrom4(first), netip.AddrFrom4(last), i, i%90000, i%30000)
	}
	for i := range min(n, 90000) {
		fmt.Fprintf(&b, "organisation:   ORG-X%d-RIPE\norg-name:       Provider %d\nabuse-c:        AR%d-RIPE\nsource:         RIPE\n\nrole:           Abuse %d\nnic-hdl:        AR%d-RIPE\nabuse-mailbox:  abuse@p%d.example\nsource:         RIPE\n\n", i, i, i, i, i, i)
	}
	return b.Bytes()
}

func BenchmarkSnapshotBuild(b *testing.B) {
	text := synthetic(1_000_000)
	b.SetBytes(int64(len(text)))
	b.ResetTimer()
	for b.Loop() {
		before := heap()
		var builder SnapshotBuilder
		if _, err := builder.Add(bytes.NewReader(text), "x", time.Time{}); err != nil {
			b.Fatal(err)
		}
		s := builder.Snapshot()
		b.ReportMetric(float64(heap()-before)/float64(s.Networks()), "B/network")
		runtime.KeepAlive(s)
	}
}

func heap() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

func BenchmarkSnapshotLookup(b *testing.B) {
	s := testSnapshot(b, string(synthetic(1_000_000)))
	r := rand.New(rand.NewPCG(9, 9))
	addrs := make([]netip.Addr, 1<<19)
	for i := range addrs {
		addrs[i] = s.addrs.nodes[r.IntN(len(s.addrs.nodes))].last.addr()
	}
	runtime.GC()
	b.Run("find", func(b *testing.B) {
		for i := 0; b.Loop(); i++ {
			s.addrs.find(keyOf(addrs[i%len(addrs)]))
		}
	})
	b.Run("answer", func(b *testing.B) {
		ctx := b.Context()
		for i := 0; b.Loop(); i++ {
			s.Lookup(ctx, addrs[i%len(addrs)])
		}
	})
	b.Run("read", func(b *testing.B) {
		var file bytes.Buffer
		s.WriteTo(&file)
		b.SetBytes(int64(file.Len()))
		for b.Loop() {
			if _, err := ReadSnapshot(bytes.NewReader(file.Bytes())); err != nil {
				b.Fatal(err)
			}
		}
	})
}
