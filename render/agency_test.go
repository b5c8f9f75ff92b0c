package render_test

import (
	"strings"
	"testing"

	"headsup/letter"
	"headsup/lookup"
	"headsup/render"
)

// An agency speaks of itself in the letter's language, or not at all.
func TestAgenciesSpeakEachLanguage(t *testing.T) {
	house := example().Agency
	house.Signatories = map[string]string{"de": "Jane Beispiel, Leiterin Netzsicherheit"}
	house.Addresses = map[string][]string{"de": {"Amt für Kommunikation", "Beispielstraße 1", "Vereinigte Staaten"}}
	house.Mandates = map[string]string{"de": "Das Amt beaufsichtigt Netze.", "en": "The Office supervises networks."}
	house.Methods = map[string]string{"en": "We do not log in."}
	house.Answers, house.Prevails = []string{"en", "de"}, "de"
	house.Privacy = letter.Privacy{Basis: map[string]string{"en": "article 6(1)(e)"}, Officer: "privacy@example.org",
		Kept: map[string]string{"en": "two years"}, Supervisor: map[string]string{"en": "the Commissioner"}, Policy: "https://www.example.org/privacy"}
	r := renderer(t, render.Options{})
	desk, person := example("de", "en"), example("de", "en")
	desk.Agency, person.Agency = house, house
	desk.CoSponsors, desk.CoSponsorsIn = []string{"Partner Office"}, map[string][]string{"de": {"Partneramt"}}
	person.To.Role, person.To.Name = lookup.Customer, "Max Muster"
	for _, c := range []struct {
		sentence  string
		l         letter.Letter
		has, lack string // sentences, between bars
	}{
		{"to a desk", desk, "Jane Beispiel, Leiterin Netzsicherheit|Beispielstraße 1 · Vereinigte Staaten|Das Amt beaufsichtigt Netze.|The Office supervises networks.|" +
			"We do not log in.|Wir können in diesen Sprachen antworten: Englisch, Deutsch.|We can answer in these languages: English, German.|" +
			"gilt diese: Deutsch.|this one applies: German.|Partneramt|Partner Office|The English version of this letter follows below.",
			"Legal basis|Rechtsgrundlage|The check used only what these systems offer to everyone."},
		{"to a person", person, "Guten Tag Max Muster,|Dear Max Muster,|Legal basis: article 6(1)(e). How long we keep them: two years.|privacy@example.org (data protection officer)|" +
			"Complaints go to: the Commissioner. More: https://www.example.org/privacy", "Rechtsgrundlage"},
		{"in one language nothing prevails", func() letter.Letter { l := desk; l.Languages = []string{"en"}; return l }(), "We can answer in", "this one applies|follows below"},
	} {
		text := said(t, r, c.l)
		for want := range strings.SplitSeq(c.has, "|") {
			if !strings.Contains(text, want) {
				t.Errorf("%s: no %q in\n%s", c.sentence, want, text)
			}
		}
		for other := range strings.SplitSeq(c.lack, "|") {
			if strings.Contains(text, other) {
				t.Errorf("%s: %q in\n%s", c.sentence, other, text)
			}
		}
	}
}

func TestARestHasTheFormOfItsNumber(t *testing.T) {
	r := renderer(t, render.Options{})
	for n, want := range map[int]string{201: "1 more is listed in", 202: "2 more are listed in", 221: "21 more are listed in"} {
		l := hosts(n, "en")
		for i := range l.Findings {
			l.Findings[i].Port = uint16(1000 + i)
		}
		if got := said(t, r, l); !strings.Contains(got, want) {
			t.Errorf("%d findings: no %q", n, want)
		}
	}
}

// What a scanner reported is shown where it fits, and no name in it is a link.
func TestEvidenceIsShownOfAFewHosts(t *testing.T) {
	r := renderer(t, render.Options{})
	for n, want := range map[int]bool{1: true, 5: true, 6: false} {
		l := hosts(n, "en")
		for i := range l.Findings {
			l.Findings[i].Addr = relay("198.51.100.1").Addr.Next()
			for range i {
				l.Findings[i].Addr = l.Findings[i].Addr.Next()
			}
			l.Findings[i].Evidence = "220 mail.provider.example ESMTP"
		}
		if got := said(t, r, l); strings.Contains(got, "220 mail[.]provider[.]example ESMTP") != want {
			t.Errorf("%d hosts: shown is not %v:\n%.900s", n, want, got)
		}
	}
}
