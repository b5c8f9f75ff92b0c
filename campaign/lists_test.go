package campaign_test

import (
	"bufio"
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"headsup/campaign"
	"headsup/campaign/campaigntest"
	"headsup/finding"
	"headsup/ledger"
	"headsup/letter"
)

// listed makes a campaign folder with contacts of its own.
func listed(t *testing.T, contacts string) (dir string) {
	t.Helper()
	dir = campaigntest.Folder(t, map[string]any{"lookup": map[string]any{"overrides": "contacts.csv"}})
	campaigntest.Edit(t, dir, "[letters]", "[letters]\npdf = false")
	campaigntest.Must(t, os.WriteFile(filepath.Join(dir, "contacts.csv"), []byte(contacts), 0o600))
	return dir
}

// letterAbout drafts what a scan of an address comes to, approves it, and
// returns to whom it is.
func letterAbout(t *testing.T, c *campaign.Campaign, addr string) (to string) {
	t.Helper()
	ctx := context.Background()
	_, err := c.Draft(ctx, []campaign.Source{campaigntest.Scan(addr)}, finding.Options{}, campaign.AskOptions{}, time.Now())
	campaigntest.Must(t, err)
	_, err = c.ApproveAll(ctx, "tester")
	campaigntest.Must(t, err)
	for e, err := range c.Letters(ctx, ledger.Filter{}) {
		campaigntest.Must(t, err)
		to = e.To
	}
	return to
}

// TestLists reads the lists of other houses where they are at hand. What is
// suppressed is so at once: the letter was approved before.
func TestLists(t *testing.T) {
	alone(t)
	t.Parallel()
	const dir = "../../shared/cases/lists"
	table, err := os.ReadFile(filepath.Join(dir, "expected.tsv"))
	if err != nil {
		t.Skipf("the cases are not here: %v", err)
	}
	lines := bufio.NewScanner(bytes.NewReader(table))
	lines.Scan() // the header
	for lines.Scan() {
		f := strings.Split(lines.Text(), "\t")
		file, as, value, want, to := f[0], f[1], f[2], f[3], f[4]
		t.Run(strings.Join(f[:3], " "), func(t *testing.T) {
			contacts := "match,email\n192.0.2.0/24,abuse@example.net\n"
			if as == "contacts" {
				text, err := os.ReadFile(filepath.Join(dir, file))
				campaigntest.Must(t, err)
				contacts = string(text)
			}
			folder := listed(t, contacts)
			c, err := campaign.Open(t.Context(), folder, nil)
			if as == "contacts" && want == "refused" {
				if err == nil || !strings.Contains(err.Error(), "contacts.csv:2: email: ") {
					t.Errorf("%v, want an error that names row and column", err)
				}
				return
			}
			campaigntest.Must(t, err)
			defer c.Close()
			wrote := letterAbout(t, c, "192.0.2.1")
			if as == "contacts" {
				if wrote != to {
					t.Errorf("written to %q, want %q", wrote, to)
				}
				return
			}
			checkSuppressed(t, c, suppressAs(t, c, as, filepath.Join(dir, file), value), want)
		})
	}
}

// suppressAs suppresses a value, or the rows of a file, and returns why it could not.
func suppressAs(t *testing.T, c *campaign.Campaign, as, file, value string) error {
	t.Helper()
	if as == "suppress" {
		list, err := letter.ParseSuppressions(value)
		if err == nil {
			err = c.Suppress(t.Context(), list, "tester")
		}
		return err
	}
	unread, err := c.ImportSuppressions(t.Context(), campaign.File(file), "tester")
	for _, err := range []error{err, unread.File, unread.Row} {
		if err != nil {
			return err
		}
	}
	return nil
}

// checkSuppressed sends what may be sent. A list that was refused has left
// nothing behind, and never covers nobody.
func checkSuppressed(t *testing.T, c *campaign.Campaign, refused error, want string) {
	t.Helper()
	list, err := c.Suppressions(t.Context())
	campaigntest.Must(t, err)
	sent, err := c.Send(t.Context(), campaign.SendOptions{})
	campaigntest.Must(t, err)
	got := "written"
	switch {
	case refused != nil:
		got = "refused"
		if len(list) > 0 {
			t.Errorf("refused with %v, and kept %v", refused, list)
		}
	case sent.Sum.Suppressed == 1 && sent.Sum.States[letter.Suppressed] == 1 && sent.Letters == 0:
		got = "suppressed"
	case list[0].Scope == letter.ByPrefix && want == "either":
		got = "suppressed" // about other addresses
	}
	if got != want && !(want == "either" && got != "written") {
		t.Errorf("%s (%v), want %s", got, refused, want)
	}
}

// TestOneBadRowLosesNoOther has a list and a table of contacts with a bad row each.
func TestOneBadRowLosesNoOther(t *testing.T) {
	alone(t)
	dir := listed(t, "match,email\n192.0.2.0/24,abuse@example.net\n")
	var told []string
	c := campaigntest.Open(t, dir, func(e campaign.Event) {
		if bad, ok := e.(campaign.BadRow); ok {
			told = append(told, bad.Err.Error())
		}
	})
	letterAbout(t, c, "192.0.2.1")
	list := "value;reason\n192.0.2.300;asked\nabuse@example.net;asked\nAS64500;asked\nisp.example;asked\n"
	unread, err := c.ImportSuppressions(t.Context(), campaign.Stream("list.csv", strings.NewReader(list)), "tester")
	campaigntest.Must(t, err)
	if len(told) != 2 || !strings.HasPrefix(told[0], "list.csv:2: ") || !strings.HasPrefix(told[1], "list.csv: suppression of as64500: ") || unread.Row == nil || unread.File != nil {
		t.Errorf("told %q, %+v", told, unread)
	}
	checkSuppressed(t, c, nil, "suppressed")
	kept, err := c.Suppressions(t.Context())
	if err != nil || len(kept) != 2 {
		t.Errorf("%v kept, %v, want two", kept, err)
	}
	_, err = c.ImportSuppressions(t.Context(), campaign.File(filepath.Join(dir, "none.csv")), "tester")
	if err == nil {
		t.Error("a list that is not there was read")
	}
	unread, err = c.ImportSuppressions(t.Context(), campaign.Stream("list.csv", strings.NewReader("value\nexample.org\n\"isp")), "tester")
	if err != nil || unread.File == nil {
		t.Errorf("a list that breaks off in a quote: %+v, %v", unread, err)
	}
}

func TestBadContactsAreNamedByRow(t *testing.T) {
	alone(t)
	for _, c := range []struct{ name, email, want string }{
		{"two mailboxes in a cell", `"abuse@example.net, noc@example.net"`, `contacts.csv:3: email: `},
		{"no mail address", "abuse at example.net", `contacts.csv:3: email: `},
		{"nothing", "", `contacts.csv:3: email: `},
	} {
		dir := listed(t, "match,email\n198.51.100.0/24,abuse@isp.example\n192.0.2.0/24,"+c.email+"\n203.0.113.300,abuse@isp.example\n")
		_, err := campaign.Open(t.Context(), dir, nil)
		if err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), "contacts.csv:4: match: ") || strings.Contains(err.Error(), "contacts.csv:2") {
			t.Errorf("%s: %v, want rows 3 and 4 named", c.name, err)
		}
	}
}
