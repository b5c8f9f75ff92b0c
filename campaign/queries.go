package campaign

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"sync"

	"headsup/lookup"
)

// Queries yields what to look up. In place of "-" it yields what r holds, one a
// line without comments (#).
func Queries(args []string, r io.Reader) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		for _, q := range args {
			if q == "-" && !queryLines(r, yield) || q != "-" && !yield(q, nil) {
				return
			}
		}
	}
}

func queryLines(r io.Reader, yield func(string, error) bool) (more bool) {
	lines := bufio.NewScanner(r)
	for lines.Scan() {
		q, _, _ := strings.Cut(lines.Text(), "#")
		if q = strings.TrimSpace(q); q != "" && !yield(q, nil) {
			return false
		}
	}
	if err := lines.Err(); err != nil {
		yield("", err)
		return false
	}
	return true
}

// A queryReader reads what to look up: addresses as they come, a prefix as the
// addresses where its networks begin, and names after them.
type queryReader struct {
	queries iter.Seq2[string, error]
	names   []string
	err     error

	mu       sync.Mutex // addresses is read in a goroutine of its own
	prefixes map[netip.Addr][]walk
	next     []netip.Addr
	tooWide  error
}

// A walk goes from network to network through a prefix.
type walk struct {
	prefix netip.Prefix
	steps  int
}

// maxSteps is how many networks a prefix is looked through for.
const maxSteps = 256

// addresses yields the addresses, and the first one of each prefix.
func (in *queryReader) addresses() iter.Seq[netip.Addr] {
	return func(yield func(netip.Addr) bool) {
		for q, err := range in.queries {
			if err != nil {
				in.err = err
				return
			}
			addr, err := netip.ParseAddr(q)
			prefix, noPrefix := netip.ParsePrefix(q)
			switch {
			case err == nil:
				addr = addr.Unmap()
			case noPrefix == nil:
				prefix = unmapped(prefix)
				addr = prefix.Addr()
				in.walkOn(addr, walk{prefix: prefix})
			default:
				in.names = append(in.names, q)
				continue
			}
			if !yield(addr) {
				return
			}
		}
	}
}

func unmapped(p netip.Prefix) netip.Prefix {
	if p.Addr().Is4In6() && p.Bits() >= 96 {
		p = netip.PrefixFrom(p.Addr().Unmap(), p.Bits()-96)
	}
	return p.Masked()
}

func (in *queryReader) walkOn(addr netip.Addr, w walk) {
	in.mu.Lock()
	defer in.mu.Unlock()
	if in.prefixes == nil {
		in.prefixes = map[netip.Addr][]walk{}
	}
	in.prefixes[addr] = append(in.prefixes[addr], w)
}

// query tells what an answer is to, and takes a prefix on to its next network.
func (in *queryReader) query(res lookup.Result) string {
	in.mu.Lock()
	walks := in.prefixes[res.Addr]
	if len(walks) == 0 {
		in.mu.Unlock()
		return res.Addr.String()
	}
	w := walks[0]
	in.prefixes[res.Addr] = walks[1:]
	if len(walks) == 1 {
		delete(in.prefixes, res.Addr)
	}
	in.mu.Unlock()
	next := res.Network.Last.Next()
	if res.Err != nil || !w.prefix.Contains(next) {
		return w.prefix.String()
	}
	if w.steps++; w.steps == maxSteps {
		in.tooWide = errors.Join(in.tooWide, fmt.Errorf("%s: more than %d networks in it; look up the rest, from %s on, in parts",
			w.prefix, maxSteps, next))
		return w.prefix.String()
	}
	in.walkOn(next, w)
	in.next = append(in.next, next)
	return w.prefix.String()
}

// further yields the addresses at which the prefixes go on, or is nil.
func (in *queryReader) further() iter.Seq[netip.Addr] {
	if len(in.next) == 0 {
		return nil
	}
	next := in.next
	in.next = nil
	return slices.Values(next)
}

// lookupNames asks about AS numbers and domains, some at a time.
func (in *queryReader) lookupNames(ctx context.Context, r *lookup.Resolver, workers int,
	show func(string, lookup.Network, error) error) error {
	var (
		all     sync.WaitGroup
		mu      sync.Mutex
		trouble error
		names   = make(chan string)
	)
	for range workers {
		all.Go(func() {
			for q := range names {
				n, err := lookupName(ctx, r, q)
				mu.Lock()
				if trouble == nil && ctx.Err() == nil {
					trouble = show(q, n, err)
				}
				mu.Unlock()
			}
		})
	}
	for _, q := range in.names {
		if ctx.Err() == nil {
			names <- q
		}
	}
	close(names)
	all.Wait()
	return trouble
}

// lookupName asks about an AS number or a domain.
func lookupName(ctx context.Context, r *lookup.Resolver, q string) (lookup.Network, error) {
	if digits, ok := strings.CutPrefix(strings.ToUpper(q), "AS"); ok {
		if as, err := strconv.ParseUint(digits, 10, 32); err == nil {
			return r.LookupAS(ctx, uint32(as))
		}
	}
	n, err := r.LookupDomain(ctx, q)
	if errors.Is(err, lookup.ErrDomain) {
		err = ErrNoQuery
	}
	return n, err
}
