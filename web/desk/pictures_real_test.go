package desk

import (
	"fmt"
	"image"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"headsup/campaign"
	"headsup/campaign/campaigntest"
	"headsup/ledger"
	"headsup/wire/pagetest"
)

// A shot is a picture of a page of the desk in docs/desk.
type shot struct {
	name, page    string
	language      string
	dark          bool
	width, height int
}

// HEADSUP_PICTURES=1 takes the pictures of docs/desk.md again: a campaign of 240
// letters, of which one is held, and a batch that is being read.
func TestPicturesOfTheDesk(t *testing.T) {
	if os.Getenv("HEADSUP_PICTURES") != "1" {
		t.Skip("takes the pictures of docs/desk.md: HEADSUP_PICTURES=1")
	}
	c := shaped(t, 240)
	d, base := serve(t, c)
	v := enter(t, d, base, "anna")
	all := ids(t, c)
	v.post("/letters/"+all[3]+"/hold", "reason", "ask the lawyer").has(t, 200)
	r := &pacedReader{visitor: v}
	batch := r.makeBatch()
	for n := 1; n <= 30; n++ {
		read, _, err := campaign.ToRead(t.Context(), c, batch, n)
		campaigntest.Must(t, err)
		if read.Kind == ledger.ReadShape {
			v.post(fmt.Sprintf("%s/read/%d", batchPath(batch), n), "verdict", "right").has(t, 200)
		}
	}
	v.get("/report")
	v.get("/experiment")
	d.work.Wait()
	letter, at := "letters/"+all[1], fmt.Sprint("batches/", batch)
	var shots []shot
	for _, p := range [][2]string{{"home", ""}, {"letters", "letters"}, {"letter", letter}, {"batches", "batches"}, {"batch", at}, {"read", at + "/read/31"}, {"unwritten", "unwritten"},
		{"inbox", "inbox"}, {"answers", "answers"}, {"switchboard", "switchboard?post:q=" + all[1]}, {"lookups", "lookups"}, {"contacts", "contacts"}, {"suppressions", "suppressions"},
		{"report", "report"}, {"post", "post"}, {"experiment", "experiment"}, {"people", "people"}, {"keys", "keys"}} {
		shots = append(shots, shot{name: p[0], page: p[1], language: "en", width: 1280, height: 900})
	}
	shots = append(shots, shot{"home-phone", "", "en", false, 360, 780}, shot{"letter-phone", letter, "en", false, 360, 780},
		shot{"letters-dark", "letters", "en", true, 1280, 900}, shot{"home-arabic", "", "ar", false, 1280, 900}, shot{"read-arabic-dark", at + "/read/31", "ar", true, 1280, 900})
	for _, s := range shots {
		own, err := url.Parse(base)
		campaigntest.Must(t, err)
		v.client.Jar.SetCookies(own, []*http.Cookie{{Name: languageCookie, Value: s.language}})
		pagetest.Keep(t, filepath.Join("../../docs/desk", s.name+".png"), s.name, func() image.Image {
			return pagetest.Picture(t, "chromium", s.dark, without(signedInAs(t, d, v), c.Folder()+"/"), s.page, s.width, s.height)
		})
	}
}

// without leaves a text out of what a handler answers, such as where a test has its
// files.
func without(h http.Handler, text string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.Header.Del("Accept-Encoding")
		got := httptest.NewRecorder()
		h.ServeHTTP(got, r)
		maps.Copy(w.Header(), got.Header())
		w.Header().Del("Content-Length")
		w.WriteHeader(got.Code)
		io.WriteString(w, strings.ReplaceAll(got.Body.String(), text, ""))
	})
}
