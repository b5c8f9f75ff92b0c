package report

import (
	"bytes"
	"cmp"
	"errors"
	"io"
	"strings"
	"time"

	"headsup/finding"
	"headsup/pattern"
	"headsup/sheet"
)

// A table says which columns of a table hold what, by their names.
type table struct {
	addr, port, target, seen, clock, zone, url, kind int // -1: none
	at                                               *time.Location
}

// knownColumn reports whether a column of tables of reports has this name.
func knownColumn(name string) bool {
	return columnName(strings.ReplaceAll(name, "_", " ")) || strings.Contains(name, "ip") && len(name) < 24
}

// columnsOf says what the columns of a table are. has reports whether the
// value of a column is an address, and whether it is one of ours.
func columnsOf(columns []string, has func(i int) (is, ours bool)) table {
	t := table{-1, -1, -1, -1, -1, -1, -1, -1, nil}
	best, bestTime := -100, 0
	for i, c := range columns {
		name := sheet.Name(c)
		flat := jsonName(name)
		if is, ours := has(i); is && !addressOfOther(flat) {
			score, _ := labelled(strings.ReplaceAll(name, "_", " "))
			if ours && score >= 0 {
				score += 10
			}
			if score > best {
				best, t.addr = score, i
			}
		}
		if n := timeColumn(flat); n > bestTime {
			bestTime, t.seen = n, i
			t.at = zoneBehind(strings.ReplaceAll(c, "_", " "))
			if t.at == nil && (strings.HasSuffix(flat, "utc") || strings.HasSuffix(flat, "gmt") || strings.HasPrefix(flat, "utc")) {
				t.at = time.UTC
			}
		}
		switch whose, is := columnPort(c); {
		case !is:
		case whose == mine:
			t.port = i
		case whose == others:
			t.target = i
		case t.port < 0:
			t.port = i
		}
		switch flat {
		case "timezone", "tz", "zone", "utcoffset":
			t.zone = i
		case "time", "clock", "uhrzeit", "heure", "hora", "ora", "tijd":
			t.clock = i
		case "url", "uri", "link", "infringingurl", "maliciousurl", "phishingurl", "malwareurl", "httpurl":
			t.url = i
		case "domain", "fqdn", "domainname":
			if t.url < 0 {
				t.url = i
			}
		case "type", "category", "classification", "infection", "malware", "malwarename", "event", "eventtype",
			"attack", "attacktype", "abusetype", "threat", "incidenttype", "classificationtype", "reporttype":
			if t.kind < 0 {
				t.kind = i
			}
		}
	}
	if t.clock == t.seen {
		t.clock = -1
	}
	if t.addr >= 0 { // "victim_ip" and "victim_port" are of one host
		of := portBeside.ReplaceAllString(sheet.Name(columns[t.addr]), "")
		for i, c := range columns {
			name := sheet.Name(c)
			if i != t.addr && of != "" && strings.HasSuffix(name, "port") && portBeside.ReplaceAllString(name, "") == of {
				if t.target == i {
					t.target = -1
				}
				t.port = i
			}
		}
	}
	if best < 0 && t.addr >= 0 && best <= notIt {
		n := 0
		for i := range columns {
			if is, _ := has(i); is {
				n++
			}
		}
		if n > 1 {
			t.addr = -1
		}
	}
	return t
}

// portBeside is what the names of an address and of its port differ in.
var portBeside = pattern.New(`_?(?:ip|ipv4|ipv6|addr|address|ip_?addr(?:ess)?|host|port)$`)

// addressOfOther are columns that hold addresses of nobody who did anything.
func addressOfOther(flat string) bool {
	switch flat {
	case "destinationip", "dstip", "destip", "targetip", "serverip", "ccip", "cncip", "network", "cidr", "prefix",
		"netblock", "externalip", "proxyip", "resolver", "nameserver", "gateway", "netmask", "forwardedfor",
		"dnsversion", "version", "peer":
		return true
	}
	return false
}

// timeColumn says how well a column of this name tells when something happened.
func timeColumn(flat string) int {
	if bare := strings.TrimSuffix(strings.TrimSuffix(flat, "utc"), "gmt"); bare == "ts" || bare == "timeobservation" {
		return 9
	}
	switch flat {
	case "epoch", "unixtime", "epochtime", "ts", "unixtimestamp", "timestamp", "eventtime", "eventtimestamp",
		"attacktime", "timestamputc", "sourcetime", "detected", "detectiontime", "datetime", "observed",
		"observationtime", "timeutc", "datetimeutc", "incidenttime", "seen", "timesource":
		return 9
	case "firstseen", "first", "starttime", "start", "from", "flowstart", "begin":
		return 7
	case "lastseen", "last", "endtime":
		return 6
	case "time", "timestampgmt", "timegmt", "dategmt", "dateutc", "utc":
		return 8
	case "date", "datum", "fecha", "data", "day":
		return 8
	case "created", "updated", "modified", "reported", "received", "registered", "lastmodified", "expires",
		"createdat", "updatedat", "reportdate", "notified", "uptime", "timezone", "runtime", "responsetime":
		return 0
	}
	if timeWord.MatchString(flat) && !strings.Contains(flat, "update") {
		return 4
	}
	return 0
}

var timeWord = pattern.New(`flowstart|^start|^begin|^first|^last|^inicio|debut|seen|date|zeit|heure|hora|fecha|dataora|` +
	`inizio|tijd|czas|время|дата|日時|時刻|时间|時間|시각|시간|الوقت|التاريخ|tidspunkt|aika|idő|` +
	`tarih|zaman|waktu|` +
	`data|epoch`)

// readTable reads a table in a file. It reports whether the file is one with
// addresses in it.
func (r *reader) readTable(name string, data []byte, kind Kind) bool {
	in := sheet.NewTable(sheet.NewText(bytes.NewReader(data)), knownColumn)
	head, err := in.Head()
	fields := taught(r)
	if err != nil || len(head.Columns) < 2 || !isHead(head.Columns) && !knownColumn(sheet.Name(head.Columns[0])) && !isTaught(head.Columns, fields) {
		return false
	}
	kind = tableKind(name, kind)
	var t table
	before, part := len(r.out.Events), -1
	for n := 0; len(r.out.Events) < maxEvents; n++ {
		row, err := in.Next()
		if err != nil && !sheet.OfRow(err) {
			if !errors.Is(err, io.EOF) {
				r.open.limit("a table that breaks off")
			}
			break
		}
		if err != nil && !errors.Is(err, sheet.ErrCut) {
			r.open.limit("a row that cannot be read")
			continue
		}
		if n == 0 {
			t = columnsOf(head.Columns, func(i int) (is, ours bool) {
				if i >= len(row.Cells) {
					return false, false
				}
				a, _, err := sheet.Addr(refang(row.Cells[i]))
				return err == nil, err == nil && r.o.Ours != nil && r.o.Ours(a)
			})
			t.teach(head.Columns, fields)
			if t.addr < 0 {
				return false
			}
			if t.seen < 0 {
				t.seen = timeIn(head.Columns, row.Cells)
			}
			if t.at == nil {
				t.at = r.zone
			}
			part = r.part(name, "")
		}
		get := func(i int) string {
			if i < 0 || i >= len(row.Cells) {
				return ""
			}
			return sheet.Written(row.Cells[i])
		}
		e, ok := t.event(get, kind)
		if !ok {
			continue
		}
		e.AddrAt = Span{part, row.Line, row.Line}
		e.Evidence = finding.Clean(strings.Join(row.Cells, " "), 400)
		r.add(e)
	}
	if len(r.out.Events) >= maxEvents {
		r.open.limit("more events than are read of one message")
	}
	return len(r.out.Events) > before || part >= 0 && r.dropped > 0
}

// timeIn is the first column whose value is a day and an hour, whatever its name
// is, unless that speaks of the report; else -1.
func timeIn(columns, cells []string) int {
	for i, c := range cells[:min(len(cells), len(columns))] {
		if wholeTime.MatchString(c) && !notWhen.MatchString(strings.ToLower(columns[i])) {
			return i
		}
	}
	return -1
}

// event makes an event of a row.
func (t table) event(get func(int) string, kind Kind) (e Event, ok bool) {
	a, port, err := sheet.Addr(refang(get(t.addr)))
	if err != nil {
		return e, false
	}
	e.Addr, e.Port, e.Kind, e.Score, e.Why = a, port, kind, sure, "a column of a table"
	if p, ok := portIn(get(t.port)); ok {
		e.Port = uint16(p)
	}
	if p, ok := portIn(get(t.target)); ok {
		e.Target = uint16(p)
	}
	when := get(t.seen)
	if t.clock >= 0 && !strings.Contains(when, ":") {
		when += " " + get(t.clock)
	}
	zone := t.at
	if z, _, ok := zoneAt(get(t.zone) + " "); ok {
		zone = z
	}
	e.Seen = exact(when).in(zone)
	if u := get(t.url); u != "" {
		e.URL = urlIn(strings.TrimSpace(u))
	}
	if said := get(t.kind); said != "" { // a row says it better than the message
		e.Kind = cmp.Or(xarfKind(said), kindOf(lower(said), cmp.Or(kind, Other)))
	}
	return e, true
}

// tableNames are words in the names of files; the first that fits decides.
var tableNames = []struct {
	kind Kind
	form *pattern.Pattern
}{
	{OpenProxy, pattern.New(`http_proxy|socks|open_?proxy`)},
	{OpenRelay, pattern.New(`open_?relay`)},
	{Botnet, pattern.New(`drone|sinkhole|botnet|infect|ccip|darknet`)},
	{BruteForce, pattern.New(`brute_?force`)},
	{DDoS, pattern.New(`honeypot.*ddos|amplification|ddos_participant`)},
	{Scan, pattern.New(`honeypot`)},
	{Malware, pattern.New(`compromised|malware`)},
	{Spam, pattern.New(`spam`)},
	{Phishing, pattern.New(`phish`)},
	{ExposedService, pattern.New(`scan6?_|population|openresolver|open_|vulnerable|exposed`)},
}

// tableKind is the kind of what a table of this name lists (Shadowserver's
// names of reports, and words in others).
func tableKind(name string, kind Kind) Kind {
	low := lower(name)
	for _, t := range tableNames {
		if t.form.MatchString(low) {
			return t.kind
		}
	}
	return kind
}
