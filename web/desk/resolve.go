package desk

import (
	"errors"
	"net/http"
	"strings"

	"headsup/campaign/people"
	"headsup/ledger"
	"headsup/letter"
)

// resolveRoutes are the forms about letters that may have arrived.
func resolveRoutes(d *Desk) map[string]route {
	return map[string]route{"POST /letters/{id}/resolve": {people.ToResolve, with(d, resolve)}}
}

// A verdict is what somebody can say of a letter that may have arrived.
type verdict struct {
	Name string
	to   letter.State
}

var verdicts = []verdict{{"sent", letter.Sent}, {"failed", letter.Failed}, {"again", letter.Approved}}

// Verdicts are what the reader can say of the letter.
func (p letterPage) Verdicts() []verdict {
	if p.Entry.State != letter.Unknown || !p.Roles.May(people.ToResolve) {
		return nil
	}
	return verdicts
}

// resolve takes what somebody says became of a letter.
func resolve(d *Desk, w http.ResponseWriter, r *http.Request, f *frame) error {
	if err := r.ParseForm(); err != nil {
		return formError(err)
	}
	said, why := r.PostForm.Get("verdict"), strings.TrimSpace(cut(r.PostForm.Get("reason")))
	for _, v := range verdicts {
		if v.Name != said {
			continue
		}
		if why == "" {
			f.Fault = f.T("resolve.rests")
			return d.showLetter(w, r, f, http.StatusUnprocessableEntity, "")
		}
		e, err := d.c.Entry(r.Context(), r.PathValue("id"))
		if err != nil {
			return err
		}
		done, err := d.c.Resolve(r.Context(), []string{e.ID}, v.to, f.Person, why)
		if err == nil {
			err = done.Refused
		}
		if errors.Is(err, ledger.ErrState) {
			f.Fault = f.T("fault.state")
			return d.showLetter(w, r, f, http.StatusConflict, why)
		}
		if err != nil {
			return err
		}
		http.Redirect(w, r, withDid(readView(r.URL.Query()).of(e.ID), v.Name, e.ID), http.StatusSeeOther)
		return nil
	}
	return errForm
}
