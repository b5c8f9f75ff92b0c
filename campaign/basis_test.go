package campaign

import (
	"testing"
	"testing/fstest"

	"headsup/campaign/settings"
	"headsup/letter"
	"headsup/templates"
)

func TestABasisIsOfAllThatLettersShare(t *testing.T) {
	off := false
	basis := func(change func(*Campaign)) string {
		words, err := templates.Load(templates.Builtin)
		if err != nil {
			t.Fatal(err)
		}
		c := &Campaign{settings: &settings.Settings{Letters: settings.Letters{PDF: &off}}, words: words}
		c.rules.Agencies = []letter.Agency{{ID: "a", Logo: []byte("png")}}
		change(c)
		return basisOf(c)
	}
	same := basis(func(*Campaign) {})
	if same == "" || same != basis(func(*Campaign) {}) {
		t.Fatalf("basis %q is not the same again", same)
	}
	for sentence, change := range map[string]func(*Campaign){
		"another logo":     func(c *Campaign) { c.rules.Agencies[0].Logo = []byte("svg") },
		"another site":     func(c *Campaign) { c.settings.Campaign.Site = "https://example.org" },
		"opting out":       func(c *Campaign) { c.settings.Campaign.OptOut = "https://example.org/out" },
		"mail without PDF": func(c *Campaign) { c.settings.Letters.MailWithoutPDF = true },
		"letters on paper": func(c *Campaign) { c.settings.Letters.PDF = nil },
		"a house's words": func(c *Campaign) {
			text := "+++\ntopic = \"open relay\"\n+++\nWords of the house.\n"
			var err error
			if c.words, err = templates.Load(templates.Builtin, fstest.MapFS{"open-relay/en.md": {Data: []byte(text)}}); err != nil {
				t.Fatal(err)
			}
		},
	} {
		if basis(change) == same {
			t.Errorf("%s: the same basis", sentence)
		}
	}
}
