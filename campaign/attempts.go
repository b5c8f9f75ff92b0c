package campaign

import (
	"context"
	"sync"
	"time"

	"headsup/letter"
	"headsup/mailer"
)

// A queue tells events in their order, from one goroutine: nobody who sends
// waits for who listens.
type queue struct {
	mu     sync.Mutex
	more   *sync.Cond
	events []Event
	closed bool
	told   chan struct{}
}

// newQueue begins to tell. It must be closed.
func newQueue(tell func(Event)) *queue {
	q := &queue{told: make(chan struct{})}
	q.more = sync.NewCond(&q.mu)
	go q.run(tell)
	return q
}

func (q *queue) put(e Event) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.events = append(q.events, e)
	q.more.Signal()
}

func (q *queue) run(tell func(Event)) {
	defer close(q.told)
	for {
		q.mu.Lock()
		for len(q.events) == 0 && !q.closed {
			q.more.Wait()
		}
		events := q.events
		q.events = nil
		q.mu.Unlock()
		if len(events) == 0 {
			return
		}
		for _, e := range events {
			tell(e)
		}
	}
}

// untoldTime is how long a listener may take once the work is done and was told
// to stop.
const untoldTime = 5 * time.Second

// close returns when everything is told. Where ctx has ended, it does not wait
// for ever: then it returns [mailer.ErrUntold].
func (q *queue) close(ctx context.Context) error {
	q.mu.Lock()
	q.closed = true
	q.more.Signal()
	q.mu.Unlock()
	select {
	case <-q.told:
		return nil
	case <-ctx.Done():
	}
	select {
	case <-q.told:
		return nil
	case <-time.After(untoldTime):
		return mailer.ErrUntold
	}
}

// An attempts is an outbox that tells what it hands out and what becomes of it,
// once that is in the ledger.
type attempts struct {
	mailer.Outbox
	tell func(Event)

	mu    sync.Mutex
	since map[string]time.Time // by letter: when it was claimed
}

func newAttempts(box mailer.Outbox, tell func(Event)) *attempts {
	return &attempts{Outbox: box, tell: tell, since: map[string]time.Time{}}
}

// Claim implements [mailer.Outbox].
func (a *attempts) Claim(ctx context.Context, most int) (es []letter.Envelope, retry time.Time, err error) {
	es, retry, err = a.Outbox.Claim(ctx, most)
	if err != nil {
		return es, retry, err
	}
	now := time.Now()
	for _, e := range es {
		a.mu.Lock()
		a.since[e.LetterID] = now
		a.mu.Unlock()
		a.tell(attempt(e, StepClaimed))
	}
	return es, retry, nil
}

// Mark implements [mailer.Outbox].
func (a *attempts) Mark(ctx context.Context, e letter.Envelope) error {
	err := a.Outbox.Mark(ctx, e)
	if err == nil {
		a.tell(attempt(e, StepDot))
	}
	return err
}

// recorded tells that an outcome is in the ledger.
func (a *attempts) recorded(e letter.Envelope, o letter.Outcome) {
	a.mu.Lock()
	took := time.Since(a.since[e.LetterID])
	delete(a.since, e.LetterID)
	a.mu.Unlock()
	it := attempt(e, StepRecorded)
	it.Outcome, it.Took = o, took
	a.tell(it)
}

func attempt(e letter.Envelope, step Step) Attempt {
	return Attempt{Letter: e.LetterID, Campaign: e.Campaign, To: e.To, Number: e.Attempt, Step: step}
}
