package campaign

import (
	"cmp"
	"context"
	"fmt"
	"net/netip"
	"strings"

	"headsup/inbox"
	"headsup/inbox/report"
)

// A Reported is one event of a report of abuse or, where a message reports
// none that can be told, the message.
//
// Of child abuse and terror it holds the sender, the time and the address.
type Reported struct {
	File     string        `json:"file"`
	Status   report.Status `json:"status"`
	Addr     netip.Addr    `json:"addr,omitzero"`
	Port     uint16        `json:"port,omitempty"`        // of Addr itself
	Target   uint16        `json:"target_port,omitempty"` // that Addr went for
	Seen     report.Time   `json:"seen,omitzero"`         // without its zone where none is stated
	Kind     report.Kind   `json:"kind,omitempty"`
	URL      string        `json:"url,omitempty"`
	Reporter string        `json:"reporter,omitempty"`
	Customer string        `json:"customer,omitempty"`
	Why      string        `json:"why,omitempty"`
	Queue    report.Queue  `json:"queue,omitempty"`
	Evidence string        `json:"evidence,omitempty"`
}

func (Reported) event() {}

// Reports counts what reading messages came to.
type Reports struct {
	Messages, Understood, Person, None, Unreadable int
	Events                                         int   // of the messages that were understood
	Unread                                         error // the first message that could not be read
}

// Adds reports whether every message ended in one place.
func (r Reports) Adds() bool { return r.Messages == r.Understood+r.Person+r.None+r.Unreadable }

// ReadReports reads mailboxes to their ends and tells what each message
// reports. Nothing is forwarded and no message is marked.
func ReadReports(ctx context.Context, boxes []Mailbox, o report.Options, tell func(Event)) (sum Reports, err error) {
	bar := count(tell, Reading, 0)
	defer bar.over()
	read := func(m inbox.Message) {
		r := report.Read(m.Text, o)
		sum.count(r)
		for _, e := range reported(m.Name, r) {
			tell(e)
		}
	}
	for _, box := range boxes {
		var first *inbox.Message // held back until it is known whether it is alone
		n := 0
		for m, err := range box {
			if ctx.Err() != nil {
				return sum, ctx.Err()
			}
			sum.Messages++
			bar.add(1)
			if n++; first != nil {
				read(*first)
				first = nil
			}
			switch {
			case err != nil:
				err = fmt.Errorf("%s: %w", cmp.Or(m.Name, "mailbox"), err)
				tell(Unreadable{err})
				sum.Unreadable++
				sum.Unread = cmp.Or(sum.Unread, err)
			case n == 1:
				first = &m
			default:
				read(m)
			}
		}
		if first != nil {
			first.Name = strings.TrimSuffix(first.Name, "#1") // an mbox of one message is that message
			read(*first)
		}
	}
	return sum, nil
}

func (r *Reports) count(read report.Report) {
	switch read.Status {
	case report.Understood:
		r.Understood++
		r.Events += len(read.Events)
	case report.Person:
		r.Person++
	default:
		r.None++
	}
}

// reported are the events of a report, or the message where it has none.
func reported(file string, r report.Report) (out []Reported) {
	base := Reported{File: file, Status: r.Status, Kind: r.Kind, Reporter: r.Reporter, Why: r.Why, Queue: r.Queue}
	if r.Status != report.Understood || len(r.Events) == 0 {
		return []Reported{base}
	}
	for _, e := range r.Events {
		one := base
		one.Addr, one.Port, one.Target, one.Seen, one.Kind, one.URL, one.Evidence = e.Addr, e.Port, e.Target, e.Seen, e.Kind, e.URL, e.Evidence
		one.Why = cmp.Or(e.Why, r.Why)
		out = append(out, one)
	}
	return out
}
