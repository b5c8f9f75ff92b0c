package inbox

import (
	"context"
	"iter"
	"sync"
)

// Watch watches several mailboxes and yields, one after the other, what
// [IMAP.Watch] yields of each. A mailbox that cannot be reached keeps none of
// the others from being watched.
func Watch(ctx context.Context, boxes ...IMAP) iter.Seq2[Message, error] {
	return func(yield func(Message, error) bool) {
		ctx, cancel := context.WithCancel(ctx)
		came, dealt := make(chan arrival), make(chan bool)
		var watches sync.WaitGroup
		for _, b := range boxes {
			watches.Go(func() {
				for m, err := range b.Watch(ctx) {
					came <- arrival{m, err}
					if !<-dealt { // its connection waits, for Seen needs it
						return
					}
				}
			})
		}
		go func() {
			watches.Wait()
			close(came)
		}()
		more := true
		for a := range came {
			if more = more && yield(a.message, a.err); !more {
				cancel()
			}
			dealt <- more
		}
		cancel()
	}
}

type arrival struct {
	message Message
	err     error
}
