package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"headsup/letter"
)

// A claim is one search for letters that may go.
type claim struct {
	t      *tx
	o      OutboxOptions
	stops  *stops
	known  *networksStopped // as they were when the letters were locked
	judged map[string]int64 // by letter: their version
	now    time.Time        // of the database, since no other process can take a slot before us
	retry  time.Time
}

// next looks through the queues that are due, the one that waits longest
// first. Where somebody stopped the campaign, it returns [ErrHalted]. A queue that
// turns out to be empty or too early is put right. A letter
// whose lanes keep a pace comes alone, so that it need not wait for others.
func (c *claim) next(ctx context.Context, most int) (es []letter.Envelope, err error) {
	if err := c.begins(ctx); err != nil {
		return nil, err
	}
	var closed []any // beginnings of trunks that let nothing pass now
	for range maxLooks {
		q, found, err := c.queue(ctx, closed)
		if err != nil || !found {
			return es, err
		}
		lanes, err := c.lanes(ctx, q)
		if err != nil {
			return nil, err
		}
		at, shut := letter.Ready(lanes, c.o.Opens, c.now)
		switch {
		case at.After(c.now) && shut == len(lanes)-1:
			if err := c.t.must(ctx, "UPDATE queues SET next_at = $2 WHERE id = $1", q.id, msOf(at)); err != nil {
				return nil, err
			}
		case at.After(c.now):
			closed = append(closed, strings.Join(q.lanes()[:shut+1], " "))
			c.again(at)
		default:
			n := most - len(es)
			if paced := slices.ContainsFunc(lanes, letter.Lane.Limits); paced && len(es) > 0 {
				return es, nil
			} else if paced {
				n, most = 1, 1
			}
			taken, err := c.take(ctx, q, lanes, n)
			if err != nil {
				return nil, err
			}
			if es = append(es, taken...); len(es) == most {
				return es, nil
			}
		}
	}
	c.again(c.now)
	return es, nil
}

// begins reads the clock, and returns [ErrHalted] where the campaign is stopped.
func (c *claim) begins(ctx context.Context) error {
	var now int64
	var halted bool
	if err := c.t.QueryRowContext(ctx, "SELECT "+c.t.d.now+", EXISTS (SELECT 1 FROM halts WHERE campaign IN ('', $1) AND ended_at IS NULL)",
		c.o.Campaign).Scan(&now, &halted); err != nil {
		return err
	}
	if c.now = timeOf(now); halted {
		return going(ctx, c.t, c.o.Campaign)
	}
	return nil
}

// maxLooks is how many queues one claim looks at: more than there are time
// zones and providers that may be shut at a time.
const maxLooks = 512

func (c *claim) again(at time.Time) {
	if c.retry.IsZero() || at.Before(c.retry) {
		c.retry = at
	}
}

type queueRow struct {
	id          int64
	trunk, lane string
}

func (q queueRow) lanes() []string { return strings.Fields(q.trunk + " " + q.lane) }

// queue returns the queue that is due for the longest time, and if none is,
// notes when the next one will be.
func (c *claim) queue(ctx context.Context, closed []any) (q queueRow, found bool, err error) {
	from := " FROM queues WHERE next_at IS NOT NULL AND ($1 = '' OR campaign = $1)"
	if c.o.Campaign == "" {
		from += " AND campaign NOT IN (SELECT campaign FROM halts WHERE ended_at IS NULL)"
	}
	args := append([]any{c.o.Campaign}, closed...)
	for i := range closed {
		from += fmt.Sprintf(" AND substr(trunk || ' ', 1, length($%d) + 1) <> $%d || ' '", i+2, i+2)
	}
	err = c.t.QueryRowContext(ctx, "SELECT id, trunk, lane"+from+" AND next_at <= "+c.t.d.now+
		" ORDER BY next_at, id LIMIT 1"+c.t.d.skip, args...).Scan(&q.id, &q.trunk, &q.lane)
	if err == nil {
		return q, true, nil
	}
	if !errors.Is(err, sql.ErrNoRows) {
		return q, false, err
	}
	var next sql.NullInt64
	if err := c.t.QueryRowContext(ctx, "SELECT min(next_at)"+from, args...).Scan(&next); err != nil {
		return q, false, err
	}
	if next.Valid {
		c.again(timeOf(next.Int64))
	}
	return q, false, nil
}

// lanes reads the lanes of a queue. If all let something pass, it locks those
// that keep a pace and looks again, at them and at the clock: in between,
// another process may have taken the slot.
func (c *claim) lanes(ctx context.Context, q queueRow) (lanes []letter.Lane, err error) {
	if lanes, err = c.t.peek(ctx, q.lanes()); err != nil || c.t.d.lock == "" {
		return lanes, err
	}
	if at, _ := letter.Ready(lanes, c.o.Opens, c.now); at.After(c.now) {
		return lanes, nil
	}
	locked := false
	for i, a := range lanes {
		if a.Limits() {
			locked = true
			if lanes[i], err = c.t.lane(ctx, a.Key); err != nil {
				return nil, err
			}
		}
	}
	if locked {
		c.now, err = c.t.now(ctx)
	}
	return lanes, err
}

// take claims the first letters of a queue, at most so many. There are none if
// none is due, or they have been suppressed since they were approved, or grown old.
func (c *claim) take(ctx context.Context, q queueRow, lanes []letter.Lane, most int) (es []letter.Envelope, err error) {
	entries, err := c.first(ctx, q, most)
	if err == nil && len(entries) > 0 {
		c.known, err = c.refreshStops(ctx, "")
	}
	if err != nil {
		return nil, err
	}
	for _, entry := range entries {
		may, err := c.may(ctx, entry)
		if err != nil {
			return nil, err
		}
		if !may {
			continue
		}
		e, err := c.begin(ctx, entry, q)
		if err != nil {
			return nil, err
		}
		es = append(es, e)
	}
	var free time.Time
	if len(es) > 0 {
		if free, err = c.use(ctx, lanes); err != nil {
			return nil, err
		}
	}
	return es, c.refresh(ctx, q, free)
}

// first reads the letters of a queue that are due.
func (c *claim) first(ctx context.Context, q queueRow, most int) (entries []Entry, err error) {
	rows, err := c.t.QueryContext(ctx, "SELECT "+entryColumns+` FROM letters
 WHERE queue_id = $1 AND `+c.waits()+` AND due_at <= $2 ORDER BY due_at, id LIMIT $3`+c.t.d.skip, q.id, msOf(c.now), most)
	if err != nil {
		return nil, err
	}
	return scanEntries(rows)
}

// waits is the condition on letters that may go, if they are due.
func (c *claim) waits() string {
	if c.o.Staged {
		return drawn
	}
	return "state IN ('approved', 'deferred')"
}

// may reports whether a letter can still go now. If not, it is put right.
func (c *claim) may(ctx context.Context, entry Entry) (bool, error) {
	if entry.Corrects != "" { // whoever may have had what it takes back has to have it, and soon
		return true, nil
	}
	stopped, err := c.stopped(ctx, entry)
	if err != nil {
		return false, err
	}
	if cut, err := c.cut(ctx, entry, stopped); cut || err != nil {
		return false, err
	}
	if old, err := c.outdated(ctx, entry); old || err != nil {
		return false, err
	}
	if back, err := c.unreleased(ctx, entry); back || err != nil {
		return false, err
	}
	if back, err := c.answered(ctx, entry); back || err != nil {
		return false, err
	}
	early, err := c.postpone(ctx, entry, strings.ToLower(entry.To))
	return !early, err
}

// use takes a slot of each lane, and says when the last of them is free again.
func (c *claim) use(ctx context.Context, lanes []letter.Lane) (free time.Time, err error) {
	for _, a := range lanes {
		if !a.Limits() {
			continue
		}
		_, a.Mark = a.Next(c.now)
		if err := c.t.storeLane(ctx, a); err != nil {
			return free, err
		}
		free, _ = a.Next(c.now) // of the last lane in the end
	}
	return free, nil
}

// postpone makes a letter due later whose address had another one just before.
// Those of one campaign and round go together: the contact wants one for each host.
// A time to come is of a clock that was ahead, and keeps nothing back.
func (c *claim) postpone(ctx context.Context, entry Entry, contact string) (early bool, err error) {
	if c.o.Apart <= 0 {
		return false, nil
	}
	if c.t.d.alone != "" {
		if _, err := c.t.exec(ctx, c.t.d.alone, contact); err != nil {
			return false, err
		}
	}
	var last sql.NullInt64
	err = c.t.QueryRowContext(ctx, `
SELECT max(a.claimed_at) FROM letters l JOIN attempts a ON a.letter_id = l.id
 WHERE l.mailbox = $1 AND (l.campaign <> $2 OR l.round <> $3) AND a.state IN ('sending', 'sent', 'unknown') AND a.claimed_at <= $4`,
		contact, entry.Campaign, entry.Round, msOf(c.now.Add(letter.Slack))).Scan(&last)
	if err != nil || !last.Valid {
		return false, err
	}
	free := timeOf(last.Int64).Add(c.o.Apart)
	if !free.After(c.now) {
		return false, nil
	}
	return true, c.t.must(ctx, "UPDATE letters SET due_at = $2 WHERE id = $1 AND state IN ('approved', 'deferred')", entry.ID, msOf(free))
}

// begin writes down the intent to send.
func (c *claim) begin(ctx context.Context, entry Entry, q queueRow) (e letter.Envelope, err error) {
	e = letter.Envelope{LetterID: entry.ID, Campaign: entry.Campaign, Agency: entry.Agency, Attempt: entry.Attempt + 1,
		From: entry.From, To: entry.To, MessageID: entry.MessageID, Lanes: q.lanes()}
	if err := c.t.must(ctx, `
UPDATE letters SET state = 'sending', attempt = $2, changed_at = $3 WHERE id = $1 AND state = $4 AND attempt = $2 - 1`,
		e.LetterID, e.Attempt, msOf(c.now), string(entry.State)); err != nil {
		return e, err
	}
	c.judged[e.LetterID] = c.known.version
	return e, c.t.must(ctx, `
INSERT INTO attempts (letter_id, attempt, owner, state, phase, claimed_at) VALUES ($1, $2, $3, 'sending', 'claimed', $4)`,
		e.LetterID, e.Attempt, c.o.Owner, msOf(c.now))
}

// refresh stores when a queue has something to do again: not before its first
// letter is due, nor before its last lane is free.
func (c *claim) refresh(ctx context.Context, q queueRow, free time.Time) error {
	earliest := int64(-era)
	if !free.IsZero() {
		earliest = msOf(free)
	}
	return c.t.must(ctx, `
UPDATE queues SET next_at = (
       SELECT CASE WHEN min(due_at) < CAST($2 AS BIGINT) THEN CAST($2 AS BIGINT) ELSE min(due_at) END
         FROM letters WHERE queue_id = $1 AND `+c.waits()+`)
 WHERE id = $1`, q.id, earliest)
}
