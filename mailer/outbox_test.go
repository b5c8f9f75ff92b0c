package mailer_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"headsup/letter"
)

// memory is an Outbox that keeps letters in memory and does what a durable
// one must: claim only what is approved or due, and never the same twice.
type memory struct {
	mu      sync.Mutex
	letters []*entry
	retry   time.Duration // after a deferral; 0: never due again

	// fail is asked before and after each write; an error after it is
	// "failed but persisted".
	fail func(write string, persisted bool) error

	unsettled error // why an outcome was not recorded
}

type entry struct {
	e        letter.Envelope
	state    letter.State
	marked   bool
	due      time.Time
	outcomes []letter.Outcome
}

func newMemory(n int) *memory {
	m := &memory{fail: func(string, bool) error { return nil }}
	for i := range n {
		m.letters = append(m.letters, &entry{e: envelope(i + 1), state: letter.Approved})
	}
	return m
}

// envelope makes the nth letter.
func envelope(n int) letter.Envelope {
	id := fmt.Sprintf("relay26-%04d", n)
	e := letter.Envelope{
		LetterID: id, Campaign: "relay26", Agency: "oca", Attempt: 1,
		From: "notices+" + id + "@example.org", To: fmt.Sprintf("abuse%d@example.net", n), MessageID: id + "@example.org",
	}
	e.Mail = []byte("From: Office <notices@example.org>\r\nTo: " + e.To + "\r\nSubject: [" + id + "] Open relay\r\n" +
		"Message-ID: <" + e.MessageID + ">\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n" +
		"List-Unsubscribe: <https://advice.example.org/u>\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n" +
		"Reply-To: answers@example.org\r\n\r\nDear team,\r\n.\r\n..two dots\r\nbye\r\n")
	return e
}

func (m *memory) Claim(ctx context.Context, most int) (es []letter.Envelope, retry time.Time, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := errors.Join(ctx.Err(), m.fail("claim", false)); err != nil {
		return nil, time.Time{}, err
	}
	for _, l := range m.letters {
		if l.state != letter.Approved && (l.state != letter.Deferred || m.retry == 0) {
			continue
		}
		if l.due.After(time.Now()) {
			if retry.IsZero() || l.due.Before(retry) {
				retry = l.due
			}
			continue
		}
		if len(es) == most {
			break
		}
		l.state = letter.Sending
		l.e.Attempt = len(l.outcomes) + 1
		es = append(es, l.e)
	}
	if len(es) > 0 {
		return es, time.Time{}, m.fail("claim", true)
	}
	return nil, retry, nil
}

func (m *memory) find(e letter.Envelope) *entry {
	for _, l := range m.letters {
		if l.e.LetterID == e.LetterID {
			return l
		}
	}
	return nil
}

func (m *memory) Mark(ctx context.Context, e letter.Envelope) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := errors.Join(ctx.Err(), m.unsettled, m.fail("mark", false)); err != nil {
		return err
	}
	l := m.find(e)
	if l.state != letter.Sending {
		return fmt.Errorf("mark: %s is %s", e.LetterID, l.state)
	}
	l.marked = true
	return m.fail("mark", true)
}

func (m *memory) Settle(ctx context.Context, e letter.Envelope, o letter.Outcome) (recorded func() error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	err := m.settle(ctx, e, o)
	m.unsettled = errors.Join(m.unsettled, err)
	return func() error { return err }
}

func (m *memory) settle(ctx context.Context, e letter.Envelope, o letter.Outcome) error {
	if err := errors.Join(ctx.Err(), m.fail("settle", false)); err != nil {
		return err
	}
	l := m.find(e)
	if !l.state.May(o.State) || l.state != letter.Sending {
		return fmt.Errorf("settle: %s is %s", e.LetterID, l.state)
	}
	l.state, l.marked, l.due = o.State, false, time.Now().Add(m.retry)
	l.outcomes = append(l.outcomes, o)
	return m.fail("settle", true)
}

// recover does what a ledger does when its process died: what was marked is
// unknown, what was not goes again.
func (m *memory) recover() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.fail, m.unsettled = func(string, bool) error { return nil }, nil
	for _, l := range m.letters {
		if l.state == letter.Sending {
			l.state = letter.Approved
			if l.marked {
				l.state = letter.Unknown
			}
		}
	}
}

func (m *memory) states() (states []letter.State) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, l := range m.letters {
		states = append(states, l.state)
	}
	return states
}

func count(t *testing.T, m *memory, want letter.State) int {
	t.Helper()
	n := 0
	for _, s := range m.states() {
		if s == want {
			n++
		}
	}
	return n
}
