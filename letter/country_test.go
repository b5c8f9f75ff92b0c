package letter

import (
	"strings"
	"testing"

	"headsup/lookup"
)

func TestCountryLine(t *testing.T) {
	in := func(last string, languages ...string) Agency {
		return Agency{Address: []string{"1 Example Street", last}, Languages: languages}
	}
	for _, c := range []struct {
		name, country string
		from          Agency
		want          string
	}{
		{"in the language of the sender's country", "AT", in("Deutschland"), "ÖSTERREICH"},
		{"whatever its address calls it", "AT", in("Germany"), "ÖSTERREICH"},
		{"in the one that the agency prefers of several", "DE", in("Schweiz", "fr"), "ALLEMAGNE"},
		{"if it is one of the country's", "FR", in("Deutschland", "ja", "de"), "FRANKREICH"},
		{"else in the country's first", "DE", in("Suisse", "pl"), "DEUTSCHLAND"},
		{"as that country writes it", "PL", in("Portugal"), "POLÓNIA"},
		{"and not as another", "PL", in("Brasil"), "POLÔNIA"},
		{"in its own capitals", "IN", in("Türkiye"), "HİNDİSTAN"},
		{"in English, too, from other letters", "DE", in("日本"), "GERMANY (ドイツ)"},
		{"of any kind", "CH", in("Россия"), "SWITZERLAND (ШВЕЙЦАРИЯ)"},
		{"in English where nobody knows the sender's language", "DE", Agency{}, "GERMANY"},
		{"in the agency's where nobody knows its country", "DE", Agency{Languages: []string{"fr"}}, "ALLEMAGNE"},
		{"none at home", "CH", in("Schweiz"), ""},
		{"in any of its languages", "CH", in("Svizzera", "fr"), ""},
		{"none that is not known", "", in("Schweiz"), ""},
		{"none that is none", "ZZ", in("Schweiz"), ""},
		{"nor one in lower case", "de", in("Schweiz"), ""},
		{"a name of today", "MK", in("Deutschland"), "NORTH MACEDONIA"},
		{"and one for the post", "HK", in("Deutschland"), "HONG KONG"},
		{"a country without languages of its own writes English", "DE", in("Fiji"), "GERMANY"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := CountryLine(c.country, c.from); got != c.want {
				t.Errorf("%q, want %q", got, c.want)
			}
		})
	}
}

func TestHome(t *testing.T) {
	for _, c := range []struct {
		name string
		a    Agency
		want string
	}{
		{"the address ends with it", Agency{Address: []string{"x", "France"}, Countries: []string{"DE", "AT"}}, "FR"},
		{"in the letters of the country", Agency{Address: []string{"القاهرة", "مصر"}}, "EG"},
		{"in a language of another that it writes for", Agency{Address: []string{"Berlin", "Njemačka", "Niemcy"}, Countries: []string{"FR", "DE"}}, "DE"},
		{"without an address, the only one it writes for", Agency{Countries: []string{"PL"}}, "PL"},
		{"also where the address does not say", Agency{Address: []string{"Berlin"}, Countries: []string{"DE"}}, "DE"},
		{"several are no answer", Agency{Address: []string{"Berlin"}, Countries: []string{"DE", "AT"}}, ""},
		{"two letters are no name", Agency{Address: []string{"DE"}}, ""},
		{"nothing", Agency{}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := c.a.Home(); got != c.want {
				t.Errorf("%q, want %q", got, c.want)
			}
		})
	}
}

func TestIsCountry(t *testing.T) {
	for _, c := range []struct {
		line, code string
		want       bool
	}{
		{"Schweiz", "CH", true}, {"SCHWEIZ.", "CH", true}, {"Suíça", "CH", true}, {"suica", "CH", true}, {"スイス", "CH", true}, {"CH", "CH", true},
		{"Deutschland (Germany)", "DE", true}, {"Belgique/België/Belgien", "BE", true}, {"The Netherlands", "NL", true},
		{"Schweizer", "CH", false}, {"Zürich / Suisse", "CH", false}, {"Schweiz", "DE", false}, {"", "DE", false}, {"Schweiz", "", false}, {"-", "CH", false}, {"/", "CH", false},
		{"(Schweiz)", "CH", true}, {"الإمارات", "AE", true}, {"المملكة الأردنية الهاشمية", "JO", true}, {"대한민국", "KR", true}, {"한국", "KR", true},
		{"Российская Федерация", "RU", true}, {"ประเทศไทย", "TH", true}, {"U.S.A.", "US", true}, {"Česká Republika", "CZ", true}, {"Česká Republika", "SK", false},
		{"Republic of Bulgaria", "BG", true}, {"Republic of Serbia", "RS", true}, {"Republic of Lithuania", "LT", true}, {"Republic of Latvia", "LV", true}, {"Republic of Estonia", "EE", true},
		{"Republic of Croatia", "HR", true}, {"Republic of Slovenia", "SI", true}, {"Republic of Kazakhstan", "KZ", true}, {"Republic of Armenia", "AM", true}, {"Republic of Azerbaijan", "AZ", true},
		{"Republic of Cyprus", "CY", true}, {"Republic of Kenya", "KE", true}, {"Republic of Ghana", "GH", true}, {"Republic of Uganda", "UG", true}, {"Republic of Iraq", "IQ", true},
		{"Republic of Ireland", "IE", true}, {"Republic of Poland", "PL", true}, {"Slovak Republic", "SK", true}, {"Republic of South Africa", "ZA", true}, {"Federal Republic of Nigeria", "NG", true},
		{"Republic of the Philippines", "PH", true}, {"Kingdom of Saudi Arabia", "SA", true}, {"K.S.A.", "SA", true}, {"U.A.E.", "AE", true}, {"Islamic Republic of Pakistan", "PK", true},
		{"Sri Lanka", "LK", true}, {"People's Republic of China", "CN", true}, {"P.R. China", "CN", true}, {"P.R.C.", "CN", true}, {"Republic of China", "TW", true}, {"R.O.C.", "TW", true},
		{"臺灣", "TW", true}, {"台湾", "TW", true}, {"中華民國", "TW", true}, {"中国", "CN", true}, {"日本国", "JP", true}, {"澳門", "MO", true},
	} {
		if got := isCountry(c.line, c.code); got != c.want {
			t.Errorf("%q is %s: %v", c.line, c.code, got)
		}
	}
	for line, want := range map[string]string{"Österreich": "AT", "Autriche": "AT", "AUSTRIA": "AT", "AT": "", " DE ": "", "ประเทศไทย": "TH", "Slovenská republika": "SK", "Springfield": "", "": ""} {
		if got := countryNamed(line); got != want {
			t.Errorf("%q names %q, want %q", line, got, want)
		}
	}
}

// Every name is folded to something, and to one country only.
func TestOfficialNames(t *testing.T) {
	if len(official()) < len(officialNames)-5 {
		t.Errorf("%d names, %d when folded", len(officialNames), len(official()))
	}
	for name, code := range officialNames {
		_, rest, _ := strings.Cut(name, "republic of ")
		if rest = strings.TrimPrefix(rest, "the "); rest != "" && !isCountry(rest, code) && code != "TW" {
			t.Errorf("%q: %q is not %s", name, rest, code)
		}
		if !isCountry(name, code) || countryNamed(name) != "" && countryNamed(name) != code {
			t.Errorf("%q is %q, want %s", name, countryNamed(name), code)
		}
	}
}

// Every country with a form of postcodes is one, and its form has a place.
func TestPostcodesAreOfCountries(t *testing.T) {
	for country, form := range postcodes {
		if lookup.CountryCode(country) != country && country != "XK" { // Kosovo has no code of ISO 3166
			t.Errorf("%q is no country", country)
		}
		if rest := strings.TrimLeft(form, "<>"); form != "-" && (rest == form || strings.Trim(rest, "9AX |-") != "") {
			t.Errorf("%s: %q", country, form)
		}
	}
}
