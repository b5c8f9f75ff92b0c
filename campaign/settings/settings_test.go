package settings

import (
	"strings"
	"testing"
)

func TestLineOf(t *testing.T) {
	text := []byte("[smtp]\n# mail_server = \"a\"\n[[agency]]\n\tmail_server='a'\nmail_server = \"a.b\"\nx_mail_server = \"c\"\nmail_server = [\n \"d\",\n \"e\"]\n")
	for value, want := range map[string]int{"a": 4, "a.b": 5, "axb": 0, "c": 0, "d": 7, "e": 7, "": 0} {
		if got := lineOf(text, "mail_server", value); got != want {
			t.Errorf("%q is in line %d, want %d", value, got, want)
		}
	}
	if got := lineOf(text, "", ""); got != 0 {
		t.Errorf("nothing is in line %d", got)
	}
}

func TestPerhaps(t *testing.T) {
	for key, want := range map[string]string{
		"campaign.titel": `, perhaps "campaign.title"`, "campain.title": `, perhaps "campaign"`, "agency.countrys": `, perhaps "agency.countries"`,
		"smtp.hosst": `, perhaps "smtp.host"`, "colour.of.all": "", "ledger.x": "", "campaign.utterly_other": "",
	} {
		if got := perhaps(strings.Split(key, ".")); got != want {
			t.Errorf("%s%s, want %s", key, got, want)
		}
	}
}
