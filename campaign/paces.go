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
	ledger   *ledger.Ledger
	id       string // of the campaign
	settings *settings.Campaign
	hours    letter.Hours
	started  time.Time // the first letter of the campaign
	ages     letter.Ages
	behind   float64 // how much slower letters leave because answers are open

	mu    sync.Mutex
	zones map[string]*time.Location
}

func newTempo(ctx context.Context, c *Campaign) (*tempo, error) {
	t := &tempo{ledger: c.ledger, id: c.rules.ID, settings: &c.settings.Campaign, zones: map[string]*time.Location{}}
	var err error
	if t.hours, err = t.settings.SendingHours(); err != nil {
		return nil, err
	}
	if t.ages, err = t.settings.Ages(); err != nil {
		return nil, err
	}
	if t.started, err = t.ledger.Started(ctx, t.id); err != nil {
		return nil, err
	}
	t.behind, _, err = behind(ctx, c)
	return t, err
}

// settledOver is how far back is counted what the desk settles.
const settledOver = 14 * 24 * time.Hour

// behind returns how much slower letters have to leave than by the settings,
// because people answer more than the desk settles, and how many answers are open.
func behind(ctx context.Context, c *Campaign) (slower float64, open int, err error) {
	now := time.Now()
	open, settled, first, err := ledger.AnswerLoad(ctx, c.ledger, c.rules.ID, now.Add(-settledOver))
	past := min(settledOver, max(now.Sub(first), 24*time.Hour))
	return letter.Behind(open, settled, past, c.settings.Campaign.Ahead()), open, err
}

// pace is how fast a lane may be used at a time, by the settings. Any number
// of senders keep it together.
func (t *tempo) pace(lane string, now time.Time) (letter.Pace, bool) {
	p, ok := t.settings.LanePace(lane, t.started, now)
	if kind, _, _ := strings.Cut(lane, ":"); kind == "campaign" {
		p.Every = time.Duration(float64(p.Every) * t.behind)
	}
	return p, ok
}

// adjust looks again how many answers are open, and reports whether that
// changes the paces.
func (t *tempo) adjust(ctx context.Context, c *Campaign) (changed bool, err error) {
	was := t.behind
	t.behind, _, err = behind(ctx, c)
	return t.behind != was, err
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

// store writes the paces of this moment into the ledger.
func (t *tempo) store(ctx context.Context) error {
	now := time.Now()
	return t.ledger.Paces(ctx, t.id, func(lane string) (letter.Pace, bool) { return t.pace(lane, now) })
}

// outbox is what the campaign's outbox is to keep to.
func (t *tempo) outbox() ledger.OutboxOptions {
	return ledger.OutboxOptions{Campaign: t.id, Opens: t.opens, Apart: t.settings.Apart(), Ages: t.ages, Releasers: t.settings.ReleasedBy}
}

// Plan says when the last letter that may be sent will leave, by the paces, if
// every server takes every letter at once.
func (c *Campaign) Plan(ctx context.Context) (letter.Plan, error) {
	t, err := newTempo(ctx, c)
	if err != nil {
		return letter.Plan{}, err
	}
	o := ledger.PlanOptions{Campaign: c.rules.ID, Apart: c.settings.Campaign.Apart(), Opens: t.opens, Pace: t.pace}
	return c.ledger.Plan(ctx, o)
}
