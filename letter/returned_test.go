package letter_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"headsup/letter"
)

const desk = "abuse@example.net"

// says is a delivery report about the desk.
func says(action letter.Action, status string) letter.Return {
	return letter.Return{Kind: letter.Delivery, From: "MAILER-DAEMON@mx.example.net", Subject: "Returned mail",
		Recipients: []letter.Recipient{{Address: desk, Action: action, Status: status, Text: "550 no such user", Class: letter.ClassMailbox}}}
}

// wrote is a message in somebody's own words.
func wrote(kind letter.ReturnKind) letter.Return {
	return letter.Return{Kind: kind, From: "jane@example.net", Subject: "Re: Open relay", Text: "Done.\nThanks."}
}

func TestWhatAReturnedMessageMeans(t *testing.T) {
	unreached, unclear := says(letter.ActionFailed, "4.4.7"), says(letter.ActionFailed, "")
	unreached.Recipients[0].Class, unclear.Recipients[0].Class = letter.ClassNetwork, ""
	for _, tt := range []struct {
		name    string
		r       letter.Return
		was     letter.State
		want    letter.State // empty: it stays what it is
		history string
		text    string
	}{
		{"a sent letter bounces", says(letter.ActionFailed, "5.1.1"), letter.Sent, letter.Bounced, letter.Bounce, "5.1.1 550 no such user"},
		{"a failure without a status is a bounce too", says(letter.ActionFailed, ""), letter.Sent, letter.Bounced, letter.Bounce, "550 no such user"},
		{"a server that was never reached kills no mailbox", unreached, letter.Sent, letter.Bounced, letter.Expired, "4.4.7 550 no such user"},
		{"a failure that nothing explains", unclear, letter.Sent, letter.Bounced, letter.Bounce, "550 no such user"},
		{"a bounce shows also that the letter was sent", says(letter.ActionFailed, "5.1.1"), letter.Unknown, letter.Bounced, letter.Bounce, "5.1.1 550 no such user"},
		{"a letter bounces once", says(letter.ActionFailed, "5.1.1"), letter.Bounced, "", letter.Bounce, "5.1.1 550 no such user"},
		{"a letter that was not sent cannot bounce", says(letter.ActionFailed, "5.1.1"), letter.Approved, "", letter.Bounce, "5.1.1 550 no such user"},
		{"a letter that waits for its second attempt is not settled by a report", says(letter.ActionFailed, "5.1.1"), letter.Deferred, "", letter.Bounce, "5.1.1 550 no such user"},
		{"a delay changes nothing", says(letter.ActionDelayed, "4.4.1"), letter.Sent, "", "delayed", "4.4.1 550 no such user"},
		{"a delay shows that the letter was sent", says(letter.ActionDelayed, "4.4.1"), letter.Unknown, letter.Sent, "delayed", "4.4.1 550 no such user"},
		{"a letter that was delivered", says(letter.ActionDelivered, "2.0.0"), letter.Unknown, letter.Sent, "delivered", "2.0.0 550 no such user"},
		{"one that was passed on", says(letter.ActionRelayed, "2.0.0"), letter.Sent, "", "relayed", "2.0.0 550 no such user"},
		{"one that went to several", says(letter.ActionExpanded, "2.0.0"), letter.Sent, "", "expanded", "2.0.0 550 no such user"},
		{"a person's words change nothing", wrote(letter.Reply), letter.Sent, "", "answer", "Re: Open relay\nDone.\nThanks."},
		{"a person's words show that the letter was sent", wrote(letter.Reply), letter.Unknown, letter.Sent, "answer", "Re: Open relay\nDone.\nThanks."},
		{"so do a machine's", wrote(letter.AutoReply), letter.Unknown, letter.Sent, "auto-reply", "Re: Open relay\nDone.\nThanks."},
		{"what was refused stays refused", wrote(letter.Reply), letter.Failed, "", "answer", "Re: Open relay\nDone.\nThanks."},
		{"a complaint", wrote(letter.Complaint), letter.Sent, "", "complaint", "Re: Open relay\nDone.\nThanks."},
		{"the wish not to be written to", wrote(letter.OptOut), letter.Unknown, letter.Sent, "opt-out", "Re: Open relay\nDone.\nThanks."},
		{"a failure in a complaint is no bounce", letter.Return{Kind: letter.Complaint, Recipients: says(letter.ActionFailed, "5.1.1").Recipients}, letter.Sent, "", "complaint", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, ok := tt.r.Means(tt.was, desk)
			if !ok || got.State != tt.want || got.History != tt.history || got.Text != tt.text {
				t.Errorf("got %+v %v, want %q, %q, %q", got, ok, tt.want, tt.history, tt.text)
			}
			class := letter.Class("")
			if tt.want == letter.Bounced {
				if class = tt.r.Recipients[0].Class; class == "" {
					class = letter.ClassUnclear
				}
			}
			if got.Class != class {
				t.Errorf("class %q, want %q", got.Class, class)
			}
			if got.State != "" && !tt.was.May(got.State) {
				t.Errorf("%q may not become %q", tt.was, got.State)
			}
		})
	}
}

func TestWhileALetterIsBeingSentNobodyCanSay(t *testing.T) {
	for _, r := range []letter.Return{says(letter.ActionFailed, "5.1.1"), wrote(letter.Reply), wrote(letter.Complaint)} {
		if got, ok := r.Means(letter.Sending, desk); ok || got.State != "" || got.Suppress != nil {
			t.Errorf("%s: %+v %v, want nothing yet", r.Kind, got, ok)
		}
	}
}

func TestWhoIsNotWrittenToAnyMore(t *testing.T) {
	nobody := wrote(letter.OptOut)
	nobody.From = ""
	for _, tt := range []struct {
		name   string
		r      letter.Return
		reason string // empty: everybody still is
	}{
		{"who complained", wrote(letter.Complaint), "complaint by mail from jane@example.net"},
		{"who asked for it", wrote(letter.OptOut), "opt-out by mail from jane@example.net"},
		{"who asked without a name", nobody, "opt-out by mail from nobody"},
		{"not who answered", wrote(letter.Reply), ""},
		{"not who is away", wrote(letter.AutoReply), ""},
		{"not whose mailbox is dead", says(letter.ActionFailed, "5.1.1"), ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, _ := tt.r.Means(letter.Sent, "Abuse@Example.net")
			var want []letter.Suppression // of whom the letter is to, whoever wrote
			if tt.reason != "" {
				want = []letter.Suppression{{Scope: letter.ByAddress, Value: desk, Reason: tt.reason}}
			}
			if diff := cmp.Diff(want, got.Suppress); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestWhomAReportIsAbout(t *testing.T) {
	one := func(address string, action letter.Action) letter.Recipient {
		return letter.Recipient{Address: address, Action: action}
	}
	failed := func(address string, class letter.Class) letter.Recipient {
		return letter.Recipient{Address: address, Action: letter.ActionFailed, Class: class}
	}
	for _, tt := range []struct {
		name       string
		recipients []letter.Recipient
		want       letter.Recipient
	}{
		{"nobody", nil, letter.Recipient{}},
		{"the letter's recipient, wherever it stands", []letter.Recipient{one("a@example.org", letter.ActionFailed), one("ABUSE@example.net", letter.ActionDelayed)}, one("ABUSE@example.net", letter.ActionDelayed)},
		{"the letter's recipient before others", []letter.Recipient{one("a@example.org", letter.ActionFailed), one("ABUSE@example.net", letter.ActionFailed), one("b@example.org", letter.ActionFailed)}, one("ABUSE@example.net", letter.ActionFailed)},
		{"the mailbox behind it", []letter.Recipient{one("a@example.org", letter.ActionDelivered)}, one("a@example.org", letter.ActionDelivered)},
		{"the one behind it that has the letter", []letter.Recipient{one("a@example.org", letter.ActionDelayed), one("b@example.org", letter.ActionDelivered)}, one("b@example.org", letter.ActionDelivered)},
		{"whoever has it, before the mailbox that failed", []letter.Recipient{one("abuse@example.net", letter.ActionFailed), one("b@example.org", letter.ActionRelayed)}, one("b@example.org", letter.ActionRelayed)},
		{"a mailbox that was expanded, before a member that failed", []letter.Recipient{one("a@example.org", letter.ActionFailed), one("abuse@example.net", letter.ActionExpanded)}, one("abuse@example.net", letter.ActionExpanded)},
		{"one that is still tried, before one that failed", []letter.Recipient{one("a@example.org", letter.ActionFailed), one("b@example.org", letter.ActionDelayed)}, one("b@example.org", letter.ActionDelayed)},
		{"who has it, before one that may yet", []letter.Recipient{one("a@example.org", letter.ActionExpanded), one("b@example.org", letter.ActionDelayed)}, one("a@example.org", letter.ActionExpanded)},
		{"who has it, before one that was passed on", []letter.Recipient{one("a@example.org", letter.ActionRelayed), one("b@example.org", letter.ActionDelivered)}, one("b@example.org", letter.ActionDelivered)},
		{"the first that failed", []letter.Recipient{one("a@example.org", letter.ActionFailed), one("b@example.org", letter.ActionFailed)}, one("a@example.org", letter.ActionFailed)},
		{"one that is full, before one that is dead", []letter.Recipient{failed("a@example.org", letter.ClassMailbox), failed("b@example.org", letter.ClassFull)}, failed("b@example.org", letter.ClassFull)},
		{"the first dead one", []letter.Recipient{failed("a@example.org", letter.ClassDomain), failed("b@example.org", letter.ClassMailbox)}, failed("a@example.org", letter.ClassDomain)},
		{"who complains", []letter.Recipient{one("a@example.org", ""), one("b@example.org", "")}, one("a@example.org", "")},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := (letter.Return{Recipients: tt.recipients}).About(desk); got != tt.want {
				t.Errorf("got %+v, want %+v", got, tt.want)
			}
		})
	}
}
