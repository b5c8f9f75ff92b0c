package ledger

import (
	"errors"
	"testing"
	"time"

	"headsup/letter"
)

// TestWhatMayBeSentOnceMore: only what was refused because of us, and what is
// sent once more is sent once.
func TestWhatMayBeSentOnceMore(t *testing.T) {
	forEach(t, func(t *testing.T, l *Ledger) {
		ids := approved(t, l, 2, 2)
		o := outbox(t, l, "me")
		for range ids {
			must(t, o.Settle(t.Context(), claimOne(t, o), accepted)())
		}
		id := ids[0]
		for _, state := range letter.States {
			for _, class := range append(letter.Classes, "") {
				_, err := l.w.Exec("UPDATE letters SET state = $1, class = $2 WHERE id = $3", string(state), string(class), id)
				must(t, err)
				err = Again(t.Context(), l, id, "Jane", "repaired")
				may := (state == letter.Bounced || state == letter.Failed) && class == letter.ClassOurs
				if may != (err == nil) || !may && !errors.Is(err, ErrState) {
					t.Errorf("%s %s: %v", state, class, err)
				}
				if want := state; !may && stateOf(t, l, id) != want {
					t.Errorf("%s %s is %s", state, class, stateOf(t, l, id))
				}
			}
		}
		if err := Again(t.Context(), l, "relay26-none", "Jane", ""); !errors.Is(err, ErrNotFound) {
			t.Error(err)
		}
		_, err := l.w.Exec("UPDATE letters SET state = 'bounced', class = 'ours', reason = 'blocked' WHERE id = $1", id)
		must(t, err)
		must(t, Again(t.Context(), l, id, "Jane", "repaired"))
		e, err := l.Entry(t.Context(), id)
		if err != nil || e.State != letter.Approved || e.Class != "" || e.Reason != "repaired" {
			t.Errorf("%+v, %v", e, err)
		}
		events, err := l.History(t.Context(), id)
		must(t, err)
		if last := events[len(events)-1]; last.Kind != "approved" || last.By != "Jane" || last.Text != "repaired" {
			t.Errorf("the last event is %+v", last)
		}
		sum, err := l.Sum(t.Context(), "relay26")
		if err != nil || len(sum.Classes) != 0 {
			t.Errorf("%v, %v", sum.Classes, err)
		}
		again := claimOne(t, o)
		if again.LetterID != id {
			t.Errorf("claimed %s", again.LetterID)
		}
		must(t, o.Settle(t.Context(), again, accepted)())
		claimNone(t, o)
	})
}

// TestALetterThatIsSentOnceMoreHasItsOwnFiveDays: the attempts of weeks ago do
// not end the new ones.
func TestALetterThatIsSentOnceMoreHasItsOwnFiveDays(t *testing.T) {
	forEach(t, func(t *testing.T, l *Ledger) {
		id := approved(t, l, 1, 1)[0]
		o := outbox(t, l, "me")
		must(t, o.Settle(t.Context(), claimOne(t, o), accepted)())
		_, err := l.w.Exec("UPDATE letters SET state = 'bounced', class = 'ours'")
		must(t, err)
		_, err = l.w.Exec("UPDATE attempts SET claimed_at = claimed_at - $1", (20 * 24 * time.Hour).Milliseconds())
		must(t, err)
		_, err = l.w.Exec("UPDATE events SET at = at - $1", (20 * 24 * time.Hour).Milliseconds())
		must(t, err)
		must(t, Again(t.Context(), l, id, "Jane", "repaired"))
		must(t, o.Settle(t.Context(), claimOne(t, o), letter.Outcome{State: letter.Deferred, Phase: letter.Connected, Code: 450})())
		if got := stateOf(t, l, id); got != letter.Deferred {
			t.Errorf("the letter is %s", got)
		}
	})
}
