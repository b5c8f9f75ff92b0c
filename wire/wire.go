// Package wire opens connections to the servers that the settings name, with
// guards around what they may do to us.
//
// A [Server] says where a server is, what its certificate is checked with, by
// which way it is reached and who we are to it. A [Conn] bounds how much the
// server may say and how long it may take. What is said over a connection is
// the business of other packages.
package wire

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"sync/atomic"
	"time"
)

const (
	// DialTime is how long a connection may take, and each step until it can
	// be used (RFC 5321 §4.5.3.2).
	DialTime = 5 * time.Minute

	// DialBudget is what a server may say until then, with its certificates.
	DialBudget = 1 << 20
)

// ErrTalkative means that a server said more than it may.
var ErrTalkative = errors.New("the server says too much")

// A Conn is the raw connection below TLS, within reach of whoever has to cut it.
type Conn struct {
	net.Conn
	// Patience, if set, is how long the answer to whatever is said next may take.
	Patience time.Duration
	budget   atomic.Int64
}

// Open dials address. Until [Conn.Allow] says otherwise, the server may say
// [DialBudget] bytes and take [DialTime].
func Open(ctx context.Context, dial Dial, address string) (*Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, DialTime)
	defer cancel()
	c, err := dial(ctx, "tcp", address)
	if err != nil {
		return nil, err
	}
	w := &Conn{Conn: c}
	w.Allow(DialBudget, DialTime)
	return w, nil
}

// Secure turns TLS on from the first byte.
func (c *Conn) Secure(ctx context.Context, config *tls.Config) (*tls.Conn, error) {
	secure := tls.Client(c, config)
	if err := secure.HandshakeContext(ctx); err != nil {
		return nil, err
	}
	return secure, nil
}

// Read fails with [ErrTalkative] beyond what the server may say.
func (c *Conn) Read(b []byte) (int, error) {
	n, err := c.Conn.Read(b)
	if c.budget.Add(int64(-n)) < 0 {
		return 0, ErrTalkative
	}
	return n, err
}

func (c *Conn) Write(b []byte) (int, error) {
	if c.Patience > 0 {
		c.SetDeadline(time.Now().Add(c.Patience))
	}
	return c.Conn.Write(b)
}

// Allow sets how much the server may say from now on, and how long it may take.
func (c *Conn) Allow(bytes int64, d time.Duration) {
	c.Budget(bytes)
	c.SetDeadline(time.Now().Add(d))
}

// Budget sets how much the server may say from now on.
func (c *Conn) Budget(bytes int64) { c.budget.Store(bytes) }

const (
	firstPause = time.Second
	maxPause   = 5 * time.Minute
)

// Pause is how long to wait before a server is asked again that could not be
// reached n times in a row: a second, then twice as long each time, up to five
// minutes.
func Pause(n int) time.Duration {
	return min(firstPause<<min(max(n-1, 0), 20), maxPause)
}
