package prose

import (
	"fmt"
	"html"
	"strings"

	"golang.org/x/text/unicode/bidi"
)

// HTML writes documents as one page, with a rule between them.
//
// It is complete without anything from elsewhere: no images, no scripts, no
// style sheets. Colours are left to the reader's program, dark ones included.
// Language and direction stand on each document too, because mail programs
// throw html and body away.
func HTML(title string, docs ...Doc) string {
	var b strings.Builder
	lang, dir := "en", "ltr"
	if len(docs) > 0 {
		lang, dir = docs[0].Lang, direction(docs[0].RTL)
	}
	fmt.Fprintf(&b, "<!DOCTYPE html>\n<html lang=\"%s\" dir=\"%s\">\n<head>\n<meta charset=\"utf-8\">\n", html.EscapeString(lang), dir)
	fmt.Fprintf(&b, "<meta name=\"color-scheme\" content=\"light dark\">\n<title>%s</title>\n</head>\n", html.EscapeString(title))
	b.WriteString("<body style=\"font-family:sans-serif;line-height:1.4;max-width:42em\">\n")
	for i, d := range docs {
		if i > 0 {
			b.WriteString("<hr>\n")
		}
		fmt.Fprintf(&b, "<div lang=\"%s\" dir=\"%s\">\n", html.EscapeString(d.Lang), direction(d.RTL))
		w := htmlWriter{out: &b, rtl: d.RTL, attributes: func(block Block) string {
			if block.Kind == Heading { // the subject is the heading of level 1
				return ` style="font-size:1.1em"`
			}
			return ""
		}}
		w.blocks(d.Blocks)
		b.WriteString("</div>\n")
	}
	b.WriteString("</body>\n</html>\n")
	return strings.ReplaceAll(b.String(), WordBreak, "")
}

// Fragment writes blocks as part of a page that has a style sheet: no styles
// of their own, headings with the id that is given for each, if any, and
// paragraphs that are nothing but a command with the class "command".
func Fragment(blocks []Block, rtl bool, id func(heading Block) string) string {
	var b strings.Builder
	w := htmlWriter{out: &b, rtl: rtl, attributes: func(block Block) string {
		switch {
		case block.Kind == Heading && id != nil:
			return ` id="` + html.EscapeString(id(block)) + `"`
		case command(block):
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

// An htmlWriter writes blocks that run in one direction.
type htmlWriter struct {
	out        *strings.Builder
	rtl        bool
	attributes func(Block) string // of its element, with a space before them
}

func (w htmlWriter) blocks(blocks []Block) {
	for _, block := range blocks {
		switch block.Kind {
		case Paragraph:
			w.out.WriteString("<p" + w.attributes(block) + ">" + w.spans(block.Spans) + "</p>\n")
		case Heading:
			fmt.Fprintf(w.out, "<h%d%s>%s</h%[1]d>\n", block.Level, w.attributes(block), w.spans(block.Spans))
		case List:
			w.list(block)
		case Table:
			w.table(block)
		}
	}
}

func (w htmlWriter) list(list Block) {
	tag := "ul"
	if list.Ordered {
		tag = "ol"
	}
	w.out.WriteString("<" + tag + ">\n")
	for _, item := range list.Items {
		w.out.WriteString("<li>")
		if len(item) == 1 && item[0].Kind == Paragraph {
			w.out.WriteString(w.spans(item[0].Spans))
		} else {
			w.blocks(item)
		}
		w.out.WriteString("</li>\n")
	}
	w.out.WriteString("</" + tag + ">\n")
}

func (w htmlWriter) table(t Block) {
	w.out.WriteString("<table border=\"1\" cellpadding=\"4\" style=\"border-collapse:collapse\">\n<thead>\n<tr>\n")
	for _, head := range t.Head {
		w.out.WriteString("<th scope=\"col\" style=\"text-align:start\">" + html.EscapeString(head) + "</th>\n")
	}
	w.out.WriteString("</tr></thead>\n<tbody>\n")
	for _, row := range t.Rows {
		w.out.WriteString("<tr>\n")
		for i, cell := range row {
			dir := ""
			if i < len(t.LTR) && t.LTR[i] {
				dir = ` dir="ltr"`
				if w.rtl { // below its head, which begins at the right
					dir += ` style="text-align:end"`
				}
			}
			w.out.WriteString("<td" + dir + ">" + w.isolate(cell) + "</td>\n")
		}
		w.out.WriteString("</tr>\n")
	}
	w.out.WriteString("</tbody>\n</table>\n")
}

func (w htmlWriter) spans(spans []Span) string {
	var b strings.Builder
	for _, s := range spans {
		text := html.EscapeString(s.Text)
		if s.Value {
			text = w.isolate(s.Text)
		}
		if s.Code {
			text = "<code dir=\"ltr\">" + text + "</code>"
		}
		if s.Emph {
			text = "<em>" + text + "</em>"
		}
		if s.Strong {
			text = "<strong>" + text + "</strong>"
		}
		if s.Link != "" {
			text = "<a href=\"" + html.EscapeString(s.Link) + "\">" + text + "</a>"
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
