package desk

import (
	"regexp"
	"strconv"
	"strings"
	"testing"

	"headsup/campaign"
	"headsup/campaign/campaigntest"
	"headsup/ledger"
	"headsup/letter"
)

// reader reads a batch to its end: what is wrong on purpose is called wrong
// unless it is blind, and a letter of these IDs is.
func (v *visitor) readBatch(c *campaign.Campaign, id int64, blind bool, wrong map[string]bool) answer {
	v.t.Helper()
	at := "/batches/" + strconv.FormatInt(id, 10)
	for range 1000 {
		b, err := campaign.LotOf(v.t.Context(), c, id)
		campaigntest.Must(v.t, err)
		if b.Next == 0 || b.State != ledger.LotReading {
			return v.get(at)
		}
		r, _, err := campaign.ToRead(v.t.Context(), c, id, b.Next)
		campaigntest.Must(v.t, err)
		to := at + "/read/" + strconv.Itoa(b.Next)
		if r.Kind == ledger.ReadPlant && !blind || wrong[r.Letter] {
			v.post(to, "verdict", "wrong", "reason", "does not fit")
			continue
		}
		a := v.post(to, "verdict", "right")
		if r.Kind == ledger.ReadPlant {
			a.has(v.t, 200, "was wrong on purpose")
			blind = false // who was told reads with care
		}
	}
	v.t.Fatal("a batch without end")
	return answer{}
}

func TestABatchIsApprovedBySample(t *testing.T) {
	c := drafted(t, 20)
	d, base := serve(t, c)
	v, all := enter(t, d, base, "anna"), ids(t, c)
	held, changed := all[0], all[1]
	_, err := c.Hold(t.Context(), []string{held}, "wait", "ben")
	campaigntest.Must(t, err)
	a := v.post("/batches", "view", "kind=open-relay")
	a.has(t, 200, "19 letters", "being read", "Read number 1 of 19")
	id := number(t, a)
	at := "/batches/" + strconv.FormatInt(id, 10)
	first := v.get(at + "/read/1")
	first.has(t, 200, "What it says", `<bdi dir="ltr">198.51.100.`, "1 of 19")
	v.post(at+"/read/1", "verdict", "wrong").has(t, 422, "Say what is wrong")
	v.post(at+"/read/1", "verdict", "maybe").has(t, 400)
	b, err := campaign.LotOf(t.Context(), c, id)
	campaigntest.Must(t, err)
	if b.Shapes != 2 || b.Planted != 3 || b.Sample != 14 || b.Letters != 19 || len(b.SixWords) != 6 {
		t.Errorf("%+v", b)
	}
	v.post(at+"/approve", "hash", b.Hash).has(t, 409, "there are letters to be read")
	done := v.readBatch(c, id, false, nil)
	done.has(t, 200, "14 letters drawn of 19 were read, none wrong: up to", strings.Join(b.SixWords, " "), "Approve all 19 letters")
	v.post(at+"/read/1", "verdict", "right").has(t, 409)
	v.post(at+"/approve", "hash", "other").has(t, 409)
	_, err = c.Hold(t.Context(), []string{changed}, "late", "ben") // after it was frozen
	campaigntest.Must(t, err)
	v.post(at+"/approve", "hash", b.Hash).has(t, 200)
	d.work.Wait()
	b, err = campaign.LotOf(t.Context(), c, id)
	if b.Approved != 18 || b.Refused != 1 || stateOf(t, c, held) != letter.Held || stateOf(t, c, changed) != letter.Held || stateOf(t, c, all[2]) != letter.Approved {
		t.Errorf("%+v %v", b, err)
	}
	v.get("/batches").has(t, 200, "approved")
	v.post("/batches", "view", "country=XX").has(t, 422, "None of these letters awaits review")
	for _, path := range []string{"/batches/99", "/batches/x", at + "/read/0", at + "/read/99", at + "/read/-1"} {
		v.get(path).has(t, 404)
	}
}

func TestAWrongLetterStopsItsBatch(t *testing.T) {
	c := drafted(t, 12)
	d, base := serve(t, c)
	v := enter(t, d, base, "anna")
	id := number(t, v.post("/batches"))
	reads, err := readsOf(t, c, id)
	campaigntest.Must(t, err)
	var sampled string
	for _, r := range reads {
		if r.Kind == ledger.ReadSample {
			sampled = r.Letter
		}
	}
	v.readBatch(c, id, false, map[string]bool{sampled: true}).has(t, 200, "Stopped, because a letter was wrong:", sampled, "does not fit")
	if s := stateOf(t, c, sampled); s != letter.Held {
		t.Errorf("the wrong letter is %s", s)
	}
	b, err := campaign.LotOf(t.Context(), c, id)
	campaigntest.Must(t, err)
	v.post("/batches/"+strconv.FormatInt(id, 10)+"/approve", "hash", b.Hash).has(t, 409)
}

func TestWhoPassesOverAWrongLetterReadsAnotherSample(t *testing.T) {
	c := drafted(t, 12)
	d, base := serve(t, c)
	v := enter(t, d, base, "anna")
	id := number(t, v.post("/batches"))
	before, err := campaign.LotOf(t.Context(), c, id)
	campaigntest.Must(t, err)
	v.readBatch(c, id, true, nil)
	after, err := campaign.LotOf(t.Context(), c, id)
	campaigntest.Must(t, err)
	if after.Missed != 1 || after.Caught != before.Planted-1 || after.State != ledger.LotReading {
		t.Errorf("before %+v\nafter %+v", before, after)
	}
}

// number reads which batch a page is about.
func number(t *testing.T, a answer) int64 {
	t.Helper()
	m := regexp.MustCompile(`^/batches/(\d+)`).FindStringSubmatch(a.url.Path)
	if m == nil {
		t.Fatalf("no batch: %v %d\n%s", a.url, a.status, a.body)
	}
	n, err := strconv.ParseInt(m[1], 10, 64)
	campaigntest.Must(t, err)
	return n
}

func readsOf(t *testing.T, c *campaign.Campaign, id int64) (all []ledger.LotRead, err error) {
	for n := 1; ; n++ {
		r, _, err := campaign.ToRead(t.Context(), c, id, n)
		if err != nil {
			return all, nil
		}
		all = append(all, r)
	}
}

func TestAPlantedLetterIsWrong(t *testing.T) {
	c := drafted(t, 20)
	d, base := serve(t, c)
	v := enter(t, d, base, "anna")
	id := number(t, v.post("/batches"))
	reads, err := readsOf(t, c, id)
	campaigntest.Must(t, err)
	found := map[string]bool{}
	for _, r := range reads {
		if r.Kind != ledger.ReadPlant {
			continue
		}
		found[r.Plant] = true
		_, shown, err := campaign.ToRead(t.Context(), c, id, r.N)
		campaigntest.Must(t, err)
		real, err := c.Letter(t.Context(), r.Letter)
		campaigntest.Must(t, err)
		_, err = readMail(shown.Rendered.Mail)
		campaigntest.Must(t, err)
		differ := map[string]bool{
			campaign.PlantReader:  shown.To != real.To,
			campaign.PlantAddress: shown.Letter.Findings[0].Addr != real.Letter.Findings[0].Addr,
			campaign.PlantHalf:    len(shown.Rendered.Mail) < len(real.Rendered.Mail),
		}
		for what, is := range differ {
			if is != (what == r.Plant) {
				t.Errorf("%s: %s %v", r.Plant, what, is)
			}
		}
	}
	if len(found) != campaign.Plants {
		t.Errorf("planted %v", found)
	}
}
