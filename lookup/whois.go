package lookup

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"sync"
	"time"

	"github.com/likexian/whois"
)

const maxWHOIS = 256 << 10 // bytes

// arinWHOIS is the server for which the library itself adds ARIN's flags
// ("n + ": networks, in full).
const arinWHOIS = "whois.arin.net"

var errTooLong = errors.New("answer is too long")

// A whoisClient asks WHOIS servers (RFC 3912) through likexian/whois. The
// library follows referrals anywhere, reads without end and may panic, so it
// is given one connection to one server, with limits, for one query.
type whoisClient struct{ gate *gate }

// ask returns what the office's WHOIS server says about s.
func (c *whoisClient) ask(ctx context.Context, o *office, s subject) (Answer, error) {
	h := c.gate.hosts[o.whois]
	if h == nil {
		return Answer{}, fmt.Errorf("%q: %w", o.whois, errUnknownHost)
	}
	leave, err := c.gate.enter(ctx, h)
	if err != nil {
		return Answer{}, err
	}
	text, err := c.fetch(ctx, h, o, query(o, s))
	if err != nil {
		leave(err)
		return Answer{}, err
	}
	name, port, _ := net.SplitHostPort(o.whois)
	if port != "43" {
		name = o.whois
	}
	a, err := Decode([]byte(text), name, time.Now())
	if errors.Is(err, ErrRefused) {
		err = h.limited(restFor, refusalText(err))
	}
	if err == nil {
		err = a.isAbout(s)
	}
	leave(err)
	if err != nil {
		return Answer{}, err
	}
	return a, nil
}

// query writes s as the registry wants it. "-r" spares the personal records
// that RIPE, APNIC and AFRINIC count against whoever asks; the answer still
// names the abuse contact.
func query(o *office, s subject) string {
	as := !s.prefix.IsValid()
	switch o.name {
	case "ripe", "apnic", "afrinic", "idnic":
		if as {
			// Without a dot in it, the library would send this to IANA; -V
			// names the client and has one.
			return "-V headsup.1 -r " + s.String()
		}
		return "-r " + s.String()
	case "jpnic":
		return s.String() + "/e" // in English
	}
	return s.String()
}

func (c *whoisClient) fetch(caller context.Context, h *host, o *office, query string) (text string, err error) {
	ctx, cancel := c.gate.lingering(caller, 2*c.gate.Timeout) // the connection has its own deadline
	defer cancel()
	deadline := time.Now().Add(c.gate.Timeout)
	server := o.host
	if o.name == "arin" {
		server = arinWHOIS
	}
	d := &whoisDialer{ctx: ctx, gate: c.gate, asked: net.JoinHostPort(server, "43"), address: o.whois, deadline: deadline}
	defer d.close()
	defer func() {
		if p := recover(); p != nil {
			text, err = "", fmt.Errorf("%s: %w: %v", h.name, errNoAnswer, p)
		}
	}()
	client := whois.NewClient().SetDialer(d).SetTimeout(c.gate.Timeout).SetDisableReferral(true).SetDisableStats(true)
	text, err = client.Whois(query, server)
	switch {
	case err == nil:
		return text, nil
	case caller.Err() != nil:
		return "", caller.Err()
	case errors.Is(err, errTooLong), errors.Is(err, errPrivate), errors.Is(err, errUnknownHost):
		return "", fmt.Errorf("%s: %w", h.name, err)
	case refusal.MatchString(text):
		return text, nil // it refused and hung up
	}
	return "", fmt.Errorf("%s: %w: %w", h.name, errTemporary, cause(err))
}

// A whoisDialer gives the library one connection, to the one server that it
// was told to ask. It implements proxy.Dialer of golang.org/x/net.
type whoisDialer struct {
	ctx      context.Context
	gate     *gate
	asked    string // what the library may dial …
	address  string // … and where that is
	deadline time.Time
	conn     *whoisConn
}

func (d *whoisDialer) Dial(network, address string) (net.Conn, error) {
	if !strings.EqualFold(address, d.asked) || d.conn != nil {
		return nil, fmt.Errorf("%q: %w", address, errUnknownHost)
	}
	dialer := d.gate.dialer()
	dialer.Deadline = d.deadline
	conn, err := dialer.DialContext(d.ctx, network, d.address)
	if err != nil {
		return nil, err
	}
	if err := conn.SetDeadline(d.deadline); err != nil {
		conn.Close()
		return nil, err
	}
	d.conn = &whoisConn{Conn: conn, left: maxWHOIS}
	d.conn.stop = context.AfterFunc(d.ctx, func() { conn.Close() })
	return d.conn, nil
}

func (d *whoisDialer) close() {
	if d.conn != nil {
		d.conn.Close()
	}
}

// A whoisConn ends at its deadline, which nobody can move, and after so many bytes.
type whoisConn struct {
	net.Conn
	left int
	stop func() bool
	once sync.Once
}

func (c *whoisConn) Read(p []byte) (int, error) {
	if c.left <= 0 {
		return 0, errTooLong
	}
	n, err := c.Conn.Read(p)
	c.left -= n
	return n, err
}

func (c *whoisConn) Close() (err error) {
	c.once.Do(func() {
		c.stop()
		err = c.Conn.Close()
	})
	return err
}

func (c *whoisConn) SetDeadline(time.Time) error      { return nil }
func (c *whoisConn) SetReadDeadline(time.Time) error  { return nil }
func (c *whoisConn) SetWriteDeadline(time.Time) error { return nil }
