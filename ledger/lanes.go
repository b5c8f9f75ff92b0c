package ledger

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"headsup/letter"
)

// Lane sets the pace of a lane. A lane that was never set lets everything
// pass. One that has been slowed down stays slow until it recovers.
func (l *Ledger) Lane(ctx context.Context, key string, p letter.Pace) error {
	if err := checkLane(key); err != nil {
		return err
	}
	return inTx(ctx, l, func(t *tx) error { return t.setLane(ctx, key, p) })
}

// setLane sets the pace of a lane, and makes it if there is none.
func (t *tx) setLane(ctx context.Context, key string, p letter.Pace) error {
	a, err := t.ownLane(ctx, key)
	if err != nil {
		return err
	}
	before := a
	if a.Ask(p); a == before {
		return nil
	}
	return t.must(ctx, "UPDATE lanes SET base_ms = $2, gap_ms = $3, burst = $4 WHERE key = $1",
		key, a.Base.Every.Milliseconds(), a.Pace.Every.Milliseconds(), a.Pace.Burst)
}

// ownLane reads a lane as [tx.lane] does, and makes it if there is none.
func (t *tx) ownLane(ctx context.Context, key string) (letter.Lane, error) {
	if _, err := t.exec(ctx, "INSERT INTO lanes (key, base_ms, gap_ms, burst) VALUES ($1, 0, 0, 1) ON CONFLICT (key) DO NOTHING", key); err != nil {
		return letter.Lane{}, err
	}
	return t.lane(ctx, key)
}

func checkLane(key string) error {
	if key == "" || strings.ContainsAny(key, " \t\r\n") {
		return fmt.Errorf("not a lane: %q", key)
	}
	return nil
}

// Lanes returns all lanes by key.
func (l *Ledger) Lanes(ctx context.Context) (out []letter.Lane, err error) {
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

func scanLane(row interface{ Scan(...any) error }) (a letter.Lane, err error) {
	var base, gap, mark, paused, slowed int64
	err = row.Scan(&a.Key, &base, &gap, &a.Pace.Burst, &mark, &paused, &slowed, &a.Pauses, &a.Clean)
	a.Base = letter.Pace{Every: time.Duration(base) * time.Millisecond, Burst: a.Pace.Burst}
	a.Pace.Every = time.Duration(gap) * time.Millisecond
	a.Mark, a.Paused, a.Slowed = timeOf(mark), timeOf(paused), timeOf(slowed)
	return a, err
}

// peek reads lanes in the order of keys. One that was never set limits nothing.
func (t *tx) peek(ctx context.Context, keys []string) ([]letter.Lane, error) {
	lanes, args := make([]letter.Lane, len(keys)), make([]any, len(keys))
	for i, key := range keys {
		lanes[i], args[i] = letter.Lane{Key: key}, key
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
func (t *tx) lane(ctx context.Context, key string) (letter.Lane, error) {
	return scanLane(t.QueryRowContext(ctx, "SELECT "+laneColumns+" FROM lanes WHERE key = $1"+t.d.lock, key))
}

func (t *tx) storeLane(ctx context.Context, a letter.Lane) error {
	return t.must(ctx, `
UPDATE lanes SET gap_ms = $2, mark_at = $3, paused_until = $4, slowed_at = $5, pauses = $6, clean = $7 WHERE key = $1`,
		a.Key, a.Pace.Every.Milliseconds(), msOf(a.Mark), msOf(a.Paused), msOf(a.Slowed), a.Pauses, a.Clean)
}

// heed tells the lanes of a letter what the other side said.
func (t *tx) heed(ctx context.Context, keys []string, slow bool, claimed, now time.Time) error {
	lanes, err := t.peek(ctx, keys)
	if err != nil {
		return err
	}
	for i, a := range lanes {
		last := i == len(lanes)-1
		if !a.Heed(slow, last, claimed, now) {
			continue
		}
		if a, err = t.ownLane(ctx, a.Key); err != nil { // in between, another reply may have changed it
			return err
		}
		if !a.Heed(slow, last, claimed, now) {
			continue
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
	return wakeQueue(ctx, t, id, msOf(due))
}

// wakeQueue makes the queue of a letter due no later than at a time.
func wakeQueue(ctx context.Context, t *tx, id string, due int64) error {
	_, err := t.exec(ctx, `
UPDATE queues SET next_at = $2 WHERE id = (SELECT queue_id FROM letters WHERE id = $1) AND (next_at IS NULL OR next_at > $2)`, id, due)
	return err
}
