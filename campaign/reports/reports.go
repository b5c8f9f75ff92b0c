// Package reports makes of a campaign the figures that its report shows.
//
// It reads the ledger once, in the order of places, and keeps of each place no
// more than what is counted. Which figures there are is the business of
// outcome/figures, how they look that of render/report.
package reports

import (
	"cmp"
	"context"
	"iter"
	"os"
	"path/filepath"
	"time"

	"headsup/campaign"
	"headsup/campaign/experiments"
	"headsup/ledger"
	"headsup/letter"
	"headsup/outcome"
	"headsup/outcome/experiment"
	"headsup/outcome/figures"
)

// Figures returns every figure of a campaign, as it is at a time. A campaign
// without letters has a report too, which says so.
func Figures(ctx context.Context, c *campaign.Campaign, now time.Time) (figures.Report, error) {
	in := campaign.Within(c)
	r := figures.Report{Campaign: in.Rules.ID, Title: in.Rules.Title, Made: now.UTC().Truncate(time.Second)}
	var err error
	if r.Sum, err = c.Sum(ctx); err != nil {
		return r, err
	}
	if err := r.Sum.Check(); err != nil {
		return r, err
	}
	f := &reporting{in: in, report: &r}
	if f.rules, err = in.Settings.Campaign.Looks(); err != nil {
		return r, err
	}
	if err := f.people(ctx); err != nil {
		return r, err
	}
	if err := f.plan(ctx); err != nil {
		return r, err
	}
	for p, err := range f.places(ctx) {
		if err != nil {
			return r, err
		}
		f.count(p)
	}
	if err := f.collected.Into(&r); err != nil || f.trial == nil || r.Started.IsZero() {
		r.Experiment = nil
		return r, err
	}
	return r, f.finish()
}

// Language is the language of a report: the one that is asked for, or
// that of the campaign.
func Language(c *campaign.Campaign, asked string) string {
	return cmp.Or(asked, campaign.Within(c).Rules.Language)
}

// A reporting is a report while it is made up.
type reporting struct {
	in        campaign.Inside
	report    *figures.Report
	rules     outcome.Rules
	letters   map[string]*figures.Letter
	holdings  *experiments.Holdings
	numbers   map[string]int // of organisations, by name
	sealed    *experiment.Sealed
	collected figures.Collector
	trial     *figures.Trial
	drawn     experiment.Plan    // what the trial compares
	units     *experiments.Units // those that are drawn for the report alone; nil: a plan is sealed
	arms      map[string]int     // numbers of arms, by name
	trialOrgs map[string]int     // numbers in the trial, by name
}

// people reads the letters, and finds out to which organisations they went.
func (f *reporting) people(ctx context.Context) (err error) {
	f.numbers = map[string]int{}
	if f.holdings, err = experiments.ReadHoldings(ctx, f.in); err != nil {
		return err
	}
	if f.letters, err = ledger.Sendings(ctx, f.in.Ledger, f.in.Rules.ID); err != nil {
		return err
	}
	for _, l := range f.letters {
		l.Org = f.number(f.holdings.OrgOf(l.Mailbox))
		f.collected.Letter(l)
	}
	return nil
}

func (f *reporting) number(org string) int {
	n, ok := f.numbers[org]
	if !ok {
		n = len(f.numbers)
		f.numbers[org] = n
	}
	return n
}

// A place is one place of the campaign with what a report needs to know of it.
type place struct {
	outcome.Place
	network  int64
	seen     time.Time // of the earliest finding
	letters  []*figures.Letter
	assigned bool // it is, or was to be, in a letter, or waits
	back     bool // it was taken back
	looks    []outcome.Look
}

// places yields the places of the campaign, in order, with their looks.
func (f *reporting) places(ctx context.Context) iter.Seq2[place, error] {
	return func(yield func(place, error) bool) {
		next, stop := iter.Pull2(ledger.Seen(ctx, f.in.Ledger, f.in.Rules.ID))
		defer stop()
		look, lookErr, more := next()
		var at place
		give := func() bool {
			at.looks = nil
			for more && lookErr == nil && look.Place.Compare(at.Place) <= 0 {
				if look.Place == at.Place {
					at.looks = append(at.looks, look)
				}
				look, lookErr, more = next()
			}
			if lookErr != nil {
				yield(at, lookErr)
				return false
			}
			return yield(at, nil)
		}
		for s, err := range ledger.Spots(ctx, f.in.Ledger, f.in.Rules.ID) {
			if err != nil {
				yield(at, err)
				return
			}
			if s.Place != at.Place {
				if at.Addr.IsValid() && !give() {
					return
				}
				at = place{Place: s.Place, network: s.Network, seen: s.Seen}
			}
			at.add(s, f.letters[s.Letter])
		}
		if at.Addr.IsValid() {
			give()
		}
	}
}

// add takes in one of the findings at a place.
func (p *place) add(s ledger.Spot, l *figures.Letter) {
	if s.Seen.Before(p.seen) {
		p.seen = s.Seen
	}
	switch s.Fate {
	case letter.FateLettered, letter.FateWaiting, letter.FateSuppressed:
		p.assigned = true
	case letter.FateWithdrawn:
		p.back = true
	}
	if l != nil && !l.Left.IsZero() {
		p.letters = append(p.letters, l)
	}
}

// count puts a place where it belongs. What was taken back counts nowhere.
func (f *reporting) count(p place) {
	if p.back {
		return
	}
	for _, l := range p.looks {
		if l.Seen.After(f.report.LastLook) {
			f.report.LastLook = l.Seen
		}
	}
	h := f.holdings.Of(p.network)
	if f.trial != nil && p.assigned {
		f.try(p, h)
	}
	var first, last *figures.Letter
	for _, l := range p.letters {
		if !l.Lost && (first == nil || l.Left.Before(first.Left)) {
			first = l
		}
		if last == nil || l.Left.After(last.Left) {
			last = l
		}
	}
	if first == nil {
		if last != nil {
			f.collected.Lost()
		}
		return
	}
	o := f.rules.Judge(h.Name, first.Left, p.looks)
	org := first.Org
	if h.Org != "" {
		org = f.number(h.Org)
	}
	f.collected.Place(figures.Place{Kind: p.Kind, Org: org, First: first, Last: last, Outcome: o,
		Span: figures.SpanOf(o, first.Left, p.looks)})
}

// CompareWith puts the campaign of another folder beside a report.
func CompareWith(ctx context.Context, r *figures.Report, folder string) error {
	c, err := campaign.Open(ctx, folder, nil)
	if err != nil {
		return err
	}
	defer c.Close()
	other, err := Figures(ctx, c, r.Made)
	if err == nil {
		r.Compare(other)
	}
	return err
}

// WriteSheets writes each table of a report into a folder.
func WriteSheets(r figures.Report, folder string) error {
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return err
	}
	for _, s := range r.Sheets() {
		if err := campaign.ReplaceFile(filepath.Join(folder, s.Name), s.Write); err != nil {
			return err
		}
	}
	return nil
}
