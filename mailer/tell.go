package mailer

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"headsup/letter"
)

// ErrUntold means that outcomes are recorded, but [Options.Notify] did not
// return to be told of them.
var ErrUntold = errors.New("outcomes were recorded and not told")

// tellTime is how long Notify may take once everything is settled and the
// run was told to stop.
const tellTime = 5 * time.Second

// A teller passes outcomes on, one at a time and in order, as fast as whoever
// is told can hear. Nobody waits for that but finish.
type teller struct {
	tell func(letter.Envelope, letter.Outcome)

	mu      sync.Mutex
	queue   []told
	telling bool          // a goroutine is at it
	ended   chan struct{} // if finish waits: closed when all is told
}

type told struct {
	e letter.Envelope
	o letter.Outcome
}

// add queues an outcome. The queue may become as long as the run, so it holds
// no mail.
func (t *teller) add(e letter.Envelope, o letter.Outcome) {
	if t.tell == nil {
		return
	}
	e.Mail = nil
	t.mu.Lock()
	defer t.mu.Unlock()
	t.queue = append(t.queue, told{e, o})
	if !t.telling {
		t.telling = true
		go t.run()
	}
}

func (t *teller) run() {
	for {
		x, ok := t.next()
		if !ok {
			return
		}
		t.tell(x.e, x.o)
	}
}

func (t *teller) next() (x told, ok bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.queue) == 0 {
		t.telling = false
		if t.ended != nil {
			close(t.ended)
		}
		return told{}, false
	}
	x, t.queue = t.queue[0], t.queue[1:]
	return x, true
}

// finish returns when all is told, or, [tellTime] after ctx is done, gives up
// with [ErrUntold]. Then nothing more is told; a call that hangs is left alone.
func (t *teller) finish(ctx context.Context) error {
	t.mu.Lock()
	if !t.telling {
		t.mu.Unlock()
		return nil
	}
	t.ended = make(chan struct{})
	t.mu.Unlock()
	select {
	case <-t.ended:
		return nil
	case <-ctx.Done():
	}
	timer := time.NewTimer(tellTime)
	defer timer.Stop()
	select {
	case <-t.ended:
		return nil
	case <-timer.C:
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if !t.telling {
		return nil
	}
	left := len(t.queue) + 1
	t.queue = nil
	return fmt.Errorf("%w: %d", ErrUntold, left)
}
