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
	Registry   string // the name that the settings give it; empty where a pacer does not know
	Host       string
	RetryAfter time.Duration // from a second to an hour
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

	mu       sync.Mutex
	watchers map[*func(RateLimited)]bool
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
	why      string        // it rests
	awake    chan struct{} // closed, and replaced, when a long rest begins
	last     error         // of the failures
}

func newGate(all map[string]*office, opts Options) *gate {
	g := &gate{Options: opts, hosts: map[string]*host{}, literal: map[netip.AddrPort]bool{}}
	add := func(name, scheme, port string, o *office) {
		if g.hosts[name] == nil {
			g.hosts[name] = &host{name: name, scheme: scheme, office: o, slots: make(chan struct{}, max(o.Connections, 1)), awake: make(chan struct{})}
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
	if err = g.wait(ctx, h); err != nil {
		<-h.slots
		return nil, err
	}
	return func(err error) {
		g.note(h, err, ctx.Err() != nil)
		<-h.slots
	}, nil
}

// wait waits for h's pace. A rest for longer than the patience ends it, also
// one that begins meanwhile.
func (g *gate) wait(ctx context.Context, h *host) error {
	if err := h.open(time.Now(), g.Patience); err != nil {
		return err
	}
	for {
		awake, err := h.resting(time.Now(), g.Patience)
		if err != nil {
			return err
		}
		waiting, stop := context.WithCancel(ctx)
		go func() {
			select {
			case <-awake:
				stop()
			case <-waiting.Done():
			}
		}()
		err = g.Pacer.Wait(waiting, h.name)
		woken := waiting.Err() != nil && ctx.Err() == nil
		stop()
		var limited RateLimited
		switch {
		case errors.As(err, &limited): // another process was told
			limited.Registry = h.office.name
			g.rest(h, limited, false)
			return limited
		case err == nil || !woken:
			return err
		}
	}
}

// resting returns an error if h rests for longer than patience; awake is closed
// when it begins to.
func (h *host) resting(now time.Time, patience time.Duration) (awake <-chan struct{}, err error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if d := h.rest.Sub(now); d > patience {
		return nil, h.limited(d, h.why)
	}
	return h.awake, nil
}

// open reports why h is not to be asked now.
func (h *host) open(now time.Time, patience time.Duration) error {
	if _, err := h.resting(now, patience); err != nil {
		return err
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.failures >= breakAfter && now.Before(h.closed) {
		return fmt.Errorf("%s: not asked after %d failures in a row: %w", h.name, h.failures, h.last)
	}
	if h.failures >= breakAfter {
		h.closed = now.Add(breakFor) // this one tries; the others wait for what it says
	}
	return nil
}

func (h *host) limited(d time.Duration, why string) RateLimited {
	return RateLimited{Registry: h.office.name, Host: h.name, RetryAfter: d, Why: why}
}

// note takes down how a query went.
func (g *gate) note(h *host, err error, stopped bool) {
	var limited RateLimited
	if errors.As(err, &limited) {
		g.rest(h, limited, true)
		return
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	switch {
	case err == nil:
		h.failures = 0
	case !stopped: // a query that its caller gave up says nothing about the host
		h.failures++
		h.closed, h.last = time.Now().Add(breakFor), err
	}
}

// rest keeps everybody from h who would ask it too soon, and says so once. The
// pacer has to be told unless it is who says so.
func (g *gate) rest(h *host, limited RateLimited, slow bool) {
	if slow {
		g.Pacer.Slow(h.name, limited.RetryAfter)
	}
	now := time.Now()
	h.mu.Lock()
	until, fresh := now.Add(limited.RetryAfter), !h.rest.After(now)
	if until.After(h.rest) {
		h.rest, h.why = until, limited.Why
	}
	if limited.RetryAfter > g.Patience {
		close(h.awake)
		h.awake = make(chan struct{})
	}
	h.mu.Unlock()
	if fresh {
		g.tell(limited)
	}
}

// watch calls f, from any goroutine, when a host asks for a rest, until stop is called.
func (g *gate) watch(f func(RateLimited)) (stop func()) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.watchers == nil {
		g.watchers = map[*func(RateLimited)]bool{}
	}
	g.watchers[&f] = true
	return func() {
		g.mu.Lock()
		defer g.mu.Unlock()
		delete(g.watchers, &f)
	}
}

func (g *gate) tell(limited RateLimited) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for f := range g.watchers {
		(*f)(limited)
	}
}

// lingering returns the context of one query. It outlives its caller a little:
// an answer that is under way need not be asked for again by the next run.
func (g *gate) lingering(caller context.Context, timeout time.Duration) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(caller), timeout)
	stop := context.AfterFunc(caller, func() {
		t := time.NewTimer(g.Linger)
		defer t.Stop()
		select {
		case <-t.C:
			cancel()
		case <-ctx.Done():
		}
	})
	return ctx, func() { stop(); cancel() }
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
