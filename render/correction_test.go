package render

import (
	"bytes"
	"strings"
	"testing"

	"headsup/letter"
	"headsup/templates"
)

// TestCorrectionsInEveryLanguage renders each of the three in every language.
func TestCorrectionsInEveryLanguage(t *testing.T) {
	set, err := templates.Load(templates.Builtin)
	if err != nil {
		t.Fatal(err)
	}
	r, err := New(Options{Templates: set, Site: "https://www.example.org/letters"})
	if err != nil {
		t.Fatal(err)
	}
	for _, lang := range r.Languages() {
		said := map[string]letter.Correction{}
		for _, l := range Samples(set, lang) {
			if l.Corrects == "" {
				continue
			}
			out, err := r.Render(l)
			if err != nil {
				t.Errorf("%s, %s: %v", lang, l.Corrects, err)
				continue
			}
			before := l.Earlier[0]
			for _, want := range []string{"In-Reply-To: <" + before.MessageID + ">", "References: <" + before.MessageID + ">", "taken-back.csv", before.ID} {
				if !bytes.Contains(out.Mail, []byte(want)) {
					t.Errorf("%s, %s: no %q", lang, l.Corrects, want)
				}
			}
			for _, no := range []string{"xarf", "findings.csv", "{{", "\uE001"} {
				if bytes.Contains(out.Mail, []byte(no)) {
					t.Errorf("%s, %s: %q", lang, l.Corrects, no)
				}
			}
			if other := said[out.Subject]; other != "" {
				t.Errorf("%s, %s: the subject of %s: %s", lang, l.Corrects, other, out.Subject)
			}
			said[out.Subject] = l.Corrects
			if !strings.Contains(out.Subject, "192.0.2.7") {
				t.Errorf("%s: no address in %q", lang, out.Subject)
			}
		}
		page, err := r.Confirmation(letter.Letter{ID: "sample26-k3v9xq2m7d", Code: "7k3q-9xmd", Languages: []string{lang}}, Confirming{TakenBack: true})
		whole, err2 := r.Confirmation(letter.Letter{ID: "sample26-k3v9xq2m7d", Code: "7k3q-9xmd", Languages: []string{lang}}, Confirming{})
		if err != nil || err2 != nil || page.Name != whole.Name || len(page.Data) <= len(whole.Data) {
			t.Errorf("%s: %d bytes in %s, %d in %s: %v, %v", lang, len(page.Data), page.Name, len(whole.Data), whole.Name, err, err2)
		}
	}
}
