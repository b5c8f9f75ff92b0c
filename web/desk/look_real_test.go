package desk

import (
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strings"
	"testing"

	"headsup/campaign/campaigntest"
	"headsup/wire/pagetest"
)

// signedInAs serves the desk to whoever comes as a visitor who is signed in. A
// page behind "post:" is what a form came to.
func signedInAs(t *testing.T, d *Desk, v *visitor) http.Handler {
	t.Helper()
	own, err := url.Parse(v.base)
	campaigntest.Must(t, err)
	cookies := v.client.Jar.Cookies(own)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.Host = own.Host
		for _, cookie := range cookies {
			r.AddCookie(cookie)
		}
		if form, ok := strings.CutPrefix(r.URL.RawQuery, "post:"); ok {
			r.Method, r.Body = http.MethodPost, io.NopCloser(strings.NewReader(form))
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			r.Header.Set("Sec-Fetch-Site", "same-origin")
		}
		d.Handler().ServeHTTP(w, r)
	})
}

// likes has Chromium and axe look at pages, on a phone and on a wide screen, in
// light and in dark.
func likes(t *testing.T, d *Desk, v *visitor, pages ...string) {
	t.Helper()
	signedIn := signedInAs(t, d, v)
	for _, dark := range []bool{false, true} {
		looks := pagetest.LookAt(t, "chromium", dark, signedIn, pages, 360, 1280)
		if len(looks) != 2*len(pages) {
			t.Fatalf("looked at %d pages, want %d: %+v", len(looks), 2*len(pages), looks)
		}
		for _, l := range looks {
			if len(l.Violations) > 0 || l.Wide > 0 || l.Dark != dark {
				t.Errorf("/%s at %d, dark %v: %d pixels too wide; %s", l.Name, l.Width, l.Dark, l.Wide, strings.Join(l.Violations, "\n"))
			}
		}
	}
}

// Axe has nothing to say of any page of the desk, and none is wider than its window.
func TestChromiumAndAxeLikeTheDesk(t *testing.T) {
	if os.Getenv("HEADSUP_REAL") != "1" {
		t.Skip("takes chromium: HEADSUP_REAL=1")
	}
	c := drafted(t, 30)
	d, base := serve(t, c)
	v := enter(t, d, base, "anna")
	id := ids(t, c)[0]
	v.post("/letters/"+id+"/hold", "reason", "a long look")
	v.post("/stop", "reason", "tried")
	v.post("/suppressions", "value", "198.51.100.200", "reason", "asked")
	batch := fmt.Sprint("batches/", number(t, v.post("/batches")))
	v.get("/report")
	v.get("/experiment")
	d.work.Wait()
	likes(t, d, v, "", "letters", "letters?state=held", "letters/"+id, "batches", batch, batch+"/read/1", "unwritten", "inbox", "answers", "suppressions", "people", "keys",
		"nothing", "switchboard", "switchboard?post:q="+id, "switchboard?post:q=198.51.100.0/24", "switchboard?post:q=+", "lookups", "contacts", "report", "post",
		"post?post:lines=x&fate=returned&on=2026-01-01", "experiment", "experiment?base=x")
}

func TestChromiumAndAxeLikeTheDeskOfAProvider(t *testing.T) {
	if os.Getenv("HEADSUP_REAL") != "1" {
		t.Skip("takes chromium: HEADSUP_REAL=1")
	}
	c, reports := reported(t, [2]string{"SSH brute force", attack("198.51.100.7")}, [2]string{"Something", "Look at 198.51.100.8 " + hostile + "\n"},
		[2]string{"CSAM report", "Child sexual abuse material is hosted at 198.51.100.7\n"})
	d, base := serve(t, c)
	v := enter(t, d, base, "anna")
	v.post("/cases/"+reports[1]+"/teach", "label", "Look", "means", "address").has(t, 200)
	likes(t, d, v, "cases", "cases?place=person&due=1", "cases/"+reports[0], "cases/"+reports[1], "cases/"+reports[1]+"?post:do=is&addr=x", "apart", "customers")
}
