package finding

import (
	"cmp"
	"net/netip"
	"strings"
	"time"

	"headsup/pattern"
)

// What the tests of nuclei, Nessus and OpenVAS found stands in their names; a
// test has no other words that all three write. Most are about software.
var (
	// accessWords say that strangers may use a service.
	accessWords = re(`unauth(enticated)?\b|(without|no|missing|lacks?|not requir\w+|unprotected by)[ -]+(an? |any )?(password|auth\w*|login)` +
		`|\bunpassworded|\bunprotected\b|\banonymous\b|(unrestricted|public(ly)?|unprivileged|open) access|null session|default community` +
		`|\bopen[ -](http[ -]|socks\d?[ -]|mail[ -]|smtp[ -]|mta[ -])*(relay|proxy|resolver)|relaying allowed|mail relay(ing)?\b|recursive quer(y|ies)` +
		`|^exposed[ -]|[ -]exposure$|\bexposed (redis|docker|memcached|mongodb|elasticsearch|adb|zookeeper)`)

	// softwareWords say that a test is about what can be attacked, whatever else
	// its name says.
	softwareWords = re(`\bcve-\d|\brce\b|code execution|command execution|injection|overflow|traversal|bypass|denial.of.service|\bdos\b|deseriali` +
		`|\bxss\b|\bcsrf\b|\bssrf\b|privilege escalation|arbitrary file|file (read|upload|inclusion)|takeover|backdoor|weak (cipher|algorithm|mac|key)|cipher|certificate` +
		`|vulnerabilit(y|ies)|end.of.life|outdated|< ?\d|prior to`)

	loginWords = re(`default[ -](login|credential|password|account|user)`)
	proxyWords = re(`\b(http|https|socks\w*|web|connect)[ -]proxy|open[ -](\w+[ -])*proxy|\bproxy\b.*\b(open|relay|arbitrary|unauth)`)
	relayWords = re(`\b(mail|smtp|mta|qmtp)\b.*relay|relay.*\b(mail|smtp|mta)\b`)
)

// served are the services that the names of tests name, the first that is
// found counts.
var served = []struct {
	words *pattern.Pattern
	name  string
}{
	{re(`redis`), "redis"}, {re(`mongo`), "mongodb"}, {re(`memcache`), "memcached"}, {re(`elastic`), "elasticsearch"}, {re(`couchdb`), "couchdb"},
	{re(`kubelet|kubernetes|\bk8s\b`), "kubernetes"}, {re(`docker`), "docker"}, {re(`\betcd\b`), "etcd"}, {re(`zookeeper`), "zookeeper"},
	{re(`cassandra`), "cassandra"}, {re(`clickhouse`), "clickhouse"}, {re(`influx`), "influxdb"}, {re(`hadoop|hdfs|\byarn\b`), "hadoop"},
	{re(`postgres|\bpsql\b`), "postgres"}, {re(`mysql|mariadb|\btidb\b`), "mysql"}, {re(`\bmssql|sql server\b`), "mssql"},
	{re(`rsync`), "rsync"}, {re(`\bnfs\b`), "nfs"}, {re(`\bsmb\b|samba|\bcifs\b|windows shares?`), "smb"}, {re(`\bldap\b`), "ldap"},
	{re(`\bvnc\b`), "vnc"}, {re(`\bx11\b|x server`), "x11"}, {re(`\brdp\b|remote desktop`), "rdp"}, {re(`telnet`), "telnet"}, {re(`\btftp\b`), "tftp"},
	{re(`\bsnmp\b`), "snmp"}, {re(`\bntp\b`), "ntp"}, {re(`\bdns\b|resolver`), "dns"}, {re(`\bssdp\b|upnp`), "ssdp"}, {re(`chargen`), "chargen"},
	{re(`\badb\b|android debug`), "adb"}, {re(`\bjdwp\b`), "jdwp"}, {re(`\bepmd\b|erlang`), "epmd"}, {re(`\bipmi\b`), "ipmi"}, {re(`\bipp\b|cups|printer`), "ipp"},
	{re(`mqtt|mosquitto`), "mqtt"}, {re(`amqp|rabbitmq`), "amqp"}, {re(`activemq`), "activemq"}, {re(`modbus`), "modbus"}, {re(`bacnet`), "bacnet"},
	{re(`rtsp`), "rtsp"}, {re(`cisco.*smart|\bsmi\b`), "cisco_smart_install"}, {re(`portmap|rpcbind`), "portmapper"}, {re(`\bftp\b`), "ftp"},
}

// A title is what the name of a test says, whatever the test printed.
type title struct {
	verdict
	served string // by its name; a proxy or a relay is one whatever serves there
	access bool   // strangers may use it, if nothing that was printed says no
}

// maxTitles bounds what a reader remembers. A scanner has some thousand tests,
// and a report millions of rows.
const maxTitles = 10_000

// judgeTest judges a test by its name, and by its id where that has words.
// output is what it printed; it cannot make a finding of what the name does not.
func (rd *reader) judgeTest(id, name, output string) verdict {
	key := [2]string{id, name}
	t, known := rd.titles[key]
	if !known {
		t = titled(id, name)
		if len(rd.titles) >= maxTitles || rd.titles == nil {
			rd.titles = map[[2]string]title{}
		}
		rd.titles[key] = t
	}
	v := t.verdict
	if t.access && refused(output) {
		v.Kind, v.Service = ExposedService, t.served
		v.by(testRefused, shortName(id, name))
	}
	v.Evidence = strings.TrimSpace(name + ": " + output)
	return v
}

func shortName(id, name string) string { return Clean(cmp.Or(name, id), 120) }

func titled(id, name string) title {
	words := strings.TrimSpace(strings.ReplaceAll(id, "_", "-"))
	t := title{verdict: verdict{Kind: ExposedService}}
	either := func(r *pattern.Pattern) bool { return r.MatchString(words) || r.MatchString(name) }
	for _, s := range served {
		if either(s.words) {
			t.Service, t.served = s.name, s.name
			break
		}
	}
	rule := testAccess
	switch {
	case either(softwareWords):
		rule = testRemark
	case either(loginWords):
		rule = testLogin
	case !either(accessWords):
		rule = testRemark
	default:
		t.access = true
		switch {
		case either(proxyWords):
			t.Kind, t.Service = OpenProxy, "http"
			if strings.Contains(strings.ToLower(words+name), "socks") {
				t.Service = "socks5"
			}
		case either(relayWords):
			t.Kind, t.Service = OpenRelay, "smtp"
		case t.Service == "ftp":
			rule = testPublic
		case t.Service == "":
			rule = testUnknown
		}
	}
	t.by(rule, shortName(id, name))
	return t
}

// A place is where a verdict is about: as a scanner wrote it.
type place struct {
	addr, port, proto string
	seen              time.Time
	err               error // of seen
}

// judged yields a verdict about a place.
func (rd *reader) judged(v verdict, p place) error { return rd.row(placed(rd, v, p)) }

// placed returns what a verdict says of a place. What is no finding need not
// have one.
func placed(rd *reader, v verdict, p place) (Finding, error) {
	none := v.Strength == Contradicted
	addr, beside, err := addrPort(p.addr)
	if none && err != nil {
		addr, beside, err = netip.Addr{}, 0, nil
	}
	var number uint16
	var proto string
	if err == nil {
		number, proto, err = portBeside(rd, beside, p.port)
		if none && err != nil {
			number, err = 0, nil
		}
	}
	if err == nil {
		if proto, err = protoBeside(proto, p.proto); none {
			err = nil
		}
	}
	if err == nil && p.err != nil && !none {
		err = p.err
	}
	if none && p.err != nil {
		p.seen = time.Time{}
	}
	return v.of(addr, number, proto, p.seen), err
}
