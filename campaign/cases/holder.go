package cases

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/netip"
	"os"
	"strings"
	"time"

	"headsup/campaign/customers"
	"headsup/campaign/settings"
	"headsup/inbox/report"
	"headsup/ledger"
	"headsup/lookup/lease"
)

// openHolders opens what says who held an address. Where no logs were read yet,
// only what is a customer's by itself is known.
func openHolders(s *settings.Settings) (lease.Desk, error) {
	all, err := customers.Read(s)
	if err != nil {
		return lease.Desk{}, err
	}
	index := s.IndexFolder()
	if _, err := os.Stat(index); errors.Is(err, fs.ErrNotExist) {
		return lease.Desk{Customers: all, Keep: s.ISP.Age() + 24*time.Hour}, nil
	}
	d, err := lease.OpenDesk(index, s.Path(s.ISP.Customers), s.Path(s.ISP.NAT))
	d.Customers = all // those that were compared, should the file change meanwhile
	return d, err
}

// place decides whose an event is.
//
// A name that belongs to a customer and an address that was another's is a
// contradiction. So is an event about the account of a customer: its mailbox
// may be read by whoever took it.
func (d *Desk) place(e report.Event, sent time.Time) ledger.Incident {
	i := ledger.Incident{Key: e.Key(), Addr: e.Addr, Port: e.Port, Target: e.Target, Seen: e.Seen.String(), Kind: string(e.Kind), URL: e.URL,
		Evidence: e.Evidence, Span: spans(e), At: moment(e.Seen, sent)}
	named := d.Holders.Customers.ByName(e.URL)
	switch {
	case !e.Addr.IsValid() && named == nil:
		return incidentTo(i, ledger.ToPerson, "no customer has the name that it tells of")
	case !e.Addr.IsValid():
		return d.reach(i, named)
	}
	q, why := d.question(e, sent)
	switch {
	case !d.Holders.Customers.Ours(e.Addr):
		return incidentTo(i, ledger.NotOurs, "no network of ours holds the address")
	case why != "":
		return incidentTo(i, ledger.UnclearHolder, why)
	case !i.At.IsZero() && d.Now().Sub(i.At) > d.Settings.ISP.Age():
		return incidentTo(i, ledger.TooOld, fmt.Sprintf("older than %s (isp.max_age)", age(d.Settings.ISP.Age())))
	}
	a, err := who(d, q)
	if err != nil {
		return incidentTo(i, ledger.ToPerson, "who held it could not be looked up: "+err.Error())
	}
	if rows, err := json.Marshal(a.Rows); err == nil && len(a.Rows) > 0 {
		i.RestsOn = string(rows)
	}
	switch a.Status {
	case lease.IsCustomer:
		if named != nil && named.ID != a.Customer.ID {
			return incidentTo(i, ledger.UnclearHolder, "its name is one customer's, and its address was another's")
		}
		return d.reach(i, a.Customer)
	case lease.Nobody:
		if named != nil {
			return d.reach(i, named)
		}
		return incidentTo(i, ledger.NotOurs, a.Why)
	case lease.Gone:
		return incidentTo(i, ledger.TooOld, a.Why)
	}
	return incidentTo(i, ledger.UnclearHolder, a.Why)
}

// reach gives an incident to a customer, if there is a way to write to it.
func (d *Desk) reach(i incident, who *lease.Customer) ledger.Incident {
	i.Customer, i.Account = who.ID, accountOf(i, who)
	if _, why := reaching(d, who, i.Account); why != "" {
		return incidentTo(i, ledger.ToPerson, why)
	}
	return incidentTo(i, ledger.ToCustomer, "")
}

// question asks who had the address when it happened.
//
// A time without seconds is a minute. Without any time, the address has to have
// been one customer's as long as the event may be back.
func (d *Desk) question(e report.Event, sent time.Time) (q lease.Question, why string) {
	q = lease.Question{Addr: e.Addr, Port: e.Port, Role: lease.SourcePort}
	if e.Seen.IsZero() {
		now := d.Now()
		if sent.IsZero() || sent.After(now) {
			sent = now
		}
		keep := d.Holders.Keep
		if keep == 0 {
			keep = lease.DefaultKeep
		}
		from := sent.Add(-d.Settings.ISP.Age())
		if kept := now.Add(-keep + time.Hour); from.Before(kept) {
			from = kept
		}
		if !from.Before(sent) {
			return q, "it states no time, and is as old as what is kept"
		}
		q.Time, q.Within = from, sent.Sub(from)
		return q, ""
	}
	text := e.Seen.String()
	if err := q.When(text, nil); err != nil {
		return q, "its time cannot be read: " + err.Error()
	}
	if at, ok := e.Seen.At(); q.Within == 0 && (ok && at.Second() == 0 || strings.HasSuffix(text, ":00")) {
		q.Within = time.Minute - time.Second
	}
	return q, ""
}

// moment is when an event was, for its letter: what it states, else when the
// report was sent.
func moment(seen report.Time, sent time.Time) time.Time {
	if at, ok := seen.At(); ok {
		return at.UTC()
	}
	var q lease.Question
	if !seen.IsZero() && q.When(seen.String(), nil) == nil {
		return q.Time.UTC()
	}
	return sent.UTC()
}

type incident = ledger.Incident

func incidentTo(i incident, p ledger.Place, why string) ledger.Incident {
	i.Place, i.Why = p, why
	return i
}

func age(d time.Duration) string {
	if d%(24*time.Hour) == 0 {
		return fmt.Sprintf("%d days", d/(24*time.Hour))
	}
	return d.String()
}

// spans writes where an event was read, for who looks at the case.
func spans(e report.Event) string {
	text, err := json.Marshal([]report.Span{e.AddrAt, e.PortAt, e.SeenAt, e.URLAt})
	if err != nil {
		return ""
	}
	return string(text)
}

// ours reports whether an address is in a network of the house.
func (d *Desk) ours(a netip.Addr) bool { return d.Holders.Customers.Ours(a) }
