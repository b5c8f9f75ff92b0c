package ledger

import (
	"errors"
	"fmt"
	"testing"

	"headsup/letter"
)

// TestACorrectionReachesWhoMayHaveReceivedIt takes back one finding of each of
// three letters: one that was sent, one that bounced, and one that bounced and
// was posted.
func TestACorrectionReachesWhoMayHaveReceivedIt(t *testing.T) {
	forEach(t, func(t *testing.T, l *Ledger) {
		letters, _ := answeredLetters(t, l, 3)
		for _, id := range letters[1:] {
			_, err := l.Note(t.Context(), HistoryEntry{Letter: id, Kind: "bounce", State: letter.Bounced, Class: letter.ClassMailbox, Ref: "b" + id})
			must(t, err)
		}
		_, err := Post(t.Context(), l, "relay26", letters[2], letter.Posted, postDay, "ann")
		must(t, err)
		w := Wrong{Sources: []string{"scan.csv:1", "scan.csv:3", "scan.csv:5"}, Text: letter.Withdraws, Reason: "a test net", By: "ann"}
		for round, fresh := range []int{1, 0} { // said twice
			told, err := Correct(t.Context(), l, "relay26", w)
			must(t, err)
			got := map[string]string{}
			for _, c := range told {
				got[c.ID] = fmt.Sprint(c.Received, len(c.Findings), c.Fresh, c.Had)
			}
			want := map[string]string{letters[0]: fmt.Sprint(true, 1, fresh, ""), letters[1]: fmt.Sprint(false, 1, fresh, ""), letters[2]: fmt.Sprint(true, 1, fresh, "")}
			if fmt.Sprint(got) != fmt.Sprint(want) {
				t.Errorf("time %d: %v, want %v", round, got, want)
			}
			if sum := fates(t, l); sum.Withdrawn != 3 || sum.Lettered != 3 {
				t.Errorf("%+v", sum)
			}
		}
		in, err := TakenBackIn(t.Context(), l, "relay26")
		if err != nil || len(in) != 3 {
			t.Errorf("%v, %v", in, err)
		}
		for _, w := range []Wrong{{Sources: []string{"scan.csv:99"}}, {Letters: []string{"relay26-xxxxxxxxxx"}}} {
			if _, err := Correct(t.Context(), l, "relay26", w); !errors.Is(err, ErrNotFound) {
				t.Errorf("%+v: %v", w, err)
			}
		}
	})
}

// TestACorrectionTakesTwoPersons approves one, and sends it although the contact
// asked for no more letters.
func TestACorrectionTakesTwoPersons(t *testing.T) {
	forEach(t, func(t *testing.T, l *Ledger) {
		letters, _ := answeredLetters(t, l, 1)
		round, err := CorrectionRound(t.Context(), l, "relay26", "abuse0@isp.example", letter.Withdraws)
		if err != nil || round != letter.FirstCorrection {
			t.Fatalf("round %d, %v", round, err)
		}
		d := draftTo("abuse0@isp.example", "we take it back")
		d.Letter.Round, d.Letter.ID, d.Letter.Corrects = round, letter.Reference("relay26", "abuse0@isp.example", round), letter.Withdraws
		d.Rendered = rendered(d.Letter.ID, "we take it back")
		id := d.Letter.ID
		_, err = l.Draft(t.Context(), d)
		must(t, err)
		must(t, NoteCorrected(t.Context(), l, id, letters))
		_, err = l.Suppress(t.Context(), letter.Suppression{Scope: letter.ByAddress, Value: "abuse0@isp.example"}, "ann")
		must(t, err)
		gone, err := l.Withdraw(t.Context(), "relay26")
		if err != nil || len(gone) > 0 {
			t.Fatalf("a new draft withdrew %v, %v", gone, err)
		}
		must(t, l.Approve(t.Context(), id, Hash(d.Rendered), "ann"))
		if s := stateOf(t, l, id); s != letter.Drafted {
			t.Errorf("approved by one, it is %s", s)
		}
		if err := l.Approve(t.Context(), id, Hash(d.Rendered), "ann"); !errors.Is(err, letter.ErrSamePerson) {
			t.Errorf("approved by the same person again: %v", err)
		}
		must(t, l.Approve(t.Context(), id, Hash(d.Rendered), "bob"))
		if s := stateOf(t, l, id); s != letter.Approved {
			t.Errorf("approved by two, it is %s", s)
		}
		o := outbox(t, l, "two")
		if e := claimOne(t, o); e.LetterID != id {
			t.Errorf("%s leaves", e.LetterID)
		}
		if told, err := Told(t.Context(), l, "relay26"); err != nil || told[id] != nil {
			t.Errorf("rounds know of it: %+v, %v", told[id], err)
		}
		round, err = CorrectionRound(t.Context(), l, "relay26", "abuse0@isp.example", letter.Withdraws)
		if err != nil || round != letter.FirstCorrection+1 {
			t.Errorf("the next round is %d, %v", round, err)
		}
	})
}
