package ledger

import (
	"errors"
	"testing"
	"time"
)

func TestAnEventIsTheReasonOfOneMeasure(t *testing.T) {
	forEach(t, func(t *testing.T, l *Ledger) {
		cs, ms := NewCases(l, "isp26"), NewMeasures(l, "isp26")
		first, again := reportOf("aaaa", "192.0.2.7", "4711", 1), reportOf("bbbb", "192.0.2.7", "4711", 1)
		again.Reporter = "cert@other.example"
		unproven := reportOf("cccc", "192.0.2.7", "4711", 2)
		unproven.Proven = ""
		_, err := cs.Add(t.Context(), []Case{first, again, unproven})
		must(t, err)
		if all, err := ms.Persisting(t.Context(), "", time.Time{}); err != nil || len(all) != 0 {
			t.Errorf("before the customer was told: %v, %v", all, err)
		}
		notices, err := notices(t.Context(), cs)
		must(t, err)
		letterID := draftNotices(t, l, notices)
		must(t, l.Approve(t.Context(), letterID, hashOf(t, l, letterID), "ann"))
		o := outbox(t, l, "one")
		e := claimOne(t, o)
		must(t, o.Mark(t.Context(), e))
		must(t, o.Settle(t.Context(), e, accepted)())
		all, err := ms.Persisting(t.Context(), "", time.Time{})
		must(t, err)
		if len(all) != 1 || all[0].Customer != "4711" || len(all[0].Reporters) != 2 || all[0].Told.IsZero() {
			t.Fatalf("%+v", all)
		}
		if late, err := ms.Persisting(t.Context(), "", all[0].At.Add(time.Second)); err != nil || len(late) != 0 {
			t.Errorf("since then: %v, %v", late, err)
		}
		id, err := ms.Propose(t.Context(), "4711", "2 reporters", []int64{all[0].Incident})
		must(t, err)
		if _, err := ms.Propose(t.Context(), "4711", "again", []int64{all[0].Incident}); !errors.Is(err, ErrTwice) {
			t.Errorf("twice: %v", err)
		}
		if all, err := ms.Persisting(t.Context(), "", time.Time{}); err != nil || len(all) != 0 {
			t.Errorf("once it is a reason: %v, %v", all, err)
		}
		if err := ms.Move(t.Context(), id, Acted, "", "ok", Running); !errors.Is(err, ErrNoMeasure) {
			t.Errorf("before it runs: %v", err)
		}
		must(t, ms.Move(t.Context(), id, Running, "ann", "", Proposed, Failed))
		if err := ms.Move(t.Context(), id, Running, "eve", "", Proposed, Failed); !errors.Is(err, ErrNoMeasure) {
			t.Errorf("two at a time: %v", err)
		}
		must(t, ms.Move(t.Context(), id, Acted, "", "ok", Running))
		n, err := ms.RanToday(t.Context(), 0)
		must(t, err)
		if others, err := ms.RanToday(t.Context(), id); err != nil || others != 0 {
			t.Errorf("but for that one %d ran, %v", others, err)
		}
		list, err := ms.List(t.Context(), 0)
		must(t, err)
		if n != 1 || len(list) != 1 || list[0].State != Acted || list[0].By != "ann" || list[0].Answer != "ok" || list[0].Ran.IsZero() {
			t.Errorf("%d ran: %+v", n, list)
		}
		if one, err := ms.List(t.Context(), id); err != nil || len(one[0].Events) != 1 || one[0].Events[0].Addr.String() != "192.0.2.7" {
			t.Errorf("%+v, %v", one, err)
		}
		if _, err := ms.List(t.Context(), id+1); !errors.Is(err, ErrNoMeasure) {
			t.Errorf("one that there is not: %v", err)
		}
		_, err = cs.Forget(t.Context(), "4711", "ann")
		must(t, err)
		if list, err = ms.List(t.Context(), 0); err != nil || list[0].Customer != "forgotten" || list[0].Why+list[0].Answer != "" {
			t.Errorf("forgotten: %+v, %v", list, err)
		}
	})
}
