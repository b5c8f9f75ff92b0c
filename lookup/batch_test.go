package lookup

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

var documentation = []netip.Prefix{netip.MustParsePrefix("192.0.2.0/24"), netip.MustParsePrefix("198.51.100.0/24"), netip.MustParsePrefix("203.0.113.0/24")}

// addrsOf yields the first n addresses of each prefix.
func addrsOf(n int, prefixes ...string) iter.Seq[netip.Addr] {
	return func(yield func(netip.Addr) bool) {
		for _, p := range prefixes {
			a := netip.MustParsePrefix(p).Addr()
			for range n {
				if !yield(a) {
					return
				}
				a = a.Next()
			}
		}
	}
}

// shelf is a source that asks nobody. It knows one prefix.
type shelf struct {
	knows netip.Prefix
	mail  string
}

func (s shelf) AsksNobody() bool { return true }

func (s shelf) Lookup(_ context.Context, a netip.Addr) (Network, bool, error) {
	n := Network{First: a, Last: a, Source: "snapshot"}
	if s.mail != "" {
		n.Contacts = []Contact{{Email: s.mail}}
	}
	return n, s.knows.Contains(a), nil
}

func (s shelf) LookupAS(_ context.Context, as uint32) (Network, bool, error) {
	return Network{Handle: fmt.Sprint("AS", as)}, as == 1, nil
}

// counter is a source with a registry for each first octet, which does as told.
type counter struct {
	do    func(ctx context.Context, a netip.Addr) error
	asked atomic.Int64
	tell  func(RateLimited)
}

func (c *counter) Lane(a netip.Addr) string { return strings.Split(a.String(), ".")[0] }

func (c *counter) Pace(lane string) time.Duration {
	return map[string]time.Duration{"192": time.Second, "198": time.Minute}[lane]
}

func (c *counter) Watch(f func(RateLimited)) func() {
	c.tell = f
	return func() { c.tell = nil }
}

func (c *counter) Lookup(ctx context.Context, a netip.Addr) (Network, bool, error) {
	c.asked.Add(1)
	if c.do != nil {
		if err := c.do(ctx, a); err != nil {
			return Network{}, false, err
		}
	}
	return Network{First: a, Last: a, Source: "rdap", Contacts: []Contact{{Email: "abuse@example.net"}}}, true, nil
}

func TestWhatIsKnownDoesNotWaitForWhatIsAsked(t *testing.T) {
	known := netip.MustParsePrefix("198.51.100.0/24")
	dns := func(context.Context, netip.Addr) (uint32, error) { return 64500, nil }
	for _, tt := range []struct {
		sentence string
		r        *Resolver
	}{
		{"from a source that asks nobody", &Resolver{}},
		{"or asks DNS alone, for the AS", &Resolver{Origin: dns}},
		{"or for a hint where nobody is registered", &Resolver{Hints: &Hints{Abusix: true, TXT: zone{}.txt}}},
	} {
		t.Run(tt.sentence, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				release := make(chan struct{})
				slow := &counter{do: func(context.Context, netip.Addr) error { <-release; return nil }}
				s := shelf{knows: known, mail: "abuse@example.org"}
				if tt.r.Hints != nil {
					s.mail = ""
				}
				tt.r.Sources, tt.r.AllowSpecial = []Source{s, slow}, documentation
				n := 0
				for res := range tt.r.All(t.Context(), addrsOf(256, "192.0.2.0/24", "198.51.100.0/24"), 2) {
					if n++; n == 256 {
						close(release) // else nobody would be left to go on
					}
					if known.Contains(res.Addr) != (n <= 256) || res.Err != nil {
						t.Fatalf("result %d is of %s, %v", n, res.Addr, res.Err)
					}
				}
				if n != 512 || slow.asked.Load() != 256 {
					t.Errorf("%d results, %d queries", n, slow.asked.Load())
				}
			})
		})
	}
}

func TestDue(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		src := &counter{do: func(context.Context, netip.Addr) error { time.Sleep(time.Second); return nil }}
		r := &Resolver{Sources: []Source{shelf{knows: documentation[2]}, src}, AllowSpecial: documentation}
		r = r.Offline()
		var due Due
		var errs, before int
		addrs := slices.Collect(addrsOf(3, "192.0.2.0/24", "198.51.100.0/24", "198.51.100.128/25", "203.0.113.0/24"))
		for e := range r.Batch(t.Context(), slices.Values(addrs), BatchOptions{Workers: 2}) {
			switch e := e.(type) {
			case Due:
				due = e
			case Result:
				switch {
				case documentation[2].Contains(e.Addr):
					before++
				case !errors.Is(e.Err, ErrDue) || due.Lines == nil:
					t.Errorf("%s: %v before it was said what is due", e.Addr, e.Err)
				default:
					errs++
				}
			}
		}
		want := []DueLine{{"192", 3, 1, time.Second}, {"198", 6, 1, time.Minute}}
		if !slices.Equal(due.Lines, want) || due.Addresses() != 9 || due.Takes() != time.Minute {
			t.Errorf("due %+v, %d, %v", due, due.Addresses(), due.Takes())
		}
		if before != 3 || errs != 9 || src.asked.Load() != 0 {
			t.Errorf("%d known, %d put off, %d asked", before, errs, src.asked.Load())
		}
	})
}

// Online, too, it is said what is left when everything known has been answered.
func TestDueOnline(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		release := make(chan struct{})
		src := &counter{do: func(context.Context, netip.Addr) error { <-release; return nil }}
		r := &Resolver{Sources: []Source{src}, AllowSpecial: documentation}
		results := 0
		for e := range r.Batch(t.Context(), addrsOf(10, "192.0.2.0/24"), BatchOptions{Workers: 2}) {
			switch e := e.(type) {
			case Due:
				if n := e.Addresses(); n < 8 || n > 10 || results > 0 { // two are under way
					t.Errorf("%d due after %d results", n, results)
				}
				close(release)
			case Result:
				results++
			}
		}
		if results != 10 {
			t.Errorf("%d results", results)
		}
	})
	r := &Resolver{Sources: []Source{shelf{knows: documentation[0]}}, AllowSpecial: documentation}
	for e := range r.Batch(t.Context(), addrsOf(3, "192.0.2.0/24"), BatchOptions{}) {
		if _, ok := e.(Due); ok {
			t.Error("nothing is due, and it is said all the same")
		}
	}
}

func TestOfflineAsksNobody(t *testing.T) {
	overrides, err := ReadOverrides(strings.NewReader("match,email\n192.0.2.9,own@example.org\nexample.org,own@example.org\nAS2,own@example.org\n"), "contacts.csv", time.Time{})
	if err != nil {
		t.Fatal(err)
	}
	src := &counter{}
	r := &Resolver{Overrides: overrides, Sources: []Source{shelf{knows: netip.MustParsePrefix("192.0.2.8/32"), mail: "abuse@example.net"}, src},
		AllowSpecial: documentation, Hosts: func(context.Context, string) ([]netip.Addr, error) { t.Error("DNS was asked"); return nil, nil }}
	r = r.Offline()
	for _, tt := range []struct {
		query string
		ask   func() (Network, error)
		due   bool
	}{
		{"an override", func() (Network, error) { return r.Lookup(t.Context(), netip.MustParseAddr("192.0.2.9")) }, false},
		{"what a source has", func() (Network, error) { return r.Lookup(t.Context(), netip.MustParseAddr("192.0.2.8")) }, false},
		{"what it has not", func() (Network, error) { return r.Lookup(t.Context(), netip.MustParseAddr("192.0.2.7")) }, true},
		{"an override for an AS", func() (Network, error) { return r.LookupAS(t.Context(), 2) }, false},
		{"an AS that a source has", func() (Network, error) { return r.LookupAS(t.Context(), 1) }, false},
		{"an AS that it has not", func() (Network, error) { return r.LookupAS(t.Context(), 3) }, true},
		{"an override for a name", func() (Network, error) { return r.LookupDomain(t.Context(), "www.example.org") }, false},
		{"another name", func() (Network, error) { return r.LookupDomain(t.Context(), "www.example.net") }, true},
	} {
		if _, err := tt.ask(); errors.Is(err, ErrDue) != tt.due || !tt.due && err != nil {
			t.Errorf("%s: %v", tt.query, err)
		}
	}
	if n := src.asked.Load(); n > 0 {
		t.Errorf("asked %d times", n)
	}
}

// refusing refuses 192.0.2.0/24 until its rest is over.
func refusing(rest time.Duration) *counter {
	c := &counter{}
	from := time.Now()
	var once sync.Once
	c.do = func(_ context.Context, a netip.Addr) error {
		left := rest - time.Since(from)
		if !documentation[0].Contains(a) || left <= 0 {
			return nil
		}
		e := RateLimited{"192", "rdap.example.net", left, "403"}
		once.Do(func() { c.tell(e) })
		return e
	}
	return c
}

func TestRefusals(t *testing.T) {
	for _, tt := range []struct {
		sentence string
		wait     bool
		refused  int
		takes    time.Duration
	}{
		{"a registry that refuses holds nobody up, and its addresses are left", false, 64, 0},
		{"unless it is to be waited for", true, 0, 5 * time.Minute},
	} {
		t.Run(tt.sentence, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				src := refusing(5 * time.Minute)
				r := &Resolver{Sources: []Source{src}, AllowSpecial: documentation}
				from, told, refused, found := time.Now(), 0, 0, 0
				for e := range r.Batch(t.Context(), addrsOf(64, "192.0.2.0/24", "198.51.100.0/24"), BatchOptions{Workers: 1, Wait: tt.wait}) {
					switch e := e.(type) {
					case RateLimited:
						if told++; e.Registry != "192" || time.Since(from) > 0 {
							t.Errorf("after %v: %v", time.Since(from), e)
						}
					case Result:
						switch {
						case errors.Is(e.Err, ErrRefused):
							refused++
						case e.Err == nil:
							found++
						default:
							t.Error(e.Err)
						}
					}
				}
				if told != 1 || refused != tt.refused || found != 128-tt.refused || time.Since(from) != tt.takes {
					t.Errorf("told %d times; %d refused and %d found after %v", told, refused, found, time.Since(from))
				}
			})
		})
	}
}

func TestWaitingForARegistryStops(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := &Resolver{Sources: []Source{refusing(time.Hour)}, AllowSpecial: documentation}
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		from := time.Now()
		for e := range r.Batch(ctx, addrsOf(3, "192.0.2.0/24"), BatchOptions{Wait: true}) {
			if res, ok := e.(Result); ok {
				t.Errorf("%+v", res)
			}
		}
		if time.Since(from) != time.Minute {
			t.Errorf("after %v", time.Since(from))
		}
	})
}

// Real queries over loopback: a refusal by RDAP, or by both, costs no waiting,
// and each server is asked once.
func TestARegistryThatRefuses(t *testing.T) {
	for _, tt := range []struct {
		sentence     string
		rdap         func(http.ResponseWriter)
		whois        string
		mail         string // of each address; empty: refused
		hits, asked  int32
		told         []string
		registryOnly bool
	}{
		{"403, and WHOIS answers for the rest", func(w http.ResponseWriter) { w.WriteHeader(403) },
			"inetnum: %[1]s - %[1]s\nnetname: X\nabuse-mailbox: abuse@example.net\nsource: RIPE\n", "abuse@example.net", 1, 48, []string{"403"}, false},
		{"403, and WHOIS refuses", func(w http.ResponseWriter) { w.WriteHeader(403) }, "%ERROR:201: access denied\n", "", 1, 1, []string{"403", "access denied"}, false},
		{"429 until a day that is far", func(w http.ResponseWriter) {
			w.Header().Set("Retry-After", "Fri, 31 Dec 2199 23:59:59 GMT")
			w.WriteHeader(429)
		}, "", "", 1, 0, []string{"429"}, true},
		{"401 without WHOIS", func(w http.ResponseWriter) { w.WriteHeader(401) }, "", "", 1, 0, []string{"401"}, true},
		{"a notice in an answer", func(w http.ResponseWriter) {
			rdapBody(w, `{"rdapConformance":["rdap_level_0"],"notices":[{"title":"Rate Limit Notice"}]}`)
		}, "", "", 1, 0, []string{"over its limit"}, true},
	} {
		t.Run(tt.sentence, func(t *testing.T) {
			var hits, asked atomic.Int32
			url := rdapServer(t, func(w http.ResponseWriter, r *http.Request) { hits.Add(1); tt.rdap(w) })
			server := ""
			if !tt.registryOnly {
				server = whoisServer(t, func(conn net.Conn, q string) {
					asked.Add(1)
					if strings.HasPrefix(tt.whois, "inetnum") {
						fmt.Fprintf(conn, tt.whois, strings.TrimPrefix(q, "-r "))
					} else {
						io.WriteString(conn, tt.whois)
					}
				})
			}
			c := testClient(t, url, server, Options{Timeout: 20 * time.Second})
			r := &Resolver{Sources: []Source{c}, AllowSpecial: documentation}
			var told []string
			n := 0
			for e := range r.Batch(t.Context(), spaced(48), BatchOptions{Workers: 1}) {
				switch e := e.(type) {
				case RateLimited:
					told = append(told, e.Why)
					if e.Registry != "ripe" || e.RetryAfter > time.Hour || e.RetryAfter <= time.Minute {
						t.Errorf("%+v", e)
					}
				case Result:
					n++
					if refused := errors.Is(e.Err, ErrRefused); refused != (tt.mail == "") || !refused && (e.Err != nil || e.Network.Contacts[0].Email != tt.mail) {
						t.Errorf("%s: %+v, %v", e.Addr, e.Network.Contacts, e.Err)
					}
				}
			}
			if n != 48 || hits.Load() != tt.hits || asked.Load() != tt.asked || len(told) != len(tt.told) {
				t.Fatalf("%d results; %d and %d queries; told %q", n, hits.Load(), asked.Load(), told)
			}
			for i, why := range tt.told {
				if !strings.Contains(told[i], why) {
					t.Errorf("told %q, want %q", told[i], why)
				}
			}
		})
	}
}

// spaced yields n addresses of which none fails together with another.
func spaced(n int) iter.Seq[netip.Addr] {
	return func(yield func(netip.Addr) bool) {
		for i := range n {
			p := documentation[i%3]
			b := p.Addr().As4()
			b[3] = byte(i / 3 * 16)
			if !yield(netip.AddrFrom4(b)) {
				return
			}
		}
	}
}

// Whoever stops a run and starts it again asks nobody what is under way twice.
func TestAnAnswerUnderWayIsKept(t *testing.T) {
	for _, tt := range []struct{ sentence, server string }{{"of RDAP", "rdap"}, {"of WHOIS", "whois"}} {
		t.Run(tt.sentence, func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			var asked atomic.Int32
			var c *Client
			if tt.server == "rdap" {
				c = testClient(t, rdapServer(t, func(w http.ResponseWriter, r *http.Request) { asked.Add(1); cancel(); rdapBody(w, goodRDAP) }), "", quick)
			} else {
				c = testClient(t, "", whoisServer(t, func(conn net.Conn, _ string) { asked.Add(1); cancel(); io.WriteString(conn, goodWHOIS) }), quick)
			}
			r := &Resolver{Sources: []Source{c}, AllowSpecial: documentation, Cache: &strict{}}
			for range r.All(ctx, addrsOf(1, "192.0.2.0/24"), 1) {
			}
			if ctx.Err() == nil {
				t.Fatal("it was not stopped")
			}
			n, err := r.Lookup(t.Context(), testAddr)
			if err != nil || len(n.Contacts) != 1 || asked.Load() != 1 {
				t.Errorf("%+v, %v, asked %d times", n.Contacts, err, asked.Load())
			}
		})
	}
}

// strict is a cache that keeps nothing for who has given up.
type strict struct{ MemoryCache }

func (s *strict) Put(ctx context.Context, p netip.Prefix, n Network) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return s.MemoryCache.Put(ctx, p, n)
}

// A run that is stopped between two questions has not learned that nobody is registered.
func TestStoppedBetweenTwoQuestions(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	c := testClient(t, rdapServer(t, func(w http.ResponseWriter, r *http.Request) { cancel(); rdapBody(w, child) }),
		whoisServer(t, func(conn net.Conn, _ string) { io.WriteString(conn, goodWHOIS) }), quick)
	if n, _, err := c.Lookup(ctx, testAddr); !errors.Is(err, context.Canceled) {
		t.Errorf("%+v, %v", n, err)
	}
}
