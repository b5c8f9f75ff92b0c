package ledger

import (
	"testing"
	"time"

	"headsup/outcome/figures"
)

func TestWhatWasDoneAboutCustomers(t *testing.T) {
	forEach(t, func(t *testing.T, l *Ledger) {
		cs, ms := NewCases(l, "isp26"), NewMeasures(l, "isp26")
		_, err := cs.Add(t.Context(), []Case{reportOf("aaaa", "192.0.2.7", "4711", 1), reportOf("bbbb", "192.0.2.7", "4711", 1), reportOf("cccc", "192.0.2.7", "4711", 9)})
		must(t, err)
		events, err := ms.Happened(t.Context())
		if err != nil || len(events) != 2 || events[0].Customer != "4711" || events[0].At.Equal(events[1].At) || events[0].At.IsZero() {
			t.Errorf("what two reports tell is one event: %+v, %v", events, err)
		}
		acts := func() []figures.Act {
			all, err := ms.Acts(t.Context())
			must(t, err)
			return all
		}
		notices, err := notices(t.Context(), cs)
		must(t, err)
		id := draftNotices(t, l, notices)
		must(t, l.Approve(t.Context(), id, hashOf(t, l, id), "ann"))
		if all := acts(); len(all) != 0 {
			t.Errorf("a letter that has not left: %+v", all)
		}
		o := outbox(t, l, "one")
		e := claimOne(t, o)
		must(t, o.Mark(t.Context(), e))
		must(t, o.Settle(t.Context(), e, accepted)())
		if all := acts(); len(all) != 1 || all[0].Way != figures.ByLetter || all[0].Customer != "4711" || time.Since(all[0].At) > time.Hour {
			t.Errorf("%+v", all)
		}
		m, err := ms.Propose(t.Context(), "4711", "it goes on", nil)
		must(t, err)
		for _, tt := range []struct {
			to, from MeasureState
			acts     int // letter and commands
		}{{Running, Proposed, 1}, {Failed, Running, 1}, {Running, Failed, 1}, {Acted, Running, 2}, {Releasing, Acted, 2}, {Released, Releasing, 2}} {
			must(t, ms.Move(t.Context(), m, tt.to, "ann", "", tt.from))
			if all := acts(); len(all) != tt.acts || len(all) == 2 && (all[1].Way != figures.ByHook || all[1].Customer != "4711" || time.Since(all[1].At) > time.Hour) {
				t.Errorf("a command that is %s: %+v", tt.to, all)
			}
		}
		if other, err := NewMeasures(l, "other").Acts(t.Context()); err != nil || len(other) != 0 {
			t.Errorf("of another folder: %+v, %v", other, err)
		}
		_, err = cs.Forget(t.Context(), "4711", "ann")
		must(t, err)
		if events, err = ms.Happened(t.Context()); err != nil || len(acts())+len(events) != 0 {
			t.Errorf("forgotten: %+v, %+v, %v", acts(), events, err)
		}
	})
}
