package cases_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"headsup/campaign/cases"
	"headsup/campaign/duties"
	"headsup/ledger"
)

// claim is a notice of claimed infringement about an address.
func claim(addr string, ago float64, more string) []byte {
	return message("claims@reporter.example", "Notice of claimed infringement", fmt.Sprintf(`Notice under section 41.25 of the Copyright Act.
Claimant: Example Films, 1 Film Road, Toronto. We own the copyright in the work named below.
Title: MARK-FILM
IP address: %s
Port: 51413
Time: %s UTC
Infringement: distribution of the work by BitTorrent, a copyright infringement.
%s
`, addr, hour(ago).Format(time.DateTime), more), "")
}

// TestWhereTheLawWantsItTheNoticeItselfIsForwarded reads notices in a house in
// Canada, and the same in one that names no country.
func TestWhereTheLawWantsItTheNoticeItselfIsForwarded(t *testing.T) {
	cases.SmallNotices(t, 5000, 100000)
	canada, _ := desk(t, `country = "CA"`)
	nowhere, _ := desk(t, "")
	var whole, never [][]byte
	for _, c := range []struct {
		name  string
		mail  []byte
		place ledger.Place
		why   string
	}{
		{"as the law wants it", claim("192.0.2.10", 2, ""), ledger.ToCustomer, ""},
		{"with an offer to settle", claim("192.0.2.10", 2, "You may settle this matter today."), ledger.ToPerson, "demands a settlement, so that nothing need be forwarded: settle"},
		{"with an amount", claim("192.0.2.10", 2, "Damages of $5,000 are possible."), ledger.ToPerson, "$5,000"},
		{"with an amount in French", claim("192.0.2.10", 2, "Une somme de 500 $ est due."), ledger.ToPerson, "500 $"},
		{"with a link to an offer", claim("192.0.2.10", 2, "See https://claims.example/settlement/77"), ledger.ToPerson, "settlement"},
		{"in French", claim("192.0.2.10", 2, "Un règlement à l’amiable est possible."), ledger.ToPerson, "règlement à l'amiable"},
		{"which asks for a name", claim("192.0.2.10", 2, "Please provide your name and address."), ledger.ToPerson, "provide your name"},
		{"a word that holds another", claim("192.0.2.10", 2, "The settler saw payloads of coffee."), ledger.ToCustomer, ""},
		{"which names another customer", claim("192.0.2.10", 2, "The same was seen by bob@client.example"), ledger.ToPerson, "tells of another customer"},
		{"which is too large", claim("192.0.2.10", 2, strings.Repeat("The work is long.\n", 300)), ledger.ToPerson, "too large"},
		{"with a part that nobody reads", message("claims@reporter.example", "Notice of claimed infringement", "--b\nContent-Type: text/plain\n\n"+
			string(bytes.SplitN(claim("192.0.2.10", 2, ""), []byte("\r\n\r\n"), 2)[1])+"\n--b\nContent-Type:\n application/pdf; name=\"list.pdf\"\nContent-Transfer-Encoding: base64\n\nJVBERg==\n--b--\n",
			"MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n"), ledger.ToPerson, "other customers may be named: application/pdf"},
	} {
		for country, d := range map[string]*cases.Desk{"CA": canada, "": nowhere} {
			take(t, d, c.mail)
			got, _, err := d.Show(t.Context(), cases.CaseID(c.mail), "ann")
			must(t, err)
			place, why := c.place, c.why
			if country == "" {
				place, why = ledger.ToCustomer, ""
			}
			if duplicate := country == "" && got.Place == ledger.ToldBefore; got.Kind != "copyright" || got.Place != place && !duplicate || !strings.Contains(got.Why, why) {
				t.Errorf("%s, in %q: a %s, %s (%s), want %s (%s)", c.name, country, got.Kind, got.Place, got.Why, place, why)
			}
		}
		if c.place == ledger.ToCustomer {
			whole = append(whole, c.mail)
		} else {
			never = append(never, c.mail)
		}
	}
	for country, d := range map[string]*cases.Desk{"CA": canada, "": nowhere} {
		must(t, d.Compose(t.Context(), time.Now()))
		text := letters(t, d)["customer 4711"]
		if said := strings.Contains(text, "so wie wir sie erhalten haben"); text == "" || said != (country == "CA") {
			t.Errorf("in %q: that the notice is enclosed is said: %v", country, said)
		}
		for _, mail := range whole {
			if got := strings.Contains(text, string(mail)); got != (country == "CA") {
				t.Errorf("in %q: a notice is enclosed: %v", country, got)
			}
		}
		for _, mail := range never {
			if strings.Contains(text, string(mail)) {
				t.Errorf("in %q: enclosed is what must not be:\n%s", country, mail)
			}
		}
	}
}

func TestEachNoticeIsForwardedAndASecondLetterHoldsWhatTheFirstDoesNot(t *testing.T) {
	d, _ := desk(t, "country = \"CA\"\ninterval = \"1ms\"")
	cases.SmallNotices(t, 5000, 8000)
	large := strings.Repeat("The work is long.\n", 3000/18)
	first, second, third := claim("192.0.2.10", 2, large), claim("192.0.2.10", 2, "Again.\n"+large), claim("192.0.2.10", 2, "A third time.\n"+large)
	take(t, d, first, second, third, first)
	held := map[string]int{}
	for range 3 {
		must(t, d.Compose(t.Context(), time.Now()))
		send(t, d)
	}
	for e, err := range d.Ledger.Letters(t.Context(), ledger.Filter{Campaign: d.Rules.ID}) {
		must(t, err)
		r, err := d.Ledger.Letter(t.Context(), e.ID)
		must(t, err)
		n := 0
		for _, mail := range [][]byte{first, second, third} {
			name := "notice-" + cases.CaseID(mail) + ".eml"
			held[name] += bytes.Count(r.Rendered.Mail, []byte(name))
			n += bytes.Count(r.Rendered.Mail, []byte(name))
		}
		if n == 3 {
			t.Errorf("%s holds all three: a mail has its limits", e.ID)
		}
	}
	for _, mail := range [][]byte{first, second, third} {
		if n := held["notice-"+cases.CaseID(mail)+".eml"]; n != 1 {
			t.Errorf("a notice was forwarded %d times", n)
		}
	}
}

func TestWhatIsDueAndWhatTheLawHasKept(t *testing.T) {
	d, _ := desk(t, "country = \"CA\"\nanswer = \"send\"\nkeep = \"30d\"")
	ctx, mail := t.Context(), claim("192.0.2.10", 2, "")
	id := cases.CaseID(mail)
	take(t, d, mail, message("soc@reporter.example", "SSH brute force", inUTC+failed("192.0.2.11", hour(2), 44022), ""))
	said := func() (s string) {
		c, _, err := d.Show(ctx, id, "ann")
		must(t, err)
		for _, x := range c.Clocks {
			state := "done"
			if x.Open() {
				state = "open"
			}
			if x.Duty == duties.Keep || x.Duty == duties.KeepLonger {
				state = x.Due.Format("2006-01-02")
			}
			s += fmt.Sprintf("%s %s %v; ", x.Duty, state, x.Late)
		}
		return s
	}
	six, year := time.Now().UTC().AddDate(0, 6, 0).Format("2006-01-02"), time.Now().UTC().AddDate(0, 12, 0).Format("2006-01-02")
	if got, want := said(), "forward open false; inform open false; keep "+six+" false; "; got != want {
		t.Errorf("it came: %q, want %q", got, want)
	}
	due, err := cases.ListOf(ctx, d, ledger.CaseFilter{}, true)
	must(t, err)
	if all, err := cases.ListOf(ctx, d, ledger.CaseFilter{}, false); err != nil || len(all) != 2 || len(due) != 1 || due[0].ID != id {
		t.Errorf("due: %+v of %d, %v", due, len(all), err)
	}
	must(t, d.Compose(ctx, time.Now()))
	send(t, d)
	if got, want := said(), "forward done false; inform open false; keep "+six+" false; "; got != want {
		t.Errorf("forwarded: %q, want %q", got, want)
	}
	must(t, d.Answer(ctx, time.Now()))
	send(t, d)
	if got, want := said(), "forward done false; inform done false; keep "+six+" false; "; got != want {
		t.Errorf("answered: %q, want %q", got, want)
	}
	if due, err = cases.ListOf(ctx, d, ledger.CaseFilter{}, true); err != nil || len(due) != 0 {
		t.Errorf("still due: %+v, %v", due, err)
	}
	if _, err := d.Cases.Forget(ctx, "4711", "ann"); !errors.Is(err, ledger.ErrHeld) || !strings.Contains(err.Error(), six) {
		t.Errorf("the law has it kept: %v", err)
	}
	if _, err := d.Cases.Forget(ctx, "0815", "ann"); err != nil {
		t.Errorf("of others nothing is kept: %v", err)
	}
	if _, err := d.Decide(ctx, id, "ann", []string{"proceedings"}, time.Now()); err != nil {
		t.Error(err)
	}
	if got, want := said(), "forward done false; inform done false; keep-longer "+year+" false; "; got != want {
		t.Errorf("proceedings: %q, want %q", got, want)
	}
	if _, err := d.Cases.Forget(ctx, "4711", "ann"); !errors.Is(err, ledger.ErrHeld) || !strings.Contains(err.Error(), year) {
		t.Errorf("the law has it kept longer: %v", err)
	}
	d.Now = func() time.Time { return time.Now().AddDate(0, 7, 0) }
	if _, err := cases.Proceedings(ctx, d, id, "ann"); !errors.Is(err, cases.ErrNoDuty) {
		t.Errorf("after the six months: %v", err)
	}
}

func TestRulesOfTheHouseReplaceThoseOfTheSameName(t *testing.T) {
	dir := t.TempDir()
	folder(t, dir, "isp26", "country = \"CA\"\nduties = \"own.tsv\"")
	own := "rule\tcountry\tservice\tkind\tduty\twithin\tsource\twhat\n"
	must(t, os.WriteFile(filepath.Join(dir, "own.tsv"), []byte(own+"ca-keep\tCA\taccess\tcopyright\tkeep\t9m\tours\tlonger\nown\tCA\t*\t*\tdecide\tsoon\tours\tdecide\n"), 0o600))
	d := open(t, dir, nil)
	names := ""
	for _, r := range d.Law {
		names += fmt.Sprint(r.Name, r.Months, " ")
	}
	if names != "ca-forward0 ca-verbatim0 ca-inform0 ca-keep9 ca-proceedings12 ca-demand0 own0 " {
		t.Errorf("%s", names)
	}
}
