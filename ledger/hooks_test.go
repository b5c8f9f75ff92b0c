package ledger

import (
	"errors"
	"testing"
	"time"
)

func TestAnEventIsToldByOneAtATimeAndOnce(t *testing.T) {
	forEach(t, func(t *testing.T, l *Ledger) {
		ctx := t.Context()
		d := draftTo("abuse@example.net", "hello")
		campaign := d.Letter.Campaign
		must(t, second(l.Draft(ctx, d))) // before anybody listens
		next := func(want bool, why string) Hooked {
			t.Helper()
			e, found, err := NextTold(ctx, l, campaign, time.Minute, time.Hour)
			if err != nil || found != want {
				t.Fatalf("%s: %+v %v %v", why, e, found, err)
			}
			return e
		}
		later := func() {
			t.Helper()
			for _, s := range []string{"UPDATE events SET at = at - 3600000", "UPDATE hooks SET due_at = 0"} {
				_, err := l.w.Exec(s)
				must(t, err)
			}
		}
		next(false, "what was before")
		must(t, l.Hold(ctx, d.Letter.ID, "why", "anna"))
		must(t, l.Release(ctx, d.Letter.ID, "anna"))
		next(false, "not settled yet")
		later()
		e := next(true, "the first")
		if e.Kind != "held" || e.By != "anna" || e.Letter != d.Letter.ID {
			t.Errorf("%+v", e)
		}
		next(false, "while another tells it")
		for i := range 3 {
			if n, err := WasNotTold(ctx, l, campaign, time.Hour); n != i+1 || err != nil {
				t.Errorf("failures %d %v", n, err)
			}
		}
		next(false, "in the pause after failures")
		later()
		if again := next(true, "after the pause"); again.ID != e.ID {
			t.Errorf("event %d is told as %d", e.ID, again.ID)
		}
		must(t, WasTold(ctx, l, campaign, e.ID))
		if err := WasTold(ctx, l, campaign, e.ID); !errors.Is(err, ErrLost) {
			t.Errorf("told twice: %v", err)
		}
		if after := next(true, "the second"); after.ID <= e.ID || after.Kind != "drafted" {
			t.Errorf("%+v", after)
		}
		must(t, WasTold(ctx, l, campaign, e.ID+1))
		next(false, "all are told")
	})
}
