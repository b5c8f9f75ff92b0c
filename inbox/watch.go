package inbox

import (
	"cmp"
	"context"
	"iter"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"

	"headsup/wire"
)

const (
	// idleAgain is how long the server may be silent before it is asked whether it is still there.
	idleAgain = 10 * time.Minute
	// pollEvery is how often a server that knows no IDLE is asked for news.
	pollEvery = time.Minute
)

// Watch yields what Mailbox yields, and then each message as it comes in
// (IDLE, RFC 2177), until ctx is done, whose cause is the last error.
//
// A connection that ends is an error, after which it is made again, ever more
// slowly; only where the first one cannot be made, there is no more. Each
// message is yielded once, also if it is not marked as seen.
func (b IMAP) Watch(ctx context.Context) iter.Seq2[Message, error] {
	return func(yield func(Message, error) bool) {
		w := watch{box: b, news: make(chan struct{}, 1)}
		for lost := 0; ; lost++ {
			more, err := w.read(ctx, yield)
			if !more {
				return
			}
			if ctx.Err() != nil {
				yield(Message{}, context.Cause(ctx))
				return
			}
			if w.reached {
				lost, w.reached = 0, false
			}
			if !yield(Message{}, b.failed(err)) || w.uids == 0 {
				return
			}
			if !sleep(ctx, wire.Pause(lost+1)) {
				yield(Message{}, context.Cause(ctx))
				return
			}
		}
	}
}

// sleep reports false if ctx was done first.
func sleep(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// A watch is what is remembered of a folder from one connection to the next.
type watch struct {
	box     IMAP
	uids    uint32   // UIDVALIDITY; never 0
	last    imap.UID // that was yielded
	reached bool     // the folder, by the last connection
	news    chan struct{}
}

// read goes on for as long as the connection does. It reports false if yield did.
func (w *watch) read(ctx context.Context, yield func(Message, error) bool) (more bool, err error) {
	b, err := w.box.withDefaults()
	if err != nil {
		return true, err
	}
	b.news = func() {
		select {
		case w.news <- struct{}{}:
		default:
		}
	}
	c, err := b.connect(ctx)
	if err != nil {
		return true, err
	}
	defer c.Close()
	defer context.AfterFunc(ctx, func() { c.wire.Close() })()
	folder, err := c.open(b.Folder)
	if err != nil {
		return true, err
	}
	if w.uids != folder.UIDValidity {
		w.uids, w.last = cmp.Or(folder.UIDValidity, 1), 0
	}
	w.reached = true
	for {
		if more, err := w.take(b, c, yield); err != nil || !more {
			return more, err
		}
		c.wire.Budget(wire.DialBudget)
		if err := w.wait(ctx, c); err != nil {
			return true, err
		}
	}
}

// take yields the messages that have come since the last one.
func (w *watch) take(b IMAP, c connection, yield func(Message, error) bool) (more bool, err error) {
	var later imap.UIDSet
	later.AddRange(w.last+1, 0)
	uids, err := c.search(imap.SearchCriteria{UID: []imap.UIDSet{later}, NotFlag: unread})
	if err != nil {
		return true, err
	}
	for _, uid := range uids {
		if uid <= w.last { // n:* names the last message whatever n is
			continue
		}
		m, err := c.fetch(b, uid)
		if err != nil {
			return true, err
		}
		w.last = uid
		if m.Text != nil && !yield(m, nil) {
			return false, nil
		}
	}
	return true, nil
}

// wait returns when there is news, or it is time to look for some.
func (w *watch) wait(ctx context.Context, c connection) error {
	if !c.Caps().Has(imap.CapIdle) && !c.Caps().Has(imap.CapIMAP4rev2) {
		w.pause(ctx, c, pollEvery)
		return c.answer(c.Noop().Wait)
	}
	var idle *imapclient.IdleCommand
	err := c.answer(func() (err error) {
		idle, err = c.Idle()
		return err
	})
	if err != nil {
		return err
	}
	w.pause(ctx, c, idleAgain)
	if err := idle.Close(); err != nil {
		return err
	}
	return c.answer(idle.Wait)
}

func (w *watch) pause(ctx context.Context, c connection, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-w.news:
	case <-timer.C:
	case <-c.Closed():
	case <-ctx.Done():
	}
}
