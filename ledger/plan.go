package ledger

import (
	"cmp"
	"container/heap"
	"context"
	"strings"
	"time"

	"headsup/letter"
)

// A Plan says how long the letters that wait will take, if every server takes
// every letter at once and nothing else is approved.
type Plan struct {
	Letters int           `json:"letters"`
	From    time.Time     `json:"from"`          // the database's time now
	Last    time.Time     `json:"last,omitzero"` // when the last letter leaves; zero: none waits
	Why     string        `json:"why,omitempty"` // the lane that the last letter waits for, [Due], [Address], or empty
	Every   time.Duration `json:"-"`             // the pace of that lane at that time
}

// Why a letter waits, besides lanes.
const (
	Due     = "due"     // it is to be tried again later
	Address = "address" // its address had another letter just before
)

// PlanOptions says what is known of the time to come. The zero value plans all
// campaigns on the lanes as they stand.
type PlanOptions struct {
	Campaign string
	Apart    time.Duration                                       // as in OutboxOptions
	Opens    func(lane string, at time.Time) time.Time           // as in OutboxOptions
	Pace     func(lane string, at time.Time) (letter.Pace, bool) // the pace that the settings ask for at a time
}

// Plan simulates the sending of the letters that wait.
func (l *Ledger) Plan(ctx context.Context, o PlanOptions) (p Plan, err error) {
	s := simulation{o: o, lanes: map[string]*Lane{}}
	list, err := l.Lanes(ctx)
	if err != nil {
		return p, err
	}
	for i := range list {
		s.lanes[list[i].Key] = &list[i]
	}
	root := &stage{kids: map[string]*stage{}}
	if p.From, p.Letters, err = l.waiting(ctx, o, root); err != nil || p.Letters == 0 {
		return p, err
	}
	p.Last, p.Why = s.run(root)
	if a := s.lane(p.Why, p.Last); a != nil {
		p.Every = a.Pace.Every
	}
	return p, nil
}

// waitingLetters counts the letters of a campaign by when they are due. Those
// few whose address had another letter just before are counted where they stand,
// and then taken from there to when that is long enough ago.
const waitingLetters = `
WITH recent AS (
  SELECT l.mailbox, l.campaign, l.round, max(a.claimed_at) + CAST($3 AS BIGINT) AS free FROM attempts a JOIN letters l ON l.id = a.letter_id
   WHERE a.claimed_at > CAST($1 AS BIGINT) - CAST($3 AS BIGINT) AND a.state IN ('sending', 'sent', 'unknown') GROUP BY l.mailbox, l.campaign, l.round),
early AS (
  SELECT w.queue_id, w.due_at, max(r.free) AS free FROM recent r CROSS JOIN letters w
   WHERE w.mailbox = r.mailbox AND (w.campaign <> r.campaign OR w.round <> r.round) AND w.state IN ('approved', 'deferred') AND (w.campaign = $2 OR $2 = '') AND r.free > w.due_at
   GROUP BY w.id, w.queue_id, w.due_at),
counted AS (
  SELECT queue_id, CASE WHEN due_at < CAST($1 AS BIGINT) THEN CAST($1 AS BIGINT) ELSE due_at END AS at, 0 AS early, count(*) AS n FROM letters
   WHERE state IN ('approved', 'deferred') AND (campaign = $2 OR $2 = '') GROUP BY 1, 2
   UNION ALL SELECT queue_id, CASE WHEN due_at < CAST($1 AS BIGINT) THEN CAST($1 AS BIGINT) ELSE due_at END, 0, -1 FROM early
   UNION ALL SELECT queue_id, free, 1, 1 FROM early)
SELECT q.trunk, q.lane, c.at, CASE WHEN c.early = 1 THEN 'address' WHEN c.at > CAST($1 AS BIGINT) THEN 'due' ELSE '' END, sum(c.n)
  FROM counted c JOIN queues q ON q.id = c.queue_id
 GROUP BY q.id, q.trunk, q.lane, c.at, c.early HAVING sum(c.n) > 0 ORDER BY q.id, c.at`

// waiting puts the letters that wait behind the lanes that they pass through.
func (l *Ledger) waiting(ctx context.Context, o PlanOptions, root *stage) (now time.Time, letters int, err error) {
	var ms int64
	if err := l.r.QueryRowContext(ctx, "SELECT "+l.d.now).Scan(&ms); err != nil {
		return now, 0, err
	}
	rows, err := l.r.QueryContext(ctx, waitingLetters, ms, o.Campaign, o.Apart.Milliseconds())
	if err != nil {
		return now, 0, err
	}
	defer rows.Close()
	for rows.Next() {
		var trunk, lane, why string
		var at int64
		var n int
		if err := rows.Scan(&trunk, &lane, &at, &why, &n); err != nil {
			return now, 0, err
		}
		s := root
		for _, key := range append(strings.Fields(trunk), lane) {
			if s.kids[key] == nil {
				s.kids[key] = &stage{key: key, rank: len(s.kids), kids: map[string]*stage{}}
			}
			s = s.kids[key]
		}
		s.letters = append(s.letters, dueLetters{timeOf(at), n, why})
		letters += n
	}
	return timeOf(ms), letters, rows.Err()
}

type dueLetters struct {
	at    time.Time
	count int
	why   string // [Due] or [Address] if that is not now
}

// A stage is a lane as it is reached through those before it. Behind it are
// other stages, or letters in the order of their times.
type stage struct {
	key     string
	rank    int // among its siblings, where nothing else tells
	kids    map[string]*stage
	next    stages // the kids that have letters, by time
	letters []dueLetters
	blocked time.Time // the lane lets nothing pass before
	at      time.Time // when there is something to do
}

// ready fills the heaps once all letters are in their places.
func (s *stage) ready() {
	for _, k := range s.kids {
		k.ready()
		s.next = append(s.next, k)
	}
	heap.Init(&s.next)
	s.settle()
}

// settle finds out when there is something to do next.
func (s *stage) settle() {
	s.at = s.blocked
	switch {
	case len(s.next) > 0 && s.next[0].at.After(s.at):
		s.at = s.next[0].at
	case len(s.letters) > 0 && s.letters[0].at.After(s.at):
		s.at = s.letters[0].at
	}
}

func (s *stage) empty() bool { return len(s.next) == 0 && len(s.letters) == 0 }

// stages is a heap.
type stages []*stage

func (h stages) Len() int { return len(h) }
func (h stages) Less(i, j int) bool {
	return cmp.Or(h[i].at.Compare(h[j].at), h[i].rank-h[j].rank) < 0
}
func (h stages) Swap(i, j int) { h[i], h[j] = h[j], h[i] }
func (h *stages) Push(x any)   { *h = append(*h, x.(*stage)) }
func (h *stages) Pop() any {
	last := len(*h) - 1
	x := (*h)[last]
	*h = (*h)[:last]
	return x
}

// A simulation does what claiming does, without a database.
type simulation struct {
	o     PlanOptions
	lanes map[string]*Lane
}

// lane returns a lane as it is at a time, or nil if it limits nothing.
func (s *simulation) lane(key string, at time.Time) *Lane {
	a := s.lanes[key]
	if s.o.Pace == nil {
		return a
	}
	if p, ok := s.o.Pace(key, at); ok {
		if a == nil {
			a = &Lane{Key: key}
			s.lanes[key] = a
		}
		if a.Pace.Every <= a.Base.Every || a.Pace.Every < p.Every { // else it was slowed down
			a.Pace = p
		}
		a.Base = p
	}
	return a
}

// run lets all letters pass, and says when the last one did and what it waited for.
func (s *simulation) run(root *stage) (last time.Time, why string) {
	root.ready()
	for !root.empty() {
		if w, ok := s.step(root, root.at); ok {
			last, why = root.at, w
		}
		root.settle()
	}
	return last, why
}

// step lets one letter pass at a time, or finds out what it has to wait for.
func (s *simulation) step(n *stage, at time.Time) (why string, ok bool) {
	a := s.lane(n.key, at)
	free := at
	if a != nil {
		free, _ = a.next(at)
	}
	if s.o.Opens != nil {
		free = later(free, s.o.Opens(n.key, free))
	}
	if free.After(at) {
		n.blocked = free
		return "", false
	}
	if len(n.letters) > 0 {
		if n.letters[0].at.Equal(at) {
			why = n.letters[0].why
		}
		if n.letters[0].count--; n.letters[0].count == 0 {
			n.letters = n.letters[1:]
		}
		ok = true
	} else {
		kid := n.next[0]
		why, ok = s.step(kid, at)
		kid.settle()
		if kid.empty() {
			heap.Pop(&n.next)
		} else {
			heap.Fix(&n.next, 0)
		}
	}
	if ok && a != nil {
		_, a.Mark = a.next(at)
	}
	if n.blocked.Equal(at) {
		why = n.key
	}
	return why, ok
}

func later(a, b time.Time) time.Time {
	if a.Before(b) {
		return b
	}
	return a
}
