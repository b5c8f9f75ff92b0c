package mailer

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"strings"
	"sync"
	"time"

	mail "github.com/wneessen/go-mail"
	"github.com/wneessen/go-mail/smtp"

	"headsup/letter"
	"headsup/wire"
)

// How long each step of a transaction may take (RFC 5321 §4.5.3.2). Short
// times would make letters unknown that are merely slow. What comes before it
// has [wire.DialTime].
const (
	mailTime  = 5 * time.Minute // MAIL, RCPT, RSET
	dataTime  = 2 * time.Minute // DATA
	blockTime = 3 * time.Minute // each block of the message
	dotTime   = 10 * time.Minute
	graceTime = 30 * time.Second // left for the reply to the dot when the run is stopped
	partTime  = 5 * time.Second  // for the last words of a connection that is given up
	idleTime  = time.Minute      // an unused connection is closed after
)

// SMTP is the transport to a mail server. It may be used from many
// goroutines; each letter has a connection for itself while it is sent, and
// an unused connection is kept for the next letter for a while.
type SMTP struct {
	server   Server
	password string
	tls      *tls.Config
	keys     []Key
	dial     wire.Dial
	rooms    sync.Pool // for messages while they are sent

	mu     sync.Mutex
	idle   []*session
	closed bool
}

// NewSMTP returns the transport to s that signs with keys. It reads the
// password and certificates that the settings name, and connects to nothing.
func NewSMTP(s Server, keys ...Key) (*SMTP, error) {
	s, err := s.withDefaults()
	if err != nil {
		return nil, fmt.Errorf("mail server: %w", err)
	}
	p := &SMTP{server: s, keys: keys, rooms: sync.Pool{New: func() any { return new([]byte) }}}
	if p.password, err = s.Password(); err != nil {
		return nil, fmt.Errorf("mail server: %w", err)
	}
	if p.tls, err = s.TLSConfig(); err != nil {
		return nil, fmt.Errorf("mail server: %w", err)
	}
	if p.dial, err = s.Dialer(); err != nil {
		return nil, fmt.Errorf("mail server: %w", err)
	}
	return p, nil
}

// Send implements [Transport]. When ctx ends before the final dot, the letter
// is deferred and the connection is cut; after it, the server still has a
// grace time to answer.
func (p *SMTP) Send(ctx context.Context, e letter.Envelope, mark func() error) letter.Outcome {
	o := p.send(ctx, e, mark)
	o.At = time.Now().UTC()
	return o
}

func (p *SMTP) send(ctx context.Context, e letter.Envelope, mark func() error) letter.Outcome {
	if err := check(e); err != nil {
		return letter.Outcome{State: letter.Failed, Phase: letter.Claimed, Text: clean("not sent: " + err.Error())}
	}
	return p.post(ctx, e, mark)
}

// post brings a message to the server. What the server says is kept without the
// password, which some repeat.
func (p *SMTP) post(ctx context.Context, e letter.Envelope, mark func() error) letter.Outcome {
	o := p.deliver(ctx, e, mark)
	o.Text, o.Err = wire.Hide(o.Text, p.password), wire.HideIn(o.Err, p.password)
	return o
}

func (p *SMTP) deliver(ctx context.Context, e letter.Envelope, mark func() error) letter.Outcome {
	room := p.rooms.Get().(*[]byte)
	defer p.rooms.Put(room)
	message, err := stamp((*room)[:0], e.Mail, time.Now(), p.keys)
	if err != nil {
		return deferred(letter.Claimed, err.Error())
	}
	*room = message
	for {
		s := p.take()
		reused := s != nil
		if s == nil {
			if s, err = p.connect(ctx); err != nil {
				return notConnected(p.server.Address(), err)
			}
		}
		o, stale := s.transact(ctx, e, message, mark)
		p.give(s)
		if reused && stale && ctx.Err() == nil {
			continue // the server had closed the idle connection: nothing was said about the letter
		}
		return o
	}
}

// take returns a connection that was kept, or nil.
func (p *SMTP) take() *session {
	p.mu.Lock()
	defer p.mu.Unlock()
	for len(p.idle) > 0 {
		s := p.idle[len(p.idle)-1]
		p.idle = p.idle[:len(p.idle)-1]
		if s.timer.Stop() {
			return s
		}
	}
	return nil
}

// give keeps a connection for the next letter if it is good for one.
func (p *SMTP) give(s *session) {
	if s.broken {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed || s.sent >= p.server.PerConnection {
		go s.quit()
		return
	}
	s.timer = time.AfterFunc(idleTime, func() {
		p.drop(s)
		s.quit()
	})
	p.idle = append(p.idle, s)
}

func (p *SMTP) drop(s *session) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for i := range p.idle {
		if p.idle[i] == s {
			p.idle = append(p.idle[:i], p.idle[i+1:]...)
			return
		}
	}
}

// Close ends the connections that are kept. Letters on the wire are not
// touched; their connections end after them.
func (p *SMTP) Close() error {
	p.mu.Lock()
	p.closed = true
	idle := p.idle
	p.idle = nil
	p.mu.Unlock()
	for _, s := range idle {
		if s.timer.Stop() {
			s.quit()
		}
	}
	return nil
}

// connect dials, greets, turns on TLS and logs in.
func (p *SMTP) connect(ctx context.Context) (*session, error) {
	w, err := wire.Open(ctx, p.dial, p.server.Address())
	if err != nil {
		return nil, err
	}
	w.Patience = wire.DialTime
	// go-mail obeys ctx only until it is connected, and forgets to close the
	// connection if anything later goes wrong.
	stop := context.AfterFunc(ctx, func() { w.Close() })
	hello, err := p.greet(ctx, w)
	if !stop() {
		err = context.Cause(ctx)
	}
	if err != nil {
		w.Close()
		return nil, wire.HideIn(err, p.password) // before it is cut
	}
	w.Patience = 0
	return newSession(hello, w), nil
}

// greet has go-mail lead the dialogue up to the first letter.
func (p *SMTP) greet(ctx context.Context, w *wire.Conn) (*smtp.Client, error) {
	var c net.Conn = w
	if p.server.TLS == "tls" {
		secure, err := w.Secure(ctx, p.tls)
		if err != nil {
			return nil, err
		}
		c = secure
	}
	client, err := p.client(func(context.Context, string, string) (net.Conn, error) { return c, nil })
	if err != nil {
		return nil, err
	}
	greeted, err := client.DialToSMTPClientWithContext(ctx)
	if err != nil && (strings.HasPrefix(err.Error(), "SMTP AUTH failed") || strings.HasPrefix(err.Error(), "server does not support SMTP AUTH")) {
		err = wire.Because(err, ErrLogin) // go-mail has no type for either
	}
	return greeted, err
}

// client returns a go-mail client that is good for one connection.
func (p *SMTP) client(dial mail.DialContextFunc) (*mail.Client, error) {
	policy := map[string]mail.TLSPolicy{
		"starttls": mail.TLSMandatory,
		"tls":      mail.TLSOpportunistic, // it is on already
		"none":     mail.NoTLS,
	}[p.server.TLS]
	options := []mail.Option{
		mail.WithPort(p.server.Port), mail.WithTimeout(wire.DialTime), mail.WithHELO(p.server.Helo),
		mail.WithTLSPolicy(policy), mail.WithTLSConfig(p.tls), mail.WithDialContextFunc(dial), mail.WithoutSMTPUTF8(),
	}
	if p.server.User != "" {
		options = append(options, mail.WithSMTPAuth(mechanisms[p.server.Auth]),
			mail.WithUsername(p.server.User), mail.WithPassword(p.password))
	}
	return mail.NewClient(p.server.Host, options...)
}
