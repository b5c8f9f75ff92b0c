package prose

import (
	"strings"
	"unicode"
)

// A Book keeps values out of the Markdown parser. Each value is given one
// private-use character to stand for it in the text; [Read] puts the value in
// its place as a [Span] of its own, whatever characters it has.
//
// The zero Book is empty. It is not for more than one goroutine.
type Book struct {
	spans  []Span
	blocks map[rune][]Block
}

// Values begin above the characters that stand for blocks.
const (
	firstValue = '\uE010'
	lastValue  = '\uF8FF'
)

// Value returns the character that stands for text, or nothing for nothing.
//
// A book has room for some 6000 values; more are a mistake of the program.
func (b *Book) Value(text string) string { return b.span(Span{Text: text, Value: true}) }

// Link is Value for a text that leads to a URL of the house itself: https: or
// mailto:. It must not be used for URLs from outside.
func (b *Book) Link(text, url string) string {
	return b.span(Span{Text: text, Value: true, Link: url})
}

func (b *Book) span(s Span) string {
	if s.Text == "" {
		return ""
	}
	mark := firstValue + rune(len(b.spans))
	if mark > lastValue {
		panic("prose: too many values in one book")
	}
	b.spans = append(b.spans, s)
	return string(mark)
}

// Insert has blocks take the place of the paragraph that consists of mark, a
// private-use character from U+E000 to U+E00F.
func (b *Book) Insert(mark rune, blocks []Block) {
	if b.blocks == nil {
		b.blocks = map[rune][]Block{}
	}
	b.blocks[mark] = blocks
}

// Expand puts the values back into a text that is not Markdown.
func (b *Book) Expand(text string) string {
	var out strings.Builder
	for _, r := range text {
		if s, ok := b.value(r); ok {
			out.WriteString(s.Text)
		} else {
			out.WriteRune(r)
		}
	}
	return out.String()
}

func (b *Book) value(mark rune) (Span, bool) {
	if i := int(mark - firstValue); i >= 0 && i < len(b.spans) {
		return b.spans[i], true
	}
	return Span{}, false
}

func private(r rune) bool { return unicode.Is(unicode.Co, r) }
