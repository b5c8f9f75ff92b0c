package render

import (
	"errors"
	"fmt"
	"slices"

	"headsup/letter"
	"headsup/render/pdf"
	"headsup/render/prose"
	"headsup/render/typeset"
	"headsup/templates"
)

// paper is the letter as it is printed.
func (r *Renderer) paper(l letter.Letter, title string, docs []prose.Doc) pdf.Letter {
	lang := l.Languages[0]
	labels := r.set.File(templates.Frame, lang).Labels
	a := l.Agency
	name := clean(nameOf(a, lang))
	e := enclosuresOf(r, l, docs)
	return pdf.Letter{
		ID: l.ID, Title: title, Author: name, Date: l.Date, Form: a.Form, Lang: lang, RTL: prose.RTL(lang),
		Head:   pdf.Letterhead{Name: name, Lines: headLines(a, lang), Logo: a.Logo},
		Return: cleanLines(append([]string{name}, postalOf(a, lang)...)),
		Info: []pdf.Field{
			{Label: labels.Reference, Value: l.ID},
			{Label: labels.Date, Value: r.date(l, lang, l.Date)},
			{Label: labels.Code, Value: l.Code},
		},
		Parts:    e.docs,
		Named:    e.named,
		Enclosed: e.list,
		PageOf:   func(page, of int) string { return fmt.Sprintf(labels.Page, page, of) },
		Verify:   VerifyURL(r.site, l),
		Caption:  r.caption(lang),
		Continue: name + " · " + l.ID,
		Alike:    r.alike(l),
	}
}

// caption says what the QR code is for, in the words of the site, which not
// every language need have.
func (r *Renderer) caption(lang string) string {
	if f := r.set.File(templates.Site, lang); f != nil {
		return f.Site.Verify
	}
	return ""
}

// headLines is what stands below the agency's name at the top of the page.
func headLines(a letter.Agency, lang string) []string {
	lines := append(postalOf(a, lang), a.Phone, answerTo(a), a.Site)
	if a.Key != "" {
		lines = append(lines, "PGP "+a.Key)
	}
	return cleanLines(lines)
}

// address puts the recipient into the window of a page: who and where, and in
// a letter that crosses a border the country. Where that cannot be, the window
// shows the mailbox, and the error says why the letter is not for the post.
func (r *Renderer) address(page *pdf.Letter, l letter.Letter) (letter.Address, error) {
	to, err := letter.Postal(l.To, l.Languages[0])
	if err == nil {
		page.To, page.ToLang = to.Blocks(l.Agency), to.Lang()
		_, err = r.printer.Window(*page)
	}
	if err != nil {
		page.To, page.Instead = nil, slices.Compact(cleanLines([]string{l.To.Org, l.To.Name, l.To.Email}))
	}
	return to, err
}

// unaddressed reports whether an error of address is about this one letter,
// whose mail can go all the same.
func unaddressed(err error) bool {
	var room *pdf.NoRoom
	var glyph *typeset.MissingGlyph
	return errors.Is(err, letter.ErrNoAddress) || errors.Is(err, letter.ErrCut) || errors.Is(err, letter.ErrNoCountry) ||
		errors.As(err, &room) || errors.As(err, &glyph)
}

var (
	errNoPage  = errors.New("no page: the letter was written without its PDF")
	errMailbox = errors.New("its page was written with the mailbox in the window, when the address could not be printed")
)

// Postable returns where a letter goes by post in an envelope of its agency's
// form. The error says, for people, why it cannot go.
func (r *Renderer) Postable(l letter.Letter, as letter.Rendered) (letter.Address, error) {
	if r.printer == nil || len(as.PDF) == 0 || len(l.Languages) == 0 {
		return letter.Address{}, errNoPage
	}
	lang := l.Languages[0]
	to, err := r.address(&pdf.Letter{Form: l.Agency.Form, Lang: lang, RTL: prose.RTL(lang)}, l)
	if err != nil {
		return letter.Address{}, err
	}
	switch whole, err := pdf.Addressed(as.PDF); {
	case err != nil:
		return letter.Address{}, err
	case !whole:
		return letter.Address{}, errMailbox
	}
	return to, nil
}

// cleanLines makes lines printable and drops the empty ones.
func cleanLines(lines []string) []string {
	var out []string
	for _, line := range lines {
		if line = clean(line); line != "" {
			out = append(out, line)
		}
	}
	return out
}
