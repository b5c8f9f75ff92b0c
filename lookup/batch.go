package lookup

import (
	"context"
	"iter"
	"net/netip"
	"sync"
)

// A Result is one outcome of [Resolver.All].
type Result struct {
	Addr    netip.Addr
	Network Network
	Err     error
}

// All looks up many addresses, with so many workers for each registry, so that
// a slow registry does not hold up the others. It yields one Result for each
// address, in no order; if ctx ends, it stops and the rest is not yielded.
//
// addrs is read in a goroutine of its own, as fast as it gives, and what has
// to wait for a registry is kept in memory (24 bytes an address).
func (r *Resolver) All(ctx context.Context, addrs iter.Seq[netip.Addr], workers int) iter.Seq[Result] {
	return func(yield func(Result) bool) {
		ctx, cancel := context.WithCancel(ctx)
		b := &batch{r: r, ctx: ctx, workers: max(workers, 1), results: make(chan Result), lanes: map[string]*lane{}}
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
		for res := range b.results {
			if ctx.Err() != nil || !yield(res) {
				return
			}
		}
	}
}

type batch struct {
	r       *Resolver
	ctx     context.Context
	workers int
	results chan Result
	lanes   map[string]*lane
	wg      sync.WaitGroup // the reader and the workers
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
			b.lane(b.r.lane(addr)).put(addr)
		}
	}
}

func (r *Resolver) lane(addr netip.Addr) string {
	for _, s := range r.Sources {
		if l, ok := s.(interface{ Lane(netip.Addr) string }); ok {
			return l.Lane(addr)
		}
	}
	return ""
}

func (b *batch) lane(name string) *lane {
	l := b.lanes[name]
	if l == nil {
		l = &lane{}
		l.more.L = &l.mu
		b.lanes[name] = l
		context.AfterFunc(b.ctx, l.close)
		for range b.workers {
			b.wg.Go(func() { b.work(l) })
		}
	}
	return l
}

func (b *batch) work(l *lane) {
	for addr, ok := l.take(); ok && b.ctx.Err() == nil; addr, ok = l.take() {
		n, err := b.r.Lookup(b.ctx, addr)
		b.give(Result{addr, n, err})
	}
}

func (b *batch) give(res Result) {
	select {
	case b.results <- res:
	case <-b.ctx.Done():
	}
}

// A lane is the line before one registry.
type lane struct {
	mu     sync.Mutex
	more   sync.Cond
	line   []netip.Addr
	closed bool
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

func (l *lane) close() {
	l.mu.Lock()
	l.closed = true
	l.mu.Unlock()
	l.more.Broadcast()
}
