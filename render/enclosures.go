package render

import (
	"fmt"
	"slices"

	"headsup/letter"
	"headsup/render/prose"
	"headsup/templates"
)

// longList is how many rows of a table may stand between the sentences of a
// printed letter: more are about half a page, and stand behind its signature.
const longList = 24

// enclosures are what a printed letter comes with: its documents, the names of
// what is enclosed, and the list that was taken out of the first document.
type enclosures struct {
	docs        []prose.Doc
	named, list []prose.Block
}

// enclosuresOf names, in the letter's first language, what stands behind its
// signature and what the house puts into the envelope. A language without words
// for it names nothing, and keeps its table where it is.
func enclosuresOf(r *Renderer, l letter.Letter, docs []prose.Doc) enclosures {
	lang := l.Languages[0]
	labels := r.set.File(templates.Frame, lang).Labels
	e := enclosures{docs: docs}
	if labels.Enclosure == "" || labels.Enclosures == "" {
		return e
	}
	var names []string
	if labels.List != "" && labels.Listed != "" && l.Customer == "" && e.part(l, labels) {
		names = append(names, labels.List)
	}
	if len(l.Languages) > 1 && labels.Version != "" {
		names = append(names, fmt.Sprintf(labels.Version, languageNames(l.Languages[1:], lang, labels.Comma)))
	}
	leaflets, _ := in(l.Agency.Enclosures, lang)
	if names = append(names, cleanLines(leaflets)...); len(names) == 0 {
		return e
	}
	p := prose.Block{Kind: prose.Paragraph, Spans: []prose.Span{{Text: labels.Enclosures, Strong: true, Break: true}}}
	if len(names) == 1 {
		p.Spans[0].Text = labels.Enclosure
	}
	for i, name := range names {
		p.Spans = append(p.Spans, prose.Span{Text: name, Value: true, Break: i < len(names)-1})
	}
	e.named = []prose.Block{p}
	return e
}

// part takes a long table, and what is said below of rows that it does not
// have, out of the first document. It reports whether there was one.
func (e *enclosures) part(l letter.Letter, labels templates.Labels) bool {
	bs := e.docs[0].Blocks
	at := slices.IndexFunc(bs, func(b prose.Block) bool { return b.Kind == prose.Table })
	if at < 0 || len(bs[at].Rows) <= longList {
		return false
	}
	end := at + 1
	if len(bs[at].Rows) < len(l.Findings) {
		end++
	}
	title := prose.Block{Kind: prose.Heading, Level: 2, Spans: []prose.Span{{Text: labels.List}}}
	e.list = append([]prose.Block{title}, bs[at:end]...)
	e.docs = slices.Clone(e.docs)
	e.docs[0].Blocks = slices.Concat(bs[:at], []prose.Block{sentence(labels.Listed)}, bs[end:])
	return true
}
