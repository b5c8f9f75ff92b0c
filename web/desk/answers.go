package desk

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"headsup/campaign"
	"headsup/campaign/answers"
	"headsup/ledger"
	"headsup/letter"
)

// answersPage lists what people answered: what is open, and what was settled last.
type answersPage struct {
	*frame
	Open    []ledger.Answer
	Settled []ledger.Answer
	More    bool
	Tried   tried
}

// tried is a ruling that was not taken, as it was typed.
type tried struct {
	ID                  int64
	Ruling, Other, Note string
}

// Rulings are what an answer can be settled as.
func (answersPage) Rulings() []letter.Ruling { return letter.Rulings }

func listAnswers(d *Desk, w http.ResponseWriter, r *http.Request, f *frame) error {
	return showAnswers(d, w, r, f, http.StatusOK, tried{})
}

func showAnswers(d *Desk, w http.ResponseWriter, r *http.Request, f *frame, status int, t tried) error {
	if err := d.full(r, f, f.T("answers.title")); err != nil {
		return err
	}
	in := campaign.Within(d.c)
	all, _, err := ledger.Answers(r.Context(), in.Ledger, ledger.AnswerQuery{Campaign: in.Rules.ID, Limit: maxRows + 1})
	if err != nil {
		return err
	}
	p := answersPage{frame: f, Tried: t, More: len(all) > maxRows}
	for _, a := range all[:min(len(all), maxRows)] {
		if a.Open {
			p.Open = append(p.Open, a)
		} else {
			p.Settled = append(p.Settled, a)
		}
	}
	if q := r.URL.Query().Get("did"); q == "rule" || q == "reopened" {
		f.Did.What = q
	}
	return d.show(w, status, "answers", p)
}

// rule settles an answer, or opens it again.
func rule(d *Desk, w http.ResponseWriter, r *http.Request, f *frame) error {
	id, err := strconv.ParseInt(r.PostFormValue("answer"), 10, 64)
	if err != nil {
		return errForm
	}
	ctx := context.WithoutCancel(r.Context()) // a ruling and the draft that it asks for belong together
	did := "rule"
	t := tried{id, cut(r.PostFormValue("ruling")), cut(strings.TrimSpace(r.PostFormValue("other"))), cut(strings.TrimSpace(r.PostFormValue("note")))}
	switch {
	case r.PostFormValue("do") == "reopen":
		did, err = "reopened", answers.Reopen(ctx, d.c, id, f.Person)
	case !slices.Contains(letter.Rulings, letter.Ruling(t.Ruling)):
		err = answers.ErrRule
	case letter.Ruling(t.Ruling) == letter.RuledWrong && t.Note == "":
		f.Fault = f.T("answers.why")
		return showAnswers(d, w, r, f, http.StatusUnprocessableEntity, t)
	default:
		said := strconv.FormatInt(id, 10)
		err = answers.Rule(ctx, d.c, said, ledger.Rule{Ruling: letter.Ruling(t.Ruling), Other: t.Other, Note: t.Note, By: f.Person}, time.Now())
	}
	switch {
	case errors.Is(err, answers.ErrRule):
		f.Fault = f.T("answers.what")
		return showAnswers(d, w, r, f, http.StatusUnprocessableEntity, t)
	case errors.Is(err, ledger.ErrState), errors.Is(err, ledger.ErrNotFound):
		f.Fault = f.T("answers.settled")
		return showAnswers(d, w, r, f, http.StatusConflict, tried{})
	case err != nil:
		return err
	}
	http.Redirect(w, r, "/answers?did="+did, http.StatusSeeOther)
	return nil
}
