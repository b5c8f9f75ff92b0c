package ledger

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	"headsup/letter"
)

// TestAWrongFileIsTakenBack does so in each state of a letter about two hosts,
// of which one is in the wrong file.
func TestAWrongFileIsTakenBack(t *testing.T) {
	for _, state := range cutStates {
		t.Run(string(state), func(t *testing.T) {
			forEach(t, func(t *testing.T, l *Ledger) {
				ctx := t.Context()
				fs := scan(3)
				fs[1].Source, fs[2].Source = "scan1:21", "scan1:1:21" // another file, whose name begins the same
				add(t, l, fs)
				_, err := l.AddRejects(ctx, "relay26", []Reject{{Source: "scan1:7"}, {Source: "scan1"}, {Source: "scan.csv:9"}})
				must(t, err)
				announce(t, l)
				d := draftTo(cutTo, "hello", rowsOf(t, l)[:2]...)
				_, err = l.Draft(ctx, d)
				must(t, err)
				bring(t, l, outbox(t, l, "me"), d, state)
				files, err := Files(ctx, l, "relay26")
				if want := []string{"scan.csv", "scan1", "scan1:1"}; err != nil || !slices.Equal(files, want) {
					t.Errorf("files %q, %v", files, err)
				}
				before, err := l.Sum(ctx, "relay26")
				must(t, err)

				out, err := TakeBack(ctx, l, "relay26", "scan1", "tester")
				e, entryErr := l.Entry(ctx, d.Letter.ID)
				must(t, entryErr)
				sum, sumErr := l.Sum(ctx, "relay26")
				must(t, sumErr)
				if state == letter.Suppressed {
					if err != nil || out.Rows() != 3 || len(out.Letters) != 0 || e.State != letter.Suppressed {
						t.Errorf("%+v, %v; the letter is %s", out, err, e.State)
					}
					return
				}
				if !state.Waits() {
					if !errors.Is(err, ErrState) || e.State != state || fmt.Sprint(sum) != fmt.Sprint(before) {
						t.Errorf("%v; the letter is %s, %+v, before %+v", err, e.State, sum, before)
					}
					return
				}
				must(t, err)
				if out.Findings != 1 || out.Rejects != 2 || !slices.Equal(out.Letters, []string{e.ID}) {
					t.Errorf("%+v", out)
				}
				if e.State != letter.Held || e.Redraft != "redraft: the rows of scan1 were taken back" || e.Kept != (state == letter.Held) {
					t.Errorf("the letter is %s, %q, %q", e.State, e.Reason, e.Redraft)
				}
				if sum.Rows != before.Rows-3 || sum.Rejected != 1 {
					t.Errorf("%+v, before %+v", sum, before)
				}
				if err := l.Release(ctx, e.ID, "tester"); !errors.Is(err, ErrRedraft) && state != letter.Held {
					t.Errorf("released: %v", err)
				}
				if again, err := TakeBack(ctx, l, "relay26", "scan1", "tester"); !errors.Is(err, ErrNoFile) {
					t.Errorf("again: %+v, %v", again, err)
				}
				_, err = l.Draft(ctx, draftTo(cutTo, "hello", rowsOf(t, l)[:1]...))
				must(t, err)
				if e, err := l.Entry(ctx, e.ID); err != nil || e.Findings != 1 || e.Redraft != "" {
					t.Errorf("drafted anew: %+v, %v", e, err)
				}
				_, err = TakeBack(ctx, l, "relay26", "scan.csv", "tester")
				must(t, err)
				if e, err := l.Entry(ctx, e.ID); err != nil || e.State != letter.Suppressed || e.Reason != "the rows of scan.csv were taken back" {
					t.Errorf("with nothing left: %+v, %v", e, err)
				}
			})
		})
	}
}
