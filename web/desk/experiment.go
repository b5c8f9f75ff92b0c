package desk

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"headsup/campaign"
	"headsup/campaign/experiments"
	"headsup/campaign/people"
	"headsup/ledger"
	"headsup/outcome/experiment"
)

// experimentRoutes are the pages for who wants to know what letters change.
func experimentRoutes(d *Desk) map[string]route {
	return map[string]route{
		"GET /experiment":         {people.ToRead, with(d, experimentPage)},
		"POST /experiment/freeze": {people.ToSeal, with(d, freeze)},
		"POST /experiment/end":    {people.ToSeal, with(d, endWaiting)},
	}
}

// planning and sealing are the errands of the experiment: both read all findings.
const planning, sealing = "plan", "seal"

// planned is the plan that was made last.
type planned struct {
	of   experiments.Assumed
	plan experiments.Planned
	at   time.Time
}

// assumed is what is assumed where nobody says otherwise.
var assumed = experiments.Assumed{Base: .3, Effect: .15, ICC: .3}

// trialPage shows who would be in which arm, and what that could find.
type trialPage struct {
	*frame
	Plan       experiments.Planned
	Typed      [3]string // the three shares, in percent
	Made       bool      // there is a plan
	Errand     *errand
	Seal       *errand
	Waiting    bool // organisations wait
	WhyTyped   string
	None       string // why there can be no plan: a key of words
	FaultShare bool
}

// Points writes a share as a number of hundredths.
func (trialPage) Points(share float64) string { return strconv.FormatFloat(100*share, 'f', -1, 64) }

// Shares are the names of what is assumed.
func (trialPage) Shares() []string { return []string{"base", "effect", "icc"} }

// Whole writes how often an effect would be found.
func (trialPage) Whole(share float64) string {
	return strconv.FormatFloat(100*share, 'f', 0, 64) + " %"
}

// NeededEach is how many organisations each of two equal arms needs.
func (p trialPage) NeededEach() int { return int(p.Plan.Needed + .9999) }

func experimentPage(d *Desk, w http.ResponseWriter, r *http.Request, f *frame) error {
	return showExperiment(d, w, r, trialPage{frame: f}, http.StatusOK)
}

// shareOf reads a share in percent.
func shareOf(text string) (share float64, ok bool) {
	x, err := strconv.ParseFloat(strings.TrimSpace(strings.ReplaceAll(strings.TrimSuffix(strings.TrimSpace(text), "%"), ",", ".")), 64)
	return x / 100, err == nil && x >= 0 && x <= 100
}

// readAssumed reads what somebody assumes.
func (p *trialPage) readAssumed(q url.Values) (a experiments.Assumed) {
	a = assumed
	for i, of := range []struct {
		name string
		to   *float64
	}{{"base", &a.Base}, {"effect", &a.Effect}, {"icc", &a.ICC}} {
		p.Typed[i] = strconv.FormatFloat(100**of.to, 'f', -1, 64)
		if text := cut(q.Get(of.name)); q.Has(of.name) {
			p.Typed[i] = text
			x, ok := shareOf(text)
			if *of.to = x; !ok {
				p.FaultShare = true
			}
		}
	}
	p.FaultShare = p.FaultShare || a.Effect == 0 || a.Base+a.Effect > 1
	return a
}

func showExperiment(d *Desk, w http.ResponseWriter, r *http.Request, p trialPage, status int) error {
	ctx := r.Context()
	if err := d.full(r, p.frame, p.T("experiment.title")); err != nil {
		return err
	}
	a := p.readAssumed(r.URL.Query())
	if p.FaultShare {
		p.Fault, status, a = p.T("experiment.shares"), http.StatusUnprocessableEntity, assumed
	}
	in := campaign.Within(d.c)
	sealed, err := ledger.Frozen(ctx, in.Ledger, in.Rules.ID)
	if err != nil {
		return err
	}
	if p.Seal = errandOf(d, sealing); !p.Seal.Busy() {
		plan(d, p.Person, a)
	}
	d.mu.Lock()
	last := d.planned
	d.mu.Unlock()
	p.Plan, p.Made, p.Errand = last.plan, !last.at.IsZero() && last.of == a, errandOf(d, planning)
	p.Waiting = sealed != nil && waits(sealed.Plan)
	p.None = whyNone(p.Errand)
	if p.None != "" {
		p.Made, p.Errand = false, nil
	}
	switch q := r.URL.Query().Get("did"); q {
	case "freeze", "endwaiting":
		p.Did.What = q
	}
	return d.show(w, status, "experiment", p)
}

// waits reports whether an arm of a plan waits.
func waits(p experiment.Plan) bool {
	for _, a := range p.Arms {
		if a.Waits {
			return true
		}
	}
	return false
}

// whyNone says why there can be no plan, if there is none.
func whyNone(e *errand) string {
	switch {
	case e == nil || e.Err == nil:
		return ""
	case errors.Is(e.Err, experiment.ErrSmall):
		return "experiment.small"
	case errors.Is(e.Err, experiment.ErrPlan), errors.Is(e.Err, experiment.ErrNoArm):
		return "experiment.bad"
	}
	return ""
}

// fresh is for how long a plan is shown that was made.
const fresh = 5 * time.Minute

// plan makes the plan for what somebody assumes, unless it was just made.
func plan(d *Desk, by string, a experiments.Assumed) {
	d.mu.Lock()
	known := d.planned.of == a && time.Since(d.planned.at) < fresh
	d.mu.Unlock()
	if known {
		return
	}
	await(run(d, planning, by, func(ctx context.Context, _ func(campaign.Event)) error {
		p, err := experiments.Plan(ctx, d.c, a)
		if err == nil {
			d.mu.Lock()
			d.planned = planned{a, p, time.Now()}
			d.mu.Unlock()
		}
		return err
	}))
}

// freeze seals the plan, and has the drafts written anew.
func freeze(d *Desk, w http.ResponseWriter, r *http.Request, f *frame) error {
	if r.PostFormValue("sure") != "yes" {
		f.Fault = f.T("experiment.sure")
		return showExperiment(d, w, r, trialPage{frame: f}, http.StatusUnprocessableEntity)
	}
	await(run(d, sealing, f.Person, func(ctx context.Context, tell func(campaign.Event)) error {
		_, err := experiments.Freeze(ctx, d.c.Telling(tell), f.Person, time.Now())
		d.mu.Lock()
		d.planned = planned{}
		d.mu.Unlock()
		return err
	}))
	if e := errandOf(d, sealing); e.Err != nil {
		say := ""
		for of, key := range map[error]string{ledger.ErrBegun: "experiment.begun", ledger.ErrFrozen: "experiment.frozen", experiment.ErrSmall: "experiment.small", experiment.ErrPlan: "experiment.bad"} {
			if errors.Is(e.Err, of) {
				say = key
			}
		}
		if say == "" {
			return e.Err
		}
		f.Fault = f.T(say)
		return showExperiment(d, w, r, trialPage{frame: f}, http.StatusConflict)
	}
	http.Redirect(w, r, "/experiment?did=freeze", http.StatusSeeOther)
	return nil
}

// endWaiting lets those that wait be written to.
func endWaiting(d *Desk, w http.ResponseWriter, r *http.Request, f *frame) error {
	why := cut(strings.TrimSpace(r.PostFormValue("reason")))
	if why == "" {
		f.Fault = f.T("experiment.why")
		return showExperiment(d, w, r, trialPage{frame: f}, http.StatusUnprocessableEntity)
	}
	in := campaign.Within(d.c)
	sealed, err := ledger.Frozen(r.Context(), in.Ledger, in.Rules.ID)
	if err == nil && (sealed == nil || !waits(sealed.Plan)) {
		err = ledger.ErrNotFrozen
	}
	if err == nil {
		err = experiments.End(r.Context(), d.c, f.Person, why)
	}
	if errors.Is(err, ledger.ErrNotFrozen) {
		f.Fault = f.T("experiment.not")
		return showExperiment(d, w, r, trialPage{frame: f, WhyTyped: why}, http.StatusConflict)
	}
	if err != nil {
		return err
	}
	http.Redirect(w, r, "/experiment?did=endwaiting", http.StatusSeeOther)
	return nil
}
