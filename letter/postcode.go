package letter

import "regexp"

// Postcode finds the postcode in postal lines, by the form that it has in the
// country (ISO 3166-1; Universal Postal Union, Postal addressing systems), or
// is empty. It serves to sort letters for the post; it decides nothing.
func Postcode(lines []string, country string) string {
	form := postcodes[country]
	if form == nil {
		form = anyPostcode
	}
	for i := len(lines) - 1; i >= 0; i-- {
		if m := form.FindString(lines[i]); m != "" {
			return m
		}
	}
	return ""
}

var (
	anyPostcode = regexp.MustCompile(`\b\d{4,7}\b`)
	postcodes   = map[string]*regexp.Regexp{
		"AR": regexp.MustCompile(`\b(?:[A-Z]\d{4}[A-Z]{3}|\d{4})\b`),
		"BR": regexp.MustCompile(`\b\d{5}-?\d{3}\b`),
		"CA": regexp.MustCompile(`\b[A-Z]\d[A-Z] ?\d[A-Z]\d\b`),
		"CZ": fiveDigits, "GR": fiveDigits, "SE": fiveDigits, "SK": fiveDigits,
		"GB": regexp.MustCompile(`\b[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}\b`),
		"IE": regexp.MustCompile(`\b[A-Z]\d[\dW] ?[A-Z\d]{4}\b`),
		"JP": regexp.MustCompile(`\b\d{3}-?\d{4}\b`),
		"NL": regexp.MustCompile(`\b\d{4} ?[A-Z]{2}\b`),
		"PL": regexp.MustCompile(`\b\d{2}-\d{3}\b`),
		"PT": regexp.MustCompile(`\b\d{4}-\d{3}\b`),
		"US": regexp.MustCompile(`\b\d{5}(?:-\d{4})?\b`),
	}
	fiveDigits = regexp.MustCompile(`\b\d{3} ?\d{2}\b`)
)
