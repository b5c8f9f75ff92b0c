package desk

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	"headsup/campaign/campaigntest"
	"headsup/campaign/people"
)

// bound is a desk with a house's sign-in, where anna may sign in.
func bound(t *testing.T) (h *house, d *Desk, base string) {
	t.Helper()
	h = newHouse(t)
	dir := campaigntest.Approved(t)
	campaigntest.Edit(t, dir, "[campaign]", fmt.Sprintf("[desk.oidc]\nissuer = %q\nclient_id = \"headsup\"\n[campaign]", h.URL))
	d, base = serve(t, campaigntest.Open(t, dir, nil))
	_, err := d.door.Admit(t.Context(), "anna", people.Roles{people.Approve}, "tester")
	campaigntest.Must(t, err)
	return h, d, base
}

func TestTheHousesSignInKnowsWhoIsBound(t *testing.T) {
	h, d, base := bound(t)
	visit(t, base).get("/letters").has(t, 401, `href="/sign-in/elsewhere?to=%2fletters"`)
	stranger := visit(t, base)
	stranger.get("/sign-in/elsewhere?to=/letters").has(t, 401, "knows you as "+h.URL+" s-1", "users bind")
	stranger.get("/letters").has(t, 401)
	campaigntest.Must(t, d.door.Bind(t.Context(), "anna", h.URL+" s-1"))
	if a := visit(t, base).get("/sign-in/elsewhere?to=/letters"); a.status != 200 || a.url.Path != "/letters" || !strings.Contains(a.body, "anna") {
		t.Fatalf("%d at %v\n%s", a.status, a.url, a.body)
	}
	if a := visit(t, base).get("/sign-in/elsewhere?to=//evil.example"); a.url.Path != "/" || a.status != 200 {
		t.Errorf("sent to %v", a.url)
	}
	for name, change := range map[string]func(){
		"another nonce":    func() { h.nonce = "x" },
		"another audience": func() { h.audience = "x" },
		"another subject":  func() { h.subject = "s-2" },
	} {
		h.nonce, h.audience, h.subject = "", "", "s-1"
		change()
		v := visit(t, base)
		v.get("/sign-in/elsewhere")
		if a := v.get("/letters"); a.status != 401 {
			t.Errorf("%s lets in: %d", name, a.status)
		}
	}
	h.nonce, h.audience, h.subject = "", "", "s-1"
	campaigntest.Must(t, d.door.Dismiss(t.Context(), "anna", "tester"))
	visit(t, base).get("/sign-in/elsewhere").has(t, 401)
}

// stopsAtBack makes a visitor not follow the way back from the house's sign-in,
// and returns where it leads.
func (v *visitor) stopsAtBack() string {
	v.t.Helper()
	v.client.CheckRedirect = func(r *http.Request, _ []*http.Request) error {
		if r.URL.Path == "/sign-in/back" {
			return http.ErrUseLastResponse
		}
		return nil
	}
	r, err := v.client.Get(v.base + "/sign-in/elsewhere")
	campaigntest.Must(v.t, err)
	campaigntest.Must(v.t, r.Body.Close())
	v.client.CheckRedirect = nil
	return strings.TrimPrefix(r.Header.Get("Location"), v.base)
}

func TestAWayBackLeadsOneBrowserInOnce(t *testing.T) {
	h, d, base := bound(t)
	campaigntest.Must(t, d.door.Bind(t.Context(), "anna", h.URL+" s-1"))
	thief, victim := visit(t, base), visit(t, base)
	back := thief.stopsAtBack()
	victim.get(back).has(t, 401, "did not say who you are") // would be led into the thief's account
	thief.get(back).has(t, 401)                             // and it is used up
	anna := visit(t, base)
	back = anna.stopsAtBack()
	cookies := anna.client.Jar.Cookies(must(http.NewRequest("GET", base+"/sign-in/back", nil)).URL)
	anna.get(back).has(t, 200, "anna")
	anna.post("/leave").has(t, 200)
	again := visit(t, base)
	again.client.Jar.SetCookies(must(http.NewRequest("GET", base+"/sign-in/back", nil)).URL, cookies)
	again.get(back).has(t, 401, "did not say who you are") // with cookie and code of a browser's history
	for _, q := range []string{"", "?state=&code=", "?state=" + strings.Repeat("A", 26) + "&code=x", "?error=access_denied"} {
		visit(t, base).get("/sign-in/back"+q).has(t, 401)
	}
}

func must(r *http.Request, err error) *http.Request {
	if err != nil {
		panic(err)
	}
	return r
}

func TestAProxyIsBelievedAtItsSocketAlone(t *testing.T) {
	dir := campaigntest.Approved(t)
	campaigntest.Edit(t, dir, "[campaign]", "[desk]\nheader = \"X-Remote-User\"\n[campaign]")
	d, base := serve(t, campaigntest.Open(t, dir, nil))
	_, err := d.door.Admit(t.Context(), "anna", people.Roles{people.Read}, "tester")
	campaigntest.Must(t, err)
	socket := filepath.Join(t.TempDir(), "s")
	l, err := net.Listen("unix", socket)
	campaigntest.Must(t, err)
	s := &http.Server{Handler: d.Handler()}
	go s.Serve(l)
	t.Cleanup(func() { s.Close() })
	ask := func(v *visitor, names ...string) answer {
		r, err := http.NewRequest("GET", v.base+"/letters", nil)
		campaigntest.Must(t, err)
		r.Header["X-Remote-User"] = names
		got, err := v.client.Do(r)
		return v.read(got, err)
	}
	proxied := visit(t, base)
	proxied.client.Transport = &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "unix", socket)
	}}
	ask(visit(t, base), "anna").has(t, 401, "Sign in") // a visitor says so
	for name, names := range map[string][]string{"nobody any more": nil, "an empty name": {""}, "two names": {"anna", "anna"}, "somebody unknown": {"root"}} {
		ask(proxied, "anna").has(t, 200, "anna")
		if a := ask(proxied, names...); a.status != 401 {
			t.Errorf("%s: %d", name, a.status)
		}
	}
	ask(proxied, "Anna ").has(t, 200)
	stolen := visit(t, base) // the session of the socket, at the other listener
	stolen.client.Jar = proxied.client.Jar
	ask(stolen, "anna").has(t, 401)
}
