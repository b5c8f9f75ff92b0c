package desk

import (
	"strconv"
	"testing"

	"headsup/campaign"
	"headsup/campaign/campaigntest"
	"headsup/inbox"
	"headsup/ledger"
	"headsup/letter"
)

func TestSomebodyIsSuppressedAndWrittenToAgain(t *testing.T) {
	c := drafted(t, 2)
	d, base := serve(t, c)
	v, all := enter(t, d, base, "anna"), ids(t, c)
	e, err := c.Entry(t.Context(), all[0])
	campaigntest.Must(t, err)
	v.get("/suppressions").has(t, 200, "Nobody is suppressed")
	v.post("/suppressions", "value", "<script>", "reason", "x").has(t, 422, "This is no mail address", "&lt;script&gt;")
	v.post("/suppressions", "value", e.To).has(t, 422, "Say why", e.To)
	v.post("/suppressions", "value", "AS64500", "reason", "x").has(t, 422, "would stop nobody")
	v.post("/suppressions", "value", e.To, "reason", "asked <b>twice</b>").has(t, 200, "They are not written to any more", "asked &lt;b&gt;twice", "anna")
	if s := stateOf(t, c, all[0]); s != letter.Suppressed {
		t.Errorf("the letter is %s", s)
	}
	v.get("/unwritten?fate=suppressed").has(t, 200, "198.51.100.")
	v.get("/unwritten?fate=held").has(t, 200, "No row is here")
	v.post("/suppressions/end", "value", e.To).has(t, 200, "The suppression has ended")
	v.post("/suppressions/end", "value", e.To).has(t, 409)
	v.post("/suppressions/end").has(t, 400)
}

func TestAMessageThatProvesNothingWaitsForAPerson(t *testing.T) {
	c := campaigntest.Open(t, campaigntest.Approved(t), nil)
	_, err := c.Telling(nil).Send(t.Context(), campaign.SendOptions{Patience: -1})
	campaigntest.Must(t, err)
	for _, id := range []string{"one", "two"} {
		_, err = c.Take(t.Context(), inbox.Message{Name: id, Text: []byte("From: " + campaigntest.To + "\r\nTo: answers@ocn.example.org\r\nSubject: Re: [" + campaigntest.Letter +
			"] <script>\r\nMessage-ID: <" + id + "@carrier.example>\r\n\r\nPlease do not write to us <img src=x>\r\n")}, false)
		campaigntest.Must(t, err)
	}
	d, base := serve(t, c)
	v := enter(t, d, base, "anna")
	v.get("/").has(t, 200, `href="/inbox"`)
	v.get("/inbox").has(t, 200, "&lt;script&gt;", campaigntest.Letter, "one@carrier.example")
	v.post("/inbox", "letter", campaigntest.Letter, "message", "one@carrier.example", "do", "shred").has(t, 400)
	v.post("/inbox", "letter", campaigntest.Letter, "message", "one@carrier.example", "do", "dismiss").has(t, 200, "The message changes nothing")
	v.post("/inbox", "letter", campaigntest.Letter, "message", "one@carrier.example", "do", "dismiss").has(t, 409, "does not wait any more")
	v.post("/inbox", "letter", campaigntest.Letter, "message", "two@carrier.example", "do", "accept").has(t, 200, "No message waits")
}

func TestAnAnswerIsSettledAndOpenedAgain(t *testing.T) {
	c := campaigntest.Open(t, campaigntest.Approved(t), nil)
	_, err := c.Telling(nil).Send(t.Context(), campaign.SendOptions{Patience: -1})
	campaigntest.Must(t, err)
	id, err := ledger.TellAnswer(t.Context(), campaign.Within(c).Ledger, campaigntest.Letter, "phone", "not ours "+hostile)
	campaigntest.Must(t, err)
	answer := strconv.FormatInt(id, 10)
	d, base := serve(t, c)
	v := enter(t, d, base, "anna")
	v.get("/").has(t, 200, `href="/answers"`, "1 answer is open")
	v.get("/answers").has(t, 200, "&lt;script", campaigntest.Letter)
	v.post("/answers", "answer", "none", "ruling", "fixed").has(t, 400)
	v.post("/answers", "answer", answer, "ruling", "paid").has(t, 422, `aria-invalid="true"`)
	v.post("/answers", "answer", answer, "ruling", "wrong", "note", " ").has(t, 422, "Say why the finding is wrong")
	v.post("/answers", "answer", answer, "ruling", "fixed", "other", "noc@isp.example", "note", "typed before").has(t, 422, "An address goes with", "typed before", "noc@isp.example")
	v.post("/answers", "answer", "999999", "ruling", "fixed").has(t, 409)
	v.post("/answers", "answer", answer, "ruling", "working", "note", "two weeks").has(t, 200, "No answer is open", "two weeks", "anna")
	v.post("/answers", "answer", answer, "ruling", "fixed").has(t, 409, "settled this answer meanwhile")
	v.post("/answers", "answer", answer, "do", "reopen").has(t, 200, "The answer is open again")
}
