package ledger

import (
	"fmt"
	"math/rand/v2"
	"os"
	"testing"
	"time"

	"headsup/letter"
)

// TestAPlanIsWhatSendingComesTo sends with a clock that jumps to whenever the
// outbox says, and compares.
func TestAPlanIsWhatSendingComesTo(t *testing.T) {
	for _, tt := range []struct {
		name             string
		letters, domains int
		campaign, domain letter.Pace
		why              string
		last             time.Duration
	}{
		{"the campaign's pace", 20, 20, letter.Pace{Every: time.Second}, letter.Pace{Every: 10 * time.Second}, "campaign:relay26", 19 * time.Second},
		{"one domain's pace", 20, 2, letter.Pace{Every: time.Second}, letter.Pace{Every: 10 * time.Second}, "domain:d1.example", 91 * time.Second},
		{"a burst", 20, 20, letter.Pace{Every: time.Minute, Burst: 20}, letter.Pace{}, "", 0},
		{"nothing waits", 0, 1, letter.Pace{}, letter.Pace{}, "", 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			forEach(t, func(t *testing.T, l *Ledger) {
				now := soon()
				l.at(now)
				approved(t, l, tt.letters, tt.domains)
				must(t, l.Lane(t.Context(), "campaign:relay26", tt.campaign))
				for i := range tt.domains {
					must(t, l.Lane(t.Context(), fmt.Sprintf("domain:d%d.example", i), tt.domain))
				}
				p, err := l.Plan(t.Context(), PlanOptions{Campaign: "relay26"})
				must(t, err)
				if p.Letters != tt.letters || p.Why != tt.why || tt.letters > 0 && p.Last.Sub(now) != tt.last {
					t.Errorf("plan %+v", p)
				}
				if last := sendOn(t, l, now, OutboxOptions{}); tt.letters > 0 && !last.Equal(p.Last) {
					t.Errorf("the last letter left after %v, planned after %v", last.Sub(now), p.Last.Sub(now))
				}
			})
		})
	}
}

func TestAPlanOfManyLanesIsWhatSendingComesTo(t *testing.T) {
	alone(t)
	forEach(t, func(t *testing.T, l *Ledger) {
		for range 3 {
			now := soon()
			l.at(now)
			if _, err := l.w.Exec("DELETE FROM lanes"); err != nil {
				t.Fatal(err)
			}
			for i := range 60 {
				email := fmt.Sprintf("abuse%d-%d@d%d.example", rand.N(1<<30), i, rand.N(8))
				d := draftTo(email, "hello")
				d.Lanes = []string{"campaign:relay26", fmt.Sprint("group:", rand.N(3)), "domain:" + email[len(email)-10:]}
				_, err := l.Draft(t.Context(), d)
				must(t, err)
				must(t, l.Approve(t.Context(), d.Letter.ID, Hash(d.Rendered), "tester"))
				if rand.N(5) == 0 {
					_, err := l.w.Exec("UPDATE letters SET due_at = $1 WHERE id = $2", msOf(now.Add(rand.N(10*time.Minute).Truncate(time.Second))), d.Letter.ID)
					must(t, err)
				}
				must(t, l.Lane(t.Context(), d.Lanes[2], letter.Pace{Every: 10 * time.Second}))
			}
			_, err := l.w.Exec("UPDATE queues SET next_at = $1 WHERE next_at IS NOT NULL", msOf(now))
			must(t, err)
			must(t, l.Lane(t.Context(), "campaign:relay26", letter.Pace{Every: time.Second, Burst: 3}))
			must(t, l.Lane(t.Context(), "group:1", letter.Pace{Every: 4 * time.Second}))
			shut := now.Add(100 * time.Second)
			opens := func(lane string, at time.Time) time.Time {
				if lane == "group:2" && at.Before(shut) {
					return shut
				}
				return at
			}
			p, err := l.Plan(t.Context(), PlanOptions{Opens: opens})
			must(t, err)
			last := sendOn(t, l, now, OutboxOptions{Opens: opens})
			if d := last.Sub(p.Last); d > 10*time.Second || d < -10*time.Second || p.Letters != 60 { // a tie may be broken otherwise
				t.Errorf("the last letter left after %v, planned %+v", last.Sub(now), p)
			}
		}
	})
}

func TestAPlanKnowsOfOtherLettersToAnAddress(t *testing.T) {
	forEach(t, func(t *testing.T, l *Ledger) {
		now := soon()
		l.at(now)
		inCampaigns(t, l, 2)
		o, err := l.Outbox(t.Context(), OutboxOptions{Owner: "me", Campaign: "c0"})
		must(t, err)
		must(t, o.Settle(t.Context(), claimOne(t, o), accepted)())
		must(t, o.Close(t.Context()))
		l.at(now.Add(time.Hour))
		for _, tt := range []struct {
			apart time.Duration
			why   string
			last  time.Duration
		}{{0, "", time.Hour}, {30 * time.Minute, "", time.Hour}, {24 * time.Hour, letter.WaitsApart, 24 * time.Hour}} {
			p, err := l.Plan(t.Context(), PlanOptions{Campaign: "c1", Apart: tt.apart})
			must(t, err)
			if p.Letters != 1 || p.Why != tt.why || p.Last.Sub(now) != tt.last {
				t.Errorf("%v apart: planned %+v", tt.apart, p)
			}
		}
		last := sendOn(t, l, now.Add(time.Hour), OutboxOptions{Campaign: "c1", Apart: 24 * time.Hour})
		if last.Sub(now) != 24*time.Hour {
			t.Errorf("sent after %v", last.Sub(now))
		}
	})
}

// sendOn claims and settles whatever waits, and returns when the last was claimed.
func sendOn(t *testing.T, l *Ledger, now time.Time, options OutboxOptions) (last time.Time) {
	t.Helper()
	options.Owner = "me"
	o, err := l.Outbox(t.Context(), options)
	must(t, err)
	defer o.Close(t.Context())
	for {
		l.at(now)
		var retry time.Time
		var es []letter.Envelope
		must(t, inTx(t.Context(), l, func(tx *tx) (err error) {
			c := claim{t: tx, o: o.options, stops: &o.stops, judged: o.judged}
			es, err = c.next(t.Context(), 1)
			retry = c.retry
			return err
		}))
		switch {
		case len(es) > 0:
			last = now
			must(t, o.Mark(t.Context(), es[0]))
			must(t, o.Settle(t.Context(), es[0], accepted)())
		case retry.IsZero():
			return last
		default:
			now = retry
		}
	}
}

func TestAMillionLettersArePlannedInSeconds(t *testing.T) {
	if os.Getenv("HEADSUP_LONG") != "1" {
		t.Skip("HEADSUP_LONG=1 is not set")
	}
	l := newLedger(t, "sqlite")
	approved(t, l, 1, 1)
	for _, q := range []string{
		`INSERT INTO queues (campaign, trunk, lane) WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 75000)
SELECT 'relay26', 'campaign:relay26', 'domain:' || i FROM n`,
		`INSERT INTO lanes (key, base_ms, gap_ms, burst) SELECT lane, 10000, 10000, 1 FROM queues`,
		`INSERT INTO letters (id, campaign, contact, round, domain, agency, language, subject, findings, networks, hash, state,
queue_id, recipient, envelope_from, message_id, changed_at, due_at)
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 999999)
SELECT 'relay26-' || i, 'relay26', i || '@x', 1, 'x', 'a', 'en', 's', 1, 1, 'h', 'approved', 2 + i * i % 75000, i || '@x', 'f', i, 0, i FROM n`,
	} {
		_, err := l.w.Exec(q)
		must(t, err)
	}
	must(t, l.Lane(t.Context(), "campaign:relay26", letter.Pace{Every: 100 * time.Millisecond}))
	start := time.Now()
	p, err := l.Plan(t.Context(), PlanOptions{Campaign: "relay26", Apart: 24 * time.Hour})
	must(t, err)
	t.Logf("%v: %+v, in %v", time.Since(start), p, p.Last.Sub(p.From))
	if p.Letters != 1_000_000 || time.Since(start) > 30*time.Second {
		t.Errorf("%d letters planned in %v", p.Letters, time.Since(start))
	}
}
