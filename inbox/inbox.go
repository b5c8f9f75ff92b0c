// Package inbox reads the mail that comes in: mailboxes and their messages,
// and what a message says of a letter.
//
// A message is hostile: its size, its parts and its text have caps, and what
// is shown of it is printable. It proves nothing about who wrote it. What it
// means for the letter is decided elsewhere, and nothing is ever answered.
package inbox

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net/mail"
	"strings"
	"time"

	"headsup/finding"
	"headsup/letter"
)

// Caps on what strangers send.
const (
	maxMessage    = 32 << 20 // bytes read of one message
	maxKeys       = 50
	maxRecipients = 50
	maxExcerpt    = 2000
	maxValue      = 500 // of a line, or anything else that is kept of a message
)

// clean makes strangers' words one printable line.
func clean(s string) string { return finding.Clean(s, maxValue) }

// Read says what a message that came back is about.
//
// Its Keys are, in this order: the addresses that it was sent to, one of
// which is the envelope sender of the letter, and their tags; the envelope ID and Message-IDs
// that it names; and the letter references in its subject and text. They are
// what the sender of the message wrote, and prove nothing about who that is.
//
// A message that says of nothing that it failed is never a failure: where
// prose gives only a passing reason, the action is delayed.
func Read(r io.Reader) (letter.Return, error) {
	text, err := io.ReadAll(io.LimitReader(r, maxMessage))
	if err != nil {
		return letter.Return{}, err
	}
	m, err := parse(text)
	if err != nil {
		return letter.Return{}, fmt.Errorf("not a mail message: %w", err)
	}
	id := clean(angle(m.header.Get("Message-Id")))
	ret := letter.Return{
		MessageID: id,
		From:      clean(firstAddress(m.header.Get("From"))),
		Subject:   clean(m.header.Get("Subject")),
		Date:      m.date(),
		Ref:       cmp.Or(id, digest(text)),
	}
	ret.Kind, ret.Recipients = m.kind()
	ret.Recipients = ret.Recipients[:min(len(ret.Recipients), maxRecipients)]
	ret.Keys, ret.Tokens = m.keys() // also what an enclosed report names
	ret.Verdict = m.vouched
	own := letter.Own(m.text, "")
	ret.Text = excerpt(own)
	if ret.Kind == letter.Reply {
		ret.Wording = letter.Wording{Subject: m.header.Get("Subject"), Text: own, From: m.header.Get("From")}
	}
	return ret, nil
}

// kind says what a message is, and whom it is about. Reports in a form of their
// own come first, then the words of mail systems, machines and people.
func (m *parsed) kind() (letter.ReturnKind, []letter.Recipient) {
	switch {
	case m.feedback != nil:
		return m.readFeedback()
	case m.isOldComplaint():
		return letter.Complaint, m.complained()
	case m.isPolicyReport():
		return letter.Report, nil
	}
	rs := m.report()
	m.judge(rs)
	switch {
	case len(rs) > 0:
		return letter.Delivery, rs
	case m.isAutomatic():
		return letter.AutoReply, nil
	}
	return letter.Reply, nil
}

// digest stands for a message that has no Message-ID.
func digest(text []byte) string {
	h := sha256.Sum256(text)
	return "sha256:" + hex.EncodeToString(h[:])
}

// report reads what the message says of deliveries, in whatever form, if it
// comes from a mail system.
func (m *parsed) report() []letter.Recipient {
	if m.passedOn() {
		return nil
	}
	rs := m.reported()
	if len(rs) == 0 {
		rs = m.refusedByList()
	}
	if len(rs) > 0 || !m.isProse() {
		return rs
	}
	if in := m.enclosed(); in != nil {
		m.status, m.original, m.text = in.status, in.original, in.text
		rs = m.reported()
	}
	if len(rs) == 0 {
		rs = m.prose()
	}
	return rs
}

// excerpt makes text printable and short, and keeps its lines.
func excerpt(text string) string {
	var b strings.Builder
	for line := range strings.SplitSeq(strings.TrimSpace(text), "\n") {
		if line = clean(line); b.Len()+len(line) >= maxExcerpt {
			break
		}
		b.WriteString(line + "\n")
	}
	return strings.TrimSpace(b.String())
}

func (m *parsed) date() time.Time {
	t, err := mail.ParseDate(m.header.Get("Date"))
	if t = t.UTC(); err != nil || t.Year() < 1970 || t.Year() > 9998 { // JSON has four digits
		return time.Time{}
	}
	return t
}

func angle(id string) string { return strings.Trim(strings.TrimSpace(id), "<>") }

// mbox is the line that separates messages in an mbox file, and that some
// programs leave above a message.
var mbox = []byte("From ")

// unmbox takes the separator and empty lines from above a message.
func unmbox(text []byte) []byte {
	text = bytes.TrimLeft(text, "\r\n")
	for bytes.HasPrefix(text, mbox) || bytes.HasPrefix(text, []byte(">From ")) {
		_, rest, _ := bytes.Cut(text, []byte("\n"))
		text = bytes.TrimLeft(rest, "\r\n")
	}
	return text
}
