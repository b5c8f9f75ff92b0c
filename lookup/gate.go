package lookup

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"sync"
	"syscall"
	"time"
)

const (
	breakAfter = 5                // failures in a row, then the host is left alone …
	breakFor   = 30 * time.Second // … for this long; then one query tries
	restFor    = 5 * time.Minute  // what a refusal means that states no time (LACNIC's own figure)
	minRest    = time.Second
	maxRest    = time.Hour
)

// RateLimited means that a host is not to be asked for a while. It is an
// [ErrRefused].
type RateLimited struct {
	Host       string
	RetryAfter time.Duration
	Why        string
}

func (e RateLimited) Error() string {
	return fmt.Sprintf("%v: %s: %s (not asked for %v)", ErrRefused, e.Host, e.Why, e.RetryAfter.Round(time.Second))
}

func (e RateLimited) Unwrap() error { return ErrRefused }

var (
	errUnknownHost = errors.New("not a registry that the settings know")
	errPrivate     = errors.New("not a public address")
)

// A gate lets queries through to the hosts that the settings know and to no
// others, each at its pace, so many at a time, and none for a while to a host
// that refuses or fails.
type gate struct {
	Options
	hosts   map[string]*host
	literal map[netip.AddrPort]bool // addresses that the settings name themselves
}

// A host is one server of a registry.
type host struct {
	name   string // host, or host:port where the port is not the usual
	scheme string // "https", "http" or "whois"
	office *office
	slots  chan struct{}

	mu       sync.Mutex
	failures int // in a row
	closed   time.Time
	rest     time.Time
	why      string // it rests
	last     error  // of the failures
}

func newGate(all map[string]*office, opts Options) *gate {
	g := &gate{Options: opts, hosts: map[string]*host{}, literal: map[netip.AddrPort]bool{}}
	add := func(name, scheme, port string, o *office) {
		if g.hosts[name] == nil {
			g.hosts[name] = &host{name: name, scheme: scheme, office: o, slots: make(chan struct{}, max(o.Connections, 1))}
		}
		hostname, p, err := net.SplitHostPort(name)
		if err != nil {
			hostname, p = name, port
		}
		if ap, err := netip.ParseAddrPort(net.JoinHostPort(hostname, p)); err == nil {
			g.literal[ap] = true
		}
	}
	if g.Pacer == nil {
		g.Pacer = &MemoryPacer{Rate: g.rate}
	}
	for _, o := range all {
		if o.rdap != nil {
			add(o.rdap.Host, o.rdap.Scheme, map[string]string{"https": "443", "http": "80"}[o.rdap.Scheme], o)
		}
		if o.whois != "" {
			add(o.whois, "whois", "43", o)
		}
	}
	return g
}

func (g *gate) rate(name string) (time.Duration, int) {
	if h := g.hosts[name]; h != nil {
		return time.Duration(h.office.Every), h.office.Burst
	}
	return time.Second, 1
}

// enter waits until h may be asked. leave must be called with how it went.
func (g *gate) enter(ctx context.Context, h *host) (leave func(error), err error) {
	select {
	case h.slots <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	if err = h.open(time.Now(), g.Patience); err == nil {
		err = g.Pacer.Wait(ctx, h.name)
	}
	if err != nil {
		<-h.slots
		return nil, err
	}
	return func(err error) {
		if d := h.note(err, ctx.Err() != nil, time.Now()); d > 0 {
			g.Pacer.Slow(h.name, d)
		}
		<-h.slots
	}, nil
}

// open reports why h is not to be asked now.
func (h *host) open(now time.Time, patience time.Duration) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	if d := h.rest.Sub(now); d > patience {
		return RateLimited{h.name, d, h.why}
	}
	if h.failures >= breakAfter && now.Before(h.closed) {
		return fmt.Errorf("%s: not asked after %d failures in a row: %w", h.name, h.failures, h.last)
	}
	if h.failures >= breakAfter {
		h.closed = now.Add(breakFor) // this one tries; the others wait for what it says
	}
	return nil
}

// note takes down how a query went and returns the rest that h asks for.
func (h *host) note(err error, stopped bool, now time.Time) time.Duration {
	h.mu.Lock()
	defer h.mu.Unlock()
	var limited RateLimited
	switch {
	case err == nil:
		h.failures = 0
	case errors.As(err, &limited):
		h.rest, h.why = now.Add(limited.RetryAfter), limited.Why
		return limited.RetryAfter
	case !stopped: // a query that its caller gave up says nothing about the host
		h.failures++
		h.closed, h.last = now.Add(breakFor), err
	}
	return 0
}

// control refuses to connect to what is not public, at the last moment: after
// the name was resolved, whoever answered for it.
func (g *gate) control(_, address string, _ syscall.RawConn) error {
	ap, err := netip.ParseAddrPort(address)
	if err != nil {
		return err
	}
	ap = netip.AddrPortFrom(ap.Addr().Unmap().WithZone(""), ap.Port())
	if g.literal[ap] {
		return nil
	}
	if why, ok := Special(ap.Addr()); ok {
		return fmt.Errorf("%w: %s: %s", errPrivate, ap.Addr(), why)
	}
	return nil
}

func (g *gate) dialer() *net.Dialer {
	return &net.Dialer{Timeout: 10 * time.Second, Control: g.control}
}
