package letter

import "slices"

// A Tariff is what the post takes for a letter.
type Tariff struct {
	To    []string // ISO 3166-1 alpha-2; empty: everywhere
	UpTo  float64  // grams; 0: any weight
	Price float64
}

// A Postage says what letters weigh, and what the post takes for them.
type Postage struct {
	Duplex   bool    // two pages on a sheet
	Sheet    float64 // grams of one
	Envelope float64 // grams of one
	Tariffs  []Tariff
}

// Sheets returns how many sheets so many pages take.
func (p Postage) Sheets(pages int) int {
	if p.Duplex {
		return (pages + 1) / 2
	}
	return pages
}

// Grams returns what a letter of so many pages weighs.
func (p Postage) Grams(pages int) float64 { return p.Envelope + float64(p.Sheets(pages))*p.Sheet }

// Of returns the place of the tariff of a letter in the list: the cheapest that
// takes its country and weight, one that names the country before one for
// everywhere. ok is false where none does.
func (p Postage) Of(country string, pages int) (n int, ok bool) {
	n = -1
	for i, t := range p.Tariffs {
		if t.UpTo > 0 && p.Grams(pages) > t.UpTo || len(t.To) > 0 && !slices.Contains(t.To, country) {
			continue
		}
		if n < 0 || better(t, p.Tariffs[n]) {
			n = i
		}
	}
	return n, n >= 0
}

func better(a, b Tariff) bool {
	if (len(a.To) > 0) != (len(b.To) > 0) {
		return len(a.To) > 0
	}
	return a.Price < b.Price
}
