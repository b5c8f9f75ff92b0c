package campaign_test

import (
	"bytes"
	"context"
	"database/sql"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"headsup/campaign"
	"headsup/campaign/campaigntest"
	"headsup/campaign/post"
	"headsup/finding"
	"headsup/ledger"
	"headsup/letter"
)

var must = campaigntest.Must

// program is what another face of headsup looks like: it takes a scan to sent
// letters through this package alone.
func program(ctx context.Context, folder, scan string) (events []campaign.Event, sum letter.Sum, err error) {
	var mu sync.Mutex
	c, err := campaign.Open(ctx, folder, func(e campaign.Event) {
		mu.Lock()
		defer mu.Unlock()
		events = append(events, e)
	})
	if err != nil {
		return nil, sum, err
	}
	defer c.Close()
	if _, err := c.Import(ctx, []campaign.Source{campaign.File(scan)}, finding.Options{}); err != nil {
		return events, sum, err
	}
	if err := c.Ask(ctx, campaign.AskOptions{}); err != nil {
		return events, sum, err
	}
	if err := c.Compose(ctx, time.Now()); err != nil {
		return events, sum, err
	}
	if _, err := c.ApproveAll(ctx, "program"); err != nil {
		return events, sum, err
	}
	sent, err := c.Send(ctx, campaign.SendOptions{Patience: -1})
	if err != nil {
		return events, sum, err
	}
	return events, sent.Sum, sent.Sum.Check()
}

func TestAProgramSendsThroughThisPackageAloneAndItPrintsNothing(t *testing.T) {
	dir := campaigntest.Folder(t, nil)
	scan := filepath.Join(dir, "scan.csv")
	must(t, os.WriteFile(scan, []byte("ip,port,proto,kind,service,seen\n198.51.100.1,25,tcp,open-relay,smtp,2026-03-01T10:00:00Z\nno address,25\n"), 0o644))
	printed := captured(t, func() {
		events, sum, err := program(t.Context(), dir, scan)
		must(t, err)
		if sum.States[letter.Sent] != 1 || sum.Rows != 2 || sum.Rejected != 1 {
			t.Errorf("the sum %+v", sum)
		}
		told := map[string]int{}
		for _, e := range events {
			switch e := e.(type) {
			case campaign.BadRow:
				told["bad row"]++
			case campaign.Drafted:
				told["drafted "+e.To]++
			case campaign.Decided:
				told[string(e.State)+" "+e.ID]++
			case campaign.Attempt:
				told[string(e.Step)+" "+e.Letter]++
			}
		}
		for _, want := range []string{"bad row", "drafted " + campaigntest.To, "approved " + campaigntest.Letter,
			"claimed " + campaigntest.Letter, "dot " + campaigntest.Letter, "recorded " + campaigntest.Letter} {
			if told[want] != 1 {
				t.Errorf("%q was told %d times: %v", want, told[want], told)
			}
		}
	})
	if printed != "" {
		t.Errorf("it printed %q", printed)
	}
}

// captured returns what is written to the standard output and error meanwhile.
func captured(t *testing.T, do func()) string {
	t.Helper()
	r, w, err := os.Pipe()
	must(t, err)
	out, errs := os.Stdout, os.Stderr
	os.Stdout, os.Stderr = w, w
	text := make(chan string)
	go func() {
		var b bytes.Buffer
		io.Copy(&b, r)
		text <- b.String()
	}()
	func() {
		defer func() { os.Stdout, os.Stderr = out, errs }()
		do()
	}()
	must(t, w.Close())
	return <-text
}

// Pages, a command and a process that runs for months call the same campaign.
func TestSeveralCallsAtATime(t *testing.T) {
	dir := campaigntest.Folder(t, nil)
	c := campaigntest.Open(t, dir, nil)
	ctx := t.Context()
	var all sync.WaitGroup
	addresses := []string{"198.51.100.1", "192.0.2.1", "203.0.113.1", "192.0.2.65"}
	for _, a := range addresses {
		all.Go(func() {
			mine := 0
			told := c.Telling(func(e campaign.Event) { mine++ })
			if _, err := told.Draft(ctx, []campaign.Source{campaigntest.Scan(a)}, finding.Options{}, campaign.AskOptions{}, time.Now()); err != nil {
				t.Error(err)
			}
			if mine == 0 {
				t.Error("a call told nothing")
			}
		})
		all.Go(func() {
			for _, err := range c.Letters(ctx, ledger.Filter{}) {
				if err != nil {
					t.Error(err)
				}
			}
			if _, err := c.Sum(ctx); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	for range 3 {
		all.Go(func() {
			if _, err := c.ApproveAll(ctx, "tester"); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	sum, err := c.Sum(ctx)
	must(t, err)
	if sum.Check() != nil || sum.States[letter.Approved] != sum.Letters || sum.Letters == 0 {
		t.Errorf("the sum %+v", sum)
	}
}

// forget changes a ledger behind the program's back.
func forget(t *testing.T, dir, statement string) {
	t.Helper()
	db, err := sql.Open("sqlite", filepath.Join(dir, "headsup.db"))
	must(t, err)
	defer db.Close()
	_, err = db.Exec(statement)
	must(t, err)
}

func TestDecisionsReadNoBody(t *testing.T) {
	alone(t)
	dir := campaigntest.Folder(t, nil)
	c := campaigntest.Open(t, dir, nil)
	ctx := t.Context()
	_, err := c.Draft(ctx, []campaign.Source{campaigntest.Scan("198.51.100.1")}, finding.Options{}, campaign.AskOptions{}, time.Now())
	must(t, err)
	forget(t, dir, "DELETE FROM bodies")
	d, err := c.ApproveAll(ctx, "tester")
	if err != nil || d.Done != 1 {
		t.Errorf("approved %+v: %v", d, err)
	}
	if d, err = c.Hold(ctx, []string{campaigntest.Letter}, "wait", "tester"); err != nil || d.Done != 1 {
		t.Errorf("held %+v: %v", d, err)
	}
	if e, err := c.Entry(ctx, campaigntest.Letter); err != nil || e.State != letter.Held || e.Reason != "wait" {
		t.Errorf("%+v: %v", e, err)
	}
}

func TestAnApprovalIsOfWhatWasRead(t *testing.T) {
	alone(t)
	dir := campaigntest.Folder(t, nil)
	c := campaigntest.Open(t, dir, nil)
	ctx := t.Context()
	_, err := c.Draft(ctx, []campaign.Source{campaigntest.Scan("198.51.100.1")}, finding.Options{}, campaign.AskOptions{}, time.Now())
	must(t, err)
	d, err := c.Approve(ctx, []campaign.Review{{ID: campaigntest.Letter, Hash: "of other bytes"}}, "tester")
	if err != nil || d.Done != 0 || d.Refused == nil {
		t.Errorf("%+v: %v", d, err)
	}
	if _, err := c.Approve(ctx, []campaign.Review{{ID: campaigntest.Letter}, {ID: "demo26-nothing"}}, "tester"); err == nil {
		t.Error("an unknown letter was approved")
	}
	if e, err := c.Entry(ctx, campaigntest.Letter); err != nil || e.State != letter.Drafted {
		t.Errorf("one of two was approved although the other is unknown: %+v, %v", e, err)
	}
}

func TestALetterThatIsNamedAndNotThereIsAnError(t *testing.T) {
	alone(t)
	t.Parallel()
	dir := campaigntest.Approved(t)
	c := campaigntest.Open(t, dir, nil)
	f := ledger.Filter{IDs: []string{campaigntest.Letter, "demo26-0000000000", campaigntest.Letter}}
	for what, do := range map[string]func(dir string, ids []string) error{
		"export": func(dir string, ids []string) error { return c.Export(t.Context(), dir, ledger.Filter{IDs: ids}) },
		"print": func(dir string, ids []string) error {
			_, err := post.Print(t.Context(), c, dir, ledger.Filter{IDs: ids})
			return err
		},
		"site": func(dir string, ids []string) error { _, err := c.Site(t.Context(), dir, ids); return err },
	} {
		if err := do(t.TempDir(), f.IDs); err == nil || !strings.Contains(err.Error(), "demo26-0000000000") {
			t.Errorf("%s: %v", what, err)
		}
		if err := do(t.TempDir(), []string{campaigntest.Letter, campaigntest.Letter}); err != nil {
			t.Errorf("%s of a letter that is named twice: %v", what, err)
		}
	}
}
