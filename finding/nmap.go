package finding

import (
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
	start   time.Time // of the run
	seen    time.Time // of the host
	addr    netip.Addr
	addrErr error
	port    *port // the one we are in
	number  string
	proto   string
	open    bool
}

// begin takes in what an element says. Only what decides is kept.
func (n *nmapReader) begin(el xml.StartElement, line int) {
	at := func(name string) string { return attribute(el, name) }
	switch el.Name.Local {
	case "nmaprun":
		n.args, n.start = parseArgs(at("args")), unixTime(at("start"))
	case "host":
		n.addr, n.addrErr = netip.Addr{}, badValue("address", "")
		n.seen = unixTime(at("endtime"))
		if n.seen.IsZero() {
			n.seen = unixTime(at("starttime"))
		}
	case "address":
		if t := at("addrtype"); t == "ipv4" || t == "ipv6" {
			n.addr, n.addrErr = parseAddr(at("addr"))
		}
	case "port":
		n.port, n.open, n.line = &port{}, false, line
		n.number, n.proto = at("portid"), at("protocol")
	case "state":
		n.open = at("state") == "open"
	case "service":
		if n.port != nil {
			n.port.service(at)
		}
	case "script":
		if n.port != nil && len(n.port.scripts) < maxScripts {
			n.port.scripts = append(n.port.scripts, script{at("id"), clip(at("output"), maxWords)})
		}
	}
}

func (n *nmapReader) text([]byte) {}

// end yields a port that is open. Others are not rows.
func (n *nmapReader) end(element string) error {
	if element != "port" || n.port == nil {
		return nil
	}
	p := *n.port
	n.port = nil
	if !n.open {
		return nil
	}
	if n.addrErr != nil {
		return n.row(Finding{}, n.addrErr)
	}
	number, _, err := n.reader.port(n.number)
	if err != nil {
		return n.row(Finding{}, err)
	}
	seen := n.seen
	if seen.IsZero() {
		seen = n.start
	}
	return n.row(judgePort(p, number, n.args).of(n.addr, number, n.proto, seen), nil)
}

func unixTime(s string) time.Time {
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil || n <= 0 {
		return time.Time{}
	}
	return time.Unix(n, 0)
}
