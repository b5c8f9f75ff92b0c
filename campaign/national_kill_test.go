package campaign_test

import (
	"bufio"
	"context"
	"crypto/sha256"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"testing"
	"time"

	"headsup/campaign"
	"headsup/campaign/campaigntest"
	"headsup/finding"
	"headsup/ledger"
)

// nationalDay is printed on the letters of a nation.
var nationalDay = time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC)

// draftAndTell drafts what a campaign has read, in a process of its own, and
// prints a line for each draft that is in the ledger.
func draftAndTell(dir string) int {
	ctx := context.Background()
	c, err := campaign.Open(ctx, dir, func(e campaign.Event) {
		if d, ok := e.(campaign.Drafted); ok {
			fmt.Println(d.ID)
		}
	})
	if err == nil {
		err = c.Compose(ctx, nationalDay)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}

// TestADraftThatIsKilledGoesOn kills the writer again and again, each time
// after some letters more, and compares what is there in the end with what a
// writer writes that nobody disturbs.
func TestADraftThatIsKilledGoesOn(t *testing.T) {
	findings, kills := 6000, 3
	switch {
	case os.Getenv("HEADSUP_LONG") == "1":
		findings, kills = 200000, 20
	case os.Getenv("HEADSUP_REAL") != "1":
		t.Skip("neither HEADSUP_REAL=1 nor HEADSUP_LONG=1 is set")
	}
	n := newNation(findings)
	var drafts [2]map[string][sha256.Size]byte
	for i := range drafts {
		dir, scan := n.folder(t, "")
		if findings == 6000 {
			campaigntest.Edit(t, dir, "[letters]", "[letters]\npdf = false")
		}
		c := campaigntest.Open(t, dir, nil)
		must(t, second(c.Import(t.Context(), []campaign.Source{scan}, finding.Options{})))
		must(t, c.Ask(t.Context(), campaign.AskOptions{Offline: true}))
		if i == 0 {
			must(t, c.Compose(t.Context(), nationalDay))
		} else {
			killed(t, dir, len(drafts[0]), kills)
		}
		sum, err := c.Sum(t.Context())
		must(t, err)
		must(t, sum.Check())
		drafts[i] = allDrafts(t, c)
		t.Logf("%d letters, %+v", len(drafts[i]), sum)
	}
	if !maps.Equal(drafts[0], drafts[1]) {
		t.Errorf("of %d letters, %d after the kills, some differ", len(drafts[0]), len(drafts[1]))
	}
}

// killed drafts in processes that are killed after about a share of the letters
// each, and at last in one that ends.
func killed(t *testing.T, dir string, letters, kills int) {
	t.Helper()
	for k := range kills + 1 {
		at := time.Now()
		cmd := exec.Command(os.Args[0])
		cmd.Env, cmd.Stderr = append(os.Environ(), "HEADSUP_CAMPAIGN_DRAFT="+dir), os.Stderr
		out, err := cmd.StdoutPipe()
		must(t, err)
		must(t, cmd.Start())
		told, until := 0, letters*(k+1)/(kills+1)
		for lines := bufio.NewScanner(out); (k == kills || told < until) && lines.Scan(); told++ {
		}
		if k < kills {
			cmd.Process.Kill()
		}
		if err := cmd.Wait(); (err == nil) != (k == kills) || told < until {
			t.Fatalf("run %d ended after %d letters: %v", k, told, err)
		}
		t.Logf("run %d: %d letters in %v", k, told, time.Since(at))
	}
}

// allDrafts returns the bytes of all letters, as hashes, with what stands in them.
func allDrafts(t *testing.T, c *campaign.Campaign) map[string][sha256.Size]byte {
	t.Helper()
	all := map[string][sha256.Size]byte{}
	for e, err := range c.Letters(t.Context(), ledger.Filter{}) {
		must(t, err)
		r, err := c.Letter(t.Context(), e.ID)
		must(t, err)
		all[e.ID] = sha256.Sum256(fmt.Appendf(nil, "%s %s %q %q %+v", r.State, r.Hash, r.Rendered.Mail, r.Rendered.PDF, r.Letter.Findings))
	}
	return all
}
