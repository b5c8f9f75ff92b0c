package mailer_test

import (
	"bytes"
	"io"
	"net"
	"strings"
	"time"
)

// allowed is how long the answer to a step may take by RFC 5321 §4.5.3.2. Of
// what comes before MAIL it knows the greeting alone: the same for all of it.
func allowed(step string) time.Duration {
	switch step {
	case "DATA":
		return 2 * time.Minute
	case "body":
		return 3 * time.Minute
	case "dot":
		return 10 * time.Minute
	}
	return 5 * time.Minute
}

// delay is how long a step takes that comes late, if it comes at all.
func delay(step, do string) time.Duration {
	switch do {
	case "late":
		return 100 * time.Second
	case "just in time":
		return allowed(step) - time.Second
	case "too late":
		return allowed(step) + time.Second
	}
	return 24 * time.Hour
}

// misbehave does what is wrong with a step. It reports false if the
// connection is over.
func (s *script) misbehave(p *peer, step, do, usual string) bool {
	switch do {
	case "drop":
		return false
	case "silence":
		io.Copy(io.Discard, p.Conn)
		return false
	case "deaf": // neither reads nor closes
		time.Sleep(24 * time.Hour)
		return false
	case "garbage":
		return p.say("\x00\xffwhat?")
	case "half a reply":
		io.WriteString(p.Conn, "25")
		return false
	case "half a long reply":
		io.WriteString(p.Conn, "250-queued\r\n")
		return false
	case "endless":
		for p.say("250-" + strings.Repeat("x", 500)) {
		}
		return false
	case "endless questions":
		for p.say("334 VXNlcm5hbWU6") {
			p.r.ReadString('\n')
		}
		return false
	case "late", "just in time", "too late":
		time.Sleep(delay(step, do))
		return p.say(usual)
	case "twice":
		return p.say(usual + "\n" + usual)
	case "and once more": // not in the same packet
		ok := p.say(usual)
		aside(p, usual)
		return ok
	case "with goodbye":
		p.say(usual + "\n421 4.3.2 closing")
		io.Copy(io.Discard, p.Conn)
		return false
	case "and goodbye": // not in the same packet
		p.say(usual)
		s.serving.Go(func() { io.Copy(io.Discard, p.Conn) })
		time.Sleep(time.Second)
		p.say("421 4.3.2 closing")
		return false
	case "and drop":
		p.say(usual)
		return false
	}
	return p.say(do) && !strings.HasPrefix(do, "421")
}

// aside says something out of turn, before all that is said later.
func aside(p *peer, lines string) {
	p.say(lines)
	time.Sleep(time.Second)
}

// A line is the server's end of a connection. As with TCP, some of what it
// says may be on the way while nobody listens, and arrives even when it has
// hung up.
type line struct {
	net.Conn
	out    chan []byte
	hungUp chan struct{}
	lost   chan struct{} // the other end is
}

func (s *script) pipe() (ours, theirs net.Conn) {
	ours, far := net.Pipe()
	l := &line{far, make(chan []byte, 16), make(chan struct{}), make(chan struct{})}
	s.serving.Go(l.carry)
	return ours, l
}

func (l *line) carry() {
	defer l.Conn.Close()
	defer close(l.lost)
	for {
		var b []byte
		select {
		case b = <-l.out:
		case <-l.hungUp:
			select {
			case b = <-l.out:
			default:
				return
			}
		}
		if _, err := l.Conn.Write(b); err != nil {
			return
		}
	}
}

func (l *line) Write(b []byte) (int, error) {
	select {
	case l.out <- bytes.Clone(b):
		return len(b), nil
	case <-l.hungUp:
	case <-l.lost:
	}
	return 0, net.ErrClosed
}

func (l *line) Close() error {
	close(l.hungUp)
	return nil
}
