package desk

import (
	"errors"
	"net/http"
	"slices"
	"strconv"
	"time"

	"headsup/campaign"
	"headsup/campaign/people"
	"headsup/ledger"
)

// tokenRoutes are the pages about what people show at the shell and from programs.
func tokenRoutes(d *Desk) map[string]route {
	return map[string]route{
		"GET /tokens":      {people.ToRead, with(d, tokensPage)}, // one's own, unless people.ToAdmit
		"POST /tokens":     {people.ToAdmit, with(d, giveToken)},
		"POST /tokens/end": {people.ToRead, with(d, endToken)}, // one's own, unless people.ToAdmit
	}
}

// mostTokenDays is how long a token is good at the most.
const mostTokenDays = 366

// A tokenPage shows who has which token, and a new one once.
type tokenPage struct {
	*frame
	Tokens []people.Token
	People []people.Person
	Name   string // for whom the next one is
	Chosen people.Roles
	Days   string
	Given  string // the text of the one that was made just now
	Until  time.Time
}

// All are the roles that a token may be good for.
func (tokenPage) All() people.Roles { return people.All }

// Picked reports whether a role is chosen.
func (p tokenPage) Picked(r people.Role) bool { return slices.Contains(p.Chosen, r) }

func tokensPage(d *Desk, w http.ResponseWriter, r *http.Request, f *frame) error {
	if r.URL.Query().Get("did") == "token" {
		f.Did.What = "token"
	}
	return showTokens(d, w, r, &tokenPage{frame: f, Days: strconv.Itoa(int(people.TokenLife / (24 * time.Hour)))}, http.StatusOK)
}

func showTokens(d *Desk, w http.ResponseWriter, r *http.Request, p *tokenPage, status int) (err error) {
	if err := d.full(r, p.frame, p.T("tokens.title")); err != nil {
		return err
	}
	if p.Tokens, err = shownTokens(d, r, p.frame); err != nil {
		return err
	}
	if p.People, err = d.door.List(r.Context()); err != nil {
		return err
	}
	return d.show(w, status, "tokens", p)
}

// shownTokens lists the tokens that somebody may end.
func shownTokens(d *Desk, r *http.Request, f *frame) ([]people.Token, error) {
	all, err := d.door.Tokens(r.Context())
	if f.Roles.May(people.ToAdmit) {
		return all, err
	}
	return slices.DeleteFunc(all, func(k people.Token) bool { return k.Name != f.Person }), err
}

// giveToken gives somebody a token, and shows its text this once.
func giveToken(d *Desk, w http.ResponseWriter, r *http.Request, f *frame) error {
	p := &tokenPage{frame: f, Name: cut(r.PostFormValue("name")), Days: cut(r.PostFormValue("days"))}
	wrong := func(say string, status int) error {
		f.Fault = f.T(say)
		return showTokens(d, w, r, p, status)
	}
	for _, role := range r.PostForm["role"] {
		if slices.Contains(people.All, people.Role(role)) {
			p.Chosen = append(p.Chosen, people.Role(role))
		}
	}
	days, err := strconv.Atoi(p.Days)
	if err != nil || days < 1 || days > mostTokenDays {
		return wrong("tokens.wrong.days", http.StatusUnprocessableEntity)
	}
	known, err := d.door.Known(r.Context(), p.Name)
	if errors.Is(err, ledger.ErrNobody) {
		return wrong("tokens.wrong.who", http.StatusUnprocessableEntity)
	}
	if err != nil {
		return err
	}
	if len(p.Chosen) != len(r.PostForm["role"]) || slices.ContainsFunc(p.Chosen, func(role people.Role) bool { return !slices.Contains(known.Roles, role) }) {
		return wrong("tokens.wrong.roles", http.StatusUnprocessableEntity)
	}
	err = d.door.TogetherAt(r.Context(), f.Person, campaign.Approvers(d.c), "token for "+known.Name)
	if errors.Is(err, people.ErrSecond) {
		return wrong("tokens.second", http.StatusAccepted)
	}
	if err != nil {
		return err
	}
	p.Until = time.Now().AddDate(0, 0, days)
	if p.Given, err = d.door.Token(r.Context(), known.Name, p.Chosen, p.Until, f.Person); err != nil {
		return err
	}
	return showTokens(d, w, r, p, http.StatusOK)
}

// endToken ends one's own token, or somebody's.
func endToken(d *Desk, w http.ResponseWriter, r *http.Request, f *frame) error {
	all, err := shownTokens(d, r, f)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(all, func(k people.Token) bool { return k.ID == r.PostFormValue("token") })
	if i < 0 {
		return errForm
	}
	of := all[i]
	if of.Name != f.Person {
		if err := unproved(d, r, f, people.ToAdmit); err != nil {
			return err
		}
	}
	err = d.door.AloneAt(r.Context(), f.Person, campaign.Approvers(d.c), of.Name, "end token of "+of.Name)
	if errors.Is(err, people.ErrSecond) {
		f.Fault = f.T("tokens.second")
		return showTokens(d, w, r, &tokenPage{frame: f}, http.StatusAccepted)
	}
	if err != nil {
		return err
	}
	if err := d.door.EndTokens(r.Context(), of.Name, of.ID); err != nil {
		return err
	}
	http.Redirect(w, r, "/tokens?did=token", http.StatusSeeOther)
	return nil
}
