package main

import (
	"context"
	"strings"
	"sync"
	"time"
	_ "time/tzdata" // the hours of all countries, on any machine

	"headsup/campaign/settings"
	"headsup/ledger"
	"headsup/letter"
)

// A tempo is all that says when a letter may leave.
type tempo struct {
	settings *settings.Campaign
	hours    letter.Hours
	started  time.Time // the first letter of the campaign

	mu    sync.Mutex
	zones map[string]*time.Location
}

func (h *house) tempo(ctx context.Context) (*tempo, error) {
	t := &tempo{settings: &h.settings.Campaign, zones: map[string]*time.Location{}}
	var err error
	if t.hours, err = t.settings.SendingHours(); err != nil {
		return nil, err
	}
	t.started, err = h.ledger.Started(ctx, h.campaign.ID)
	return t, err
}

// pace is how fast a lane may be used at a time, by the settings. Any number
// of senders keep it together.
func (t *tempo) pace(lane string, now time.Time) (letter.Pace, bool) {
	return t.settings.LanePace(lane, t.started, now)
}

// opens is when the hours of a lane begin. A zone that nobody knows is that of
// Greenwich.
func (t *tempo) opens(lane string, at time.Time) time.Time {
	name, ok := strings.CutPrefix(lane, letter.HoursLane)
	if !ok {
		return at
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	zone := t.zones[name]
	if zone == nil {
		var err error
		if zone, err = time.LoadLocation(name); err != nil {
			zone = time.UTC
		}
		t.zones[name] = zone
	}
	return t.hours.Next(at, zone)
}

// setPaces writes the paces of this moment into the ledger.
func (h *house) setPaces(ctx context.Context, t *tempo) error {
	now := time.Now()
	return h.ledger.Paces(ctx, h.campaign.ID, func(lane string) (letter.Pace, bool) { return t.pace(lane, now) })
}

// outboxOptions is what the campaign's outbox is to keep to.
func (h *house) outboxOptions(t *tempo) ledger.OutboxOptions {
	return ledger.OutboxOptions{Campaign: h.campaign.ID, Opens: t.opens,
		Apart: h.settings.Campaign.Apart()}
}
