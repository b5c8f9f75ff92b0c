package render

import (
	"headsup/letter"
	"headsup/render/pdf"
	"headsup/render/prose"
)

// Window returns the rows of a letter's address as they are printed.
func (r *Renderer) Window(l letter.Letter) ([]string, error) {
	page := pdf.Letter{Form: l.Agency.Form, Lang: l.Languages[0], RTL: prose.RTL(l.Languages[0])}
	if _, err := r.address(&page, l); err != nil {
		return nil, err
	}
	return r.printer.Window(page)
}
