package registries_test

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"headsup/campaign"
	"headsup/campaign/campaigntest"
	"headsup/campaign/registries"
	"headsup/finding"
	"headsup/ledger"
	"headsup/letter"
)

func TestFailuresAreCountedByRegistryAndKind(t *testing.T) {
	got := registries.Together([]ledger.ReasonCount{
		{Reason: "rdap.one.example: temporary failure: status 503", Rows: 3},
		{Reason: "refused by the registry: whois.two.example: %ERROR:201 (not asked for 1h0m0s)", Rows: 7},
		{Reason: "RDAP.one.example: temporary failure: timeout", Rows: 5},
		{Reason: "rdap.one.example: not asked after 5 failures in a row: EOF", Rows: 1},
		{Reason: "asked for 192.0.2.1, \"rdap.three.example\" answered for 198.51.100.0: not an answer of a registry", Rows: 1},
		{Reason: letter.NotLookedUp, Rows: 2},
		{Reason: "192.0.2.1: no source knows", Rows: 1},
	})
	want := "[{rdap.one.example temporary 9} {whois.two.example refused 7} { due 2} {rdap.three.example nonsense 1} { other 1}]"
	var short []string
	for _, f := range got {
		short = append(short, fmt.Sprintf("{%s %s %d}", f.Registry, f.Kind, f.Rows))
	}
	if fmt.Sprint(short) != want {
		t.Errorf("%v, want %s", short, want)
	}
}

func TestWhatRegistriesDidNotSayIsAskedAgain(t *testing.T) {
	dir := campaigntest.Folder(t, nil)
	c := campaigntest.Open(t, dir, nil)
	ctx := t.Context()
	_, err := c.Draft(ctx, []campaign.Source{campaigntest.Scan("198.51.100.1", "192.0.2.200")}, finding.Options{}, campaign.AskOptions{Offline: true}, time.Now())
	campaigntest.Must(t, err)
	v, err := registries.Look(ctx, c, time.Now())
	if err != nil || len(v.Failures) != 1 || v.Failures[0].Kind != registries.Due || v.Failures[0].Rows != 2 {
		t.Fatalf("before: %+v, %v", v, err)
	}
	due := 0
	campaigntest.Must(t, registries.Ask(ctx, c, time.Now(), func(e campaign.Event) {
		if d, ok := e.(campaign.LookupsDue); ok {
			due = d.Addresses()
		}
	}))
	v, err = registries.Look(ctx, c, time.Now())
	if err != nil || len(v.Failures) != 0 || len(v.Registries) == 0 || due == 0 { // both, or what was not known by the first of them
		t.Errorf("after: %+v, %d due, %v", v, due, err)
	}
	if sum, err := c.Sum(ctx); err != nil || sum.Letters == 0 || sum.NoContact != count(v.Silent) {
		t.Errorf("%+v, %+v, %v", sum, v.Silent, err)
	}
}

func count(all []ledger.ReasonCount) (n int) {
	for _, r := range all {
		n += r.Rows
	}
	return n
}

func TestOwnContactsAreShownAsTheyStand(t *testing.T) {
	dir := campaigntest.Folder(t, map[string]any{"lookup": map[string]any{"overrides": "contacts.csv"}})
	text := "# ours\nmatch,email,org,policy,reports\n192.0.2.0/24,abuse@one.example,One,,each\n198.51.100.0/24,,\"Two \x1b[1m\",nobody,\n"
	campaigntest.Must(t, os.WriteFile(filepath.Join(dir, "contacts.csv"), []byte(text), 0o644))
	c := campaigntest.Open(t, dir, nil)
	for words, want := range map[string]int{"": 2, "ONE.example": 1, "nobody": 1, "192.0.2": 1, "(": 0, "three": 0} {
		own, err := registries.Own(c, words, 10)
		if err != nil || own.All != 2 || own.Fits != want || len(own.Rows) != want || own.File != "contacts.csv" {
			t.Errorf("%q: %+v, %v", words, own, err)
		}
	}
	own, err := registries.Own(c, "", 1)
	if err != nil || own.Fits != 2 || len(own.Rows) != 1 || own.Rows[0] != (registries.Contact{Line: 3, Match: "192.0.2.0/24", Email: "abuse@one.example", Org: "One", Other: "reports: each"}) {
		t.Errorf("%+v, %v", own, err)
	}
	two, err := registries.Own(c, "two", 1)
	if err != nil || two.Rows[0].Org != "Two [1m" || two.Rows[0].Policy != "nobody" {
		t.Errorf("%+v, %v", two, err)
	}
	none := campaigntest.Open(t, campaigntest.Folder(t, nil), nil)
	if own, err := registries.Own(none, "", 10); err != nil || own.File != "" {
		t.Errorf("%+v, %v", own, err)
	}
}
