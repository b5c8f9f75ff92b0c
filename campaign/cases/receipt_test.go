package cases_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"headsup/campaign/cases"
	"headsup/campaign/duties"
	"headsup/letter"
)

// TestReceiptAndDecisionAreTwoAnswersWhereTheLawWantsBoth reports hosts of customers
// with several contracts in several countries.
func TestReceiptAndDecisionAreTwoAnswersWhereTheLawWantsBoth(t *testing.T) {
	const hosting, access = "198.51.100.7", "192.0.2.10"
	for _, c := range []struct {
		name     string
		country  string
		addr     string
		from     string
		says     string   // the customer, to the letter
		decides  []string // a person
		receipt  bool
		decision bool
	}{
		{"hosting in the EU, and nobody decides", "DE", hosting, "soc@reporter.example", "", nil, true, false},
		{"the holder's answer", "DE", hosting, "soc@reporter.example", "fixed", nil, true, true},
		{"the holder's answer that it was somebody else", "FR", hosting, "soc@reporter.example", "that was not me", nil, true, true},
		{"a person", "DE", hosting, "soc@reporter.example", "", []string{"customer", "77"}, true, true},
		{"access in the EU", "DE", access, "soc@reporter.example", "", nil, false, true},
		{"hosting elsewhere", "CA", hosting, "soc@reporter.example", "", nil, false, true},
		{"no country", "", hosting, "soc@reporter.example", "", nil, false, true},
		{"who is not proven", "DE", hosting, "soc@stranger.example", "fixed", nil, false, false},
	} {
		d, _ := desk(t, fmt.Sprintf("answer = \"send\"\ncountry = %q", c.country))
		ctx := t.Context()
		mail := message(c.from, "SSH brute force", inUTC+failed(c.addr, hour(2), 44022), "")
		id := cases.CaseID(mail)
		take(t, d, mail)
		count := func() int { return strings.Count(letters(t, d)["answer "+id], "Message-ID:") }
		for range 2 {
			must(t, d.Answer(ctx, time.Now()))
		}
		if got := count() == 1; got != c.receipt {
			t.Errorf("%s: confirmed at once: %v", c.name, got)
		}
		if got := strings.Count(letters(t, d)["answer "+id], `"status": "received"`) == 2; got != c.receipt { // of the report, and of its source
			t.Errorf("%s: said to be received: %v", c.name, got)
		}
		must(t, d.Compose(ctx, time.Now()))
		send(t, d)
		pile := letter.CustomerPile(map[string]string{hosting: "77", access: "4711"}[c.addr])
		if c.says != "" {
			last, err := d.Cases.Last(ctx, pile)
			must(t, err)
			_, err = cases.CustomerSays(ctx, d.Cases, last.ID, c.says)
			must(t, err)
		}
		if c.decides != nil {
			_, err := d.Decide(ctx, id, "ann", c.decides, time.Now())
			must(t, err)
		}
		must(t, d.Answer(ctx, time.Now()))
		if n := count(); c.receipt && n != 1 {
			t.Errorf("%s: %d answers on one day", c.name, n)
		}
		yesterday(t, d)
		for range 3 {
			must(t, d.Answer(ctx, time.Now()))
			send(t, d)
			yesterday(t, d)
		}
		want := 0
		for _, one := range []bool{c.receipt, c.decision} {
			if one {
				want++
			}
		}
		text := letters(t, d)["answer "+id]
		if n := strings.Count(text, "Message-ID:"); n != want {
			t.Errorf("%s: %d answers, want %d", c.name, n, want)
		}
		if got := strings.Contains(text, `"status": "forwarded"`); got != c.decision {
			t.Errorf("%s: said to be forwarded: %v", c.name, got)
		}
		for _, secret := range []string{"admin@", "Shop GmbH", "4711", "Muster"} {
			if strings.Contains(text, secret) {
				t.Errorf("%s: an answer holds %q", c.name, secret)
			}
		}
	}
}

// TestClocksOfReceiptAndDecision looks at what is due for a report about a host in
// the EU before and after what is done.
func TestClocksOfReceiptAndDecision(t *testing.T) {
	d, _ := desk(t, "answer = \"send\"\ncountry = \"DE\"")
	ctx := t.Context()
	mail := message("soc@reporter.example", "SSH brute force", inUTC+failed("198.51.100.7", hour(2), 44022), "")
	take(t, d, mail)
	open := func() (all []duties.Duty) {
		c, _, err := d.Show(ctx, cases.CaseID(mail), "ann")
		must(t, err)
		for _, k := range c.Clocks {
			if k.Open() {
				all = append(all, k.Duty)
			}
		}
		return all
	}
	is := func(when string, want ...duties.Duty) {
		t.Helper()
		if got := open(); !slices.Equal(got, want) {
			t.Errorf("%s: %v is to be done, want %v", when, got, want)
		}
	}
	is("when it came", duties.Acknowledge, duties.Decide, duties.Tell)
	must(t, d.Answer(ctx, time.Now()))
	send(t, d)
	is("once it is confirmed", duties.Decide, duties.Tell)
	must(t, d.Compose(ctx, time.Now()))
	send(t, d)
	is("once the customer knows", duties.Decide, duties.Tell)
	last, err := d.Cases.Last(ctx, letter.CustomerPile("77"))
	must(t, err)
	_, err = cases.CustomerSays(ctx, d.Cases, last.ID, "fixed")
	must(t, err)
	is("once the customer answered", duties.Tell)
	yesterday(t, d)
	must(t, d.Answer(ctx, time.Now()))
	send(t, d)
	is("in the end")
}

// TestReceiptsOfADay has a reporter of several hosts hear of one a day.
func TestReceiptsOfADay(t *testing.T) {
	d, _ := desk(t, "answer = \"send\"\ncountry = \"DE\"")
	ctx := t.Context()
	var mails [][]byte
	for n := range 3 {
		mails = append(mails, message("soc@reporter.example", "SSH brute force", inUTC+failed("198.51.100.7", hour(2+float64(n)), 44022+n), ""))
	}
	take(t, d, mails...)
	for day := 1; day <= 3; day++ {
		for range 2 {
			must(t, d.Answer(ctx, time.Now()))
			send(t, d)
		}
		n := 0
		for pile, text := range letters(t, d) {
			if strings.HasPrefix(pile, "answer ") {
				n += strings.Count(text, "Message-ID:")
			}
		}
		if n != day {
			t.Errorf("day %d: %d receipts", day, n)
		}
		yesterday(t, d)
	}
}
