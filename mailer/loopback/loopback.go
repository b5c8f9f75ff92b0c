// Package loopback is a little mail server for demonstrations and tests.
//
// It listens on this machine alone and writes what it accepts to a Maildir. It
// decides nothing but what its caller's rules say, never relays, and refuses
// to listen where another machine could reach it.
package loopback

import (
	"cmp"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/emersion/go-smtp"

	"headsup/mailer"
	"headsup/wire"
)

// Options says how the server behaves. The zero value accepts everything in
// plain text.
type Options struct {
	Addr     string    // default "127.0.0.1:0"
	TLS      bool      // demand STARTTLS, with a certificate made for the occasion
	Until    time.Time // when that certificate ends; default in 30 days
	User     string    // demand AUTH (PLAIN or LOGIN); needs TLS
	Password string
	ByDomain bool // a Maildir for each recipient's domain below the folder, not one

	// Answer, if set, is asked for the reply to the nth RCPT, from 1, of a
	// recipient. The zero Reply accepts. It may be called from many goroutines.
	Answer func(to string, n int) Reply

	// Sender, if set, is asked for the reply to MAIL in the same way.
	Sender func(from string) Reply
}

// A Reply is a refusal, such as {550, "5.1.1", "no such user"}.
type Reply struct {
	Code   int
	Status string // RFC 3463, or empty
	Text   string
}

// A Server is running until it is closed.
type Server struct {
	addr     netip.AddrPort
	dir      string
	o        Options
	smtp     *smtp.Server
	listener net.Listener
	keys     string // folder with what clients need
	done     chan struct{}
	mu       sync.Mutex
	asked    map[string]int
	files    int
}

// Start makes the Maildir dir if needed, and serves.
func Start(dir string, o Options) (*Server, error) {
	o.Addr = cmp.Or(o.Addr, "127.0.0.1:0")
	addr, err := netip.ParseAddrPort(o.Addr)
	if err != nil || !addr.Addr().IsLoopback() {
		return nil, fmt.Errorf("%q is not an address of this machine alone", o.Addr)
	}
	if o.User != "" && !o.TLS {
		return nil, errors.New("a password is not taken without TLS")
	}
	s := &Server{dir: dir, o: o, done: make(chan struct{}), asked: map[string]int{}}
	if !o.ByDomain {
		if err := makeMaildir(dir); err != nil {
			return nil, err
		}
	}
	if s.keys, err = os.MkdirTemp("", "loopback-*"); err != nil {
		return nil, err
	}
	if err := s.serve(addr); err != nil {
		os.RemoveAll(s.keys)
		return nil, err
	}
	return s, nil
}

func (s *Server) serve(addr netip.AddrPort) error {
	s.smtp = smtp.NewServer(smtp.BackendFunc(func(c *smtp.Conn) (smtp.Session, error) {
		return &session{server: s, conn: c}, nil
	}))
	s.smtp.Domain = "loopback.example"
	s.smtp.EnableDSN = true
	s.smtp.MaxMessageBytes = 64 << 20
	s.smtp.MaxRecipients = 100
	s.smtp.ReadTimeout, s.smtp.WriteTimeout = time.Minute, time.Minute
	s.smtp.ErrorLog = log.New(io.Discard, "", 0)
	if s.o.TLS {
		pair, ca, err := certificate(addr.Addr(), s.o.Until)
		if err != nil {
			return err
		}
		s.smtp.TLSConfig = &tls.Config{Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS12}
		if err := os.WriteFile(filepath.Join(s.keys, "ca.pem"), ca, 0o600); err != nil {
			return err
		}
	}
	if err := os.WriteFile(filepath.Join(s.keys, "password"), []byte(s.o.Password), 0o600); err != nil {
		return err
	}
	l, err := net.Listen("tcp", addr.String())
	if err != nil {
		return err
	}
	s.listener, s.addr = l, l.Addr().(*net.TCPAddr).AddrPort()
	go func() {
		defer close(s.done)
		s.smtp.Serve(l)
	}()
	return nil
}

// Addr returns where the server listens.
func (s *Server) Addr() netip.AddrPort { return s.addr }

// Settings returns how a mailer reaches the server. They name files that
// Close removes.
func (s *Server) Settings() mailer.Server {
	m := mailer.Server{Server: wire.Server{Host: s.addr.Addr().String(), Port: int(s.addr.Port()), TLS: "none"}, Helo: "client.example"}
	if s.o.TLS {
		m.TLS, m.CAFile = "starttls", filepath.Join(s.keys, "ca.pem")
	}
	if s.o.User != "" {
		m.User, m.PasswordFile = s.o.User, filepath.Join(s.keys, "password")
	}
	return m
}

// Close stops the server. Messages that it has accepted are on disk.
func (s *Server) Close() error {
	err := s.smtp.Close()
	s.listener.Close() // where Serve has not begun yet
	<-s.done
	return errors.Join(err, os.RemoveAll(s.keys))
}

// answer says what the rules make of a recipient.
func (s *Server) answer(to string) error {
	if s.o.Answer == nil {
		return nil
	}
	key := strings.ToLower(to)
	s.mu.Lock()
	s.asked[key]++
	n := s.asked[key]
	s.mu.Unlock()
	return s.o.Answer(to, n).err()
}

// err is the refusal for go-smtp, or nil.
func (r Reply) err() error {
	if r.Code == 0 {
		return nil
	}
	refusal := &smtp.SMTPError{Code: r.Code, EnhancedCode: smtp.NoEnhancedCode, Message: r.Text}
	var c smtp.EnhancedCode
	if _, err := fmt.Sscanf(r.Status, "%d.%d.%d", &c[0], &c[1], &c[2]); err == nil {
		refusal.EnhancedCode = c
	}
	return refusal
}
