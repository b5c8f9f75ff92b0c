package desk

import (
	"testing"

	"headsup/campaign"
	"headsup/campaign/campaigntest"
	"headsup/ledger"
	"headsup/letter"
)

// lost claims the next letters, and loses the connection after their final dots.
func lost(t *testing.T, c *campaign.Campaign, n int) (ids []string) {
	t.Helper()
	o, err := campaign.Within(c).Ledger.Outbox(t.Context(), ledger.OutboxOptions{Campaign: c.ID()})
	campaigntest.Must(t, err)
	for range n {
		es, _, err := o.Claim(t.Context(), 1)
		campaigntest.Must(t, err)
		if len(es) == 0 {
			t.Fatal("no letter may leave")
		}
		campaigntest.Must(t, o.Mark(t.Context(), es[0]))
		campaigntest.Must(t, o.Settle(t.Context(), es[0], letter.Outcome{State: letter.Unknown, Phase: letter.Dot, Text: "connection lost"})())
		ids = append(ids, es[0].LetterID)
	}
	campaigntest.Must(t, o.Close(t.Context()))
	return ids
}

func TestALetterThatMayHaveArrivedIsResolved(t *testing.T) {
	c := drafted(t, 3)
	_, err := c.ApproveAll(t.Context(), "anna")
	campaigntest.Must(t, err)
	d, base := serve(t, c)
	v := enter(t, d, base, "anna")
	states := map[string]letter.State{"sent": letter.Sent, "failed": letter.Failed, "again": letter.Approved}
	for _, id := range lost(t, c, 3) {
		var said string
		for said = range states {
			break
		}
		v.get("/letters/"+id).has(t, 200, "nobody knows whether it arrived", `value="again"`)
		v.post("/letters/"+id+"/resolve", "verdict", said, "reason", " ").has(t, 422, "Say on what it rests", `aria-invalid="true"`)
		v.post("/letters/"+id+"/resolve", "verdict", "eaten", "reason", "x").has(t, 400)
		v.post("/letters/"+id+"/resolve", "verdict", said, "reason", "the log says so").has(t, 200, id+" ")
		if s := stateOf(t, c, id); s != states[said] {
			t.Errorf("%s made it %s", said, s)
		}
		v.post("/letters/"+id+"/resolve", "verdict", said, "reason", "once more").has(t, 409, "Somebody else has decided")
		delete(states, said)
	}
}
