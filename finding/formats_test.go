package finding

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// judged says what came of each row, with the rule that decided.
func judged(in, name string, o Options) (out []string) {
	for f, err := range Read(strings.NewReader(in), name, o) {
		if err != nil {
			out = append(out, err.Error())
			continue
		}
		addr, at := "-", "-"
		if f.Addr.IsValid() {
			addr = f.Addr.String()
		}
		if !f.Seen.IsZero() {
			at = f.Seen.Format(time.RFC3339)
		}
		out = append(out, fmt.Sprintf("%s %d/%s %s %s %s %s %s", addr, f.Port, f.Proto, f.Kind, f.Service, f.Strength, f.Rule, at))
	}
	return out
}

const march = "2026-03-01T09:00:00Z"

func TestNuclei(t *testing.T) {
	row := func(id, name, rest string) string {
		return `{"template-id":"` + id + `","info":{"name":"` + name + `","severity":"high"},"type":"tcp","host":"192.0.2.30:6379","matched-at":"192.0.2.30:6379","ip":"192.0.2.30","timestamp":"2026-03-01T09:00:00.5Z"` + rest + `}`
	}
	at := "192.0.2.30 6379/tcp "
	for _, tt := range []struct{ name, in, want string }{
		{"Redis without a password", row("exposed-redis", "Redis Server - Unauthenticated Access", ""), at + "exposed-service redis observed test/access " + march},
		{"the id alone has the words", row("mongodb-unauth", "MongoDB", ""), at + "exposed-service mongodb observed test/access " + march},
		{"an id with underscores", row("exposed_redis", "", ""), at + "exposed-service redis observed test/access " + march},
		{"an exposure", row("exposed-adb", "Exposed Android Debug Bridge", ""), at + "exposed-service adb observed test/access " + march},
		{"a proxy", row("open-socks-proxy", "Open SOCKS Proxy", ""), at + "open-proxy socks5 observed test/access " + march},
		{"an HTTP proxy", row("open-proxy-external", "Open Proxy to External Network", ""), at + "open-proxy http observed test/access " + march},
		{"a relay", row("smtp-open-relay", "SMTP Open Relay", ""), at + "open-relay smtp observed test/access " + march},
		{"a service that nobody knows", row("foo-unauth", "Foo - Unauthenticated Access", ""), at + "exposed-service  weak test/unknown-service " + march},
		{"anonymous FTP", row("ftp-anonymous-login", "FTP Anonymous Login", ""), at + "exposed-service ftp weak test/public " + march},
		{"a password that others know", row("redis-default-logins", "Redis - Default Logins", ""), at + "exposed-service redis weak test/default-login " + march},
		{"a tag has the word", strings.Replace(row("elasticsearch", "ElasticSearch Information Disclosure", ""), `"severity"`, `"tags":["elastic","unauth"],"severity"`, 1), at + "exposed-service elasticsearch observed test/access " + march},
		{"a tag among others in a text", strings.Replace(row("elasticsearch", "ElasticSearch Information Disclosure", ""), `"severity"`, `"tags":"elastic,unauth","severity"`, 1), at + "exposed-service elasticsearch observed test/access " + march},
		{"a tag that only holds the word", strings.Replace(row("elasticsearch", "ElasticSearch Information Disclosure", ""), `"severity"`, `"tags":"unauthorized","severity"`, 1), at + "exposed-service elasticsearch contradicted test/remark " + march},
		{"a CVE with the tag", strings.Replace(row("CVE-2015-1427", "ElasticSearch", ""), `"severity"`, `"tags":["unauth"],"severity"`, 1), at + "exposed-service elasticsearch contradicted test/remark " + march},
		{"a CVE", row("CVE-2022-0543", "Redis Sandbox Escape - Unauthenticated Remote Code Execution", ""), at + "exposed-service redis contradicted test/remark " + march},
		{"code execution without a login is about software", row("hadoop-unauth", "Apache Hadoop YARN Unauthenticated RCE", ""), at + "exposed-service hadoop contradicted test/remark " + march},
		{"a panel", row("kibana-panel", "Kibana Panel Login", ""), at + "exposed-service  contradicted test/remark " + march},
		{"a detection", row("mysql-detect", "MySQL Detection", ""), at + "exposed-service mysql contradicted test/remark " + march},
		{"weak algorithms", row("ssh-weak-algo", "SSH Weak Algorithms Supported", ""), at + "exposed-service  contradicted test/remark " + march},
		{"no match", row("exposed-redis", "Redis Server - Unauthenticated Access", `,"matcher-status":false`), at + "exposed-service redis contradicted nuclei/no-match " + march},
		{"its own output refuses", row("exposed-redis", "Redis Server - Unauthenticated Access", `,"extracted-results":["-NOAUTH Authentication required."]`), at + "exposed-service redis contradicted test/refused " + march},
		{"a URL, and the usual port of it", `{"template-id":"elasticsearch","info":{"name":"ElasticSearch - Unauthenticated Access"},"type":"http","host":"https://192.0.2.31","matched-at":"https://192.0.2.31/_cat","ip":"192.0.2.31","timestamp":"2026-03-01T09:00:00Z"}`,
			"192.0.2.31 443/tcp exposed-service elasticsearch observed test/access " + march},
		{"http", `{"template-id":"elasticsearch","info":{"name":"ElasticSearch - Unauthenticated Access"},"host":"http://192.0.2.31","timestamp":"2026-03-01T09:00:00Z"}`,
			"192.0.2.31 80/tcp exposed-service elasticsearch observed test/access " + march},
		{"a URL in brackets", `{"template-id":"elasticsearch","info":{"name":"ElasticSearch - Unauthenticated Access"},"matched-at":"http://[2001:db8::1]:9200/","timestamp":"2026-03-01T09:00:00Z"}`,
			"2001:db8::1 9200/tcp exposed-service elasticsearch observed test/access " + march},
		{"names of 2021", `{"templateID":"exposed-redis","info":{"name":"Redis Unauth"},"type":"udp","matched":"192.0.2.30:6379","ip":"192.0.2.30","timestamp":"2026-03-01T09:00:00Z"}`, "192.0.2.30 6379/udp exposed-service redis observed test/access " + march},
		{"a name, and no address", `{"template-id":"exposed-redis","info":{"name":"Redis Unauthenticated Access"},"host":"x.example","port":"6379","timestamp":"2026-03-01T09:00:00Z"}`, `in:1: not in the expected format: address "x.example"`},
		{"a remark needs neither address nor time", `{"template-id":"dns-caa","info":{"name":"CAA Record"},"host":"x.example"}`, "- 0/tcp exposed-service dns contradicted test/remark -"},
		{"no port", `{"template-id":"exposed-redis","info":{"name":"Redis Unauthenticated Access"},"ip":"192.0.2.30","timestamp":"2026-03-01T09:00:00Z"}`, "in:1: not in the expected format: no port"},
		{"no time", `{"template-id":"exposed-redis","info":{"name":"Redis Unauthenticated Access"},"ip":"192.0.2.30","port":"6379"}`, "in:1: not in the expected format: no time at which it was seen"},
		{"a time that is none", `{"template-id":"exposed-redis","info":{"name":"Redis Unauthenticated Access"},"ip":"192.0.2.30","port":"6379","timestamp":"soon"}`, `in:1: not in the expected format: time "soon"`},
		{"a value of another type", `{"template-id":"exposed-redis","info":[]}`, "in:1: not in the expected format: json: cannot unmarshal array"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := strings.Join(judged(tt.in, "in", Options{}), "|"); !strings.HasPrefix(got, tt.want) {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestMasscan(t *testing.T) {
	const one, two = "192.0.2.9 25/tcp open-relay smtp contradicted port/open 2026-03-01T09:01:11Z", "192.0.2.10 25/tcp open-relay smtp contradicted port/open 2026-03-01T09:01:11Z"
	host := func(ip string) string {
		return `{"ip":"` + ip + `","timestamp":"1772355671","ports":[{"port":25,"proto":"tcp","status":"open"}]}`
	}
	for _, tt := range []struct {
		name, in string
		want     []string
	}{
		{"a line for each", "[\n" + host("192.0.2.9") + ",\n" + host("192.0.2.10") + "\n]\n", []string{one, two}},
		{"commas on lines of their own", "[\n" + host("192.0.2.9") + "\n,\n" + host("192.0.2.10") + "\n]\n", []string{one, two}},
		{"all on one line", "[" + host("192.0.2.9") + "," + host("192.0.2.10") + "]", []string{one, two}},
		{"a comma too many", "[\n" + host("192.0.2.9") + ",\n" + host("192.0.2.10") + ",\n]\n", []string{one, two}},
		{"no bracket at the end", "[\n" + host("192.0.2.9") + ",\n" + host("192.0.2.10") + ",\n", []string{one, two}},
		{"no brackets at all", host("192.0.2.9") + "\n" + host("192.0.2.10"), []string{one, two}},
		{"printed over many lines", "[\n  {\n    \"ip\": \"192.0.2.9\",\n    \"timestamp\": \"1772355671\",\n    \"ports\": [\n      {\n        \"port\": 25,\n        \"proto\": \"tcp\"\n      }\n    ]\n  },\n  " + host("192.0.2.10") + "\n]", []string{one, two}},
		{"the end mark of old versions", "[\n" + host("192.0.2.9") + ",\n{\"finished\": 1}\n]\n", []string{one}},
		{"the end mark of older ones, which is no JSON", "[\n" + host("192.0.2.9") + ",\n{finished: 1}\n]\n", []string{one}},
		{"records", `{"ip":"192.0.2.9","timestamp":"1772355671","port":25,"proto":"tcp","rec_type":"status","data":{"status":"open","reason":"syn-ack","ttl":63}}` + "\n" +
			`{"ip":"192.0.2.10","timestamp":"1772355671","port":25,"proto":"tcp","rec_type":"banner","data":{"service_name":"smtp","banner":"220 mx"}}` + "\n" +
			`{"ip":"192.0.2.11","timestamp":"1772355671","port":25,"proto":"tcp","rec_type":"status","data":{"status":"closed"}}`,
			[]string{one, strings.Replace(two, "port/open", "port/probed", 1)}},
		{"a list", "#masscan\nopen tcp 25 192.0.2.9 1772355671\nbanner tcp 25 192.0.2.10 1772355671 smtp 220 mx.example\nclosed tcp 26 192.0.2.9 1772355671\n\n# end\n",
			[]string{one, strings.Replace(two, "port/open", "port/probed", 1)}},
		{"a list without its first line, and a line that is none", "open tcp 25 192.0.2.9 1772355671\r\nopen tcp\r\nopen tcp 25 192.0.2.10 1772355671\r\n",
			[]string{one, `in:2: not in the expected format: line "open tcp"`, two}},
		{"a port that is none", `{"ip":"192.0.2.9","timestamp":"1772355671","ports":[{"port":0,"proto":"tcp"}]}`, []string{`in:1: not in the expected format: port "0"`}},
		{"an address that is none", host("x"), []string{`in:1: not in the expected format: address "x"`}},
		{"a time that is none", strings.Replace(host("192.0.2.9"), "1772355671", "soon", 1), []string{`in:1: not in the expected format: time "soon"`}},
		{"broken off in the middle", "[\n" + host("192.0.2.9") + ",\n{ \"ip\": \"192.0.2.10\", \"ti", []string{one, "in:3: not in the expected format: an object that is no JSON"}},
		{"for grep", "# Masscan 1.3.2 scan initiated Sun Mar  1 09:00:00 2026\n", []string{"in:1: " + ErrForPeople.Error()}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if d := cmp.Diff(tt.want, judged(tt.in, "in", Options{})); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestZGrab2Ports(t *testing.T) {
	socks := func(beside, inside string) string {
		return `{"ip":"192.0.2.22",` + beside + `"data":{"socks5":{"status":"success",` + inside + `"result":{"method_selection":"0500","connection_response":"05000001000000000000"},"timestamp":"2026-03-01T09:00:00Z"}}}`
	}
	for _, tt := range []struct {
		name, in string
		o        Options
		want     string
	}{
		{"in the module", socks("", `"port":1081,`), Options{}, "1081/tcp open-proxy socks5 observed zgrab2/socks-open"},
		{"beside the address", socks(`"port":11080,`, ""), Options{}, "11080/tcp open-proxy socks5 observed zgrab2/socks-open"},
		{"in both, the module's own", socks(`"port":11080,`, `"port":1081,`), Options{}, "1081/tcp open-proxy socks5 observed zgrab2/socks-open"},
		{"as text", socks(`"port":"11080",`, ""), Options{}, "11080/tcp open-proxy socks5 observed zgrab2/socks-open"},
		{"nowhere: the usual one is a guess", socks("", ""), Options{}, "1080/tcp open-proxy socks5 weak zgrab2/guessed-port"},
		{"nowhere, and the options say", socks("", ""), Options{Port: 11080}, "11080/tcp open-proxy socks5 observed zgrab2/socks-open"},
		{"the input says, whatever the options do", socks(`"port":11080,`, ""), Options{Port: 1}, "11080/tcp open-proxy socks5 observed zgrab2/socks-open"},
		{"none at all", socks(`"port":0,`, ""), Options{}, `in:1: not in the expected format: port "0"`},
		{"a module without a usual port", `{"ip":"192.0.2.22","data":{"own":{"status":"success"}}}`, Options{}, "0/tcp exposed-service own contradicted port/probed"},
		{"what is no finding stays none", `{"ip":"192.0.2.22","data":{"ssh":{"status":"success"}}}`, Options{}, "22/tcp exposed-service ssh contradicted port/probed"},
		{"a name, no address, no finding", `{"domain":"x.example","data":{"http":{"status":"success","port":80}}}`, Options{}, "80/tcp exposed-service http contradicted port/probed"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := strings.Join(judged(tt.in, "in", tt.o), "|"); !strings.Contains(got, tt.want) {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestNaabu(t *testing.T) {
	const want = "192.0.2.32 25/tcp open-relay smtp contradicted port/open "
	for _, tt := range []struct {
		name, in string
		o        Options
		want     string
	}{
		{"JSON", `{"host":"relay.example.org","ip":"192.0.2.32","port":25,"protocol":"tcp","tls":false,"timestamp":"2026-03-01T09:00:00.838968371Z"}`, Options{}, want + march},
		{"a port of 2021", `{"host":"relay.example.org","ip":"192.0.2.32","port":{"Port":25,"Protocol":0,"TLS":false},"timestamp":"2026-03-01T09:00:00Z"}`, Options{}, want + march},
		{"no address but the host", `{"host":"192.0.2.32","port":25}`, Options{}, want + "-"},
		{"UDP", `{"ip":"192.0.2.32","port":53,"protocol":"udp"}`, Options{}, "192.0.2.32 53/udp exposed-service dns contradicted port/open -"},
		{"CSV", "host,ip,timestamp,port,protocol,tls\nrelay.example.org,192.0.2.32,2026-03-01 09:00:00.5 +0000 UTC,25,tcp,false\n", Options{}, want + march},
		{"CSV, no address but the host", "host,ip,port,tls\n192.0.2.32,,25,false\n", Options{}, want + "-"},
		{"CSV, a protocol that is none", "host,ip,port,protocol,tls\n,192.0.2.32,25,sctp,false\n", Options{}, `in:2: not in the expected format: proto "sctp"`},
		{"CSV, a port that is none", "host,ip,port,protocol,tls\n,192.0.2.32,x,tcp,false\n", Options{}, `in:2: not in the expected format: port "x"`},
		{"CSV, a name", "host,ip,port,protocol,tls\nx.example,,25,tcp,false\n", Options{}, `in:2: not in the expected format: address "x.example"`},
		{"CSV, a time that is none", "host,ip,timestamp,port,protocol,tls\n,192.0.2.32,soon,25,tcp,false\n", Options{}, `in:2: not in the expected format: time "soon"`},
		{"lines", "192.0.2.32:25\n[2001:db8::1]:3128\n", Options{}, want + "-|2001:db8::1 3128/tcp open-proxy http contradicted port/open -"},
		{"a list of relays looks the same, and the options say so", "192.0.2.32:25\n", Options{Kind: OpenRelay, Seen: time.Unix(1772355600, 0)}, "192.0.2.32 25/tcp open-relay  observed csv/named " + march},
		{"a name", `{"host":"x.example","port":25}`, Options{}, `in:1: not in the expected format: address "x.example"`},
		{"a port that is none", `{"ip":"192.0.2.32","port":"x"}`, Options{}, "in:1: not in the expected format: "},
		{"a protocol that is none", `{"ip":"192.0.2.32","port":25,"protocol":"sctp"}`, Options{}, `in:1: not in the expected format: proto "sctp"`},
		{"a time that is none", `{"ip":"192.0.2.32","port":25,"timestamp":"soon"}`, Options{}, `in:1: not in the expected format: time "soon"`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := strings.Join(judged(tt.in, "in", tt.o), "|"); !strings.HasPrefix(got, tt.want) {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestZMap(t *testing.T) {
	const want = "192.0.2.9 25/tcp open-relay smtp contradicted port/open "
	for _, tt := range []struct {
		name, in string
		o        Options
		want     string
	}{
		{"fields", "saddr,daddr,sport,dport,classification,success,timestamp_str\n192.0.2.9,198.51.100.1,25,40000,synack,1,2026-03-01T09:00:00.000+0000\n", Options{}, want + march},
		{"seconds", "saddr,sport,timestamp_ts\n192.0.2.9,25,1772355600\n", Options{}, want + march},
		{"a refusal", "saddr,sport,classification,success\n192.0.2.9,25,rst,0\n", Options{}, "192.0.2.9 25/tcp open-relay smtp contradicted zmap/closed -"},
		{"success alone says no", "saddr,sport,success\n192.0.2.9,25,false\n", Options{}, "192.0.2.9 25/tcp open-relay smtp contradicted zmap/closed -"},
		{"UDP", "saddr,sport,classification,success\n192.0.2.9,53,udp,1\n", Options{}, "192.0.2.9 53/udp exposed-service dns contradicted port/open -"},
		{"no port", "saddr\n192.0.2.9\n", Options{}, "192.0.2.9 0/tcp exposed-service  contradicted port/open -"},
		{"the port of the options", "saddr\n192.0.2.9\n", Options{Port: 25}, want + "-"},
		{"no header, as ZMap writes by default", "192.0.2.9\n192.0.2.10\n", Options{Port: 25}, want + "-|192.0.2.10 25/tcp"},
		{"no header, and the options say what it is", "192.0.2.9\n", Options{Port: 25, Kind: OpenRelay, Seen: time.Unix(1772355600, 0)}, "192.0.2.9 25/tcp open-relay  observed csv/named " + march},
		{"no header, and its format is said", "192.0.2.9\n", Options{Port: 25, Kind: OpenRelay, Format: ZMap}, want + "-"},
		{"a name", "saddr,sport\nx,25\n", Options{}, `in:2: not in the expected format: address "x"`},
		{"a port that is none", "saddr,sport\n192.0.2.9,x\n", Options{}, `in:2: not in the expected format: port "x"`},
		{"a time that is none", "saddr,sport,timestamp\n192.0.2.9,25,soon\n", Options{}, `in:2: not in the expected format: time "soon"`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := strings.Join(judged(tt.in, "in", tt.o), "|"); !strings.HasPrefix(got, tt.want) {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestHTTPX(t *testing.T) {
	for _, tt := range []struct{ name, in, want string }{
		{"a page", `{"timestamp":"2026-03-01T09:00:00Z","url":"https://x.example","input":"x.example","host":"192.0.2.40","port":"443","status_code":200,"title":"Welcome","webserver":"nginx"}`, "192.0.2.40 443/tcp exposed-service http contradicted httpx/page " + march},
		{"the address of newer versions", `{"url":"http://x.example:8080","host":"x.example","host_ip":"192.0.2.40","status_code":200}`, "192.0.2.40 8080/tcp exposed-service http contradicted httpx/page -"},
		{"the address that DNS gave", `{"url":"http://x.example","host":"x.example","a":["192.0.2.40"],"status_code":200}`, "192.0.2.40 80/tcp exposed-service http contradicted httpx/page -"},
		{"the address in the URL", `{"url":"http://192.0.2.40","status_code":200}`, "192.0.2.40 80/tcp exposed-service http contradicted httpx/page -"},
		{"Elasticsearch's front page", `{"timestamp":"2026-03-01T09:00:00Z","url":"http://192.0.2.40:9200","host":"192.0.2.40","status_code":200,"body":"{\"tagline\":\"You Know, for Search\"}"}`, "192.0.2.40 9200/tcp exposed-service elasticsearch verified httpx/elasticsearch " + march},
		{"the same behind a password", `{"url":"http://192.0.2.40:9200","host":"192.0.2.40","status_code":401,"body":"You Know, for Search"}`, "192.0.2.40 9200/tcp exposed-service http contradicted httpx/page -"},
		{"a URL that is none", `{"url":"http://[","status_code":200}`, "- 0/tcp exposed-service http contradicted httpx/page -"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := strings.Join(judged(tt.in, "in", Options{}), "|"); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestIntelMQ(t *testing.T) {
	event := func(kind, identifier, rest string) string {
		return `{"source.ip":"192.0.2.40","source.port":25,"protocol.transport":"tcp","time.source":"2026-03-01T09:00:00+00:00","classification.type":"` + kind + `","classification.identifier":"` + identifier + `","feed.name":"Example"` + rest + `}`
	}
	at := "192.0.2.40 25/tcp "
	shadow := `,"feed.provider":"Shadowserver","extra.file_name":"2026-03-01-scan_mqtt-x.csv"`
	for _, tt := range []struct{ name, in, want string }{
		{"a relay", event("vulnerable-system", "open-relay", ""), at + "open-relay smtp observed intelmq/identifier " + march},
		{"a proxy", event("vulnerable-system", "open-proxy", ""), at + "open-proxy http observed intelmq/identifier " + march},
		{"a proxy by its old type", event("proxy", "", ""), at + "open-proxy http observed intelmq/identifier " + march},
		{"a SOCKS proxy", event("vulnerable-system", "open-socks", ""), at + "open-proxy socks5 observed intelmq/identifier " + march},
		{"a service", event("vulnerable-system", "open-redis", ""), at + "exposed-service redis observed intelmq/identifier " + march},
		{"a resolver", event("vulnerable-system", "dns-open-resolver", ""), at + "exposed-service dns observed intelmq/identifier " + march},
		{"accessible", event("vulnerable-system", "accessible-vnc", ""), at + "exposed-service vnc observed intelmq/identifier " + march},
		{"accessible, under a longer name", event("vulnerable-system", "accessible-postgresql-server", ""), at + "exposed-service postgres observed intelmq/identifier " + march},
		{"a proxy under a longer name", event("vulnerable-system", "accessible-socks4-5-proxy", ""), at + "open-proxy socks5 observed intelmq/identifier " + march},
		{"of which there is no report", event("vulnerable-system", "open-cassandra", ""), at + "exposed-service cassandra observed intelmq/identifier " + march},
		{"what is meant to be reached", event("vulnerable-system", "accessible-ssh", ""), at + "exposed-service ssh weak intelmq/unclear " + march},
		{"what is meant to be reached, with a hyphen", event("vulnerable-system", "open-smtp-vulnerable", ""), at + "exposed-service smtp weak intelmq/unclear " + march},
		{"what nobody knows", event("vulnerable-system", "exposed-version", ""), at + "exposed-service  weak intelmq/unclear " + march},
		{"a weakness of software", event("vulnerable-system", "ssl-poodle", ""), at + "exposed-service  weak intelmq/unclear " + march},
		{"weak cryptography", event("weak-crypto", "open-ssl", ""), at + "exposed-service  weak intelmq/unclear " + march},
		{"an infected system", event("infected-system", "open-relay", ""), at + "exposed-service  contradicted intelmq/other " + march},
		{"a scanner", event("scanner", "", ""), at + "exposed-service  contradicted intelmq/other " + march},
		{"Shadowserver says no", event("vulnerable-system", "open-mqtt", shadow+`,"extra.anonymous_access":false`), at + "exposed-service mqtt contradicted shadowserver/says-no " + march},
		{"Shadowserver says yes", event("vulnerable-system", "open-mqtt", shadow+`,"extra.anonymous_access":true`), at + "exposed-service mqtt observed intelmq/identifier " + march},
		{"Shadowserver, by the identifier", event("vulnerable-system", "open-mongodb", `,"feed.provider":"Shadowserver","extra.visible_databases":"none visible"`), at + "exposed-service mongodb contradicted shadowserver/says-no " + march},
		{"Shadowserver, by the tag", event("vulnerable-system", "open-db", `,"feed.provider":"Shadowserver","extra.tag":"rsync","extra.has_password":true`), at + "exposed-service  contradicted shadowserver/says-no " + march},
		{"nested", `{"source":{"ip":"192.0.2.40","port":25},"protocol":{"transport":"tcp"},"time":{"source":"2026-03-01T09:00:00+00:00"},"classification":{"type":"vulnerable-system","identifier":"open-relay"}}`, at + "open-relay smtp observed intelmq/identifier " + march},
		{"no time but that of observation", `{"source.ip":"192.0.2.40","source.port":"25","time.observation":"2026-03-01T09:00:00+00:00","classification.type":"vulnerable-system","classification.identifier":"open-relay"}`, at + "open-relay smtp observed intelmq/identifier " + march},
		{"no port", `{"source.ip":"192.0.2.40","time.source":"2026-03-01T09:00:00+00:00","classification.type":"vulnerable-system","classification.identifier":"open-relay"}`, "in:1: not in the expected format: no port"},
		{"no address", `{"time.source":"2026-03-01T09:00:00+00:00","source.port":25,"classification.type":"vulnerable-system","classification.identifier":"open-relay"}`, `in:1: not in the expected format: address ""`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := strings.Join(judged(tt.in, "in", Options{}), "|"); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
	for f := range Read(strings.NewReader(event("vulnerable-system", "open-relay", "")), "in", Options{}) {
		if f.Reporter != "Example" {
			t.Errorf("reporter %q", f.Reporter)
		}
	}
}
