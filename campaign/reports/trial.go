package reports

import (
	"context"
	"errors"
	"maps"
	"slices"
	"time"

	"headsup/campaign/experiments"
	"headsup/ledger"
	"headsup/outcome/experiment"
	"headsup/outcome/figures"
)

// plan finds out which arms the report compares: those that were sealed, or
// those that the settings have, in which case the report says so. A campaign
// without a plan compares those whose letters left early with those whose left
// late.
func (f *reporting) plan(ctx context.Context) (err error) {
	if f.sealed, err = ledger.Frozen(ctx, f.in.Ledger, f.in.Rules.ID); err != nil {
		return err
	}
	want, x := f.in.Settings.Experiment.Plan(f.in.Rules.ID), &figures.Experiment{}
	plan := want
	if f.sealed == nil {
		f.report.Limits = append(f.report.Limits, figures.Limit{Code: figures.NotFrozen})
		f.units = experiments.NewUnits(f.in.Settings.Experiment.Kinds())
	} else {
		plan, x.Frozen, x.Hash = f.sealed.Plan, f.sealed.At, f.sealed.Hash
		x.Changed = experiment.Seal(plan, f.sealed.Units) != f.sealed.Hash || !plan.Same(want)
		if x.Changed {
			f.report.Limits = append(f.report.Limits, figures.Limit{Code: figures.PlanChanged})
		}
	}
	f.report.Experiment = x
	f.trial = &figures.Trial{Rules: f.rules}
	f.arms, f.trialOrgs = map[string]int{}, map[string]int{}
	for i, a := range plan.Arms {
		f.trial.Names, f.trial.Parts, f.arms[a.Name] = append(f.trial.Names, a.Name), append(f.trial.Parts, a.Part), i
	}
	x.Order, x.Until = plan.Order(), plan.Until
	f.drawn = plan
	for _, l := range f.letters {
		if !l.Left.IsZero() && (f.trial.Since.IsZero() || l.Left.Before(f.trial.Since)) {
			f.trial.Since = l.Left
		}
	}
	return nil
}

// until finds out when looks end to count: after the last day of the plan, and
// when those that had to wait did so no more.
func (f *reporting) until() {
	t := f.trial
	t.Before = waitedUntil(f.sealed, f.letters)
	if f.drawn.Day > 0 && !t.Since.IsZero() {
		if end := t.Since.AddDate(0, 0, f.drawn.Day+1); t.Before.IsZero() || end.Before(t.Before) {
			t.Before = end
		}
	}
}

// spared is the part of the organisations that had to wait whose letters may
// leave before looks end to count: a stage that shows letters of each shape lets
// single ones go before their turn.
const spared = 20

// waitedUntil is when letters had reached more than one in [spared] of the
// organisations that had to wait, as the plan was sealed; zero: they have not.
func waitedUntil(s *experiment.Sealed, letters map[string]*figures.Letter) time.Time {
	if s == nil {
		return time.Time{}
	}
	waits, waiting := map[string]bool{}, 0
	for _, a := range s.Plan.Arms {
		waits[a.Name] = a.Waits || a.Name == experiment.Late
	}
	for _, u := range s.Units {
		if waits[u.Arm] {
			waiting++
		}
	}
	first := map[string]time.Time{}
	for _, l := range letters {
		a, ok := s.Of(experiment.MailKey(l.Mailbox))
		if !ok || !waits[a.Arm] || l.Left.IsZero() || l.Lost {
			continue
		}
		if t, written := first[a.Unit]; !written || l.Left.Before(t) {
			first[a.Unit] = l.Left
		}
	}
	left := slices.SortedFunc(maps.Values(first), time.Time.Compare)
	if allowed := waiting / spared; len(left) > allowed {
		return left[allowed]
	}
	return time.Time{}
}

// tries reports whether a place is in the trial: it was there, with somebody to
// write to, when the arms were drawn.
func (f *reporting) tries(p *place) bool {
	return f.trial != nil && p.assigned && len(p.holding.Keys) > 0 && !p.seen.After(f.trial.Since)
}

// try counts a place for its organisation, if that is in the plan.
func (f *reporting) try(p *place) {
	name := p.holding.Org
	if f.units != nil {
		f.units.Meet(name, p.holding.Country, p.Kind)
	} else if a, ok := f.sealed.Of(p.holding.Keys...); ok {
		name = a.Unit
	} else {
		return
	}
	n, ok := f.trialOrgs[name]
	if !ok {
		n = f.trial.Org(-1, 0)
		f.trialOrgs[name] = n
	}
	f.trial.Place(n, p.tried)
}

// draw puts the organisations into their arms. It reports false where there
// are too few of them.
func (f *reporting) draw() (bool, error) {
	if f.units != nil {
		f.units.Own(f.holdings)
		drawn, err := f.drawn.Assign(f.units.List(), f.in.Rules.CodeKey)
		if errors.Is(err, experiment.ErrSmall) {
			return false, nil
		} else if err != nil {
			return false, err
		}
		f.sealed = f.units.Sealed(f.drawn, drawn)
	}
	for _, u := range f.sealed.Units {
		n, ok := f.trialOrgs[u.Unit]
		if !ok { // nothing of it is to be counted, and it was assigned all the same
			n = f.trial.Org(-1, 0)
		}
		f.trial.Assign(n, f.arms[u.Arm], u.Stratum)
	}
	f.until()
	return true, nil
}

// finish compares the arms, and says what they do not allow to say.
func (f *reporting) finish() error {
	x := f.report.Experiment
	if enough, err := f.draw(); !enough || err != nil {
		f.report.Experiment = nil
		return err
	}
	limits, err := f.trial.Into(x)
	if l, few := x.Few(); few && len(x.Looks) > 0 {
		limits = append(limits, l)
	}
	if x.Order && len(x.Differences) == 0 {
		limits = append(limits, figures.Limit{Code: figures.NoControl})
	}
	f.report.Limits = append(f.report.Limits, limits...)
	return err
}
