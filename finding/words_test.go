package finding

import (
	"fmt"
	"strconv"
	"strings"
	"testing"
)

// Each service that the names of tests name is known by its own.
func TestServicesOfTests(t *testing.T) {
	for name, want := range map[string]string{
		"Redis": "redis", "MongoDB": "mongodb", "Memcached": "memcached", "ElasticSearch": "elasticsearch", "CouchDB": "couchdb",
		"Kubelet": "kubernetes", "Kubernetes API": "kubernetes", "K8s": "kubernetes", "Docker API": "docker", "etcd": "etcd", "ZooKeeper": "zookeeper",
		"Apache Cassandra": "cassandra", "ClickHouse": "clickhouse", "InfluxDB": "influxdb", "Hadoop": "hadoop", "HDFS": "hadoop", "YARN": "hadoop",
		"PostgreSQL": "postgres", "psql": "postgres", "MySQL": "mysql", "MariaDB": "mysql", "MSSQL": "mssql", "Microsoft SQL Server": "mssql",
		"rsync": "rsync", "NFS": "nfs", "SMB": "smb", "Samba": "smb", "Windows Shares": "smb", "LDAP": "ldap", "VNC": "vnc", "X11": "x11", "X Server": "x11",
		"RDP": "rdp", "Remote Desktop": "rdp", "Telnet": "telnet", "TFTP": "tftp", "SNMP": "snmp", "NTP": "ntp", "DNS": "dns", "SSDP": "ssdp", "UPnP": "ssdp",
		"Chargen": "chargen", "ADB": "adb", "Android Debug Bridge": "adb", "JDWP": "jdwp", "EPMD": "epmd", "Erlang": "epmd", "IPMI": "ipmi", "IPP": "ipp",
		"CUPS": "ipp", "MQTT": "mqtt", "Mosquitto": "mqtt", "AMQP": "amqp", "RabbitMQ": "amqp", "ActiveMQ": "activemq", "Modbus": "modbus", "BACnet": "bacnet",
		"RTSP": "rtsp", "Cisco Smart Install": "cisco_smart_install", "Portmapper": "portmapper", "rpcbind": "portmapper",
	} {
		if v := new(reader).judgeTest("", name+" Unauthenticated Access", ""); v.Service != want || v.Strength != Observed || v.Kind != ExposedService {
			t.Errorf("%s: %s %s %s, want %s", name, v.Kind, v.Service, v.Strength, want)
		}
	}
}

// What the names of tests say, word by word.
func TestWordsOfTests(t *testing.T) {
	for _, tt := range []struct{ name, want string }{
		{"Redis Unauth", "observed"}, {"Redis Without Authentication", "observed"}, {"Redis no password", "observed"}, {"Redis No-Auth", "observed"},
		{"Redis Missing Authentication", "observed"}, {"Redis does not require a password", "observed"}, {"Redis Unprotected by Password Authentication", "observed"},
		{"Redis lacks authentication", "observed"}, {"Redis Unpassworded Account", "observed"}, {"Unprotected Redis", "observed"}, {"Redis Anonymous Access", "observed"},
		{"Redis Unrestricted Access", "observed"}, {"Redis Publicly Access", "observed"}, {"SMB Shares Unprivileged Access", "observed"}, {"SMB NULL Session", "observed"},
		{"SNMP Default Community Name", "observed"}, {"DNS Open Resolver", "observed"}, {"DNS Recursive Queries", "observed"}, {"Exposed Redis", "observed"}, {"Redis - Exposure", "observed"},
		{"Open Mail Relay", "observed"}, {"MTA Open Mail Relaying Allowed", "observed"}, {"QMTP Open Relay", "observed"}, {"Open HTTP Proxy", "observed"}, {"Open SOCKS5 Proxy", "observed"},
		{"Redis", "contradicted"}, {"Redis Detection", "contradicted"}, {"Redis Server Authentication", "contradicted"}, {"HTTP Proxy Server Detection", "contradicted"}, {"SMTP Server Detection", "contradicted"},
		{"CVE-2022-0543 Redis Unauthenticated Access", "contradicted"}, {"Redis Unauthenticated RCE", "contradicted"}, {"Redis Unauthenticated Code Execution", "contradicted"},
		{"Redis Unauthenticated Command Execution", "contradicted"}, {"Redis Unauthenticated SQL Injection", "contradicted"}, {"Redis Unauthenticated Heap Overflow", "contradicted"},
		{"Redis Unauthenticated Path Traversal", "contradicted"}, {"Redis Unauthenticated Authentication Bypass", "contradicted"}, {"Redis Unauthenticated Denial of Service", "contradicted"},
		{"Redis Unauthenticated DoS", "contradicted"}, {"Redis Unauthenticated Deserialization", "contradicted"}, {"Redis Unauthenticated XSS", "contradicted"}, {"Redis Unauthenticated CSRF", "contradicted"},
		{"Redis Unauthenticated SSRF", "contradicted"}, {"Redis Unauthenticated Privilege Escalation", "contradicted"}, {"Redis Unauthenticated Arbitrary File Write", "contradicted"},
		{"Redis Unauthenticated File Read", "contradicted"}, {"Redis Unauthenticated Takeover", "contradicted"}, {"Redis Unauthenticated Backdoor", "contradicted"}, {"Redis without authentication: weak cipher", "contradicted"},
		{"Redis Unauthenticated Certificate", "contradicted"}, {"Redis Unauthenticated Vulnerability", "contradicted"}, {"Redis Unauthenticated Multiple Vulnerabilities", "contradicted"}, {"Redis No Authentication End of Life", "contradicted"},
		{"Redis No Authentication Outdated", "contradicted"}, {"Redis 6.2 < 6.2.7 No Authentication", "contradicted"}, {"Redis prior to 7 No Authentication", "contradicted"},
		{"Redis Default Login", "weak"}, {"Redis Default Credentials", "weak"}, {"Redis default-password", "weak"}, {"PostgreSQL Default Account", "weak"},
		{"Anonymous FTP Login without password", "weak"}, {"Foo No Password", "weak"},
	} {
		if v := new(reader).judgeTest("", tt.name, ""); string(v.Strength) != tt.want || strings.Contains(v.Reason, "%!") {
			t.Errorf("%s: %s (%s), want %s", tt.name, v.Strength, v.Reason, tt.want)
		}
	}
	for name, want := range map[string]string{"Open HTTP Proxy": "open-proxy http", "Open SOCKS5 Proxy": "open-proxy socks5", "HTTP Proxy Open Relay Detection": "open-proxy http",
		"Open Mail Relay": "open-relay smtp", "SMTP Open Relay": "open-relay smtp", "MTA Open Mail Relaying Allowed": "open-relay smtp"} {
		if v := new(reader).judgeTest("", name, ""); string(v.Kind)+" "+v.Service != want {
			t.Errorf("%s: %s %s, want %s", name, v.Kind, v.Service, want)
		}
	}
}

// What search engines show of services, one by one.
func TestIndexedServices(t *testing.T) {
	for _, tt := range []struct{ service, banner, details, want string }{
		{"redis", "redis_version:7", "", "redis verified"}, {"redis", "", `{"redis_version":"7"}`, "redis verified"},
		{"memcached", "STAT pid 1", "", "memcached verified"}, {"memcache", "STAT version 1", "", "memcached verified"}, {"memcached_udp", "x", "", "memcached weak"},
		{"mongo", "", `{"totalSize":1}`, "mongodb verified"}, {"mongodb", "", `{"sizeOnDisk":1}`, "mongodb verified"}, {"mongodb", "MongoDB Server Information", "", "mongodb weak"},
		{"elastic", "You Know, for Search", "", "elasticsearch verified"}, {"elasticsearch", "", `{"cluster_name":"x"}`, "elasticsearch verified"}, {"elasticsearch", "", `{"cluster_name":"x","status_code":401}`, "elasticsearch weak"},
		{"couchdb", `{"couchdb": "Welcome"}`, "", "couchdb weak"}, {"couchdb", "", `{"dbs": ["shop"]}`, "couchdb verified"}, {"couchdb", "", `{"dbs":[]}`, "couchdb weak"}, {"vnc", "Security Types: None", "", "vnc verified"}, {"vnc", "", `{"1":"None"}`, "vnc verified"}, {"vnc", "RFB 003.008", "", "vnc weak"},
		{"docker", "", `{"ApiVersion":"1"}`, "docker verified"}, {"docker", "Docker Containers:", "", "docker verified"}, {"docker", "", `{"MinAPIVersion":"1"}`, "docker verified"},
		{"android_debug_bridge", "device::ro.product.name=x", "", "adb verified"}, {"rsync", "backup\n@RSYNCD: EXIT", "", "rsync weak"}, {"mqtt", "MQTT Connection Code: 0", "", "mqtt verified"},
		{"mqtt", "MQTT Connection Code: 5", "", "mqtt weak"}, {"snmp", "sysDescr", "", "snmp verified"}, {"snmp_v2", "1.3.6.1.2.1.1.1", "", "snmp verified"}, {"snmp", "x", "", "snmp contradicted"},
		{"dns_udp", "Recursion: enabled", "", "dns verified"}, {"dns_tcp", "", `{"recursion_available": true}`, "dns verified"}, {"dns", "Recursion: disabled", "", "dns contradicted"},
		{"modbus", "Unit ID: 1", "", "modbus verified"}, {"x_windows", "x", "", "x11 weak"}, {"kubelet", "x", "", "kubernetes weak"}, {"postgresql", "x", "", "postgres weak"}, {"ms_rdp", "x", "", "rdp weak"},
		{"portmap_udp", "x", "", "portmapper contradicted"}, {"portmap_tcp", "x", "", "portmapper contradicted"}, {"ssh", "x", "", "ssh contradicted"}, {" SSH ", "x", "", "ssh contradicted"},
		{"rdp", "", "", "rdp weak"}, {"smb", "", "", "smb weak"}, {"telnet", "", "", "telnet weak"}, {"ipmi", "", "", "ipmi weak"}, {"mysql", "", "", "mysql weak"}, {"mssql", "", "", "mssql weak"}, {"ldap", "", "", "ldap weak"},
		{"afp", "", "", "afp weak"}, {"amqp", "", "", "amqp weak"}, {"couchdb", "", "", "couchdb weak"}, {"adb", "", "", "adb weak"}, {"rsync", "", "", "rsync weak"}, {"docker", "", "", "docker weak"},
		{"Ünsinn", "", "", " contradicted"}, {"", "", "", " contradicted"},
		{"redis", "-NOAUTH Authentication required. redis_version:7", "", "redis contradicted"},
	} {
		if v := judgeIndexed(tt.service, tt.banner, tt.details); v.Service+" "+string(v.Strength) != tt.want {
			t.Errorf("%s %q %q: %s %s, want %s", tt.service, tt.banner, tt.details, v.Service, v.Strength, tt.want)
		}
	}
}

// The ports that zgrab2's modules ask by default, where nothing says another.
func TestUsualPortsOfModules(t *testing.T) {
	for module, port := range map[string]uint16{"http": 80, "smtp": 25, "redis": 6379, "socks5": 1080, "mongodb": 27017, "ftp": 21, "ssh": 22, "telnet": 23, "tls": 443,
		"imap": 143, "pop3": 110, "mysql": 3306, "postgres": 5432, "mssql": 1433, "oracle": 1521, "ntp": 123, "modbus": 502, "bacnet": 47808, "fox": 1911, "dnp3": 20000,
		"siemens": 102, "ipp": 631, "smb": 445, "banner": 80, "memcached": 11211, "mqtt": 1883, "amqp091": 5672, "pptp": 1723, "jarm": 443} {
		got := judged(`{"ip":"192.0.2.1","data":{"`+module+`":{"status":"success"}}}`, "in", Options{})
		if len(got) != 1 || !strings.HasPrefix(got[0], fmt.Sprintf("192.0.2.1 %d/tcp ", port)) {
			t.Errorf("%s: %q, want %d", module, got, port)
		}
	}
	for _, guessed := range []string{
		`"redis":{"status":"success","result":{"ping_response":"PONG"}}`,
		`"redis":{"status":"success","result":{"info_response":"redis_version:7"}}`,
		`"http":{"status":"success","result":{"response":{"status_code":200,"body":"You Know, for Search"}}}`,
	} {
		in := `{"ip":"192.0.2.1","data":{` + strings.Replace(guessed, `"status"`, `"timestamp":"2026-03-01T09:00:00Z","status"`, 1) + `}}`
		if got := judged(in, "in", Options{}); !strings.Contains(got[0], " weak zgrab2/guessed-port ") {
			t.Errorf("%q", got)
		}
		if got := judged(in, "in", Options{Port: 99}); !strings.Contains(got[0], " 99/tcp ") || strings.Contains(got[0], " weak ") {
			t.Errorf("%q", got)
		}
	}
}

// What one test printed says nothing of where it ran next.
func TestANameIsRememberedAndNotWhatWasPrinted(t *testing.T) {
	rd := new(reader)
	for range 2 {
		for output, want := range map[string]string{"": "open-proxy http observed", "-NOAUTH Authentication required": "exposed-service redis contradicted"} {
			v := rd.judgeTest("", "Redis: Open HTTP Proxy", output)
			if got := string(v.Kind) + " " + v.Service + " " + string(v.Strength); got != want || v.Evidence != strings.TrimSpace("Redis: Open HTTP Proxy: "+output) {
				t.Errorf("%q: %s, %q", output, got, v.Evidence)
			}
		}
	}
	for n := range maxTitles + 2 {
		rd.judgeTest("", strconv.Itoa(n), "")
	}
	if len(rd.titles) > maxTitles {
		t.Errorf("%d names are remembered", len(rd.titles))
	}
}
