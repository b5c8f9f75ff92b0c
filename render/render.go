// Package render writes letters: as mail with text, HTML and attachments that
// machines can read, and as printed pages.
//
// It decides what a letter looks like, and nothing of what it says, to whom or
// when: words come from package templates, decisions from package letter. It
// knows no mail server and no clock: the same letter gives the same bytes.
package render

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"sync"

	"github.com/gohugoio/locales"

	"headsup/finding"
	"headsup/render/pdf"
	"headsup/templates"
)

// Options say how letters are written.
type Options struct {
	Templates *templates.Set // the words
	Site      string         // https URL of the advice and verification pages, or empty
	OptOut    string         // https URL of a server that honours one-click opt-outs (RFC 8058), or empty
	Printer   Printer        // writes the PDF; nil: letters have none
	// MailWithoutPDF lets the mail go alone where its PDF cannot be written,
	// because a font is missing.
	MailWithoutPDF bool
	MaxMail        int // bytes of a mail at most; 0: MaxMail
}

// A Printer puts a letter on paper. It may be called from many goroutines, and
// returns the same bytes for the same letter.
//
// Window returns the rows of the address as they stand in the window of the
// envelope, and errors as [pdf.Writer.Window] does.
type Printer interface {
	Print(pdf.Letter) ([]byte, error)
	Window(pdf.Letter) ([]string, error)
}

// A Renderer writes letters. It may be used from many goroutines.
type Renderer struct {
	set            *templates.Set
	site           string
	optOut         string
	locales        map[string]locales.Translator
	printer        Printer
	mailWithoutPDF bool
	maxMail        int
	notices        func() map[string]map[string]Notice
	version        *sync.Map // of the words, by language
}

// New returns a Renderer after it has read every template of a house's own, and
// run it on sample letters; those that come with headsup were tried before they
// were shipped. An error names the file and the line of each fault.
func New(o Options) (*Renderer, error) {
	r := &Renderer{set: o.Templates, site: o.Site, optOut: o.OptOut, locales: map[string]locales.Translator{}, printer: o.Printer, version: new(sync.Map), mailWithoutPDF: o.MailWithoutPDF, maxMail: cmp.Or(o.MaxMail, MaxMail)}
	var errs []error
	for _, lang := range r.set.Languages() {
		locale, ok := dates[lang]
		if !ok {
			errs = append(errs, fmt.Errorf("%s: no dates in this language", r.set.File(templates.Frame, lang).Path))
			continue
		}
		r.locales[lang] = locale()
	}
	for _, f := range r.set.Own() {
		if _, err := outline(f); err != nil {
			errs = append(errs, err)
		}
		if f.Part == templates.OptOut {
			if _, err := noticesOf(f); err != nil {
				errs = append(errs, err)
			}
		}
	}
	for _, kind := range []finding.Kind{finding.OpenRelay, finding.OpenProxy, finding.ExposedService} {
		if !slices.Contains(r.set.Parts(), string(kind)) {
			errs = append(errs, fmt.Errorf("%s/en.md: missing", kind))
		}
	}
	if len(r.locales) == 0 {
		errs = append(errs, errors.New("no language has all templates"))
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	r.notices = sync.OnceValue(func() map[string]map[string]Notice { return notices(r.set) })
	return r, r.try()
}

// try runs every template of a house's own on samples that take each of its branches.
func (r *Renderer) try() error {
	own := map[string]bool{}
	for _, f := range r.set.Own() {
		own[f.Lang] = true
	}
	var errs []error
	for _, lang := range r.Languages() {
		if !own[lang] {
			continue
		}
		for _, l := range Samples(r.set, lang) {
			if _, _, err := r.doc(l, lang, csvName, false); err != nil {
				errs = append(errs, err)
				break
			}
		}
	}
	return errors.Join(errs...)
}

// Languages lists, sorted, the languages in which letters can be written.
func (r *Renderer) Languages() []string { return r.set.Languages() }
