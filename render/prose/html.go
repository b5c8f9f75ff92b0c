package prose

import (
	"fmt"
	"html"
	"strings"

	"golang.org/x/text/unicode/bidi"
)

// Fragment writes blocks as part of a page that has a style sheet: no styles
// of their own, headings with the id that is given for each, if any, and
// paragraphs that are nothing but a command with the class "command".
func Fragment(blocks []Block, rtl bool, id func(heading Block) string) string {
	var b strings.Builder
	w := htmlWriter{out: &b, rtl: rtl, attributes: func(what element, block Block) string {
		switch {
		case what == heading && id != nil:
			return ` id="` + html.EscapeString(id(block)) + `"`
		case what == shell:
			return ` class="command"`
		}
		return ""
	}}
	w.blocks(blocks)
	return strings.ReplaceAll(b.String(), WordBreak, "")
}

// Plain returns the text of spans without their styles.
func Plain(spans []Span) string {
	var b strings.Builder
	for _, s := range spans {
		b.WriteString(s.Text)
	}
	return b.String()
}

func direction(rtl bool) string {
	if rtl {
		return "rtl"
	}
	return "ltr"
}

// An element is what HTML is made of here.
type element int

const (
	paragraph element = iota
	shell             // a paragraph that is nothing but a command
	heading
	list
	item
	table
	column // head of one
	code   // within a text
	link
)

// An htmlWriter writes blocks that run in one direction.
type htmlWriter struct {
	out        *strings.Builder
	rtl        bool
	attributes func(what element, of Block) string // with a space before them; of is empty within a text
}

func (w htmlWriter) blocks(blocks []Block) {
	for _, block := range blocks {
		switch block.Kind {
		case Paragraph:
			what := paragraph
			if command(block) {
				what = shell
			}
			w.out.WriteString("<p" + w.attributes(what, block) + ">" + w.spans(block.Spans, what) + "</p>\n")
		case Heading:
			fmt.Fprintf(w.out, "<h%d%s>%s</h%[1]d>\n", block.Level, w.attributes(heading, block), w.spans(block.Spans, heading))
		case List:
			w.list(block)
		case Table:
			w.table(block)
		}
	}
}

func (w htmlWriter) list(l Block) {
	tag := "ul"
	if l.Ordered {
		tag = "ol"
	}
	w.out.WriteString("<" + tag + w.attributes(list, l) + ">\n")
	for _, in := range l.Items {
		w.out.WriteString("<li" + w.attributes(item, l) + ">")
		if len(in) == 1 && in[0].Kind == Paragraph {
			w.out.WriteString(w.spans(in[0].Spans, item))
		} else {
			w.blocks(in)
		}
		w.out.WriteString("</li>\n")
	}
	w.out.WriteString("</" + tag + ">\n")
}

// table writes cells that have no attributes of their own: a letter may have hundreds.
func (w htmlWriter) table(t Block) {
	w.out.WriteString("<table" + w.attributes(table, t) + ">\n<thead>\n<tr>\n")
	for _, head := range t.Head {
		w.out.WriteString("<th scope=\"col\"" + w.attributes(column, t) + ">" + html.EscapeString(head) + "</th>\n")
	}
	w.out.WriteString("</tr></thead>\n<tbody>\n")
	for _, row := range t.Rows {
		w.out.WriteString("<tr>")
		for i, cell := range row {
			text := w.isolate(cell)
			if w.rtl && i < len(t.LTR) && t.LTR[i] { // its cell begins at the right, as its head does
				text = `<bdi dir="ltr">` + html.EscapeString(cell) + "</bdi>"
			}
			w.out.WriteString("<td>" + text + "</td>")
		}
		w.out.WriteString("</tr>\n")
	}
	w.out.WriteString("</tbody>\n</table>\n")
}

// spans writes the text of an element.
func (w htmlWriter) spans(spans []Span, in element) string {
	var b strings.Builder
	for _, s := range spans {
		text := html.EscapeString(s.Text)
		if s.Value {
			text = w.isolate(s.Text)
		}
		if s.Code {
			style := w.attributes(code, Block{Spans: []Span{s}})
			if in == shell {
				style = ""
			}
			text = `<code dir="ltr"` + style + ">" + text + "</code>"
		}
		if s.Emph {
			text = "<em>" + text + "</em>"
		}
		if s.Strong {
			text = "<strong>" + text + "</strong>"
		}
		if s.Link != "" {
			text = "<a href=\"" + html.EscapeString(s.Link) + "\"" + w.attributes(link, Block{}) + ">" + text + "</a>"
		}
		if s.Break {
			text += "<br>\n"
		}
		b.WriteString(text)
	}
	return b.String()
}

// isolate keeps a value and the text around it from changing each other's
// direction, where either could.
func (w htmlWriter) isolate(value string) string {
	if w.rtl || strings.ContainsFunc(value, turns) {
		return "<bdi>" + html.EscapeString(value) + "</bdi>"
	}
	return html.EscapeString(value)
}

// turns reports whether a character runs from right to left, or makes others.
func turns(r rune) bool {
	p, _ := bidi.LookupRune(r)
	switch p.Class() {
	case bidi.R, bidi.AL, bidi.AN, bidi.LRE, bidi.RLE, bidi.LRO, bidi.RLO, bidi.PDF, bidi.LRI, bidi.RLI, bidi.FSI, bidi.PDI:
		return true
	}
	return false
}
