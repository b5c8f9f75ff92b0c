package campaign_test

import (
	"bytes"
	"encoding/csv"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"headsup/campaign"
	"headsup/campaign/campaigntest"
	"headsup/finding"
	"headsup/inbox"
	"headsup/letter"
)

// TestCasesOfMail reads the messages of other houses where they are at hand.
// They are about a letter that was sent.
func TestCasesOfMail(t *testing.T) {
	const dir = "../../shared/cases/mail"
	table, err := os.ReadFile(filepath.Join(dir, "expected.tsv"))
	if err != nil {
		t.Skip("the cases are not here: ", err)
	}
	rows := csv.NewReader(bytes.NewReader(table))
	rows.Comma, rows.LazyQuotes, rows.FieldsPerRecord = '\t', true, -1
	all, err := rows.ReadAll()
	must(t, err)
	c := sentTo(t, "abuse@example-hosting.example")
	for _, row := range all[1:] {
		file, shouldBe, state, reason, effect := row[0], row[1], row[3], row[5], row[6]
		if strings.HasPrefix(shouldBe, "opt-out") && strings.HasPrefix(file, "stranger") {
			state = "sent"
		}
		t.Run(file, func(t *testing.T) {
			var ids []string
			for m, err := range inbox.Mailbox(filepath.Join(dir, file)) {
				must(t, err)
				in, err := c.Take(t.Context(), m, true)
				must(t, err)
				is := string(in.Kind)
				if in.Kind == letter.Delivery {
					is += ":" + said(in.Delivery)
				}
				stated := row[2] == "done" && (reason != "" || in.Delivery != letter.ActionDelayed)
				if is != shouldBe || stated && string(in.Class) != reason {
					t.Errorf("%s %q, want %s %q", is, in.Class, shouldBe, reason)
				}
				if in.Letter != "" && row[2] == "done" && (in.State == letter.Bounced) != (state == "returned") {
					t.Errorf("the letter is %s, want %s", in.State, state)
				}
				ids = append(ids, in.MessageID)
			}
			if filepath.Ext(file) == ".mbox" {
				if _, want, _ := strings.Cut(effect, ": "); strings.Join(ids, " ") != want {
					t.Errorf("messages %q, want %q", ids, want)
				}
			}
		})
	}
}

// said is the word of the cases for what a report says: who has passed a letter
// on has had it.
func said(a letter.Action) string {
	if a == letter.ActionExpanded || a == letter.ActionRelayed {
		a = letter.ActionDelivered
	}
	return string(a)
}

// sentTo opens a campaign with one letter, to mailbox, which was sent.
func sentTo(t *testing.T, mailbox string) *campaign.Campaign {
	t.Helper()
	dir := campaigntest.Folder(t, map[string]any{"lookup": map[string]any{"overrides": "contacts.csv"}})
	must(t, os.WriteFile(filepath.Join(dir, "contacts.csv"), []byte("match,email\n192.0.2.0/24,"+mailbox+"\n"), 0o600))
	c := campaigntest.Open(t, dir, nil)
	_, err := c.Draft(t.Context(), []campaign.Source{campaigntest.Scan("192.0.2.65")}, finding.Options{}, campaign.AskOptions{}, time.Now())
	must(t, err)
	_, err = c.ApproveAll(t.Context(), "tester")
	must(t, err)
	_, err = c.Send(t.Context(), campaign.SendOptions{})
	must(t, err)
	return c
}
