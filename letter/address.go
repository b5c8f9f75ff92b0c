package letter

import (
	"errors"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"headsup/finding"
	"headsup/lookup"
	"headsup/pattern"
)

// Why a letter cannot go by post.
var (
	ErrNoAddress = errors.New("no postal address")
	ErrCut       = errors.New("the postal address is longer than what is kept of one: its end is missing")
	ErrNoCountry = errors.New("the postal address names no country, and neither does the registry")
)

// An Address is where a letter goes by post, in the parts that its country
// writes one below the other (Universal Postal Union, S42; libaddressinput).
// The lines of a part may share a row, those of two parts never do.
type Address struct {
	Who      []string // organisation, department or person, with the form of address that the country wants
	Street   []string // house, street, box and what is around them
	Place    []string // postcode, town, region
	Country  string   // ISO 3166-1, or empty where nobody says it
	Postcode string   // also in Street or Place; for sorting
	City     string   // the line that names a city which is all of the country, where no other does
	Large    bool     // from the large to the small, with Who below Street, as in Chinese, Japanese and Korean letters
}

// Blocks are the parts in the order in which they are printed, with the
// country last where the letter leaves the sender's.
func (a Address) Blocks(from Agency) [][]string {
	blocks := [][]string{a.Who, a.Street, a.Place, nil}
	if a.Large {
		blocks[0], blocks[1] = blocks[1], blocks[0]
	}
	if line := CountryLine(a.Country, from); line != "" {
		blocks[3] = []string{line}
	} else if a.City != "" {
		blocks[3] = []string{a.City}
	}
	return slices.DeleteFunc(blocks, func(b []string) bool { return len(b) == 0 })
}

// Lang is the language whose letters the address is written in where fonts
// differ by it, or empty: a Chinese town looks wrong in Japanese letters.
func (a Address) Lang() string { return hanLanguages[a.Country] }

var hanLanguages = map[string]string{"CN": "zh-Hans", "HK": "zh-Hant", "JP": "ja", "KR": "ko", "MO": "zh-Hant", "TW": "zh-Hant"}

// Postal reads a contact's postal address. lang is the language of the letter,
// which decides about forms of address.
//
// Lines stay in the order in which the registry has them, because people
// register them in their country's; only a postcode that stands apart from its
// town, or on its wrong side, is put right. The country's name is taken out,
// wherever it stands.
//
// The error is [ErrNoAddress], [ErrCut] or [ErrNoCountry].
func Postal(to lookup.Contact, lang string) (Address, error) {
	if cut(to.Org, lookup.MaxName) || cut(to.Name, lookup.MaxName) {
		return Address{}, ErrCut
	}
	lines, whole := postalLines(to.Address)
	if !whole {
		return Address{}, ErrCut
	}
	for len(lines) > 0 && (strings.EqualFold(lines[0], to.Org) || strings.EqualFold(lines[0], to.Name)) {
		lines = lines[1:]
	}
	lines, country, city := withoutCountry(lines, to.Country)
	switch {
	case len(lines) == 0:
		return Address{}, ErrNoAddress
	case country == "" && to.Registered():
		return Address{}, ErrNoCountry
	}
	a := Address{Country: country, City: city, Postcode: Postcode(lines, country), Large: large(country, lines)}
	a.Who = whom(to, country, lang, a.Large)
	if a.Large {
		a.fromLarge(lines)
	} else {
		a.fromSmall(lines)
	}
	return a, nil
}

// cut reports whether a text may have lost its end at a limit of so many
// characters. Spaces and commas that stood there were trimmed.
func cut(text string, limit int) bool { return utf8.RuneCountInString(text) >= limit-3 }

// lineBreaks are what stands between lines that came in one string.
var lineBreaks = pattern.New(`[\n\v\f\r\x{85}\x{2028}\x{2029}]|\\r|\\n|<br ?/?>| \| `)

// postalLines makes printable lines of what a registry or a table has, and
// reports whether nothing is missing.
func postalLines(raw []string) (lines []string, whole bool) {
	for _, some := range raw {
		for _, line := range lineBreaks.Split(some, -1) {
			line = strings.Trim(finding.Clean(line, 4*lookup.MaxPostalLine), " ,;")
			if line == "" {
				continue
			}
			lines = append(lines, line)
			if cut(line, lookup.MaxPostalLine) || len(lines) == lookup.MaxPostalLines {
				return nil, false
			}
		}
	}
	return lines, true
}

// capitals are the countries that are called as a town in them, and cities
// those that are no more than a city: abroad, their name once is enough.
var (
	capitals = map[string]bool{"DJ": true, "GT": true, "KW": true, "LU": true, "PA": true}
	cities   = map[string]bool{"GI": true, "HK": true, "MC": true, "MO": true, "SG": true, "SM": true, "VA": true}
)

// withoutCountry takes the name of the country out of postal lines. It is the
// country that the contact is said to be in, or, where the last line names
// another, that one: whoever wrote the address knew better.
func withoutCountry(lines []string, country string) (kept []string, in, city string) {
	if n := len(lines); n > 0 && !isCountry(lines[n-1], country) {
		if other := countryNamed(lines[n-1]); other != "" && !(other == "GE" && country == "US") && !(other == "LU" && country == "BE") {
			country = other
		}
	}
	name, at := "", 0
	for i, line := range lines {
		if isCountry(line, country) {
			name, at = line, len(kept)
			continue
		}
		if i == len(lines)-1 {
			line = withoutTail(line, country)
		}
		kept = append(kept, line)
	}
	if name == "" || len(kept) == 0 || slices.ContainsFunc(kept, func(l string) bool { return mentions(l, name) }) {
		return kept, country, ""
	}
	if cities[country] {
		return kept, country, name
	}
	if form := formOf(country); capitals[country] && !slices.ContainsFunc(kept, form.withTown) {
		kept = slices.Insert(kept, at, name)
	}
	return kept, country, ""
}

// mentions reports whether a line has the words of a name in it.
func mentions(line, name string) bool {
	return strings.Contains(" "+foldName(line)+" ", " "+foldName(name)+" ")
}

// withoutTail cuts the country off the end of a line that has more to say:
// "8001 Zürich, Schweiz".
func withoutTail(line, country string) string {
	for _, sep := range []string{",", "/", " - ", " – "} {
		i := strings.LastIndex(line, sep)
		if i > 0 && isCountry(line[i+len(sep):], country) {
			return strings.TrimRight(line[:i], " ,;")
		}
	}
	return line
}

// large reports whether an address goes from the large to the small: in the
// letters of its own country, and not in Latin ones, where it goes the other
// way for everybody else's sake.
func large(country string, lines []string) bool {
	if hanLanguages[country] == "" {
		return false
	}
	own, other := 0, 0
	for _, line := range lines {
		for _, r := range line {
			switch {
			case eastAsian(r):
				own++
			case unicode.IsLetter(r):
				other++
			}
		}
	}
	return own > 0 && 2*own >= other // a character of theirs says as much as several Latin letters
}

// eastAsian reports whether r is a letter of Chinese, Japanese or Korean.
func eastAsian(r rune) bool {
	return unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul)
}

// fromLarge fills the parts of an address that begins with the country's
// largest division. A Korean postcode stands at the end.
func (a *Address) fromLarge(lines []string) {
	alone := formOf(a.Country).alone
	i := slices.IndexFunc(lines, func(l string) bool { return alone != nil && alone.MatchString(l) })
	if i < 0 {
		a.Street = lines
		return
	}
	code := lines[i]
	rest := slices.Delete(slices.Clone(lines), i, i+1)
	switch {
	case a.Country == "KR" && len(rest) > 0:
		a.Street, a.Place = rest, []string{code}
		return
	case a.Country == "JP" && !strings.HasPrefix(code, "〒"):
		code = "〒" + code
	}
	a.Street = append([]string{code}, rest...)
}

// withRegion are the countries whose postcode stands behind the region and not
// behind the town, which has a line of its own above.
var withRegion = map[string]bool{"CN": true, "ID": true, "IN": true, "NG": true, "PH": true, "TH": true}

// mostAbove is how many lines without a number may stand in the place above a
// postcode: town, county or district, region.
const mostAbove = 3

// fromSmall fills the parts of an address that begins with the house. Its
// place begins with the line of the town, which is the one with the postcode;
// where there is none it is the last.
func (a *Address) fromSmall(lines []string) {
	form := formOf(a.Country)
	lines = joinCode(splitTown(lines, form), form)
	at := len(lines) - 1
	for i := at; i >= 0 && form.code != nil; i-- {
		if form.code.MatchString(withoutBox(lines[i])) {
			at = i
			break
		}
	}
	lines[at] = a.turned(lines[at], form)
	if oneRow[a.Country] {
		lines, at = joinState(lines, at, form)
	}
	alone := form.alone != nil && form.alone.MatchString(lines[at])
	most := 0
	if alone && !form.first() {
		most = mostAbove
	} else if withRegion[a.Country] {
		most = 1
	}
	for ; most > 0 && at > 1 && !hasDigit(lines[at-1]); most-- {
		at--
	}
	a.Street, a.Place = lines[:at:at], lines[at:]
}

// oneRow are the countries whose post wants town, state and postcode in one row.
var oneRow = map[string]bool{"AU": true, "CA": true, "US": true}

var stateOf = pattern.New(`^[A-Z]{2,3}$`)

// joinState puts town, state and postcode that have lines of their own into
// the one at which the postcode stands: registries keep them in fields.
func joinState(lines []string, at int, form codeForm) ([]string, int) {
	state, code, both := strings.Cut(lines[at], " ")
	partial := func() bool {
		return form.alone.MatchString(lines[at]) || both && stateOf.MatchString(state) && form.alone.MatchString(code)
	}
	for at > 0 && !hasDigit(lines[at-1]) && partial() {
		sep := ", "
		if stateOf.MatchString(lines[at-1]) {
			sep = " "
		}
		lines = slices.Replace(slices.Clone(lines), at-1, at+1, lines[at-1]+sep+lines[at])
		at--
		state, code, both = strings.Cut(lines[at], " ")
	}
	return lines, at
}

func hasDigit(s string) bool { return strings.IndexFunc(s, unicode.IsDigit) >= 0 }

// splitTown gives the town a line of its own where it shares one with the
// street: "1 Example Street, 12345 Exampletown".
func splitTown(lines []string, form codeForm) []string {
	if form.code == nil {
		return lines
	}
	last := len(lines) - 1
	line := lines[last]
	pieces := strings.Split(line, ", ")
	for i := len(pieces) - 1; i > 0; i-- {
		code := form.code.FindStringIndex(withoutBox(pieces[i]))
		if code == nil {
			continue
		}
		if form.alone.MatchString(pieces[i]) && !form.first() && !hasDigit(pieces[i-1]) {
			i-- // the town before its code
		}
		street := strings.Join(pieces[:i], ", ")
		if !hasDigit(street) { // "Springfield, IL 62701"
			return lines
		}
		return append(lines[:last:last], street, strings.Join(pieces[i:], ", "))
	}
	return lines
}

// joinCode puts a postcode that has a line of its own before its town, where
// the country writes it there: the line below, or, at the end, the one above.
func joinCode(lines []string, form codeForm) []string {
	if form.alone == nil || !form.first() {
		return lines
	}
	i := len(lines) - 1
	for i >= 0 && !form.alone.MatchString(lines[i]) {
		i--
	}
	switch {
	case i >= 0 && i+1 < len(lines) && !hasDigit(lines[i+1]):
		joined := append(lines[:i:i], lines[i]+" "+lines[i+1])
		return append(joined, lines[i+2:]...)
	case i > 0 && i+1 == len(lines) && !hasDigit(lines[i-1]):
		return append(lines[:i-1:i-1], lines[i]+" "+lines[i-1])
	}
	return lines
}

// turned is a line of nothing but town and postcode, with the postcode on the
// side on which the country has it.
func (a *Address) turned(line string, form codeForm) string {
	if form.code == nil || form.side == 0 {
		return line
	}
	at := form.code.FindStringIndex(line)
	if at == nil {
		return line
	}
	before, code, behind := strings.Trim(line[:at[0]], " ,-"), line[at[0]:at[1]], strings.Trim(line[at[1]:], " ,-")
	switch {
	case hasDigit(before) || hasDigit(behind):
		return line
	case form.first() && before != "" && behind == "" && line[at[0]-1] == ' ':
		return code + " " + before
	case !form.first() && before == "" && behind != "" && line[at[1]] == ' ':
		return behind + " " + code
	}
	return line
}
