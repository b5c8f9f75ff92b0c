package lookup

import "testing"

func TestSpan(t *testing.T) {
	for _, c := range []struct{ name, in, want string }{
		{"a range", "192.0.2.0 - 192.0.2.255", "192.0.2.0-192.0.2.255"},
		{"a range without spaces", "192.0.2.8-192.0.2.15", "192.0.2.8-192.0.2.15"},
		{"a range that is no prefix", "192.0.2.1 - 192.0.2.6", "192.0.2.1-192.0.2.6"},
		{"padded with zeros", "192.000.002.000 - 192.000.002.255", "192.0.2.0-192.0.2.255"},
		{"a prefix", "198.51.100.0/24", "198.51.100.0-198.51.100.255"},
		{"LACNIC's short prefix", "203.0.113/24", "203.0.113.0-203.0.113.255"},
		{"IPv6", "2001:DB8::/32", "2001:db8::-2001:db8:ffff:ffff:ffff:ffff:ffff:ffff"},
		{"one address", "192.0.2.1", "192.0.2.1-192.0.2.1"},
		{"everything", "0::/0", "::-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"},
		{"backwards is none", "192.0.2.255 - 192.0.2.0", ""},
		{"mixed families are none", "192.0.2.0 - 2001:db8::", ""},
		{"too long a prefix is none", "192.0.2.0/33", ""},
		{"too large a number is none", "192.0.2.256", ""},
		{"text is none", "N/A", ""},
		{"half is none", "192.0.2.0 -", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			first, last := span(c.in)
			got := ""
			if first.IsValid() || last.IsValid() {
				got = first.String() + "-" + last.String()
			}
			if got != c.want {
				t.Errorf("%q: %s, want %s", c.in, got, c.want)
			}
		})
	}
}
