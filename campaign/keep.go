package campaign

import (
	"context"
	"time"
)

// again is how long nothing is looked for after there was nothing to send.
const again = 10 * time.Second

// KeepSending sends what is approved until ctx ends. What keeps it from that is
// told when it changes, and tried again.
func KeepSending(ctx context.Context, c *Campaign, trouble func(error)) {
	said := ""
	for ctx.Err() == nil {
		_, err := c.Send(ctx, SendOptions{Patience: time.Minute})
		switch {
		case err == nil:
			said = ""
		case ctx.Err() == nil && err.Error() != said:
			said = err.Error()
			trouble(err)
		}
		select {
		case <-ctx.Done():
		case <-time.After(again):
		}
	}
}
