// Package experiments plans, seals and ends the experiment of a campaign, and
// knows which organisations may be drawn for it.
//
// How arms are drawn and sealed is the business of outcome/experiment, what an
// arm changes in a letter that of campaign/arms, and what came of it that of
// campaign/reports.
package experiments

import (
	"context"
	"fmt"
	"slices"
	"time"

	"headsup/campaign"
	"headsup/ledger"
	"headsup/outcome/experiment"
	"headsup/outcome/stats"
)

// A Planned says what an experiment could find. Its JSON names are settled.
type Planned struct {
	Campaign      string    `json:"campaign"`
	Order         bool      `json:"order"`         // nobody waits: early letters against late ones
	Organisations int       `json:"organisations"` // in the experiment
	Findings      int       `json:"findings"`
	Base          float64   `json:"base"`    // share that is fixed anyway, as was said
	Effect        float64   `json:"effect"`  // that letters add to it, as was said
	ICC           float64   `json:"icc"`     // how far hosts of one organisation follow each other, as was said
	Arms          []ArmSize `json:"arms"`    // the first is what the others are compared with
	Needed        float64   `json:"needed"`  // organisations in each of two equal arms, for a power of .8
	Frozen        string    `json:"frozen"`  // hash of the sealed plan, or empty
	Changed       bool      `json:"changed"` // the settings are others by now
}

// An ArmSize is who would be in an arm, and how often the comparison with the
// first one would find the effect.
type ArmSize struct {
	Name          string  `json:"name"`
	Organisations int     `json:"organisations"`
	Findings      int     `json:"findings"`
	Power         float64 `json:"power,omitempty"`
}

// Assumed is what a plan assumes: shares from 0 to 1.
type Assumed struct{ Base, Effect, ICC float64 }

// Plan draws the arms as they would be sealed now, or shows those
// that were, and says what they could find. Nothing is kept.
func Plan(ctx context.Context, c *campaign.Campaign, a Assumed) (p Planned, err error) {
	in := campaign.Within(c)
	want := in.Settings.Experiment.Plan(in.Rules.ID)
	p = Planned{Campaign: in.Rules.ID, Order: want.Order(), Base: a.Base, Effect: a.Effect, ICC: a.ICC}
	sealed, err := ledger.Frozen(ctx, in.Ledger, in.Rules.ID)
	if err != nil {
		return p, err
	}
	if sealed != nil {
		p.Frozen, p.Changed, p.Order = sealed.Hash, !sealed.Same(want), sealed.Order()
	} else {
		units, err := read(ctx, in)
		if err != nil {
			return p, err
		}
		drawn, err := want.Assign(units.List(), in.Rules.CodeKey)
		if err != nil {
			return p, err
		}
		sealed = units.Sealed(want, drawn)
	}
	clusters := stats.Clusters{ICC: a.ICC}
	for _, arm := range sealed.Plan.Arms {
		p.Arms = append(p.Arms, ArmSize{Name: arm.Name})
	}
	for _, u := range sealed.Units {
		i := slices.IndexFunc(p.Arms, func(s ArmSize) bool { return s.Name == u.Arm })
		p.Arms[i].Organisations++
		p.Arms[i].Findings += u.Places
		p.Organisations++
		p.Findings += u.Places
		clusters.Sizes = append(clusters.Sizes, u.Places)
	}
	for i := 1; i < len(p.Arms); i++ {
		if p.Arms[i].Power, err = clusters.Power(a.Base, a.Base+a.Effect, p.Arms[0].Organisations, p.Arms[i].Organisations, .95); err != nil {
			return p, err
		}
	}
	p.Needed, err = clusters.Needed(a.Base, a.Base+a.Effect, .8, .95)
	return p, err
}

// Freeze seals the plan of the settings: who is in which arm, what is
// compared, when and how. Then it writes the drafts anew, as [campaign.Campaign.Compose]
// does, so that nobody of a control has one. It returns [ledger.ErrBegun]
// where letters are past review, and [ledger.ErrFrozen] where a plan is sealed.
func Freeze(ctx context.Context, c *campaign.Campaign, by string, day time.Time) (experiment.Sealed, error) {
	in := campaign.Within(c)
	want := in.Settings.Experiment.Plan(in.Rules.ID)
	units, err := read(ctx, in)
	if err != nil {
		return experiment.Sealed{}, err
	}
	drawn, err := want.Assign(units.List(), in.Rules.CodeKey)
	if err != nil {
		return experiment.Sealed{}, err
	}
	if !want.Until.IsZero() && !day.Before(want.Until) {
		return experiment.Sealed{}, fmt.Errorf("%w: waiting would end on %s, which is over", experiment.ErrPlan, want.Until.Format(time.DateOnly))
	}
	s := units.Sealed(want, drawn)
	s.By = by
	if err := ledger.Freeze(ctx, in.Ledger, *s, units.keys); err != nil {
		return experiment.Sealed{}, err
	}
	return *s, c.Compose(ctx, day)
}

// End lets those that wait be written to from now on. It returns
// [ledger.ErrNotFrozen] where nobody waits.
func End(ctx context.Context, c *campaign.Campaign, by, why string) error {
	in := campaign.Within(c)
	return ledger.EndWaiting(ctx, in.Ledger, in.Rules.ID, by, why)
}
