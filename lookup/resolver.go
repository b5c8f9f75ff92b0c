package lookup

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"time"
)

// A Resolver finds who answers for an address. Its fields are set before the
// first look-up; then it may be used from many goroutines.
//
// There are three outcomes and they are never mixed up: a Network with
// Contacts; a Network without, when nobody is registered; or an error, when it
// is not known. One query for one network is under way at a time: look-ups of
// neighbours wait for its answer and are served from it.
type Resolver struct {
	Overrides    Source         // asked first and not cached; may be nil
	Cache        Cache          // nil: in memory, for this Resolver alone
	Sources      []Source       // then, in order, until one answers; those that ask nobody go first
	AllowSpecial []netip.Prefix // special-use space that is looked up all the same; if any, special AS numbers are too
	Hints        *Hints         // where no registry names anybody, before CSIRT; nil: nobody is asked
	CSIRT        bool           // the country's national CSIRT where nobody else is registered; flagged "csirt"

	// Origin tells which AS announces an address, 0 if none. With it, AS
	// numbers count in Overrides, and the AS's contact serves where the
	// network has none. nil: nobody is asked.
	Origin func(context.Context, netip.Addr) (uint32, error)
	// Hosts resolves a domain name; nil: as the system does.
	Hosts func(ctx context.Context, name string) ([]netip.Addr, error)

	offline bool // see Offline
	memory  MemoryCache
	mu      sync.Mutex
	flights map[netip.Prefix]*flight
	misses  map[netip.Prefix]miss
	numbers map[uint32]*number
}

// A flight is a query for a neighbourhood that others may wait for.
type flight struct {
	sync.Mutex
	waiting int // and flying
}

// A number is what is known of an AS number.
type number struct {
	sync.Mutex
	Network
	answered bool
}

// A miss is a failure that is not to be repeated at once for each neighbour.
type miss struct {
	err   error
	until time.Time
}

// errNoSource means that whoever was asked knows nothing about the query,
// which is not the same as that nobody is registered.
var errNoSource = errors.New("no source knows")

const (
	missFor   = time.Minute
	maxMisses = 10000
)

// Offline returns a resolver that knows what r knows, and asks nobody: what it
// cannot answer is an [ErrDue].
func (r *Resolver) Offline() *Resolver {
	return &Resolver{Overrides: r.Overrides, Cache: r.cache(), Sources: r.Sources, AllowSpecial: r.AllowSpecial,
		Hints: r.Hints, CSIRT: r.CSIRT, Origin: r.Origin, Hosts: r.Hosts, offline: true}
}

// Lookup returns who answers for addr. An error wraps [ErrSpecial] if nobody
// is asked, [ErrRefused] if a registry would not say, and is another if
// something failed.
func (r *Resolver) Lookup(ctx context.Context, addr netip.Addr) (Network, error) {
	addr = addr.Unmap().WithZone("")
	n, ok, err := r.known(ctx, addr)
	if ok || err != nil {
		return n, err
	}
	if r.offline {
		return Network{}, fmt.Errorf("%s: %w", addr, ErrDue)
	}
	key := neighbourhood(addr)
	f := r.depart(key)
	defer r.arrive(key, f)
	if n, ok, err = r.known(ctx, addr); ok || err != nil { // a neighbour's answer
		return n, err
	}
	if err := r.missed(addr); err != nil {
		return Network{}, err
	}
	if n, err = r.ask(ctx, addr); err != nil {
		if ctx.Err() == nil {
			r.miss(addr, err)
		}
		return Network{}, err
	}
	for _, p := range covers(addr, n) { // also if the caller gave up meanwhile: nobody is asked twice
		if err := r.cache().Put(context.WithoutCancel(ctx), p, n); err != nil {
			return Network{}, fmt.Errorf("cache: %w", err)
		}
	}
	return r.withCSIRT(n), nil
}

// known answers without asking anybody outside.
func (r *Resolver) known(ctx context.Context, addr netip.Addr) (Network, bool, error) {
	if why, ok := Special(addr); ok && !slices.ContainsFunc(r.AllowSpecial, func(p netip.Prefix) bool { return p.Contains(addr) }) {
		return Network{}, false, fmt.Errorf("%w: %s", ErrSpecial, why)
	}
	if r.Overrides != nil {
		if n, ok, err := r.Overrides.Lookup(ctx, addr); ok || err != nil {
			return n, ok, err
		}
	}
	n, ok, err := r.cache().Get(ctx, addr)
	if err != nil {
		return Network{}, false, fmt.Errorf("cache: %w", err)
	}
	if !ok {
		if n, ok, err = r.local(ctx, addr); err != nil || ok && r.asksFurther(n) {
			return Network{}, false, err
		}
	}
	if ok {
		n = r.withCSIRT(n)
	}
	return n, ok, nil
}

// local asks the sources that ask nobody.
func (r *Resolver) local(ctx context.Context, addr netip.Addr) (n Network, ok bool, err error) {
	for _, s := range r.Sources {
		if !asksNobody(s) {
			break
		}
		if n, ok, err = s.Lookup(ctx, addr); ok || err != nil {
			return n, ok, err
		}
	}
	return Network{}, false, nil
}

func asksNobody(s Source) bool {
	l, ok := s.(interface{ AsksNobody() bool })
	return ok && l.AsksNobody()
}

// asksFurther reports whether DNS has to be asked before the answer of a
// source is whole.
func (r *Resolver) asksFurther(n Network) bool {
	return r.Origin != nil || len(n.Contacts) == 0 && r.Hints != nil && r.Hints.Abusix
}

func (r *Resolver) cache() Cache {
	if r.Cache != nil {
		return r.Cache
	}
	return &r.memory
}

// ask asks the sources, and then for the AS's contact.
func (r *Resolver) ask(ctx context.Context, addr netip.Addr) (Network, error) {
	origin := uint32(0)
	if r.Origin != nil {
		as, err := r.Origin(ctx, addr)
		if err != nil {
			return Network{}, fmt.Errorf("origin of %s: %w", addr, err)
		}
		origin = as
		if n, ok, err := lookupAS(ctx, r.Overrides, as); ok || err != nil {
			n.AS = as
			return n.at(addr), err
		}
	}
	for _, s := range r.Sources {
		n, ok, err := s.Lookup(ctx, addr)
		if err != nil {
			return Network{}, err
		}
		if !ok {
			continue
		}
		if n.First.IsValid() && !n.holds(addr) {
			return Network{}, fmt.Errorf("asked for %s, %q answered for %s - %s", addr, n.Server, n.First, n.Last)
		}
		n.AS = origin
		if len(n.Contacts) == 0 && origin != 0 {
			as, err := r.lookupAS(ctx, origin)
			if err != nil {
				return Network{}, err
			}
			n.adopt(as)
		}
		if len(n.Contacts) == 0 && r.Hints != nil {
			if n.Contacts, err = r.Hints.Contacts(ctx, addr); err != nil {
				return Network{}, fmt.Errorf("hints about %s: %w", addr, err)
			}
		}
		return n, nil
	}
	return Network{}, fmt.Errorf("%s: %w", addr, errNoSource)
}

// at makes the answer for an AS number one for an address in it.
func (n Network) at(addr netip.Addr) Network {
	n.First, n.Last = addr, addr
	return n
}

func (r *Resolver) withCSIRT(n Network) Network {
	if !r.CSIRT || len(n.Contacts) > 0 {
		return n
	}
	if c, ok := CSIRT(n.Country); ok {
		n.Contacts = []Contact{c}
	}
	return n
}

func (r *Resolver) depart(key netip.Prefix) *flight {
	r.mu.Lock()
	if r.flights == nil {
		r.flights = map[netip.Prefix]*flight{}
	}
	f := r.flights[key]
	if f == nil {
		f = &flight{}
		r.flights[key] = f
	}
	f.waiting++
	r.mu.Unlock()
	f.Lock()
	return f
}

func (r *Resolver) arrive(key netip.Prefix, f *flight) {
	f.Unlock()
	r.mu.Lock()
	defer r.mu.Unlock()
	if f.waiting--; f.waiting == 0 {
		delete(r.flights, key)
	}
}

// vicinity is the space whose look-ups fail together for a while. It is
// smaller than a neighbourhood: a failure says less than an answer.
func vicinity(addr netip.Addr) netip.Prefix {
	bits := 28
	if addr.Is6() {
		bits = 64
	}
	p, _ := addr.Prefix(bits)
	return p
}

func (r *Resolver) missed(addr netip.Addr) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if m, ok := r.misses[vicinity(addr)]; ok && time.Now().Before(m.until) {
		return m.err
	}
	return nil
}

func (r *Resolver) miss(addr netip.Addr, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.misses == nil || len(r.misses) >= maxMisses {
		r.misses = map[netip.Prefix]miss{}
	}
	d := missFor
	var limited RateLimited
	if errors.As(err, &limited) {
		d = min(d, limited.RetryAfter)
	}
	r.misses[vicinity(addr)] = miss{err, time.Now().Add(d)}
}

// A source may also answer for AS numbers and for domain names.
type (
	asSource interface {
		LookupAS(context.Context, uint32) (Network, bool, error)
	}
	domainSource interface {
		LookupDomain(context.Context, string) (Network, bool, error)
	}
)

func lookupAS(ctx context.Context, s Source, as uint32) (Network, bool, error) {
	if s, ok := s.(asSource); ok {
		return s.LookupAS(ctx, as)
	}
	return Network{}, false, nil
}

// LookupAS returns who answers for an AS number, as [Resolver.Lookup] does for
// an address. First and Last are not valid.
func (r *Resolver) LookupAS(ctx context.Context, as uint32) (Network, error) {
	if why, ok := SpecialAS(as); ok && len(r.AllowSpecial) == 0 {
		return Network{}, fmt.Errorf("%w: %s", ErrSpecial, why)
	}
	if n, ok, err := lookupAS(ctx, r.Overrides, as); ok || err != nil {
		return n, err
	}
	n, err := r.lookupAS(ctx, as)
	if err != nil {
		return Network{}, err
	}
	return r.withCSIRT(n), nil
}

// lookupAS asks about an AS number once: all addresses that it announces may
// want to know.
func (r *Resolver) lookupAS(ctx context.Context, as uint32) (Network, error) {
	r.mu.Lock()
	if r.numbers == nil {
		r.numbers = map[uint32]*number{}
	}
	known := r.numbers[as]
	if known == nil {
		known = &number{}
		r.numbers[as] = known
	}
	r.mu.Unlock()
	known.Lock()
	defer known.Unlock()
	if known.answered {
		return known.Network, nil
	}
	for _, s := range r.Sources {
		if r.offline && !asksNobody(s) {
			return Network{}, fmt.Errorf("%s: %w", subject{as: as}, ErrDue)
		}
		n, ok, err := lookupAS(ctx, s, as)
		if err != nil {
			return Network{}, err
		}
		if ok {
			known.Network, known.answered = n, true
			return n, nil
		}
	}
	return Network{}, fmt.Errorf("%s: %w", subject{as: as}, errNoSource)
}

// LookupDomain returns who answers for the host of a domain name: an override
// for the name or a part of it, else whoever answers for its first address.
// Who registered the name is not asked for, because they may not run the host.
func (r *Resolver) LookupDomain(ctx context.Context, name string) (Network, error) {
	name = strings.ToLower(strings.TrimSuffix(strings.TrimSpace(name), "."))
	if !hostName.MatchString(name) {
		return Network{}, fmt.Errorf("%w: %q", ErrDomain, name)
	}
	if s, ok := r.Overrides.(domainSource); ok {
		if n, ok, err := s.LookupDomain(ctx, name); ok || err != nil {
			return n, err
		}
	}
	if r.offline {
		return Network{}, fmt.Errorf("%s: %w", name, ErrDue)
	}
	n, err := r.lookupHost(ctx, name)
	if err != nil || r.Hints == nil {
		return n, err
	}
	hints, err := r.Hints.DomainContacts(ctx, name)
	if err != nil {
		return Network{}, fmt.Errorf("hints about %s: %w", name, err)
	}
	n.Contacts = append(slices.Clip(n.Contacts), hints...)
	return n, nil
}

func (r *Resolver) lookupHost(ctx context.Context, name string) (Network, error) {
	hosts := r.Hosts
	if hosts == nil {
		hosts = func(ctx context.Context, name string) ([]netip.Addr, error) {
			return net.DefaultResolver.LookupNetIP(ctx, "ip", name)
		}
	}
	addrs, err := hosts(ctx, name)
	var dns *net.DNSError
	if err != nil && !(errors.As(err, &dns) && dns.IsNotFound) {
		return Network{}, err
	}
	if len(addrs) == 0 {
		return Network{}, errors.New("no address for " + name)
	}
	return r.Lookup(ctx, addrs[0])
}
