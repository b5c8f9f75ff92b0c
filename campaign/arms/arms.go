// Package arms decides what the arm of an experiment changes in a letter, and
// whose findings wait.
//
// It follows the sealed plan alone: what the settings say of an experiment
// counts for nothing here. It writes no letter.
package arms

import (
	"context"
	"slices"
	"time"

	"headsup/finding"
	"headsup/ledger"
	"headsup/letter"
	"headsup/lookup"
	"headsup/outcome/experiment"
	"headsup/render"
)

// Arms are those of the plan that was sealed for a campaign. The zero value,
// and nil, are a campaign without a plan.
type Arms struct {
	sealed   *experiment.Sealed
	agencies []letter.Agency
	texts    map[string]*render.Renderer // of arms with a text of their own, by the arm
}

// Read reads the plan that was sealed for a campaign, if there is one. write
// makes what writes the letters of an arm from its folder of templates.
func Read(ctx context.Context, l *ledger.Ledger, rules letter.Campaign, write func(experiment.Arm) (*render.Renderer, error)) (*Arms, error) {
	sealed, err := ledger.Frozen(ctx, l, rules.ID)
	if err != nil || sealed == nil {
		return nil, err
	}
	a := &Arms{sealed: sealed, agencies: rules.Agencies, texts: map[string]*render.Renderer{}}
	for _, arm := range sealed.Plan.Arms {
		if arm.Changes != "text" {
			continue
		}
		if a.texts[arm.Name], err = write(arm); err != nil {
			return nil, err
		}
	}
	return a, nil
}

// Waits says until when findings of a kind in a network wait at a day, because
// their organisation is in the control; it is empty where they do not.
func (a *Arms) Waits(day time.Time, n *lookup.Network, kind finding.Kind) (why string) {
	if a == nil || n == nil {
		return ""
	}
	until, waits := a.sealed.Waits(day, kind, experiment.KeysOf(*n)...)
	if !waits {
		return ""
	}
	return "waits as a control until " + until.Format(time.DateOnly)
}

// of returns the arm of a letter; its Name is empty where it is in none.
func (a *Arms) of(l letter.Letter) (arm experiment.Arm) {
	for _, n := range l.Networks {
		if as, ok := a.sealed.Of(experiment.KeysOf(n)...); ok {
			arm, _ = a.sealed.Arm(as.Arm) // that of a sealed assignment is one of its plan
			return arm
		}
	}
	return arm
}

// Vary changes a letter in the one thing in which its arm differs.
func (a *Arms) Vary(l *letter.Letter) {
	if a == nil {
		return
	}
	switch arm := a.of(*l); arm.Changes + " " + arm.Value {
	case "language english":
		l.Languages = []string{"en"}
	case "language native":
		l.Languages = l.Languages[:1]
	default:
		i := slices.IndexFunc(a.agencies, func(g letter.Agency) bool { return g.ID == arm.Value })
		if arm.Changes == "sender" && i >= 0 {
			l.Agency = a.agencies[i]
		}
	}
}

// Writer returns what writes a letter: the one of its arm, or else usual.
func (a *Arms) Writer(l letter.Letter, usual *render.Renderer) *render.Renderer {
	if a != nil && len(a.texts) > 0 {
		if r := a.texts[a.of(l).Name]; r != nil {
			return r
		}
	}
	return usual
}
