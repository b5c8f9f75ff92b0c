package campaign_test

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"headsup/campaign"
	"headsup/campaign/campaigntest"
	"headsup/finding"
	"headsup/letter"
	"headsup/lookup"
	registries "headsup/lookup/loopback"
)

// askingFolder makes a campaign folder with registries of its own, which let a
// query pass in so much time, and a snapshot that knows a /64 for each holder.
func askingFolder(tb testing.TB, holders int, every time.Duration, networks ...registries.Network) (dir string, w *registries.World) {
	tb.Helper()
	w, err := registries.Start(context.Background(), networks)
	must(tb, err)
	tb.Cleanup(w.Close)
	settings := w.Registries()
	for name, s := range settings {
		s.Every = lookup.Interval(every)
		settings[name] = s
	}
	dir = campaigntest.Folder(tb, map[string]any{
		"lookup": map[string]any{"snapshot": "registry.snapshot", "registries": settings},
	})
	campaigntest.Edit(tb, dir, "[letters]", "[letters]\npdf = false")
	var dump strings.Builder
	for i := range holders {
		p := holderPrefix(i)
		fmt.Fprintf(&dump, "inet6num: %s\nnetname: HOLDER-%d\ncountry: NL\nabuse-c: AR%d-RIPE\nsource: RIPE\n\n", p, i, i%1000)
	}
	for i := range min(holders, 1000) {
		fmt.Fprintf(&dump, "role: Abuse\nnic-hdl: AR%d-RIPE\nabuse-mailbox: abuse@holder%d.example\nsource: RIPE\n\n", i, i)
	}
	var b lookup.SnapshotBuilder
	_, err = b.Add(strings.NewReader(dump.String()), "ripe.db", time.Now())
	must(tb, err)
	f, err := os.Create(filepath.Join(dir, "registry.snapshot"))
	must(tb, err)
	_, err = b.Snapshot().WriteTo(f)
	must(tb, err)
	must(tb, f.Close())
	return dir, w
}

// holderPrefix is the prefix of a holder that the snapshot knows.
func holderPrefix(i int) netip.Prefix { return sixPrefix(0x8000+i>>16, i) }

// sixPrefix is a /64 of the documentation prefix, by its third and fourth groups.
func sixPrefix(high, low int) netip.Prefix {
	return netip.PrefixFrom(netip.AddrFrom16([16]byte{0x20, 0x01, 0x0d, 0xb8, byte(high >> 8), byte(high), byte(low >> 8), byte(low)}), 64)
}

// unknown is a network that only a registry knows.
func unknown(registry string, i int, quirk registries.Quirk) registries.Network {
	p, _ := sixPrefix(i, 0).Addr().Prefix(48)
	return registries.Network{Registry: registry, Prefix: p, Name: fmt.Sprintf("NET-%d", i), Org: "Holder", Handle: fmt.Sprintf("H%d", i),
		Country: "DE", Abuse: fmt.Sprintf("abuse@net%d.example", i), Quirk: quirk}
}

func total(counts map[string]int) (n int) {
	for _, c := range counts {
		n += c
	}
	return n
}

func TestWhatTheRegistriesAreToBeAskedCanBePutOff(t *testing.T) {
	dir, w := askingFolder(t, 1, time.Microsecond, unknown("ripe", 1, ""), unknown("apnic", 2, ""))
	var due []campaign.LookupsDue
	c := campaigntest.Open(t, dir, func(e campaign.Event) {
		if e, ok := e.(campaign.LookupsDue); ok {
			due = append(due, e)
		}
	})
	ctx, scans := t.Context(), []campaign.Source{campaigntest.Scan("2001:db8:8000::1", "2001:db8:1::1", "2001:db8:1::2", "2001:db8:2::1")}
	for _, step := range []struct {
		sentence            string
		ask                 campaign.AskOptions
		lettered, due, asks int
		told                int
	}{
		{"offline nobody is asked, and the rest is due", campaign.AskOptions{Offline: true}, 1, 3, 0, 3},
		{"again, too", campaign.AskOptions{Offline: true}, 1, 3, 0, 3},
		{"the next run goes on", campaign.AskOptions{}, 4, 0, 2, 0},
		{"and that was all", campaign.AskOptions{}, 4, 0, 2, 0},
	} {
		due = nil
		_, err := c.Draft(ctx, scans, finding.Options{}, step.ask, time.Now())
		must(t, err)
		scans = nil
		sum, err := c.Sum(ctx)
		must(t, err)
		must(t, sum.Check())
		if sum.Lettered != step.lettered || sum.Due != step.due || sum.Failed != step.due || total(w.Asked()) != step.asks {
			t.Errorf("%s: %+v after %v", step.sentence, sum, w.Asked())
		}
		if step.ask.Offline && (len(due) != 1 || due[0].Addresses() != step.told || !due[0].PutOff) {
			t.Errorf("%s: told %+v", step.sentence, due)
		}
	}
	for u, err := range c.Unwritten(ctx) {
		t.Errorf("%+v, %v", u, err)
	}
}

func TestARegistryThatRefusesIsToldOfAndHoldsNobodyUp(t *testing.T) {
	dir, w := askingFolder(t, 1, time.Microsecond, unknown("ripe", 1, registries.Limited), unknown("ripe", 2, ""), unknown("apnic", 3, ""))
	var rests []campaign.RegistryRests
	c := campaigntest.Open(t, dir, func(e campaign.Event) {
		if e, ok := e.(campaign.RegistryRests); ok {
			rests = append(rests, e)
		}
	})
	ctx, addrs := t.Context(), []string{"2001:db8:8000::1", "2001:db8:3::1"}
	for i := range 40 {
		addrs = append(addrs, fmt.Sprintf("2001:db8:1:%x::1", i))
	}
	must(t, second(c.Import(ctx, []campaign.Source{campaigntest.Scan(addrs...)}, finding.Options{})))
	from := time.Now()
	must(t, c.Ask(ctx, campaign.AskOptions{}))
	if took := time.Since(from); took > 20*time.Second { // the rest is five minutes
		t.Errorf("it took %v", took)
	}
	must(t, c.Compose(ctx, time.Now()))
	sum, err := c.Sum(ctx)
	must(t, err)
	if sum.Lettered != 2 || sum.Failed != 40 || sum.Due != 0 || sum.Check() != nil {
		t.Errorf("%+v", sum)
	}
	hosts := map[string]int{}
	for _, r := range rests {
		hosts[r.Host]++
		if r.Registry != "ripe" || r.RetryAfter < time.Minute {
			t.Errorf("%+v", r)
		}
	}
	if asked := w.Asked(); len(hosts) != 2 || len(rests) != 2 || asked["ripe rdap"] > 4 || asked["ripe whois"] > 4 {
		t.Errorf("told %v; asked %v", hosts, asked)
	}
	for u, err := range c.Unwritten(ctx) {
		if err != nil || u.Fate != letter.FateFailed || !strings.Contains(u.Reason, lookup.ErrRefused.Error()) {
			t.Errorf("%+v, %v", u, err)
		}
	}
}

// A run that is stopped again and again asks about each network once.
func TestStoppedRunsAskNobodyTwice(t *testing.T) {
	alone(t)
	const networks = 30
	var all []registries.Network
	var addrs []string
	for i := range networks {
		all = append(all, unknown([]string{"ripe", "arin", "apnic"}[i%3], i+1, ""))
		for j := range 3 {
			addrs = append(addrs, fmt.Sprintf("2001:db8:%x:%x::1", i+1, j))
		}
	}
	for i := range 200 {
		addrs = append(addrs, fmt.Sprintf("2001:db8:8000:%x::1", i%50))
	}
	dir, w := askingFolder(t, 50, time.Microsecond, all...)
	must(t, second(campaigntest.Open(t, dir, nil).Import(t.Context(), []campaign.Source{campaigntest.Scan(addrs...)}, finding.Options{})))
	runs, stopped := 0, true
	for ; stopped; runs++ {
		ctx, cancel := context.WithCancel(t.Context())
		until := len(w.Served()) + 8
		go func() {
			for len(w.Served()) < until && ctx.Err() == nil {
				time.Sleep(time.Millisecond)
			}
			cancel()
		}()
		c, err := campaign.Open(t.Context(), dir, nil)
		must(t, err)
		err = c.Ask(ctx, campaign.AskOptions{})
		stopped = err != nil
		if stopped && !errors.Is(err, context.Canceled) {
			t.Fatal(err)
		}
		cancel()
		must(t, c.Close())
	}
	for p, n := range w.Served() {
		if n != 1 {
			t.Errorf("%s was asked about %d times in %d runs", p, n, runs)
		}
	}
	if len(w.Served()) != networks || runs < 2 {
		t.Errorf("%d networks in %d runs", len(w.Served()), runs)
	}
}

// BenchmarkAsk answers b.N addresses, of which a snapshot knows 98 %, and stops
// when it is said what is due: the registries let five queries a second pass.
//
//	go test ./campaign -run - -bench Ask -benchtime 1000000x
func BenchmarkAsk(b *testing.B) {
	dir, _ := askingFolder(b, 1+b.N/20, 200*time.Millisecond)
	name := filepath.Join(b.TempDir(), "scan.csv")
	f, err := os.Create(name)
	must(b, err)
	fmt.Fprintln(f, "ip,port,proto,kind,service,seen")
	for i := range b.N {
		addr := holderPrefix(i / 20).Addr()
		if i%50 == 0 {
			addr = sixPrefix(1+i/50%0x7000, 0).Addr()
		}
		a := addr.As16()
		a[15] = byte(1 + i%20)
		fmt.Fprintf(f, "%s,25,tcp,open-relay,smtp,2026-03-01T10:00:00Z\n", netip.AddrFrom16(a))
	}
	must(b, f.Close())
	c := campaigntest.Open(b, dir, nil)
	must(b, second(c.Import(b.Context(), []campaign.Source{campaign.File(name)}, finding.Options{})))
	ctx, cancel := context.WithCancel(b.Context())
	defer cancel()
	due := 0
	c = c.Telling(func(e campaign.Event) {
		if e, ok := e.(campaign.LookupsDue); ok {
			due = e.Addresses()
			b.StopTimer()
			cancel()
		}
	})
	b.ResetTimer()
	if err := c.Ask(ctx, campaign.AskOptions{}); err != nil && ctx.Err() == nil {
		b.Fatal(err)
	}
	b.ReportMetric(float64(due), "due")
}

func second[T any](_ T, err error) error { return err }
