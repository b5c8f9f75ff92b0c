package desk

import (
	"cmp"
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"

	"headsup/campaign"
	"headsup/campaign/people"
	"headsup/ledger"
)

// What a session holds. local is true of who came by a link of this machine, which
// its operator made where one person approves: they may do everything, and have
// no password.
const (
	inPerson = "person"
	inLocal  = "local"
	inAgent  = "agent"
	inSince  = "since"
)

// signInPage asks who somebody is.
type signInPage struct {
	*frame
	To   string // where they wanted to go
	Name string
	Else bool // the house has a sign-in of its own
}

// signIn lets in who has name and password.
func (d *Desk) signIn(w http.ResponseWriter, r *http.Request) {
	if err := r.ParseForm(); err != nil {
		d.fail(w, r, formError(err))
		return
	}
	p, err := d.door.Enter(r.Context(), r.PostForm.Get("name"), r.PostForm.Get("password"))
	f := &frame{Catalog: spoken(r)}
	switch {
	case errors.Is(err, people.ErrWrong):
		f.Fault = f.T("signin.wrong")
		d.askWho(w, r, f, http.StatusUnauthorized)
	case errors.Is(err, people.ErrTooOften):
		f.Fault = f.T("signin.often")
		d.askWho(w, r, f, http.StatusTooManyRequests)
	case err != nil:
		d.fail(w, r, err)
	default:
		if err := d.begin(r, p.Name, false, ""); err != nil {
			d.fail(w, r, err)
			return
		}
		if p.Language != "" {
			d.remember(w, languageCookie, p.Language)
		}
		http.Redirect(w, r, local(r.PostForm.Get("to")), http.StatusSeeOther)
	}
}

// askWho shows the form, with what was typed.
func (d *Desk) askWho(w http.ResponseWriter, r *http.Request, f *frame, status int) {
	f.Title = f.T("signin.title")
	p := signInPage{frame: f, To: r.URL.RequestURI(), Name: cut(r.PostFormValue("name")), Else: campaign.Within(d.c).Settings.Desk.OIDC != nil}
	switch {
	case r.Method != http.MethodGet:
		p.To = local(r.PostFormValue("to"))
	case strings.HasPrefix(p.To, "/sign-in"):
		p.To = "/"
	}
	if err := d.show(w, status, "signin", p); err != nil {
		d.fail(w, r, err)
	}
}

// begin makes the session of a person, under a token that nobody had before.
func (d *Desk) begin(r *http.Request, person string, isLocal bool, via string) error {
	ctx := r.Context()
	if err := d.sessions.RenewToken(ctx); err != nil {
		return err
	}
	d.sessions.Put(ctx, inPerson, person)
	d.sessions.Put(ctx, inLocal, isLocal)
	d.sessions.Put(ctx, inVia, via)
	d.sessions.Remove(ctx, inProof)
	d.sessions.Put(ctx, inAgent, cut(r.UserAgent()))
	d.sessions.Put(ctx, inSince, time.Now().Unix())
	return nil
}

// who returns the person of a session, with what they are trusted with now. An
// empty name is nobody's: also of a session whose person has been dismissed.
func (d *Desk) who(r *http.Request) (people.Person, error) {
	ctx := r.Context()
	name := d.sessions.GetString(ctx, inPerson)
	if name == "" {
		return people.Person{}, nil
	}
	if d.sessions.GetBool(ctx, inLocal) {
		return people.Person{Name: name, Roles: people.All}, nil
	}
	p, err := d.door.Known(ctx, name)
	if errors.Is(err, ledger.ErrNobody) {
		return people.Person{}, nil
	}
	return p, err
}

// peoplePage shows who may sign in, and who is.
type peoplePage struct {
	*frame
	People   []people.Person
	Sessions []session
	Own      bool // they have a password that they may change
}

// A session is somebody's, in some browser.
type session struct {
	ID             string
	Person, Agent  string
	Since, Expires time.Time
}

// listPeople shows one's own sessions, and to who may end them those of others.
func listPeople(d *Desk, w http.ResponseWriter, r *http.Request, f *frame) error {
	return showPeople(d, w, r, f, http.StatusOK)
}

func showPeople(d *Desk, w http.ResponseWriter, r *http.Request, f *frame, status int) (err error) {
	if err := d.full(r, f, f.T("people.title")); err != nil {
		return err
	}
	p := peoplePage{frame: f, Own: !d.sessions.GetBool(r.Context(), inLocal)}
	if p.People, err = d.door.List(r.Context()); err != nil {
		return err
	}
	standing, err := d.door.Deputies(r.Context())
	if err != nil {
		return err
	}
	for i, one := range p.People {
		for _, x := range standing {
			if x.Name == one.Name {
				p.People[i].For = append(p.People[i].For, x)
			}
		}
	}
	if p.Sessions, err = openSessions(d, r, f); err != nil {
		return err
	}
	if q := r.URL.Query().Get("did"); q == "end" || q == "password" {
		f.Did.What = q
	}
	return d.show(w, status, "people", p)
}

// openSessions lists the sessions that somebody may end.
func openSessions(d *Desk, r *http.Request, f *frame) (all []session, err error) {
	stored, err := d.store.AllCtx(r.Context())
	if err != nil {
		return nil, err
	}
	for id, data := range stored {
		expires, values, err := d.sessions.Codec.Decode(data)
		if err != nil {
			continue // of another version, nobody's any more
		}
		s := session{ID: id, Expires: expires}
		s.Person, _ = values[inPerson].(string)
		s.Agent, _ = values[inAgent].(string)
		if since, ok := values[inSince].(int64); ok {
			s.Since = time.Unix(since, 0)
		}
		if s.Person != "" && (s.Person == f.Person || f.Roles.May(people.ToAdmit)) {
			all = append(all, s)
		}
	}
	return sortedSessions(all), nil
}

// endSession ends one's own session in another browser, or somebody's.
func endSession(d *Desk, w http.ResponseWriter, r *http.Request, f *frame) error {
	id := r.PostFormValue("session")
	all, err := openSessions(d, r, f)
	if err != nil {
		return err
	}
	for _, s := range all {
		if s.ID == id {
			if s.Person != f.Person {
				if err := unproved(d, r, f, people.ToAdmit); err != nil {
					return err
				}
			}
			if err := d.store.DeleteCtx(r.Context(), id); err != nil {
				return err
			}
			http.Redirect(w, r, "/people?did=end", http.StatusSeeOther)
			return nil
		}
	}
	return errForm
}

// changePassword gives somebody a new password.
func changePassword(d *Desk, w http.ResponseWriter, r *http.Request, f *frame) error {
	if d.sessions.GetBool(r.Context(), inLocal) {
		return errForm
	}
	err := d.door.Change(r.Context(), f.Person, r.PostFormValue("old"), r.PostFormValue("new"))
	for of, say := range map[error]string{people.ErrWrong: "password.wrong", people.ErrTooOften: "signin.often", people.ErrShort: "password.short"} {
		if errors.Is(err, of) {
			f.Fault = f.T(say)
			return showPeople(d, w, r, f, http.StatusUnprocessableEntity)
		}
	}
	if err != nil {
		return err
	}
	http.Redirect(w, r, "/people?did=password", http.StatusSeeOther)
	return nil
}

// Trusted names the roles of somebody, in words.
func (f *frame) Trusted(roles people.Roles) string {
	var names []string
	for _, r := range roles {
		names = append(names, f.T("role."+string(r)))
	}
	return strings.Join(names, ", ")
}

// Allowed reports whether the reader of the page may do something.
func (f *frame) Allowed(act string) bool { return f.Roles.May(people.Act(act)) }

// sortedSessions puts sessions in the order of their people, the latest first.
func sortedSessions(all []session) []session {
	slices.SortFunc(all, func(a, b session) int {
		return cmp.Or(strings.Compare(a.Person, b.Person), b.Since.Compare(a.Since), strings.Compare(a.ID, b.ID))
	})
	return all
}
