package desk

import (
	"encoding/json"
	"errors"
	"fmt"
	"html/template"
	"net/http"
	"strings"
	"time"

	"headsup/campaign"
	"headsup/ledger"
	"headsup/letter"
	"headsup/render/chart"
)

// homePage is the campaign at a glance.
type homePage struct {
	*frame
	Sum     letter.Sum
	AddsUp  bool
	Funnel  template.HTML
	Fates   []figure
	States  []figure
	Todo    []task
	Stage   letter.Stage
	Plan    letter.Plan
	Sending bool // letters are on their way or wait to leave
	Reason  string
}

// A figure is a number with what it counts, and where that is listed.
type figure struct {
	Key   string // of words
	N     int
	URL   string
	Label string
}

// A task is something that goes on only when a person has decided.
type task struct {
	Key string
	N   int
	URL string
}

// home shows where everything is, and what needs a person.
func (d *Desk) home(w http.ResponseWriter, r *http.Request, f *frame) error {
	return d.showHome(w, r, f, http.StatusOK, "")
}

func (d *Desk) showHome(w http.ResponseWriter, r *http.Request, f *frame, status int, reason string) (err error) {
	ctx := r.Context()
	if err := d.full(r, f, f.T("home.title")); err != nil {
		return err
	}
	p := homePage{frame: f, Reason: reason}
	if p.Sum, err = d.c.Sum(ctx); err != nil {
		return err
	}
	p.AddsUp = p.Sum.Check() == nil
	p.Fates, p.States = fates(f, p.Sum), states(f, p.Sum)
	p.Funnel = funnel(f, p.Sum)
	pending, err := campaign.Pend(ctx, d.c)
	if err != nil {
		return err
	}
	p.Todo = todo(p.Sum, pending)
	if f.Provider {
		in := campaign.Within(d.c)
		places, _, _, err := ledger.CaseTallies(ctx, ledger.NewCases(in.Ledger, in.Rules.ID))
		if err != nil {
			return err
		}
		if n := places[ledger.ToPerson]; n > 0 {
			p.Todo = append([]task{{"todo.cases", n, "/cases?place=person"}}, p.Todo...)
		}
	}
	if p.Stage, err = campaign.StageOf(ctx, d.c); err != nil {
		return err
	}
	s := p.Sum.States
	p.Sending = s[letter.Approved]+s[letter.Deferred]+s[letter.Sending] > 0
	if p.Sending {
		if p.Plan, err = d.plans.get(fmt.Sprint(s), func() (letter.Plan, error) { return d.c.Plan(ctx) }); err != nil {
			return err
		}
	}
	switch r.URL.Query().Get("did") {
	case "stop", "resume", "stage":
		f.Did.What = r.URL.Query().Get("did")
	}
	return d.show(w, status, "home", p)
}

// fates lists where the rows ended; what there is none of is left out.
func fates(f *frame, s letter.Sum) (all []figure) {
	for _, x := range []figure{{Key: "lettered", N: s.Lettered}, {Key: "held", N: s.Held}, {Key: "suppressed", N: s.Suppressed},
		{Key: "no_contact", N: s.NoContact}, {Key: "failed", N: s.Failed}, {Key: "special", N: s.Special},
		{Key: "duplicate", N: s.Duplicate}, {Key: "waiting", N: s.Waiting}, {Key: "withdrawn", N: s.Withdrawn}, {Key: "rejected", N: s.Rejected}, {Key: "unplaced", N: s.Findings}} {
		if x.N > 0 || x.Key == "lettered" {
			x.Label = f.T("fate." + x.Key)
			all = append(all, x)
		}
	}
	return all
}

// states lists how many letters are in which state, with their lists.
func states(f *frame, s letter.Sum) (all []figure) {
	for _, state := range letter.States {
		if n := s.States[state]; n > 0 {
			all = append(all, figure{string(state), n, "/letters?state=" + string(state), f.State(state)})
		}
	}
	return all
}

// funnel draws how far the letters have come.
func funnel(f *frame, s letter.Sum) template.HTML {
	left := s.States[letter.Sent] + s.States[letter.Bounced] + s.States[letter.Unknown] + s.States[letter.Failed]
	past := left + s.States[letter.Approved] + s.States[letter.Deferred] + s.States[letter.Sending]
	bars := chart.Bars{
		Figure: chart.Figure{ID: "funnel", Title: f.T("funnel.title"), RTL: f.Dir == "rtl", Number: func(v float64) string { return f.Number(int(v)) },
			Text: f.T("funnel.text", "letters", s.Letters, "approved", past, "sent", s.States[letter.Sent])},
		Head: f.T("funnel.step"), Parts: []string{f.T("funnel.letters")},
		Bars: []chart.Bar{
			{Label: f.T("funnel.drafted"), Amounts: []float64{float64(s.Letters)}},
			{Label: f.T("funnel.approved"), Amounts: []float64{float64(past)}},
			{Label: f.T("funnel.left"), Amounts: []float64{float64(left)}},
			{Label: f.T("funnel.sent"), Amounts: []float64{float64(s.States[letter.Sent])}},
		},
	}
	return bars.HTML()
}

// todo lists what waits for a person, with where to decide.
func todo(s letter.Sum, p campaign.Pending) (all []task) {
	for _, t := range []task{
		{"todo.review", s.States[letter.Drafted], "/letters?state=drafted"},
		{"todo.unknown", p.Unknown, "/letters?state=unknown"},
		{"todo.held", s.States[letter.Held], "/letters?state=held"},
		{"todo.unproven", p.Unproven, "/inbox"},
		{"todo.wishes", p.Wishes, "/inbox"},
		{"todo.answers", p.Answers, "/answers"},
		{"todo.redraft", p.Redraft, ""},
		{"todo.failed", s.Failed, "/unwritten?fate=failed"},
	} {
		if t.N > 0 {
			all = append(all, t)
		}
	}
	return all
}

// progress is how many letters are in which state, for the script of the page.
func (d *Desk) progress(w http.ResponseWriter, r *http.Request, f *frame) error {
	sum, err := d.c.Sum(r.Context())
	if err != nil {
		return err
	}
	out := map[string]string{}
	for _, s := range letter.States {
		out[string(s)] = f.Number(sum.States[s])
	}
	w.Header().Set("Content-Type", "application/json")
	return json.NewEncoder(w).Encode(out)
}

// recently is for how long a mail server may hold a letter that it was handed.
const recently = time.Hour

// stop lets nothing leave any more.
func (d *Desk) stop(w http.ResponseWriter, r *http.Request, f *frame) error {
	reason := cut(strings.TrimSpace(r.PostFormValue("reason")))
	if reason == "" {
		f.Fault = f.T("stop.why")
		return d.showHome(w, r, f, http.StatusUnprocessableEntity, "")
	}
	if _, err := campaign.Stop(r.Context(), d.c.Folder(), "", reason, f.Person, recently); err != nil {
		return err
	}
	http.Redirect(w, r, "/?did=stop", http.StatusSeeOther)
	return nil
}

// resume lets letters leave again.
func (d *Desk) resume(w http.ResponseWriter, r *http.Request, f *frame) error {
	why := cut(strings.TrimSpace(r.PostFormValue("reason")))
	if why == "" {
		f.Fault = f.T("resume.why")
		return d.showHome(w, r, f, http.StatusUnprocessableEntity, "")
	}
	switch _, err := campaign.Resume(r.Context(), d.c.Folder(), "", why, f.Person); {
	case errors.Is(err, letter.ErrSamePerson):
		f.Fault = f.T("resume.other")
		return d.showHome(w, r, f, http.StatusConflict, why)
	case errors.Is(err, ledger.ErrNotHalted): // somebody else was quicker, or all campaigns are stopped
		f.Fault = f.T("resume.not")
		return d.showHome(w, r, f, http.StatusConflict, why)
	case err != nil:
		return err
	}
	http.Redirect(w, r, "/?did=resume", http.StatusSeeOther)
	return nil
}

// confirmStage lets the letters of the next stage go.
func (d *Desk) confirmStage(w http.ResponseWriter, r *http.Request, f *frame) error {
	switch _, err := campaign.Confirm(r.Context(), d.c, f.Person); {
	case errors.Is(err, ledger.ErrStageOpen):
		f.Fault = f.T("stage.open")
		return d.showHome(w, r, f, http.StatusConflict, "")
	case err != nil:
		return err
	}
	http.Redirect(w, r, "/?did=stage", http.StatusSeeOther)
	return nil
}
