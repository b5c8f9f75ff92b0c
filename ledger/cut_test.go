package ledger

import (
	"database/sql"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"headsup/finding"
	"headsup/letter"
	"headsup/lookup"
)

const cutTo = "abuse@mail.isp.example"

// cutSetup stores a letter about two hosts in two ASes.
func cutSetup(t *testing.T, l *Ledger) Draft {
	t.Helper()
	add(t, l, scan(2))
	announce(t, l)
	d := draftTo(cutTo, "hello", rowsOf(t, l)[:2]...)
	_, err := l.Draft(t.Context(), d)
	must(t, err)
	return d
}

// announce says which AS announces the two hosts.
func announce(t *testing.T, l *Ledger) {
	t.Helper()
	for i, as := range []uint32{64500, 64501} {
		host := netip.AddrFrom4([4]byte{198, 51, 100, byte(i)})
		must(t, l.AddLookups(t.Context(), "relay26", []lookup.Result{{Addr: host, Network: lookup.Network{First: host, Last: host, AS: as}}}))
	}
}

// bring takes a letter from drafted to another state, and returns what is to be
// settled if a mailer has it.
func bring(t *testing.T, l *Ledger, o *Outbox, d Draft, to letter.State) (flying letter.Envelope) {
	t.Helper()
	id := d.Letter.ID
	switch to {
	case letter.Drafted:
		return flying
	case letter.Held:
		must(t, l.Hold(t.Context(), id, "ask the ministry", "tester"))
		return flying
	case letter.Suppressed:
		s := letter.Suppression{Scope: letter.ByAddress, Value: cutTo, Reason: "before"}
		_, err := l.Suppress(t.Context(), s, "tester")
		must(t, err)
		_, _, err = l.Unsuppress(t.Context(), s, "tester")
		must(t, err)
		return flying
	}
	must(t, l.Approve(t.Context(), id, Hash(d.Rendered), "tester"))
	if to == letter.Approved {
		return flying
	}
	flying = claimOne(t, o)
	switch to {
	case letter.Sending:
		return flying
	case letter.Deferred:
		must(t, o.Settle(t.Context(), flying, letter.Outcome{State: letter.Deferred, Phase: letter.Connected, Stopped: true})())
	case letter.Bounced:
		must(t, o.Settle(t.Context(), flying, accepted)())
		_, err := l.Note(t.Context(), HistoryEntry{Letter: id, Kind: letter.Bounce, State: letter.Bounced})
		must(t, err)
	case letter.Unknown:
		must(t, o.Mark(t.Context(), flying))
		must(t, o.Settle(t.Context(), flying, letter.Outcome{State: letter.Unknown, Phase: letter.Dot})())
	default:
		must(t, o.Mark(t.Context(), flying))
		must(t, o.Settle(t.Context(), flying, letter.Outcome{State: to, Phase: letter.Replied})())
	}
	return flying
}

// cutStates are all states, in an order in which letters can be brought to them
// one after the other: what may be claimed comes last.
var cutStates = []letter.State{letter.Suppressed, letter.Sent, letter.Failed, letter.Unknown, letter.Bounced, letter.Sending,
	letter.Held, letter.Drafted, letter.Deferred, letter.Approved}

// TestASuppressionTakesEffectInEveryState goes through all scopes, with a
// letter to the same mailbox about the same two hosts in each of the states.
func TestASuppressionTakesEffectInEveryState(t *testing.T) {
	alone(t)
	t.Parallel()
	for _, scope := range []struct {
		value, campaign string
		left            int // of two findings
	}{
		{cutTo, "", 0}, {cutTo, "relay26", 0}, {cutTo, "proxy26", 2},
		{"isp.example", "", 0}, {"isp.example", "relay26", 0}, {"isp.example", "proxy26", 2}, {"sp.example", "", 2},
		{"198.51.100.0/24", "", 0}, {"198.51.100.0/24", "relay26", 0}, {"198.51.100.0/24", "proxy26", 2},
		{"198.51.100.1/32", "", 1}, {"198.51.100.1/32", "relay26", 1}, {"198.51.100.1/32", "proxy26", 2}, {"198.51.100.2/32", "", 2},
		{"as64501", "", 1}, {"as64501", "relay26", 1}, {"as64501", "proxy26", 2}, {"as64502", "", 2},
	} {
		t.Run(scope.value+" "+scope.campaign, func(t *testing.T) {
			forEach(t, func(t *testing.T, l *Ledger) {
				c := cutAt(t, l)
				s, err := letter.ParseSuppression(scope.value)
				must(t, err)
				s.Reason, s.Campaign = "asked", scope.campaign
				stopped, err := l.Suppress(t.Context(), s, "tester")
				must(t, err)
				for _, state := range cutStates {
					c.check(t, state, scope.left, stopped, s)
				}
				c.press(t, scope.left)
				if scope.left == 1 {
					c.draftAnew(t)
				}
			})
		})
	}
}

// A cutTable is a ledger with a letter in each state.
type cutTable struct {
	l      *Ledger
	o      *Outbox
	flying letter.Envelope // of the letter that is being sent
}

func cutAt(t *testing.T, l *Ledger) *cutTable {
	t.Helper()
	c := &cutTable{l: l, o: outbox(t, l, "me")}
	var fs []finding.Finding
	for i := range cutStates {
		for _, f := range scan(2) {
			f.Port = uint16(25 + i)
			fs = append(fs, f)
		}
	}
	add(t, l, fs)
	announce(t, l)
	for i, state := range cutStates {
		d := c.draft(t, i, "hello", 0, 1)
		_, err := l.Draft(t.Context(), d)
		must(t, err)
		if flying := bring(t, l, c.o, d, state); state == letter.Sending {
			c.flying = flying
		}
		if got := stateOf(t, l, d.Letter.ID); got != state {
			t.Fatalf("the letter is %s, want %s", got, state)
		}
	}
	return c
}

// draft is the letter of a number about some of the two hosts.
func (c *cutTable) draft(t *testing.T, n int, words string, hosts ...int) Draft {
	t.Helper()
	var rows []letter.Row
	for _, host := range hosts {
		rows = append(rows, rowsOf(t, c.l)[host*len(cutStates)+n])
	}
	d := draftTo(cutTo, words, rows...)
	d.Letter.Round, d.Letter.ID = n+1, c.id(n)
	d.Rendered = rendered(d.Letter.ID, words)
	return d
}

func (c *cutTable) id(n int) string { return letter.Reference("relay26", cutTo, n+1) }

// check looks at the letter that was in a state when left of its two findings
// were not suppressed.
func (c *cutTable) check(t *testing.T, state letter.State, left int, stopped []Stop, s letter.Suppression) {
	t.Helper()
	id := c.id(slices.Index(cutStates, state))
	e, err := c.l.Entry(t.Context(), id)
	must(t, err)
	touched := state.Waits() && left < 2
	want, redraft, reason := state, "", e.Reason
	if touched && left == 0 {
		want, reason = letter.Suppressed, s.String()
	} else if touched {
		want, redraft = letter.Held, "redraft: "+s.String()
		if reason = redraft; state == letter.Held {
			reason = "ask the ministry" // a person's no is not lost
		}
	}
	if e.State != want || e.Redraft != redraft || e.Reason != reason || slices.Contains(stopped, Stop{id, want}) != touched {
		t.Errorf("was %s: is %s, %q, %q; want %s, %q, %q; stopped %v", state, e.State, e.Redraft, e.Reason, want, redraft, reason, stopped)
	}
	err = c.l.Approve(t.Context(), id, e.Hash, "tester")
	if redraft != "" && (!errors.Is(err, ErrRedraft) || !strings.Contains(err.Error(), redraft)) {
		t.Errorf("was %s: approved: %v", state, err)
	}
}

// hasLeft lists the states whose letter is never sent again.
var hasLeft = []letter.State{letter.Sent, letter.Failed, letter.Bounced, letter.Suppressed}

// press does whatever a person and a server may do to make letters leave: only
// those do of which nothing is suppressed.
func (c *cutTable) press(t *testing.T, left int) {
	t.Helper()
	ctx := t.Context()
	if err := c.o.Mark(ctx, c.flying); errors.Is(err, letter.ErrStopped) != (left < 2) || left == 2 && err != nil {
		t.Errorf("the final dot of the letter that is on its way: %v", err)
	}
	must(t, c.o.Settle(ctx, c.flying, letter.Outcome{State: letter.Deferred, Phase: letter.Connected, Stopped: true})())
	want := map[string]bool{}
	for i, state := range cutStates {
		e, err := c.l.Entry(ctx, c.id(i))
		must(t, err)
		c.l.Resolve(ctx, e.ID, letter.Approved, "tester", "again") // if it is unknown
		c.l.Release(ctx, e.ID, "tester")                           // if it is held
		c.l.Approve(ctx, e.ID, e.Hash, "tester")                   // if it is drafted
		if left == 2 && !slices.Contains(hasLeft, state) {
			want[e.ID] = true
		}
	}
	es, _, err := c.o.Claim(ctx, 2*len(cutStates))
	must(t, err)
	for _, e := range es {
		if !want[e.LetterID] {
			t.Errorf("%s leaves, though it is suppressed", e.LetterID)
		}
		delete(want, e.LetterID)
	}
	if len(want) > 0 {
		t.Errorf("%d letters do not leave", len(want))
	}
}

// draftAnew writes what is left of the letters, which may leave then.
func (c *cutTable) draftAnew(t *testing.T) {
	t.Helper()
	ctx := t.Context()
	want := map[string]string{}
	for i, state := range cutStates {
		if slices.Contains(hasLeft, state) {
			continue
		}
		d := c.draft(t, i, "hello again", 0)
		if out, err := c.l.Draft(ctx, d); out != Replaced || err != nil {
			t.Errorf("was %s: %v, %v", state, out, err)
		}
		e, err := c.l.Entry(ctx, d.Letter.ID)
		must(t, err)
		if e.State != letter.Drafted || e.Redraft != "" || e.Reason != "" || e.Findings != 1 {
			t.Errorf("was %s: %+v", state, e)
		}
		if err := c.l.Approve(ctx, e.ID, Hash(rendered(e.ID, "hello")), "tester"); !errors.Is(err, ErrChanged) {
			t.Errorf("was %s: approved as the bytes that it had: %v", state, err)
		}
		must(t, c.l.Approve(ctx, e.ID, e.Hash, "tester"))
		want[e.ID] = string(d.Rendered.Mail)
	}
	es, _, err := c.o.Claim(ctx, 2*len(cutStates))
	must(t, err)
	for _, e := range es {
		if want[e.LetterID] != string(e.Mail) {
			t.Errorf("%s says %q", e.LetterID, e.Mail)
		}
	}
	if len(es) != len(want) {
		t.Errorf("%d of %d letters leave", len(es), len(want))
	}
}

// A person's no outlives a draft that a suppression made necessary.
func TestALetterThatAPersonHoldsStaysHeldWhenItIsDraftedAnew(t *testing.T) {
	part := letter.Suppression{Scope: letter.ByPrefix, Value: "198.51.100.1/32", Reason: "asked"}
	whole := letter.Suppression{Scope: letter.ByAddress, Value: cutTo}
	for _, tt := range []struct {
		name       string
		suppress   letter.Suppression
		holdBefore bool
		reason     string
	}{
		{"held, then a part is suppressed", part, true, "ask the ministry"},
		{"a part is suppressed, then held", part, false, "ask the ministry"},
		{"held, then all of it is suppressed, and no longer", whole, true, "held back before it was suppressed"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			forEach(t, func(t *testing.T, l *Ledger) {
				d := cutSetup(t, l)
				id := d.Letter.ID
				steps := []func() error{
					func() error { return l.Hold(t.Context(), id, "ask the ministry", "tester") },
					func() error { _, err := l.Suppress(t.Context(), tt.suppress, "tester"); return err },
				}
				if !tt.holdBefore {
					slices.Reverse(steps)
				}
				for _, step := range steps {
					must(t, step())
				}
				if tt.suppress == whole {
					_, _, err := l.Unsuppress(t.Context(), whole, "tester")
					must(t, err)
				} else if err := l.Hold(t.Context(), id, "twice", "tester"); !errors.Is(err, ErrState) {
					t.Errorf("held twice: %v", err)
				}
				if out, err := l.Draft(t.Context(), draftTo(cutTo, "hello again", rowsOf(t, l)[0])); out != Withheld || err != nil {
					t.Errorf("drafted: %v, %v", out, err)
				}
				e, err := l.Entry(t.Context(), id)
				must(t, err)
				if e.State != letter.Held || !e.Kept || e.Redraft != "" || e.Reason != tt.reason {
					t.Errorf("%s, kept %v, %q, %q", e.State, e.Kept, e.Redraft, e.Reason)
				}
				must(t, l.Release(t.Context(), id, "tester"))
				must(t, l.Approve(t.Context(), id, e.Hash, "tester"))
			})
		})
	}
}

// Who releases a letter that has to be drafted anew takes back a person's no,
// and the letter stays.
func TestOnlyADraftReleasesWhatIsCut(t *testing.T) {
	forEach(t, func(t *testing.T, l *Ledger) {
		d := cutSetup(t, l)
		id := d.Letter.ID
		must(t, l.Hold(t.Context(), id, "ask the ministry", "tester"))
		_, err := l.Suppress(t.Context(), letter.Suppression{Scope: letter.ByPrefix, Value: "198.51.100.1/32"}, "tester")
		must(t, err)
		for range 2 {
			if err := l.Release(t.Context(), id, "jane"); !errors.Is(err, ErrRedraft) {
				t.Errorf("released: %v", err)
			}
		}
		e, err := l.Entry(t.Context(), id)
		must(t, err)
		history, err := l.History(t.Context(), id)
		must(t, err)
		if e.State != letter.Held || e.Kept || e.Reason != "redraft: 198.51.100.1/32" || kinds(history) != "created held suppressed released" {
			t.Errorf("%s, kept %v, %q, %s", e.State, e.Kept, e.Reason, kinds(history))
		}
		// Once nothing of it is left, it is suppressed; and a draft in which nothing stands is gone.
		stopped, err := l.Suppress(t.Context(), letter.Suppression{Scope: letter.ByAS, Value: "as64500"}, "tester")
		if err != nil || len(stopped) != 1 || stopped[0].State != letter.Suppressed {
			t.Errorf("%v, %v", stopped, err)
		}
	})
}

func TestWhatIsCutAndStandsElsewhereIsWithdrawn(t *testing.T) {
	forEach(t, func(t *testing.T, l *Ledger) {
		d := cutSetup(t, l)
		_, err := l.Suppress(t.Context(), letter.Suppression{Scope: letter.ByPrefix, Value: "198.51.100.1/32"}, "tester")
		must(t, err)
		other := draftTo("noc@isp.example", "hello", rowsOf(t, l)[0])
		_, err = l.Draft(t.Context(), other)
		must(t, err)
		gone, err := l.Withdraw(t.Context(), "relay26")
		must(t, err)
		if !slices.Equal(gone, []string{d.Letter.ID}) {
			t.Errorf("withdrawn: %v", gone)
		}
	})
}

// TestNetworksAreAskedForWhenALetterIsClaimed suppresses where no letter waits:
// it is on its way, or comes to the ledger afterwards.
func TestNetworksAreAskedForWhenALetterIsClaimed(t *testing.T) {
	for _, tt := range []struct {
		name   string
		values []string
		want   letter.State
	}{
		{"one of two hosts", []string{"198.51.100.1/32"}, letter.Held},
		{"each of them", []string{"198.51.100.1/32", "198.51.100.0/32"}, letter.Suppressed},
		{"both at once", []string{"198.51.100.0/31"}, letter.Suppressed},
		{"one by its AS, one by its address", []string{"as64501", "198.51.100.0/32"}, letter.Suppressed},
		{"another", []string{"198.51.100.2/32", "as64502"}, letter.Sending},
	} {
		t.Run(tt.name, func(t *testing.T) {
			forEach(t, func(t *testing.T, l *Ledger) {
				o := outbox(t, l, "me")
				approved(t, l, 1, 1)
				must(t, o.Settle(t.Context(), claimOne(t, o), accepted)()) // it has read that there are none
				for _, v := range tt.values {
					s, err := letter.ParseSuppression(v)
					must(t, err)
					_, err = l.Suppress(t.Context(), s, "tester")
					must(t, err)
				}
				d := cutSetup(t, l)
				must(t, l.Approve(t.Context(), d.Letter.ID, Hash(d.Rendered), "tester"))
				es, _, err := o.Claim(t.Context(), 1)
				must(t, err)
				if got := stateOf(t, l, d.Letter.ID); got != tt.want || (len(es) == 1) != (tt.want == letter.Sending) {
					t.Errorf("%s, want %s; claimed %d", got, tt.want, len(es))
				}
			})
		})
	}
}

func TestASuppressionSaysOnWhatItRests(t *testing.T) {
	forEach(t, func(t *testing.T, l *Ledger) {
		d := cutSetup(t, l)
		id := d.Letter.ID
		s := letter.Suppression{Scope: letter.ByAddress, Value: cutTo, Reason: "opted out"}
		_, err := l.Note(t.Context(), HistoryEntry{Letter: id, Kind: "opt-out", By: cutTo, Ref: "m1@isp.example"}, s)
		must(t, err)
		list, err := l.Suppressions(t.Context())
		must(t, err)
		if len(list) != 1 || list[0].By != cutTo || list[0].Letter != id || list[0].Message != "m1@isp.example" {
			t.Errorf("%+v", list)
		}
		stopped, ended, err := l.Unsuppress(t.Context(), list[0], "jane")
		if err != nil || !ended || !slices.Equal(stopped, []string{id}) {
			t.Errorf("%v, %v, %v", stopped, ended, err)
		}
		history, err := l.History(t.Context(), id)
		must(t, err)
		if i := slices.IndexFunc(history, func(e HistoryEntry) bool { return e.Kind == "unsuppressed" }); i < 0 || history[i].By != "jane" || history[i].Text != list[0].String() {
			t.Errorf("%+v", history)
		}
	})
}

// A suppression reads what it covers, and not all that there is.
func TestASuppressionReadsOnlyWhatItCovers(t *testing.T) {
	l := newLedger(t, "sqlite")
	for value, by := range map[string]string{
		"as64501":           "networks_asn (asn=?)",
		"198.51.100.0/24":   "(campaign=? AND addr>? AND addr<?)",
		"abuse@isp.example": "letters_mailbox (mailbox=?)",
	} {
		s, err := letter.ParseSuppression(value)
		must(t, err)
		p, err := partOf(s)
		must(t, err)
		query, args := coveredBy(l.d, s, p)
		rows, err := l.r.Query("EXPLAIN QUERY PLAN "+query, args...)
		must(t, err)
		var plan strings.Builder
		must(t, scanAll(rows, func(rows *sql.Rows) error {
			var id, parent, unused int
			var detail string
			err := rows.Scan(&id, &parent, &unused, &detail)
			fmt.Fprintln(&plan, detail)
			return err
		}))
		if !strings.Contains(plan.String(), by) || strings.Contains(plan.String(), "SCAN f") || strings.Contains(plan.String(), "SCAN letters") {
			t.Errorf("%s:\n%s", value, plan.String())
		}
	}
}
