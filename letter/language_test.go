package letter_test

import (
	"slices"
	"testing"

	"headsup/letter"
	"headsup/lookup"
)

func TestLanguagesByRank(t *testing.T) {
	all := []string{"en", "de", "fr", "it", "ja", "zh-Hant", "es"}
	swiss := letter.Agency{Countries: []string{"CH"}, Languages: []string{"it"}}
	hint := []lookup.Network{{}, {Languages: []string{"es"}}}
	for _, c := range []struct {
		name         string
		campaign     string // its language
		english      bool
		translations []string
		agency       letter.Agency
		to           lookup.Contact
		nets         []lookup.Network
		want         []string
	}{
		{"the contact's before all others", "fr", false, all, swiss, lookup.Contact{Country: "CH", Language: "ja"}, hint, []string{"ja"}},
		{"the agency's before the country's", "fr", false, all, swiss, lookup.Contact{Country: "CH"}, hint, []string{"it"}},
		{"the country's before the hint", "fr", false, all, letter.Agency{}, lookup.Contact{Country: "CH"}, hint, []string{"de"}},
		{"the hint before the campaign's", "fr", false, all, letter.Agency{}, lookup.Contact{}, hint, []string{"es"}},
		{"the campaign's before English", "fr", false, all, letter.Agency{}, lookup.Contact{}, nil, []string{"fr"}},
		{"English where the campaign's is not written", "fr", false, []string{"de", "en"}, letter.Agency{}, lookup.Contact{}, nil, []string{"en"}},
		{"English where nothing is written", "fr", false, nil, letter.Agency{}, lookup.Contact{}, nil, []string{"en"}},
		{"what is not written gives way to the next", "fr", false, []string{"fr", "en"}, swiss, lookup.Contact{Country: "CH", Language: "ja"}, hint, []string{"fr"}},
		{"English below", "fr", true, all, letter.Agency{}, lookup.Contact{}, nil, []string{"fr", "en"}},
		{"English once", "en", true, all, letter.Agency{}, lookup.Contact{}, nil, []string{"en"}},
		{"English alone where it is wanted", "fr", false, all, letter.Agency{}, lookup.Contact{Language: "en-GB"}, nil, []string{"en"}},
		{"an agency without countries prefers nothing", "fr", false, all, letter.Agency{Languages: []string{"it"}}, lookup.Contact{}, nil, []string{"fr"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			campaign := letter.Campaign{Language: c.campaign, English: c.english, Translations: c.translations}
			if got := campaign.Languages(c.agency, c.to, c.nets); !slices.Equal(got, c.want) {
				t.Errorf("got %v, want %v", got, c.want)
			}
		})
	}
}

func TestTranslation(t *testing.T) {
	for _, c := range []struct {
		want         string
		translations []string
		got          string
	}{
		{"de-CH", []string{"de"}, "de"},
		{"de-CH", []string{"de", "de-CH"}, "de-CH"},
		{"de-Latn-CH", []string{"de"}, "de"},
		{"sr-Latn-RS", []string{"sr-Latn", "sr-Cyrl"}, "sr-Latn"},
		{"sr-Latn-RS", []string{"sr-Cyrl"}, "sr-Cyrl"}, // its parent's script, where there is no other
		{"zh-TW", []string{"zh-Hans"}, "zh-Hans"},
		{"zh", []string{"zh-Hant"}, ""},
		{"pt", []string{"en"}, ""},
		{"da", []string{"nb"}, ""},
		{"", []string{"", "und", "en"}, ""},
		{"und", []string{"und", "en"}, ""},
		{"!!", []string{"en"}, ""},
		{"x", []string{"x", "en"}, ""},
	} {
		got, ok := letter.Campaign{Translations: c.translations}.Translation(c.want)
		if got != c.got || ok != (c.got != "") {
			t.Errorf("%q among %q: got %q, %v, want %q", c.want, c.translations, got, ok, c.got)
		}
	}
}

func TestHouseLanguage(t *testing.T) {
	all := []string{"en", "de", "fr", "it", "pt-BR"}
	for _, c := range []struct {
		name         string
		agency       letter.Agency
		campaign     string
		translations []string
		want         string
	}{
		{"what the agency prefers", letter.Agency{Countries: []string{"CH"}, Languages: []string{"it"}}, "en", all, "it"},
		{"what its country speaks", letter.Agency{Countries: []string{"CH"}}, "en", all, "de"},
		{"the country that its address ends with, whatever it writes for", letter.Agency{Countries: []string{"DE", "FR"}, Address: []string{"1 rue", "France"}}, "en", all, "fr"},
		{"the campaign's, where neither is known", letter.Agency{Countries: []string{"DE", "FR"}}, "it", all, "it"},
		{"the parent of what it prefers", letter.Agency{Languages: []string{"pt-PT"}}, "de", all, "pt-BR"},
		{"the next one, where there are no letters in the first", letter.Agency{Languages: []string{"ja"}, Countries: []string{"FR"}}, "en", all, "fr"},
		{"English, where there is nothing else", letter.Agency{}, "ja", nil, "en"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := (letter.Campaign{Language: c.campaign, Translations: c.translations}).HouseLanguage(c.agency); got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
		})
	}
}
