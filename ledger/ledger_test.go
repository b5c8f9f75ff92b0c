package ledger

import (
	"errors"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"headsup/finding"
	"headsup/letter"
	"headsup/lookup"
)

func compareAddr(a, b netip.Addr) bool { return a == b }

func TestReadingAScanTwiceAddsNothing(t *testing.T) {
	forEach(t, func(t *testing.T, l *Ledger) {
		fs := scan(batch + 1)
		for _, read := range []struct {
			campaign  string
			fs        []finding.Finding
			added, of int
		}{
			{"relay26", fs, len(fs), len(fs)},
			{"relay26", fs[:9], 0, len(fs)},
			{"proxy26", fs[batch-1:], 2, 2},
			{"proxy26", fs[batch-2 : batch], 1, 3},
		} {
			n, err := l.AddFindings(t.Context(), read.campaign, read.fs)
			must(t, err)
			sum, err := l.Sum(t.Context(), read.campaign)
			must(t, err)
			if n != read.added || sum.Rows != read.of {
				t.Errorf("%d read in %s: %d added, %d rows, want %d and %d", len(read.fs), read.campaign, n, sum.Rows, read.added, read.of)
			}
		}
		for _, want := range []int{2, 0} {
			n, err := l.AddRejects(t.Context(), "relay26", []Reject{{"scan.csv:13", "port \"\x0065536\xff\""}, {"scan.csv:14", "empty"}})
			must(t, err)
			if n != want {
				t.Errorf("%d rejects added, want %d", n, want)
			}
		}
	})
}

func TestWhatMakesAnotherFinding(t *testing.T) {
	base := scan(1)[0]
	for _, tt := range []struct {
		name   string
		change func(f *finding.Finding)
		want   int
	}{
		{"nothing", func(*finding.Finding) {}, 1},
		{"another address", func(f *finding.Finding) { f.Addr = f.Addr.Next() }, 2},
		{"another port", func(f *finding.Finding) { f.Port = 26 }, 2},
		{"another protocol", func(f *finding.Finding) { f.Proto = "udp" }, 2},
		{"another kind", func(f *finding.Finding) { f.Kind = finding.ExposedService }, 2},
		{"another service", func(f *finding.Finding) { f.Service = "smtps" }, 2},
		{"another time", func(f *finding.Finding) { f.Seen = f.Seen.Add(time.Second) }, 2},
		{"another line", func(f *finding.Finding) { f.Source = "scan.csv:2" }, 2},
		{"other words", func(f *finding.Finding) { f.Reason, f.Evidence, f.Reporter = "x", "y", "z" }, 1},
		{"another strength", func(f *finding.Finding) { f.Strength = finding.Weak }, 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			forEach(t, func(t *testing.T, l *Ledger) {
				other := base
				tt.change(&other)
				add(t, l, []finding.Finding{base})
				add(t, l, []finding.Finding{other})
				if got := len(rowsOf(t, l)); got != tt.want {
					t.Errorf("%d findings, want %d", got, tt.want)
				}
			})
		})
	}
}

func TestRowsComeInOrderWithTheirAnswers(t *testing.T) {
	forEach(t, func(t *testing.T, l *Ledger) {
		fs := scan(300) // beyond 255 they are IPv6, which sorts after IPv4
		weak := fs[7]
		weak.Strength, weak.Source = finding.Weak, "other.csv:1"
		newer := fs[7]
		newer.Seen, newer.Source = newer.Seen.Add(time.Hour), "other.csv:2"
		add(t, l, slices.Concat([]finding.Finding{weak}, fs, []finding.Finding{newer}))

		network := &lookup.Network{First: fs[0].Addr, Last: fs[255].Addr, Handle: "NET-A", Fetched: time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC)}
		must(t, l.AddLookups(t.Context(), "relay26", []lookup.Result{
			{Addr: fs[7].Addr, Network: *network},
			{Addr: fs[8].Addr, Network: *network},
			{Addr: fs[12].Addr, Network: lookup.Network{Handle: "NOBODY"}},
			{Addr: fs[9].Addr, Err: fmt.Errorf("rdap: %w", lookup.ErrRefused)},
			{Addr: fs[10].Addr, Err: fmt.Errorf("%w: documentation", lookup.ErrSpecial)},
			{Addr: fs[11].Addr},
		}))
		rows := rowsOf(t, l)
		var want []finding.Finding
		want = append(want, fs[:7]...)
		want = append(want, newer, fs[7], weak)
		want = append(want, fs[8:]...)
		var got []finding.Finding
		for _, r := range rows {
			got = append(got, r.Finding)
		}
		if diff := cmp.Diff(want, got, cmp.Comparer(compareAddr)); diff != "" {
			t.Fatal(diff)
		}
		if rows[7].Network != rows[10].Network || rows[7].Network == nil || rows[7].Network.Handle != "NET-A" || !rows[7].Network.Fetched.Equal(network.Fetched) {
			t.Errorf("networks %v and %v, want one and the same", rows[7].Network, rows[10].Network)
		}
		if r := rows[11]; r.Failure != "rdap: refused by the registry" || r.Network != nil {
			t.Errorf("refused: %+v", r)
		}
		if r := rows[12]; r.Special != "special-use address: documentation" {
			t.Errorf("special: %+v", r)
		}
		if r := rows[13]; r.Network == nil || len(r.Network.Contacts) != 0 {
			t.Errorf("nobody registered: %+v", r)
		}
		if r := rows[14]; r.Network == nil || r.Network.Handle != "NOBODY" {
			t.Errorf("a network without contacts: %+v", r)
		}
		if r := rows[15]; r.Network != nil || r.Failure != "" {
			t.Errorf("not asked: %+v", r)
		}
	})
}

func TestAFailureDoesNotReplaceAnAnswer(t *testing.T) {
	found := lookup.Result{Network: lookup.Network{Handle: "NET", Contacts: []lookup.Contact{{Email: "abuse@example.net"}}}}
	nobody := lookup.Result{Network: lookup.Network{Handle: "NOBODY"}}
	special := lookup.Result{Err: fmt.Errorf("%w: documentation", lookup.ErrSpecial)}
	failed := lookup.Result{Err: errors.New("timeout")}
	refused := lookup.Result{Err: fmt.Errorf("rdap: %w", lookup.ErrRefused)}
	for _, tt := range []struct {
		name         string
		before, then lookup.Result
		want         lookup.Status
	}{
		{"found, then refused", found, refused, lookup.StatusFound},
		{"found, then failed", found, failed, lookup.StatusFound},
		{"nobody, then refused", nobody, refused, lookup.StatusNone},
		{"nobody, then failed", nobody, failed, lookup.StatusNone},
		{"special use, then refused", special, refused, lookup.StatusSpecial},
		{"refused, then found", refused, found, lookup.StatusFound},
		{"failed, then nobody", failed, nobody, lookup.StatusNone},
		{"failed, then refused", failed, refused, lookup.StatusRefused},
		{"refused, then failed", refused, failed, lookup.StatusFailed},
		{"found, then nobody", found, nobody, lookup.StatusNone},
		{"nobody, then found", nobody, found, lookup.StatusFound},
	} {
		t.Run(tt.name, func(t *testing.T) {
			forEach(t, func(t *testing.T, l *Ledger) {
				add(t, l, scan(2))
				apart, together := scan(2)[0].Addr, scan(2)[1].Addr
				at := func(a netip.Addr, r lookup.Result) lookup.Result { r.Addr = a; return r }
				must(t, l.AddLookups(t.Context(), "relay26", []lookup.Result{at(apart, tt.before)}))
				must(t, l.AddLookups(t.Context(), "relay26", []lookup.Result{at(apart, tt.then), at(together, tt.before), at(together, tt.then)}))
				got := numbersOf(t, l, "SELECT status, count(*) FROM lookups GROUP BY status")
				if got[string(tt.want)] != 2 {
					t.Errorf("%v, want both %s", got, tt.want)
				}
				for _, r := range rowsOf(t, l) {
					if (r.Network != nil) != (tt.want == lookup.StatusFound || tt.want == lookup.StatusNone) {
						t.Errorf("%s: %+v", tt.want, r)
					}
				}
			})
		})
	}
}

func TestAddressesAreThoseThatHaveNoFreshAnswer(t *testing.T) {
	forEach(t, func(t *testing.T, l *Ledger) {
		fs := scan(6)
		fs[5].Strength = finding.Weak
		fs = append(fs, fs[0]) // seen twice, asked for once
		fs[6].Port = 587
		add(t, l, fs)
		old := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
		fresh, since := old.Add(48*time.Hour), old.Add(24*time.Hour)
		l.at(old)
		must(t, l.AddLookups(t.Context(), "relay26", []lookup.Result{{Addr: fs[1].Addr, Network: lookup.Network{}}, {Addr: fs[4].Addr, Network: lookup.Network{}}}))
		l.at(fresh)
		must(t, l.AddLookups(t.Context(), "relay26", []lookup.Result{{Addr: fs[2].Addr, Network: lookup.Network{}}, {Addr: fs[3].Addr, Err: errors.New("timeout")}}))
		must(t, l.AddLookups(t.Context(), "relay26", []lookup.Result{{Addr: fs[2].Addr, Err: errors.New("timeout")}})) // loses against the answer
		must(t, l.AddLookups(t.Context(), "other", []lookup.Result{{Addr: fs[0].Addr, Network: lookup.Network{}}}))
		var got []netip.Addr
		for a, err := range l.Addresses(t.Context(), "relay26", since) {
			must(t, err)
			got = append(got, a)
			must(t, l.AddLookups(t.Context(), "relay26", []lookup.Result{{Addr: a}})) // while it runs
		}
		want := []netip.Addr{fs[0].Addr, fs[1].Addr, fs[3].Addr, fs[4].Addr}
		if !slices.Equal(got, want) {
			t.Errorf("got %v, want %v", got, want)
		}
	})
}

func TestCacheSurvivesARun(t *testing.T) {
	forEach(t, func(t *testing.T, l *Ledger) {
		day := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
		wide := lookup.Network{First: netip.MustParseAddr("198.51.100.0"), Last: netip.MustParseAddr("198.51.100.255"), Handle: "WIDE", Fetched: day}
		narrow := lookup.Network{First: netip.MustParseAddr("198.51.100.16"), Last: netip.MustParseAddr("198.51.100.20"), Handle: "NARROW", Fetched: day,
			Contacts: []lookup.Contact{{Email: "abuse@example.net", Flags: []string{"unvalidated"}}}}
		stale := lookup.Network{First: netip.MustParseAddr("2001:db8::"), Last: netip.MustParseAddr("2001:db8::ff"), Handle: "STALE", Fetched: day.Add(-time.Hour)}
		c, err := l.Cache(t.Context(), day)
		must(t, err)
		var _ lookup.Cache = c
		must(t, c.Put(t.Context(), netip.MustParsePrefix("198.51.100.0/24"), wide))
		must(t, c.Put(t.Context(), netip.MustParsePrefix("198.51.100.16/29"), narrow))
		must(t, c.Put(t.Context(), netip.MustParsePrefix("2001:db8::/120"), stale))
		again, err := l.Cache(t.Context(), day)
		must(t, err)
		for _, c := range []*Cache{c, again} {
			for _, tt := range []struct{ addr, want string }{
				{"198.51.100.1", "WIDE"}, {"198.51.100.17", "NARROW"}, {"198.51.100.21", ""}, // in the prefix, not in the network
				{"2001:db8::1", ""}, {"203.0.113.1", ""},
			} {
				n, ok, err := c.Get(t.Context(), netip.MustParseAddr(tt.addr))
				must(t, err)
				if ok != (tt.want != "") || n.Handle != tt.want {
					t.Errorf("%s: %q %v, want %q", tt.addr, n.Handle, ok, tt.want)
				}
			}
		}
		got, _, _ := again.Get(t.Context(), netip.MustParseAddr("198.51.100.17"))
		if diff := cmp.Diff(narrow, got, cmp.Comparer(compareAddr)); diff != "" {
			t.Error(diff)
		}
	})
}

func TestANewerLedgerIsRefused(t *testing.T) {
	forEach(t, func(t *testing.T, l *Ledger) {
		_, err := l.w.Exec("INSERT INTO goose_db_version (version_id, is_applied) VALUES (9999, $1)", true)
		must(t, err)
		if err := migrate(t.Context(), l); !errors.Is(err, ErrNewer) {
			t.Errorf("got %v, want ErrNewer", err)
		}
	})
}

func TestManyOpenANewLedgerAtOnce(t *testing.T) {
	for _, engine := range []string{"sqlite", "postgres"} {
		t.Run(engine, func(t *testing.T) {
			dsn := newDSN(t, engine)
			var wg sync.WaitGroup
			for range 4 {
				wg.Go(func() {
					l, err := Open(t.Context(), dsn)
					if err != nil {
						t.Error(err)
						return
					}
					if err := l.Close(); err != nil {
						t.Error(err)
					}
				})
			}
			wg.Wait()
		})
	}
}

func TestOpenSaysWhatIsWrong(t *testing.T) {
	text := filepath.Join(t.TempDir(), "notes.txt")
	must(t, os.WriteFile(text, []byte(strings.Repeat("this is no database ", 100)), 0o600))
	for _, dsn := range []string{text, filepath.Join(t.TempDir(), "no", "such", "folder.db"), "postgres://127.0.0.1:1/none?connect_timeout=1"} {
		if l, err := Open(t.Context(), dsn); err == nil {
			l.Close()
			t.Errorf("%q was opened", dsn)
		}
	}
}

func TestPlacesAddUp(t *testing.T) {
	forEach(t, func(t *testing.T, l *Ledger) {
		add(t, l, scan(6))
		_, err := l.AddRejects(t.Context(), "relay26", []Reject{{"scan.csv:9", "port"}})
		must(t, err)
		rows := rowsOf(t, l)
		place := func(i int, f letter.Fate, in string) letter.Placement {
			return letter.Placement{Row: rows[i].ID, Fate: f, Reason: "because", Letter: in}
		}
		d := draftTo("abuse@example.net", "hello", rows[0], rows[1])
		if out, err := l.Draft(t.Context(), d); out != Created || err != nil {
			t.Fatal(out, err)
		}
		must(t, l.Place(t.Context(), "relay26", []letter.Placement{place(2, letter.FateHeld, ""), place(3, letter.FateNoContact, ""), place(4, letter.FateSpecial, "")}))
		s, err := l.Sum(t.Context(), "relay26")
		must(t, err)
		if s.Check() == nil {
			t.Error("a row is nowhere, and the sum adds up")
		}
		must(t, l.Place(t.Context(), "relay26", []letter.Placement{place(2, letter.FateFailed, ""), place(5, letter.FateDuplicate, "")}))
		s, err = l.Sum(t.Context(), "relay26")
		must(t, err)
		must(t, s.Check())
		want := letter.Sum{Rows: 7, Lettered: 2, NoContact: 1, Failed: 1, Special: 1, Duplicate: 1, Rejected: 1, Letters: 1, States: map[letter.State]int{letter.Drafted: 1}}
		if diff := cmp.Diff(want, s); diff != "" {
			t.Error(diff)
		}
		var got []string
		for u, err := range l.Unwritten(t.Context(), "relay26") {
			must(t, err)
			got = append(got, u.Finding.Source+" "+string(u.Fate)+" "+u.Reason)
		}
		wantRows := []string{"scan.csv:9 rejected port", "scan.csv:3 failed because", "scan.csv:4 no_contact because", "scan.csv:5 special because", "scan.csv:6 duplicate because"}
		if diff := cmp.Diff(wantRows, got); diff != "" {
			t.Error(diff)
		}

		// Past review, a finding stays where it is; one that came too late does not.
		must(t, l.Approve(t.Context(), d.Letter.ID, Hash(d.Rendered), "tester"))
		must(t, l.Place(t.Context(), "relay26", []letter.Placement{place(0, letter.FateHeld, ""), place(5, letter.FateHeld, d.Letter.ID)}))
		must(t, l.Place(t.Context(), "relay26", []letter.Placement{place(5, letter.FateNoContact, "")}))
		s, err = l.Sum(t.Context(), "relay26")
		must(t, err)
		if s.Lettered != 2 || s.Held != 0 || s.NoContact != 2 {
			t.Errorf("after approval: %+v", s)
		}
		if r := rowsOf(t, l); r[0].Letter != d.Letter.ID || r[5].Letter != "" {
			t.Errorf("rows stand in %q and %q", r[0].Letter, r[5].Letter)
		}
	})
}
