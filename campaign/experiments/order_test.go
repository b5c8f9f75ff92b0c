package experiments_test

import (
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"headsup/campaign"
	"headsup/campaign/campaigntest"
	"headsup/campaign/experiments"
	"headsup/finding"
	"headsup/ledger"
	"headsup/letter"
	"headsup/outcome/experiment"
)

// drafted makes a campaign with drafts to n organisations. The first two
// mailboxes belong to one of them, by the domain that both have registered.
func drafted(t *testing.T, n int) *campaign.Campaign {
	t.Helper()
	dir := campaigntest.Folder(t, map[string]any{"lookup": map[string]any{"overrides": "contacts.csv"}})
	campaigntest.Edit(t, dir, "[letters]", "[letters]\npdf = false")
	campaigntest.Edit(t, dir, "[campaign]", "[campaign]\nstages = []\nmx = false")
	contacts := "match,email\n198.51.100.200/32,noc@eu.isp0.example\n"
	addresses := []string{"198.51.100.200"}
	for i := range n {
		addresses = append(addresses, fmt.Sprintf("198.51.100.%d", i))
		contacts += fmt.Sprintf("198.51.100.%d/32,abuse@isp%d.example\n", i, i)
	}
	campaigntest.Must(t, os.WriteFile(filepath.Join(dir, "contacts.csv"), []byte(contacts), 0o644))
	c := campaigntest.Open(t, dir, nil)
	_, err := c.Draft(t.Context(), []campaign.Source{campaigntest.Scan(addresses...)}, finding.Options{}, campaign.AskOptions{}, time.Now())
	campaigntest.Must(t, err)
	return c
}

// leaving approves all letters and returns their mailboxes as they leave.
func leaving(t *testing.T, c *campaign.Campaign) (order []string) {
	t.Helper()
	ctx := t.Context()
	_, err := c.ApproveAll(ctx, "jane")
	campaigntest.Must(t, err)
	o, err := campaign.Within(c).Ledger.Outbox(ctx, ledger.OutboxOptions{Campaign: c.ID()})
	campaigntest.Must(t, err)
	defer o.Close(ctx)
	for {
		es, _, err := o.Claim(ctx, 1)
		campaigntest.Must(t, err)
		if len(es) == 0 {
			return order
		}
		order = append(order, es[0].To)
		campaigntest.Must(t, o.Settle(ctx, es[0], letter.Outcome{State: letter.Deferred, Phase: letter.Connected, Code: 451})())
	}
}

func TestAHashWithTheKeyDrawsTheOrderOfSending(t *testing.T) {
	c := drafted(t, 8)
	turn := func(mailbox string) float64 {
		return experiment.Plan{Campaign: "demo26"}.Turn([]byte(campaigntest.Key), experiment.MailKey(mailbox))
	}
	got := leaving(t, c)
	if len(got) != 9 || !slices.IsSortedFunc(got, func(a, b string) int { return cmp.Compare(turn(a), turn(b)) }) {
		t.Errorf("%q", got)
	}
	if i := slices.Index(got, "abuse@isp0.example"); i < 0 || got[min(i+1, 8)] != "noc@eu.isp0.example" && got[max(i-1, 0)] != "noc@eu.isp0.example" {
		t.Errorf("two mailboxes of one organisation leave apart: %q", got)
	}
}

func TestASealedOrderSendsTheEarlyFirst(t *testing.T) {
	c := drafted(t, 12)
	s, err := experiments.Freeze(t.Context(), c, "jane", time.Now())
	campaigntest.Must(t, err)
	var arms []string
	for _, mailbox := range leaving(t, c) {
		a, _ := s.Of(experiment.MailKey(mailbox))
		arms = append(arms, a.Arm)
	}
	if !slices.IsSorted(arms) || len(arms) != 13 || arms[0] != experiment.Early || arms[12] != experiment.Late {
		t.Errorf("they left as %s", strings.Join(arms, " "))
	}
}
