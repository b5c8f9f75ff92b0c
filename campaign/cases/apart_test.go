package cases_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"headsup/campaign/cases"
	"headsup/ledger"
	"headsup/letter"
)

// TestWhatIsKeptApartIsAnsweredByPeopleAlone has the police, a hotline and a
// lawyer write, each of them a reporter whom the settings know.
func TestWhatIsKeptApartIsAnsweredByPeopleAlone(t *testing.T) {
	d, _ := desk(t, `answer = "send"`)
	d.Settings.ISP.Reporter = append(d.Settings.ISP.Reporter, "police.example", "hotline.example")
	stamp, ctx := hour(2).Format(time.DateTime), t.Context()
	police := message("kripo@police.example", "Auskunftsersuchen", "Staatsanwaltschaft: wir bitten um Auskunft, wer die IP 192.0.2.10 am "+stamp+" UTC nutzte.", "")
	hotline := message("report@hotline.example", "Report 77", "Child sexual abuse material\nIP address: 192.0.2.10\nTime: "+stamp+" UTC", "")
	take(t, d, police, hotline)
	must(t, d.Compose(ctx, time.Now()))
	must(t, d.Answer(ctx, time.Now()))
	if all := letters(t, d); len(all) != 0 {
		t.Fatalf("the program wrote %v", piles(all))
	}
	for _, id := range []string{cases.CaseID(police), cases.CaseID(hotline)} {
		if _, err := d.Is(ctx, id, "ann", "192.0.2.10", "", hour(2).Format(time.RFC3339)); !errors.Is(err, ledger.ErrApart) {
			t.Errorf("a person forwards %s: %v", id, err)
		}
	}
	if _, err := d.AnswerWith(ctx, cases.CaseID(hotline), "ann", "Thank you.", time.Now()); !errors.Is(err, ledger.ErrApart) {
		t.Errorf("an answer to what is secret: %v", err)
	}
	got, err := d.AnswerWith(ctx, cases.CaseID(police), "ann", "Please send it to our legal department.", time.Now())
	must(t, err)
	if got.Place != ledger.KeptRestrict || !strings.Contains(letters(t, d)["answer "+cases.CaseID(police)], "legal department") {
		t.Errorf("a person's answer: %+v, %v", got, piles(letters(t, d)))
	}
	for e, err := range d.Ledger.Letters(ctx, ledger.Filter{Campaign: d.Rules.ID}) {
		must(t, err)
		if e.State != letter.Drafted {
			t.Errorf("the answer is %s before anybody approved it", e.State)
		}
	}
}

func TestAReporterIsAnsweredInAKnownLanguageOnly(t *testing.T) {
	d, _ := desk(t, "")
	for _, c := range []struct{ want, text string }{
		{"en", "We have seen attacks from the address 192.0.2.10 of your network and ask you to stop this."},
		{"de", "Von der Adresse 192.0.2.10 aus Ihrem Netz wurde unser Server angegriffen, und das ist nicht erlaubt."},
		{"fr", "Nous avons constaté une attaque depuis l'adresse 192.0.2.10 de votre réseau, et vous prions de la faire cesser."},
		{"es", "Hemos detectado una intrusión desde la dirección 192.0.2.10 y los ataques continúan, por lo que es necesario que actúen."},
		{"", "Recebemos mensagens de spam do endereço 192.0.2.10 e pedimos que sejam tomadas as providências para os bloquear."},
		{"", "Abbiamo rilevato che il vostro indirizzo 192.0.2.10 è una fonte di attacchi e vi chiediamo di intervenire per la rete."},
		{"", "Wij hebben een aanval van het adres 192.0.2.10 op uw netwerk gezien en vragen u om het te stoppen."},
		{"", "192.0.2.10"},
	} {
		if got := d.Read(cases.Message{Text: message("soc@reporter.example", "192.0.2.10", c.text, "")}); got.Language != c.want {
			t.Errorf("%q: %q, want %q", c.text, got.Language, c.want)
		}
	}
}
