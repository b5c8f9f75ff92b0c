package report

import (
	"strings"

	"headsup/pattern"
)

// everywhere takes the one port that the message names for a service that its
// hosts offer, where no place of them names one.
func (f portFinder) everywhere(docs []*doc) {
	if f.e.Port > 0 || f.e.Kind != ExposedService && f.e.Kind != OpenProxy && f.e.Kind != OpenRelay {
		return
	}
	found, at := 0, Span{}
	for _, d := range docs {
		if d.file {
			continue
		}
		for _, m := range serviceOn.FindAllStringSubmatchIndex(head(d.text, 16<<10), 20) {
			n := number(d.text[m[2]:m[3]])
			if found > 0 && n != found {
				return
			}
			found, at = n, Span{d.part, m[2], m[3]}
		}
	}
	f.set(found, at, mine)
}

// serviceOn is a port with its protocol, as services are named.
var serviceOn = pattern.New(`(?i)(?:^|[^\p{L}\d])(?:(?:` + portWord + `)[ :]{1,2})?(\d{1,5})/(?:tcp|` +
	`udp)(?:[^\p{L}\d]|$)`)

// ofURL takes the port in the URL of a host that offers what is reported.
func (f portFinder) ofURL() {
	if f.e.Port > 0 || !ownService(f.e.Kind) || f.e.Kind == Copyright {
		return
	}
	for _, p := range f.s.places {
		if p.inURL && p.port > 0 && p.score >= 0 {
			f.set(int(p.port), Span{p.d.part, p.portFrom, p.to}, mine)
		}
	}
	if u := lower(f.e.URL); f.e.Kind == ExposedService && f.e.Port == 0 && strings.Contains(u, "//"+bracketless(f.e.Addr.String())) {
		switch {
		case strings.HasPrefix(u, "https:"):
			f.e.Port = 443
		case strings.HasPrefix(u, "http:"):
			f.e.Port = 80
		}
	}
}

// bracketless is how an address begins in a URL.
func bracketless(a string) string {
	if strings.Contains(a, ":") {
		return "[" + a + "]"
	}
	return a
}

// dial is a program that was told to connect, and what it was told behind the
// address.
var (
	dial   = pattern.New(`(?i)(?:^|[\s$#>])(?:telnet|nc|ncat|netcat|socat)(?: -\S+)* \[?$`)
	dialed = pattern.New(`^\]?[ :](\d{1,5})(?:\s|$)`)
)

// dialled reads the port to which a reporter connected: "telnet 192.0.2.1 25".
func (f portFinder) dialled(p *place) {
	l := p.d.lines[p.line]
	if !dial.MatchString(tail(p.d.text[l.from:p.from], 40)) {
		return
	}
	if m := dialed.FindStringSubmatchIndex(head(p.d.text[min(p.end, l.to):l.to], 20)); m != nil {
		n := number(p.d.text[p.end+m[2] : p.end+m[3]])
		f.set(n, Span{p.d.part, p.end + m[2], p.end + m[3]}, mine)
	}
}

// paired reads the ports of a form whose fields have their names in a line
// above.
func (f portFinder) paired(d *doc, from, to int) {
	for n := from; n <= to; n++ {
		name, value := d.pair(n)
		if name == "" {
			continue
		}
		if port, ok := portIn(d.text[value:d.lines[n].to]); ok {
			if whose, is := columnPort(name); is {
				f.set(port, Span{d.part, value, d.lines[n].to}, whose)
			}
		}
	}
}

// bracketed weighs what stands in brackets behind the word for a port:
// "port (attacker)".
func bracketed(s string) int {
	from := strings.IndexByte(s, '(')
	if from < 0 {
		return 0
	}
	score, _ := labelled(strings.Trim(s[from:], "(): .\t"))
	return score
}

// spokenPort is a source port with words before its number: "source port was
// always 30120".
var spokenPort = pattern.New(`(?i)([\p{L}’'-]{3,14})[ -](?:` + portWord + `\p{L}{0,3})(?:,? \p{L}{1,14}){1,4}[:, ]+(\d{4,5})(?:[^\d.:/-]|` +
	`[.,](?:\s|$)|$)`)

// spoken reads a source port from prose.
func (f portFinder) spoken(d *doc, first, last int) {
	found := 0
	for n := first; n <= last; n++ {
		at := d.lines[n].from
		for _, p := range d.portsSpoken(n) {
			if found++; found > 4 {
				return
			}
			if p.whose == mine && f.e.Port == 0 && !f.ofAnother(d, n, at+p.from) {
				f.set(number(d.text[at+p.number:at+p.to]), Span{d.part, at + p.number, at + p.to}, mine)
			}
		}
	}
}

// portsSpoken returns the ports that prose names in a line. Lines that differ in
// figures alone are read once.
func (d *doc) portsSpoken(n int) []namedPort {
	line := d.words(n)
	if !portNames.In(line) {
		return nil
	}
	shape := "prose " + figures.Replace(line)
	if all, ok := d.ports[shape]; ok {
		return all
	}
	var all []namedPort
	text := d.text[d.lines[n].from:d.lines[n].to]
	for _, m := range spokenPort.FindAllStringSubmatchIndex(text, 4) {
		p := namedPort{from: m[0], number: m[4], to: m[5]}
		if word := lower(text[m[2]:m[3]]); ownPort.MatchString(word) && !otherPort.MatchString(word) {
			p.whose = mine
		}
		all = append(all, p)
	}
	if d.ports == nil {
		d.ports = map[string][]namedPort{}
	}
	d.ports[shape] = all
	return all
}

// unbracketed reads the port behind an IPv6 address without brackets, before an
// arrow: to whoever reads it, that is one address.
func (f portFinder) unbracketed() {
	if !f.s.addr.Is6() || f.e.Port > 0 {
		return
	}
	seen := map[*doc]bool{}
	for _, p := range f.told(40) {
		if seen[p.d] {
			continue
		}
		seen[p.d] = true
		name := f.s.addr.String() + ":"
		for at, n := 0, 0; n < 20; n++ {
			i := strings.Index(p.d.low[at:], name)
			if i < 0 {
				break
			}
			at += i + len(name)
			if m := beforeArrow.FindStringSubmatchIndex(head(p.d.text[at:], 16)); m != nil {
				f.set(number(p.d.text[at+m[2]:at+m[3]]), Span{p.d.part, at + m[2], at + m[3]}, mine)
				return
			}
		}
	}
}

var beforeArrow = pattern.New(`^(\d{1,5}) ?(?:->|=>|>)`)
