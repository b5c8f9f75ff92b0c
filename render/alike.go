package render

import (
	"fmt"

	"headsup/letter"
	"headsup/lookup"
	"headsup/render/pdf"
)

// alike is what the page of a letter has in common with others: the words of
// its languages and who writes them. Only what is in the key is in the samples.
func (r *Renderer) alike(l letter.Letter) pdf.Stock {
	like := letter.Letter{Languages: l.Languages, Agency: l.Agency, CoSponsors: l.CoSponsors, CoSponsorsIn: l.CoSponsorsIn}
	like.Agency.Logo = nil
	customer := l.To.Role == lookup.Customer
	return pdf.Stock{
		Key:     fmt.Sprintf("%q %q %#v %q %q %t", r.site, like.Languages, like.Agency, like.CoSponsors, like.CoSponsorsIn, customer),
		Samples: func() []pdf.Letter { return r.samples(like, customer) },
	}
}

// samples are the pages of sample letters, to a provider's customer or to
// others, with the languages, agency and co-sponsors of a letter.
func (r *Renderer) samples(like letter.Letter, customer bool) (pages []pdf.Letter) {
	for _, l := range Samples(r.set, like.Languages[0]) {
		if (l.To.Role == lookup.Customer) != customer {
			continue
		}
		l.Languages, l.Agency, l.CoSponsors, l.CoSponsorsIn = like.Languages, like.Agency, like.CoSponsors, like.CoSponsorsIn
		docs, title, _, err := r.docs(l, csvName)
		if err != nil {
			continue // the letter itself says so
		}
		page := r.paper(l, title, docs)
		r.address(&page, l)
		pages = append(pages, page)
	}
	return pages
}
