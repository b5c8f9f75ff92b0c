package lease

import (
	"errors"
	"fmt"
	"io"
	"math"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"headsup/sheet"
)

// longest is how long a promise may be: a lease of "infinite duration", and
// what is longer, holds until something else is said.
const longest = 400 * 24 * time.Hour

// readKea reads the log of Kea's hook for forensic logging, in the text of its
// manual: "2026-03-06 23:41:00 CET Address: 192.0.2.7 has been renewed for
// 1 hrs 0 mins 0 secs to a device with hardware address: …".
func readKea(l *log, r io.Reader) error {
	for line, err := range l.lines(r) {
		if err != nil {
			return err
		}
		head, what, ok := strings.Cut(line, "Prefix: ")
		if !ok {
			head, what, ok = strings.Cut(line, "Address:")
		}
		if !ok || len(head) > 60 {
			continue // a word of the administrator, or of another program
		}
		act, ok := keaAct(strings.TrimSpace(what))
		if !ok {
			continue
		}
		at, slack, err := l.at(strings.TrimSpace(head))
		if err != nil {
			if err := l.timed(l.line, err); err != nil || l.over {
				return err
			}
			continue
		}
		row, err := act.row(at)
		row.Slack = slack
		if err != nil && !l.bad(l.line, err) || err == nil && !l.row(row, l.line) {
			return nil
		}
	}
	return nil
}

// A keaEntry is the text of an entry, taken apart.
type keaEntry struct {
	prefix, verb, lifetime, device string
}

// keaAct takes an entry apart. It reports whether it is about who holds an address.
func keaAct(what string) (e keaEntry, ok bool) {
	e.prefix, what, ok = strings.Cut(what, " has been ")
	if !ok {
		return e, false
	}
	e.verb, what, _ = strings.Cut(what, " ")
	before, after, _ := strings.Cut(what, " a device with ")
	e.lifetime, e.device = strings.TrimSuffix(strings.TrimPrefix(before, "for "), " to"), after
	return e, e.verb == "assigned" || e.verb == "renewed" || e.verb == "leased" || e.verb == "released" || e.verb == "expired"
}

// row makes a row of an entry.
func (e keaEntry) row(at time.Time) (Row, error) {
	p, err := sheet.Network(strings.TrimSuffix(e.prefix, "."))
	if err != nil {
		return Row{}, err
	}
	duid, hw := keaWord(e.device, "DUID: "), mac(keaWord(keaAfter(e.device, "hardware address: "), "hwtype="))
	client := keaWord(e.device, "client-id: ")
	words := []string{"mac", hw, "client", client}
	if p.Addr().Is6() {
		words = []string{"duid", duid, "mac", hw}
	}
	words = append(words, "circuit", keaWord(e.device, "circuit-id: "), "remote", keaWord(e.device, "remote-id: "),
		"subscriber", keaWord(e.device, "subscriber-id: "))
	row := Row{Prefix: p, Start: at, End: at, Holder: newHolder(words...)}
	if e.verb == "released" || e.verb == "expired" {
		row.Kind = Ended
		return row, nil
	}
	d, err := keaLifetime(e.lifetime)
	if err != nil {
		return row, err
	}
	return row.promise(d), nil
}

// promise lets a row hold for so long.
func (r Row) promise(d time.Duration) Row {
	r.Kind, r.End = Promised, r.Start.Add(d)
	if d >= longest {
		r.Kind, r.End = Lasting, r.Start
	}
	return r
}

func keaAfter(s, mark string) string {
	_, after, _ := strings.Cut(s, mark)
	return after
}

// keaWord returns what stands behind a mark: the text in brackets where Kea
// shows it, which is how the house writes it, else its bytes in hex.
func keaWord(s, mark string) string {
	_, after, ok := strings.Cut(s, mark)
	if !ok {
		return ""
	}
	if mark == "hwtype=" {
		_, after, _ = strings.Cut(after, " ")
	}
	word, rest, _ := strings.Cut(after, " ")
	if mark != "hwtype=" && strings.HasPrefix(rest, "(") {
		if text, _, ok := strings.Cut(rest[1:], ")"); ok && !strings.HasPrefix(text, "from ") {
			return text
		}
	}
	return strings.TrimSuffix(word, ",")
}

var units = map[string]time.Duration{"day": 24 * time.Hour, "hr": time.Hour, "min": time.Minute, "sec": time.Second}

// keaLifetime reads "1 hrs 52 min 15 secs", also with days before it.
func keaLifetime(s string) (d time.Duration, err error) {
	if strings.HasPrefix(s, "infinite") {
		return longest, nil
	}
	words := strings.Fields(s)
	for i := 0; i+1 < len(words); i += 2 {
		n, nerr := strconv.ParseUint(words[i], 10, 32)
		unit := units[strings.TrimSuffix(words[i+1], "s")]
		if nerr != nil || unit == 0 || n > math.MaxUint32/86400 {
			break
		}
		if d += time.Duration(n) * unit; i+2 >= len(words) {
			return min(d, longest), nil
		}
	}
	return 0, fmt.Errorf("lifetime %q is none", s)
}

// readMemfile reads a lease file of Kea, CSV: each row is what a lease became,
// and later rows replace earlier ones. Those that are declined are nobody's.
func readMemfile(l *log, r io.Reader) error {
	known := []string{"address", "hwaddr", "client_id", "duid", "valid_lifetime", "expire", "state", "prefix_len", "lease_type"}
	return l.table(r, func(name string) bool { return strings.Contains(" "+strings.Join(known, " ")+" ", " "+name+" ") },
		[]string{"address", "valid_lifetime", "expire"}, func(row sheet.Row) error {
			if state := row.Get("state"); state == "1" {
				return nil // declined
			}
			expire, err := l.memfileTime(row.Get("expire"))
			if err != nil {
				return err
			}
			lifetime, err := strconv.ParseUint(row.Get("valid_lifetime"), 10, 32)
			if err != nil {
				return fmt.Errorf("valid_lifetime %q is no number", row.Get("valid_lifetime"))
			}
			a, err := netip.ParseAddr(row.Get("address"))
			if err != nil {
				return &sheet.ValueError{Kind: "address", Value: row.Get("address")}
			}
			out := Row{Prefix: single(a), Start: expire.Add(-time.Duration(lifetime) * time.Second)}
			if row.Get("lease_type") == "2" {
				bits, err := strconv.Atoi(row.Get("prefix_len"))
				if err != nil || bits < 1 || bits > 128 {
					return fmt.Errorf("prefix_len %q is none", row.Get("prefix_len"))
				}
				out.Prefix = netip.PrefixFrom(a, bits).Masked()
			}
			if out.Start, err = l.passed(out.Start); err != nil {
				return err
			}
			out.End = out.Start
			out.Holder = newHolder("mac", mac(row.Get("hwaddr")), "client", row.Get("client_id"))
			if a.Is6() {
				out.Holder = newHolder("duid", row.Get("duid"), "mac", mac(row.Get("hwaddr")))
			}
			switch {
			case lifetime == 0 || row.Get("state") == "3": // released
				out.Kind = Ended
				if lifetime > 0 {
					return nil // when, the file does not say
				}
			case row.Get("state") == "2": // expired, and taken back
				out.Kind, out.End = Held, out.Start.Add(time.Duration(lifetime)*time.Second)
			case lifetime == math.MaxUint32:
				out.Kind = Lasting
			default:
				out = out.promise(time.Duration(lifetime) * time.Second)
			}
			l.row(out, row.Line)
			return nil
		})
}

// memfileTime reads a time that may be to come, after a lifetime of 2^32-1 too.
func (l *log) memfileTime(text string) (time.Time, error) {
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n <= 0 || n > maxTime+math.MaxUint32 {
		return time.Time{}, &sheet.TimeError{Value: text}
	}
	return time.Unix(n, 0).UTC(), nil
}

// table reads a table row by row.
func (l *log) table(r io.Reader, known func(string) bool, needed []string, each func(sheet.Row) error) error {
	t := sheet.NewTable(sheet.NewText(r), known)
	head, err := t.Head()
	if err != nil {
		return err
	}
	l.line = head.Line
	for _, c := range needed {
		if !head.Has(c) {
			return &sheet.ColumnError{Name: c}
		}
	}
	for !l.over {
		row, err := t.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		l.line = row.Line
		switch {
		case errors.Is(err, sheet.ErrCut):
			l.bad(row.Line, ErrCut)
		case err != nil && !sheet.OfRow(err):
			return err
		case err != nil:
			l.bad(row.Line, err)
		default:
			if err := each(row); err != nil {
				if err := l.timed(row.Line, err); err != nil {
					return err
				}
			}
		}
	}
	return nil
}
