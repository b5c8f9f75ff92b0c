package letter

import (
	"strings"
	"sync"

	"headsup/pattern"
)

// Postcode finds the postcode in postal lines, by the form that it has in the
// country (ISO 3166-1), or is empty. Numbers of post office boxes are none.
func Postcode(lines []string, country string) string {
	form := formOf(country).code
	for i := len(lines) - 1; i >= 0 && form != nil; i-- {
		if m := form.FindString(withoutBox(lines[i])); m != "" {
			return m
		}
	}
	return ""
}

// A codeForm is what a country's postcodes look like and where they stand.
type codeForm struct {
	code  *pattern.Pattern // nil: there are none
	alone *pattern.Pattern // a line that is nothing else, with the country's letters in front if need be
	side  byte             // '<' before the town, '>' behind or below it, 0 unknown
}

// first reports whether the postcode stands before the town.
func (f codeForm) first() bool { return f.side == '<' }

// withTown reports whether a line holds a postcode and a town.
func (f codeForm) withTown(line string) bool {
	return f.code != nil && f.code.MatchString(withoutBox(line)) && !f.alone.MatchString(line)
}

// postcodes are the forms by country: "<" where the code stands before the
// town, ">" where it stands behind or below it, "-" where there is none; 9 is
// a digit, A a letter, X either, and a space or a hyphen may be left out
// (Universal Postal Union, S42 and Postal addressing systems; libaddressinput).
var postcodes = map[string]string{
	"AD": "<AA999", "AE": "-", "AF": ">9999", "AG": "-", "AL": "<9999", "AM": "<9999|999999", "AO": "-", "AR": "<A9999AAA|9999",
	"AT": "<9999", "AU": ">9999", "AW": "-", "AZ": "<9999", "BA": "<99999", "BB": ">AA99999", "BD": ">9999", "BE": "<9999", "BF": "-",
	"BG": "<9999", "BH": ">9999|999", "BI": "-", "BJ": "-", "BM": ">AA XX", "BN": ">AA9999", "BO": "-", "BR": ">99999-999", "BS": "-",
	"BT": ">99999", "BW": "-", "BY": "<999999", "BZ": "-", "CA": ">A9A 9A9", "CD": "-", "CF": "-", "CG": "-", "CH": "<9999", "CI": "-",
	"CK": "-", "CL": "<999-9999", "CM": "-", "CN": ">999999", "CO": ">999999", "CR": "<99999", "CU": "<99999", "CV": "<9999", "CY": "<9999",
	"CZ": "<999 99", "DE": "<99999", "DJ": "-", "DK": "<9999", "DM": "-", "DO": "<99999", "DZ": "<99999", "EC": "<999999", "EE": "<99999",
	"EG": ">99999", "ER": "-", "ES": "<99999", "ET": "<9999", "FI": "<99999", "FJ": "-", "FO": "<999", "FR": "<99999", "GA": "-",
	"GB": ">A9X 9AA|A99X 9AA|AA9X 9AA|AA99 9AA|A9 9AA|AA9 9AA|A99 9AA", "GD": "-", "GE": "<9999", "GG": ">AA9 9AA|AA99 9AA", "GH": ">AA-999-9999",
	"GI": ">AA99 9AA", "GL": "<9999", "GM": "-", "GN": "<999", "GQ": "-", "GR": "<999 99", "GT": "<99999", "GY": "-", "HK": "-", "HN": ">99999",
	"HR": "<99999", "HT": "<9999", "HU": "<9999", "ID": ">99999", "IE": ">A9X XXXX|A99 XXXX", "IL": ">9999999|99999", "IM": ">AA9 9AA|AA99 9AA",
	"IN": ">999 999", "IQ": ">99999", "IR": ">99999-99999", "IS": "<999", "IT": "<99999", "JE": ">AA9 9AA", "JM": "-", "JO": ">99999",
	"JP": ">999-9999", "KE": "<99999", "KG": "<999999", "KH": ">999999|99999", "KI": "-", "KM": "-", "KP": "-", "KR": ">99999|999-999",
	"KW": "<99999", "KY": ">AA9-9999", "KZ": "<999999", "LA": "<99999", "LB": ">9999 9999|9999", "LI": "<9999", "LK": ">99999", "LR": "<9999",
	"LS": ">999", "LT": "<99999", "LU": "<9999", "LV": ">AA-9999", "MA": "<99999", "MC": "<99999", "MD": "<9999", "ME": "<99999", "MG": "<999",
	"MK": "<9999", "ML": "-", "MM": ">99999", "MN": ">99999", "MO": "-", "MR": "-", "MT": ">AAA 9999", "MU": ">99999", "MV": ">99999",
	"MX": "<99999", "MY": "<99999", "MZ": "<9999", "NA": ">99999", "NC": "<99999", "NE": "<9999", "NG": ">999999", "NI": "<99999",
	"NL": "<9999 AA", "NO": "<9999", "NP": ">99999", "NR": "-", "NU": "-", "NZ": ">9999", "OM": "<999", "PA": ">9999", "PE": ">99999",
	"PF": "<99999", "PG": ">999", "PH": "<9999", "PK": ">99999", "PL": "<99-999", "PR": ">99999", "PT": "<9999-999", "PY": "<9999", "QA": "-",
	"RE": "<99999", "RO": "<999999", "RS": "<99999", "RU": ">999999", "RW": "-", "SA": ">99999-9999|99999", "SB": "-", "SC": "-", "SD": "<99999",
	"SE": "<999 99", "SG": ">999999", "SI": "<9999", "SK": "<999 99", "SL": "-", "SM": "<99999", "SN": "<99999", "SR": "-", "ST": "-",
	"SV": "<9999", "SY": "-", "TD": "-", "TG": "-", "TH": ">99999", "TJ": "<999999", "TL": "-", "TM": "<999999", "TN": "<9999", "TO": "-",
	"TR": "<99999", "TT": "-", "TV": "-", "TW": ">999999|99999|999", "TZ": "<99999", "UA": ">99999", "UG": "-", "US": ">99999-9999|99999",
	"UY": "<99999", "UZ": "<999999", "VA": "<99999", "VE": ">9999", "VN": ">999999|99999", "VU": "-", "XK": "<99999", "YE": "-", "ZA": ">9999",
	"ZM": "<99999", "ZW": "-",
}

var formsOfCodes = sync.OnceValue(func() map[string]codeForm {
	forms := make(map[string]codeForm, len(postcodes))
	for country, form := range postcodes {
		if form == "-" {
			forms[country] = codeForm{}
			continue
		}
		var alts []string
		for alt := range strings.SplitSeq(form[1:], "|") {
			alts = append(alts, placeholders.Replace(alt))
		}
		any := "(?:" + strings.Join(alts, "|") + ")"
		forms[country] = codeForm{
			code:  pattern.New(`\b` + any + `\b`),
			alone: pattern.New(`^(?:〒 ?|\(?우\)? ?|C\.? ?P\.? ?|[A-Z]{1,3}-? ?)?` + any + `[.,]?$`),
			side:  form[0],
		}
	}
	return forms
})

// placeholders make a regular expression of a form.
var placeholders = strings.NewReplacer("9", `\d`, "A", `[A-Z]`, "X", `[A-Z\d]`, " ", " ?", "-", "-?")

// anyCode stands in for countries that are not in the table.
var anyCode = codeForm{code: pattern.New(`\b\d{4,7}\b`), alone: pattern.New(`^\d{4,7}$`)}

func formOf(country string) codeForm {
	if form, ok := formsOfCodes()[country]; ok {
		return form
	}
	return anyCode
}

// box matches a post office box and its number. "C.P." is missing on purpose:
// in Mexico the postcode itself bears it.
var box = pattern.New(`(?i)\b(?:(?:p\.? ?o\.? ?)?box|p\.? ?m\.? ?b\.?|private (?:mail )?bag|postfach|case postale|caixa postal|casella postale|apartado|` +
	`postbus|postboks|postbox|boks|skrytka pocztowa|b\.? ?p\.?|p\.? ?k\.?|g\.? ?p\.? ?o\.?|а/я|a/ya)[ .:#n°º]*\d[\d-]*`)

func withoutBox(line string) string { return box.ReplaceAllString(line, " ") }
