package campaign

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"iter"
	"path/filepath"
	"strings"
	"time"

	"headsup/campaign/cases"
	"headsup/campaign/escalate"
	"headsup/inbox"
	"headsup/ledger"
	"headsup/letter"
)

var (
	// ErrProvider means that the folder forwards reports: no scan is drafted in it.
	ErrProvider = errors.New("this folder has [isp]: it forwards reports, and drafts no scan")
	// ErrNoProvider means that the settings have no [isp].
	ErrNoProvider = errors.New("the settings have no [isp]: nobody is named whom reports are forwarded to")
)

// Casework is what happens at a provider's desk.
type Casework struct{ cases.Event }

func (Casework) event() {}

// OpenCases opens the desk for reports of a provider, or returns
// [ErrNoProvider]. It must be closed before the campaign.
func OpenCases(c *Campaign) (*cases.Desk, error) {
	if !c.settings.IsProvider() {
		return nil, ErrNoProvider
	}
	renderer, err := c.renderer()
	if err != nil {
		return nil, err
	}
	words, err := loadWords(c.settings)
	if err != nil {
		return nil, err
	}
	rules := c.rules
	rules.Translations = words.ReportLanguages()
	d, err := cases.New(c.settings, rules, c.ledger, renderer, func(e cases.Event) { casework(c, e) })
	if err != nil || !c.settings.ISP.DNS {
		return d, err
	}
	server := c.settings.Campaign.DNS
	d.Names = cases.NewNames(nameServerAt(server), func(host string) bool { return server == "" && reserved(host) })
	return d, nil
}

// casework tells what a desk does: letters as those of every campaign.
func casework(c *Campaign, e cases.Event) {
	switch e := e.(type) {
	case cases.Drafted:
		c.event(Drafted{e.Entry})
	case cases.Warning:
		c.event(Warning(e))
	case cases.Withdrawn:
		c.event(Withdrawn(e))
	case cases.Approved:
		c.event(Decided{e.Entry})
	default:
		c.event(Casework{e})
	}
}

// A ReportSum accounts for every message that a run read, and for every report
// that there is. Its JSON names are settled.
type ReportSum struct {
	Messages   int                  `json:"messages"`
	New        int                  `json:"new"`
	Known      int                  `json:"known"` // the same messages were read before
	Unreadable int                  `json:"unreadable"`
	Reports    int                  `json:"reports"` // all that there are
	Places     map[ledger.Place]int `json:"places"`
	Waiting    int                  `json:"waiting"` // customers who are not written to yet
	Lost       int                  `json:"lost"`    // reports of which a customer's letter did not arrive: a person has to find another way

	Unread error `json:"-"` // the first message that could not be read
}

// ErrReports means that reports are not accounted for.
var ErrReports = errors.New("reports are not accounted for")

// Check returns an error if reports are not accounted for.
func (s ReportSum) Check() error {
	all := 0
	for _, n := range s.Places {
		all += n
	}
	if s.Messages != s.New+s.Known+s.Unreadable || all != s.Reports {
		return fmt.Errorf("%w: %d messages, %d new, %d known, %d unreadable; %d reports, %d in a place", ErrReports, s.Messages, s.New, s.Known,
			s.Unreadable, s.Reports, all)
	}
	return nil
}

// ForwardOptions say how reports are taken.
type ForwardOptions struct {
	Day   time.Time // printed on letters
	Watch bool      // the mailboxes go on
}

// composeEvery is how often letters are written while mailboxes are watched.
const composeEvery = time.Minute

// Forward reads mailboxes to their ends, stores each report with what was
// decided about it ([cases.Filed]), and writes the letters and answers that are
// due, for people to approve. What comes back about letters is taken as
// [Campaign.Take] does. Stopped at any time and called again, it goes on; no
// report is stored, and no event told to a customer, twice.
func Forward(ctx context.Context, c *Campaign, boxes []Mailbox, o ForwardOptions) (sum ReportSum, err error) {
	outer := c
	tell := func(e Event) {
		if w, ok := e.(Casework); ok {
			switch w := w.Event.(type) {
			case cases.Filed:
				if sum.New++; w.Known {
					sum.New, sum.Known = sum.New-1, sum.Known+1
				}
			case cases.Waits:
				sum.Waiting++
			}
		}
		outer.event(e)
	}
	c = c.Telling(tell)
	desk, err := OpenCases(c)
	if err != nil {
		return sum, err
	}
	defer desk.Close()
	defer cases.Thrift(desk)()
	if _, err := desk.Cases.Purge(ctx); err != nil {
		return sum, err
	}
	bar := count(c.event, Reading, 0)
	defer bar.over()
	batch := cases.Batch
	if o.Watch {
		batch = 1
	}
	house := measures(c, desk)
	write := func() error {
		sum.Waiting = 0
		return cmp.Or(desk.Compose(ctx, o.Day), desk.Answer(ctx, o.Day), desk.Alert(ctx, o.Day), house.Look(ctx))
	}
	unreadable := func(err error) {
		sum.Messages++
		sum.Unreadable++
		sum.Unread = cmp.Or(sum.Unread, err)
		c.event(Unreadable{err})
	}
	f := &forwarding{c: c, desk: desk, watch: o.Watch, write: write, wrote: time.Now()}
	for _, box := range boxes {
		counted := func(yield func(inbox.Message, error) bool) {
			for m, err := range f.messages(ctx, box) {
				if err != nil {
					err = fmt.Errorf("%s: %w", cmp.Or(m.Name, "mailbox"), err)
				} else {
					sum.Messages++
					bar.add(1)
				}
				if !yield(m, err) {
					return
				}
			}
		}
		switch err := desk.Take(ctx, counted, batch, unreadable); {
		case o.Watch && errors.Is(err, context.Canceled): // watching ends when it is told to
			err = account(context.WithoutCancel(ctx), desk, &sum)
			return sum, err
		case err != nil:
			return sum, err
		}
		if f.err != nil {
			return sum, f.err
		}
	}
	if err := write(); err != nil {
		return sum, err
	}
	err = account(ctx, desk, &sum)
	return sum, err
}

// A Measure is something that is done about a customer beyond letters, or waits
// for a person.
type Measure struct{ escalate.Told }

func (Measure) event() {}

// measures are what is done about the customers of a desk.
func measures(c *Campaign, desk *cases.Desk) escalate.House {
	how := c.settings.ISP.Escalation
	if len(how.Hook) > 0 && strings.Contains(how.Hook[0], "/") { // as all files that the settings name
		if name, err := filepath.Abs(c.settings.Path(how.Hook[0])); err == nil {
			how.Hook = append([]string{name}, how.Hook[1:]...)
		}
	}
	return escalate.House{Escalation: how, Measures: ledger.NewMeasures(c.ledger, c.rules.ID), Customers: desk.Holders.Customers, MailRoom: c.settings.ISP.MailRoom,
		Now: desk.Now, Tell: func(t escalate.Told) { c.event(Measure{t}) }}
}

// OpenMeasures opens what is done about a provider's customers, or returns
// [ErrNoProvider]. It must be closed before the campaign.
func OpenMeasures(c *Campaign) (escalate.House, func() error, error) {
	desk, err := OpenCases(c)
	if err != nil {
		return escalate.House{}, nil, err
	}
	return measures(c, desk), desk.Close, nil
}

// account counts all reports that there are.
func account(ctx context.Context, desk *cases.Desk, sum *ReportSum) (err error) {
	if sum.Places, err = desk.Cases.Sum(ctx); err != nil {
		return err
	}
	if sum.Reports, err = desk.Cases.Count(ctx); err != nil {
		return err
	}
	lost, err := desk.Cases.Lost(ctx)
	if err != nil {
		return err
	}
	sum.Lost = len(lost)
	return sum.Check()
}

// ReportsOf counts the reports of a campaign.
func ReportsOf(ctx context.Context, desk *cases.Desk) (sum ReportSum, err error) {
	err = account(ctx, desk, &sum)
	return sum, err
}

// A forwarding is one run of Forward.
type forwarding struct {
	c     *Campaign
	desk  *cases.Desk
	watch bool
	write func() error
	wrote time.Time
	err   error
}

// messages yields those of a mailbox. What came back about a letter is recorded
// there first, and letters that are due are written meanwhile.
func (f *forwarding) messages(ctx context.Context, box Mailbox) iter.Seq2[inbox.Message, error] {
	return func(yield func(inbox.Message, error) bool) {
		n := 0
		var first *inbox.Message // held back until it is known whether it is alone
		give := func(m inbox.Message) bool {
			if f.err = f.reply(ctx, m); f.err != nil {
				return false
			}
			if f.watch && time.Since(f.wrote) > composeEvery {
				f.wrote = time.Now()
				if f.err = f.write(); f.err != nil {
					return false
				}
			}
			return yield(m, nil)
		}
		for m, err := range box {
			if n++; first != nil {
				one := *first
				if first = nil; !give(one) {
					return
				}
			}
			switch {
			case err != nil:
				if !yield(m, err) {
					return
				}
			case n == 1 && !f.watch:
				first = &m
			case !give(m):
				return
			}
		}
		if first != nil {
			first.Name = strings.TrimSuffix(first.Name, "#1") // an mbox of one message is that message
			give(*first)
		}
	}
}

// reply takes a message about a letter of ours.
func (f *forwarding) reply(ctx context.Context, m inbox.Message) error {
	if f.desk.OwnLetter(m.Text) == "" {
		return nil
	}
	in, err := f.c.Take(ctx, m, false)
	if err == nil {
		f.c.event(in)
	}
	return err
}

// heard notes what a provider's customer answered with the reports that the
// letter tells, whichever verb read it.
func heard(ctx context.Context, c *Campaign, in Incoming) error {
	if !c.settings.IsProvider() || in.Kind != letter.Reply || in.Proven == letter.Unproven {
		return nil
	}
	said, err := cases.CustomerSays(ctx, ledger.NewCases(c.ledger, c.rules.ID), in.Letter, in.Text)
	if err == nil && said.What != "" {
		casework(c, said)
	}
	return err
}
