package lookup

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"net/netip"
	"slices"
	"strings"
	"time"

	"go4.org/netipx"
)

// A Client asks the registries: RDAP first, then WHOIS of the same registry,
// then about the network around it. It is a [Source], and the last one to ask,
// because it has an answer for every address or an error. Special-use addresses
// are asked about only where a registry of the settings claims them: no other
// can know of them.
//
// Each server has its own pace. One that asks for a rest gets it: a short rest
// is waited for, a long one is a [RateLimited] error, for everybody who would
// ask this server until it is over; meanwhile WHOIS may answer for RDAP. After
// some failures in a row a server is left alone for half a minute, and look-ups
// that need it fail.
type Client struct {
	dir   *directory
	gate  *gate
	rdap  *rdapClient
	whois *whoisClient
}

// Options say how a [Client] behaves. What is zero has its default.
type Options struct {
	Pacer    Pacer         // default: a [MemoryPacer] with the settings' paces
	Patience time.Duration // the longest rest that is waited for; default [LongRest]
	Backoff  time.Duration // before asking again after a passing failure; default 1 s
	Timeout  time.Duration // of one query, without the wait before it; default 20 s
	Linger   time.Duration // how long a query that is under way outlives its caller; default 2 s
	Tables   []Table       // checked tables of IANA, used where they are newer than the built-in ones
}

// LongRest is the longest rest of a registry that is waited for where nobody
// says otherwise: whatever takes longer had better be done another time.
const LongRest = time.Minute

const (
	tries      = 3 // of one query, the first included
	maxParents = 3
)

// pollOrder is who is asked in turn where a registry says that an address is
// not its own and names nobody: those first whose wrong answers are rarest.
var pollOrder = []string{"apnic", "arin", "ripe", "afrinic", "lacnic"}

// signpost is who is asked about what IANA's tables do not know, which may
// have been handed out since: ARIN redirects to whoever has it.
const signpost = "arin"

// NewClient returns a client for the built-in registries, with what settings
// says in their place.
func NewClient(settings Registries, opts Options) (*Client, error) {
	opts.Patience = cmp.Or(opts.Patience, LongRest)
	opts.Backoff = cmp.Or(opts.Backoff, time.Second)
	opts.Timeout = cmp.Or(opts.Timeout, 20*time.Second)
	opts.Linger = cmp.Or(opts.Linger, 2*time.Second)
	all, err := settings.offices()
	if err != nil {
		return nil, err
	}
	dir, err := newDirectory(all, opts.Tables)
	if err != nil {
		return nil, err
	}
	g := newGate(all, opts)
	return &Client{dir, g, newRDAP(g), &whoisClient{g}}, nil
}

// Lane names the registry that is asked about addr first.
func (c *Client) Lane(addr netip.Addr) string {
	if o := c.dir.forAddr(addr); o != nil {
		return o.name
	}
	return ""
}

// Pace returns how long one query to a registry of that name takes at least,
// where there are many: what [Client.Lane] names, or empty for the others.
func (c *Client) Pace(name string) time.Duration {
	return time.Duration(cmp.Or(c.dir.all[name], c.dir.all[signpost]).Every)
}

// Watch calls f when a registry refuses, at once, from whichever goroutine has
// asked it, until stop is called.
func (c *Client) Watch(f func(RateLimited)) (stop func()) { return c.gate.watch(f) }

// Lookup implements [Source].
func (c *Client) Lookup(ctx context.Context, addr netip.Addr) (Network, bool, error) {
	if why, ok := Special(addr); ok && !c.dir.claimed(addr) {
		return Network{}, false, fmt.Errorf("%w: %s", ErrSpecial, why)
	}
	n, err := c.find(ctx, cmp.Or(c.dir.forAddr(addr), c.dir.all[signpost]), subject{prefix: netip.PrefixFrom(addr, addr.BitLen())})
	if err != nil {
		return Network{}, false, err
	}
	if !n.First.IsValid() {
		n.First, n.Last = addr, addr
	}
	return n, true, nil
}

// LookupAS returns who answers for an AS number. First and Last stay invalid.
func (c *Client) LookupAS(ctx context.Context, as uint32) (Network, bool, error) {
	n, err := c.find(ctx, cmp.Or(c.dir.forAS(as), c.dir.all[signpost]), subject{as: as})
	if n.Handle == "" {
		n.Handle = subject{as: as}.String()
	}
	return n, err == nil, err
}

// find asks about s, and about what encloses it until somebody names a
// contact. A failure counts only if nobody does: then nobody knows.
func (c *Client) find(ctx context.Context, o *office, s subject) (Network, error) {
	a, o, failed := c.registered(ctx, o, s)
	n := a.Network
	n.Rejected = a.Rejected
	for range maxParents {
		up, ok := enclosing(a)
		if len(n.Contacts) > 0 || !ok || ctx.Err() != nil {
			break
		}
		parent, _, err := c.registered(ctx, o, subject{prefix: up})
		if err != nil {
			failed = either(failed, err)
		}
		if !wider(parent.Network, a.Network) {
			break
		}
		n.adopt(parent.Network)
		n.Rejected = append(slices.Clip(n.Rejected), parent.Rejected...)
		a = parent
	}
	if len(n.Contacts) == 0 {
		failed = either(failed, ctx.Err()) // who was not asked may know
	}
	if len(n.Contacts) == 0 && failed != nil {
		return Network{}, failed
	}
	return n, nil
}

// registered returns what is registered about s alone. An answer without
// contacts may come with an error: then it is not known whether there are any.
func (c *Client) registered(ctx context.Context, o *office, s subject) (Answer, *office, error) {
	var a Answer
	var failed error
	if o.rdap != nil {
		failed = c.try(ctx, func() (err error) { a, o, err = c.rdap.ask(ctx, o, s); return err })
		if len(a.Network.Contacts) > 0 || ctx.Err() != nil {
			return a, o, failed
		}
	}
	w, at, err := c.chain(ctx, o, s, o.rdap == nil || failed == nil && a.Elsewhere)
	if a.Elsewhere || a.Network.Handle == "" && !a.Network.First.IsValid() {
		a, o = w, at
	} else {
		a = merge(a, w)
	}
	if g := c.national(a.Rejected); g != nil && g != at && len(a.Network.Contacts) == 0 {
		w, _, nirErr := c.chain(ctx, g, s, false)
		a, err = merge(a, w), either(err, nirErr)
	}
	if len(a.Network.Contacts) > 0 {
		return a, o, nil
	}
	return a, o, either(failed, err)
}

// chain asks WHOIS servers, from o on to those that it refers to; with poll,
// every other registry once if none is referred to. A server that fails ends
// it, unless there was no more reason to ask it than any other.
func (c *Client) chain(ctx context.Context, o *office, s subject, poll bool) (a Answer, at *office, failed error) {
	asked := map[*office]bool{}
	for at = o; at != nil; {
		asked[at] = true
		meant := at == o || a.Referral != ""
		a = Answer{Elsewhere: true}
		if at.whois != "" {
			err := c.try(ctx, func() (err error) { a, err = c.whois.ask(ctx, at, s); return err })
			switch {
			case err == nil && !a.Elsewhere:
				return a, at, nil
			case err != nil && (meant || ctx.Err() != nil):
				return Answer{Elsewhere: true}, o, err
			case err != nil:
				a, failed = Answer{Elsewhere: true}, either(failed, err)
			}
		}
		at = c.next(a, asked, poll)
	}
	return Answer{Elsewhere: true}, o, failed
}

// next returns who else to ask, or nil. Only registries that the settings know
// are, each once, whatever an answer names.
func (c *Client) next(a Answer, asked map[*office]bool, poll bool) *office {
	host, _, err := net.SplitHostPort(a.Referral)
	if err != nil {
		host = a.Referral
	}
	for _, o := range c.dir.all {
		if host != "" && !asked[o] && (strings.EqualFold(host, o.host) || strings.EqualFold(a.Referral, o.whois)) {
			return o
		}
	}
	for _, name := range pollOrder {
		if o := c.dir.all[name]; poll && !asked[o] {
			return o
		}
	}
	return nil
}

// national returns the national registry whose stand-in was rejected.
func (c *Client) national(rejected []Contact) *office {
	for _, r := range rejected {
		g := registryOf(r)
		if g == nil || !g.nir {
			continue
		}
		for _, o := range c.dir.all {
			if slices.ContainsFunc(g.domains, func(d string) bool { return strings.HasSuffix(o.host, "."+d) }) {
				return o
			}
		}
	}
	return nil
}

// try calls ask again after a passing failure, and once after a short rest.
func (c *Client) try(ctx context.Context, ask func() error) error {
	for n := 1; ; n++ {
		err := ask()
		if err == nil || ctx.Err() != nil || n == tries {
			return err
		}
		var limited RateLimited
		switch {
		case errors.As(err, &limited):
			if limited.RetryAfter > c.gate.Patience || n > 1 {
				return err
			} // else the pacer waits
		case errors.Is(err, errTemporary):
			d := c.gate.Backoff << (n - 1)
			if sleep(ctx, d/2+rand.N(d)) != nil {
				return err
			}
		default:
			return err
		}
	}
}

func either(a, b error) error {
	if a != nil {
		return a
	}
	return b
}

// merge adds what WHOIS says to an RDAP answer without contacts.
func merge(a, w Answer) Answer {
	if w.Elsewhere {
		return a
	}
	n, x := a.Network, w.Network
	if !n.First.IsValid() || wider(n, x) {
		n, x = x, n // WHOIS knows the smaller network
	}
	n.Contacts = without(w.Network.Contacts, a.Rejected)
	n.Org, n.Country, n.Name = cmp.Or(n.Org, x.Org), cmp.Or(n.Country, x.Country), cmp.Or(n.Name, x.Name)
	if len(n.Languages) == 0 {
		n.Languages = x.Languages
	}
	if len(n.Contacts) > 0 {
		n.Source, n.Server = w.Network.Source, w.Network.Server
	}
	return Answer{Network: n, Parent: cmp.Or(a.Parent, w.Parent), Rejected: append(slices.Clone(a.Rejected), w.Rejected...)}
}

// adopt takes over who answers for the network around n.
func (n *Network) adopt(parent Network) {
	contacts := without(parent.Contacts, n.Rejected)
	if len(contacts) == 0 {
		return
	}
	n.Source, n.Server = parent.Source, parent.Server
	n.Country = cmp.Or(n.Country, parent.Country)
	for _, c := range contacts {
		if rank[c.Rule] < rank[parentAbuse] {
			c.Rule = parentAbuse
		}
		n.Contacts = append(n.Contacts, c)
	}
}

// without leaves out the contacts that a record nearer by sets aside: what is
// not for abuse is not, whoever else offers it.
func without(contacts, rejected []Contact) []Contact {
	return slices.DeleteFunc(slices.Clone(contacts), func(c Contact) bool {
		return slices.ContainsFunc(rejected, func(r Contact) bool {
			return strings.EqualFold(r.Email, c.Email) && slices.Contains(r.Flags, "rejected: "+notTheirs)
		})
	})
}

// wider reports whether a holds b and more.
func wider(a, b Network) bool {
	if !a.First.IsValid() || !b.First.IsValid() || a.First.BitLen() != b.First.BitLen() {
		return false
	}
	return !b.First.Less(a.First) && !a.Last.Less(b.Last) && (a.First != b.First || a.Last != b.Last)
}

// enclosing returns the smallest prefix that holds a's network and more, if
// the answer says that something encloses it and a registry may have handed
// that out. The answer for such a prefix is the next network up.
func enclosing(a Answer) (netip.Prefix, bool) {
	n := a.Network
	if a.Elsewhere || a.Parent == "" || !n.First.IsValid() {
		return netip.Prefix{}, false
	}
	bits := n.First.BitLen()
	for p := netip.PrefixFrom(n.First, bits); !p.Masked().Contains(n.Last); p = netip.PrefixFrom(n.First, bits) {
		bits--
	}
	if p := netip.PrefixFrom(n.First, bits).Masked(); p.Addr() == n.First && netipx.PrefixLastIP(p) == n.Last {
		bits--
	}
	shortest := 8
	if n.First.Is6() {
		shortest = 16
	}
	return netip.PrefixFrom(n.First, bits).Masked(), bits >= shortest
}
