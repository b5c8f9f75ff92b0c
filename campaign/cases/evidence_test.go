package cases

import (
	"net/netip"
	"strings"
	"testing"

	"headsup/campaign/settings"
	"headsup/ledger"
	"headsup/lookup/lease"
)

func TestEvidenceIsAboutOneCustomer(t *testing.T) {
	customers, err := lease.ReadCustomers(strings.NewReader("customer,prefix,email,names\n1,192.0.2.1/32,a@one.example,one-shop.example\n2,192.0.2.2/32 | 2001:db8:2::/48,b@two.example,two-shop.example\n"), "c.csv")
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct{ name, line, want string }{
		{"its own address", "from 192.0.2.1 port 1", "from 192.0.2.1 port 1"},
		{"another's address", "from 192.0.2.2 port 1", ""},
		{"both", "from 192.0.2.1 and 192.0.2.2", ""},
		{"another's address, in IPv6", "from 2001:db8:2::5 port 1", ""},
		{"a stranger's address", "192.0.2.1 to 203.0.113.5", "192.0.2.1 to 203.0.113.5"},
		{"another's name", "GET http://www.two-shop.example/", ""},
		{"its own name", "GET http://www.one-shop.example/", "GET http://www.one-shop.example/"},
		{"another's mailbox", "login b@two.example", ""},
		{"a stranger's mailbox", "login x@y.example", "login […]"},
		{"who reported", "seen at sensor7.Reporter.example today", "seen at sensor7.[…] today"},
	} {
		d := &Desk{Settings: &settings.Settings{ISP: &settings.ISP{}}, Holders: lease.Desk{Customers: customers}}
		i := ledger.Incident{Addr: netip.MustParseAddr("192.0.2.1"), Customer: "1", Evidence: tt.line}
		if got := d.cut(i, "soc@reporter.example"); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
		d.Settings.ISP.ShowReporter = true
		if got := d.cut(i, "soc@reporter.example"); tt.want != "" && got != tt.line {
			t.Errorf("%s, shown: %q", tt.name, got)
		}
	}
}
