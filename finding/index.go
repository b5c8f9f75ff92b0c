package finding

import (
	"cmp"
	"encoding/json"
	"slices"
	"strings"
)

// Search engines (Shodan, Censys) keep what a service said when they asked it.
// Most of that is a banner. used is what only those are shown that a service
// lets in, by the name of the service: one of these words must be there.
var used = map[string][]string{
	"redis":         {"redis_version:", `"redis_version"`},
	"memcached":     {"STAT pid ", "STAT version "},
	"mongodb":       {`"totalSize"`, `"sizeOnDisk"`},
	"elasticsearch": {searchPage, `"indices"`, `"cluster_name"`},
	"couchdb":       {`"dbs":["`, `"dbs": ["`}, // its front page, "Welcome", is shown to everybody
	"vnc":           {`"None"`, "Authentication disabled", "Security Types: None"},
	"docker":        {`"ApiVersion"`, "Docker Containers:", `"MinAPIVersion"`},
	"adb":           {"device::ro.product", "ro.product.name"},
	"mqtt":          {"MQTT Connection Code: 0", "Connection Accepted"},
	"snmp":          {"sysDescr", "1.3.6.1.2.1.1.1"},
	"dns":           {"Recursion: enabled", `"recursion_available": true`, `"recursion_available":true`},
	"modbus":        {"Unit ID:", `"unit_id"`},
}

// moduleNames are what search engines call services, where it is not our name.
var moduleNames = map[string]string{
	"elastic": "elasticsearch", "mongo": "mongodb", "memcache": "memcached", "x_windows": "x11",
	"android_debug_bridge": "adb", "dns_udp": "dns", "dns_tcp": "dns", "memcached_udp": "memcached", "snmp_v2": "snmp",
	"kubelet": "kubernetes", "portmap_udp": "portmapper", "portmap_tcp": "portmapper", "ms_rdp": "rdp",
	"postgresql": "postgres",
}

// askPassword are services that should not face strangers even where they ask
// for a password.
var askPassword = []string{"rdp", "smb", "telnet", "vnc", "ipmi", "mysql", "postgres", "mssql", "mongodb", "redis",
	"memcached", "elasticsearch", "couchdb", "docker", "kubernetes", "ldap", "rsync", "afp", "x11", "adb", "mqtt", "amqp"}

// judgeIndexed judges what a service said to a search engine. details is what
// the engine made of it, as JSON; the words of pages are not looked at, because
// anybody may put anything on a page.
func judgeIndexed(service, banner, details string) verdict {
	service = strings.ToLower(strings.TrimSpace(service))
	service = cmp.Or(moduleNames[service], service)
	v := verdict{Kind: ExposedService, Service: service, Evidence: clip(strings.TrimSpace(banner), maxWords)}
	if !isService(service) {
		v.Service = ""
	}
	shown := slices.ContainsFunc(used[service], func(w string) bool { return strings.Contains(banner, w) || strings.Contains(details, w) })
	if service == "elasticsearch" && strings.Contains(details, `"status_code":401`) {
		shown = false
	}
	switch {
	case refused(banner):
		v.by(indexRefused)
	case shown:
		v.by(indexUsed)
	case slices.Contains(askPassword, service):
		v.by(indexAnswers)
	default:
		v.by(indexBanner)
	}
	return v
}

// shodan reads one banner of Shodan.
func (rd *reader) shodan(text []byte) error {
	var o struct {
		IP        string `json:"ip_str"`
		Port      raw    `json:"port"`
		Transport string `json:"transport"`
		Timestamp string `json:"timestamp"`
		Data      string `json:"data"`
		Product   string `json:"product"`
		Shodan    struct {
			Module string `json:"module"`
		} `json:"_shodan"`
		Redis   raw `json:"redis"`
		Mongo   raw `json:"mongodb"`
		Elastic raw `json:"elastic"`
		CouchDB raw `json:"couchdb"`
		Docker  raw `json:"docker"`
		VNC     raw `json:"vnc"`
		DNS     raw `json:"dns"`
		HTTP    struct {
			Status int `json:"status"`
		} `json:"http"`
	}
	if ok, err := rd.decode(text, &o); !ok {
		return err
	}
	module, _, _ := strings.Cut(o.Shodan.Module, "-")
	if module == "http" || module == "https" || module == "" {
		module = shodanProduct(o.Product, module)
	}
	var details strings.Builder
	for _, d := range []raw{o.Redis, o.Mongo, o.Elastic, o.CouchDB, o.Docker, o.VNC, o.DNS} {
		details.Write(d[:min(len(d), maxWords)])
	}
	p := place{addr: o.IP, port: word(o.Port), proto: o.Transport}
	p.seen, p.err = rd.utc(o.Timestamp)
	v := judgeIndexed(module, clip(o.Data, maxWords), details.String())
	if o.HTTP.Status == 401 || o.HTTP.Status == 403 || o.HTTP.Status == 407 {
		v.by(indexRefused)
	}
	f, err := placed(rd, v, p)
	f.Reporter = cmp.Or(rd.o.Reporter, "Shodan")
	return rd.row(f, err)
}

// shodanProduct returns what service a product is, where the module is that of
// a web server or unknown.
func shodanProduct(product, module string) string {
	low := strings.ToLower(product)
	for _, name := range []string{"elastic", "couchdb", "docker", "redis", "mongo", "memcached"} {
		if strings.Contains(low, name) {
			return name
		}
	}
	return module
}

// censys reads one host, of the Search API ("ip" beside "services") or of the
// Platform ("host" around both).
func (rd *reader) censys(text []byte) error {
	type service struct {
		Port       raw    `json:"port"`
		Name       string `json:"service_name"`
		Protocol   string `json:"protocol"`
		Transport  string `json:"transport_protocol"`
		ObservedAt string `json:"observed_at"`
		ScanTime   string `json:"scan_time"`
		Banner     string `json:"banner"`
	}
	type host struct {
		IP       string `json:"ip"`
		Updated  string `json:"last_updated_at"`
		Services []raw  `json:"services"`
	}
	var o struct {
		host
		Host host `json:"host"`
	}
	if ok, err := rd.decode(text, &o); !ok {
		return err
	}
	if o.Host.IP != "" {
		o.host = o.Host
	}
	for _, details := range o.Services {
		var s service
		if err := json.Unmarshal(details, &s); err != nil {
			if err := rd.row(Finding{}, wrong(&valueTypeError{err})); err != nil {
				return err
			}
			continue
		}
		p := place{addr: o.IP, port: word(s.Port), proto: strings.ToLower(s.Transport)}
		if p.proto == "quic" {
			p.proto = "udp"
		}
		p.seen, p.err = rd.utc(cmp.Or(s.ObservedAt, s.ScanTime, o.Updated))
		name := cmp.Or(s.Name, s.Protocol)
		known := string(details[:min(len(details), maxWords)])
		if strings.EqualFold(name, "HTTP") {
			known = ""
		}
		f, err := placed(rd, judgeIndexed(name, cmp.Or(s.Banner, s.Name), known), p)
		f.Reporter = cmp.Or(rd.o.Reporter, "Censys")
		if err := rd.row(f, err); err != nil {
			return err
		}
	}
	return nil
}

// A valueTypeError is about a value of JSON that is not of its type.
type valueTypeError struct{ err error }

func (e *valueTypeError) Error() string { return Clean(e.err.Error(), 120) }
