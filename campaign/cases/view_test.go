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

func TestWhatWasRecognisedIsMarkedOnce(t *testing.T) {
	d, _ := desk(t, "")
	mail := message("soc@reporter.example", "SSH brute force", inUTC+failed("192.0.2.10", hour(2), 44022)+"Not 192.0.2.11, nor 203.0.113.77.\n", "")
	take(t, d, mail)
	c, _, err := d.Show(t.Context(), cases.CaseID(mail), "ann")
	must(t, err)
	whole, marked := "", []string{}
	for _, p := range cases.Read(c.Case) {
		for _, piece := range p.Pieces {
			whole += piece.Text
			if piece.Marked {
				marked = append(marked, piece.Text)
			}
		}
	}
	if n := strings.Count(whole, "192.0.2.11"); n != 1 || strings.Count(whole, "192.0.2.10") != 1 {
		t.Errorf("the text is not whole: %q", whole)
	}
	if got := fmt.Sprint(marked); !strings.Contains(got, "192.0.2.10") || strings.Contains(got, "192.0.2.11") {
		t.Errorf("marked: %q", marked)
	}
	if others := cases.Others(d, c.Case); len(others) != 1 || others[0].String() != "192.0.2.11" {
		t.Errorf("others: %v", others)
	}
	c.Mail = nil
	if len(cases.Read(c.Case)) > 0 {
		t.Error("a message that is not kept is read")
	}
}

func TestALessonIsUsedByTheNextReport(t *testing.T) {
	d, _ := desk(t, "")
	text := func(n int) []byte {
		at := hour(float64(n) + 1).Format(time.RFC3339)
		return message("soc@reporter.example", fmt.Sprint("Case ", n), fmt.Sprintf("Wobble: 192.0.2.11\nStamp: %s\nBystander: 198.51.100.7\nWitness: 192.0.2.10\n", at), "")
	}
	take(t, d, text(1))
	before, _, err := d.Show(t.Context(), cases.CaseID(text(1)), "ann")
	must(t, err)
	for _, bad := range []ledger.Lesson{{Label: "culprit", Means: "address"}, {Sender: "reporter.example", Means: "address"}, {Sender: "x", Label: "y", Means: "size"},
		{Sender: "x", Label: strings.Repeat("y", 81), Means: "address"}, {Sender: "x", Label: "a\nb", Means: "address"}} {
		if err := cases.Teach(t.Context(), d, bad); !errors.Is(err, cases.ErrLesson) {
			t.Errorf("%+v: %v", bad, err)
		}
	}
	for label, means := range map[string]string{"Wobble:": "address", "Stamp": "time"} {
		must(t, cases.Teach(t.Context(), d, ledger.Lesson{Sender: "SOC@reporter.example", Label: label, Means: means, By: "ann"}))
	}
	take(t, d, text(2))
	after, _, err := d.Show(t.Context(), cases.CaseID(text(2)), "ann")
	must(t, err)
	if before.Place == ledger.ToCustomer || after.Place != ledger.ToCustomer || len(after.Incidents) != 1 || after.Incidents[0].Customer != "0815" {
		t.Errorf("before %s %+v\nafter %s %+v", before.Place, before.Incidents, after.Place, after.Incidents)
	}
}

func TestReportsThatAreDueAreFoundPageByPage(t *testing.T) {
	d, _ := desk(t, "country = \"CA\"\n")
	var mails [][]byte
	for i := range 5 {
		mails = append(mails, message("soc@reporter.example", fmt.Sprint("Copyright infringement ", i), inUTC+fmt.Sprintf(
			"We are the owner of a copyright, and claim that it was infringed.\nIP address: 192.0.2.10\nTime: %s\nTitle: A Film\n", hour(float64(i)/2+1).Format(time.RFC3339)), ""))
	}
	mails = append(mails, message("soc@reporter.example", "SSH brute force", inUTC+failed("192.0.2.11", hour(2), 44022), ""))
	take(t, d, mails...)
	whole, err := cases.ListOf(t.Context(), d, ledger.CaseFilter{}, true)
	must(t, err)
	if len(whole) == 0 {
		t.Fatal("nothing is due")
	}
	found := map[string]bool{}
	q, pages := ledger.CaseQuery{}, 0
	for {
		some, next, err := cases.Due(t.Context(), d, q, 2)
		must(t, err)
		for _, c := range some {
			found[c.ID] = true
		}
		if pages++; next == nil || pages > 10 {
			break
		}
		q.After = *next
	}
	if len(found) != len(whole) || pages != (len(whole)+1)/2 {
		t.Errorf("%d on %d pages, want %d", len(found), pages, len(whole))
	}
}
