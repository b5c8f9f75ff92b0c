package mailer

import (
	"bytes"
	"cmp"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"net/textproto"
	"strings"
	"time"

	"github.com/wneessen/go-mail/smtp"

	"headsup/letter"
	"headsup/wire"
)

// replyBudget is what a server may say in one reply. More is not a mail server.
const replyBudget = 64 << 10

var errOutOfTurn = errors.New("the server spoke out of turn")

// A session is one connection to a mail server, used by one letter at a time.
type session struct {
	wire   *wire.Conn
	text   *textproto.Conn
	dsn    bool // RFC 3461
	eight  bool // RFC 6152
	size   bool // RFC 1870
	pipe   bool // RFC 2920
	sent   int  // transactions so far
	dirty  bool // a transaction is open that RSET has to end
	broken bool // the connection is closed
	timer  *time.Timer
	heard  chan answer // by listen
}

// An answer is a reply, or why there is none.
type answer struct {
	reply
	err error
}

func newSession(c *smtp.Client, w *wire.Conn) *session {
	offers := func(extension string) bool {
		ok, _ := c.Extension(extension)
		return ok
	}
	return &session{wire: w, text: c.Text, dsn: offers("DSN"), eight: offers("8BITMIME"), size: offers("SIZE"), pipe: offers("PIPELINING")}
}

// cut closes the connection without another word. Anything said after a
// message that is not whole would make the server take it as whole.
func (s *session) cut() {
	s.broken = true
	s.wire.Close()
}

// quit takes leave and closes the connection.
func (s *session) quit() {
	s.wire.Allow(replyBudget, partTime)
	if s.text.PrintfLine("QUIT") == nil {
		s.text.ReadResponse(221)
	}
	s.cut()
}

// ask sends commands in one go and returns the reply to the first. An error
// means that there is none, and that the connection is of no use any more.
func (s *session) ask(d time.Duration, commands ...string) (reply, error) {
	s.wire.Allow(replyBudget, d)
	if s.text.R.Buffered() > 0 {
		r, err := s.hear()
		if err == nil && r.code != 421 { // which a server may say unasked (RFC 5321 §3.8)
			err = errOutOfTurn
		}
		return r, err
	}
	if err := s.text.PrintfLine("%s", strings.Join(commands, "\r\n")); err != nil {
		return reply{}, err
	}
	return s.hear()
}

// hear reads one reply.
func (s *session) hear() (reply, error) { return readReply(&s.text.Reader) }

// A step is one command of a transaction, and the reply that lets it go on.
type step struct {
	name    string
	command string
	want    int // first digit of the reply
	time    time.Duration
}

func (s *session) steps(e letter.Envelope, message []byte) []step {
	from, to := "MAIL FROM:<"+e.From+">", "RCPT TO:<"+e.To+">"
	if s.size {
		from += fmt.Sprintf(" SIZE=%d", len(message))
	}
	if s.eight && !ascii(message) {
		from += " BODY=8BITMIME"
	}
	if s.dsn {
		from += " RET=HDRS ENVID=" + xtext(e.ID())
		to += " NOTIFY=FAILURE,DELAY ORCPT=rfc822;" + xtext(e.To)
	}
	return []step{{"MAIL", from, 2, mailTime}, {"RCPT", to, 2, mailTime}, {"DATA", "DATA", 3, dataTime}}
}

// transact sends one letter. stale means that the connection failed before
// the server said anything about it.
func (s *session) transact(ctx context.Context, e letter.Envelope, message []byte, mark func() error) (o letter.Outcome, stale bool) {
	stop := context.AfterFunc(ctx, func() { s.wire.Close() })
	s.sent++
	o, said, ready := s.offer(ctx, e, message)
	stopped := !stop()
	if stopped {
		s.cut()
	}
	switch {
	case !ready:
		return o, !said
	case stopped:
		return s.lost(ctx, "message", context.Cause(ctx)), false
	}
	if err := mark(); err != nil {
		s.cut()
		return deferred(letter.Connected, "not marked before the final dot: "+err.Error()), false
	}
	return s.dot(ctx), false
}

// offer brings a letter up to, and without, the final dot. Unless it is ready
// for that, o says why not, and said whether the server has said anything
// about the letter.
func (s *session) offer(ctx context.Context, e letter.Envelope, message []byte) (o letter.Outcome, said, ready bool) {
	if s.dirty {
		if r, err := s.ask(mailTime, "RSET"); err != nil || r.code/100 != 2 {
			s.cut()
			return s.lost(ctx, "RSET", cmp.Or(err, errors.New(r.text))), false, false
		}
	}
	steps := s.steps(e, message)
	for i, step := range steps {
		s.dirty = true
		r, err := s.do(steps, i)
		if err != nil {
			s.cut()
			return s.lost(ctx, step.name, err), said, false
		}
		if r.code/100 != step.want {
			s.leave(steps[i+1:], r)
			return refusal(letter.Connected, step.name, r), said || r.code != 421, false
		}
		said = true
	}
	o, ready = s.write(ctx, message)
	return o, true, ready
}

// do takes the ith step. Where the server allows it, all commands go out with
// the first one (RFC 2920): then only the replies are left to the others.
func (s *session) do(steps []step, i int) (reply, error) {
	switch {
	case !s.pipe:
		return s.ask(steps[i].time, steps[i].command)
	case i == 0:
		var commands []string
		for _, step := range steps {
			commands = append(commands, step.command)
		}
		return s.ask(steps[i].time, commands...)
	}
	s.wire.Allow(replyBudget, steps[i].time)
	return s.hear()
}

// leave gives up a transaction that was refused. The connection is cut if it
// is closing or out of step, or if the server waits for a message all the same.
func (s *session) leave(rest []step, r reply) {
	if r.code/100 < 4 || r.code == 421 {
		s.cut()
		return
	}
	if !s.pipe {
		return
	}
	for _, step := range rest {
		s.wire.Allow(replyBudget, partTime)
		if r, err := s.hear(); err != nil || step.want == 3 && r.code/100 < 4 {
			s.cut()
			return
		}
	}
}

// lost is the outcome of a connection that failed before the final dot.
func (s *session) lost(ctx context.Context, name string, err error) letter.Outcome {
	if ctx.Err() != nil {
		err = context.Cause(ctx)
	}
	return deferred(letter.Connected, name+": "+err.Error())
}

// block is how much of a message is written under one deadline.
const block = 64 << 10

// write sends the message up to, and without, the final dot. It reports false
// if the message is not to be finished; then the connection is cut.
func (s *session) write(ctx context.Context, message []byte) (letter.Outcome, bool) {
	text := stuff(message)
	s.listen()
	var err error
	for err == nil && len(text) > 0 {
		n := min(block, len(text))
		s.wire.Allow(replyBudget, blockTime)
		if _, err = s.text.W.Write(text[:n]); err == nil {
			err = s.text.W.Flush()
		}
		text = text[n:]
	}
	if err == nil && len(s.heard) == 0 {
		return letter.Outcome{}, true
	}
	return s.unfinished(ctx, err), false
}

// listen hears the next reply while a message is written. What a server says
// before the message is whole must not be taken for the reply to its final dot.
func (s *session) listen() {
	s.heard = make(chan answer, 1)
	hear := func() {
		r, err := s.hear()
		s.heard <- answer{r, err}
	}
	if s.text.R.Buffered() > 0 {
		hear()
	} else {
		go hear()
	}
}

// unfinished is the outcome of a message that gets no final dot, because of
// err or of what was heard. The server may have said why it does not want it.
func (s *session) unfinished(ctx context.Context, err error) letter.Outcome {
	s.wire.Allow(replyBudget, partTime)
	a := <-s.heard
	s.cut()
	if a.err == nil && a.code >= 400 {
		return refusal(letter.Connected, "message", a.reply)
	}
	return s.lost(ctx, "message", cmp.Or(err, a.err, errOutOfTurn))
}

// dot ends the message. From here on only a reply tells what became of it.
func (s *session) dot(ctx context.Context) letter.Outcome {
	if len(s.heard) > 0 {
		return s.unfinished(ctx, nil)
	}
	s.wire.Allow(replyBudget, dotTime)
	stop := context.AfterFunc(ctx, func() { s.wire.SetDeadline(time.Now().Add(graceTime)) })
	r, err := s.end()
	if err == nil && r.code/100 == 3 {
		err = fmt.Errorf("the server replied %d", r.code)
	}
	stopped := !stop()
	s.dirty = false
	switch {
	case err != nil:
		s.cut()
		return letter.Outcome{State: letter.Unknown, Phase: letter.Dot, Text: clean("no reply to the final dot: " + err.Error())}
	case r.code == 421 || stopped || s.broken:
		s.cut()
	}
	if r.code/100 != 2 {
		return refusal(letter.Replied, "final dot", r)
	}
	return letter.Outcome{State: letter.Sent, Phase: letter.Replied, Code: r.code, Text: clean(r.text)}
}

// end writes the final dot and reads the reply. Where the dot cannot be
// written, a refusal that the server gave before is as good.
func (s *session) end() (reply, error) {
	err := s.text.PrintfLine(".")
	if err == nil {
		a := <-s.heard
		return a.reply, a.err
	}
	s.wire.Allow(replyBudget, partTime)
	if a := <-s.heard; a.err == nil && a.code >= 400 {
		s.broken = true
		return a.reply, nil
	}
	return reply{}, err
}

// notConnected is the outcome of an attempt that did not get as far as the letter.
func notConnected(address string, err error) letter.Outcome {
	o := deferred(letter.Claimed, "connect to "+address+": "+err.Error())
	o.Err = wire.Cause(err)
	var said *textproto.Error
	if errors.As(err, &said) {
		o.Code = said.Code
	}
	return o
}

// stuff doubles the dots that begin lines (RFC 5321 §4.5.2).
func stuff(message []byte) []byte {
	if bytes.Contains(message, []byte("\r\n.")) {
		message = bytes.ReplaceAll(message, []byte("\r\n."), []byte("\r\n.."))
	}
	if bytes.HasPrefix(message, []byte(".")) {
		message = append([]byte("."), message...)
	}
	return message
}

func ascii(b []byte) bool {
	for len(b) >= 8 {
		if binary.NativeEndian.Uint64(b)&0x8080808080808080 != 0 {
			return false
		}
		b = b[8:]
	}
	for _, c := range b {
		if c >= 0x80 {
			return false
		}
	}
	return true
}

// xtext writes a parameter value as RFC 3461 §4 wants it.
func xtext(s string) string {
	var b strings.Builder
	for _, c := range []byte(s) {
		if c < '!' || c > '~' || c == '+' || c == '=' {
			fmt.Fprintf(&b, "+%02X", c)
		} else {
			b.WriteByte(c)
		}
	}
	return b.String()
}
