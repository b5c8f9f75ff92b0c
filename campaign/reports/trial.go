package reports

import (
	"context"
	"errors"
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

// until finds out when looks end to count: on the last day of the plan, and
// once one in twenty was written to of those that had to wait. Single ones may
// be before their turn, where a stage is to show letters of each kind.
func (f *reporting) until() {
	t, plan := f.trial, f.drawn
	var left []time.Time
	waiting := 0
	end := func(at time.Time) {
		if !at.IsZero() && (t.Before.IsZero() || at.Before(t.Before)) {
			t.Before = at
		}
	}
	for _, l := range f.letters {
		if a, ok := f.sealed.Of(experiment.MailKey(l.Mailbox)); ok {
			if arm, err := plan.Arm(a.Arm); err == nil && (arm.Waits || arm.Name == experiment.Late) {
				if waiting++; !l.Left.IsZero() {
					left = append(left, l.Left)
				}
			}
		}
	}
	slices.SortFunc(left, time.Time.Compare)
	if allowed := waiting / 20; len(left) > allowed {
		end(left[allowed])
	}
	if plan.Day > 0 && !t.Since.IsZero() {
		end(t.Since.AddDate(0, 0, plan.Day+1))
	}
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
