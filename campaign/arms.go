package campaign

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

// readArms reads the sealed plan of an experiment, if there is one, and the
// texts of its arms.
func (w *composer) readArms(ctx context.Context) (err error) {
	if w.sealed, err = ledger.Frozen(ctx, w.c.ledger, w.c.rules.ID); err != nil || w.sealed == nil {
		return err
	}
	w.others = map[string]*render.Renderer{}
	for _, a := range w.sealed.Plan.Arms {
		if a.Changes != "text" {
			continue
		}
		s := *w.c.settings
		s.Letters.Templates = a.Value
		if w.others[a.Name], err = newRenderer(&s); err != nil {
			return s.Fault("value", a.Value, "experiment: arm %q: %w", a.Name, err)
		}
	}
	return nil
}

// waits says until when findings of a kind in a network wait, because their
// organisation is in the control.
func (w *composer) waits(n *lookup.Network, kind finding.Kind) (why string) {
	if w.sealed == nil || n == nil {
		return ""
	}
	until, waits := w.sealed.Waits(w.day, kind, experiment.KeysOf(*n)...)
	if !waits {
		return ""
	}
	return "waits as a control until " + until.Format(time.DateOnly)
}

// arm returns the arm of a letter; its Name is empty where it is in none.
func (w *composer) arm(l letter.Letter) (arm experiment.Arm) {
	for _, n := range l.Networks {
		if a, ok := w.sealed.Of(experiment.KeysOf(n)...); ok {
			arm, _ = w.sealed.Arm(a.Arm) // that of a sealed assignment is one of its plan
			return arm
		}
	}
	return arm
}

// vary changes a letter in the one thing in which its arm differs.
func (w *composer) vary(l *letter.Letter) {
	if w.sealed == nil {
		return
	}
	switch arm := w.arm(*l); arm.Changes + " " + arm.Value {
	case "language english":
		l.Languages = []string{"en"}
	case "language native":
		l.Languages = l.Languages[:1]
	default:
		i := slices.IndexFunc(w.c.rules.Agencies, func(a letter.Agency) bool { return a.ID == arm.Value })
		if arm.Changes == "sender" && i >= 0 {
			l.Agency = w.c.rules.Agencies[i]
		}
	}
}

// rendererFor returns what writes a letter.
func (w *composer) rendererFor(l letter.Letter) *render.Renderer {
	if w.sealed != nil && len(w.others) > 0 {
		if r := w.others[w.arm(l).Name]; r != nil {
			return r
		}
	}
	return w.renderer
}
