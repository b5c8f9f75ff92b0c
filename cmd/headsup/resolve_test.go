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

// inDoubt makes a campaign whose one letter may have arrived.
func inDoubt(t *testing.T) (h *house, out *bytes.Buffer, e letter.Envelope) {
	t.Helper()
	h, out = newFilesHouse(t)
	box, err := h.ledger.Outbox(t.Context(), ledger.OutboxOptions{})
	must(t, err)
	es, _, err := box.Claim(t.Context(), 1)
	must(t, err)
	must(t, box.Mark(t.Context(), es[0]))
	must(t, box.Close(t.Context()))
	_, unknown, err := h.ledger.Recover(t.Context())
	must(t, err)
	if unknown != 1 {
		t.Fatalf("%d letters are unknown", unknown)
	}
	return h, out, es[0]
}

func TestALogShowsThatALetterWasSent(t *testing.T) {
	h, out, e := inDoubt(t)
	dir := t.TempDir()
	older, newer := filepath.Join(dir, "mail.log.1"), filepath.Join(dir, "mail.log")
	must(t, os.WriteFile(older, []byte("Mar  1 09:00:01 mail postfix/smtpd[1]: connect from localhost[127.0.0.1]\n"), 0o644))
	must(t, os.WriteFile(newer, []byte("Mar  2 09:00:01 mail postfix/cleanup[2]: 4F2A9C0: message-id=<"+e.MessageID+">\n"+
		"Mar  2 09:00:01 mail postfix/qmgr[3]: 4F2A9C0: from=<"+e.From+">, size=6123, nrcpt=1 (queue active)\n"), 0o644))
	if err := h.resolveByLog(t.Context(), []string{older}, "tester"); !errors.Is(err, errUnknown) || out.Len() > 0 {
		t.Errorf("the log before: %v\n%s", err, out)
	}
	must(t, h.resolveByLog(t.Context(), []string{older, newer}, "tester"))
	r, err := h.ledger.Letter(t.Context(), e.LetterID)
	must(t, err)
	if r.State != letter.Sent || !strings.Contains(r.Reason, "mail.log: Mar 2 09:00:01 mail postfix/qmgr[3]: 4F2A9C0") {
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
