package settings

import (
	"cmp"

	"headsup/letter"
)

// Post says how letters are printed and posted.
type Post struct {
	PrivateHomes  bool     `toml:"private_homes"`  // also to persons without an organisation; default false
	Duplex        bool     `toml:"duplex"`         // two pages on a sheet: each letter of a batch begins on a new one
	SheetGrams    float64  `toml:"sheet_grams"`    // default 5 (A4 of 80 g/m²)
	EnvelopeGrams float64  `toml:"envelope_grams"` // default 5
	Currency      string   `toml:"currency"`       // of the tariff, such as "EUR"
	Tariffs       []Tariff `toml:"tariff"`         // what the post takes
}

// A Tariff is what the post takes for letters to some countries.
type Tariff struct {
	To    []string `toml:"to"`    // ISO 3166-1 alpha-2; default everywhere
	UpTo  float64  `toml:"up_to"` // grams; default any weight
	Price float64  `toml:"price"`
}

// Postage returns what letters weigh, and what the post takes.
func (p Post) Postage() letter.Postage {
	out := letter.Postage{Duplex: p.Duplex, Sheet: cmp.Or(p.SheetGrams, 5), Envelope: cmp.Or(p.EnvelopeGrams, 5)}
	for _, t := range p.Tariffs {
		out.Tariffs = append(out.Tariffs, letter.Tariff(t))
	}
	return out
}

// checkPost finds what cannot be meant.
func (s *Settings) checkPost() error {
	if s.Post.SheetGrams < 0 || s.Post.EnvelopeGrams < 0 {
		return s.Fault("", "", "post: paper that weighs less than nothing")
	}
	for _, t := range s.Post.Tariffs {
		if t.Price < 0 || t.UpTo < 0 {
			return s.Fault("", "", "post.tariff: %g for up to %g grams", t.Price, t.UpTo)
		}
		for _, c := range t.To {
			if len(c) != 2 || c[0] < 'A' || c[0] > 'Z' || c[1] < 'A' || c[1] > 'Z' {
				return s.Fault("to", c, "post.tariff: %q is not a country such as \"DE\"", c)
			}
		}
	}
	return nil
}
