package report

import (
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// block are the elements after and before which a line ends.
var block = map[atom.Atom]bool{
	atom.P: true, atom.Div: true, atom.Tr: true, atom.Li: true, atom.Ul: true, atom.Ol: true, atom.Table: true, atom.Br: true, atom.Hr: true,
	atom.H1: true, atom.H2: true, atom.H3: true, atom.H4: true, atom.H5: true, atom.H6: true, atom.Pre: true, atom.Blockquote: true,
	atom.Section: true, atom.Article: true, atom.Dl: true, atom.Dt: true, atom.Dd: true, atom.Title: true, atom.Form: true, atom.Center: true,
}

// htmlText returns what a page shows: a line for each line, a tab between the
// cells of a table, "> " before what it quotes.
func htmlText(s string) string {
	z := html.NewTokenizer(strings.NewReader(s))
	var b strings.Builder
	hidden, quotes, pre := 0, 0, 0
	newline := func() {
		if b.Len() > 0 && !strings.HasSuffix(b.String()[max(0, b.Len()-1):], "\n") {
			b.WriteByte('\n')
		}
	}
	for b.Len() < maxText*2 {
		switch tt := z.Next(); tt {
		case html.ErrorToken:
			return tidy(b.String())
		case html.TextToken:
			if hidden > 0 {
				continue
			}
			text := string(z.Text())
			text = html.UnescapeString(text)
			if pre == 0 {
				text = squeeze(text)
			}
			out := b.String()
			fresh := out == "" || out[len(out)-1] == '\n'
			if fresh {
				text = strings.TrimLeft(text, " ")
				if quotes > 0 && text != "" {
					b.WriteString(strings.Repeat("> ", min(quotes, 5)))
				}
			} else if out[len(out)-1] == '\t' {
				text = strings.TrimLeft(text, " ")
			}
			b.WriteString(text)
		case html.StartTagToken, html.EndTagToken, html.SelfClosingTagToken:
			name, _ := z.TagName()
			a := atom.Lookup(name)
			step := 1
			if tt == html.EndTagToken {
				step = -1
			}
			switch a {
			case atom.Script, atom.Style, atom.Head:
				if tt != html.SelfClosingTagToken {
					hidden = max(0, hidden+step)
				}
			case atom.Body:
				hidden = 0
			case atom.Blockquote:
				newline()
				quotes = max(0, quotes+step)
			case atom.Pre:
				pre = max(0, pre+step)
			case atom.Td, atom.Th:
				if tt == html.EndTagToken {
					b.WriteByte('\t')
				}
			}
			if block[a] {
				newline()
			}
		}
	}
	return tidy(b.String())
}

// squeeze makes one blank of each run of white space.
func squeeze(s string) string {
	if strings.TrimSpace(s) == "" {
		if s == "" {
			return ""
		}
		return " "
	}
	out := strings.Join(strings.Fields(s), " ")
	if s[0] == ' ' || s[0] == '\n' || s[0] == '\t' {
		out = " " + out
	}
	if c := s[len(s)-1]; c == ' ' || c == '\n' || c == '\t' {
		out += " "
	}
	return out
}
