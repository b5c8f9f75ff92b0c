package desk

import (
	"context"
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"

	"headsup/campaign"
	"headsup/campaign/people"
	"headsup/campaign/post"
	"headsup/ledger"
	"headsup/letter"
)

// postRoutes are the pages for the mail room.
func postRoutes(d *Desk) map[string]route {
	return map[string]route{
		"GET /post":  {people.ToRead, with(d, postPage)},
		"POST /post": {people.ToSettle, with(d, recordPost)},
	}
}

// paperPage lists what was printed, and takes what became of it.
type paperPage struct {
	*frame
	Batches []ledger.Batch
	Lines   string // as they were typed
	Fate    letter.Paper
	On      string
	Posted  post.Posted
	Refused []campaign.Refused
	Taken   bool // something was recorded just now
}

// Fates are what can become of paper.
func (paperPage) Fates() []letter.Paper { return letter.Papers }

// Unposted is how many letters of a batch are not posted yet.
func (paperPage) Unposted(b ledger.Batch) int {
	n := b.Letters
	for _, of := range b.Fates {
		n -= of
	}
	return n
}

func postPage(d *Desk, w http.ResponseWriter, r *http.Request, f *frame) error {
	return showPost(d, w, r, paperPage{frame: f, Fate: letter.Returned, On: time.Now().UTC().Format(time.DateOnly)}, http.StatusOK)
}

func showPost(d *Desk, w http.ResponseWriter, r *http.Request, p paperPage, status int) (err error) {
	if err := d.full(r, p.frame, p.T("post.title")); err != nil {
		return err
	}
	in := campaign.Within(d.c)
	if p.Batches, err = ledger.Batches(r.Context(), in.Ledger, in.Rules.ID); err != nil {
		return err
	}
	slices.Reverse(p.Batches) // the last one first
	return d.show(w, status, "post", p)
}

// recordPost takes what became of letters on paper: lines as a scanner reads them
// off the pages, each with a reference, or a batch.
func recordPost(d *Desk, w http.ResponseWriter, r *http.Request, f *frame) error {
	if err := r.ParseForm(); err != nil {
		return formError(err)
	}
	p := paperPage{frame: f, Lines: strings.ToValidUTF8(r.PostForm.Get("lines"), ""), Fate: letter.Paper(r.PostForm.Get("fate")), On: cut(r.PostForm.Get("on"))}
	on, err := time.Parse(time.DateOnly, p.On)
	switch {
	case !slices.Contains(letter.Papers, p.Fate):
		return errForm
	case strings.TrimSpace(p.Lines) == "":
		f.Fault = f.T("post.empty")
	case err != nil || on.After(time.Now()):
		f.Fault = f.T("post.day")
	}
	if f.Fault != "" {
		return showPost(d, w, r, p, http.StatusUnprocessableEntity)
	}
	tell := func(e campaign.Event) {
		if e, ok := e.(campaign.Refused); ok {
			p.Refused = append(p.Refused, e)
		}
	}
	lines := post.Paper{Name: f.T("post.lines"), Open: func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(p.Lines)), nil }}
	p.Posted, err = post.Record(context.WithoutCancel(r.Context()), d.c.Telling(tell), []post.Paper{lines}, p.Fate, on, f.Person)
	switch {
	case errors.Is(err, post.ErrFate):
		f.Fault = f.T("post.batch")
		return showPost(d, w, r, p, http.StatusUnprocessableEntity)
	case err != nil:
		return err
	case p.Posted.Changed+p.Posted.Known+p.Posted.Unread+len(p.Refused) == 0:
		f.Fault = f.T("post.nothing")
		return showPost(d, w, r, p, http.StatusUnprocessableEntity)
	}
	if p.Taken = true; p.Posted.Unread == 0 && len(p.Refused) == 0 {
		p.Lines = ""
	}
	return showPost(d, w, r, p, http.StatusOK)
}
