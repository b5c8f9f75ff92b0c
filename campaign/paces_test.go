package campaign_test

import (
	"testing"
	"time"

	"headsup/campaign/campaigntest"
)

func TestTempo(t *testing.T) {
	dir := campaigntest.Approved(t)
	campaigntest.Edit(t, dir, "pace = \"1ms\"\ndomain_pace = \"1ms\"\ngroup_pace = \"1ms\"\n", "warm_up = [200]\nhours = \"08:00-18:00\"\n")
	pace, opens, err := campaigntest.Open(t, dir, nil).Tempo(t.Context())
	must(t, err)
	now := time.Date(2026, 3, 6, 20, 0, 0, 0, time.UTC) // a Friday
	for _, tt := range []struct {
		lane string
		pace time.Duration
		ok   bool
		open time.Time
	}{
		{"campaign:demo26", 432 * time.Second, true, now},
		{"group:google", time.Second, true, now},
		{"domain:isp.example", 10 * time.Second, true, now},
		{"mx:mail.example", 10 * time.Second, true, now},
		{"hours:Europe/Berlin", 0, false, time.Date(2026, 3, 9, 7, 0, 0, 0, time.UTC)},
		{"hours:America/Chicago", 0, false, now},
		{"hours:Nowhere/Atall", 0, false, time.Date(2026, 3, 9, 8, 0, 0, 0, time.UTC)},
	} {
		p, ok := pace(tt.lane, now)
		if p.Every != tt.pace || ok != tt.ok || !opens(tt.lane, now).Equal(tt.open) {
			t.Errorf("%s: %v %v, opens %v", tt.lane, p, ok, opens(tt.lane, now))
		}
	}
}

func TestTheFirstLetterBeginsTheWarmUp(t *testing.T) {
	dir := campaigntest.Approved(t)
	campaigntest.Edit(t, dir, "pace = \"1ms\"", "warm_up = [200]")
	senderDies(t, dir)
	pace, _, err := campaigntest.Open(t, dir, nil).Tempo(t.Context())
	must(t, err)
	for after, want := range map[time.Duration]time.Duration{time.Hour: 432 * time.Second, 25 * time.Hour: time.Second} {
		if p, _ := pace("campaign:demo26", time.Now().Add(after)); p.Every != want {
			t.Errorf("after %v: %v, want %v", after, p, want)
		}
	}
}

func TestAPlanSaysWhenTheLastLetterLeaves(t *testing.T) {
	dir := campaigntest.Approved(t)
	c := campaigntest.Open(t, dir, nil)
	p, err := c.Plan(t.Context())
	if err != nil || p.Letters != 1 || p.Last.Sub(p.From) > time.Minute {
		t.Errorf("%+v, %v", p, err)
	}
	senderDies(t, dir)
	if p, err = c.Plan(t.Context()); err != nil || p.Letters != 0 {
		t.Errorf("while it is on its way: %+v, %v", p, err)
	}
}
