package campaign_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"headsup/campaign"
	"headsup/campaign/campaigntest"
	"headsup/campaign/post"
	"headsup/ledger"
	"headsup/letter"
	"headsup/mailer/loopback"
)

// A mail server that never answers keeps no sender from ending.
func TestAStopEndsASenderInTheMiddleOfALetter(t *testing.T) {
	asked, release := make(chan bool), make(chan bool)
	dir := campaigntest.Many(t, 3, loopback.Options{Answer: func(to string, _ int) loopback.Reply {
		select {
		case asked <- true:
			<-release
		case <-release:
		}
		return loopback.Reply{}
	}})
	defer close(release)
	c := campaigntest.Open(t, dir, nil)
	ended := make(chan error, 1)
	go func() {
		_, err := c.Send(context.Background(), campaign.SendOptions{Patience: -1})
		ended <- err
	}()
	<-asked
	out, err := campaign.Stop(t.Context(), dir, "", "wrong template", "ann", time.Hour)
	must(t, err)
	// By the time of the stop, the others may be as far as the first.
	sending := func(h ledger.Handed) bool { return h.State == letter.Sending && h.MessageID != "" }
	if n := len(out.Handed); n < 1 || n > 3 || slices.ContainsFunc(out.Handed, func(h ledger.Handed) bool { return !sending(h) }) || out.Halt.Campaign != "demo26" || out.Halt.At.IsZero() {
		t.Errorf("%+v, %+v", out.Halt, out.Handed)
	}
	select {
	case err = <-ended:
	case <-time.After(5 * time.Second):
		t.Fatal("the sender goes on five seconds after the stop")
	}
	if !errors.Is(err, ledger.ErrHalted) || !strings.Contains(err.Error(), "campaign demo26, by ann at ") {
		t.Errorf("the sender ended with %v", err)
	}
	sum, err := c.Sum(t.Context())
	must(t, err)
	if waits := sum.States[letter.Approved] + sum.States[letter.Deferred]; waits != 3 {
		t.Errorf("%v: a letter before its final dot was not given back", sum.States)
	}
}

func TestNothingLeavesAfterAStop(t *testing.T) {
	for _, name := range []string{"", "demo26", campaign.AllCampaigns} {
		dir := campaigntest.Approved(t)
		_, err := campaign.Stop(t.Context(), dir, name, "listed", "ann", time.Hour)
		must(t, err)
		c := campaigntest.Open(t, dir, nil) // after a restart
		if _, err := c.Send(t.Context(), campaign.SendOptions{}); !errors.Is(err, ledger.ErrHalted) {
			t.Errorf("%q: sent: %v", name, err)
		}
		if _, err := post.Print(t.Context(), c, t.TempDir(), ledger.Filter{}); !errors.Is(err, ledger.ErrHalted) {
			t.Errorf("%q: printed: %v", name, err)
		}
		holding, err := campaign.Holding(t.Context(), c)
		if err != nil || len(holding) != 1 || holding[0].Reason != "listed" {
			t.Errorf("%q: %+v, %v", name, holding, err)
		}
		ended, err := campaign.Resume(t.Context(), dir, name, "off the list", "ann")
		if err != nil || len(ended) != 1 {
			t.Errorf("%q: %+v, %v", name, ended, err)
		}
		if sent, err := c.Send(t.Context(), campaign.SendOptions{}); err != nil || sent.Letters != 1 {
			t.Errorf("%q: %+v, %v", name, sent, err)
		}
		all, err := campaign.Halts(t.Context(), dir)
		if err != nil || len(all) != 1 || all[0].EndedWhy != "off the list" {
			t.Errorf("%q: %+v, %v", name, all, err)
		}
	}
}

// Whoever wants to stop needs neither contacts nor templates nor keys.
func TestAStopNeedsTheLedgerAlone(t *testing.T) {
	dir := campaigntest.Approved(t)
	campaigntest.Edit(t, dir, "[campaign]", "[campaign]\napprovals = 2\nretired_keys = [\"lost.key\"]")
	campaigntest.Edit(t, dir, "[letters]", "[letters]\ntemplates = \"lost\"")
	campaigntest.Edit(t, dir, "[lookup]", "[lookup]\noverrides = \"contacts.csv\"")
	must(t, os.WriteFile(filepath.Join(dir, "contacts.csv"), []byte("match,email\nx,y\n"), 0o600))
	if _, err := campaign.Open(t.Context(), dir, nil); err == nil {
		t.Fatal("the campaign opens")
	}
	_, err := campaign.Stop(t.Context(), dir, "", "listed", "ann", time.Hour)
	must(t, err)
	if _, err := campaign.Resume(t.Context(), dir, "", "", "Ann"); !errors.Is(err, letter.ErrSamePerson) {
		t.Errorf("resumed by who stopped it: %v", err)
	}
	_, err = campaign.Resume(t.Context(), dir, "", "", "ben")
	must(t, err)
}

func TestAStopWithoutEffectIsRefused(t *testing.T) {
	dir := campaigntest.Approved(t)
	for _, name := range []string{"demo25", "ALL", "demo26 "} {
		if _, err := campaign.Stop(t.Context(), dir, name, "listed", "ann", time.Hour); !errors.Is(err, campaign.ErrNoCampaign) {
			t.Errorf("%q: %v", name, err)
		}
		if _, err := campaign.Resume(t.Context(), dir, name, "", "ann"); !errors.Is(err, campaign.ErrNoCampaign) {
			t.Errorf("%q: %v", name, err)
		}
	}
	if _, err := campaign.Resume(t.Context(), dir, "", "", "ann"); !errors.Is(err, ledger.ErrNotHalted) {
		t.Errorf("resumed what goes on: %v", err)
	}
	all, err := campaign.Halts(t.Context(), dir)
	if err != nil || len(all) > 0 {
		t.Errorf("%+v, %v", all, err)
	}
	for _, dir := range []string{t.TempDir(), filepath.Join(dir, "lost")} {
		if _, err := campaign.Stop(t.Context(), dir, "", "listed", "ann", time.Hour); err == nil {
			t.Error("stopped where there is no campaign")
		}
	}
	campaigntest.Edit(t, dir, "[campaign]", "ledger = \"lost/headsup.db\"\n[campaign]")
	if _, err := campaign.Stop(t.Context(), dir, "", "listed", "ann", time.Hour); err == nil {
		t.Error("stopped where there is no ledger")
	}
}

// Somebody asks not to be written to while a letter is on its way to the server:
// it turns back before its final dot.
func TestASuppressionTurnsBackTheLetterThatIsOnItsWay(t *testing.T) {
	var c *campaign.Campaign
	var once sync.Once
	m := &mails{got: map[string]int{}}
	dir := campaigntest.Many(t, 3, loopback.Options{Answer: func(to string, n int) loopback.Reply {
		once.Do(func() {
			list, err := letter.ParseSuppressions(to)
			if err == nil {
				err = c.Suppress(context.Background(), list, "tester")
			}
			if err != nil {
				t.Error(err)
			}
		})
		return m.answer(to, n)
	}})
	c = campaigntest.Open(t, dir, nil)
	sent, err := c.Send(t.Context(), campaign.SendOptions{Patience: -1})
	must(t, err)
	if sent.Letters != 2 || sent.Sum.States[letter.Sent] != 2 || sent.Sum.States[letter.Suppressed] != 1 || len(m.got) != 3 {
		t.Errorf("%d letters sent: %v; the server was asked for %v", sent.Letters, sent.Sum.States, m.got)
	}
}
