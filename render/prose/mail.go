package prose

import (
	"fmt"
	"html"
	"strings"
)

// style is what mail programs with style sheets are given besides the styles
// of each element: a table that becomes cards on a phone, dark colours, paper.
const style = `<style>
@media (max-width:520px){
.t,.t tbody,.t tr,.t td{display:block;border:0}
.t thead{display:none}
.t tr{display:grid;grid-template-columns:1fr 1fr;column-gap:12px;border:1px solid #d0d7de;border-radius:6px;margin:0 0 12px;padding:8px 12px}
.t td{padding:3px 0}
.t td:first-child{grid-column:1/-1;font-weight:600}
.t td::before{display:block;color:#57606a;font-size:13px;font-weight:400}
}
@media (prefers-color-scheme:dark){
body,.page{background:#15181c!important;color:#e6e8eb!important}
a{color:#8ab8ff!important}
.quiet,.t th,.t td::before{color:#a9b1ba!important}
.cmd,code{background:#242a31!important;color:#e6e8eb!important}
.head,.next{border-color:#6aa3d8!important}
.t,.t th,.t td,.t tr,.cmd{border-color:#3d4650!important}
}
@media print{
body,.page{background:#fff!important;color:#000!important;max-width:none!important}
.cmd{overflow:visible!important}
.cmd code{white-space:pre-wrap!important}
h1,h2,h3{break-after:avoid}
tr,li,.cmd{break-inside:avoid}
}
%s</style>
<!--[if mso]><style>body,table,td,th,p,div,li,h1,h2,h3{font-family:Arial,sans-serif!important}</style><![endif]-->
`

// Styles of elements, for mail programs that know no style sheets. Outlook's
// Word engine leaves out what it does not know (overflow, radius), and nothing
// depends on it.
var styles = map[element]string{
	paragraph: "margin:0 0 16px",
	shell:     "margin:0 0 16px;padding:10px 12px;background:#f3f5f7;border:1px solid #d8dee4;border-radius:6px;overflow-x:auto",
	list:      "margin:0 0 16px;padding:0;padding-inline-start:28px",
	item:      "margin:0 0 6px",
	table:     "width:100%;margin:0 0 20px;border-collapse:collapse;border-color:#d0d7de;font-size:15px",
	column:    "text-align:start;color:#57606a;font-size:13px;font-weight:600;vertical-align:bottom",
	link:      "color:#0b57d0",
}

const (
	mono  = "font-family:Consolas,Menlo,'DejaVu Sans Mono',monospace;font-size:13px"
	quiet = "color:#57606a;font-size:14px"
	// longestWord is how many characters of a command stand on one line of a phone.
	longestWord = 38
)

// HTML writes a letter as one page of mail: who writes, and below that each
// document, with a rule between them.
//
// It is complete without anything from elsewhere: no images, no scripts, no
// style sheets. Language and direction stand on each document too, because mail
// programs throw html and body away. The styles of elements make a whole page
// by themselves; the style sheet adds what depends on the screen.
func HTML(title string, head Head, docs ...Doc) string {
	var b strings.Builder
	b.Grow(2 * usual * (1 + len(docs)))
	lang, rtl := "en", false
	if len(docs) > 0 {
		lang, rtl = docs[0].Lang, docs[0].RTL
	}
	dir := direction(rtl)
	fmt.Fprintf(&b, "<!DOCTYPE html>\n<html lang=\"%s\" dir=\"%s\">\n<head>\n<meta charset=\"utf-8\">\n", html.EscapeString(lang), dir)
	b.WriteString("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n" +
		"<meta name=\"color-scheme\" content=\"light dark\">\n<meta name=\"supported-color-schemes\" content=\"light dark\">\n")
	fmt.Fprintf(&b, "<title>%s</title>\n", html.EscapeString(title))
	fmt.Fprintf(&b, style, cards(docs))
	b.WriteString("</head>\n<body style=\"margin:0;padding:0;background:#ffffff;color:#1c1e21\">\n" +
		"<!--[if mso]><table role=\"presentation\" width=\"640\" align=\"center\"><tr><td><![endif]-->\n")
	fmt.Fprintf(&b, "<div class=\"page\" role=\"main\" lang=\"%s\" dir=\"%s\" style=\"max-width:640px;margin:0 auto;padding:20px 16px 32px;"+
		"font-family:-apple-system,'Segoe UI',Roboto,'Helvetica Neue',Arial,sans-serif;font-size:16px;line-height:1.5;"+
		"overflow-wrap:break-word;word-wrap:break-word\">\n", html.EscapeString(lang), dir)
	w := htmlWriter{out: &b, rtl: rtl}
	w.head(head)
	for i, d := range docs {
		if i == 0 {
			below(&b, docs[1:])
		}
		rule := ""
		if i > 0 {
			rule = " class=\"next\" style=\"border-top:1px solid #1f4e79;margin-top:40px;padding-top:24px\""
		}
		fmt.Fprintf(&b, "<div lang=\"%s\" dir=\"%s\"%s>\n", html.EscapeString(d.Lang), direction(d.RTL), rule)
		if d.Title != "" {
			b.WriteString("<h1 style=\"" + ofHeading(1) + "\">" + html.EscapeString(d.Title) + "</h1>\n")
		}
		w := htmlWriter{out: &b, rtl: d.RTL, attributes: attributes(i)}
		w.blocks(d.Blocks)
		b.WriteString("</div>\n")
	}
	b.WriteString("</div>\n<!--[if mso]></td></tr></table><![endif]-->\n</body>\n</html>\n")
	return strings.ReplaceAll(b.String(), WordBreak, "")
}

// head writes who writes: the letterhead.
func (w htmlWriter) head(h Head) {
	if h.Name == "" {
		return
	}
	w.out.WriteString("<div class=\"head\" style=\"border-top:4px solid #1f4e79;padding:14px 0 4px;margin:0 0 24px\">\n" +
		"<p style=\"margin:0 0 4px;font-size:20px;line-height:1.3;font-weight:600\">" + w.isolate(h.Name) + "</p>\n")
	for _, line := range h.Lines {
		var pieces []string
		for _, piece := range line {
			pieces = append(pieces, "<span style=\"display:inline-block\">"+w.isolate(piece)+"</span>")
		}
		w.out.WriteString("<p class=\"quiet\" style=\"margin:0;" + quiet + "\">" + strings.Join(pieces, " · ") + "</p>\n")
	}
	w.out.WriteString("</div>\n")
}

// below says which languages stand further below, each in itself.
func below(b *strings.Builder, docs []Doc) {
	for _, d := range docs {
		if d.Below != "" {
			fmt.Fprintf(b, "<p class=\"quiet\" lang=\"%s\" dir=\"%s\" style=\"margin:0 0 16px;%s\">%s</p>\n",
				html.EscapeString(d.Lang), direction(d.RTL), quiet, html.EscapeString(d.Below))
		}
	}
}

// attributes returns the styles of the elements of a document.
func attributes(doc int) func(element, Block) string {
	return func(what element, of Block) string {
		switch what {
		case heading:
			return ` style="` + ofHeading(of.Level) + `"`
		case table:
			return fmt.Sprintf(` class="t t%d" border="1" rules="rows" frame="hsides" cellpadding="7" cellspacing="0" style="%s"`, doc, styles[table])
		case shell:
			return ` class="cmd" dir="ltr" tabindex="0" style="` + styles[shell] + ";white-space:pre;" + mono + `"`
		case code:
			wrap := ""
			if len(of.Spans[0].Text) <= longestWord {
				wrap = "white-space:nowrap;"
			}
			return ` style="` + wrap + "padding:1px 3px;border-radius:3px;background:#f3f5f7;" + mono + `"`
		}
		return ` style="` + styles[what] + `"`
	}
}

// ofHeading is the style of a heading: the title is of level 1.
func ofHeading(level int) string {
	switch level {
	case 1:
		return "margin:0 0 20px;font-size:22px;line-height:1.3;font-weight:600"
	case 2:
		return "margin:28px 0 8px;font-size:18px;line-height:1.35;font-weight:600"
	}
	return "margin:20px 0 6px;font-size:16px;line-height:1.4;font-weight:600"
}

// cards has each cell of a card say what it is: the heads of the table are gone there.
func cards(docs []Doc) string {
	var b strings.Builder
	for i, d := range docs {
		for _, block := range d.Blocks {
			if block.Kind != Table {
				continue
			}
			for j, head := range block.Head {
				fmt.Fprintf(&b, ".t%d td:nth-child(%d)::before{content:\"%s\"}\n", i, j+1, quoted(head))
			}
			break
		}
	}
	if b.Len() == 0 {
		return ""
	}
	return "@media (max-width:520px){\n" + b.String() + "}\n"
}

// quoted writes a text so that it can stand in a string of a style sheet (CSS
// Syntax §4.3.5) and in HTML.
func quoted(s string) string {
	var b strings.Builder
	for _, r := range s {
		if r < ' ' || strings.ContainsRune("\"\\<>&", r) {
			fmt.Fprintf(&b, "\\%x ", r)
		} else {
			b.WriteRune(r)
		}
	}
	return b.String()
}
