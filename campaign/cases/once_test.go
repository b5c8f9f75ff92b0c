package cases_test

import (
	"database/sql"
	"fmt"
	"strings"
	"testing"
	"time"

	"headsup/campaign/cases"
	"headsup/ledger"
	"headsup/letter"
)

// change changes the ledger behind the desk's back.
func change(t *testing.T, d *cases.Desk, query string, args ...any) {
	t.Helper()
	db, err := sql.Open("sqlite", d.Settings.LedgerName())
	must(t, err)
	defer db.Close()
	_, err = db.ExecContext(t.Context(), query, args...)
	must(t, err)
}

// TestWhoIsNotWrittenTo names customers who have something to hear, and why they
// do not hear it now.
func TestWhoIsNotWrittenTo(t *testing.T) {
	for _, c := range []struct {
		name   string
		before func(*testing.T, *cases.Desk, string) // with the first letter
		why    string
		person bool
	}{
		{"its letter has not left", func(t *testing.T, d *cases.Desk, id string) {}, "has not left yet", false},
		{"its letter came back", func(t *testing.T, d *cases.Desk, id string) {
			change(t, d, "UPDATE letters SET state = 'bounced', class = 'mailbox' WHERE id = $1", id)
		}, "mail does not reach it: ", true},
		{"its mail domain is gone", func(t *testing.T, d *cases.Desk, id string) {
			change(t, d, "UPDATE letters SET state = 'failed', class = 'domain' WHERE id = $1", id)
		}, "mail does not reach it: ", true},
		{"its mailbox was full", func(t *testing.T, d *cases.Desk, id string) {
			change(t, d, "UPDATE letters SET state = 'bounced', class = 'full' WHERE id = $1", id)
		}, "", false},
		{"it wants no letters", func(t *testing.T, d *cases.Desk, id string) {
			change(t, d, "UPDATE letters SET state = 'sent' WHERE id = $1", id)
			_, err := d.Ledger.Suppress(t.Context(), letter.Suppression{Scope: letter.ByAddress, Value: "anna@kunde.example", Reason: "asked", Since: time.Now().Add(-time.Hour)}, "ann")
			must(t, err)
		}, "asked", false},
		{"the file has it no more", func(t *testing.T, d *cases.Desk, id string) {
			change(t, d, "UPDATE letters SET state = 'sent' WHERE id = $1", id)
			change(t, d, "UPDATE incidents SET customer = '99'")
			change(t, d, "UPDATE notices SET customer = '99'")
		}, "the file of customers does not have it any more", true},
	} {
		d, told := desk(t, `interval = "1ns"`)
		take(t, d, message("soc@reporter.example", "SSH brute force", inUTC+failed("192.0.2.10", hour(2), 44022), ""))
		must(t, d.Compose(t.Context(), time.Now()))
		for e, err := range d.Ledger.Letters(t.Context(), ledger.Filter{Campaign: d.Rules.ID}) {
			must(t, err)
			must(t, d.Ledger.Approve(t.Context(), e.ID, e.Hash, "ann"))
		}
		last, err := d.Cases.Last(t.Context(), letter.CustomerPile("4711"))
		must(t, err)
		take(t, d, message("soc@reporter.example", "SSH brute force", inUTC+failed("192.0.2.10", hour(1), 44023), ""))
		c.before(t, d, last.ID)
		*told = nil
		must(t, d.Compose(t.Context(), time.Now()))
		why, person := "", false
		for _, e := range *told {
			if w, ok := e.(cases.Waits); ok {
				why, person = w.Why, w.Person
			}
		}
		if !strings.Contains(why, c.why) || (why == "") != (c.why == "") || person != c.person {
			t.Errorf("%s: %q (a person: %v), want %q", c.name, why, person, c.why)
		}
	}
}

// TestClocksOfWhatWaitsAndWhatIsNone reads reports in a house in the Union that has
// a rule of its own, too.
func TestClocksOfWhatWaitsAndWhatIsNone(t *testing.T) {
	d, _ := desk(t, "country = \"DE\"")
	own := cases.OwnRules(t, "own\tDE\t*\t*\tforward\tsoon\tours\tforward\n")
	d.Law = append(d.Law, own.In("DE")...)
	shop := func(from, more string) []byte {
		return message(from, "SSH brute force", inUTC+failed("198.51.100.7", hour(2), 44022)+more, "")
	}
	first, again := shop("soc@reporter.example", ""), shop("cert@other.example", "")
	mute := message("soc@reporter.example", "SSH brute force", inUTC+failed("198.51.100.8", hour(2), 44022), "")
	none := message("desk@example.net", "Your report about 198.51.100.7 was received", "Thank you for your report. Your ticket has been created.", "")
	police := message("kripo@police.example", "Auskunftsersuchen", "Staatsanwaltschaft: wir bitten um Auskunft, wer die IP 198.51.100.7 am "+hour(2).Format(time.DateTime)+" UTC nutzte.", "")
	foreign := message("soc@reporter.example", "SSH brute force", inUTC+failed("203.0.113.77", hour(2), 44022), "")
	take(t, d, first, again, mute, none, police, foreign)
	must(t, d.Compose(t.Context(), time.Now()))
	send(t, d)
	for _, c := range []struct {
		name string
		mail []byte
		want string
	}{
		{"told", first, "acknowledge open, decide done, tell open, forward done"},
		{"told before", again, "acknowledge open, decide done, tell open, forward done"},
		{"it waits for a person", mute, "acknowledge open, decide open, tell open, forward open"},
		{"it is none", none, ""},
		{"it is kept apart", police, ""},
		{"it is not ours", foreign, "acknowledge open, decide done, tell open"},
	} {
		got, _, err := d.Show(t.Context(), cases.CaseID(c.mail), "ann")
		must(t, err)
		var all []string
		for _, x := range got.Clocks {
			all = append(all, fmt.Sprintf("%s %s", x.Duty, map[bool]string{true: "open", false: "done"}[x.Open()]))
		}
		if s := strings.Join(all, ", "); s != c.want {
			t.Errorf("%s: %q, want %q", c.name, s, c.want)
		}
	}
}
