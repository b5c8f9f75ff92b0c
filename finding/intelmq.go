package finding

import (
	"cmp"
	"encoding/json"
	"strings"

	"headsup/pattern"
)

// intelmq reads an event, flat ("source.ip") or nested ({"source": {"ip": …}}).
func (rd *reader) intelmq(text []byte) error {
	var tree map[string]raw
	if ok, err := rd.decode(text, &tree); !ok {
		return err
	}
	event := map[string]string{}
	flatten(event, "", tree, 0)
	kind, identifier := strings.ToLower(event["classification.type"]), strings.ToLower(event["classification.identifier"])
	p := place{addr: event["source.ip"], port: event["source.port"], proto: event["protocol.transport"]}
	p.seen, p.err = rd.utc(cmp.Or(event["time.source"], event["time.observation"]))
	v := judgeEvent(kind, identifier, event)
	v.Evidence = clip(cmp.Or(event["event_description.text"], event["extra.banner"], identifier), maxWords)
	f, err := placed(rd, v, p)
	f.Reporter = cmp.Or(rd.o.Reporter, event["feed.provider"], event["feed.name"])
	return rd.row(f, err)
}

// flatten writes the texts, numbers and truths of a tree into event, with the
// names above them before their own.
func flatten(event map[string]string, above string, tree map[string]raw, depth int) {
	for name, v := range tree {
		var inner map[string]raw
		switch {
		case is(v, '{') && depth < 4:
			if json.Unmarshal(v, &inner) == nil {
				flatten(event, above+name+".", inner, depth+1)
			}
		case string(v) == "true" || string(v) == "false":
			event[above+name] = string(v)
		default:
			event[above+name] = word(v)
		}
	}
}

// exposed is how IntelMQ's identifiers name what strangers can use:
// open-redis, accessible-mysql, openmongodb.
var exposed = pattern.New(`^(?:open|accessible|exposed)[-_]?([a-z0-9_-]+)$`)

// judgeEvent judges an event by its classification and, where it is of a
// Shadowserver report, by the columns that IntelMQ kept of it.
func judgeEvent(kind, identifier string, event map[string]string) (v verdict) {
	v.Kind = ExposedService
	said := strings.Trim(kind+" "+identifier, " ")
	m := exposed.FindStringSubmatch(identifier)
	switch kind {
	case "vulnerable-system", "vulnerable service", "potentially-unwanted-accessible", "proxy", "weak-crypto":
	default:
		v.by(intelmqOther, Clean(cmp.Or(said, "nothing"), 60))
		return v
	}
	name, rule := "", intelmqNames
	if m != nil {
		name = strings.ReplaceAll(strings.ReplaceAll(m[1], "-", "_"), "resolver", "dns")
	}
	switch {
	case identifier == "open-relay" || identifier == "open-mail-relay" || identifier == "open-smtp-relay":
		v.Kind, v.Service = OpenRelay, "smtp"
	case identifier == "socks" || identifier == "open-socks" || identifier == "open-socks-proxy":
		v.Kind, v.Service = OpenProxy, "socks5"
	case strings.HasPrefix(identifier, "open") && strings.HasSuffix(identifier, "proxy"), kind == "proxy":
		v.Kind, v.Service = OpenProxy, "http"
	case identifier == "dns-open-resolver" || identifier == "dns_open_resolver":
		v.Service = "dns"
	case name != "" && kind != "weak-crypto":
		rule = v.named(strings.Trim(name, "_"))
	default:
		v.by(intelmqUnclear, Clean(said, 60))
		return v
	}
	v.by(rule, Clean(said, 60))
	if r := eventReport(event, name); r != "" {
		judged := judgeReport(r, event["extra.tag"], func(column string) (string, bool) {
			value, ok := event["extra."+column]
			return value, ok
		})
		if judged.rule != reportUnknown && judged.Strength != Observed {
			v.rule, v.Strength, v.Reason = judged.rule, judged.Strength, judged.Reason
		}
	}
	return v
}

// named takes in the service that an identifier names behind "open" or
// "accessible", and returns what that is worth. IntelMQ calls SSH, web and mail servers
// accessible too, which are meant to be.
func (v *verdict) named(name string) *Rule {
	solid := strings.ReplaceAll(name, "_", "")
	var known *report
	for i, r := range reports {
		if plain := strings.ReplaceAll(r.name, "_", ""); strings.HasPrefix(solid, plain) && (known == nil || len(r.name) > len(known.name)) {
			known = &reports[i]
		}
	}
	if known != nil {
		v.Kind, v.Service = known.kindOr(), cmp.Or(known.service, known.name)
		if known.rule == reportReached || known.rule == reportSoftware {
			return intelmqUnclear
		}
		return intelmqNames
	}
	for _, s := range served {
		if s.words.MatchString(name) && s.name != "ftp" {
			v.Service = s.name
			return intelmqNames
		}
	}
	for _, s := range services {
		if strings.HasPrefix(solid, s.name) {
			v.Service = s.name
			return intelmqNames
		}
	}
	return intelmqUnclear
}

// eventReport returns the Shadowserver report that an event is of, or "".
func eventReport(event map[string]string, name string) string {
	if !strings.Contains(strings.ToLower(event["feed.provider"]+event["feed.name"]+event["feed.url"]), "shadowserver") {
		return ""
	}
	if r := reportOf(event["extra.file_name"]); scanName.MatchString(r) {
		return r
	}
	if reportByName(name) != nil {
		return "scan_" + name
	}
	return reportOfTag(event["extra.tag"])
}
