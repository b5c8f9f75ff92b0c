package render

import (
	"cmp"
	"errors"
	"fmt"
	"strings"

	"headsup/finding"
	"headsup/letter"
	"headsup/lookup"
	"headsup/render/prose"
	"headsup/templates"
)

// How many rows a letter's table has: in all, and where the same table already
// stands in another language above. The CSV file has everything; without one, the
// table has.
const (
	tableRows    = 200
	repeatedRows = 10
)

// doc writes the body of a letter in one language, and its subject.
func (r *Renderer) doc(l letter.Letter, lang string, file string, again bool) (prose.Doc, string, error) {
	frame := r.frame(l, lang)
	var b prose.Book
	page := r.newPage(l, lang, &b)
	var sections []prose.Block
	if l.Corrects == "" {
		var err error
		if sections, err = sectionsOf(r, l, frame, page, &b); err != nil {
			return prose.Doc{}, "", err
		}
	}
	hosts := r.table(l, lang, file, again)
	if len(l.Earlier) > 0 {
		hosts = append([]prose.Block{r.earlier(l, lang)}, hosts...)
	}
	b.Insert(templates.HostsMark, hosts)
	b.Insert(templates.SectionsMark, sections)
	blocks, err := run(frame, "", page, &b)
	if err != nil {
		return prose.Doc{}, "", err
	}
	if !again {
		sign(blocks, clean(nameOf(l.Agency, lang)))
	}
	if names := coSponsorsIn(l, lang); len(names) > 0 {
		blocks = append(blocks, coSponsors(r.set.File(templates.Frame, lang).Labels.Supporters, names))
	}
	title, subject, err := r.title(l, frame, page, &b)
	if prose.RTL(lang) { // or the colons of an address would be the line's
		address := finish(b.Expand(page.Address))
		title = strings.Replace(title, address, prose.Isolate(address), 1)
	}
	below := r.set.File(templates.Frame, lang).Labels.Below
	return prose.Doc{Lang: lang, RTL: prose.RTL(lang), Title: title, Below: below, Blocks: blocks}, subject, err
}

// sign marks the last paragraph that ends in the agency's name: it is signed by
// hand.
func sign(blocks []prose.Block, agency string) {
	for i := len(blocks) - 1; i >= 0; i-- {
		spans := blocks[i].Spans
		if n := len(spans); n > 0 && spans[n-1].Value && spans[n-1].Text == agency {
			blocks[i].Signed = true
			return
		}
	}
}

// head is what stands above a letter in its mail: who writes, where they are
// found, and the letter's reference and date.
func (r *Renderer) head(l letter.Letter) prose.Head {
	lang := l.Languages[0]
	labels, a := r.set.File(templates.Frame, lang).Labels, l.Agency
	h := prose.Head{Name: clean(nameOf(a, lang))}
	for _, line := range [][]string{postalOf(a, lang), {a.Site, unbroken(clean(a.Phone))},
		{labels.Reference + " " + l.ID, r.date(l, lang, l.Date)}} {
		if line = cleanLines(line); len(line) > 0 {
			h.Lines = append(h.Lines, line)
		}
	}
	return h
}

// sectionsOf writes the sections that a frame has place for.
func sectionsOf(r *Renderer, l letter.Letter, frame *templates.File, page Page, b *prose.Book) ([]prose.Block, error) {
	if frame.Part == templates.Reported {
		return reportSections(l, frame, page, b)
	}
	return r.sections(l, frame, page, b)
}

// earlier names the letters that a reminder or a correction follows, above its table, in words
// that every language has.
func (r *Renderer) earlier(l letter.Letter, lang string) prose.Block {
	p := prose.Block{Kind: prose.Paragraph, Spans: []prose.Span{{Text: r.set.File(templates.Frame, lang).Labels.Reference + ": "}}}
	for i, e := range l.Earlier {
		if i > 0 {
			p.Spans = append(p.Spans, prose.Span{Text: " · "})
		}
		p.Spans = append(p.Spans, prose.Span{Text: e.ID, Value: true}, prose.Span{Text: " (" + r.date(l, lang, e.Left) + ")"})
	}
	return p
}

// coSponsorsIn lists those who stand behind a letter, in a language or else as
// they are.
func coSponsorsIn(l letter.Letter, lang string) []string {
	if names, ok := in(l.CoSponsorsIn, lang); ok {
		return cleanLines(names)
	}
	return cleanLines(l.CoSponsors)
}

// coSponsors names those who stand behind a letter, below its signature.
func coSponsors(label string, names []string) prose.Block {
	p := prose.Block{Kind: prose.Paragraph}
	if label != "" {
		if !strings.HasSuffix(label, "：") { // which has its space within
			label += " "
		}
		p.Spans = append(p.Spans, prose.Span{Text: label})
	}
	for i, name := range names {
		if i > 0 {
			p.Spans = append(p.Spans, prose.Span{Text: " · "})
		}
		p.Spans = append(p.Spans, prose.Span{Text: name, Value: true})
	}
	return p
}

// frame returns what makes a letter of its sections: for a provider's
// customer, where there is one in the language, the one without technical terms.
// A correction has none, and is in English where its language has no words for it.
func (r *Renderer) frame(l letter.Letter, lang string) *templates.File {
	if l.Corrects != "" {
		return cmp.Or(r.set.File(templates.Correction, lang), r.set.File(templates.Correction, "en"))
	}
	if l.Customer != "" {
		if f := r.set.File(templates.Reported, lang); f != nil {
			return f
		}
	}
	if l.To.Role == lookup.Customer {
		if f := r.set.File(templates.Customer, lang); f != nil {
			return f
		}
	}
	return r.set.File(templates.Frame, lang)
}

// sections writes what there is to say about each kind of finding, and, to
// those who run networks, about each service.
func (r *Renderer) sections(l letter.Letter, frame *templates.File, page Page, b *prose.Book) ([]prose.Block, error) {
	var all []prose.Block
	for _, fs := range byKind(l, r.section) {
		page.Verified = verified(fs)
		page.TCP, page.UDP = transports(fs)
		f, block := r.section(fs[0].Kind, frame.Lang), ""
		if frame.Part == templates.Customer {
			f, block = frame, f.Part
			if frame.Template().Lookup(block) == nil {
				block = string(finding.ExposedService)
			}
		}
		blocks, err := run(f, block, page, b)
		if err != nil {
			return nil, err
		}
		all = append(all, filled(blocks, fs)...)
		if f.Part != string(finding.ExposedService) {
			continue
		}
		if blocks, err = r.services(servicesOf(fs), frame.Lang, page, b); err != nil {
			return nil, err
		}
		all = append(all, filled(blocks, fs)...)
	}
	return all, nil
}

// byKind puts findings together that one section speaks of, in its order.
func byKind(l letter.Letter, section func(finding.Kind, string) *templates.File) [][]finding.Finding {
	ofSection := map[*templates.File]int{}
	var groups [][]finding.Finding
	for _, kind := range kinds(l) {
		f := section(kind, l.Languages[0])
		i, ok := ofSection[f]
		if !ok {
			i = len(groups)
			ofSection[f], groups = i, append(groups, nil)
		}
		for _, x := range l.Findings {
			if x.Kind == kind {
				groups[i] = append(groups[i], x)
			}
		}
	}
	return groups
}

// run executes a template, or a block of it, and reads the Markdown that it gives.
// Without a page, a field is an error.
func run(f *templates.File, block string, page any, b *prose.Book) ([]prose.Block, error) {
	var text strings.Builder
	if err := f.Template().ExecuteTemplate(&text, cmp.Or(block, f.Path), page); err != nil {
		return nil, templateError(err)
	}
	blocks, err := prose.Read(text.String(), b)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", f.Path, err)
	}
	return blocks, nil
}

// templateError says "letter/de.md:3:4: …" as all errors about files do.
func templateError(err error) error {
	return errors.New(strings.TrimPrefix(err.Error(), "template: "))
}

// table lists the findings, up to a number that a reader can take in.
func (r *Renderer) table(l letter.Letter, lang string, file string, again bool) []prose.Block {
	labels := r.set.File(templates.Frame, lang).Labels
	if again && len(l.Findings) > repeatedRows {
		return []prose.Block{sentence(labels.Above)}
	}
	if l.Customer != "" {
		return reportTable(r, l, lang, file)
	}
	t := prose.Block{Kind: prose.Table,
		Head: []string{labels.Address, labels.Port, labels.Service},
		LTR:  []bool{true, true, true}}
	mixed := len(l.Kinds()) > 1
	if mixed {
		t.Head, t.LTR = append(t.Head, labels.Finding), append(t.LTR, false)
	}
	clock, seen := clockOf(l, labels.Seen)
	t.Head, t.LTR = append(t.Head, seen), append(t.LTR, true)
	listed := rowsOf(l, file)
	for _, f := range l.Findings[:listed] {
		row := []string{f.Addr.String(), fmt.Sprintf("%d/%s", f.Port, clean(f.Proto)), clean(f.Service)}
		if mixed {
			row = append(row, r.section(f.Kind, lang).Topic)
		}
		t.Rows = append(t.Rows, append(row, f.Seen.In(clock).Format("2006-01-02 15:04")))
	}
	if more := len(l.Findings) - listed; more > 0 {
		return []prose.Block{t, sentence(fmt.Sprintf(plural(r.locales[lang], more, labels), more, file))}
	}
	return append([]prose.Block{t}, shown(l, labels.Evidence)...)
}

// rowsOf is how many findings a table lists: where no file has them, all.
func rowsOf(l letter.Letter, file string) int {
	if file == "" {
		return len(l.Findings)
	}
	return min(len(l.Findings), tableRows)
}

func sentence(text string) prose.Block {
	return prose.Block{Kind: prose.Paragraph, Spans: []prose.Span{{Text: text}}}
}
