// Package desk is headsup in a browser: what a campaign came to, its letters to
// be read and approved, and what waits for a person.
//
// It decides nothing: a page is a call of campaign and its values, and a form
// is one call more. Everything works without script, which only adds keys.
package desk

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"embed"
	"encoding/hex"
	"errors"
	"fmt"
	"html/template"
	"io/fs"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"github.com/alexedwards/scs/v2"

	"headsup/campaign"
	"headsup/campaign/people"
	"headsup/campaign/registries"
	"headsup/ledger"
	"headsup/letter"
	"headsup/outcome/figures"
	"headsup/render/chart"
	"headsup/web/api"
	"headsup/web/guard"
	"headsup/web/words"
)

//go:embed pages/*.html static
var files embed.FS

// sessionLife is how long somebody stays signed in.
const sessionLife = 12 * time.Hour

// Options say where a desk is, and for whom.
type Options struct {
	Hosts []string     // that it answers for, with port; none: all
	TLS   bool         // browsers come by https alone
	Log   *slog.Logger // of what went wrong inside; may be nil
}

// A Desk serves the pages of one campaign. Any number of goroutines may use it.
type Desk struct {
	c        *campaign.Campaign
	o        Options
	door     *people.Door
	store    ledger.Sessions
	sessions *scs.SessionManager
	pages    *template.Template
	static   map[string]asset
	readers  readers
	issuer   issuer

	mu    sync.Mutex
	links map[string]string // who may come by a link that was not used, by the hash of its token

	work      sync.WaitGroup // what goes on while nobody waits
	ctx       context.Context
	end       context.CancelFunc
	approving map[int64]bool // batches
	errands   map[string]*errand
	figures   *figures.Report // that were made last; nil: none were
	planned   planned
	decided   bool // about reports, since letters about them were written last
	provider  provider
	plans     shared[letter.Plan]
	lookups   shared[registries.View]
}

// An asset is a file that does not change while the program runs.
type asset struct {
	name, kind string // name holds the hash of what is in it
	data       []byte
}

// New returns the desk of an open campaign, which it does not close. It must be
// closed before the campaign is.
func New(c *campaign.Campaign, o Options) (*Desk, error) {
	d := &Desk{
		c:        c,
		o:        o,
		door:     campaign.Door(c),
		store:    campaign.Sessions(c),
		sessions: scs.New(),
		links:    map[string]string{},
		static:   map[string]asset{},
		issuer:   issuer{away: map[string]away{}},

		approving: map[int64]bool{},
		errands:   map[string]*errand{},
	}
	d.ctx, d.end = context.WithCancel(context.Background())
	s := d.sessions
	s.Store, s.Lifetime, s.HashTokenInStore = d.store, sessionLife, true
	s.Cookie.Name, s.Cookie.Secure, s.Cookie.SameSite = "headsup", o.TLS, http.SameSiteLaxMode // a link from elsewhere comes in, a form is stopped by the guard
	if o.TLS {
		s.Cookie.Name = "__Host-headsup"
	}
	s.ErrorFunc = func(w http.ResponseWriter, r *http.Request, err error) { d.fail(w, r, err) }
	for name, kind := range map[string]string{"desk.css": "text/css; charset=utf-8", "desk.js": "text/javascript; charset=utf-8"} {
		data, err := fs.ReadFile(files, "static/"+name)
		if err != nil {
			return nil, err
		}
		if name == "desk.css" {
			data = append(data, chart.Style...)
		}
		sum := sha256.Sum256(data)
		a := asset{"/static/" + hex.EncodeToString(sum[:8]) + "-" + name, kind, data}
		d.static[name] = a
	}
	var err error
	d.pages, err = template.New("").Funcs(template.FuncMap{"asset": func(name string) string { return d.static[name].name }}).ParseFS(files, "pages/*.html")
	return d, err
}

// Close ends what goes on while nobody waits. What is cut short goes on when
// somebody asks for it again.
func (d *Desk) Close() {
	d.end()
	d.work.Wait()
	d.provider.mu.Lock()
	defer d.provider.mu.Unlock()
	if err := d.provider.close(); err != nil && d.o.Log != nil {
		d.o.Log.Error("desk for reports", "error", err)
	}
}

// Link lets a person in once, by the path that it returns. They are trusted with
// everything, but where it takes two people to approve a letter: then they have
// to be somebody who may sign in, and are trusted with what that one is.
func (d *Desk) Link(person string) (path string) {
	token := rand.Text()
	d.mu.Lock()
	defer d.mu.Unlock()
	d.links[hashed(token)] = person
	return "/enter?key=" + token
}

func hashed(token string) string {
	sum := sha256.Sum256([]byte(token))
	return string(sum[:])
}

// use ends a link and says whom it lets in.
func (d *Desk) use(token string) (person string, ok bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	h := hashed(token)
	for known, who := range d.links {
		if subtle.ConstantTimeCompare([]byte(known), []byte(h)) == 1 {
			delete(d.links, known)
			return who, true
		}
	}
	return "", false
}

// A page answers a request of somebody who may see it, or says why not.
type page func(w http.ResponseWriter, r *http.Request, f *frame) error

// Handler returns all pages behind their guard.
func (d *Desk) Handler() http.Handler {
	mux := http.NewServeMux()
	for pattern, to := range allRoutes(d) {
		mux.Handle(pattern, d.known(to))
	}
	mux.Handle("POST /sign-in", d.sessions.LoadAndSave(http.HandlerFunc(d.signIn)))
	mux.HandleFunc("GET /sign-in/elsewhere", d.signInElsewhere)
	mux.Handle("GET /sign-in/back", d.sessions.LoadAndSave(http.HandlerFunc(d.back)))
	mux.HandleFunc("GET /static/{name}", d.serveStatic)
	mux.HandleFunc("GET /favicon.ico", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) })
	mux.Handle("GET /enter", d.sessions.LoadAndSave(http.HandlerFunc(d.enter)))
	mux.Handle(api.Prefix, api.New(d.c, d.door, d.o.Log).Handler())
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) { d.fail(w, r, errNoPage) })
	return guard.Wrap(mux, guard.Options{Hosts: d.o.Hosts, TLS: d.o.TLS, Log: d.o.Log})
}

// A route is a page, and what somebody must be trusted with to see it.
type route struct {
	act people.Act
	page
}

// with makes a page of a function that takes the desk.
func with(d *Desk, p func(*Desk, http.ResponseWriter, *http.Request, *frame) error) page {
	return func(w http.ResponseWriter, r *http.Request, f *frame) error { return p(d, w, r, f) }
}

// routes are the pages for people who are known. What each takes is here alone.
func (d *Desk) routes() map[string]route {
	return map[string]route{
		"GET /{$}":                         {people.ToRead, d.home},
		"GET /progress":                    {people.ToRead, d.progress},
		"POST /stop":                       {people.ToStop, d.stop},
		"POST /resume":                     {people.ToResume, d.resume},
		"POST /stage":                      {people.ToResume, d.confirmStage},
		"GET /letters":                     {people.ToRead, d.letters},
		"GET /letters/{id}":                {people.ToRead, d.letter},
		"POST /letters/{id}/approve":       {people.ToApprove, d.decide("approve")},
		"POST /letters/{id}/reopen":        {people.ToApprove, d.decide("reopen")},
		"POST /letters/{id}/release":       {people.ToApprove, d.decide("release")},
		"POST /letters/{id}/hold":          {people.ToHold, d.decide("hold")},
		"GET /letters/{id}/html/{n}":       {people.ToRead, with(d, htmlPart)},
		"GET /letters/{id}/page.pdf":       {people.ToRead, with(d, printedPage)},
		"GET /letters/{id}/mail.eml":       {people.ToRead, with(d, mailFile)},
		"GET /letters/{id}/attachment/{n}": {people.ToRead, with(d, attachmentFile)},
		"GET /batches":                     {people.ToRead, with(d, batchList)},
		"POST /batches":                    {people.ToApprove, with(d, newBatch)},
		"GET /batches/{batch}":             {people.ToRead, with(d, batchAt)},
		"GET /batches/{batch}/read/{n}":    {people.ToRead, with(d, readOne)},
		"POST /batches/{batch}/read/{n}":   {people.ToApprove, with(d, judgeOne)},
		"POST /batches/{batch}/approve":    {people.ToApprove, with(d, approveBatch)},
		"GET /unwritten":                   {people.ToRead, with(d, unwritten)},
		"GET /inbox":                       {people.ToRead, with(d, waiting)},
		"POST /inbox":                      {people.ToSettle, with(d, settle)},
		"GET /answers":                     {people.ToRead, with(d, listAnswers)},
		"POST /answers":                    {people.ToSettle, with(d, rule)},
		"GET /suppressions":                {people.ToRead, with(d, suppressed)},
		"POST /suppressions":               {people.ToRefuse, with(d, suppress)},
		"POST /suppressions/end":           {people.ToAllow, with(d, allow)},
		"GET /people":                      {people.ToRead, with(d, listPeople)},
		"POST /people/end":                 {people.ToRead, with(d, endSession)}, // one's own, unless people.ToAdmit
		"POST /password":                   {people.ToRead, with(d, changePassword)},
		"GET /code":                        {people.ToRead, with(d, showCode)},
		"POST /code":                       {people.ToRead, with(d, offerCode)},
		"POST /code/confirm":               {people.ToRead, with(d, setCode)},
		"POST /prove":                      {people.ToRead, with(d, prove)},
		"GET /keys":                        {people.ToRead, d.keysPage},
		"POST /keys":                       {people.ToRead, d.switchKeys},
		"POST /language":                   {people.ToRead, d.speak},
		"POST /leave":                      {people.ToRead, d.leave},
	}
}

// known lets in who is signed in, and may do what the route is for.
func (d *Desk) known(to route) http.Handler {
	return d.sessions.LoadAndSave(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		err := fromProxy(d, r)
		var f *frame
		if err == nil {
			f, err = d.frame(r)
		}
		switch {
		case err != nil:
		case f.Person == "":
			err = errStranger
		case !f.Roles.May(to.act):
			err = errRole
		default:
			if err = unproved(d, r, f, to.act); err == nil {
				err = to.page(w, r, f)
			}
			if errors.Is(err, errProof) {
				err = askCode(d, w, r, f, r.URL.RequestURI())
			}
		}
		if err != nil {
			d.fail(w, r, err)
		}
	}))
}

// enter signs in who comes by a link that was not used.
func (d *Desk) enter(w http.ResponseWriter, r *http.Request) {
	person, ok := d.use(r.URL.Query().Get("key"))
	if !ok {
		d.fail(w, r, errUsed)
		return
	}
	if err := d.begin(r, person, campaign.Approvers(d.c) < 2, ""); err != nil { // of two, each is known
		d.fail(w, r, err)
		return
	}
	http.Redirect(w, r, "/", http.StatusSeeOther)
}

// leave ends the session.
func (d *Desk) leave(w http.ResponseWriter, r *http.Request, f *frame) error {
	if err := d.sessions.Destroy(r.Context()); err != nil {
		return err
	}
	f.Person = ""
	return d.show(w, http.StatusOK, "left", f)
}

func (d *Desk) serveStatic(w http.ResponseWriter, r *http.Request) {
	for _, a := range d.static {
		if a.name == r.URL.Path {
			w.Header().Set("Content-Type", a.kind)
			w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
			w.Write(a.data)
			return
		}
	}
	d.fail(w, r, errNoPage)
}

// A trouble is an error with a page of its own. Its text is a key of words.
type trouble struct {
	status int
	say    string
}

func (t trouble) Error() string { return t.say }

var (
	errNoPage = trouble{http.StatusNotFound, "error.page"}
	errRole   = trouble{http.StatusForbidden, "error.role"}
	errUsed   = trouble{http.StatusForbidden, "error.used"}
	errForm   = trouble{http.StatusBadRequest, "error.form"}
)

// errStranger is answered with the form that asks who somebody is.
var errStranger = errors.New("nobody is signed in")

// fail answers with what went wrong. What is inside stays inside.
func (d *Desk) fail(w http.ResponseWriter, r *http.Request, err error) {
	var t trouble
	var large *http.MaxBytesError
	switch {
	case errors.Is(err, errStranger):
		d.askWho(w, r, &frame{Catalog: spoken(r)}, http.StatusUnauthorized)
		return
	case errors.As(err, &t):
	case errors.As(err, &large):
		t = trouble{http.StatusRequestEntityTooLarge, "error.large"}
	case errors.Is(err, ledger.ErrNotFound):
		t = trouble{http.StatusNotFound, "error.letter"}
	case r.Context().Err() != nil:
		return // nobody is there to read it
	default:
		t = trouble{http.StatusInternalServerError, "error.inside"}
		if d.o.Log != nil {
			d.o.Log.Error("page", "path", r.URL.Path, "error", err)
		}
	}
	f := &frame{Catalog: spoken(r), Title: fmt.Sprint(t.status)}
	d.show(w, t.status, "error", &errorPage{f, t.say})
}

type errorPage struct {
	*frame
	Say string
}

// languageCookie holds the language that somebody chose, for pages that nobody
// has signed in to.
const languageCookie = "headsup-language"

// spoken is the language that somebody chose, or that their browser asks for.
func spoken(r *http.Request) *words.Catalog {
	if cookie, err := r.Cookie(languageCookie); err == nil {
		if c := words.Find(cookie.Value); c != nil {
			return c
		}
	}
	return words.Accepted(r.Header.Get("Accept-Language"))
}
