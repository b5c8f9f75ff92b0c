package letter

import (
	"slices"

	"golang.org/x/text/language"

	"headsup/lookup"
)

// Agency returns who signs letters to a country: the agency that names it,
// else the sponsor, which is the first.
func (c Campaign) Agency(country string) Agency {
	for _, a := range c.Agencies {
		if slices.Contains(a.Countries, country) {
			return a
		}
	}
	return c.Agencies[0]
}

// Languages returns the languages of a letter in order: the native one, and
// English below it if the campaign says so.
//
// The native one is what the contact states, else what the agency prefers in
// that country, else what the country speaks, else what the registry hints,
// else the campaign's. A language in which there are no letters gives way to
// its parent (es-CO, es) and then to the next in line; it is never guessed
// from a likeness.
func (c Campaign) Languages(a Agency, to lookup.Contact, nets []lookup.Network) []string {
	var wanted []string
	if to.Language != "" {
		wanted = append(wanted, to.Language)
	}
	if slices.Contains(a.Countries, to.Country) {
		wanted = append(wanted, a.Languages...)
	}
	wanted = append(wanted, Spoken[to.Country]...)
	for _, n := range nets {
		wanted = append(wanted, n.Languages...)
	}
	wanted = append(wanted, c.Language, "en")
	for _, w := range wanted {
		if native, ok := c.translationIn(w, to.Country); ok {
			if c.English && native != "en" {
				return []string{native, "en"}
			}
			return []string{native}
		}
	}
	return []string{"en"}
}

// HouseLanguage is the language in which an agency's own people read: the first
// that it prefers, else the one of the country that it writes from, else the
// campaign's, as far as there are letters in it.
func (c Campaign) HouseLanguage(a Agency) string {
	for _, w := range slices.Concat(a.Languages, Spoken[a.Home()], []string{c.Language}) {
		if own, ok := c.translationIn(w, a.Home()); ok {
			return own
		}
	}
	return "en"
}

// translationIn is Translation for a tag that may say no script or region, read
// in a country: "pt" is the Portuguese of Portugal there, and that of Brazil in Brazil.
func (c Campaign) translationIn(want, country string) (string, bool) {
	if tag, err := language.Parse(want); err == nil {
		base, script, region := tag.Raw()
		if own, err := language.ParseRegion(country); err == nil && script == (language.Script{}) && region == (language.Region{}) {
			if local, err := language.Compose(base, own); err == nil {
				want = local.String()
			}
		}
	}
	return c.Translation(want)
}

// Translation finds the language, or the nearest parent, in which the campaign
// has letters.
func (c Campaign) Translation(want string) (string, bool) {
	tag, err := language.Parse(want)
	if err != nil {
		return "", false
	}
	for ; tag != language.Und; tag = parent(tag) {
		if slices.Contains(c.Translations, tag.String()) {
			return tag.String(), true
		}
		if p, ok := scripts[tag.String()]; ok && slices.Contains(c.Translations, p) {
			return p, true
		}
	}
	return "", false
}

// parent climbs by cutting subtags, which keeps a script where Tag.Parent
// would lose it.
func parent(t language.Tag) language.Tag {
	base, script, region := t.Raw()
	none := language.Region{}
	if region != none {
		t, _ = language.Compose(base, script)
		return t
	}
	if (script != language.Script{}) {
		t, _ = language.Compose(base)
		return t
	}
	return language.Und
}

// scripts names the letter that serves a tag which says no script or region,
// or a region that implies them (CLDR, parentLocales).
var scripts = map[string]string{
	"zh": "zh-Hans", "zh-CN": "zh-Hans", "zh-SG": "zh-Hans", "zh-TW": "zh-Hant", "zh-HK": "zh-Hant", "zh-MO": "zh-Hant",
	"sr": "sr-Cyrl", "sr-ME": "sr-Latn", "pt": "pt-BR", "no": "nb", "nn": "nb", "iw": "he", "in": "id", "tl": "fil",
	"pt-AO": "pt-PT", "pt-CH": "pt-PT", "pt-CV": "pt-PT", "pt-FR": "pt-PT", "pt-GQ": "pt-PT", "pt-GW": "pt-PT", "pt-LU": "pt-PT", "pt-MO": "pt-PT",
	"pt-MZ": "pt-PT", "pt-ST": "pt-PT", "pt-TL": "pt-PT", "prs": "fa",
}

// Spoken lists the languages in which a country's officials write, the most
// common first (CLDR territory-language data; official languages only).
var Spoken = map[string][]string{
	"AD": {"es", "fr"}, "AE": {"ar"}, "AF": {"fa"}, "AL": {"sq"}, "AO": {"pt-PT"}, "AR": {"es"}, "AT": {"de"}, "AU": {"en"},
	"BA": {"sr-Latn", "sr-Cyrl"}, "BD": {"bn"}, "BE": {"nl", "fr", "de"}, "BF": {"fr"}, "BG": {"bg"}, "BH": {"ar"}, "BJ": {"fr"},
	"BN": {"ms"}, "BO": {"es"}, "BR": {"pt-BR"}, "BY": {"ru"}, "CA": {"en", "fr"}, "CD": {"fr"}, "CG": {"fr"}, "CH": {"de", "fr", "it"},
	"CI": {"fr"}, "CL": {"es"}, "CM": {"fr", "en"}, "CN": {"zh-Hans"}, "CO": {"es"}, "CR": {"es"}, "CU": {"es"}, "CV": {"pt-PT"},
	"CY": {"el", "tr"}, "CZ": {"cs"}, "DE": {"de"}, "DK": {"da"}, "DO": {"es"}, "DZ": {"ar", "fr"}, "EC": {"es"}, "EE": {"et"}, "EG": {"ar"},
	"ES": {"es"}, "FI": {"fi", "sv"}, "FR": {"fr"}, "GA": {"fr"}, "GB": {"en"}, "GN": {"fr"}, "GQ": {"es", "fr", "pt-PT"}, "GR": {"el"},
	"GT": {"es"}, "GW": {"pt-PT"}, "HK": {"zh-Hant", "en"}, "HN": {"es"}, "HR": {"hr"}, "HU": {"hu"}, "ID": {"id"}, "IE": {"en", "ga"},
	"IL": {"he"}, "IN": {"en", "hi"}, "IQ": {"ar"}, "IR": {"fa"}, "IS": {"is"}, "IT": {"it"}, "JM": {"en"}, "JO": {"ar"}, "JP": {"ja"},
	"KG": {"ru"}, "KR": {"ko"}, "KW": {"ar"}, "KZ": {"ru"}, "LB": {"ar", "fr"}, "LI": {"de"}, "LT": {"lt"}, "LU": {"fr", "de"}, "LV": {"lv"},
	"LY": {"ar"}, "MA": {"ar", "fr"}, "MC": {"fr"}, "MD": {"ro"}, "ME": {"sr-Latn"}, "ML": {"fr"}, "MO": {"zh-Hant", "pt-PT"},
	"MT": {"mt", "en"}, "MX": {"es"}, "MY": {"ms", "en"}, "MZ": {"pt-PT"}, "NE": {"fr"}, "NG": {"en"}, "NI": {"es"}, "NL": {"nl"},
	"NO": {"nb"}, "NZ": {"en"}, "OM": {"ar"}, "PA": {"es"}, "PE": {"es"}, "PH": {"en"}, "PK": {"ur", "en"}, "PL": {"pl"}, "PS": {"ar"},
	"PT": {"pt-PT"}, "PY": {"es"}, "QA": {"ar"}, "RO": {"ro"}, "RS": {"sr-Cyrl", "sr-Latn"}, "RU": {"ru"}, "SA": {"ar"}, "SD": {"ar"},
	"SE": {"sv"}, "SG": {"en", "zh-Hans", "ms", "ta"}, "SI": {"sl"}, "SK": {"sk"}, "SM": {"it"}, "SN": {"fr"}, "ST": {"pt-PT"}, "SV": {"es"},
	"SY": {"ar"}, "TG": {"fr"}, "TH": {"th"}, "TL": {"pt-PT"}, "TN": {"ar", "fr"}, "TR": {"tr"}, "TW": {"zh-Hant"}, "UA": {"uk"},
	"US": {"en"}, "UY": {"es"}, "VA": {"it"}, "VE": {"es"}, "VN": {"vi"}, "XK": {"sq", "sr-Cyrl"}, "YE": {"ar"}, "ZA": {"en"},
}
