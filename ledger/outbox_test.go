package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"sync"
	"testing"
	"time"

	"headsup/letter"
)

// face is mailer.Outbox, which this package may not import.
type face interface {
	Claim(ctx context.Context, most int) (es []letter.Envelope, retry time.Time, err error)
	Mark(ctx context.Context, e letter.Envelope) error
	Settle(ctx context.Context, e letter.Envelope, o letter.Outcome) (recorded func() error)
}

var _ face = (*Outbox)(nil)

var accepted = letter.Outcome{State: letter.Sent, Phase: letter.Replied, Code: 250, Text: "2.0.0 Ok: queued as 4F2A"}

// soon is when everything that was approved in a test is due.
func soon() time.Time { return time.Now().Truncate(time.Second).Add(time.Second) }

// claimNext claims one letter if one is due.
func claimNext(ctx context.Context, o *Outbox) (e letter.Envelope, ok bool, retry time.Time, err error) {
	es, retry, err := o.Claim(ctx, 1)
	if len(es) > 0 {
		e, ok = es[0], true
	}
	return e, ok, retry, err
}

func claimOne(t *testing.T, o *Outbox) letter.Envelope {
	t.Helper()
	e, ok, retry, err := claimNext(t.Context(), o)
	if err != nil || !ok {
		t.Fatalf("nothing to claim: retry %v, error %v", retry, err)
	}
	return e
}

func claimNone(t *testing.T, o *Outbox) (retry time.Time) {
	t.Helper()
	e, ok, retry, err := claimNext(t.Context(), o)
	if err != nil || ok {
		t.Fatalf("claimed %q, error %v", e.LetterID, err)
	}
	return retry
}

func TestALetterIsClaimedAsItWasApproved(t *testing.T) {
	forEach(t, func(t *testing.T, l *Ledger) {
		d := draftTo("Abuse@example.net", "hello")
		d.From = "notify+token@example.org"
		_, err := l.Draft(t.Context(), d)
		must(t, err)
		o := outbox(t, l, "me")
		if retry := claimNone(t, o); !retry.IsZero() {
			t.Errorf("nothing is approved, but ask again at %v", retry)
		}
		must(t, l.Approve(t.Context(), d.Letter.ID, Hash(d.Rendered), "tester"))
		e := claimOne(t, o)
		if e.LetterID != d.Letter.ID || e.Campaign != "relay26" || e.Agency != "agency" || e.Attempt != 1 || e.From != d.From || e.To != "Abuse@example.net" ||
			e.MessageID != d.Letter.ID+"@example.org" || string(e.Mail) != string(d.Rendered.Mail) || !slices.Equal(e.Lanes, d.Letter.Lanes()) {
			t.Errorf("envelope %+v", e)
		}
		must(t, o.Mark(t.Context(), e))
		must(t, o.Settle(t.Context(), e, accepted)())
		if retry := claimNone(t, o); !retry.IsZero() {
			t.Errorf("nothing is left, but ask again at %v", retry)
		}
		h, err := l.History(t.Context(), e.LetterID)
		must(t, err)
		if got := kinds(h); got != "created approved claimed dot sent" || h[4].Text != "250 2.0.0 Ok: queued as 4F2A" || h[2].By != "me" {
			t.Errorf("history %q: %+v", got, h)
		}
	})
}

func TestWhatBecomesOfAnAttempt(t *testing.T) {
	tests := []struct {
		name  string
		out   letter.Outcome
		want  letter.State
		again time.Duration // until the letter is due; 0: never
	}{
		{"accepted", accepted, letter.Sent, 0},
		{"greylisted", letter.Outcome{State: letter.Deferred, Phase: letter.Connected, Code: 451, Text: "try later"}, letter.Deferred, 5 * time.Minute},
		{"connection refused", letter.Outcome{State: letter.Deferred, Phase: letter.Claimed, Text: "connection refused"}, letter.Deferred, 5 * time.Minute},
		{"no such user", letter.Outcome{State: letter.Failed, Phase: letter.Connected, Code: 550, Text: "no such user"}, letter.Failed, 0},
		{"lost after the dot", letter.Outcome{State: letter.Unknown, Phase: letter.Dot, Text: "connection lost"}, letter.Unknown, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			forEach(t, func(t *testing.T, l *Ledger) {
				id := approved(t, l, 1, 1)[0]
				o := outbox(t, l, "me")
				now := soon()
				l.at(now)
				e := claimOne(t, o)
				must(t, o.Settle(t.Context(), e, tt.out)())
				must(t, o.Settle(t.Context(), e, tt.out)()) // twice is once
				if got := stateOf(t, l, id); got != tt.want {
					t.Errorf("the letter is %s, want %s", got, tt.want)
				}
				if err := o.Mark(t.Context(), e); !errors.Is(err, ErrLost) {
					t.Errorf("marked after it was settled: %v", err)
				}
				retry := claimNone(t, o)
				if tt.again == 0 {
					if !retry.IsZero() {
						t.Errorf("ask again at %v, want never", retry)
					}
					return
				}
				l.at(now.Add(tt.again - time.Millisecond))
				claimNone(t, o)
				l.at(now.Add(tt.again))
				if e := claimOne(t, o); e.Attempt != 2 {
					t.Errorf("attempt %d, want 2", e.Attempt)
				}
			})
		})
	}
}

func TestALetterIsGivenUpAfterFiveDays(t *testing.T) {
	forEach(t, func(t *testing.T, l *Ledger) {
		id := approved(t, l, 1, 1)[0]
		o := outbox(t, l, "me")
		start := soon()
		now, attempts := start, 0
		for stateOf(t, l, id) != letter.Failed && attempts < 50 {
			l.at(now)
			must(t, o.Settle(t.Context(), claimOne(t, o), letter.Outcome{State: letter.Deferred, Phase: letter.Connected, Code: 450})())
			attempts++
			r, err := l.Letter(t.Context(), id)
			must(t, err)
			now = r.Due
		}
		if attempts != 12 || now.Sub(start) > giveUp || now.Sub(start) < giveUp-24*time.Hour {
			t.Errorf("%d attempts in %v", attempts, now.Sub(start))
		}
	})
}

func TestWhatIsHeldIsNotClaimed(t *testing.T) {
	forEach(t, func(t *testing.T, l *Ledger) {
		ids := approved(t, l, 2, 1)
		must(t, l.Hold(t.Context(), ids[0], "wait", "tester"))
		o := outbox(t, l, "me")
		if e := claimOne(t, o); e.LetterID != ids[1] {
			t.Errorf("claimed %q, want %q", e.LetterID, ids[1])
		}
		claimNone(t, o)
	})
}

// TestSuppressionsAreAskedAgainWhenALetterIsClaimed stores them without
// stopping the letter, as if both happened at the same time.
func TestSuppressionsAreAskedAgainWhenALetterIsClaimed(t *testing.T) {
	const long, past = int64(0), int64(1)
	tests := []struct {
		name, scope, value, campaign string
		until                        int64
		want                         letter.State
	}{
		{"the mailbox", "address", "abuse@mail.d0.example", "", long, letter.Suppressed},
		{"the domain", "domain", "mail.d0.example", "relay26", long, letter.Suppressed},
		{"the domain above", "domain", "d0.example", "", long, letter.Suppressed},
		{"the domain below", "domain", "a.mail.d0.example", "", long, letter.Sending},
		{"another mailbox", "address", "noc@mail.d0.example", "", long, letter.Sending},
		{"another campaign", "domain", "d0.example", "proxy26", long, letter.Sending},
		{"it has run out", "domain", "d0.example", "", past, letter.Sending},
	}
	forEach(t, func(t *testing.T, l *Ledger) {
		for i, tt := range tests {
			d := draftTo("Abuse@mail.d0.example", "hello")
			d.Letter.Round, d.Letter.ID = i+1, fmt.Sprint("relay26-", i)
			_, err := l.Draft(t.Context(), d)
			must(t, err)
			must(t, l.Approve(t.Context(), d.Letter.ID, Hash(d.Rendered), "tester"))
			_, err = l.w.Exec("INSERT INTO suppressions (scope, value, campaign, reason, since, until_at) VALUES ($1, $2, $3, 'asked', 0, $4)",
				tt.scope, tt.value, tt.campaign, tt.until)
			must(t, err)
			o, err := l.Outbox(t.Context(), OutboxOptions{})
			must(t, err)
			e, ok, _, err := claimNext(t.Context(), o)
			must(t, err)
			if got := stateOf(t, l, d.Letter.ID); got != tt.want || ok != (tt.want == letter.Sending) {
				t.Errorf("%s: the letter is %s, want %s (claimed: %v)", tt.name, got, tt.want, ok)
			}
			if ok {
				must(t, o.Settle(t.Context(), e, accepted)())
			}
			must(t, o.Close(t.Context()))
			_, err = l.w.Exec("DELETE FROM suppressions")
			must(t, err)
		}
	})
}

func TestOnlyItsOwnCampaignIsSent(t *testing.T) {
	forEach(t, func(t *testing.T, l *Ledger) {
		approved(t, l, 1, 1)
		o, err := l.Outbox(t.Context(), OutboxOptions{Campaign: "proxy26"})
		must(t, err)
		if retry := claimNone(t, o); !retry.IsZero() {
			t.Errorf("ask again at %v", retry)
		}
		must(t, o.Close(t.Context()))
	})
}

func TestLanesKeepTheirPace(t *testing.T) {
	forEach(t, func(t *testing.T, l *Ledger) {
		must(t, l.Lane(t.Context(), "campaign:relay26", letter.Pace{Every: time.Second, Burst: 2}))
		for d := range 3 {
			must(t, l.Lane(t.Context(), fmt.Sprintf("domain:d%d.example", d), letter.Pace{Every: 10 * time.Second}))
		}
		approved(t, l, 9, 3)
		o := outbox(t, l, "me")
		start := soon()
		last := map[string]int{}
		var times []int
		for ms := 0; ms <= 40000 && len(times) < 9; ms += 500 {
			l.at(start.Add(time.Duration(ms) * time.Millisecond))
			for {
				e, ok, _, err := claimNext(t.Context(), o)
				must(t, err)
				if !ok {
					break
				}
				if before, ok := last[e.Lanes[len(e.Lanes)-1]]; ok && ms-before < 10000 {
					t.Errorf("%s: %d ms apart", e.Lanes[len(e.Lanes)-1], ms-before)
				}
				last[e.Lanes[len(e.Lanes)-1]] = ms
				times = append(times, ms)
				must(t, o.Settle(t.Context(), e, accepted)())
			}
		}
		// Two at once, then one a second; each domain again after ten seconds.
		want := []int{0, 0, 1000, 10000, 10000, 11000, 20000, 20000, 21000}
		if !slices.Equal(times, want) {
			t.Errorf("claimed at %v, want %v", times, want)
		}
	})
}

func TestRetrySaysWhenTheLaneIsFree(t *testing.T) {
	forEach(t, func(t *testing.T, l *Ledger) {
		for name, lane := range map[string]string{"the campaign's": "campaign:relay26", "the destination's": "domain:d0.example"} {
			must(t, l.Lane(t.Context(), lane, letter.Pace{Every: time.Hour}))
			for i := range 2 {
				d := draftTo(fmt.Sprintf("%d%s@d0.example", i, lane[:1]), "hello")
				_, err := l.Draft(t.Context(), d)
				must(t, err)
				must(t, l.Approve(t.Context(), d.Letter.ID, Hash(d.Rendered), "tester"))
			}
			o := outbox(t, l, "me")
			claimOne(t, o)
			retry := claimNone(t, o)
			if d := time.Until(retry); d < 59*time.Minute || d > time.Hour {
				t.Errorf("%s lane: ask again in %v, want an hour", name, d)
			}
			must(t, o.Close(t.Context()))
			_, err := l.w.Exec("DELETE FROM lanes")
			must(t, err)
			_, err = l.w.Exec("UPDATE queues SET next_at = 0 WHERE next_at IS NOT NULL")
			must(t, err)
		}
	})
}

func TestADeferredLetterWaitsAloneInItsQueue(t *testing.T) {
	forEach(t, func(t *testing.T, l *Ledger) {
		approved(t, l, 1, 1)
		o := outbox(t, l, "me")
		must(t, o.Settle(t.Context(), claimOne(t, o), letter.Outcome{State: letter.Deferred, Phase: letter.Connected, Code: 451})())
		next := func(local string) Draft {
			d := draftTo(local+"@d0.example", "hello")
			_, err := l.Draft(t.Context(), d)
			must(t, err)
			must(t, l.Approve(t.Context(), d.Letter.ID, Hash(d.Rendered), "tester"))
			return d
		}
		d := next("second")
		if e := claimOne(t, o); e.LetterID != d.Letter.ID {
			t.Errorf("claimed %q, want %q", e.LetterID, d.Letter.ID)
		}
		must(t, l.Hold(t.Context(), next("third").Letter.ID, "why", "tester")) // leaves the queue awake
		if d := time.Until(claimNone(t, o)); d < 4*time.Minute {
			t.Errorf("ask again in %v, want five minutes", d)
		}
	})
}

func TestABusyDestinationDoesNotStopItsCampaign(t *testing.T) {
	forEach(t, func(t *testing.T, l *Ledger) {
		must(t, l.Lane(t.Context(), "domain:d0.example", letter.Pace{Every: time.Hour}))
		approved(t, l, 1, 1)
		o := outbox(t, l, "me")
		claimOne(t, o) // takes the slot of d0.example for all campaigns
		for i := range 2 {
			d := draftTo(fmt.Sprintf("abuse@d%d.example", i), "hello")
			d.Letter.Campaign, d.Letter.ID = "proxy26", fmt.Sprint("proxy26-", i)
			_, err := l.Draft(t.Context(), d)
			must(t, err)
			must(t, l.Approve(t.Context(), d.Letter.ID, Hash(d.Rendered), "tester"))
		}
		if e := claimOne(t, o); e.To != "abuse@d1.example" {
			t.Errorf("claimed for %q", e.To)
		}
		if d := time.Until(claimNone(t, o)); d < 59*time.Minute {
			t.Errorf("ask again in %v, want an hour", d)
		}
	})
}

func TestASlowDestinationIsGivenTime(t *testing.T) {
	forEach(t, func(t *testing.T, l *Ledger) {
		must(t, l.Lane(t.Context(), "campaign:relay26", letter.Pace{Every: time.Second, Burst: 9}))
		must(t, l.Lane(t.Context(), "domain:d0.example", letter.Pace{Every: 2 * time.Second, Burst: 9}))
		approved(t, l, 3, 1)
		o := outbox(t, l, "me")
		now := soon()
		l.at(now)
		a, b := claimOne(t, o), claimOne(t, o)
		busy := letter.Outcome{State: letter.Deferred, Phase: letter.Connected, Code: 421, Text: "4.7.0 slow down", Slow: true}
		l.at(now.Add(time.Second))
		must(t, o.Settle(t.Context(), a, busy)())
		must(t, o.Settle(t.Context(), b, busy)()) // the same complaint
		lane := func(i int) Lane {
			t.Helper()
			lanes, err := l.Lanes(t.Context())
			must(t, err)
			return lanes[i]
		}
		if c, d := lane(0), lane(1); c.Pace.Every != 2*time.Second || !c.Paused.IsZero() || d.Pace.Every != 4*time.Second || !d.Paused.Equal(now.Add(5*time.Minute+time.Second)) {
			t.Errorf("campaign %+v, domain %+v", c, d)
		}
		claimNone(t, o)
		l.at(now.Add(5*time.Minute + time.Second))
		for range 3 { // the third letter, then the two that were refused
			must(t, o.Settle(t.Context(), claimOne(t, o), accepted)())
		}
		// Settings that are read again do not undo it; twenty clean replies begin to.
		must(t, l.Lane(t.Context(), "domain:d0.example", letter.Pace{Every: 2 * time.Second, Burst: 9}))
		if d := lane(1); d.Pace.Every != 4*time.Second || d.clean != 3 {
			t.Errorf("domain %+v", d)
		}
	})
}

func TestALaneRecovers(t *testing.T) {
	now := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	a := Lane{Base: letter.Pace{Every: time.Second}, Pace: letter.Pace{Every: time.Second}}
	var paused []time.Duration
	for range 6 {
		a.slow(now, true)
		paused = append(paused, a.Paused.Sub(now))
	}
	want := []time.Duration{5 * time.Minute, 15 * time.Minute, time.Hour, 4 * time.Hour, 4 * time.Hour, 4 * time.Hour}
	if !slices.Equal(paused, want) || a.Pace.Every != 16*time.Second {
		t.Errorf("paused %v, gap %v", paused, a.Pace.Every)
	}
	replies := 0
	for a.Pace.Every > a.Base.Every {
		a.recover()
		replies++
	}
	if replies != 27*recovery || a.pauses != 0 {
		t.Errorf("recovered after %d replies, %d pauses remembered", replies, a.pauses)
	}
}

func TestADeadSendersLettersAreRecovered(t *testing.T) {
	forEach(t, func(t *testing.T, l *Ledger) {
		approved(t, l, 3, 1)
		dead := outbox(t, l, "dead")
		now := soon()
		l.at(now)
		must(t, dead.Beat(t.Context()))
		claimed, marked, slow := claimOne(t, dead), claimOne(t, dead), claimOne(t, dead)
		must(t, dead.Mark(t.Context(), marked))
		must(t, dead.Mark(t.Context(), slow))

		l.at(now.Add(59 * time.Second))
		if d, u, err := l.Recover(t.Context()); d != 0 || u != 0 || err != nil {
			t.Fatalf("taken from a living sender: %d %d %v", d, u, err)
		}
		l.at(now.Add(61 * time.Second))
		if d, u, err := l.Recover(t.Context()); d != 1 || u != 2 || err != nil {
			t.Fatalf("recovered %d and %d, error %v", d, u, err)
		}
		for e, want := range map[*letter.Envelope]letter.State{&claimed: letter.Deferred, &marked: letter.Unknown} {
			if got := stateOf(t, l, e.LetterID); got != want {
				t.Errorf("%s: %s, want %s", e.LetterID, got, want)
			}
		}
		// The sender was only asleep: it must not send the dot, but what a server said counts.
		if err := dead.Mark(t.Context(), claimed); !errors.Is(err, ErrLost) {
			t.Errorf("marked what was taken back: %v", err)
		}
		if err := dead.Settle(t.Context(), claimed, accepted)(); !errors.Is(err, ErrLost) {
			t.Errorf("settled what was taken back: %v", err)
		}
		must(t, dead.Settle(t.Context(), slow, accepted)())
		if got := stateOf(t, l, slow.LetterID); got != letter.Sent {
			t.Errorf("accepted after all, but %s", got)
		}
		if e := claimOne(t, dead); e.LetterID != claimed.LetterID || e.Attempt != 2 {
			t.Errorf("claimed %q, attempt %d", e.LetterID, e.Attempt)
		}
		claimNone(t, dead)
	})
}

func TestOneProcessSendsFromAnSQLiteFile(t *testing.T) {
	dsn := newDSN(t, "sqlite")
	l, other := openLedger(t, dsn), openLedger(t, dsn)
	approved(t, l, 1, 1)
	o, err := l.Outbox(t.Context(), OutboxOptions{})
	must(t, err)
	if _, err := other.Outbox(t.Context(), OutboxOptions{}); !errors.Is(err, ErrSending) {
		t.Fatalf("a second sender: %v", err)
	}
	e := claimOne(t, o)
	must(t, o.unlock()) // as the system does for a process that was killed
	next, err := other.Outbox(t.Context(), OutboxOptions{})
	must(t, err)
	if got := claimOne(t, next); got.LetterID != e.LetterID || got.Attempt != 2 {
		t.Errorf("claimed %q, attempt %d", got.LetterID, got.Attempt)
	}
	must(t, next.Close(t.Context()))
}

// TestManySendersTakeNoLetterTwice has eight workers and, on PostgreSQL, four
// processes' worth of ledgers, and checks the spacing in every lane.
func TestManySendersTakeNoLetterTwice(t *testing.T) {
	for _, engine := range []string{"sqlite", "postgres"} {
		t.Run(engine, func(t *testing.T) {
			dsn := newDSN(t, engine)
			l := openLedger(t, dsn)
			const letters, domains, gap = 160, 8, 20 * time.Millisecond
			for d := range domains {
				must(t, l.Lane(t.Context(), fmt.Sprintf("domain:d%d.example", d), letter.Pace{Every: gap}))
			}
			must(t, l.Lane(t.Context(), "campaign:relay26", letter.Pace{Every: 2 * time.Millisecond}))
			approved(t, l, letters, domains)
			boxes := []*Outbox{outbox(t, l, "0")}
			if engine == "postgres" {
				for i := 1; i < 4; i++ {
					boxes = append(boxes, outbox(t, openLedger(t, dsn), fmt.Sprint(i)))
				}
			}
			var mu sync.Mutex
			times := map[string]int{}
			var wg sync.WaitGroup
			for w := range 8 {
				wg.Go(func() {
					o := boxes[w%len(boxes)]
					for {
						e, ok, retry, err := claimNext(t.Context(), o)
						switch {
						case err != nil:
							t.Error(err)
							return
						case ok:
							mu.Lock()
							times[e.LetterID]++
							mu.Unlock()
							if err := errors.Join(o.Mark(t.Context(), e), o.Settle(t.Context(), e, accepted)()); err != nil {
								t.Error(err)
								return
							}
						case retry.IsZero():
							return
						default:
							<-time.After(time.Until(retry))
						}
					}
				})
			}
			wg.Wait()
			if len(times) != letters {
				t.Errorf("%d letters claimed, want %d", len(times), letters)
			}
			for id, n := range times {
				if n != 1 {
					t.Errorf("%s claimed %d times", id, n)
				}
			}
			t.Log(spacing(t, l, "trunk", 2))
			t.Log(spacing(t, l, "lane", gap.Milliseconds()))
		})
	}
}

// spacing checks that claims of the same lane are at least gap apart.
func spacing(t *testing.T, l *Ledger, column string, gap int64) string {
	t.Helper()
	var least sql.NullInt64
	var mean sql.NullFloat64
	must(t, l.r.QueryRow(`
SELECT min(d), avg(d) FROM (
  SELECT claimed_at - lag(claimed_at) OVER (PARTITION BY q.`+column+` ORDER BY claimed_at) AS d
    FROM attempts a JOIN letters e ON e.id = a.letter_id JOIN queues q ON q.id = e.queue_id) x`).Scan(&least, &mean))
	if least.Int64 < gap {
		t.Errorf("%s: claims only %d ms apart, want %d", column, least.Int64, gap)
	}
	return fmt.Sprintf("%s: at least %d ms apart, %.1f on average, %d wanted", column, least.Int64, mean.Float64, gap)
}

// TestALedgerThatFails loses each write before and after it was persisted.
func TestALedgerThatFails(t *testing.T) {
	lost := errors.New("disk gone")
	before := func(*sql.Tx) error { return lost }
	after := func(tx *sql.Tx) error { return errors.Join(tx.Commit(), lost) }
	tests := []struct {
		name      string
		write     string
		commit    func(*sql.Tx) error
		recovered letter.State // after the process ended and another one began
		again     bool         // whether the next sender may send it
	}{
		{"the claim failed", "claim", before, letter.Sending, true},
		{"the claim failed but persisted", "claim", after, letter.Sending, true},
		{"the mark failed", "mark", before, letter.Sending, true},
		{"the mark failed but persisted", "mark", after, letter.Unknown, false},
		{"the settlement failed", "settle", before, letter.Unknown, false},
		{"the settlement failed but persisted", "settle", after, letter.Sent, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			forEach(t, func(t *testing.T, l *Ledger) {
				id := approved(t, l, 1, 1)[0]
				o, err := l.Outbox(t.Context(), OutboxOptions{Owner: "me"})
				must(t, err)
				var e letter.Envelope
				sent := 0
				for _, step := range []struct {
					name string
					do   func() error
				}{
					{"claim", func() (err error) { e, _, _, err = claimNext(t.Context(), o); return err }},
					{"mark", func() error { return o.Mark(t.Context(), e) }},
					{"dot", func() error { sent++; return nil }},
					{"settle", func() error { return o.Settle(t.Context(), e, accepted)() }},
				} {
					if step.name == tt.write {
						l.commit = tt.commit
					}
					err := step.do()
					l.commit = (*sql.Tx).Commit
					if (err != nil) != (step.name == tt.write) {
						t.Fatalf("%s: %v", step.name, err)
					}
					if err != nil {
						break
					}
				}
				must(t, o.Close(t.Context())) // the process ends; its lease with it
				next := outbox(t, l, "next")
				_, ok, _, err := claimNext(t.Context(), next)
				must(t, err)
				if got := stateOf(t, l, id); ok != tt.again || got != tt.recovered {
					t.Errorf("the letter is %s, want %s; claimed again: %v", got, tt.recovered, ok)
				}
				if ok && sent > 0 {
					t.Error("sent twice")
				}
			})
		})
	}
}

func TestOneRefusalDoesNotTouchItsNeighbours(t *testing.T) {
	l := openLedger(t, newDSN(t, "sqlite"))
	ids := approved(t, l, 2, 1)
	refused := errors.New("refused")
	jobs := []*job{
		{run: func(_ context.Context, x *tx) error {
			return x.must(t.Context(), "UPDATE letters SET reason = 'a' WHERE id = $1", ids[0])
		}},
		{run: func(_ context.Context, x *tx) error {
			_, err := x.exec(t.Context(), "UPDATE letters SET reason = 'b' WHERE id = $1", ids[1])
			return errors.Join(err, refused)
		}},
	}
	l.runAll(t.Context(), jobs)
	if jobs[0].err != nil || !errors.Is(jobs[1].err, refused) {
		t.Errorf("errors %v and %v", jobs[0].err, jobs[1].err)
	}
	for i, want := range []string{"a", ""} {
		if r, err := l.Letter(t.Context(), ids[i]); err != nil || r.Reason != want {
			t.Errorf("%q, want %q (%v)", r.Reason, want, err)
		}
	}
}

// gather has all that is written from now on wait for l.work, as if somebody
// were writing.
func gather(l *Ledger) {
	for held := false; !held; runtime.Gosched() {
		l.group.mu.Lock()
		held = !l.group.busy
		l.group.busy = true
		l.group.mu.Unlock()
	}
}

func TestWritersThatWaitShareACommit(t *testing.T) {
	l := openLedger(t, newDSN(t, "sqlite"))
	approved(t, l, 10, 1)
	o := outbox(t, l, "me")
	var es []letter.Envelope
	for range 10 {
		es = append(es, claimOne(t, o))
	}
	gather(l)
	commits := 0
	l.commit = func(tx *sql.Tx) error { commits++; return tx.Commit() }
	var wg sync.WaitGroup
	for _, e := range es {
		wg.Go(func() {
			if err := o.Mark(t.Context(), e); err != nil {
				t.Error(err)
			}
		})
	}
	waiting := func() int {
		l.group.mu.Lock()
		defer l.group.mu.Unlock()
		return len(l.group.waiting)
	}
	for waiting() < len(es) {
		runtime.Gosched()
	}
	l.work()
	wg.Wait()
	var marked int
	must(t, l.r.QueryRow("SELECT count(*) FROM attempts WHERE phase = 'dot'").Scan(&marked))
	if commits != 1 || marked != len(es) {
		t.Errorf("%d marks in %d commits, want %d in 1", marked, commits, len(es))
	}
}

// TestAMarkDoesNotOvertakeAnOutcome has the outcome of one letter and the mark
// of the next one wait for the same commit, which takes effect or does not.
func TestAMarkDoesNotOvertakeAnOutcome(t *testing.T) {
	lost := errors.New("disk gone")
	for _, tt := range []struct {
		name         string
		commit       func(*sql.Tx) error
		before, next letter.State // as recovered
	}{
		{"committed", (*sql.Tx).Commit, letter.Sent, letter.Unknown},
		{"not committed", func(*sql.Tx) error { return lost }, letter.Unknown, letter.Deferred},
		{"committed, but nobody was told", func(tx *sql.Tx) error { return errors.Join(tx.Commit(), lost) }, letter.Sent, letter.Unknown},
	} {
		t.Run(tt.name, func(t *testing.T) {
			forEach(t, func(t *testing.T, l *Ledger) {
				approved(t, l, 3, 1)
				o, err := l.Outbox(t.Context(), OutboxOptions{Owner: "me"})
				must(t, err)
				before, next, third := claimOne(t, o), claimOne(t, o), claimOne(t, o)
				must(t, o.Mark(t.Context(), before))
				gather(l)
				commits := 0
				l.commit = func(tx *sql.Tx) error { commits++; return tt.commit(tx) }
				recorded, marked := o.Settle(t.Context(), before, accepted), (&write{box: o, e: next}).submit()
				l.work()
				l.commit = (*sql.Tx).Commit
				settled := recorded()
				if marked := marked.wait(t.Context()); (settled == nil) != (tt.name == "committed") || (marked == nil) != (settled == nil) || commits != 1 {
					t.Errorf("settled: %v, marked: %v, in %d commits", settled, marked, commits)
				}
				if err := o.Mark(t.Context(), third); (err == nil) != (settled == nil) {
					t.Errorf("the next one is marked: %v", err)
				}
				must(t, o.Close(t.Context()))
				_, _, err = l.Recover(t.Context())
				must(t, err)
				if b, n := stateOf(t, l, before.LetterID), stateOf(t, l, next.LetterID); b != tt.before || n != tt.next {
					t.Errorf("%s and %s, want %s and %s", b, n, tt.before, tt.next)
				}
			})
		})
	}
}

// TestLettersOfOneCommitAreEachSettledByTheirOwn mixes outcomes, one of them of
// a letter that was taken back, and marks.
func TestLettersOfOneCommitAreEachSettledByTheirOwn(t *testing.T) {
	forEach(t, func(t *testing.T, l *Ledger) {
		approved(t, l, 8, 2)
		must(t, l.Lane(t.Context(), "domain:d1.example", letter.Pace{Every: time.Millisecond}))
		o := outbox(t, l, "me")
		now := soon()
		var es []letter.Envelope
		for range 8 {
			l.at(now)
			es = append(es, claimOne(t, o))
			now = now.Add(time.Second)
		}
		outcomes := []letter.Outcome{
			accepted,
			{State: letter.Sent, Phase: letter.Replied, Code: 251, Text: "2.1.5 \"forwarded\" \\ \u2028 to ünïcode"},
			{State: letter.Failed, Phase: letter.Connected, Code: 550, Text: "5.1.1 nobody"},
			{State: letter.Deferred, Phase: letter.Connected, Code: 421, Text: "4.7.0 slow down", Slow: true},
			accepted,
		}
		for round, taken := range []bool{false, true} { // set by set, and one by one for the sake of one
			if taken {
				_, err := l.w.Exec("UPDATE attempts SET state = 'deferred', settled_at = 1 WHERE letter_id = $1", es[4].LetterID)
				must(t, err)
				_, err = l.w.Exec("UPDATE letters SET state = 'deferred' WHERE id = $1", es[4].LetterID)
				must(t, err)
			}
			gather(l)
			var recorded []func() error
			from, to := 0, 4
			if taken {
				from, to = 4, 5
			}
			marks := []*job{(&write{box: o, e: es[5+round]}).submit()} // before the outcomes, but written after them
			for i := from; i < to; i++ {
				recorded = append(recorded, o.Settle(t.Context(), es[i], outcomes[i]))
			}
			l.work()
			for i, wait := range recorded {
				if err := wait(); taken != errors.Is(err, ErrLost) || !taken && err != nil {
					t.Errorf("%s: %v", es[from+i].LetterID, err)
				}
			}
			for _, m := range marks {
				must(t, m.wait(t.Context()))
			}
		}
		for i, want := range []letter.State{letter.Sent, letter.Sent, letter.Failed, letter.Deferred, letter.Deferred, letter.Sending, letter.Sending, letter.Sending} {
			r, err := l.Letter(t.Context(), es[i].LetterID)
			must(t, err)
			if r.State != want || i < 4 && r.Reason != replyText(outcomes[i]) {
				t.Errorf("letter %d is %s: %q, want %s", i, r.State, r.Reason, want)
			}
			h, err := l.History(t.Context(), es[i].LetterID)
			must(t, err)
			if last := h[len(h)-1]; i < 4 && (last.Text != replyText(outcomes[i]) || last.Kind != string(want)) {
				t.Errorf("letter %d: last of its history is %+v", i, last)
			}
			if dot := slices.ContainsFunc(h, func(e Event) bool { return e.Kind == "dot" }); dot != (i == 5 || i == 6) {
				t.Errorf("letter %d is marked: %v", i, dot)
			}
		}
	})
}
