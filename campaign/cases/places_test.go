package cases_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"headsup/campaign/cases"
	"headsup/ledger"
)

// TestWhereDoubtEnds names reports that would reach the wrong customer, or a
// mailbox that others read, were a rule gone.
func TestWhereDoubtEnds(t *testing.T) {
	d, _ := desk(t, `max_age = "4h"`)
	stamp := hour(2).Format(time.DateTime)
	soc := func(body string) []byte { return message("soc@reporter.example", "SSH brute force", body, "") }
	for _, c := range []struct {
		name  string
		mail  []byte
		place ledger.Place
		why   string
	}{
		{"older than the settings allow", soc(inUTC + failed("192.0.2.10", hour(6), 44022)), ledger.TooOld, "max_age"},
		{"not so old", soc(inUTC + failed("192.0.2.10", hour(3), 44022)), ledger.ToCustomer, ""},
		{"one customer's name at another's address", message("phish@other.example", "Phishing page at your customer",
			"Please take down this phishing page: hxxp://shop[.]example/login.php\nHosted at 198.51.100.9\nSeen "+stamp+" UTC", ""), ledger.UnclearHolder, "its name is one customer's"},
		{"about an account", message("security@webshop.example", "Compromised account of your customer",
			"The webmail account of your customer was taken over. The hijacked account signed in from 192.0.2.10 on "+stamp+" UTC.", ""), ledger.ToPerson, "about an account"},
	} {
		got := d.Read(cases.Message{Name: "mail", Text: c.mail})
		if got.Place != c.place || !strings.Contains(got.Why, c.why) {
			t.Errorf("%s: %s (%s), want %s (%s)", c.name, got.Place, got.Why, c.place, c.why)
		}
	}
}

func TestWhatAnswersOurOwnLetterIsNoReport(t *testing.T) {
	d, _ := desk(t, "")
	take(t, d, message("soc@reporter.example", "SSH brute force", inUTC+failed("192.0.2.10", hour(2), 44022), ""))
	must(t, d.Compose(t.Context(), time.Now()))
	for e, err := range d.Ledger.Letters(t.Context(), ledger.Filter{Campaign: d.Rules.ID}) {
		must(t, err)
		quoting := message("anna@kunde.example", "Re: SSH brute force", inUTC+failed("192.0.2.11", hour(2), 44023), fmt.Sprintf("In-Reply-To: <%s>\r\n", e.MessageID))
		if got := d.Read(cases.Message{Text: quoting}); got.Place != ledger.NoReport || !got.Automatic || !strings.Contains(got.Why, e.ID) {
			t.Errorf("%s (%s)", got.Place, got.Why)
		}
		other := message("anna@kunde.example", "Re: SSH brute force", inUTC+failed("192.0.2.11", hour(2), 44023), "In-Reply-To: <"+e.ID+"@isp26.example>\r\n")
		if got := d.Read(cases.Message{Text: other}); got.Place != ledger.ToCustomer {
			t.Errorf("the reference without its key: %s (%s)", got.Place, got.Why)
		}
	}
}

func TestWhoIsNotProvenEarnsNothing(t *testing.T) {
	d, told := desk(t, "auto = \"earned\"\nearn = 1\ninterval = \"1ms\"")
	mail := func(n int) []byte {
		return message("stranger@other.example", "SSH brute force", inUTC+failed("192.0.2.10", hour(2+float64(n)/10), 44022+n), "")
	}
	for n := range 3 {
		take(t, d, mail(n))
		*told = nil
		must(t, d.Compose(t.Context(), time.Now()))
		for _, e := range *told {
			if _, ok := e.(cases.Approved); ok {
				t.Errorf("after %d approved letters the rule approved one", n)
			}
		}
		send(t, d)
	}
}

func TestWhomTheSettingsRefuseGetsNoAnswer(t *testing.T) {
	d, _ := desk(t, "answer = \"send\"\nunanswered = [\"soc@reporter.example\"]")
	body := inUTC + failed("203.0.113.77", hour(2), 44022)
	take(t, d, message("soc@reporter.example", "SSH brute force", body, ""), message("cert@reporter.example", "SSH brute force", body, ""))
	must(t, d.Answer(t.Context(), time.Now()))
	if all := letters(t, d); len(all) != 1 || !strings.Contains(all[piles(all)[0]], "cert@reporter.example") {
		t.Errorf("%v", piles(all))
	}
}

func TestAReportWithoutEventsIsNobodysYet(t *testing.T) {
	d, _ := desk(t, "")
	empty := message("user@home.example", "Abuse from your network", "Your customer attacks me, please do something about it.", "")
	take(t, d, empty)
	if _, err := d.Customer(t.Context(), cases.CaseID(empty), "ann", "4711"); !errors.Is(err, cases.ErrNoEvent) {
		t.Errorf("given to a customer: %v", err)
	}
	hers := message("soc@reporter.example", "SSH brute force", inUTC+failed("192.0.2.10", hour(2), 44022), "")
	take(t, d, hers)
	_, err := d.Customer(t.Context(), cases.CaseID(hers), "ann", "4711")
	must(t, err)
	pair := ledger.Pair{Reporter: "soc@reporter.example", Kind: "bruteforce"}
	if tr, err := d.Cases.Trust(t.Context(), pair); err != nil || tr.Mistakes != 0 {
		t.Errorf("a person who agrees finds no mistake: %+v, %v", tr, err)
	}
	_, err = d.Customer(t.Context(), cases.CaseID(hers), "ann", "0815")
	must(t, err)
	if tr, err := d.Cases.Trust(t.Context(), pair); err != nil || tr.Mistakes != 0 {
		t.Errorf("what a person decided is no mistake of the program: %+v, %v", tr, err)
	}
	theirs := message("soc@reporter.example", "SSH brute force", inUTC+failed("192.0.2.10", hour(1.5), 44023), "")
	take(t, d, theirs)
	_, err = d.Customer(t.Context(), cases.CaseID(theirs), "ann", "0815")
	must(t, err)
	if tr, err := d.Cases.Trust(t.Context(), pair); err != nil || tr.Mistakes != 1 {
		t.Errorf("a person who disagrees finds one: %+v, %v", tr, err)
	}
}
