package lookup

import (
	"context"
	"errors"
	"iter"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"time"
)

// An Event is something that happens in a batch: a [Result], a [Due], or a
// [RateLimited] when a registry refuses.
type Event interface{ event() }

// A Result is the outcome for one address.
type Result struct {
	Addr    netip.Addr
	Network Network
	Err     error
}

// Status says what the look-up came to.
func (r Result) Status() Status { return StatusOf(r.Network, r.Err) }

// Due says what is left for the registries once everything that is known
// without them has been answered.
type Due struct{ Lines []DueLine }

// A DueLine is what one registry is to be asked.
type DueLine struct {
	Registry  string // as the settings name it; empty where IANA's tables know none
	Addresses int
	Networks  int           // at most so many queries, if each network answers for its neighbourhood
	Takes     time.Duration // at the registry's pace
}

// Addresses counts the addresses that are due.
func (d Due) Addresses() (n int) {
	for _, l := range d.Lines {
		n += l.Addresses
	}
	return n
}

// Takes is how long it will take, with all registries asked at the same time.
func (d Due) Takes() (longest time.Duration) {
	for _, l := range d.Lines {
		longest = max(longest, l.Takes)
	}
	return longest
}

func (Result) event()      {}
func (Due) event()         {}
func (RateLimited) event() {}

// BatchOptions say how a batch asks.
type BatchOptions struct {
	Workers int  // for each registry, so that a slow one does not hold up the others; at least one
	Wait    bool // a registry that refuses is asked again after its rest, however long
}

// All looks up many addresses as [Resolver.Batch] does, and yields Results only.
func (r *Resolver) All(ctx context.Context, addrs iter.Seq[netip.Addr], workers int) iter.Seq[Result] {
	return func(yield func(Result) bool) {
		for e := range r.Batch(ctx, addrs, BatchOptions{Workers: workers}) {
			if res, ok := e.(Result); ok && !yield(res) {
				return
			}
		}
	}
}

// Batch looks up many addresses. It yields one Result for each, in no order,
// and tells at once when a registry refuses. If ctx ends, it stops and the rest
// is not yielded.
//
// What is known without asking is answered as fast as addrs gives, and what
// has to wait for a registry is kept in memory (24 bytes an address); then Due
// says how much that was, if any. Where a registry refuses and no other knows,
// the Result's error is a [RateLimited]: unless the options say to wait, the
// other addresses of that registry get it too, and it is not asked again
// before its rest is over. Of a resolver that is offline Due comes before
// those Results whose error is an [ErrDue].
func (r *Resolver) Batch(ctx context.Context, addrs iter.Seq[netip.Addr], o BatchOptions) iter.Seq[Event] {
	return func(yield func(Event) bool) {
		ctx, cancel := context.WithCancel(ctx)
		b := &batch{r: r, ctx: ctx, BatchOptions: o, results: make(chan Event, ahead), refusals: make(chan RateLimited), lanes: map[string]*lane{}}
		for _, s := range r.Sources {
			if w, ok := s.(interface {
				Watch(func(RateLimited)) func()
			}); ok {
				defer w.Watch(b.refused)()
			}
		}
		b.wg.Add(1)
		go b.read(addrs)
		go func() {
			b.wg.Wait()
			close(b.results)
		}()
		defer func() {
			cancel()
			for range b.results { // until all have ended
			}
		}()
		for e, more := b.next(); more && ctx.Err() == nil && yield(e); e, more = b.next() {
		}
	}
}

// next returns what happens next, or false when all is done.
func (b *batch) next() (Event, bool) {
	select {
	case e := <-b.refusals:
		return e, true
	case e, more := <-b.results:
		return e, more
	}
}

// ahead is how many events may be known before the caller takes them.
const ahead = 64

type batch struct {
	BatchOptions
	r        *Resolver
	ctx      context.Context
	results  chan Event // and what is due; closed when all is done
	refusals chan RateLimited
	lanes    map[string]*lane
	wg       sync.WaitGroup // the reader and the workers
}

// read answers what is known and puts the others in line for their registry.
func (b *batch) read(addrs iter.Seq[netip.Addr]) {
	defer b.wg.Done()
	defer func() {
		for _, l := range b.lanes {
			l.close()
		}
	}()
	for addr := range addrs {
		addr = addr.Unmap().WithZone("")
		n, ok, err := b.r.known(b.ctx, addr)
		switch {
		case b.ctx.Err() != nil:
			return
		case ok || err != nil:
			b.give(Result{addr, n, err})
		default:
			b.lane(b.r.lane(b.ctx, addr)).put(addr)
		}
	}
	if due := b.due(); len(due.Lines) > 0 {
		b.give(due)
	}
	if b.r.offline {
		for _, l := range b.lanes {
			for _, addr := range l.line {
				n, err := b.r.Lookup(b.ctx, addr)
				b.give(Result{addr, n, err})
			}
		}
	}
}

// dnsLane is the line of addresses for which only DNS is to be asked.
const (
	dnsLane    = "dns"
	dnsWorkers = 32
)

// lane names the line in which addr is to wait.
func (r *Resolver) lane(ctx context.Context, addr netip.Addr) string {
	if _, ok, err := r.local(ctx, addr); ok && err == nil {
		return dnsLane
	}
	for _, s := range r.Sources {
		if l, ok := s.(interface{ Lane(netip.Addr) string }); ok {
			return l.Lane(addr)
		}
	}
	return ""
}

// pace is how long a query to a registry takes at least.
func (r *Resolver) pace(lane string) time.Duration {
	for _, s := range r.Sources {
		if p, ok := s.(interface{ Pace(string) time.Duration }); ok && lane != dnsLane {
			return p.Pace(lane)
		}
	}
	return 0
}

func (b *batch) lane(name string) *lane {
	l := b.lanes[name]
	if l == nil {
		l = &lane{}
		l.more.L = &l.mu
		b.lanes[name] = l
		context.AfterFunc(b.ctx, l.close)
		workers := max(b.Workers, 1)
		switch {
		case b.r.offline:
			workers = 0
		case name == dnsLane:
			workers = max(workers, dnsWorkers)
		}
		for range workers {
			b.wg.Go(func() { b.work(l) })
		}
	}
	return l
}

// due counts what stands in line.
func (b *batch) due() (d Due) {
	for name, l := range b.lanes {
		addresses, networks := l.waiting()
		if addresses > 0 {
			d.Lines = append(d.Lines, DueLine{name, addresses, networks, time.Duration(networks) * b.r.pace(name)})
		}
	}
	slices.SortFunc(d.Lines, func(a, b DueLine) int { return strings.Compare(a.Registry, b.Registry) })
	return d
}

func (b *batch) work(l *lane) {
	for addr, ok := l.take(); ok && b.ctx.Err() == nil; addr, ok = l.take() {
		b.ask(l, addr)
	}
	for p, ok := l.again(); ok && sleep(b.ctx, time.Until(p.at)) == nil; p, ok = l.again() {
		b.ask(l, p.addr)
	}
}

func (b *batch) ask(l *lane, addr netip.Addr) {
	n, err := b.r.Lookup(b.ctx, addr)
	var limited RateLimited
	if b.Wait && errors.As(err, &limited) {
		l.postpone(postponed{addr, time.Now().Add(limited.RetryAfter)})
		return
	}
	b.give(Result{addr, n, err})
}

func (b *batch) give(e Event) {
	select {
	case b.results <- e:
	case <-b.ctx.Done():
	}
}

// refused may be called by whoever else asks the same registries, also when
// the batch is over.
func (b *batch) refused(e RateLimited) {
	select {
	case b.refusals <- e:
	case <-b.ctx.Done():
	}
}

// A lane is the line before one registry.
type lane struct {
	mu     sync.Mutex
	more   sync.Cond
	line   []netip.Addr
	later  []postponed
	closed bool
}

// A postponed address is asked for again after the registry's rest.
type postponed struct {
	addr netip.Addr
	at   time.Time
}

func (l *lane) put(addr netip.Addr) {
	l.mu.Lock()
	l.line = append(l.line, addr)
	l.mu.Unlock()
	l.more.Signal()
}

// take returns the next in line and waits for one until the lane is closed.
func (l *lane) take() (netip.Addr, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for len(l.line) == 0 {
		if l.closed {
			return netip.Addr{}, false
		}
		l.more.Wait()
	}
	addr := l.line[0]
	l.line = l.line[1:]
	return addr, true
}

// waiting counts the line, and the neighbourhoods in it that follow each other.
func (l *lane) waiting() (addresses, networks int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	var last netip.Prefix
	for _, addr := range l.line {
		if p := neighbourhood(addr); p != last {
			last = p
			networks++
		}
	}
	return len(l.line), networks
}

func (l *lane) postpone(p postponed) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.later = append(l.later, p)
}

// again returns the next that was postponed, or false if there is none.
func (l *lane) again() (p postponed, ok bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.later) == 0 {
		return p, false
	}
	p = l.later[0]
	l.later = l.later[1:]
	return p, true
}

func (l *lane) close() {
	l.mu.Lock()
	l.closed = true
	l.mu.Unlock()
	l.more.Broadcast()
}
