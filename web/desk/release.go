package desk

import (
	"bytes"
	"errors"
	"net/http"
	"strings"

	"headsup/campaign"
	"headsup/campaign/people"
	"headsup/ledger"
)

// releaseRoutes are the pages of the letters' words.
func releaseRoutes(d *Desk) map[string]route {
	return map[string]route{
		"GET /words":                 {people.ToRead, with(d, wordsPage)},
		"GET /words/{lang}/pack.zip": {people.ToRead, with(d, samplePack)},
		"POST /words":                {people.ToApprove, with(d, releaseWords)},
		"POST /words/withdraw":       {people.ToApprove, with(d, withdrawWords)},
	}
}

// aboutWords shows which words are released, by whom, and which are not.
type aboutWords struct {
	*frame
	All       []campaign.Words
	Functions []string
	Name      string // as it was typed
}

func wordsPage(d *Desk, w http.ResponseWriter, r *http.Request, f *frame) error {
	return showWords(d, w, r, f, http.StatusOK)
}

func showWords(d *Desk, w http.ResponseWriter, r *http.Request, f *frame, status int) (err error) {
	if err := d.full(r, f, f.T("release.title")); err != nil {
		return err
	}
	p := aboutWords{frame: f, Functions: campaign.Within(d.c).Settings.Campaign.ReleasedBy, Name: cut(r.PostFormValue("name"))}
	if p.All, err = campaign.WordsOf(r.Context(), d.c); err != nil {
		return err
	}
	if q := r.URL.Query().Get("did"); q == "released" || q == "withdrawn" {
		f.Did.What = q
	}
	return d.show(w, status, "words", p)
}

// releaseOf reads what a form says of words.
func releaseOf(r *http.Request, f *frame) ledger.WordsRelease {
	return ledger.WordsRelease{Language: r.PostFormValue("language"), Version: r.PostFormValue("version"), Function: r.PostFormValue("as"),
		By: cut(strings.TrimSpace(r.PostFormValue("name"))), Recorded: f.Person}
}

func releaseWords(d *Desk, w http.ResponseWriter, r *http.Request, f *frame) error {
	of := releaseOf(r, f)
	if of.Version == "" {
		return errForm
	}
	_, err := campaign.ReleaseWords(r.Context(), d.c, of)
	switch {
	case errors.Is(err, campaign.ErrNoName):
		f.Fault = f.T("release.who")
		return showWords(d, w, r, f, http.StatusUnprocessableEntity)
	case errors.Is(err, campaign.ErrOtherWords):
		f.Fault = f.T("release.other")
		return showWords(d, w, r, f, http.StatusConflict)
	case errors.Is(err, campaign.ErrNoFunction), errors.Is(err, campaign.ErrNoLanguage):
		return errForm
	case err != nil:
		return err
	}
	http.Redirect(w, r, "/words?did=released", http.StatusSeeOther)
	return nil
}

func withdrawWords(d *Desk, w http.ResponseWriter, r *http.Request, f *frame) error {
	_, err := campaign.WithdrawWords(r.Context(), d.c, releaseOf(r, f))
	switch {
	case errors.Is(err, campaign.ErrOtherWords), errors.Is(err, campaign.ErrNoFunction), errors.Is(err, campaign.ErrNoLanguage):
		return errForm
	case err != nil:
		return err
	}
	http.Redirect(w, r, "/words?did=withdrawn", http.StatusSeeOther)
	return nil
}

// samplePack sends letters to be read by who releases their words.
func samplePack(d *Desk, w http.ResponseWriter, r *http.Request, f *frame) error {
	var b bytes.Buffer
	switch err := campaign.WritePack(d.c, &b, r.PathValue("lang")); {
	case errors.Is(err, campaign.ErrNoLanguage):
		return ledger.ErrNotFound
	case err != nil:
		return err
	}
	w.Header().Set("Content-Type", "application/zip")
	w.Header().Set("Content-Disposition", `attachment; filename="letters-`+r.PathValue("lang")+`.zip"`)
	_, err := w.Write(b.Bytes())
	return err
}
