package campaign_test

import (
	"errors"
	"fmt"
	"maps"
	"strings"
	"testing"
	"time"

	"headsup/campaign"
	"headsup/campaign/campaigntest"
	"headsup/finding"
	"headsup/inbox"
	"headsup/ledger"
	"headsup/letter"
	"headsup/mailer/loopback"
)

// forgeries are the forms in which a stranger names a letter. They hold what a
// stranger can know: the campaign and its mailboxes from any letter, the address
// of the contact from the registries, and so the reference.
var forgeries = []string{
	"To: notices@ocn.example.org\nSubject: unsubscribe REF\n\nunsubscribe\n",
	"To: answers+REF@ocn.example.org\nSubject: unsubscribe\n\n",
	"To: notices+REF-aaaaaaaaaaaaaaaa@ocn.example.org\nSubject: Re: [REF]\n\nPlease unsubscribe us.\n",
	"To: notices+REF@ocn.example.org\nReturn-Path: <>\nSubject: Undelivered Mail Returned to Sender\nContent-Type: message/delivery-status\n\n" +
		"Original-Envelope-Id: REF\n\nFinal-Recipient: rfc822; DESK\nAction: failed\nStatus: 5.1.1\n",
	"To: notices+REF@ocn.example.org\nReturn-Path: <>\nX-Failed-Recipients: DESK\nSubject: Delivery Status Notification (Failure)\n\n" +
		"Delivery to the following recipient failed permanently:\n\n  DESK\n\n550 5.1.1 no such user\n\n----- Original message -----\n\nMessage-ID: <REF@ocn.example.org>\nTo: DESK\n",
	"To: fbl@ocn.example.org\nContent-Type: multipart/report; report-type=feedback-report; boundary=b\nSubject: complaint\n\n" +
		"--b\nContent-Type: message/feedback-report\n\nFeedback-Type: abuse\nVersion: 1\nUser-Agent: x\nOriginal-Mail-From: <notices+REF@ocn.example.org>\nOriginal-Rcpt-To: DESK\n\n" +
		"--b\nContent-Type: message/rfc822\n\nMessage-ID: <REF-bbbbbbbbbbbbbbbb@ocn.example.org>\nX-Headsup-Report-Id: REF\nTo: DESK\nSubject: [REF] relay\n\nhello\n--b--\n",
	"To: fbl@ocn.example.org\nContent-Type: multipart/report; report-type=feedback-report; boundary=b\nSubject: wish\n\n" +
		"--b\nContent-Type: message/feedback-report\n\nFeedback-Type: opt-out\nVersion: 1\nUser-Agent: x\n\n--b\nContent-Type: message/rfc822\n\nX-Headsup-Report-Id: REF\n\nhello\n--b--\n",
	"To: answers+REF@ocn.example.org\nIn-Reply-To: <REF@ocn.example.org>\nSubject: Re: [REF]\n\nThe relay was closed.\n",
	"To: answers+REF@ocn.example.org\nAuthentication-Results: mx.attacker.example; dmarc=pass header.from=DOMAIN\nSubject: Re: [REF]\n\nThe relay was closed.\n",
}

// forged is the nth message of a stranger about the letter to a desk.
func forged(n int, desk string) (m inbox.Message) {
	_, domain, _ := strings.Cut(desk, "@")
	text := strings.NewReplacer("REF", letter.Reference("demo26", desk, 1), "DESK", desk, "DOMAIN", domain).Replace(forgeries[n%len(forgeries)])
	return inbox.Message{Name: fmt.Sprint(n), Text: []byte(fmt.Sprintf("From: Desk <%s>\nMessage-ID: <forged%d@attacker.example>\n%s", desk, n, text))}
}

// TestAThousandForgeriesChangeNothing: not a letter, nobody's wish, nor the
// campaign, which goes on. Each is listed.
func TestAThousandForgeriesChangeNothing(t *testing.T) {
	alone(t)
	t.Parallel()
	const letters = 60
	messages := 300 // so many that brakes would count them
	if whole {
		messages = 1000
	}
	c := campaigntest.Open(t, campaigntest.Many(t, letters, loopback.Options{}), nil)
	_, err := c.Send(t.Context(), campaign.SendOptions{})
	must(t, err)
	before := entries(t, c)
	kinds := map[letter.ReturnKind]int{}
	for n := range messages {
		in, err := c.Take(t.Context(), forged(n, fmt.Sprintf("abuse%d@isp%d.example", n/len(forgeries)%letters, n/len(forgeries)%letters)), false)
		must(t, err)
		if in.Proven != letter.Unproven || in.Action != campaign.ForPerson || in.Result != campaign.Recorded || in.State != letter.Sent || in.History != letter.Unproved {
			t.Fatalf("%d: %+v", n, in)
		}
		kinds[in.Kind]++
	}
	for _, kind := range []letter.ReturnKind{letter.OptOut, letter.Delivery, letter.Complaint, letter.Reply} {
		if kinds[kind] < messages/10 {
			t.Errorf("only %v of %s", kinds, kind)
		}
	}
	if after := entries(t, c); !maps.EqualFunc(before, after, func(a, b ledger.Entry) bool { return a.State == b.State && a.Hash == b.Hash && a.Changed == b.Changed }) {
		t.Error("letters have changed")
	}
	list, err := c.Suppressions(t.Context())
	must(t, err)
	dead, err := c.Dead(t.Context())
	must(t, err)
	waiting, err := campaign.Doubts(t.Context(), c, "")
	must(t, err)
	if len(list)+len(dead) > 0 || len(waiting) != messages {
		t.Errorf("%d suppressed, %d dead, %d of %d wait for a person", len(list), len(dead), len(waiting), messages)
	}
	_, err = c.Draft(t.Context(), []campaign.Source{campaigntest.Scan("192.0.2.1")}, finding.Options{}, campaign.AskOptions{}, time.Now())
	must(t, err)
	_, err = c.ApproveAll(t.Context(), "tester")
	must(t, err)
	if sent, err := c.Send(t.Context(), campaign.SendOptions{}); err != nil || sent.Letters != 1 {
		t.Errorf("the campaign does not go on: %+v, %v", sent, err)
	}
}

// entries returns the letters of a campaign by ID.
func entries(t *testing.T, c *campaign.Campaign) map[string]ledger.Entry {
	t.Helper()
	out := map[string]ledger.Entry{}
	for e, err := range c.Letters(t.Context(), ledger.Filter{}) {
		must(t, err)
		out[e.ID] = e
	}
	return out
}

// TestAFloodIsCutAndCounted: what is not kept is said at the letter.
func TestAFloodIsCutAndCounted(t *testing.T) {
	c := campaigntest.Open(t, campaigntest.Approved(t), nil)
	results := map[campaign.Result]int{}
	for n := range 50 {
		in, err := c.Take(t.Context(), forged(n, campaigntest.To), false)
		must(t, err)
		results[in.Result]++
	}
	waiting, err := campaign.Doubts(t.Context(), c, campaigntest.Letter)
	must(t, err)
	history, err := c.History(t.Context(), campaigntest.Letter)
	must(t, err)
	if last := history[len(history)-1]; results[campaign.Recorded] != 20 || results[campaign.Cut] != 30 || len(waiting) != 20 || !strings.HasPrefix(last.Text, "30 more of that day") {
		t.Errorf("%v, %d wait, and the history ends with %+v", results, len(waiting), last)
	}
	if in, err := c.Take(t.Context(), inbox.Message{Text: []byte(answer)}, false); err != nil || in.Result != campaign.Recorded || in.Action != campaign.Done {
		t.Errorf("an answer that proves itself comes after a flood: %+v, %v", in, err)
	}
}

// TestAKeyProvesItsOwnLetterAlone: a recipient, who has the keyed part of one
// letter, speaks for no other one.
func TestAKeyProvesItsOwnLetterAlone(t *testing.T) {
	alone(t)
	c := campaigntest.Open(t, campaigntest.Many(t, 2, loopback.Options{}), nil)
	_, err := c.Send(t.Context(), campaign.SendOptions{})
	must(t, err)
	own, other := letter.Reference("demo26", "abuse0@isp0.example", 1), letter.Reference("demo26", "abuse1@isp1.example", 1)
	key := letter.Campaign{CodeKey: []byte(campaigntest.Key)}.ReturnKey(own)
	for _, tt := range []struct {
		name, text string
		about      string
		proven     letter.Proof
	}{
		{"its part behind the other reference", "To: notices+" + other + "-" + key + "@ocn.example.org\nSubject: unsubscribe\n\n", other, letter.Unproven},
		{"a report about another mailbox", "To: notices+" + own + "-" + key + "@ocn.example.org\nReturn-Path: <>\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; x\n\nFinal-Recipient: rfc822; abuse1@isp1.example\nAction: failed\nStatus: 5.1.1\n", own, letter.Unproven},
		{"a complaint without the letter", "To: notices+" + own + "-" + key + "@ocn.example.org\nContent-Type: message/feedback-report\n\nFeedback-Type: abuse\nVersion: 1\nUser-Agent: x\n", own, letter.Unproven},
		{"its own wish, behind a part made up for the other", "To: notices+" + other + "-aaaaaaaaaaaaaaaa@ocn.example.org, notices+" + own + "-" + key + "@ocn.example.org\nSubject: unsubscribe\n\n", own, letter.ByKey},
		{"its own wish, which names the other too", "To: notices+" + other + "@ocn.example.org, notices+" + own + "-" + key + "@ocn.example.org\nSubject: unsubscribe\n\n", own, letter.ByKey},
	} {
		in, err := c.Take(t.Context(), inbox.Message{Text: []byte("From: abuse0@isp0.example\nMessage-ID: <" + tt.name + ">\n" + tt.text)}, false)
		if err != nil || in.Letter != tt.about || in.Proven != tt.proven {
			t.Errorf("%s: %+v, %v, want %s of %s", tt.name, in, err, tt.proven, tt.about)
		}
	}
	list, err := c.Suppressions(t.Context())
	must(t, err)
	if len(list) != 1 || list[0].Value != "abuse0@isp0.example" {
		t.Errorf("suppressed: %+v", list)
	}
	for _, e := range entries(t, c) {
		if e.State != letter.Sent {
			t.Errorf("%s is %s", e.ID, e.State)
		}
	}
}

// TestALetterOfBeforeIsUnderstoodAndProvesNothing: it was drafted without a key.
func TestALetterOfBeforeIsUnderstoodAndProvesNothing(t *testing.T) {
	alone(t)
	dir := campaigntest.Folder(t, nil)
	const setting = `code_key = "code.key"`
	campaigntest.Edit(t, dir, setting, "")
	var said []string
	c, err := campaign.Open(t.Context(), dir, func(e campaign.Event) {
		if e, ok := e.(campaign.Noted); ok {
			said = append(said, e.Text)
		}
	})
	must(t, err)
	_, err = c.Draft(t.Context(), []campaign.Source{campaigntest.Scan("198.51.100.1")}, finding.Options{}, campaign.AskOptions{}, time.Now())
	must(t, err)
	if !strings.Contains(strings.Join(said, "\n"), "no campaign.code_key") {
		t.Errorf("nobody says that nothing can prove itself: %q", said)
	}
	_, err = c.ApproveAll(t.Context(), "tester")
	must(t, err)
	_, err = c.Send(t.Context(), campaign.SendOptions{})
	must(t, err)
	must(t, c.Close())
	campaigntest.Edit(t, dir, "[campaign]", "[campaign]\n"+setting)
	c = campaigntest.Open(t, dir, nil)
	e, err := c.Entry(t.Context(), campaigntest.Letter)
	must(t, err)
	if e.MessageID != campaigntest.Letter+"@ocn.example.org" {
		t.Errorf("the letter was sent as %s", e.MessageID)
	}
	in, err := c.Take(t.Context(), inbox.Message{Text: []byte(strings.ReplaceAll(bounce, campaigntest.Tag, campaigntest.Letter))}, false)
	if err != nil || in.Letter != campaigntest.Letter || in.Kind != letter.Delivery || in.Proven != letter.Unproven || in.State != letter.Sent {
		t.Errorf("%+v, %v", in, err)
	}
	must(t, campaign.Accept(t.Context(), c, "ftst90tjrk", "b@mx.example", "", "jane"))
	if e, err = c.Entry(t.Context(), campaigntest.Letter); err != nil || e.State != letter.Bounced || e.Class != letter.ClassMailbox {
		t.Errorf("the letter is %s (%s), %v", e.State, e.Class, err)
	}
	if _, err := c.Draft(t.Context(), []campaign.Source{campaigntest.Scan("198.51.100.1")}, finding.Options{}, campaign.AskOptions{}, time.Now()); err != nil {
		t.Errorf("a campaign that gets its first key does not go on: %v", err)
	}
}

func TestWhatAPersonCannotDecide(t *testing.T) {
	c := campaigntest.Open(t, campaigntest.Approved(t), nil)
	in, err := c.Take(t.Context(), forged(3, campaigntest.To), false)
	must(t, err)
	if in.Result != campaign.Recorded {
		t.Fatalf("%+v", in)
	}
	_, notThere := campaign.Dismiss(t.Context(), c, campaigntest.Letter, []string{"forged3@attacker.example", "x@attacker.example"}, "jane")
	for name, tt := range map[string]struct{ got, want error }{
		"a message that never came":                {campaign.Accept(t.Context(), c, campaigntest.Letter, "x@attacker.example", "", "jane"), ledger.ErrNotFound},
		"a message at another letter":              {campaign.Accept(t.Context(), c, "demo26-0000000000", "forged3@attacker.example", "", "jane"), ledger.ErrNotFound},
		"one of two that never came: none of them": {notThere, ledger.ErrNotFound},
	} {
		if !errors.Is(tt.got, tt.want) {
			t.Errorf("%s: %v, want %v", name, tt.got, tt.want)
		}
	}
	// A report of a letter that has not left says nothing of it, whoever accepts it.
	must(t, campaign.Accept(t.Context(), c, campaigntest.Letter, "<forged3@attacker.example>", "", "jane"))
	if e, err := c.Entry(t.Context(), campaigntest.Letter); err != nil || e.State != letter.Approved {
		t.Errorf("the letter is %s, %v", e.State, err)
	}
	if n, err := campaign.Dismiss(t.Context(), c, campaigntest.Letter, nil, "jane"); n != 0 || err != nil {
		t.Errorf("%d dismissed, %v", n, err)
	}
}

// TestNothingIsDecidedWhileALetterIsOnItsWay: in a moment its sender knows more.
func TestNothingIsDecidedWhileALetterIsOnItsWay(t *testing.T) {
	dir := campaigntest.Approved(t)
	senderDies(t, dir)
	c := campaigntest.Open(t, dir, nil)
	in, err := c.Take(t.Context(), forged(0, campaigntest.To), false)
	if err != nil || in.Result != campaign.Recorded || in.State != letter.Sending {
		t.Fatalf("a forgery: %+v, %v", in, err)
	}
	if err := campaign.Accept(t.Context(), c, campaigntest.Letter, "forged0@attacker.example", "", "jane"); !errors.Is(err, ledger.ErrState) {
		t.Errorf("%v", err)
	}
	waiting, err := campaign.Doubts(t.Context(), c, "")
	must(t, err)
	if len(waiting) != 1 || waiting[0].Kind != letter.OptOut || waiting[0].Message != "forged0@attacker.example" {
		t.Errorf("%+v", waiting)
	}
}
