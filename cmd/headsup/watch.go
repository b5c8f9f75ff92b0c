package main

import (
	"context"
	"strconv"
	"strings"
	"time"

	"headsup/letter"
)

// watch prints how many letters are in which state whenever that changes,
// until none is waiting or on its way.
func (h *house) watch(ctx context.Context, every time.Duration) error {
	tick := time.NewTicker(every)
	defer tick.Stop()
	for last := ""; ; {
		sum, err := h.ledger.Sum(ctx, h.campaign.ID)
		if err != nil {
			return err
		}
		if now := statesLine(sum); now != last {
			if err := h.p.print(sum, time.Now().Format(time.TimeOnly), now); err != nil {
				return err
			}
			last = now
		}
		if sum.States[letter.Approved]+sum.States[letter.Deferred]+sum.States[letter.Sending] == 0 {
			return nil
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// statesLine is "approved 3, sent 12".
func statesLine(sum letter.Sum) string {
	var parts []string
	for _, s := range letter.States {
		if n := sum.States[s]; n > 0 {
			parts = append(parts, string(s)+" "+strconv.Itoa(n))
		}
	}
	if len(parts) == 0 {
		return "no letters"
	}
	return strings.Join(parts, ", ")
}
