package campaign_test

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"reflect"
	"sync/atomic"
	"testing"
	"time"

	"headsup/campaign"
	"headsup/campaign/campaigntest"
	"headsup/campaign/post"
	"headsup/finding"
	"headsup/inbox"
	"headsup/ledger"
	"headsup/letter"
)

// A countdown is a context that ends when it is asked for the nth time whether
// it has: so whatever waits or asks somebody ends there.
type countdown struct {
	context.Context
	left  atomic.Int64
	ended chan struct{}
}

func newCountdown(ctx context.Context, n int) *countdown {
	c := &countdown{Context: ctx, ended: make(chan struct{})}
	c.left.Store(int64(n))
	return c
}

func (c *countdown) count() {
	if c.left.Add(-1) == 0 {
		close(c.ended)
	}
}

func (c *countdown) Done() <-chan struct{} { c.count(); return c.ended }

func (c *countdown) Err() error {
	select {
	case <-c.ended:
		return context.Canceled
	default:
		return nil
	}
}

// collect reads a sequence to its end, or to its error.
func collect[T any](seq iter.Seq2[T, error]) (all []T, err error) {
	for x, err := range seq {
		if err != nil {
			return all, err
		}
		all = append(all, x)
	}
	return all, nil
}

// A call is one of a campaign, and what it came to.
type call struct {
	name string
	do   func(ctx context.Context, c *campaign.Campaign) (any, error)
}

func readings(dir string) []call {
	one := ledger.Filter{IDs: []string{campaigntest.Letter}}
	return []call{
		{"the sum", func(ctx context.Context, c *campaign.Campaign) (any, error) { return c.Sum(ctx) }},
		{"letters", func(ctx context.Context, c *campaign.Campaign) (any, error) {
			return collect(c.Letters(ctx, ledger.Filter{}))
		}},
		{"an entry", func(ctx context.Context, c *campaign.Campaign) (any, error) { return c.Entry(ctx, campaigntest.Letter) }},
		{"a letter", func(ctx context.Context, c *campaign.Campaign) (any, error) {
			return c.Letter(ctx, campaigntest.Letter)
		}},
		{"a history", func(ctx context.Context, c *campaign.Campaign) (any, error) {
			return c.History(ctx, campaigntest.Letter)
		}},
		{"what is unwritten", func(ctx context.Context, c *campaign.Campaign) (any, error) { return collect(c.Unwritten(ctx)) }},
		{"who is not written to", func(ctx context.Context, c *campaign.Campaign) (any, error) { return c.Suppressions(ctx) }},
		{"what waits for a person", func(ctx context.Context, c *campaign.Campaign) (any, error) { return campaign.Doubts(ctx, c, "") }},
		{"an export", func(ctx context.Context, c *campaign.Campaign) (any, error) {
			return nil, c.Export(ctx, filepath.Join(dir, "letters"), one)
		}},
		{"a batch for the post", func(ctx context.Context, c *campaign.Campaign) (any, error) {
			return post.Print(ctx, c, filepath.Join(dir, "post"), one)
		}},
		{"the site", func(ctx context.Context, c *campaign.Campaign) (any, error) {
			return c.Site(ctx, filepath.Join(dir, "site"), []string{campaigntest.Letter})
		}},
	}
}

var answered = inbox.Message{Name: "answer.eml",
	Text: []byte("From: desk@example.net\r\nTo: x@example.org\r\nMessage-ID: <a1@example.net>\r\nSubject: Re: [" + campaigntest.Letter + "]\r\n\r\nPlease remove me.\r\n")}

func writings() []call {
	return []call{
		{"an import", func(ctx context.Context, c *campaign.Campaign) (any, error) {
			return c.Import(ctx, []campaign.Source{campaigntest.Scan("198.51.100.9")}, finding.Options{})
		}},
		{"look-ups", func(ctx context.Context, c *campaign.Campaign) (any, error) {
			return nil, c.Ask(ctx, campaign.AskOptions{})
		}},
		{"drafts", func(ctx context.Context, c *campaign.Campaign) (any, error) {
			return nil, c.Compose(ctx, time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC))
		}},
		{"a letter held", func(ctx context.Context, c *campaign.Campaign) (any, error) {
			d, err := c.Hold(ctx, []string{campaigntest.Letter}, "wait", "tester")
			return d, cmp.Or(err, d.Refused)
		}},
		{"a message", func(ctx context.Context, c *campaign.Campaign) (any, error) { return c.Take(ctx, answered, false) }},
		{"a message that proves itself", func(ctx context.Context, c *campaign.Campaign) (any, error) {
			return c.Take(ctx, inbox.Message{Text: bytes.ReplaceAll(answered.Text, []byte("x@example.org"), []byte(campaigntest.Sender))}, false)
		}},
		{"a message that a person accepts", func(ctx context.Context, c *campaign.Campaign) (any, error) {
			if _, err := c.Take(context.WithoutCancel(ctx), answered, false); err != nil {
				return nil, err
			}
			return nil, campaign.Accept(ctx, c, campaigntest.Letter, "a1@example.net", letter.OptOut, "tester")
		}},
		{"messages that a person dismisses", func(ctx context.Context, c *campaign.Campaign) (any, error) {
			if _, err := c.Take(context.WithoutCancel(ctx), answered, false); err != nil {
				return nil, err
			}
			return campaign.Dismiss(ctx, c, campaigntest.Letter, []string{"a1@example.net"}, "tester")
		}},
		{"a suppression", func(ctx context.Context, c *campaign.Campaign) (any, error) {
			return nil, c.Suppress(ctx, []letter.Suppression{{Scope: letter.ByDomain, Value: "example.net", Since: time.Unix(1, 0)}}, "tester")
		}},
	}
}

// state is what a campaign came to, for comparison.
func state(t *testing.T, c *campaign.Campaign) string {
	t.Helper()
	sum, err := c.Sum(t.Context())
	must(t, err)
	letters, err := collect(c.Letters(t.Context(), ledger.Filter{}))
	must(t, err)
	for i := range letters {
		letters[i].Changed = time.Time{}
	}
	list, err := c.Suppressions(t.Context())
	must(t, err)
	return fmt.Sprintf("%+v\n%+v\n%+v", sum, letters, list)
}

// TestWhatIsCutShortSaysSo ends the context of each call at points where somebody
// asks for it: at each of the first, then at fewer, or, with HEADSUP_LONG=1, at
// all. Without an error, the call has to have come to what it comes to when
// nothing ends.
func TestWhatIsCutShortSaysSo(t *testing.T) {
	alone(t)
	t.Parallel()
	step := 1
	switch {
	case os.Getenv("HEADSUP_LONG") == "1":
		step = 1 << 20
	case whole:
		step = 2
	}
	dir := campaigntest.Approved(t)
	c := campaigntest.Open(t, dir, nil)
	for _, r := range readings(t.TempDir()) {
		t.Run(r.name, func(t *testing.T) {
			want, err := r.do(t.Context(), c)
			must(t, err)
			for n := 1; ; n += 1 + n/step {
				ctx := newCountdown(t.Context(), n)
				got, err := r.do(ctx, c)
				if err == nil && fmt.Sprintf("%+v", got) != fmt.Sprintf("%+v", want) || err != nil && !errors.Is(err, context.Canceled) {
					t.Errorf("cut at %d: %+v, %v", n, got, err)
				}
				if ctx.left.Load() > 0 {
					return
				}
			}
		})
	}
	for _, w := range writings() {
		t.Run(w.name, func(t *testing.T) {
			begin := func() *campaign.Campaign {
				again := campaigntest.Open(t, campaigntest.Approved(t), nil)
				again.Learn(c)
				return again
			}
			whole := begin()
			_, err := w.do(t.Context(), whole)
			must(t, err)
			want := state(t, whole)
			for n := 1; ; n += 1 + n/step {
				c, ctx := begin(), newCountdown(t.Context(), n)
				_, err := w.do(ctx, c)
				if got := state(t, c); err == nil && got != want || err != nil && !errors.Is(err, context.Canceled) {
					t.Errorf("cut at %d: %v\n%s\nwant\n%s", n, err, got, want)
				}
				if ctx.left.Load() > 0 {
					return
				}
			}
		})
	}
}

// The last things that a restore does are done on the folder it has made.
func TestARestoreThatIsCutShortSaysSo(t *testing.T) {
	alone(t)
	t.Parallel()
	lock, key := pair(t)
	file := backUp(t, campaigntest.Approved(t), lock)
	restore := func(n int) (*countdown, campaign.Restored, error) {
		ctx := newCountdown(t.Context(), n)
		r, err := campaign.Restore(ctx, file, filepath.Join(t.TempDir(), "restored"), key)
		return ctx, r, err
	}
	const many = 1 << 20
	ctx, whole, err := restore(many)
	must(t, err)
	steps := many - int(ctx.left.Load())
	for n := max(1, steps-20); n < steps; n++ {
		if _, r, err := restore(n); err == nil && (!reflect.DeepEqual(r.Sum, whole.Sum) || fmt.Sprint(r.Behind) != fmt.Sprint(whole.Behind)) || err != nil && !errors.Is(err, context.Canceled) {
			t.Errorf("cut at %d of %d: %+v, %v", n, steps, r, err)
		}
	}
}

func TestAGapIsNotAnsweredForWithoutALook(t *testing.T) {
	c := campaigntest.Open(t, campaigntest.Approved(t), nil)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := campaign.CoverGap(ctx, c, "tester", "why"); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
}

func TestASnapshotThatCannotBeWrittenSaysSo(t *testing.T) {
	dump := filepath.Join(t.TempDir(), "ripe.db.inetnum")
	must(t, os.WriteFile(dump, []byte("inetnum: 192.0.2.0 - 192.0.2.255\nnetname: EXAMPLE\ncountry: CH\nsource: RIPE\n"), 0o600))
	nowhere := filepath.Join(t.TempDir(), "absent", "snapshot.idx")
	if _, err := campaign.BuildSnapshot(t.Context(), t.TempDir(), []string{dump}, nowhere, func(campaign.Event) {}); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("%v", err)
	}
	here := filepath.Join(t.TempDir(), "snapshot.idx")
	if s, err := campaign.BuildSnapshot(t.Context(), t.TempDir(), []string{dump}, here, func(campaign.Event) {}); err != nil || s.File != here || s.Networks != 1 {
		t.Errorf("%+v, %v", s, err)
	}
}
