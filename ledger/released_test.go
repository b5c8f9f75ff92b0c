package ledger

import (
	"context"
	"errors"
	"strings"
	"testing"
)

// Words leave when somebody in each function has released their version, and no
// longer once one of them takes it back.
func TestWordsLeaveWhenTheyAreReleased(t *testing.T) {
	forEach(t, func(t *testing.T, l *Ledger) {
		ctx := t.Context()
		takes := Terms{People: 1, Releasers: []string{"lawyer", "press"}}
		d := draftTo("abuse@example.net", "hello")
		d.Rendered.Words = "de=aaaaaaaaaaaa en=bbbbbbbbbbbb"
		id := d.Letter.ID
		must(t, second(l.Draft(ctx, d)))
		hash := Hash(d.Rendered)
		refused := func(when, lack string) {
			t.Helper()
			if err := ApproveTogether(ctx, l, id, hash, "anna", takes); !errors.Is(err, ErrUnreleased) || !strings.HasSuffix(err.Error(), lack) {
				t.Errorf("%s: %v, want %q", when, err, lack)
			}
		}
		release := func(language, version, function string) {
			t.Helper()
			must(t, ReleaseWords(ctx, l, d.Letter.Campaign, WordsRelease{Language: language, Version: version, Function: function, By: "Ada", Recorded: "anna"}))
		}
		refused("nobody released them", "de by lawyer, de by press, en by lawyer, en by press")
		release("de", "aaaaaaaaaaaa", "lawyer")
		release("de", "aaaaaaaaaaaa", "press")
		release("en", "bbbbbbbbbbbb", "lawyer")
		release("en", "cccccccccccc", "press")
		refused("another version", "en by press")
		must(t, ReleaseWords(ctx, l, "other26", WordsRelease{Language: "en", Version: "bbbbbbbbbbbb", Function: "press", By: "Ada"}))
		refused("another campaign", "en by press")
		release("en", "bbbbbbbbbbbb", "press")
		release("en", "bbbbbbbbbbbb", "press")
		must(t, ApproveTogether(ctx, l, id, hash, "anna", takes))

		of := WordsRelease{Language: "en", Version: "bbbbbbbbbbbb", Function: "press"}
		for _, want := range []bool{true, false} {
			if was, err := WithdrawWords(ctx, l, d.Letter.Campaign, of); err != nil || was != want {
				t.Errorf("taken back: %v, %v, want %v", was, err, want)
			}
		}
		if es := handedOut(t, l, OutboxOptions{Campaign: d.Letter.Campaign, Releasers: takes.Releasers}); len(es) != 0 {
			t.Errorf("%d letters leave with words that are not released", len(es))
		}
		e, err := l.Entry(ctx, id)
		must(t, err)
		if e.State != "drafted" || e.Reason != "words not released: en by press" {
			t.Errorf("the letter is %s: %q", e.State, e.Reason)
		}
		release("en", "bbbbbbbbbbbb", "press")
		must(t, ApproveTogether(ctx, l, id, hash, "anna", takes))
		if es := handedOut(t, l, OutboxOptions{Campaign: d.Letter.Campaign, Releasers: takes.Releasers}); len(es) != 1 {
			t.Errorf("%d letters leave, want 1", len(es))
		}
	})
}

// A letter from before words were counted is drafted again, where they matter.
func TestWordsOfBeforeAreNotReleased(t *testing.T) {
	l := newLedger(t, "sqlite")
	d := draftTo("abuse@example.net", "hello")
	must(t, second(l.Draft(t.Context(), d)))
	hash := Hash(d.Rendered)
	if err := ApproveTogether(t.Context(), l, d.Letter.ID, hash, "anna", Terms{Releasers: []string{"lawyer"}}); !errors.Is(err, ErrUnreleased) {
		t.Errorf("%v", err)
	}
	must(t, ApproveTogether(t.Context(), l, d.Letter.ID, hash, "anna", Terms{}))
}

// handedOut are the letters that an outbox hands out.
func handedOut(t *testing.T, l *Ledger, o OutboxOptions) (ids []string) {
	t.Helper()
	box, err := l.Outbox(t.Context(), o)
	must(t, err)
	defer box.Close(context.WithoutCancel(t.Context()))
	es, _, err := box.Claim(t.Context(), 10)
	must(t, err)
	for _, e := range es {
		ids = append(ids, e.LetterID)
	}
	return ids
}
