package cases

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"headsup/campaign/duties"
	"headsup/campaign/settings"
	"headsup/inbox/report"
	"headsup/ledger"
	"headsup/pattern"
)

// ErrNoDuty means that no rule of the house's country is about a report, or not
// any more.
var ErrNoDuty = errors.New("no rule of the country of the settings (isp.country) has it kept longer")

// lawOf returns the rules of the house's country. Those of a file of its own
// replace those of the same name, or come behind them.
func lawOf(s *settings.Settings) (duties.Table, error) {
	table := duties.Builtin()
	if s.ISP.Duties != "" {
		name := s.Path(s.ISP.Duties)
		f, err := os.Open(name)
		if err != nil {
			return nil, err
		}
		defer f.Close()
		own, err := duties.Read(f, name)
		if err != nil {
			return nil, err
		}
		for _, r := range own {
			if i := slices.IndexFunc(table, func(b duties.Rule) bool { return b.Name == r.Name }); i >= 0 {
				table[i] = r
				continue
			}
			table = append(table, r)
		}
	}
	return table.In(s.ISP.Country), nil
}

// service is what a customer has a contract about; a row that does not say has
// access.
func service(d *Desk, customer string) string {
	who := d.Holders.Customers.ByID(customer)
	switch {
	case who == nil:
		return ""
	case who.Contract == "":
		return "access"
	}
	return who.Contract
}

// asks reports whether the law asks for a duty about an incident.
func asks(d *Desk, duty duties.Duty, i ledger.Incident) bool {
	if i.Customer == "" {
		return false
	}
	_, ok := d.Law.Find(duty, service(d, i.Customer), i.Kind)
	return ok
}

// obey does with a report what the law of the house's country wants: it is kept
// for long enough, and where the notice itself is to be forwarded, each notice is
// told, whoever told of the same before. A notice that is to be forwarded and
// cannot be as it came waits for a person.
func obey(d *Desk, text []byte, r report.Report, c *ledger.Case) {
	why := ""
	for n, i := range c.Incidents {
		if kept := d.Law.KeptFor(duties.Keep, service(d, i.Customer), i.Kind, d.Now()); i.Customer != "" && kept > 0 {
			c.Keep, c.Held = max(c.Keep, kept), max(c.Held, kept)
		}
		if asks(d, duties.Acknowledge, i) && c.Queue == "" && c.Proven != "" && !c.Automatic && d.Settings.ISP.Answering() != settings.NoAnswers {
			c.Receipt = ledger.ReceiptDue
		}
		if !asks(d, duties.Verbatim, i) || i.Place != ledger.ToCustomer {
			continue
		}
		if why == "" {
			why = unfit(d, text, r, *c)
		}
		c.Incidents[n].Key += " notice " + c.ID
		if why != "" {
			c.Incidents[n].Place, c.Incidents[n].Why = ledger.ToPerson, why
		}
	}
	if why != "" {
		c.Place, c.Why = placeOf(c.Incidents)
	}
}

// How large a message may be that is forwarded as it came, and the messages of one
// letter together, in bytes. Tests have smaller ones.
var largestNotice, mostNotices = 4 << 20, 6 << 20

// partKind is the kind of a part of a message, however deep.
var partKind = pattern.New(`(?im)^content-type:\s*([a-z0-9.+-]+/[a-z0-9.+-]+)`)

// unreadable returns the kind of a part in which nobody looked for other customers.
func unreadable(text []byte) string {
	for _, m := range partKind.FindAllStringSubmatch(string(text), -1) {
		kind := strings.ToLower(m[1])
		family, _, _ := strings.Cut(kind, "/")
		if family != "text" && family != "multipart" && family != "message" && kind != "application/xml" && kind != "application/json" {
			return kind
		}
	}
	return ""
}

// unfit says why a notice cannot be forwarded as it came, or "".
func unfit(d *Desk, text []byte, r report.Report, c ledger.Case) string {
	if len(text) > largestNotice {
		return "the notice is too large to be forwarded as it came"
	}
	if kind := unreadable(text); kind != "" {
		return "the notice as it came has a part in which other customers may be named: " + kind
	}
	mine := c.Incidents[0]
	if who := d.Holders.Customers.ByID(mine.Customer); who != nil {
		if by, _ := reaching(d, who, mine.Account); by.paper {
			return "the notice has to be forwarded electronically, and the customer has no mailbox for it"
		}
	}
	for _, i := range c.Incidents {
		if i.Customer != mine.Customer {
			return "the notice as it came tells of more than one customer"
		}
	}
	for _, p := range r.Parts {
		if _, ok := d.Law.Find(duties.NoDemand, service(d, mine.Customer), mine.Kind); ok && demands(p.Text) != "" {
			return "it demands a settlement, so that nothing need be forwarded: " + demands(p.Text)
		}
		for line := range strings.Lines(p.Text) {
			if foreignTo(d, line, c) {
				return "the notice as it came tells of another customer, or may"
			}
		}
	}
	return ""
}

// foreignTo reports whether a line tells of a customer who is in none of the
// incidents of a case.
func foreignTo(d *Desk, line string, c ledger.Case) bool {
	return !slices.ContainsFunc(c.Incidents, func(i ledger.Incident) bool { return !d.foreign(line, i) })
}

// A Notice is a message that goes to the customer as it came.
type Notice struct {
	Case string
	Mail []byte
}

// verbatim returns the messages that a letter has to enclose, and the notices
// that fit it. The others stay for the next letter.
func verbatim(ctx context.Context, d *Desk, by way, of []ledger.Notice) (notices []Notice, fit []ledger.Notice, err error) {
	size, known := 0, map[string]bool{}
	for _, n := range of {
		if by.paper || !asks(d, duties.Verbatim, n.Incident) {
			fit = append(fit, n)
			continue
		}
		all, err := d.Cases.Told(ctx, n.Incident.ID)
		if err != nil {
			return nil, nil, err
		}
		var fresh []Notice
		more := 0
		for _, c := range all {
			r := report.Read(c.Mail, d.reading())
			if !known[c.ID] && c.Mail != nil && unfit(d, c.Mail, r, c) == "" {
				fresh, more = append(fresh, Notice{c.ID, c.Mail}), more+len(c.Mail)
			}
		}
		if size+more > mostNotices && size > 0 {
			continue
		}
		for _, f := range fresh {
			known[f.Case] = true
		}
		size += more
		notices, fit = append(notices, fresh...), append(fit, n)
	}
	return notices, fit, nil
}

// ClocksOf says what the law wants for a report, until when, and what of it was
// done.
func ClocksOf(ctx context.Context, d *Desk, c ledger.Case) ([]duties.Clock, error) {
	if len(d.Law) == 0 || c.Queue != "" || c.Kind == "" || c.Place == ledger.NoReport {
		return nil, nil
	}
	if c.Incidents == nil {
		var err error
		if c.Incidents, err = d.Cases.IncidentsOf(ctx, c.ID); err != nil {
			return nil, err
		}
	}
	times, err := d.Cases.Times(ctx, c.ID)
	if err != nil {
		return nil, err
	}
	f := duties.Facts{Kind: c.Kind, Came: c.Read, Decided: times.Decided, Forwarded: times.Forwarded,
		Received: times.Received, Answered: times.Answered, Longer: times.Longer}
	for _, i := range c.Incidents {
		if s := service(d, i.Customer); i.Customer != "" && s != "" {
			f.Services = append(f.Services, s)
		}
	}
	waits := c.Place == ledger.ToPerson || c.Place == ledger.UnclearHolder
	switch {
	case !f.Decided.IsZero() || waits:
	case c.Receipt != "" && (c.Place == ledger.ToCustomer || c.Place == ledger.ToldBefore): // no program decides it
		f.Decided = times.Heard
	default:
		f.Decided = c.Read
	}
	f.Nobody = !waits && c.Place != ledger.ToCustomer && c.Place != ledger.ToldBefore
	return d.Law.Clocks(f, d.Settings.ISP.Shortly(), d.Now()), nil
}

// A Listed is a report with what is due for it.
type Listed struct {
	ledger.Case
	Clocks []duties.Clock `json:"clocks,omitempty"`
	Lost   []ledger.Lost  `json:"lost,omitempty"` // letters about it that did not reach their customers
}

// ListOf returns the reports that a filter chooses with what is due for them; with
// due, those alone for which something has still to be done.
func ListOf(ctx context.Context, d *Desk, f ledger.CaseFilter, due bool) (all []Listed, err error) {
	list, err := d.Cases.List(ctx, f)
	if err != nil {
		return nil, err
	}
	lost, err := d.Cases.Lost(ctx)
	if err != nil {
		return nil, err
	}
	for _, c := range list {
		clocks, err := ClocksOf(ctx, d, c)
		if err != nil {
			return nil, err
		}
		if !due || slices.ContainsFunc(clocks, duties.Clock.Open) {
			all = append(all, Listed{c, clocks, lost[c.ID]})
		}
	}
	return all, nil
}

// Proceedings says that proceedings were commenced about a report, so that it is
// kept for longer. It returns [ErrNoDuty] where the law does not want that, or
// what it kept is over.
func Proceedings(ctx context.Context, d *Desk, id, by string) (Ruled, error) {
	c, err := d.Cases.Case(ctx, id, by)
	if err != nil {
		return Ruled{}, err
	}
	for _, i := range c.Incidents {
		about := service(d, i.Customer)
		kept, longer := d.Law.KeptFor(duties.Keep, about, i.Kind, c.Read), d.Law.KeptFor(duties.KeepLonger, about, i.Kind, c.Read)
		if i.Customer == "" || longer == 0 || d.Now().After(c.Read.Add(kept)) {
			continue
		}
		if err := d.Cases.Hold(ctx, c.ID, c.Read.Add(longer), by); err != nil {
			return Ruled{}, err
		}
		return Ruled{Case: c}, nil
	}
	return Ruled{}, fmt.Errorf("%w: %q", ErrNoDuty, c.ID)
}

// CountsOf counts the reports of a year, by kind.
func CountsOf(ctx context.Context, d *Desk, year int) ([]ledger.CaseCount, error) {
	from := time.Date(year, 1, 1, 0, 0, 0, 0, time.UTC)
	return d.Cases.Counts(ctx, from, from.AddDate(1, 0, 0))
}
