package ledger

import (
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"headsup/letter"
)

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

func TestOneProcessSendsFromAnSQLiteFile(t *testing.T) {
	dsn := migratedDSN(t, "sqlite")
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
			dsn := migratedDSN(t, engine)
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

// What was sent while the clock was a year ahead keeps nothing back for a year
// once the clock is right.
func TestAClockThatWasAheadKeepsNothingBack(t *testing.T) {
	forEach(t, func(t *testing.T, l *Ledger) {
		must(t, l.Lane(t.Context(), "campaign:relay26", letter.Pace{Every: time.Second}))
		must(t, l.Lane(t.Context(), "domain:d0.example", letter.Pace{Every: 10 * time.Second}))
		approved(t, l, 3, 1)
		start := soon()
		l.at(start.AddDate(1, 0, 0))
		o := outbox(t, l, "ahead")
		e := claimOne(t, o)
		must(t, o.Settle(t.Context(), e, accepted)())
		claimNone(t, o) // which puts the queue off
		must(t, o.Close(t.Context()))
		l.at(start)
		o = outbox(t, l, "right")
		e = claimOne(t, o)
		must(t, o.Settle(t.Context(), e, accepted)())
		if retry := claimNone(t, o); retry.Sub(start) > time.Minute {
			t.Errorf("the next one leaves %v later", retry.Sub(start))
		}
		must(t, o.Close(t.Context()))
	})
}

// TestADueTimeOfAClockThatWasAheadIsPutRight has letters wait by a clock that is
// ahead, and looks when they leave once it is right.
func TestADueTimeOfAClockThatWasAheadIsPutRight(t *testing.T) {
	start := soon()
	for name, ahead := range map[string]time.Time{"three hours": start.Add(3 * time.Hour), "a year": start.AddDate(1, 0, 0)} {
		t.Run(name, func(t *testing.T) { dueTimesOf(t, start, start.Add(-time.Hour), ahead) })
	}
}

func dueTimesOf(t *testing.T, start, right, ahead time.Time) {
	const apart = 24 * time.Hour
	with := func(t *testing.T, l *Ledger, do func(o *Outbox)) {
		o, err := l.Outbox(t.Context(), OutboxOptions{Apart: apart})
		must(t, err)
		do(o)
		must(t, o.Close(t.Context()))
	}
	other := func(t *testing.T, l *Ledger) { // a letter of another campaign to the same address
		d := draftIn(t, l, "proxy26", "abuse0@d0.example")
		must(t, l.Approve(t.Context(), d.Letter.ID, Hash(d.Rendered), "tester"))
	}
	for _, tt := range []struct {
		name   string
		before func(t *testing.T, l *Ledger)
		after  time.Duration // the clock was put right: how long until the letter leaves
	}{
		{"approved", func(t *testing.T, l *Ledger) {
			l.at(ahead)
			approved(t, l, 1, 1)
		}, 0},
		{"refused for now", func(t *testing.T, l *Ledger) {
			l.at(ahead)
			approved(t, l, 1, 1)
			with(t, l, func(o *Outbox) {
				must(t, o.Settle(t.Context(), claimOne(t, o), letter.Outcome{State: letter.Deferred, Phase: letter.Connected, Code: 451})())
			})
		}, 5 * time.Minute},
		{"after another letter to the address", func(t *testing.T, l *Ledger) {
			l.at(ahead)
			approved(t, l, 1, 1)
			with(t, l, func(o *Outbox) { must(t, o.Settle(t.Context(), claimOne(t, o), accepted)()) })
			l.at(right)
			other(t, l)
		}, 0},
		{"put off because of another letter to the address", func(t *testing.T, l *Ledger) {
			l.at(right)
			approved(t, l, 1, 1)
			l.at(ahead)
			with(t, l, func(o *Outbox) {
				must(t, o.Settle(t.Context(), claimOne(t, o), accepted)())
				l.at(right)
				other(t, l)
				l.at(ahead)
				claimNone(t, o)
			})
		}, 0},
		{"claimed by a sender that died", func(t *testing.T, l *Ledger) {
			l.at(ahead)
			approved(t, l, 1, 1)
			o, err := l.Outbox(t.Context(), OutboxOptions{Owner: "dead"})
			must(t, err)
			claimOne(t, o)
			must(t, o.unlock())
		}, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			forEach(t, func(t *testing.T, l *Ledger) {
				tt.before(t, l)
				l.at(start)
				with(t, l, func(o *Outbox) {
					if tt.after > 0 {
						if retry := claimNone(t, o); time.Until(retry).Round(time.Minute) != tt.after {
							t.Errorf("it is to be asked again at %v", retry)
						}
						l.at(start.Add(tt.after - time.Millisecond))
						claimNone(t, o)
					}
					l.at(start.Add(tt.after))
					claimOne(t, o)
				})
			})
		})
	}
}
