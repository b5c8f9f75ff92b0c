package post_test

import (
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"headsup/campaign"
	"headsup/campaign/campaigntest"
	"headsup/campaign/post"
	"headsup/ledger"
	"headsup/letter"
)

var must = campaigntest.Must

var day = time.Date(2026, 3, 20, 0, 0, 0, 0, time.UTC)

// approved has one approved letter, of two pages.
func approved(t *testing.T) (c *campaign.Campaign, noted *[]string) {
	t.Helper()
	noted = new([]string)
	c = campaigntest.Open(t, campaigntest.Approved(t), func(e campaign.Event) {
		if n, ok := e.(campaign.Noted); ok {
			*noted = append(*noted, n.Text)
		}
	})
	return c, noted
}

func paper(text string) post.Paper {
	return post.Paper{Name: "scanned.txt", Open: func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(text)), nil }}
}

// TestALineOfTheMailRoomIsBelieved records what a file says, which begins with a
// byte order mark, and then what somebody says of the rest.
func TestALineOfTheMailRoomIsBelieved(t *testing.T) {
	c, noted := approved(t)
	_, err := post.Make(t.Context(), c, t.TempDir(), ledger.Filter{}, post.BatchOptions{By: "ann", On: day})
	must(t, err)
	batch := post.Paper{Name: "demo26-b1"}
	if _, err := post.Record(t.Context(), c, []post.Paper{batch}, letter.Returned, day, "ann"); !errors.Is(err, post.ErrFate) {
		t.Errorf("a whole batch came back: %v", err)
	}
	*noted = nil
	out, err := post.Record(t.Context(), c, []post.Paper{batch}, letter.Posted, day, "ann")
	if err != nil || out.Changed != 1 || len(*noted) != 1 || !strings.Contains((*noted)[0], "printed with another date than 2026-03-20") {
		t.Errorf("%+v, %q, %v", out, *noted, err)
	}
	*noted = nil
	if out, err = post.Record(t.Context(), c, []post.Paper{batch}, letter.Posted, day, "ann"); err != nil || out.Changed != 0 || out.Known != 1 || len(*noted) != 0 {
		t.Errorf("said twice: %+v, %q, %v", out, *noted, err)
	}
	text := "\ufeff" + campaigntest.Letter + ";returned;2026-03-27\n\nan empty page\n"
	out, err = post.Record(t.Context(), c, []post.Paper{paper(text)}, letter.Delivered, day, "ann")
	if err != nil || out.Changed != 1 || out.Unread != 1 {
		t.Errorf("%+v, %v", out, err)
	}
	history, err := campaign.Within(c).Ledger.History(t.Context(), campaigntest.Letter)
	must(t, err)
	if last := history[len(history)-1]; last.Kind != "returned" || last.Text != "by post on 2026-03-27" || last.By != "ann" {
		t.Errorf("what the line says is not believed: %+v", last)
	}
	if _, err := post.Record(t.Context(), c, []post.Paper{{Name: "nothing"}}, letter.Posted, day, "ann"); !errors.Is(err, ledger.ErrNotFound) {
		t.Errorf("no name of a letter: %v", err)
	}
}

func TestABatchThatWasBegunIsOfTheBytesThatItBeganWith(t *testing.T) {
	c, _ := approved(t)
	in := campaign.Within(c)
	_, _, err := ledger.MakeBatch(t.Context(), in.Ledger, "demo26", "ocn", []ledger.Enclosed{{Letter: campaigntest.Letter, Hash: "another", Pages: 2}}, false, "ann")
	must(t, err)
	if _, err := post.Make(t.Context(), c, t.TempDir(), ledger.Filter{}, post.BatchOptions{By: "ann", On: day}); !errors.Is(err, ledger.ErrChanged) {
		t.Errorf("a letter that has changed since: %v", err)
	}
}

func TestWhatPostingCosts(t *testing.T) {
	c, _ := approved(t)
	for _, duplex := range []bool{false, true} {
		campaign.Within(c).Settings.Post.Duplex = duplex
		got, err := post.CostOf(t.Context(), c, ledger.Filter{})
		want := post.Cost{Letters: 1, Pages: 2, Sheets: 2, NoTariff: 1}
		if duplex {
			want.Sheets = 1
		}
		if err != nil || got != want {
			t.Errorf("on both sides %v: %+v, want %+v, %v", duplex, got, want, err)
		}
	}
}
