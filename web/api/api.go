// Package api is headsup for programs of the house: letters and what is decided
// about them, as JSON with the names that the verbs' --json has.
//
// It decides nothing. Each request shows a token, which is somebody's who may
// sign in, and does what that person may; there is no session and no cookie.
package api

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"headsup/campaign"
	"headsup/campaign/people"
	"headsup/finding"
	"headsup/ledger"
	"headsup/letter"
)

// Prefix begins the path of every call.
const Prefix = "/api/"

// An API answers for one campaign. Any number of goroutines may use it.
type API struct {
	c    *campaign.Campaign
	door *people.Door
	log  *slog.Logger // of what went wrong inside; may be nil
}

// New returns the calls of an open campaign, for those whom a door knows.
func New(c *campaign.Campaign, door *people.Door, log *slog.Logger) *API { return &API{c, door, log} }

// A request is one of a person.
type request struct {
	*http.Request
	person people.Person
}

// A call does what is asked and writes the answer, or says why not.
type call func(*API, http.ResponseWriter, request) error

// A Route is a call, and what somebody must be trusted with to make it.
type Route struct {
	Act  people.Act
	call call
}

// Routes are all calls. What each takes is here alone.
func Routes() map[string]Route {
	return map[string]Route{
		"GET /api/status":                {people.ToRead, status},
		"GET /api/letters":               {people.ToRead, letters},
		"GET /api/letters/{id}":          {people.ToRead, history},
		"GET /api/letters/{id}/mail":     {people.ToRead, mail},
		"POST /api/letters/{id}/approve": {people.ToApprove, approve},
		"POST /api/letters/{id}/hold":    {people.ToHold, hold},
		"POST /api/letters/{id}/release": {people.ToApprove, release},
		"GET /api/suppressions":          {people.ToRead, suppressions},
		"POST /api/suppressions":         {people.ToRefuse, suppress},
		"POST /api/stop":                 {people.ToStop, stop},
	}
}

// Handler returns all calls.
func (a *API) Handler() http.Handler {
	mux := http.NewServeMux()
	for pattern, to := range Routes() {
		mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
			if err := a.known(w, r, to); err != nil {
				a.fail(w, r, err)
			}
		})
	}
	mux.HandleFunc(Prefix, func(w http.ResponseWriter, r *http.Request) {
		a.fail(w, r, refusal{http.StatusNotFound, "no such call"})
	})
	return mux
}

// A refusal is told to the program that asked.
type refusal struct {
	status int
	why    string
}

func (r refusal) Error() string { return r.why }

// known makes a call for whose token is shown (RFC 6750 §2.1).
func (a *API) known(w http.ResponseWriter, r *http.Request, to Route) error {
	scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if !strings.EqualFold(scheme, "Bearer") || len(token) > 200 {
		return people.ErrToken
	}
	p, err := a.door.Bearer(r.Context(), token)
	if err != nil {
		return err
	}
	if !p.Roles.May(to.Act) {
		return refusal{http.StatusForbidden, fmt.Sprintf("%q %v: to %s", p.Name, people.ErrMayNot, to.Act)}
	}
	return to.call(a, w, request{r, p})
}

// fail answers with why not. What is inside stays inside.
func (a *API) fail(w http.ResponseWriter, r *http.Request, err error) {
	var no refusal
	switch {
	case errors.As(err, &no):
	case errors.Is(err, people.ErrToken):
		w.Header().Set("WWW-Authenticate", "Bearer")
		no = refusal{http.StatusUnauthorized, people.ErrToken.Error()}
	case errors.Is(err, ledger.ErrNotFound):
		no = refusal{http.StatusNotFound, "no such letter"}
	case errors.Is(err, ledger.ErrChanged), errors.Is(err, ledger.ErrState), errors.Is(err, ledger.ErrRedraft), errors.Is(err, ledger.ErrUnreleased), errors.Is(err, letter.ErrSamePerson):
		no = refusal{http.StatusConflict, err.Error()}
	case r.Context().Err() != nil:
		return // nobody is there to read it
	default:
		no = refusal{http.StatusInternalServerError, "something went wrong inside"}
		if a.log != nil {
			a.log.Error("api", "path", r.URL.Path, "error", err)
		}
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(no.status)
	json.NewEncoder(w).Encode(map[string]string{"error": no.why})
}

// write writes objects, one a line, as the verbs do.
func write[T any](w http.ResponseWriter, objects ...T) error {
	w.Header().Set("Content-Type", "application/x-ndjson")
	to := json.NewEncoder(w)
	to.SetEscapeHTML(false)
	for _, o := range objects {
		if err := to.Encode(o); err != nil {
			return err
		}
	}
	return nil
}

// read reads the one object of a request. An unknown name is an error.
func read(r request, into any) error {
	if kind, _, _ := strings.Cut(r.Header.Get("Content-Type"), ";"); kind != "application/json" {
		return refusal{http.StatusUnsupportedMediaType, "a call takes application/json"}
	}
	from := json.NewDecoder(r.Body)
	from.DisallowUnknownFields()
	if err := from.Decode(into); err != nil {
		return refusal{http.StatusBadRequest, "not the JSON of this call: " + err.Error()}
	}
	if _, err := from.Token(); err != io.EOF {
		return refusal{http.StatusBadRequest, "more than one object"}
	}
	return nil
}

// status writes the sum, as headsup status --json does at its end.
func status(a *API, w http.ResponseWriter, r request) error {
	sum, err := a.c.Sum(r.Context())
	if err != nil {
		return err
	}
	return write(w, sum)
}

// most is how many letters one answer has.
const most = 500

// letters writes a part of the list, and where the next one is (RFC 8288).
func letters(a *API, w http.ResponseWriter, r request) error {
	q := r.URL.Query()
	of := ledger.Query{Limit: most}
	of.Countries, of.Languages, of.Agencies, of.Text = q["country"], q["language"], q["agency"], q.Get("q")
	for _, s := range q["state"] {
		of.States = append(of.States, letter.State(s))
	}
	for _, k := range q["kind"] {
		of.Kinds = append(of.Kinds, finding.Kind(k))
	}
	if after := q.Get("after"); after != "" {
		of.After = ledger.Cursor{ID: after}
	}
	if n, err := strconv.Atoi(q.Get("limit")); err == nil && n > 0 {
		of.Limit = min(n, most)
	}
	page, err := campaign.Page(r.Context(), a.c, of)
	if err != nil {
		return err
	}
	if page.Next != nil {
		q.Set("after", page.Next.ID)
		next := url.URL{Path: r.URL.Path, RawQuery: q.Encode()}
		w.Header().Set("Link", "<"+next.String()+`>; rel="next"`)
	}
	return write(w, page.Entries...)
}

// history writes a letter and what happened to it, as headsup status ID --json does.
func history(a *API, w http.ResponseWriter, r request) error {
	e, err := a.entry(r)
	if err != nil {
		return err
	}
	events, err := a.c.History(r.Context(), e.ID)
	if err != nil {
		return err
	}
	lines := []any{e}
	for _, h := range events {
		lines = append(lines, h)
	}
	return write(w, lines...)
}

// entry is the letter that a path names, of this campaign alone.
func (a *API) entry(r request) (ledger.Entry, error) {
	e, err := a.c.Entry(r.Context(), r.PathValue("id"))
	if err == nil && e.Campaign != a.c.ID() {
		err = ledger.ErrNotFound
	}
	return e, err
}

// mail writes a letter's mail as it is stored, whose hash an approval takes.
func mail(a *API, w http.ResponseWriter, r request) error {
	e, err := a.entry(r)
	if err != nil {
		return err
	}
	rec, err := a.c.Letter(r.Context(), e.ID)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "message/rfc822")
	w.Header().Set("Content-Disposition", `attachment; filename="letter.eml"`)
	_, err = w.Write(rec.Rendered.Mail)
	return err
}

// approve takes the hash of what was read: without one nothing is approved.
func approve(a *API, w http.ResponseWriter, r request) error {
	var in struct {
		Hash string `json:"hash"`
	}
	if err := read(r, &in); err != nil {
		return err
	}
	if in.Hash == "" {
		return refusal{http.StatusUnprocessableEntity, "hash: of what was read"}
	}
	return a.decide(w, r, func(id string) (campaign.Decisions, error) {
		return a.c.Approve(r.Context(), []campaign.Review{{ID: id, Hash: in.Hash}}, r.person.Name)
	})
}

func hold(a *API, w http.ResponseWriter, r request) error {
	reason, err := reasonOf(r)
	if err != nil {
		return err
	}
	return a.decide(w, r, func(id string) (campaign.Decisions, error) {
		return a.c.Hold(r.Context(), []string{id}, reason, r.person.Name)
	})
}

func release(a *API, w http.ResponseWriter, r request) error {
	return a.decide(w, r, func(id string) (campaign.Decisions, error) {
		return a.c.Release(r.Context(), []string{id}, r.person.Name)
	})
}

// decide decides about the letter of the path, and writes how it is then.
func (a *API) decide(w http.ResponseWriter, r request, do func(id string) (campaign.Decisions, error)) error {
	e, err := a.entry(r)
	if err != nil {
		return err
	}
	done, err := do(e.ID)
	if err == nil {
		err = done.Refused
	}
	if err != nil {
		return err
	}
	if e, err = a.entry(r); err != nil {
		return err
	}
	return write(w, e)
}

// maxReason is how much of a reason is kept.
const maxReason = 500

// reasonOf reads why something is done, for those who come after.
func reasonOf(r request) (string, error) {
	var in struct {
		Reason string `json:"reason"`
	}
	if err := read(r, &in); err != nil {
		return "", err
	}
	return said(in.Reason)
}

func said(reason string) (string, error) {
	reason = strings.TrimSpace(reason)
	if n := len([]rune(reason)); n == 0 || n > maxReason {
		return "", refusal{http.StatusUnprocessableEntity, "reason: why, for those who come after, in " + strconv.Itoa(maxReason) + " characters"}
	}
	return reason, nil
}

func suppressions(a *API, w http.ResponseWriter, r request) error {
	list, err := a.c.Suppressions(r.Context())
	if err != nil {
		return err
	}
	return write(w, list...)
}

// suppress takes somebody who is not to be written to, and why.
func suppress(a *API, w http.ResponseWriter, r request) error {
	var in struct {
		Value  string    `json:"value"`
		Reason string    `json:"reason"`
		Until  time.Time `json:"until"`
	}
	if err := read(r, &in); err != nil {
		return err
	}
	reason, err := said(in.Reason)
	if err != nil {
		return err
	}
	list, err := letter.SuppressionsLike(letter.Suppression{Reason: reason, Until: in.Until}, []string{in.Value})
	if err != nil {
		return refusal{http.StatusUnprocessableEntity, "value: " + err.Error()}
	}
	if err := a.c.Suppress(r.Context(), list, r.person.Name); err != nil {
		if errors.Is(err, campaign.ErrNoOrigin) {
			err = refusal{http.StatusUnprocessableEntity, "value: " + err.Error()}
		}
		return err
	}
	return write(w, list...)
}

// recently is for how long a mail server may hold a letter that it was handed.
const recently = time.Hour

// stop lets nothing leave any more, and writes what the mail server may still hold.
func stop(a *API, w http.ResponseWriter, r request) error {
	reason, err := reasonOf(r)
	if err != nil {
		return err
	}
	out, err := campaign.Stop(r.Context(), a.c.Folder(), "", reason, r.person.Name, recently)
	if err != nil {
		return err
	}
	lines := []any{out.Halt}
	for _, h := range out.Handed {
		lines = append(lines, h)
	}
	return write(w, lines...)
}
