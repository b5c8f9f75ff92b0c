package render

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"headsup/letter"
	"headsup/lookup"
	"headsup/pattern"
	"headsup/render/prose"
	"headsup/render/typeset"
)

var validID = pattern.New(`^[a-z0-9][a-z0-9-]{0,63}$`)

// Render writes a letter in its languages, one below the other.
//
// It fails if there are no words for a language, if an address of the letter
// is none, or if the letter is larger than Options.MaxMail even
// without what can be left out. A warning says what was: the reports and the
// evidence of a very long letter, the postal address that does not fit its
// envelope's window, and, where MailWithoutPDF allows it, the PDF for which a
// font is missing.
func (r *Renderer) Render(l letter.Letter) (letter.Rendered, error) { return Enclosing(r, l, nil) }

// An Enclosed is a message that comes with a letter as it is.
type Enclosed struct {
	Name string // ASCII, of our own making
	Data []byte
}

// Enclosing writes a letter with messages that come with its mail as they are. None
// of them is ever left out.
func Enclosing(r *Renderer, l letter.Letter, enclosed []Enclosed) (letter.Rendered, error) {
	if !validID.MatchString(l.ID) {
		return letter.Rendered{}, fmt.Errorf("not the reference of a letter: %q", l.ID)
	}
	if len(l.Languages) == 0 || len(l.Findings) == 0 {
		return letter.Rendered{}, errors.New("a letter without a language or without findings")
	}
	var all attachment
	switch {
	case !l.Attaches(lookup.CSV):
	case l.Corrects != "": // no machine is to take it for findings
		all = attachment{name: "taken-back.csv", kind: "text/csv; charset=utf-8", data: csvOf(withoutEvidence(l.Findings)), text: true}
	default:
		all = csvFile(l.Findings)
	}
	docs, title, subject, err := r.docs(l, all.name)
	if err != nil {
		return letter.Rendered{}, err
	}
	out := letter.Rendered{Subject: subject}
	if err := r.print(&out, l, title, docs); err != nil {
		return letter.Rendered{}, err
	}
	m := message{letter: l, optOut: r.optOut, max: r.maxMail, subject: out.Subject, bodies: bodies(title, r.head(l), docs)}
	var page []attachment
	if len(out.PDF) > 0 && l.Attaches(lookup.PDF) {
		page = []attachment{{name: l.ID + ".pdf", kind: "application/pdf", data: out.PDF}}
	}
	for _, e := range enclosed { // as octets: message/rfc822 may be in no encoding, and not every message can go without one
		page = append(page, attachment{name: e.Name, kind: "application/octet-stream", data: e.Data})
	}
	mail, warnings, err := m.fit(all, page)
	if errors.Is(err, errTooLarge) && all.name == "" { // nothing can be left out of what it says
		l.Attachments = strings.TrimSuffix(lookup.CSV+" "+l.Attachments, lookup.NoAttachments)
		out, err := Enclosing(r, l, enclosed)
		out.Warnings = append(out.Warnings, "too large for a mail: the findings are attached as a table")
		return out, err
	}
	if err != nil {
		return letter.Rendered{}, err
	}
	out.Mail, out.Words, out.Warnings = mail, versions(r, l.Languages), append(out.Warnings, warnings...)
	return out, nil
}

// versions says which words a letter in some languages is made of.
func versions(r *Renderer, languages []string) string {
	of := make([]string, len(languages))
	for i, lang := range languages {
		version, ok := r.version.Load(lang)
		if !ok {
			version, _ = r.version.LoadOrStore(lang, r.set.Version(lang))
		}
		of[i] = lang + "=" + version.(string)
	}
	return strings.Join(of, " ")
}

// docs writes the letter's body in each of its languages, its title in the
// first, and the subject of its mail.
func (r *Renderer) docs(l letter.Letter, file string) (docs []prose.Doc, title, subject string, err error) {
	for i, lang := range l.Languages {
		if r.locales[lang] == nil {
			return nil, "", "", fmt.Errorf("no letters in %q", lang)
		}
		doc, words, err := r.doc(l, lang, file, i > 0)
		if err != nil {
			return nil, "", "", err
		}
		docs = append(docs, doc)
		if i == 0 {
			title, subject = doc.Title, withTag(words, l)
		} else {
			subject = also(subject, words, clean(r.topics(l, lang)))
		}
	}
	return docs, title, strings.ReplaceAll(subject, prose.WordBreak, ""), nil
}

// print adds the PDF, or, where the mail may go without it, a warning. There is
// one too where the letter has a postal address and cannot go by post. A customer's
// letter has a page where it goes on paper, or the mail brings it.
func (r *Renderer) print(out *letter.Rendered, l letter.Letter, title string, docs []prose.Doc) (err error) {
	if r.printer == nil || l.Customer != "" && !l.Paper && !l.Attaches(lookup.PDF) {
		return nil
	}
	page := r.paper(l, title, docs)
	switch _, err := r.address(&page, l); {
	case errors.Is(err, letter.ErrNoAddress): // of most contacts nobody knows one
	case err != nil && !unaddressed(err):
		return fmt.Errorf("PDF: %w", err)
	case err != nil:
		out.Warnings = append(out.Warnings, "not for the post: "+err.Error())
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

// fit writes the message with everything, or with as much as a mail may hold:
// first without the reports, then also without the evidence. What the letter
// says is in its files stays there, under the name that it says.
func (m message) fit(all attachment, page []attachment) (mail []byte, warnings []string, err error) {
	var first []attachment
	if all.name != "" {
		first = []attachment{all}
	}
	if m.letter.Attaches(lookup.XARF) {
		m.files = slices.Concat(first, xarfFiles(m.letter), page)
		if mail, err = m.bytes(); !errors.Is(err, errTooLarge) {
			return mail, nil, err
		}
		warnings = append(warnings, "too large for a mail: the XARF reports are left out")
	}
	m.files = slices.Concat(first, page)
	if mail, err = m.bytes(); !errors.Is(err, errTooLarge) || all.name == "" {
		return mail, warnings, err
	}
	warnings = append(warnings, "too large for a mail: the evidence is left out")
	all.data = csvOf(withoutEvidence(m.letter.Findings))
	if all.name == zipName {
		all = zipFile(all.data)
	}
	m.files = slices.Concat([]attachment{all}, page)
	mail, err = m.bytes()
	return mail, warnings, err
}
