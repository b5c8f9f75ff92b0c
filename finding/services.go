package finding

import (
	"cmp"
	"slices"
	"strings"
)

// A service is one that should not face strangers, and what shows that it does.
//
// A service that is meant to be reached (web, mail, name service for its own
// zones, SSH) has no row, or one that only a script's words can satisfy.
type service struct {
	name    string
	port    uint16            // where it usually listens
	nmap    []string          // what nmap calls it
	scripts map[string]string // nmap scripts that used it, each with the words that say so; "" if any do
	probed  string            // the product that a probe names once it was served; "" if a probe shows nothing
	version bool              // … and only if it told its version, which it does not before a login
	weak    bool              // a probe shows that it is there, but not whether it asks for a password
	why     string            // in place of the usual reason
}

const (
	anyProduct = "*"
	login      = "it answers strangers, though it may still ask for a password"
	amplifies  = "it answers strangers, who can use it against others"
	controls   = "it answers strangers, and its protocol knows no password"
)

var services = []service{
	{name: "adb", port: 5555, nmap: []string{"adb"}, probed: "Android Debug Bridge"},
	{name: "bacnet", port: 47808, nmap: []string{"bacnet"}, scripts: map[string]string{"bacnet-info": ""}, probed: anyProduct, why: controls},
	{name: "chargen", port: 19, nmap: []string{"chargen"}, probed: anyProduct, why: amplifies},
	{name: "coap", port: 5683, nmap: []string{"coap"}, scripts: map[string]string{"coap-resources": ""}},
	{name: "couchdb", port: 5984, scripts: map[string]string{"couchdb-databases": "1 ="}},
	{name: "dns", port: 53, nmap: []string{"domain"}, scripts: map[string]string{"dns-recursion": "appears to be enabled"}, why: "it resolves names for strangers, who can use it against others"},
	{name: "docker", port: 2375, nmap: []string{"docker"}, scripts: map[string]string{"docker-version": "Version:"}, probed: "Docker remote API"},
	{name: "elasticsearch", port: 9200, nmap: []string{"elasticsearch"}, probed: "Elasticsearch REST API"},
	{name: "enip", port: 44818, scripts: map[string]string{"enip-info": ""}, why: controls},
	{name: "epmd", port: 4369, nmap: []string{"epmd"}, scripts: map[string]string{"epmd-info": ""}},
	{name: "fox", port: 1911, scripts: map[string]string{"fox-info": ""}, why: controls},
	{name: "ipmi", port: 623, nmap: []string{"asf-rmcp"}, scripts: map[string]string{"ipmi-cipher-zero": "VULNERABLE", "ipmi-version": ""}, why: login},
	{name: "ipp", port: 631, nmap: []string{"ipp"}, scripts: map[string]string{"cups-info": "", "cups-queue-info": ""}, probed: anyProduct, weak: true},
	{name: "jdwp", port: 8000, nmap: []string{"jdwp"}, scripts: map[string]string{"jdwp-info": ""}, probed: anyProduct},
	{name: "jetdirect", port: 9100, nmap: []string{"jetdirect"}, scripts: map[string]string{"pjl-ready-message": ""}, probed: anyProduct},
	{name: "memcached", port: 11211, nmap: []string{"memcached", "memcache"}, scripts: map[string]string{"memcached-info": "Uptime:"}, probed: "Memcached", version: true},
	{name: "modbus", port: 502, nmap: []string{"modbus", "mbap"}, scripts: map[string]string{"modbus-discover": "sid"}, probed: "Modbus", why: controls},
	{name: "mongodb", port: 27017, nmap: []string{"mongodb", "mongod"}, scripts: map[string]string{"mongodb-databases": "databases"}, probed: "MongoDB", weak: true},
	{name: "mqtt", port: 1883, nmap: []string{"mqtt"}, scripts: map[string]string{"mqtt-subscribe": "Topics"}, probed: "mosquitto", weak: true},
	{name: "netbios", port: 137, nmap: []string{"netbios-ns"}, probed: anyProduct, why: amplifies},
	{name: "ntp", port: 123, nmap: []string{"ntp"}, scripts: map[string]string{"ntp-monlist": ""}, why: "it tells strangers who asked it, which can be used against others"},
	{name: "portmapper", port: 111, nmap: []string{"rpcbind"}, scripts: map[string]string{"rpcinfo": "program", "nfs-showmount": "/"}, why: amplifies},
	{name: "rdp", port: 3389, nmap: []string{"ms-wbt-server"}, scripts: map[string]string{"rdp-ntlm-info": "", "rdp-enum-encryption": ""}, probed: anyProduct, why: login},
	{name: "redis", port: 6379, nmap: []string{"redis"}, scripts: map[string]string{"redis-info": "Version:"}, probed: "Redis", version: true},
	{name: "rtsp", port: 554, nmap: []string{"rtsp"}, scripts: map[string]string{"rtsp-url-brute": "discovered"}, probed: anyProduct, weak: true},
	{name: "s7", port: 102, nmap: []string{"iso-tsap"}, scripts: map[string]string{"s7-info": ""}, probed: "Siemens S7", why: controls},
	{name: "smb", port: 445, nmap: []string{"microsoft-ds", "netbios-ssn"}, probed: anyProduct, why: login},
	{name: "snmp", port: 161, nmap: []string{"snmp"}, scripts: map[string]string{"snmp-sysdescr": "", "snmp-interfaces": "", "snmp-netstat": "", "snmp-processes": ""}, probed: "SNMPv1 server", why: "it answers strangers who use a well-known community"},
	{name: "ssdp", port: 1900, nmap: []string{"upnp"}, scripts: map[string]string{"upnp-info": ""}, probed: anyProduct, weak: true, why: amplifies},
	{name: "telnet", port: 23, nmap: []string{"telnet"}, scripts: map[string]string{"telnet-encryption": "", "telnet-ntlm-info": ""}, probed: anyProduct, why: login},
	{name: "tftp", port: 69, nmap: []string{"tftp"}, scripts: map[string]string{"tftp-enum": ""}},
	{name: "vnc", port: 5900, nmap: []string{"vnc"}, scripts: map[string]string{"vnc-info": "does not require authentication", "realvnc-auth-bypass": "VULNERABLE", "vnc-title": "name:"}, probed: anyProduct, why: login},
	{name: "x11", port: 6000, nmap: []string{"x11"}, scripts: map[string]string{"x11-access": "access is granted"}, probed: "X"},
}

// A port is one open port as nmap saw it.
type port struct {
	name, product, version, extra string // of its service element
	banner                        string // masscan's
	probed                        bool   // the scanner spoke to it; else the name is only the port number's
	scripts                       []script
}

type script struct{ id, output string }

// service takes in a service element by its attributes.
func (p *port) service(at func(string) string) {
	p.name = strings.ToLower(at("name"))
	p.product, p.version, p.extra, p.banner = at("product"), at("version"), at("extrainfo"), at("banner")
	p.probed = at("method") == "probed" && at("conf") == "10"
}

// text is the service as nmap prints it.
func (p port) text() string {
	return strings.Join(strings.Fields(p.product+" "+p.version+" "+p.extra+" "+p.banner), " ")
}

// judgePort weighs everything that nmap says about one port.
func judgePort(p port, number uint16, args scanArgs) verdict {
	var vs []verdict
	for _, s := range p.scripts {
		switch s.id {
		case "smtp-open-relay":
			vs = append(vs, judgeRelay(s.output))
		case "http-open-proxy":
			vs = append(vs, judgeHTTPProxy(s.output, args))
		case "socks-open-proxy":
			vs = append(vs, judgeSOCKS(s.output))
		default:
			if v, ok := judgeScript(s); ok {
				vs = append(vs, v)
			}
		}
	}
	denied := func(v verdict) bool {
		return slices.ContainsFunc(vs, func(s verdict) bool { return s.rule == scriptRefused && s.Service == v.Service })
	}
	if v, ok := judgeProbe(p); ok && (v.Strength != Weak || len(vs) == 0) && !denied(v) {
		vs = append(vs, v)
	}
	if len(vs) == 0 {
		return portAlone(p, number)
	}
	return best(vs)
}

// judgeScript judges a script that uses one of the services.
func judgeScript(s script) (verdict, bool) {
	i := slices.IndexFunc(services, func(sv service) bool { _, ok := sv.scripts[s.id]; return ok })
	if i < 0 {
		return verdict{}, false
	}
	sv := services[i]
	v := verdict{Kind: ExposedService, Service: sv.name, Evidence: s.id + ": " + s.output}
	output, words := strings.TrimSpace(s.output), sv.scripts[s.id]
	switch {
	case refused(output):
		v.by(scriptRefused, s.id)
	case output == "" || strings.HasPrefix(output, "ERROR") || !strings.Contains(output, words):
		return v, false
	case sv.why == "", sv.why == login && words != "":
		v.by(scriptUsed, s.id)
	default:
		v.by(scriptSeen, sv.why, s.id)
	}
	return v, true
}

// judgeProbe judges the service line of a port that the scanner spoke to.
func judgeProbe(p port) (verdict, bool) {
	if !p.probed || p.product == "" {
		return verdict{}, false
	}
	i := slices.IndexFunc(services, func(sv service) bool {
		return slices.Contains(sv.nmap, p.name) || len(sv.probed) > 2 && strings.HasPrefix(p.product, sv.probed)
	})
	if i < 0 {
		return verdict{}, false
	}
	sv := services[i]
	v := verdict{Kind: ExposedService, Service: sv.name, Evidence: p.text()}
	switch {
	case refused(p.extra):
		v.by(probeRefused)
	case sv.probed == "" || sv.probed != anyProduct && !strings.HasPrefix(p.product, sv.probed):
		return v, false
	case sv.weak || sv.why == login || sv.version && p.version == "":
		v.by(probeThere)
	case sv.why == "":
		v.by(probeTold)
	default:
		v.by(probeSeen, sv.why)
	}
	return v, true
}

// portAlone is what a port is worth that nothing supports: it was looked at.
func portAlone(p port, number uint16) verdict {
	v := verdict{Kind: ExposedService, Evidence: p.text(), Service: p.name}
	v.by(portOpen)
	if p.probed || p.banner != "" {
		v.by(portProbed)
	}
	if i := slices.IndexFunc(services, func(sv service) bool {
		return slices.Contains(sv.nmap, p.name) || p.name == "" && sv.port == number
	}); i >= 0 {
		v.Service = services[i].name
	}
	switch p.name {
	case "":
		v.Kind, v.Service = cmp.Or(usualKind[number], v.Kind), cmp.Or(usualService[number], v.Service)
	case "smtp", "smtps", "submission":
		v.Kind = OpenRelay
	case "http-proxy", "squid-http", "polipo", "socks", "socks4", "socks5":
		v.Kind = OpenProxy
	case "unknown":
		v.Service = ""
	}
	if !isService(v.Service) {
		v.Service = ""
	}
	return v
}

// Where relays and proxies usually listen, for scanners that tell no names.
var (
	usualKind    = map[uint16]Kind{25: OpenRelay, 465: OpenRelay, 587: OpenRelay, 1080: OpenProxy, 3128: OpenProxy, 8080: OpenProxy}
	usualService = map[uint16]string{25: "smtp", 465: "smtp", 587: "smtp", 1080: "socks5", 3128: "http", 8080: "http"}
)
