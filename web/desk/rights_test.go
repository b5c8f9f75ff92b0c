package desk

import (
	"flag"
	"fmt"
	"maps"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"

	"headsup/campaign/campaigntest"
	"headsup/campaign/people"
	"headsup/web/words"
)

var update = flag.Bool("update", false, "write testdata/rights.txt")

// TestWhoMayDoWhat asks for every page in every role, and compares what came of
// it with the table that people read.
func TestWhoMayDoWhat(t *testing.T) {
	c := drafted(t, 1)
	d, base := serve(t, c)
	id := ids(t, c)[0]
	var table strings.Builder
	fmt.Fprintf(&table, "%-36s", "page")
	visitors := map[people.Role]*visitor{}
	for _, role := range people.All {
		fmt.Fprintf(&table, "%-9s", role)
		name := string(role) + "er"
		password, err := d.door.Admit(t.Context(), name, people.Roles{role}, "tester")
		campaigntest.Must(t, err)
		visitors[role] = visit(t, base)
		visitors[role].post("/sign-in", "name", name, "password", password, "to", "/keys").has(t, http.StatusOK, name)
	}
	table.WriteString("nobody\n")
	for _, pattern := range slices.Sorted(maps.Keys(allRoutes(d))) {
		if pattern == "POST /leave" { // everybody may, and it would end the test
			continue
		}
		fmt.Fprintf(&table, "%-36s", pattern)
		method, path, _ := strings.Cut(pattern, " ")
		path = strings.NewReplacer("{$}", "", "{id}", id, "{n}", "0").Replace(path)
		ask := func(v *visitor) answer {
			if method == "POST" {
				return v.post(path)
			}
			return v.get(path)
		}
		for _, role := range people.All {
			may := "yes"
			if ask(visitors[role]).status == http.StatusForbidden {
				may = "-"
			}
			fmt.Fprintf(&table, "%-9s", may)
		}
		if ask(visit(t, base)).status == http.StatusUnauthorized {
			table.WriteString("-\n")
		} else {
			table.WriteString("yes\n")
		}
	}
	const name = "testdata/rights.txt"
	if *update {
		campaigntest.Must(t, os.MkdirAll("testdata", 0o755))
		campaigntest.Must(t, os.WriteFile(name, []byte(table.String()), 0o644))
	}
	want, err := os.ReadFile(name)
	campaigntest.Must(t, err)
	if table.String() != string(want) {
		t.Errorf("got\n%s\nwant\n%s", table.String(), want)
	}
}

func TestSessionsAreSeenAndEnded(t *testing.T) {
	c := drafted(t, 1)
	d, base := serve(t, c)
	password, err := d.door.Admit(t.Context(), "anna", people.Roles{people.Approve}, "tester")
	campaigntest.Must(t, err)
	anna, again := visit(t, base), visit(t, base)
	anna.post("/sign-in", "name", "anna", "password", "wrong", "to", "/letters").has(t, 401, "Name or password is wrong", `value="anna"`, `value="/letters"`)
	if a := anna.post("/sign-in", "name", "Anna", "password", password, "to", "//evil.example"); a.url.Path != "/" || a.status != 200 {
		t.Errorf("signed in to %v: %d", a.url, a.status)
	}
	again.post("/sign-in", "name", "anna", "password", password).has(t, 200)
	root := enter(t, d, base, "root")
	own, err := d.store.AllCtx(t.Context())
	campaigntest.Must(t, err)
	if len(own) != 3 {
		t.Fatalf("%d sessions", len(own))
	}
	others := root.get("/people")
	others.has(t, 200, "anna", "root")
	if n := strings.Count(anna.get("/people").body, `name="session"`); n != 2 {
		t.Errorf("anna sees %d sessions", n)
	}
	for id, data := range own {
		_, values, err := d.sessions.Codec.Decode(data)
		campaigntest.Must(t, err)
		if values[inPerson] == "root" {
			anna.post("/people/end", "session", id).has(t, 400)
		}
	}
	anna.post("/password", "old", "wrong", "new", "something long enough").has(t, 422, "The present password is another one")
	anna.post("/password", "old", password, "new", "something long enough").has(t, 200, "Your password is changed")
	campaigntest.Must(t, d.door.Dismiss(t.Context(), "anna", "tester"))
	anna.get("/letters").has(t, http.StatusUnauthorized, "Sign in")
	for id := range own {
		root.post("/people/end", "session", id)
	}
	root.get("/").has(t, http.StatusUnauthorized)
}

// TestALanguageIsItsPersons reads the desk in every language that it has, in a
// browser that asks for another.
func TestALanguageIsItsPersons(t *testing.T) {
	d, base := serve(t, drafted(t, 1))
	password, err := d.door.Admit(t.Context(), "anna", people.Roles{people.Read}, "tester")
	campaigntest.Must(t, err)
	anna, spoken := visit(t, base), words.English()
	anna.post("/sign-in", "name", "anna", "password", password).has(t, 200, `<html lang="en" dir="ltr">`)
	for _, c := range words.All() {
		html := fmt.Sprintf("<html lang=%q dir=%q>", c.Lang, c.Dir)
		anna.post("/language", "language", c.Lang, "back", "/letters").has(t, 200, html, c.T("letters.title"))
		elsewhere := visit(t, base)
		elsewhere.get("/").has(t, 401, `<html lang="en" dir="ltr">`)
		elsewhere.post("/sign-in", "name", "anna", "password", password, "to", "/keys").has(t, 200, html, c.T("keys.title"))
		elsewhere.get("/nothing").has(t, 404, html)
		spoken = c
	}
	p, err := d.door.Known(t.Context(), "anna")
	campaigntest.Must(t, err)
	if p.Language != spoken.Lang {
		t.Errorf("anna speaks %q, want %q", p.Language, spoken.Lang)
	}
}

func TestTwoPeopleApproveALetter(t *testing.T) {
	dir := campaigntest.Approved(t)
	campaigntest.Edit(t, dir, "[campaign]", "[desk]\ncodes = false\n[campaign]\napprovals = 2")
	c := campaigntest.Open(t, dir, nil)
	d, base := serve(t, c)
	for _, name := range []string{"anna", "ben"} {
		_, err := d.door.Admit(t.Context(), name, people.Roles{people.Approve}, "tester")
		campaigntest.Must(t, err)
	}
	visit(t, base).get(d.Link("a label that nobody signs in with")).has(t, http.StatusUnauthorized, "Sign in")
	anna, ben, at := enter(t, d, base, "anna"), enter(t, d, base, "ben"), "/letters/"+campaigntest.Letter
	ben.post("/resume", "reason", "a link lends no role").has(t, http.StatusForbidden)
	anna.post(at+"/reopen").has(t, 200)
	hash := anna.get(at).hash(t)
	anna.post(at+"/approve", "hash", hash).has(t, 200, "needs the approval of another person")
	anna.post(at+"/approve", "hash", hash).has(t, 200, "needs the approval of another person", "approved by a first person")
	ben.post(at+"/approve", "hash", hash).has(t, 200, campaigntest.Letter+" is approved")
	e, err := c.Entry(t.Context(), campaigntest.Letter)
	campaigntest.Must(t, err)
	if r, err := c.Letter(t.Context(), e.ID); err != nil || r.ApprovedBy != "ben" {
		t.Errorf("approved by %q, %v", r.ApprovedBy, err)
	}
}
