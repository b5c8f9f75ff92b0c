package campaign_test

import (
	"fmt"
	"testing"

	"headsup/campaign"
	"headsup/campaign/campaigntest"
	"headsup/letter"
)

// TestAnAnswerIsNoWish reads what desks write back: who is taken for somebody
// who wants no more letters is never written to again.
func TestAnAnswerIsNoWish(t *testing.T) {
	dir := campaigntest.Approved(t)
	c := campaigntest.Open(t, dir, nil)
	for i, tt := range []struct {
		name, subject, text string
		kind                letter.ReturnKind
		mayWish             bool
	}{
		{"an answer that begins like a wish", "Re: Open relay", "Please remove this address from your list: 192.0.2.65. The relay was closed yesterday.", letter.Reply, false},
		{"a stop order", "Re: Open relay", "Stop order has been sent to the customer.", letter.Reply, false},
		{"an English word in a Japanese answer", "Re: Open relay", "サーバーを stop しました。", letter.Reply, false},
		{"another contact", "Re: Open relay", "Please do not send abuse reports to this mailbox. Use noc@example.net instead.", letter.Reply, true},
		{"a wish for the letter's own mailbox", "Re: Open relay", "Please remove " + campaigntest.To + " from your distribution list.", letter.OptOut, false},
		{"a wish in German", "Re: Open relay", "Bitte tragen Sie uns aus Ihrem Verteiler aus.\n\nMit freundlichen Grüßen\nMax Muster", letter.OptOut, false},
		{"the subject of the mail program's button", "unsubscribe", "", letter.OptOut, false},
	} {
		m, _ := oneMail(t, fmt.Sprintf("From: Desk <desk@carrier.example>\nTo: %s\nMessage-ID: <w%d@carrier.example>\nSubject: %s\nContent-Type: text/plain; charset=utf-8\n\n%s\n",
			campaigntest.Sender, i, tt.subject, tt.text))
		in, err := c.Take(t.Context(), m, true)
		if err != nil || in.Kind != tt.kind || in.MayWish != tt.mayWish || in.Letter != campaigntest.Letter || in.Result != campaign.OnlyRead {
			t.Errorf("%s: %+v, %v", tt.name, in, err)
		}
	}
}
