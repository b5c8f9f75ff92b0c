// Package dnstest is a name server for tests, on this machine alone.
package dnstest

import (
	"net"
	"net/netip"
	"strings"
	"testing"

	"golang.org/x/net/dns/dnsmessage"
)

// A Zone is what a name server knows: by "TXT example.org", the values of its
// records, of types A, AAAA, PTR and TXT. A name without records does not
// exist. With the key [Fails] it has no answer to anything.
type Zone map[string][]string

// Fails is the key of a zone that cannot be asked.
const Fails = "fails"

// Serve answers until the test ends, and returns where.
func Serve(t testing.TB, z Zone) (address string) {
	t.Helper()
	c, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	go func() {
		buf := make([]byte, 1500)
		for {
			n, from, err := c.ReadFrom(buf)
			if err != nil {
				return
			}
			var q dnsmessage.Message
			if q.Unpack(buf[:n]) != nil || len(q.Questions) != 1 {
				continue
			}
			if packed, err := z.answer(q.ID, q.Questions[0]); err == nil {
				c.WriteTo(packed, from)
			}
		}
	}()
	return c.LocalAddr().String()
}

func (z Zone) answer(id uint16, q dnsmessage.Question) ([]byte, error) {
	a := dnsmessage.Message{
		Header:    dnsmessage.Header{ID: id, Response: true, RecursionDesired: true, RecursionAvailable: true, RCode: dnsmessage.RCodeNameError},
		Questions: []dnsmessage.Question{q},
	}
	name := strings.TrimSuffix(strings.ToLower(q.Name.String()), ".")
	for key := range z {
		if strings.HasSuffix(key, " "+name) {
			a.RCode = dnsmessage.RCodeSuccess
		}
	}
	if _, fails := z[Fails]; fails {
		a.RCode = dnsmessage.RCodeServerFailure
	}
	for _, value := range z[strings.TrimPrefix(q.Type.String(), "Type")+" "+name] {
		if body := record(q.Type, value); body != nil {
			head := dnsmessage.ResourceHeader{Name: q.Name, Class: dnsmessage.ClassINET, TTL: 60}
			a.Answers = append(a.Answers, dnsmessage.Resource{Header: head, Body: body})
		}
	}
	return a.Pack()
}

func record(sort dnsmessage.Type, value string) dnsmessage.ResourceBody {
	switch sort {
	case dnsmessage.TypeTXT:
		var parts []string
		for len(value) > 255 {
			parts, value = append(parts, value[:255]), value[255:]
		}
		return &dnsmessage.TXTResource{TXT: append(parts, value)}
	case dnsmessage.TypeA:
		return &dnsmessage.AResource{A: netip.MustParseAddr(value).As4()}
	case dnsmessage.TypeAAAA:
		return &dnsmessage.AAAAResource{AAAA: netip.MustParseAddr(value).As16()}
	case dnsmessage.TypePTR:
		return &dnsmessage.PTRResource{PTR: dnsmessage.MustNewName(value + ".")}
	}
	return nil
}
