// Package prose holds the body of a letter as blocks of text, and writes it as
// plain text and as HTML.
//
// It reads the Markdown of the templates; it never lets a value from outside
// be read as Markdown or written as markup.
package prose

import (
	"strings"

	"golang.org/x/text/language"
)

// WordBreak says where a line may end in a script that puts no spaces between
// words. Paper needs it; in mail and on the web it is gone once lines are made,
// because readers find words by themselves, and could not search for them.
const WordBreak = "\u200b"

// Joined reports whether the hyphens of a language join an article or a letter to
// its word, as in "l-internet" and "an t-am", so that no line may end in one.
func Joined(lang string) bool {
	base, _, _ := strings.Cut(lang, "-")
	return base == "ga" || base == "mt"
}

// A Doc is the body of a letter in one language.
type Doc struct {
	Lang   string // BCP 47
	RTL    bool
	Title  string // above the text in mail; paper has its own
	Below  string // where it is not the first: says so above the first one, in its own language
	Blocks []Block
}

// A Head is who writes, and what the letter is called: what stands above all
// of its languages. Its texts are values, each one line.
type Head struct {
	Name  string
	Lines [][]string // the pieces of a line have a dot between them
}

// A BlockKind says what a Block is.
type BlockKind int

const (
	Paragraph BlockKind = iota
	Heading             // Level 1 to 3
	List                // Items; Ordered
	Table               // Head, Rows
)

// A Block is a paragraph, a heading, a list or a table.
type Block struct {
	Kind    BlockKind
	Level   int
	Ordered bool
	Spans   []Span
	Items   [][]Block  // of a list
	Head    []string   // of a table, already translated
	Rows    [][]string // of a table: values from outside, one line each
	LTR     []bool     // of a table: columns that are left to right in every language (addresses, ports, times)
	Signed  bool       // who signs: paper has room above it for a signature
}

// A Span is a run of text in one style.
type Span struct {
	Text   string
	Strong bool
	Emph   bool
	Code   bool
	Value  bool   // came from outside: isolate its direction, never hyphenate, never link
	Once   bool   // words of ours that no other letter has: a value was put into them
	Link   string // https: or mailto: URL
	Break  bool   // a hard line break follows
}

// RTL reports whether a language is written from right to left.
func RTL(lang string) bool {
	script, _ := language.Make(lang).Script()
	switch script.String() {
	case "Arab", "Hebr", "Syrc", "Thaa", "Nkoo", "Adlm":
		return true
	}
	return false
}
