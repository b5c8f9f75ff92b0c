package ledger

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"headsup/letter"
	"headsup/outcome/figures"
)

var postDay = time.Date(2026, 3, 20, 0, 0, 0, 0, time.UTC)

// TestABatchPostsNothingTwice makes a batch of 1,000 letters, is interrupted,
// makes it again with more letters to choose from, and confirms it twice.
func TestABatchPostsNothingTwice(t *testing.T) {
	t.Parallel()
	forEach(t, func(t *testing.T, l *Ledger) {
		ids := approved(t, l, 1010, 10)
		var all []Enclosed
		for _, id := range ids {
			all = append(all, Enclosed{Letter: id, Hash: "h" + id, Pages: 2})
		}
		first, in, err := MakeBatch(t.Context(), l, "relay26", "agency", all[:1000], false, "ann")
		if err != nil || len(in) != 1000 || in[0] != all[0] || first.ID != "relay26-b1" || first.Letters != 1000 || first.Pages != 2000 || first.Ready {
			t.Fatalf("%+v with %d letters: %v", first, len(in), err)
		}
		// Interrupted: it is printed in part, and cannot be posted.
		if _, err := PostBatch(t.Context(), l, "relay26", first.ID, postDay, "ann"); !errors.Is(err, ErrState) {
			t.Errorf("posted before it was printed: %v", err)
		}
		again, same, err := MakeBatch(t.Context(), l, "relay26", "agency", all, false, "ann")
		if err != nil || again.ID != first.ID || len(same) != 1000 {
			t.Fatalf("made again, it is %s with %d letters: %v", again.ID, len(same), err)
		}
		must(t, FinishBatch(t.Context(), l, first.ID))
		for _, want := range []int{1000, 0} { // confirmed twice
			n, err := PostBatch(t.Context(), l, "relay26", first.ID, postDay, "ann")
			if err != nil || n != want {
				t.Errorf("%d posted, want %d: %v", n, want, err)
			}
		}
		// What is left comes into the next batch, and then nothing is.
		second, rest, err := MakeBatch(t.Context(), l, "relay26", "agency", all, false, "ann")
		if err != nil || second.ID != "relay26-b2" || len(rest) != 10 || rest[0] != all[1000] {
			t.Errorf("%+v with %d letters: %v", second, len(rest), err)
		}
		must(t, FinishBatch(t.Context(), l, second.ID))
		if _, _, err := MakeBatch(t.Context(), l, "relay26", "agency", all, false, "ann"); !errors.Is(err, ErrNotFound) {
			t.Errorf("a third batch: %v", err)
		}
		third, copies, err := MakeBatch(t.Context(), l, "relay26", "agency", all[:1], true, "ann")
		if err != nil || len(copies) != 1 {
			t.Errorf("another copy: %+v, %v", third, err)
		}
		for table, want := range map[string]int{"enclosures": 1011, "letters WHERE paper = 'posted'": 1000, "events WHERE kind = 'posted'": 1000,
			"(SELECT letter_id FROM enclosures GROUP BY letter_id HAVING count(*) > 1) x": 1} {
			var n int
			must(t, l.r.QueryRow("SELECT count(*) FROM "+table).Scan(&n))
			if n != want {
				t.Errorf("%s: %d, want %d", table, n, want)
			}
		}
		batches, err := Batches(t.Context(), l, "relay26")
		if err != nil || len(batches) != 3 || batches[0].Fates[letter.Posted] != 1000 || !batches[0].Posted.Equal(postDay) || batches[1].Letters != 10 {
			t.Errorf("%+v, %v", batches, err)
		}
	})
}

func TestPaperComesBack(t *testing.T) {
	forEach(t, func(t *testing.T, l *Ledger) {
		letters, _ := answeredLetters(t, l, 2)
		if _, err := Post(t.Context(), l, "relay26", letters[0], letter.Returned, postDay, "ann"); !errors.Is(err, ErrState) {
			t.Errorf("returned without being posted: %v", err)
		}
		for _, tt := range []struct {
			to      letter.Paper
			changed bool
			past    bool
		}{
			{letter.Posted, true, true}, {letter.Posted, false, true}, {letter.Uncollected, true, true}, {letter.Posted, false, true},
			{letter.Returned, true, false}, {letter.Returned, false, false}, {letter.Delivered, true, true},
		} {
			changed, err := Post(t.Context(), l, "relay26", letters[0], tt.to, postDay, "ann")
			all, toldErr := Told(t.Context(), l, "relay26")
			must(t, toldErr)
			if told := all[letters[0]]; err != nil || changed != tt.changed || told.Past != tt.past || told.Missed() == tt.past || told.Reached() != tt.past {
				t.Errorf("%s: changed %v, %+v: %v", tt.to, changed, told, err)
			}
		}
		_, err := Post(t.Context(), l, "relay26", letters[1], letter.Posted, postDay, "ann")
		must(t, err)
		_, err = Post(t.Context(), l, "relay26", letters[1], letter.Returned, postDay, "ann")
		must(t, err)
		dead, err := l.Dead(t.Context(), "relay26", postDay)
		if err != nil || fmt.Sprint(dead) != "map[abuse1@isp.example:returned by the post]" {
			t.Errorf("%v, %v", dead, err)
		}
		if _, err := Post(t.Context(), l, "relay26", "relay26-xxxxxxxxxx", letter.Posted, postDay, "ann"); !errors.Is(err, ErrNotFound) {
			t.Errorf("no such letter: %v", err)
		}
	})
}

func TestByWhichChannelsALetterLeft(t *testing.T) {
	forEach(t, func(t *testing.T, l *Ledger) {
		letters, _ := answeredLetters(t, l, 4) // all were sent
		bounce := func(id string) {
			_, err := l.Note(t.Context(), HistoryEntry{Letter: id, Kind: "bounce", State: letter.Bounced, Class: letter.ClassMailbox, Ref: id})
			must(t, err)
		}
		bounce(letters[2])
		bounce(letters[3])
		for _, id := range []string{letters[1], letters[3]} {
			_, err := Post(t.Context(), l, "relay26", id, letter.Posted, postDay, "ann")
			must(t, err)
		}
		for _, tt := range []struct {
			id      string
			channel string
			lost    bool
		}{
			{letters[0], figures.ByMail, false},
			{letters[1], figures.ByBoth, false},
			{letters[2], figures.ByMail, true},
			{letters[3], figures.ByPost, false}, // the mail came back, the paper did not
		} {
			all, err := Sendings(t.Context(), l, "relay26")
			must(t, err)
			if got := all[tt.id]; got.Channel != tt.channel || got.Lost != tt.lost {
				t.Errorf("%s by %s, lost %v, want %s, %v", got.State, got.Channel, got.Lost, tt.channel, tt.lost)
			}
		}
		for _, id := range []string{letters[1], letters[3]} {
			_, err := Post(t.Context(), l, "relay26", id, letter.Returned, postDay, "ann")
			must(t, err)
			all, err := Sendings(t.Context(), l, "relay26")
			must(t, err)
			if got := all[id]; !got.Lost || got.Channel == figures.ByMail {
				t.Errorf("its paper came back: by %s, lost %v", got.Channel, got.Lost)
			}
		}
	})
}
