package lookup

import (
	"strings"
	"sync"
	"unicode"

	"golang.org/x/text/language"
	"golang.org/x/text/language/display"
	"golang.org/x/text/unicode/norm"

	"headsup/pattern"
)

// fold makes names comparable: lower case, no accents, single spaces.
func fold(s string) string {
	s = strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Mn, r) {
			return -1
		}
		return unicode.ToLower(r)
	}, norm.NFKD.String(s))
	return strings.Join(strings.Fields(s), " ")
}

// otherNames are the ISO 3166-1 short names and the habits of address lines
// where they differ from the CLDR names.
var otherNames = map[string]string{
	"usa": "US", "u.s.a.": "US", "united states of america": "US", "uk": "GB", "england": "GB", "scotland": "GB", "wales": "GB", "great britain": "GB",
	"united kingdom of great britain and northern ireland": "GB", "the netherlands": "NL", "holland": "NL", "russian federation": "RU", "the russian federation": "RU",
	"korea": "KR", "republic of korea": "KR", "korea, republic of": "KR", "korea (republic of)": "KR", "viet nam": "VN", "czech republic": "CZ", "the czech republic": "CZ",
	"turkiye": "TR", "turkey": "TR", "taiwan, province of china": "TW", "taiwan, r.o.c.": "TW", "taiwan r.o.c.": "TW", "hong kong": "HK", "hongkong": "HK", "macau": "MO", "macao": "MO",
	"p.r. china": "CN", "p.r.china": "CN", "pr china": "CN", "people's republic of china": "CN", "iran, islamic republic of": "IR", "islamic republic of iran": "IR",
	"moldova, republic of": "MD", "republic of moldova": "MD", "macedonia": "MK", "north macedonia": "MK", "bosnia and herzegovina": "BA", "tanzania, united republic of": "TZ",
	"united republic of tanzania": "TZ", "bolivia, plurinational state of": "BO", "venezuela, bolivarian republic of": "VE", "syrian arab republic": "SY", "lao people's democratic republic": "LA",
	"brunei darussalam": "BN", "cote d'ivoire": "CI", "ivory coast": "CI", "cape verde": "CV", "swaziland": "SZ", "palestine": "PS", "palestinian territory, occupied": "PS", "palestine, state of": "PS",
	"deutschland": "DE", "osterreich": "AT", "schweiz": "CH", "suisse": "CH", "espana": "ES", "italia": "IT", "brasil": "BR", "polska": "PL", "sverige": "SE", "norge": "NO", "danmark": "DK", "suomi": "FI",
	"belgique": "BE", "belgie": "BE", "romania": "RO", "россия": "RU", "украина": "UA", "україна": "UA", "dr congo": "CD", "congo, the democratic republic of the": "CD", "congo, democratic republic of the": "CD", "congo": "CG",
	"virgin islands, british": "VG", "virgin islands, u.s.": "VI", "republic of belarus": "BY", "republic of singapore": "SG", "republic of south africa": "ZA", "burma": "MM",
}

// Regions that CLDR knows and ISO 3166-1 does not assign, or no longer.
var noCountry = map[string]bool{"EU": true, "AP": true, "ZZ": true, "UN": true, "EZ": true, "SU": true, "AC": true, "CP": true, "CQ": true, "DG": true, "EA": true, "IC": true, "TA": true, "XK": true, "XA": true, "XB": true, "AN": true, "CS": true}

func region(code string) (language.Region, bool) {
	r, err := language.ParseRegion(code)
	return r, err == nil && r.IsCountry() && !noCountry[code] && r.Canonicalize() == r && r.String() == code
}

var countryNames = sync.OnceValue(func() map[string]string {
	names := make(map[string]string, 400)
	for a := 'A'; a <= 'Z'; a++ {
		for b := 'A'; b <= 'Z'; b++ {
			code := string([]rune{a, b})
			r, ok := region(code)
			if !ok {
				continue
			}
			name := fold(display.English.Regions().Name(r))
			if name == "" {
				continue
			}
			names[name] = code
			names[strings.ReplaceAll(name, " & ", " and ")] = code
		}
	}
	for name, code := range otherNames {
		names[name] = code
	}
	return names
})

// CountryCode reads an ISO 3166-1 alpha-2 code or a country's name; what is
// neither gives "".
func CountryCode(s string) string {
	s, _, _ = strings.Cut(s, "#") // RPSL comment
	s = strings.Trim(strings.TrimSpace(s), ".,;")
	if s == "" || len(s) > 60 {
		return ""
	}
	if len(s) == 2 {
		code := strings.ToUpper(s)
		if code == "UK" {
			return "GB"
		}
		if _, ok := region(code); ok {
			return code
		}
		return ""
	}
	return countryNames()[fold(s)]
}

var (
	stateLine = pattern.New(`^[A-Z]{2}$`)
	codeLine  = pattern.New(`^[A-Z0-9][A-Z0-9 -]{2,9}$`)
)

// placeOf reads postal lines that may end in a country.
func placeOf(name string, lines []string) place {
	var kept []string
	for _, l := range lines {
		if l = strings.TrimSpace(l); l != "" {
			kept = append(kept, l)
		}
	}
	p := place{name: name}
	if n := len(kept); n > 0 {
		last := kept[n-1]
		if p.country = CountryCode(last); p.country != "" {
			kept = kept[:n-1]
		} else if i := strings.LastIndexAny(last, ",/"); i > 0 {
			if p.country = CountryCode(last[i+1:]); p.country != "" {
				kept[n-1] = last[:i]
			}
		}
	}
	// ARIN gives city, state and code a line each; in both its countries they share one.
	if n := len(kept); n >= 3 && (p.country == "US" || p.country == "CA") && stateLine.MatchString(kept[n-2]) && codeLine.MatchString(kept[n-1]) {
		kept = append(kept[:n-3], kept[n-3]+", "+kept[n-2]+" "+kept[n-1])
	}
	p.lines = kept
	return p
}
