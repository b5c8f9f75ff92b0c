package mailer_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"headsup/letter"
	"headsup/mailer"
	"headsup/wire"
)

type fault struct {
	at, do string
	nth    int // also the number of the letter that it happens to
	state  letter.State
	phase  letter.Phase
	code   int
	slow   bool
}

// faults is what can go wrong on the wire at each step of the second letter
// (of the first connection, before MAIL), and what is then known of the letter.
var faults = []fault{
	{"every step", "just in time", 1, letter.Sent, letter.Replied, 250, false},

	// Before MAIL nothing is known of the letter, so it waits.
	{"connect", "refuse", 1, letter.Deferred, letter.Claimed, 0, false},
	{"connect", "silence", 1, letter.Deferred, letter.Claimed, 0, false},
	{"connect", "just in time", 1, letter.Sent, letter.Replied, 250, false},
	{"connect", "too late", 1, letter.Deferred, letter.Claimed, 0, false},
	{"banner", "421 4.3.2 not now", 1, letter.Deferred, letter.Claimed, 421, false},
	{"banner", "554 5.3.2 never", 1, letter.Deferred, letter.Claimed, 554, false},
	{"banner", "250 what?", 1, letter.Deferred, letter.Claimed, 250, false},
	{"banner", "drop", 1, letter.Deferred, letter.Claimed, 0, false},
	{"banner", "silence", 1, letter.Deferred, letter.Claimed, 0, false},
	{"banner", "deaf", 1, letter.Deferred, letter.Claimed, 0, false},
	{"banner", "garbage", 1, letter.Deferred, letter.Claimed, 0, false},
	{"banner", "half a reply", 1, letter.Deferred, letter.Claimed, 0, false},
	{"banner", "endless", 1, letter.Deferred, letter.Claimed, 0, false},
	{"banner", "twice", 1, letter.Deferred, letter.Claimed, 0, false},
	{"banner", "with goodbye", 1, letter.Deferred, letter.Claimed, 421, false},
	{"banner", "just in time", 1, letter.Sent, letter.Replied, 250, false},
	{"banner", "too late", 1, letter.Deferred, letter.Claimed, 0, false},
	{"EHLO", "421 4.3.2 not now", 1, letter.Deferred, letter.Claimed, 421, false},
	{"EHLO", "drop", 1, letter.Deferred, letter.Claimed, 0, false},
	{"EHLO", "silence", 1, letter.Deferred, letter.Claimed, 0, false},
	{"EHLO", "endless", 1, letter.Deferred, letter.Claimed, 0, false},
	{"EHLO", "garbage", 1, letter.Deferred, letter.Claimed, 0, false},
	{"EHLO", "twice", 1, letter.Deferred, letter.Claimed, 250, false}, // the second stands for a reply to STARTTLS
	{"EHLO", "with goodbye", 1, letter.Deferred, letter.Claimed, 421, false},
	{"EHLO", "502 5.5.1 no EHLO, so no TLS", 1, letter.Deferred, letter.Claimed, 0, false},
	{"EHLO", "250 mail.example, without TLS", 1, letter.Deferred, letter.Claimed, 0, false},
	{"EHLO", "just in time", 1, letter.Sent, letter.Replied, 250, false},
	{"EHLO", "too late", 1, letter.Deferred, letter.Claimed, 0, false},
	{"STARTTLS", "454 4.7.0 no TLS today", 1, letter.Deferred, letter.Claimed, 454, false},
	{"STARTTLS", "421 4.3.2 not now", 1, letter.Deferred, letter.Claimed, 421, false},
	{"STARTTLS", "drop", 1, letter.Deferred, letter.Claimed, 0, false},
	{"STARTTLS", "silence", 1, letter.Deferred, letter.Claimed, 0, false},
	{"STARTTLS", "garbage", 1, letter.Deferred, letter.Claimed, 0, false},
	{"STARTTLS", "250 what?", 1, letter.Deferred, letter.Claimed, 250, false},
	{"STARTTLS", "twice", 1, letter.Sent, letter.Replied, 250, false}, // what was said in the clear is not heard behind TLS (RFC 3207 §4.2)
	{"STARTTLS", "just in time", 1, letter.Sent, letter.Replied, 250, false},
	{"STARTTLS", "too late", 1, letter.Deferred, letter.Claimed, 0, false},
	{"handshake", "drop", 1, letter.Deferred, letter.Claimed, 0, false},
	{"handshake", "silence", 1, letter.Deferred, letter.Claimed, 0, false},
	{"handshake", "deaf", 1, letter.Deferred, letter.Claimed, 0, false},
	{"handshake", "garbage", 1, letter.Deferred, letter.Claimed, 0, false},
	{"handshake", "just in time", 1, letter.Sent, letter.Replied, 250, false},
	{"handshake", "too late", 1, letter.Deferred, letter.Claimed, 0, false},
	{"second EHLO", "421 4.3.2 not now", 1, letter.Deferred, letter.Claimed, 421, false},
	{"second EHLO", "502 5.5.1 no EHLO", 1, letter.Deferred, letter.Claimed, 502, false},
	{"second EHLO", "drop", 1, letter.Deferred, letter.Claimed, 0, false},
	{"second EHLO", "silence", 1, letter.Deferred, letter.Claimed, 0, false},
	{"second EHLO", "endless", 1, letter.Deferred, letter.Claimed, 0, false},
	{"second EHLO", "garbage", 1, letter.Deferred, letter.Claimed, 0, false},
	{"second EHLO", "twice", 1, letter.Deferred, letter.Claimed, 250, false}, // the second stands for a reply to AUTH
	{"second EHLO", "with goodbye", 1, letter.Deferred, letter.Claimed, 421, false},
	{"second EHLO", "250 mail.example, without AUTH", 1, letter.Deferred, letter.Claimed, 0, false},
	{"second EHLO", "just in time", 1, letter.Sent, letter.Replied, 250, false},
	{"second EHLO", "too late", 1, letter.Deferred, letter.Claimed, 0, false},
	{"AUTH", "535 5.7.8 wrong password", 1, letter.Deferred, letter.Claimed, 535, false},
	{"AUTH", "454 4.7.0 not now", 1, letter.Deferred, letter.Claimed, 454, false},
	{"AUTH", "421 4.3.2 not now", 1, letter.Deferred, letter.Claimed, 421, false},
	{"AUTH", "250 what?", 1, letter.Deferred, letter.Claimed, 250, false},
	{"AUTH", "334 what?", 1, letter.Deferred, letter.Claimed, 0, false},
	{"AUTH", "endless questions", 1, letter.Deferred, letter.Claimed, 0, false},
	{"AUTH", "drop", 1, letter.Deferred, letter.Claimed, 0, false},
	{"AUTH", "silence", 1, letter.Deferred, letter.Claimed, 0, false},
	{"AUTH", "garbage", 1, letter.Deferred, letter.Claimed, 0, false},
	{"AUTH", "endless", 1, letter.Deferred, letter.Claimed, 0, false},
	{"AUTH", "twice", 1, letter.Deferred, letter.Connected, 0, false},
	{"AUTH", "with goodbye", 1, letter.Deferred, letter.Connected, 421, true},
	{"AUTH", "just in time", 1, letter.Sent, letter.Replied, 250, false},
	{"AUTH", "too late", 1, letter.Deferred, letter.Claimed, 0, false},

	// Until the dot nothing can have been accepted.
	{"MAIL", "451 4.3.0 disk", 1, letter.Deferred, letter.Connected, 451, true},
	{"MAIL", "421 4.3.2 closing", 1, letter.Deferred, letter.Connected, 421, true},
	{"MAIL", "drop", 1, letter.Deferred, letter.Connected, 0, false},
	{"MAIL", "silence", 1, letter.Deferred, letter.Connected, 0, false},
	{"MAIL", "garbage", 1, letter.Deferred, letter.Connected, 0, false},
	{"MAIL", "endless", 1, letter.Deferred, letter.Connected, 0, false},
	{"MAIL", "250-ok\n550 no", 1, letter.Deferred, letter.Connected, 0, false}, // one reply has one code (RFC 5321 §4.2.1)
	{"MAIL", "just in time", 1, letter.Sent, letter.Replied, 250, false},
	{"MAIL", "too late", 1, letter.Deferred, letter.Connected, 0, false},
	{"MAIL", "550 no", 2, letter.Deferred, letter.Connected, 550, true},
	{"MAIL", "552 too large", 2, letter.Failed, letter.Connected, 552, false},
	{"MAIL", "554 5.3.4 too large", 2, letter.Failed, letter.Connected, 554, false},
	{"MAIL", "553 5.1.8 this sender does not exist", 2, letter.Deferred, letter.Connected, 553, true},
	{"MAIL", "530 5.7.0 log in", 2, letter.Deferred, letter.Connected, 530, true},
	{"MAIL", "drop", 2, letter.Sent, letter.Replied, 250, false},           // an idle connection had ended:
	{"MAIL", "421 4.4.2 idle", 2, letter.Sent, letter.Replied, 250, false}, // nothing was said of the letter
	{"MAIL", "silence", 2, letter.Sent, letter.Replied, 250, false},
	{"MAIL", "garbage", 2, letter.Sent, letter.Replied, 250, false},
	{"MAIL", "half a reply", 2, letter.Sent, letter.Replied, 250, false},
	{"MAIL", "just in time", 2, letter.Sent, letter.Replied, 250, false},
	{"MAIL", "too late", 2, letter.Sent, letter.Replied, 250, false},
	{"MAIL", "twice", 2, letter.Deferred, letter.Connected, 0, false},
	{"MAIL", "and once more", 2, letter.Deferred, letter.Connected, 250, false}, // DATA seems to be answered with it
	{"MAIL", "with goodbye", 2, letter.Deferred, letter.Connected, 421, true},
	{"MAIL", "and goodbye", 2, letter.Deferred, letter.Connected, 421, true},
	{"MAIL", "250", 2, letter.Sent, letter.Replied, 250, false}, // a reply needs no text (RFC 5321 §4.2)
	{"RCPT", "450 4.2.0 Greylisted", 2, letter.Deferred, letter.Connected, 450, false},
	{"RCPT", "450 4.2.0 Greylisted, but go on", 2, letter.Deferred, letter.Connected, 450, false},
	{"RCPT", "450 4.7.1 slow down", 2, letter.Deferred, letter.Connected, 450, true},
	{"RCPT", "452 4.2.2 mailbox full", 2, letter.Deferred, letter.Connected, 452, false},
	{"RCPT", "421 4.7.0 too many connections", 2, letter.Deferred, letter.Connected, 421, true},
	{"RCPT", "550 5.1.1 no such user", 2, letter.Failed, letter.Connected, 550, false},
	{"RCPT", "550 5.7.1 blocked by policy", 2, letter.Deferred, letter.Connected, 550, true},
	{"RCPT", "550 5.7.13 account disabled", 2, letter.Failed, letter.Connected, 550, false},
	{"RCPT", "354 what?", 2, letter.Deferred, letter.Connected, 354, false},
	{"RCPT", "150 what?", 2, letter.Deferred, letter.Connected, 0, false},
	{"RCPT", "garbage", 2, letter.Deferred, letter.Connected, 0, false},
	{"RCPT", "drop", 2, letter.Deferred, letter.Connected, 0, false},
	{"RCPT", "silence", 2, letter.Deferred, letter.Connected, 0, false},
	{"RCPT", "endless", 2, letter.Deferred, letter.Connected, 0, false},
	{"RCPT", "half a reply", 2, letter.Deferred, letter.Connected, 0, false},
	{"RCPT", "250-ok\n550 5.1.1 no such user", 2, letter.Deferred, letter.Connected, 0, false},
	{"RCPT", "550-5.1.1 no such user\n250 ok", 2, letter.Deferred, letter.Connected, 0, false},
	{"RCPT", "twice", 2, letter.Deferred, letter.Connected, 0, false},
	{"RCPT", "and once more", 2, letter.Deferred, letter.Connected, 250, false},
	{"RCPT", "with goodbye", 2, letter.Deferred, letter.Connected, 421, true},
	{"RCPT", "and goodbye", 2, letter.Deferred, letter.Connected, 421, true},
	{"RCPT", "251 will forward", 2, letter.Sent, letter.Replied, 250, false},
	{"RCPT", "250", 2, letter.Sent, letter.Replied, 250, false},
	{"RCPT", "just in time", 2, letter.Sent, letter.Replied, 250, false},
	{"RCPT", "too late", 2, letter.Deferred, letter.Connected, 0, false},
	{"DATA", "451 4.3.0 disk", 2, letter.Deferred, letter.Connected, 451, true},
	{"DATA", "421 4.3.2 closing", 2, letter.Deferred, letter.Connected, 421, true},
	{"DATA", "554 5.5.1 no valid recipients", 2, letter.Failed, letter.Connected, 554, false},
	{"DATA", "250 what?", 2, letter.Deferred, letter.Connected, 250, false},
	{"DATA", "garbage", 2, letter.Deferred, letter.Connected, 0, false},
	{"DATA", "drop", 2, letter.Deferred, letter.Connected, 0, false},
	{"DATA", "silence", 2, letter.Deferred, letter.Connected, 0, false},
	{"DATA", "half a reply", 2, letter.Deferred, letter.Connected, 0, false},
	{"DATA", "354-go on\n451 4.3.0 disk", 2, letter.Deferred, letter.Connected, 0, false},
	{"DATA", "twice", 2, letter.Deferred, letter.Connected, 0, false},
	{"DATA", "and once more", 2, letter.Deferred, letter.Connected, 0, false},
	{"DATA", "with goodbye", 2, letter.Deferred, letter.Connected, 421, true},
	{"DATA", "354", 2, letter.Sent, letter.Replied, 250, false},
	{"DATA", "just in time", 2, letter.Sent, letter.Replied, 250, false},
	{"DATA", "too late", 2, letter.Deferred, letter.Connected, 0, false},
	{"body", "drop", 2, letter.Deferred, letter.Connected, 0, false},
	{"body", "deaf", 2, letter.Deferred, letter.Connected, 0, false},
	{"body", "552 5.3.4 too big", 2, letter.Failed, letter.Connected, 552, false},
	{"body", "421 4.3.2 closing", 2, letter.Deferred, letter.Connected, 421, true},
	{"body", "says 250 2.0.0 taken", 2, letter.Deferred, letter.Connected, 0, false},     // before it is whole: nobody can have taken it
	{"body", "says 450 4.2.0 not now", 2, letter.Deferred, letter.Connected, 450, false}, // and takes it if it is finished all the same
	{"body", "just in time", 2, letter.Sent, letter.Replied, 250, false},                 // each block
	{"body", "too late", 2, letter.Deferred, letter.Connected, 0, false},

	// After the mark a letter is unknown unless the server says what became of it.
	{"end", "drop", 2, letter.Unknown, letter.Dot, 0, false}, // all but the dot was read
	{"end", "deaf", 2, letter.Unknown, letter.Dot, 0, false},
	{"end", "552 5.3.4 too big", 2, letter.Failed, letter.Replied, 552, false},
	{"end", "421 4.4.2 timeout", 2, letter.Deferred, letter.Replied, 421, true},
	{"dot", "452 4.3.1 disk", 2, letter.Deferred, letter.Replied, 452, true},
	{"dot", "421 4.3.2 closing", 2, letter.Deferred, letter.Replied, 421, true},
	{"dot", "552 5.2.2 mailbox full", 2, letter.Failed, letter.Replied, 552, false},
	{"dot", "550 5.7.1 looks like spam", 2, letter.Deferred, letter.Replied, 550, true},
	{"dot", "drop", 2, letter.Unknown, letter.Dot, 0, false},
	{"dot", "silence", 2, letter.Unknown, letter.Dot, 0, false},
	{"dot", "354 what?", 2, letter.Unknown, letter.Dot, 0, false},
	{"dot", "300 what?", 2, letter.Unknown, letter.Dot, 0, false},
	{"dot", "399 what?", 2, letter.Unknown, letter.Dot, 0, false},
	{"dot", "299 ok", 2, letter.Sent, letter.Replied, 299, false},
	{"dot", "150 what?", 2, letter.Unknown, letter.Dot, 0, false},
	{"dot", "garbage", 2, letter.Unknown, letter.Dot, 0, false},
	{"dot", "just in time", 2, letter.Sent, letter.Replied, 250, false},
	{"dot", "too late", 2, letter.Unknown, letter.Dot, 0, false},
	{"dot", "251 2.0.0 taken elsewhere", 2, letter.Sent, letter.Replied, 251, false},
	{"dot", "250", 2, letter.Sent, letter.Replied, 250, false},
	{"dot", "take, then drop", 2, letter.Unknown, letter.Dot, 0, false},
	{"dot", "take, then silence", 2, letter.Unknown, letter.Dot, 0, false},
	{"dot", "take, then garbage", 2, letter.Unknown, letter.Dot, 0, false},
	{"dot", "take, then half a reply", 2, letter.Unknown, letter.Dot, 0, false},
	{"dot", "take, then half a long reply", 2, letter.Unknown, letter.Dot, 0, false},
	{"dot", "take, then endless", 2, letter.Unknown, letter.Dot, 0, false},
	{"dot", "take, then 250-queued\n550 5.7.1 looks like spam", 2, letter.Unknown, letter.Dot, 0, false},
	{"dot", "take, then 550-5.7.1 looks like spam\n250 queued", 2, letter.Unknown, letter.Dot, 0, false},

	// What was accepted is sent, whatever follows.
	{"after", "and drop", 2, letter.Sent, letter.Replied, 250, false},
	{"after", "with goodbye", 2, letter.Sent, letter.Replied, 250, false},
	{"after", "and goodbye", 2, letter.Sent, letter.Replied, 250, false},
	{"after", "twice", 2, letter.Sent, letter.Replied, 250, false},
	{"after", "and once more", 2, letter.Sent, letter.Replied, 250, false},
	{"QUIT", "drop", 1, letter.Sent, letter.Replied, 250, false},
	{"QUIT", "silence", 1, letter.Sent, letter.Replied, 250, false},
	{"QUIT", "deaf", 1, letter.Sent, letter.Replied, 250, false},
	{"QUIT", "garbage", 1, letter.Sent, letter.Replied, 250, false},
	{"QUIT", "endless", 1, letter.Sent, letter.Replied, 250, false},
	{"QUIT", "421 4.3.2 closing", 1, letter.Sent, letter.Replied, 250, false},
	{"QUIT", "500 5.5.1 stay", 1, letter.Sent, letter.Replied, 250, false},
	{"QUIT", "just in time", 1, letter.Sent, letter.Replied, 250, false},

	// RSET, the nth, comes before the letter after it, which has another connection if it fails.
	{"RSET", "drop", 1, letter.Sent, letter.Replied, 250, false},
	{"RSET", "silence", 1, letter.Sent, letter.Replied, 250, false},
	{"RSET", "garbage", 1, letter.Sent, letter.Replied, 250, false},
	{"RSET", "endless", 1, letter.Sent, letter.Replied, 250, false},
	{"RSET", "twice", 1, letter.Sent, letter.Replied, 250, false},
	{"RSET", "421 4.4.2 idle", 1, letter.Sent, letter.Replied, 250, false},
	{"RSET", "500 5.5.1 no", 1, letter.Sent, letter.Replied, 250, false},
	{"RSET", "half a reply", 1, letter.Sent, letter.Replied, 250, false},
	{"RSET", "just in time", 1, letter.Sent, letter.Replied, 250, false},
	{"RSET", "too late", 1, letter.Sent, letter.Replied, 250, false},
}

// losses is what can go wrong in the outbox while the second letter is sent.
var losses = []struct {
	write     string
	persisted bool
}{
	{"", false},
	{"claim", false}, {"claim", true},
	{"mark", false}, {"mark", true},
	{"settle", false}, {"settle", true},
	{"mark and settle", false}, {"mark and settle", true}, // the disk stays full
}

var errLost = errors.New("disk full")

func TestNothingIsAcceptedTwice(t *testing.T) { crossFaults(t, false) }

func TestNothingIsAcceptedTwiceWithPipelining(t *testing.T) { crossFaults(t, true) }

func crossFaults(t *testing.T, pipelined bool) {
	secure := settings(t)
	plain := mailer.Server{Server: wire.Server{Host: secure.Host, TLS: "none"}, Helo: secure.Helo, AllowPlaintext: true}
	every := os.Getenv("HEADSUP_REAL") == "1" // or every other crossing
	for i, f := range faults {
		if pipelined && f.do == "twice" && (f.at == "MAIL" || f.at == "RCPT") {
			f.code = 250 // what DATA seems to be answered with
		}
		for k, l := range losses {
			if pipelined && f.phase == letter.Claimed && l.write != "" {
				continue // not pipelined yet: crossed already
			}
			if l.write != "" && (i+k)%2 == 1 && !every {
				continue
			}
			name := fmt.Sprintf("%s %d: %s", f.at, f.nth, f.do)
			if l.write != "" {
				name += ", " + l.write + " fails"
			}
			if l.persisted {
				name += " but persisted"
			}
			server := secure
			if l.write != "" && !f.needsTLS() { // the outbox does not see the difference, and most of the time is TLS
				server = plain
			}
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					s := newScript(f.at, f.nth, f.do)
					s.pipelined = pipelined
					p := post(t, s, server)
					box := newMemory(3)
					box.retry = 5 * time.Minute
					if f.at == "body" || f.at == "every step" { // more than what is on the way at once
						for _, l := range box.letters {
							l.e.Mail = append(l.e.Mail, strings.Repeat("line upon line\r\n", 10000)...)
						}
					}
					lose(box, l.write, l.persisted)
					first := runAndRecover(t, s, p, box)
					if l.write == "" {
						f.check(t, box, first)
					}
					onceOnly(t, s, box, l.write)
				})
			})
		}
	}
}

// needsTLS reports whether the step of the fault is only there with TLS and a password.
func (f fault) needsTLS() bool {
	return slices.Contains([]string{"STARTTLS", "handshake", "second EHLO", "AUTH"}, f.at)
}

// check compares the first outcome of each letter with what must follow.
func (f fault) check(t *testing.T, box *memory, first map[string]letter.Outcome) {
	t.Helper()
	n, also := f.nth, 0
	switch {
	case f.at == "RSET":
		n++
	case f.at == "after" && f.do == "and once more":
		also = n + 1 // whose connection is out of step
	}
	o, want := first[envelope(n).LetterID], letter.Outcome{State: f.state, Phase: f.phase, Code: f.code, Slow: f.slow}
	if o.Text == "" && f.do != "250" || o.At.IsZero() {
		t.Errorf("outcome %+v lacks words or time", o)
	}
	for i, l := range box.letters {
		if i+1 != n && i+1 != also && len(l.outcomes) != 1 {
			t.Errorf("%s had nothing to do with it, but outcomes %+v", l.e.LetterID, l.outcomes)
		}
	}
	o.Text, o.At, o.Err = "", time.Time{}, nil // for whoever explains it: Text says the same
	if o != want {
		t.Errorf("first outcome is %+v, want %+v", o, want)
	}
}

// lose makes the second call of a write fail, or the second mark and every
// write after it.
func lose(box *memory, write string, persisted bool) {
	n, full := 0, false
	first, _, lasting := strings.Cut(write, " and ")
	box.fail = func(w string, after bool) error {
		if full {
			return errLost
		}
		if w != first || after != persisted {
			return nil
		}
		if n++; n == 2 {
			full = lasting
			return errLost
		}
		return nil
	}
}

// runAndRecover sends until the end or the first loss, recovers the outbox as
// after a crash, and sends the rest. It returns the first outcome of each letter.
func runAndRecover(t *testing.T, s *script, p *mailer.SMTP, box *memory) map[string]letter.Outcome {
	t.Helper()
	first := map[string]letter.Outcome{}
	o := mailer.Options{Drain: true, Notify: func(e letter.Envelope, o letter.Outcome) {
		if _, ok := first[e.LetterID]; !ok {
			first[e.LetterID] = o
		}
	}}
	ctx, cancel := context.WithTimeout(t.Context(), 48*time.Hour)
	defer cancel()
	if err := mailer.Run(ctx, box, p, o); err != nil && !errors.Is(err, errLost) {
		t.Errorf("first run: %v", err)
	}
	box.recover()
	if err := mailer.Run(ctx, box, p, o); err != nil {
		t.Errorf("second run: %v", err)
	}
	p.Close()
	s.serving.Wait()
	if n := s.connections(); n != 0 {
		t.Errorf("%d connections are still open", n)
	}
	return first
}

// onceOnly checks that what the outbox says of each letter is true.
func onceOnly(t *testing.T, s *script, box *memory, write string) {
	t.Helper()
	for _, l := range box.letters {
		n := s.accepted[l.e.To]
		switch l.state {
		case letter.Sent:
			if n != 1 {
				t.Errorf("%s is sent, but accepted %d times", l.e.LetterID, n)
			}
		case letter.Failed:
			if n != 0 {
				t.Errorf("%s failed, but was accepted %d times", l.e.LetterID, n)
			}
		case letter.Unknown:
			if n > 1 {
				t.Errorf("%s was accepted %d times", l.e.LetterID, n)
			}
			if write == "" && !slices.ContainsFunc(l.outcomes, func(o letter.Outcome) bool { return o.State == letter.Unknown }) {
				t.Errorf("%s is unknown, but no attempt was", l.e.LetterID)
			}
		default:
			t.Errorf("%s ended as %s", l.e.LetterID, l.state)
		}
	}
}
