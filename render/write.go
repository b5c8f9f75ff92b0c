package render

import (
	"errors"
	"fmt"
	"regexp"

	"headsup/letter"
	"headsup/render/pdf"
	"headsup/render/prose"
	"headsup/render/typeset"
)

var validID = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,63}$`)

// Render writes a letter in its languages, one below the other.
//
// It fails if there are no words for a language, if an address of the letter
// is none, or if the letter is larger than mail servers take ([MaxMail]) even
// without what can be left out. A warning says what was: the reports and the
// evidence of a very long letter, and, where MailWithoutPDF allows it, the PDF
// for which a font is missing.
func (r *Renderer) Render(l letter.Letter) (letter.Rendered, error) {
	if !validID.MatchString(l.ID) {
		return letter.Rendered{}, fmt.Errorf("not the reference of a letter: %q", l.ID)
	}
	if len(l.Languages) == 0 || len(l.Findings) == 0 {
		return letter.Rendered{}, errors.New("a letter without a language or without findings")
	}
	all := csvFile(l.Findings)
	docs, title, err := r.docs(l, all.name)
	if err != nil {
		return letter.Rendered{}, err
	}
	out := letter.Rendered{Subject: "[" + l.ID + "] " + title}
	if err := r.print(&out, r.paper(l, title, docs)); err != nil {
		return letter.Rendered{}, err
	}
	m := message{letter: l, site: r.site, subject: out.Subject, text: prose.Text(docs...), page: prose.HTML(title, docs...)}
	var page []attachment
	if len(out.PDF) > 0 {
		page = []attachment{{name: l.ID + ".pdf", kind: "application/pdf", data: out.PDF}}
	}
	m.files = append(append([]attachment{all}, xarfFiles(l)...), page...)
	out.Mail, err = m.bytes()
	if errors.Is(err, errTooLarge) {
		out.Warnings = append(out.Warnings, "too many findings for one mail: the XARF reports are left out")
		m.files = append([]attachment{all}, page...)
		out.Mail, err = m.bytes()
	}
	if errors.Is(err, errTooLarge) {
		out.Warnings = append(out.Warnings, "too many findings for one mail: the evidence is left out")
		m.files = append([]attachment{csvFile(withoutEvidence(l.Findings))}, page...)
		out.Mail, err = m.bytes()
	}
	if err != nil {
		return letter.Rendered{}, err
	}
	return out, nil
}

// docs writes the letter's body in each of its languages, and its title in the first.
func (r *Renderer) docs(l letter.Letter, csvName string) (docs []prose.Doc, title string, err error) {
	for i, lang := range l.Languages {
		if r.locales[lang] == nil {
			return nil, "", fmt.Errorf("no letters in %q", lang)
		}
		doc, subject, err := r.doc(l, lang, csvName, i > 0)
		if err != nil {
			return nil, "", err
		}
		if i == 0 {
			title = subject
		}
		docs = append(docs, doc)
	}
	return docs, title, nil
}

// print adds the PDF, or, where the mail may go without it, a warning.
func (r *Renderer) print(out *letter.Rendered, page pdf.Letter) (err error) {
	if r.printer == nil {
		return nil
	}
	var missing *typeset.MissingGlyph
	out.PDF, err = r.printer.Print(page)
	if errors.As(err, &missing) && r.mailWithoutPDF {
		out.PDF, out.Warnings = nil, append(out.Warnings, "no PDF: "+missing.Error())
		return nil
	}
	if err != nil {
		return fmt.Errorf("PDF: %w", err)
	}
	return nil
}
