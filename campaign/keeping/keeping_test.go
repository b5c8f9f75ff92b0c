package keeping_test

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"headsup/campaign"
	"headsup/campaign/campaigntest"
	"headsup/campaign/keeping"
	"headsup/campaign/settings"
	"headsup/finding"
	"headsup/ledger"
)

var must = campaigntest.Must

// two mailboxes have one name, and noc@b.example is a contact of its own.
const contacts = "match,name,email\n198.51.100.1/32,Ann Doe,ann@a.example\n198.51.100.2/32,Ann Doe,doe@b.example\n198.51.100.3/32,Bob Roe,noc@b.example\n"

// told makes a campaign whose letters to all contacts left, with a keep section.
func told(t *testing.T, keep string) (c *campaign.Campaign, said *[]string) {
	t.Helper()
	dir := campaigntest.Folder(t, map[string]any{"lookup": map[string]any{"overrides": "contacts.csv"}})
	campaigntest.Edit(t, dir, "[letters]", "[letters]\npdf = false")
	campaigntest.Edit(t, dir, "[campaign]", keep+"\n[campaign]\nstages = []\nmx = false")
	must(t, os.WriteFile(filepath.Join(dir, "contacts.csv"), []byte(contacts), 0o600))
	said = new([]string)
	c = campaigntest.Open(t, dir, func(e campaign.Event) {
		if n, ok := e.(campaign.Noted); ok {
			*said = append(*said, n.Text)
		}
	})
	_, err := c.Draft(t.Context(), []campaign.Source{campaigntest.Scan("198.51.100.1", "198.51.100.2", "198.51.100.3")}, finding.Options{}, campaign.AskOptions{}, time.Now())
	must(t, err)
	return c, said
}

func send(t *testing.T, c *campaign.Campaign) {
	t.Helper()
	_, err := c.ApproveAll(t.Context(), "ann")
	must(t, err)
	_, err = c.Send(t.Context(), campaign.SendOptions{})
	must(t, err)
}

// TestWhatIsErasedWhen looks at a campaign that ended on 31 March.
func TestWhatIsErasedWhen(t *testing.T) {
	day := func(d int) time.Time { return time.Date(2026, 4, d, 0, 0, 0, 0, time.UTC) } // of April
	hours := func(n int) settings.Duration { return settings.Duration{Duration: time.Duration(n) * time.Hour} }
	c, _ := told(t, "")
	send(t, c)
	every := settings.Keep{Findings: hours(24), Letters: hours(24), Returned: hours(24), Answers: hours(24)}
	for _, tt := range []struct {
		name string
		keep settings.Keep
		now  time.Time
		want string // classes, and how many rows each has to lose
	}{
		{"on the last day nothing", settings.Keep{Letters: hours(1)}, day(1).Add(-time.Second), ""},
		{"an hour after its end what is kept for an hour", settings.Keep{Letters: hours(1), Answers: hours(2)}, day(1).Add(time.Hour), "letters 3"},
		{"not a second sooner", settings.Keep{Letters: hours(1)}, day(1).Add(time.Hour - time.Second), ""},
		{"days", settings.Keep{Findings: hours(240), Letters: hours(264)}, day(11), "findings 3"},
		{"what has no time is kept for ever", settings.Keep{Findings: hours(24)}, day(1).AddDate(100, 0, 0), "findings 3"},
		{"each class for itself", every, day(2), "letters 3 findings 3 returned 0 answers 0"},
	} {
		tt.keep.Ended = "2026-03-31"
		campaign.Within(c).Settings.Keep = tt.keep
		out, err := keeping.Expire(t.Context(), c, tt.now, true) // which changes nothing
		if got := words(out.Erased); err != nil || got != tt.want || !out.Dry || out.Sum.Rows != 3 || out.Sum.Lettered != 3 {
			t.Errorf("%s: %q, want %q, %+v, %v", tt.name, got, tt.want, out, err)
		}
	}
	for _, want := range []string{"letters 3 findings 3 returned 0 answers 0", "letters 0 findings 0 returned 0 answers 0"} { // once
		out, err := keeping.Expire(t.Context(), c, day(2), false)
		if got := words(out.Erased); err != nil || got != want || out.Dry || out.Sum.Rows != 3 || out.Sum.Lettered != 3 {
			t.Errorf("%q, want %q, %+v, %v", got, want, out, err)
		}
	}
}

func words(all []ledger.Erased) string {
	var b strings.Builder
	for _, e := range all {
		b.WriteString(" " + string(e.Class) + " " + string(rune('0'+e.Rows)))
	}
	return strings.TrimSpace(b.String())
}

func TestNothingIsErasedOfACampaignThatGoesOn(t *testing.T) {
	never := time.Date(2999, 1, 1, 0, 0, 0, 0, time.UTC)
	c, _ := told(t, "[keep]\nletters = \"1h\"")
	keep := &campaign.Within(c).Settings.Keep
	if _, err := keeping.Expire(t.Context(), c, never, false); !errors.Is(err, keeping.ErrNotEnded) {
		t.Errorf("without an end: %v", err)
	}
	keep.Ended = "2026-03-31"
	_, err := c.ApproveAll(t.Context(), "ann")
	must(t, err)
	if _, err := keeping.Expire(t.Context(), c, never, false); !errors.Is(err, campaign.ErrNotClosed) {
		t.Errorf("while letters may leave: %v", err)
	}
	e, err := c.Entry(t.Context(), entryTo(t, c, "ann@a.example"))
	if err != nil || e.To != "ann@a.example" {
		t.Errorf("%+v, %v", e, err)
	}
}

func entryTo(t *testing.T, c *campaign.Campaign, to string) string {
	t.Helper()
	for e, err := range c.Letters(t.Context(), ledger.Filter{}) {
		must(t, err)
		if e.To == to {
			return e.ID
		}
	}
	t.Fatalf("no letter to %s", to)
	return ""
}

func TestWhoIsForgotten(t *testing.T) {
	c, said := told(t, "")
	send(t, c)
	before, err := c.Sum(t.Context())
	must(t, err)
	for _, tt := range []struct {
		who    string
		err    error
		letter int64
	}{
		{"stranger@c.example", ledger.ErrNotFound, 0},
		{"Nobody At All", ledger.ErrNotFound, 0},
		{"Ann Doe", keeping.ErrSeveralPersons, 0},
		{"Bob Roe", nil, 1},
		{"noc@b.example", ledger.ErrNotFound, 0}, // that was Bob
		{"ANN@a.example", nil, 1},
	} {
		out, err := keeping.Forget(t.Context(), c, tt.who, "joe")
		if !errors.Is(err, tt.err) || out.Letters != tt.letter {
			t.Errorf("%s: %+v, %v", tt.who, out, err)
		}
		if tt.err == keeping.ErrSeveralPersons && (!strings.Contains(err.Error(), "ann@a.example") || !strings.Contains(err.Error(), "doe@b.example")) {
			t.Errorf("who has the name: %v", err)
		}
	}
	if got := strings.Join(*said, "; "); strings.Count(got, "names this person still: take the line out by hand") != 2 || !strings.Contains(got, "contacts.csv") {
		t.Errorf("files that still name them: %q", got)
	}
	after, err := c.Sum(t.Context())
	if err != nil || !reflect.DeepEqual(before, after) {
		t.Errorf("counts went from %+v to %+v: %v", before, after, err)
	}
}

func TestALetterThatWaitsKeepsItsReader(t *testing.T) {
	c, _ := told(t, "")
	refused := func(what string) {
		if _, err := keeping.Forget(t.Context(), c, "noc@b.example", "joe"); !errors.Is(err, ledger.ErrState) {
			t.Errorf("%s waits for them: %v", what, err)
		}
	}
	refused("a draft")
	_, err := c.ApproveAll(t.Context(), "ann")
	must(t, err)
	refused("an approved letter")
}

func TestWhatIsHandedOutIsAboutOnePerson(t *testing.T) {
	c, _ := told(t, "")
	send(t, c)
	dir := filepath.Join(t.TempDir(), "out")
	if _, err := keeping.Export(t.Context(), c, "Ann Doe", dir, "joe"); !errors.Is(err, keeping.ErrSeveralPersons) {
		t.Errorf("a name of two: %v", err)
	}
	if _, err := os.Stat(dir); err == nil {
		t.Error("a folder was made for nobody")
	}
	out, err := keeping.Export(t.Context(), c, "Bob Roe", dir, "joe")
	must(t, err)
	if out.Mailbox != "noc@b.example" || out.Letters != 1 || out.Files != 1 {
		t.Errorf("%+v", out)
	}
	text, err := os.ReadFile(out.JSON)
	must(t, err)
	var all ledger.Subject
	must(t, json.Unmarshal(text, &all))
	if len(all.Letters) != 1 || all.Letters[0].To != "noc@b.example" || len(all.Letters[0].Told) != 1 || len(all.Networks) != 1 {
		t.Errorf("%+v", all)
	}
	files, err := filepath.Glob(filepath.Join(dir, "*"))
	must(t, err)
	if len(files) != 3 { // subject.json, subject.txt, the mail
		t.Errorf("%q", files)
	}
	for _, name := range files {
		text, err := os.ReadFile(name)
		must(t, err)
		for _, other := range []string{"ann@a.example", "doe@b.example", "198.51.100.1 ", "198.51.100.2"} {
			if strings.Contains(string(text), other) {
				t.Errorf("%s says something of %s", filepath.Base(name), other)
			}
		}
	}
}
