package cases_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"headsup/campaign/cases"
	"headsup/ledger"
	"headsup/letter"
)

// TestWhereReportsEnd names the place of each report, and whose it is.
func TestWhereReportsEnd(t *testing.T) {
	d, _ := desk(t, "")
	at, stamp := hour(2), hour(2).Format(time.DateTime)
	soc := func(body string) []byte { return message("soc@reporter.example", "SSH brute force", body, "") }
	for _, c := range []struct {
		name     string
		mail     []byte
		place    ledger.Place
		customer string
	}{
		{"a log line about one who had the address", soc(inUTC + failed("192.0.2.10", at, 44022)), ledger.ToCustomer, "4711"},
		{"the same hour, the address beside it", soc(inUTC + failed("192.0.2.11", at, 44022)), ledger.ToCustomer, "0815"},
		{"before an address changed hands", soc(inUTC + failed("192.0.2.12", hour(9), 1025)), ledger.ToCustomer, "4711"},
		{"after it changed hands", soc(inUTC + failed("192.0.2.12", hour(3), 1025)), ledger.ToCustomer, "0815"},
		{"in the minute in which it changed hands", soc(inUTC + failed("192.0.2.12", hour(5), 1025)), ledger.UnclearHolder, ""},
		{"without a zone", soc("Our server is 203.0.113.5.\n\n" + failed("192.0.2.12", at, 44022)), ledger.UnclearHolder, ""},
		{"an address that nobody had", soc(inUTC + failed("192.0.2.99", at, 44022)), ledger.NotOurs, ""},
		{"an address of somebody else", soc(inUTC + failed("203.0.113.77", at, 44022)), ledger.NotOurs, ""},
		{"older than anything that is kept", soc(inUTC + failed("192.0.2.10", hour(24*30), 44022)), ledger.TooOld, ""},
		{"in the future", soc(inUTC + failed("192.0.2.10", hour(-24), 44022)), ledger.UnclearHolder, ""},
		{"a fixed network", soc(inUTC + failed("198.51.100.7", at, 44022)), ledger.ToCustomer, "77"},
		{"a customer whom nobody can write to", soc(inUTC + failed("198.51.100.8", at, 44022)), ledger.ToPerson, "78"},
		{"a page of a hosting customer", message("phish@other.example", "Phishing page at your customer",
			"Please take down this phishing page: hxxp://shop[.]example/login.php\nHosted at 198.51.100.7\nSeen "+stamp+" UTC", ""), ledger.ToCustomer, "77"},
		{"an acknowledgement", message("desk@example.net", "Your report about 192.0.2.10 was received", "Thank you for your report. Your ticket has been created.", ""), ledger.NoReport, ""},
		{"child abuse", message("hotline@example.org", "Report 77", "Child sexual abuse material\nIP address: 192.0.2.10\nTime: "+stamp+" UTC", ""), ledger.KeptSecret, ""},
		{"the police", message("kripo@police.example", "Auskunftsersuchen", "Staatsanwaltschaft: wir bitten um Auskunft, wer die IP 192.0.2.10 am "+stamp+" UTC nutzte.", ""), ledger.KeptRestrict, ""},
	} {
		got := d.Read(cases.Message{Name: "mail", Text: c.mail})
		customer := ""
		for _, i := range got.Incidents {
			customer = i.Customer
		}
		if got.Place != c.place || customer != c.customer {
			t.Errorf("%s: %s %q (%s), want %s %q", c.name, got.Place, customer, got.Why, c.place, c.customer)
		}
	}
}

func TestACustomerHearsOfAnEventOnceAndOfMoreLater(t *testing.T) {
	d, told := desk(t, `interval = "1h"`)
	first := message("soc@reporter.example", "SSH brute force", inUTC+failed("192.0.2.10", hour(2), 44022), "")
	same := message("cert@other.example", "Brute force", inUTC+failed("192.0.2.10", hour(2), 44022), "")
	take(t, d, first, same, first)
	must(t, d.Compose(t.Context(), time.Now()))
	if all := letters(t, d); len(all) != 1 || !strings.Contains(all["customer 4711"], "findings.csv") {
		t.Fatalf("%v", piles(all))
	}
	sum, err := d.Cases.Sum(t.Context())
	must(t, err)
	if sum[ledger.ToCustomer] != 1 || sum[ledger.ToldBefore] != 1 {
		t.Errorf("sum %v", sum)
	}
	later := message("soc@reporter.example", "SSH brute force", inUTC+failed("192.0.2.10", hour(1.5), 44023), "")
	take(t, d, later)
	must(t, d.Compose(t.Context(), time.Now()))
	one, err := d.Cases.Last(t.Context(), letter.CustomerPile("4711"))
	must(t, err)
	if one.Round != 1 || one.State != letter.Drafted {
		t.Errorf("a draft is written anew, with both: %+v", one)
	}
	send(t, d)
	take(t, d, message("soc@reporter.example", "SSH brute force", inUTC+failed("192.0.2.10", hour(1), 44024), ""))
	*told = nil
	must(t, d.Compose(t.Context(), time.Now()))
	if len(*told) != 1 {
		t.Fatalf("%+v", *told)
	}
	if w, ok := (*told)[0].(cases.Waits); !ok || w.Customer != "4711" || w.Notices != 1 {
		t.Errorf("within the interval: %+v", *told)
	}
	d.Now = func() time.Time { return time.Now().Add(2 * time.Hour) }
	must(t, d.Compose(t.Context(), time.Now()))
	if one, err = d.Cases.Last(t.Context(), letter.CustomerPile("4711")); err != nil || one.Round != 2 {
		t.Errorf("after it: %+v, %v", one, err)
	}
}

// TestNoLetterHoldsAnotherCustomersData seeds every customer with markers, and
// searches every byte of every letter and answer for those of the others.
func TestNoLetterHoldsAnotherCustomersData(t *testing.T) {
	d, _ := desk(t, `answer = "draft"`)
	markers := map[string][]string{
		"4711": {"Muster", "anna@kunde.example", "02:00:00:00:00:01", "192.0.2.10", "41001", "MARK-ANNA"},
		"0815": {"Sample", "bob@client.example", "02:00:00:00:00:02", "192.0.2.11", "41002", "MARK-BOB"},
		"77":   {"Shop GmbH", "admin@mail-of-shop.example", "198.51.100.7", "41003", "shop.example", "MARK-SHOP"},
		"79":   {"Twin A", "198.51.100.9", "41004", "MARK-TWINA"},
		"80":   {"Twin B", "198.51.100.10", "41005", "MARK-TWINB"},
	}
	line := func(id string) string {
		m := markers[id]
		addr := m[3]
		switch id {
		case "77":
			addr = "198.51.100.7"
		case "79", "80":
			addr = m[1]
		}
		for _, p := range m {
			if strings.HasPrefix(p, "41") {
				return fmt.Sprintf("%s bastion sshd[2211]: Failed password for %s from %s port %s ssh2\n", hour(2).Format(time.DateTime), m[len(m)-1], addr, p)
			}
		}
		return ""
	}
	all := inUTC
	csv := "timestamp,ip,port,asn,note\n"
	for _, id := range []string{"4711", "0815", "77", "79", "80"} {
		all += line(id)
		m := markers[id]
		addr := strings.Fields(line(id))[8]
		csv += fmt.Sprintf("%s,%s,22,64500,%s\n", hour(3).Format(time.DateTime), addr, m[len(m)-1])
	}
	table := "MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n"
	mixed := "--b\nContent-Type: text/plain\n\nShadowserver report, times in UTC.\n\n--b\nContent-Type: text/csv; name=\"scan_ssh.csv\"\nContent-Disposition: attachment; filename=\"scan_ssh.csv\"\n\n" + csv + "--b--\n"
	take(t, d, message("soc@reporter.example", "SSH brute force", all, ""), message("feed@reporter.example", "Report of exposed services", mixed, table),
		message("one@reporter.example", "SSH brute force", inUTC+"MARK-SOC tells you of anna@kunde.example and bob@client.example\n"+failed("192.0.2.10", hour(2.5), 41001), ""))
	must(t, d.Compose(t.Context(), time.Now()))
	must(t, d.Answer(t.Context(), time.Now()))
	send(t, d)
	must(t, d.Answer(t.Context(), time.Now()))
	written := letters(t, d)
	for id := range markers {
		mine := written[letter.CustomerPile(id)]
		if mine == "" {
			t.Errorf("no letter to %s: %v", id, piles(written))
			continue
		}
		for other, ms := range markers {
			for _, m := range ms {
				if other != id && strings.Contains(mine, m) {
					t.Errorf("the letter to %s holds %q of %s", id, m, other)
				}
			}
		}
		for _, m := range []string{"reporter.example", "soc@", "MARK-SOC"} {
			if strings.Contains(mine, m) {
				t.Errorf("the letter to %s says who reported: %q", id, m)
			}
		}
	}
	answers := 0
	for pile, text := range written {
		if !strings.HasPrefix(pile, "answer ") {
			continue
		}
		answers++
		for id, ms := range markers {
			for _, m := range ms {
				isAddress := strings.HasPrefix(m, "192.") || strings.HasPrefix(m, "198.") || strings.HasPrefix(m, "410") // the reporter's own words
				if !isAddress && strings.Contains(text, m) {
					t.Errorf("the answer %s holds %q of %s", pile, m, id)
				}
			}
		}
	}
	if answers == 0 {
		t.Error("no answer was written")
	}
}

func TestOnlyProvenReportersAreAnsweredAndNoMachine(t *testing.T) {
	trusted := "Authentication-Results: mx.isp.example; dmarc=pass header.from=cert.example\r\n"
	body := inUTC + failed("203.0.113.77", hour(2), 44022)
	for _, c := range []struct {
		name string
		mail []byte
		want bool
	}{
		{"proven by DMARC", message("soc@cert.example", "SSH brute force", body, trusted), true},
		{"known to the settings", message("soc@reporter.example", "SSH brute force", body, ""), true},
		{"nobody vouches", message("soc@cert.example", "SSH brute force", body, ""), false},
		{"a server that is not trusted vouches", message("soc@cert.example", "SSH brute force", body, strings.Replace(trusted, "mx.isp", "mx.evil", 1)), false},
		{"another domain is proven", message("soc@victim.example", "SSH brute force", body, trusted), false},
		{"a machine wrote it", message("soc@cert.example", "SSH brute force", body, trusted+"Auto-Submitted: auto-generated\r\n"), false},
		{"bulk", message("soc@cert.example", "SSH brute force", body, trusted+"Precedence: bulk\r\n"), false},
		{"a list", message("soc@cert.example", "SSH brute force", body, trusted+"List-Id: <x.cert.example>\r\n"), false},
		{"no return path", message("soc@cert.example", "SSH brute force", body, "Return-Path: <>\r\n"+trusted), false},
		{"a mailbox that nobody reads", message("no-reply@cert.example", "SSH brute force", body, trusted), false},
		{"a mailbox of ours", message("abuse@isp26.example", "SSH brute force", body, strings.Replace(trusted, "cert.example", "isp26.example", 1)), false},
	} {
		d, _ := desk(t, `answer = "send"`)
		take(t, d, c.mail)
		must(t, d.Answer(t.Context(), time.Now()))
		if got := len(letters(t, d)) == 1; got != c.want {
			t.Errorf("%s: answered: %v", c.name, got)
		}
		must(t, d.Answer(t.Context(), time.Now()))
		if got := len(letters(t, d)); got > 1 {
			t.Errorf("%s: %d answers", c.name, got)
		}
	}
}

func TestAnswersAreCapped(t *testing.T) {
	for _, c := range []struct {
		name      string
		most      int
		reporters []string
		answers   int
		why       string
	}{
		{"one reporter twice", 10, []string{"a", "a"}, 1, "answered today"},
		{"more reporters than a day has answers", 2, []string{"a", "b", "c"}, 2, "as many as a day has"},
	} {
		d, told := desk(t, fmt.Sprintf("answer = \"send\"\nanswers = %d", c.most))
		var mails [][]byte
		for i, who := range c.reporters {
			mails = append(mails, message(who+"@reporter.example", "SSH brute force", inUTC+failed("203.0.113.77", hour(2), 1025+i), ""))
		}
		take(t, d, mails...)
		*told = nil
		must(t, d.Answer(t.Context(), time.Now()))
		if got := len(letters(t, d)); got != c.answers {
			t.Errorf("%s: %d answers", c.name, got)
		}
		why := ""
		for _, e := range *told {
			if u, ok := e.(cases.Unanswered); ok {
				why += u.Why + "\n"
			}
		}
		if !strings.Contains(why, c.why) || strings.Count(why, "\n") != len(c.reporters)-c.answers {
			t.Errorf("%s: %q", c.name, why)
		}
	}
}

// TestTwoHousesThatAnswerEachOtherStop passes each house's letters to the other
// until neither writes any more, and a vacation responder's to both.
func TestTwoHousesThatAnswerEachOtherStop(t *testing.T) {
	house := func(id string) *cases.Desk {
		dir := t.TempDir()
		folder(t, dir, id, "answer = \"send\"\n")
		d := open(t, dir, nil)
		d.Settings.ISP.Reporter = []string{"ispa.example", "ispb.example", "away.example"}
		return d
	}
	a, b := house("ispa"), house("ispb")
	take(t, a, message("abuse@ispb.example", "SSH brute force", inUTC+failed("203.0.113.77", hour(2), 1025), ""))
	take(t, b, message("abuse@ispa.example", "SSH brute force", inUTC+failed("203.0.113.78", hour(2), 1025), ""))
	passed := map[string]bool{}
	for range 5 {
		for _, way := range [][2]*cases.Desk{{a, b}, {b, a}} {
			must(t, way[0].Answer(t.Context(), time.Now()))
			for e, err := range way[0].Ledger.Letters(t.Context(), ledger.Filter{}) {
				must(t, err)
				r, err := way[0].Ledger.Letter(t.Context(), e.ID)
				must(t, err)
				if !passed[e.ID] {
					passed[e.ID] = true
					vacation := message("someone@away.example", "Out of office: "+r.Rendered.Subject, "I am away.\n\n"+failed("203.0.113.77", hour(2), 1030),
						"Auto-Submitted: auto-replied\r\nIn-Reply-To: <"+e.MessageID+">\r\n")
					take(t, way[1], r.Rendered.Mail)
					take(t, way[0], vacation)
				}
			}
		}
	}
	if len(passed) != 2 {
		t.Errorf("%d answers were written, want one of each house", len(passed))
	}
}

func TestTrustHasToBeEarned(t *testing.T) {
	for _, auto := range []string{"shadow", "earned"} {
		d, told := desk(t, fmt.Sprintf("auto = %q\nearn = 2\ninterval = \"1ms\"", auto))
		mail := func(from string, n int) []byte {
			return message(from, "SSH brute force", inUTC+failed("192.0.2.10", hour(2+float64(n)/10), 44022+n), "")
		}
		take(t, d, mail("soc@reporter.example", 1), mail("soc@reporter.example", 2))
		must(t, d.Compose(t.Context(), time.Now()))
		send(t, d) // a person approves two decisions
		take(t, d, mail("soc@reporter.example", 3))
		*told = nil
		must(t, d.Compose(t.Context(), time.Now()))
		approved, shadowed := 0, 0
		for _, e := range *told {
			switch e.(type) {
			case cases.Approved:
				approved++
			case cases.Shadowed:
				shadowed++
			}
		}
		if want := map[string][2]int{"shadow": {0, 1}, "earned": {1, 0}}[auto]; want != [2]int{approved, shadowed} {
			t.Errorf("%s: %d approved, %d would be", auto, approved, shadowed)
		}
		send(t, d)
		take(t, d, mail("stranger@other.example", 4)) // nobody vouches for it
		*told = nil
		must(t, d.Compose(t.Context(), time.Now()))
		for _, e := range *told {
			if _, ok := e.(cases.Approved); ok {
				t.Errorf("%s: a stranger's report was forwarded by itself", auto)
			}
		}
		list, err := d.Cases.List(t.Context(), ledger.CaseFilter{Reporter: "soc@reporter.example"})
		must(t, err)
		_, err = d.NoReport(t.Context(), list[0].ID, "ann")
		must(t, err)
		tr, err := d.Cases.Trust(t.Context(), ledger.Pair{Reporter: "soc@reporter.example", Kind: "bruteforce"})
		must(t, err)
		if tr.Confirmed != 0 || tr.Mistakes == 0 {
			t.Errorf("%s: after a mistake: %+v", auto, tr)
		}
	}
}

func TestAPersonDecides(t *testing.T) {
	d, _ := desk(t, "")
	unclear := message("soc@reporter.example", "SSH brute force", "Our server is 203.0.113.5.\n\n"+failed("192.0.2.12", hour(2), 44022), "")
	take(t, d, unclear)
	id, ctx := cases.CaseID(unclear), t.Context()
	if _, err := d.Is(ctx, id, "ann", "203.0.113.9", "", ""); !errors.Is(err, cases.ErrNotOurs) {
		t.Errorf("an address of somebody else: %v", err)
	}
	if _, err := d.Customer(ctx, id, "ann", "12345"); !errors.Is(err, cases.ErrNoCustomer) {
		t.Errorf("a customer that there is not: %v", err)
	}
	got, err := d.Is(ctx, id[:5], "ann", "192.0.2.12", "", hour(2).Format(time.RFC3339))
	must(t, err)
	if got.Place != ledger.ToCustomer || got.Incidents[0].Customer != "0815" || got.By != "ann" {
		t.Errorf("is: %+v", got)
	}
	got, err = d.Customer(ctx, id, "ann", "4711")
	must(t, err)
	must(t, d.Compose(ctx, time.Now()))
	if all := letters(t, d); got.Place != ledger.ToCustomer || len(all) != 1 || all["customer 4711"] == "" {
		t.Errorf("customer: %+v, %v", got.Case, piles(all))
	}
	if got, err = d.NotOurs(ctx, id, "ann"); err != nil || got.Place != ledger.NotOurs || got.Stay != 0 {
		t.Errorf("not ours: %+v, %v", got, err)
	}
	must(t, d.Compose(ctx, time.Now()))
	if all := letters(t, d); len(all) != 0 {
		t.Errorf("the draft stays: %v", piles(all))
	}
	if got, err = d.AnswerWith(ctx, id, "ann", "Thank you, we look into it.", time.Now()); err != nil || !strings.Contains(letters(t, d)["answer "+id], "we look into it") {
		t.Errorf("answer: %+v, %v", got, err)
	}
	if _, err := d.AnswerWith(ctx, id, "ann", "Again.", time.Now()); !errors.Is(err, cases.ErrUnanswerable) {
		t.Errorf("a second answer: %v", err)
	}
	log, err := d.Cases.Events(ctx, id)
	must(t, err)
	decided := ""
	for _, e := range log {
		if e.What == "decided" {
			decided += e.Text + "; "
		}
	}
	if !strings.Contains(decided, "customer 4711") || !strings.Contains(decided, "not ours") {
		t.Errorf("log: %s", decided)
	}
}

// TestKilled stores reports in a process that is killed again and again (fifty
// times with HEADSUP_REAL=1): none is lost, and no event is told twice.
func TestKilled(t *testing.T) {
	if dir := os.Getenv("HEADSUP_KILLED"); dir != "" {
		d := open(t, dir, nil)
		take(t, d, manyMails()...)
		must(t, d.Compose(context.Background(), time.Now()))
		return
	}
	if testing.Short() {
		t.Skip("starts itself many times")
	}
	dir := t.TempDir()
	folder(t, dir, "isp26", "")
	kills := 6
	if os.Getenv("HEADSUP_REAL") == "1" {
		kills = 50
	}
	for i := range kills {
		cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestKilled$")
		cmd.Env = append(os.Environ(), "HEADSUP_KILLED="+dir, "HEADSUP_KILLED_AT="+manyAt.Format(time.RFC3339))
		must(t, cmd.Start())
		kill := time.AfterFunc(time.Duration(60+500*i/kills)*time.Millisecond, func() { cmd.Process.Signal(syscall.SIGKILL) })
		cmd.Wait()
		kill.Stop()
	}
	d := open(t, dir, nil)
	take(t, d, manyMails()...)
	must(t, d.Compose(t.Context(), time.Now()))
	n, err := d.Cases.Count(t.Context())
	must(t, err)
	sum, err := d.Cases.Sum(t.Context())
	must(t, err)
	if want := len(manyMails()); n != want || sum[ledger.ToCustomer]+sum[ledger.ToldBefore] != want {
		t.Errorf("%d reports, %v, want %d", n, sum, want)
	}
	events := 0
	for of, err := range d.Cases.Notices(t.Context()) {
		must(t, err)
		events += len(of)
	}
	if events != manyEvents {
		t.Errorf("%d events to be told, want %d", events, manyEvents)
	}
	if all := letters(t, d); len(all) != 2 {
		t.Errorf("letters %v", piles(all))
	}
}

const manyEvents = 100 // in twice as many mails

var manyAt = hour(2)

func manyMails() (all [][]byte) {
	at := manyAt
	if s := os.Getenv("HEADSUP_KILLED_AT"); s != "" {
		at, _ = time.Parse(time.RFC3339, s)
	}
	for i := range manyEvents {
		body := inUTC + failed([]string{"192.0.2.10", "192.0.2.11"}[i%2], at, 2000+i)
		all = append(all, message("soc@reporter.example", "SSH brute force", body, ""), message("cert@other.example", "SSH brute force", body, ""))
	}
	return all
}
