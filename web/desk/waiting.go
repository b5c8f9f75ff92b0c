package desk

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"

	"headsup/campaign"
	"headsup/ledger"
	"headsup/letter"
)

// maxRows is how many rows, messages or suppressions a page lists. What there
// is more of is told, and listed by the shell.
const maxRows = 200

// unwrittenPage lists rows that no letter covers, and why.
type unwrittenPage struct {
	*frame
	Fate  string // only rows of this fate; empty: all
	Fates []figure
	Rows  []ledger.Unwritten
	More  bool
}

func unwritten(d *Desk, w http.ResponseWriter, r *http.Request, f *frame) error {
	if err := d.full(r, f, f.T("unwritten.title")); err != nil {
		return err
	}
	p := unwrittenPage{frame: f, Fate: cut(r.URL.Query().Get("fate"))}
	sum, err := d.c.Sum(r.Context())
	if err != nil {
		return err
	}
	p.Fates = slices.DeleteFunc(fates(f, sum), func(x figure) bool { return x.Key == "lettered" })
	in := campaign.Within(d.c)
	for _, x := range p.Fates {
		if p.Fate != "" && x.Key != p.Fate || p.More {
			continue
		}
		some, err := rowsAs(r.Context(), d, in, x.Key, maxRows+1-len(p.Rows))
		if err != nil {
			return err
		}
		p.Rows = append(p.Rows, some...)
		if p.More = len(p.Rows) > maxRows; p.More {
			p.Rows = p.Rows[:maxRows]
		}
	}
	return d.show(w, http.StatusOK, "unwritten", p)
}

// rowsAs are rows that ended in one place, or in none yet.
func rowsAs(ctx context.Context, d *Desk, in campaign.Inside, key string, most int) (all []ledger.Unwritten, err error) {
	if key != "unplaced" {
		return ledger.UnwrittenAs(ctx, in.Ledger, in.Rules.ID, letter.Fate(key), most)
	}
	for u, err := range d.c.Unwritten(ctx) { // none of them, unless a draft goes on just now
		if err != nil || len(all) == most {
			return all, err
		}
		if u.Fate == "" {
			all = append(all, u)
		}
	}
	return all, nil
}

// inboxPage lists messages that wait for a person.
type inboxPage struct {
	*frame
	Doubts []campaign.Doubt
	More   bool
}

func waiting(d *Desk, w http.ResponseWriter, r *http.Request, f *frame) error {
	return showWaiting(d, w, r, f, http.StatusOK)
}

func showWaiting(d *Desk, w http.ResponseWriter, r *http.Request, f *frame, status int) (err error) {
	if err := d.full(r, f, f.T("inbox.title")); err != nil {
		return err
	}
	p := inboxPage{frame: f}
	if p.Doubts, err = campaign.Doubts(r.Context(), d.c, ""); err != nil {
		return err
	}
	if p.More = len(p.Doubts) > maxRows; p.More {
		p.Doubts = p.Doubts[:maxRows]
	}
	if q := r.URL.Query().Get("did"); q == "accept" || q == "dismiss" {
		f.Did.What = q
	}
	return d.show(w, status, "inbox", p)
}

// settle takes a message for what it says, or decides that it changes nothing.
func settle(d *Desk, w http.ResponseWriter, r *http.Request, f *frame) (err error) {
	ctx, id, message := r.Context(), r.PostFormValue("letter"), r.PostFormValue("message")
	what := r.PostFormValue("do")
	switch {
	case id == "" || message == "":
		return errForm
	case what == "accept":
		err = campaign.Accept(ctx, d.c, id, message, "", f.Person)
	case what == "dismiss":
		_, err = campaign.Dismiss(ctx, d.c, id, []string{message}, f.Person)
	default:
		return errForm
	}
	if errors.Is(err, ledger.ErrNotFound) || errors.Is(err, ledger.ErrState) {
		f.Fault = f.T("inbox.settled")
		return showWaiting(d, w, r, f, http.StatusConflict)
	}
	if err != nil {
		return err
	}
	http.Redirect(w, r, "/inbox?did="+what, http.StatusSeeOther)
	return nil
}

// suppressedPage lists who is not written to.
type suppressedPage struct {
	*frame
	List   []letter.Suppression
	More   bool
	Value  string // that was not taken
	Reason string
}

func suppressed(d *Desk, w http.ResponseWriter, r *http.Request, f *frame) error {
	return showSuppressed(d, w, r, f, http.StatusOK)
}

func showSuppressed(d *Desk, w http.ResponseWriter, r *http.Request, f *frame, status int) (err error) {
	if err := d.full(r, f, f.T("suppressed.title")); err != nil {
		return err
	}
	p := suppressedPage{frame: f, Value: cut(r.PostFormValue("value")), Reason: cut(r.PostFormValue("reason"))}
	if p.List, err = d.c.Suppressions(r.Context()); err != nil {
		return err
	}
	if p.More = len(p.List) > maxRows; p.More {
		p.List = p.List[:maxRows]
	}
	if q := r.URL.Query().Get("did"); q == "suppress" || q == "allow" {
		f.Did.What = q
	}
	return d.show(w, status, "suppressed", p)
}

// suppress sees to it that somebody is not written to.
func suppress(d *Desk, w http.ResponseWriter, r *http.Request, f *frame) error {
	value, reason := cut(strings.TrimSpace(r.PostFormValue("value"))), cut(strings.TrimSpace(r.PostFormValue("reason")))
	list, err := letter.ParseSuppressions(value)
	switch {
	case err != nil || len(list) == 0:
		f.Fault = f.T("suppress.what")
		return showSuppressed(d, w, r, f, http.StatusUnprocessableEntity)
	case reason == "":
		f.Fault = f.T("suppress.why")
		return showSuppressed(d, w, r, f, http.StatusUnprocessableEntity)
	}
	for i := range list {
		list[i].Reason = reason
	}
	err = d.c.Suppress(r.Context(), list, f.Person)
	if errors.Is(err, campaign.ErrNoOrigin) {
		f.Fault = f.T("suppress.as")
		return showSuppressed(d, w, r, f, http.StatusUnprocessableEntity)
	}
	if err != nil {
		return err
	}
	http.Redirect(w, r, "/suppressions?did=suppress", http.StatusSeeOther)
	return nil
}

// allow ends a suppression.
func allow(d *Desk, w http.ResponseWriter, r *http.Request, f *frame) error {
	value := r.PostFormValue("value")
	if value == "" {
		return errForm
	}
	err := d.c.Undo(r.Context(), []string{value}, f.Person)
	if errors.Is(err, campaign.ErrNotSuppressed) {
		f.Fault = f.T("allow.none")
		return showSuppressed(d, w, r, f, http.StatusConflict)
	}
	if err != nil {
		return err
	}
	http.Redirect(w, r, "/suppressions?did=allow", http.StatusSeeOther)
	return nil
}
