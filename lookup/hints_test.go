package lookup

import (
	"context"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"slices"
	"strings"
	"testing"
)

// zone answers TXT questions from a map; other names do not exist.
type zone map[string][]string

func (z zone) txt(_ context.Context, name string) ([]string, error) {
	if texts, ok := z[name]; ok {
		return texts, nil
	}
	return nil, &net.DNSError{Err: "no such host", Name: name, IsNotFound: true}
}

func mails(cs []Contact) (out []string) {
	for _, c := range cs {
		out = append(out, c.Email)
	}
	return out
}

func TestHintsAboutAddresses(t *testing.T) {
	h := Hints{Abusix: true, TXT: zone{
		"1.2.0.192.abuse-contacts.abusix.zone":                                                       {"abuse@isp.example,noc@isp.example"},
		"2.2.0.192.abuse-contacts.abusix.zone":                                                       {"abuse@ripe.net", "a b@isp.example", "<script>", "ok@isp.example"},
		"1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.abuse-contacts.abusix.zone": {"six@isp.example"},
	}.txt}
	for addr, want := range map[string][]string{
		"192.0.2.1":   {"abuse@isp.example", "noc@isp.example"},
		"192.0.2.2":   {"ok@isp.example"}, // a registry's mailbox and what is no address are not taken
		"192.0.2.3":   nil,
		"2001:db8::1": {"six@isp.example"},
	} {
		got, err := h.Contacts(t.Context(), netip.MustParseAddr(addr))
		if err != nil || !slices.Equal(mails(got), want) {
			t.Errorf("%s: %v, %v, want %v", addr, mails(got), err, want)
		}
		for _, c := range got {
			if !slices.Contains(c.Flags, "hint") || c.Rule != "abusix" {
				t.Errorf("%s is not told apart from a registry's word: %+v", addr, c)
			}
		}
	}
	if got, err := (&Hints{TXT: h.TXT}).Contacts(t.Context(), netip.MustParseAddr("192.0.2.1")); err != nil || got != nil {
		t.Errorf("what is switched off was asked: %v, %v", got, err)
	}
}

func TestCymruOrigin(t *testing.T) {
	h := Hints{TXT: zone{
		"1.2.0.192.origin.asn.cymru.com": {"64500 64501 | 192.0.2.0/24 | DE | ripencc | 2010-01-01"},
		"2.2.0.192.origin.asn.cymru.com": {"nonsense"},
	}.txt}
	for addr, want := range map[string]uint32{"192.0.2.1": 64500, "192.0.2.3": 0} {
		if got, err := h.CymruOrigin(t.Context(), netip.MustParseAddr(addr)); err != nil || got != want {
			t.Errorf("%s: AS%d, %v, want AS%d", addr, got, err, want)
		}
	}
	if _, err := h.CymruOrigin(t.Context(), netip.MustParseAddr("192.0.2.2")); err == nil {
		t.Error("nonsense is an AS number")
	}
}

func TestReadSecurityTxt(t *testing.T) {
	text := "# comment\r\nContact: https://example.org/report\r\nContact: mailto:security@example.org\r\ncontact: mailto:abuse@example.org\r\nContact: mailto:abuse@ripe.net\r\nExpires: 2030-01-01T00:00:00Z\r\n"
	got := mails(readSecurityTxt(strings.NewReader(text), "example.org"))
	if want := []string{"security@example.org", "abuse@example.org"}; !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}

func TestSecurityTxtIsNotFetchedFromInside(t *testing.T) {
	s := httptest.NewTLSServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("a machine on the inside was asked") }))
	defer s.Close()
	h := Hints{SecurityTxt: true}
	if _, err := h.DomainContacts(t.Context(), strings.TrimPrefix(s.URL, "https://")); err == nil {
		t.Error("a private address was dialled")
	}
}

func TestHintsServeWhereNobodyIsRegistered(t *testing.T) {
	silent := Network{First: netip.MustParseAddr("192.0.2.0"), Last: netip.MustParseAddr("192.0.2.255"), Handle: "NET"}
	named := silent
	named.Contacts = []Contact{{Email: "desk@isp.example", Rule: "network-abuse"}}
	hints := &Hints{Abusix: true, TXT: zone{"1.2.0.192.abuse-contacts.abusix.zone": {"abuse@isp.example"}}.txt}
	for want, n := range map[string]Network{"abuse@isp.example": silent, "desk@isp.example": named} {
		r := Resolver{Sources: []Source{fixed{n}}, Hints: hints, AllowSpecial: []netip.Prefix{netip.MustParsePrefix("192.0.2.0/24")}}
		got, err := r.Lookup(t.Context(), netip.MustParseAddr("192.0.2.1"))
		if err != nil || !slices.Equal(mails(got.Contacts), []string{want}) {
			t.Errorf("%v, %v, want %s", mails(got.Contacts), err, want)
		}
	}
}

type fixed struct{ n Network }

func (f fixed) Lookup(context.Context, netip.Addr) (Network, bool, error) { return f.n, true, nil }

func FuzzReadSecurityTxt(f *testing.F) {
	f.Add("Contact: mailto:a@b.example\n")
	f.Fuzz(func(t *testing.T, text string) {
		for _, c := range readSecurityTxt(strings.NewReader(text), "example.org") {
			if _, err := addrSpec(c.Email); err != nil {
				t.Errorf("%q is not an address", c.Email)
			}
		}
	})
}
