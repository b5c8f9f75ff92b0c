package campaign

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

func (c *Campaign) tempo(ctx context.Context) (*tempo, error) {
	t := &tempo{settings: &c.settings.Campaign, zones: map[string]*time.Location{}}
	var err error
	if t.hours, err = t.settings.SendingHours(); err != nil {
		return nil, err
	}
	t.started, err = c.ledger.Started(ctx, c.rules.ID)
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
func (c *Campaign) setPaces(ctx context.Context, t *tempo) error {
	now := time.Now()
	return c.ledger.Paces(ctx, c.rules.ID, func(lane string) (letter.Pace, bool) { return t.pace(lane, now) })
}

// outboxOptions is what the campaign's outbox is to keep to.
func (c *Campaign) outboxOptions(t *tempo) ledger.OutboxOptions {
	return ledger.OutboxOptions{Campaign: c.rules.ID, Opens: t.opens, Apart: c.settings.Campaign.Apart()}
}

// Plan says when the last letter that may be sent will leave, by the paces, if
// every server takes every letter at once.
func (c *Campaign) Plan(ctx context.Context) (letter.Plan, error) {
	t, err := c.tempo(ctx)
	if err != nil {
		return letter.Plan{}, err
	}
	o := ledger.PlanOptions{Campaign: c.rules.ID, Apart: c.settings.Campaign.Apart(), Opens: t.opens, Pace: t.pace}
	return c.ledger.Plan(ctx, o)
}
