package cases_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"headsup/campaign/cases"
	"headsup/campaign/said"
	"headsup/letter"
)

// TestThatItIsResolvedIsToldOnceAndOnlyByTheWordOfWhoMaySay has a customer
// answer the letter about a report, in houses that differ in whom they believe.
func TestThatItIsResolvedIsToldOnceAndOnlyByTheWordOfWhoMaySay(t *testing.T) {
	for _, c := range []struct {
		name      string
		how       string
		says      []string // of the customer, in their order
		confirmed bool     // by a person
		more      string   // settings
		second    bool     // another customer is in the report
		want      bool
	}{
		{"the settings do not say so", "", []string{"fixed"}, true, "", false, false},
		{"the settings say no", "none", []string{"fixed"}, true, "", false, false},
		{"the customer's word", "customer", []string{"It is fixed"}, false, "", false, true},
		{"a word before the last", "customer", []string{"fixed", "I need help"}, false, "", false, false},
		{"the last word", "customer", []string{"I need help", "behoben"}, false, "", false, true},
		{"another word", "customer", []string{"that was not me"}, false, "", false, false},
		{"no word", "customer", nil, false, "", false, false},
		{"nobody confirms it", "person", []string{"fixed"}, false, "", false, false},
		{"a person confirms it", "person", []string{"fixed"}, true, "", false, true},
		{"one of two customers", "customer", []string{"fixed"}, false, "", true, false},
		{"whom the settings refuse by then", "customer", []string{"fixed"}, false, "unanswered = []", false, false},
	} {
		d, _ := desk(t, fmt.Sprintf("answer = \"send\"\nresolved = %q\n%s", c.how, c.more))
		ctx, body := t.Context(), inUTC+failed("192.0.2.10", hour(2), 44022)
		if c.second {
			body += failed("192.0.2.11", hour(2), 44023)
		}
		mail := message("soc@reporter.example", "SSH brute force", body, "")
		id := cases.CaseID(mail)
		take(t, d, mail)
		must(t, d.Compose(ctx, time.Now()))
		send(t, d)
		must(t, d.Answer(ctx, time.Now()))
		if _, err := d.Decide(ctx, id, "ann", []string{"resolved"}, time.Now()); !errors.Is(err, cases.ErrUnsaid) {
			t.Errorf("%s: confirmed before anybody said so: %v", c.name, err)
		}
		last, err := d.Cases.Last(ctx, letter.CustomerPile("4711"))
		must(t, err)
		for _, s := range c.says {
			_, err := cases.CustomerSays(ctx, d.Cases, last.ID, s)
			must(t, err)
		}
		if last := len(c.says) - 1; last >= 0 && said.Means(c.says[last]) != said.Fixed {
			if _, err := d.Decide(ctx, id, "ann", []string{"resolved"}, time.Now()); !errors.Is(err, cases.ErrUnsaid) {
				t.Errorf("%s: confirmed against the customer's word: %v", c.name, err)
			}
		}
		if c.confirmed {
			_, err := d.Decide(ctx, id, "ann", []string{"resolved"}, time.Now())
			must(t, err)
		}
		must(t, d.Answer(ctx, time.Now()))
		if n := strings.Count(letters(t, d)["answer "+id], "Message-ID:"); n != 1 {
			t.Errorf("%s: %d answers before the first has left", c.name, n)
		}
		send(t, d)
		must(t, d.Answer(ctx, time.Now()))
		if n := strings.Count(letters(t, d)["answer "+id], "Message-ID:"); n != 1 {
			t.Errorf("%s: %d answers on one day", c.name, n)
		}
		due, err := d.Cases.ResolvedDue(ctx, c.how == "person", 10)
		must(t, err)
		if want := c.want || c.more != "" || c.how == "" || c.how == "none"; (len(due) == 1) != want { // the settings are not the ledger's
			t.Errorf("%s: %d are due", c.name, len(due))
		}
		if c.more != "" {
			d.Settings.ISP.Refused = []string{"reporter.example"}
		}
		yesterday(t, d)
		for range 2 {
			must(t, d.Answer(ctx, time.Now()))
			send(t, d)
			yesterday(t, d)
		}
		text := letters(t, d)["answer "+id]
		if got := strings.Count(text, "Message-ID:") == 2; got != c.want {
			t.Errorf("%s: told: %v", c.name, got)
		}
		if n := strings.Count(text, `"status": "resolved"`); n != map[bool]int{false: 0, true: 2}[c.want] { // of the report, and of its source
			t.Errorf("%s: said to be resolved %d times", c.name, n)
		}
		for _, want := range []string{"the cause was removed"} {
			if strings.Contains(text, want) != c.want {
				t.Errorf("%s: %q is said: %v", c.name, want, !c.want)
			}
		}
		for _, secret := range []string{"anna@", "Muster", "4711"} {
			if strings.Contains(text, secret) {
				t.Errorf("%s: the answer holds %q", c.name, secret)
			}
		}
	}
}

// yesterday has everything that was written so far be of the day before.
func yesterday(t *testing.T, d *cases.Desk) {
	change(t, d, "UPDATE letters SET changed_at = changed_at - 90000000")
}
