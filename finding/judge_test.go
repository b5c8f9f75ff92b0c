package finding

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestRelay(t *testing.T) {
	const (
		plain = "\n MAIL FROM:<a@scan.example> -> RCPT TO:<b@scan.example>"
		hack  = "\n MAIL FROM:<a@[192.0.2.1]> -> RCPT TO:<b%scan.example@[192.0.2.1]>"
		bang  = "\n MAIL FROM:<a@[192.0.2.1]> -> RCPT TO:<scan.example!b@mx.example>"
		route = "\n MAIL FROM:<a@[192.0.2.1]> -> RCPT TO:<@mx.example:b@scan.example>"
		quote = "\n MAIL FROM:<a@[192.0.2.1]> -> RCPT TO:<\"b@scan.example\">"
	)
	for _, tt := range []struct {
		name, output string
		want         Strength
		reason       string
	}{
		{"all forms", "Server is an open relay (16/16 tests)", Observed, "each of 16"},
		{"13 of 16 cannot all be odd ones", "Server is an open relay (13/16 tests)", Observed, "13 of 16"},
		{"12 of 16 can", "Server is an open relay (12/16 tests)", Weak, "nmap -vv"},
		{"one of 16", "Server is an open relay (1/16 tests)", Weak, "1 of 16"},
		{"a plain one", "Server is an open relay (1/16 tests)" + plain, Observed, "plain"},
		{"a plain one among odd ones", "Server is an open relay (3/16 tests)" + hack + plain + bang, Observed, "plain"},
		{"odd ones only", "Server is an open relay (4/16 tests)" + hack + bang + route + quote, Weak, "accepted only odd"},
		{"odd ones listed, the rest cut off", "Server is an open relay (14/16 tests)" + hack, Observed, "14 of 16"},
		{"none", "Server is an open relay (0/16 tests)", Contradicted, "refused"},
		{"closed", "Server doesn't seem to be an open relay, all tests failed", Contradicted, "refused"},
		{"login asked for", "Server isn't an open relay, authentication needed", Contradicted, "refused"},
		{"not tested", "Couldn't establish connection on port 25", Contradicted, "could not test"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			v := judgeRelay(tt.output)
			if v.Strength != tt.want || !strings.Contains(v.Reason, tt.reason) || len(v.Reason) > maxReason {
				t.Errorf("%s: %s; want %s: %s", v.Strength, v.Reason, tt.want, tt.reason)
			}
		})
	}
}

func TestProxy(t *testing.T) {
	const open = "Potentially OPEN proxy.\nMethods supported:"
	for _, tt := range []struct {
		name, args, output string
		want               Strength
	}{
		{"nmap's own sites", "nmap", open + " GET HEAD CONNECTION", Observed},
		{"HEAD is held against a pattern too", "nmap", open + "HEAD", Observed},
		{"our pattern", "nmap --script-args proxy.url=http://scan.example/,proxy.pattern=canary", open + " GET", Verified},
		{"our page without a pattern proves only a status", "nmap --script-args proxy.url=http://scan.example/", open + " GET HEAD", Weak},
		{"CONNECT is never checked", "nmap --script-args proxy.pattern=canary", open + "CONNECTION", Weak},
		{"the same page each time", "nmap", "Proxy might be redirecting requests", Weak},
		{"no method", "nmap", open, Contradicted},
		{"407", "nmap", "", Contradicted},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if v := judgeHTTPProxy(tt.output, parseArgs(tt.args)); v.Strength != tt.want || v.Reason == "" {
				t.Errorf("%s: %s; want %s", v.Strength, v.Reason, tt.want)
			}
		})
	}
}

func TestServiceNames(t *testing.T) {
	long := strings.Repeat("a", 64)
	for s, want := range map[string]bool{"smtp": true, "ms-wbt server": true, "a.b_c/d+e:f-9": true, "9p": true, long: true, long + "a": false, "": false, "-a": false, " a": false, "SMTP": false, "é": false, "a\n": false, "a~": false} {
		if isService(s) != want {
			t.Errorf("isService(%q) is not %v", s, want)
		}
	}
}

func TestSOCKS(t *testing.T) {
	for output, want := range map[string]string{
		"\n  status: open\n  versions: \n    socks4\n    socks5":        "socks5 observed",
		"\n  status: open\n  versions: \n    socks4":                    "socks4 observed",
		"\n  status: redirecting\n  versions: \n    socks5":             "socks5 weak",
		"\n  status: pattern not matched\n  versions: \n    socks5":     "socks5 observed",
		"\n  status: false\n  banner: status: open\n  versions: none\n": "socks4 contradicted",
	} {
		if v := judgeSOCKS(output); v.Service+" "+string(v.Strength) != want {
			t.Errorf("%q: %s %s, want %s", output, v.Service, v.Strength, want)
		}
	}
}

// The evidence of a list is what a house wrote down, in its own words.
func TestWordsOfLists(t *testing.T) {
	for _, tt := range []struct {
		kind  Kind
		words string
		want  Strength
		rule  *Rule
	}{
		{OpenRelay, "", Observed, listNames},
		{OpenRelay, "250 2.1.5 Ok, message accepted for relay", Observed, listNames},
		{OpenRelay, "relays for anybody, open since March", Observed, listNames},
		{OpenRelay, "554 5.7.1 <x@example.org>: Relay access denied", Contradicted, listNothing},
		{OpenRelay, "550 relaying denied", Contradicted, listNothing},
		{OpenRelay, "550 5.7.1 Unable to relay for x@example.org", Contradicted, listNothing},
		{OpenRelay, "Closed", Contradicted, listNothing},
		{OpenRelay, "closed on Monday, open again since", Observed, listNames},
		{OpenRelay, "not an open relay", Contradicted, listNothing},
		{OpenProxy, "HTTP/1.1 403 Forbidden", Contradicted, listNothing},
		{OpenProxy, "HTTP/2 407", Contradicted, listNothing},
		{OpenProxy, "HTTP/1.1 200 OK, 403 bytes", Observed, listNames},
		{ExposedService, "connection refused", Contradicted, listNothing},
		{ExposedService, "no reply", Contradicted, listNothing},
		{ExposedService, "not vulnerable", Contradicted, listNothing},
		{ExposedService, "password protected", Contradicted, listRefused},
		{ExposedService, "not password protected", Observed, listNames},
		{ExposedService, "auth required", Contradicted, listRefused},
		{ExposedService, "no auth required", Observed, listNames},
		{ExposedService, "does not ask for a password", Observed, listNames},
		{ExposedService, "answers without requiring credentials", Observed, listNames},
		{ExposedService, "requires a password", Contradicted, listRefused},
		{ExposedService, "anonymous login: no", Contradicted, listRefused},
		{ExposedService, "anonymous access allowed", Observed, listNames},
		{ExposedService, "unauthorized access possible", Observed, listNames},
		{ExposedService, "401 Unauthorized", Contradicted, listNothing},
		{ExposedService, "redis_version:7.0.1 role:master", Observed, listNames},
	} {
		if v := judgeWords(tt.kind, tt.words); v.Strength != tt.want || v.rule != tt.rule {
			t.Errorf("%s %q: %s by %s, want %s", tt.kind, tt.words, v.Strength, v.rule.ID, tt.want)
		}
	}
}

func TestKindsAsPeopleWriteThem(t *testing.T) {
	for in, want := range map[string]Kind{"open-relay": OpenRelay, "open relay": OpenRelay, "open_relay": OpenRelay, "openrelay": OpenRelay,
		"smtp open relay": OpenRelay, "open mail relay": OpenRelay, "open proxy": OpenProxy, "openproxy": OpenProxy, "open-socks5-proxy": OpenProxy,
		"http_open_proxy": OpenProxy, "exposed service": ExposedService, "": "", "relay": "relay", "open": "open", "closed relay": "closed-relay"} {
		if got := kindOf(in); got != want {
			t.Errorf("kindOf(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestRefused(t *testing.T) {
	for words, want := range map[string]bool{
		"(Error: NOAUTH Authentication required.)":       true,
		"ERROR: Authentication required":                 true,
		"errmsg = not authorized on admin":               true,
		"-DENIED Redis is running in protected mode":     true,
		"Server does not require authentication":         false,
		"No authentication required":                     false,
		"Process ID: 407":                                false,
		"acl_access_denied_auth:0":                       false,
		"HTTP/1.1 407 Proxy Authentication Required":     true,
		"530 5.7.0 Must issue a STARTTLS command first":  true,
		"220 mx.example ESMTP; 5300 messages 530 queued": false,
	} {
		if got := refused(words); got != want {
			t.Errorf("refused(%q) = %v", words, got)
		}
	}
}

func TestShadowserver(t *testing.T) {
	name := "2026-03-01-scan_http_proxy-example-asn.csv"
	got := lines(file(t, "testdata/"+name), "reports/"+name, Options{})
	want := []string{
		"2 192.0.2.21 3128/tcp open-proxy http observed",
		"3 192.0.2.22 3128/tcp open-proxy http contradicted",
		"reports/" + name + `:4: not in the expected format: port "65536"`,
		"5 2001:db8::24 8080/tcp open-proxy http observed",
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	for f := range Read(file(t, "testdata/"+name), "stdin", Options{}) {
		if want := `hostname=proxy.example.net tag=http-connect-proxy http=HTTP/1.1 http_code=200 http_reason=Connection established via=1.1 cache "a" http_date=Sun, 01 Mar 2026 00:00:00 GMT`; f.Evidence != want || f.Reporter != "Shadowserver" {
			t.Errorf("evidence %q, reporter %q", f.Evidence, f.Reporter)
		}
		break
	}
}

// Reports differ in their columns and in the order of them.
func TestShadowserverReports(t *testing.T) {
	for _, tt := range []struct{ name, file, tag, want string }{
		{"SOCKS", "2026-03-01-scan_socks-x-asn.csv", "socks4", "open-proxy socks4 observed"},
		{"IPv6 has the rules of IPv4", "2026-03-01-scan6_http_proxy-x-asn.csv.gz", "", "open-proxy http observed"},
		{"accessible is not open", "2026-03-01-population_http_proxy-x-asn.csv", "http-connect-proxy-closed", "open-proxy http weak"},
		{"old mail software is no open relay", "scan_smtp_vulnerable.csv", "smtp", "exposed-service smtp weak"},
		{"mail servers are meant to be reached", "scan_smtp.csv", "smtp", "exposed-service smtp weak"},
		{"a resolver", "scan_dns.csv", "openresolver", "exposed-service dns observed"},
		{"the transport is not part of the name", `C:\reports\2026-03-01-scan_ldap_udp-x.csv`, "", "exposed-service ldap observed"},
		{"a pipe: the tag tells", "stdin", "http-connect-proxy", "open-proxy http observed"},
		{"a pipe: the tag tells that it is closed", "stdin", "http-connect-proxy-closed", "open-proxy http weak"},
		{"a pipe: a service", "my_scan.csv", "redis", "exposed-service redis observed"},
		{"a pipe: nothing tells", "stdin", "iot", "in the expected format"},
		{"attackers are not findings", "2026-03-01-event4_honeypot_rdp_scan-x.csv", "rdp", "in the expected format"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			in := "tag,geo,asn,port,protocol,ip,timestamp\n" + tt.tag + ",ZZ,64496,1080,tcp,192.0.2.1,2026-03-01 00:00:00\n"
			if got := lines(strings.NewReader(in), tt.file, Options{}); len(got) != 1 || !strings.Contains(got[0], tt.want) {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestZGrab2(t *testing.T) {
	for _, tt := range []struct{ name, data, want string }{
		{"SOCKS without a password", `"socks5":{"status":"success","port":1080,"timestamp":"2026-03-01T00:00:00Z","result":{"method_selection":"0500","connection_response":"05000001000000000000"}}`, "1080/tcp open-proxy socks5 observed"},
		{"SOCKS that reaches nothing", `"socks5":{"status":"success","port":1080,"timestamp":"2026-03-01T00:00:00Z","result":{"method_selection":"0500","connection_response":"05040001000000000000"}}`, "1080/tcp open-proxy socks5 weak"},
		{"SOCKS with rules", `"socks5":{"status":"success","port":1080,"timestamp":"2026-03-01T00:00:00Z","result":{"method_selection":"0500","connection_response":"05020001000000000000"}}`, "1080/tcp open-proxy socks5 contradicted"},
		{"SOCKS with a password", `"socks5":{"status":"success","port":1080,"timestamp":"2026-03-01T00:00:00Z","result":{"method_selection":"05ff"}}`, "1080/tcp open-proxy socks5 contradicted"},
		{"SOCKS that broke off", `"socks5":{"status":"io-timeout","port":1080,"timestamp":"2026-03-01T00:00:00Z","result":{"method_selection":"0500","connection_response":"0500"}}`, "1080/tcp open-proxy socks5 contradicted"},
		{"Redis with a password", `"redis":{"status":"success","port":6379,"timestamp":"2026-03-01T00:00:00Z","result":{"ping_response":"(Error: NOAUTH Authentication required.)","info_response":"(Error: NOAUTH Authentication required.)"}}`, "6379/tcp exposed-service redis contradicted"},
		{"Redis that answers a ping", `"redis":{"status":"success","port":6379,"timestamp":"2026-03-01T00:00:00Z","result":{"ping_response":"PONG"}}`, "6379/tcp exposed-service redis observed"},
		{"a proxy with a password", `"http":{"status":"success","port":3128,"timestamp":"2026-03-01T00:00:00Z","result":{"response":{"status_code":407}}}`, "3128/tcp open-proxy http contradicted"},
		{"CONNECT alone", `"http":{"status":"success","port":3128,"timestamp":"2026-03-01T00:00:00Z","result":{"response":{"status_code":200,"request":{"method":"CONNECT"}}}}`, "3128/tcp open-proxy http weak"},
		{"Elasticsearch", `"http":{"status":"success","port":9200,"timestamp":"2026-03-01T00:00:00Z","result":{"response":{"status_code":200,"body":"{\"tagline\" : \"You Know, for Search\"}"}}}`, "9200/tcp exposed-service elasticsearch verified"},
		{"an old zgrab2 names no port", `"smtp":{"status":"success","timestamp":"2026-03-01T00:00:00Z","result":{"banner":"220 mx.example"}}`, "25/tcp open-relay smtp contradicted"},
		{"two modules are two rows", `"ssh":{"status":"success","protocol":"ssh","port":22,"timestamp":"2026-03-01T00:00:00Z"},"http":{"status":"io-timeout","port":80,"timestamp":"2026-03-01T00:00:00Z"}`,
			"80/tcp exposed-service http contradicted|1 192.0.2.1 22/tcp exposed-service ssh contradicted"},
		{"no module", ``, "no module of zgrab2"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			in := `{"ip":"192.0.2.1","data":{` + tt.data + `}}`
			if got := strings.Join(lines(strings.NewReader(in), "in", Options{}), "|"); !strings.HasSuffix(got, tt.want) {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestClean(t *testing.T) {
	for _, tt := range []struct {
		name, in string
		max      int
		want     string
	}{
		{"plain text is left alone", "220 mx.example ESMTP", 100, "220 mx.example ESMTP"},
		{"white space is one space", "  a\r\n\t b\u00a0\u2028c  ", 100, "a b c"},
		{"controls", "a\x00b\x1b[31mc\u0085d", 100, "ab[31mc d"},
		{"bidi and format characters", "a\u202eb\u200dc\u00add\ufeff", 100, "abcd"},
		{"a joiner that spelling needs", "گزارش\u200cهایی \u200cدر\u200c a\u200cb\u200c", 100, "گزارش\u200cهایی در ab"},
		{"one joiner, and none at the cut", "نامه\u200c\u200cها", len("نامه\u200c") + 1, "نامه"},
		{"private use, which the renderer uses", "a\ue000b\U000f0000c\U0010fffdd", 100, "abcd"},
		{"noncharacters and unassigned", "a\ufffeb\U0001ffffc\u0378d", 100, "abcd"},
		{"not UTF-8", "a\xff\xfeb\xed\xa0\x80c\xf4\x90\x80\x80d", 100, "a?b?c?d"},
		{"NFC", "e\u0301", 100, "é"},
		{"what is dropped brings two together", "e\u200d\u0301", 100, "é"},
		{"cut between characters", "aéé", 4, "aé"},
		{"no space at the cut", "abc def", 4, "abc"},
		{"nothing", "", 10, ""},
		{"nothing wanted", "é", 0, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := Clean(tt.in, tt.max); got != tt.want {
				t.Errorf("Clean(%q, %d) = %q, want %q", tt.in, tt.max, got, tt.want)
			}
		})
	}
}

func BenchmarkNmap(b *testing.B) {
	const row = `<host starttime="1772359200" endtime="1772359260"><status state="up" reason="user-set" reason_ttl="0"/><address addr="192.0.2.10" addrtype="ipv4"/><hostnames></hostnames><ports><port protocol="tcp" portid="25"><state state="open" reason="syn-ack" reason_ttl="64"/><service name="smtp" product="Postfix smtpd" method="probed" conf="10"/><script id="smtp-open-relay" output="Server is an open relay (16/16 tests)"/></port></ports><times srtt="9" rttvar="5000" to="100000"/></host>` + "\n"
	bench(b, "<nmaprun>", row, "</nmaprun>")
}

func BenchmarkCSV(b *testing.B)  { bench(b, header, good, "") }
func BenchmarkJSON(b *testing.B) { bench(b, "", jsonOK, "") }

func bench(b *testing.B, head, row, tail string) {
	const rows = 10000
	in := head + strings.Repeat(row, rows) + tail
	b.SetBytes(int64(len(in)))
	b.ReportAllocs()
	for b.Loop() {
		n := 0
		for _, err := range Read(strings.NewReader(in), "in", Options{}) {
			if n++; err != nil {
				b.Fatal(err)
			}
		}
		if n != rows {
			b.Fatal(n)
		}
	}
	b.ReportMetric(float64(rows*b.N)/b.Elapsed().Seconds(), "rows/s")
}
