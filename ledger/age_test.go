package ledger

import (
	"errors"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/gaissmai/bart"

	"headsup/letter"
)

// seenOn is when the findings of scan were seen.
var seenOn = time.Date(2026, 3, 1, 10, 0, 0, 0, time.UTC)

func TestLettersGrowOldBeforeTheyAreClaimed(t *testing.T) {
	const day = 24 * time.Hour
	pools := new(bart.Lite)
	pools.Insert(netip.MustParsePrefix("198.51.100.1/32"))
	for _, tt := range []struct {
		name  string
		ages  letter.Ages
		after time.Duration
		want  string // the reason; empty: it is claimed
	}{
		{"any age", letter.Ages{}, 999 * day, ""},
		{"just young enough", letter.Ages{Max: 14 * day}, 14 * day, ""},
		{"a moment later", letter.Ages{Max: 14 * day}, 14*day + time.Millisecond, "redraft: 198.51.100.0 was seen on 2026-03-01, more than 14 days ago"},
		{"in a pool", letter.Ages{Max: 14 * day, Dynamic: 3 * day, Pools: pools}, 4 * day, "redraft: 198.51.100.1 was seen on 2026-03-01, more than 3 days ago"},
		{"in a pool, young enough", letter.Ages{Max: 14 * day, Dynamic: 3 * day, Pools: pools}, 3 * day, ""},
	} {
		for _, state := range []letter.State{letter.Approved, letter.Deferred} {
			t.Run(tt.name+", "+string(state), func(t *testing.T) {
				forEach(t, func(t *testing.T, l *Ledger) {
					ctx := t.Context()
					d := cutSetup(t, l)
					bring(t, l, outbox(t, l, "before"), d, state)
					l.at(seenOn.Add(tt.after))
					_, err := l.w.Exec("UPDATE letters SET due_at = 1")
					must(t, err)
					_, err = l.w.Exec("UPDATE queues SET next_at = 1")
					must(t, err)
					o := &Outbox{l: l, options: OutboxOptions{Owner: "me", Ages: tt.ages}, judged: map[string]int64{}}
					es, _, err := o.Claim(ctx, 1)
					must(t, err)
					e, err := l.Entry(ctx, d.Letter.ID)
					must(t, err)
					if tt.want == "" {
						if len(es) != 1 || e.State != letter.Sending {
							t.Errorf("the letter is %s: %q", e.State, e.Reason)
						}
						return
					}
					if len(es) > 0 || e.State != letter.Drafted || e.Reason != tt.want || e.Redraft != tt.want {
						t.Errorf("claimed %d; %s, %q, want %q", len(es), e.State, e.Reason, tt.want)
					}
					if err := l.Approve(ctx, e.ID, e.Hash, "tester"); !errors.Is(err, ErrRedraft) || !strings.Contains(err.Error(), tt.want) {
						t.Errorf("approved: %v", err)
					}
					if history, err := l.History(ctx, e.ID); err != nil || !strings.Contains(kinds(history), "outdated") {
						t.Errorf("history %s, %v", kinds(history), err)
					}
				})
			})
		}
	}
}

// putBack has the claim put a letter back for its age.
func putBack(t *testing.T, l *Ledger, d Draft) {
	t.Helper()
	must(t, l.Approve(t.Context(), d.Letter.ID, Hash(d.Rendered), "tester"))
	o, err := l.Outbox(t.Context(), OutboxOptions{Ages: letter.Ages{Max: 1}, Marks: kept(t)})
	must(t, err)
	es, _, err := o.Claim(t.Context(), 1)
	if err != nil || len(es) > 0 || stateOf(t, l, d.Letter.ID) != letter.Drafted {
		t.Fatalf("%d claimed, %v", len(es), err)
	}
	must(t, o.Close(t.Context()))
}

func TestOnlyAFresherLookReleasesWhatIsOld(t *testing.T) {
	forEach(t, func(t *testing.T, l *Ledger) {
		ctx := t.Context()
		d := cutSetup(t, l)
		putBack(t, l, d)
		old := draftTo(cutTo, "hello", rowsOf(t, l)[:2]...)
		for _, tt := range []struct {
			name, words, outdated string
			want                  Drafting
			redraft               string
			history               int // events "outdated" or "replaced"
		}{
			{"the same", "hello", "redraft: old", Outdated, "redraft: old", 1},
			{"with more, as old", "hello and more", "redraft: as old", Outdated, "redraft: as old", 2},
			{"fresher", "hello again", "", Replaced, "", 3},
			{"and again", "hello again", "", Unchanged, "", 3},
			{"old once more, which the next claim tells", "hello again", "redraft: old", Unchanged, "", 3},
		} {
			old.Rendered, old.Outdated = rendered(d.Letter.ID, tt.words), tt.outdated
			out, err := l.Draft(ctx, old)
			must(t, err)
			e, err := l.Entry(ctx, d.Letter.ID)
			must(t, err)
			if out != tt.want || e.State != letter.Drafted || e.Redraft != tt.redraft || e.Reason != tt.redraft || e.Hash != Hash(old.Rendered) {
				t.Errorf("%s: %s; %s, %q, %q", tt.name, out, e.State, e.Redraft, e.Reason)
			}
			history, err := l.History(ctx, d.Letter.ID)
			must(t, err)
			if n := strings.Count(kinds(history), "outdated") + strings.Count(kinds(history), "replaced"); n != tt.history {
				t.Errorf("%s: %s", tt.name, kinds(history))
			}
		}
		must(t, l.Approve(ctx, d.Letter.ID, Hash(old.Rendered), "tester"))
	})
}

// A person holds back what is too old: to write it anew is no release, and nor
// is the release as long as it is old.
func TestWhatIsOldMayBeHeldBesides(t *testing.T) {
	forEach(t, func(t *testing.T, l *Ledger) {
		ctx := t.Context()
		d := cutSetup(t, l)
		id := d.Letter.ID
		putBack(t, l, d)
		must(t, l.Hold(ctx, id, "ask the ministry", "tester"))
		old := draftTo(cutTo, "hello", rowsOf(t, l)[:2]...)
		old.Outdated = "redraft: old"
		if out, err := l.Draft(ctx, old); out != Withheld || err != nil {
			t.Errorf("%v, %v", out, err)
		}
		e, err := l.Entry(ctx, id)
		must(t, err)
		if e.State != letter.Held || e.Reason != "ask the ministry" || e.Redraft != "redraft: old" {
			t.Errorf("%+v", e)
		}
		if err := l.Release(ctx, id, "tester"); !errors.Is(err, ErrRedraft) {
			t.Error(err)
		}
		old.Outdated = ""
		if out, err := l.Draft(ctx, old); out != Replaced || err != nil {
			t.Errorf("%v, %v", out, err)
		}
		must(t, l.Approve(ctx, id, Hash(old.Rendered), "tester"))
	})
}

// What may not leave does not, by whatever way it came to be approved.
func TestALetterThatHasToBeDraftedAnewIsNotClaimed(t *testing.T) {
	forEach(t, func(t *testing.T, l *Ledger) {
		ids := approved(t, l, 1, 1)
		_, err := l.w.Exec("UPDATE letters SET redraft = 'redraft: asked'")
		must(t, err)
		claimNone(t, outbox(t, l, "me"))
		e, err := l.Entry(t.Context(), ids[0])
		if err != nil || e.State != letter.Drafted || e.Reason != "redraft: asked" {
			t.Errorf("%+v, %v", e, err)
		}
	})
}
