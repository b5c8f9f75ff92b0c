package lookup_test

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"headsup/lookup"
	"headsup/lookup/loopback"
)

// crowd is 250 networks of five registries, and 20 addresses in each.
func crowd() (networks []loopback.Network, addrs []netip.Addr) {
	names := []string{"ripe", "arin", "apnic", "lacnic", "afrinic"}
	add := func(i int, p netip.Prefix, step func(netip.Addr) netip.Addr) {
		networks = append(networks, loopback.Network{Registry: names[i%5], Prefix: p, Name: fmt.Sprintf("NET-%d", i), Org: fmt.Sprintf("Holder %d", i),
			Handle: fmt.Sprintf("H%d", i), Country: "DE", Address: []string{"Street 1", "Town"}, Abuse: fmt.Sprintf("abuse@holder%d.example", i)})
		a := p.Addr()
		for range 20 {
			addrs = append(addrs, a)
			if a = step(a); !p.Contains(a) {
				a = p.Addr()
			}
		}
	}
	for i, p := range loopback.Special()[:3] {
		for j := range 16 {
			b := p.Addr().As4()
			b[3] = byte(j * 16)
			add(i*16+j, netip.PrefixFrom(netip.AddrFrom4(b), 28), netip.Addr.Next)
		}
	}
	for i := 48; i < 250; i++ {
		b := loopback.Special()[3].Addr().As16()
		b[5] = byte(i)
		add(i, netip.PrefixFrom(netip.AddrFrom16(b), 48), func(a netip.Addr) netip.Addr {
			b := a.As16()
			b[7]++ // the next /64
			return netip.AddrFrom16(b)
		})
	}
	return networks, addrs
}

func start(t testing.TB, networks []loopback.Network) (*loopback.World, *lookup.Resolver) {
	t.Helper()
	w, err := loopback.Start(t.Context(), networks)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(w.Close)
	c, err := lookup.NewClient(w.Registries(), lookup.Options{Backoff: time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	return w, &lookup.Resolver{Sources: []lookup.Source{c}, AllowSpecial: loopback.Special()}
}

func check(t *testing.T, i int, n lookup.Network, err error) {
	t.Helper()
	if want := fmt.Sprintf("abuse@holder%d.example", i); err != nil || len(n.Contacts) == 0 || n.Contacts[0].Email != want {
		t.Errorf("network %d: %+v, %v", i, n.Contacts, err)
	}
}

func TestEachNetworkIsAskedAboutOnce(t *testing.T) {
	networks, addrs := crowd()
	holder := map[netip.Addr]int{}
	for i, a := range addrs {
		holder[a] = i / 20
	}
	once := func(t *testing.T, w *loopback.World) {
		served := w.Served()
		for _, n := range networks {
			if served[n.Prefix] != 1 {
				t.Errorf("%s was asked about %d times", n.Prefix, served[n.Prefix])
			}
		}
		for what, n := range w.Asked() {
			if strings.HasSuffix(what, "whois") && n > 0 {
				t.Errorf("%s was asked %d times although RDAP had answered", what, n)
			}
		}
	}
	t.Run("in a batch", func(t *testing.T) {
		w, r := start(t, networks)
		seen := map[netip.Addr]int{}
		for res := range r.All(t.Context(), slices.Values(addrs), 8) {
			check(t, holder[res.Addr], res.Network, res.Err)
			seen[res.Addr]++
		}
		total := 0
		for a := range holder {
			total += seen[a]
		}
		if total != len(addrs) {
			t.Errorf("%d results for %d addresses", total, len(addrs))
		}
		once(t, w)
	})
	t.Run("by 64 at once", func(t *testing.T) {
		w, r := start(t, networks)
		var next atomic.Int64
		var wg sync.WaitGroup
		for range 64 {
			wg.Go(func() {
				for i := int(next.Add(1)) - 1; i < len(addrs); i = int(next.Add(1)) - 1 {
					n, err := r.Lookup(t.Context(), addrs[i])
					check(t, i/20, n, err)
				}
			})
		}
		wg.Wait()
		once(t, w)
	})
}

// A slow registry holds nobody up but those who wait for it.
func TestBatchDoesNotWaitForTheSlowest(t *testing.T) {
	slow := make(chan struct{})
	src := &lanes{block: slow}
	r := &lookup.Resolver{Sources: []lookup.Source{src}, AllowSpecial: loopback.Special()}
	var addrs []netip.Addr
	for _, p := range loopback.Special()[:2] { // the slow one first
		for a := p.Addr(); p.Contains(a); a = a.Next() {
			addrs = append(addrs, a)
		}
	}
	n := 0
	for res := range r.All(t.Context(), slices.Values(addrs), 2) {
		if n++; n == 256 {
			close(slow) // all of the quick one have come
		}
		if isSlow := loopback.Special()[0].Contains(res.Addr); isSlow != (n > 256) {
			t.Fatalf("result %d is %s", n, res.Addr)
		}
	}
	if n != 512 {
		t.Errorf("%d results", n)
	}
}

// lanes is a source of two registries, one of which waits.
type lanes struct{ block chan struct{} }

func (l *lanes) Lane(a netip.Addr) string { return a.String()[:6] }

func (l *lanes) Lookup(_ context.Context, a netip.Addr) (lookup.Network, bool, error) {
	if loopback.Special()[0].Contains(a) {
		<-l.block
	}
	return lookup.Network{First: a, Last: a}, true, nil
}

func TestBatchEndsWhenItsReaderHasEnough(t *testing.T) {
	_, addrs := crowd()
	r := &lookup.Resolver{Sources: []lookup.Source{&lanes{}}, AllowSpecial: loopback.Special()[1:]}
	addrs = slices.DeleteFunc(addrs, loopback.Special()[0].Contains)
	for res := range r.All(t.Context(), slices.Values(addrs), 4) {
		if res.Err != nil {
			t.Error(res.Err)
		}
		break
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	n := 0
	for range r.All(ctx, slices.Values(addrs), 4) {
		if n++; n == 10 {
			cancel()
		}
	}
	if n > 11 {
		t.Errorf("%d results after it was stopped at 10", n)
	}
}

// source answers with what it is given.
type source struct {
	n     lookup.Network
	ok    bool
	err   error
	asked int
}

func (s *source) Lookup(context.Context, netip.Addr) (lookup.Network, bool, error) {
	s.asked++
	return s.n, s.ok, s.err
}

func network(prefix, mail string) lookup.Network {
	p := netip.MustParsePrefix(prefix)
	n := lookup.Network{First: p.Addr(), Last: p.Addr(), Handle: prefix, Country: "DE"}
	for p.Contains(n.Last.Next()) {
		n.Last = n.Last.Next()
	}
	if mail != "" {
		n.Contacts = []lookup.Contact{{Email: mail}}
	}
	return n
}

func TestResolverOrder(t *testing.T) {
	nobody, somebody := network("192.0.2.0/24", ""), network("192.0.2.0/24", "abuse@example.net")
	overrides, err := lookup.ReadOverrides(strings.NewReader("match,email,policy\n192.0.2.0/28,own@example.org,\nAS64500,as@example.org,\n192.0.2.1,,nobody\n"), "contacts.csv", time.Time{})
	if err != nil {
		t.Fatal(err)
	}
	as := func(context.Context, netip.Addr) (uint32, error) { return 64500, nil }
	for _, tt := range []struct {
		sentence string
		r        *lookup.Resolver
		addr     string
		mail     string // "" for nobody
		err      error
	}{
		{"an override overrules", &lookup.Resolver{Overrides: overrides, Sources: []lookup.Source{&source{n: somebody, ok: true}}}, "192.0.2.2", "own@example.org", nil},
		{"the most specific override wins, though it names nobody", &lookup.Resolver{Overrides: overrides, Sources: []lookup.Source{&source{n: somebody, ok: true}}}, "192.0.2.1", "", nil},
		{"an override for the AS overrules, if the AS is known", &lookup.Resolver{Overrides: overrides, Origin: as, Sources: []lookup.Source{&source{n: somebody, ok: true}}}, "192.0.2.99", "as@example.org", nil},
		{"the next source is asked if one knows nothing", &lookup.Resolver{Sources: []lookup.Source{&source{}, &source{n: somebody, ok: true}}}, "192.0.2.1", "abuse@example.net", nil},
		{"nobody is an answer", &lookup.Resolver{Sources: []lookup.Source{&source{n: nobody, ok: true}, &source{n: somebody, ok: true}}}, "192.0.2.1", "", nil},
		{"a failure is not nobody", &lookup.Resolver{Sources: []lookup.Source{&source{err: lookup.ErrRefused}, &source{n: somebody, ok: true}}}, "192.0.2.1", "", lookup.ErrRefused},
		{"the national team only if it is wanted", &lookup.Resolver{CSIRT: true, Sources: []lookup.Source{&source{n: nobody, ok: true}}}, "192.0.2.1", "certbund@bsi.bund.de", nil},
		{"and only if nobody else is there", &lookup.Resolver{CSIRT: true, Sources: []lookup.Source{&source{n: somebody, ok: true}}}, "192.0.2.1", "abuse@example.net", nil},
		{"a special address is nobody's", &lookup.Resolver{Sources: []lookup.Source{&source{n: somebody, ok: true}}}, "198.51.100.1", "", lookup.ErrSpecial},
		{"also within IPv6", &lookup.Resolver{}, "::ffff:198.51.100.1", "", lookup.ErrSpecial},
	} {
		t.Run(tt.sentence, func(t *testing.T) {
			tt.r.AllowSpecial = []netip.Prefix{netip.MustParsePrefix("192.0.2.0/24")}
			for _, round := range []string{"asked", "again"} { // the second from the cache
				n, err := tt.r.Lookup(t.Context(), netip.MustParseAddr(tt.addr))
				if !errors.Is(err, tt.err) || tt.err == nil && err != nil {
					t.Fatalf("%s: error %v", round, err)
				}
				mail := ""
				if len(n.Contacts) > 0 {
					mail = n.Contacts[0].Email
				}
				if mail != tt.mail {
					t.Errorf("%s: %q, want %q", round, mail, tt.mail)
				}
			}
		})
	}
}

// nobody is a source in which networks have no contacts and AS numbers do.
type nobody struct{ asked atomic.Int64 }

func (s *nobody) Lookup(_ context.Context, addr netip.Addr) (lookup.Network, bool, error) {
	return lookup.Network{First: addr, Last: addr}, true, nil
}

func (s *nobody) LookupAS(context.Context, uint32) (lookup.Network, bool, error) {
	s.asked.Add(1)
	return lookup.Network{Contacts: []lookup.Contact{{Email: "abuse@example.net"}}}, true, nil
}

func TestAnASNumberIsAskedAboutOnce(t *testing.T) {
	src := &nobody{}
	r := &lookup.Resolver{Sources: []lookup.Source{src}, AllowSpecial: loopback.Special(), Origin: func(context.Context, netip.Addr) (uint32, error) { return 64500, nil }}
	var wg sync.WaitGroup
	for i := range 64 {
		wg.Go(func() {
			n, err := r.Lookup(t.Context(), netip.AddrFrom4([4]byte{192, 0, 2, byte(i)}))
			if err != nil || len(n.Contacts) != 1 || n.AS != 64500 {
				t.Errorf("%+v, %v", n, err)
			}
		})
	}
	wg.Wait()
	if n := src.asked.Load(); n != 1 {
		t.Errorf("asked %d times", n)
	}
}

func TestNoSourceKnows(t *testing.T) {
	for _, r := range []*lookup.Resolver{{}, {Sources: []lookup.Source{&source{}}}} {
		r.AllowSpecial = loopback.Special()
		if n, err := r.Lookup(t.Context(), netip.MustParseAddr("192.0.2.1")); err == nil {
			t.Errorf("taken for nobody: %+v", n)
		}
		if n, err := r.LookupAS(t.Context(), 64500); err == nil {
			t.Errorf("taken for nobody: %+v", n)
		}
	}
}

func TestCacheServesNeighboursWithinItsBounds(t *testing.T) {
	for _, tt := range []struct {
		sentence, network, first, second string
		asked                            int
	}{
		{"the same network", "192.0.2.0/28", "192.0.2.1", "192.0.2.15", 1},
		{"not beyond it", "192.0.2.0/28", "192.0.2.1", "192.0.2.16", 2},
		{"a wide network within the /24", "192.0.0.0/16", "192.0.2.1", "192.0.2.255", 1},
		{"but not beyond the /24", "192.0.0.0/16", "192.0.2.1", "192.0.3.1", 2},
		{"a wide IPv6 network within the /48", "2001:db8::/113", "2001:db8::1", "2001:db8::7fff", 1},
	} {
		t.Run(tt.sentence, func(t *testing.T) {
			s := &source{n: network(tt.network, "abuse@example.net"), ok: true}
			r := lookup.Resolver{Sources: []lookup.Source{s}, AllowSpecial: []netip.Prefix{netip.MustParsePrefix("192.0.2.0/23"), netip.MustParsePrefix("2001:db8::/32")}}
			r.Lookup(t.Context(), netip.MustParseAddr(tt.first))
			r.Lookup(t.Context(), netip.MustParseAddr(tt.second))
			if s.asked != tt.asked {
				t.Errorf("asked %d times, want %d", s.asked, tt.asked)
			}
		})
	}
}

// A failing network is not asked about once for each of its addresses.
func TestFailuresAreNotRepeatedAtOnce(t *testing.T) {
	s := &source{err: errors.New("down")}
	r := lookup.Resolver{Sources: []lookup.Source{s}, AllowSpecial: loopback.Special()}
	for i := range 16 {
		if _, err := r.Lookup(t.Context(), netip.AddrFrom4([4]byte{192, 0, 2, byte(i)})); err == nil {
			t.Fatal("no error")
		}
	}
	if s.asked != 1 {
		t.Errorf("asked %d times", s.asked)
	}
}
