package lookup

import (
	"net/netip"
	"slices"
	"testing"
)

func TestAddrSpec(t *testing.T) {
	for _, c := range []struct{ name, in, want string }{
		{"the domain is lower-cased, the local part is the holder's", "Abuse@EXAMPLE.Net", "Abuse@example.net"},
		{"a URI is one", "MAILTO:abuse@example.net", "abuse@example.net"},
		{"so is a path", "<abuse@example.net>", "abuse@example.net"},
		{"the root's dot goes", "abuse@example.net.", "abuse@example.net"},
		{"a domain in another script becomes ASCII", "abuse@bücher.example", "abuse@xn--bcher-kva.example"},
		{"plus and hyphen are ordinary", "abuse+net-1@example.net", "abuse+net-1@example.net"},
		{"a quoted local part is not", `"abuse"@example.net`, ""},
		{"two at signs are not", `"a@b"@example.net`, ""},
		{"a line end is not", "abuse@example.net\r\nBcc: x@example.org", ""},
		{"a null is not", "abuse@example.net\x00", ""},
		{"a space inside is not", "abuse @example.net", ""},
		{"a dot at the end is not", "abuse.@example.net", ""},
		{"two dots are not", "ab..use@example.net", ""},
		{"another script before the at sign is not", "аbuse@example.net", ""},
		{"a literal is not", "abuse@[192.0.2.1]", ""},
		{"an address is no domain", "abuse@192.0.2.1", ""},
		{"one label is no domain", "abuse@example", ""},
		{"nor is the loopback", "root@localhost", ""},
		{"nor a name of a home", "root@printer.local", ""},
		{"nor a reverse zone", "abuse@2.0.192.in-addr.arpa", ""},
		{"an underscore is not of a host", "abuse@a_b.example.net", ""},
		{"a route is not", "abuse%example.org@example.net", ""},
		{"a path of bangs is not", "example.org!abuse@example.net", ""},
		{"an option is not", "-froot@example.net", ""},
		{"direction marks are not", "abuse@example\u202e.net", ""},
		{"nothing is not", "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := addrSpec(c.in)
			if got != c.want || (err == nil) != (c.want != "") {
				t.Errorf("%q: %q, %v; want %q", c.in, got, err, c.want)
			}
		})
	}
}

func TestAddrSpecs(t *testing.T) {
	for _, c := range []struct {
		name, in string
		want     []string
	}{
		{"a list of one house is its list", "abuse@example.net, noc@EXAMPLE.net;", []string{"abuse@example.net", "noc@example.net"}},
		{"a stranger in it spoils it", "abuse@example.net,victim@example.org", nil},
		{"so does what is no mailbox", "abuse@example.net; see web", nil},
		{"commas alone are none", ",;", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got, _ := addrSpecs(c.in); !slices.Equal(got, c.want) {
				t.Errorf("%q: %q, want %q", c.in, got, c.want)
			}
		})
	}
}

func TestJudge(t *testing.T) {
	net := func(name, org, first, last string) *record {
		r := &record{net: Network{Name: name, Org: org}}
		if first != "" {
			r.net.First, r.net.Last = netip.MustParseAddr(first), netip.MustParseAddr(last)
		}
		return r
	}
	small := func(name, org string) *record { return net(name, org, "192.0.2.0", "192.0.2.255") }
	pool := small("RIPE-NCC", "RIPE NCC")
	pool.container = true
	for _, c := range []struct {
		name   string
		record *record
		mail   string
		handle string
		want   string
	}{
		{"a holder's mailbox is written to", small("EXAMPLE", "Example"), "abuse@example.net", "IRT-EXAMPLE-AU", ""},
		{"a registry's is not", small("EXAMPLE", "Example"), "abuse@ripe.net", "AR1-RIPE", "registry mailbox"},
		{"nor one at its host", small("EXAMPLE", "Example"), "x@lists.apnic.net", "", "registry mailbox"},
		{"a domain that only ends alike is no registry's", small("EXAMPLE", "Example"), "abuse@notripe.net", "", ""},
		{"a stand-in is not, whatever its mailbox", small("EXAMPLE", "Example"), "abuse@example.net", "irt-krnic-kr", "registry mailbox"},
		{"the registry is, for its own network", small("RIPE-NCC", "RIPE Network Coordination Centre"), "abuse@ripe.net", "", ""},
		{"and for its own AS number, even in a stand-in", net("JPNIC", "Japan Network Information Center", "", ""), "hostmaster@nic.ad.jp", "IRT-JPNIC-JP", ""},
		{"but not for its pool", pool, "abuse@ripe.net", "", "registry mailbox"},
		{"nor for what is too large to be its own", net("JPNIC-NET-JP", "Japan Network Information Center", "2001:db8::", "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff"), "hostmaster@nic.ad.jp", "IRT-JPNIC-JP", "registry mailbox"},
		{"one registry is not for another's network", small("APNIC-LABS", "APNIC"), "abuse@arin.net", "", "registry mailbox"},
		{"IANA never is", small("IANA", "IANA"), "abuse@iana.org", "", "registry mailbox"},
		{"the national team of a footer is not", small("EXEMPLO", "Exemplo Ltda"), "mail-abuse@cert.br", "", "registry mailbox"},
		{"a mailbox that says nobody reads it is not", small("EXAMPLE", "Example"), "No-Reply@example.net", "", "placeholder"},
		{"one that merely begins alike is", small("EXAMPLE", "Example"), "none-such@example.net", "", ""},
		{"nothing is where the server is not to be asked", &record{elsewhere: true}, "abuse@example.net", "", "not this server's space"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := judge(c.record, Contact{Email: c.mail, Handle: c.handle}); got != c.want {
				t.Errorf("%q, want %q", got, c.want)
			}
		})
	}
}
