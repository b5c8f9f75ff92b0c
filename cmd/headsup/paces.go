package main

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"time"
	_ "time/tzdata" // the hours of all countries, on any machine

	"headsup/ledger"
	"headsup/letter"
)

// PaceSettings says how fast letters leave besides the paces of the campaign
// and of mail domains.
type PaceSettings struct {
	GroupPace   duration `toml:"group_pace"`   // between two letters to one provider of many domains (Google, Microsoft, …); default "1s"
	MX          *bool    `toml:"mx"`           // draft asks DNS who takes a domain's mail, so that domains of one provider share its pace; default true
	DNS         string   `toml:"dns"`          // the server that is asked, "host:port"; default the system's
	AddressPace duration `toml:"address_pace"` // between two letters to one address, in all campaigns; default "24h"
	WarmUp      []int    `toml:"warm_up"`      // letters on the first day, on the second, …; default no limit
	Hours       string   `toml:"hours"`        // when letters leave, in the recipient's time: "08:00-18:00"; default always
	Weekends    bool     `toml:"weekends"`     // with hours: also on Saturdays and Sundays
}

// A tempo is all that says when a letter may leave.
type tempo struct {
	settings *CampaignSettings
	hours    letter.Hours
	started  time.Time // the first letter of the campaign

	mu    sync.Mutex
	zones map[string]*time.Location
}

func (h *house) tempo(ctx context.Context) (*tempo, error) {
	t := &tempo{settings: &h.settings.Campaign, zones: map[string]*time.Location{}}
	var err error
	if t.hours, err = letter.ParseHours(t.settings.Hours); err != nil {
		return nil, fmt.Errorf("campaign.hours: %w", err)
	}
	t.hours.Weekends = t.settings.Weekends
	t.started, err = h.ledger.Started(ctx, h.campaign.ID)
	return t, err
}

// pace is how fast a lane may be used at a time, by the settings. Any number
// of senders keep it together.
func (t *tempo) pace(lane string, now time.Time) (letter.Pace, bool) {
	s := t.settings
	switch kind, _, _ := strings.Cut(lane, ":"); kind {
	case "campaign":
		return letter.Pace{Every: orDefault(s.Pace.Duration, time.Second)}.WarmUp(s.WarmUp, t.started, now), true
	case "group":
		return letter.Pace{Every: orDefault(s.GroupPace.Duration, time.Second)}, true
	case "domain", "mx":
		return letter.Pace{Every: orDefault(s.DomainPace.Duration, 10*time.Second)}, true
	}
	return letter.Pace{}, false
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
		Apart: orDefault(h.settings.Campaign.AddressPace.Duration, 24*time.Hour)}
}
