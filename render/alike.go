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
	like := letter.Letter{
		Languages: l.Languages,
		Agency: letter.Agency{Name: l.Agency.Name, Names: l.Agency.Names, Address: l.Agency.Address, Phone: l.Agency.Phone,
			Site: l.Agency.Site, From: l.Agency.From, ReplyTo: l.Agency.ReplyTo, Signatory: l.Agency.Signatory,
			Form: l.Agency.Form, Key: l.Agency.Key},
		CoSponsors: l.CoSponsors,
	}
	customer := l.To.Role == lookup.Customer
	a := like.Agency
	return pdf.Stock{
		Key: fmt.Sprintf("%q%q%q%q%q%q%q%q%q%q%q%q%q%t", r.site, l.Languages, a.Name, a.Names, a.Address, a.Phone, a.Site, a.From,
			a.ReplyTo, a.Signatory, a.Form, a.Key, l.CoSponsors, customer),
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
		l.Languages, l.Agency, l.CoSponsors = like.Languages, like.Agency, like.CoSponsors
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
