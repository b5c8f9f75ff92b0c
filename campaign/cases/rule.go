package cases

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"time"

	"headsup/campaign/said"
	"headsup/inbox/report"
	"headsup/ledger"
	"headsup/lookup/lease"
	"headsup/sheet"
)

var (
	// ErrNoCustomer means that the file of customers does not have one.
	ErrNoCustomer = errors.New("no such customer")
	// ErrNoEvent means that a report tells nothing that a customer could hear.
	ErrNoEvent = errors.New("the report has no event: say which address is meant first")
	// ErrNotOurs means that no network of the house holds an address.
	ErrNotOurs = errors.New("no network of ours holds the address")
	// ErrUnsaid means that nobody said that the cause of a report was removed.
	ErrUnsaid = errors.New("its customer did not say last that it is fixed")
	// ErrUnanswerable means that a reporter cannot be written to.
	ErrUnanswerable = errors.New("the reporter cannot be answered")
)

// A Ruled is a case after a person's decision. Stay counts letters past review
// that say otherwise, and which this decision cannot take back.
type Ruled struct {
	ledger.Case
	Stay int `json:"stay,omitempty"`
}

// Show returns a case with what is due for it and what happened to it, and
// records who looked.
func (d *Desk) Show(ctx context.Context, id, by string) (Listed, []ledger.CaseEvent, error) {
	c, err := d.Cases.Case(ctx, id, by)
	if err != nil {
		return Listed{}, nil, err
	}
	clocks, err := ClocksOf(ctx, d, c)
	if err != nil {
		return Listed{}, nil, err
	}
	lost, err := d.Cases.Lost(ctx)
	if err != nil {
		return Listed{}, nil, err
	}
	log, err := d.Cases.Events(ctx, c.ID)
	return Listed{c, clocks, lost[c.ID]}, log, err
}

// rule records a decision and returns the case after it.
func (d *Desk) rule(ctx context.Context, c ledger.Case, r ledger.Ruling) (Ruled, error) {
	stay, err := d.Cases.Rule(ctx, c.ID, r)
	if err != nil {
		return Ruled{}, err
	}
	after, err := d.Cases.Case(ctx, c.ID, r.By)
	return Ruled{after, stay}, err
}

// decided reports whether the program itself had given a case to a customer.
func decided(c ledger.Case) bool { return c.By == "" && c.Place == ledger.ToCustomer }

// Is says which address a report is about, with port and time where they are
// stated: port 0 and time "" are as the report has them.
func (d *Desk) Is(ctx context.Context, id, by, addr, port, when string) (Ruled, error) {
	c, err := d.Cases.Case(ctx, id, by)
	if err != nil {
		return Ruled{}, err
	}
	a, p, err := sheet.Addr(addr)
	if err != nil {
		return Ruled{}, err
	}
	if port != "" {
		if p, _, err = sheet.Port(port); err != nil {
			return Ruled{}, err
		}
	}
	if !d.ours(a) {
		return Ruled{}, fmt.Errorf("%w: %s", ErrNotOurs, a)
	}
	i, err := d.meant(c, a, p, when)
	if err != nil {
		return Ruled{}, err
	}
	return d.rule(ctx, c, ledger.Ruling{By: by, What: strings.TrimSpace("is " + addr + " " + port + " " + when), Place: i.Place, Why: i.Why,
		Incidents: []ledger.Incident{i}, Mistaken: decided(c)})
}

// meant is the incident that a person names, with what the report says of it.
func (d *Desk) meant(c ledger.Case, a netip.Addr, port uint16, when string) (ledger.Incident, error) {
	base := ledger.Incident{Addr: a, Port: port, Kind: c.Kind}
	for _, i := range c.Incidents {
		if i.Addr == a || len(c.Incidents) == 1 {
			base.Seen, base.At, base.Kind, base.URL, base.Evidence = i.Seen, i.At, i.Kind, i.URL, i.Evidence
			if base.Port == 0 {
				base.Port = i.Port
			}
		}
	}
	if base.Kind == "" {
		base.Kind = string(report.Other)
	}
	if when != "" {
		base.Seen = when
	}
	q := lease.Question{Addr: a, Port: base.Port, Role: lease.SourcePort}
	if base.Seen == "" {
		return base, &sheet.TimeError{Value: "", Why: "is missing: say when it was"}
	}
	if err := q.When(base.Seen, nil); err != nil {
		return base, err
	}
	if base.At = q.Time.UTC(); !q.NoZone && q.Within == 0 {
		base.Seen = q.Time.Format(time.RFC3339)
	}
	base.Key = fmt.Sprintf("%s %d %s %s", a, base.Port, base.Kind, base.At.Truncate(time.Minute).Format("2006-01-02T15:04Z"))
	answer, err := d.Holders.Who(q, d.Now())
	if err != nil {
		return base, err
	}
	switch answer.Status {
	case lease.IsCustomer:
		cut := base.Evidence
		base.Evidence = string(c.Mail) // which names mailboxes
		base = d.reach(base, answer.Customer)
		base.Evidence = cut
	case lease.Nobody:
		base.Place, base.Why = ledger.NotOurs, answer.Why
	case lease.Gone:
		base.Place, base.Why = ledger.TooOld, answer.Why
	default:
		base.Place, base.Why = ledger.UnclearHolder, answer.Why
	}
	base.Evidence = d.cut(base, c.Reporter)
	return base, nil
}

// Customer says whose the events of a report are.
func (d *Desk) Customer(ctx context.Context, id, by, customer string) (Ruled, error) {
	c, err := d.Cases.Case(ctx, id, by)
	if err != nil {
		return Ruled{}, err
	}
	who := d.Holders.Customers.ByID(customer)
	switch {
	case who == nil:
		return Ruled{}, fmt.Errorf("%w: %q", ErrNoCustomer, customer)
	case len(c.Incidents) == 0:
		return Ruled{}, fmt.Errorf("%w: %q", ErrNoEvent, c.ID)
	}
	same := true
	var all []ledger.Incident
	for _, i := range c.Incidents {
		same = same && i.Customer == who.ID
		if i.Customer != who.ID {
			whole := i // what is kept as evidence names no mailbox any more
			whole.Evidence = string(c.Mail)
			i.Account = accountOf(whole, who)
		}
		i.Customer, i.Place, i.Why = who.ID, ledger.ToCustomer, ""
		if _, why := reaching(d, who, i.Account); why != "" {
			i.Place, i.Why = ledger.ToPerson, why
		}
		i.Evidence = d.cut(i, c.Reporter)
		all = append(all, i)
	}
	place, why := placeOf(all)
	return d.rule(ctx, c, ledger.Ruling{By: by, What: "customer " + customer, Place: place, Why: why, Incidents: all, Mistaken: decided(c) && !same})
}

// NotOurs says that a report is about nobody of ours.
func (d *Desk) NotOurs(ctx context.Context, id, by string) (Ruled, error) {
	c, err := d.Cases.Case(ctx, id, by)
	if err != nil {
		return Ruled{}, err
	}
	all := []ledger.Incident{}
	for _, i := range c.Incidents {
		i.Customer, i.Place, i.Why = "", ledger.NotOurs, "a person says so"
		all = append(all, i)
	}
	return d.rule(ctx, c, ledger.Ruling{By: by, What: "not ours", Place: ledger.NotOurs, Why: "a person says so", Incidents: all, Mistaken: decided(c)})
}

// NoReport says that a message reports nothing.
func (d *Desk) NoReport(ctx context.Context, id, by string) (Ruled, error) {
	c, err := d.Cases.Case(ctx, id, by)
	if err != nil {
		return Ruled{}, err
	}
	return d.rule(ctx, c, ledger.Ruling{By: by, What: "no report", Place: ledger.NoReport, Why: "a person says so", Incidents: []ledger.Incident{}, Mistaken: decided(c)})
}

// AnswerWith writes to the reporter in a person's own words; it awaits review
// as every letter. The case is closed, unless a customer is to hear of it.
func (d *Desk) AnswerWith(ctx context.Context, id, by, text string, day time.Time) (Ruled, error) {
	c, err := d.Cases.Case(ctx, id, by)
	if err != nil {
		return Ruled{}, err
	}
	switch {
	case c.Queue == string(report.Secret):
		return Ruled{}, fmt.Errorf("%w: %q", ledger.ErrApart, c.ID)
	case c.Reporter == "" || !strings.Contains(c.Reporter, "@"):
		return Ruled{}, fmt.Errorf("%w: it names no mailbox", ErrUnanswerable)
	case c.Answered != "":
		return Ruled{}, fmt.Errorf("%w: it was (%s)", ErrUnanswerable, c.Answered)
	}
	if err := d.answer(ctx, c, "received", text, day, false, by); err != nil {
		return Ruled{}, err
	}
	place := c.Place
	if place == ledger.ToPerson {
		place = ledger.Closed
	}
	return d.rule(ctx, c, ledger.Ruling{By: by, What: "answered", Place: place, Why: c.Why})
}

// confirmResolved says that the customer's word that it is fixed is right.
func confirmResolved(ctx context.Context, d *Desk, id, by string) (Ruled, error) {
	c, err := d.Cases.Case(ctx, id, by)
	if err != nil {
		return Ruled{}, err
	}
	log, err := d.Cases.Events(ctx, c.ID)
	if err != nil {
		return Ruled{}, err
	}
	last := ""
	for _, e := range log {
		if e.What == "customer says" {
			last = e.Text
		}
	}
	if last != said.Fixed {
		return Ruled{}, fmt.Errorf("%w: %q", ErrUnsaid, c.ID)
	}
	return Ruled{Case: c}, d.Cases.Log(ctx, ledger.CaseEvent{Case: c.ID, By: by, What: "resolved"})
}
