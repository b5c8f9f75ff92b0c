package main

import (
	"testing"
	"time"

	"headsup/campaign/settings"
	"headsup/letter"
)

func TestTempo(t *testing.T) {
	h, _ := newFilesHouse(t)
	c := &h.settings.Campaign
	*c = settings.Campaign{ID: "demo26", Paces: settings.Paces{WarmUp: []int{200}, Hours: "08:00-18:00"}}
	tempo, err := h.tempo(t.Context())
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
		{"hours:Europe/Berlin", 0, false, time.Date(2026, 3, 9, 7, 0, 0, 0, time.UTC)},
		{"hours:America/Chicago", 0, false, now},
		{"hours:Nowhere/Atall", 0, false, time.Date(2026, 3, 9, 8, 0, 0, 0, time.UTC)},
	} {
		p, ok := tempo.pace(tt.lane, now)
		if p.Every != tt.pace || ok != tt.ok || !tempo.opens(tt.lane, now).Equal(tt.open) {
			t.Errorf("%s: %v %v, opens %v", tt.lane, p, ok, tempo.opens(tt.lane, now))
		}
	}
	if o := h.outboxOptions(tempo); o.Apart != 24*time.Hour || o.Opens == nil {
		t.Errorf("%+v", o)
	}

	// The first letter begins the warm-up.
	c.Hours = ""
	box, err := h.ledger.Outbox(t.Context(), h.outboxOptions(tempo))
	must(t, err)
	tempo.hours = letter.Hours{}
	es, _, err := box.Claim(t.Context(), 1)
	must(t, err)
	e := es[0]
	must(t, box.Mark(t.Context(), e))
	must(t, box.Close(t.Context()))
	if tempo, err = h.tempo(t.Context()); err != nil || time.Since(tempo.started) > time.Minute {
		t.Errorf("started %v, %v", tempo.started, err)
	}
	if p, _ := tempo.pace("campaign:demo26", time.Now().Add(25*time.Hour)); p.Every != time.Second {
		t.Errorf("on the second day: %v", p)
	}
	c.Hours = "from nine to five"
	if _, err := h.tempo(t.Context()); err == nil {
		t.Error("hours are read that are none")
	}
}
