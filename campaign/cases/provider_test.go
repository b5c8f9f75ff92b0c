package cases_test

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"io"
	"net/netip"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"headsup/campaign/settings"
	"headsup/lookup/lease"
)

// A provider is a house to measure days of any size in: each of its lines has a
// customer for twenty minutes and then another, so that who held an address is
// known by a formula. It is the same whenever it is made, but for the day.
type provider struct {
	lines int       // addresses in use, and customers
	slots int       // stretches of twenty minutes that logs tell of
	end   time.Time // of the last one
}

const (
	slotTime = 20 * time.Minute
	mostSlot = 500 // a week
	inLog    = 19 * time.Minute
)

// newProvider makes a provider whose logs have about so many rows.
func newProvider(leases int, now time.Time) provider {
	p := provider{slots: mostSlot, end: now.UTC().Truncate(slotTime)}
	if leases < 40*mostSlot {
		p.slots = max(leases/40, 8)
	}
	p.lines = max(leases/p.slots, 8)
	return p
}

// pooled are the networks whose addresses it hands out: private ones and those
// of documentation, of which there are enough.
const pooled = "10.0.0.0/8|2001:db8::/32"

// network is what line n has: one in ten a prefix, the others an address.
func (p provider) network(n int) netip.Prefix {
	if n%10 == 0 {
		a := [16]byte{0x20, 0x01, 0x0d, 0xb8}
		binary.BigEndian.PutUint32(a[4:], uint32(n)<<8)
		return netip.PrefixFrom(netip.AddrFrom16(a), 56)
	}
	var a [4]byte
	binary.BigEndian.PutUint32(a[:], 10<<24|uint32(n+n/200*56+1)) // none ends in 0 or 255
	return netip.PrefixFrom(netip.AddrFrom4(a), 32)
}

// address is one of line n.
func (p provider) address(n int) netip.Addr {
	a := p.network(n).Addr()
	if a.Is6() {
		b := a.As16()
		b[15] = 7
		return netip.AddrFrom16(b)
	}
	return a
}

// begins is when a slot begins; the last one has the highest number.
func (p provider) begins(slot int) time.Time {
	return p.end.Add(-time.Duration(p.slots-slot) * slotTime)
}

// holder is the customer who has line n in a slot.
func (p provider) holder(n, slot int) int { return (n*7 + slot*1049) % p.lines }

// at is when somebody in a slot did something, far from either end of it.
func (p provider) at(slot, second int) time.Time {
	return p.begins(slot).Add(4*time.Minute + time.Duration(second%600)*time.Second)
}

var customerLanguages = []string{"en", "de", "fr", "es", "ja", "ar"}

// writeCustomers writes the file of customers.
func (p provider) writeCustomers(w io.Writer) error {
	b := bufio.NewWriter(w)
	fmt.Fprintf(b, "customer,name,prefix,login,email,language,zone,contract\n,,%s,,,,,pool\n", pooled)
	for n := range p.lines {
		fmt.Fprintf(b, "c%d,Subscriber %[1]d,,u%[1]d@dsl.isp.example,u%[1]d@home%d.example,%s,Europe/Berlin,access\n", n, n%1000, customerLanguages[n%len(customerLanguages)])
	}
	return b.Flush()
}

// A leaseLog is the provider's log, made while it is read.
type leaseLog struct {
	p          provider
	slot, line int
	buf, left  []byte
}

func (l *leaseLog) Close() error { return nil }

func (l *leaseLog) Read(b []byte) (int, error) {
	for len(l.left) == 0 {
		if l.slot == l.p.slots {
			return 0, io.EOF
		}
		l.buf = l.buf[:0]
		if l.slot+l.line == 0 {
			l.buf = append(l.buf, "start,end,address,user\n"...)
		}
		for ; l.line < l.p.lines && len(l.buf) < 32<<10; l.line++ {
			from := l.p.begins(l.slot).Add(time.Duration(l.line%50) * time.Second)
			l.buf = from.AppendFormat(l.buf, time.RFC3339)
			l.buf = from.Add(inLog).AppendFormat(append(l.buf, ','), time.RFC3339)
			l.buf = l.p.network(l.line).AppendTo(append(l.buf, ','))
			l.buf = strconv.AppendInt(append(l.buf, ",u"...), int64(l.p.holder(l.line, l.slot)), 10)
			l.buf = append(l.buf, "@dsl.isp.example\n"...)
		}
		if l.line == l.p.lines {
			l.slot, l.line = l.slot+1, 0
		}
		l.left = l.buf
	}
	n := copy(b, l.left)
	l.left = l.left[n:]
	return n, nil
}

// index writes the index of leases into a folder.
func (p provider) index(t testing.TB, dir string) lease.Sum {
	t.Helper()
	files := []lease.File{{Path: "radius.csv", Source: lease.Source{Format: lease.Rows}, Open: func() (io.ReadCloser, error) { return &leaseLog{p: p}, nil }}}
	sum, err := lease.Import(t.Context(), dir, files, lease.Options{Now: p.end, Keep: 9 * 24 * time.Hour}, func(lease.FileSum) {}, func(e *lease.RowError) { t.Error(e) })
	must(t, err)
	return sum
}

// folder makes the provider's folder, whose index of leases is in another one
// if that is named.
func (p provider) folder(t testing.TB, leases, more string) (dir string) {
	t.Helper()
	dir = t.TempDir()
	if leases != "" {
		more = fmt.Sprintf("leases = %q\n%s", leases, more)
	}
	must(t, os.WriteFile(filepath.Join(dir, settings.File), fmt.Appendf(nil, folderSettings, "isp26", more), 0o600))
	must(t, os.WriteFile(filepath.Join(dir, "code.key"), []byte("0123456789abcdef0123isp26"), 0o600))
	f, err := os.Create(filepath.Join(dir, "customers.csv"))
	must(t, err)
	must(t, p.writeCustomers(f))
	must(t, f.Close())
	if leases == "" {
		p.index(t, filepath.Join(dir, "leases"))
	}
	return dir
}
