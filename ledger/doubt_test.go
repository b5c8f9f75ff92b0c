package ledger

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"headsup/letter"
)

// doubted is a message about a letter that proves nothing.
func doubted(id, ref string) HistoryEntry {
	return HistoryEntry{Letter: id, Kind: letter.Unproved, By: "x@attacker.example", Text: "opt-out: unsubscribe", Ref: ref, Data: `{"kind":"opt-out"}`}
}

func TestWhatProvesNothingChangesNothingAndWaits(t *testing.T) {
	forEach(t, func(t *testing.T, l *Ledger) {
		ids := approved(t, l, 2, 1)
		d := NewDoubts(l)
		for _, want := range []bool{true, false} { // the same message twice waits once
			if added, kept, err := d.Note(t.Context(), doubted(ids[0], "m1"), 5); err != nil || added != want || !kept {
				t.Errorf("added %v, kept %v, %v", added, kept, err)
			}
		}
		if added, kept, err := d.Note(t.Context(), doubted(ids[1], "m1"), 5); err != nil || !added || !kept { // the same message about another letter
			t.Errorf("added %v, kept %v, %v", added, kept, err)
		}
		if s := stateOf(t, l, ids[0]); s != letter.Approved {
			t.Errorf("the letter is %s", s)
		}
		if _, _, err := d.Note(t.Context(), doubted("relay26-xxxxxxxxxx", "m1"), 5); !errors.Is(err, ErrNotFound) {
			t.Errorf("about a letter that is not there: %v", err)
		}
		for _, tt := range []struct {
			campaign, id string
			want         int
		}{
			{"relay26", "", 2}, {"relay26", ids[0], 1}, {"relay26", "relay26-xxxxxxxxxx", 0}, {"relay27", "", 0}, {"relay27", ids[0], 0},
		} {
			es, err := d.Waiting(t.Context(), tt.campaign, tt.id)
			must(t, err)
			if len(es) != tt.want {
				t.Errorf("%q of %q: %d wait, want %d", tt.id, tt.campaign, len(es), tt.want)
			}
			for _, e := range es {
				want := doubted(e.Letter, "m1")
				want.At = e.At
				if e != want || e.At.IsZero() || tt.id != "" && e.Letter != tt.id {
					t.Errorf("got %+v, want %+v", e, want)
				}
			}
		}
	})
}

func TestFloodsAreCountedAndCut(t *testing.T) {
	forEach(t, func(t *testing.T, l *Ledger) {
		ids := approved(t, l, 2, 1)
		d := NewDoubts(l)
		day := time.Date(2026, 3, 2, 23, 59, 0, 0, time.UTC)
		note := func(id, ref string, wantKept bool) {
			t.Helper()
			if added, kept, err := d.Note(t.Context(), doubted(id, ref), 3); err != nil || !added || kept != wantKept {
				t.Errorf("%s: added %v, kept %v, %v", ref, added, kept, err)
			}
		}
		l.at(day)
		for i := range 13 {
			note(ids[0], fmt.Sprint("a", i), i < 3)
		}
		note(ids[1], "b", true) // another letter has room of its own
		l.at(day.Add(2 * time.Minute))
		note(ids[0], "c0", true) // and so has another day
		es, err := d.Waiting(t.Context(), "relay26", ids[0])
		must(t, err)
		history, err := l.History(t.Context(), ids[0])
		must(t, err)
		var cut []string
		for _, e := range history {
			if e.Kind == messagesCut {
				cut = append(cut, e.Ref+": "+e.Text)
			}
		}
		if len(es) != 4 || strings.Join(cut, "; ") != "2026-03-02: 10 more of that day that prove nothing, not kept" {
			t.Errorf("%d wait, and %q", len(es), cut)
		}
	})
}

func TestAPersonDecidesWhatWaits(t *testing.T) {
	forEach(t, func(t *testing.T, l *Ledger) {
		ids := approved(t, l, 3, 1)
		d := NewDoubts(l)
		for i, id := range ids {
			for _, ref := range []string{"m1", "m2"} {
				_, _, err := d.Note(t.Context(), doubted(id, ref), 5)
				must(t, err)
			}
			must(t, l.Hold(t.Context(), ids[i], "", "tester"))
		}
		e := HistoryEntry{Letter: ids[0], Kind: "opt-out", By: "jane", Text: "unsubscribe", Ref: "m1"}
		to := letter.Suppression{Scope: letter.ByAddress, Value: "abuse0@d0.example", Reason: "asked"}
		must(t, d.Accept(t.Context(), e, to))
		list, err := l.Suppressions(t.Context())
		must(t, err)
		if len(list) != 1 || list[0].By != "jane" || list[0].Message != "m1" || list[0].Letter != ids[0] {
			t.Errorf("suppressed: %+v", list)
		}
		must(t, d.Dismiss(t.Context(), ids[1], "m1", "jane"))
		for name, err := range map[string]error{
			"accepted twice":              d.Accept(t.Context(), e, to),
			"dismissed and then accepted": d.Accept(t.Context(), HistoryEntry{Letter: ids[1], Kind: "answer", Ref: "m1"}),
			"dismissed twice":             d.Dismiss(t.Context(), ids[1], "m1", "jane"),
			"accepted and then dismissed": d.Dismiss(t.Context(), ids[0], "m1", "jane"),
			"one that never came":         d.Dismiss(t.Context(), ids[2], "m3", "jane"),
			"at no letter":                d.Dismiss(t.Context(), "relay26-xxxxxxxxxx", "m1", "jane"),
		} {
			if !errors.Is(err, ErrNotFound) {
				t.Errorf("%s: %v", name, err)
			}
		}
		if err := d.Accept(t.Context(), HistoryEntry{Letter: ids[2], Kind: letter.Bounce, State: letter.Bounced, Ref: "m1"}); !errors.Is(err, ErrState) {
			t.Errorf("a bounce of a letter that was not sent: %v", err)
		}
		es, err := d.Waiting(t.Context(), "relay26", "")
		must(t, err)
		if len(es) != 4 { // what could not be accepted goes on waiting
			t.Errorf("%d wait: %+v", len(es), es)
		}
		if added, _, err := d.Note(t.Context(), doubted(ids[0], "m1"), 5); err != nil || added {
			t.Errorf("what was decided came again: %v, %v", added, err)
		}
		history, err := l.History(t.Context(), ids[1])
		must(t, err)
		last := history[len(history)-1]
		if last.Kind != "dismissed" || last.By != "jane" || last.Text != "from x@attacker.example: opt-out: unsubscribe" || last.Ref != "m1" {
			t.Errorf("the history ends with %+v", last)
		}
	})
}

func TestKeysAreNotChangedBehindLettersThatHaveLeft(t *testing.T) {
	for _, tt := range []struct {
		name   string
		past   bool // a letter is beyond review
		before []string
		now    []string
		want   error
	}{
		{"none before", true, nil, []string{"a"}, nil},
		{"none before, and none now", true, nil, nil, nil},
		{"the same", true, []string{"a"}, []string{"a"}, nil},
		{"a new one, and the old one retired", true, []string{"a"}, []string{"b", "a"}, nil},
		{"another", true, []string{"a"}, []string{"b"}, ErrOtherKey},
		{"none any more", true, []string{"a"}, nil, ErrOtherKey},
		{"another, while all are in review", false, []string{"a"}, []string{"b"}, nil},
		{"none, while all are in review", false, []string{"a"}, nil, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			forEach(t, func(t *testing.T, l *Ledger) {
				draftIn(t, l, "relay26", "a@isp.example")
				if tt.past {
					d := draftIn(t, l, "relay26", "b@isp.example")
					must(t, l.Approve(t.Context(), d.Letter.ID, Hash(d.Rendered), "tester"))
				}
				must(t, UseKey(t.Context(), l, "relay26", tt.before))
				for name, call := range map[string]func() error{
					"check": func() error { return CheckKeys(t.Context(), l, "relay26", tt.now) },
					"use":   func() error { return UseKey(t.Context(), l, "relay26", tt.now) },
				} {
					if err := call(); !errors.Is(err, tt.want) {
						t.Errorf("%s: %v, want %v", name, err, tt.want)
					}
				}
				must(t, CheckKeys(t.Context(), l, "relay27", nil)) // another campaign has its own
				if tt.want == nil {
					must(t, UseKey(t.Context(), l, "relay26", tt.now))
					must(t, CheckKeys(t.Context(), l, "relay26", tt.now))
				}
			})
		})
	}
}

// What was made with a key is not forgotten when the next one comes.
func TestARetiredKeyStaysNeeded(t *testing.T) {
	forEach(t, func(t *testing.T, l *Ledger) {
		d := draftIn(t, l, "relay26", "b@isp.example")
		must(t, l.Approve(t.Context(), d.Letter.ID, Hash(d.Rendered), "tester"))
		must(t, UseKey(t.Context(), l, "relay26", []string{"a"}))
		must(t, UseKey(t.Context(), l, "relay26", []string{"b", "a"}))
		if err := UseKey(t.Context(), l, "relay26", []string{"b"}); !errors.Is(err, ErrOtherKey) {
			t.Errorf("without the first: %v", err)
		}
		if err := CheckKeys(t.Context(), l, "relay26", []string{"a"}); !errors.Is(err, ErrOtherKey) {
			t.Errorf("without the second: %v", err)
		}
	})
}

func TestKeysOfCampaignsAreApart(t *testing.T) {
	forEach(t, func(t *testing.T, l *Ledger) {
		d := draftIn(t, l, "relay27", "b@isp.example")
		must(t, l.Approve(t.Context(), d.Letter.ID, Hash(d.Rendered), "tester"))
		must(t, UseKey(t.Context(), l, "relay27", []string{"c"}))
		draftIn(t, l, "relay26", "a@isp.example")
		for _, key := range []string{"a", "b"} {
			must(t, UseKey(t.Context(), l, "relay26", []string{key}))
			must(t, CheckKeys(t.Context(), l, "relay26", []string{key}))
		}
	})
}
