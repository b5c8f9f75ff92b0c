package lookup

import (
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/likexian/whois"
)

// What is wrong with the libraries, and that it does not reach us. If one of
// the first halves fails, the library was mended and the guard may go.

func TestLikexianPanics(t *testing.T) {
	server := whoisServer(t, func(conn net.Conn, _ string) {
		io.WriteString(conn, "inetnum: 192.0.2.0 - 192.0.2.255\nnetname: X\nsource: RIPE\nrefer: x")
	})
	func() {
		defer func() {
			if recover() == nil {
				t.Error("the library does not panic any more")
			}
		}()
		whois.NewClient().Whois("192.0.2.1", server)
	}()
	if n, _, err := testClient(t, "", server, quick).Lookup(t.Context(), testAddr); err != nil || n.Name != "X" {
		t.Errorf("%+v, %v", n, err)
	}
}

func TestLikexianGoesWhereItIsTold(t *testing.T) {
	var hits atomic.Int32
	victim := whoisServer(t, func(net.Conn, string) { hits.Add(1) })
	server := whoisServer(t, func(conn net.Conn, _ string) {
		io.WriteString(conn, strings.Replace(goodWHOIS, "netname", "remarks: see whois: "+strings.Replace(victim, "127.0.0.1", "localhost", 1)+"\nnetname", 1))
	})
	whois.NewClient().Whois("192.0.2.1", server)
	if hits.Load() != 1 {
		t.Error("the library does not follow a remark any more")
	}
	if _, _, err := testClient(t, "", server, quick).Lookup(t.Context(), testAddr); err != nil {
		t.Error(err)
	}
	if hits.Load() != 1 {
		t.Error("and we did")
	}
}

// The library asks IANA about what has no dot in it, whatever server it is
// told; the dialer gives it no connection to anybody else.
func TestLikexianAsksAnotherServer(t *testing.T) {
	var hits atomic.Int32
	server := whoisServer(t, func(net.Conn, string) { hits.Add(1) })
	c := testClient(t, "", server, quick)
	_, err := c.whois.fetch(t.Context(), c.gate.hosts[server], c.dir.all["ripe"], "ORG-EX1-RIPE")
	if !errors.Is(err, errUnknownHost) || hits.Load() != 0 {
		t.Errorf("%d queries, error %v", hits.Load(), err)
	}
}

// openrdap writes to the URL of the server that it is given; this test needs
// -race to fail.
func TestOpenRDAPFromManyGoroutines(t *testing.T) {
	url := rdapServer(t, func(w http.ResponseWriter, r *http.Request) { rdapBody(w, goodRDAP) })
	c := testClient(t, url, "", quick)
	var wg sync.WaitGroup
	for range 64 {
		wg.Go(func() {
			if n, _, err := c.Lookup(t.Context(), testAddr); err != nil || len(n.Contacts) != 1 {
				t.Errorf("%+v, %v", n, err)
			}
		})
	}
	wg.Wait()
}

// A name that the settings know may still resolve to a private address.
func TestNamesMayNotLeadInside(t *testing.T) {
	var hits atomic.Int32
	url := rdapServer(t, func(w http.ResponseWriter, r *http.Request) { hits.Add(1); rdapBody(w, goodRDAP) })
	server := whoisServer(t, func(conn net.Conn, _ string) { hits.Add(1); io.WriteString(conn, goodWHOIS) })
	named := func(s string) string { return strings.Replace(s, "127.0.0.1", "localhost", 1) }
	for _, c := range []*Client{testClient(t, named(url), "", quick), testClient(t, "", named(server), quick)} {
		if _, _, err := c.Lookup(t.Context(), testAddr); !errors.Is(err, errPrivate) {
			t.Errorf("error %v", err)
		}
	}
	if hits.Load() > 0 {
		t.Errorf("%d came through", hits.Load())
	}
}
