package render

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"headsup/letter"
	"headsup/render/prose"
	"headsup/templates"
)

// Check compares every translation with its English source, as
// [templates.Set.Check] does, and also block by block; and it writes a sample
// letter in every language to every output, where a glyph may be missing.
func (r *Renderer) Check() []templates.Fault {
	faults := r.set.Check()
	for _, f := range r.set.Files() {
		if source := r.set.File(f.Part, "en"); source != nil && f != source {
			faults = append(faults, compare(f, source)...)
		}
	}
	strict := *r
	strict.mailWithoutPDF = false
	for _, lang := range r.Languages() {
		for _, l := range Samples(r.set, lang) {
			if _, err := strict.Render(l); err != nil {
				faults = append(faults, templates.Fault{File: templates.Frame + "/" + lang + ".md", What: err.Error()})
				break
			}
		}
	}
	return faults
}

// TryFonts prints samples in a language, signed by an agency. There is an error
// if a glyph is missing, unless mail may go without its PDF.
func (r *Renderer) TryFonts(lang string, signed letter.Agency, coSponsors []string) error {
	if r.printer == nil || r.mailWithoutPDF {
		return nil
	}
	for _, l := range Samples(r.set, lang) {
		l.Agency, l.CoSponsors = signed, coSponsors
		docs, title, _, err := r.docs(l, csvName)
		if err != nil {
			return err
		}
		if err := r.print(&letter.Rendered{}, l, title, docs); err != nil {
			return fmt.Errorf("letters of agency %q in %q cannot be printed: %w", signed.ID, lang, err)
		}
	}
	return nil
}

// outline reads the Markdown of a file with all its branches.
func outline(f *templates.File) ([]prose.Block, error) {
	var b prose.Book
	b.Insert(templates.HostsMark, []prose.Block{sentence("{{hosts}}")})
	b.Insert(templates.SectionsMark, []prose.Block{sentence("{{sections}}")})
	blocks, err := prose.Read(f.Outline(b.Value("value")), &b)
	var fault *prose.Error
	if errors.As(err, &fault) {
		return nil, fmt.Errorf("%s:%d: %s", f.Path, fault.Line, fault.What)
	}
	return blocks, err
}

// compare finds where a translation is built otherwise than its source.
func compare(f, source *templates.File) []templates.Fault {
	mine, err := outline(f)
	if err != nil {
		return []templates.Fault{{File: f.Path, What: err.Error()}}
	}
	theirs, err := outline(source)
	if err != nil {
		return nil // reported for the source itself
	}
	var faults []templates.Fault
	fault := func(format string, args ...any) {
		faults = append(faults, templates.Fault{File: f.Path, What: fmt.Sprintf(format, args...)})
	}
	a, b := shape(mine), shape(theirs)
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			fault("block %d is %s, in %s %s", i+1, a[i], source.Path, b[i])
			break
		}
	}
	if len(a) != len(b) {
		fault("has %d blocks, %s has %d", len(a), source.Path, len(b))
	}
	for _, code := range literals(theirs) {
		if !slices.Contains(literals(mine), code) {
			fault("does not show %s, which %s does: commands and links are not translated", code, source.Path)
		}
	}
	return faults
}

// shape says what each block is.
func shape(blocks []prose.Block) []string {
	var out []string
	for _, b := range blocks {
		switch {
		case b.Kind == prose.Heading:
			out = append(out, fmt.Sprintf("a heading of level %d", b.Level))
		case b.Kind == prose.List:
			out = append(out, fmt.Sprintf("a list of %d", len(b.Items)))
		case len(b.Spans) == 1 && strings.HasPrefix(b.Spans[0].Text, "{{"):
			out = append(out, b.Spans[0].Text)
		default:
			out = append(out, "a paragraph")
		}
	}
	return out
}

// literals lists the code spans and links, which are the same in every language.
func literals(blocks []prose.Block) []string {
	var out []string
	for _, b := range blocks {
		for _, s := range b.Spans {
			if s.Code {
				out = append(out, "`"+s.Text+"`")
			}
			if s.Link != "" {
				out = append(out, "<"+s.Link+">")
			}
		}
		for _, item := range b.Items {
			out = append(out, literals(item)...)
		}
	}
	return out
}
