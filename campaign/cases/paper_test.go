package cases_test

import (
	"strings"
	"testing"
	"time"

	"headsup/campaign/cases"
	"headsup/ledger"
)

// TestANoticeThatGoesElectronicallyDoesNotGoOnPaper has a customer without a
// mailbox be claimed to infringe, and a person forward it all the same.
func TestANoticeThatGoesElectronicallyDoesNotGoOnPaper(t *testing.T) {
	d, _ := desk(t, "country = \"CA\"\nmail_room = \"post@isp26.example\"\nkeep = \"30d\"")
	mail := claim("198.51.100.8", 2, "CLAIM-MUTE")
	got := d.Read(cases.Message{Text: mail})
	if got.Place != ledger.ToPerson || !strings.Contains(got.Why, "forwarded electronically") {
		t.Errorf("%s (%s)", got.Place, got.Why)
	}
	if six := time.Now().AddDate(0, 6, -1); time.Now().Add(got.Keep).Before(six) || time.Now().Add(got.Held).Before(six) {
		t.Errorf("kept for %s, held for %s", got.Keep, got.Held)
	}
	take(t, d, mail)
	_, err := d.Customer(t.Context(), cases.CaseID(mail), "ann", "78")
	must(t, err)
	must(t, d.Compose(t.Context(), time.Now()))
	text := letters(t, d)["customer 78"]
	if !strings.Contains(text, "To: <post@isp26.example>") || strings.Contains(text, "CLAIM-MUTE") || strings.Contains(text, "findings.csv") || strings.Contains(text, "notice-") {
		t.Errorf("on paper: %s", text)
	}
}

// TestWhoeverDecidesNothingGoesToAMailboxThatItIsAbout has a person give a report
// of spam, which names Anna's mailbox, to Anna.
func TestWhoeverDecidesNothingGoesToAMailboxThatItIsAbout(t *testing.T) {
	for _, words := range [][]string{{"customer", "4711"}, {"is", "192.0.2.10"}} {
		d, _ := desk(t, "")
		mail := message("trap@reporter.example", "Spam from your network", "We received spam from 192.0.2.11 at "+hour(2).Format(time.DateTime)+" UTC.\nIts sender was anna@kunde.example\n", "")
		take(t, d, mail)
		got, err := d.Decide(t.Context(), cases.CaseID(mail), "ann", words, time.Now())
		must(t, err)
		if i := got.Incidents[0]; got.Kind != "spam" || i.Customer != "4711" || i.Account != "anna@kunde.example" || got.Place != ledger.ToPerson {
			t.Errorf("%s: %s, %+v", words, got.Place, i)
		}
		if strings.Contains(got.Incidents[0].Evidence, "anna@") {
			t.Errorf("%s: the evidence names the mailbox: %q", words, got.Incidents[0].Evidence)
		}
	}
}
