package desk

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"headsup/campaign"
	"headsup/ledger"
	"headsup/web/guard"
)

// inVia holds by what somebody has signed in who did not do it here.
const (
	inVia    = "via"
	viaProxy = "proxy"
	viaOIDC  = "oidc"
)

// fromProxy makes the session of whom the reverse proxy names, and ends it when
// the proxy names nobody, or another. The field is believed of what comes by a
// unix socket, and there only if it stands once: a second one may be a visitor's own.
func fromProxy(d *Desk, r *http.Request) error {
	ctx, said := r.Context(), ""
	if header := campaign.Within(d.c).Settings.Desk.Header; header != "" && guard.BySocket(r) {
		if names := r.Header.Values(header); len(names) == 1 {
			said = strings.ToLower(strings.TrimSpace(names[0]))
		}
	}
	byProxy := d.sessions.GetString(ctx, inVia) == viaProxy
	switch {
	case byProxy && said == d.sessions.GetString(ctx, inPerson):
		return nil
	case said == "" && byProxy:
		return d.sessions.Clear(ctx)
	case said == "":
		return nil
	}
	if err := d.sessions.Clear(ctx); err != nil {
		return err
	}
	p, err := d.door.Known(ctx, said)
	if errors.Is(err, ledger.ErrNobody) {
		return nil
	}
	if err != nil {
		return err
	}
	return d.begin(r, p.Name, false, viaProxy)
}

// How long somebody may take at the house's sign-in, and how many may be there.
const (
	awayTime = 10 * time.Minute
	maxAway  = 1000
)

// away is somebody who was sent to the house's sign-in, and has to come back
// with what was sent along, once, in the same browser.
type away struct {
	browser, nonce, verifier, to string
	since                        time.Time
}

// An issuer is the house's sign-in. It is asked what it can do when somebody
// first signs in there.
type issuer struct {
	mu       sync.Mutex
	provider *oidc.Provider
	away     map[string]away // by state
}

// awayCookie ties who comes back to the browser that was sent.
const awayCookie = "headsup-away"

// houseOf returns how to sign in at the house's issuer, or errNoPage where there is none.
func houseOf(d *Desk, ctx context.Context) (*oidc.Provider, oauth2.Config, error) {
	s := campaign.Within(d.c).Settings
	o := s.Desk.OIDC
	if o == nil || len(d.o.Hosts) == 0 {
		return nil, oauth2.Config{}, errNoPage
	}
	secret, err := o.ClientSecret(s)
	if err != nil {
		return nil, oauth2.Config{}, err
	}
	d.issuer.mu.Lock()
	defer d.issuer.mu.Unlock()
	if d.issuer.provider == nil {
		lasting := oidc.ClientContext(context.WithoutCancel(ctx), &http.Client{Timeout: 10 * time.Second})
		if d.issuer.provider, err = oidc.NewProvider(lasting, o.Issuer); err != nil {
			return nil, oauth2.Config{}, err
		}
	}
	scheme := "http"
	if d.o.TLS {
		scheme = "https"
	}
	return d.issuer.provider, oauth2.Config{
		ClientID:     o.ClientID,
		ClientSecret: secret,
		Endpoint:     d.issuer.provider.Endpoint(),
		RedirectURL:  scheme + "://" + d.o.Hosts[0] + "/sign-in/back",
		Scopes:       []string{oidc.ScopeOpenID},
	}, nil
}

// signInElsewhere sends somebody to the house's sign-in.
func (d *Desk) signInElsewhere(w http.ResponseWriter, r *http.Request) {
	_, config, err := houseOf(d, r.Context())
	if err != nil {
		d.fail(w, r, err)
		return
	}
	state, browser := rand.Text(), rand.Text()
	a := away{browser: hashed(browser), nonce: rand.Text(), verifier: oauth2.GenerateVerifier(), to: local(r.URL.Query().Get("to")), since: time.Now()}
	d.issuer.mu.Lock()
	for s, old := range d.issuer.away {
		if time.Since(old.since) > awayTime {
			delete(d.issuer.away, s)
		}
	}
	full := len(d.issuer.away) >= maxAway
	if !full {
		d.issuer.away[state] = a
	}
	d.issuer.mu.Unlock()
	if full {
		d.fail(w, r, trouble{http.StatusServiceUnavailable, "error.away"})
		return
	}
	http.SetCookie(w, &http.Cookie{Name: awayCookie, Value: browser, Path: "/sign-in", MaxAge: int(awayTime / time.Second), HttpOnly: true, Secure: d.o.TLS, SameSite: http.SameSiteLaxMode})
	http.Redirect(w, r, config.AuthCodeURL(state, oidc.Nonce(a.nonce), oauth2.S256ChallengeOption(a.verifier)), http.StatusSeeOther)
}

// back takes who comes from the house's sign-in. What was sent along counts once.
func (d *Desk) back(w http.ResponseWriter, r *http.Request) {
	http.SetCookie(w, &http.Cookie{Name: awayCookie, Path: "/sign-in", MaxAge: -1, HttpOnly: true, Secure: d.o.TLS, SameSite: http.SameSiteLaxMode})
	subject, to, err := cameBack(d, r)
	if err != nil {
		var t trouble
		if !errors.As(err, &t) && d.o.Log != nil {
			d.o.Log.Warn("sign-in elsewhere", "error", err)
		}
		f := &frame{Catalog: spoken(r), Fault: spoken(r).T("signin.elsewhere.wrong")}
		d.askWho(w, r, f, http.StatusUnauthorized)
		return
	}
	p, err := d.door.BySubject(r.Context(), subject)
	if errors.Is(err, ledger.ErrNobody) { // whoever runs headsup has to say who that is
		f := &frame{Catalog: spoken(r), Fault: spoken(r).T("signin.elsewhere.nobody", "subject", subject)}
		d.askWho(w, r, f, http.StatusUnauthorized)
		return
	}
	if err == nil {
		err = d.begin(r, p.Name, false, viaOIDC)
	}
	if err != nil {
		d.fail(w, r, err)
		return
	}
	http.Redirect(w, r, to, http.StatusSeeOther)
}

// cameBack returns the subject that the issuer vouches for.
func cameBack(d *Desk, r *http.Request) (subject, to string, err error) {
	provider, config, err := houseOf(d, r.Context())
	if err != nil {
		return "", "", err
	}
	q := r.URL.Query()
	d.issuer.mu.Lock()
	a, known := d.issuer.away[q.Get("state")]
	delete(d.issuer.away, q.Get("state"))
	d.issuer.mu.Unlock()
	cookie, err := r.Cookie(awayCookie)
	if !known || err != nil || time.Since(a.since) > awayTime || subtle.ConstantTimeCompare([]byte(a.browser), []byte(hashed(cookie.Value))) != 1 {
		return "", "", errForm
	}
	ctx := oidc.ClientContext(r.Context(), &http.Client{Timeout: 10 * time.Second})
	token, err := config.Exchange(ctx, q.Get("code"), oauth2.VerifierOption(a.verifier))
	if err != nil {
		return "", "", err
	}
	raw, _ := token.Extra("id_token").(string)
	id, err := provider.Verifier(&oidc.Config{ClientID: config.ClientID}).Verify(ctx, raw)
	if err != nil {
		return "", "", err
	}
	if subtle.ConstantTimeCompare([]byte(id.Nonce), []byte(a.nonce)) != 1 {
		return "", "", fmt.Errorf("the token of %q is an answer to another question", id.Subject)
	}
	return id.Issuer + " " + id.Subject, a.to, nil
}
