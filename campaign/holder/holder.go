// Package holder asks a program or a URL of a provider's house who held an
// address, where its own system knows that better than logs that it hands out.
//
// What comes back is hostile until it is understood: it is bounded, one JSON
// object, and names a customer of the file of customers, or nobody is told.
package holder

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/netip"
	"sync"
	"time"

	"headsup/campaign/settings"
	"headsup/finding"
	"headsup/lookup/lease"
	"headsup/wire"
	"headsup/wire/command"
)

// ErrAnswer means that what was asked gave no answer, or none of the form that
// is documented.
var ErrAnswer = errors.New("no answer that can be used")

// A System is what is asked. It is safe for use by several goroutines.
type System struct {
	Settings  settings.Holder
	Customers *lease.Customers
	Token     string // for the URL

	mu     sync.Mutex
	silent int   // questions in a row without an answer
	last   error // of them
}

// silentAtMost is how many questions may be without an answer before nobody is
// asked any more.
const silentAtMost = 5

// New returns the system that settings name, or nil where they name none.
func New(s *settings.Settings, customers *lease.Customers) (*System, error) {
	h := s.ISP.Holder
	if !h.Set() {
		return nil, nil
	}
	file := ""
	if h.TokenFile != "" {
		file = s.Path(h.TokenFile)
	}
	token, err := wire.Secret("isp.holder.token", "", file)
	if err != nil {
		return nil, err
	}
	return &System{Settings: h, Customers: customers, Token: token}, nil
}

// A question is what the system reads: one JSON object. Its names are settled.
type question struct {
	Addr   netip.Addr `json:"addr"`
	Port   uint16     `json:"port,omitempty"`    // of the address itself, where one is stated
	From   time.Time  `json:"from"`              // the time that the report states, and
	To     time.Time  `json:"to"`                // the end of it, where it is coarse
	NoZone bool       `json:"no_zone,omitempty"` // both are what a clock showed in a zone that nobody named
	Slack  int64      `json:"slack_s"`           // by how much the clock of whoever reports may be off
}

// A reply is what the system says: one JSON object. Its names are settled.
type reply struct {
	Status   lease.Status `json:"status"`   // customer, nobody, gone or unclear
	Customer string       `json:"customer"` // the number in the file of customers
	Why      string       `json:"why"`
	Rows     []row        `json:"rows"` // what it rests on
}

type row struct {
	Source string    `json:"source"`
	Login  string    `json:"login"`
	From   time.Time `json:"from"`
	To     time.Time `json:"to"`
}

const (
	replyAtMost = 64 << 10 // bytes
	rowsAtMost  = 10
	wordsAtMost = 300
)

// Who answers a question, as [lease.Desk.Who] does. It returns [ErrAnswer] where
// the system does not, and never a customer that the file does not have.
func (s *System) Who(ctx context.Context, q lease.Question) (lease.Answer, error) {
	slack := q.Slack
	if slack == 0 {
		slack = lease.DefaultAskSlack
	}
	slack = max(0, slack)
	a := lease.Answer{Addr: q.Addr.Unmap(), Port: q.Port, Time: q.Time, Slack: int64(slack / time.Second)}
	if q.Role != lease.SourcePort {
		a.Port = 0
	}
	text, err := json.Marshal(question{a.Addr, a.Port, q.Time.UTC(), q.Time.Add(q.Within).UTC(), q.NoZone, a.Slack})
	if err != nil {
		return a, err
	}
	if err := s.Silent(); err != nil {
		return a, err
	}
	r, err := s.reply(ctx, append(text, '\n'))
	if err = s.heard(err); err != nil {
		return a, err
	}
	return s.answer(a, r), nil
}

// Silent returns the last error of a system that left five questions in a row
// without an answer, and is not asked any more.
func (s *System) Silent() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.silent < silentAtMost {
		return nil
	}
	return s.last
}

// heard counts questions in a row without an answer.
func (s *System) heard(err error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err == nil {
		s.silent = 0
		return nil
	}
	s.silent++
	s.last = fmt.Errorf("%w: %w", ErrAnswer, err)
	return s.last
}

func (s *System) reply(ctx context.Context, question []byte) (reply, error) {
	said, err := s.ask(ctx, question)
	if err != nil {
		return reply{}, err
	}
	return replyOf(said)
}

// ask returns what the system says.
func (s *System) ask(ctx context.Context, question []byte) ([]byte, error) {
	out := &command.Beginning{Most: replyAtMost}
	if s.Settings.URL != "" {
		if err := s.post(ctx, question, out); err != nil {
			return nil, err
		}
	} else if err := command.Run(ctx, s.Settings.Command, s.Settings.Limit(), question, out, io.Discard); err != nil {
		return nil, err
	}
	if out.Cut() {
		return nil, fmt.Errorf("it says more than %d bytes", replyAtMost)
	}
	return out.Bytes(), nil
}

// noRedirect asks nobody but the host that the settings name.
var noRedirect = &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}

func (s *System) post(ctx context.Context, question []byte, out io.Writer) error {
	ctx, cancel := context.WithTimeout(ctx, s.Settings.Limit())
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, s.Settings.URL, bytes.NewReader(question))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/json")
	if s.Token != "" {
		req.Header.Set("Authorization", "Bearer "+s.Token)
	}
	resp, err := noRedirect.Do(req)
	if err != nil {
		return wire.HideIn(err, s.Token)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("it answers with %s", resp.Status)
	}
	_, err = io.Copy(out, io.LimitReader(resp.Body, replyAtMost+1))
	return err
}

// replyOf reads one JSON object with nothing behind it.
func replyOf(said []byte) (r reply, err error) {
	in := json.NewDecoder(bytes.NewReader(said))
	if err := in.Decode(&r); err != nil {
		return r, fmt.Errorf("it is no JSON object of that form: %w", err)
	}
	if _, err := in.Token(); !errors.Is(err, io.EOF) {
		return r, errors.New("there is more than one JSON object")
	}
	switch {
	case r.Status == lease.IsCustomer && r.Customer == "":
		return r, errors.New("it names no customer")
	case r.Status != lease.IsCustomer && r.Customer != "":
		return r, fmt.Errorf("it says %q, and names a customer", r.Status)
	}
	switch r.Status {
	case lease.IsCustomer, lease.Nobody, lease.Gone, lease.Unclear:
		return r, nil
	}
	return r, fmt.Errorf("the status %q is none of customer, nobody, gone, unclear", finding.Clean(string(r.Status), 40))
}

func (s *System) answer(a lease.Answer, r reply) lease.Answer {
	a.Status, a.Why = r.Status, finding.Clean(r.Why, wordsAtMost)
	for _, x := range r.Rows[:min(len(r.Rows), rowsAtMost)] {
		a.Rows = append(a.Rows, lease.Evidence{Source: finding.Clean(x.Source, wordsAtMost), Holder: lease.Holder(finding.Clean(x.Login, wordsAtMost)), From: x.From.UTC(), To: x.To.UTC()})
	}
	switch {
	case r.Status == lease.IsCustomer:
		if a.Customer = s.Customers.ByID(r.Customer); a.Customer == nil {
			a.Status, a.Reason = lease.Unclear, lease.Unknown
			a.Why = fmt.Sprintf("it was customer %q, whom the file of customers does not have", finding.Clean(r.Customer, 100))
		}
	case a.Why == "":
		a.Why = map[lease.Status]string{lease.Nobody: "nobody held it then", lease.Gone: "that is not kept any more", lease.Unclear: "it is not clear who held it"}[r.Status]
	}
	return a
}
