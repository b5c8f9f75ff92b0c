package campaign_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"headsup/campaign"
	"headsup/campaign/campaigntest"
	"headsup/inbox"
	"headsup/ledger"
	"headsup/letter"
)

const (
	answer = "From: desk@carrier.example\nTo: " + campaigntest.Sender + "\nMessage-ID: <a@carrier.example>\nSubject: Re\n\nDone.\n"
	bounce = "From: MAILER-DAEMON@mx.example\nTo: " + campaigntest.Sender + "\nMessage-ID: <b@mx.example>\n" +
		"Subject: Undelivered\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example\n\nFinal-Recipient: rfc822; abuse@carrier.example\nAction: failed\nStatus: 5.1.1\n"
	expired = "From: MAILER-DAEMON@mx.example\nTo: " + campaigntest.Sender + "\nMessage-ID: <c@mx.example>\n" +
		"Subject: Undelivered\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example\n\nFinal-Recipient: rfc822; abuse@carrier.example\nAction: failed\nStatus: 4.4.7\n"
)

// oneMail returns the message of a Maildir, and whether it still is new there.
func oneMail(t *testing.T, text string) (m inbox.Message, unseen func() bool) {
	t.Helper()
	dir := t.TempDir()
	for _, folder := range []string{"cur", "new", "tmp"} {
		must(t, os.Mkdir(filepath.Join(dir, folder), 0o755))
	}
	name := filepath.Join(dir, "new", "1.message")
	must(t, os.WriteFile(name, []byte(text), 0o644))
	for m, err := range inbox.Mailbox(dir) {
		must(t, err)
		return m, func() bool { _, err := os.Stat(name); return err == nil }
	}
	t.Fatal("no message in the Maildir")
	return m, nil
}

// TestWhatComesBackSettlesAnUnknownLetter lets a sender die after the final
// dot, and at work.
func TestWhatComesBackSettlesAnUnknownLetter(t *testing.T) {
	for _, tt := range []struct {
		name, message string
		dead          bool // the sender has died
		want          letter.State
		kind          string
		result        campaign.Result
	}{
		{"an answer shows that it arrived", answer, true, letter.Sent, "answer", campaign.Recorded},
		{"a bounce shows that it did not", bounce, true, letter.Bounced, letter.Bounce, campaign.Recorded},
		{"a server that was never reached kills no mailbox", expired, true, letter.Bounced, letter.Expired, campaign.Recorded},
		{"a report that overtakes the reply waits for the next reading", bounce, false, letter.Sending, "claimed", campaign.Left},
	} {
		t.Run(tt.name, func(t *testing.T) {
			dir := campaigntest.Approved(t)
			senderDies(t, dir)
			if tt.dead {
				l, err := ledger.Open(t.Context(), filepath.Join(dir, "headsup.db"))
				must(t, err)
				_, _, err = l.Recover(t.Context())
				must(t, err)
				must(t, l.Close())
			}
			c := campaigntest.Open(t, dir, nil)
			m, unseen := oneMail(t, tt.message)
			dry, err := c.Take(t.Context(), m, true)
			if err != nil || !unseen() || dry.State != tt.want {
				t.Errorf("a dry run: %+v, %v", dry, err)
			}
			in, err := c.Take(t.Context(), m, false)
			if err != nil || in.Result != tt.result || in.State != tt.want || unseen() != (tt.result == campaign.Left) {
				t.Errorf("%+v, unseen %v, %v", in, unseen(), err)
			}
			m, _ = oneMail(t, tt.message)
			if again, err := c.Take(t.Context(), m, false); err != nil || tt.dead && again.Result != campaign.Known {
				t.Errorf("again: %+v, %v", again, err)
			}
			e, err := c.Entry(t.Context(), campaigntest.Letter)
			if err != nil || e.State != tt.want {
				t.Errorf("the letter is %s, want %s: %v", e.State, tt.want, err)
			}
			events, err := c.History(t.Context(), campaigntest.Letter)
			must(t, err)
			if !slices.ContainsFunc(events, func(e ledger.HistoryEntry) bool { return e.Kind == tt.kind }) {
				t.Errorf("no event %q: %+v", tt.kind, events)
			}
		})
	}
}

func TestTakeAllReadsOnBehindWhatCannotBeRead(t *testing.T) {
	dir := campaigntest.Approved(t)
	var told []campaign.Event
	c := campaigntest.Open(t, dir, func(e campaign.Event) {
		if _, ok := e.(campaign.Progress); !ok {
			told = append(told, e)
		}
	})
	boxes := []campaign.Mailbox{inbox.Mailbox(filepath.Join(dir, "nothing")), inbox.Messages("stdin", strings.NewReader(answer))}
	got, err := c.TakeAll(t.Context(), boxes, false)
	if err != nil || got.Read != 1 || got.Left != 0 || got.Unread == nil || len(told) != 2 {
		t.Errorf("%+v, %v, told %+v", got, err, told)
	}
	if _, err := c.IMAP(t.Context(), false); err != campaign.ErrNoIMAP {
		t.Errorf("no [imap]: %v", err)
	}
}
