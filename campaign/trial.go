package campaign

import (
	"context"
	"errors"
	"time"

	"headsup/ledger"
	"headsup/outcome/experiment"
	"headsup/outcome/figures"
)

// plan finds out which arms the report compares: those that were sealed, or
// those that the settings have, in which case the report says so. A campaign
// without a plan compares those whose letters left early with those whose left
// late.
func (f *reporting) plan(ctx context.Context) (err error) {
	if f.sealed, err = ledger.Frozen(ctx, f.c.ledger, f.c.rules.ID); err != nil {
		return err
	}
	want, x := f.c.settings.Experiment.Plan(f.c.rules.ID), &figures.Experiment{}
	plan := want
	if f.sealed == nil {
		f.report.Limits = append(f.report.Limits, figures.Limit{Code: figures.NotFrozen})
		units, err := experimentUnits(ctx, f.c)
		if err != nil {
			return err
		}
		drawn, err := want.Assign(units.list, f.c.rules.CodeKey)
		if errors.Is(err, experiment.ErrSmall) {
			return nil
		} else if err != nil {
			return err
		}
		f.sealed = units.sealed(want, drawn)
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
	for _, u := range f.sealed.Units {
		f.trialOrgs[u.Unit] = f.trial.Org(f.arms[u.Arm], u.Stratum)
	}
	x.Order, x.Until = plan.Order(), plan.Until
	f.times(plan, x)
	return nil
}

// times are when looks begin to count, and when they end to: on the last day
// of the plan, and once the first of those that had to wait was written to.
func (f *reporting) times(plan experiment.Plan, x *figures.Experiment) {
	t := f.trial
	end := func(at time.Time) {
		if !at.IsZero() && (t.Before.IsZero() || at.Before(t.Before)) {
			t.Before = at
		}
	}
	for _, l := range f.letters {
		if l.Left.IsZero() {
			continue
		}
		if t.Since.IsZero() || l.Left.Before(t.Since) {
			t.Since = l.Left
		}
		if a, ok := f.sealed.Of(experiment.MailKey(l.Mailbox)); ok {
			if arm, err := plan.Arm(a.Arm); err == nil && (arm.Waits || arm.Name == experiment.Late) {
				end(l.Left)
			}
		}
	}
	if plan.Day > 0 && !t.Since.IsZero() {
		end(t.Since.AddDate(0, 0, plan.Day+1))
	}
}

// try counts a place for its arm, if it was there when the arms were drawn.
func (f *reporting) try(p place, h holding) {
	if a, ok := f.sealed.Of(h.keys...); ok && !p.seen.After(f.trial.Since) {
		f.trial.Place(f.trialOrgs[a.Unit], h.name, p.looks)
	}
}

// finish compares the arms, and says what they do not allow to say.
func (f *reporting) finish() error {
	x := f.report.Experiment
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
