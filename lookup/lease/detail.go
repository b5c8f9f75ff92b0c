package lease

import (
	"cmp"
	"errors"
	"fmt"
	"hash/maphash"
	"io"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"

	"headsup/sheet"
)

const (
	maxAttributes = 1000    // of one record
	maxSessions   = 1 << 18 // that ended last and are remembered
	clocksDiffer  = 10 * time.Minute
)

// A detail is a reader of RADIUS accounting detail.
type detail struct {
	*log
	seed maphash.Seed
	// ended holds when sessions ended, by all that makes them one: an Interim
	// that comes after its Stop is late, and no news. Session ids alone repeat
	// after a reboot.
	ended map[uint64]time.Time
	// open holds the sessions that were told of and have not ended: they end
	// when their server for access (NAS) begins anew.
	open map[uint64]openSession
}

type openSession struct {
	nas      string
	prefixes []netip.Prefix
	holder   Holder
}

// readDetail reads records as FreeRADIUS writes them: a line with the time,
// attributes behind a tab, and an empty line. A record of a session says since
// when it lasts (Acct-Session-Time), so that none needs another: Start,
// Interim-Update and Stop are each a row of their own.
func readDetail(l *log, r io.Reader) error {
	d := &detail{log: l, seed: maphash.MakeSeed(), ended: map[uint64]time.Time{}, open: map[uint64]openSession{}}
	attributes, line, head := map[string]string{}, 0, ""
	for text, err := range l.lines(r) {
		if err != nil {
			return err
		}
		switch {
		case strings.TrimSpace(text) == "":
			if len(attributes) > 0 {
				if err := d.record(head, attributes, line); err != nil || l.over {
					return err
				}
			}
			clear(attributes)
			line = 0
		case text[0] != '\t' && text[0] != ' ':
			if len(attributes) > 0 && !l.bad(line, ErrCut) {
				return nil
			}
			clear(attributes)
			head, line = text, l.line
		case len(attributes) < maxAttributes:
			name, value, ok := strings.Cut(strings.TrimSpace(text), " = ")
			if _, twice := attributes[name]; ok && !twice {
				attributes[name] = unquote(value)
			}
			if line == 0 {
				head, line = "", l.line
			}
		}
	}
	if len(attributes) > 0 && !l.cut && !l.over {
		l.bad(line, ErrCut) // the empty line is missing
	}
	return nil
}

func unquote(s string) string {
	if len(s) > 1 && s[0] == '"' && s[len(s)-1] == '"' {
		return strings.NewReplacer(`\"`, `"`, `\\`, `\`).Replace(s[1 : len(s)-1])
	}
	return s
}

// record hands over what a record says: a row for each address and prefix.
func (d *detail) record(head string, a map[string]string, line int) error {
	kind := Lasting
	switch a["Acct-Status-Type"] {
	case "Start", "Interim-Update", "Alive", "1", "3":
	case "Stop", "2":
		kind = Held
	case "Accounting-On", "Accounting-Off", "7", "8":
		return d.reboot(head, a, line)
	default:
		return nil // of tunnels and the like
	}
	prefixes, err := framed(a)
	if err != nil {
		return d.timed(line, err)
	}
	if len(prefixes) == 0 {
		return nil // not assigned yet
	}
	at, slack, err := d.recordTime(head, a)
	if err != nil {
		return d.timed(line, err)
	}
	row := Row{Start: at, End: at, Slack: slack, Kind: kind, Holder: newHolder("user", a["User-Name"],
		"station", mac(a["Calling-Station-Id"]), "circuit", a["ADSL-Agent-Circuit-Id"], "remote", a["ADSL-Agent-Remote-Id"])}
	seconds, err := strconv.ParseUint(a["Acct-Session-Time"], 10, 31)
	switch {
	case err == nil:
		row.Start = at.Add(-time.Duration(seconds) * time.Second)
	case a["Acct-Session-Time"] != "":
		return d.timed(line, fmt.Errorf("Acct-Session-Time %q is no number", a["Acct-Session-Time"]))
	case kind == Held:
		row.Kind = Ended
	}
	if d.late(a, row) {
		return nil
	}
	d.remember(a, row, prefixes)
	for _, row.Prefix = range prefixes {
		if !d.row(row, line) {
			return nil
		}
	}
	return nil
}

// reboot ends the sessions of a server for access that begins or ends its
// accounting (RFC 2866 section 5.1): it sends no Stop for them.
func (d *detail) reboot(head string, a map[string]string, line int) error {
	at, slack, err := d.recordTime(head, a)
	if err != nil {
		return d.timed(line, err)
	}
	var rows []Row
	for id, s := range d.open {
		if s.nas != nasOf(a) {
			continue
		}
		delete(d.open, id)
		for _, p := range s.prefixes {
			rows = append(rows, Row{Prefix: p, Start: at, End: at, Slack: slack, Kind: Ended, Holder: s.holder})
		}
	}
	slices.SortFunc(rows, func(x, y Row) int { return x.Prefix.Addr().Compare(y.Prefix.Addr()) })
	for _, r := range rows {
		if !d.row(r, line) {
			return nil
		}
	}
	return nil
}

func nasOf(a map[string]string) string {
	return cmp.Or(a["NAS-Identifier"], a["NAS-IP-Address"], a["NAS-IPv6-Address"])
}

// remember takes in that a session is open or has ended.
func (d *detail) remember(a map[string]string, row Row, prefixes []netip.Prefix) {
	id, nas := d.session(a), nasOf(a)
	if row.Kind != Lasting {
		delete(d.open, id)
	} else if nas != "" && len(d.open) < maxSessions {
		d.open[id] = openSession{nas, prefixes, row.Holder}
	}
}

// session is all that makes a session one, in short.
func (d *detail) session(a map[string]string) uint64 {
	var h maphash.Hash
	h.SetSeed(d.seed)
	for _, name := range []string{"Acct-Session-Id", "User-Name", "NAS-IP-Address", "NAS-IPv6-Address", "NAS-Identifier",
		"Framed-IP-Address"} {
		h.WriteString(a[name] + "\n")
	}
	return h.Sum64()
}

// late reports whether a record comes after the Stop of its session, and
// remembers Stops.
func (d *detail) late(a map[string]string, row Row) bool {
	session := d.session(a)
	if row.Kind != Lasting {
		if len(d.ended) >= maxSessions {
			clear(d.ended)
		}
		d.ended[session] = row.End
		return false
	}
	ended, ok := d.ended[session]
	return ok && a["Acct-Status-Type"] != "Start" && a["Acct-Status-Type"] != "1" && !row.Start.After(ended)
}

// recordTime returns when the event of a record was: as the NAS says
// (Event-Timestamp, RFC 2869), unless its clock is far from the server's; else
// as the server received it, less the delay (Acct-Delay-Time, RFC 2866 5.2).
func (d *detail) recordTime(head string, a map[string]string) (time.Time, time.Duration, error) {
	delay := time.Duration(0)
	if text := a["Acct-Delay-Time"]; text != "" {
		n, err := strconv.ParseUint(text, 10, 31)
		if err != nil {
			return time.Time{}, 0, fmt.Errorf("Acct-Delay-Time %q is no number", text)
		}
		delay = time.Duration(n) * time.Second
	}
	var received time.Time
	var slack time.Duration
	var err error
	if text := a["Timestamp"]; text != "" {
		received, err = d.unix(text)
	} else if head != "" {
		received, slack, err = d.at(head)
	}
	event := a["Event-Timestamp"]
	if event == "" || err != nil && !errors.Is(err, ErrZone) {
		if err == nil && received.IsZero() {
			err = &sheet.TimeError{Value: head}
		}
		return received.Add(-delay), slack, err
	}
	at, eslack, eerr := d.at(event)
	if n, uerr := d.unix(event); uerr == nil {
		at, eslack, eerr = n, 0, nil
	}
	switch far := at.Sub(received.Add(-delay)).Abs() > clocksDiffer; {
	case eerr != nil && (err != nil || received.IsZero()):
		return at, 0, eerr
	case eerr != nil, err == nil && !received.IsZero() && far:
		return received.Add(-delay), slack, nil
	}
	return at, eslack, nil
}

// framed returns what a record says was assigned.
func framed(a map[string]string) (ps []netip.Prefix, err error) {
	for _, name := range []string{"Framed-IP-Address", "Framed-IPv6-Address", "Framed-IPv6-Prefix", "Delegated-IPv6-Prefix"} {
		text := a[name]
		if text == "" {
			continue
		}
		p, err := sheet.Network(text)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		p = p.Masked()
		switch p.Addr().String() {
		case "0.0.0.0", "255.255.255.255", "255.255.255.254", "::": // not assigned; RFC 2865 5.8
			continue
		}
		ps = append(ps, p)
	}
	return ps, nil
}
