package campaign_test

import (
	"errors"
	"testing"

	"headsup/campaign"
	"headsup/campaign/campaigntest"
	"headsup/ledger"
	"headsup/letter"
	"headsup/mailer/loopback"
)

func TestSendingWaitsAfterAStage(t *testing.T) {
	dir := campaigntest.Many(t, 12, loopback.Options{})
	campaigntest.Edit(t, dir, "stages = []", "stages = [3, 8]")
	c := campaigntest.Open(t, dir, nil)
	if _, err := campaign.Confirm(t.Context(), c, "ann"); !errors.Is(err, ledger.ErrStageOpen) {
		t.Errorf("confirmed before anything left: %v", err)
	}
	for _, want := range []struct {
		left, number int
		waits        bool
	}{{3, 1, true}, {8, 2, true}, {12, 0, false}} {
		for range 2 { // the second time, nothing leaves
			out, err := c.Send(t.Context(), campaign.SendOptions{Patience: -1})
			must(t, err)
			if n := out.Sum.States[letter.Sent]; n != want.left || out.Stage.Number != want.number || out.Stage.Waits != want.waits {
				t.Errorf("%d letters left; %+v; want %+v", n, out.Stage, want)
			}
		}
		if want.waits {
			s, err := campaign.Confirm(t.Context(), c, "ann")
			if err != nil || s.Waits || want.number == 1 && s.By != "ann" {
				t.Errorf("%+v, %v", s, err)
			}
		}
	}
}

// A small campaign has no stages, unless its settings say so.
func TestASmallCampaignNeedsNoStage(t *testing.T) {
	dir := campaigntest.Approved(t)
	c := campaigntest.Open(t, dir, nil)
	if s, err := campaign.StageOf(t.Context(), c); err != nil || s.Of != 0 || s.Letters != 1 {
		t.Errorf("%+v, %v", s, err)
	}
	if out, err := c.Send(t.Context(), campaign.SendOptions{}); err != nil || out.Letters != 1 || out.Stage.Waits {
		t.Errorf("%+v, %v", out, err)
	}
}
