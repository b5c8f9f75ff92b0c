package ledger

import (
	"fmt"
	"slices"
	"testing"

	"headsup/letter"
)

// turned stores and approves letters with these turns, to as many domains,
// those of the list's end first.
func turned(t *testing.T, l *Ledger, turns ...float64) (ids []string) {
	t.Helper()
	for i, turn := range turns {
		d := draftTo(fmt.Sprintf("abuse@d%d.example", i), "hello")
		d.Turn = turn
		_, err := l.Draft(t.Context(), d)
		must(t, err)
		ids = append(ids, d.Letter.ID)
	}
	for _, id := range slices.Backward(ids) {
		e, err := l.Entry(t.Context(), id)
		must(t, err)
		must(t, l.Approve(t.Context(), id, e.Hash, "jane"))
	}
	return ids
}

// leaving claims a letter after the other, at most n, settles each, and returns
// them by their index in the list.
func leaving(t *testing.T, l *Ledger, ids []string, n int, then letter.Outcome) (order []int) {
	t.Helper()
	o, err := l.Outbox(t.Context(), OutboxOptions{Campaign: "relay26", Marks: kept(t)})
	must(t, err)
	for len(order) < n {
		es, _, err := o.Claim(t.Context(), 1)
		must(t, err)
		if len(es) == 0 {
			break
		}
		must(t, o.Settle(t.Context(), es[0], then)())
		order = append(order, slices.Index(ids, es[0].LetterID))
	}
	must(t, o.Close(t.Context()))
	return order
}

func TestLettersLeaveInTheirTurn(t *testing.T) {
	forEach(t, func(t *testing.T, l *Ledger) {
		ids := turned(t, l, .9, .5, 0, .7, .000001, 1)
		var order []int
		for range 3 { // a sender that is begun again goes on in the order
			order = append(order, leaving(t, l, ids, 2, accepted)...)
		}
		if want := []int{2, 4, 1, 3, 0, 5}; !slices.Equal(order, want) {
			t.Errorf("they left as %v, want %v", order, want)
		}
	})
}

func TestALetterThatWeStoppedKeepsItsTurn(t *testing.T) {
	forEach(t, func(t *testing.T, l *Ledger) {
		ids := turned(t, l, .3, .2, .1)
		stopped := letter.Outcome{State: letter.Deferred, Phase: letter.Connected, Stopped: true, Text: "told to stop"}
		for range keepsTurn {
			if order := leaving(t, l, ids, 1, stopped); !slices.Equal(order, []int{2}) {
				t.Errorf("stopped, %v is next", order)
			}
		}
		// It may be what stops us: the others do not wait for it for ever.
		if order := leaving(t, l, ids, 2, stopped); !slices.Equal(order, []int{2, 1}) {
			t.Errorf("stopped too often, %v is next", order)
		}
		late := letter.Outcome{State: letter.Deferred, Phase: letter.Connected, Code: 451, Text: "later"}
		if order := leaving(t, l, ids, 3, late); !slices.Equal(order, []int{1, 0, 2}) {
			t.Errorf("in the end they leave as %v", order)
		}
		if order := leaving(t, l, ids, 3, accepted); len(order) > 0 {
			t.Errorf("whoever is told to come later comes at once: %v", order)
		}
	})
}

func TestDraftsGetAnotherTurn(t *testing.T) {
	forEach(t, func(t *testing.T, l *Ledger) {
		var ds []ReadyDraft
		for i := range 3 {
			d := draftTo(fmt.Sprintf("abuse@d%d.example", i), "hello")
			d.Turn, d.Basis = .1*float64(1+i), "words"
			ready, err := d.Ready()
			must(t, err)
			ds = append(ds, ready)
		}
		_, err := DraftAll(t.Context(), l, ds)
		must(t, err)
		ids := []string{ds[0].Letter.ID, ds[1].Letter.ID, ds[2].Letter.ID}
		must(t, l.Approve(t.Context(), ids[1], ds[1].Hash(), "jane"))
		must(t, SetTurns(t.Context(), l, map[string]float64{ids[0]: .9, ids[1]: .95}))
		if e, err := l.Entry(t.Context(), ids[1]); err != nil || e.turn != dueAt(ds[1].Turn) {
			t.Errorf("an approved letter has turn %d, want %d; %v", e.turn, dueAt(ds[1].Turn), err)
		}
		stand, err := Standing(t.Context(), l, ids)
		must(t, err)
		if s := stand[ids[0]]; !s.Has(.9) || s.Has(.1) || !stand[ids[2]].Has(ds[2].Turn) {
			t.Errorf("%+v", stand)
		}
		for _, i := range []int{0, 2} {
			must(t, l.Approve(t.Context(), ids[i], ds[i].Hash(), "jane"))
			e, err := l.Entry(t.Context(), ids[i])
			must(t, err)
			if !e.Due.IsZero() {
				t.Errorf("%s is due at %s: a turn is no time", e.ID, e.Due)
			}
		}
		if order := leaving(t, l, ids, 3, accepted); !slices.Equal(order, []int{1, 2, 0}) {
			t.Errorf("they left as %v: whoever is approved keeps the turn", order)
		}
	})
}

func TestAStageGoesInTheOrderOfSending(t *testing.T) {
	forEach(t, func(t *testing.T, l *Ledger) {
		ids := turned(t, l, .6, .5, .4, .3, .2, .1)
		var order []int
		for stage, sizes := range [][]int{{2}, {2, 4}} {
			if stage > 0 {
				_, err := ConfirmStage(t.Context(), l, "relay26", sizes, "ann")
				must(t, err)
			}
			_, err := DrawStage(t.Context(), l, "relay26", sizes)
			must(t, err)
			o, err := l.Outbox(t.Context(), OutboxOptions{Campaign: "relay26", Staged: true, Marks: kept(t)})
			must(t, err)
			for range 2 {
				e := claimOne(t, o)
				must(t, o.Settle(t.Context(), e, accepted)())
				order = append(order, slices.Index(ids, e.LetterID))
			}
			must(t, o.Close(t.Context()))
		}
		if want := []int{5, 4, 3, 2}; !slices.Equal(order, want) {
			t.Errorf("they left as %v, want %v", order, want)
		}
	})
}
