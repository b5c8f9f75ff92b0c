package lease

import (
	"errors"
	"fmt"
	"io"
	"math/big"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"headsup/sheet"
)

// A Deterministic is a translator (CGNAT) that logs nothing, because a formula
// says which ports an inside address has (RFC 7422): outside addresses are
// given out one after the other, and on each of them blocks of ports of one
// size, in the order of inside addresses.
type Deterministic struct {
	Inside       []netip.Prefix // in order
	Outside      []netip.Prefix // in order
	First, Last  uint16         // ports that are given out
	Ports        uint16         // for each inside address
	Ratio        int64          // inside addresses on each outside one; 0 is as many as fit
	Since, Until time.Time      // zero is open
	Source       string         // file:line
}

// on reports whether an outside address is one of the translator's.
func (d *Deterministic) on(a netip.Addr) bool {
	for _, p := range d.Outside {
		if p.Contains(a) {
			return true
		}
	}
	return false
}

// Holder returns the inside address that has a port of an outside address. It
// reports false for ports that nobody has.
func (d *Deterministic) Holder(a netip.Addr, port uint16) (netip.Addr, bool) {
	at, ok := indexIn(d.Outside, a)
	if !ok || port < d.First || port > d.Last {
		return netip.Addr{}, false
	}
	perAddress := d.ratio()
	block := (int64(port) - int64(d.First)) / int64(d.Ports)
	if block >= perAddress {
		return netip.Addr{}, false // what is left at the end of the range
	}
	n := new(big.Int).Mul(at, big.NewInt(perAddress))
	return addrIn(d.Inside, n.Add(n, big.NewInt(block)))
}

// ratio is how many inside addresses share an outside one.
func (d *Deterministic) ratio() int64 {
	fit := (int64(d.Last) - int64(d.First) + 1) / int64(d.Ports)
	if d.Ratio > 0 {
		return min(d.Ratio, fit)
	}
	return fit
}

// indexIn returns the place of an address among those of the networks.
func indexIn(ps []netip.Prefix, a netip.Addr) (*big.Int, bool) {
	n := new(big.Int)
	for _, p := range ps {
		if p.Contains(a) {
			return n.Add(n, new(big.Int).Sub(number(a), number(p.Addr()))), true
		}
		n.Add(n, new(big.Int).Lsh(big.NewInt(1), uint(p.Addr().BitLen()-p.Bits())))
	}
	return nil, false
}

// addrIn returns the address of a place among those of the networks.
func addrIn(ps []netip.Prefix, n *big.Int) (netip.Addr, bool) {
	for _, p := range ps {
		size := new(big.Int).Lsh(big.NewInt(1), uint(p.Addr().BitLen()-p.Bits()))
		if n.Cmp(size) >= 0 {
			n.Sub(n, size)
			continue
		}
		b := make([]byte, p.Addr().BitLen()/8)
		a, ok := netip.AddrFromSlice(new(big.Int).Add(number(p.Addr()), n).FillBytes(b))
		return a, ok
	}
	return netip.Addr{}, false
}

func number(a netip.Addr) *big.Int { return new(big.Int).SetBytes(a.AsSlice()) }

var natColumns = []string{"inside", "outside", "first", "last", "ports", "ratio", "since", "until"}

// ReadDeterministic reads a table with a header, in any spelling that [sheet]
// reads: inside and outside networks with "|" between, the first and the last
// port that are given out (1024 and 65535 if empty), how many ports each inside
// address has, how many of them share an outside address (ratio; as many as fit
// if empty), and since and until when that is so. A row that cannot be read
// makes all of them useless; each error starts with "name:line".
func ReadDeterministic(r io.Reader, name string) (all []Deterministic, err error) {
	l := &log{file: name}
	l.clock.times.Zone = time.UTC
	t := sheet.NewTable(sheet.NewText(r), func(c string) bool { return strings.Contains(strings.Join(natColumns, " "), c) })
	head, err := t.Head()
	if err == nil {
		err = head.Only(natColumns, "inside", "outside", "ports")
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	for {
		row, err := t.Next()
		if errors.Is(err, io.EOF) {
			return all, nil
		}
		var d Deterministic
		if err == nil {
			d, err = deterministic(l, func(c string) string { return strings.TrimSpace(row.Get(c)) })
		}
		if err != nil {
			return nil, fmt.Errorf("%s:%d: %w", name, row.Line, err)
		}
		d.Source = l.where(row.Line)
		all = append(all, d)
	}
}

func deterministic(l *log, get func(string) string) (d Deterministic, err error) {
	networks := func(column string) (ps []netip.Prefix) {
		for _, text := range split(get(column), "|,;") {
			more, nerr := sheet.Networks(text)
			if nerr != nil && err == nil {
				err = fmt.Errorf("%s: %w", column, nerr)
			}
			for _, p := range more {
				ps = append(ps, p.Masked())
			}
		}
		return ps
	}
	when := func(column string) (t time.Time) {
		if text := get(column); text != "" && err == nil {
			t, _, err = l.at(text)
		}
		return t
	}
	port := func(column string, otherwise uint16) uint16 {
		if get(column) == "" {
			return otherwise
		}
		n, perr := strconv.ParseUint(get(column), 10, 16)
		if perr != nil && err == nil {
			err = fmt.Errorf("%s: %q is no number of ports", column, get(column))
		}
		return uint16(n)
	}
	d = Deterministic{Inside: networks("inside"), Outside: networks("outside"), First: port("first", 1024), Last: port("last", 65535),
		Ports: port("ports", 0), Ratio: int64(port("ratio", 0)), Since: when("since"), Until: when("until")}
	switch {
	case err != nil:
		return d, err
	case len(d.Inside) == 0 || len(d.Outside) == 0:
		return d, errors.New("no networks")
	case d.Ports == 0 || d.Last < d.First || int(d.Ports) > int(d.Last)-int(d.First)+1:
		return d, fmt.Errorf("%d ports for each address do not fit into %d-%d", d.Ports, d.First, d.Last)
	}
	for _, p := range d.Outside {
		if !p.Addr().Is4() {
			return d, fmt.Errorf("outside: %s is not IPv4", p)
		}
	}
	return d, nil
}
