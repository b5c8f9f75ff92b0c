package cases

import (
	"cmp"
	"context"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"time"

	"headsup/campaign/escalate"
	"headsup/campaign/settings"
	"headsup/finding"
	"headsup/ledger"
	"headsup/letter"
	"headsup/lookup"
	"headsup/lookup/lease"
	"headsup/render"
)

// Compose writes a letter to each customer who has something to hear and had no
// letter within the interval of its kinds: the next round, or the draft of this
// one anew. It tells of each as [Drafted], and of customers who are not written
// to as [Waits]. Nothing past review is touched.
//
// Where the settings let reporters and kinds earn it, letters that rest on them
// alone are approved by that rule.
func (d *Desk) Compose(ctx context.Context, day time.Time) error {
	if err := ledger.UseKey(ctx, d.Ledger, d.Rules.ID, d.Rules.Fingerprints()); err != nil {
		return err
	}
	stops, err := d.Ledger.Suppressions(ctx)
	if err != nil {
		return err
	}
	stop := letter.NewSuppressions(stops)
	if err := writeAll(ctx, d, stop, day); err != nil {
		return err
	}
	gone, err := d.Ledger.Withdraw(ctx, d.Rules.ID)
	for _, id := range gone {
		d.Tell(Withdrawn{id})
	}
	return err
}

// writeAll writes the letters of all customers.
func writeAll(ctx context.Context, d *Desk, stop *letter.Suppressions, day time.Time) error {
	b := writing(ctx, d)
	defer b.Close()
	for of, err := range d.Cases.Notices(ctx) {
		if err := cmp.Or(err, ctx.Err()); err != nil {
			return cmp.Or(b.Settle(), err)
		}
		s, err := d.write(ctx, of, stop, day)
		if err != nil {
			return cmp.Or(b.Settle(), fmt.Errorf("customer %q: %w", of[0].Customer, err))
		}
		if s == nil {
			continue
		}
		if err := b.Add(s, s.enclosedSize()); err != nil {
			return err
		}
	}
	return b.Settle()
}

func kindsOf(notices []ledger.Notice) (kinds []string) {
	for _, n := range notices {
		kinds = append(kinds, n.Incident.Kind)
	}
	slices.Sort(kinds)
	return slices.Compact(kinds)
}

// write composes the letter of one customer, or tells why there is none.
func (d *Desk) write(ctx context.Context, of []ledger.Notice, stop *letter.Suppressions, day time.Time) (*sketch, error) {
	id := of[0].Customer
	who := d.Holders.Customers.ByID(id)
	last, err := d.Cases.Last(ctx, letter.CustomerPile(id))
	if err != nil {
		return nil, err
	}
	var accounts []string
	for _, n := range of {
		accounts = append(accounts, n.Incident.Account)
	}
	var by way
	none := ""
	if who != nil {
		by, none = reaching(d, who, accounts...)
	}
	wait := Waits{Customer: id, Notices: len(of)}
	round := last.Round + 1
	switch since := d.Now().Sub(last.Left); {
	case who == nil:
		wait.Why, wait.Person = "the file of customers does not have it any more", true
	case none != "":
		wait.Why, wait.Person = none, true
	case last.State == letter.Drafted || last.State == letter.Held:
		round = last.Round
	case last.State.Lost() && last.Class.Dead():
		if letter.ContactKey(contact(who, by)) == last.Mailbox {
			wait.Why, wait.Person = "mail does not reach it: "+last.ID+" came back", true
		}
	case last.State == letter.Approved || last.State == letter.Sending || last.State == letter.Deferred:
		wait.Why = "its letter " + last.ID + " has not left yet"
	case last.Round > 0 && since < d.Settings.ISP.Every(kindsOf(of)...):
		wait.Why = fmt.Sprintf("it had %s %s ago", last.ID, since.Truncate(time.Minute))
	}
	if wait.Why == "" {
		if s, ok := stop.Find(d.Rules.ID, contact(who, by), lookup.Network{}, netip.IPv4Unspecified(), day); ok {
			wait.Why = s.String()
		}
	}
	if wait.Why != "" {
		d.Tell(wait)
		return nil, nil
	}
	return d.sketch(ctx, who, by, of, round, day)
}

// contact is a customer as a letter is addressed.
func contact(who *lease.Customer, by way) lookup.Contact {
	return lookup.Contact{Email: by.mailbox, Role: lookup.Customer, Name: who.Name, Address: who.Address, Country: who.Country,
		Language: who.Language, Reports: lookup.NoReports, Rule: "customer", Handle: who.ID}
}

// letterTo composes what a customer is told.
func (d *Desk) letterTo(who *lease.Customer, by way, of []ledger.Notice, round int, day time.Time) (letter.Letter, []int64) {
	var rows []int64
	var found []finding.Finding
	var nets []lookup.Network
	to := contact(who, by)
	for _, n := range of {
		i := n.Incident
		f := finding.Finding{Addr: i.Addr, Port: i.Port, Kind: finding.Kind(i.Kind), Service: i.URL, Seen: i.At, Strength: finding.Observed,
			Reason: "reported", Evidence: i.Evidence}
		if !f.Addr.IsValid() {
			f.Addr = netip.IPv4Unspecified()
		}
		rows, found = append(rows, n.Finding), append(found, f)
		nets = append(nets, lookup.Network{First: f.Addr, Last: f.Addr, Contacts: []lookup.Contact{to}})
	}
	l := letter.Forward(d.Rules, who.ID, round, day, nets, found)
	if l.Zone = who.Zone; by.paper {
		l.Paper, l.Attachments = true, lookup.PDF // what is not on the page is not sent
	}
	return l, rows
}

// sketch composes the letter of one customer.
func (d *Desk) sketch(ctx context.Context, who *lease.Customer, by way, of []ledger.Notice, round int, day time.Time) (*sketch, error) {
	notices, of, err := verbatim(ctx, d, by, of)
	if err != nil {
		return nil, err
	}
	l, rows := d.letterTo(who, by, of, round, day)
	s := &sketch{}
	for _, n := range notices {
		l.Verbatim = true
		s.enclosed = append(s.enclosed, render.Enclosed{Name: "notice-" + n.Case + ".eml", Data: n.Mail})
	}
	if s.firm, err = firm(ctx, d, who, &l); err != nil {
		return nil, err
	}
	s.draft = ledger.Draft{Letter: l, Findings: rows}
	return s, nil
}

// firm makes a letter a firmer one where earlier ones did not help, and says why
// it is one, or "". The reasons are written down before the letter is.
func firm(ctx context.Context, d *Desk, who *lease.Customer, l *letter.Letter) (why string, err error) {
	how := d.Settings.ISP.Escalation
	if !how.Firms() || escalate.Exempt(how, who) {
		return "", nil
	}
	measures := ledger.NewMeasures(d.Ledger, d.Rules.ID)
	all, err := measures.Repeated(ctx, who.ID, l.ID, d.Settings.ISP.MailRoom, d.Now().Add(-how.Span()))
	if err != nil {
		return "", err
	}
	var reasons []int64
	if why = escalate.Firm(how, all); why != "" {
		if l.Firm = letter.Firmer; len(how.Hook) > 0 {
			l.Firm = letter.Last
		}
		for _, p := range all {
			reasons = append(reasons, p.Incident)
		}
	}
	return why, measures.Firm(ctx, l.ID, reasons)
}

// keep puts a draft into the ledger, and reports whether it awaits review.
func (d *Desk) keep(ctx context.Context, draft ledger.Draft) (drafted bool, err error) {
	if draft.From, err = render.EnvelopeFrom(draft.Letter); err != nil {
		return false, err
	}
	what, err := d.Ledger.Draft(ctx, draft)
	if err != nil {
		return false, err
	}
	return kept(ctx, d, draft, what)
}

// kept tells of a draft that is in the ledger, and reports whether it awaits
// review.
func kept(ctx context.Context, d *Desk, draft ledger.Draft, what ledger.Drafting) (drafted bool, err error) {
	for _, text := range draft.Rendered.Warnings {
		d.Tell(Warning{Letter: draft.Letter.ID, Text: text})
	}
	if what == ledger.Kept {
		return false, nil
	}
	e, err := d.Ledger.Entry(ctx, draft.Letter.ID)
	if err == nil {
		d.Tell(Drafted{e})
	}
	return e.State == letter.Drafted && e.Redraft == "", err
}

// earn approves a letter where each reporter is proven, and has earned it for
// each kind that it tells.
func (d *Desk) earn(ctx context.Context, id, hash string) error {
	pairs, err := d.Cases.Pairs(ctx, id)
	if err != nil || len(pairs) == 0 {
		return err
	}
	for _, p := range pairs {
		trust, err := d.Cases.Trust(ctx, p)
		if err != nil {
			return err
		}
		if p.Proven == "" || trust.Confirmed < d.Settings.ISP.Earns() {
			return nil
		}
	}
	if cmp.Or(d.Settings.ISP.Auto, settings.Shadow) != settings.Earned {
		d.Tell(Shadowed{id})
		return nil
	}
	var names []string
	for _, p := range pairs {
		names = append(names, p.Reporter+" "+p.Kind)
	}
	if err := d.Ledger.Approve(ctx, id, hash, "rule: earned by "+strings.Join(names, ", ")); err != nil {
		return err
	}
	e, err := d.Ledger.Entry(ctx, id)
	if err == nil {
		d.Tell(Approved{e})
	}
	return err
}
