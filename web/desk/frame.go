package desk

import (
	"bytes"
	"html/template"
	"net/http"
	"net/url"
	"strings"
	"time"

	"headsup/campaign"
	"headsup/campaign/people"
	"headsup/letter"
	"headsup/web/words"
)

// A frame is what all pages have.
type frame struct {
	*words.Catalog
	Title    string
	Person   string // who reads it; empty: nobody knows
	Roles    people.Roles
	Coded    bool // they have one-time codes
	Campaign string
	Here     string // the path
	Keys     bool   // single keys do something
	Provider bool   // the campaign forwards reports
	Holding  []letter.Halt
	Did      did
	Fault    string // why a form was not taken
}

// A did is what the last form came to.
type did struct {
	What  string // a key of words below "did."
	About string // a letter, or empty
	Undo  string // what takes it back, or empty
}

// Languages are those that the desk can speak.
func (f *frame) Languages() []*words.Catalog { return words.All() }

// State names a state.
func (f *frame) State(s letter.State) string { return f.T("state." + string(s)) }

// Name says what stands under a key, or the text itself where there is no such key.
func (f *frame) Name(group, value string) string {
	if key := group + "." + value; f.Has(key) {
		return f.T(key)
	}
	return value
}

// frame reads who asks for a page.
func (d *Desk) frame(r *http.Request) (f *frame, err error) {
	f = &frame{Catalog: spoken(r), Here: r.URL.Path, Campaign: d.c.ID(), Keys: true, Provider: campaign.Within(d.c).Settings.IsProvider()}
	p, err := d.who(r)
	f.Person, f.Roles, f.Coded = p.Name, p.Roles, p.Coded
	if c := words.Find(p.Language); c != nil {
		f.Catalog = c
	}
	if cookie, err := r.Cookie("headsup-keys"); err == nil {
		f.Keys = cookie.Value != "off"
	}
	return f, err
}

// show writes a page, once it is whole.
func (d *Desk) show(w http.ResponseWriter, status int, name string, data any) error {
	var b bytes.Buffer
	if err := d.pages.ExecuteTemplate(&b, name+".html", data); err != nil {
		return err
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_, err := w.Write(b.Bytes())
	return err
}

// full adds what a page shows above its own: whether sending is stopped.
func (d *Desk) full(r *http.Request, f *frame, title string) (err error) {
	f.Title = title
	f.Holding, err = campaign.Holding(r.Context(), d.c)
	return err
}

// KeyList are the single keys, and what each does.
func (f *frame) KeyList() []struct{ Key, Say string } {
	return []struct{ Key, Say string }{{"j", "key.j"}, {"k", "key.k"}, {"a", "key.a"}, {"h", "key.h"}, {"u", "key.u"}, {"/", "key.slash"}, {"?", "key.help"}}
}

func (d *Desk) keysPage(w http.ResponseWriter, r *http.Request, f *frame) error {
	if err := d.full(r, f, f.T("keys.title")); err != nil {
		return err
	}
	return d.show(w, http.StatusOK, "keys", f)
}

func (d *Desk) switchKeys(w http.ResponseWriter, r *http.Request, _ *frame) error {
	state := "on"
	if r.PostFormValue("keys") == "off" {
		state = "off"
	}
	d.remember(w, "headsup-keys", state)
	http.Redirect(w, r, "/keys", http.StatusSeeOther)
	return nil
}

// speak changes the language: of a person with a password in every browser, of
// who came by a link in this one.
func (d *Desk) speak(w http.ResponseWriter, r *http.Request, f *frame) error {
	c := words.Find(r.PostFormValue("language"))
	if c == nil {
		return errForm
	}
	if !d.sessions.GetBool(r.Context(), inLocal) {
		if err := d.door.Speak(r.Context(), f.Person, c.Lang); err != nil {
			return err
		}
	}
	d.remember(w, languageCookie, c.Lang)
	http.Redirect(w, r, local(r.PostFormValue("back")), http.StatusSeeOther)
	return nil
}

// remember keeps a choice that is no secret.
func (d *Desk) remember(w http.ResponseWriter, name, value string) {
	http.SetCookie(w, &http.Cookie{Name: name, Value: value, Path: "/", MaxAge: 365 * 24 * 3600, HttpOnly: true, Secure: d.o.TLS, SameSite: http.SameSiteStrictMode})
}

// local returns a path of this desk, or its first page.
func local(path string) string {
	u, err := url.Parse(path)
	if err != nil || u.IsAbs() || u.Host != "" || !strings.HasPrefix(path, "/") || strings.HasPrefix(path, "//") || strings.ContainsAny(path, "\\\r\n") {
		return "/"
	}
	return path
}

// At writes a time for machines.
func (f *frame) At(t time.Time) template.HTML {
	if t.IsZero() {
		return "–"
	}
	return template.HTML(`<time dir="ltr" datetime="` + t.UTC().Format(time.RFC3339) + `">` + f.Time(t) + `</time>`)
}

// Day writes a day for machines.
func (f *frame) Day(t time.Time) template.HTML {
	if t.IsZero() {
		return "–"
	}
	day := t.UTC().Format(time.DateOnly)
	return template.HTML(`<time dir="ltr" datetime="` + day + `">` + day + `</time>`)
}
