package letter

import "testing"

func TestPostcode(t *testing.T) {
	for _, c := range []struct {
		name, country, want string
		lines               []string
	}{
		{"a town behind it", "DE", "01067", []string{"Musterstraße 12345", "01067 Musterstadt"}},
		{"a country before it", "LT", "01103", []string{"Pavyzdžio g. 1", "LT-01103 Vilnius"}},
		{"a state before it", "US", "62701-0001", []string{"12345 Sample Road", "Springfield, IL 62701-0001"}},
		{"letters", "GB", "SW1A 1AA", []string{"1 Example Street", "London SW1A 1AA"}},
		{"letters and digits in turn", "CA", "K1A 0B1", []string{"1 Example Street", "Ottawa ON K1A 0B1"}},
		{"two groups", "SE", "123 45", []string{"Exempelgatan 1", "123 45 Exempelstad"}},
		{"above the street", "JP", "100-0001", []string{"〒100-0001", "東京都千代田区1-1"}},
		{"not one of the country's", "NL", "", []string{"Voorbeeldstraat 12", "Voorbeeldstad"}},
		{"the number of a box is none", "ZM", "", []string{"P.O. Box 50100", "Lusaka"}},
		{"but what follows it is", "DE", "12345", []string{"Postfach 67890, 12345 Musterstadt"}},
		{"none", "HK", "", []string{"1 Example Road", "Hong Kong"}},
	} {
		if got := Postcode(c.lines, c.country); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}
