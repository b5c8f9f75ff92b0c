package ledger

import (
	"context"
	"strings"
	"time"

	"headsup/letter"
)

// PlanOptions says what is known of the time to come. The zero value plans all
// campaigns on the lanes as they stand.
type PlanOptions struct {
	Campaign string
	Apart    time.Duration                                       // as in OutboxOptions
	Opens    func(lane string, at time.Time) time.Time           // as in OutboxOptions
	Pace     func(lane string, at time.Time) (letter.Pace, bool) // the pace that the settings ask for at a time
}

// Plan says how long the letters that wait will take.
func (l *Ledger) Plan(ctx context.Context, o PlanOptions) (letter.Plan, error) {
	f := letter.Forecast{Opens: o.Opens, Pace: o.Pace}
	var err error
	if f.Lanes, err = l.Lanes(ctx); err != nil {
		return letter.Plan{}, err
	}
	if f.Now, f.Waiting, err = waitingOf(ctx, l, o); err != nil {
		return letter.Plan{}, err
	}
	return f.Plan(), nil
}

// waitingLetters counts the letters of a campaign by when they are due. Those
// few whose address had another letter just before are counted where they stand,
// and then taken from there to when that is long enough ago.
const waitingLetters = `
WITH recent AS (
  SELECT l.mailbox, l.campaign, l.round, max(a.claimed_at) + CAST($3 AS BIGINT) AS free FROM attempts a JOIN letters l ON l.id = a.letter_id
   WHERE a.claimed_at > CAST($1 AS BIGINT) - CAST($3 AS BIGINT) AND a.claimed_at <= CAST($1 AS BIGINT) + CAST($4 AS BIGINT)
     AND a.state IN ('sending', 'sent', 'unknown') GROUP BY l.mailbox, l.campaign, l.round),
early AS (
  SELECT w.queue_id, w.due_at, max(r.free) AS free FROM recent r CROSS JOIN letters w
   WHERE w.mailbox = r.mailbox AND (w.campaign <> r.campaign OR w.round <> r.round) AND w.state IN ('approved', 'deferred') AND (w.campaign = $2 OR $2 = '') AND r.free > w.due_at
   GROUP BY w.id, w.queue_id, w.due_at),
counted AS (
  SELECT queue_id, CASE WHEN due_at < CAST($1 AS BIGINT) THEN CAST($1 AS BIGINT) ELSE due_at END AS at, 0 AS early, count(*) AS n FROM letters
   WHERE state IN ('approved', 'deferred') AND (campaign = $2 OR $2 = '') GROUP BY 1, 2
   UNION ALL SELECT queue_id, CASE WHEN due_at < CAST($1 AS BIGINT) THEN CAST($1 AS BIGINT) ELSE due_at END, 0, -1 FROM early
   UNION ALL SELECT queue_id, free, 1, 1 FROM early)
SELECT q.trunk, q.lane, c.at, CASE WHEN c.early = 1 THEN '` + letter.WaitsApart + `' WHEN c.at > CAST($1 AS BIGINT) THEN '` + letter.WaitsDue + `' ELSE '' END, sum(c.n)
  FROM counted c JOIN queues q ON q.id = c.queue_id
 GROUP BY q.id, q.trunk, q.lane, c.at, c.early HAVING sum(c.n) > 0 ORDER BY q.id, c.at`

// waiting reads the letters that wait, and the time.
func waitingOf(ctx context.Context, l *Ledger, o PlanOptions) (now time.Time, ws []letter.Waiting, err error) {
	var ms int64
	if err := l.r.QueryRowContext(ctx, "SELECT "+l.d.now).Scan(&ms); err != nil {
		return now, nil, err
	}
	rows, err := l.r.QueryContext(ctx, waitingLetters, ms, o.Campaign, o.Apart.Milliseconds(), letter.Slack.Milliseconds())
	if err != nil {
		return now, nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var trunk, lane string
		var at int64
		var w letter.Waiting
		if err := rows.Scan(&trunk, &lane, &at, &w.Why, &w.Count); err != nil {
			return now, nil, err
		}
		w.Lanes, w.At = append(strings.Fields(trunk), lane), timeOf(at)
		ws = append(ws, w)
	}
	return timeOf(ms), ws, rows.Err()
}
