package campaign_test

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"headsup/campaign"
	"headsup/campaign/campaigntest"
	"headsup/finding"
	"headsup/inbox"
	"headsup/ledger"
	"headsup/letter"
)

// TestCasesOfMail takes in the messages of other houses where they are at hand.
// They are about a letter that was sent. They bear what it was sent with, but
// for those of strangers.
func TestCasesOfMail(t *testing.T) {
	alone(t)
	t.Parallel()
	const dir = "../../shared/cases/mail"
	table, err := os.ReadFile(filepath.Join(dir, "expected.tsv"))
	if err != nil {
		t.Skip("the cases are not here: ", err)
	}
	rows := csv.NewReader(bytes.NewReader(table))
	rows.Comma, rows.LazyQuotes, rows.FieldsPerRecord = '\t', true, -1
	all, err := rows.ReadAll()
	must(t, err)
	folder := sentFolder(t, "abuse@example-hosting.example")
	first := campaigntest.Open(t, folder, nil)
	for _, row := range all[1:] {
		file, shouldBe, action, state, again, reason, effect := row[0], row[1], row[2], row[3], row[4], row[5], row[6]
		t.Run(file, func(t *testing.T) {
			c := campaigntest.Open(t, copyFolder(t, folder), nil)
			c.Learn(first)
			text, err := os.ReadFile(filepath.Join(dir, file))
			must(t, err)
			if !strings.HasPrefix(file, "stranger-") && !strings.HasPrefix(file, "forged-") {
				text = asSent(t, c, text)
			}
			var ids []string
			for m, err := range inbox.Messages(file, bytes.NewReader(text)) {
				must(t, err)
				in, err := c.Take(t.Context(), m, false)
				must(t, err)
				is := string(in.Kind)
				if in.Kind == letter.Delivery {
					is += ":" + said(in.Delivery)
				}
				stated := action == "done" && (reason != "" || in.Delivery != letter.ActionDelayed)
				if is != shouldBe || stated && string(in.Class) != reason || string(in.Action) != action {
					t.Errorf("%s %q for %s, want %s %q for %s", is, in.Class, in.Action, shouldBe, reason, action)
				}
				ids = append(ids, in.MessageID)
			}
			if filepath.Ext(file) == ".mbox" {
				if _, want, _ := strings.Cut(effect, ": "); strings.Join(ids, " ") != want {
					t.Errorf("messages %q, want %q", ids, want)
				}
			}
			checkLeft(t, c, state == "returned", again == "yes")
		})
	}
}

// checkLeft looks at the one letter of a campaign, and whether its mailbox may
// be written to again.
func checkLeft(t *testing.T, c *campaign.Campaign, returned, again bool) {
	t.Helper()
	for e, err := range c.Letters(t.Context(), ledger.Filter{}) {
		must(t, err)
		if want := map[bool]letter.State{true: letter.Bounced, false: letter.Sent}[returned]; e.State != want {
			t.Errorf("the letter is %s, want %s", e.State, want)
		}
	}
	list, err := c.Suppressions(t.Context())
	must(t, err)
	dead, err := c.Dead(t.Context())
	must(t, err)
	if written := len(list)+len(dead) == 0; written != again {
		t.Errorf("it may be written to again: %v, want %v: suppressed %v, dead %v", written, again, list, dead)
	}
}

// asSent puts the tag of the campaign's letter where messages have its reference
// in addresses, Message-IDs, its own field and the subject of its mailto.
func asSent(t *testing.T, c *campaign.Campaign, text []byte) []byte {
	t.Helper()
	for e, err := range c.Letters(t.Context(), ledger.Filter{}) {
		must(t, err)
		tag, _, _ := strings.Cut(e.MessageID, "@")
		for _, form := range []string{"%s@", "X-Headsup-Report-Id: %s", "Subject: unsubscribe %s"} {
			text = bytes.ReplaceAll(text, fmt.Appendf(nil, form, e.ID), fmt.Appendf(nil, form, tag))
		}
	}
	return text
}

// said is the word of the cases for what a report says: who has passed a letter
// on has had it.
func said(a letter.Action) string {
	if a == letter.ActionExpanded || a == letter.ActionRelayed {
		a = letter.ActionDelivered
	}
	return string(a)
}

// sentFolder makes a campaign folder with one letter, to mailbox, which was sent.
func sentFolder(t *testing.T, mailbox string) (dir string) {
	t.Helper()
	dir = campaigntest.Folder(t, map[string]any{"lookup": map[string]any{"overrides": "contacts.csv"}})
	must(t, os.WriteFile(filepath.Join(dir, "contacts.csv"), []byte("match,email\n192.0.2.0/24,"+mailbox+"\n"), 0o600))
	c, err := campaign.Open(t.Context(), dir, nil)
	must(t, err)
	_, err = c.Draft(t.Context(), []campaign.Source{campaigntest.Scan("192.0.2.65")}, finding.Options{}, campaign.AskOptions{}, time.Now())
	must(t, err)
	_, err = c.ApproveAll(t.Context(), "tester")
	must(t, err)
	_, err = c.Send(t.Context(), campaign.SendOptions{})
	must(t, err)
	must(t, c.Close())
	return dir
}
