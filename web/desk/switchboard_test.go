package desk

import (
	"strings"
	"testing"

	"headsup/campaign/campaigntest"
	"headsup/campaign/switchboard"
)

func TestTheSwitchboardSaysWhatACallerMayKnow(t *testing.T) {
	c := campaigntest.Open(t, campaigntest.Approved(t), nil)
	d, base := serve(t, c)
	v := enter(t, d, base, "anna")
	v.get("/switchboard").has(t, 200, "What does the caller name?", `href="/switchboard" aria-current="page"`)
	v.post("/switchboard", "q", " ").has(t, 422, "Type what the caller names", `aria-invalid="true"`)
	known := v.post("/switchboard", "q", campaigntest.Letter)
	known.has(t, 200, "is ours", "a***@c***.example", "198.51.100.x", `href="/letters/`+campaigntest.Letter, "198.51.100.1", campaigntest.To)
	tell, _, _ := strings.Cut(known.body[strings.Index(known.body, `class="tell"`):], "</section>")
	if strings.Contains(tell, campaigntest.To) || strings.Contains(tell, "198.51.100.1") || strings.Contains(tell, "relay") {
		t.Errorf("the caller is told\n%s", tell)
	}
	v.post("/switchboard", "q", "demo26-xxxxxxxxxx").has(t, 200, "has left us", "Nothing is known of this")
	v.post("/switchboard", "q", hostile).has(t, 200, "Say neither that there is a letter")
	if last, err := switchboard.Last(t.Context(), c, 10); err != nil || len(last) != 3 || last[2].By != "anna" {
		t.Errorf("on record: %+v, %v", last, err)
	}
	v.get("/switchboard").has(t, 200, "Who looked last", "&lt;script")
}
