package finding

import (
	"fmt"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"headsup/sheet"
)

// An Answer says how a place answered a scanner that found nothing open there.
type Answer string

const (
	AnswerRefused Answer = "refused" // nothing listens on the port: a reset, or what stands for one
	AnswerDenied  Answer = "denied"  // the service answered, and did not let a stranger use it
	AnswerSilent  Answer = "silent"  // nothing came back
)

// AnswerOf returns how the place of a row answered, while it is read, or ""
// where the scanner's words do not say. What is a finding has no answer.
func AnswerOf(f Finding) Answer {
	r, ok := byID[f.Rule]
	switch {
	case f.Answer != "" || !ok || f.Strength != Contradicted:
		return f.Answer
	case r == zmapClosed:
		return AnswerRefused
	case r.Class == refusedClass, r.Class == relayClass, r.Class == proxyClass:
		return AnswerDenied
	}
	return ""
}

// A Cover is a part of what a scan tried: whatever in it has no row of its own
// answered as Answer says.
//
// A Cover without addresses says that the input names everything that was
// tried: what it does not name was not looked at.
type Cover struct {
	Addrs  []netip.Prefix
	Except []netip.Prefix // not tried, though among Addrs
	Ports  Ports          // empty: every port
	Answer Answer
	Seen   time.Time
	Name   string // the host's, as the scanner resolved it, or empty
	Source string // "file:line"
}

// Has reports whether a place is in the cover.
func (c Cover) Has(addr netip.Addr, port uint16, proto string) bool {
	return within(c.Addrs, addr) && !within(c.Except, addr) && (len(c.Ports) == 0 || c.Ports.Has(port, proto))
}

func within(ps []netip.Prefix, addr netip.Addr) bool {
	for _, p := range ps {
		if p.Contains(addr) {
			return true
		}
	}
	return false
}

// Ports are ranges of ports.
type Ports []PortRange

// A PortRange is one port or several in a row.
type PortRange struct {
	Proto       string // "tcp" or "udp"; "": both
	First, Last uint16
}

// Has reports whether a port is among these.
func (ps Ports) Has(port uint16, proto string) bool {
	for _, r := range ps {
		if r.First <= port && port <= r.Last && (r.Proto == "" || r.Proto == proto) {
			return true
		}
	}
	return false
}

// ParsePorts reads ports as nmap writes them: "25,8000-8100", "T:25,U:53", "-"
// for all of them; also "25/tcp". proto is that of ports that name none. Ports
// of other protocols than TCP and UDP are left out.
func ParsePorts(list, proto string) (ps Ports, err error) {
	for text := range strings.SplitSeq(list, ",") {
		text = strings.ToLower(strings.TrimSpace(text))
		if text == "" {
			continue
		}
		if kind, rest, ok := strings.Cut(text, ":"); ok {
			proto, text = map[string]string{"t": "tcp", "u": "udp"}[kind], rest
			if proto == "" {
				proto = kind
			}
		}
		r, err := parseRange(text, proto)
		if err != nil {
			return nil, err
		}
		if r.Proto == "" || r.Proto == "tcp" || r.Proto == "udp" {
			ps = append(ps, r)
		}
	}
	return ps, nil
}

func parseRange(text, proto string) (PortRange, error) {
	r := PortRange{Proto: proto, First: 1, Last: 65535}
	first, last, isRange := strings.Cut(text, "-")
	if !isRange {
		port, own, err := sheet.Port(text)
		if own != "" {
			r.Proto = own
		}
		r.First, r.Last = port, port
		return r, wrong(err)
	}
	for _, end := range []struct {
		text string
		into *uint16
	}{{first, &r.First}, {last, &r.Last}} {
		if end.text == "" {
			continue
		}
		n, err := strconv.ParseUint(end.text, 10, 16)
		if err != nil {
			return r, badValue("port", text)
		}
		*end.into = uint16(n)
	}
	if r.Last < r.First {
		return r, badValue("port", text)
	}
	return r, nil
}

// covers tells what the input says that it tried.
func covers(rd *reader, c Cover) {
	if rd.o.Cover == nil {
		return
	}
	if c.Source == "" {
		c.Source = rd.source()
	}
	if !rd.o.Seen.IsZero() {
		c.Seen = rd.o.Seen
	}
	c.Seen, c.Name = c.Seen.UTC().Truncate(time.Second), Clean(c.Name, maxName)
	rd.o.Cover(c)
}

// notOpen is the row of a port that a scanner found otherwise than open.
func notOpen(addr netip.Addr, port uint16, proto, state string, seen time.Time) Finding {
	return Finding{Addr: addr, Port: port, Proto: proto, Kind: ExposedService, Strength: Contradicted,
		Reason: fmt.Sprintf("the port is %s", state), Seen: seen, Answer: nmapAnswers[state]}
}

// nmapAnswers are the states of ports in nmap's words. A filter that rejects
// may stand anywhere on the way, so it is taken for silence.
var nmapAnswers = map[string]Answer{
	"closed":          AnswerRefused,
	"filtered":        AnswerSilent,
	"open|filtered":   AnswerSilent,
	"closed|filtered": AnswerSilent,
}

// nmapTargets reads the addresses in nmap's arguments, and what they leave out.
// ok is false where a file leaves out more.
func nmapTargets(args string) (targets, except []netip.Prefix, ok bool) {
	words := strings.Fields(args)
	for i := 0; i < len(words); i++ {
		name, value, joined := strings.Cut(words[i], "=")
		switch name {
		case "--excludefile", "--exclude-file":
			return nil, nil, false
		case "--exclude":
			if !joined && i+1 < len(words) {
				i++
				value = words[i]
			}
			for text := range strings.SplitSeq(value, ",") {
				ps, err := sheet.Networks(text)
				if err != nil {
					return nil, nil, false
				}
				except = append(except, ps...)
			}
		case "-S", "-D", "--dns-servers", "-sI", "-b", "-oX", "-oG", "-oN", "-oA", "-iL":
			i++ // what follows is no target
		default:
			if ps, err := sheet.Networks(words[i]); err == nil && !strings.HasPrefix(words[i], "-") {
				targets = append(targets, ps...)
			}
		}
	}
	return targets, except, true
}
