// Package doctor looks at what receivers of letters will look at: who may send
// for a domain, what its signatures are checked with, the names of the sending
// address, and the pages that letters lead to. It looks at clocks and at who can
// read secrets, too.
//
// It changes nothing, and knows neither settings nor ledger: what to look at
// comes in as values, and each look goes out as a [Check].
package doctor

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"time"
)

// A Status says how a check ended.
type Status string

const (
	OK         Status = "ok"
	Fault      Status = "fault"
	NotChecked Status = "not checked"
)

// A Check is one thing that was looked at. Its JSON names are settled.
type Check struct {
	Check  string `json:"check"`          // its sort: "spf", "dkim", "dmarc", "reverse", …
	About  string `json:"about"`          // what was looked at: a domain, an address, a URL, a file
	Status Status `json:"status"`         //
	Says   string `json:"says,omitempty"` // what was seen, or why it was not checked
	Mend   string `json:"mend,omitempty"` // what to do about it, in a sentence

	// Chosen says of what was not checked that the settings, or who asked, leave it out.
	Chosen bool `json:"chosen,omitempty"`
}

// Left reports whether somebody has to do something about it.
func (c Check) Left() bool { return c.Status == Fault || c.Status == NotChecked && !c.Chosen }

func (c Check) ok(format string, args ...any) Check {
	c.Status, c.Says = OK, fmt.Sprintf(format, args...)
	return c
}

// fault says what was seen; mend is a sentence.
func (c Check) fault(mend, format string, args ...any) Check {
	c.Status, c.Says, c.Mend = Fault, fmt.Sprintf(format, args...), mend
	return c
}

func (c Check) notChecked(mend, format string, args ...any) Check {
	c.Status, c.Says, c.Mend = NotChecked, fmt.Sprintf(format, args...), mend
	return c
}

// Skip is a check that the settings, or who asked, leave out.
func Skip(check, about, why string) Check {
	return Check{Check: check, About: about, Status: NotChecked, Says: why, Chosen: true}
}

// NotDone is a check that could not be made, with what would let it be made.
func NotDone(check, about, why, mend string) Check {
	return Check{Check: check, About: about}.notChecked(mend, "%s", why)
}

// Wrong is a fault that was found elsewhere.
func Wrong(check, about, says, mend string) Check {
	return Check{Check: check, About: about}.fault(mend, "%s", says)
}

// Good is something that was found in order elsewhere.
func Good(check, about, says string) Check {
	return Check{Check: check, About: about}.ok("%s", says)
}

// A DNS asks a name server. Names are absolute: no search list is tried.
type DNS struct{ *net.Resolver }

// answerTime is how long one question to a name server may take.
const answerTime = 10 * time.Second

func absolute(name string) string { return strings.TrimSuffix(name, ".") + "." }

// LookupTXT returns the TXT records of a name, the strings of each in one.
func (d DNS) LookupTXT(ctx context.Context, name string) ([]string, error) {
	return answer(ctx, absolute(name), d.Resolver.LookupTXT)
}

// LookupMX returns the mail servers of a domain.
func (d DNS) LookupMX(ctx context.Context, name string) ([]*net.MX, error) {
	return answer(ctx, absolute(name), d.Resolver.LookupMX)
}

// LookupIPAddr returns the addresses of a host.
func (d DNS) LookupIPAddr(ctx context.Context, host string) ([]net.IPAddr, error) {
	if ip := net.ParseIP(host); ip != nil {
		return []net.IPAddr{{IP: ip}}, nil
	}
	return answer(ctx, absolute(host), d.Resolver.LookupIPAddr)
}

// LookupAddr returns the names of an address.
func (d DNS) LookupAddr(ctx context.Context, addr string) ([]string, error) {
	return answer(ctx, addr, d.Resolver.LookupAddr)
}

// answer asks a question. Whatever is no answer is a temporary error: that a
// connection is refused, too, says nothing of what there is.
func answer[T any](ctx context.Context, name string, ask func(context.Context, string) ([]T, error)) ([]T, error) {
	ctx, cancel := context.WithTimeout(ctx, answerTime)
	defer cancel()
	found, err := ask(ctx, name)
	var failure *net.DNSError
	if errors.As(err, &failure) && !failure.IsNotFound {
		failure.IsTemporary = true
	}
	return found, err
}

// absent reports whether the name server says that there is nothing. Any other
// error says nothing of what there is.
func absent(err error) bool {
	var failure *net.DNSError
	return errors.As(err, &failure) && failure.IsNotFound
}

// noAnswer is what becomes of a check where the name server does not answer.
func (c Check) noAnswer(err error) Check {
	return c.notChecked("run it again when the name server answers; campaign.dns in headsup.toml names another one", "DNS: %v", err)
}

// dial connects to the first address of a host that answers.
func (d DNS) dial(ctx context.Context, network, address string) (net.Conn, error) {
	return (&net.Dialer{Resolver: d.Resolver}).DialContext(ctx, network, address)
}
