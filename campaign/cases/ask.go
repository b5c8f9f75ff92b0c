package cases

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"strings"
	"sync"
	"time"

	"headsup/campaign/settings"
	"headsup/inbox/report"
	"headsup/lookup/lease"
)

// reading is how a report is read here.
func (d *Desk) reading() report.Options {
	o := report.Options{Ours: d.ours, Special: len(d.Settings.Allowed()) > 0, Fields: d.fields}
	if d.Names != nil {
		o.Resolve = d.Names.of(hostsAtMost)
	}
	return o
}

// fields are what the settings say of a sender's labels, and what was taught at
// the desk, which has the last word.
func (d *Desk) fields(sender string) map[string]report.Field {
	var all map[string]report.Field
	for label, means := range d.Settings.ISP.FieldsOf(sender) {
		if all == nil {
			all = map[string]report.Field{}
		}
		all[label] = report.Field(means)
	}
	for _, s := range lessons(d) {
		if !settings.Known([]string{s.Sender}, sender) {
			continue
		}
		if all == nil {
			all = map[string]report.Field{}
		}
		all[s.Label] = report.Field(s.Means)
	}
	return all
}

// who says who held an address: the house's own system, or logs and formulas.
func who(d *Desk, q lease.Question) (lease.Answer, error) {
	if d.System == nil {
		return d.Holders.Who(q, d.Now())
	}
	return d.System.Who(context.Background(), q)
}

// gone returns why nobody can say who held addresses, or nil. Reports then stay
// where they are.
func (d *Desk) gone() error {
	if d.System == nil {
		return nil
	}
	if err := d.System.Silent(); err != nil {
		return fmt.Errorf("who held addresses cannot be asked any more: %w", err)
	}
	return nil
}

const (
	hostsAtMost  = 20 // of one report that DNS is asked about
	namesAtMost  = 4096
	namesTimeout = 3 * time.Second
	namesSilent  = 10 // questions without an answer, in a row: DNS is not there
)

// Names asks DNS where the hosts of URLs are, each once. It is safe for use by
// several goroutines.
type Names struct {
	dns   *net.Resolver
	skips func(host string) bool

	mu     sync.Mutex
	known  map[string][]netip.Addr
	silent int
}

// NewNames asks by a resolver; what skips reports of is not asked about.
func NewNames(dns *net.Resolver, skips func(host string) bool) *Names {
	return &Names{dns: dns, skips: skips, known: map[string][]netip.Addr{}}
}

// of returns what looks so many hosts of one report up.
func (n *Names) of(most int) func(string) []netip.Addr {
	return func(host string) []netip.Addr {
		host = strings.ToLower(strings.TrimSuffix(host, "."))
		n.mu.Lock()
		addrs, ok := n.known[host]
		dead := n.silent >= namesSilent
		n.mu.Unlock()
		if ok {
			return addrs
		}
		if most--; most < 0 || dead || !strings.Contains(host, ".") || n.skips(host) {
			return nil
		}
		return n.lookUp(host)
	}
}

func (n *Names) lookUp(host string) []netip.Addr {
	ctx, cancel := context.WithTimeout(context.Background(), namesTimeout)
	defer cancel()
	addrs, err := n.dns.LookupNetIP(ctx, "ip", host+".")
	n.mu.Lock()
	defer n.mu.Unlock()
	failure, _ := err.(*net.DNSError)
	if err != nil && (failure == nil || !failure.IsNotFound) {
		n.silent++ // it may answer later
		return nil
	}
	n.silent = 0
	if len(n.known) >= namesAtMost {
		clear(n.known)
	}
	n.known[host] = addrs
	return addrs
}
