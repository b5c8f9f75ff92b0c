package lookup

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/openrdap/rdap"
	"github.com/openrdap/rdap/bootstrap"

	"headsup/pattern"
)

const (
	maxHops   = 4
	userAgent = "headsup (abuse contact look-up)"
)

var (
	rdapPath = pattern.New(`/(ip|autnum)/[0-9A-Fa-f.:/]+$`)
	// errTemporary means that asking again may help.
	errTemporary = errors.New("temporary failure")
)

// A subject is what a registry is asked about: a prefix or an AS number.
type subject struct {
	prefix netip.Prefix
	as     uint32 // if prefix is not valid
}

func (s subject) String() string {
	switch {
	case !s.prefix.IsValid():
		return "AS" + strconv.FormatUint(uint64(s.as), 10)
	case s.prefix.IsSingleIP():
		return s.prefix.Addr().String()
	}
	return s.prefix.String()
}

// An rdapClient asks RDAP servers (RFC 9082). openrdap builds the URLs and
// makes the requests; it has no limits of its own, so a transport with limits
// stands below it, and every request gets its own copy of the server's URL,
// which openrdap writes to.
type rdapClient struct {
	gate   *gate
	client *rdap.Client
}

func newRDAP(g *gate) *rdapClient {
	base := &http.Transport{ // no Proxy: it would dial for us
		DialContext:            g.dialer().DialContext,
		ForceAttemptHTTP2:      true,
		MaxResponseHeaderBytes: 64 << 10,
		IdleConnTimeout:        30 * time.Second,
		TLSHandshakeTimeout:    10 * time.Second,
	}
	return &rdapClient{g, &rdap.Client{ // openrdap sets what is nil, which races
		HTTP:      &http.Client{Transport: &rdapTransport{g, base}, CheckRedirect: checkRedirect},
		Bootstrap: &bootstrap.Client{},
		Verbose:   func(string) {},
		UserAgent: userAgent,
	}}
}

// ask returns what the office, or the one that it redirects to, says about s.
func (c *rdapClient) ask(ctx context.Context, o *office, s subject) (Answer, *office, error) {
	server := *o.rdap
	req := &rdap.Request{Type: rdap.IPRequest, Query: s.String(), Server: &server}
	if !s.prefix.IsValid() {
		req = rdap.NewAutnumRequest(s.as).WithServer(&server)
	}
	resp, err := c.do(req.WithContext(ctx))
	if err != nil {
		return Answer{}, o, err
	}
	final := resp.Response.Request.URL
	if h := c.gate.hosts[final.Host]; h != nil {
		o = h.office
	}
	if resp.Response.StatusCode == http.StatusNotFound {
		return Answer{Elsewhere: true}, o, nil
	}
	a, err := Decode(resp.Body, final.Host, time.Now())
	if errors.Is(err, ErrRefused) {
		err = c.gate.refuse(final.Host, err)
	}
	if err == nil {
		err = a.isAbout(s)
	}
	if err != nil {
		return Answer{}, o, err
	}
	return a, o, nil
}

// do makes one request. What openrdap decodes is not used: it takes anything
// that is JSON for an answer, and reads less of it than [Decode].
func (c *rdapClient) do(req *rdap.Request) (r *rdap.HTTPResponse, err error) {
	defer func() {
		if p := recover(); p != nil {
			r, err = nil, fmt.Errorf("%w: %v", errNoAnswer, p)
		}
	}()
	resp, err := c.client.Do(req)
	if resp == nil || len(resp.HTTP) == 0 {
		return nil, err
	}
	r = resp.HTTP[0]
	if r.Response == nil || len(r.Body) == 0 && r.Error != nil {
		return nil, bare(r.Error)
	}
	return r, nil
}

// bare takes off what net/http puts around an error, the URL: the errors of
// the transport name the host themselves.
func bare(err error) error {
	var u *url.Error
	if !errors.As(err, &u) {
		return err
	}
	if host := hostOf(u.URL); !strings.Contains(u.Err.Error(), host) && !errors.Is(u.Err, context.Canceled) && !errors.Is(u.Err, context.DeadlineExceeded) {
		return fmt.Errorf("%s: %w", host, u.Err)
	}
	return u.Err
}

func checkRedirect(req *http.Request, via []*http.Request) error {
	if len(via) > maxHops {
		return fmt.Errorf("more than %d redirects", maxHops)
	}
	if !rdapPath.MatchString(req.URL.Path) {
		return fmt.Errorf("redirect to %q, which is no look-up", req.URL.Redacted())
	}
	return nil
}

// An rdapTransport is what keeps openrdap within limits: known hosts, their
// pace, the time and the size of an answer.
type rdapTransport struct {
	gate *gate
	base http.RoundTripper
}

// RoundTrip implements [http.RoundTripper]. The response's body is in memory.
func (t *rdapTransport) RoundTrip(req *http.Request) (*http.Response, error) {
	h := t.gate.hosts[req.URL.Host]
	if h == nil || h.scheme != req.URL.Scheme || req.URL.User != nil {
		return nil, fmt.Errorf("%q: %w", req.URL.Redacted(), errUnknownHost)
	}
	leave, err := t.gate.enter(req.Context(), h)
	if err != nil {
		return nil, err
	}
	resp, err := t.fetch(req, h)
	leave(err)
	return resp, err
}

func (t *rdapTransport) fetch(req *http.Request, h *host) (*http.Response, error) {
	ctx, cancel := t.gate.lingering(req.Context(), t.gate.Timeout)
	defer cancel()
	resp, err := t.base.RoundTrip(req.WithContext(ctx))
	if err != nil {
		return nil, temporary(req.Context(), h, err)
	}
	defer resp.Body.Close()
	resp.Request = req
	if err := judgeStatus(h, resp); err != nil {
		return nil, err
	}
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxBody+1)) // unpacked; Decode refuses what is longer
	if err != nil {
		return nil, temporary(req.Context(), h, err)
	}
	if resp.StatusCode == http.StatusOK {
		if err := judgeBody(h, resp, body); err != nil {
			return nil, err
		}
	}
	resp.Body = io.NopCloser(bytes.NewReader(body))
	return resp, nil
}

// temporary marks what may be tried again, unless the caller gave up.
func temporary(ctx context.Context, h *host, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	err = cause(err)
	if errors.Is(err, errPrivate) {
		return fmt.Errorf("%s: %w", h.name, err)
	}
	return fmt.Errorf("%s: %w: %w", h.name, errTemporary, err)
}

// cause takes hosts and addresses off what the network says: the host is
// named already.
func cause(err error) error {
	var op *net.OpError
	if errors.As(err, &op) {
		err = op.Err
	}
	var dns *net.DNSError
	if errors.As(err, &dns) {
		err = errors.New(dns.Err)
	}
	return err
}

func judgeStatus(h *host, resp *http.Response) error {
	switch code := resp.StatusCode; {
	case code == http.StatusTooManyRequests, code == http.StatusServiceUnavailable && resp.Header.Get("Retry-After") != "":
		return h.limited(retryAfter(resp.Header.Get("Retry-After"), time.Now()), resp.Status)
	case code == http.StatusForbidden, code == http.StatusUnauthorized:
		return h.limited(restFor, resp.Status)
	case code >= 500:
		return fmt.Errorf("%s: %w: status %d", h.name, errTemporary, code)
	case code == http.StatusOK, code == http.StatusNotFound, code >= 300 && code < 400:
		return nil
	}
	return fmt.Errorf("%s: status %d", h.name, resp.StatusCode)
}

// judgeBody refuses what is not JSON and what would blow up in a decoder.
func judgeBody(h *host, resp *http.Response, body []byte) error {
	kind, _, err := mime.ParseMediaType(resp.Header.Get("Content-Type"))
	if err != nil || kind != "application/rdap+json" && kind != "application/json" {
		return fmt.Errorf("%s: %w: content type %q", h.name, errNoAnswer, clean(resp.Header.Get("Content-Type"), 60))
	}
	if n := bytes.Count(body, []byte("{")) + bytes.Count(body, []byte("[")); n > maxBrackets {
		return fmt.Errorf("%s: %w: %d objects and arrays are more than %d", h.name, errNoAnswer, n, maxBrackets)
	}
	return nil
}

// retryAfter reads the header (RFC 9110 section 10.2.3), seconds or a date.
func retryAfter(v string, now time.Time) time.Duration {
	d := restFor
	if n, err := strconv.Atoi(strings.TrimSpace(v)); err == nil {
		d = time.Duration(min(max(n, 0), int(maxRest/time.Second))) * time.Second
	} else if at, err := http.ParseTime(v); err == nil {
		d = at.Sub(now)
	}
	return min(max(d, minRest), maxRest)
}

// refuse tells the gate about a refusal that came as an answer.
func (g *gate) refuse(name string, err error) error {
	h := g.hosts[name]
	if h == nil {
		return err
	}
	limited := h.limited(restFor, refusalText(err))
	g.rest(h, limited, true)
	return limited
}

// refusalText is what a registry said, without what Decode puts before it.
func refusalText(err error) string {
	text := err.Error()
	if _, said, ok := strings.Cut(text, ErrRefused.Error()+": "); ok {
		return said
	}
	return text
}
