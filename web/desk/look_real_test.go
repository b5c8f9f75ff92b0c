package desk

import (
	"fmt"
	"net/http"
	"net/url"
	"os"
	"strings"
	"testing"

	"headsup/campaign/campaigntest"
	"headsup/wire/pagetest"
)

// On a phone and on a wide screen, in light and in dark, axe has nothing to say
// of any page of the desk, and none is wider than its window.
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
	pages := []string{"", "letters", "letters?state=held", "letters/" + id, "batches", batch, batch + "/read/1", "unwritten", "inbox", "answers", "suppressions", "people", "keys", "nothing"}
	own, err := url.Parse(base)
	campaigntest.Must(t, err)
	cookies := v.client.Jar.Cookies(own)
	signedIn := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.Host = own.Host
		for _, cookie := range cookies {
			r.AddCookie(cookie)
		}
		d.Handler().ServeHTTP(w, r)
	})
	for _, dark := range []bool{false, true} {
		looks := pagetest.LookAt(t, "chromium", dark, signedIn, pages, 360, 1280)
		if len(looks) != 2*len(pages) {
			t.Fatalf("looked at %d pages, want %d", len(looks), 2*len(pages))
		}
		for _, l := range looks {
			if len(l.Violations) > 0 || l.Wide > 0 || l.Dark != dark {
				t.Errorf("/%s at %d, dark %v: %d pixels too wide; %s", l.Name, l.Width, l.Dark, l.Wide, strings.Join(l.Violations, "\n"))
			}
		}
	}
}
