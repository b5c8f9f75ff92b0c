package letter

import (
	"slices"
	"strings"
	"sync"
	"unicode"

	"golang.org/x/text/cases"
	"golang.org/x/text/language"
	"golang.org/x/text/language/display"
	"golang.org/x/text/unicode/norm"

	"headsup/lookup"
)

// foldName makes names of countries comparable: lower case, no accents, no
// punctuation, single spaces.
func foldName(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.Is(unicode.Mn, r):
			return -1
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			return unicode.ToLower(r)
		}
		return ' '
	}, norm.NFKD.String(s))
	return strings.Join(strings.Fields(s), " ")
}

// worldNames holds what countries are called.
type worldNames struct {
	any    map[string][]string // folded name to countries, in every language of Spoken
	common map[string]string   // the same in English, French, German, Spanish and the country's own languages; "" if several
}

var names = sync.OnceValue(func() worldNames {
	w := worldNames{map[string][]string{}, map[string]string{}}
	everywhere := languagesOfTheWorld()
	for a := 'A'; a <= 'Z'; a++ {
		for b := 'A'; b <= 'Z'; b++ {
			code := string([]rune{a, b})
			if lookup.CountryCode(code) != code {
				continue
			}
			region := language.MustParseRegion(code)
			for _, lang := range everywhere {
				name := foldName(nameIn(lang, region))
				if name != "" && !slices.Contains(w.any[name], code) {
					w.any[name] = append(w.any[name], code)
				}
			}
			for _, lang := range append([]string{"en", "fr", "de", "es"}, Spoken[code]...) {
				name := foldName(nameIn(lang, region))
				if other, ok := w.common[name]; ok && other != code {
					w.common[name] = "" // said of two
				} else {
					w.common[name] = code
				}
			}
		}
	}
	return w
})

func languagesOfTheWorld() []string {
	langs := []string{"en"}
	for _, spoken := range Spoken {
		langs = append(langs, spoken...)
	}
	slices.Sort(langs)
	return slices.Compact(langs)
}

// nameIn is a country's name in one of the [Spoken] languages.
func nameIn(lang string, region language.Region) string {
	return display.Regions(language.Make(lang)).Name(region)
}

// isCountry reports whether a line is nothing but the country's name, in whatever
// language, or in several of them ("Schweiz / Suisse / Svizzera").
func isCountry(line, code string) bool {
	if code == "" {
		return false
	}
	if known(line, code) {
		return true
	}
	parts := strings.FieldsFunc(line, func(r rune) bool { return strings.ContainsRune("/|,;()（）-–", r) })
	named := 0
	for _, part := range parts {
		if strings.TrimSpace(part) == "" {
			continue
		}
		if !known(part, code) {
			return false
		}
		named++
	}
	return named > 0
}

func known(name, code string) bool {
	folded := foldName(name)
	return lookup.CountryCode(name) == code || slices.Contains(names().any[folded], code) || official()[folded] == code
}

// official are officialNames, folded.
var official = sync.OnceValue(func() map[string]string {
	folded := make(map[string]string, len(officialNames))
	for name, code := range officialNames {
		folded[foldName(name)] = code
	}
	return folded
})

// officialNames are what countries call themselves in full, where people end
// an address with it and the tables have the short name only.
var officialNames = map[string]string{
	"republik osterreich": "AT", "bundesrepublik deutschland": "DE", "ceska republika": "CZ", "slovenska republika": "SK", "slovensko": "SK",
	"republika slovenija": "SI", "slovenija": "SI", "republika hrvatska": "HR", "hrvatska": "HR", "rzeczpospolita polska": "PL", "eesti": "EE",
	"eesti vabariik": "EE", "latvija": "LV", "latvijas republika": "LV", "lietuvos respublika": "LT", "magyar koztarsasag": "HU", "island": "IS",
	"republica portuguesa": "PT", "reino de espana": "ES", "republique francaise": "FR", "repubblica italiana": "IT", "confoederatio helvetica": "CH",
	"koninkrijk der nederlanden": "NL", "nederland": "NL", "eire": "IE", "n ireland": "GB", "northern ireland": "GB", "u k": "GB", "u s": "US", "u s a": "US",
	"estados unidos mexicanos": "MX", "republica argentina": "AR", "republica federativa do brasil": "BR", "republica de chile": "CL", "republica de colombia": "CO",
	"republica de panama": "PA", "republica del peru": "PE", "republica bolivariana de venezuela": "VE", "republica oriental del uruguay": "UY",
	"российская федерация": "RU", "рф": "RU", "республика беларусь": "BY", "беларусь": "BY", "республика казахстан": "KZ", "република българия": "BG",
	"република србија": "RS", "republika srbija": "RS", "republica moldova": "MD", "republika e shqiperise": "AL", "shqiperia": "AL",
	"ελληνικη δημοκρατια": "GR", "hellas": "GR", "ellada": "GR", "turkiye cumhuriyeti": "TR", "republic of turkiye": "TR", "republic of turkey": "TR",
	"日本国": "JP", "中华人民共和国": "CN", "中國": "CN", "中国": "CN", "中華民國": "TW", "臺灣": "TW", "republic of china": "TW", "roc": "TW", "r o c": "TW", "香港": "HK", "中國香港": "HK",
	"澳門": "MO", "대한민국": "KR", "한국": "KR", "ประเทศไทย": "TH", "ราชอาณาจักรไทย": "TH", "cong hoa xa hoi chu nghia viet nam": "VN",
	"جمهورية مصر العربية": "EG", "المملكة العربية السعودية": "SA", "السعودية": "SA", "الإمارات": "AE", "دولة الإمارات العربية المتحدة": "AE", "المملكة المغربية": "MA",
	"المملكة الأردنية الهاشمية": "JO", "الجمهورية اللبنانية": "LB", "دولة قطر": "QA", "دولة الكويت": "KW", "جمهورية العراق": "IQ", "الجمهورية التونسية": "TN",
	"جمهوری اسلامی ایران": "IR", "מדינת ישראל": "IL", "भारत गणराज्य": "IN", "bharat": "IN", "republic of india": "IN", "republik indonesia": "ID",
	"republic of ireland": "IE", "republic of poland": "PL", "slovak republic": "SK", "republic of south africa": "ZA", "federal republic of nigeria": "NG",
	"republic of the philippines": "PH", "kingdom of saudi arabia": "SA", "ksa": "SA", "k s a": "SA", "uae": "AE", "u a e": "AE", "islamic republic of pakistan": "PK",
	"sri lanka": "LK", "peoples republic of china": "CN", "people s republic of china": "CN", "p r china": "CN", "p r c": "CN", "prc": "CN",
	"republic of bulgaria": "BG", "republic of serbia": "RS", "republic of lithuania": "LT", "republic of latvia": "LV", "republic of estonia": "EE",
	"republic of croatia": "HR", "republic of slovenia": "SI", "republic of kazakhstan": "KZ", "republic of armenia": "AM", "republic of azerbaijan": "AZ",
	"republic of cyprus": "CY", "republic of kenya": "KE", "republic of ghana": "GH", "republic of uganda": "UG", "republic of iraq": "IQ",
}

// countryNamed is the country whose name is the whole of a line, or empty. It
// takes no codes: "CA" is California more often than Canada.
func countryNamed(line string) string {
	if len(strings.TrimSpace(line)) <= 2 {
		return ""
	}
	if code := lookup.CountryCode(line); code != "" {
		return code
	}
	if code := official()[foldName(line)]; code != "" {
		return code
	}
	return names().common[foldName(line)]
}

// Home is the country that the agency writes from (ISO 3166-1): the one that
// its postal address ends with, else the only one it writes for. It is empty
// where neither says it.
func (a Agency) Home() string {
	if n := len(a.Address); n > 0 {
		last := a.Address[n-1]
		if code := countryNamed(last); code != "" {
			return code
		}
		for _, code := range a.Countries {
			if isCountry(last, code) {
				return code
			}
		}
	}
	if len(a.Countries) == 1 {
		return a.Countries[0]
	}
	return ""
}

// postLanguage is the language of the agency's own post: the first of the
// agency's own that its country speaks, else the country's first.
func (a Agency) postLanguage() language.Tag {
	home := a.Home()
	spoken := Spoken[home]
	for _, own := range a.Languages {
		if home == "" || slices.Contains(spoken, own) {
			return inCountry(own, home)
		}
	}
	if len(spoken) > 0 {
		return inCountry(spoken[0], home)
	}
	return language.English
}

// inCountry is a language as a country writes it: Portuguese in Portugal calls
// Poland otherwise than in Brazil.
func inCountry(lang, country string) language.Tag {
	tag := language.Make(lang)
	region, err := language.ParseRegion(country)
	if err != nil {
		return tag
	}
	base, script, _ := tag.Raw()
	local, err := language.Compose(base, script, region)
	if err != nil {
		return tag
	}
	return local
}

// postalNames are what the post calls countries whose names in the tables say
// more than that, or are of yesterday (Universal Postal Union, list of member
// countries and territories).
var postalNames = map[string]string{
	"CD": "Dem. Rep. of the Congo", "CG": "Congo (Rep.)", "HK": "Hong Kong", "MK": "North Macedonia", "MM": "Myanmar",
	"MO": "Macao", "PS": "Palestine", "SZ": "Eswatini",
}

// CountryLine is the last line of an address abroad: the country's name in
// capitals, in the language of the sender's post. It is empty for a letter
// that stays at home, and where the country is not known.
//
// The name has to be understood by those who send it out, and may be in a
// language that is known everywhere (Universal Postal Union, Convention
// Manual, addressing of postal items). So a name in other than Latin letters
// has the English one in front of it: the posts of Japan, China and Russia ask
// for that too.
func CountryLine(country string, from Agency) string {
	region, err := language.ParseRegion(country)
	if err != nil || lookup.CountryCode(country) != country || country == from.Home() {
		return ""
	}
	if name, ok := postalNames[country]; ok {
		return cases.Upper(language.English).String(name)
	}
	english := cases.Upper(language.English).String(display.English.Regions().Name(region))
	lang := from.postLanguage()
	name := cases.Upper(lang).String(nameIn(lang.String(), region))
	switch {
	case name == "":
		return english
	case !latin(name):
		return english + " (" + name + ")"
	}
	return name
}

// latin reports whether all letters are Latin.
func latin(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return unicode.IsLetter(r) && !unicode.Is(unicode.Latin, r) }) < 0
}
