package ledger

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"headsup/letter"
)

// inCampaigns approves a letter to one address in each of n campaigns.
func inCampaigns(t *testing.T, l *Ledger, n int) {
	t.Helper()
	for i := range n {
		d := draftTo("abuse@d.example", "hello")
		d.Letter.Campaign = fmt.Sprint("c", i)
		d.Letter.ID = letter.Reference(d.Letter.Campaign, "abuse@d.example", 1)
		_, err := l.Draft(t.Context(), d)
		must(t, err)
		must(t, l.Approve(t.Context(), d.Letter.ID, Hash(d.Rendered), "tester"))
	}
}

func TestAnAddressIsNotWrittenToTwiceADay(t *testing.T) {
	forEach(t, func(t *testing.T, l *Ledger) {
		inCampaigns(t, l, 3)
		o, err := l.Outbox(t.Context(), OutboxOptions{Owner: "me", Apart: 24 * time.Hour})
		must(t, err)
		defer o.Close(t.Context())
		now := soon()
		for i, want := range []letter.State{letter.Sent, letter.Failed, letter.Sent} {
			l.at(now)
			e := claimOne(t, o)
			must(t, o.Mark(t.Context(), e))
			must(t, o.Settle(t.Context(), e, letter.Outcome{State: want, Phase: letter.Replied, Code: 250})())
			if i == 0 { // what was refused does not count, what was sent does
				if claimNone(t, o).IsZero() {
					t.Error("nobody is told when the next letter is due")
				}
				now = now.Add(23 * time.Hour)
				l.at(now)
				claimNone(t, o)
				now = now.Add(time.Hour)
			}
		}
	})
}

func TestManySendersDoNotWriteToAnAddressAtOnce(t *testing.T) {
	forEach(t, func(t *testing.T, l *Ledger) {
		inCampaigns(t, l, 10)
		o, err := l.Outbox(t.Context(), OutboxOptions{Owner: "me", Apart: 24 * time.Hour})
		must(t, err)
		defer o.Close(t.Context())
		var mu sync.Mutex
		claimed := 0
		var wg sync.WaitGroup
		for range 10 {
			wg.Go(func() {
				for range 5 {
					if _, ok, _, err := claimNext(t.Context(), o); err != nil {
						t.Error(err)
					} else if ok {
						mu.Lock()
						claimed++
						mu.Unlock()
					}
				}
			})
		}
		wg.Wait()
		if claimed != 1 {
			t.Errorf("%d letters to one address were claimed at once", claimed)
		}
	})
}

// TestLettersWaitForTheHours has more zones than a claim looks at shut queues,
// were they looked at one by one.
func TestLettersWaitForTheHours(t *testing.T) {
	alone(t)
	forEach(t, func(t *testing.T, l *Ledger) {
		for i := range 100 {
			d := draftTo(fmt.Sprintf("abuse@d%d.example", i), "hello")
			d.Lanes = []string{"campaign:relay26", fmt.Sprintf("hours:Z%d", i), fmt.Sprintf("domain:d%d.example", i)}
			_, err := l.Draft(t.Context(), d)
			must(t, err)
			must(t, l.Approve(t.Context(), d.Letter.ID, Hash(d.Rendered), "tester"))
		}
		now := soon()
		morning := now.Add(time.Hour)
		opens := func(lane string, at time.Time) time.Time {
			if strings.HasPrefix(lane, letter.HoursLane) && lane != "hours:Z99" && at.Before(morning) {
				return morning
			}
			return at
		}
		must(t, l.Lane(t.Context(), "campaign:relay26", letter.Pace{Every: time.Second}))
		o, err := l.Outbox(t.Context(), OutboxOptions{Owner: "me", Opens: opens})
		must(t, err)
		defer o.Close(t.Context())
		l.at(now)
		e := claimOne(t, o)
		if e.To != "abuse@d99.example" {
			t.Errorf("%s is written to outside its hours", e.To)
		}
		must(t, o.Settle(t.Context(), e, letter.Outcome{State: letter.Deferred, Phase: letter.Connected, Code: 421, Slow: true})())
		for _, at := range []time.Time{now, now.Add(3 * time.Second)} {
			l.at(at)
			if wait := time.Until(claimNone(t, o)); wait < 500*time.Millisecond {
				t.Errorf("asked again in %v", wait)
			}
		}
		l.at(morning)
		claimOne(t, o)
		lanes, err := l.Lanes(t.Context())
		must(t, err)
		for _, a := range lanes {
			if strings.HasPrefix(a.Key, letter.HoursLane) {
				t.Errorf("the clock was slowed down: %+v", a)
			}
		}
	})
}

// TestABlockedCampaignIsLookedAtOnce has more ways out of the house than one
// claim looks at.
func TestABlockedCampaignIsLookedAtOnce(t *testing.T) {
	forEach(t, func(t *testing.T, l *Ledger) {
		approved(t, l, 1, 1)
		must(t, l.Lane(t.Context(), "campaign:relay26", letter.Pace{Every: time.Hour}))
		o := outbox(t, l, "me")
		l.at(soon())
		claimOne(t, o)
		must(t, inTx(t.Context(), l, func(t *tx) error {
			b := bulk{table: "queues", columns: []string{"campaign", "trunk", "lane", "next_at"}, onConflict: "DO NOTHING"}
			for i := range maxLooks + 1 {
				b.rows = append(b.rows, []any{"relay26", fmt.Sprintf("campaign:relay26 hours:Z%d", i), "domain:d.example", int64(1)})
			}
			_, err := t.d.bulk(context.Background(), t, b)
			return err
		}))
		if wait := time.Until(claimNone(t, o)); wait < time.Minute {
			t.Errorf("asked again in %v", wait)
		}
	})
}
