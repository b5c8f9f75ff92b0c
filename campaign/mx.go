package campaign

import (
	"context"
	"errors"
	"net"
	"strings"
	"sync"
	"time"
)

// An exchanges knows the mail servers (MX) of domains, the most preferred
// first. A domain that it does not know keeps its own pace alone.
type exchanges struct {
	dns *net.Resolver

	mu      sync.Mutex
	hosts   map[string][]string
	silent  int   // questions without an answer, in a row
	trouble error // the last one
}

const (
	mxAtOnce  = 16
	mxTimeout = 3 * time.Second
	maxSilent = 2 * mxAtOnce // questions without an answer: DNS is not there
)

func newExchanges(server string) *exchanges {
	return &exchanges{dns: nameServerAt(server), hosts: map[string][]string{}}
}

// nameServerAt returns what asks the DNS server at that address, or the system's.
func nameServerAt(server string) *net.Resolver {
	if server == "" {
		return net.DefaultResolver
	}
	return &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, network, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, network, server)
	}}
}

// ask looks domains up. Where DNS does not answer, it gives up, and returns why.
func (x *exchanges) ask(ctx context.Context, domains []string) error {
	var asking sync.WaitGroup
	places := make(chan struct{}, mxAtOnce)
	for _, domain := range domains {
		if ctx.Err() != nil || x.dead() {
			break
		}
		if reserved(domain) {
			continue
		}
		places <- struct{}{}
		asking.Go(func() {
			defer func() { <-places }()
			x.lookUp(ctx, domain)
		})
	}
	asking.Wait()
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return x.trouble
}

func (x *exchanges) dead() bool {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.silent >= maxSilent
}

func (x *exchanges) lookUp(ctx context.Context, domain string) {
	ctx, cancel := context.WithTimeout(ctx, mxTimeout)
	defer cancel()
	list, err := x.dns.LookupMX(ctx, domain+".")
	x.mu.Lock()
	defer x.mu.Unlock()
	var failure *net.DNSError
	if err != nil && len(list) == 0 && !(errors.As(err, &failure) && failure.IsNotFound) {
		x.silent, x.trouble = x.silent+1, err
		return
	}
	x.silent = 0
	for _, mx := range list {
		x.hosts[domain] = append(x.hosts[domain], mx.Host)
	}
}

// of returns the mail servers of an address's domain.
func (x *exchanges) of(address string) []string {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.hosts[mailDomain(address)]
}

func mailDomain(address string) string {
	_, domain, _ := strings.Cut(strings.ToLower(address), "@")
	return domain
}

// reserved reports whether nobody can receive mail at a domain (RFC 2606,
// RFC 6761, RFC 6762): DNS need not be asked.
func reserved(domain string) bool {
	for _, end := range []string{"example", "example.com", "example.net", "example.org", "test", "invalid", "localhost", "local", "internal", ""} {
		if domain == end || strings.HasSuffix(domain, "."+end) {
			return true
		}
	}
	return false
}
