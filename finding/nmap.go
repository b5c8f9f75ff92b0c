package finding

import (
	"cmp"
	"encoding/xml"
	"net/netip"
	"strconv"
	"time"
)

const maxScripts = 64

// A nmapReader is one nmap or masscan run on its way through its XML. Ports
// are judged one by one: a host may have 65,535 of them.
type nmapReader struct {
	*reader
	args    scanArgs
	words   string    // the command line
	start   time.Time // of the run
	seen    time.Time // of the host
	addr    netip.Addr
	addrErr error
	port    *port // the one we are in
	number  string
	proto   string
	state   string // of the port

	tried  Ports // on every host
	name   string
	down   bool
	late   bool    // nmap gave the host up
	others []other // ports of the host that are not listed one by one
}

// An other is what nmap says in one go of ports that answered alike.
type other struct {
	answer Answer
	ports  Ports // empty where it does not say which
}

// begin takes in what an element says. Only what decides is kept.
func (n *nmapReader) begin(el xml.StartElement, line int) {
	at := func(name string) string { return attribute(el, name) }
	switch el.Name.Local {
	case "nmaprun":
		n.words, n.start = at("args"), unixTime(at("start"))
		n.args, n.tried = parseArgs(n.words), nil
	case "host":
		n.addr, n.addrErr = netip.Addr{}, badValue("address", "")
		n.seen = unixTime(at("endtime"))
		if n.seen.IsZero() {
			n.seen = unixTime(at("starttime"))
		}
		n.name, n.down, n.late, n.others = "", false, at("timedout") == "true", nil
		n.line = line
	case "address":
		if t := at("addrtype"); t == "ipv4" || t == "ipv6" {
			n.addr, n.addrErr = parseAddr(at("addr"))
		}
	case "port":
		n.port, n.state, n.line = &port{}, "", line
		n.number, n.proto = at("portid"), at("protocol")
	case "state":
		n.state = at("state")
	case "service":
		if n.port != nil {
			n.port.service(at)
		}
	case "script":
		if n.port != nil && len(n.port.scripts) < maxScripts {
			n.port.scripts = append(n.port.scripts, script{at("id"), clip(at("output"), maxWords)})
		}
	default:
		tries(n, el.Name.Local, at, line)
	}
}

// tries takes in what an element says of what was tried.
func tries(n *nmapReader, element string, at func(string) string, line int) {
	switch element {
	case "scaninfo":
		if ports, err := ParsePorts(at("services"), at("protocol")); err == nil && len(ports) > 0 {
			n.tried = append(n.tried, ports...)
			covers(n.reader, Cover{})
		}
	case "status":
		n.down = at("state") == "down"
	case "hostname":
		n.name = cmp.Or(n.name, at("name"))
	case "extraports":
		n.others = append(n.others, other{answer: nmapAnswers[at("state")]})
	case "extrareasons":
		if ports, err := ParsePorts(at("ports"), at("proto")); err == nil && len(n.others) > 0 {
			last := &n.others[len(n.others)-1]
			last.ports = append(last.ports, ports...)
		}
	case "finished":
		targets, except, ok := nmapTargets(n.words)
		if ok && len(targets) > 0 && len(n.tried) > 0 && at("exit") == "success" {
			n.line = line
			covers(n.reader, Cover{Addrs: targets, Except: except, Ports: n.tried, Answer: AnswerSilent, Seen: unixTime(at("time"))})
		}
	}
}

func (n *nmapReader) text([]byte) {}

// end yields a port that is open, and any other where it is told what was
// tried; else others are not rows.
func (n *nmapReader) end(element string) error {
	if element == "host" {
		tellHost(n)
	}
	if element != "port" || n.port == nil {
		return nil
	}
	p := *n.port
	n.port = nil
	open := n.state == "open"
	if !open && n.o.Cover == nil {
		return nil
	}
	if n.addrErr != nil {
		return n.row(Finding{}, n.addrErr)
	}
	number, _, err := n.reader.port(n.number)
	if err != nil {
		return n.row(Finding{}, err)
	}
	f := notOpen(n.addr, number, n.proto, n.state, whenSeen(n))
	if open {
		f = judgePort(p, number, n.args).of(n.addr, number, n.proto, whenSeen(n))
	}
	f.Name = n.name
	return n.row(f, nil)
}

func whenSeen(n *nmapReader) time.Time {
	if n.seen.IsZero() {
		return n.start
	}
	return n.seen
}

// tellHost tells of the ports that are not listed one by one. Where several states
// are meant and nothing says which ports each is of, silence is said of all:
// it decides least.
func tellHost(n *nmapReader) {
	if n.addrErr != nil || n.late || len(n.tried) == 0 {
		return
	}
	c := Cover{Addrs: []netip.Prefix{netip.PrefixFrom(n.addr, n.addr.BitLen())}, Ports: n.tried, Seen: whenSeen(n), Name: n.name}
	if n.down {
		c.Answer = AnswerSilent
		covers(n.reader, c)
		return
	}
	same := true
	for _, o := range n.others {
		same = same && o.answer == n.others[0].answer
	}
	for _, o := range n.others {
		c.Answer, c.Ports = o.answer, n.tried
		switch {
		case same:
		case len(o.ports) > 0:
			c.Ports = o.ports
		case o.answer == AnswerSilent:
		default:
			continue
		}
		if c.Answer != "" {
			covers(n.reader, c)
		}
	}
}

func unixTime(s string) time.Time {
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil || n <= 0 {
		return time.Time{}
	}
	return time.Unix(n, 0)
}
