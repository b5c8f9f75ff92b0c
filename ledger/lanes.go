package ledger

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"headsup/letter"
)

// A Lane is a rate limit as it stands. All processes that use the ledger keep it together.
type Lane struct {
	Key    string      `json:"key"`
	Base   letter.Pace `json:"base"`            // as the settings ask
	Pace   letter.Pace `json:"pace"`            // as kept at present: slower after the other side asked for it
	Mark   time.Time   `json:"mark"`            // the stored time of Pace.Next
	Paused time.Time   `json:"paused,omitzero"` // nothing passes before
	Slowed time.Time   `json:"slowed,omitzero"` // when it was last asked to slow down
	pauses int         // in a row
	clean  int         // replies without a complaint since it was slowed
}

// How a lane slows down and recovers: twice the gap, at most 16 times what the
// settings ask (or a second); a tenth less after 20 clean replies.
const (
	slowest   = 16
	recovery  = 20
	slowFloor = time.Second
)

var pauses = []time.Duration{5 * time.Minute, 15 * time.Minute, time.Hour, 4 * time.Hour}

// slow answers a request to slow down. Only the lane of the destination pauses:
// one server that is angry must not stop a campaign.
func (a *Lane) slow(now time.Time, pause bool) {
	a.Pace.Every = min(max(2*a.Pace.Every, slowFloor), slowest*max(a.Base.Every, slowFloor))
	a.Slowed, a.clean = now, 0
	if pause {
		a.Paused = now.Add(pauses[min(a.pauses, len(pauses)-1)])
		a.pauses++
	}
}

// recover counts a clean reply.
func (a *Lane) recover() {
	if a.clean++; a.clean < recovery {
		return
	}
	a.clean = 0
	if a.Pace.Every = max(a.Pace.Every*9/10, a.Base.Every); a.Pace.Every == a.Base.Every {
		a.pauses = 0
	}
}

// next says when the lane lets something pass, and the mark to store if it does.
func (a Lane) next(now time.Time) (at, mark time.Time) {
	at, mark = a.Pace.Next(a.Mark, now)
	if at.Before(a.Paused) {
		at = a.Paused
	}
	return at, mark
}

// Lane sets the pace of a lane. A lane that was never set lets everything
// pass. One that has been slowed down stays slow until it recovers.
func (l *Ledger) Lane(ctx context.Context, key string, p letter.Pace) error {
	if err := checkLane(key); err != nil {
		return err
	}
	return l.update(ctx, func(t *tx) error { return t.setLane(ctx, key, p) })
}

func (t *tx) setLane(ctx context.Context, key string, p letter.Pace) error {
	return t.must(ctx, `
INSERT INTO lanes (key, base_ms, gap_ms, burst) VALUES ($1, $2, $2, $3)
    ON CONFLICT (key) DO UPDATE SET base_ms = excluded.base_ms, burst = excluded.burst,
       gap_ms = CASE WHEN lanes.gap_ms > lanes.base_ms AND lanes.gap_ms > excluded.base_ms THEN lanes.gap_ms ELSE excluded.base_ms END`,
		key, p.Every.Milliseconds(), max(p.Burst, 1))
}

func checkLane(key string) error {
	if key == "" || strings.ContainsAny(key, " \t\r\n") {
		return fmt.Errorf("not a lane: %q", key)
	}
	return nil
}

// Lanes returns all lanes by key.
func (l *Ledger) Lanes(ctx context.Context) (out []Lane, err error) {
	rows, err := l.r.QueryContext(ctx, "SELECT "+laneColumns+" FROM lanes ORDER BY key")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		a, err := scanLane(rows)
		if err != nil {
			return nil, err
		}
		out = append(out, a)
	}
	return out, rows.Err()
}

const laneColumns = "key, base_ms, gap_ms, burst, mark_at, paused_until, slowed_at, pauses, clean"

func scanLane(row interface{ Scan(...any) error }) (a Lane, err error) {
	var base, gap, mark, paused, slowed int64
	err = row.Scan(&a.Key, &base, &gap, &a.Pace.Burst, &mark, &paused, &slowed, &a.pauses, &a.clean)
	a.Base = letter.Pace{Every: time.Duration(base) * time.Millisecond, Burst: a.Pace.Burst}
	a.Pace.Every = time.Duration(gap) * time.Millisecond
	a.Mark, a.Paused, a.Slowed = timeOf(mark), timeOf(paused), timeOf(slowed)
	return a, err
}

// limits reports whether the lane has to be asked at all.
func (a Lane) limits() bool { return a.Pace.Every > 0 }

// peek reads lanes in the order of keys. One that was never set limits nothing.
func (t *tx) peek(ctx context.Context, keys []string) ([]Lane, error) {
	lanes, args := make([]Lane, len(keys)), make([]any, len(keys))
	for i, key := range keys {
		lanes[i], args[i] = Lane{Key: key}, key
	}
	if len(keys) == 0 {
		return nil, nil
	}
	rows, err := t.QueryContext(ctx, "SELECT "+laneColumns+" FROM lanes WHERE key IN ("+placeholders(1, len(keys))+")", args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		a, err := scanLane(rows)
		if err != nil {
			return nil, err
		}
		lanes[slices.Index(keys, a.Key)] = a
	}
	return lanes, rows.Err()
}

// lane reads a lane and keeps others from changing it until t ends. Lanes are
// taken in the order in which a letter names them, so that nobody waits in a circle.
func (t *tx) lane(ctx context.Context, key string) (Lane, error) {
	return scanLane(t.QueryRowContext(ctx, "SELECT "+laneColumns+" FROM lanes WHERE key = $1"+t.d.lock, key))
}

func (t *tx) storeLane(ctx context.Context, a Lane) error {
	return t.must(ctx, `
UPDATE lanes SET gap_ms = $2, mark_at = $3, paused_until = $4, slowed_at = $5, pauses = $6, clean = $7 WHERE key = $1`,
		a.Key, a.Pace.Every.Milliseconds(), msOf(a.Mark), msOf(a.Paused), msOf(a.Slowed), a.pauses, a.clean)
}

// slowed reports whether a clean reply changes the lane.
func (a Lane) slowed() bool {
	return (a.Pace.Every > a.Base.Every || a.pauses > 0) && !strings.HasPrefix(a.Key, letter.HoursLane)
}

// heed tells the lanes of a letter what the other side said. Replies to
// attempts from before a lane was slowed are of the same complaint.
func (t *tx) heed(ctx context.Context, keys []string, slow bool, claimed, now time.Time) error {
	lanes, err := t.peek(ctx, keys)
	if err != nil {
		return err
	}
	for i, a := range lanes {
		if !slow && !a.slowed() || strings.HasPrefix(a.Key, letter.HoursLane) {
			continue
		}
		if _, err := t.exec(ctx, "INSERT INTO lanes (key, base_ms, gap_ms, burst) VALUES ($1, 0, 0, 1) ON CONFLICT (key) DO NOTHING", a.Key); err != nil {
			return err
		}
		if a, err = t.lane(ctx, a.Key); err != nil {
			return err
		}
		if claimed.Before(a.Slowed) {
			continue
		}
		if slow {
			a.slow(now, i == len(lanes)-1)
		} else {
			a.recover()
		}
		if err := t.storeLane(ctx, a); err != nil {
			return err
		}
	}
	return nil
}

// queue returns the queue of letters that pass through lanes.
func (t *tx) queue(ctx context.Context, campaign string, lanes []string) (id int64, err error) {
	for _, key := range lanes {
		if err := checkLane(key); err != nil {
			return 0, err
		}
	}
	trunk, lane := "", ""
	if n := len(lanes); n > 0 {
		trunk, lane = strings.Join(lanes[:n-1], " "), lanes[n-1]
	}
	err = t.QueryRowContext(ctx, `
INSERT INTO queues (campaign, trunk, lane) VALUES ($1, $2, $3)
    ON CONFLICT (campaign, trunk, lane) DO UPDATE SET lane = excluded.lane RETURNING id`, campaign, trunk, lane).Scan(&id)
	return id, err
}

// wake makes a letter due at a time, and its queue with it.
func (t *tx) wake(ctx context.Context, id string, due time.Time) error {
	if err := t.must(ctx, "UPDATE letters SET due_at = $2 WHERE id = $1 AND state IN ('approved', 'deferred')", id, msOf(due)); err != nil {
		return err
	}
	_, err := t.exec(ctx, `
UPDATE queues SET next_at = $2 WHERE id = (SELECT queue_id FROM letters WHERE id = $1) AND (next_at IS NULL OR next_at > $2)`, id, msOf(due))
	return err
}
