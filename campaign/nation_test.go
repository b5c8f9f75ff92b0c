package campaign_test

import (
	"bufio"
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"headsup/campaign"
	"headsup/campaign/campaigntest"
	"headsup/campaign/settings"
	"headsup/lookup"
)

// A nation is a world to measure campaigns of any size in: networks of a
// reserved block, who holds them, and a scan of what is open there. It is the
// same whenever it is made.
//
// A few networks have most of the findings and a few holders most of the
// networks, as it is everywhere. Of each thousand rows ten are weak, two are
// about space that nobody holds, and one is no row.
type nation struct {
	findings int
	holders  int
	starts   []uint32 // of each network, in the block
}

// reserved is where the networks are: the only IPv4 block that is large enough
// and nobody's (RFC 1112).
var reserved = netip.MustParsePrefix("240.0.0.0/4")

// A national campaign of a million findings has about so many of these for
// each thousand.
const (
	networksOfThousand = 220
	holdersOfThousand  = 55
)

func newNation(findings int) *nation {
	n := &nation{findings: findings, holders: max(findings*holdersOfThousand/1000, 3)}
	sizes := []uint32{16, 16, 64, 64, 64, 128, 128, 128, 256}
	at := uint32(0)
	for i := range max(findings*networksOfThousand/1000, 10) {
		size := sizes[spread(i)%uint64(len(sizes))]
		at = (at + size - 1) / size * size
		n.starts = append(n.starts, at)
		at += size
	}
	n.starts = append(n.starts, at)
	return n
}

// spread is a number that looks as if it had nothing to do with i.
func spread(i int) uint64 {
	return rand.NewPCG(uint64(i), 0x6e6174696f6e).Uint64()
}

// share is spread as a number from 0 to 1.
func share(i int) float64 { return float64(spread(i)>>11) / (1 << 53) }

func (n *nation) networks() int { return len(n.starts) - 1 }

func (n *nation) address(at uint32) netip.Addr {
	first := reserved.Addr().As4()
	return netip.AddrFrom4([4]byte(binary.BigEndian.AppendUint32(nil, binary.BigEndian.Uint32(first[:])+at)))
}

// holder is who holds network i.
func (n *nation) holder(i int) int {
	return int(float64(n.holders) * math.Pow(share(i), 1.5))
}

// homes are the countries of the agencies of examples/many-agencies, and some
// that have none.
var homes = strings.Fields("US US AL AR AU BR BR BG CA CL CO DK EC FI HU IE JM JP LT NO PA PE RO RS SG KR CH TW GB GB DE FR NL ES IN")

func home(holder int) string { return homes[spread(holder)%uint64(len(homes))] }

// writeDump writes the networks as a registry's dump.
func (n *nation) writeDump(w *bufio.Writer) error {
	for i := range n.networks() {
		h := n.holder(i)
		fmt.Fprintf(w, "inetnum: %s - %s\nnetname: NET-%d\ncountry: %s\norg: ORG-%d-RIPE\nstatus: ASSIGNED PA\nsource: RIPE\n\n",
			n.address(n.starts[i]), n.address(n.starts[i+1]-1), i, home(h), h)
	}
	for h := range n.holders {
		fmt.Fprintf(w, `organisation: ORG-%d-RIPE
org-name: Holder %d of Networks
abuse-c: AR%d-RIPE
country: %s
source: RIPE

role: Abuse
nic-hdl: AR%d-RIPE
abuse-mailbox: abuse@holder%d.example
source: RIPE

`, h, h, h, home(h), h, h)
	}
	return w.Flush()
}

// scanned are what a scan finds, with the ports.
var scanned = []struct {
	kind, service, evidence string
	port                    int
}{
	{"open-relay", "smtp", "250 2.1.5 <probe@relay.example.org> recipient ok; 250 2.0.0 queued", 25},
	{"open-relay", "smtp", "250 2.1.5 <probe@relay.example.org> recipient ok; 250 2.0.0 queued", 587},
	{"open-proxy", "http", "HTTP/1.1 200 Connection established, for CONNECT probe.example.org:25", 3128},
	{"open-proxy", "socks5", "SOCKS5 request granted for probe.example.org:25", 1080},
	{"exposed-service", "redis", "INFO without a password: redis_version:6.2.6 os:Linux", 6379},
	{"exposed-service", "mongodb", "listDatabases without a password: 7 databases", 27017},
}

// writeScan writes what a scan found, in no order.
func (n *nation) writeScan(w *bufio.Writer) error {
	w.WriteString("ip,port,proto,kind,service,seen,strength,reason,evidence\n")
	r := rand.New(rand.NewPCG(1, uint64(n.findings)))
	from := time.Date(2026, 3, 1, 10, 0, 0, 0, time.UTC)
	for i := range n.findings {
		if i%1000 == 999 {
			w.WriteString("240.0.0.1,no port,tcp,open-relay,smtp,2026-03-01T10:00:00Z,verified,,\n")
			continue
		}
		// Networks with many findings stand between those with few.
		rank := int(float64(n.networks()) * math.Pow(r.Float64(), 2.5))
		net := int(spread(rank) % uint64(n.networks()))
		at := n.starts[net] + r.Uint32N(n.starts[net+1]-n.starts[net])
		if i%1000 == 500 || i%1000 == 501 { // behind the last network
			at = n.starts[n.networks()] + 256 + r.Uint32N(65536)
		}
		what := scanned[r.IntN(len(scanned))]
		strength, reason := "verified", "the scanner used the service and it worked"
		if i%100 == 50 {
			strength, reason = "weak", "a banner alone"
		}
		fmt.Fprintf(w, "%s,%d,tcp,%s,%s,%s,%s,%s,%s\n", n.address(at), what.port, what.kind, what.service,
			from.Add(time.Duration(i%86400)*time.Second).Format(time.RFC3339), strength, reason, `"`+what.evidence+`"`)
	}
	return w.Flush()
}

// folder makes a campaign folder in which twenty-seven agencies sign, with the
// snapshot of the nation's networks, and a scan. ledger is a database, or "" for
// a file of the folder.
func (n *nation) folder(tb testing.TB, ledger string) (dir string, scan campaign.Source) {
	tb.Helper()
	dir = tb.TempDir()
	text, err := os.ReadFile("../examples/many-agencies/headsup.toml")
	must(tb, err)
	// Fonts for some of the languages are not everywhere.
	text = []byte(strings.NewReplacer("mail_without_pdf = false", "mail_without_pdf = true",
		"[campaign]\n", "[campaign]\ncode_key = \"code.key\"\nfinding_max_age = \"3650d\"\n").Replace(string(text)))
	text = fmt.Appendf(text, "\n[lookup]\nsnapshot = \"registry.snapshot\"\nallow_special = [%q]\n", reserved)
	if ledger != "" {
		text = append(fmt.Appendf(nil, "ledger = %q\n", ledger), text...)
	}
	must(tb, errors.Join(os.WriteFile(filepath.Join(dir, settings.File), text, 0o644),
		os.WriteFile(filepath.Join(dir, settings.CodeKeyFile), []byte(campaigntest.Key+"\n"), 0o600)))
	campaigntest.Remember(tb, dir)
	dump, scanned := filepath.Join(dir, "ripe.db.txt"), filepath.Join(dir, "scan.csv")
	writeTo(tb, dump, n.writeDump)
	writeTo(tb, scanned, n.writeScan)
	in, err := os.Open(dump)
	must(tb, err)
	defer in.Close()
	var b lookup.SnapshotBuilder
	_, err = b.Add(in, "ripe.db.txt", time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC))
	must(tb, err)
	writeTo(tb, filepath.Join(dir, "registry.snapshot"), func(w *bufio.Writer) error {
		_, err := b.Snapshot().WriteTo(w)
		return cmp.Or(err, w.Flush())
	})
	return dir, campaign.Source{Name: "scan.csv", Open: campaign.File(scanned).Open}
}

func writeTo(tb testing.TB, name string, write func(*bufio.Writer) error) {
	tb.Helper()
	f, err := os.Create(name)
	must(tb, err)
	must(tb, errors.Join(write(bufio.NewWriterSize(f, 1<<20)), f.Close()))
}
