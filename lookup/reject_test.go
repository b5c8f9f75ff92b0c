package lookup

import (
	"net/netip"
	"testing"
)

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
