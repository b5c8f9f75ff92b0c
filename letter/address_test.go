package letter

import (
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"
	"unicode"

	"headsup/lookup"
)

// lines reads "a|b|c".
func lines(s string) []string {
	if s == "" {
		return nil
	}
	return strings.Split(s, "|")
}

func TestPostal(t *testing.T) {
	for _, c := range []struct {
		name, country, in string
		street, place     string
		want              string // country
	}{
		{"the town's line is the one with the postcode", "DE", "Musterstraße 1|10115 Musterstadt", "Musterstraße 1", "10115 Musterstadt", "DE"},
		{"what stands below it belongs to it", "PT", "Rua do Exemplo 4|Apartado 678|1000-001 EXEMPLO|Distrito Modelo", "Rua do Exemplo 4|Apartado 678", "1000-001 EXEMPLO|Distrito Modelo", "PT"},
		{"a postcode alone has its town above it", "GB", "Unit 5|7 Old Example Lane|EXAMPLETON|EX1 1EX", "Unit 5|7 Old Example Lane", "EXAMPLETON|EX1 1EX", "GB"},
		{"with district and region", "RU", "ul. Primernaya, d. 12|ofis 45|Primersk|Primerskiy rayon|Primerskaya oblast|101000", "ul. Primernaya, d. 12|ofis 45", "Primersk|Primerskiy rayon|Primerskaya oblast|101000", "RU"},
		{"and no more", "GB", "Unit 5|Example House|Lane|Village|TOWN|EX1 1EX", "Unit 5|Example House", "Lane|Village|TOWN|EX1 1EX", "GB"},
		{"unless that is a street", "GB", "Unit 5|12 Example Lane|EX1 1EX", "Unit 5|12 Example Lane", "EX1 1EX", "GB"},
		{"or nothing is above that", "GB", "Exampleton|EX1 1EX", "Exampleton", "EX1 1EX", "GB"},
		{"a region with the postcode has the town above it, and nothing else", "IN", "Plot 45|Example Road|Example City|Example State 110001", "Plot 45|Example Road", "Example City|Example State 110001", "IN"},
		{"without a postcode the last line is the town", "AE", "Office 304|P.O. Box 98765|Example Emirate", "Office 304|P.O. Box 98765", "Example Emirate", "AE"},
		{"so it is where nobody has one", "HK", "Flat 1|12345 Example Road|Kowloon", "Flat 1|12345 Example Road", "Kowloon", "HK"},
		{"a box is no postcode", "ZM", "Plot 9|P.O. Box 50100|Lusaka", "Plot 9|P.O. Box 50100", "Lusaka", "ZM"},
		{"a country that is not in the table", "ZZ", "Plot 9|12345 Town|Region", "Plot 9", "12345 Town|Region", "ZZ"},

		{"a postcode above its town joins it", "DE", "Musterstraße 1|10115|Musterstadt", "Musterstraße 1", "10115 Musterstadt", "DE"},
		{"and one below it", "DE", "Musterstraße 1|Musterstadt|D-10115", "Musterstraße 1", "D-10115 Musterstadt", "DE"},
		{"but not what has numbers", "DE", "Postfach|10115|Haus 7", "Postfach", "10115|Haus 7", "DE"},
		{"nor the house above", "DE", "Musterstraße 1|10115", "Musterstraße 1", "10115", "DE"},
		{"nor is anything lost around it", "DE", "Haus 7|10115|Musterstadt|Bezirk", "Haus 7", "10115 Musterstadt|Bezirk", "DE"},
		{"a postcode on the wrong side of its town changes it", "DE", "Musterstraße 1|Musterstadt 10115", "Musterstraße 1", "10115 Musterstadt", "DE"},
		{"and the other way round", "US", "1 Main Street|62701 Springfield IL", "1 Main Street", "Springfield IL 62701", "US"},
		{"but not where there are other numbers", "DE", "Musterstadt 7 10115", "", "Musterstadt 7 10115", "DE"},
		{"nor where the country is not in the table", "ZZ", "Road 1|Town 12345", "Road 1", "Town 12345", "ZZ"},
		{"nor a prefix from its postcode", "CH", "Musterweg 5|CH-8001 Zürich", "Musterweg 5", "CH-8001 Zürich", "CH"},
		{"nor a hyphen from its town", "DE", "Musterstraße 1|Musterstadt-10115", "Musterstraße 1", "Musterstadt-10115", "DE"},
		{"on either side", "US", "1 Main Street|62701-Springfield", "1 Main Street", "62701-Springfield", "US"},
		{"nor a number behind the town", "US", "1 Main Street|62701 Springfield 7", "1 Main Street", "62701 Springfield 7", "US"},
		{"nor a suffix", "SE", "Exempelgatan 2|111 22 STOCKHOLM", "Exempelgatan 2", "111 22 STOCKHOLM", "SE"},
		{"a state behind the town stays there", "US", "100 Main Street|Springfield, IL 62701-0001", "100 Main Street", "Springfield, IL 62701-0001", "US"},

		{"town and state that have their own lines", "US", "1 Main Street|Springfield|IL|62701", "1 Main Street", "Springfield, IL 62701", "US"},
		{"or a town that has", "US", "1 Main Street|Springfield|IL 62701-0001", "1 Main Street", "Springfield, IL 62701-0001", "US"},
		{"with a code of two parts", "CA", "1 Main Street|Toronto|ON M5H 2N2", "1 Main Street", "Toronto, ON M5H 2N2", "CA"},
		{"or without the state", "AU", "1 Example Street|Sydney|2000", "1 Example Street", "Sydney, 2000", "AU"},
		{"share a row, but not with the street", "US", "1 Main Street|IL 62701", "1 Main Street", "IL 62701", "US"},
		{"nor with a building above the town", "US", "Example Hall|1 Main Street|Example Park|Springfield, IL 62701", "Example Hall|1 Main Street|Example Park", "Springfield, IL 62701", "US"},
		{"a town that shares the street's line", "DE", "Musterstr. 1, 10115 Musterstadt", "Musterstr. 1", "10115 Musterstadt", "DE"},
		{"with the town before its code", "GB", "12 Example Road, Unit 5, London, EC1A 1BB", "12 Example Road, Unit 5", "London, EC1A 1BB", "GB"},
		{"is there only if there is a number", "US", "Springfield, IL 62701", "", "Springfield, IL 62701", "US"},
		{"so is one with its code", "GB", "Exampleton, EX1 1EX", "", "Exampleton, EX1 1EX", "GB"},
		{"a town right behind the street", "GB", "12 Example Road, EC1A 1BB", "12 Example Road", "EC1A 1BB", "GB"},
		{"a street with a comma stays whole", "ES", "Calle Mayor, 3|28013 MADRID", "Calle Mayor, 3", "28013 MADRID", "ES"},

		{"the country is taken out", "DE", "Musterstraße 1|10115 Berlin|Germany", "Musterstraße 1", "10115 Berlin", "DE"},
		{"in whatever language", "DE", "Musterstraße 1|10115 Berlin|ALLEMAGNE", "Musterstraße 1", "10115 Berlin", "DE"},
		{"or in several", "CH", "Musterweg 5|8001 Zürich|Schweiz / Suisse / Svizzera", "Musterweg 5", "8001 Zürich", "CH"},
		{"as a code", "CH", "Musterweg 5|8001 Zürich|CH", "Musterweg 5", "8001 Zürich", "CH"},
		{"at the end of a line", "CH", "Musterweg 5|8001 Zürich, Schweiz", "Musterweg 5", "8001 Zürich", "CH"},
		{"behind a stroke", "CH", "Musterweg 5|8001 Zürich / Suisse", "Musterweg 5", "8001 Zürich", "CH"},
		{"or a dash", "CH", "Musterweg 5|8001 Zürich - SUISSE", "Musterweg 5", "8001 Zürich", "CH"},
		{"at the top", "RU", "Россия|ул. Примерная, 12|Примерск|000000", "ул. Примерная, 12", "Примерск|000000", "RU"},
		{"and twice", "DE", "Deutschland|Musterstraße 1|10115 Berlin|Germany", "Musterstraße 1", "10115 Berlin", "DE"},
		{"a street with a country in its name stays", "DE", "Schweizer Straße 1|10115 Berlin", "Schweizer Straße 1", "10115 Berlin", "DE"},
		{"the last line knows better than the registry", "DE", "Musterweg 5|1010 Wien|Österreich", "Musterweg 5", "1010 Wien", "AT"},
		{"even where the registry knows nothing", "", "Musterweg 5|1010 Wien|Austria", "Musterweg 5", "1010 Wien", "AT"},
		{"Georgia is a country", "", "Example Avenue 12|0105 Tbilisi|Georgia", "Example Avenue 12", "0105 Tbilisi", "GE"},
		{"also for a registry elsewhere", "DE", "Example Avenue 12|0105 Tbilisi|Georgia", "Example Avenue 12", "0105 Tbilisi", "GE"},
		{"Georgia in America is a state", "US", "12 Peach Road|Atlanta|Georgia", "12 Peach Road|Atlanta", "Georgia", "US"},
		{"Luxembourg in Belgium is a province", "BE", "Rue Exemple 1|6700 Arlon|Luxembourg", "Rue Exemple 1", "6700 Arlon|Luxembourg", "BE"},
		{"two letters are a state", "US", "12 Road|San Jose|CA", "12 Road|San Jose", "CA", "US"},
		{"a town of the country's name stays", "LU", "2, rue Exemple|L-1234|Luxembourg", "2, rue Exemple", "L-1234 Luxembourg", "LU"},
		{"once, where another town has the postcode", "KW", "P.O. Box 123|Safat 13001|Kuwait", "P.O. Box 123", "13001 Safat", "KW"},
		{"once", "LU", "2, rue Exemple|L-1234 Luxembourg|Luxembourg", "2, rue Exemple", "L-1234 Luxembourg", "LU"},
		{"where it stood", "PA", "Calle 50|Panamá|Apartado 0816", "Calle 50|Panamá", "Apartado 0816", "PA"},
		{"in full", "CZ", "Příkladová 12|110 00 Praha 1|Česká republika", "Příkladová 12", "110 00 Praha 1", "CZ"},
		{"a label of the postcode is no town", "MX", "Calle 60 No. 123|C.P. 97000|Mérida, Yucatán|México", "Calle 60 No. 123", "C.P. 97000 Mérida, Yucatán", "MX"},
		{"a city that is its country", "SG", "8 Example Quay|Singapore", "", "8 Example Quay", "SG"},
		{"other countries have no such town", "FR", "1 rue Exemple|France", "", "1 rue Exemple", "FR"},

		{"several lines in one string", "DE", "Haus 7\nMusterstraße 1\r\n10115 Musterstadt", "Haus 7|Musterstraße 1", "10115 Musterstadt", "DE"},
		{"with line breaks that are spelled out", "DE", `Musterstraße 1\n10115 Musterstadt`, "Musterstraße 1", "10115 Musterstadt", "DE"},
		{"or as HTML has them", "DE", "Musterstraße 1<br/>10115 Musterstadt<br>", "Musterstraße 1", "10115 Musterstadt", "DE"},
		{"names on top are dropped", "DE", "EXAMPLE GMBH|abuse desk|Musterstraße 1|10115 Musterstadt", "Musterstraße 1", "10115 Musterstadt", "DE"},
		{"lines are cleaned", "DE", " Musterstraße\u202e  1,|;|10115 \x1bMusterstadt;", "Musterstraße 1", "10115 Musterstadt", "DE"},
	} {
		t.Run(c.name, func(t *testing.T) {
			a, err := Postal(lookup.Contact{Org: "Example GmbH", Name: "Abuse Desk", Country: c.country, Address: lines(c.in)}, "en")
			if err != nil {
				t.Fatal(err)
			}
			if got := strings.Join(a.Street, "|"); got != c.street {
				t.Errorf("street %q, want %q", got, c.street)
			}
			if got := strings.Join(a.Place, "|"); got != c.place {
				t.Errorf("place %q, want %q", got, c.place)
			}
			if a.Country != c.want || a.Large {
				t.Errorf("country %q, want %q; from the large: %v", a.Country, c.want, a.Large)
			}
			if want := []string{"Example GmbH", "Abuse Desk"}; !slices.Equal(a.Who, want) {
				t.Errorf("who %q", a.Who)
			}
		})
	}
}

func TestPostalFromTheLargeToTheSmall(t *testing.T) {
	for _, c := range []struct {
		name, country, in, street, place, code, lang string
		large                                        bool
	}{
		{"a Japanese postcode stands on top with its sign", "JP", "100-0005|東京都千代田区例1-1", "〒100-0005|東京都千代田区例1-1", "", "100-0005", "ja", true},
		{"that it may have already", "JP", "東京都千代田区例1-1|〒100-0005", "〒100-0005|東京都千代田区例1-1", "", "100-0005", "ja", true},
		{"a Chinese one without a sign", "CN", "北京市示例区示例路1号|100000", "100000|北京市示例区示例路1号", "", "100000", "zh-Hans", true},
		{"a Korean one at the end", "KR", "03000|서울특별시 종로구 예시로 1", "서울특별시 종로구 예시로 1", "03000", "03000", "ko", true},
		{"unless it is all there is", "KR", "(우) 03000 서울", "(우) 03000 서울", "", "03000", "ko", true},
		{"even with nothing else", "KR", "(우) 03000", "(우) 03000", "", "03000", "ko", true},
		{"in one line it stays", "TW", "100 臺北市範例區範例路1號", "100 臺北市範例區範例路1號", "", "100", "zh-Hant", true},
		{"Hong Kong has none", "HK", "九龍範例道1號", "九龍範例道1號", "", "", "zh-Hant", true},
		{"a Latin building does not turn it round", "JP", "100-0005|東京都千代田区例1-1|Example Tower 5F", "〒100-0005|東京都千代田区例1-1|Example Tower 5F", "", "100-0005", "ja", true},
		{"Latin letters go from the small", "JP", "2-3-4 Example, Kita-ku|Osaka 530-0001", "2-3-4 Example, Kita-ku", "Osaka 530-0001", "530-0001", "ja", false},
		{"so does an office in Germany", "DE", "東京|10115 Berlin", "東京", "10115 Berlin", "10115", "", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			a, err := Postal(lookup.Contact{Org: "Example", Country: c.country, Address: lines(c.in)}, "en")
			if err != nil {
				t.Fatal(err)
			}
			got := []any{strings.Join(a.Street, "|"), strings.Join(a.Place, "|"), a.Postcode, a.Lang(), a.Large}
			if want := []any{c.street, c.place, c.code, c.lang, c.large}; !reflect.DeepEqual(got, want) {
				t.Errorf("%q, want %q", got, want)
			}
		})
	}
}

func TestNotAddressable(t *testing.T) {
	long := func(n int) string { return strings.Repeat("é", n) }
	many := func(n int) []string { return slices.Repeat([]string{"Floor"}, n) }
	for _, c := range []struct {
		name string
		to   lookup.Contact
		want error
	}{
		{"no lines", lookup.Contact{Country: "DE"}, ErrNoAddress},
		{"empty ones", lookup.Contact{Country: "DE", Address: []string{"", " , "}}, ErrNoAddress},
		{"only the names", lookup.Contact{Org: "Example GmbH", Name: "Desk", Country: "DE", Address: []string{"Example GmbH", "Desk"}}, ErrNoAddress},
		{"only the country", lookup.Contact{Country: "DE", Address: []string{"Germany"}}, ErrNoAddress},
		{"even one with a town of that name", lookup.Contact{Country: "LU", Address: []string{"Luxembourg"}}, ErrNoAddress},
		{"a line as long as what is kept", lookup.Contact{Country: "DE", Address: []string{long(lookup.MaxPostalLine - 3)}}, ErrCut},
		{"a shorter one", lookup.Contact{Country: "DE", Address: []string{long(lookup.MaxPostalLine - 4)}}, nil},
		{"as many lines as are kept", lookup.Contact{Country: "DE", Address: many(lookup.MaxPostalLines)}, ErrCut},
		{"in one string, too", lookup.Contact{Country: "DE", Address: []string{strings.Join(many(lookup.MaxPostalLines), "\n")}}, ErrCut},
		{"one line less", lookup.Contact{Country: "DE", Address: many(lookup.MaxPostalLines - 1)}, nil},
		{"a name that may be cut", lookup.Contact{Name: long(lookup.MaxName), Country: "DE", Address: []string{"Road 1"}}, ErrCut},
		{"an organisation that may be cut", lookup.Contact{Org: long(lookup.MaxName - 3), Country: "DE", Address: []string{"Road 1"}}, ErrCut},
		{"a shorter organisation", lookup.Contact{Org: long(lookup.MaxName - 4), Country: "DE", Address: []string{"Road 1"}}, nil},
		{"a registry that says no country", lookup.Contact{Rule: "network-abuse", Address: []string{"Road 1"}}, ErrNoCountry},
		{"the house's own customers are at home", lookup.Contact{Rule: "override", Address: []string{"Road 1"}}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			a, err := Postal(c.to, "en")
			if !errors.Is(err, c.want) || err != nil && !reflect.DeepEqual(a, Address{}) {
				t.Errorf("%v, want %v; %+v", err, c.want, a)
			}
		})
	}
}

func TestBlocks(t *testing.T) {
	german := Agency{Address: []string{"Musterstraße 1", "Deutschland"}}
	a := Address{Who: []string{"O", "N"}, Street: []string{"S"}, Place: []string{"P"}, Country: "FR"}
	for _, c := range []struct {
		name, want string
		change     func(a *Address)
	}{
		{"who, where, and the country last", "O,N|S|P|FRANKREICH", func(*Address) {}},
		{"no country at home", "O,N|S|P", func(a *Address) { a.Country = "DE" }},
		{"but the city that is all of it", "O,N|S|P|City", func(a *Address) { a.Country, a.City = "DE", "City" }},
		{"which abroad the country names", "O,N|S|P|SINGAPUR", func(a *Address) { a.Country, a.City = "SG", "City" }},
		{"nor where nobody knows it", "O,N|S|P", func(a *Address) { a.Country = "" }},
		{"from the large, who stands below the street", "S|O,N|P|FRANKREICH", func(a *Address) { a.Large = true }},
		{"nothing is no block", "S|FRANKREICH", func(a *Address) { a.Who, a.Place = nil, nil }},
	} {
		t.Run(c.name, func(t *testing.T) {
			changed := a
			c.change(&changed)
			var got []string
			for _, b := range changed.Blocks(german) {
				got = append(got, strings.Join(b, ","))
			}
			if got := strings.Join(got, "|"); got != c.want {
				t.Errorf("%q, want %q", got, c.want)
			}
		})
	}
}

func TestACityThatIsItsCountry(t *testing.T) {
	for _, c := range []struct{ in, city, home, abroad string }{
		{"8 Example Quay|Singapore", "Singapore", "8 Example Quay|Singapore", "8 Example Quay|SINGAPUR"},
		{"8 Example Quay|SINGAPORE 049909|SINGAPORE", "", "8 Example Quay|SINGAPORE 049909", "8 Example Quay|SINGAPORE 049909|SINGAPUR"},
		{"8 Example Quay", "", "8 Example Quay", "8 Example Quay|SINGAPUR"},
	} {
		a, err := Postal(lookup.Contact{Country: "SG", Address: lines(c.in)}, "en")
		home := strings.Join(slices.Concat(a.Blocks(Agency{Address: []string{"Singapore"}})...), "|")
		abroad := strings.Join(slices.Concat(a.Blocks(Agency{Address: []string{"Deutschland"}})...), "|")
		if err != nil || a.City != c.city || home != c.home || abroad != c.abroad {
			t.Errorf("%q: %q; at home %q, abroad %q; %v", c.in, a.City, home, abroad, err)
		}
	}
}

// Nothing that was registered is lost, whatever a registry says, and nothing
// comes out that could do harm.
func FuzzPostal(f *testing.F) {
	f.Add("Example GmbH", "Abuse Desk", "DE", "Musterstraße 1\n10115 Berlin\nGermany", "de")
	f.Add("株式会社例", "", "JP", "〒100-0005\n東京都千代田区例1-1", "ja")
	f.Add("", "", "LU", "L-1234\nLuxembourg", "fr")
	f.Add("a", "b", "GB", "1 Road, London, EC1A 1BB, UK", "en")
	f.Add("a", "b", "MX", "C.P. 06000 / / -\n\x00,;", "")
	f.Add("", "x", "KR", "(우) 03000", "ko")
	f.Add("x", "", "SG", "8 Example Quay\nSingapore", "en")
	f.Fuzz(func(t *testing.T, org, name, country, address, lang string) {
		to := lookup.Contact{Org: org, Name: name, Country: country, Address: []string{address}}
		a, err := Postal(to, lang)
		if err != nil {
			return
		}
		if len(a.Street)+len(a.Place) == 0 {
			t.Error("an address of no lines")
		}
		var out string
		for _, line := range slices.Concat(a.Blocks(Agency{})...) {
			if line == "" || strings.ContainsFunc(line, func(r rune) bool { return !unicode.IsPrint(r) }) {
				t.Errorf("line %q", line)
			}
			out += line
		}
		again, err := Postal(lookup.Contact{Org: org, Name: name, Country: a.Country, Address: slices.Concat(a.Street, a.Place)}, lang)
		if err != nil {
			t.Errorf("%+v is an address only once: %v", a, err)
		}
		if digits(again.Street, again.Place) != digits(a.Street, a.Place) {
			t.Errorf("%+v, then %+v", a, again)
		}
		read, _ := postalLines(to.Address)
		for len(read) > 0 && (strings.EqualFold(read[0], org) || strings.EqualFold(read[0], name)) {
			read = read[1:]
		}
		if got, want := digits(a.Street, a.Place), digits(read); got != want {
			t.Errorf("the digits %q of %q became %q", want, read, got)
		}
	})
}

// digits are those of the lines, sorted: a postcode may change its place.
func digits(blocks ...[]string) string {
	var all []rune
	for _, line := range slices.Concat(blocks...) {
		for _, r := range line {
			if unicode.IsDigit(r) {
				all = append(all, r)
			}
		}
	}
	slices.Sort(all)
	return string(all)
}
