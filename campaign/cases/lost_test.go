package cases_test

import (
	"strings"
	"testing"
	"time"

	"headsup/campaign/cases"
	"headsup/ledger"
	"headsup/letter"
)

// TestALetterThatCameBackIsAPersonsAndGoesAnotherWay has a customer's mailbox be
// gone, and then mended in the file of customers.
func TestALetterThatCameBackIsAPersonsAndGoesAnotherWay(t *testing.T) {
	d, told := desk(t, "country = \"CA\"\ninterval = \"30d\"")
	ctx, mail := t.Context(), claim("192.0.2.10", 2, "")
	other := message("soc@reporter.example", "SSH brute force", inUTC+failed("192.0.2.11", hour(2), 44022), "")
	take(t, d, mail, other)
	must(t, d.Compose(ctx, time.Now()))
	send(t, d)
	first, err := d.Cases.Last(ctx, letter.CustomerPile("4711"))
	must(t, err)
	look := func() (lost []cases.Listed, forwarded bool) {
		lost, err := cases.ListOf(ctx, d, ledger.CaseFilter{Lost: true}, false)
		must(t, err)
		c, _, err := d.Show(ctx, cases.CaseID(mail), "ann")
		must(t, err)
		if len(c.Lost) != len(lost) {
			t.Errorf("the case says %+v, and the list %+v", c.Lost, lost)
		}
		return lost, !c.Clocks[0].Open()
	}
	if lost, forwarded := look(); len(lost) > 0 || !forwarded {
		t.Fatalf("sent: %+v did not arrive; forwarded: %v", lost, forwarded)
	}
	change(t, d, "UPDATE letters SET state = 'bounced', class = 'mailbox', reason = '550 5.1.1 nobody' WHERE id = $1", first.ID)
	want := ledger.Lost{Letter: first.ID, Customer: "4711", Class: letter.ClassMailbox, Reason: "550 5.1.1 nobody"}
	if lost, forwarded := look(); len(lost) != 1 || lost[0].ID != cases.CaseID(mail) || len(lost[0].Lost) != 1 || lost[0].Lost[0] != want || forwarded {
		t.Errorf("it came back: %+v, forwarded: %v", lost, forwarded)
	}
	*told = nil
	must(t, d.Compose(ctx, time.Now()))
	if w, ok := append(*told, nil)[0].(cases.Waits); len(*told) != 1 || !ok || !w.Person || w.Customer != "4711" || w.Notices != 1 {
		t.Errorf("it is nobody's to mend: %+v", *told)
	}

	d.Holders.Customers.ByID("4711").Email = "Neu@kunde.example"
	must(t, d.Compose(ctx, time.Now()))
	if lost, _ := look(); len(lost) > 0 {
		t.Errorf("another letter tells it, and lost is %+v", lost)
	}
	text := ""
	for e, err := range d.Ledger.Letters(ctx, ledger.Filter{Campaign: d.Rules.ID}) {
		must(t, err)
		if e.State == letter.Drafted {
			text += e.To + ": " + letters(t, d)["customer 4711"]
		}
	}
	if !strings.HasPrefix(text, "Neu@kunde.example: ") || strings.Count(text, string(mail)) != 2 {
		t.Errorf("the next letter does not tell what the lost one told:\n%s", text)
	}
	send(t, d)
	if _, forwarded := look(); !forwarded {
		t.Error("the second letter left, and nothing was forwarded")
	}
}
