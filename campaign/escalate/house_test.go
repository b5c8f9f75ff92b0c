package escalate

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"testing"
	"time"

	"headsup/campaign/settings"
	"headsup/ledger"
	"headsup/letter"
	"headsup/lookup"
)

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// A street is a provider whose customers were told of events by letters that left.
type street struct {
	House
	l     *ledger.Ledger
	cases ledger.Cases
	told  []Told
	n     int
}

func newStreet(t *testing.T, e settings.Escalation) *street {
	t.Helper()
	l, err := ledger.Open(t.Context(), filepath.Join(t.TempDir(), "headsup.db"))
	must(t, err)
	t.Cleanup(func() { must(t, l.Close()) })
	s := &street{l: l, cases: ledger.NewCases(l, "isp26")}
	s.House = House{Escalation: e, Measures: ledger.NewMeasures(l, "isp26"), Customers: customers(t), Now: time.Now, Tell: func(m Told) { s.told = append(s.told, m) }}
	return s
}

// hook is the command that does what a word says (see [TestCommand]).
func hook(word string) []string { return []string{os.Args[0], "-test.run=^TestCommand$", "--", word} }

// report has a reporter tell of an event of a customer at a time, and a letter
// about it leave; firm says that the letter is a firmer one.
func (s *street) report(t *testing.T, customer, reporter string, at time.Time, firm bool) {
	t.Helper()
	s.n++
	id := fmt.Sprintf("case%d", s.n)
	i := ledger.Incident{Key: id, Addr: netip.MustParseAddr("192.0.2.1"), Seen: at.Format(time.RFC3339), At: at, Kind: "spam", Place: ledger.ToCustomer, Customer: customer}
	_, err := s.cases.Add(t.Context(), []ledger.Case{{ID: id, Place: ledger.ToCustomer, Kind: "spam", Reporter: reporter, Proven: "dmarc", Keep: time.Hour, Incidents: []ledger.Incident{i}}})
	must(t, err)
	var notices []ledger.Notice
	for of, err := range s.cases.Notices(t.Context()) {
		must(t, err)
		notices = append(notices, of...)
	}
	to := lookup.Contact{Email: "kunde@client.example"}
	l := letter.Letter{ID: letter.Reference("isp26", letter.CustomerPile(customer), s.n), Campaign: "isp26", Round: s.n, Customer: customer, To: to, Languages: []string{"en"},
		Agency: letter.Agency{ID: "isp", From: "abuse@isp.example"}}
	r := letter.Rendered{Subject: id, Mail: []byte("Message-ID: <" + id + "@isp.example>\r\n\r\n" + id)}
	_, err = s.l.Draft(t.Context(), ledger.Draft{Letter: l, Rendered: r, Findings: []int64{notices[0].Finding}})
	must(t, err)
	if firm {
		must(t, s.Measures.Firm(t.Context(), l.ID, []int64{notices[0].Incident.ID}))
	}
	must(t, s.l.Approve(t.Context(), l.ID, ledger.Hash(r), "ann"))
	o, err := s.l.Outbox(t.Context(), ledger.OutboxOptions{Owner: "test"})
	must(t, err)
	defer o.Close(t.Context())
	es, _, err := o.Claim(t.Context(), 1)
	must(t, err)
	must(t, o.Mark(t.Context(), es[0]))
	must(t, o.Settle(t.Context(), es[0], letter.Outcome{State: letter.Sent, Phase: letter.Replied, Code: 250, Text: "ok"})())
}

// states are those of all measures, the first one first.
func (s *street) states(t *testing.T) (all []ledger.MeasureState) {
	t.Helper()
	list, err := s.Measures.List(t.Context(), 0)
	must(t, err)
	for i := len(list) - 1; i >= 0; i-- {
		all = append(all, list[i].State)
	}
	return all
}

func TestADayHasSoManyMeasuresAndTheRestWaits(t *testing.T) {
	for _, tt := range []struct {
		name        string
		unconfirmed bool
		word        string
		want        string
	}{
		{"a person confirms", false, "echo", "[proposed proposed]"},
		{"nobody need confirm", true, "echo", "[done proposed]"},
		{"one that fails counts", true, "fail", "[failed proposed]"},
	} {
		s := newStreet(t, settings.Escalation{Sources: 1, ADay: 1, Unconfirmed: tt.unconfirmed, Hook: hook(tt.word)})
		now := time.Now().Add(-time.Hour)
		s.report(t, "1", "a@one.example", now, false)
		s.report(t, "2", "a@one.example", now, false)
		for range 2 {
			must(t, s.Look(t.Context()))
		}
		if got := fmt.Sprint(s.states(t)); got != tt.want {
			t.Errorf("%s: %s, want %s", tt.name, got, tt.want)
		}
		if len(s.told) != 2 {
			t.Errorf("%s: told of %d measures, want each once", tt.name, len(s.told))
		}
	}
}

func TestFromWhichStatesPeopleDecide(t *testing.T) {
	all := []ledger.MeasureState{ledger.Proposed, ledger.Running, ledger.Acted, ledger.Failed, ledger.Dismissed, ledger.Releasing, ledger.Released}
	for _, tt := range []struct {
		name string
		from []ledger.MeasureState
		to   ledger.MeasureState
		do   func(House, context.Context, int64, string) error
	}{
		{"confirm", []ledger.MeasureState{ledger.Proposed, ledger.Failed}, ledger.Acted, House.Confirm},
		{"release", []ledger.MeasureState{ledger.Acted, ledger.Failed, ledger.Running, ledger.Releasing}, ledger.Released, House.Release},
		{"dismiss", []ledger.MeasureState{ledger.Proposed, ledger.Failed}, ledger.Dismissed, House.Dismiss},
	} {
		s := newStreet(t, settings.Escalation{Sources: 1, ADay: 100, Hook: hook("echo")})
		for _, state := range all {
			id, err := s.Measures.Propose(t.Context(), "1", "why", nil)
			must(t, err)
			if state != ledger.Proposed {
				must(t, s.Measures.Move(t.Context(), id, state, "ann", "", ledger.Proposed))
			}
			may := false
			for _, f := range tt.from {
				may = may || f == state
			}
			err = tt.do(s.House, t.Context(), id, "ann")
			list, e := s.Measures.List(t.Context(), id)
			must(t, e)
			want := state
			if may {
				want = tt.to
			}
			if errors.Is(err, ledger.ErrNoMeasure) == may || list[0].State != want {
				t.Errorf("%s from %s: %s, %v", tt.name, state, list[0].State, err)
			}
		}
	}
}

func TestAfterAFirmerLetterOnlyWhatCameSinceIsAReason(t *testing.T) {
	s := newStreet(t, settings.Escalation{Sources: 2, FirmSources: 2, ADay: 9, Hook: hook("echo")})
	before := time.Now().Add(-2 * time.Hour)
	s.report(t, "1", "a@one.example", before, false)
	s.report(t, "1", "b@two.example", before, false)
	must(t, s.Look(t.Context()))
	if got := s.states(t); len(got) != 0 {
		t.Errorf("before a firmer letter: %v", got)
	}
	s.report(t, "1", "c@three.example", before, true)
	must(t, s.Look(t.Context()))
	if got := s.states(t); len(got) != 0 {
		t.Errorf("after it, for what was before: %v", got)
	}
	s.report(t, "1", "a@one.example", time.Now().Add(time.Minute), false)
	s.report(t, "1", "b@two.example", time.Now().Add(time.Minute), false)
	must(t, s.Look(t.Context()))
	list, err := s.Measures.List(t.Context(), 1)
	must(t, err)
	if len(list[0].Events) != 2 {
		t.Errorf("%d events are the reason, want the two since", len(list[0].Events))
	}
}

// TestTwoRunsProposeOnce has another run propose what this one has read.
func TestTwoRunsProposeOnce(t *testing.T) {
	s := newStreet(t, settings.Escalation{Sources: 1, Hook: hook("echo")})
	s.report(t, "1", "a@one.example", time.Now().Add(-time.Hour), false)
	all, err := s.Measures.Persisting(t.Context(), "", time.Time{})
	must(t, err)
	for range 2 {
		must(t, s.propose(t.Context(), all, "1 independent reporters"))
	}
	if got := fmt.Sprint(s.states(t)); got != "[proposed]" || len(s.told) != 1 {
		t.Errorf("%s, told %d times", got, len(s.told))
	}
}

// TestWhatRanIsRecordedWhoeverStopsUs stops the run as soon as the command does.
func TestWhatRanIsRecordedWhoeverStopsUs(t *testing.T) {
	s := newStreet(t, settings.Escalation{Sources: 1, Hook: hook("hang")})
	id, err := s.Measures.Propose(t.Context(), "1", "why", nil)
	must(t, err)
	ctx, stop := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer stop()
	must(t, s.Confirm(ctx, id, "ann"))
	if got := fmt.Sprint(s.states(t)); got != "[failed]" || len(s.told) != 1 || s.told[0].Err == nil {
		t.Errorf("%s, %+v", got, s.told)
	}
}
