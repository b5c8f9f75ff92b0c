package ledger

import (
	"errors"
	"fmt"
	"testing"

	"headsup/letter"
)

// staged stores and approves n letters of two agencies, the second of which
// signs every tenth.
func staged(t *testing.T, l *Ledger, from, n int) {
	t.Helper()
	for i := from; i < from+n; i++ {
		d := draftTo(fmt.Sprintf("abuse%d@d%d.example", i, i%3), "hello")
		if i%10 == 9 {
			d.Letter.Agency.ID = "other"
		}
		_, err := l.Draft(t.Context(), d)
		must(t, err)
		must(t, l.Approve(t.Context(), d.Letter.ID, Hash(d.Rendered), "tester"))
	}
}

// sendStage claims all that there is to claim, and settles it.
func sendStage(t *testing.T, l *Ledger, isStaged bool, then letter.Outcome) (sent int, agencies map[string]int) {
	t.Helper()
	o, err := l.Outbox(t.Context(), OutboxOptions{Campaign: "relay26", Staged: isStaged, Marks: kept(t)})
	must(t, err)
	agencies = map[string]int{}
	for {
		es, _, err := o.Claim(t.Context(), 5)
		must(t, err)
		if len(es) == 0 {
			break
		}
		for _, e := range es {
			must(t, o.Settle(t.Context(), e, then)())
			agencies[e.Agency]++
			sent++
		}
	}
	must(t, o.Close(t.Context()))
	return sent, agencies
}

func TestLettersLeaveInStages(t *testing.T) {
	forEach(t, func(t *testing.T, l *Ledger) {
		ctx, sizes := t.Context(), []int{4, 10}
		staged(t, l, 0, 20)
		draw := func(want letter.Stage) {
			t.Helper()
			s, err := DrawStage(ctx, l, "relay26", sizes)
			must(t, err)
			want.By, want.At = s.By, s.At
			if s != want {
				t.Errorf("%+v, want %+v", s, want)
			}
		}
		confirm := func(want error) {
			t.Helper()
			if _, err := ConfirmStage(ctx, l, "relay26", sizes, "ann"); !errors.Is(err, want) {
				t.Errorf("confirmed: %v, want %v", err, want)
			}
		}
		send := func(isStaged bool, want int) {
			t.Helper()
			if n, _ := sendStage(t, l, isStaged, accepted); n != want {
				t.Errorf("%d letters left, want %d", n, want)
			}
		}
		send(true, 0) // nothing was drawn
		confirm(ErrStageOpen)
		draw(letter.Stage{Number: 1, Of: 2, Size: 4, Drawn: 4, Letters: 20})
		draw(letter.Stage{Number: 1, Of: 2, Size: 4, Drawn: 4, Letters: 20}) // again, it is the same
		confirm(ErrStageOpen)
		n, agencies := sendStage(t, l, true, accepted)
		if n != 4 || agencies["other"] != 2 {
			t.Errorf("%d letters of %v, want 4, two of each", n, agencies)
		}
		s, err := StageOf(ctx, l, "relay26", sizes)
		if must(t, err); !s.Waits {
			t.Errorf("%+v does not wait", s)
		}
		draw(letter.Stage{Number: 1, Of: 2, Size: 4, Tried: 4, Letters: 20, Waits: true})
		send(true, 0)
		confirm(nil)
		confirm(ErrStageOpen)
		// A letter that is approved anew is drawn anew; one that is tried again goes on.
		draw(letter.Stage{Number: 2, Of: 2, Size: 10, Tried: 4, Drawn: 6, Letters: 20})
		var ids []string
		for e, err := range l.Letters(ctx, Filter{States: []letter.State{letter.Approved}}) {
			must(t, err)
			ids = append(ids, e.ID)
		}
		for _, id := range ids {
			must(t, l.Hold(ctx, id, "wait", "tester"))
			must(t, l.Release(ctx, id, "tester"))
			e, err := l.Entry(ctx, id)
			must(t, err)
			must(t, l.Approve(ctx, id, e.Hash, "tester"))
		}
		send(true, 0)
		draw(letter.Stage{Number: 2, Of: 2, Size: 10, Tried: 4, Drawn: 6, Letters: 20})
		if n, _ := sendStage(t, l, true, letter.Outcome{State: letter.Failed, Phase: letter.Replied}); n != 6 {
			t.Errorf("%d letters were tried", n)
		}
		confirm(nil)
		// After the last stage all may go.
		draw(letter.Stage{Tried: 10, Letters: 20})
		send(false, 10)
		confirm(ErrStageOpen)
	})
}

// Letters that have left before there were stages count, and who confirms what
// came back of them confirms all stages that they fill.
func TestStagesAreCaughtUpWith(t *testing.T) {
	forEach(t, func(t *testing.T, l *Ledger) {
		ctx, sizes := t.Context(), []int{2, 5, 30}
		staged(t, l, 0, 6)
		n, _ := sendStage(t, l, false, accepted)
		staged(t, l, 6, 30)
		s, err := DrawStage(ctx, l, "relay26", sizes)
		if err != nil || n != 6 || !s.Waits || s.Number != 1 || s.Drawn != 0 {
			t.Errorf("%d sent, %+v, %v", n, s, err)
		}
		s, err = ConfirmStage(ctx, l, "relay26", sizes, "ann")
		if err != nil || s.Number != 3 || s.By != "ann" || s.At.IsZero() {
			t.Errorf("%+v, %v", s, err)
		}
		if s, err = DrawStage(ctx, l, "relay26", sizes); err != nil || s.Drawn != 24 {
			t.Errorf("%+v, %v", s, err)
		}
		// Whoever sends without stages takes them all, and their queues are awake.
		if s, err := DrawStage(ctx, l, "relay26", nil); err != nil || s.Of != 0 {
			t.Errorf("%+v, %v", s, err)
		}
		if n, _ := sendStage(t, l, false, accepted); n != 30 {
			t.Errorf("%d letters left, want 30", n)
		}
	})
}

// A letter that was refused for now goes on, though nobody drew it.
func TestWhatWasTriedGoesOnInAnyStage(t *testing.T) {
	forEach(t, func(t *testing.T, l *Ledger) {
		staged(t, l, 0, 1)
		o := outbox(t, l, "before")
		must(t, o.Settle(t.Context(), claimOne(t, o), letter.Outcome{State: letter.Deferred, Phase: letter.Claimed, Stopped: true})())
		must(t, o.Close(t.Context()))
		staged(t, l, 1, 9)
		s, err := DrawStage(t.Context(), l, "relay26", []int{3, 6})
		if err != nil || s.Drawn != 2 || s.Tried != 1 {
			t.Errorf("%+v, %v", s, err)
		}
		if n, _ := sendStage(t, l, true, accepted); n != 3 {
			t.Errorf("%d letters left, want the one that was tried and two that were drawn", n)
		}
	})
}

// TestStagesOfOneCampaignAreNotAnothers has two share a ledger.
func TestStagesOfOneCampaignAreNotAnothers(t *testing.T) {
	forEach(t, func(t *testing.T, l *Ledger) {
		staged(t, l, 0, 5)
		for i := range 5 {
			d := draftIn(t, l, "proxy26", fmt.Sprintf("abuse%d@isp.example", i))
			must(t, l.Approve(t.Context(), d.Letter.ID, Hash(d.Rendered), "tester"))
		}
		for _, campaign := range []string{"relay26", "proxy26"} {
			s, err := DrawStage(t.Context(), l, campaign, []int{2})
			if err != nil || s.Letters != 5 || s.Drawn != 2 {
				t.Errorf("%s: %+v, %v", campaign, s, err)
			}
		}
		if n, _ := sendStage(t, l, true, accepted); n != 2 {
			t.Errorf("%d letters left", n)
		}
		_, err := ConfirmStage(t.Context(), l, "relay26", []int{2}, "ann")
		must(t, err)
		if s, err := StageOf(t.Context(), l, "proxy26", []int{2}); err != nil || s.Number != 1 {
			t.Errorf("%+v, %v", s, err)
		}
	})
}
