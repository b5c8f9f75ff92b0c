package prose

import (
	"fmt"
	"html"
	"strings"
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
		writeHTML(&b, d.Blocks, func(block Block) string {
			if block.Kind == Heading { // the subject is the heading of level 1
				return ` style="font-size:1.1em"`
			}
			return ""
		})
		b.WriteString("</div>\n")
	}
	b.WriteString("</body>\n</html>\n")
	return b.String()
}

// Fragment writes blocks as part of a page that has a style sheet: no styles
// of their own, headings with the id that is given for each, if any, and
// paragraphs that are nothing but a command with the class "command".
func Fragment(blocks []Block, id func(heading Block) string) string {
	var b strings.Builder
	writeHTML(&b, blocks, func(block Block) string {
		switch {
		case block.Kind == Heading && id != nil:
			return ` id="` + html.EscapeString(id(block)) + `"`
		case command(block):
			return ` class="command"`
		}
		return ""
	})
	return b.String()
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

func writeHTML(b *strings.Builder, blocks []Block, attributes func(Block) string) {
	for _, block := range blocks {
		switch block.Kind {
		case Paragraph:
			b.WriteString("<p" + attributes(block) + ">" + spansHTML(block.Spans) + "</p>\n")
		case Heading:
			fmt.Fprintf(b, "<h%d%s>%s</h%[1]d>\n", block.Level, attributes(block), spansHTML(block.Spans))
		case List:
			listHTML(b, block, attributes)
		case Table:
			tableHTML(b, block)
		}
	}
}

func listHTML(b *strings.Builder, list Block, attributes func(Block) string) {
	tag := "ul"
	if list.Ordered {
		tag = "ol"
	}
	b.WriteString("<" + tag + ">\n")
	for _, item := range list.Items {
		b.WriteString("<li>")
		if len(item) == 1 && item[0].Kind == Paragraph {
			b.WriteString(spansHTML(item[0].Spans))
		} else {
			writeHTML(b, item, attributes)
		}
		b.WriteString("</li>\n")
	}
	b.WriteString("</" + tag + ">\n")
}

func tableHTML(b *strings.Builder, t Block) {
	b.WriteString("<table border=\"1\" cellpadding=\"4\" style=\"border-collapse:collapse\">\n<thead><tr>")
	for _, head := range t.Head {
		b.WriteString("<th scope=\"col\" style=\"text-align:start\">" + html.EscapeString(head) + "</th>")
	}
	b.WriteString("</tr></thead>\n<tbody>\n")
	for _, row := range t.Rows {
		b.WriteString("<tr>")
		for i, cell := range row {
			dir := ""
			if i < len(t.LTR) && t.LTR[i] {
				dir = " dir=\"ltr\""
			}
			b.WriteString("<td" + dir + "><bdi>" + html.EscapeString(cell) + "</bdi></td>")
		}
		b.WriteString("</tr>\n")
	}
	b.WriteString("</tbody>\n</table>\n")
}

func spansHTML(spans []Span) string {
	var b strings.Builder
	for _, s := range spans {
		text := html.EscapeString(s.Text)
		if s.Value {
			text = "<bdi>" + text + "</bdi>"
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
