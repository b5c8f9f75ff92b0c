package report

import (
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"headsup/inbox/report/lexicon"
	"headsup/pattern"
	"headsup/sheet"
)

// A portRole says whose a port is.
type portRole int

const (
	unsaid portRole = iota
	mine            // the suspect's own
	others          // the one that it went for
)

// portWord is the word for a port, in the scripts of those who report.
const portWord = `(?:port|portti|порт\p{L}{0,3}|ポート(?:番号)?|端口(?:号)?|連接埠|连接埠|通訊埠|` +
	`埠[ 　]*號?|포트|puerto|porta|` +
	`porto|portu|poort|prievadas|θύρα|cổng|พอร์ต|פורט|पोर्ट|پورت|منفذ|المنفذ)`

// portNames are of which every port that words name has one, in small letters.
var portNames = pattern.NewWords("port", "sp=", "dp=", "spt", "dpt", "порт", "ポート", "端口", "連接埠", "连接埠", "通訊埠", "埠", "포트", "puerto", "porta",
	"poort", "prievadas", "θύρα", "cổng", "พอร์ต", "פורט", "पोर्ट", "پورت", "منفذ")

var (
	portForm = pattern.New(`(?i)([\p{L}'’]{0,14})[ _.-]{0,2}(?:([sd])pt|([sd])port|src_?port|dst_?port|` +
		`` + portWord + `)s?(?:[ \t](?:number|no\.?|nr\.?|#|\(\p{L}+\.?\)|(?:de |di |da |do |d'|del |` +
		`della |dello |des |der )?(?:source|src|origine|origen|origem|sorgente|destination|dest|destino|` +
		`cible|destinazione|atacante|attaccante|víctima|vítima|vittima|victime|bersaglio|źródłowy|źródła|` +
		`docelowy|назначения|источника|المصدر|الهدف|الوجهة|sursă|sursa|destinație|джерела|призначення|zdroj\p{L}*|` +
		`cílov\p{L}*))|[ \t]\p{L}{3,16}[ \t]?[:：=])?["'*_]{0,3}[ \t]*(?:\.{2,}[ \t]*[:：]?|[:：=>|` +
		`]{0,2})[ \t"'*_(\[|]*(?:tcp|udp)?[/ :]?(\d{1,5})(?:[^\d.:-]|[.:-](?:\D|$)|$)`)
	// transport is a port beside the name of a protocol: tcp/9100, 53/udp.
	transport = pattern.New(`(?i)(?:^|[^\p{L}\p{N}.:/])(?:(?:tcp|udp)[/ :](\d{1,5})|(\d{1,5})[/ ](?:tcp|` +
		`udp))(?:[^\p{L}\p{N}]|$)`)
	ownPort = re(`(?:source|src|infring\w*|client|remote|offend\w*|attack(?:er|ing)'?s?|quell\w*|herkunft\w*|` +
		`origen|origem|origine|sorgente|attaccante|atacante|attaquant|bron\w*|źródł\w*|źródła|источник\w*|` +
		`исходящ\w*|джерел\w*|zdroj\w*|käll\w*|kilde\w*|lähde\w*|forrás\w*|sursă|sursa|πηγ\w*|προέλευσ\w*|送信元|` +
		`接続元|発信元|源|来源|출발지|소스|` +
		`kaynak|nguồn|sumber|ต้นทาง|מקור|مبدا|your|peer|from|listen\w*|lauscht|escucha|écoute|ascolta|` +
		`المصدر)[^\n\p{L}]{0,4}[^\n:;,]{0,12}$`)
	otherPort = re(`(?:destination|dest|dst|target\w*|our|local|server|victim\w*|víctima|vítima|vittima|` +
		`ziel\w*|destino|cible|destinazione|bersaglio|bestemming\w*|doel\w*|docelow\w*|назначени\w*|целев\w*|` +
		`cíl\w*|mål\w*|kohde\w*|cél\w*|destinați\w*|προορισμ\w*|宛先|送信先|目的|目标|목적지|hedef|đích|` +
		`tujuan|ปลายทาง|` +
		`יעד|مقصد|to|on|against|at|gegen|auf|contra|contre|الهدف|الوجهة)[^\n\p{L}]{0,4}[^\n:;,]{0,12}$`)
)

// ownService reports whether the port of an event of this kind, where its role is
// not said, is that of a service on the suspect.
func ownService(k Kind) bool {
	switch k {
	case Copyright, ExposedService, OpenProxy, OpenRelay, Botnet, Malware, Phishing:
		return true
	}
	return false
}

// amplifies are the ports of services that are misused to flood others: where
// such a one is reported as a source, the port is its own.
var amplifies = []int{17, 19, 53, 69, 111, 123, 137, 161, 389, 427, 520, 1900, 3283, 3702, 5093, 5353, 5683, 10001, 11211, 27015, 37810}

// ephemeral is the first of the ports that systems give to whoever connects. Few
// services that are tried from outside have one.
const ephemeral = 32768

// A portFinder looks for the ports of one event.
type portFinder struct {
	e *Event
	s *suspect
}

// ports finds the suspect's own port, and the one that it went for.
func ports(e *Event, s *suspect) {
	f := portFinder{e, s}
	for _, p := range s.places {
		if p.port > 0 && p.score >= 0 && !p.inURL {
			f.set(int(p.port), Span{p.d.part, p.portFrom, p.to}, mine)
		}
	}
	for _, p := range f.told(40) {
		f.dialled(p)
		f.inLog(p)
		f.inLines(p.d, p.line, p.line)
	}
	f.columns()
	f.unbracketed()
	for _, p := range f.told(40) {
		f.transports(p)
	}
	for _, p := range f.told(12) {
		a, b := max(0, p.line-6), min(len(p.d.lines)-1, p.line+8)
		f.paired(p.d, a, b)
		f.inLines(p.d, a, b)
	}
}

// told are the suspect's places whose surroundings speak of it, but no more
// than most.
func (f portFinder) told(most int) (out []*place) {
	for _, p := range f.s.places {
		if p.score >= 0 && !p.d.subject && p.slot != "hop" && len(out) < most {
			out = append(out, p)
		}
	}
	return out
}

// set keeps a port; the first of each role counts.
func (f portFinder) set(n int, at Span, whose portRole) {
	if n <= 0 || n > 65535 {
		return
	}
	if whose == unsaid {
		whose = others
		if n >= ephemeral && (f.e.Kind == BruteForce || f.e.Kind == Scan) {
			whose = mine
		}
		if ownService(f.e.Kind) || f.e.Kind == DDoS && slices.Contains(amplifies, n) {
			whose = mine
		}
	}
	switch {
	case whose == mine && f.e.Port == 0:
		f.e.Port, f.e.PortAt = uint16(n), at
	case whose == others && f.e.Target == 0 && f.e.Port != uint16(n):
		f.e.Target = uint16(n)
	}
}

// logPorts are the forms in which logs write a port behind the address of who
// came, and the one behind that which was asked for.
var logPorts = []*pattern.Pattern{
	pattern.New(`^ port (\d{1,5})(?: ssh2|:| \[)`),                            // sshd
	pattern.New(`^\((\d{1,5})\) -> [0-9a-f.:]{3,45}\((\d{1,5})\)`),            // access lists of Cisco
	pattern.New(`^,[0-9a-f.:]{3,45},(\d{1,5}),(\d{1,5})(?:,|$)`),              // filterlog of BSD
	pattern.New(`^:[^\s:]{0,40}:(\d{1,5})(?:\s|$)`),                           // tcpserver
	pattern.New(`^\s+(\d{1,5})\s+(?:=>|->|>)\s+[0-9a-f.:]{3,45}\s+(\d{1,5})`), // columns with an arrow
}

// inLog reads the ports behind a suspect's address in a line of a log.
func (f portFinder) inLog(p *place) {
	l := p.d.lines[p.line]
	right := head(p.d.text[min(p.end, l.to):l.to], 120)
	for _, form := range logPorts {
		m := form.FindStringSubmatchIndex(right)
		if m == nil {
			continue
		}
		for g, whose := range map[int]portRole{2: mine, 4: others} {
			if g < len(m) && m[g] >= 0 {
				n, _ := strconv.Atoi(right[m[g]:m[g+1]])
				f.set(n, Span{p.d.part, p.end + m[g], p.end + m[g+1]}, whose)
			}
		}
		return
	}
}

// inLines reads the ports that words name in some lines of a text.
func (f portFinder) inLines(d *doc, first, last int) {
	if d.lines[last].to-d.lines[first].from > 8000 {
		return
	}
	f.spoken(d, first, last)
	found := 0
	for n := first; n <= last; n++ {
		at := d.lines[n].from
		for _, p := range d.portsNamed(n) {
			if found++; found > 20 {
				return
			}
			whose := p.whose
			switch {
			case whose != unsaid || f.has(unsaid):
			case f.ofAnother(d, n, at+p.from):
				continue
			case p.bracket >= likely:
				whose = mine
			case p.bracket < 0:
				whose = others
			case behindFrom(d, f.s, at+p.from):
				whose = mine
			case p.aimed && !ownService(f.e.Kind):
				whose = others
			}
			f.set(number(d.text[at+p.number:at+p.to]), Span{d.part, at + p.number, at + p.to}, whose)
		}
	}
}

// has reports whether a port of this role can not be set any more; of none, any.
func (f portFinder) has(whose portRole) bool {
	return (f.e.Port > 0 || whose == others) && (f.e.Target > 0 || whose == mine)
}

// A namedPort is a port that words name, and what they say of it. Its places are
// those in its line.
type namedPort struct {
	from, number, to int      // of the words, and of the figures
	whose            portRole // where the words decide
	bracket          int      // what stands in brackets behind the word is worth
	aimed            bool     // the words before speak of an aim
}

// portsNamed returns the ports that words name in a line. Lines that differ in
// figures alone, as those of a log do, are read once.
func (d *doc) portsNamed(n int) []namedPort {
	line := d.words(n)
	if !portNames.In(line) {
		return nil
	}
	shape := figures.Replace(line)
	if all, ok := d.ports[shape]; ok {
		return all
	}
	var all []namedPort
	text := d.text[d.lines[n].from:d.lines[n].to]
	for _, m := range portTag.FindAllStringSubmatchIndex(text, 20) {
		if whose, is := columnPort(strings.ReplaceAll(text[m[2]:m[3]], "-", "_")); is && whose != unsaid {
			all = append(all, namedPort{from: m[0], number: m[4], to: m[5], whose: whose})
		}
	}
	for _, m := range portForm.FindAllStringSubmatchIndex(text, 20) {
		p := namedPort{from: m[0], number: m[8], to: m[9]}
		whole, before := lower(text[m[0]:m[8]]), strings.TrimRight(lower(text[max(0, m[2]-30):m[8]]), " :：=>|\t\"'([_*.")
		switch {
		case sourcePort.MatchString(whole):
			p.whose = mine
		case targetPort.MatchString(whole):
			p.whose = others
		case ownPort.MatchString(before):
			p.whose = mine
		case thePort.MatchString(before):
			p.whose = others
		default:
			p.bracket, p.aimed = bracketed(whole), otherPort.MatchString(before)
		}
		all = append(all, p)
	}
	if d.ports == nil {
		d.ports = map[string][]namedPort{}
	}
	d.ports[shape] = all
	return all
}

// portTag is a port in an element of XML, or behind a short name of a log.
var portTag = pattern.New(`(?:<|\b)([A-Za-z]{1,12}[A-Za-z_-]{0,16})(?:>|="?|">)(\d{1,5})(?:<|["\s,;]|$)`)

// ofAnother reports whether the last address before a port in its line is that
// of somebody else.
func (f portFinder) ofAnother(d *doc, n, at int) bool {
	l := d.lines[n]
	if at <= l.from {
		return false
	}
	last := netip.Addr{}
	for _, m := range mentions(d.text[l.from:min(at+1, l.to)], Options{Special: true}) {
		last = m.addr
	}
	return last.IsValid() && last != f.s.addr
}

// transports reads ports beside the name of a protocol in a suspect's line.
func (f portFinder) transports(p *place) {
	l := p.d.lines[p.line]
	if l.to-l.from > 2000 {
		return
	}
	for _, m := range transport.FindAllStringSubmatchIndex(p.d.text[l.from:l.to], 5) {
		g := 2
		if m[2] < 0 {
			g = 4
		}
		n, _ := strconv.Atoi(p.d.text[l.from+m[g] : l.from+m[g+1]])
		if !f.ofAnother(p.d, p.line, l.from+m[0]) {
			f.set(n, Span{p.d.part, l.from + m[g], l.from + m[g+1]}, unsaid)
		}
	}
}

// The names of ports in logs, without signs between their words.
var (
	sourcePort = pattern.New(`spt|sport|src|sourceport|clientport`)
	targetPort = pattern.New(`dpt|dport|dst|destport|destinationport|targetport`)
)

// thePort names the other side's port even where the service is the suspect's.
var thePort = re(`(?:destination|dest|dst|target|our|victim|víctima|vítima|vittima|ziel|destino|cible|` +
	`destinazione|bersaglio|docelow|назначени|целев|cíl|mål|kohde|宛先|送信先|目的|目标|목적지|hedef|` +
	`الهدف|الوجهة)[^\n:;,]{0,16}$`)

// behindFrom reports whether a port stands right behind the suspect's address.
func behindFrom(d *doc, s *suspect, at int) bool {
	return slices.ContainsFunc(s.places, func(p *place) bool { return p.d == d && at >= p.end && at-p.end <= 3 })
}

// columnPort says whether a column of this name holds a port, and whose.
func columnPort(name string) (whose portRole, is bool) {
	low := strings.ReplaceAll(lower(strings.TrimSpace(name)), "_", " ")
	switch low { // of IIS: server and client
	case "s-port":
		return others, true
	case "c-port", "sp":
		return mine, true
	case "dp":
		return others, true
	}
	flat := jsonName(low)
	switch flat {
	case "srcport", "sourceport", "sport", "spt", "clientport", "attackerport", "infringerport", "remoteport", "peerport", "ipport":
		return mine, true
	case "dstport", "destinationport", "destport", "dport", "dpt", "targetport", "localport", "serverport", "victimport":
		return others, true
	}
	if !lexicon.In(low).Has("port") && !strings.HasSuffix(flat, "port") || strings.HasPrefix(flat, "report") {
		return unsaid, false
	}
	switch score, _ := labelled(low); {
	case score >= likely:
		return mine, true
	case score < 0:
		return others, true
	}
	if m := portBehind.FindStringSubmatch(low); m != nil { // "bronpoort"
		switch {
		case ownPort.MatchString(m[1]):
			return mine, true
		case otherPort.MatchString(m[1]):
			return others, true
		}
	}
	return unsaid, true
}

// portBehind is a word that ends with that for a port.
var portBehind = pattern.New(`^(\p{L}{3,})(?:port|poort|порт|ポート|端口|포트)$`)

// columnPort is columnPort of a column of the text, whose rows all ask for it.
func (d *doc) columnPort(name string) (whose portRole, is bool) {
	known, ok := d.columnPorts[name]
	if !ok {
		if known.whose, known.is = columnPort(name); d.columnPorts == nil {
			d.columnPorts = map[string]columnRole{}
		}
		d.columnPorts[name] = known
	}
	return known.whose, known.is
}

// A columnRole says whether a column holds a port, and whose.
type columnRole struct {
	whose portRole
	is    bool
}

// columns reads ports from the columns of the table that a suspect is in.
func (f portFinder) columns() {
	for _, p := range f.s.places {
		if p.score < 0 || p.d.subject {
			continue
		}
		l := p.d.lines[p.line]
		cells := splitCells(p.d.text[l.from:l.to])
		if len(cells) < 2 {
			continue
		}
		named := false
		for _, c := range cells {
			n, ok := portIn(c.text)
			if !ok {
				continue
			}
			if whose, is := p.d.columnPort(p.d.column(p.line, l.from+c.from)); is {
				named = true
				if p.score > 0 && strings.Contains(p.slot, "victim") { // the victim of a bot is who is reported
					whose = map[portRole]portRole{mine: others, others: mine}[whose]
				}
				f.set(n, Span{p.d.part, l.from + c.from, l.from + c.to}, whose)
			}
		}
		if named || p.is("list", "column") && f.bareCell(p, cells) {
			return
		}
	}
}

// bareCell takes the number right behind the address for its port in a table
// without names above its columns. It reports whether there is one.
func (f portFinder) bareCell(p *place, cells []cell) bool {
	l := p.d.lines[p.line]
	for i, c := range cells {
		if l.from+c.from > p.from || p.from > l.from+c.to || i+1 >= len(cells) {
			continue
		}
		if n, ok := portIn(cells[i+1].text); ok && p.d.column(p.line, l.from+cells[i+1].from) == "" {
			f.set(n, Span{p.d.part, l.from + cells[i+1].from, l.from + cells[i+1].to}, mine)
			return true
		}
		return false
	}
	return false
}

// portIn reads a cell that holds no more than a port: 22, 22/tcp, tcp/22.
func portIn(s string) (int, bool) {
	if !strings.ContainsAny(s, "0123456789") || !strings.ContainsAny(s, "/(") && (strings.IndexByte(s, '-') >= 0 || strings.Count(s, ".") > 1) {
		return 0, false // nor is a day or an address one, as most words of a log with figures are
	}
	s = strings.ToLower(strings.Trim(s, " \"'*"))
	for _, protocol := range []string{"tcp", "udp"} {
		s = strings.Trim(strings.TrimSuffix(strings.TrimPrefix(s, protocol), protocol), " /:")
	}
	n, _, err := sheet.Port(s)
	return int(n), err == nil && n > 0
}

// splitCells cuts a row of a table in a text.
func splitCells(s string) (out []cell) {
	for _, sep := range "|\t;," {
		if strings.Count(s, string(sep)) < 1 || sep == ',' && strings.Count(s, ",") < 2 {
			continue
		}
		at := 0
		for c := range strings.SplitSeq(s, string(sep)) {
			trimmed := strings.TrimLeft(c, " ")
			from := at + len(c) - len(trimmed)
			out = append(out, cell{from, from + len(strings.TrimRight(trimmed, " ")), strings.TrimRight(trimmed, " ")})
			at += len(c) + 1
		}
		return out
	}
	return fields2(s)
}
