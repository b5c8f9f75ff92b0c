package lease

import (
	"fmt"
	"io"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"

	"headsup/pattern"
	"headsup/sheet"
)

// An event is what a line of syslog says, without its time.
type event struct {
	addr        netip.Addr
	first, last uint16
	kind        Kind
	holder      Holder
	since       time.Time // zero where the line does not say
}

// readSyslog reads logs of many devices in one file: DHCP as dhcpd and dnsmasq
// log it, and port blocks of translators (CGNAT). Lines of all else are passed
// over.
func readSyslog(l *log, r io.Reader) error {
	for line, err := range l.lines(r) {
		if err != nil {
			return err
		}
		for _, d := range dialects {
			if !strings.Contains(line, d.mark) {
				continue
			}
			events, err := d.read(line)
			if err == nil {
				err = l.events(d, line, events)
			}
			if err != nil {
				if err := l.timed(l.line, err); err != nil {
					return err
				}
			}
			break
		}
		if l.over {
			return nil
		}
	}
	return nil
}

// events hands over what a line says.
func (l *log) events(d dialect, line string, events []event) error {
	if len(events) == 0 {
		return nil
	}
	at, slack, err := l.lineTime(d, line)
	for _, e := range events {
		row := Row{Prefix: single(e.addr), First: e.first, Last: e.last, Kind: e.kind, Holder: e.holder, Start: at, End: at, Slack: slack}
		switch {
		case e.kind == Lasting && !e.since.IsZero():
			row.Start = e.since.Add(-l.ahead) // a number of seconds, whatever the zone of the line
			if err != nil || row.End.Before(row.Start) {
				row.End, row.Slack = row.Start, 0
			}
		case err != nil:
			return err
		case e.kind == Ended && !e.since.IsZero() && e.since.Add(-l.ahead).Before(at.Add(-2*time.Second)):
			row.Kind, row.Start = Held, e.since.Add(-l.ahead)
		}
		if !l.row(row, l.line) {
			return nil
		}
	}
	return nil
}

var yearFirst = pattern.New(`\b(20\d\d) ([A-Z][a-z]{2}) +(\d{1,2}) (\d\d:\d\d:\d\d)\b`)

// lineTime returns the time of a line: the device's own, where its dialect
// writes one, else that of syslog.
func (l *log) lineTime(d dialect, line string) (time.Time, time.Duration, error) {
	if m := yearFirst.FindStringSubmatch(line); m != nil && d.mark == "Userbased" {
		return l.at(m[1] + "-" + m[2] + "-" + m[3] + " " + m[4])
	}
	at, slack, _, err := l.syslog(line)
	return at, slack, err
}

// A dialect is how one make of device logs. Lines that contain its mark are
// its own.
type dialect struct {
	mark string
	read func(line string) ([]event, error)
}

var dialects = []dialect{
	{"DHCPACK", dhcpLine},
	{"DHCPRELEASE", dhcpLine},
	{"DHCPEXPIRE", dhcpLine},
	{"JSERVICES_NAT_PORT_BLOCK_", juniper},
	{"CEF:0|A10", a10},
	{"FIXED-NAT-PORTS", a10},
	{"Userbased", ciscoXR},
	{"-30501", ciscoASA},
}

var (
	ackLine  = pattern.New(`DHCP(ACK|RELEASE|EXPIRE)(?:\([^)]*\))? (?:(?:on|of) )?([0-9a-fA-F.:]+) (?:(?:to|from) )?([0-9a-fA-F:]{11,59})\b`)
	juniLine = pattern.New(`JSERVICES_NAT_PORT_BLOCK_(ALLOC|RELEASE|ACTIVE): ?([0-9a-fA-F.:]+) -> ([0-9.]+):(\d{1,5})-(\d{1,5})(?:\s+0x([0-9a-fA-F]{1,8}))?`)
	xrLine   = pattern.New(`\[Userbased([AW]) - (\S+) \S+ (\S+) ([0-9.]+) (?:\S+) (\d{1,5}) (\d{1,5}|-)`)
	asaLine  = pattern.New(`-30501(4|5): (?:Allocated|Released) \S+ block of ports for translation from [^:\s]+:([0-9.]+) to [^:\s]+:([0-9.]+)/(\d{1,5})-(\d{1,5})`)
	fixLine  = pattern.New(`FIXED-NAT-PORTS:? ([0-9a-fA-F.:]+) ?->\s?([0-9.]+):(\d{1,5})-(\d{1,5})`)
	cefWord  = pattern.New(`(\w+)=(\S+)`)
)

// dhcpLine reads what dhcpd and dnsmasq log: "DHCPACK on 192.0.2.7 to
// 02:00:00:00:00:01 (host) via eth0". It names no lifetime.
func dhcpLine(line string) ([]event, error) {
	m := ackLine.FindStringSubmatch(line)
	if m == nil {
		return nil, nil // an answer to DHCPINFORM, which hands out nothing
	}
	a, err := netip.ParseAddr(m[2])
	if err != nil {
		return nil, &sheet.ValueError{Kind: "address", Value: m[2]}
	}
	kind := Lasting
	if m[1] != "ACK" {
		kind = Ended
	}
	return []event{{addr: a, kind: kind, holder: newHolder("mac", mac(m[3]))}}, nil
}

// juniper reads port blocks of Junos. The number behind the ports is when the
// block was allocated, in the message of its release too.
func juniper(line string) ([]event, error) {
	m := juniLine.FindStringSubmatch(line)
	if m == nil {
		return nil, nil
	}
	e, err := block(m[2], m[3], m[4], m[5])
	if n, perr := strconv.ParseInt(m[6], 16, 64); perr == nil && n > 1e9 && n < maxTime {
		e.since = time.Unix(n, 0).UTC()
	}
	if e.kind = Lasting; m[1] == "RELEASE" {
		e.kind = Ended
	}
	return []event{e}, err
}

// ciscoXR reads port blocks of IOS XR (CGv6), several in one line: [UserbasedA -
// inside VRF inside6 outside - first last - -].
func ciscoXR(line string) (events []event, err error) {
	for _, m := range xrLine.FindAllStringSubmatch(line, 64) {
		inside := m[2]
		if _, err := netip.ParseAddr(m[3]); err == nil {
			inside = m[3] // DS-Lite: its IPv6 address tells customers apart
		}
		if m[6] == "-" {
			m[6] = m[5]
		}
		e, err := block(inside, m[4], m[5], m[6])
		if err != nil {
			return events, err
		}
		if e.kind = Lasting; m[1] == "W" {
			e.kind = Ended
		}
		events = append(events, e)
	}
	return events, nil
}

// ciscoASA reads the messages 305014 and 305015 of ASA.
func ciscoASA(line string) ([]event, error) {
	m := asaLine.FindStringSubmatch(line)
	if m == nil {
		return nil, nil
	}
	e, err := block(m[2], m[3], m[4], m[5])
	if e.kind = Lasting; m[1] == "5" {
		e.kind = Ended
	}
	return []event{e}, err
}

// a10 reads port batches of Thunder CGN: CEF events 106 and 107, and the ports
// of Fixed-NAT.
func a10(line string) ([]event, error) {
	if m := fixLine.FindStringSubmatch(line); m != nil {
		e, err := block(m[1], m[2], m[3], m[4])
		e.kind = Lasting
		return []event{e}, err
	}
	kind := Lasting
	switch {
	case strings.Contains(line, "|CGN 107|"):
		kind = Ended
	case !strings.Contains(line, "|CGN 106|"):
		return nil, nil
	}
	words := map[string]string{}
	for _, m := range cefWord.FindAllStringSubmatch(line, 64) {
		words[m[1]] = m[2]
	}
	e, err := block(words["src"], words["sourceTranslatedAddress"], words["sourceTranslatedPort"], words["cn3"])
	e.kind = kind
	return []event{e}, err
}

// block makes an event of a block of ports.
func block(inside, outside, first, last string) (e event, err error) {
	in, err := netip.ParseAddr(inside)
	if err != nil {
		return e, &sheet.ValueError{Kind: "address", Value: inside}
	}
	if e.addr, err = netip.ParseAddr(outside); err != nil {
		return e, &sheet.ValueError{Kind: "address", Value: outside}
	}
	if e.first, e.last, err = ports(first, last); err != nil {
		return e, err
	}
	e.holder = newHolder("inside", in.Unmap().String())
	return e, nil
}

func ports(first, last string) (uint16, uint16, error) {
	a, err1 := strconv.ParseUint(first, 10, 16)
	b, err2 := strconv.ParseUint(last, 10, 16)
	if err1 != nil || err2 != nil || b < a || a == 0 {
		return 0, 0, &sheet.ValueError{Kind: "ports", Value: first + "-" + last}
	}
	return uint16(a), uint16(b), nil
}

// holderColumns are the kinds of words that a table may name a holder by, in
// the order in which they tell holders apart.
var holderColumns = []string{"inside", "user", "mac", "client", "duid", "circuit", "remote", "subscriber"}

// otherNames are what else tables call their columns.
var otherNames = map[string][]string{
	"address": {"ip", "ip_address", "prefix", "network", "outside", "public_ip"}, "start": {"from", "begin", "starts", "start_time"},
	"end": {"to", "until", "stop", "ends", "stop_time", "end_time"}, "holder": {"customer", "login", "account"},
	"first": {"first_port", "port_start", "start_port", "port_first"}, "last": {"last_port", "port_end", "end_port", "port_last"},
	"user": {"user_name", "username"}, "mac": {"hwaddr", "hardware"}, "inside": {"inside_address", "private_ip", "inside_ip"},
}

func isColumn(column, name string) bool {
	return name == column || slices.Contains(otherNames[column], name)
}

func knownCell(name string) bool {
	if slices.Contains([]string{"address", "start", "end", "holder", "first", "last"}, name) || slices.Contains(holderColumns, name) {
		return true
	}
	for _, others := range otherNames {
		if slices.Contains(others, name) {
			return true
		}
	}
	return false
}

// readTable reads a table of leases.
func readTable(l *log, r io.Reader) error {
	in := func(row sheet.Row, column string) string {
		if v := strings.TrimSpace(row.Get(column)); v != "" {
			return v
		}
		for _, other := range otherNames[column] {
			if v := strings.TrimSpace(row.Get(other)); v != "" {
				return v
			}
		}
		return ""
	}
	return l.table(r, knownCell, nil, func(cells sheet.Row) error {
		p, err := sheet.Network(in(cells, "address"))
		if err != nil {
			return err
		}
		row := Row{Prefix: p.Masked()}
		if first, last := in(cells, "first"), in(cells, "last"); first+last != "" {
			if row.First, row.Last, err = ports(first, last); err != nil {
				return err
			}
		}
		var words []string
		for _, c := range holderColumns {
			words = append(words, c, in(cells, c))
		}
		row.Holder = newHolder(append(words, "user", in(cells, "holder"))...)
		return l.tableTimes(row, cells, in(cells, "start"), in(cells, "end"))
	})
}

// tableTimes hands over a row with the times of its cells.
func (l *log) tableTimes(row Row, cells sheet.Row, start, end string) error {
	var slack time.Duration
	var err error
	switch {
	case start == "" && end == "":
		return fmt.Errorf("neither start nor end")
	case start == "":
		row.Kind = Ended
		row.End, row.Slack, err = l.at(end)
		row.Start = row.End
	case end == "":
		row.Kind = Lasting
		row.Start, row.Slack, err = l.at(start)
		row.End = row.Start
	default:
		if row.Start, row.Slack, err = l.at(start); err == nil {
			row.End, slack, err = l.at(end)
			row.Slack = max(row.Slack, slack)
		}
	}
	if err != nil {
		return err
	}
	l.row(row, cells.Line)
	return nil
}
