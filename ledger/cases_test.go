package ledger

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"testing"
	"time"

	"headsup/letter"
)

// reportOf is a report of one incident, whose customer is c.
func reportOf(id, addr, c string, minute int) Case {
	at := time.Date(2026, 3, 1, 10, minute, 0, 0, time.UTC)
	return Case{ID: id, Place: ToCustomer, Kind: "spam", Reporter: "Trap@Reporter.example", Proven: "dmarc", Language: "en", MessageID: id + "@reporter.example",
		Source: "new/" + id, Sent: at, Mail: []byte("From: x\r\n\r\n" + id), Keep: time.Hour,
		Incidents: []Incident{{Key: fmt.Sprint(addr, " spam ", minute), Addr: netip.MustParseAddr(addr), Seen: at.Format(time.RFC3339), At: at, Kind: "spam",
			Place: ToCustomer, Customer: c, Evidence: "a line about " + addr}}}
}

func TestAnIncidentIsToldOnceHoweverManyReportIt(t *testing.T) {
	forEach(t, func(t *testing.T, l *Ledger) {
		cs := NewCases(l, "isp26")
		first, again, other := reportOf("aaaa", "192.0.2.7", "4711", 1), reportOf("bbbb", "192.0.2.7", "4711", 1), reportOf("cccc", "192.0.2.7", "4711", 2)
		filed, err := cs.Add(t.Context(), []Case{first, again, other})
		must(t, err)
		for i, want := range []Filed{{"aaaa", ToCustomer, false, 1}, {"bbbb", ToldBefore, false, 0}, {"cccc", ToCustomer, false, 1}} {
			if filed[i] != want {
				t.Errorf("report %d: %+v, want %+v", i, filed[i], want)
			}
		}
		filed, err = cs.Add(t.Context(), []Case{first})
		must(t, err)
		if !filed[0].Known || filed[0].Place != ToCustomer {
			t.Errorf("the same message again: %+v", filed[0])
		}
		notices, err := notices(t.Context(), cs)
		must(t, err)
		if len(notices) != 2 {
			t.Errorf("%d notices, want 2", len(notices))
		}
		sum, err := cs.Sum(t.Context())
		must(t, err)
		if sum[ToCustomer] != 2 || sum[ToldBefore] != 1 || len(sum) != 2 {
			t.Errorf("sum %v", sum)
		}
		rows, err := l.Sum(t.Context(), "isp26")
		must(t, err)
		if must(t, rows.Check()); rows.Held != 2 {
			t.Errorf("rows %+v", rows)
		}
	})
}

func TestOfASecretReportOnlySenderTimeAndAddressAreStored(t *testing.T) {
	forEach(t, func(t *testing.T, l *Ledger) {
		cs := NewCases(l, "isp26")
		c := reportOf("aaaa", "192.0.2.7", "4711", 1)
		c.Queue, c.Place, c.Kind = "secret", KeptSecret, "child-abuse"
		c.Incidents[0].URL = "http://hidden.example/"
		_, err := cs.Add(t.Context(), []Case{c})
		must(t, err)
		got, err := cs.Case(t.Context(), "aaaa", "eve")
		must(t, err)
		if got.Mail != nil || got.MessageID != "" || got.Source != "" || len(got.Incidents) != 1 || got.Incidents[0].URL != "" ||
			got.Incidents[0].Evidence != "" || got.Incidents[0].Customer != "" {
			t.Errorf("%+v", got)
		}
		if got.Reporter != "trap@reporter.example" || got.Sent.IsZero() || got.Incidents[0].Addr.String() != "192.0.2.7" {
			t.Errorf("what may be known is missing: %+v", got)
		}
		log, err := cs.Events(t.Context(), "aaaa")
		must(t, err)
		if len(log) != 1 || log[0].By != "eve" || log[0].What != "viewed" {
			t.Errorf("log %+v", log)
		}
		_, err = cs.Rule(t.Context(), "aaaa", Ruling{By: "eve", Place: ToCustomer, Incidents: reportOf("", "192.0.2.7", "1", 1).Incidents})
		if !errors.Is(err, ErrApart) {
			t.Errorf("forwarded by a person: %v", err)
		}
	})
}

func TestAPersonsDecisionReplacesTheProgramsUntilTheLetterIsApproved(t *testing.T) {
	forEach(t, func(t *testing.T, l *Ledger) {
		cs := NewCases(l, "isp26")
		_, err := cs.Add(t.Context(), []Case{reportOf("aaaa", "192.0.2.7", "4711", 1), reportOf("bbbb", "192.0.2.8", "4711", 1)})
		must(t, err)
		ruled := reportOf("aaaa", "192.0.2.7", "0815", 1).Incidents
		stay, err := cs.Rule(t.Context(), "aaaa", Ruling{By: "ann", What: "customer 0815", Place: ToCustomer, Incidents: ruled, Mistaken: true})
		if must(t, err); stay != 0 {
			t.Errorf("%d stay", stay)
		}
		notices, err := notices(t.Context(), cs)
		must(t, err)
		if len(notices) != 2 || notices[0].Customer != "0815" || notices[1].Customer != "4711" {
			t.Fatalf("%+v", notices)
		}
		id := draftNotices(t, l, notices[:1])
		must(t, l.Approve(t.Context(), id, hashOf(t, l, id), "ann"))
		stay, err = cs.Rule(t.Context(), "aaaa", Ruling{By: "ann", What: "not ours", Place: NotOurs, Incidents: []Incident{}})
		if must(t, err); stay != 1 {
			t.Errorf("%d stay, want the approved one", stay)
		}
		tr, err := cs.Trust(t.Context(), Pair{Reporter: "trap@reporter.example", Kind: "spam"})
		must(t, err)
		if tr.Mistakes != 1 || tr.Confirmed != 0 {
			t.Errorf("trust %+v", tr)
		}
	})
}

// draftNotices writes a letter about notices of one customer and returns its ID.
func draftNotices(t *testing.T, l *Ledger, notices []Notice) string {
	t.Helper()
	d := draftTo("kunde@example.org", "reported")
	d.Letter.ID, d.Letter.Campaign, d.Letter.Customer = letter.Reference("isp26", letter.CustomerPile(notices[0].Customer), 1), "isp26", notices[0].Customer
	d.Findings = nil
	for _, n := range notices {
		d.Findings = append(d.Findings, n.Finding)
	}
	_, err := l.Draft(t.Context(), d)
	must(t, err)
	return d.Letter.ID
}

func TestTrustIsEarnedByApprovedLettersAndLostByAMistake(t *testing.T) {
	forEach(t, func(t *testing.T, l *Ledger) {
		cs, pair := NewCases(l, "isp26"), Pair{Reporter: "trap@reporter.example", Kind: "spam"}
		_, err := cs.Add(t.Context(), []Case{reportOf("aaaa", "192.0.2.7", "4711", 1), reportOf("bbbb", "192.0.2.8", "4711", 1)})
		must(t, err)
		notices, err := notices(t.Context(), cs)
		must(t, err)
		id := draftNotices(t, l, notices)
		pairs, err := cs.Pairs(t.Context(), id)
		must(t, err)
		if len(pairs) != 1 || pairs[0] != (Pair{"trap@reporter.example", "dmarc", "spam"}) {
			t.Errorf("pairs %v", pairs)
		}
		must(t, l.Approve(t.Context(), id, hashOf(t, l, id), "ann"))
		tr, err := cs.Trust(t.Context(), pair)
		must(t, err)
		if tr != (Trust{Confirmed: 2}) {
			t.Errorf("trust %+v", tr)
		}
		_, err = cs.Rule(t.Context(), "aaaa", Ruling{By: "ann", Place: NotOurs, Incidents: []Incident{}, Mistaken: true})
		must(t, err)
		if tr, err = cs.Trust(t.Context(), pair); err != nil || tr != (Trust{Mistakes: 1}) {
			t.Errorf("after a mistake: %+v, %v", tr, err)
		}
	})
}

func TestReportsAreErasedWhenTheirTimeIsOver(t *testing.T) {
	forEach(t, func(t *testing.T, l *Ledger) {
		cs := NewCases(l, "isp26")
		short := reportOf("aaaa", "192.0.2.7", "4711", 1)
		short.Keep = -time.Hour
		_, err := cs.Add(t.Context(), []Case{short, reportOf("bbbb", "192.0.2.8", "4711", 1)})
		must(t, err)
		n, err := cs.Purge(t.Context())
		if must(t, err); n != 1 {
			t.Errorf("%d erased", n)
		}
		got, err := cs.Case(t.Context(), "aaaa", "")
		must(t, err)
		if got.Mail != nil || got.Reporter != "" || got.Incidents[0].Evidence != "" || !got.Incidents[0].Addr.IsValid() {
			t.Errorf("kept: %+v", got)
		}
		if got, err = cs.Case(t.Context(), "bb", ""); err != nil || got.Mail == nil || got.Incidents[0].Evidence == "" {
			t.Errorf("erased too early: %+v, %v", got, err)
		}
		if sum, err := cs.Sum(t.Context()); err != nil || sum[ToCustomer] != 2 {
			t.Errorf("sum %v, %v", sum, err)
		}
	})
}

func TestOfASecretReportNothingStaysWhenItsTimeIsOver(t *testing.T) {
	forEach(t, func(t *testing.T, l *Ledger) {
		cs := NewCases(l, "isp26")
		c, later := reportOf("aaaa", "192.0.2.7", "", 1), reportOf("bbbb", "192.0.2.8", "", 1)
		for _, one := range []*Case{&c, &later} {
			one.Queue, one.Place, one.Kind = "secret", KeptSecret, "child-abuse"
		}
		c.Keep = -time.Hour
		_, err := cs.Add(t.Context(), []Case{c, later})
		must(t, err)
		_, err = cs.Purge(t.Context())
		must(t, err)
		got, err := cs.Case(t.Context(), "aaaa", "")
		must(t, err)
		if got.Reporter != "" || got.Incidents[0].Addr.IsValid() || got.Incidents[0].Seen != "" || !got.Incidents[0].At.IsZero() {
			t.Errorf("kept: %+v", got)
		}
		if got, err = cs.Case(t.Context(), "bbbb", ""); err != nil || !got.Incidents[0].Addr.IsValid() {
			t.Errorf("erased too early: %+v, %v", got, err)
		}
	})
}

func TestForgettingACustomerKeepsTheCounts(t *testing.T) {
	forEach(t, func(t *testing.T, l *Ledger) {
		cs := NewCases(l, "isp26")
		_, err := cs.Add(t.Context(), []Case{reportOf("aaaa", "192.0.2.7", "4711", 1), reportOf("bbbb", "192.0.2.8", "0815", 1)})
		must(t, err)
		notices, err := notices(t.Context(), cs)
		must(t, err)
		id := draftNotices(t, l, notices[1:])
		if _, err := cs.Forget(t.Context(), "4711", "ann"); !errors.Is(err, ErrState) {
			t.Errorf("with a draft: %v", err)
		}
		must(t, l.Approve(t.Context(), id, hashOf(t, l, id), "ann"))
		o := outbox(t, l, "one")
		e := claimOne(t, o)
		must(t, o.Mark(t.Context(), e))
		must(t, o.Settle(t.Context(), e, accepted)())
		n, err := cs.Forget(t.Context(), "4711", "ann")
		if must(t, err); n != 1 {
			t.Errorf("%d incidents", n)
		}
		r, err := l.Letter(t.Context(), id)
		must(t, err)
		if r.Entry.To != "" || len(r.Rendered.Mail) > 0 {
			t.Errorf("kept of the letter: %+v", r.Entry)
		}
		if sum, err := cs.Sum(t.Context()); err != nil || sum[ToCustomer] != 2 {
			t.Errorf("sum %v, %v", sum, err)
		}
		if c, err := cs.List(t.Context(), CaseFilter{Customer: "0815"}); err != nil || len(c) != 1 {
			t.Errorf("the other customer: %+v, %v", c, err)
		}
	})
}

func TestCasesAreChosen(t *testing.T) {
	forEach(t, func(t *testing.T, l *Ledger) {
		cs := NewCases(l, "isp26")
		b := reportOf("bbbb", "192.0.2.8", "0815", 1)
		b.Place, b.Kind, b.Reporter, b.Incidents = ToPerson, "scan", "x@other.example", nil
		_, err := cs.Add(t.Context(), []Case{reportOf("aaaa", "192.0.2.7", "4711", 1), b})
		must(t, err)
		for _, c := range []struct {
			f    CaseFilter
			want int
		}{
			{CaseFilter{}, 2}, {CaseFilter{Place: ToPerson}, 1}, {CaseFilter{Kind: "spam"}, 1}, {CaseFilter{Reporter: "reporter.example"}, 1},
			{CaseFilter{Reporter: "trap@reporter.example"}, 1}, {CaseFilter{Reporter: "porter.example"}, 0}, {CaseFilter{Customer: "4711"}, 1}, {CaseFilter{Customer: "1"}, 0},
		} {
			if got, err := cs.List(t.Context(), c.f); err != nil || len(got) != c.want {
				t.Errorf("%+v: %d, %v, want %d", c.f, len(got), err, c.want)
			}
		}
		if _, err := cs.Case(t.Context(), "zz", ""); !errors.Is(err, ErrNoCase) {
			t.Errorf("no case: %v", err)
		}
	})
}

func TestAReporterIsAnsweredOnceTheLettersLeft(t *testing.T) {
	forEach(t, func(t *testing.T, l *Ledger) {
		cs := NewCases(l, "isp26")
		far := reportOf("bbbb", "203.0.113.1", "", 1)
		far.Place, far.Incidents[0].Place = NotOurs, NotOurs
		forged := reportOf("cccc", "203.0.113.2", "", 1)
		forged.Proven, forged.Place, forged.Incidents[0].Place = "", NotOurs, NotOurs
		machine := reportOf("dddd", "203.0.113.3", "", 1)
		machine.Automatic, machine.Place, machine.Incidents[0].Place = true, NotOurs, NotOurs
		police := reportOf("eeee", "203.0.113.4", "", 1)
		police.Queue, police.Place, police.Incidents = "restricted", KeptRestrict, nil
		_, err := cs.Add(t.Context(), []Case{reportOf("aaaa", "192.0.2.7", "4711", 1), far, forged, machine, police})
		must(t, err)
		due := func() (ids []string) {
			all, err := cs.AnswersDue(t.Context(), "", 10)
			must(t, err)
			for _, c := range all {
				ids = append(ids, c.ID)
			}
			return ids
		}
		if got := due(); len(got) != 1 || got[0] != "bbbb" {
			t.Errorf("due %v, want bbbb", got)
		}
		must(t, cs.Answered(t.Context(), "bbbb", "isp26-x"))
		if err := cs.Answered(t.Context(), "bbbb", "isp26-y"); !errors.Is(err, ErrTwice) {
			t.Errorf("answered twice: %v", err)
		}
		notices, err := notices(t.Context(), cs)
		must(t, err)
		id := draftNotices(t, l, notices)
		must(t, l.Approve(t.Context(), id, hashOf(t, l, id), "ann"))
		if got := due(); len(got) != 0 {
			t.Errorf("before the letter left: %v", got)
		}
		o := outbox(t, l, "one")
		e := claimOne(t, o)
		must(t, o.Mark(t.Context(), e))
		must(t, o.Settle(t.Context(), e, accepted)())
		if got := due(); len(got) != 1 || got[0] != "aaaa" {
			t.Errorf("due %v, want aaaa", got)
		}
	})
}

func hashOf(t *testing.T, l *Ledger, id string) string {
	t.Helper()
	e, err := l.Entry(t.Context(), id)
	must(t, err)
	return e.Hash
}

// notices are those of all customers.
func notices(ctx context.Context, cs Cases) (all []Notice, err error) {
	for of, err := range cs.Notices(ctx) {
		if err != nil {
			return nil, err
		}
		all = append(all, of...)
	}
	return all, nil
}

func TestNoticesComeByCustomerHoweverManyThereAre(t *testing.T) {
	forEach(t, func(t *testing.T, l *Ledger) {
		cs, c := NewCases(l, "isp26"), reportOf("aaaa", "192.0.2.7", "c", 1)
		one, want := c.Incidents[0], map[string]int{}
		c.Incidents = nil
		for n := range noticePage + 200 {
			one.Key, one.Customer = fmt.Sprint("spam ", n), []string{"b", "a", "b", "b", "c"}[n%5]
			want[one.Customer]++
			c.Incidents = append(c.Incidents, one)
		}
		if _, err := cs.Add(t.Context(), []Case{c}); err != nil {
			t.Fatal(err)
		}
		last := ""
		for of, err := range cs.Notices(t.Context()) {
			must(t, err)
			who := of[0].Customer
			if who <= last || len(of) != want[who] {
				t.Errorf("%d notices of %q behind %q, want %d", len(of), who, last, want[who])
			}
			for i, n := range of {
				if n.Customer != who || i > 0 && n.Incident.ID <= of[i-1].Incident.ID {
					t.Fatalf("notice %d of %q is %+v", i, who, n)
				}
			}
			last = who
		}
		if last != "c" {
			t.Errorf("the last customer is %q", last)
		}
	})
}
