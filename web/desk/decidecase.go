package desk

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"

	"headsup/campaign"
	"headsup/campaign/cases"
	"headsup/campaign/customers"
	"headsup/ledger"
	"headsup/sheet"
)

// decideCase does what somebody says of a report.
func decideCase(d *Desk, w http.ResponseWriter, r *http.Request, f *frame) error {
	if err := r.ParseForm(); err != nil {
		return formError(err)
	}
	if err := openCase(d, r); err != nil {
		return noProvider(d, w, r, err)
	}
	ctx, id, do := context.WithoutCancel(r.Context()), r.PathValue("id"), r.PostForm.Get("do")
	wordsOf, wrong, say := caseWords(f, r, do)
	var after cases.Ruled
	if wordsOf == nil && wrong == "" {
		return errForm
	}
	if wrong == "" {
		err := withCases(d, func(desk *cases.Desk) (err error) {
			after, err = desk.Decide(ctx, id, f.Person, wordsOf, time.Now())
			return err
		})
		if wrong, say = caseFault(err); wrong == "" && err != nil {
			return noProvider(d, w, r, err)
		}
	}
	if wrong != "" {
		f.Fault = f.T(say)
		return showCase(d, w, r, casePage{frame: f, Typed: r.PostForm, Wrong: wrong}, http.StatusUnprocessableEntity)
	}
	write(d, f.Person)
	did := "case"
	switch {
	case after.Stay > 0:
		did = "casestay"
	case do == "answer":
		did = "caseanswer"
	}
	http.Redirect(w, r, readCaseView(r.URL.Query()).back(id, did), http.StatusSeeOther)
	return nil
}

// caseWords puts a form as the words of a decision, or says which field of it is
// wrong and why. nil words are of no form of ours.
func caseWords(f *frame, r *http.Request, do string) (of []string, wrong, say string) {
	get := func(name string) string { return strings.TrimSpace(cut(r.PostForm.Get(name))) }
	switch do {
	case "is":
		addr, port, when := get("addr"), get("port"), get("time")
		if _, _, err := sheet.Addr(addr); err != nil {
			return nil, "addr", "case.addr"
		}
		of = []string{"is", addr}
		if port != "" {
			if _, _, err := sheet.Port(port); err != nil || strings.ContainsAny(port, "-:T ") {
				return nil, "port", "case.port.wrong"
			}
			of = append(of, port)
		}
		if when != "" {
			if port == "" && !strings.ContainsAny(when, "-:T") {
				return nil, "time", "case.time"
			}
			of = append(of, strings.Fields(when)...)
		}
		if len(of) > 5 {
			return nil, "time", "case.time"
		}
		return of, "", ""
	case "customer":
		if get("customer") == "" {
			return nil, "customer", "case.customer.none"
		}
		return []string{"customer", get("customer")}, "", ""
	case "answer":
		text := strings.TrimSpace(strings.ToValidUTF8(r.PostForm.Get("text"), ""))
		if text == "" {
			return nil, "text", "case.text"
		}
		return []string{"answer", text}, "", ""
	case "not-ours", "no-report", "proceedings", "resolved":
		return []string{do}, "", ""
	}
	return nil, "", ""
}

// caseFault says which field an error is about, and in which words.
func caseFault(err error) (field, say string) {
	var when *sheet.TimeError
	switch {
	case errors.As(err, &when):
		return "time", "case.time"
	case errors.Is(err, cases.ErrNotOurs):
		return "addr", "case.notours"
	case errors.Is(err, cases.ErrNoCustomer):
		return "customer", "case.customer.none"
	case errors.Is(err, cases.ErrNoEvent):
		return "customer", "case.noevent"
	case errors.Is(err, cases.ErrUnanswerable):
		return "text", "case.unanswerable"
	case errors.Is(err, cases.ErrUnsaid):
		return "do", "case.unsaid"
	case errors.Is(err, cases.ErrNoDuty):
		return "do", "case.noduty"
	case errors.Is(err, ledger.ErrApart):
		return "do", "case.apart"
	}
	return "", ""
}

// teach has a label of the sender of a report mean something from now on.
func teach(d *Desk, w http.ResponseWriter, r *http.Request, f *frame) error {
	if err := r.ParseForm(); err != nil {
		return formError(err)
	}
	if err := openCase(d, r); err != nil {
		return noProvider(d, w, r, err)
	}
	id := r.PathValue("id")
	err := withCases(d, func(desk *cases.Desk) error {
		c, err := desk.Cases.Case(r.Context(), id, f.Person)
		if err != nil {
			return err
		}
		return cases.Teach(r.Context(), desk, ledger.Lesson{Sender: c.Reporter, Label: cut(r.PostForm.Get("label")), Means: r.PostForm.Get("means"), By: f.Person})
	})
	if errors.Is(err, cases.ErrLesson) {
		f.Fault = f.T("case.label")
		return showCase(d, w, r, casePage{frame: f, Typed: r.PostForm, Wrong: "label"}, http.StatusUnprocessableEntity)
	}
	if err != nil {
		return noProvider(d, w, r, err)
	}
	http.Redirect(w, r, readCaseView(r.URL.Query()).back(id, "taught"), http.StatusSeeOther)
	return nil
}

// customersView says whether the file of customers is used, and what was taught.
type customersView struct {
	*frame
	File    string
	State   *customers.Change
	Broken  error
	Lessons []ledger.Lesson
}

// Problems are the first of those of the file.
func (p customersView) Problems() []string {
	var all []string
	for _, x := range p.State.Problems[:min(len(p.State.Problems), 20)] {
		all = append(all, x.String())
	}
	return all
}

func customersPage(d *Desk, w http.ResponseWriter, r *http.Request, f *frame) error {
	return showCustomers(d, w, r, f, http.StatusOK)
}

func showCustomers(d *Desk, w http.ResponseWriter, r *http.Request, f *frame, status int) (err error) {
	in := campaign.Within(d.c)
	if !in.Settings.IsProvider() {
		return errNoPage
	}
	if err := d.full(r, f, f.T("customers.title")); err != nil {
		return err
	}
	p := customersView{frame: f, File: in.Settings.ISP.Customers}
	state, err := customers.Look(in.Settings)
	if p.Broken = err; err == nil {
		p.State = &state
	}
	if p.Lessons, err = ledger.Lessons(r.Context(), ledger.NewCases(in.Ledger, in.Rules.ID)); err != nil {
		return err
	}
	if q := r.URL.Query().Get("did"); slices.Contains(caseDids, q) {
		f.Did.What = q
	}
	return d.show(w, status, "customers", p)
}

// acceptCustomers has the file of customers used, whatever it changes.
func acceptCustomers(d *Desk, w http.ResponseWriter, r *http.Request, f *frame) error {
	in := campaign.Within(d.c)
	if !in.Settings.IsProvider() {
		return errNoPage
	}
	if _, err := customers.Accept(in.Settings); err != nil {
		return err
	}
	http.Redirect(w, r, "/customers?did=customers", http.StatusSeeOther)
	return nil
}

// unteach takes a lesson back.
func unteach(d *Desk, w http.ResponseWriter, r *http.Request, f *frame) error {
	in := campaign.Within(d.c)
	err := ledger.Unteach(r.Context(), ledger.NewCases(in.Ledger, in.Rules.ID), cut(r.PostFormValue("sender")), cut(r.PostFormValue("label")))
	if errors.Is(err, ledger.ErrState) {
		f.Fault = f.T("taught.none")
		return showCustomers(d, w, r, f, http.StatusConflict)
	}
	if err != nil {
		return err
	}
	http.Redirect(w, r, "/customers?did=untaught", http.StatusSeeOther)
	return nil
}
