package desk

import (
	"fmt"
	"iter"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"headsup/campaign"
	"headsup/campaign/campaigntest"
	"headsup/campaign/people"
	"headsup/campaign/settings"
	"headsup/inbox"
	"headsup/ledger"
	"headsup/letter"
)

const providerSettings = `rehearsal = true
state = %q
[campaign]
id = "isp26"
code_key = "code.key"
[[agency]]
id = "isp"
name = "Example Net"
from = "abuse@isp26.example"
address = ["Example Net", "1 Example Street", "10115 Berlin", "Germany"]
form = "din-5008-b"
[letters]
pdf = false
[isp]
customers = "customers.csv"
reporters = ["reporter.example", "siem.example"]
country = "CA"
`

const providerCustomers = `customer,name,prefix,login,email,language,zone,contract
77,Shop GmbH,198.51.100.7/32,,admin@shop.example,en,UTC,hosting
78,Other Ltd,198.51.100.8/32,,other@client.example,en,UTC,hosting
`

// reported makes a provider's campaign that these messages were reported to, by
// subject and text, and returns the cases in their order.
func reported(t *testing.T, messages ...[2]string) (c *campaign.Campaign, ids []string) {
	t.Helper()
	dir := t.TempDir()
	for name, text := range map[string]string{settings.File: fmt.Sprintf(providerSettings, t.TempDir()), "code.key": "0123456789abcdef0123", "customers.csv": providerCustomers} {
		campaigntest.Must(t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600))
	}
	c = campaigntest.Open(t, dir, nil)
	desk, err := campaign.OpenCases(c)
	campaigntest.Must(t, err)
	var box iter.Seq2[inbox.Message, error] = func(yield func(inbox.Message, error) bool) {
		for i, m := range messages {
			text := fmt.Sprintf("From: SOC <soc@siem.example>\r\nTo: abuse@isp26.example\r\nSubject: %s\r\nDate: %s\r\nMessage-ID: <%d@siem.example>\r\n\r\n%s",
				m[0], time.Now().Add(-time.Hour).Format(time.RFC1123Z), i, strings.ReplaceAll(m[1], "\n", "\r\n"))
			if !yield(inbox.Message{Name: fmt.Sprint("mail", i), Text: []byte(text)}, nil) {
				return
			}
		}
	}
	campaigntest.Must(t, desk.Take(t.Context(), box, 1, func(err error) { t.Error(err) }))
	all, err := desk.Cases.List(t.Context(), ledger.CaseFilter{})
	campaigntest.Must(t, err)
	campaigntest.Must(t, desk.Close())
	byName := map[string]string{}
	for _, c := range all {
		byName[c.MessageID] = c.ID
		if c.Queue == "secret" {
			byName["secret"] = c.ID
		}
	}
	for i := range messages {
		id := byName[fmt.Sprintf("%d@siem.example", i)]
		if id == "" {
			id = byName["secret"]
		}
		ids = append(ids, id)
	}
	return c, ids
}

// attack is a line of a log about an address.
func attack(addr string) string {
	at := time.Now().UTC().Add(-2 * time.Hour).Format(time.DateTime)
	return "All times in UTC.\n" + at + " bastion sshd[2211]: Failed password for root from " + addr + " port 41001 ssh2\n"
}

func TestAReportIsCorrectedWithOneClick(t *testing.T) {
	c, ids := reported(t,
		[2]string{"SSH brute force", attack("198.51.100.7")},
		[2]string{"Please help <script>", "Something of yours is bad. We saw 198.51.100.8 near 203.0.113.9 " + hostile + "\n"})
	d, base := serve(t, c)
	v := enter(t, d, base, "anna")
	v.get("/").has(t, 200, `href="/cases?place=person"`, "1 report needs somebody", `href="/cases"`)
	list := v.get("/cases")
	list.has(t, 200, ids[0], ids[1], "2 reports", "told to the customer", "needs a person", "password guessing", "soc@siem.example")
	v.get("/cases?customer=77").has(t, 200, ids[0])
	for _, none := range []string{"/cases?customer=78", "/cases?place=closed", "/cases?kind=spam", "/cases?reporter=other.example", "/cases?customer=%22%3E"} {
		if a := v.get(none); strings.Contains(a.body, ids[0]) || strings.Contains(a.body, ids[1]) {
			t.Errorf("%s lists what it does not ask for", none)
		}
	}
	v.get("/cases/"+ids[0]).has(t, 200, "<mark>198.51.100.7</mark>", "port 41001", "77")
	at := "/cases/" + ids[1] + "?place=person"
	v.get(at).has(t, 200, `name="addr" value="198.51.100.8"`, "&lt;script", "Nothing that a customer could hear")
	v.post(at, "do", "is", "addr", "198.51.100.8").has(t, 422, "Say when it was", `value="198.51.100.8"`, `aria-invalid="true"`)
	for _, bad := range [][3]string{{"x", "", "This is no IP address"}, {"198.51.100.8", "99999", "This is no port"}, {"203.0.113.9", "", "No network of ours"}} {
		v.post(at, "do", "is", "addr", bad[0], "port", bad[1], "time", "2026-01-01 10:00 UTC").has(t, 422, bad[2], `aria-invalid="true"`)
	}
	v.post(at, "do", "customer", "customer", "4711").has(t, 422, "nobody of this number")
	v.post(at, "do", "customer", "customer", "77").has(t, 422, "names nothing yet")
	v.post(at, "do", "resolved").has(t, 422, "did not say last")
	v.post(at, "do", "answer", "text", " ").has(t, 422, "Write what the reporter is told")
	v.post(at, "do", "shred").has(t, 400)
	v.post("/cases/none", "do", "not-ours").has(t, 404)
	v.post(at, "do", "is", "addr", "198.51.100.8", "time", time.Now().UTC().Add(-3*time.Hour).Format("2006-01-02 15:04")+" UTC").has(t, 200, "Decided", "told to the customer", "by anna")
	d.work.Wait()
	letters := 0
	for e, err := range c.Letters(t.Context(), ledger.Filter{States: []letter.State{letter.Drafted}}) {
		campaigntest.Must(t, err)
		if e.To == "other@client.example" {
			letters++
		}
	}
	if letters != 1 {
		t.Errorf("%d letters to the customer are written", letters)
	}
	v.post("/cases/"+ids[1], "do", "no-report").has(t, 200, "reports nothing")
	v.post("/cases/"+ids[0], "do", "answer", "text", "We look into it.").has(t, 200, "awaits review")
}

func TestASenderIsTaughtAndForgotten(t *testing.T) {
	c, ids := reported(t, [2]string{"Ticket", "Offender is 198.51.100.7\n"})
	d, base := serve(t, c)
	v := enter(t, d, base, "anna")
	at := "/cases/" + ids[0]
	v.post(at+"/teach", "label", " ", "means", "address").has(t, 422, "Give the label")
	v.post(at+"/teach", "label", "Offender:", "means", "shoe size").has(t, 422, "Give the label", `value="Offender:"`)
	v.post(at+"/teach", "label", "Offender:", "means", "address").has(t, 200, "Taught.")
	v.get("/customers").has(t, 200, "soc@siem.example", "offender", "the address of who did it", "The file is used as it is")
	v.post("/customers/unteach", "sender", "soc@siem.example", "label", "offender").has(t, 200, "The lesson is taken back", "Nothing was taught")
	v.post("/customers/unteach", "sender", "soc@siem.example", "label", "offender").has(t, 409, "was not taught any more")
}

func TestAFileOfCustomersThatChangedMuchWaits(t *testing.T) {
	c, ids := reported(t, [2]string{"SSH brute force", attack("198.51.100.7")})
	d, base := serve(t, c)
	v := enter(t, d, base, "anna")
	few := strings.Join(strings.SplitAfter(providerCustomers, "\n")[:2], "")
	campaigntest.Must(t, os.WriteFile(filepath.Join(c.Folder(), "customers.csv"), []byte(few), 0o600))
	v.get("/cases").has(t, 200, "The file changed much", "use the file")
	v.get("/cases/"+ids[0]).has(t, 200, "The file changed much")
	v.post("/customers").has(t, 200, "used from now on", "The file is used as it is")
	v.get("/cases").has(t, 200, ids[0])
}

func TestWhatIsKeptApartIsSeenByItsRoleAlone(t *testing.T) {
	c, ids := reported(t, [2]string{"CSAM report", "Child sexual abuse material is hosted at 198.51.100.7, see marker-in-the-report. URL https://shop.example/x\n"},
		[2]string{"SSH brute force", attack("198.51.100.7")})
	d, base := serve(t, c)
	secret := ids[0]
	if secret == "" || secret == ids[1] {
		t.Fatalf("no report is kept apart: %q", ids)
	}
	all := map[people.Role]*visitor{}
	for _, role := range people.All {
		name := string(role) + "er"
		password, err := d.door.Admit(t.Context(), name, people.Roles{role}, "tester")
		campaigntest.Must(t, err)
		all[role] = visit(t, base)
		all[role].post("/sign-in", "name", name, "password", password, "to", "/keys").has(t, http.StatusOK, name)
	}
	for role, v := range all {
		for _, page := range []string{"/", "/cases", "/cases?place=secret", "/cases?kind=child-abuse", "/cases?due=1", "/cases/" + secret, "/customers"} {
			a := v.get(page)
			if strings.Contains(a.body, secret) && page != "/cases/"+secret || strings.Contains(a.body, "marker-in") || strings.Contains(strings.ToLower(a.body), "csam") {
				t.Errorf("%s shows a %ser what is kept apart\n%s", page, role, a.body)
			}
			if page == "/cases/"+secret && a.status != http.StatusNotFound {
				t.Errorf("%s: %d for a %ser", page, a.status, role)
			}
		}
		if a := v.get("/apart"); role != people.Apart && a.status != http.StatusForbidden {
			t.Errorf("a %ser sees %d\n%s", role, a.status, a.body)
		}
	}
	page := all[people.Apart].get("/apart")
	page.has(t, 200, secret, "soc@siem.example", "198.51.100.7")
	for _, no := range []string{"marker-in", "shop.example", "CSAM", ids[1]} {
		if strings.Contains(page.body, no) {
			t.Errorf("it shows %q\n%s", no, page.body)
		}
	}
	in := campaign.Within(c)
	log, err := ledger.NewCases(in.Ledger, in.Rules.ID).Events(t.Context(), secret)
	if err != nil || len(log) == 0 || log[len(log)-1].By != "aparter" || log[len(log)-1].What != "viewed" {
		t.Errorf("on record: %+v, %v", log, err)
	}
	v := enter(t, d, base, "anna")
	v.post("/cases/"+secret, "do", "not-ours").has(t, 404)
	v.post("/cases/"+secret+"/teach", "label", "x", "means", "address").has(t, 404)
}

func TestACampaignOfScansHasNoReports(t *testing.T) {
	d, base := serve(t, drafted(t, 1))
	v := enter(t, d, base, "anna")
	for _, page := range []string{"/cases", "/cases/x", "/apart", "/customers"} {
		v.get(page).has(t, 404)
	}
	if strings.Contains(v.get("/").body, `href="/cases"`) {
		t.Error("reports are in the navigation")
	}
}

func TestALetterThatDidNotArriveStandsAtItsReport(t *testing.T) {
	c, ids := reported(t, [2]string{"SSH brute force", attack("198.51.100.7")})
	house, err := campaign.OpenCases(c)
	campaigntest.Must(t, err)
	defer house.Close()
	ctx := t.Context()
	campaigntest.Must(t, house.Compose(ctx, time.Now()))
	last, err := house.Cases.Last(ctx, letter.CustomerPile("77"))
	campaigntest.Must(t, err)
	e, err := c.Entry(ctx, last.ID)
	campaigntest.Must(t, err)
	campaigntest.Must(t, house.Ledger.Approve(ctx, e.ID, e.Hash, "anna"))
	o, err := house.Ledger.Outbox(ctx, ledger.OutboxOptions{Owner: "test"})
	campaigntest.Must(t, err)
	defer o.Close(ctx)
	es, _, err := o.Claim(ctx, 1)
	campaigntest.Must(t, err)
	campaigntest.Must(t, o.Mark(ctx, es[0]))
	campaigntest.Must(t, o.Settle(ctx, es[0], letter.Outcome{State: letter.Sent, Phase: letter.Replied, Code: 250, Text: "ok"})())
	_, err = house.Ledger.Note(ctx, ledger.HistoryEntry{Letter: e.ID, Kind: letter.Bounce, State: letter.Bounced, Class: letter.ClassMailbox, Ref: "x", Text: "550 5.1.1 nobody"})
	campaigntest.Must(t, err)
	d, base := serve(t, c)
	v := enter(t, d, base, "anna")
	v.get("/cases").has(t, 200, ids[0], "no such mailbox")
	v.get("/cases/"+ids[0]).has(t, 200, "no such mailbox", "550 5.1.1 nobody", `href="/letters/`+e.ID)
}
