package ledger

import (
	"errors"
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"headsup/letter"
	"headsup/lookup"
)

func TestADraftIsReplacedUntilReview(t *testing.T) {
	forEach(t, func(t *testing.T, l *Ledger) {
		add(t, l, scan(4)[2:])
		add(t, l, scan(4)[:2])
		rows := rowsOf(t, l)
		draft := func(d Draft, want Drafting) {
			t.Helper()
			got, err := l.Draft(t.Context(), d)
			if got != want || err != nil {
				t.Fatalf("%v %v, want %v", got, err, want)
			}
		}
		first := draftTo("Abuse@example.net", "hello", rows[0], rows[1])
		draft(first, Created)
		draft(first, Unchanged)
		second := draftTo("Abuse@example.net", "hello again", rows[1], rows[2])
		draft(second, Replaced)

		got, err := l.Letter(t.Context(), second.Letter.ID)
		must(t, err)
		want := second.Letter
		want.Agency.Logo = nil
		if diff := cmp.Diff(want, got.Letter, cmp.Comparer(compareAddr)); diff != "" {
			t.Error(diff)
		}
		if diff := cmp.Diff(second.Rendered, got.Rendered); diff != "" {
			t.Error(diff)
		}
		if got.Entry.To != "Abuse@example.net" || got.From != "notify@example.org" || got.MessageID != second.Letter.ID+"@example.org" ||
			got.Entry.Hash != Hash(second.Rendered) || got.Entry.Findings != 2 || got.Entry.Language != "de" {
			t.Errorf("entry %+v", got.Entry)
		}

		if err := l.Approve(t.Context(), second.Letter.ID, Hash(first.Rendered), "tester"); !errors.Is(err, ErrChanged) {
			t.Errorf("approved what nobody has read: %v", err)
		}
		must(t, l.Hold(t.Context(), second.Letter.ID, "typo", "tester"))
		draft(first, Kept)
		must(t, l.Release(t.Context(), second.Letter.ID, "tester"))
		must(t, l.Approve(t.Context(), second.Letter.ID, Hash(second.Rendered), "tester"))
		must(t, l.Approve(t.Context(), second.Letter.ID, Hash(second.Rendered), "tester"))
		draft(first, Kept)
		got, err = l.Letter(t.Context(), second.Letter.ID)
		must(t, err)
		if got.Fingerprint != Hash(second.Rendered) || got.ApprovedBy != "tester" || got.ApprovedAt.IsZero() || string(got.Rendered.Mail) != string(second.Rendered.Mail) {
			t.Errorf("approval %q by %q at %v", got.Fingerprint, got.ApprovedBy, got.ApprovedAt)
		}
		history, err := l.History(t.Context(), second.Letter.ID)
		must(t, err)
		if got, want := kinds(history), "created replaced held drafted approved"; got != want {
			t.Errorf("history %q, want %q", got, want)
		}
	})
}

func TestOneLetterForEachContactAndRound(t *testing.T) {
	forEach(t, func(t *testing.T, l *Ledger) {
		add(t, l, scan(2))
		rows := rowsOf(t, l)
		d := draftTo("abuse@example.net", "hello", rows[0])
		_, err := l.Draft(t.Context(), d)
		must(t, err)

		other := draftTo("ABUSE@example.net", "hello", rows[1])
		other.Letter.ID = "relay26-other"
		if _, err := l.Draft(t.Context(), other); !errors.Is(err, ErrTwice) {
			t.Errorf("the same contact under another ID: %v", err)
		}
		must(t, l.Approve(t.Context(), d.Letter.ID, Hash(d.Rendered), "tester"))
		if _, err := l.Draft(t.Context(), draftTo("noc@example.net", "hello", rows...)); !errors.Is(err, ErrTwice) {
			t.Errorf("a finding in two letters: %v", err)
		}
		reminder := draftTo("abuse@example.net", "hello", rows[1])
		reminder.Letter.Round, reminder.Letter.ID = 2, d.Letter.ID+"-2"
		if out, err := l.Draft(t.Context(), reminder); out != Created || err != nil {
			t.Errorf("a reminder: %v %v", out, err)
		}
		for _, bad := range []Draft{
			{Letter: letter.Letter{ID: "x", To: lookup.Contact{Email: "nobody"}}, Rendered: rendered("x", "")},
			{Letter: letter.Letter{ID: "x", To: lookup.Contact{Email: "a@example.net"}}, Rendered: letter.Rendered{Mail: []byte("Subject: x\r\n\r\n")}},
			{Letter: letter.Letter{ID: "x", To: lookup.Contact{Email: "a@example.net"}}, Rendered: rendered("x", ""), Lanes: []string{"a b"}},
		} {
			if out, err := l.Draft(t.Context(), bad); err == nil {
				t.Errorf("%+v was %s", bad, out)
			}
		}
	})
}

func TestAnApprovalIsBoundToBytes(t *testing.T) {
	forEach(t, func(t *testing.T, l *Ledger) {
		d := draftTo("abuse@example.net", "hello")
		_, err := l.Draft(t.Context(), d)
		must(t, err)
		approve := func(why, hash string) {
			t.Helper()
			if err := l.Approve(t.Context(), d.Letter.ID, hash, "tester"); !errors.Is(err, ErrChanged) {
				t.Errorf("%s: %v", why, err)
			}
		}
		approve("no hash", "")
		approve("the hash of other bytes", Hash(rendered(d.Letter.ID, "bye")))
		_, err = l.w.Exec("UPDATE letters SET hash = ''")
		must(t, err)
		approve("no hash of a letter that has none", "")
		if _, err := l.w.Exec("INSERT INTO approvals (letter_id, hash, by_whom, at) VALUES ($1, '', 'tester', 1)", d.Letter.ID); err == nil {
			t.Error("the database takes an approval without a hash")
		}
		if got := stateOf(t, l, d.Letter.ID); got != letter.Drafted {
			t.Errorf("the letter is %s", got)
		}
	})
}

func TestADraftNobodyStandsInIsWithdrawn(t *testing.T) {
	forEach(t, func(t *testing.T, l *Ledger) {
		add(t, l, scan(3))
		rows := rowsOf(t, l)
		old, kept := draftTo("old@example.net", "hello", rows[0]), draftTo("kept@example.net", "hello", rows[1])
		for _, d := range []Draft{old, kept, draftTo("new@example.net", "hello", rows[0])} {
			_, err := l.Draft(t.Context(), d)
			must(t, err)
		}
		if err := l.Approve(t.Context(), old.Letter.ID, Hash(old.Rendered), "tester"); !errors.Is(err, ErrChanged) {
			t.Errorf("approved although its finding stands in another letter: %v", err)
		}
		gone, err := l.Withdraw(t.Context(), "relay26")
		must(t, err)
		if !slices.Equal(gone, []string{old.Letter.ID}) {
			t.Errorf("withdrawn: %v", gone)
		}
		if _, err := l.Letter(t.Context(), old.Letter.ID); !errors.Is(err, ErrNotFound) {
			t.Errorf("still there: %v", err)
		}
		if h, _ := l.History(t.Context(), old.Letter.ID); kinds(h) != "created withdrawn" {
			t.Errorf("history %q", kinds(h))
		}

		must(t, l.Approve(t.Context(), kept.Letter.ID, Hash(kept.Rendered), "tester"))
		must(t, l.Hold(t.Context(), kept.Letter.ID, "why", "tester"))
		must(t, l.Release(t.Context(), kept.Letter.ID, "tester"))
		must(t, l.Place(t.Context(), "relay26", []letter.Placement{{Row: rows[1].ID, Fate: letter.FateNoContact}}))
		if gone, err := l.Withdraw(t.Context(), "relay26"); len(gone) != 0 || err != nil {
			t.Errorf("withdrawn although it was once approved: %v %v", gone, err)
		}
	})
}

func TestALetterNeedsNoPage(t *testing.T) {
	forEach(t, func(t *testing.T, l *Ledger) {
		d := draftTo("abuse@example.net", "hello")
		for _, pdf := range [][]byte{nil, []byte("%PDF"), nil} {
			d.Rendered.PDF = pdf
			_, err := l.Draft(t.Context(), d)
			must(t, err)
			r, err := l.Letter(t.Context(), d.Letter.ID)
			must(t, err)
			if string(r.Rendered.PDF) != string(pdf) || r.Hash != Hash(r.Rendered) {
				t.Errorf("page %q, want %q", r.Rendered.PDF, pdf)
			}
		}
	})
}

func TestLettersAreChosen(t *testing.T) {
	forEach(t, func(t *testing.T, l *Ledger) {
		ids := approved(t, l, 5, 5)
		slices.Sort(ids)
		must(t, l.Hold(t.Context(), ids[0], "typo", "tester"))
		for name, tt := range map[string]struct {
			f    Filter
			want []string
		}{
			"all":      {Filter{}, ids},
			"held":     {Filter{Campaign: "relay26", States: []letter.State{letter.Held, letter.Sent}}, ids[:1]},
			"by ID":    {Filter{IDs: []string{ids[3], ids[1], "x"}}, []string{ids[1], ids[3]}},
			"contact":  {Filter{Contact: "ABUSE2@d2.example"}, []string{letter.Reference("relay26", "abuse2@d2.example", 1)}},
			"campaign": {Filter{Campaign: "proxy26"}, nil},
		} {
			var got []string
			for e, err := range l.Letters(t.Context(), tt.f) {
				must(t, err)
				got = append(got, e.ID)
			}
			if !slices.Equal(got, tt.want) {
				t.Errorf("%s: got %v, want %v", name, got, tt.want)
			}
		}
		for _, key := range []string{ids[2], ids[2] + "@example.org"} {
			if id, err := l.Find(t.Context(), key); id != ids[2] || err != nil {
				t.Errorf("find %q: %q %v", key, id, err)
			}
		}
		for _, key := range []string{"x", "notify@example.org"} { // the latter is everybody's
			if id, err := l.Find(t.Context(), key); !errors.Is(err, ErrNotFound) {
				t.Errorf("find %q: %q %v", key, id, err)
			}
		}
	})
}

// TestTheRuleBookIsKept tries every decision in every state.
func TestTheRuleBookIsKept(t *testing.T) {
	forEach(t, func(t *testing.T, l *Ledger) {
		id := approved(t, l, 1, 1)[0]
		hash := func() string { r, err := l.Letter(t.Context(), id); must(t, err); return r.Hash }()
		decisions := []struct {
			name string
			do   func() error
			from []letter.State
			to   letter.State
		}{
			{"approve", func() error { return l.Approve(t.Context(), id, hash, "tester") }, []letter.State{letter.Drafted, letter.Approved}, letter.Approved},
			{"hold", func() error { return l.Hold(t.Context(), id, "why", "tester") }, []letter.State{letter.Drafted, letter.Approved, letter.Deferred}, letter.Held},
			{"release", func() error { return l.Release(t.Context(), id, "tester") }, []letter.State{letter.Held}, letter.Drafted},
			{"resolve as sent", func() error { return l.Resolve(t.Context(), id, letter.Sent, "tester", "log") }, []letter.State{letter.Unknown}, letter.Sent},
			{"resolve as failed", func() error { return l.Resolve(t.Context(), id, letter.Failed, "tester", "log") }, []letter.State{letter.Unknown}, letter.Failed},
			{"send again", func() error { return l.Resolve(t.Context(), id, letter.Approved, "tester", "log") }, []letter.State{letter.Unknown}, letter.Approved},
			{"resolve as bounced", func() error { return l.Resolve(t.Context(), id, letter.Bounced, "tester", "log") }, []letter.State{letter.Unknown}, letter.Bounced},
			{"prove", func() error { return Prove(t.Context(), l, id, "tester", "mail.log: taken") }, []letter.State{letter.Drafted, letter.Held,
				letter.Approved, letter.Deferred, letter.Failed, letter.Unknown, letter.Suppressed}, letter.Sent},
			{"bounce", func() error {
				_, err := l.Note(t.Context(), HistoryEntry{Letter: id, Kind: "bounce", State: letter.Bounced})
				return err
			}, []letter.State{letter.Sent, letter.Unknown}, letter.Bounced},
		}
		for _, tt := range decisions {
			for _, from := range letter.States {
				_, err := l.w.Exec("UPDATE letters SET state = $1 WHERE id = $2", string(from), id)
				must(t, err)
				err = tt.do()
				want := from
				if slices.Contains(tt.from, from) {
					want = tt.to
					must(t, err)
				} else if !errors.Is(err, ErrState) {
					t.Errorf("%s a letter that is %s: %v", tt.name, from, err)
				}
				if got := stateOf(t, l, id); got != want {
					t.Errorf("%s a letter that is %s: it is %s, want %s", tt.name, from, got, want)
				}
			}
		}
		if err := l.Hold(t.Context(), "x", "", ""); !errors.Is(err, ErrNotFound) {
			t.Errorf("no such letter: %v", err)
		}
	})
}

func TestWhatComesBackCountsOnce(t *testing.T) {
	forEach(t, func(t *testing.T, l *Ledger) {
		id := approved(t, l, 1, 1)[0]
		_, err := l.w.Exec("UPDATE letters SET state = 'sent'")
		must(t, err)
		at := time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)
		for _, tt := range []struct {
			e    HistoryEntry
			want bool
		}{
			{HistoryEntry{Letter: id, At: at, Kind: "auto-reply", Ref: "<1@example.net>", Text: "we are away"}, true},
			{HistoryEntry{Letter: id, At: at, Kind: "auto-reply", Ref: "<1@example.net>", Text: "we are away"}, false},
			{HistoryEntry{Letter: id, At: at, Kind: "bounce", Ref: "<2@example.net>", State: letter.Bounced, Text: "no such user"}, true},
			{HistoryEntry{Letter: id, At: at, Kind: "bounce", Ref: "<2@example.net>", State: letter.Bounced, Text: "no such user"}, false},
		} {
			got, err := l.Note(t.Context(), tt.e)
			if got != tt.want || err != nil {
				t.Errorf("%v: %v %v", tt.e, got, err)
			}
		}
		r, err := l.Letter(t.Context(), id)
		must(t, err)
		if r.State != letter.Bounced || r.Reason != "no such user" {
			t.Errorf("%s: %s", r.State, r.Reason)
		}
		h, err := l.History(t.Context(), id)
		must(t, err)
		i := slices.IndexFunc(h, func(e HistoryEntry) bool { return e.Kind == "auto-reply" })
		if i < 0 || !h[i].At.Equal(at) || h[i].Text != "we are away" {
			t.Errorf("history %+v", h)
		}
	})
}

func TestAnEventAndItsSuppressionAreOneThing(t *testing.T) {
	forEach(t, func(t *testing.T, l *Ledger) {
		id := approved(t, l, 1, 1)[0]
		e, err := l.Letter(t.Context(), id)
		must(t, err)
		stop := letter.Suppression{Scope: letter.ByAddress, Value: e.To, Reason: "opted out"}
		list := func() []letter.Suppression {
			list, err := l.Suppressions(t.Context())
			must(t, err)
			return list
		}
		optOut := HistoryEntry{Letter: id, Kind: "opt-out", Ref: "<1@example.net>", By: "desk@example.net"}
		if added, err := l.Note(t.Context(), optOut, stop, letter.Suppression{}); err == nil || added || len(list()) > 0 {
			t.Errorf("half of it was stored: %v %v %v", added, err, list())
		}
		if added, err := l.Note(t.Context(), optOut, stop); err != nil || !added || len(list()) != 1 || stateOf(t, l, id) != letter.Suppressed {
			t.Errorf("%v %v %v %s", added, err, list(), stateOf(t, l, id))
		}
		_, _, err = l.Unsuppress(t.Context(), stop, "tester")
		must(t, err)
		if added, err := l.Note(t.Context(), optOut, stop); err != nil || added || len(list()) > 0 {
			t.Errorf("what was lifted came back: %v %v %v", added, err, list())
		}
	})
}

// TestWhatALetterThatDidNotArriveHolds: where the mailbox is dead, the findings
// are for the next contact; where a server refuses us, they wait with the letter.
func TestWhatALetterThatDidNotArriveHolds(t *testing.T) {
	forEach(t, func(t *testing.T, l *Ledger) {
		add(t, l, scan(10))
		var ids []string
		for i, r := range rowsOf(t, l) {
			d := draftTo(fmt.Sprintf("abuse%d@d.example", i), "hello", r)
			_, err := l.Draft(t.Context(), d)
			must(t, err)
			ids = append(ids, d.Letter.ID)
			_, err = l.w.Exec("UPDATE letters SET state = 'sent' WHERE id = $1", d.Letter.ID)
			must(t, err)
		}
		for i, class := range append(letter.Classes, "") {
			_, err := l.Note(t.Context(), HistoryEntry{Letter: ids[i], Kind: letter.Bounce, State: letter.Bounced, Class: class, Text: "said " + string(class)})
			must(t, err)
		}
		for _, i := range []int{8, 9} {
			_, err := l.w.Exec("UPDATE letters SET state = 'unknown' WHERE id = $1", ids[i])
			must(t, err)
		}
		must(t, l.Resolve(t.Context(), ids[8], letter.Failed, "Jane", "a person said"))
		moved := map[int]string{0: "said mailbox", 1: "said domain", 8: "a person said"} // by contact
		contact := func(i int) string { return fmt.Sprintf("abuse%d@d.example", i) }
		dead := map[string]string{}
		for i, r := range rowsOf(t, l) {
			if free := moved[i] != ""; free != (r.Letter == "") {
				t.Errorf("the finding of %s stands in %q", contact(i), r.Letter)
			}
			_, err := l.Draft(t.Context(), draftTo(fmt.Sprintf("noc%d@d.example", i), "hello", r))
			if moved[i] != "" {
				dead[contact(i)] = moved[i]
				must(t, err)
			} else if !errors.Is(err, ErrTwice) {
				t.Errorf("the finding of %s goes to another contact: %v", contact(i), err)
			}
		}
		now := time.Now()
		for _, tt := range []struct {
			name, campaign string
			since          time.Time
			want           map[string]string
		}{
			{"whoever mail of this campaign does not reach", "relay26", now.Add(time.Hour), dead},
			{"a dead mailbox in the next", "next", now.Add(-time.Hour), map[string]string{contact(0): "said mailbox", contact(1): "said domain"}},
			{"but not for ever", "next", now.Add(time.Hour), map[string]string{}},
		} {
			if got, err := l.Dead(t.Context(), tt.campaign, tt.since); err != nil || !maps.Equal(got, tt.want) {
				t.Errorf("%s: %v %v, want %v", tt.name, got, err, tt.want)
			}
		}
	})
}

// TestWhatWasBlamedOnAMailboxBefore: ledgers of before have one class for all
// that came back.
func TestWhatWasBlamedOnAMailboxBefore(t *testing.T) {
	forEach(t, func(t *testing.T, l *Ledger) {
		id := approved(t, l, 1, 1)[0]
		for reason, dead := range map[string]bool{
			"5.1.1 550 no such user": true,
			"550 no":                 true,
			"5.7.1 554 5.7.1 blocked using dnsbl.example": false,
		} {
			_, err := l.w.Exec("UPDATE letters SET state = 'bounced', class = 'mailbox', reason = $1, changed_at = $2 WHERE id = $3", reason, time.Now().UnixMilli(), id)
			must(t, err)
			got, err := l.Dead(t.Context(), "next", time.Now().Add(-time.Hour))
			if err != nil || (len(got) == 1) != dead {
				t.Errorf("%s: %v, %v", reason, got, err)
			}
			// Its findings are for the next contact already.
			if own, err := l.Dead(t.Context(), "relay26", time.Now()); err != nil || len(own) != 1 {
				t.Errorf("%s: in its own campaign %v, %v", reason, own, err)
			}
		}
	})
}

func TestAMailboxThatIsFullInThreeCampaignsIsDead(t *testing.T) {
	forEach(t, func(t *testing.T, l *Ledger) {
		add(t, l, scan(4))
		rows := rowsOf(t, l)
		for i, campaign := range []string{"one", "two", "two", "three"} {
			d := draftTo("abuse@d.example", "hello", rows[i])
			d.Letter.Campaign, d.Letter.ID, d.Letter.Round = campaign, fmt.Sprintf("%s-%d", campaign, i), i
			_, err := l.Draft(t.Context(), d)
			must(t, err)
			_, err = l.w.Exec("UPDATE letters SET state = 'sent' WHERE id = $1", d.Letter.ID)
			must(t, err)
			_, err = l.Note(t.Context(), HistoryEntry{Letter: d.Letter.ID, Kind: letter.Bounce, State: letter.Bounced, Class: letter.ClassFull, Text: "full"})
			must(t, err)
			want := map[string]string{}
			if campaign == "three" {
				want["abuse@d.example"] = "full"
			}
			if got, err := l.Dead(t.Context(), "next", time.Now().Add(-time.Hour)); err != nil || !maps.Equal(got, want) {
				t.Errorf("after %s: %v %v, want %v", campaign, got, err, want)
			}
		}
		if got, err := l.Dead(t.Context(), "next", time.Now().Add(time.Hour)); err != nil || len(got) > 0 {
			t.Errorf("for ever: %v %v", got, err)
		}
	})
}

func TestSuppressingStopsWhatHasNotGone(t *testing.T) {
	alone(t)
	t.Parallel()
	tests := []struct {
		name, value, campaign string
		stopped               string // contacts
	}{
		{"a mailbox, whatever its case", "abuse@example.net", "", "Abuse@example.net"},
		{"a domain and those below it", "@example.net", "", "Abuse@example.net noc@sub.example.net"},
		{"not a domain that only ends alike", "@ample.net", "", ""},
		{"not the domain above", "@sub.example.net", "", "noc@sub.example.net"},
		{"no pattern in a name", "a_use@example.net", "", ""},
		{"its own campaign's mailbox", "abuse@example.net", "relay26", "Abuse@example.net"},
		{"its own campaign's domain", "@example.net", "relay26", "Abuse@example.net noc@sub.example.net"},
		{"its own campaign's prefix", "198.51.100.1/32", "relay26", "noc@sub.example.net"},
		{"its own campaign's AS", "AS64500", "relay26", "noc@sub.example.net"},
		{"another campaign's mailbox", "abuse@example.net", "proxy26", ""},
		{"another campaign's domain", "@example.net", "proxy26", ""},
		{"another campaign's prefix", "198.51.100.1/32", "proxy26", ""},
		{"another campaign's AS", "AS64500", "proxy26", ""},
		{"a prefix", "198.51.100.1/32", "", "noc@sub.example.net"},
		{"an AS", "AS64500", "", "noc@sub.example.net"},
		{"an AS that announces nothing of it", "AS64501", "", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			forEach(t, func(t *testing.T, l *Ledger) {
				add(t, l, scan(3))
				host := netip.MustParseAddr("198.51.100.1")
				must(t, l.AddLookups(t.Context(), "relay26", []lookup.Result{{Addr: host, Network: lookup.Network{First: host, Last: host, AS: 64500}}}))
				rows := rowsOf(t, l)
				for i, to := range []string{"Abuse@example.net", "noc@sub.example.net", "x@notexample.net"} {
					d := draftTo(to, "hello", rows[i])
					_, err := l.Draft(t.Context(), d)
					must(t, err)
					must(t, l.Approve(t.Context(), d.Letter.ID, Hash(d.Rendered), "tester"))
				}
				s, err := letter.ParseSuppression(tt.value)
				must(t, err)
				s.Reason, s.Campaign = "asked", tt.campaign
				ids, err := l.Suppress(t.Context(), s, "tester")
				must(t, err)
				var got []string
				for e, err := range l.Letters(t.Context(), Filter{}) {
					must(t, err)
					if e.State != letter.Approved {
						got = append(got, e.To)
					}
				}
				slices.Sort(got)
				if strings.Join(got, " ") != tt.stopped || len(ids) != len(got) {
					t.Errorf("stopped %q, want %q (%d IDs)", got, tt.stopped, len(ids))
				}
				list, err := l.Suppressions(t.Context())
				must(t, err)
				if len(list) != 1 || list[0].Value != s.Value || list[0].Since.IsZero() {
					t.Errorf("list %+v", list)
				}
				_, ended, err := l.Unsuppress(t.Context(), s, "tester")
				must(t, err)
				if list, _ = l.Suppressions(t.Context()); !ended || len(list) != 0 {
					t.Errorf("still %+v", list)
				}
			})
		})
	}
}

func TestASuppressedLetterMayBeDraftedAgain(t *testing.T) {
	forEach(t, func(t *testing.T, l *Ledger) {
		add(t, l, scan(1))
		d := draftTo("abuse@example.net", "hello", rowsOf(t, l)...)
		_, err := l.Draft(t.Context(), d)
		must(t, err)
		s := letter.Suppression{Scope: letter.ByAddress, Value: "abuse@example.net", Reason: "asked"}
		_, err = l.Suppress(t.Context(), s, "tester")
		must(t, err)
		sum, err := l.Sum(t.Context(), "relay26")
		must(t, err)
		if sum.Suppressed != 1 || sum.Lettered != 0 || sum.Check() != nil {
			t.Errorf("sum %+v", sum)
		}
		if err := l.Approve(t.Context(), d.Letter.ID, Hash(d.Rendered), "tester"); !errors.Is(err, ErrState) {
			t.Errorf("approved although suppressed: %v", err)
		}
		_, _, err = l.Unsuppress(t.Context(), s, "tester")
		must(t, err)
		if out, err := l.Draft(t.Context(), d); out != Replaced || err != nil {
			t.Errorf("drafted again: %v %v", out, err)
		}
		sum, err = l.Sum(t.Context(), "relay26")
		must(t, err)
		if sum.Lettered != 1 || stateOf(t, l, d.Letter.ID) != letter.Drafted {
			t.Errorf("sum %+v", sum)
		}
	})
}
