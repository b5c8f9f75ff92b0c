package sheet

import (
	"errors"
	"strings"
	"testing"
)

func TestAddr(t *testing.T) {
	for _, tt := range []struct {
		name, in, want string
		port           uint16
	}{
		{"IPv4", "192.0.2.1", "192.0.2.1", 0},
		{"blanks around", " 192.0.2.1\t", "192.0.2.1", 0},
		{"a network of one", "192.0.2.1/32", "192.0.2.1", 0},
		{"IPv6", "2001:db8::1", "2001:db8::1", 0},
		{"IPv6 in full", "2001:0DB8:0000:0000:0000:0000:0000:0011", "2001:db8::11", 0},
		{"a network of one, IPv6", "2001:db8::1/128", "2001:db8::1", 0},
		{"brackets", "[2001:db8::1]", "2001:db8::1", 0},
		{"brackets and a port", "[2001:db8::1]:443", "2001:db8::1", 443},
		{"a port", "192.0.2.1:25", "192.0.2.1", 25},
		{"IPv4 in IPv6", "::ffff:192.0.2.10", "192.0.2.10", 0},
		{"IPv4 in IPv6, in brackets with a port", "[::ffff:192.0.2.10]:25", "192.0.2.10", 25},
		{"quotes of a spreadsheet", "'192.0.2.1'", "192.0.2.1", 0},
		{"an apostrophe of a spreadsheet", "'192.0.2.1", "192.0.2.1", 0},
		{"marks without a width", "\u200b192.0.2.1\u00a0", "192.0.2.1", 0},
		{"as reports write it", "192.0.2[.]1", "192.0.2.1", 0},
		{"as reports write all of it, with a port", "192[.]0[.]2[.]1:25", "192.0.2.1", 25},
		{"a network, as reports write it", "192.0.2[.]0/30", "is a network", 0},
		{"a network", "192.0.2.0/30", `address "192.0.2.0/30" is a network`, 0},
		{"one link", "fe80::1%eth0", `address "fe80::1%eth0" holds on one link only`, 0},
		{"one link in brackets", "[fe80::1%eth0]:25", "holds on one link only", 0},
		{"a number", "3221225990", `address "3221225990"`, 0},
		{"a number in hexadecimal", "0xC0000201", "address", 0},
		{"zeros that may be octal", "192.0.2.010", "address", 0},
		{"too large", "192.0.2.256", "address", 0},
		{"half of one", "192.0.2", "address", 0},
		{"a name", "mx.example.org", "address", 0},
		{"port 0", "192.0.2.1:0", "address", 0},
		{"IPv4 in brackets", "[192.0.2.1]", "address", 0},
		{"nothing in brackets", "[]", "address", 0},
		{"half a bracket", "[2001:db8::1", "address", 0},
		{"nothing", "", `address ""`, 0},
		{"long text is cut", strings.Repeat("é", 1000), "…", 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			a, port, err := Addr(tt.in)
			got := a.String()
			var e *ValueError
			if err != nil {
				if got = err.Error(); !errors.As(err, &e) || a.IsValid() || len(got) > 200 {
					t.Errorf("%v, %#v", a, err)
				}
			}
			if !strings.Contains(got, tt.want) || port != tt.port || err == nil && got != tt.want {
				t.Errorf("%s, %d; want %s, %d", got, port, tt.want, tt.port)
			}
		})
	}
}

func TestNetworks(t *testing.T) {
	for in, want := range map[string]string{
		"192.0.2.0/24":                    "192.0.2.0/24",
		"192.0.2.1-192.0.2.9":             "192.0.2.1/32 192.0.2.2/31 192.0.2.4/30 192.0.2.8/31",
		" 192.0.2.255 - 192.0.3.0 ":       "192.0.2.255/32 192.0.3.0/32",
		"255.255.255.254-255.255.255.255": "255.255.255.254/31",
		"0.0.0.0-128.0.0.0":               "0.0.0.0/1 128.0.0.0/32",
		"2001:db8::-2001:db8::2":          "2001:db8::/127 2001:db8::2/128",
		"192.0.2.2-192.0.2.1":             "",
		"192.0.2.1-2001:db8::1":           "",
		"192.0.2.1-":                      "",
		"-192.0.2.1":                      "",
		"fe80::1%eth0-fe80::2":            "",
		"isp.example":                     "",
	} {
		ps, err := Networks(in)
		var got []string
		for _, p := range ps {
			got = append(got, p.String())
		}
		if strings.Join(got, " ") != want || (err == nil) != (want != "") {
			t.Errorf("%s: %s, %v, want %s", in, got, err, want)
		}
	}
}

func TestErrorsOfOneRow(t *testing.T) {
	for err, want := range map[error]bool{ErrLong: true, ErrCut: true, ErrUnclosed: false, errors.New("no disk"): false} {
		if OfRow(err) != want {
			t.Errorf("%v is of one row: %v", err, !want)
		}
	}
	if !OfRow(&WidthError{2, 1}) {
		t.Error("a row too wide is not of one row")
	}
}

func TestNetwork(t *testing.T) {
	for in, want := range map[string]string{
		"192.0.2.0/24": "192.0.2.0/24", "192.0.2.1/24": "192.0.2.1/24", " 192.0.2.1 ": "192.0.2.1/32", "2001:db8::/32": "2001:db8::/32", "2001:db8::1": "2001:db8::1/128",
		"[2001:db8::1]": "2001:db8::1/128", "::ffff:192.0.2.0/120": "192.0.2.0/24", "::ffff:192.0.2.1": "192.0.2.1/32", "::ffff:0:0/90": "::ffff:0.0.0.0/90",
		"192.0.2.0/255.255.255.0": "192.0.2.0/24", "192.0.2.7/255.255.255.255": "192.0.2.7/32", "0.0.0.0/0.0.0.0": "0.0.0.0/0",
		"192.0.2.0 - 192.0.2.255": "192.0.2.0/24", "192.0.2.0-192.0.2.127": "192.0.2.0/25", "192.0.2.1-192.0.2.1": "192.0.2.1/32", "192.0.2.2-192.0.2.3": "192.0.2.2/31",
		"2001:db8:: - 2001:db8:ffff:ffff:ffff:ffff:ffff:ffff": "2001:db8::/32", "0.0.0.0-255.255.255.255": "0.0.0.0/0",
		"192.0.2.0-192.0.2.254": "is not one prefix", "192.0.2.1-192.0.2.2": "is not one prefix", "192.0.2.255-192.0.2.0": "network", "192.0.2.0-2001:db8::": "network",
		"192.0.2.0/255.0.255.0": "network", "192.0.2.0/33": "network", "2001:db8::/255.255.255.0": "network", "192.0.2.0/ffff::": "network", "x/255.255.255.0": "network", "192.0.2.0/x": "network", "192.0.2.0-255": "network",
		"192.0.2.*": "network", "10.0.0": "network", "192.0.2.300": "network", "192.0.2.1:25": "network", "fe80::1%eth0": "network", "fe80::1%a-fe80::1%a": "network", "": "network", "example.org": "network",
	} {
		p, err := Network(in)
		got := p.String()
		var e *ValueError
		if err != nil {
			if got = err.Error(); !errors.As(err, &e) || e.Kind != "network" {
				t.Errorf("%q: %v", in, err)
			}
		}
		if got != want && (err == nil || !strings.Contains(got, want)) {
			t.Errorf("Network(%q) = %s, want %s", in, got, want)
		}
	}
}

func TestPort(t *testing.T) {
	for _, tt := range []struct {
		in    string
		want  uint16 // 0: refused
		proto string
	}{
		{"25", 25, ""}, {" 25 ", 25, ""}, {"00025", 25, ""}, {"65535", 65535, ""},
		{"25/tcp", 25, "tcp"}, {"tcp/25", 25, "tcp"}, {"53/UDP", 53, "udp"}, {"25/tcp/smtp", 25, "tcp"}, {"25 / tcp", 25, "tcp"}, {"25/6", 25, "tcp"},
		{"25 (smtp)", 25, ""}, {"smtp (25/tcp)", 25, "tcp"}, {"(25/tcp)", 25, "tcp"}, {"25/tcp (smtp)", 25, "tcp"},
		{"25.0", 25, ""}, {"25.00", 25, ""}, {"25,0", 25, ""}, {"8.000", 0, ""}, {"8,000", 0, ""}, {"8,080", 0, ""},
		{"25 tcp", 25, "tcp"}, {"TCP 25", 25, "tcp"}, {"udp:53", 53, "udp"}, {"tcp_25", 25, "tcp"}, {"port 25", 25, ""}, {"Port: 25", 25, ""}, {":25", 25, ""},
		{"'25'", 25, ""}, {"25\u00a0", 25, ""}, {"25 80", 0, ""}, {"tcp 25 80", 0, ""}, {"sctp 25", 0, ""}, {"port", 0, ""},
		{"", 0, ""}, {"0", 0, ""}, {"65536", 0, ""}, {"-25", 0, ""}, {"+25", 0, ""}, {"25.5", 0, ""}, {"25.", 0, ""}, {"25-30", 0, ""}, {"25,26", 0, ""}, {"25;26", 0, ""},
		{"smtp", 0, ""}, {"general/tcp", 0, ""}, {"25/sctp", 0, ""}, {"25/", 0, ""}, {"/tcp", 0, ""}, {"tcp/tcp", 0, ""}, {"smtp (tcp)", 0, ""}, {"25 (", 0, ""},
	} {
		port, proto, err := Port(tt.in)
		if port != tt.want || proto != tt.proto || (err == nil) != (tt.want != 0) {
			t.Errorf("Port(%q) = %d, %q, %v; want %d, %q", tt.in, port, proto, err, tt.want, tt.proto)
		}
	}
	var e *ValueError
	if _, _, err := Port("25-30"); !errors.As(err, &e) || err.Error() != `port "25-30"` {
		t.Errorf("%v", err)
	}
}

func TestProto(t *testing.T) {
	for in, want := range map[string]string{"TCP": "tcp", " udp ": "udp", "6": "tcp", "17": "udp", "tcp6": "tcp", "udp4": "udp", "sctp": "", "": "", "1": ""} {
		if got := Proto(in); got != want {
			t.Errorf("Proto(%q) = %q", in, got)
		}
	}
}

func FuzzAddr(f *testing.F) {
	f.Add("[2001:db8::1]:443", "smtp (25/tcp)")
	f.Fuzz(func(t *testing.T, addr, port string) {
		if a, _, err := Addr(addr); err == nil && (!a.IsValid() || a.Zone() != "" || a.Is4In6()) {
			t.Fatalf("%q is %v", addr, a)
		}
		if n, proto, err := Port(port); err == nil && (n == 0 || proto != "" && proto != "tcp" && proto != "udp") {
			t.Fatalf("%q is %d %q", port, n, proto)
		}
	})
}

func TestGuard(t *testing.T) {
	for cell, want := range map[string]string{
		"=1+1": "'=1+1", "+49": "'+49", "-1": "'-1", "@x": "'@x", "\tx": "'\tx", "\rx": "'\rx", "＝1": "'＝1", "＋1": "'＋1", "－1": "'－1", "＠x": "'＠x",
		"": "", "a=1": "a=1", " =1": " =1", "'=1": "'=1", "–1": "–1",
	} {
		got := Inert(cell)
		if got != want {
			t.Errorf("Inert(%q) = %q, want %q", cell, got, want)
		}
		if back := Written(got); back != cell && cell != "'=1" {
			t.Errorf("Written(%q) = %q, want %q", got, back, cell)
		}
	}
	for cell, want := range map[string]string{"'t Hooft": "'t Hooft", "'": "'", "''=1": "''=1", "'#1": "#1"} {
		if got := Written(cell); got != want {
			t.Errorf("Written(%q) = %q", cell, got)
		}
	}
}
