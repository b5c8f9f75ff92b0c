package campaign_test

import (
	"context"
	"testing"
	"time"

	"headsup/campaign"
	"headsup/campaign/campaigntest"
	"headsup/letter"
	"headsup/mailer/loopback"
)

// A terminal that is stopped, or a browser that does not read, keeps nothing
// from being recorded.
func TestWhoDoesNotListenHoldsNoLetterUp(t *testing.T) {
	const letters = 12
	dir := campaigntest.Many(t, letters, loopback.Options{})
	block := make(chan struct{})
	c := campaigntest.Open(t, dir, nil)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	done := make(chan error, 1)
	go func() {
		told := c.Telling(func(e campaign.Event) {
			if _, ok := e.(campaign.Attempt); ok {
				<-block
			}
		})
		_, err := told.Send(ctx, campaign.SendOptions{Patience: -1})
		done <- err
	}()
	for {
		sum, err := c.Sum(ctx)
		must(t, err)
		if sum.States[letter.Sent] == letters {
			break
		}
	}
	close(block)
	must(t, <-done)
}

func TestEachTryIsToldInItsOrder(t *testing.T) {
	dir := campaigntest.Many(t, 3, loopback.Options{Answer: func(to string, _ int) loopback.Reply {
		if to == "abuse1@isp1.example" {
			return loopback.Reply{Code: 550, Status: "5.1.1", Text: "no such user"}
		}
		return loopback.Reply{}
	}})
	steps := map[string]string{}
	var last campaign.Progress
	c := campaigntest.Open(t, dir, func(e campaign.Event) {
		switch e := e.(type) {
		case campaign.Attempt:
			steps[e.To] += string(e.Step) + " " + string(e.Outcome.State) + ","
			if e.Step == campaign.StepRecorded && (e.Took <= 0 || e.Number != 1 || e.Campaign != "demo26") {
				t.Errorf("%+v", e)
			}
		case campaign.Progress:
			last = e
		}
	})
	sent, err := c.Send(t.Context(), campaign.SendOptions{Patience: -1})
	must(t, err)
	for to, want := range map[string]string{
		"abuse0@isp0.example": "claimed ,dot ,recorded sent,",
		"abuse1@isp1.example": "claimed ,recorded failed,",
		"abuse2@isp2.example": "claimed ,dot ,recorded sent,",
	} {
		if steps[to] != want {
			t.Errorf("%s: %q, want %q", to, steps[to], want)
		}
	}
	if last.Task != campaign.Sending || last.Done != 3 || last.Total != 3 || !last.Over || sent.Letters != 2 || sent.Files {
		t.Errorf("%+v, %+v", last, sent)
	}
}
