package campaign_test

import (
	"bufio"
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"headsup/campaign"
	"headsup/campaign/campaigntest"
	"headsup/ledger"
	"headsup/letter"
)

// Whoever reads a reference aloud leaves its first part out.
func TestALetterIsNamedWithoutItsCampaign(t *testing.T) {
	c := campaigntest.Open(t, campaigntest.Approved(t), nil)
	_, short, _ := strings.Cut(campaigntest.Letter, "-")
	ctx := t.Context()
	if e, err := c.Entry(ctx, short); err != nil || e.ID != campaigntest.Letter {
		t.Errorf("Entry: %v, %v", e.ID, err)
	}
	if r, err := c.Letter(ctx, short); err != nil || r.Letter.ID != campaigntest.Letter {
		t.Errorf("Letter: %v, %v", r.Letter.ID, err)
	}
	if h, err := c.History(ctx, short); err != nil || len(h) == 0 {
		t.Errorf("History: %v, %v", h, err)
	}
	if d, err := c.Hold(ctx, []string{short}, "", "tester"); err != nil || d.Done != 1 {
		t.Errorf("Hold: %+v, %v", d, err)
	}
	if d, err := c.Release(ctx, []string{short}, "tester"); err != nil || d.Done != 1 {
		t.Errorf("Release: %+v, %v", d, err)
	}
	if d, err := c.Approve(ctx, []campaign.Review{{ID: short}}, "tester"); err != nil || d.Done != 1 {
		t.Errorf("Approve: %+v, %v", d, err)
	}
	dir := t.TempDir()
	must(t, c.Export(ctx, dir, ledger.Filter{IDs: []string{short}, States: []letter.State{letter.Approved}}))
	if files, err := filepath.Glob(filepath.Join(dir, campaigntest.Letter+".eml")); len(files) != 1 {
		t.Errorf("Export: %v, %v", files, err)
	}
}

// What a person read comes line by line, as ID@HASH or as status writes it.
func TestReviewsThatAreRead(t *testing.T) {
	got, err := campaign.ReadReviews("in", strings.NewReader("demo26-1@aa\n\n {\"id\":\"demo26-2\",\"hash\":\"bb\"}\n{\"rows\":0,\"letters\":1}\n"))
	if want := []campaign.Review{{ID: "demo26-1", Hash: "aa"}, {ID: "demo26-2", Hash: "bb"}}; err != nil || !slices.Equal(got, want) {
		t.Errorf("%v, %v", got, err)
	}
	for in, want := range map[string]string{
		"demo26-1@aa\ndemo26-2\n": `in:2: neither ID@HASH nor a letter in JSON: "demo26-2"`,
		"@aa\n":                   `in:1: neither ID@HASH nor a letter in JSON: "@aa"`,
		"{\"id\":\"x\"}\n":        `in:1: neither`,
		"\n{\"id\":1}\n":          "in:2: json: ",
		"{\n":                     "in:1: unexpected end",
	} {
		if got, err := campaign.ReadReviews("in", strings.NewReader(in)); err == nil || !strings.HasPrefix(err.Error(), want) || got != nil {
			t.Errorf("%q: %v, %v; want %s", in, got, err, want)
		}
	}
	if _, err := campaign.ReadReviews("in", strings.NewReader(strings.Repeat("x", 1<<20))); !errors.Is(err, bufio.ErrTooLong) {
		t.Errorf("a line without end: %v", err)
	}
}
