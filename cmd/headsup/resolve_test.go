package main

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"headsup/ledger"
	"headsup/letter"
)

// senderDies makes a campaign whose sender died after the final dot of its one letter.
func senderDies(t *testing.T) (h *house, out *bytes.Buffer, e letter.Envelope) {
	t.Helper()
	h, out = newFilesHouse(t)
	box, err := h.ledger.Outbox(t.Context(), ledger.OutboxOptions{})
	must(t, err)
	es, _, err := box.Claim(t.Context(), 1)
	must(t, err)
	must(t, box.Mark(t.Context(), es[0]))
	if code, said := runIn(t, h.settings.Folder(), "resolve", "--log", os.DevNull); code != exitDone || !strings.Contains(said, "1 letter on the way") {
		t.Errorf("while it is sent: exit %d\n%s", code, said)
	}
	must(t, box.Close(t.Context()))
	return h, out, es[0]
}

// inDoubt makes a campaign whose one letter may have arrived.
func inDoubt(t *testing.T) (h *house, out *bytes.Buffer, e letter.Envelope) {
	t.Helper()
	h, out, e = senderDies(t)
	_, unknown, err := h.ledger.Recover(t.Context())
	must(t, err)
	if unknown != 1 {
		t.Fatalf("%d letters are unknown", unknown)
	}
	return h, out, e
}

func TestALetterOfADeadSenderIsInDoubtToo(t *testing.T) {
	h, _, e := senderDies(t)
	log := filepath.Join(t.TempDir(), "mainlog")
	must(t, os.WriteFile(log, nil, 0o644))
	if code, said := runIn(t, h.settings.Folder(), "resolve", "--log", log); code != exitLeftOver || !strings.Contains(said, "1 unknown letter in none of these logs\nhint: ") {
		t.Errorf("an empty log: exit %d\n%s", code, said)
	}
	must(t, os.WriteFile(log, []byte("2026-03-02 09:00:01 1tqXyZ-000000001Ab-2cDe <= "+e.From+" P=esmtps S=6123 id="+e.MessageID+"\n"), 0o644))
	if code, said := runIn(t, h.settings.Folder(), "resolve", "--log", log); code != exitDone || !strings.Contains(said, e.LetterID+"\tabuse@carrier.example\t1 finding\ten\tsent\t") {
		t.Errorf("exit %d\n%s", code, said)
	}
}

func TestALogShowsThatALetterWasSent(t *testing.T) {
	h, out, e := inDoubt(t)
	dir := t.TempDir()
	older, newer := filepath.Join(dir, "mail.log.1"), filepath.Join(dir, "mx,1.log")
	must(t, os.WriteFile(older, []byte("Mar  1 09:00:01 mail postfix/smtpd[1]: connect from localhost[127.0.0.1]\n"), 0o644))
	must(t, os.WriteFile(newer, []byte("Mar  2 09:00:01 mail postfix/cleanup[2]: 4F2A9C0: message-id=<"+e.MessageID+">\n"+
		"Mar  2 09:00:01 mail postfix/qmgr[3]: 4F2A9C0: from=<"+e.From+">, size=6123, nrcpt=1 (queue active)\n"), 0o644))
	if err := h.resolveByLog(t.Context(), []string{older}, "tester"); !errors.Is(err, errNoTrace) || out.Len() > 0 {
		t.Errorf("the log before: %v\n%s", err, out)
	}
	cut := filepath.Join(dir, "mail.log.2.gz")
	must(t, os.WriteFile(cut, []byte("\x1f\x8b\x08"), 0o644))
	var broken brokenFile
	if err := h.resolveByLog(t.Context(), []string{cut, older, newer}, "tester"); !errors.As(err, &broken) {
		t.Errorf("a log that is cut short: %v", err)
	}
	r, err := h.ledger.Letter(t.Context(), e.LetterID)
	must(t, err)
	if r.State != letter.Sent || !strings.Contains(r.Reason, "mx,1.log: Mar 2 09:00:01 mail postfix/qmgr[3]: 4F2A9C0") {
		t.Errorf("the letter is %s: %s", r.State, r.Reason)
	}
}

func TestARuleTakesLettersAsSent(t *testing.T) {
	h, _, e := inDoubt(t)
	for _, tt := range []struct {
		after time.Duration
		want  letter.State
	}{
		{0, letter.Unknown}, {time.Hour, letter.Unknown}, {time.Nanosecond, letter.Sent},
	} {
		h.settings.Campaign.AssumeSent.Duration = tt.after
		must(t, h.assume(t.Context()))
		r, err := h.ledger.Letter(t.Context(), e.LetterID)
		must(t, err)
		if r.State != tt.want {
			t.Errorf("after %v: the letter is %s, want %s", tt.after, r.State, tt.want)
		}
	}
	events, err := h.ledger.History(t.Context(), e.LetterID)
	must(t, err)
	if last := events[len(events)-1]; last.By != "assume_sent" {
		t.Errorf("nobody knows why: %+v", last)
	}
}
