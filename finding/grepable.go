package finding

import (
	"net/netip"
	"strings"
	"time"

	"headsup/pattern"
	"headsup/sheet"
)

// What nmap writes for grep (-oG). It names no script and no version that a
// finding could rest on, but how each port answered.
var (
	grepable      = pattern.New(`^(# Nmap \S+ scan initiated .* as: |Host: \S+ \(.*\)\s+(Ports|Status): )`)
	grepableStart = pattern.New(`^# Nmap \S+ scan initiated (.*?) as: (.*)$`)
	grepableDone  = pattern.New(`^# Nmap done at (.*?) -- `)
	grepablePorts = pattern.New(`^# Ports scanned: TCP\(\d+;([^)]*)\) UDP\(\d+;([^)]*)\)`)
	grepableHost  = pattern.New(`^Host: (\S+) \((.*?)\)\t(.*)$`)
)

// A grepReader is one output for grep on its way.
type grepReader struct {
	*reader
	words string // the command line
	seen  time.Time
	tried Ports
}

func readGrepable(rd *reader, in *sheet.Text) error {
	g := &grepReader{reader: rd}
	covers(g.reader, Cover{})
	lines := sheet.NewLines(in)
	for {
		text, err := lines.Next()
		rd.line = lines.Line()
		text = strings.TrimRight(text, " \r\n")
		switch {
		case err == sheet.ErrLong:
			err = rd.row(Finding{}, tooLong(err))
		case err != nil:
			return endOf(err, nil)
		case strings.HasPrefix(text, "Nmap scan report for "): // -oN begins alike
			return ErrForPeople
		case strings.HasPrefix(text, "Host: "):
			err = g.host(text)
		default:
			err = g.remark(text)
		}
		if err != nil {
			return err
		}
	}
}

// remark reads a line about the run.
func (g *grepReader) remark(text string) (err error) {
	if m := grepableStart.FindStringSubmatch(text); m != nil {
		g.words = m[2]
		g.seen, err = g.time(m[1])
		return err
	}
	if m := grepablePorts.FindStringSubmatch(text); m != nil {
		tcp, err := ParsePorts(m[1], "tcp")
		if err != nil {
			return err
		}
		udp, err := ParsePorts(m[2], "udp")
		g.tried = append(tcp, udp...)
		return err
	}
	if m := grepableDone.FindStringSubmatch(text); m != nil {
		targets, except, ok := nmapTargets(g.words)
		if ok && len(targets) > 0 && len(g.tried) > 0 {
			covers(g.reader, Cover{Addrs: targets, Except: except, Ports: g.tried, Answer: AnswerSilent, Seen: g.seen})
		}
	}
	return nil
}

// host yields the ports of one line, and tells of those that it only counts.
func (g *grepReader) host(text string) error {
	m := grepableHost.FindStringSubmatch(text)
	if m == nil {
		return g.row(Finding{}, badValue("line", text))
	}
	addr, err := parseAddr(m[1])
	if err != nil {
		return g.row(Finding{}, err)
	}
	whole := Cover{Addrs: []netip.Prefix{netip.PrefixFrom(addr, addr.BitLen())}, Ports: g.tried, Seen: g.seen, Name: m[2]}
	for field := range strings.SplitSeq(m[3], "\t") {
		name, value, _ := strings.Cut(field, ": ")
		switch name {
		case "Ports":
			for one := range strings.SplitSeq(value, ", ") {
				if err := g.port(addr, m[2], one); err != nil {
					return err
				}
			}
		case "Status":
			if value == "Down" && len(g.tried) > 0 {
				whole.Answer = AnswerSilent
				covers(g.reader, whole)
			}
		case "Ignored State":
			state, _, _ := strings.Cut(value, " ")
			if whole.Answer = nmapAnswers[state]; whole.Answer != "" && len(g.tried) > 0 {
				covers(g.reader, whole)
			}
		}
	}
	return nil
}

// port yields one of the ports of a line: "25/open/tcp//smtp///".
func (g *grepReader) port(addr netip.Addr, name, text string) error {
	col := strings.Split(text, "/")
	if len(col) < 5 {
		return g.row(Finding{}, badValue("port", text))
	}
	number, _, err := g.reader.port(col[0])
	if err != nil {
		return g.row(Finding{}, err)
	}
	f := notOpen(addr, number, col[2], col[1], g.seen)
	if col[1] == "open" {
		f = portAlone(port{name: strings.ToLower(col[4])}, number).of(addr, number, col[2], g.seen)
	}
	f.Name = name
	return g.row(f, nil)
}
