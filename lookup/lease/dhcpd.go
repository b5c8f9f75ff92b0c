package lease

import (
	"errors"
	"fmt"
	"io"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"headsup/sheet"
)

// A dhcpdLease is an entry of dhcpd.leases, as far as it has been read.
type dhcpdLease struct {
	addr         netip.Addr
	line         int
	starts, ends time.Time
	state        string
	words        map[string]string // of its holder
	err          error
}

const maxStatements = 200 // in one lease

var errDHCPv6 = errors.New("a lease of DHCPv6, which is not read")

// readDhcpd reads dhcpd.leases (man 5 dhcpd.leases): a log of states, in UTC
// or, with "db-time-format local", in seconds since 1970. Each entry is what a
// lease became.
func readDhcpd(l *log, r io.Reader) error {
	l.times.Zone, l.bare = time.UTC, nil // by the file's definition
	var open *dhcpdLease
	depth, statements := 0, 0
	for line, err := range l.lines(r) {
		if err != nil {
			return err
		}
		line = strings.TrimSpace(line)
		switch {
		case line == "" || strings.HasPrefix(line, "#"):
		case open == nil && strings.HasPrefix(line, "lease ") && strings.HasSuffix(line, "{"):
			a, err := netip.ParseAddr(strings.TrimSpace(strings.TrimSuffix(strings.TrimPrefix(line, "lease "), "{")))
			if err != nil {
				err = &sheet.ValueError{Kind: "address", Value: line}
			}
			open, depth, statements = &dhcpdLease{addr: a, line: l.line, words: map[string]string{}, err: err}, 1, 0
		case open == nil && (strings.HasPrefix(line, "ia-na ") || strings.HasPrefix(line, "ia-ta ") || strings.HasPrefix(line, "ia-pd ")):
			l.bad(l.line, errDHCPv6)
		case open == nil: // failover and server's own
		case line == "}" && depth == 1:
			if err := l.dhcpdLease(open); err != nil || l.over {
				return err
			}
			open = nil
		case line == "}":
			depth--
		case strings.HasSuffix(line, "{"):
			depth++
		case statements == maxStatements:
			open.err = fmt.Errorf("more than %d statements in one lease", maxStatements)
		default:
			statements++
			open.read(l, strings.TrimSuffix(line, ";"))
		}
	}
	if open != nil && !l.cut && !l.over {
		l.bad(open.line, ErrCut)
	}
	return nil
}

// read takes in a statement.
func (d *dhcpdLease) read(l *log, line string) {
	var err error
	switch word, rest, _ := strings.Cut(line, " "); word {
	case "starts":
		d.starts, err = l.dhcpdTime(rest)
	case "ends":
		d.ends, err = l.dhcpdTime(rest)
	case "binding":
		d.state = strings.TrimPrefix(rest, "state ")
	case "hardware":
		_, address, _ := strings.Cut(rest, " ")
		d.words["mac"] = mac(address)
	case "uid":
		d.words["client"] = quoted(rest)
	case "option":
		if text, ok := strings.CutPrefix(rest, "agent.circuit-id "); ok {
			d.words["circuit"] = quoted(text)
		} else if text, ok := strings.CutPrefix(rest, "agent.remote-id "); ok {
			d.words["remote"] = quoted(text)
		}
	}
	if d.err == nil {
		d.err = err
	}
}

// dhcpdTime reads "4 2026/03/05 10:00:00", "epoch 1772704800; # …" and "never",
// which is the zero time.
func (l *log) dhcpdTime(text string) (time.Time, error) {
	switch {
	case strings.HasPrefix(text, "never"):
		return time.Time{}, nil
	case strings.HasPrefix(text, "epoch "):
		seconds, _, _ := strings.Cut(strings.TrimPrefix(text, "epoch "), ";")
		n, err := strconv.ParseInt(strings.TrimSpace(seconds), 10, 64)
		if err != nil || n <= 0 || n > maxTime {
			return time.Time{}, &sheet.TimeError{Value: text}
		}
		return time.Unix(n, 0).UTC(), nil
	}
	_, day, _ := strings.Cut(text, " ") // behind the weekday's number
	t, err := time.Parse("2006/01/02 15:04:05", day)
	if err != nil {
		return t, &sheet.TimeError{Value: text}
	}
	return t, nil
}

// dhcpdLease hands over what an entry says.
func (l *log) dhcpdLease(d *dhcpdLease) error {
	switch {
	case d.err != nil:
		return l.timed(d.line, d.err)
	case d.state == "abandoned" || d.state == "reset" || d.state == "backup" || len(d.words) == 0:
		return nil // nobody's
	case d.starts.IsZero():
		return l.timed(d.line, errors.New("no start"))
	}
	starts, err := l.passed(d.starts)
	if err != nil {
		return l.timed(d.line, err)
	}
	row := Row{Prefix: single(d.addr), Start: starts, End: starts, Kind: Lasting,
		Holder: newHolder("mac", d.words["mac"], "client", d.words["client"], "circuit", d.words["circuit"], "remote", d.words["remote"])}
	if !d.ends.IsZero() {
		row.Kind, row.End = Promised, d.ends.Add(-l.ahead)
		if d.state != "active" && d.state != "" {
			row.Kind = Held
		}
	}
	l.row(row, d.line)
	return nil
}

// quoted reads a string of dhcpd.leases: octal escapes stand for bytes. Bytes
// that are not printable make it hex, as Kea writes it.
func quoted(s string) string {
	inner, ok := strings.CutPrefix(s, `"`)
	if !ok {
		return s // 1:2:3
	}
	inner = strings.TrimSuffix(inner, `"`)
	var b []byte
	for i := 0; i < len(inner); i++ {
		if inner[i] == '\\' && i+3 < len(inner) {
			if n, err := strconv.ParseUint(inner[i+1:i+4], 8, 8); err == nil {
				b = append(b, byte(n))
				i += 3
				continue
			}
		}
		if inner[i] == '\\' && i+1 < len(inner) {
			i++
		}
		b = append(b, inner[i])
	}
	return printable(b)
}

// printable returns bytes as text, or in hex where they are none.
func printable(b []byte) string {
	for _, c := range b {
		if c < ' ' || c > '~' {
			var hex strings.Builder
			for i, c := range b {
				if i > 0 {
					hex.WriteByte(':')
				}
				fmt.Fprintf(&hex, "%02x", c)
			}
			return hex.String()
		}
	}
	return string(b)
}
