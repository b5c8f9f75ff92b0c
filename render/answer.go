package render

import (
	"fmt"
	"strings"
	"time"

	"headsup/finding"
	"headsup/letter"
	"headsup/render/prose"
	"headsup/templates"
)

// An Answer is what the sender of a report is told.
type Answer struct {
	Outcome   string // a block of the answers' words: "forwarded", "not-ours", …
	MessageID string // of the report, without angle brackets, or empty
	Machine   []byte // the same for machines, as JSON; or nil
	Words     string // of a person, in place of the outcome; or empty
}

// RenderAnswer writes the answer to a report, in its thread. It repeats nothing
// of the report. It is made so that no machine answers it.
func RenderAnswer(r *Renderer, l letter.Letter, a Answer) (letter.Rendered, error) {
	if !validID.MatchString(l.ID) || l.Answers == "" || len(l.Languages) == 0 {
		return letter.Rendered{}, fmt.Errorf("not an answer to a report: %q", l.ID)
	}
	said := func(frame *templates.File, page *Page, b *prose.Book) ([]prose.Block, error) {
		if a.Words != "" {
			return []prose.Block{{Kind: prose.Paragraph, Spans: []prose.Span{{Text: finding.Clean(a.Words, 4000), Value: true}}}}, nil
		}
		return run(frame, a.Outcome, *page, b)
	}
	docs, title, err := told(r, l, templates.Reporter, said)
	if err != nil {
		return letter.Rendered{}, err
	}
	out := letter.Rendered{Subject: withTag(title, l)}
	m := message{letter: l, max: r.maxMail, subject: out.Subject, bodies: bodies(title, r.head(l), docs), answers: a.MessageID}
	if a.Machine != nil {
		m.files = []attachment{{name: "status.json", kind: "application/json; charset=utf-8", data: a.Machine, text: true}}
	}
	out.Mail, err = m.bytes()
	return out, err
}

// An Alert is all that people of the house are told of a report that is kept apart.
type Alert struct {
	Case     string // its number
	Sender   string
	Received time.Time
}

// RenderAlert tells people of the house that a report is kept apart. It holds
// nothing of the report.
func RenderAlert(r *Renderer, l letter.Letter, a Alert) (letter.Rendered, error) {
	if !validID.MatchString(l.ID) || l.Alerts == "" || len(l.Languages) == 0 {
		return letter.Rendered{}, fmt.Errorf("not about a report that is kept apart: %q", l.ID)
	}
	docs, title, err := told(r, l, templates.Alert, func(_ *templates.File, page *Page, b *prose.Book) ([]prose.Block, error) {
		page.Case, page.Sender, page.Received = b.Value(clean(a.Case)), b.Value(clean(a.Sender)), b.Value(a.Received.UTC().Format("2006-01-02 15:04")+" UTC")
		return nil, nil
	})
	if err != nil {
		return letter.Rendered{}, err
	}
	out := letter.Rendered{Subject: withTag(title, l)}
	out.Mail, err = message{letter: l, max: r.maxMail, subject: out.Subject, bodies: bodies(title, r.head(l), docs)}.bytes()
	return out, err
}

// told writes a letter about no finding in each of its languages, with what
// said gives in place of its sections, and its title in the first.
func told(r *Renderer, l letter.Letter, part string, said func(*templates.File, *Page, *prose.Book) ([]prose.Block, error)) (docs []prose.Doc, title string, err error) {
	for i, lang := range l.Languages {
		frame := r.set.File(part, lang)
		if frame == nil || r.locales[lang] == nil {
			return nil, "", fmt.Errorf("no %s/%s.md", part, lang)
		}
		var b prose.Book
		page := r.newPage(l, lang, &b)
		sections, err := said(frame, &page, &b)
		if err != nil {
			return nil, "", err
		}
		b.Insert(templates.SectionsMark, sections)
		blocks, err := run(frame, "", page, &b)
		if err != nil {
			return nil, "", err
		}
		doc := prose.Doc{Lang: lang, RTL: prose.RTL(lang), Below: r.set.File(templates.Frame, lang).Labels.Below, Blocks: blocks}
		if i == 0 {
			var subject strings.Builder
			if err := frame.Template().ExecuteTemplate(&subject, "subject", page); err != nil {
				return nil, "", templateError(err)
			}
			title = begun(finish(b.Expand(subject.String())), lang)
			doc.Title = title
		}
		docs = append(docs, doc)
	}
	return docs, title, nil
}
