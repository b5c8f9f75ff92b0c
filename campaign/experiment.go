package campaign

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"headsup/finding"
	"headsup/ledger"
	"headsup/letter"
	"headsup/outcome"
	"headsup/outcome/experiment"
	"headsup/outcome/stats"
)

// A PlanOfArms says what an experiment could find. Its JSON names are settled.
type PlanOfArms struct {
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

// PlanExperiment draws the arms as they would be sealed now, or shows those
// that were, and says what they could find. Nothing is kept.
func PlanExperiment(ctx context.Context, c *Campaign, a Assumed) (p PlanOfArms, err error) {
	want := c.settings.Experiment.Plan(c.rules.ID)
	p = PlanOfArms{Campaign: c.rules.ID, Order: want.Order(), Base: a.Base, Effect: a.Effect, ICC: a.ICC}
	sealed, err := ledger.Frozen(ctx, c.ledger, c.rules.ID)
	if err != nil {
		return p, err
	}
	if sealed != nil {
		p.Frozen, p.Changed, p.Order = sealed.Hash, !sealed.Same(want), sealed.Order()
	} else {
		units, err := experimentUnits(ctx, c)
		if err != nil {
			return p, err
		}
		drawn, err := want.Assign(units.list(), c.rules.CodeKey)
		if err != nil {
			return p, err
		}
		sealed = units.sealed(want, drawn)
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

// FreezeExperiment seals the plan of the settings: who is in which arm, what is
// compared, when and how. Then it writes the drafts anew, as [Campaign.Compose]
// does, so that nobody of a control has one. It returns [ledger.ErrBegun]
// where letters are past review, and [ledger.ErrFrozen] where a plan is sealed.
func FreezeExperiment(ctx context.Context, c *Campaign, by string, day time.Time) (experiment.Sealed, error) {
	want := c.settings.Experiment.Plan(c.rules.ID)
	units, err := experimentUnits(ctx, c)
	if err != nil {
		return experiment.Sealed{}, err
	}
	drawn, err := want.Assign(units.list(), c.rules.CodeKey)
	if err != nil {
		return experiment.Sealed{}, err
	}
	if !want.Until.IsZero() && !day.Before(want.Until) {
		return experiment.Sealed{}, fmt.Errorf("%w: waiting would end on %s, which is over", experiment.ErrPlan, want.Until.Format(time.DateOnly))
	}
	s := units.sealed(want, drawn)
	s.By = by
	if err := ledger.Freeze(ctx, c.ledger, *s, units.keys); err != nil {
		return experiment.Sealed{}, err
	}
	return *s, c.Compose(ctx, day)
}

// EndExperiment lets those that wait be written to from now on. It returns
// [ledger.ErrNotFrozen] where nobody waits.
func EndExperiment(ctx context.Context, c *Campaign, by, why string) error {
	return ledger.EndWaiting(ctx, c.ledger, c.rules.ID, by, why)
}

// units are the organisations of a campaign that letters go to or will.
type units struct {
	critical []finding.Kind
	found    map[string]*experiment.Unit
	out      map[string]bool     // has a finding of a critical kind: is in no arm
	keys     map[string][]string // by the name of the unit
}

func newUnits(c *Campaign) *units {
	return &units{critical: c.settings.Experiment.Kinds(), found: map[string]*experiment.Unit{}, out: map[string]bool{}, keys: map[string][]string{}}
}

// meet takes in a place of an organisation.
func (u *units) meet(org, country string, kind finding.Kind) {
	if slices.Contains(u.critical, kind) {
		u.out[org] = true
	}
	if u.found[org] == nil {
		u.found[org] = &experiment.Unit{Name: org, Country: country}
	}
	u.found[org].Places++
	u.found[org].Country = min(u.found[org].Country, country) // of several, the same each time
}

// own gives the units the keys of their networks.
func (u *units) own(networks map[int64]holding) {
	for _, n := range networks {
		if u.found[n.org] != nil && !u.out[n.org] {
			u.keys[n.org] = append(u.keys[n.org], n.keys...)
		}
	}
	for name, keys := range u.keys {
		slices.Sort(keys)
		u.keys[name] = slices.Compact(keys)
	}
}

// list returns the units that may be drawn, by their names.
func (u *units) list() (list []experiment.Unit) {
	for _, name := range slices.Sorted(maps.Keys(u.found)) {
		if !u.out[name] {
			list = append(list, *u.found[name])
		}
	}
	return list
}

func (u *units) sealed(p experiment.Plan, drawn []experiment.Assignment) *experiment.Sealed {
	s := &experiment.Sealed{Plan: p, Units: drawn, Hash: experiment.Seal(p, drawn), Keys: map[string]int{}}
	for i, a := range drawn {
		for _, k := range u.keys[a.Unit] {
			s.Keys[k] = i
		}
	}
	return s
}

// experimentUnits finds the organisations with findings in letters, or that wait.
func experimentUnits(ctx context.Context, c *Campaign) (*units, error) {
	f := &reporting{c: c}
	if err := f.holdings(ctx); err != nil {
		return nil, err
	}
	u := newUnits(c)
	var last outcome.Place
	for s, err := range ledger.Spots(ctx, c.ledger, c.rules.ID) {
		if err != nil {
			return nil, err
		}
		n := f.networks[s.Network]
		if len(n.keys) == 0 || s.Place == last || s.Fate != letter.FateLettered && s.Fate != letter.FateWaiting {
			continue
		}
		last = s.Place
		u.meet(n.org, n.country, s.Kind)
	}
	u.own(f.networks)
	return u, nil
}
