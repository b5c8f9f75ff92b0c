package inbox

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"headsup/letter"
)

// TestWhereAKeyedPartIsBelieved: only where nobody has it from but a letter's
// recipient and the servers on its way.
func TestWhereAKeyedPartIsBelieved(t *testing.T) {
	const id, key = "relay26-k3v9xq2m7d", "bp4w32dieoaimjjx"
	const tag = id + "-" + key
	const from = "From: jane@example.net\n"
	report := func(kind, fields, third, letter string) string {
		return from + "To: notices@example.org\nMIME-Version: 1.0\nContent-Type: multipart/report; boundary=b\n\n--b\nContent-Type: message/" + kind + "\n\n" + fields +
			"\n--b\nContent-Type: " + third + "\n\n" + letter + "\n--b--\n"
	}
	on, within := []letter.Token{{ID: id, Key: key}}, []letter.Token{{ID: id, Key: key, Within: true}}
	for _, tt := range []struct {
		name, text string
		want       []letter.Token
	}{
		{"its address", from + "To: notices+" + tag + "@example.org\n\nDone.\n", on},
		{"in capitals", from + "To: NOTICES+" + strings.ToUpper(tag) + "@EXAMPLE.ORG\n\nDone.\n", on},
		{"with a name", from + "To: \"Office\" <answers+" + tag + "@example.org>, else@example.org\n\nDone.\n", on},
		{"a mailbox of its own", from + "To: " + tag + "@returns.example.org\n\nDone.\n", on},
		{"a mailbox with a word before it", from + "Delivered-To: returns-" + tag + "@example.org\n\nDone.\n", on},
		{"rewritten by a server on the way", from + "X-Original-To: prvs=12ab=notices+" + tag + "@example.org\n\nDone.\n", on},
		{"what it answers", from + "In-Reply-To: <" + tag + "@example.org>\n\nDone.\n", on},
		{"what the thread begins with", from + "References: <x@example.net>\n <" + tag + "@example.org>\n\nDone.\n", on},
		{"the subject of the mailto", from + "Subject: unsubscribe " + tag + "\n\n", on},
		{"the Message-ID of the letter", report("delivery-status", "Final-Recipient: rfc822; a@example.net\nAction: failed\n", "text/rfc822-headers", "Message-ID: <"+tag+"@example.org>\n"), within},
		{"its envelope sender", report("delivery-status", "Final-Recipient: rfc822; a@example.net\nAction: failed\n", "message/rfc822", "Return-Path: <notices+"+tag+"@example.org>\nSubject: x\n\nhello\n"), within},
		{"its own field", report("feedback-report", "Feedback-Type: abuse\n", "message/rfc822", "X-Headsup-Report-Id: "+tag+"\n\nhello\n"), within},
		{"where answers to it go", report("feedback-report", "Feedback-Type: abuse\n", "message/rfc822", "Reply-To: answers+"+tag+"@example.org\n\nhello\n"), within},
		{"how to leave it", report("feedback-report", "Feedback-Type: abuse\n", "message/rfc822", "List-Unsubscribe: <mailto:answers+"+tag+"@example.org?subject=unsubscribe%20"+tag+">\n\nhello\n"), within},
		{"the envelope ID", report("delivery-status", "Original-Envelope-Id: "+tag+"\n\nFinal-Recipient: rfc822; a@example.net\nAction: failed\n", "text/plain", ""), within},
		{"the envelope ID of a complaint", report("feedback-report", "Feedback-Type: abuse\nOriginal-Envelope-Id: "+tag+"\n", "text/plain", ""), within},
		{"the sender that a complaint names", report("feedback-report", "Feedback-Type: abuse\nOriginal-Mail-From: <notices+"+tag+"@example.org>\n", "text/plain", ""), within},
		{"not the text", from + "To: notices@example.org\nSubject: Re\n\nYou wrote: Message-ID " + tag + "\n", nil},
		{"not the subject of the letter", report("feedback-report", "Feedback-Type: abuse\n", "message/rfc822", "Subject: "+tag+"\n\nhello\n"), nil},
		{"not the text of the letter", report("feedback-report", "Feedback-Type: abuse\n", "message/rfc822", "Subject: x\n\n"+tag+"\n"), nil},
		{"not the message's own ID", from + "Message-ID: <" + tag + "@example.org>\n\nDone.\n", nil},
		{"not the domain of an address", from + "To: x@" + tag + ".attacker.example\n\nDone.\n", nil},
		{"not who wrote it", "From: " + tag + "@attacker.example\n\nDone.\n", nil},
		{"not a reference alone", from + "To: notices+" + id + "@example.org\n\nDone.\n", nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			ret, err := Read(strings.NewReader(tt.text))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, ret.Tokens); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if tt.want != nil && !slices.Contains(ret.Keys, id) {
				t.Errorf("the letter is not among the keys %q", ret.Keys)
			}
		})
	}
}

func TestKeyedPartsAreNotLookedForWithoutEnd(t *testing.T) {
	var to strings.Builder
	for i := range 1000 {
		to.WriteString("To: notices+relay26-k3v9xq2m7d-" + strings.Repeat(string(rune('a'+i%26)), 15) + string(rune('a'+i/26%26)) + "@example.org\n")
	}
	ret, err := Read(strings.NewReader("From: x@attacker.example\n" + to.String() + "\nx\n"))
	if err != nil || len(ret.Tokens) != maxKeys || len(ret.Keys) != maxKeys {
		t.Errorf("%d parts, %d keys, %v", len(ret.Tokens), len(ret.Keys), err)
	}
}
