package campaign_test

import (
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"headsup/campaign"
	"headsup/campaign/campaigntest"
	"headsup/ledger"
	"headsup/letter"
	"headsup/mailer"
	"headsup/mailer/loopback"
)

func TestSendingStopsWhenTooManyBounce(t *testing.T) {
	alone(t)
	var letters atomic.Int64 // the server counts in goroutines of its own
	dir := campaigntest.Many(t, 70, loopback.Options{Answer: func(to string, _ int) loopback.Reply {
		letters.Add(1)
		if strings.Contains(to, "7@") || strings.Contains(to, "3@") {
			return loopback.Reply{Code: 550, Status: "5.1.1", Text: "no such user"}
		}
		return loopback.Reply{}
	}})
	c := campaigntest.Open(t, dir, nil)
	_, err := c.Send(t.Context(), campaign.SendOptions{Patience: -1})
	before := int(letters.Load())
	// In the order of sending the first failure behind the fiftieth letter is the
	// fifty-sixth; one more may be under way.
	if !errors.Is(err, campaign.ErrBounces) || before < campaign.FewSent || before > campaign.FewSent+7 {
		t.Errorf("after %d letters: %v", before, err)
	}
	_, err = c.Send(t.Context(), campaign.SendOptions{Patience: -1})
	if asked := int(letters.Load()); !errors.Is(err, campaign.ErrBounces) || asked != before {
		t.Errorf("again after %d letters: %v", asked, err)
	}
	sum, err := c.Sum(t.Context())
	must(t, err)
	// A letter that was under way when it stopped is deferred, and the server may have heard of it.
	cut := sum.States[letter.Deferred]
	settled := sum.States[letter.Sent] + sum.States[letter.Failed]
	if settled+cut+sum.States[letter.Approved] != 70 || settled > before || before > settled+cut {
		t.Errorf("%d letters of 70 were tried: %v", before, sum.States)
	}
	// Who knows why says so.
	campaigntest.Edit(t, dir, "[campaign]", "[campaign]\nmax_bounces = 0.5")
	sent, err := campaigntest.Open(t, dir, nil).Send(t.Context(), campaign.SendOptions{Patience: -1})
	if asked := letters.Load(); err != nil || asked < 70 || asked > int64(70+cut) || sent.Sum.States[letter.Failed] != 14 || sent.Left() != 0 {
		t.Errorf("at last after %d letters: %+v, %v", asked, sent, err)
	}
}

func TestSendingStopsWhenTheServerWantsNoneOfUs(t *testing.T) {
	dir := campaigntest.Many(t, 20, loopback.Options{Answer: func(string, int) loopback.Reply {
		return loopback.Reply{Code: 554, Status: "5.7.1", Text: "listed on a block list"}
	}})
	c := campaigntest.Open(t, dir, nil)
	if _, err := c.Send(t.Context(), campaign.SendOptions{Patience: -1}); !errors.Is(err, mailer.ErrRefused) {
		t.Error(err)
	}
	sum, err := c.Sum(t.Context())
	must(t, err)
	if n := sum.States[letter.Deferred]; n < 5 || n > 6 || sum.States[letter.Approved] != 20-n {
		t.Errorf("the letters are %v", sum.States)
	}
}

func TestSendingStopsWhenManyComplain(t *testing.T) {
	alone(t)
	dir := campaigntest.Many(t, 5, loopback.Options{})
	c := campaigntest.Open(t, dir, nil)
	ctx := t.Context()
	_, err := c.Send(ctx, campaign.SendOptions{Patience: -1})
	must(t, err)
	l, err := ledger.Open(ctx, filepath.Join(dir, "headsup.db"))
	must(t, err)
	defer l.Close()
	p, err := l.Page(ctx, ledger.Query{Limit: 3})
	must(t, err)
	for i, e := range p.Entries {
		n := i + 1
		_, err := l.Note(ctx, ledger.HistoryEntry{Letter: e.ID, Kind: string(letter.Complaint), Ref: e.ID, By: "tester", Text: "spam"})
		must(t, err)
		_, err = c.Send(ctx, campaign.SendOptions{Patience: -1})
		if errors.Is(err, campaign.ErrComplaints) != (n >= 3) {
			t.Errorf("%d complaints: %v", n, err)
		}
	}
	campaigntest.Edit(t, dir, "[campaign]", "[campaign]\nmax_complaints = 1.0")
	if _, err := campaigntest.Open(t, dir, nil).Send(ctx, campaign.SendOptions{Patience: -1}); err != nil {
		t.Errorf("allowed: %v", err)
	}
}

// TestSendingStopsWhenServersRefuseUs: a listing must not empty the campaign.
func TestSendingStopsWhenServersRefuseUs(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name          string
		ours, mailbox int
		most          string // max_ours
		stops         bool
	}{
		{"nine of nine", 9, 0, "", false},
		{"ten of ten", 10, 0, "", true},
		{"ten of fifty, which is the share that may", 10, 40, "", false},
		{"eleven of fifty", 11, 39, "", true},
		{"eleven of fifty, which may be", 11, 39, "max_ours = 0.3", false},
		{"all, which may be", 12, 0, "max_ours = 1", false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			dir := campaigntest.Many(t, 60, loopback.Options{})
			campaigntest.Edit(t, dir, "[campaign]", "[campaign]\nmax_bounces = 1\n"+tt.most)
			c := campaigntest.Open(t, dir, nil)
			_, err := c.Send(t.Context(), campaign.SendOptions{Patience: -1})
			must(t, err)
			l, err := ledger.Open(t.Context(), filepath.Join(dir, "headsup.db"))
			must(t, err)
			defer l.Close()
			p, err := l.Page(t.Context(), ledger.Query{Limit: tt.ours + tt.mailbox})
			must(t, err)
			for i, e := range p.Entries {
				n := ledger.HistoryEntry{Letter: e.ID, Kind: letter.Bounce, State: letter.Bounced, Class: letter.ClassMailbox, Ref: e.ID, Text: "5.1.1 550 no such user"}
				if i < tt.ours {
					n.Class, n.Text = letter.ClassOurs, "5.7.1 554 blocked using dnsbl.example"
				}
				_, err := l.Note(t.Context(), n)
				must(t, err)
			}
			if _, err = c.Send(t.Context(), campaign.SendOptions{}); errors.Is(err, campaign.ErrOurs) != tt.stops || err != nil && !tt.stops {
				t.Errorf("%v", err)
			}
			if !tt.stops {
				return
			}
			want := []campaign.Refusal{{Mend: letter.MendListing, List: "dnsbl.example", Letters: tt.ours, Said: "5.7.1 554 blocked using dnsbl.example"}}
			if got, err := c.Refusals(t.Context()); err != nil || !slices.Equal(got, want) {
				t.Errorf("%+v, %v", got, err)
			}
			again, err := c.SendAgain(t.Context(), "Jane", "repaired")
			if err != nil || again.Done != tt.ours || again.Refused != nil {
				t.Errorf("%+v, %v", again, err)
			}
			sent, err := c.Send(t.Context(), campaign.SendOptions{Patience: -1})
			if err != nil || sent.Sum.States[letter.Sent] != 60-tt.mailbox || sent.Sum.Classes[letter.ClassOurs] != 0 {
				t.Errorf("%+v, %v", sent, err)
			}
		})
	}
}
