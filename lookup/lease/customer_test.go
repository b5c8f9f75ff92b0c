package lease

import (
	"net/netip"
	"strings"
	"testing"
)

const someCustomers = `customer,name,prefix,login,email,address,language,country,zone,contract,class,names
,pool,203.0.113.0/24|2001:db8::/32,,,,,,,pool,,
C1,Alice Example,203.0.113.8/29,,alice@example.org,,de,DE,Europe/Berlin,access,private,
C2,Bob Example,,bob@isp.example|02-00-00-00-00-02,Bob <bob@example.org>,,,,,,business,
C3,Shop Example,2001:db8:77::/48,,,"Shop | 1 Street | Town",fr,FR,,hosting,business,shop.example https://www.shop.example/cart
C3,,198.51.100.16 - 198.51.100.20,,,,,,,,,
`

func customers(t *testing.T, text string) *Customers {
	t.Helper()
	c, err := ReadCustomers(strings.NewReader(text), "customers.csv")
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestCustomers(t *testing.T) {
	c := customers(t, someCustomers)
	if c.Len() != 3 || len(c.Problems()) != 0 {
		t.Fatalf("%d customers, problems %v", c.Len(), c.Problems())
	}
	for _, test := range []struct{ addr, want string }{
		{"203.0.113.9", "C1"},
		{"203.0.113.16", "pool"}, // beside C1
		{"198.51.100.20", "C3"},  // the end of a range
		{"198.51.100.21", "not ours"},
		{"2001:db8:77:1::1", "C3"},
		{"2001:db8:78::1", "pool"},
		{"::ffff:203.0.113.9", "C1"},
	} {
		a, got := netip.MustParseAddr(test.addr), "not ours"
		if at := c.fixed(a); at != nil {
			got = at.of[0].ID
		} else if c.Ours(a) {
			got = "pool"
		}
		if got != test.want {
			t.Errorf("%s is %s, want %s", test.addr, got, test.want)
		}
	}
	if b := c.ByID("C2"); b.Name != "Bob Example" || b.Email != "bob@example.org" || b.Class != "business" {
		t.Errorf("C2 is %+v", b)
	}
	if s := c.ByID("C3"); len(s.Address) != 3 || s.Contract != "hosting" || s.Source != "customers.csv:5" {
		t.Errorf("C3 is %+v", s)
	}
	for _, test := range []struct{ holder, want string }{
		{"user=BOB@isp.example", "C2"},
		{"mac=02:00:00:00:00:02 circuit=eth0", "C2"},
		{"user=c1", "C1"}, // the number is a login
		{"mac=02:00:00:00:00:03", ""},
		{"inside=C1", ""},
	} {
		got := ""
		if of := c.holders(Holder(test.holder)); len(of) == 1 {
			got = of[0].ID
		}
		if got != test.want {
			t.Errorf("%s is %q, want %q", test.holder, got, test.want)
		}
	}
	for _, name := range []string{"shop.example", "http://shop.example:8080/x", "pics.www.SHOP.example"} {
		if who := c.ByName(name); who == nil || who.ID != "C3" {
			t.Errorf("%s is of %v", name, who)
		}
	}
	if who := c.ByName("example"); who != nil {
		t.Errorf("example is of %v", who)
	}
}

func TestBadCustomersNameTheirLine(t *testing.T) {
	const head = "customer,prefix,email,language,country,zone,contract,class,names\n"
	for _, test := range []struct{ name, text, want string }{
		{"an empty file", "", "customers.csv: no customers"},
		{"a header alone", head, "customers.csv: no customers"},
		{"no customer", "name,prefix\na,192.0.2.0/24\n", `customers.csv:1: no column "customer"`},
		{"nothing to find them by", "customer,name\n1,a\n", `customers.csv:1: no column "prefix"`},
		{"no network", head + "1,192.0.2.0/33,,,,,,,\n", `customers.csv:2: prefix: network "192.0.2.0/33"`},
		{"not the start of one", head + "1,192.0.2.7/24,,,,,,,\n", `customers.csv:2: prefix: not the start of a network: "192.0.2.7/24"`},
		{"everything", head + "1,0.0.0.0/0,,,,,,,\n", `customers.csv:2: prefix: not the start of a network: "0.0.0.0/0"`},
		{"no mailbox", head + "1,192.0.2.0/24,at home,,,,,,\n", `customers.csv:2: email: not a mail address: "at home"`},
		{"no number", head + ",192.0.2.0/24,,,,,,,\n", `customers.csv:2: customer: empty`},
		{"no contract", head + "1,192.0.2.0/24,,,,,dsl,,\n", `customers.csv:2: contract: neither access, hosting, mail nor pool: "dsl"`},
		{"no class", head + "1,192.0.2.0/24,,,,,,vip,\n", `customers.csv:2: class: neither private nor business: "vip"`},
		{"no language", head + "1,192.0.2.0/24,,?,,,,,\n", `customers.csv:2: language: not of BCP 47: "?"`},
		{"no country", head + "1,192.0.2.0/24,,,GER,,,,\n", `customers.csv:2: country: not of ISO 3166-1: "GER"`},
		{"no zone", head + "1,192.0.2.0/24,,,,Mars,,,\n", `customers.csv:2: zone: "Mars" is no zone such as Europe/Berlin, UTC or +01:00`},
		{"no name", head + "1,,,,,,,,localhost\n", `customers.csv:2: names: neither a domain nor a URL: "localhost"`},
		{"two mailboxes", head + "1,192.0.2.0/24,a@example.org\n1,192.0.3.0/24,b@example.org\n", `customers.csv:3: email: customer "1" has "a@example.org" in customers.csv:2`},
		{"too many columns", head + "1,192.0.2.0/24,a@example.org,,,,,,,more\n", `customers.csv:2: 10 columns, want 9`},
		{"cut in half", head + "1,192.0.2.0/24,a@example.org,,,,,,\n2,198.51", `customers.csv:3: the last line breaks off`},
		{"a quote that is never closed", head + "1,\"192.0.2.0/24,a@example.org\n", `customers.csv:2: a quote that opens here is never closed`},
	} {
		t.Run(test.name, func(t *testing.T) {
			if _, err := ReadCustomers(strings.NewReader(test.text), "customers.csv"); err == nil || err.Error() != test.want {
				t.Errorf("got %v\nwant %s", err, test.want)
			}
		})
	}
}

func TestProblemsOfCustomers(t *testing.T) {
	c := customers(t, "customer,prefix,login,email\n1,192.0.2.0/24,,a@example.org\n2,192.0.2.0/24,x,b@example.org\n3,198.51.100.0/24,X,\n")
	want := []string{`customers.csv:3: network 192.0.2.0/24 is "1"'s too: nobody is told of it`,
		`customers.csv:4: login x is "2"'s too: nobody is told of it`,
		`customers.csv:4: customer "3" has neither e-mail nor postal address`}
	got := c.Problems()
	if len(got) != len(want) {
		t.Fatalf("problems %v", got)
	}
	for i, w := range want {
		if got[i].String() != w {
			t.Errorf("got %s\nwant %s", got[i], w)
		}
	}
}

func TestChangeOfCustomers(t *testing.T) {
	file := func(n int, owner func(i int) string) string {
		var b strings.Builder
		b.WriteString("customer,prefix,email\n")
		for i := range n {
			b.WriteString(owner(i) + "," + netip.AddrFrom4([4]byte{192, 0, 2, byte(i)}).String() + "," + owner(i) + "@example.org\n")
		}
		return b.String()
	}
	id := func(i int) string { return "c" + string(rune('a'+i/26)) + string(rune('a'+i%26)) }
	old := customers(t, file(100, id))
	for _, test := range []struct {
		name  string
		text  string
		large bool
	}{
		{"the same", file(100, id), false},
		{"5 % are gone", file(95, id), false},
		{"more are gone", file(94, id), true},
		{"one row slipped into the next", file(100, func(i int) string { return id((i + 1) % 100) }), true},
		{"some moved", file(100, func(i int) string {
			if i < 10 {
				return id(50 + i)
			}
			return id(i)
		}), true},
		{"many came", file(200, id), false},
	} {
		if ch := customers(t, test.text).Change(old); ch.Large() != test.large {
			t.Errorf("%s: %+v is large: %v", test.name, ch, ch.Large())
		}
	}
}

func FuzzCustomers(f *testing.F) {
	f.Add(someCustomers)
	f.Add("customer;prefix\n1;192.0.2.0/255.255.255.0\n")
	f.Fuzz(func(t *testing.T, text string) {
		c, err := ReadCustomers(strings.NewReader(text), "c")
		if err == nil && len(c.owners) == 0 {
			t.Error("customers without anything to find them by")
		}
		if err == nil {
			c.holders(Holder("user=" + escape(text)))
			c.ByName(text)
		}
	})
}
