package mailer_test

import (
	"bufio"
	"cmp"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"headsup/mailer"
	"headsup/wire"
	"headsup/wire/wiretest"
)

// A script is a mail server that behaves, but for one step at one time.
type script struct {
	at  string // the step at which it does not behave, or "every step"
	nth int    // the how many-th time, from 1; 0: never
	do  string // what it does then: a keyword of misbehave, or a reply

	implicit  bool // TLS from the first byte
	pipelined bool // offers RFC 2920

	offers     *string                                 // one extension, or ""; nil: all
	mechanisms string                                  // of AUTH; default "PLAIN LOGIN"
	login      func(p *peer, command string) (ok bool) // leads the dialogue of AUTH; default: everybody is welcome

	demand  tls.ClientAuthType
	clients *x509.CertPool // who issues certificates of clients

	mu       sync.Mutex
	seen     map[string]int
	accepted map[string]int // by recipient: taken responsibility for
	commands []string       // MAIL and RCPT lines
	serving  sync.WaitGroup
	open     int
}

func newScript(at string, nth int, do string) *script {
	return &script{at: at, nth: nth, do: do, seen: map[string]int{}, accepted: map[string]int{}}
}

// fault counts a step and returns what is wrong with it, or "".
func (s *script) fault(step string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.seen[step]++
	switch {
	case s.seen[step] != s.nth:
	case s.at == step, s.at == "every step":
		return s.do
	case s.at == "RSET" && step == "RCPT":
		return "550 5.1.1 no such user" // the letter after this one begins with RSET
	}
	return ""
}

// times says how often a step was reached.
func (s *script) times(step string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.seen[step]
}

// connections says how many are open.
func (s *script) connections() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.open
}

func (s *script) dial(ctx context.Context, _, _ string) (net.Conn, error) {
	switch do := s.fault("connect"); do {
	case "":
	case "refuse":
		return nil, errors.New("connection refused")
	default:
		select {
		case <-time.After(delay("connect", do)):
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	ours, theirs := s.pipe()
	s.mu.Lock()
	s.open++
	s.mu.Unlock()
	s.serving.Go(func() {
		s.serve(&peer{Conn: theirs, r: bufio.NewReader(theirs)})
		theirs.Close()
		s.mu.Lock()
		s.open--
		s.mu.Unlock()
	})
	return ours, nil
}

type peer struct {
	net.Conn
	r    *bufio.Reader
	last byte // first digit of the last reply
}

func (p *peer) say(lines string) bool {
	p.last = lines[0]
	_, err := io.WriteString(p.Conn, strings.ReplaceAll(lines, "\n", "\r\n")+"\r\n")
	return err == nil
}

func (s *script) encrypted(p *peer) *peer {
	c := tls.Server(p.Conn, &tls.Config{Certificates: []tls.Certificate{wiretest.Certificate()}, ClientCAs: s.clients, ClientAuth: s.demand,
		CurvePreferences: []tls.CurveID{tls.X25519}}) // the fastest
	return &peer{Conn: c, r: bufio.NewReader(c)}
}

// answer gives the usual reply to a step, unless there is a fault in it. It
// reports false if the connection is over.
func (s *script) answer(p *peer, step, usual string) bool {
	do := s.fault(step)
	if do == "" {
		return p.say(usual)
	}
	return s.misbehave(p, step, do, usual)
}

func (s *script) serve(p *peer) {
	secure, pending, rcpt, size := false, false, "", 0
	if s.implicit {
		p, secure = s.encrypted(p), true
	}
	if !s.answer(p, "banner", "220 mail.example ESMTP") {
		return
	}
	for {
		line, err := p.r.ReadString('\n')
		if err != nil {
			return
		}
		line = strings.TrimRight(line, "\r\n")
		verb, _, _ := strings.Cut(strings.ToUpper(line), " ")
		ok := true
		switch verb {
		case "EHLO":
			offers := "250-mail.example\n250-SIZE 1000000\n250-8BITMIME\n250-DSN\n"
			if s.offers != nil {
				offers = "250-mail.example\n"
				if *s.offers != "" {
					offers += "250-" + *s.offers + "\n"
				}
			}
			if s.pipelined {
				offers += "250-PIPELINING\n"
			}
			if secure {
				ok = s.answer(p, "second EHLO", offers+"250 AUTH "+cmp.Or(s.mechanisms, "PLAIN LOGIN"))
			} else {
				ok = s.answer(p, "EHLO", offers+"250 STARTTLS")
			}
		case "HELO":
			ok = p.say("250 mail.example")
		case "STARTTLS":
			if ok = s.answer(p, "STARTTLS", "220 go"); ok {
				switch do := s.fault("handshake"); do {
				case "":
				case "just in time", "too late":
					time.Sleep(delay("handshake", do))
				default:
					p.r.Peek(1)
					s.misbehave(p, "handshake", do, "")
					return
				}
				p, secure = s.encrypted(p), true
			}
		case "AUTH":
			if s.login != nil && !s.login(p, line) {
				ok = p.say("535 5.7.8 authentication failed")
				break
			}
			ok = s.answer(p, "AUTH", "235 2.7.0 welcome")
		case "MAIL", "RCPT":
			s.note(line)
			if verb == "MAIL" {
				_, to, _ := strings.Cut(line, " SIZE=")
				fmt.Sscan(to, &size)
			}
			if verb == "RCPT" {
				_, to, _ := strings.Cut(line, "<")
				rcpt, _, _ = strings.Cut(to, ">")
			}
			if verb == "MAIL" && pending {
				ok = p.say("503 5.5.1 nested MAIL")
				break
			}
			pending = true
			ok = s.answer(p, verb, "250 2.1.0 ok")
			if p.last != '2' && !strings.HasSuffix(s.do, "but go on") {
				rcpt = ""
			}
		case "RSET":
			pending = false
			ok = s.answer(p, "RSET", "250 2.0.0 ok")
		case "DATA":
			if rcpt == "" {
				ok = p.say("503 5.5.1 no valid recipient")
				break
			}
			ok, pending = s.data(p, rcpt, size)
		case "QUIT":
			s.answer(p, "QUIT", "221 2.0.0 bye")
			return
		default:
			ok = p.say("500 5.5.2 " + verb)
		}
		if !ok {
			return
		}
	}
}

func (s *script) note(line string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.commands = append(s.commands, line)
}

// data reads a message and takes responsibility for it, unless it refuses or
// loses it before that. pending means that the transaction is still open.
func (s *script) data(p *peer, rcpt string, size int) (ok, pending bool) {
	if ok = s.answer(p, "DATA", "354 go on"); !ok || p.last != '3' {
		return ok, true
	}
	slow, said := time.Duration(0), ""
	switch do := s.fault("body"); {
	case do == "":
	case do == "just in time", do == "too late":
		slow = delay("body", do)
	case strings.HasPrefix(do, "says "):
		said = strings.TrimPrefix(do, "says ")
		aside(p, said)
	default:
		p.r.ReadString('\n')
		s.misbehave(p, "body", do, "")
		return false, true
	}
	for read, block := 0, 32<<10; ; {
		line, err := p.r.ReadString('\n')
		if err != nil {
			return false, false // not whole: not accepted
		}
		if line == ".\r\n" {
			break
		}
		read += len(strings.TrimPrefix(line, "."))
		if slow > 0 && read > block { // in the middle of each block that a client may write at once
			time.Sleep(slow)
			block += 64 << 10
		}
		if s.at == "end" && read == size {
			if do := s.fault("end"); do != "" {
				time.Sleep(time.Second)
				s.misbehave(p, "end", do, "")
				return false, true
			}
		}
	}
	do, taken := strings.CutPrefix(s.fault("dot"), "take, then ")
	if do == "" || do == "just in time" || strings.HasSuffix(do, "late") || do[0] == '2' {
		taken = true
	}
	if said != "" { // it does the opposite
		taken = said[0] != '2'
	}
	if taken {
		s.mu.Lock()
		s.accepted[rcpt]++
		s.mu.Unlock()
	}
	const queued = "250 2.0.0 Ok: queued as ABC123"
	switch {
	case said != "":
		return true, false
	case do != "":
		return s.misbehave(p, "dot", do, queued), false
	}
	return s.answer(p, "after", queued), false
}

// settings returns how to reach a script.
func settings(t *testing.T) mailer.Server {
	t.Helper()
	dir := t.TempDir()
	ca, password := filepath.Join(dir, "ca.pem"), filepath.Join(dir, "password")
	if err := errors.Join(os.WriteFile(ca, wiretest.CA(), 0o600), os.WriteFile(password, []byte("geheim\n"), 0o600)); err != nil {
		t.Fatal(err)
	}
	return mailer.Server{Server: wire.Server{Host: wiretest.Host, CAFile: ca, User: "headsup", PasswordFile: password}, Helo: "client.example"}
}

// post returns the transport to a script.
func post(t *testing.T, s *script, server mailer.Server, keys ...mailer.Key) *mailer.SMTP {
	t.Helper()
	p, err := mailer.NewSMTP(server, keys...)
	if err != nil {
		t.Fatal(err)
	}
	p.SetDial(s.dial)
	return p
}
