package campaign_test

import (
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"headsup/campaign"
	"headsup/campaign/campaigntest"
	"headsup/ledger"
	"headsup/letter"
)

// senderDies claims and marks the letter of a campaign, as a sender does that
// dies after the final dot.
func senderDies(t *testing.T, dir string) letter.Envelope {
	t.Helper()
	l, err := ledger.Open(t.Context(), filepath.Join(dir, "headsup.db"))
	must(t, err)
	defer l.Close()
	box, err := l.Outbox(t.Context(), ledger.OutboxOptions{})
	must(t, err)
	es, _, err := box.Claim(t.Context(), 1)
	must(t, err)
	must(t, box.Mark(t.Context(), es[0]))
	must(t, box.Close(t.Context()))
	return es[0]
}

func TestALogShowsThatALetterWasSent(t *testing.T) {
	dir := campaigntest.Approved(t)
	e := senderDies(t, dir)
	decided := 0
	c := campaigntest.Open(t, dir, func(e campaign.Event) {
		if _, ok := e.(campaign.Decided); ok {
			decided++
		}
	})
	logs := t.TempDir()
	older, newer, cut := filepath.Join(logs, "mail.log.1"), filepath.Join(logs, "mx,1.log"), filepath.Join(logs, "mail.log.2.gz")
	must(t, os.WriteFile(older, []byte("Mar  1 09:00:01 mail postfix/smtpd[1]: connect from localhost[127.0.0.1]\n"), 0o644))
	must(t, os.WriteFile(newer, []byte("Mar  2 09:00:01 mail postfix/cleanup[2]: 4F2A9C0: message-id=<"+e.MessageID+">\n"+
		"Mar  2 09:00:01 mail postfix/qmgr[3]: 4F2A9C0: from=<"+e.From+">, size=6123, nrcpt=1 (queue active)\n"), 0o644))
	must(t, os.WriteFile(cut, []byte("\x1f\x8b\x08"), 0o644))
	r, err := c.ResolveByLog(t.Context(), []campaign.Source{campaign.File(older)}, "tester")
	if err != nil || r.Untraced != 1 || r.Unread != nil || decided > 0 {
		t.Errorf("the log before: %+v, %v", r, err)
	}
	r, err = c.ResolveByLog(t.Context(), []campaign.Source{campaign.File(cut), campaign.File(older), campaign.File(newer)}, "tester")
	if err != nil || r.Unread == nil || !strings.Contains(r.Unread.Error(), cut) || r.Untraced != 0 || decided != 1 {
		t.Errorf("a log that is cut short beside the right one: %+v, %v", r, err)
	}
	now, err := c.Entry(t.Context(), e.LetterID)
	must(t, err)
	if now.State != letter.Sent || !strings.Contains(now.Reason, "mx,1.log: Mar 2 09:00:01 mail postfix/qmgr[3]: 4F2A9C0") {
		t.Errorf("the letter is %s: %s", now.State, now.Reason)
	}
}

func TestAPersonSaysWhatBecameOfALetter(t *testing.T) {
	for _, to := range []letter.State{letter.Sent, letter.Failed, letter.Approved} {
		dir := campaigntest.Approved(t)
		e := senderDies(t, dir)
		c := campaigntest.Open(t, dir, nil)
		d, err := c.Resolve(t.Context(), []string{e.LetterID, "demo26-0000000000"}, to, "tester", "asked")
		if err != nil || d.Done != 1 || d.Refused == nil {
			t.Errorf("%+v, %v", d, err)
		}
		if now, err := c.Entry(t.Context(), e.LetterID); err != nil || now.State != to {
			t.Errorf("the letter is %s, want %s: %v", now.State, to, err)
		}
	}
}

func TestARuleTakesLettersAsSent(t *testing.T) {
	dir := campaigntest.Approved(t)
	e := senderDies(t, dir)
	_, err := campaigntest.Open(t, dir, nil).ResolveByLog(t.Context(), nil, "tester") // what a dead sender left is unknown
	must(t, err)
	old := "[campaign]"
	for _, tt := range []struct {
		after string
		want  letter.State
	}{
		{"0s", letter.Unknown}, {"1h", letter.Unknown}, {"1ns", letter.Sent},
	} {
		rule := "[campaign]\nassume_sent = \"" + tt.after + "\""
		campaigntest.Edit(t, dir, old, rule)
		old = rule
		c := campaigntest.Open(t, dir, nil)
		must(t, c.Assume(t.Context()))
		if now, err := c.Entry(t.Context(), e.LetterID); err != nil || now.State != tt.want {
			t.Errorf("after %v: the letter is %s, want %s: %v", tt.after, now.State, tt.want, err)
		}
	}
	events, err := campaigntest.Open(t, dir, nil).History(t.Context(), e.LetterID)
	must(t, err)
	if last := events[len(events)-1]; last.By != "assume_sent" || last.At.After(time.Now().Add(time.Minute)) {
		t.Errorf("nobody knows why: %+v", last)
	}
}

// A ledger that was put back knows less than the mail server's log.
func TestALogSettlesALetterInWhateverStateItIs(t *testing.T) {
	alone(t)
	t.Parallel()
	for _, state := range []letter.State{letter.Drafted, letter.Held, letter.Approved, letter.Deferred, letter.Failed, letter.Unknown, letter.Suppressed} {
		dir := campaigntest.Approved(t)
		forget(t, dir, "UPDATE letters SET state = '"+string(state)+"'")
		c := campaigntest.Open(t, dir, nil)
		e, err := c.Entry(t.Context(), campaigntest.Letter)
		must(t, err)
		log := "Mar  2 09:00:01 mail postfix/cleanup[2]: 4F2A9C0: message-id=<" + e.MessageID + ">\n" +
			"Mar  2 09:00:01 mail postfix/qmgr[3]: 4F2A9C0: from=<" + e.From + ">, size=6123, nrcpt=1 (queue active)\n"
		r, err := c.ResolveByLog(t.Context(), []campaign.Source{campaign.Stream("mail.log", strings.NewReader(log))}, "tester")
		if err != nil || r.Done != 1 || r.Untraced != 0 {
			t.Errorf("%s: %+v, %v", state, r, err)
		}
		now, err := c.Entry(t.Context(), campaigntest.Letter)
		must(t, err)
		history, err := c.History(t.Context(), campaigntest.Letter)
		must(t, err)
		if last := history[len(history)-1]; now.State != letter.Sent || last.By != "tester" || !strings.Contains(last.Text, "4F2A9C0") {
			t.Errorf("%s: it is %s; %+v", state, now.State, last)
		}
		if sent, err := c.Send(t.Context(), campaign.SendOptions{}); err != nil || sent.Letters != 0 {
			t.Errorf("%s: %d letters were sent again: %v", state, sent.Letters, err)
		}
	}
}

// Somebody answers while the log is read.
func TestALogPassesOverWhatWasSettledMeanwhile(t *testing.T) {
	dir := campaigntest.Approved(t)
	e := senderDies(t, dir)
	refused := 0
	c := campaigntest.Open(t, dir, func(e campaign.Event) {
		if _, ok := e.(campaign.Refused); ok {
			refused++
		}
	})
	log := campaign.Source{Name: "mail.log", Open: func() (io.ReadCloser, error) {
		_, err := campaigntest.Open(t, dir, nil).Resolve(t.Context(), []string{e.LetterID}, letter.Sent, "somebody", "an answer came")
		return io.NopCloser(strings.NewReader("Mar  2 09:00:01 mail postfix/cleanup[2]: 4F2A9C0: message-id=<" + e.MessageID + ">\n" +
			"Mar  2 09:00:01 mail postfix/qmgr[3]: 4F2A9C0: from=<" + e.From + ">, size=6123, nrcpt=1 (queue active)\n")), err
	}}
	if r, err := c.ResolveByLog(t.Context(), []campaign.Source{log}, "tester"); err != nil || r.Refused != nil || refused != 0 {
		t.Errorf("%+v, %v", r, err)
	}
	if now, err := c.Entry(t.Context(), e.LetterID); err != nil || now.Reason != "an answer came" {
		t.Errorf("%+v, %v", now, err)
	}
}
