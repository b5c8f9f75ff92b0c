package lookup

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

var testAddr = netip.MustParseAddr("192.0.2.1")

const goodRDAP = `{"objectClassName":"ip network","handle":"192.0.2.0 - 192.0.2.255","startAddress":"192.0.2.0","endAddress":"192.0.2.255","name":"EXAMPLE","country":"DE",
"entities":[{"objectClassName":"entity","handle":"AR1-RIPE","roles":["abuse"],"vcardArray":["vcard",[["fn",{},"text","Abuse"],["email",{"type":"abuse"},"text","abuse@example.net"]]]}]}`

const goodWHOIS = "% Abuse contact for '192.0.2.0 - 192.0.2.255' is 'abuse@example.net'\n\ninetnum: 192.0.2.0 - 192.0.2.255\nnetname: EXAMPLE\ncountry: DE\nsource: RIPE\n"

// quick is how tests wait: hardly.
var quick = Options{Backoff: time.Millisecond, Timeout: 2 * time.Second, Patience: time.Second}

// testClient asks the servers given about everything, as one registry.
func testClient(t *testing.T, rdap, whois string, opts Options) *Client {
	t.Helper()
	if rdap == "" {
		rdap = "-"
	}
	if whois == "" {
		whois = "-"
	}
	s := RegistrySettings{RDAP: rdap, WHOIS: whois, Prefixes: []netip.Prefix{netip.MustParsePrefix("0.0.0.0/0")}, Every: Interval(time.Microsecond), Burst: 1000, Connections: 64}
	secure := RegistrySettings{RDAP: "https://127.0.0.1:1/", WHOIS: "-"} // known, by https alone
	return newTestClient(t, Registries{"ripe": s, "secure": secure}, opts)
}

// newTestClient knows no registry but those given: tests ask nobody outside.
func newTestClient(t *testing.T, settings Registries, opts Options) *Client {
	t.Helper()
	only := BuiltIn()
	for name := range only {
		only[name] = RegistrySettings{RDAP: "-", WHOIS: "-"}
	}
	maps.Copy(only, settings)
	c, err := NewClient(only, opts)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func rdapServer(t *testing.T, h http.HandlerFunc) string {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	return s.URL + "/"
}

func rdapBody(w http.ResponseWriter, body string) {
	w.Header().Set("Content-Type", "application/rdap+json")
	io.WriteString(w, body)
}

// whoisServer gives every connection to serve, with the query read.
func whoisServer(t *testing.T, serve func(conn net.Conn, query string)) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer conn.Close()
				line, _ := bufio.NewReader(io.LimitReader(conn, 256)).ReadString('\n')
				serve(conn, strings.TrimSpace(line))
			}()
		}
	}()
	return l.Addr().String()
}

func TestRDAPFromHostileServers(t *testing.T) {
	bomb()
	for _, tt := range []struct {
		sentence string
		serve    http.HandlerFunc
		refused  bool
		want     string // of the error; empty: an answer
		hits     int32
	}{
		{"a good answer is taken", func(w http.ResponseWriter, r *http.Request) { rdapBody(w, goodRDAP) }, false, "", 1},
		{"429 with a long Retry-After is a refusal, asked once", func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Retry-After", "3600")
			w.WriteHeader(429)
		}, true, "1h0m0s", 1},
		{"503 with Retry-After is a refusal", func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Retry-After", time.Now().Add(30*time.Minute).UTC().Format(http.TimeFormat))
			w.WriteHeader(503)
		}, true, "not asked for", 1},
		{"429 with a short Retry-After is waited for, once", func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Retry-After", "0")
			w.WriteHeader(429)
		}, true, "429", 2},
		{"403 is a refusal", func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(403) }, true, "403", 1},
		{"LACNIC refuses with status 200", func(w http.ResponseWriter, r *http.Request) {
			rdapBody(w, `{"rdapConformance":["rdap_level_0"],"notices":[{"title":"Rate Limit Notice","description":["10 queries per minute"]}]}`)
		}, true, "over its limit", 1},
		{"500 is tried three times", func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(500) }, false, "status 500", 3},
		{"400 is not tried again", func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(400) }, false, "status 400", 1},
		{"100 MB are not read", func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "application/rdap+json")
			if n, err := io.Copy(w, io.LimitReader(zeros{}, 100<<20)); err == nil {
				t.Errorf("all %d bytes were read", n)
			}
		}, false, "more than", 1},
		{"a gzip bomb is not unpacked", func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "application/rdap+json")
			w.Header().Set("Content-Encoding", "gzip")
			w.Write(bomb())
		}, false, "more than", 1},
		{"a body that blows up in a decoder is not decoded", func(w http.ResponseWriter, r *http.Request) {
			rdapBody(w, `{"objectClassName":"ip network","entities":[`+strings.Repeat("{},", 100000)+`{}]}`)
		}, false, "objects and arrays", 1},
		{"malformed JSON is no answer", func(w http.ResponseWriter, r *http.Request) { rdapBody(w, `{"objectClassName":"ip net`) }, false, "not an answer", 1},
		{"JSON of something else is no answer", func(w http.ResponseWriter, r *http.Request) { rdapBody(w, `{"hello":"world"}`) }, false, "not an answer", 1},
		{"a web page is no answer", func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "text/html")
			io.WriteString(w, goodRDAP)
		}, false, "content type", 1},
		{"a redirect loop ends", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, r.URL.Path, http.StatusFound) }, false, "redirects", 5},
		{"a redirect to a private address is not followed", func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "http://10.0.0.1/ip/192.0.2.1", http.StatusFound)
		}, false, "settings know", 1},
		{"a redirect to a stranger is not followed", func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "https://rdap.example.com/ip/192.0.2.1", http.StatusFound)
		}, false, "settings know", 1},
		{"a redirect from https to http of a registry is not followed", func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "http://127.0.0.1:1/ip/192.0.2.1", http.StatusFound)
		}, false, "settings know", 1},
		{"a redirect to what is no look-up is not followed", func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "/admin?x=1", http.StatusFound)
		}, false, "no look-up", 1},
		{"a slow drip ends with the time", func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "application/rdap+json")
			io.WriteString(w, "{")
			w.(http.Flusher).Flush()
			<-r.Context().Done()
		}, false, "deadline", 3},
		{"an answer about another address is no answer", func(w http.ResponseWriter, r *http.Request) {
			rdapBody(w, strings.ReplaceAll(goodRDAP, "192.0.2.", "198.51.100."))
		}, false, "answered for", 1},
	} {
		t.Run(tt.sentence, func(t *testing.T) {
			t.Parallel()
			var hits atomic.Int32
			opts, dripping := quick, strings.Contains(tt.sentence, "drip")
			if dripping {
				opts.Timeout = 50 * time.Millisecond
			}
			if strings.Contains(tt.sentence, "short") {
				opts.Pacer = eager{}
			}
			url := rdapServer(t, func(w http.ResponseWriter, r *http.Request) { hits.Add(1); tt.serve(w, r) })
			r := &Resolver{Sources: []Source{testClient(t, url, "", opts)}, AllowSpecial: []netip.Prefix{netip.MustParsePrefix("192.0.2.0/24")}}
			n, err := r.Lookup(t.Context(), testAddr)
			switch {
			case tt.want == "" && (err != nil || len(n.Contacts) != 1):
				t.Errorf("%+v, %v", n, err)
			case tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want)):
				t.Errorf("error %v, want one with %q; answer %+v", err, tt.want, n)
			case tt.want != "" && strings.Count(err.Error(), hostOf(url)) > 1:
				t.Errorf("the host is named twice: %v", err)
			case strings.Contains(tt.sentence, "decoder") && strings.HasPrefix(err.Error(), "answer of"): // what Decode says
				t.Errorf("a decoder saw it: %v", err)
			case errors.Is(err, ErrRefused) != tt.refused:
				t.Errorf("refused %v: %v", !tt.refused, err)
			}
			if got := hits.Load(); got > tt.hits || got < tt.hits && !dripping { // a busy machine gives up before it has connected
				t.Errorf("%d requests, want %d", hits.Load(), tt.hits)
			}
		})
	}
}

// eager never waits.
type eager struct{}

func (eager) Wait(ctx context.Context, _ string) error { return ctx.Err() }
func (eager) Slow(string, time.Duration)               {}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}

// bomb is a kilobyte for each megabyte in it.
var bomb = sync.OnceValue(func() []byte {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	io.Copy(z, io.LimitReader(zeros{}, 16<<20))
	z.Close()
	return b.Bytes()
})

func TestWHOISFromHostileServers(t *testing.T) {
	down := make(chan struct{})
	t.Cleanup(func() { close(down) })
	say := func(text string) func(net.Conn, string) {
		return func(conn net.Conn, _ string) { io.WriteString(conn, text) }
	}
	for _, tt := range []struct {
		sentence string
		serve    func(net.Conn, string)
		refused  bool
		want     string
		hits     int32
	}{
		{"a good answer is taken", say(goodWHOIS), false, "", 1},
		{"an answer about another address is no answer", say(strings.ReplaceAll(goodWHOIS, "192.0.2.", "198.51.100.")), false, "answered for 198.51.100.0 - 198.51.100.255", 1},
		{"nor is one about an AS number", say("aut-num: AS64500\nas-name: X\nabuse-mailbox: abuse@example.net\n"), false, "answered for AS64500 - AS64500", 1},
		{"a denial is a refusal", say("%ERROR:201: access denied for 192.0.2.9\n"), true, "access denied", 1},
		{"LACNIC's denial is a refusal", say("% Query rate limit exceeded. Reduced information.\n"), true, "rate limit", 1},
		{"an empty answer is a refusal", say(""), true, "empty answer", 1},
		{"nonsense is no answer", say("hello\n"), false, "not an answer", 1},
		{"100 MB are not read", func(conn net.Conn, _ string) { io.Copy(conn, io.LimitReader(zeros{}, 100<<20)) }, false, "too long", 1},
		{"a slow drip ends with the time", func(conn net.Conn, _ string) { io.WriteString(conn, "%"); <-down }, false, "i/o timeout", 3},
		{"what panics in the library does not here", say("inetnum: 192.0.2.0 - 192.0.2.255\nnetname: X\nsource: RIPE\nrefer: x"), false, "", 1},
	} {
		t.Run(tt.sentence, func(t *testing.T) {
			t.Parallel()
			var hits atomic.Int32
			opts, dripping := quick, strings.Contains(tt.sentence, "drip")
			if dripping {
				opts.Timeout = 50 * time.Millisecond
			}
			server := whoisServer(t, func(conn net.Conn, q string) { hits.Add(1); tt.serve(conn, q) })
			n, _, err := testClient(t, "", server, opts).Lookup(t.Context(), testAddr)
			switch {
			case tt.want == "" && (err != nil || n.Name == ""):
				t.Errorf("%+v, %v", n, err)
			case tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want)):
				t.Errorf("error %v, want one with %q; answer %+v", err, tt.want, n)
			case tt.want != "" && strings.Count(err.Error(), server) > 1:
				t.Errorf("the host is named twice: %v", err)
			case errors.Is(err, ErrRefused) != tt.refused:
				t.Errorf("refused %v: %v", !tt.refused, err)
			}
			if got := hits.Load(); got > tt.hits || got < tt.hits && !dripping { // a busy machine gives up before it has connected
				t.Errorf("%d queries, want %d", hits.Load(), tt.hits)
			}
		})
	}
}

// A referral names whoever it likes; asked is only who the settings know.
func TestReferralsGoToRegistriesOnly(t *testing.T) {
	var victim atomic.Int32
	target := whoisServer(t, func(conn net.Conn, _ string) { victim.Add(1); io.WriteString(conn, goodWHOIS) })
	for _, referral := range []string{"whois://" + target, "whois://127.0.0.1:22", "whois://localhost:" + target[strings.LastIndexByte(target, ':')+1:]} {
		moved := "NetRange: 192.0.2.0 - 192.0.2.255\nNetType: Transferred to RIPE NCC\nOrgId: RIPE\nReferralServer: " + referral + "\n"
		server := whoisServer(t, func(conn net.Conn, _ string) { io.WriteString(conn, moved) })
		c := testClient(t, "", server, quick)
		a, _, err := c.chain(t.Context(), c.dir.all["ripe"], subject{prefix: netip.PrefixFrom(testAddr, 32)}, false)
		if err != nil || !a.Elsewhere {
			t.Errorf("%s: %+v, %v", referral, a, err)
		}
	}
	if victim.Load() != 0 {
		t.Errorf("a referral made us ask %s", target)
	}
}

// A registry's referral is followed under the name that it has in the world,
// wherever the settings say that it is.
func TestReferralToAKnownRegistry(t *testing.T) {
	arin := whoisServer(t, func(conn net.Conn, q string) {
		io.WriteString(conn, "NetRange: 192.0.2.0 - 192.0.2.255\nNetType: Transferred to RIPE NCC\nOrgId: RIPE\nReferralServer: whois://whois.ripe.net:43\n")
	})
	ripe := whoisServer(t, func(conn net.Conn, q string) { io.WriteString(conn, goodWHOIS) })
	fast := RegistrySettings{RDAP: "-", Every: 1, Burst: 9, Connections: 1}
	a, r := fast, fast
	a.WHOIS, a.Prefixes, r.WHOIS = arin, []netip.Prefix{netip.MustParsePrefix("192.0.2.0/24")}, ripe
	c := newTestClient(t, Registries{"arin": a, "ripe": r}, quick)
	n, _, err := c.Lookup(t.Context(), testAddr)
	if err != nil || len(n.Contacts) == 0 || n.Server != ripe {
		t.Errorf("%+v, %v", n, err)
	}
}

func TestWHOISQueries(t *testing.T) {
	for _, tt := range []struct {
		registry, subject, sent string
	}{
		{"ripe", "192.0.2.1", "-r 192.0.2.1"},
		{"ripe", "2001:db8::/40", "-r 2001:db8::/40"},
		{"ripe", "AS64500", "-V headsup.1 -r AS64500"},
		{"afrinic", "192.0.2.1", "-r 192.0.2.1"},
		{"arin", "192.0.2.1", "n + 192.0.2.1"},
		{"arin", "AS64500", "a + AS64500"},
		{"lacnic", "192.0.2.1", "192.0.2.1"},
		{"lacnic", "AS64500", "AS64500"},
		{"jpnic", "192.0.2.1", "192.0.2.1/e"},
	} {
		t.Run(tt.registry+" "+tt.subject, func(t *testing.T) {
			got := make(chan string, 1)
			server := whoisServer(t, func(conn net.Conn, q string) { got <- q; io.WriteString(conn, "% No entries found\n") })
			c := newTestClient(t, Registries{tt.registry: {WHOIS: server}}, quick)
			var s subject
			if fmt.Sscanf(tt.subject, "AS%d", &s.as); s.as == 0 {
				var err error
				if s.prefix, err = netip.ParsePrefix(tt.subject); err != nil {
					s.prefix = netip.PrefixFrom(netip.MustParseAddr(tt.subject), 32)
				}
			}
			if _, err := c.whois.ask(t.Context(), c.dir.all[tt.registry], s); err != nil {
				t.Fatal(err)
			}
			if q := <-got; q != tt.sent {
				t.Errorf("sent %q, want %q", q, tt.sent)
			}
		})
	}
}

func TestStopped(t *testing.T) {
	hang, asked := make(chan struct{}), make(chan struct{}, 2)
	t.Cleanup(func() { close(hang) })
	web := rdapServer(t, func(w http.ResponseWriter, r *http.Request) { asked <- struct{}{}; <-r.Context().Done() })
	tcp := whoisServer(t, func(net.Conn, string) { asked <- struct{}{}; <-hang })
	for _, c := range []*Client{testClient(t, web, "", Options{Timeout: time.Hour}), testClient(t, "", tcp, Options{Timeout: time.Hour})} {
		ctx, cancel := context.WithCancel(t.Context())
		go func() { <-asked; cancel() }()
		if _, _, err := c.Lookup(ctx, testAddr); !errors.Is(err, context.Canceled) {
			t.Errorf("error %v, want that it was stopped", err)
		}
	}
}

// child has no contacts, and a network around it.
const child = `{"objectClassName":"ip network","handle":"192.0.2.0 - 192.0.2.15","startAddress":"192.0.2.0","endAddress":"192.0.2.15","name":"CUSTOMER","parentHandle":"192.0.2.0 - 192.0.2.255"}`

func TestAroundTheNetwork(t *testing.T) {
	pool := strings.NewReplacer("abuse@example.net", "abuse@ripe.net", `"EXAMPLE"`, `"RIPE-POOL","status":["allocated unspecified"]`).Replace(goodRDAP)
	for _, tt := range []struct {
		sentence string
		parent   func(http.ResponseWriter)
		mail     string
		failed   string
	}{
		{"whoever holds the network around it answers", func(w http.ResponseWriter) { rdapBody(w, goodRDAP) }, "abuse@example.net", ""},
		{"the registry's pool does not", func(w http.ResponseWriter) { rdapBody(w, pool) }, "", ""},
		{"nothing around it is nobody", func(w http.ResponseWriter) { w.WriteHeader(404) }, "", ""},
		{"an answer about the network itself ends it", func(w http.ResponseWriter) { rdapBody(w, child) }, "", ""},
		{"a failure around it is a failure", func(w http.ResponseWriter) { w.WriteHeader(500) }, "", "status 500"},
		{"a refusal around it is a refusal", func(w http.ResponseWriter) { w.WriteHeader(429) }, "", "429"},
	} {
		t.Run(tt.sentence, func(t *testing.T) {
			var asked atomic.Int32
			url := rdapServer(t, func(w http.ResponseWriter, r *http.Request) {
				if asked.Add(1) > 2 && tt.failed == "" {
					t.Errorf("went on to %s", r.URL.Path)
				}
				switch r.URL.Path {
				case "/ip/192.0.2.1":
					rdapBody(w, child)
				case "/ip/192.0.2.0/27":
					tt.parent(w)
				default: // and so on up
					tt.parent(w)
				}
			})
			n, _, err := testClient(t, url, "", quick).Lookup(t.Context(), testAddr)
			if tt.failed != "" {
				if err == nil || !strings.Contains(err.Error(), tt.failed) {
					t.Errorf("error %v", err)
				}
				return
			}
			if err != nil || strings.Join(mailsOf(n.Contacts), " ") != tt.mail || n.Name != "CUSTOMER" || n.Last != netip.MustParseAddr("192.0.2.15") {
				t.Fatalf("%+v, %v", n, err)
			}
			if tt.mail != "" && n.Contacts[0].Rule != parentAbuse {
				t.Errorf("by %s", n.Contacts[0].Rule)
			}
		})
	}
}

func TestRDAPThenWHOIS(t *testing.T) {
	for _, tt := range []struct {
		sentence string
		status   int
		body     string
		source   string // of a contact; empty: none
		whois    int32
	}{
		{"WHOIS is not asked if RDAP answers", 200, goodRDAP, "rdap", 0},
		{"WHOIS may name whom RDAP does not", 200, child, "whois", 1},
		{"WHOIS may answer where RDAP fails", 500, "", "whois", 1},
		{"WHOIS may answer where RDAP talks of another network", 200, strings.ReplaceAll(goodRDAP, "192.0.2.", "198.51.100."), "whois", 1},
		{"or of AS numbers", 200, `{"objectClassName":"autnum","startAutnum":64500,"endAutnum":64501,"handle":"AS64500"}`, "whois", 1},
		{"WHOIS may answer where RDAP talks nonsense", 200, `[]`, "whois", 1},
		{"WHOIS may know what RDAP does not", 404, "", "whois", 1},
		{"WHOIS may answer where RDAP refuses", 403, "", "whois", 1},
		{"or is over its limit", 429, "", "whois", 1},
	} {
		t.Run(tt.sentence, func(t *testing.T) {
			var asked atomic.Int32
			url := rdapServer(t, func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Content-Type", "application/rdap+json")
				w.WriteHeader(tt.status)
				io.WriteString(w, tt.body)
			})
			server := whoisServer(t, func(conn net.Conn, _ string) { asked.Add(1); io.WriteString(conn, goodWHOIS) })
			n, _, err := testClient(t, url, server, quick).Lookup(t.Context(), testAddr)
			if err != nil || len(n.Contacts) == 0 || n.Source != tt.source {
				t.Errorf("%+v, %v", n, err)
			}
			if asked.Load() != tt.whois {
				t.Errorf("WHOIS was asked %d times", asked.Load())
			}
		})
	}
}

// Other registries are polled if one says that it does not answer, not if it
// refuses to.
func TestPolling(t *testing.T) {
	for _, tt := range []struct {
		sentence, first string
		asked           int32
		refused         bool
	}{
		{"an address that is not the registry's is asked for at others", "%ERROR:101: no entries found\n", 1, false},
		{"a registry that refuses is not asked around", "%ERROR:201: access denied for 192.0.2.9\n", 0, true},
	} {
		t.Run(tt.sentence, func(t *testing.T) {
			var asked atomic.Int32
			first := whoisServer(t, func(conn net.Conn, _ string) { io.WriteString(conn, tt.first) })
			other := whoisServer(t, func(conn net.Conn, _ string) { asked.Add(1); io.WriteString(conn, goodWHOIS) })
			home := RegistrySettings{RDAP: "-", WHOIS: first, Prefixes: []netip.Prefix{netip.MustParsePrefix("192.0.2.0/24")}}
			c := newTestClient(t, Registries{"ripe": home, "lacnic": {RDAP: "-", WHOIS: other}}, quick)
			n, _, err := c.Lookup(t.Context(), testAddr)
			if asked.Load() != tt.asked || errors.Is(err, ErrRefused) != tt.refused || !tt.refused && len(n.Contacts) == 0 {
				t.Errorf("asked %d times; %+v, %v", asked.Load(), n, err)
			}
		})
	}
}

// The tables may be older than what was handed out.
func TestWhatTheTablesDoNotKnow(t *testing.T) {
	url := rdapServer(t, func(w http.ResponseWriter, r *http.Request) {
		rdapBody(w, strings.NewReplacer("192.0.2.0", "2d00::", "192.0.2.255", "2d00::ffff").Replace(goodRDAP))
	})
	c := newTestClient(t, Registries{"arin": {RDAP: url, WHOIS: "-"}}, quick)
	n, ok, err := c.Lookup(t.Context(), netip.MustParseAddr("2d00::1"))
	if err != nil || !ok || len(n.Contacts) != 1 || c.Lane(netip.MustParseAddr("2d00::1")) != "" {
		t.Errorf("%+v, %v, %v", n, ok, err)
	}
}

// Special-use space is asked about where the settings say so, and nowhere else.
func TestSpecialSpaceIsAskedAboutWhereTheSettingsSaySo(t *testing.T) {
	var asked atomic.Int32
	url := rdapServer(t, func(w http.ResponseWriter, r *http.Request) { asked.Add(1); rdapBody(w, goodRDAP) })
	c := newTestClient(t, Registries{"arin": {RDAP: url, WHOIS: "-"}}, quick)
	if _, _, err := c.Lookup(t.Context(), testAddr); !errors.Is(err, ErrSpecial) || asked.Load() > 0 {
		t.Errorf("%v, asked %d times", err, asked.Load())
	}
	c = newTestClient(t, Registries{"arin": {RDAP: url, WHOIS: "-", Prefixes: []netip.Prefix{netip.MustParsePrefix("192.0.2.0/24")}}}, quick)
	if n, _, err := c.Lookup(t.Context(), testAddr); err != nil || len(n.Contacts) != 1 {
		t.Errorf("%+v, %v", n, err)
	}
}

// Where APNIC has only a national registry's stand-in, that registry is asked.
func TestNationalRegistry(t *testing.T) {
	stand := strings.NewReplacer("AR1-RIPE", "IRT-JPNIC-JP", "abuse@example.net", "hostmaster@nic.ad.jp").Replace(goodRDAP)
	url := rdapServer(t, func(w http.ResponseWriter, r *http.Request) { rdapBody(w, stand) })
	server := whoisServer(t, func(conn net.Conn, _ string) {
		io.WriteString(conn, "Network Information:\na. [Network Number]     192.0.2.0/24\nb. [Network Name]       EXAMPLE\ng. [Organization]       Example K.K.\n[Abuse]                 abuse@example.net\n")
	})
	apnic := RegistrySettings{RDAP: url, WHOIS: "-", Prefixes: []netip.Prefix{netip.MustParsePrefix("192.0.2.0/24")}}
	c := newTestClient(t, Registries{"apnic": apnic, "jpnic": {RDAP: "-", WHOIS: server}}, quick)
	n, _, err := c.Lookup(t.Context(), testAddr)
	if err != nil || len(n.Contacts) == 0 || n.Contacts[0].Email != "abuse@example.net" || n.Server != server {
		t.Errorf("%+v, %v", n, err)
	}
}

// A mailbox that one answer sets aside is not written to by way of another.
func TestSetAsideByWhicheverAnswer(t *testing.T) {
	with := func(mail, more string) string {
		return strings.NewReplacer("abuse@example.net", mail, `"name":"EXAMPLE"`, `"name":"EXAMPLE"`+more).Replace(goodRDAP)
	}
	remark := `,"remarks":[{"description":["whois@example.net is only for whois corrections"]}]`
	inner := strings.Replace(with("whois@example.net", remark+`,"parentHandle":"UP"`), `"endAddress":"192.0.2.255"`, `"endAddress":"192.0.2.15"`, 1)
	for _, tt := range []struct{ sentence, rdap, parent, whois, mail string }{
		{"not by WHOIS", with("whois@example.net", remark), "", strings.ReplaceAll(goodWHOIS, "abuse@", "whois@"), ""},
		{"not by the network around it", inner, with("whois@example.net", ""), "", ""},
		{"but another is", inner, with("abuse@example.net", ""), "", "abuse@example.net"},
		{"as in WHOIS", with("whois@example.net", remark), "", goodWHOIS, "abuse@example.net"},
	} {
		t.Run(tt.sentence, func(t *testing.T) {
			url := rdapServer(t, func(w http.ResponseWriter, r *http.Request) {
				if r.URL.Path == "/ip/192.0.2.1" {
					rdapBody(w, tt.rdap)
				} else {
					rdapBody(w, tt.parent)
				}
			})
			server := ""
			if tt.whois != "" {
				server = whoisServer(t, func(conn net.Conn, _ string) { io.WriteString(conn, tt.whois) })
			}
			n, _, err := testClient(t, url, server, quick).Lookup(t.Context(), testAddr)
			if err != nil || strings.Join(mailsOf(n.Contacts), " ") != tt.mail {
				t.Errorf("%v, %v", mailsOf(n.Contacts), err)
			}
		})
	}
}

func TestAnswerIsAbout(t *testing.T) {
	network := func(s string) Answer {
		from, to := span(s)
		return Answer{Network: Network{First: from, Last: to}}
	}
	numbers := func(from, to uint32) Answer { return Answer{numbers: [2]uint32{from, to}} }
	elsewhere := network("198.51.100.0/24")
	elsewhere.Elsewhere = true
	addr := subject{prefix: netip.PrefixFrom(testAddr, 32)}
	for _, tt := range []struct {
		sentence string
		a        Answer
		s        subject
		ok       bool
	}{
		{"the network of the address", network("192.0.2.0/24"), addr, true},
		{"its first address", network("192.0.2.1 - 192.0.2.5"), addr, true},
		{"its last address", network("192.0.2.0 - 192.0.2.1"), addr, true},
		{"one below", network("192.0.2.2 - 192.0.2.5"), addr, false},
		{"one above", network("192.0.2.0 - 192.0.2.0"), addr, false},
		{"the other kind of address", network("::/0"), addr, false},
		{"no network", Answer{}, addr, true},
		{"a network that is elsewhere", elsewhere, addr, true},
		{"AS numbers for an address", numbers(1, 9), addr, false},
		{"the network of a prefix", network("192.0.2.0/24"), subject{prefix: netip.MustParsePrefix("192.0.2.0/25")}, true},
		{"another than that of a prefix", network("198.51.100.0/24"), subject{prefix: netip.MustParsePrefix("192.0.2.0/25")}, false},
		{"the AS number", numbers(64500, 64500), subject{as: 64500}, true},
		{"the block of the AS number, first", numbers(64500, 64510), subject{as: 64500}, true},
		{"the block of the AS number, last", numbers(64500, 64510), subject{as: 64510}, true},
		{"the numbers below", numbers(64490, 64499), subject{as: 64500}, false},
		{"the numbers above", numbers(64501, 64510), subject{as: 64500}, false},
		{"a network for an AS number", network("192.0.2.0/24"), subject{as: 64500}, false},
	} {
		t.Run(tt.sentence, func(t *testing.T) {
			if err := tt.a.isAbout(tt.s); (err == nil) != tt.ok || err != nil && !errors.Is(err, errNoAnswer) {
				t.Errorf("%v", err)
			}
		})
	}
}

func TestFailureNamesTheHostOnce(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	gone := l.Addr().String()
	l.Close()
	c := testClient(t, "http://"+gone, "", quick)
	if _, _, err = c.Lookup(t.Context(), testAddr); err == nil || err.Error() != gone+": temporary failure: connect: connection refused" {
		t.Errorf("%v", err)
	}
}

func TestWHOISFailureNamesTheHostOnce(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	gone := l.Addr().String()
	l.Close()
	if _, _, err = testClient(t, "", gone, quick).Lookup(t.Context(), testAddr); err == nil || err.Error() != gone+": temporary failure: connect: connection refused" {
		t.Errorf("%v", err)
	}
}
