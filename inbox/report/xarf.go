package report

import (
	"bytes"
	"cmp"
	"encoding/json"
	"io"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"headsup/finding"
	"headsup/sheet"
)

// xarfKinds says which kind a report of XARF is of (v4: category and type; v3
// and before: ReportType or ReportClass).
var xarfKinds = map[string]Kind{
	"messaging": Spam, "spam": Spam, "bulk_messaging": Spam, "messaging/spam": Spam,
	"login_attack": BruteForce, "port_scan": Scan, "ddos": DDoS, "infected_host": Botnet, "reconnaissance": Scan,
	"scraping": Scan, "sql_injection": Scan,
	"vulnerability_scan": Scan, "vuln_scanning": Scan, "bot": Botnet, "brute_force": BruteForce, "bruteforce": BruteForce,
	"phishing": Phishing, "malware": Malware, "fraud": Phishing, "csam": ChildAbuse, "csem": ChildAbuse,
	"brand_infringement": Copyright, "trademark": Copyright,
	"exposed_data": Other, "remote_compromise": Malware, "suspicious_registration": Phishing,
	"copyright": Copyright, "p2p": Copyright, "cyberlocker": Copyright, "ugc_platform": Copyright,
	"link_site": Copyright, "usenet": Copyright,
	"botnet": Botnet, "compromised_server": Malware, "cve": ExposedService, "open_service": ExposedService,
	"misconfiguration": ExposedService,
	"blocklist":        Other, "threat_intelligence": Other, "loginattack": BruteForce, "login-attack": BruteForce,
	"portscan": Scan, "port-scan": Scan, "hacking": Scan,
	"childabuse": ChildAbuse, "child_abuse": ChildAbuse, "terrorism": Terror, "terrorist_content": Terror,
	"openservice": ExposedService, "dos": DDoS, "webcrawler": Scan, "exploit": Scan,
	"bots": Botnet, "infected_system": Botnet, "infected_systems": Botnet, "c2_server": Botnet, "c&c": Botnet,
	"cnc": Botnet, "sinkhole": Botnet, "drone": Botnet,
	"phish": Phishing, "malware_distribution": Malware, "malware_hosting": Malware, "malware_url": Malware,
	"compromised": Malware, "defacement": Malware,
	"ddos_amplifier": ExposedService, "amplifier": ExposedService, "amplification": ExposedService, "vulnerable_system": ExposedService,
	"potentially_unwanted_accessible": ExposedService, "open_resolver": ExposedService, "openresolver": ExposedService,
	"open_proxy": OpenProxy, "proxy": OpenProxy, "open_relay": OpenRelay, "ids_alert": Scan, "scanner": Scan, "scan": Scan, "netscan": Scan,
	"harvesting": Spam, "virus": Malware, "trojan": Malware, "activity": Other, "content": Other,
	"vulnerability": ExposedService, "infrastructure": Botnet, "connection": Scan,
}

func xarfKind(names ...string) Kind {
	for _, n := range names {
		n = strings.NewReplacer("-", "_", " ", "_").Replace(strings.ToLower(strings.TrimSpace(n)))
		if k, ok := xarfKinds[n]; ok {
			return k
		}
		if k, ok := xarfKinds[strings.ReplaceAll(n, "_", "")]; ok {
			return k
		}
	}
	return ""
}

// fields are the values of a JSON object by their names in small letters
// without signs, those of inner objects too.
type jsonFields map[string]string

func (f jsonFields) get(names ...string) string {
	for _, n := range names {
		if v := f[n]; v != "" {
			return v
		}
	}
	return ""
}

func jsonName(s string) string {
	return strings.NewReplacer("_", "", "-", "", " ", "", ".", "").Replace(strings.ToLower(s))
}

// flatten takes the values out of an object, down to a few levels.
func flatten(v any, name string, out jsonFields, depth int) {
	if depth > 5 || len(out) > 500 {
		return
	}
	switch v := v.(type) {
	case map[string]any:
		for k, inner := range v {
			flatten(inner, jsonName(k), out, depth+1)
		}
	case []any:
		for i, inner := range v {
			if i < 3 && name != "evidence" && name != "samples" {
				flatten(inner, name, out, depth+1)
			}
		}
	case string:
		if out[name] == "" {
			out[name] = v
		}
	case json.Number:
		if out[name] == "" {
			out[name] = v.String()
		}
	}
}

// readXARF reads the reports in JSON that are XARF, of whatever version. It
// reports whether there were any.
func (r *reader) readXARF(name string, data []byte) bool {
	text := bytes.TrimSpace(data)
	if len(text) == 0 || text[0] != '{' && text[0] != '[' {
		return false
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	found := false
	part := -1
	for len(r.out.Events) < maxEvents {
		at := int(d.InputOffset())
		var v any
		if err := d.Decode(&v); err != nil {
			if err != io.EOF && !found {
				return false
			}
			break
		}
		list, ok := v.([]any)
		if !ok {
			list = []any{v}
		}
		for _, v := range list {
			o, ok := v.(map[string]any)
			if !ok {
				continue
			}
			e, ok := xarfEvent(o)
			if !ok {
				continue
			}
			if part < 0 {
				part = r.part(name, tidy(string(text)))
			}
			found = true
			whole := tidy(string(text))
			end := min(int(d.InputOffset()), len(whole))
			e.AddrAt = spanOf(whole, part, at, end, o["source_identifier"], e.Addr.String(), e.URL)
			e.SeenAt = spanOf(whole, part, at, end, o["timestamp"], o["last_seen"], o["first_seen"])
			if e.Port > 0 {
				e.PortAt = spanOf(whole, part, at, end, strconv.Itoa(int(e.Port)))
			}
			r.add(e)
		}
	}
	return found
}

// spanOf finds the first of these values in a part of a text.
func spanOf(s string, part, from, to int, values ...any) Span {
	for _, v := range values {
		text, _ := v.(string)
		if text == "" || text == "invalid IP" || from >= to {
			continue
		}
		if i := strings.Index(s[from:to], text); i >= 0 {
			return Span{part, from + i, from + i + len(text)}
		}
	}
	return Span{}
}

// xarfEvent makes an event of one report (github.com/xarf/xarf-spec, and
// abusix/xarf for version 3).
func xarfEvent(o map[string]any) (e Event, ok bool) {
	f := jsonFields{}
	flatten(o, "", f, 0)
	str := func(name string) string { s, _ := o[name].(string); return s }
	source := ""
	switch {
	case str("xarf_version") != "" || str("source_identifier") != "":
		source = str("source_identifier")
		e.Kind = xarfKind(str("category")+"/"+str("type"), str("type"), str("category"))
		e.Seen = exact(cmp.Or(str("timestamp"), str("last_seen"), str("first_seen")))
	case f["reporttype"] != "" || f["reportclass"] != "" || f["reporterinfo"] != "" || f["reporterorg"] != "" && f["sourceip"] != "":
		source = f.get("sourceip", "sourceidentifier", "source", "ip", "sourceurl", "url", "sourcedomain", "domain")
		e.Kind = xarfKind(f["reporttype"], f["reportsubtype"], f["reportclass"])
		e.Seen = exact(f.get("date", "timestamp", "reportdate", "firstseen"))
	default:
		return e, false
	}
	if e.Kind == "" {
		e.Kind = kindOf(lower(str("category")+" "+str("type")+" "+f["reporttype"]+" "+f["description"]), Other)
	}
	for tag := range strings.FieldsSeq(lower(strings.Join(tagsOf(o), " "))) {
		switch tag {
		case "finding:open-relay":
			e.Kind = OpenRelay
		case "finding:open-proxy":
			e.Kind = OpenProxy
		}
	}
	var port uint16
	if a, p, err := sheet.Addr(refang(source)); err == nil {
		e.Addr, port = a, p
	} else {
		e.URL = clean(refang(source))
	}
	if p, _, err := sheet.Port(f.get("sourceport", "srcport")); err == nil {
		port = p
	} else if p, _, err := sheet.Port(f.get("port", "serviceport")); err == nil && serves(e.Kind) {
		port = p
	}
	e.Port = port
	if p, _, err := sheet.Port(f.get("destinationport", "destport", "dstport")); err == nil {
		e.Target = p
	}
	for _, name := range []string{"url", "infringingurl", "phishingurl", "malwareurl", "contenturl", "sourceurl", "uri"} {
		if v := f[name]; v != "" {
			e.URL = clean(refang(v))
			break
		}
	}
	e.Evidence = finding.Clean(f.get("description", "additionalinfo", "comment"), maxEvidence)
	e.Score, e.Why = sure, "XARF"
	return e, e.Addr.IsValid() || e.URL != ""
}

// serves reports whether a kind is about a service of the host itself.
func serves(k Kind) bool { return k == ExposedService || k == OpenProxy || k == OpenRelay }

func tagsOf(o map[string]any) (out []string) {
	list, _ := o["tags"].([]any)
	for _, t := range list {
		if s, ok := t.(string); ok {
			out = append(out, s)
		}
	}
	return out
}

// exact reads a time that stands alone in a field.
func exact(s string) Time {
	s = strings.TrimSpace(s)
	if s == "" {
		return Time{}
	}
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04:05-0700", "2006-01-02 15:04:05Z07:00", "2006-01-02 15:04:05 -0700"} {
		if t, err := time.Parse(layout, s); err == nil {
			return Time{at: t, Zone: true}
		}
	}
	if ts := stamps("time "+s, time.Time{}); len(ts) > 0 && !ts[0].ordered {
		return ts[0].time(nil)
	}
	return Time{}
}

// readXARF0 reads the reports of the first versions of X-ARF, which are a
// block of fields in a text.
func (r *reader) readXARF0(text string, part int) bool {
	low := lower(text)
	if !strings.Contains(low, "reported-from:") || !strings.Contains(low, "source:") {
		return false
	}
	f := map[string]string{}
	at := map[string]Span{}
	for _, l := range newDoc(part, text).lines {
		name, value, ok := strings.Cut(text[l.from:l.to], ":")
		if name = lower(strings.TrimSpace(name)); ok && f[name] == "" {
			value = strings.Trim(strings.TrimSpace(value), `"'`)
			f[name] = value
			i := l.from + strings.Index(text[l.from:l.to], value)
			at[name] = Span{part, i, i + len(value)}
		}
	}
	e := Event{Score: sure, Why: "X-ARF"}
	if a, err := netip.ParseAddr(refang(f["source"])); err == nil {
		e.Addr, e.AddrAt = a.Unmap(), at["source"]
	} else if f["source"] != "" {
		e.URL, e.URLAt = clean(refang(f["source"])), at["source"]
	} else {
		return false
	}
	e.Seen, e.SeenAt = exact(f["date"]), at["date"]
	if p, _, err := sheet.Port(f["source-port"]); err == nil {
		e.Port, e.PortAt = p, at["source-port"]
	}
	if p, _, err := sheet.Port(f["port"]); err == nil {
		e.Target = p
	}
	e.Kind = xarfKind(f["report-type"], f["category"])
	if e.Kind == "" || e.Kind == Other {
		e.Kind = kindOf(f["report-type"]+" "+lower(f["service"])+" "+lower(f["category"])+" "+lower(r.m.head.get("Subject")), Other)
	}
	r.add(e)
	return true
}
