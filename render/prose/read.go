package prose

import (
	"fmt"
	"strings"
	"unicode"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/util"
)

// An Error says what in a text cannot stand in a letter, and where.
type Error struct {
	Line int // of the text, from 1
	What string
}

func (e *Error) Error() string { return fmt.Sprintf("line %d: %s", e.Line, e.What) }

// markdown reads CommonMark. HTML is recognised in order to be refused.
var markdown = parser.NewParser(
	parser.WithBlockParsers(parser.DefaultBlockParsers()...),
	parser.WithInlineParsers(parser.DefaultInlineParsers()...),
)

// Read turns Markdown into blocks, with the book's values and blocks in place
// of the characters that stand for them.
//
// It knows paragraphs, headings of levels 1 to 3, lists, strong and emphasised
// text, code spans, links to https: and mailto: URLs, and hard line breaks.
// Everything else is an [*Error].
func Read(source string, b *Book) ([]Block, error) {
	t := parse(source)
	r := reader{source: t.source, book: b}
	return r.blocks(t.root)
}

type reader struct {
	source []byte
	book   *Book
}

func (r *reader) fail(n ast.Node, format string, args ...any) error {
	pos := n.Pos()
	for p := n; pos < 0 && p != nil; p = p.Parent() {
		pos = p.Pos()
	}
	line := 1 + strings.Count(string(r.source[:max(pos, 0)]), "\n")
	return &Error{line, fmt.Sprintf(format, args...)}
}

func (r *reader) blocks(parent ast.Node) ([]Block, error) {
	var out []Block
	for n := parent.FirstChild(); n != nil; n = n.NextSibling() {
		if inserted, ok := r.inserted(n); ok {
			out = append(out, inserted...)
			continue
		}
		b, err := r.block(n)
		if err != nil {
			return nil, err
		}
		out = append(out, b)
	}
	return out, nil
}

// inserted returns the blocks whose mark is all there is in the paragraph n.
func (r *reader) inserted(n ast.Node) ([]Block, bool) {
	t, ok := n.FirstChild().(*ast.Text)
	if !ok || n.Kind() != ast.KindParagraph || n.ChildCount() != 1 {
		return nil, false
	}
	mark := []rune(string(t.Value(r.source)))
	if len(mark) != 1 {
		return nil, false
	}
	blocks, ok := r.book.blocks[mark[0]]
	return blocks, ok
}

func (r *reader) block(n ast.Node) (Block, error) {
	switch n := n.(type) {
	case *ast.Paragraph, *ast.TextBlock:
		spans, err := r.spans(n)
		return Block{Kind: Paragraph, Spans: spans}, err
	case *ast.Heading:
		if n.Level > 3 {
			return Block{}, r.fail(n, "a heading of level %d: letters have levels 1 to 3", n.Level)
		}
		spans, err := r.spans(n)
		return Block{Kind: Heading, Level: n.Level, Spans: spans}, err
	case *ast.List:
		list := Block{Kind: List, Ordered: n.IsOrdered()}
		for item := n.FirstChild(); item != nil; item = item.NextSibling() {
			blocks, err := r.blocks(item)
			if err != nil {
				return Block{}, err
			}
			list.Items = append(list.Items, blocks)
		}
		return list, nil
	}
	return Block{}, r.refuse(n)
}

func (r *reader) refuse(n ast.Node) error {
	what, ok := names[n.Kind()]
	if !ok {
		what = n.Kind().String()
	}
	return r.fail(n, "%s cannot stand in a letter", what)
}

// names says what is not allowed in words for a translator.
var names = map[ast.NodeKind]string{
	ast.KindHTMLBlock:       "HTML",
	ast.KindRawHTML:         "HTML",
	ast.KindImage:           "an image",
	ast.KindCodeBlock:       "a code block (a paragraph that is indented by four spaces)",
	ast.KindFencedCodeBlock: "a code block",
	ast.KindBlockquote:      "a quotation",
	ast.KindThematicBreak:   "a line across the page",
}

// spans reads the text of a block.
func (r *reader) spans(n ast.Node) ([]Span, error) {
	spans, err := r.inline(n, Span{}, nil)
	if err != nil {
		return nil, err
	}
	return joinLines(spans), nil
}

// inline appends the children of n, in the style of their ancestors.
func (r *reader) inline(n ast.Node, style Span, spans []Span) ([]Span, error) {
	var err error
	for c := n.FirstChild(); c != nil && err == nil; c = c.NextSibling() {
		in := style
		switch c := c.(type) {
		case *ast.Text:
			spans, err = r.text(c, style, spans)
		case *ast.CodeSpan:
			in.Code = true
			spans, err = r.inline(c, in, spans)
		case *ast.Emphasis:
			in.Strong = in.Strong || c.Level == 2
			in.Emph = in.Emph || c.Level == 1
			spans, err = r.inline(c, in, spans)
		case *ast.AutoLink:
			in.Link = string(c.URL(r.source))
			if c.AutoLinkType == ast.AutoLinkEmail && !strings.HasPrefix(in.Link, "mailto:") {
				in.Link = "mailto:" + in.Link
			}
			in.Text = string(c.Label(r.source))
			spans = append(spans, in)
			err = r.checkLink(c, in.Link)
		case *ast.Link:
			in.Link = string(c.Destination)
			if err = r.checkLink(c, in.Link); err == nil {
				spans, err = r.inline(c, in, spans)
			}
		default:
			err = r.refuse(c)
		}
	}
	return spans, err
}

func (r *reader) checkLink(n ast.Node, url string) error {
	if strings.ContainsFunc(url, func(c rune) bool { return private(c) || unicode.IsSpace(c) || unicode.IsControl(c) }) {
		return r.fail(n, "a value inside a link: values are links by themselves")
	}
	if !strings.HasPrefix(url, "https://") && !strings.HasPrefix(url, "mailto:") {
		return r.fail(n, "a link to %q: only https: and mailto:", url)
	}
	return nil
}

// text appends a piece of text, split where values stand.
func (r *reader) text(t *ast.Text, style Span, spans []Span) ([]Span, error) {
	raw := string(t.Value(r.source))
	for raw != "" {
		i := strings.IndexFunc(raw, private)
		if i < 0 {
			i = len(raw)
		}
		if i > 0 {
			s := style
			s.Text = unescape(raw[:i], style.Code || t.IsRaw())
			if strings.ContainsFunc(s.Text, private) {
				return nil, r.fail(t, "a private-use character")
			}
			spans = append(spans, s)
		}
		if raw = raw[i:]; raw == "" {
			break
		}
		mark := []rune(raw)[0]
		raw = raw[len(string(mark)):]
		v, ok := r.book.value(mark)
		if _, block := r.book.blocks[mark]; block {
			return nil, r.fail(t, "{{hosts}} and {{sections}} are paragraphs of their own")
		}
		if !ok {
			return nil, r.fail(t, "U+%04X stands for no value", mark)
		}
		v.Strong, v.Emph, v.Code = style.Strong, style.Emph, style.Code
		if style.Link != "" {
			v.Link = style.Link
		}
		spans = append(spans, v)
	}
	switch {
	case t.HardLineBreak():
		if len(spans) > 0 {
			spans[len(spans)-1].Break = true
		}
	case t.SoftLineBreak():
		spans = append(spans, Span{Text: softBreak})
	}
	return spans, nil
}

func unescape(s string, raw bool) string {
	if raw {
		return strings.ReplaceAll(s, "\n", " ")
	}
	b := util.UnescapePunctuations([]byte(s))
	return string(util.ResolveEntityNames(util.ResolveNumericReferences(b)))
}
