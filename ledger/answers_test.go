package ledger

import (
	"errors"
	"fmt"
	"net/netip"
	"testing"
	"time"

	"headsup/letter"
)

// answeredLetters sends letters, each about two relays, and has each answered.
func answeredLetters(t *testing.T, l *Ledger, n int) (letters []string, answers []int64) {
	t.Helper()
	add(t, l, scan(2*n))
	rows := rowsOf(t, l)
	for i := range n {
		d := draftTo(fmt.Sprintf("abuse%d@isp.example", i), "hello", rows[2*i:2*i+2]...)
		_, err := l.Draft(t.Context(), d)
		must(t, err)
		must(t, l.Approve(t.Context(), d.Letter.ID, Hash(d.Rendered), "tester"))
	}
	o := outbox(t, l, "one")
	for range n {
		e := claimOne(t, o)
		must(t, o.Mark(t.Context(), e))
		must(t, o.Settle(t.Context(), e, accepted)())
	}
	must(t, o.Close(t.Context()))
	for i := range n {
		id := letter.Reference("relay26", fmt.Sprintf("abuse%d@isp.example", i), 1)
		note := HistoryEntry{Letter: id, Kind: "answer", By: "noc@isp.example", Text: "we look into it", Ref: fmt.Sprintf("m%d@isp.example", i)}
		for _, want := range []bool{true, false} { // read twice, it counts once
			if added, err := l.Note(t.Context(), note); err != nil || added != want {
				t.Fatalf("added %v, %v", added, err)
			}
		}
		letters = append(letters, id)
	}
	page, _, err := Answers(t.Context(), l, AnswerQuery{Campaign: "relay26"})
	must(t, err)
	for _, a := range page {
		answers = append(answers, a.ID)
	}
	if len(answers) != n {
		t.Fatalf("%d answers", len(answers))
	}
	return letters, answers
}

func rule(t *testing.T, l *Ledger, id int64, r Rule) {
	t.Helper()
	r.By = "tester"
	_, err := Settle(t.Context(), l, "relay26", id, r)
	must(t, err)
}

// fates counts where the rows of the campaign stand.
func fates(t *testing.T, l *Ledger) letter.Sum {
	t.Helper()
	sum, err := l.Sum(t.Context(), "relay26")
	must(t, err)
	must(t, sum.Check())
	return sum
}

func TestAnswersAreListedOpenOnesFirst(t *testing.T) {
	forEach(t, func(t *testing.T, l *Ledger) {
		_, ids := answeredLetters(t, l, 5)
		rule(t, l, ids[0], Rule{Ruling: letter.RuledDone, Note: "thanks"})
		rule(t, l, ids[2], Rule{Ruling: letter.RuledHelp})
		q := AnswerQuery{Campaign: "relay26", Limit: 2}
		var got []int64
		for next := new(AnswerCursor); next != nil; {
			q.After = *next
			var page []Answer
			var err error
			page, next, err = Answers(t.Context(), l, q)
			must(t, err)
			for _, a := range page {
				got = append(got, a.ID)
			}
		}
		if want := []int64{ids[1], ids[2], ids[3], ids[4], ids[0]}; fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("%v, want %v", got, want)
		}
		for _, tt := range []struct {
			q    AnswerQuery
			want int
		}{
			{AnswerQuery{Open: true}, 4},
			{AnswerQuery{Rulings: []letter.Ruling{letter.RuledHelp, letter.RuledDone}}, 2},
			{AnswerQuery{Agencies: []string{"agency"}}, 5},
			{AnswerQuery{Countries: []string{"DE"}}, 0},
		} {
			tt.q.Campaign = "relay26"
			if page, _, err := Answers(t.Context(), l, tt.q); err != nil || len(page) != tt.want {
				t.Errorf("%+v: %d, %v", tt.q, len(page), err)
			}
		}
		open, settled, first, err := AnswerLoad(t.Context(), l, "relay26", time.Now().Add(-time.Hour))
		if open != 4 || settled != 1 || first.IsZero() || err != nil {
			t.Errorf("%d open, %d settled, the first at %v: %v", open, settled, first, err)
		}
	})
}

func TestWhatWasWrongIsTakenBack(t *testing.T) {
	forEach(t, func(t *testing.T, l *Ledger) {
		letters, ids := answeredLetters(t, l, 2)
		rule(t, l, ids[0], Rule{Ruling: letter.RuledWrong, Note: "a honeypot", Only: []netip.Addr{netip.MustParseAddr("198.51.100.1")}})
		if sum := fates(t, l); sum.Withdrawn != 1 || sum.Lettered != 3 {
			t.Errorf("%+v", sum)
		}
		if r, err := l.Letter(t.Context(), letters[0]); err != nil || len(r.Letter.Findings) != 2 {
			t.Errorf("the letter that left lost what it said: %d, %v", len(r.Letter.Findings), err)
		}
		// Whatever is placed later, it stays taken back.
		for _, row := range rowsOf(t, l) {
			must(t, l.Place(t.Context(), "relay26", []letter.Placement{{Row: row.ID, Fate: letter.FateHeld, Reason: "x"}}))
		}
		if sum := fates(t, l); sum.Withdrawn != 1 || sum.Held != 0 {
			t.Errorf("placed again: %+v", sum)
		}
		if _, err := Settle(t.Context(), l, "relay26", ids[0], Rule{Ruling: letter.RuledDone}); !errors.Is(err, ErrRuled) {
			t.Errorf("ruled twice: %v", err)
		}
		if _, err := Settle(t.Context(), l, "relay26", ids[1], Rule{Ruling: letter.RuledWrong, Only: []netip.Addr{netip.MustParseAddr("192.0.2.1")}}); !errors.Is(err, ErrNotFound) {
			t.Errorf("at an address that the letter does not name: %v", err)
		}
		a, err := Reopen(t.Context(), l, "relay26", ids[0], "tester")
		if err != nil || !a.Open || a.Ruling != "" {
			t.Errorf("%+v, %v", a, err)
		}
		if sum := fates(t, l); sum.Withdrawn != 0 || sum.Lettered != 4 {
			t.Errorf("opened again: %+v", sum)
		}
		if _, err := TakeBack(t.Context(), l, "relay26", "scan.csv", "tester"); !errors.Is(err, ErrState) {
			t.Errorf("the file of letters that left is taken back: %v", err)
		}
	})
}

func TestWhoIsNotResponsibleFreesTheFindings(t *testing.T) {
	forEach(t, func(t *testing.T, l *Ledger) {
		letters, ids := answeredLetters(t, l, 1)
		rule(t, l, ids[0], Rule{Ruling: letter.RuledOther, Other: "soc@other.example"})
		rows := rowsOf(t, l)
		for _, r := range rows {
			if len(r.Turns) != 1 || r.Turns[0] != (letter.Turn{From: "abuse0@isp.example", To: "soc@other.example", Answer: ids[0]}) || r.Letter != "" || !r.Told.Turned || !r.Told.Missed() {
				t.Errorf("%+v of %+v", r, r.Told)
			}
		}
		other := draftTo("soc@other.example", "hello", rows...)
		_, err := l.Draft(t.Context(), other)
		must(t, err)
		if sum := fates(t, l); sum.Lettered != 2 {
			t.Errorf("%+v", sum)
		}
		// As long as it is a draft, the answer may be opened again.
		_, err = Reopen(t.Context(), l, "relay26", ids[0], "tester")
		must(t, err)
		for _, r := range rowsOf(t, l) {
			if r.Letter != letters[0] || len(r.Turns) > 0 {
				t.Errorf("%+v", r)
			}
		}
		rule(t, l, ids[0], Rule{Ruling: letter.RuledOther, Other: "soc@other.example"})
		_, err = l.Draft(t.Context(), other)
		must(t, err)
		must(t, l.Approve(t.Context(), other.Letter.ID, Hash(other.Rendered), "tester"))
		if _, err := Reopen(t.Context(), l, "relay26", ids[0], "tester"); !errors.Is(err, ErrState) {
			t.Errorf("opened again after somebody else's letter was approved: %v", err)
		}
	})
}

func TestAnApprovedReminderWaitsForTheAnswer(t *testing.T) {
	forEach(t, func(t *testing.T, l *Ledger) {
		_, ids := answeredLetters(t, l, 1)
		again := draftTo("abuse0@isp.example", "again")
		again.Letter.Round, again.Letter.ID = 2, letter.Reference("relay26", "abuse0@isp.example", 2)
		again.Rendered = rendered(again.Letter.ID, "again")
		_, err := l.Draft(t.Context(), again)
		must(t, err)
		o := outbox(t, l, "two")
		for _, ruling := range []letter.Ruling{"", letter.RuledWrong, letter.RuledNotOurs, letter.RuledHelp, letter.RuledDone} {
			if ruling != "" {
				rule(t, l, ids[0], Rule{Ruling: ruling})
			}
			_, err = l.w.Exec("UPDATE letters SET redraft = '', reason = '' WHERE round = 2") // as a new draft would
			must(t, err)
			must(t, l.Approve(t.Context(), again.Letter.ID, Hash(again.Rendered), "tester"))
			if ruling == letter.RuledDone {
				claimOne(t, o)
				continue
			}
			claimNone(t, o)
			if s := stateOf(t, l, again.Letter.ID); s != letter.Drafted {
				t.Errorf("answered %q: the reminder is %s", ruling, s)
			}
			_, err = Reopen(t.Context(), l, "relay26", ids[0], "tester")
			must(t, err)
		}
	})
}

func TestWhatWasSaidOnTheTelephone(t *testing.T) {
	forEach(t, func(t *testing.T, l *Ledger) {
		letters, _ := answeredLetters(t, l, 1)
		id, err := TellAnswer(t.Context(), l, letters[0], "tester", "they called")
		must(t, err)
		a, err := FindAnswer(t.Context(), l, "relay26", id)
		if err != nil || a.Letter != letters[0] || a.From != "tester" || !a.Open {
			t.Errorf("%+v, %v", a, err)
		}
		d := draftTo("new@isp.example", "hello")
		_, err = l.Draft(t.Context(), d)
		must(t, err)
		if _, err := TellAnswer(t.Context(), l, d.Letter.ID, "tester", "they called"); !errors.Is(err, ErrState) {
			t.Errorf("an answer to a draft: %v", err)
		}
		if _, err := FindAnswer(t.Context(), l, "other26", id); !errors.Is(err, ErrNotFound) {
			t.Errorf("of another campaign: %v", err)
		}
	})
}
