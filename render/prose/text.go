package prose

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/rivo/uniseg"
)

// Columns is how wide lines of plain text are, in the cells of a terminal:
// a Chinese, Japanese or Korean character takes two.
const Columns = 72

// usual is about how many bytes a document has as text.
const usual = 6 << 10

// Text writes a letter as plain text: who writes, and below that each document,
// with a line of dashes between them.
//
// Lines end in LF and break where UAX #14 allows, but never inside a value or
// an address. In a right-to-left document each value stands in a directional
// isolate (UAX #9), so that 192.0.2.7 stays 192.0.2.7.
func Text(head Head, docs ...Doc) string {
	var parts []string
	for i, d := range docs {
		w := textWriter{rtl: d.RTL, joined: Joined(d.Lang)}
		w.out.Grow(usual)
		if i == 0 {
			w.head(head, docs[1:])
		}
		if d.Title != "" {
			title := fill(d.Title, w.join(d.Title, nil), "", "")
			w.out.WriteString(title + under(title, "=") + "\n")
		}
		w.blocks(d.Blocks, "", "")
		text := strings.ReplaceAll(w.out.String(), WordBreak, "")
		parts = append(parts, strings.TrimRight(text, "\n")+"\n")
	}
	return strings.Join(parts, "\n"+strings.Repeat("-", Columns)+"\n\n")
}

// head writes who writes, and which languages stand further below.
func (w *textWriter) head(h Head, below []Doc) {
	if h.Name != "" {
		w.out.WriteString(w.wrap([]Span{{Text: h.Name, Value: true}}, "", ""))
	}
	for _, line := range h.Lines {
		var spans []Span
		for i, piece := range line {
			if i > 0 {
				spans = append(spans, Span{Text: " · "})
			}
			spans = append(spans, Span{Text: piece, Value: true})
		}
		w.out.WriteString(w.wrap(spans, "", ""))
	}
	for _, d := range below {
		if d.Below != "" {
			w.out.WriteString("\n" + fill(d.Below, nil, "", ""))
		}
	}
	if w.out.Len() > 0 {
		w.out.WriteString("\n")
	}
}

// under is a line below the last line of a title.
func under(title, of string) string {
	last := title[strings.LastIndexByte(strings.TrimSuffix(title, "\n"), '\n')+1:]
	return strings.Repeat(of, cells(strings.TrimSpace(last))) + "\n"
}

type textWriter struct {
	out    strings.Builder
	rtl    bool
	joined bool // see Joined
}

// blocks writes blocks, the first line behind first and all others behind rest.
func (w *textWriter) blocks(blocks []Block, first, rest string) {
	for i, b := range blocks {
		if i > 0 {
			w.out.WriteString("\n")
			first = rest
		}
		switch b.Kind {
		case Paragraph:
			if command(b) { // on a line of its own, to be copied
				w.out.WriteString(first + "    " + w.isolate(b.Spans[0].Text) + "\n")
				break
			}
			w.out.WriteString(w.wrap(b.Spans, first, rest))
		case Heading:
			title := w.wrap(b.Spans, first, rest)
			w.out.WriteString(title + rest + under(title, "-"))
		case List:
			w.list(b, first, rest)
		case Table:
			w.table(b, rest)
		}
	}
}

// command reports whether a paragraph is nothing but a code span.
func command(b Block) bool {
	return len(b.Spans) == 1 && b.Spans[0].Code && !b.Spans[0].Value
}

func (w *textWriter) list(b Block, first, rest string) {
	for i, item := range b.Items {
		bullet := "- "
		if b.Ordered {
			bullet = fmt.Sprintf("%d. ", i+1)
		}
		if i > 0 {
			first = rest
			if spacious(b) {
				w.out.WriteString("\n")
			}
		}
		w.blocks(item, first+bullet, rest+strings.Repeat(" ", len(bullet)))
	}
}

// spacious reports whether an item of a list is more than a paragraph.
func spacious(list Block) bool {
	for _, item := range list.Items {
		if len(item) > 1 {
			return true
		}
	}
	return false
}

// wrap breaks spans into lines that end in LF.
func (w *textWriter) wrap(spans []Span, first, rest string) string {
	var text strings.Builder
	var whole []bool // whether a line must not end behind so many bytes
	values := false
	var runs []byte // where those that whole is made of begin and end
	flush := func() string {
		s := ""
		whole = w.join(text.String(), whole)
		if values { // no other letter has the same
			s = fill(text.String(), whole, first, rest)
		} else {
			key := strings.Join([]string{first, rest, string(runs), text.String(), strconv.FormatBool(w.joined)}, "\x00")
			s = filled.get(key, func() string { return fill(text.String(), whole, first, rest) })
		}
		text.Reset()
		whole = whole[:0]
		runs = runs[:0]
		first = rest
		return s
	}
	var out strings.Builder
	for i, s := range spans {
		shown := w.shown(s)
		values = values || s.Value || s.Once
		if s.Value || s.Code || s.Link != "" {
			runs = fmt.Append(runs, text.Len(), " ", len(shown), " ")
			whole = slices.Grow(whole, text.Len()+len(shown)-len(whole))
			for len(whole) <= text.Len() {
				whole = append(whole, false)
			}
			for j := 1; j < len(shown); j++ {
				whole = append(whole, graphic(shown[j-1]) && graphic(shown[j]))
			}
		}
		text.WriteString(shown)
		if s.Break && i+1 < len(spans) {
			out.WriteString(flush())
		}
	}
	out.WriteString(flush())
	return out.String()
}

// join forbids, where hyphens join words, that a line ends behind one.
func (w *textWriter) join(text string, whole []bool) []bool {
	for i := 1; w.joined && i < len(text); i++ {
		if text[i-1] != '-' {
			continue
		}
		for len(whole) <= i {
			whole = append(whole, false)
		}
		whole[i] = true
	}
	return whole
}

// filled keeps the lines of the words that letters share.
var filled keep[string]

// graphic reports whether c is a visible ASCII character: what addresses,
// commands and URLs are made of.
func graphic(c byte) bool { return '!' <= c && c <= '~' }

// shown is what a reader of plain text sees of a span.
func (w *textWriter) shown(s Span) string {
	text := s.Text
	if s.Value {
		text = w.isolate(text)
	} else if s.Code {
		text = w.isolate("`" + text + "`")
	}
	url := strings.TrimPrefix(s.Link, "mailto:")
	if s.Link != "" && url != s.Text && s.Link != s.Text {
		text += " <" + w.isolate(url) + ">"
	}
	return text
}

// Isolate puts what reads from left to right, such as an address, between
// LEFT-TO-RIGHT ISOLATE and POP DIRECTIONAL ISOLATE (UAX #9).
func Isolate(value string) string { return "\u2066" + value + "\u2069" }

// isolate puts a value between FIRST STRONG ISOLATE and POP DIRECTIONAL ISOLATE.
func (w *textWriter) isolate(value string) string {
	if !w.rtl || value == "" {
		return value
	}
	return "\u2068" + value + "\u2069"
}

// Cells is how wide a text is on a terminal (UAX #11).
func Cells(s string) int { return cells(strings.ReplaceAll(s, WordBreak, "")) }

// Shorten cuts a text where a line may end (UAX #14), with an ellipsis, so that
// it has at most so many cells. A first word that is longer is cut between two
// characters as readers see them (UAX #29). No bracket is left open.
func Shorten(text string, columns int) string {
	if Cells(text) <= columns {
		return text
	}
	short, tried := "", ""
	for _, word := range words(text) {
		if tried += word; Cells(strings.TrimRight(tried, " "))+1 > columns {
			break
		}
		if !strings.HasSuffix(word, "-") { // half a word is none
			short = tried
		}
	}
	for g := uniseg.NewGraphemes(text); short == "" && g.Next(); {
		_, to := g.Positions()
		if Cells(text[:to])+1 > columns {
			from, _ := g.Positions()
			short = text[:from]
			break
		}
	}
	if open := strings.LastIndexAny(short, "(（"); open > 0 && !strings.ContainsAny(short[open:], ")）") {
		short = short[:open]
	}
	return strings.TrimRight(short, " ,،、"+WordBreak) + "…"
}

// cells is how wide a text is on a terminal (UAX #11).
func cells(s string) int {
	for i := range len(s) {
		if !graphic(s[i]) && s[i] != ' ' {
			return uniseg.StringWidth(s)
		}
	}
	return len(s)
}

// fill breaks text into lines of at most Columns cells where UAX #14 allows
// and keep does not forbid. What has no place to break stays on one line.
func fill(text string, keep []bool, first, rest string) string {
	var out, line strings.Builder
	line.WriteString(first)
	used, empty := cells(first), true
	if whole := strings.TrimRight(text, " \n"); used+cells(whole) <= Columns {
		return strings.TrimRight(first+whole, " ") + "\n"
	}
	put := func(word string) {
		if !empty && used+cells(strings.TrimRight(word, " \n")) > Columns {
			out.WriteString(strings.TrimRight(line.String(), " ") + "\n")
			line.Reset()
			line.WriteString(rest)
			used = cells(rest)
		}
		line.WriteString(word)
		used += cells(word)
		empty = false
	}
	state, start, at := -1, 0, 0
	for left := text; left != ""; {
		var segment string
		segment, left, _, state = uniseg.FirstLineSegmentInString(left, state)
		if at += len(segment); left != "" && at < len(keep) && keep[at] {
			continue
		}
		put(text[start:at])
		start = at
	}
	return out.String() + strings.TrimRight(line.String(), " \n") + "\n"
}
