package desk

import (
	"context"
	"errors"
	"net/netip"
	"strings"
	"testing"
	"time"

	"headsup/campaign"
	"headsup/campaign/campaigntest"
	"headsup/campaign/post"
	"headsup/finding"
	"headsup/ledger"
	"headsup/outcome"
)

func TestRegistriesAreAskedAgainFromTheDesk(t *testing.T) {
	c := campaigntest.Open(t, campaigntest.Folder(t, nil), nil)
	_, err := c.Draft(t.Context(), []campaign.Source{campaigntest.Scan("198.51.100.1", "192.0.2.200")}, finding.Options{}, campaign.AskOptions{Offline: true}, time.Now())
	campaigntest.Must(t, err)
	d, base := serve(t, c)
	v := enter(t, d, base, "anna")
	v.get("/lookups").has(t, 200, "not asked yet", "2 rows", "Ask again", "No registry has been asked yet")
	v.post("/lookups").has(t, 200)
	d.work.Wait()
	done := v.get("/lookups")
	done.has(t, 200, "The registries were asked again", "No look-up has failed", "Whom we ask")
	if strings.Contains(done.body, "No registry has been asked yet") {
		t.Errorf("no registry is shown\n%s", done.body)
	}
	v.get("/contacts").has(t, 200, "has no contacts of its own")
}

func TestOwnContactsAreFoundAtTheDesk(t *testing.T) {
	d, base := serve(t, drafted(t, 3))
	v := enter(t, d, base, "anna")
	v.get("/contacts").has(t, 200, "3 rows", "abuse1@isp1.example", `href="/letters?q=198.51.100.1%2f32"`, "&lt;script")
	if a := v.get("/contacts?q=isp2"); strings.Contains(a.body, "isp1.example") {
		t.Errorf("what was not sought is shown\n%s", a.body)
	}
	v.get("/contacts?q=nothing").has(t, 200, "No row has this in it")
}

// sent makes a campaign whose letters left, and that was looked at once.
func sent(t *testing.T, n int) *campaign.Campaign {
	t.Helper()
	c := drafted(t, n)
	_, err := c.ApproveAll(t.Context(), "anna")
	campaigntest.Must(t, err)
	_, err = c.Telling(nil).Send(t.Context(), campaign.SendOptions{Patience: -1})
	campaigntest.Must(t, err)
	var looks []outcome.Look
	for i := range n {
		state := []outcome.State{outcome.Closed, outcome.Open, outcome.Closed}[i%3]
		looks = append(looks, outcome.Look{Place: outcome.Place{Addr: netip.AddrFrom4([4]byte{198, 51, 100, byte(i)}), Port: 25, Proto: "tcp", Kind: finding.OpenRelay},
			State: state, Service: "smtp", Seen: time.Now().Add(time.Duration(1+i%5) * 24 * time.Hour), Source: "again.xml"})
	}
	in := campaign.Within(c)
	_, err = ledger.AddLooks(t.Context(), in.Ledger, in.Rules.ID, looks)
	campaigntest.Must(t, err)
	return c
}

func TestTheReportIsReadAndTakenAway(t *testing.T) {
	c := sent(t, 6)
	d, base := serve(t, c)
	v := enter(t, d, base, "anna")
	v.get("/report.html").has(t, 404)
	v.get("/report").has(t, 200)
	d.work.Wait()
	page := v.get("/report")
	page.has(t, 200, "What the letters came to", `class="tiles"`, "<svg", "As of", "Make it anew", `id="outcome"`)
	if strings.Contains(page.body, "style=") || strings.Contains(page.body, "<style") {
		t.Error("the report has styles of its own, which the policy forbids")
	}
	whole := v.get("/report.html?lang=de")
	whole.has(t, 200, `<html lang="de"`, "<svg")
	if got := whole.header.Get("Content-Disposition"); got != `attachment; filename=report-`+c.ID()+`-de.html` {
		t.Errorf("the file comes as %q", got)
	}
	v.get("/report.html?lang=%22%3E").has(t, 200, `<html lang="en"`)
	before := made(d).Made
	time.Sleep(time.Until(before.Add(time.Second))) // figures are as of a second
	v.post("/report").has(t, 200)
	d.work.Wait()
	if !made(d).Made.After(before) {
		t.Error("the report was not made anew")
	}
}

func TestAnErrandIsRunOnceAtATime(t *testing.T) {
	d, _ := serve(t, drafted(t, 1))
	begun, end := make(chan bool, 2), make(chan error)
	do := func(_ context.Context, tell func(campaign.Event)) error {
		tell(campaign.Progress{Task: campaign.Asking, Done: 3, Total: 7})
		begun <- true
		return <-end
	}
	over := run(d, "x", "anna", do)
	<-begun
	if again := run(d, "x", "ben", do); again != over {
		t.Error("it was begun twice")
	}
	if e := errandOf(d, "x"); !e.Busy() || e.By != "anna" || e.Done != 3 || e.Total != 7 {
		t.Errorf("%+v", e)
	}
	end <- errors.New("broken")
	<-over
	if e := errandOf(d, "x"); e.Busy() || e.Err == nil {
		t.Errorf("%+v", e)
	}
	if errandOf(d, "y").Busy() {
		t.Error("what was never begun goes on")
	}
}

func TestWhatThePostBroughtBackIsRecorded(t *testing.T) {
	c := campaigntest.Open(t, campaigntest.Approved(t), nil)
	d, base := serve(t, c)
	v := enter(t, d, base, "anna")
	v.get("/post").has(t, 200, "Nothing was printed for the post yet", "What the post brought back")
	_, err := post.Make(t.Context(), c, t.TempDir(), ledger.Filter{}, post.BatchOptions{By: "anna", On: time.Now()})
	campaigntest.Must(t, err)
	v.get("/post").has(t, 200, "demo26-b1", "1 not posted", "Posted today")
	today := time.Now().UTC().Format(time.DateOnly)
	v.post("/post", "lines", "demo26-b1", "fate", "returned", "on", today).has(t, 422, "A batch can only be posted")
	v.post("/post", "lines", "demo26-b1", "fate", "posted", "on", today).has(t, 200, "1 letter recorded", "posted 1")
	for _, bad := range [][]string{{" ", "returned", today, "Type the reference"}, {"demo26-ftst90tjrk", "returned", "2999-01-01", "today or before"},
		{"demo26-ftst90tjrk", "returned", "yesterday", "today or before"}, {hostile, "returned", today, "No line names a letter"}} {
		v.post("/post", "lines", bad[0], "fate", bad[1], "on", bad[2]).has(t, 422, bad[3], `aria-invalid="true"`)
	}
	v.post("/post", "lines", "x", "fate", "eaten", "on", today).has(t, 400)
	lines := "reference\n" + campaigntest.Letter + ";returned;" + today + "\nnothing\ndemo26-xxxxxxxxxx\n"
	v.post("/post", "lines", lines, "fate", "refused", "on", today).has(t, 200, "1 letter recorded.", "1 line names no letter.", "demo26-xxxxxxxxxx", "was not recorded", "</textarea>")
	v.post("/post", "lines", campaigntest.Letter, "fate", "returned", "on", today).has(t, 200, "0 letters recorded.", "1 was known.", "returned 1")
}

func TestAnExperimentIsPlannedAndSealed(t *testing.T) {
	c := drafted(t, 8)
	d, base := serve(t, c)
	v := enter(t, d, base, "anna")
	v.get("/experiment").has(t, 200)
	d.work.Wait()
	v.get("/experiment").has(t, 200, "early", "late", "Nobody waits", "Seal the plan", `value="15"`)
	v.get("/experiment?base=10&effect=40&icc=5").has(t, 200)
	d.work.Wait()
	v.get("/experiment?base=10&effect=40&icc=5").has(t, 200, "40 points more than 10 %")
	for _, bad := range []string{"base=x&effect=1&icc=1", "base=90&effect=20&icc=1", "base=10&effect=0&icc=1", "base=10&effect=NaN&icc=1", "base=-1&effect=20&icc=1"} {
		v.get("/experiment?"+bad).has(t, 422, "Shares are from 0 to 100", `aria-invalid="true"`)
	}
	v.post("/experiment/freeze").has(t, 422, "Confirm that the plan")
	v.post("/experiment/freeze", "sure", "yes").has(t, 200)
	d.work.Wait()
	v.get("/experiment").has(t, 200)
	d.work.Wait()
	v.get("/experiment").has(t, 200, "The sealed plan", "Sealed as")
	v.post("/experiment/freeze", "sure", "yes").has(t, 409, "A plan is sealed already")
	v.post("/experiment/end", "reason", " ").has(t, 422, "Say why the waiting ends")
	v.post("/experiment/end", "reason", "over").has(t, 409, "Nobody waits any more")
	none, empty := serve(t, campaigntest.Open(t, campaigntest.Folder(t, nil), nil))
	w := enter(t, none, empty, "anna")
	w.get("/experiment").has(t, 200)
	none.work.Wait()
	w.get("/experiment").has(t, 200, "too few organisations")
	w.get("/report").has(t, 200)
	none.work.Wait()
	w.get("/report").has(t, 200, `class="tiles"`)
}
