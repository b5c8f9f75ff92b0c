// Package reports makes of a campaign the figures that its report shows.
//
// It reads the ledger once, in the order of places, and keeps of each place no
// more than what is counted. Which figures there are is the business of
// outcome/figures, how they look that of render/report.
package reports

import (
	"cmp"
	"context"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"headsup/campaign"
	"headsup/campaign/experiments"
	"headsup/ledger"
	"headsup/outcome"
	"headsup/outcome/experiment"
	"headsup/outcome/figures"
)

// Figures returns every figure of a campaign, as it is at a time. A campaign
// without letters has a report too, which says so.
func Figures(ctx context.Context, c *campaign.Campaign, now time.Time) (figures.Report, error) {
	return figuresOf(ctx, c, now, stretchRows)
}

// figuresOf reads about so many findings at once.
func figuresOf(ctx context.Context, c *campaign.Campaign, now time.Time, stretch int) (figures.Report, error) {
	in := campaign.Within(c)
	r := figures.Report{Campaign: in.Rules.ID, Title: in.Rules.Title, Made: now.UTC().Truncate(time.Second)}
	var err error
	if r.Sum, err = c.Sum(ctx); err != nil {
		return r, err
	}
	if err := r.Sum.Check(); err != nil {
		return r, err
	}
	f := &reporting{in: in, report: &r, stretch: stretch, room: sync.Pool{New: func() any { return new([]outcome.Look) }}}
	if f.rules, err = in.Settings.Campaign.Looks(); err != nil {
		return r, err
	}
	if err := f.people(ctx); err != nil {
		return r, err
	}
	if err := f.plan(ctx); err != nil {
		return r, err
	}
	if in.Settings.IsProvider() {
		if err := f.repeats(ctx, now); err != nil {
			return r, err
		}
	}
	for some, err := range f.places(ctx) {
		if err != nil {
			return r, err
		}
		for i := range some {
			f.count(&some[i])
		}
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
	stretch   int // findings that are read at once
	report    *figures.Report
	rules     outcome.Rules
	letters   map[string]*figures.Letter
	holdings  *experiments.Holdings
	numbers   map[string]int // of organisations, by name
	sealed    *experiment.Sealed
	collected figures.Collector
	room      sync.Pool // for the looks of stretches
	trial     *figures.Trial
	drawn     experiment.Plan    // what the trial compares
	units     *experiments.Units // those that are drawn for the report alone; nil: a plan is sealed
	arms      map[string]int     // numbers of arms, by name
	trialOrgs map[string]int     // numbers in the trial, by name
}

// people reads the letters, and finds out to which organisations they went.
func (f *reporting) people(ctx context.Context) (err error) {
	f.numbers = map[string]int{}
	var reading sync.WaitGroup
	var failed error
	reading.Go(func() { f.letters, failed = ledger.Sendings(ctx, f.in.Ledger, f.in.Rules.ID) })
	f.holdings, err = experiments.ReadHoldings(ctx, f.in)
	reading.Wait()
	if err = cmp.Or(err, failed); err != nil {
		return err
	}
	for _, id := range slices.Sorted(maps.Keys(f.letters)) { // in one order, so that the same campaign gives the same bytes
		l := f.letters[id]
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
