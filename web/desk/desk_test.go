package desk

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"headsup/campaign"
	"headsup/campaign/campaigntest"
	"headsup/letter"
	"headsup/web/guard"
)

func TestALetterIsReadApprovedAndHeld(t *testing.T) {
	c := drafted(t, 3)
	d, base := serve(t, c)
	v, all := enter(t, d, base, "anna"), ids(t, c)
	v.get("/").has(t, 200, "3 letters await review", `href="/letters?state=drafted"`)
	list := v.get("/letters?state=drafted")
	list.has(t, 200, all[0], all[1], all[2], "3 letters")
	page := v.get("/letters/" + all[0] + "?state=drafted")
	page.has(t, 200, "abuse", "198.51.100.", "open mail relay", "Why this contact", `rel="next" data-key="j"`, "What happened to it")

	next := v.post("/letters/"+all[0]+"/approve?state=drafted", "hash", page.hash(t))
	next.has(t, 200, all[0]+" is approved", `data-key="u"`)
	if next.url.Path != "/letters/"+all[1] || stateOf(t, c, all[0]) != letter.Approved {
		t.Errorf("after approval at %v, %s", next.url, stateOf(t, c, all[0]))
	}
	v.post("/letters/"+all[0]+"/reopen").has(t, 200, "The approval of "+all[0]+" is taken back")
	if s := stateOf(t, c, all[0]); s != letter.Drafted {
		t.Errorf("after undo: %s", s)
	}
	v.post("/letters/"+all[1]+"/hold?state=drafted", "reason", " ").has(t, 422, "Say why it is held", `aria-invalid="true"`)
	last := v.post("/letters/"+all[1]+"/hold?state=drafted", "reason", "ask the <b>lawyer</b>")
	last.has(t, 200, all[1]+" is held back")
	if last.url.Path != "/letters/"+all[2] || stateOf(t, c, all[1]) != letter.Held {
		t.Errorf("after holding at %v, %s", last.url, stateOf(t, c, all[1]))
	}
	v.get("/letters/"+all[1]).has(t, 200, "ask the &lt;b&gt;lawyer&lt;/b&gt;", "by anna")
	v.post("/letters/"+all[1]+"/release").has(t, 200, "awaits review again")
	history, err := c.History(t.Context(), all[0])
	campaigntest.Must(t, err)
	if by := history[len(history)-1].By; by != "anna" {
		t.Errorf("the history says %q", by)
	}
}

func TestADecisionAboutWhatHasChangedIsRefused(t *testing.T) {
	c := drafted(t, 2)
	d, base := serve(t, c)
	anna, ben, id := enter(t, d, base, "anna"), enter(t, d, base, "ben"), ids(t, c)[0]
	hash := anna.get("/letters/" + id).hash(t)
	ben.get("/letters/"+id).has(t, 200, "anna is reading this letter too")
	anna.post("/letters/"+id+"/approve", "hash", strings.Repeat("0", 64)).has(t, 409, "The letter has changed")
	ben.post("/letters/"+id+"/hold", "reason", "no").has(t, 200)
	anna.post("/letters/"+id+"/approve", "hash", hash).has(t, 409, "Somebody else has decided")
	if s := stateOf(t, c, id); s != letter.Held {
		t.Errorf("the letter is %s", s)
	}
	anna.post("/letters/"+id+"/approve").has(t, 400)
	anna.post("/letters/"+id+"/shred").has(t, 404)
	anna.post("/letters/none/hold", "reason", "x").has(t, 404)
}

func TestStrangersSeeNothing(t *testing.T) {
	c := drafted(t, 1)
	d, base := serve(t, c)
	id := ids(t, c)[0]
	v := visit(t, base)
	for pattern := range allRoutes(d) {
		method, path, _ := strings.Cut(pattern, " ")
		path = strings.NewReplacer("{$}", "", "{id}", id, "{n}", "0").Replace(path)
		var a answer
		if method == "POST" {
			a = v.post(path, "do", "hold", "reason", "x", "keys", "off", "language", "en")
		} else {
			a = v.get(path)
		}
		a.has(t, http.StatusUnauthorized, "Sign in")
		if strings.Contains(a.body, "isp0") || strings.Contains(strings.ReplaceAll(a.body, id, ""), "demo26") {
			t.Errorf("%s tells a stranger: %v\n%s", pattern, a.header, a.body)
		}
	}
	if s := stateOf(t, c, id); s != letter.Drafted {
		t.Errorf("a stranger made it %s", s)
	}
}

func TestALinkLetsOneBrowserInOnce(t *testing.T) {
	d, base := serve(t, drafted(t, 1))
	link := d.Link("anna")
	fetch, err := http.NewRequest("GET", base+link, nil)
	campaigntest.Must(t, err)
	fetch.Header.Set("Sec-Purpose", "prefetch;prerender")
	v := visit(t, base)
	r, err := v.client.Do(fetch)
	v.read(r, err).has(t, http.StatusServiceUnavailable)
	v.get(link).has(t, 200, "anna")
	visit(t, base).get(link).has(t, http.StatusForbidden, "This link was used")
	visit(t, base).get("/enter?key=").has(t, http.StatusForbidden)
	v.post("/leave").has(t, 200, "Signed out")
	v.get("/letters").has(t, http.StatusUnauthorized)
}

func TestOtherSitesAndNamesAreRefused(t *testing.T) {
	c := drafted(t, 1)
	d, base := serve(t, c)
	v, id := enter(t, d, base, "anna"), ids(t, c)[0]
	for name, change := range map[string]struct {
		status int
		header [2]string
		host   string
	}{
		"a form of another site":           {http.StatusForbidden, [2]string{"Sec-Fetch-Site", "cross-site"}, ""},
		"a form of a sibling":              {http.StatusForbidden, [2]string{"Sec-Fetch-Site", "same-site"}, ""},
		"an old browser from another site": {http.StatusForbidden, [2]string{"Origin", "https://evil.example"}, ""},
		"a name that was rebound":          {http.StatusMisdirectedRequest, [2]string{}, "evil.example"},
	} {
		r, err := http.NewRequest("POST", base+"/letters/"+id+"/hold", strings.NewReader("reason=x"))
		campaigntest.Must(t, err)
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		if change.header[0] != "" {
			r.Header.Set(change.header[0], change.header[1])
		}
		r.Host = change.host
		got, err := v.client.Do(r)
		if a := v.read(got, err); a.status != change.status {
			t.Errorf("%s: %d\n%s", name, a.status, a.body)
		}
	}
	if s := stateOf(t, c, id); s != letter.Drafted {
		t.Errorf("another site made it %s", s)
	}
	v.post("/letters/"+id+"/hold", "reason", strings.Repeat("x", 1<<20)).has(t, http.StatusRequestEntityTooLarge)
	v.post("/language", "language", "en", "back", "//evil.example").has(t, 200)
	v.post("/language", "language", "<script>").has(t, 400)
	for _, path := range []string{"/letters/../../etc/passwd", "/letters/..%2f..%2fheadsup.toml", "/static/..%2fdesk.go", "/letters/" + id + "/html/9",
		"/letters/" + id + "/attachment/-1", "/letters/" + id + "/page.pdf", "/nothing"} {
		v.get(path).has(t, http.StatusNotFound)
	}
}

func TestWhatStrangersWroteStaysText(t *testing.T) {
	c := drafted(t, 2)
	d, base := serve(t, c)
	v, id := enter(t, d, base, "<script>ann"), ids(t, c)[0]
	v.post("/letters/"+id+"/hold", "reason", hostile)
	for _, path := range []string{"/", "/letters", "/letters?q=" + url.QueryEscape(hostile), "/letters/" + id, "/letters/" + id + "?did=hold&about=" + id,
		"/letters?state=%22%3E%3Cscript%3E&country=%3Cimg%3E", "/letters?sort=findings&key=%3Cscript%3E&id=x", "/letters/%3Cscript%3E", "/%3Cscript%3E", "/keys", "/switchboard"} {
		a := v.get(path)
		if strings.Contains(a.body, "<script src=//") || strings.Contains(a.body, "<img") || strings.Contains(a.body, "<script>") || a.status >= 500 {
			t.Errorf("%s: %d\n%s", path, a.status, a.body)
		}
		if p := a.header.Get("Content-Security-Policy"); p != guard.Policy || strings.Contains(p, "unsafe") {
			t.Errorf("%s: policy %q", path, p)
		}
	}
	frame := v.get("/letters/" + id + "/html/0")
	if p := frame.header.Get("Content-Security-Policy"); frame.status != 200 || p != guard.Hostile {
		t.Errorf("the frame: %d, %q", frame.status, p)
	}
}

func TestThePageIsSentAsItIsStored(t *testing.T) {
	c := campaigntest.Open(t, campaigntest.Approved(t), nil)
	d, base := serve(t, c)
	v := enter(t, d, base, "anna")
	rec, err := c.Letter(t.Context(), campaigntest.Letter)
	campaigntest.Must(t, err)
	if a := v.get("/letters/" + campaigntest.Letter + "/page.pdf"); a.body != string(rec.Rendered.PDF) || a.header.Get("Content-Type") != "application/pdf" {
		t.Errorf("%d, %v", a.status, a.header)
	}
	if a := v.get("/letters/" + campaigntest.Letter + "/mail.eml"); a.body != string(rec.Rendered.Mail) || !strings.HasPrefix(a.header.Get("Content-Disposition"), "attachment") {
		t.Errorf("%d, %v", a.status, a.header)
	}
	v.get("/letters/"+campaigntest.Letter).has(t, 200, "findings.csv", "Take the approval back", "Approved by tester", "The printed page")
	if a := v.get("/letters/" + campaigntest.Letter + "/attachment/0"); !strings.HasPrefix(a.body, "address") && !strings.Contains(a.body, "198.51.100.1") {
		t.Errorf("%d: %q", a.status, a.body)
	}
}

func TestAStopHoldsUntilSomebodyLetsItGoOn(t *testing.T) {
	c := drafted(t, 1)
	d, base := serve(t, c)
	v := enter(t, d, base, "anna")
	v.post("/stop").has(t, 422, "Say why it is stopped")
	v.post("/resume", "reason", "x").has(t, 409, "is not stopped by itself")
	v.post("/stop", "reason", "wrong <b>scan</b>").has(t, 200, "Sending is stopped", "wrong &lt;b&gt;scan")
	v.get("/letters").has(t, 200, "Sending is stopped")
	if hs, err := campaign.Holding(t.Context(), c); len(hs) != 1 || hs[0].By != "anna" || err != nil {
		t.Errorf("halts %v %v", hs, err)
	}
	v.post("/resume", "reason", " ").has(t, 422)
	v.post("/resume", "reason", "right one").has(t, 200, "Letters may leave again")
	v.post("/stage").has(t, 409, "The stage is not over")
	v.get("/progress").has(t, 200, `"drafted":"1"`)
}
