package desk

import (
	"net/http"
	"strings"

	"headsup/campaign/people"
	"headsup/campaign/switchboard"
	"headsup/ledger"
)

// enquiryRoutes are the pages for who answers the telephone.
func enquiryRoutes(d *Desk) map[string]route {
	return map[string]route{
		"GET /switchboard":  {people.ToRead, with(d, switchboardPage)},
		"POST /switchboard": {people.ToRead, with(d, lookUp)}, // each look is on record: no link makes one
	}
}

// lastLooks is how many looks are listed, for those who may end sessions.
const lastLooks = 30

// enquiryPage says what is known of whom a caller names.
type enquiryPage struct {
	*frame
	Looked bool // somebody asked
	switchboard.Found
	More string // where all letters are listed; empty: these are all
	Last []ledger.Enquiry
}

func switchboardPage(d *Desk, w http.ResponseWriter, r *http.Request, f *frame) error {
	return showEnquiry(d, w, r, enquiryPage{frame: f}, http.StatusOK)
}

func showEnquiry(d *Desk, w http.ResponseWriter, r *http.Request, p enquiryPage, status int) (err error) {
	if err := d.full(r, p.frame, p.T("switchboard.title")); err != nil {
		return err
	}
	if p.Roles.May(people.ToAdmit) {
		if p.Last, err = switchboard.Last(r.Context(), d.c, lastLooks); err != nil {
			return err
		}
	}
	return d.show(w, status, "switchboard", p)
}

// lookUp finds what is known of what somebody typed.
func lookUp(d *Desk, w http.ResponseWriter, r *http.Request, f *frame) (err error) {
	asked := r.PostFormValue("q")
	p := enquiryPage{frame: f, Looked: true}
	if strings.TrimSpace(cut(asked)) == "" {
		f.Fault, p.Looked = f.T("switchboard.empty"), false
		return showEnquiry(d, w, r, p, http.StatusUnprocessableEntity)
	}
	if p.Found, err = switchboard.Look(r.Context(), d.c, asked, f.Person); err != nil {
		return err
	}
	if p.MoreLetters {
		var v view
		v.Text = p.Asked
		p.More = path("/letters", v.values())
	}
	return showEnquiry(d, w, r, p, http.StatusOK)
}
