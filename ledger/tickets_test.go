package ledger

import (
	"errors"
	"sync"
	"testing"
	"time"
)

const ticketPlace = "rt https://rt.example.org"

// A row is written before a ticket is made, by one of several at the same time.
func TestATicketIsClaimedByOneAtATimeAndMadeOnce(t *testing.T) {
	forEach(t, func(t *testing.T, l *Ledger) {
		ctx := t.Context()
		d := draftTo("abuse@example.net", "hello")
		campaign := d.Letter.Campaign
		must(t, second(l.Draft(ctx, d)))
		next := func(want bool, why string) Ticket {
			t.Helper()
			k, found, err := ClaimTicket(ctx, l, campaign, ticketPlace, time.Hour)
			if err != nil || found != want {
				t.Fatalf("%s: %+v %v %v", why, k, found, err)
			}
			return k
		}
		later := func() {
			t.Helper()
			_, err := l.w.Exec("UPDATE tickets SET due_at = 0")
			must(t, err)
		}
		next(false, "nobody is needed")
		must(t, l.Hold(ctx, d.Letter.ID, "why", "anna"))
		redraft := func(why string) {
			t.Helper()
			_, err := l.w.Exec("UPDATE letters SET redraft = $1", why)
			must(t, err)
		}
		redraft("a new draft releases it")
		next(false, "it waits for a new draft, and for nobody")
		redraft("")
		if all, err := Ticketless(ctx, l, campaign, 9); err != nil || len(all) != 1 || all[0].Tries != 0 {
			t.Errorf("%+v %v", all, err)
		}
		var crowd sync.WaitGroup
		claims := make(chan Ticket, 8)
		for range 8 {
			crowd.Go(func() {
				if k, found, err := ClaimTicket(ctx, l, campaign, ticketPlace, time.Hour); err != nil {
					t.Error(err)
				} else if found {
					claims <- k
				}
			})
		}
		crowd.Wait()
		if len(claims) != 1 {
			t.Fatalf("%d claimed it", len(claims))
		}
		k := <-claims
		if k.Key() != d.Letter.ID+"-held" || k.Tries != 1 {
			t.Errorf("%+v", k)
		}
		later()
		if k = next(true, "once the lease is over"); k.Tries != 2 {
			t.Errorf("%+v", k)
		}
		must(t, TicketNotMade(ctx, l, k, time.Hour))
		next(false, "in the pause")
		must(t, l.Release(ctx, d.Letter.ID, "anna"))
		later()
		next(false, "nobody is needed any more")
		must(t, l.Hold(ctx, d.Letter.ID, "why", "anna"))
		k = next(true, "again")
		k.Number = 4711
		must(t, TicketMade(ctx, l, k, time.Hour, "rt"))
		if err := TicketMade(ctx, l, k, time.Hour, "rt"); !errors.Is(err, ErrLost) {
			t.Errorf("made twice: %v", err)
		}
		later()
		next(false, "made")
		open := func(place string, want bool) Ticket {
			t.Helper()
			k, found, err := OpenTicket(ctx, l, campaign, place, time.Hour)
			if err != nil || found != want {
				t.Fatalf("%s: %+v %v %v", place, k, found, err)
			}
			return k
		}
		open("zammad https://rt.example.org", false)
		if k = open(ticketPlace, true); k.Number != 4711 {
			t.Errorf("%+v", k)
		}
		open(ticketPlace, false)
		must(t, CloseTicket(ctx, l, k, "rt"))
		must(t, CloseTicket(ctx, l, k, "rt"))
		later()
		open(ticketPlace, false)
		next(false, "closed, though it is still held")
		events, err := l.History(ctx, d.Letter.ID)
		must(t, err)
		told := 0
		for _, e := range events {
			if e.Kind == "ticket" {
				told++
			}
		}
		if told != 2 {
			t.Errorf("%d events of it: %+v", told, events)
		}
	})
}
