package campaign_test

import (
	"path/filepath"
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
