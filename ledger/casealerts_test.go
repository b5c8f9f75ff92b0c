package ledger

import (
	"testing"
	"time"

	"headsup/letter"
)

func TestTheHouseIsToldOnceAndWhatItWasToldGoesWithTheReport(t *testing.T) {
	forEach(t, func(t *testing.T, l *Ledger) {
		cs := NewCases(l, "isp26")
		var all []Case
		for id, keep := range map[string]time.Duration{"aaaa": -time.Hour, "bbbb": time.Hour, "cccc": -time.Hour} {
			c := reportOf(id, "192.0.2.7", "", 1)
			c.Queue, c.Place, c.Keep, c.Incidents = "secret", KeptSecret, keep, nil
			all = append(all, c)
		}
		_, err := cs.Add(t.Context(), all)
		must(t, err)
		due, err := cs.AlertsDue(t.Context(), "secret", 10)
		if must(t, err); len(due) != 3 {
			t.Fatalf("%d due", len(due))
		}
		if other, err := cs.AlertsDue(t.Context(), "restricted", 10); err != nil || len(other) != 0 {
			t.Errorf("of another queue: %v, %v", other, err)
		}
		ids := map[string]string{}
		for _, c := range due {
			d := draftTo("duty@isp.example", "told of "+c.ID)
			d.Letter.ID, d.Letter.Campaign, d.Letter.Alerts = letter.Reference("isp26", "alert "+c.ID, 1), "isp26", c.ID
			d.Rendered = rendered(d.Letter.ID, "told of "+c.ID)
			_, err := l.Draft(t.Context(), d)
			must(t, err)
			ids[c.ID] = d.Letter.ID
			if c.ID == "cccc" { // it waits, and what has not left is not erased
				continue
			}
			must(t, l.Approve(t.Context(), d.Letter.ID, hashOf(t, l, d.Letter.ID), "rule"))
		}
		o := outbox(t, l, "one")
		for range 2 {
			e := claimOne(t, o)
			must(t, o.Mark(t.Context(), e))
			must(t, o.Settle(t.Context(), e, accepted)())
		}
		if due, err = cs.AlertsDue(t.Context(), "secret", 10); err != nil || len(due) != 0 {
			t.Errorf("told twice: %v, %v", due, err)
		}
		if n, err := cs.AlertsToday(t.Context()); err != nil || n != 3 {
			t.Errorf("%d today, %v", n, err)
		}
		for range 2 {
			_, err = cs.Purge(t.Context())
			must(t, err)
		}
		for id, kept := range map[string]bool{"aaaa": false, "bbbb": true, "cccc": true} {
			var mail []byte
			var subject string
			must(t, l.r.QueryRowContext(t.Context(), "SELECT b.mail, l.subject FROM bodies b JOIN letters l ON l.id = b.letter_id WHERE l.id = $1", ids[id]).Scan(&mail, &subject))
			if (len(mail) > 0) != kept || (subject != "") != kept {
				t.Errorf("%s: %d bytes and the subject %q are kept", id, len(mail), subject)
			}
		}
	})
}
