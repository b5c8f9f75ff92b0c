package desk

import (
	"errors"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"headsup/campaign/campaigntest"
	"headsup/campaign/people"
)

// tokenText is the text of a token on a page.
var tokenText = regexp.MustCompile(`headsup_[A-Z2-7]{26}`)

func TestATokenIsShownOnceAndEndedByOneClick(t *testing.T) {
	d, base := serve(t, drafted(t, 1))
	passwords := map[string]string{}
	for name, roles := range map[string]people.Roles{"anna": {people.Admin}, "ben": {people.Approve, people.Draft}, "cleo": {people.Read}} {
		password, err := d.door.Admit(t.Context(), name, roles, "tester")
		campaigntest.Must(t, err)
		passwords[name] = password
	}
	in := func(name string) *visitor {
		v := visit(t, base)
		v.post("/sign-in", "name", name, "password", passwords[name]).has(t, 200, name)
		return v
	}
	anna, ben, cleo := in("anna"), in("ben"), in("cleo")
	anna.get("/tokens").has(t, 200, "Nobody has a token", "Give a token")
	ben.post("/tokens", "name", "ben", "days", "9").has(t, http.StatusForbidden)
	for _, wrong := range []struct{ name, days, role, say string }{
		{"ben", "", "approve", "from 1 to 366"},
		{"ben", "367", "approve", "from 1 to 366"},
		{"ben", hostile, "approve", "from 1 to 366"},
		{"nobody", "9", "approve", "Choose somebody who may sign in"},
		{"ben", "9", "send", "Choose roles that the person has"},
		{"ben", "9", hostile, "Choose roles that the person has"},
	} {
		if a := anna.post("/tokens", "name", wrong.name, "days", wrong.days, "role", wrong.role); a.status != 422 || !strings.Contains(a.body, wrong.say) || tokenText.MatchString(a.body) || strings.Contains(a.body, "<script src=//evil") {
			t.Errorf("%+v: %d\n%s", wrong, a.status, a.body)
		}
	}
	made := anna.post("/tokens", "name", "ben", "days", "9", "role", "approve")
	made.has(t, 200, "is shown this once", "never", time.Now().AddDate(0, 0, 9).UTC().Format(time.DateOnly))
	text := tokenText.FindString(made.body)
	if text == "" || tokenText.MatchString(anna.get("/tokens").body) {
		t.Fatalf("the token %q was not shown once", text)
	}
	p, err := d.door.Bearer(t.Context(), text)
	if err != nil || p.Name != "ben" || len(p.Roles) != 1 || p.Roles[0] != people.Approve {
		t.Errorf("%+v %v", p, err)
	}
	if a := ben.get("/tokens"); strings.Contains(a.body, ">never<") || strings.Contains(a.body, "Give a token") {
		t.Errorf("it was used, and ben gives none:\n%s", a.body)
	}
	all, err := d.door.Tokens(t.Context())
	if err != nil || len(all) != 1 || time.Since(all[0].Used) > time.Hour {
		t.Fatalf("%+v %v", all, err)
	}
	cleo.get("/tokens").has(t, 200, "Nobody has a token")
	cleo.post("/tokens/end", "token", all[0].ID).has(t, http.StatusBadRequest)
	ben.post("/tokens/end", "token", "").has(t, http.StatusBadRequest)
	ben.post("/tokens/end", "token", all[0].ID).has(t, 200, "The token has ended", "Nobody has a token")
	if _, err := d.door.Bearer(t.Context(), text); !errors.Is(err, people.ErrToken) {
		t.Errorf("it lives on: %v", err)
	}
	log, err := d.door.Changes(t.Context())
	if err != nil || len(log) != 2 || log[0].By != "anna" || log[0].What != "token for ben" || log[1].By != "ben" {
		t.Errorf("%+v %v", log, err)
	}
}

// Where two people approve, one admin at the desk makes no second person.
func TestTwoAdminsGiveATokenWhereTwoApprove(t *testing.T) {
	dir := campaigntest.Approved(t)
	campaigntest.Edit(t, dir, "[campaign]", "[desk]\ncodes = false\n[campaign]\napprovals = 2")
	d, base := serve(t, campaigntest.Open(t, dir, nil))
	for name, role := range map[string]people.Role{"anna": people.Admin, "ben": people.Admin, "cleo": people.Approve} {
		_, err := d.door.Admit(t.Context(), name, people.Roles{role}, "tester")
		campaigntest.Must(t, err)
	}
	anna, ben := enter(t, d, base, "anna"), enter(t, d, base, "ben")
	give := []string{"name", "cleo", "days", "30"}
	for range 2 { // nobody is two people
		if a := anna.post("/tokens", give...); a.status != http.StatusAccepted || tokenText.MatchString(a.body) || !strings.Contains(a.body, "Another person with the role admin") {
			t.Fatalf("%d\n%s", a.status, a.body)
		}
	}
	if a := ben.post("/tokens", give...); a.status != 200 || !tokenText.MatchString(a.body) {
		t.Fatalf("%d\n%s", a.status, a.body)
	}
	all, err := d.door.Tokens(t.Context())
	campaigntest.Must(t, err)
	anna.post("/tokens/end", "token", all[0].ID).has(t, 200, "The token has ended")
	admin, err := d.door.Token(t.Context(), "ben", nil, time.Now().Add(time.Hour), "tester")
	campaigntest.Must(t, err)
	all, err = d.door.Tokens(t.Context())
	campaigntest.Must(t, err)
	anna.post("/tokens/end", "token", all[0].ID).has(t, http.StatusAccepted, "Another person with the role admin")
	if _, err := d.door.Bearer(t.Context(), admin); err != nil {
		t.Errorf("one admin ended the token of another: %v", err)
	}
}
