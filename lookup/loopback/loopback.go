// Package loopback runs five little registries on this machine.
//
// They answer RDAP and WHOIS in the shapes of AFRINIC, APNIC, ARIN, LACNIC and
// RIPE, for whatever world of networks they are given, and count what they are
// asked. They decide nothing about contacts, listen on 127.0.0.1 only and know
// of no real network.
package loopback

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"net/netip"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"headsup/lookup"
)

// A Network is one entry of a registry.
type Network struct {
	Registry string       // "ripe", "arin", "apnic", "lacnic" or "afrinic"
	Prefix   netip.Prefix // what is registered …
	AS       uint32       // … or an AS number
	Name     string       // netname
	Org      string       // holder
	Handle   string       // stem of the handles of holder and contacts
	Country  string       // ISO 3166-1 alpha-2
	Address  []string     // postal lines in national order, without the country
	Language string       // BCP 47, where the registry keeps one
	Abuse    string       // mailbox; empty: none is registered
	Remark   string       // a remark of the network
	From     string       // the registry that is thought to have it and redirects
	Quirk    Quirk
}

// A Quirk is how an entry differs from a good one.
type Quirk string

const (
	WHOISOnly Quirk = "whois-only" // RDAP does not show the mailbox
	Customer  Quirk = "customer"   // reassigned without contacts: the network around it answers
	Direct    Quirk = "direct"     // ARIN: the mailbox is the resource's own, not the organisation's
	National  Quirk = "national"   // APNIC: a national registry's stand-in, the mailbox is in a remark
	Broken    Quirk = "broken"     // RDAP answers 500 and WHOIS nonsense
	Limited   Quirk = "limited"    // RDAP answers 429 and WHOIS refuses
)

// A World is the registries, running.
type World struct {
	networks []Network
	servers  map[string]*registry
	ctx      context.Context
	cancel   context.CancelFunc
	inside   net.Listener // where nobody should come
	trapped  atomic.Int64
	wg       sync.WaitGroup

	mu     sync.Mutex
	asked  map[string]int
	served map[netip.Prefix]int
}

// A registry is one of the five.
type registry struct {
	world *World
	name  string
	rdap  net.Listener
	whois net.Listener
	shape shape
}

// A shape is how a registry writes. chain is a network and what is around it,
// the smallest first.
type shape interface {
	rdap(chain []Network) any
	whois(chain []Network) string
	elsewhere(query, host string) string // host: whose it is, or empty
}

var shapes = map[string]shape{"ripe": ripe{}, "arin": arin{}, "apnic": apnic{}, "lacnic": lacnic{}, "afrinic": afrinic{}}

// Start runs the registries until ctx ends or Close is called.
func Start(ctx context.Context, networks []Network) (*World, error) {
	ctx, cancel := context.WithCancel(ctx)
	w := &World{networks: networks, servers: map[string]*registry{}, ctx: ctx, cancel: cancel, asked: map[string]int{}, served: map[netip.Prefix]int{}}
	if err := w.listen(); err != nil {
		w.closeListeners()
		cancel()
		return nil, err
	}
	w.wg.Go(w.trap)
	for _, r := range w.servers {
		w.wg.Go(r.serveWHOIS)
		w.wg.Go(func() {
			s := &http.Server{Handler: r, ReadHeaderTimeout: 10 * time.Second}
			stop := context.AfterFunc(ctx, func() { s.Close() })
			defer stop()
			s.Serve(r.rdap)
		})
	}
	context.AfterFunc(ctx, w.closeListeners)
	return w, nil
}

func (w *World) listen() (err error) {
	var errs [3]error
	w.inside, errs[0] = net.Listen("tcp", "127.0.0.1:0")
	for name, s := range shapes {
		r := &registry{world: w, name: name, shape: s}
		w.servers[name] = r
		r.rdap, errs[1] = net.Listen("tcp", "127.0.0.1:0")
		r.whois, errs[2] = net.Listen("tcp", "127.0.0.1:0")
		if err := errors.Join(errs[:]...); err != nil {
			return err
		}
	}
	return nil
}

// Close stops the registries and returns when they are gone.
func (w *World) Close() {
	w.cancel()
	w.closeListeners()
	w.wg.Wait()
}

func (w *World) closeListeners() {
	if w.inside != nil {
		w.inside.Close()
	}
	for _, r := range w.servers {
		for _, l := range []net.Listener{r.rdap, r.whois} {
			if l != nil {
				l.Close()
			}
		}
	}
}

// Registries returns the settings with which a client asks here and nowhere
// else about documentation addresses.
func (w *World) Registries() lookup.Registries {
	settings := lookup.BuiltIn()
	for name := range settings {
		settings[name] = lookup.RegistrySettings{RDAP: "-", WHOIS: "-"}
	}
	for name, r := range w.servers {
		s := lookup.RegistrySettings{
			RDAP: "http://" + r.rdap.Addr().String() + "/", WHOIS: r.whois.Addr().String(),
			Prefixes: homes[name], Every: lookup.Interval(time.Microsecond), Burst: 100, Connections: 4,
		}
		for _, n := range w.networks {
			if first(n.From, n.Registry) != name {
				continue
			}
			if n.Prefix.IsValid() {
				s.Prefixes = append(s.Prefixes[:len(s.Prefixes):len(s.Prefixes)], n.Prefix)
			} else {
				s.AS = append(s.AS, strconv.FormatUint(uint64(n.AS), 10))
			}
		}
		settings[name] = s
	}
	return settings
}

// Special is the special-use space that the world lives in, for
// [lookup.Resolver.AllowSpecial].
func Special() []netip.Prefix {
	return []netip.Prefix{
		netip.MustParsePrefix("192.0.2.0/24"), netip.MustParsePrefix("198.51.100.0/24"),
		netip.MustParsePrefix("203.0.113.0/24"), netip.MustParsePrefix("2001:db8::/32"),
	}
}

// homes is whom to ask about what is registered nowhere.
var homes = map[string][]netip.Prefix{
	"ripe":    {netip.MustParsePrefix("192.0.2.0/24"), netip.MustParsePrefix("2001:db8::/32")},
	"arin":    {netip.MustParsePrefix("198.51.100.0/25")},
	"lacnic":  {netip.MustParsePrefix("198.51.100.128/26")},
	"afrinic": {netip.MustParsePrefix("198.51.100.192/26")},
	"apnic":   {netip.MustParsePrefix("203.0.113.0/24")},
}

// Asked returns how many queries the servers got, by "ripe rdap", "ripe whois"
// and so on.
func (w *World) Asked() map[string]int {
	w.mu.Lock()
	defer w.mu.Unlock()
	out := map[string]int{}
	for k, n := range w.asked {
		out[k] = n
	}
	return out
}

// Served returns how many RDAP answers each network was in.
func (w *World) Served() map[netip.Prefix]int {
	w.mu.Lock()
	defer w.mu.Unlock()
	out := map[netip.Prefix]int{}
	for k, n := range w.served {
		out[k] = n
	}
	return out
}

func (w *World) count(what string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.asked[what]++
}

// find returns what is registered about a prefix or an AS number, the smallest
// network first.
func (w *World) find(q netip.Prefix, as uint32) (chain []Network) {
	for _, n := range w.networks {
		switch {
		case q.IsValid() && n.Prefix.IsValid() && n.Prefix.Bits() <= q.Bits() && n.Prefix.Contains(q.Addr()),
			!q.IsValid() && !n.Prefix.IsValid() && n.AS == as:
		default:
			continue
		}
		i := 0
		for i < len(chain) && chain[i].Prefix.Bits() > n.Prefix.Bits() {
			i++
		}
		chain = append(chain[:i:i], append([]Network{n}, chain[i:]...)...)
	}
	return chain
}

// parse reads an address, a prefix or an AS number.
func parse(q string) (p netip.Prefix, as uint32, ok bool) {
	if a, err := netip.ParseAddr(q); err == nil {
		return netip.PrefixFrom(a, a.BitLen()), 0, true
	}
	if p, err := netip.ParsePrefix(q); err == nil {
		return p.Masked(), 0, true
	}
	n, err := strconv.ParseUint(strings.TrimPrefix(strings.ToUpper(q), "AS"), 10, 32)
	return netip.Prefix{}, uint32(n), err == nil
}

// ServeHTTP answers RDAP (RFC 9082): /ip/… and /autnum/….
func (r *registry) ServeHTTP(rw http.ResponseWriter, req *http.Request) {
	r.world.count(r.name + " rdap")
	_, q, _ := strings.Cut(strings.TrimPrefix(req.URL.Path, "/"), "/")
	p, as, ok := parse(q)
	if !ok {
		r.reply(rw, http.StatusBadRequest, object{"errorCode": 400, "title": "not a query"})
		return
	}
	chain := r.world.find(p, as)
	if len(chain) == 0 {
		r.reply(rw, http.StatusNotFound, object{"errorCode": 404, "title": "Not Found"})
		return
	}
	n := chain[0]
	switch {
	case n.Registry != r.name:
		to := r.world.servers[n.Registry].rdap.Addr().String()
		http.Redirect(rw, req, "http://"+to+req.URL.Path, http.StatusMovedPermanently)
	case hostile[n.Quirk]:
		r.hostileRDAP(rw, req, n.Quirk)
	case n.Quirk == Broken:
		r.reply(rw, http.StatusInternalServerError, object{"errorCode": 500, "title": "Internal Server Error"})
	case n.Quirk == Limited:
		rw.Header().Set("Retry-After", "120")
		r.reply(rw, http.StatusTooManyRequests, object{"errorCode": 429, "title": "Too Many Requests"})
	default:
		r.world.mu.Lock()
		r.world.served[n.Prefix]++
		r.world.mu.Unlock()
		r.reply(rw, http.StatusOK, r.shape.rdap(chain))
	}
}

func (r *registry) reply(rw http.ResponseWriter, status int, v any) {
	rw.Header().Set("Content-Type", "application/rdap+json")
	rw.WriteHeader(status)
	json.NewEncoder(rw).Encode(v)
}

// serveWHOIS answers WHOIS (RFC 3912) until the listener is closed.
func (r *registry) serveWHOIS() {
	for {
		conn, err := r.whois.Accept()
		if err != nil {
			return
		}
		r.world.wg.Go(func() {
			defer conn.Close()
			conn.SetDeadline(time.Now().Add(10 * time.Second))
			line, err := bufio.NewReader(io.LimitReader(conn, 256)).ReadString('\n')
			if err != nil {
				return
			}
			r.world.count(r.name + " whois")
			io.Copy(conn, r.answerWHOIS(strings.TrimSpace(line)))
		})
	}
}

func (r *registry) answerWHOIS(line string) io.Reader {
	words := strings.Fields(line)
	if len(words) == 0 {
		return strings.NewReader("%ERROR:106: no search key specified\n")
	}
	query := strings.TrimSuffix(words[len(words)-1], "/e")
	p, as, ok := parse(query)
	if !ok {
		return strings.NewReader("%ERROR:108: bad character in input\n")
	}
	chain := r.world.find(p, as)
	if len(chain) > 0 && chain[0].Registry == r.name && hostile[chain[0].Quirk] {
		return r.hostileWHOIS(chain[0].Quirk)
	}
	return strings.NewReader(r.about(query, chain))
}

func (r *registry) about(query string, chain []Network) string {
	if len(chain) == 0 {
		return r.shape.elsewhere(query, "")
	}
	switch n := chain[0]; {
	case n.Registry != r.name:
		return r.shape.elsewhere(query, "whois."+n.Registry+".net")
	case n.Quirk == Broken:
		return "%ERROR:100: internal software error\n"
	case n.Quirk == Limited:
		return "%ERROR:201: access denied for 127.0.0.1\n"
	}
	return r.shape.whois(chain)
}
