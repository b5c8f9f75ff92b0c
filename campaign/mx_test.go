package campaign

import (
	"net"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/dns/dnsmessage"
)

// nameServer answers MX questions on loopback until the test ends. A domain
// that it does not know does not exist; for "broken." it has no answer.
func nameServer(t *testing.T, mx map[string][]string) (address string, asked chan string) {
	t.Helper()
	c, err := net.ListenPacket("udp", "127.0.0.1:0")
	must(t, err)
	t.Cleanup(func() { c.Close() })
	asked = make(chan string, 100)
	go func() {
		buf := make([]byte, 512)
		for {
			n, from, err := c.ReadFrom(buf)
			if err != nil {
				return
			}
			var q dnsmessage.Message
			if q.Unpack(buf[:n]) != nil || len(q.Questions) != 1 {
				continue
			}
			name := q.Questions[0].Name.String()
			asked <- name
			a := dnsmessage.Message{Header: dnsmessage.Header{ID: q.ID, Response: true, RecursionDesired: true, RecursionAvailable: true}, Questions: q.Questions}
			hosts := mx[name]
			switch {
			case strings.HasPrefix(name, "broken."):
				a.RCode = dnsmessage.RCodeServerFailure
			case hosts == nil:
				a.RCode = dnsmessage.RCodeNameError
			}
			for i, host := range hosts {
				a.Answers = append(a.Answers, dnsmessage.Resource{
					Header: dnsmessage.ResourceHeader{Name: q.Questions[0].Name, Type: dnsmessage.TypeMX, Class: dnsmessage.ClassINET, TTL: 60},
					Body:   &dnsmessage.MXResource{Pref: uint16(10 * (len(hosts) - i)), MX: dnsmessage.MustNewName(host)}})
			}
			if packed, err := a.Pack(); err == nil {
				c.WriteTo(packed, from)
			}
		}
	}()
	return c.LocalAddr().String(), asked
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestDNSSaysWhoTakesTheMail(t *testing.T) {
	server, asked := nameServer(t, map[string][]string{"customer.zz.": {"alt1.aspmx.l.google.com.", "aspmx.l.google.com."}})
	x := newExchanges(server)
	must(t, x.ask(t.Context(), []string{"customer.zz", "absent.zz", "isp.example", "example.org"}))
	if got := x.of("Abuse@Customer.ZZ"); !slices.Equal(got, []string{"aspmx.l.google.com.", "alt1.aspmx.l.google.com."}) {
		t.Errorf("mail servers %q", got)
	}
	for range len(asked) {
		if name := <-asked; strings.Contains(name, "example") {
			t.Errorf("asked for %s, which nobody can have", name)
		}
	}
	if err := x.ask(t.Context(), []string{"broken.zz"}); err == nil || x.of("a@broken.zz") != nil {
		t.Errorf("a name server that fails: %v", err)
	}
}

func TestWithoutDNSTheRestIsNotAsked(t *testing.T) {
	c, err := net.ListenPacket("udp", "127.0.0.1:0")
	must(t, err)
	closed := c.LocalAddr().String()
	c.Close()
	x := newExchanges(closed)
	var domains []string
	for i := range 10_000 {
		domains = append(domains, "d"+strings.Repeat("x", i%60)+".zz")
	}
	if err := x.ask(t.Context(), domains); err == nil || x.silent > maxSilent+mxAtOnce {
		t.Errorf("%d questions without an answer: %v", x.silent, err)
	}
}
