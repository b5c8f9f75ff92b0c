package finding

import (
	"strings"

	"headsup/pattern"
)

// A report is one type of Shadowserver's reports of scans, with what decides
// about a row of it. Columns are those of report_schema (reports.json).
type report struct {
	name    string // without scan_
	service string // where it is not called as the report is
	kind    Kind   // where it is not ExposedService
	proto   string // where a row does not say: older reports have no such column
	rule    *Rule  // of rows whose columns say nothing else
	says    []says // the first that applies decides
}

// A says is what a column says where it has a value like this. A column that a
// report lacks says nothing.
type says struct {
	column string // or several, joined by "+": their values one after another
	value  *pattern.Pattern
	rule   *Rule
}

func re(s string) *pattern.Pattern { return pattern.New(`(?i)` + s) }

var (
	isYes     = re(`^(y|yes|true|t|on|1(\.0+)?)$`)
	isNo      = re(`^(n|no|false|f|off|0(\.0+)?)$`)
	isEmpty   = re(`^\s*$`)
	isThere   = re(`\S`)
	isWeb     = re(`\bHTTP/\d\.\d \d{3}\b|<(!doctype|html|head|body|h[1-6])\b`) // what answered is no such service
	isRefusal = re(`refused|not authori|unauthori|denied|forbidden|\bnoauth\b|^4\.0[13]\b|(password|auth\w*)[ _](is )?(required|failed|absent)`)
)

// What the columns of reports are worth.
var (
	reportLists     = worth(Observed, "shadowserver/lists", "a row of a report about services that should not face strangers", "Shadowserver lists it in its report %s", srcShadow)
	reportSays      = worth(Observed, "shadowserver/says-yes", "a column that says that it let Shadowserver in", "Shadowserver lists it in its report %s, and says that it let strangers in", srcShadow)
	reportRefused   = nothing(refusedClass, "shadowserver/says-no", "a column that says that it asks for a password, refused or shows nothing", "it refused Shadowserver, as it should (%s)", srcShadow)
	reportUnclear   = worth(Weak, "shadowserver/unclear", "a column that says that it answered with an error, as a web server, or with nothing", "Shadowserver got an answer that does not show that it serves strangers (%s)", srcShadow)
	reportReached   = worth(Weak, "shadowserver/accessible", "a report about services that are meant to be reached", "Shadowserver's report %s lists a service that is meant to be reached", srcShadow)
	reportSoftware  = worth(Weak, "shadowserver/software", "a report about software or malware", "Shadowserver's report %s is about the software behind the port, not about who may use it", srcShadow)
	reportCounts    = worth(Weak, "shadowserver/population", "a report of the group population", "Shadowserver's report %s counts what can be reached, not what is open", srcShadow)
	reportUnknown   = worth(Weak, "shadowserver/unknown", "a report of a scan for which there is no rule", "headsup has no rule for Shadowserver's report %s", srcShadow)
	reportPassword  = nothing(proxyClass, "shadowserver/proxy-407", "http_code 401, 403 or 407 of a proxy", "the proxy asked Shadowserver for a password (%s)", srcShadow)
	reportNoService = nothing(meantClass, "shadowserver/unwilling", "a column that says that it serves nobody", "it told Shadowserver that it serves nobody (%s)", srcShadow)
)

// httpSays is what reports say that hold an answer of HTTP.
var httpSays = []says{
	{"http_code", re(`^(401|403|407)$`), reportRefused},
	{"http_code", re(`^2\d\d$`), reportLists},
	{"http_code", isThere, reportUnclear},
}

// reports are the types of Shadowserver's reports of scans (types.md).
//
// Accessible is what is meant to be reached (severity info or low); about
// software is what can be attacked, which is another matter than one that
// headsup writes about.
var reports = []report{
	{name: "activemq", rule: reportLists},
	{name: "adb", rule: reportLists, says: []says{{"name+model+device+features", isEmpty, reportUnclear}}},
	{name: "afp", rule: reportLists},
	{name: "amqp", rule: reportUnclear, says: []says{{"mechanisms", re(`\banonymous\b`), reportSays}, {"mechanisms", isThere, reportRefused}}},
	{name: "ard", proto: "udp", rule: reportLists},
	{name: "badsecrets", rule: reportSoftware},
	{name: "beacon", rule: reportSoftware},
	{name: "bgp", rule: reportLists, says: []says{{"message_type", re(`^open`), reportLists}, {"message_type", isThere, reportNoService}}},
	{name: "chargen", proto: "udp", rule: reportLists},
	{name: "cisco_smart_install", rule: reportLists},
	{name: "coap", proto: "udp", rule: reportLists, says: []says{{"response", isRefusal, reportRefused}}},
	{name: "couchdb", rule: reportLists, says: []says{
		{"error", isThere, reportRefused}, {"visible_databases", re(`^\s*(none visible)?\s*$`), reportRefused}}},
	{name: "cwmp", rule: reportLists, says: httpSays},
	{name: "db2", proto: "udp", rule: reportLists},
	{name: "ddos_middlebox", rule: reportSoftware},
	{name: "dns", proto: "udp", rule: reportLists},
	{name: "docker", rule: reportLists, says: httpSays},
	{name: "dvr_dhcpdiscover", proto: "udp", rule: reportLists},
	{name: "elasticsearch", rule: reportLists, says: append([]says{{"ok", isNo, reportRefused}}, httpSays...)},
	{name: "epmd", rule: reportLists},
	{name: "exchange", rule: reportSoftware},
	{name: "ftp", rule: reportReached},
	{name: "gtp", proto: "udp", rule: reportReached},
	{name: "hadoop", rule: reportLists},
	{name: "http", rule: reportReached},
	{name: "http_proxy", service: "http", kind: OpenProxy, rule: reportLists, says: []says{
		{"http_code", re(`^(401|403|407)$`), reportPassword}, {"http_code", re(`^2\d\d$`), reportLists}, {"http_code", isThere, reportUnclear}}},
	{name: "http_vulnerable", rule: reportSoftware},
	{name: "ics", rule: reportLists},
	{name: "imap", rule: reportReached},
	{name: "imap_vulnerable", rule: reportSoftware},
	{name: "ip_tunnel", rule: reportSoftware},
	{name: "ipmi", proto: "udp", rule: reportLists},
	{name: "ipp", rule: reportLists},
	{name: "isakmp", proto: "udp", rule: reportSoftware},
	{name: "kubernetes", rule: reportLists, says: httpSays},
	{name: "ldap", rule: reportLists},
	{name: "ldap_tcp", service: "ldap", rule: reportLists},
	{name: "ldap_udp", service: "ldap", proto: "udp", rule: reportLists},
	{name: "log4shell_vulnerable", rule: reportSoftware},
	{name: "loop_dos", proto: "udp", rule: reportSoftware},
	{name: "mdns", proto: "udp", rule: reportLists},
	{name: "memcached", rule: reportLists},
	{name: "mikrotik_population", rule: reportReached},
	{name: "mikrotik_service", rule: reportLists},
	{name: "modbus", rule: reportLists},
	{name: "mongodb", rule: reportLists, says: []says{
		{"visible_databases", re(`^\s*(none visible)?\s*$`), reportRefused}, {"ok", isNo, reportRefused}}},
	{name: "mqtt", rule: reportUnclear, says: append([]says{{"anonymous_access", isNo, reportRefused}}, append(mqttSays,
		says{"anonymous_access", isYes, reportSays}, says{"code", re(`accepted`), reportSays}, says{"hex_code", re(`^0+$`), reportSays})...)},
	{name: "mqtt_anon", service: "mqtt", rule: reportSays, says: mqttSays},
	{name: "msmq", rule: reportLists},
	{name: "msrdpeudp", service: "rdpeudp", proto: "udp", rule: reportLists},
	{name: "msrpc", rule: reportLists},
	{name: "mssql", proto: "udp", rule: reportLists},
	{name: "mysql", rule: reportLists, says: []says{
		{"error_code", re(`^(1045|1129|1130|1251|1698|3118|3159)$`), reportRefused},
		{"error_message", re(`blocked|not allowed|denied|refused|locked`), reportRefused},
		{"error_code", re(`^\d{4,5}$`), reportUnclear}}}, // such as 1040, too many connections: nobody was let in
	{name: "nat_pmp", proto: "udp", rule: reportLists},
	{name: "netbios", proto: "udp", rule: reportLists},
	{name: "netis_router", proto: "udp", rule: reportSoftware},
	{name: "ntp", proto: "udp", rule: reportLists},
	{name: "ntpmonitor", proto: "udp", rule: reportLists},
	{name: "pop3", rule: reportReached},
	{name: "pop3_vulnerable", rule: reportSoftware},
	{name: "portmapper", proto: "udp", rule: reportLists},
	{name: "post_exploitation_framework", rule: reportSoftware},
	{name: "postgres", rule: reportLists, says: []says{
		{"startup_error_message", re(`no postgresql user name`), reportLists}, // Shadowserver names none: no word about who may log in
		{"startup_error_message", re(`pg_hba|password|authentication|not permitted|rejects connection`), reportRefused},
		{"startup_error_code", re(`^28`), reportRefused},             // SQLSTATE class 28: invalid authorization
		{"startup_error_code", re(`^3D`), reportLists},               // no such database, which only those are told who may log in
		{"startup_error_code", re(`^[0-9A-Z]{5}$`), reportUnclear}}}, // such as 53300, too many connections
	{name: "qotd", proto: "udp", rule: reportLists},
	{name: "quic", proto: "udp", rule: reportReached},
	{name: "radmin", rule: reportLists},
	{name: "ransom", rule: reportSoftware},
	{name: "rdp", rule: reportLists},
	{name: "rdpeudp", proto: "udp", rule: reportLists},
	{name: "redis", rule: reportLists},
	{name: "rsync", rule: reportLists, says: []says{
		{"has_password", isYes, reportRefused}, {"password", isYes, reportRefused}, {"module", isEmpty, reportUnclear},
		{"motd", isWeb, reportUnclear}, {"module", isWeb, reportUnclear}}},
	{name: "sip", proto: "udp", rule: reportLists, says: []says{{"sip_code", re(`^(401|403|407)$`), reportRefused}}},
	{name: "slp", rule: reportLists, says: []says{ // 6 and 7: authentication absent, failed (RFC 2608, section 7)
		{"error_code_text", re(`authentication[ _]*(absent|failed)`), reportRefused}, {"error_code", re(`^[67]$`), reportRefused}}},
	{name: "smb", rule: reportLists},
	{name: "smtp", rule: reportReached},
	{name: "smtp_vulnerable", service: "smtp", rule: reportSoftware},
	{name: "snmp", proto: "udp", rule: reportLists, says: []says{
		{"community", isThere, reportLists}, {"version", re(`^v?3`), reportUnclear}}},
	{name: "socks", service: "socks5", kind: OpenProxy, rule: reportLists},
	{name: "ssdp", proto: "udp", rule: reportLists},
	{name: "ssh", rule: reportReached},
	{name: "ssl", rule: reportReached},
	{name: "ssl_freak", rule: reportReached},
	{name: "ssl_poodle", rule: reportReached},
	{name: "stun", proto: "udp", rule: reportReached},
	{name: "synfulknock", rule: reportSoftware},
	{name: "telnet", rule: reportLists, says: []says{{"banner", isWeb, reportUnclear}}},
	{name: "tftp", proto: "udp", rule: reportLists, says: []says{{"errorcode", re(`^2$`), reportRefused}, // access violation (RFC 1350)
		{"errormessage+error", re(`violation|denied|permission|not supported|refused`), reportRefused}}},
	{name: "ubiquiti", proto: "udp", rule: reportLists},
	{name: "vnc", rule: reportLists},
	{name: "ws_discovery", proto: "udp", rule: reportLists},
	{name: "xdmcp", proto: "udp", rule: reportLists, says: []says{{"opcode", re(`^unwilling|^decline|^refuse`), reportNoService}}},
}

// anySays are columns that mean the same in each report that has them, and in
// those that are to come. They decide where its own columns leave a finding.
var anySays = []says{
	{"anonymous_access", isNo, reportRefused},
	{"has_password", isYes, reportRefused}, {"auth_required", isYes, reportRefused}, {"authentication_required", isYes, reportRefused},
	{"password_required", isYes, reportRefused}, {"requires_authentication", isYes, reportRefused},
	{"http_code", re(`^(401|403|407)$`), reportRefused}, {"www_authenticate", isThere, reportRefused}, {"proxy_authenticate", isThere, reportRefused},
	{"error", isRefusal, reportRefused}, {"error_message", isRefusal, reportRefused}, {"error_reason", isRefusal, reportRefused},
	{"error_code_text", isRefusal, reportRefused}, {"http_reason", isRefusal, reportRefused}, {"response", isRefusal, reportRefused},
}

// mqttSays are the answers to CONNECT that refuse (MQTT 3.1.1, section 3.2.2.3).
var mqttSays = []says{{"code", isRefusal, reportRefused}, {"hex_code", re(`^0[1-5]$`), reportRefused}}

// formerReports are names that reports had before. Others were called as they
// are now without scan_, such as chargen.
var formerReports = map[string]string{"dns_openresolver": "scan_dns", "openresolver": "scan_dns"}

// reportByName returns the report of a name without scan_, or nil.
func reportByName(name string) *report {
	for i := range reports {
		if reports[i].name == name {
			return &reports[i]
		}
	}
	return nil
}

// A reported is a verdict with the protocol that a report is about.
type reported struct {
	verdict
	proto string
}

// judgeReport judges a row by the report that it stands in, and by what its
// columns say.
func judgeReport(name, tag string, get func(column string) (value string, there bool)) (v reported) {
	subject := subjectOf(name)
	v.Kind, v.Service, v.proto = ExposedService, subject, "tcp"
	r := reportByName(subject)
	if r != nil {
		v.Kind, v.proto = r.kindOr(), r.proto
		if r.service != "" {
			v.Service = r.service
		}
	}
	if r != nil && r.name == "socks" && strings.Contains(tag, "socks4") {
		v.Service = "socks4"
	}
	switch {
	case strings.HasPrefix(name, "population"):
		v.by(reportCounts, name)
	case r == nil && strings.HasSuffix(subject, "_vulnerable"):
		v.by(reportSoftware, name)
	case r == nil:
		v.by(reportUnknown, name)
	default:
		v.by(r.rule, name)
	}
	if r != nil {
		if s, value, ok := decides(r.says, get); ok {
			if v.rule != reportCounts || s.rule.Strength == Contradicted {
				v.say(s, name, value)
			}
			return v
		}
	}
	if v.Strength == Observed || v.rule == reportUnknown {
		if s, value, ok := decides(anySays, get); ok {
			v.say(s, name, value)
		}
	}
	return v
}

// decides returns the first that applies to a row, and the value that it does to.
func decides(all []says, get func(string) (string, bool)) (says, string, bool) {
	for _, s := range all {
		if value, ok := s.of(get); ok && s.value.MatchString(value) {
			return s, value, true
		}
	}
	return says{}, "", false
}

func (r *report) kindOr() Kind {
	if r.kind == "" {
		return ExposedService
	}
	return r.kind
}

// of returns the value that a says is about, and whether there is a column for it.
func (s says) of(get func(string) (string, bool)) (value string, ok bool) {
	for _, c := range strings.Split(s.column, "+") {
		v, there := get(c)
		value, ok = value+v, ok || there
	}
	return value, ok
}

// say takes over a rule, with the value that decided where it refuses or
// leaves open, and with the name of the report where it lists.
func (v *reported) say(s says, name, value string) {
	switch s.rule {
	case reportLists, reportSays:
		v.by(s.rule, name)
	default:
		shown := strings.TrimSpace(value)
		if shown == "" {
			shown = "empty"
		}
		v.by(s.rule, strings.ReplaceAll(s.column, "+", ", ")+": "+Clean(shown, 60))
	}
}
