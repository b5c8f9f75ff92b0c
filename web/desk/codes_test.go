package desk

import (
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"headsup/campaign/campaigntest"
	"headsup/campaign/people"
	"headsup/letter"
)

var shown = regexp.MustCompile(`<code>([A-Z2-7]{4}(?: [A-Z2-7]{1,4})+)</code>`)

// codesOf sets one-time codes up for somebody, and returns what makes them.
func (v *visitor) codesOf(t *testing.T, password string) (secret string) {
	t.Helper()
	v.post("/code", "password", "wrong").has(t, http.StatusUnprocessableEntity, "The present password is another one", `aria-invalid="true"`)
	offer := v.post("/code", "password", password)
	offer.has(t, http.StatusOK, `<svg class="square"`)
	m := shown.FindStringSubmatch(offer.body)
	if m == nil {
		t.Fatalf("no secret in\n%s", offer.body)
	}
	secret = strings.ReplaceAll(m[1], " ", "")
	v.post("/code/confirm", "code", "12345").has(t, http.StatusUnprocessableEntity, "not the code of now", `aria-invalid="true"`, m[1])
	v.post("/code/confirm", "code", codeAt(t, secret, -1)).has(t, http.StatusOK, "Keep these recovery codes")
	v.post("/code/confirm", "code", codeAt(t, secret, 0)).has(t, http.StatusBadRequest)
	return secret
}

// codeAt is the code of so many steps from now.
func codeAt(t *testing.T, secret string, steps int) string {
	t.Helper()
	code, err := totp.GenerateCode(secret, time.Now().Add(time.Duration(steps)*30*time.Second))
	campaigntest.Must(t, err)
	return code
}

func TestApprovingTakesAOneTimeCode(t *testing.T) {
	dir := campaigntest.Approved(t)
	campaigntest.Edit(t, dir, "[campaign]", "[desk]\ncodes = true\n[campaign]")
	c := campaigntest.Open(t, dir, nil)
	d, base := serve(t, c)
	password, err := d.door.Admit(t.Context(), "anna", people.Roles{people.Approve}, "tester")
	campaigntest.Must(t, err)
	root, anna, at := enter(t, d, base, "root"), visit(t, base), "/letters/"+campaigntest.Letter
	root.post(at+"/reopen").has(t, http.StatusOK) // who comes by a link of this machine is asked for nothing
	anna.post("/sign-in", "name", "anna", "password", password).has(t, http.StatusOK)
	hash := anna.get(at).hash(t)

	anna.post(at+"/approve", "hash", hash).has(t, http.StatusUnauthorized, "you have none set up", `href="/code"`)
	anna.post("/stop", "reason", "a brake asks for nothing").has(t, http.StatusOK, "Sending is stopped")
	secret := anna.codesOf(t, password)
	asked := anna.post(at+"/approve?state=drafted", "hash", hash)
	asked.has(t, http.StatusUnauthorized, `name="hash" value="`+hash+`"`, `name="one-time-code"`)
	form := "/prove?to=" + "%2Fletters%2F" + campaigntest.Letter + "%2Fapprove"
	anna.post(form, "hash", hash, proofField, "000").has(t, http.StatusUnauthorized, "not the code of now", `name="hash" value="`+hash+`"`)
	anna.post(form, "hash", hash, proofField, codeAt(t, secret, -1)).has(t, http.StatusUnauthorized, "used before")
	if s := stateOf(t, c, campaigntest.Letter); s != letter.Drafted {
		t.Fatalf("without a code it is %s", s)
	}
	code := codeAt(t, secret, 0)
	anna.post(form, "hash", hash, proofField, code).has(t, http.StatusOK, campaigntest.Letter+" is approved")
	anna.post(at+"/reopen").has(t, http.StatusOK, "taken back") // it counts for a while

	thief := visit(t, base) // has the password, and has seen the code
	thief.post("/sign-in", "name", "anna", "password", password).has(t, http.StatusOK)
	thief.post(form, "hash", hash, proofField, code).has(t, http.StatusUnauthorized, "used before")
	thief.post("/code", "password", password).has(t, http.StatusUnauthorized, "Show that it is you")
	for range 5 {
		thief.post(form, "hash", hash, proofField, "000000")
	}
	thief.post(form, "hash", hash, proofField, codeAt(t, secret, 1)).has(t, http.StatusUnauthorized, "Too many codes were wrong")
	if s := stateOf(t, c, campaigntest.Letter); s != letter.Drafted {
		t.Errorf("a thief made it %s", s)
	}
	anna.post("/prove?to=//evil.example/", proofField, "x").has(t, http.StatusUnauthorized, `action="/prove?to=%2F"`)
}
