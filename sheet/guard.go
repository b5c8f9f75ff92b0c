package sheet

import (
	"strings"
	"unicode/utf8"
)

// formula holds the characters that make spreadsheets take a cell for a
// formula, at its beginning; the wide ones in Chinese, Japanese and Korean
// versions (OWASP, "CSV Injection").
const formula = "=+-@\t\r＝＋－＠"

// Inert keeps a spreadsheet from taking a cell for a formula: such a cell gets
// an apostrophe before it. Line ends are the writer's to quote.
func Inert(cell string) string {
	if first, _ := utf8.DecodeRuneInString(cell); cell != "" && strings.ContainsRune(formula, first) {
		return "'" + cell
	}
	return cell
}

// Written returns what a cell was before [Inert] changed it, or a writer that
// kept "#" from beginning a comment. An apostrophe before anything else belongs
// to the cell.
func Written(cell string) string {
	rest, ok := strings.CutPrefix(cell, "'")
	if ok && (Inert(rest) != rest || strings.HasPrefix(rest, "#")) {
		return rest
	}
	return cell
}
