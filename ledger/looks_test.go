package ledger

import (
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"headsup/finding"
	"headsup/letter"
	"headsup/outcome"
)

// lookAt is what was seen of a relay, so many hours into a day.
func lookAt(addr string, s outcome.State, hours int) outcome.Look {
	return outcome.Look{
		Place: outcome.Place{Addr: netip.MustParseAddr(addr), Port: 25, Proto: "tcp", Kind: finding.OpenRelay}, State: s, Service: "smtp",
		Seen: time.Date(2026, 3, 20, hours, 0, 0, 0, time.UTC), Source: fmt.Sprintf("again.xml:%d", hours), Name: "mx.example.org",
		Strength: finding.Observed, Reason: "it relays", Evidence: "250 ok\x00", Reporter: "us",
	}
}

func looksOf(t *testing.T, l *Ledger, campaign string) (all []outcome.Look) {
	t.Helper()
	for k, err := range Looks(t.Context(), l, campaign) {
		must(t, err)
		all = append(all, k)
	}
	return all
}

func TestLooksAreKeptOnce(t *testing.T) {
	forEach(t, func(t *testing.T, l *Ledger) {
		a, b, c, d := lookAt("192.0.2.7", outcome.Open, 2), lookAt("192.0.2.7", outcome.Closed, 1), lookAt("2001:db8::7", outcome.Silent, 1), lookAt("192.0.2.6", outcome.Open, 3)
		other := a
		other.Kind = finding.OpenProxy
		for _, want := range []int{5, 0} {
			n, err := AddLooks(t.Context(), l, "relay26", []outcome.Look{a, c, b, other, d, lookAt("192.0.2.7", outcome.Unlooked, 5)})
			if err != nil || n != want {
				t.Errorf("%d are new, %v, want %d", n, err, want)
			}
		}
		n, err := AddLooks(t.Context(), l, "other26", []outcome.Look{a})
		if err != nil || n != 1 {
			t.Errorf("in another campaign: %d, %v", n, err)
		}
		want := []outcome.Look{d, other, b, a, c}
		for i := range want {
			want[i].Evidence = "250 ok"
		}
		if diff := cmp.Diff(want, looksOf(t, l, "relay26"), cmp.Comparer(func(a, b netip.Addr) bool { return a == b })); diff != "" {
			t.Error(diff)
		}
		if n, err := RemoveLooks(t.Context(), l, "relay26", "again.xml"); n != 5 || err != nil || len(looksOf(t, l, "relay26")) != 0 || len(looksOf(t, l, "other26")) != 1 {
			t.Errorf("%d removed, %v", n, err)
		}
		if _, err := RemoveLooks(t.Context(), l, "relay26", "again.xml"); !errors.Is(err, ErrNoFile) {
			t.Errorf("removed twice: %v", err)
		}
		if n, err := AddLooks(t.Context(), l, "relay26", nil); n != 0 || err != nil {
			t.Errorf("no looks: %d, %v", n, err)
		}
	})
}

// TestWhatRoundsHaveToKnow compares what is told of letters in every state.
func TestWhatRoundsHaveToKnow(t *testing.T) {
	forEach(t, func(t *testing.T, l *Ledger) {
		_, claimed := approved(t, l, 4, 1), claimOne
		o := outbox(t, l, "one")
		settle := func(out letter.Outcome) string {
			e := claimed(t, o)
			must(t, o.Mark(t.Context(), e))
			must(t, o.Settle(t.Context(), e, out)())
			return e.LetterID
		}
		sent := settle(accepted)
		unknown := settle(letter.Outcome{State: letter.Unknown, Phase: letter.Dot})
		bounced := settle(accepted)
		_, err := l.Note(t.Context(), HistoryEntry{Letter: bounced, Kind: "bounce", State: letter.Bounced, Class: letter.ClassMailbox, Ref: "x"})
		must(t, err)
		all, err := Told(t.Context(), l, "relay26")
		must(t, err)
		for id, told := range all {
			past, left := id != bounced, slices.Contains([]string{sent, unknown, bounced}, id)
			if told.ID != id || told.Past != past || told.Left.IsZero() == left || told.Round != 1 || told.Pile == "" {
				t.Errorf("%+v", told)
			}
		}
		if len(all) != 4 || all[sent].State != letter.Sent || all[unknown].State != letter.Unknown || all[bounced].State != letter.Bounced {
			t.Errorf("%v", all)
		}
		for r, err := range l.Rows(t.Context(), "relay26") {
			must(t, err)
			if r.Told == nil || r.Fate != letter.FateLettered || (r.Letter == "") != (r.Told.ID == bounced) || r.Letter != "" && r.Letter != r.Told.ID {
				t.Errorf("%+v", r)
			}
		}
	})
}
