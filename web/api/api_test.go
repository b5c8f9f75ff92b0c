package api

import (
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"headsup/campaign"
	"headsup/campaign/campaigntest"
	"headsup/campaign/people"
	"headsup/ledger"
	"headsup/letter"
	"headsup/mailer/loopback"
)

var update = flag.Bool("update", false, "write testdata/rights.txt")

// A program asks with a token.
type program struct {
	t           *testing.T
	base, token string
}

func (p program) ask(method, path, body string) (int, string, http.Header) {
	p.t.Helper()
	r, err := http.NewRequest(method, p.base+path, strings.NewReader(body))
	campaigntest.Must(p.t, err)
	if p.token != "" {
		r.Header.Set("Authorization", "Bearer "+p.token)
	}
	r.Header.Set("Content-Type", "application/json")
	got, err := http.DefaultClient.Do(r)
	campaigntest.Must(p.t, err)
	defer got.Body.Close()
	text, err := io.ReadAll(got.Body)
	campaigntest.Must(p.t, err)
	return got.StatusCode, string(text), got.Header
}

// served is a campaign with a letter that awaits review, and a program for each role.
func served(t *testing.T, settings string) (c *campaign.Campaign, programs map[people.Role]program) {
	t.Helper()
	dir := campaigntest.Approved(t)
	if settings != "" {
		campaigntest.Edit(t, dir, "[campaign]", "[campaign]\n"+settings)
	}
	c = campaigntest.Open(t, dir, nil)
	_, err := campaign.Unapprove(t.Context(), c, []string{campaigntest.Letter}, "tester")
	campaigntest.Must(t, err)
	return c, programsOf(t, c)
}

func programsOf(t *testing.T, c *campaign.Campaign) (programs map[people.Role]program) {
	t.Helper()
	door := campaign.Door(c)
	s := httptest.NewServer(New(c, door, nil).Handler())
	t.Cleanup(s.Close)
	programs = map[people.Role]program{"nobody": {t, s.URL, ""}}
	for _, role := range people.All {
		_, err := door.Admit(t.Context(), string(role)+"er", people.Roles{role}, "tester")
		campaigntest.Must(t, err)
		token, err := door.Token(t.Context(), string(role)+"er", nil, time.Now().Add(time.Hour), "tester")
		campaigntest.Must(t, err)
		programs[role] = program{t, s.URL, token}
	}
	return programs
}

// TestWhoMayAskWhat makes every call in every role, and compares what came of it
// with the table that people read.
func TestWhoMayAskWhat(t *testing.T) {
	_, programs := served(t, "")
	var table strings.Builder
	fmt.Fprintf(&table, "%-32s", "call")
	for _, role := range append(slices.Clone(people.All), "nobody") {
		fmt.Fprintf(&table, "%-9s", role)
	}
	table.WriteString("\n")
	for _, pattern := range slices.Sorted(maps.Keys(Routes())) {
		fmt.Fprintf(&table, "%-32s", pattern)
		method, path, _ := strings.Cut(pattern, " ")
		for _, role := range append(slices.Clone(people.All), "nobody") {
			status, _, _ := programs[role].ask(method, strings.ReplaceAll(path, "{id}", "none"), "{}")
			may := "yes"
			if status == http.StatusForbidden || status == http.StatusUnauthorized {
				may = "-"
			}
			fmt.Fprintf(&table, "%-9s", may)
		}
		table.WriteString("\n")
	}
	const name = "testdata/rights.txt"
	got := strings.ReplaceAll(table.String(), " \n", "\n")
	for strings.Contains(got, " \n") {
		got = strings.ReplaceAll(got, " \n", "\n")
	}
	if *update {
		campaigntest.Must(t, os.MkdirAll("testdata", 0o755))
		campaigntest.Must(t, os.WriteFile(name, []byte(got), 0o644))
	}
	want, err := os.ReadFile(name)
	campaigntest.Must(t, err)
	if got != string(want) {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestAProgramDecidesAsItsPersonDoes(t *testing.T) {
	c, programs := served(t, "")
	read, approves, drafts := programs[people.Read], programs[people.Approve], programs[people.Draft]
	at := "/api/letters/" + campaigntest.Letter
	status, body, _ := read.ask("GET", at, "")
	var e ledger.Entry
	campaigntest.Must(t, json.NewDecoder(strings.NewReader(body)).Decode(&e))
	if status != 200 || e.ID != campaigntest.Letter || e.State != letter.Drafted || strings.Count(body, "\n") < 2 {
		t.Fatalf("%d %s", status, body)
	}
	for _, s := range []struct {
		name               string
		by                 program
		method, path, body string
		status             int
		has                string
	}{
		{"a hash that is none", approves, "POST", at + "/approve", `{"hash":"00"}`, 409, "changed"},
		{"no hash", approves, "POST", at + "/approve", `{}`, 422, "hash"},
		{"a name that no call has", approves, "POST", at + "/approve", `{"hash":"x","force":true}`, 400, "force"},
		{"two objects", approves, "POST", at + "/approve", `{"hash":"x"}{"hash":"y"}`, 400, "more than one"},
		{"no JSON", approves, "POST", at + "/approve", `hash=x`, 400, "not the JSON"},
		{"a letter that there is not", approves, "POST", "/api/letters/none/approve", `{"hash":"x"}`, 404, "no such letter"},
		{"what was read", approves, "POST", at + "/approve", `{"hash":"` + e.Hash + `"}`, 200, `"state":"approved"`},
		{"a hold without a reason", drafts, "POST", at + "/hold", `{"reason":" "}`, 422, "reason"},
		{"a hold", drafts, "POST", at + "/hold", `{"reason":"look again"}`, 200, `"reason":"look again"`},
		{"a release", approves, "POST", at + "/release", `{}`, 200, `"state":"drafted"`},
		{"a release of what is not held", approves, "POST", at + "/release", `{}`, 409, "error"},
		{"nobody that could be suppressed", drafts, "POST", "/api/suppressions", `{"value":"?","reason":"x"}`, 422, "value"},
		{"a suppression", drafts, "POST", "/api/suppressions", `{"value":"Abuse@Example.net","reason":"asked"}`, 200, `"value":"abuse@example.net"`},
		{"the list", read, "GET", "/api/suppressions", "", 200, `"by":"drafter"`},
		{"the sum", read, "GET", "/api/status", "", 200, `"rows":`},
		{"a stop", read, "POST", "/api/stop", `{"reason":"wrong template"}`, 200, `"by":"reader"`},
		{"a call that there is not", read, "GET", "/api/shred", "", 404, "no such call"},
		{"a token in the wrong field", program{t, read.base, "x " + read.token}, "GET", "/api/status", "", 401, "nobody's"},
	} {
		status, body, _ := s.by.ask(s.method, s.path, s.body)
		if status != s.status || !strings.Contains(body, s.has) {
			t.Errorf("%s: %d %s", s.name, status, body)
		}
	}
	events, err := c.History(t.Context(), campaigntest.Letter)
	campaigntest.Must(t, err)
	if !slices.ContainsFunc(events, func(h ledger.HistoryEntry) bool { return h.Kind == "approved" && h.By == "approveer" }) {
		t.Errorf("the history does not name who approved: %+v", events)
	}
}

func TestTwoTokensOfTwoPeopleApprove(t *testing.T) {
	c, programs := served(t, "approvals = 2")
	_, err := campaign.Door(c).Admit(t.Context(), "ben", people.Roles{people.Approve}, "tester")
	campaigntest.Must(t, err)
	token, err := campaign.Door(c).Token(t.Context(), "ben", nil, time.Now().Add(time.Hour), "tester")
	campaigntest.Must(t, err)
	again, err := campaign.Door(c).Token(t.Context(), "approveer", nil, time.Now().Add(time.Hour), "tester")
	campaigntest.Must(t, err)
	first := programs[people.Approve]
	e, err := c.Entry(t.Context(), campaigntest.Letter)
	campaigntest.Must(t, err)
	for _, s := range []struct {
		name, token string
		want        letter.State
	}{{"one", first.token, letter.Drafted}, {"the same by another token", again, letter.Drafted}, {"another", token, letter.Approved}} {
		_, body, _ := program{t, first.base, s.token}.ask("POST", "/api/letters/"+e.ID+"/approve", `{"hash":"`+e.Hash+`"}`)
		if !strings.Contains(body, `"state":"`+string(s.want)+`"`) {
			t.Errorf("%s: %s", s.name, body)
		}
	}
}

func TestTheListGoesOnWhereItEnded(t *testing.T) {
	c := campaigntest.Open(t, campaigntest.Many(t, 5, loopback.Options{}), nil)
	programs := programsOf(t, c)
	read, path, seen := programs[people.Read], "/api/letters?limit=1", []string{}
	for path != "" && len(seen) < 10 {
		status, body, header := read.ask("GET", path, "")
		var e ledger.Entry
		if status != 200 || strings.Count(body, "\n") != 1 || json.Unmarshal([]byte(body), &e) != nil {
			t.Fatalf("%s: %d %s", path, status, body)
		}
		seen = append(seen, e.ID)
		path, _, _ = strings.Cut(strings.TrimPrefix(header.Get("Link"), "<"), ">")
	}
	if len(seen) != 5 || !slices.IsSorted(seen) || len(slices.Compact(slices.Clone(seen))) != len(seen) {
		t.Errorf("seen %v", seen)
	}
	if _, body, _ := read.ask("GET", "/api/letters?state=sent", ""); body != "" {
		t.Errorf("none is sent, and the list is %s", body)
	}
}
