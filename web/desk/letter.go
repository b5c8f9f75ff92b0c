package desk

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"headsup/campaign"
	"headsup/campaign/people"
	"headsup/finding"
	"headsup/ledger"
	"headsup/letter"
	"headsup/lookup"
)

// letterPage is a letter to be read and decided about.
type letterPage struct {
	*frame
	ledger.Record
	View        view
	Mail        message
	Page        bool   // there is a printed one
	English     string // what it says, in English; empty: it is in it
	History     []ledger.HistoryEntry
	Before      string // URLs of its neighbours in the view; empty: there is none
	Next        string
	List        string
	Others      []string
	Typed       string // the reason that was not taken
	May         may
	Language1st string
}

// may says which decisions there are to be made.
type may struct{ Approve, Hold, Release, Reopen bool }

// mayOf says what somebody with these roles may decide about a letter.
func mayOf(e ledger.Entry, roles people.Roles) may {
	approves := roles.May(people.ToApprove)
	return may{
		Approve: approves && e.State == letter.Drafted && e.Redraft == "",
		Hold:    roles.May(people.ToHold) && e.State.May(letter.Held),
		Release: approves && e.State == letter.Held && e.Kept,
		Reopen:  approves && e.State == letter.Approved,
	}
}

// letter shows a letter with all that is known of it.
func (d *Desk) letter(w http.ResponseWriter, r *http.Request, f *frame) error {
	return d.showLetter(w, r, f, http.StatusOK, "")
}

func (d *Desk) showLetter(w http.ResponseWriter, r *http.Request, f *frame, status int, typed string) error {
	ctx := r.Context()
	p := letterPage{frame: f, View: readView(r.URL.Query()), Typed: typed}
	var err error
	if p.Record, err = d.c.Letter(ctx, r.PathValue("id")); err != nil {
		return err
	}
	if err := d.full(r, f, p.ID); err != nil {
		return err
	}
	if p.Mail, err = readMail(p.Rendered.Mail); err != nil {
		return err
	}
	p.Page = len(p.Rendered.PDF) > 0
	if langs := p.Letter.Languages; len(langs) > 0 {
		p.Language1st = langs[0]
		if !hasEnglish(langs) {
			p.English = englishOf(d.c, p.Letter)
		}
	}
	if p.History, err = d.c.History(ctx, p.ID); err != nil {
		return err
	}
	if p.Before, p.Next, err = d.neighbours(ctx, p.View, p.Entry); err != nil {
		return err
	}
	p.List = path("/letters", p.View.values())
	p.Others = d.readers.others(p.ID, f.Person)
	p.May = mayOf(p.Entry, f.Roles)
	f.Did = d.did(r, f)
	return d.show(w, status, "letter", p)
}

func hasEnglish(languages []string) bool {
	return slices.ContainsFunc(languages, func(l string) bool { return l == "en" || strings.HasPrefix(l, "en-") })
}

// englishOf is the English twin of a letter. Without one the page is still of use.
func englishOf(c *campaign.Campaign, l letter.Letter) string {
	twin, err := campaign.English(c, l)
	if err != nil {
		return ""
	}
	m, err := readMail(twin.Mail)
	if err != nil || len(m.Bodies) == 0 {
		return ""
	}
	return m.Bodies[0].Text
}

// neighbours are the URLs of the letters before and behind one in a view.
func (d *Desk) neighbours(ctx context.Context, v view, e ledger.Entry) (before, next string, err error) {
	q := v.Query
	q.After, q.Limit = v.order().Cursor(e), 1
	for _, to := range []*string{&next, &before} {
		found, err := campaign.Page(ctx, d.c, q)
		if err != nil {
			return "", "", err
		}
		if len(found.Entries) > 0 {
			*to = v.of(found.Entries[0].ID)
		}
		q.Descending = !q.Descending
	}
	return before, next, nil
}

// Action is where a form of the page goes, which keeps the view of the letter.
func (p letterPage) Action(do string) string {
	return path("/letters/"+url.PathEscape(p.ID)+"/"+do, p.View.values())
}

// maxShown is how many findings of a letter a page lists: its mail lists all.
const maxShown = 100

// Shown are the findings that the page lists.
func (p letterPage) Shown() []finding.Finding {
	return p.Letter.Findings[:min(maxShown, len(p.Letter.Findings))]
}

// Hidden is how many findings the page does not list.
func (p letterPage) Hidden() int { return len(p.Letter.Findings) - len(p.Shown()) }

// Ladder are the networks that the letter is about, each with whom it was found
// to name, the one written to first.
func (p letterPage) Ladder() []lookup.Network { return p.Letter.Networks }

// decide returns what does with a letter as a form says, and goes on to the
// next one.
func (d *Desk) decide(what string) page {
	return func(w http.ResponseWriter, r *http.Request, f *frame) error {
		ctx := r.Context()
		if err := r.ParseForm(); err != nil {
			return formError(err)
		}
		reason := cut(strings.TrimSpace(r.PostForm.Get("reason")))
		e, err := d.c.Entry(ctx, r.PathValue("id"))
		if err != nil {
			return err
		}
		if what == "hold" && reason == "" {
			f.Fault = f.T("hold.why")
			return d.showLetter(w, r, f, http.StatusUnprocessableEntity, reason)
		}
		v := readView(r.URL.Query())
		_, next, err := d.neighbours(ctx, v, e)
		if err != nil {
			return err
		}
		switch err := d.carryOut(ctx, f, what, e, r.PostForm.Get("hash"), reason); {
		case errors.Is(err, ledger.ErrChanged), errors.Is(err, ledger.ErrState), errors.Is(err, ledger.ErrRedraft), errors.Is(err, ledger.ErrUnreleased):
			f.Fault = f.T(faultOf(err))
			return d.showLetter(w, r, f, http.StatusConflict, reason)
		case err != nil:
			return err
		}
		// What is taken back is looked at again; after a decision comes the next one.
		to := next
		if decisions[what].undo == "" || next == "" {
			to = v.of(e.ID)
		}
		did, err := d.came(ctx, what, e.ID)
		if err != nil {
			return err
		}
		http.Redirect(w, r, withDid(to, did, e.ID), http.StatusSeeOther)
		return nil
	}
}

// came says what an approval came to: it may be the first of two.
func (d *Desk) came(ctx context.Context, what, id string) (string, error) {
	e, err := d.c.Entry(ctx, id)
	if what == "approve" && e.State == letter.Drafted {
		what = "second"
	}
	return what, err
}

// formError is an error of a form that could not be read.
func formError(err error) error {
	var large *http.MaxBytesError
	if errors.As(err, &large) {
		return err
	}
	return errForm
}

// faultOf words why a decision was not taken.
func faultOf(err error) string {
	switch {
	case errors.Is(err, ledger.ErrChanged):
		return "fault.changed"
	case errors.Is(err, ledger.ErrRedraft):
		return "fault.redraft"
	case errors.Is(err, ledger.ErrUnreleased):
		return "fault.unreleased"
	}
	return "fault.state"
}

func (d *Desk) carryOut(ctx context.Context, f *frame, what string, e ledger.Entry, hash, reason string) (err error) {
	var done campaign.Decisions
	ids := []string{e.ID}
	switch what {
	case "approve":
		if hash == "" {
			return errForm
		}
		done, err = d.c.Approve(ctx, []campaign.Review{{ID: e.ID, Hash: hash}}, f.Person)
	case "hold":
		done, err = d.c.Hold(ctx, ids, reason, f.Person)
	case "release":
		done, err = d.c.Release(ctx, ids, f.Person)
	case "reopen":
		done, err = campaign.Unapprove(ctx, d.c, ids, f.Person)
	}
	if err == nil {
		err = done.Refused
	}
	return err
}

// withDid adds what was done to a URL.
func withDid(to, what, id string) string {
	u, err := url.Parse(to)
	if err != nil {
		return to
	}
	q := u.Query()
	q.Set("did", what)
	q.Set("about", id)
	u.RawQuery = q.Encode()
	return u.String()
}

// file writes a part of a letter. What may have been written by others comes
// with its own policy, and is not shown by guess.
func file(w http.ResponseWriter, r *http.Request, kind, disposition string, data []byte) error {
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Content-Disposition", disposition)
	w.Header().Set("Content-Length", strconv.Itoa(len(data)))
	_, err := bytes.NewReader(data).WriteTo(w)
	return err
}
