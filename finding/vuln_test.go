package finding

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

const nessusFile = `<?xml version="1.0" ?>
<NessusClientData_v2><Policy><policyName>x</policyName></Policy>
<Report name="r"><ReportHost name="mx.example"><HostProperties>
<tag name="HOST_END">Sun Mar  1 09:30:00 2026</tag><tag name="host-ip">192.0.2.60</tag>
<tag name="HOST_START_TIMESTAMP">1772355000</tag><tag name="HOST_END_TIMESTAMP">1772355600</tag></HostProperties>
<ReportItem port="0" svc_name="general" protocol="tcp" severity="0" pluginID="19506" pluginName="Nessus Scan Information" pluginFamily="Settings"><plugin_output>x</plugin_output></ReportItem>
<ReportItem port="25" svc_name="smtp" protocol="tcp" severity="3" pluginID="10262" pluginName="MTA Open Mail Relaying Allowed" pluginFamily="SMTP problems"><plugin_output>Nessus was able to relay mail</plugin_output></ReportItem>
<ReportItem port="22" svc_name="ssh" protocol="tcp" severity="2" pluginID="90317" pluginName="SSH Weak Algorithms Supported" pluginFamily="Misc."/>
</ReportHost>
<ReportHost name="192.0.2.61"><HostProperties><tag name="HOST_END">Sun Mar  1 09:00:00 2026</tag></HostProperties>
<ReportItem port="6379" protocol="tcp" pluginName="Redis Server Unprotected by Password Authentication"><description>(NOAUTH is no part of this)</description><plugin_output>redis_version:7</plugin_output></ReportItem>
<ReportItem port="27017" protocol="tcp" pluginName="MongoDB Service Without Authentication Detection"><plugin_output>not authorized on admin</plugin_output></ReportItem>
<ReportItem port="161" protocol="udp" pluginName="SNMP Agent Default Community Name (public)"/>
<ReportItem port="3128" protocol="tcp" pluginName="HTTP Proxy Open Relay Detection"/>
<ReportItem port="3128" protocol="tcp" pluginName="HTTP Proxy Server Detection"/>
<ReportItem port="53" protocol="udp" pluginName="DNS Server Recursive Query Cache Poisoning Weakness"/>
<ReportItem port="5432" protocol="tcp" pluginName="PostgreSQL Default Unpassworded Account"/>
<ReportItem port="8088" protocol="tcp" pluginName="Apache Hadoop YARN ResourceManager Unauthenticated RCE (Remote) (Xbash)"/>
<ReportItem port="x" protocol="tcp" pluginName="VNC Server Unauthenticated Access"/>
</ReportHost></Report></NessusClientData_v2>
`

func TestNessus(t *testing.T) {
	const at = "192.0.2.61 "
	want := []string{
		"192.0.2.60 0/tcp exposed-service  contradicted test/remark " + march,
		"192.0.2.60 25/tcp open-relay smtp observed test/access " + march,
		"192.0.2.60 22/tcp exposed-service  contradicted test/remark " + march,
		at + "6379/tcp exposed-service redis observed test/access " + march,
		at + "27017/tcp exposed-service mongodb contradicted test/refused " + march,
		at + "161/udp exposed-service snmp observed test/access " + march,
		at + "3128/tcp open-proxy http observed test/access " + march,
		at + "3128/tcp exposed-service  contradicted test/remark " + march,
		at + "53/udp exposed-service dns observed test/access " + march,
		at + "5432/tcp exposed-service postgres observed test/access " + march,
		at + "8088/tcp exposed-service hadoop contradicted test/remark " + march,
		`in.nessus:19: not in the expected format: port "x"`,
	}
	if d := cmp.Diff(want, judged(nessusFile, "in.nessus", Options{})); d != "" {
		t.Error(d)
	}
	// A time without a zone is the house's, one in seconds is not.
	var seen []string
	for f := range Read(strings.NewReader(nessusFile), "in", Options{Zone: time.FixedZone("", 3600)}) {
		seen = append(seen, f.Seen.Format("15:04"))
	}
	if seen[1] != "09:00" || seen[3] != "08:00" {
		t.Errorf("seen at %q", seen)
	}
}

func TestNessusTable(t *testing.T) {
	const head = "Plugin ID,CVE,CVSS v2.0 Base Score,Risk,Host,Protocol,Port,Name,Synopsis,Description,Solution,See Also,Plugin Output\n"
	for _, tt := range []struct {
		name, in string
		o        Options
		want     string
	}{
		{"a finding, and the options say when", head + "100634,,9.8,Critical,192.0.2.61,tcp,6379,Redis Server Unprotected by Password Authentication,,,,,x\n", Options{Seen: time.Unix(1772355600, 0)}, "192.0.2.61 6379/tcp exposed-service redis observed test/access " + march},
		{"a finding without a time", head + "100634,,9.8,Critical,192.0.2.61,tcp,6379,Redis Server Unprotected by Password Authentication,,,,,x\n", Options{}, "in:2: not in the expected format: no time at which it was seen"},
		{"a remark needs none, whatever kind the options name", head + "90317,,4.3,Medium,192.0.2.61,tcp,22,SSH Weak Algorithms Supported,,,,,x\n", Options{Kind: ExposedService}, "192.0.2.61 22/tcp exposed-service  contradicted test/remark -"},
		{"Tenable's names", "Plugin,Plugin Name,Severity,IP Address,Protocol,Port,Plugin Text,Last Observed\n100634,Redis Server Unprotected by Password Authentication,High,192.0.2.61,TCP,6379,x,\"Mar 1, 2026 09:00:00 UTC\"\n", Options{}, "192.0.2.61 6379/tcp exposed-service redis observed test/access " + march},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := strings.Join(judged(tt.in, "in", tt.o), "|"); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func openvasFile(results string) string {
	return `<report id="r" format_id="a" extension="xml" content_type="text/xml"><owner><name>admin</name></owner><report id="r"><gmp><version>22</version></gmp>` +
		`<ports><port>25/tcp<host>192.0.2.62</host></port></ports><results start="1" max="100">` + results + `</results></report></report>`
}

func TestOpenVAS(t *testing.T) {
	result := func(name, port, qod, text string) string {
		return `<result id="x"><name>` + name + `</name><owner><name>admin</name></owner><creation_time>2026-03-01T09:00:00Z</creation_time><host>192.0.2.62<asset asset_id="y"/><hostname>x.example</hostname></host>` +
			`<port>` + port + `</port><nvt oid="1.3.6"><type>nvt</type><name>` + name + `</name><family>General</family></nvt><threat>High</threat><severity>7.5</severity><qod><value>` + qod + `</value><type/></qod><description>` + text + `</description></result>`
	}
	const at = "192.0.2.62 "
	for _, tt := range []struct{ name, in, want string }{
		{"no password", result("Redis Server No Password", "6379/tcp", "98", "x"), at + "6379/tcp exposed-service redis observed test/access " + march},
		{"unprotected", result("Unprotected MongoDB Service", "27017/tcp", "70", "x"), at + "27017/tcp exposed-service mongodb observed test/access " + march},
		{"a relay", result("Mail relaying (SMTP)", "25/tcp", "99", "x"), at + "25/tcp open-relay smtp observed test/access " + march},
		{"not sure", result("Redis Server No Password", "6379/tcp", "69", "x"), at + "6379/tcp exposed-service redis weak test/low-quality " + march},
		{"not sure, and a remark", result("SSH Weak Algorithms", "22/tcp", "30", "x"), at + "22/tcp exposed-service  contradicted test/remark " + march},
		{"a quality that is none", result("Redis Server No Password", "6379/tcp", "", "x"), at + "6379/tcp exposed-service redis observed test/access " + march},
		{"no port", result("OS End Of Life Detection", "general/tcp", "80", "x"), at + "0/tcp exposed-service  contradicted test/remark " + march},
		{"no port, and a finding", result("Redis Server No Password", "general/tcp", "98", "x"), `in:1: not in the expected format: port "general/tcp"`},
		{"it refused", result("Redis Server No Password", "6379/tcp", "98", "-NOAUTH Authentication required"), at + "6379/tcp exposed-service redis contradicted test/refused " + march},
		{"ports of old versions", result("Redis Server No Password", "redis (6379/tcp)", "98", "x"), at + "6379/tcp exposed-service redis observed test/access " + march},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := strings.Join(judged(openvasFile(tt.in), "in", Options{}), "|"); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
	old := `<get_reports_response status="200"><report><report><results><result><host>192.0.2.62</host><port>6379/tcp</port><nvt><name>Redis Server No Password</name></nvt><modification_time>2026-03-01T09:00:00Z</modification_time></result></results></report></report></get_reports_response>`
	if got := strings.Join(judged(old, "in", Options{}), "|"); got != at+"6379/tcp exposed-service redis observed test/access "+march {
		t.Errorf("an answer of GMP: %q", got)
	}
}

func TestOpenVASTable(t *testing.T) {
	const head = "IP,Hostname,Port,Port Protocol,CVSS,Severity,QoD,Solution Type,NVT Name,Summary,Specific Result,NVT OID,CVEs,Task ID,Task Name,Timestamp,Result ID\n"
	for _, tt := range []struct{ name, in, want string }{
		{"no password", "192.0.2.62,x,6379,tcp,7.5,High,98,,Redis Server No Password,,x,1.3.6,,,,2026-03-01T09:00:00Z,\n", "192.0.2.62 6379/tcp exposed-service redis observed test/access " + march},
		{"not sure", "192.0.2.62,x,6379,tcp,7.5,High,50%,,Redis Server No Password,,x,1.3.6,,,,2026-03-01T09:00:00Z,\n", "192.0.2.62 6379/tcp exposed-service redis weak test/low-quality " + march},
		{"weak algorithms are no service that is exposed", "192.0.2.62,x,22,tcp,4.3,Medium,80,,SSH Weak Algorithms Supported,,x,1.3.6,,,,2026-03-01T09:00:00Z,\n", "192.0.2.62 22/tcp exposed-service  contradicted test/remark " + march},
		{"no port", "192.0.2.62,x,,tcp,4.3,Medium,80,,TCP Timestamps,,x,1.3.6,,,,2026-03-01T09:00:00Z,\n", "192.0.2.62 0/tcp exposed-service  contradicted test/remark " + march},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := strings.Join(judged(head+tt.in, "in", Options{Kind: ExposedService}), "|"); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestShodan(t *testing.T) {
	banner := func(module, port, rest string) string {
		return `{"ip_str":"192.0.2.70","ip":3221226054,"port":` + port + `,"transport":"tcp","timestamp":"2026-03-01T09:00:00.123456","hash":1,"_shodan":{"module":"` + module + `","crawler":"x"},` + rest + `}`
	}
	const at = "192.0.2.70 "
	for _, tt := range []struct{ name, in, want string }{
		{"Redis that answers", banner("redis", "6379", `"data":"# Server\nredis_version:7.2\n"`), at + "6379/tcp exposed-service redis verified index/used " + march},
		{"Redis that refuses", banner("redis", "6379", `"data":"-NOAUTH Authentication required."`), at + "6379/tcp exposed-service redis contradicted index/refused " + march},
		{"Redis that is there", banner("redis", "6379", `"data":"-ERR unknown"`), at + "6379/tcp exposed-service redis weak index/answers " + march},
		{"MongoDB that shows its databases", banner("mongodb", "27017", `"data":"x","mongodb":{"listDatabases":{"totalSize":1}}`), strings.Replace(at, " ", " ", 1) + "27017/tcp exposed-service mongodb verified index/used " + march},
		{"MongoDB with a login", banner("mongodb", "27017", `"data":"MongoDB Server Information\nAuthentication enabled","mongodb":{"authentication":true}`), at + "27017/tcp exposed-service mongodb contradicted index/refused " + march},
		{"Elasticsearch", banner("elastic", "9200", `"data":"HTTP/1.1 200 OK","elastic":{"indices":{}},"http":{"status":200}`), at + "9200/tcp exposed-service elasticsearch verified index/used " + march},
		{"Elasticsearch with a login", banner("elastic", "9200", `"data":"HTTP/1.1 401 Unauthorized","http":{"status":401}`), at + "9200/tcp exposed-service elasticsearch contradicted index/refused " + march},
		{"CouchDB behind a web server's module", banner("http", "5984", `"product":"CouchDB","data":"{\"couchdb\":\"Welcome\"}"`), at + "5984/tcp exposed-service couchdb weak index/answers " + march},
		{"CouchDB that shows its databases", banner("couchdb", "5984", `"data":"HTTP/1.1 200 OK","couchdb":{"dbs":["shop"]}`), at + "5984/tcp exposed-service couchdb verified index/used " + march},
		{"a web page", banner("http-simple-new", "8080", `"data":"HTTP/1.1 200 OK"`), at + "8080/tcp exposed-service http contradicted index/banner " + march},
		{"a web page that speaks of Redis", banner("http", "80", `"data":"HTTP/1.1 200 OK\n\nredis_version:7.2"`), at + "80/tcp exposed-service http contradicted index/banner " + march},
		{"SSH with CVEs", banner("ssh", "22", `"data":"SSH-2.0-OpenSSH_7.4","vulns":{"CVE-2018-15473":{}}`), at + "22/tcp exposed-service ssh contradicted index/banner " + march},
		{"a mail server", banner("smtp", "25", `"data":"220 mx.example"`), at + "25/tcp exposed-service smtp contradicted index/banner " + march},
		{"telnet", banner("telnet", "23", `"data":"login:"`), at + "23/tcp exposed-service telnet weak index/answers " + march},
		{"VNC without a password", banner("vnc", "5900", `"data":"RFB 003.008\nAuthentication disabled"`), at + "5900/tcp exposed-service vnc verified index/used " + march},
		{"in the answer to a search", `{"matches":[` + banner("redis", "6379", `"data":"redis_version:7"`) + `,` + banner("ssh", "22", `"data":"x"`) + `],"total":2}`,
			at + "6379/tcp exposed-service redis verified index/used " + march + "|" + at + "22/tcp exposed-service ssh contradicted index/banner " + march},
		{"no module", `{"ip_str":"192.0.2.70","port":22,"timestamp":"2026-03-01T09:00:00"}`, at + "22/tcp exposed-service  contradicted index/banner " + march},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := strings.Join(judged(tt.in, "in", Options{}), "|"); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestCensys(t *testing.T) {
	const at = "192.0.2.80 "
	host := func(services string) string {
		return `{"ip":"192.0.2.80","services":[` + services + `],"last_updated_at":"2026-03-01T09:00:00Z"}`
	}
	redis := `{"port":6379,"service_name":"REDIS","transport_protocol":"TCP","observed_at":"2026-03-01T09:00:00.5Z","redis":{"ping_response":"PONG","info_response":{"redis_version":"7.2"}}}`
	ssh := `{"port":22,"service_name":"SSH","transport_protocol":"TCP","banner":"SSH-2.0"}`
	for _, tt := range []struct{ name, in, want string }{
		{"a host", host(redis + "," + ssh), at + "6379/tcp exposed-service redis verified index/used " + march + "|" + at + "22/tcp exposed-service ssh contradicted index/banner " + march},
		{"in the answer to a look-up", `{"code":200,"status":"OK","result":` + host(redis) + `}`, at + "6379/tcp exposed-service redis verified index/used " + march},
		{"in the answer to a search", `{"code":200,"result":{"query":"x","hits":[` + host(ssh) + `]}}`, at + "22/tcp exposed-service ssh contradicted index/banner " + march},
		{"a list", "[" + host(ssh) + "]", at + "22/tcp exposed-service ssh contradicted index/banner " + march},
		{"the Platform's form", `{"host":{"ip":"192.0.2.80","services":[{"port":23,"protocol":"TELNET","transport_protocol":"tcp","scan_time":"2026-03-01T09:00:00Z"}]}}`, at + "23/tcp exposed-service telnet weak index/answers " + march},
		{"a page that holds the words", host(`{"port":80,"service_name":"HTTP","transport_protocol":"TCP","http":{"body":"\"redis_version\""}}`), at + "80/tcp exposed-service http contradicted index/banner " + march},
		{"QUIC", host(`{"port":443,"service_name":"HTTP","transport_protocol":"QUIC"}`), at + "443/udp exposed-service http contradicted index/banner " + march},
		{"it refused", host(`{"port":6379,"service_name":"REDIS","transport_protocol":"TCP","banner":"-NOAUTH Authentication required."}`), at + "6379/tcp exposed-service redis contradicted index/refused " + march},
		{"a service that is none", host(`{"port":[],"service_name":7}`), "in:1: not in the expected format: json: cannot unmarshal number into Go struct field service.service_name of type string"},
		{"a service that is none before one", host(`{"service_name":7},` + ssh), "in:1: not in the expected format: json: cannot unmarshal number into Go struct field service.service_name of type string|" + at + "22/tcp exposed-service ssh contradicted index/banner " + march},
		{"no services", host(""), ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := strings.Join(judged(tt.in, "in", Options{}), "|"); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}
