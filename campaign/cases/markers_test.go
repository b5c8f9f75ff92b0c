package cases_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"headsup/campaign/cases"
	"headsup/ledger"
	"headsup/letter"
)

// TestNoOutputHoldsAnotherCustomersData seeds every customer, every notice and what
// is kept apart with markers, has all that the house writes written (firmer
// letters, notices as they came, paper, answers, alerts, exports), and searches
// every byte of it for markers that it must not hold.
func TestNoOutputHoldsAnotherCustomersData(t *testing.T) {
	d, _ := desk(t, `answer = "draft"
country = "CA"
interval = "1ms"
mail_room = "post@isp26.example"
[isp.tell]
secret = "duty@isp26.example"
restricted = "legal@isp26.example"
[isp.escalation]
firm_sources = 1
hook = ["true"]
sources = 99`)
	ctx := t.Context()
	markers := map[string][]string{ // of each customer; the first is its address
		"4711": {"192.0.2.10", "Muster", "anna@kunde.example", "02:00:00:00:00:01", "MARK-ANNA", "CLAIM-ANNA"},
		"0815": {"192.0.2.11", "Bob Sample", "bob@client.example", "02:00:00:00:00:02", "MARK-BOB", "CLAIM-BOB"},
		"77":   {"198.51.100.7", "Shop GmbH", "admin@mail-of-shop.example", "shop.example", "MARK-SHOP", "CLAIM-SHOP"},
		"78":   {"198.51.100.8", "Mute Ltd", "mute.example", "Quiet Street", "MARK-MUTE", "CLAIM-MUTE"},
		"79":   {"198.51.100.9", "Twin A", "MARK-TWINA"},
		"80":   {"198.51.100.10", "Twin B", "MARK-TWINB"},
	}
	stamp := hour(2).Format(time.DateTime)
	for round := range 2 { // the second one's letters are firmer
		lines := inUTC
		for id, m := range markers {
			lines += fmt.Sprintf("%s bastion sshd[2211]: Failed password for %s from %s port %d ssh2\n", hour(2-float64(round)/10).Format(time.DateTime), markerOf(m), m[0], 41000+round)
			if strings.HasPrefix(m[len(m)-1], "CLAIM-") {
				take(t, d, claim(m[0], 2, fmt.Sprintf("%s of %s %d", m[len(m)-1], id, round)))
			}
		}
		take(t, d, message("soc@reporter.example", "SSH brute force", lines, ""),
			claim("192.0.2.10", 2, fmt.Sprintf("CLAIM-BOTH\nIP address: 192.0.2.11\nPort: 51414\nTime: %s UTC\n%d", stamp, round)),
			message("hotline@secret.example", "MARK-SECRET", "Child sexual abuse material\nIP address: 192.0.2.10\nTime: "+stamp+" UTC\nMARK-SECRET"+fmt.Sprint(round), ""),
			message("kripo@police.example", "MARK-POLICE", "Staatsanwaltschaft: wir bitten um Auskunft, wer die IP 192.0.2.11 am "+stamp+" UTC nutzte. MARK-POLICE"+fmt.Sprint(round), ""))
		must(t, d.Compose(ctx, time.Now()))
		must(t, d.Answer(ctx, time.Now()))
		must(t, d.Alert(ctx, time.Now()))
		send(t, d)
		change(t, d, "UPDATE letters SET paper = 'posted' WHERE mailbox = 'post@isp26.example'")
		must(t, d.Answer(ctx, time.Now()))
	}
	outputs := letters(t, d)
	for id := range markers {
		s, err := ledger.SubjectOfCustomer(ctx, d.Cases, id, "eve")
		must(t, err)
		text, err := json.Marshal(s)
		must(t, err)
		outputs["export "+id] = string(text)
	}
	kinds := map[string]int{}
	for name, text := range outputs {
		kind, id, _ := strings.Cut(name, " ")
		kinds[kind]++
		for other, ms := range markers {
			for i, m := range ms {
				theirs := kind == "answer" && i == 0 // the reporter named the address itself
				if other != id && !theirs && strings.Contains(text, m) {
					t.Errorf("%s holds %q of %s", name, m, other)
				}
			}
		}
		for _, m := range []string{"MARK-SECRET", "MARK-POLICE", "CLAIM-BOTH"} {
			if strings.Contains(text, m) {
				t.Errorf("%s holds %q", name, m)
			}
		}
		if kind == "alert" || kind == "answer" {
			continue
		}
		for _, m := range []string{"soc@", "hotline@", "kripo@"} {
			if strings.Contains(text, m) {
				t.Errorf("%s says who reported: %q", name, m)
			}
		}
		own := markerOf(markers[id])
		if name == "customer 78" { // evidence comes with mails alone
			own = markers[id][0]
		}
		if !strings.Contains(text, own) {
			t.Errorf("%s does not hold %q: nothing was tried", name, own)
		}
	}
	if kinds["customer"] != 6 || kinds["export"] != 6 || kinds["alert"] != 4 || kinds["answer"] == 0 {
		t.Errorf("written were %v", kinds)
	}
	for name, want := range map[string][]string{
		"customer 4711": {"Bitte handeln Sie", "CLAIM-ANNA of 4711 0", "CLAIM-ANNA of 4711 1"},
		"customer 77":   {"Merci d’agir", "CLAIM-SHOP of 77 1"},
		"customer 78":   {"To: <post@isp26.example>", "Please act"},
	} {
		for _, w := range want {
			if !strings.Contains(outputs[name], w) {
				t.Errorf("%s does not hold %q: nothing was tried", name, w)
			}
		}
	}
	if strings.Contains(outputs["customer 78"], "CLAIM-") {
		t.Error("a notice goes to the mail room")
	}
	for e, err := range d.Ledger.Letters(ctx, ledger.Filter{Campaign: d.Rules.ID}) {
		must(t, err)
		if r, err := d.Ledger.Letter(ctx, e.ID); err != nil || r.Letter.Paper != (r.Letter.Pile() == letter.CustomerPile("78")) {
			t.Errorf("%s is on paper: %v, %v", r.Letter.Pile(), r.Letter.Paper, err)
		}
	}
}

// markerOf is the marker among the words of a customer.
func markerOf(words []string) string {
	for _, w := range words {
		if strings.HasPrefix(w, "MARK-") {
			return w
		}
	}
	return ""
}

// TestWhatAPersonSaysKeepsWhatTheReportSays has a person name an address, with and
// without the time.
func TestWhatAPersonSaysKeepsWhatTheReportSays(t *testing.T) {
	d, _ := desk(t, "")
	ctx, at := t.Context(), hour(2)
	mail := message("soc@reporter.example", "SSH brute force", inUTC+failed("192.0.2.99", at, 44022), "")
	id := cases.CaseID(mail)
	take(t, d, mail)
	got, err := d.Decide(ctx, id, "ann", []string{"is", "192.0.2.11"}, time.Now())
	must(t, err)
	if i := got.Incidents[0]; got.Place != ledger.ToCustomer || i.Customer != "0815" || i.Port != 44022 || i.Kind != "bruteforce" || i.Seen != at.Format(time.RFC3339) {
		t.Errorf("with the time of the report: %+v", got.Case)
	}
	local := at.Add(-10 * time.Minute).Format("2006-01-02T15:04:05")
	got, err = d.Decide(ctx, id, "ann", []string{"is", "192.0.2.11", "1025", local}, time.Now())
	must(t, err)
	if i := got.Incidents[0]; i.Seen != local || i.Port != 1025 {
		t.Errorf("a time without a zone: %+v", i)
	}
}
