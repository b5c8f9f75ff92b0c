package prose

import (
	"unicode"
	"unicode/utf8"
)

// softBreak is the text of a span that stands for the end of a source line.
const softBreak = "\n"

// joinLines replaces soft breaks by spaces, or by nothing between two
// characters of scripts that are written without spaces, and merges neighbours
// of one style.
func joinLines(spans []Span) []Span {
	var out []Span
	for i, s := range spans {
		if s.Text == softBreak {
			if i == 0 || i+1 == len(spans) {
				continue
			}
			before, _ := utf8.DecodeLastRuneInString(spans[i-1].Text)
			after, _ := utf8.DecodeRuneInString(spans[i+1].Text)
			if spaceless(before) && spaceless(after) {
				continue
			}
			s = spans[i-1]
			s.Text, s.Break, s.Value = " ", false, false
			if s.Link != spans[i+1].Link {
				s.Link = ""
			}
			s.Code = s.Code && spans[i+1].Code
		}
		if last := len(out) - 1; last >= 0 && sameStyle(out[last], s) {
			out[last].Text += s.Text
			out[last].Break = s.Break
			continue
		}
		out = append(out, s)
	}
	return out
}

func sameStyle(a, b Span) bool {
	a.Text, b.Text, b.Break = "", "", a.Break
	return a == b && !a.Value && !a.Break
}

// spaceless reports whether r is of a script that puts no spaces between words.
func spaceless(r rune) bool {
	return unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar) ||
		r >= 0x3000 && r <= 0x303F || r >= 0xFF00 && r <= 0xFFEF
}
