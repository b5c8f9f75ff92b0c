package typeset

import (
	"unicode"
	"unicode/utf8"

	"github.com/go-text/typesetting/segmenter"
)

// lineEnds finds out where the lines of a text may end (UAX #14). To look at
// every character of a paragraph takes longer than to shape it, so the text is
// cut where a line may end whatever stands on either side; what lies between two
// cuts, mostly a word, is looked at once.
type lineEnds struct {
	seg   segmenter.Segmenter
	known map[string]uint64 // by word; bit i is set if a line may end before its character i
	key   []byte
	may   []bool
}

// Limits of what is remembered: words, and characters of one.
const (
	mostWords   = 1 << 13
	longestWord = 64
)

// of says before which characters of a text a line may end; the last one is
// its end. The answer is good until the next call.
func (e *lineEnds) of(text []rune) []bool {
	e.may = append(e.may[:0], make([]bool, len(text)+1)...)
	start := 0
	for i := 1; i <= len(text); i++ {
		if i == len(text) || parts(text, i) {
			e.word(text[start:i], e.may[start:])
			start = i
			e.may[i] = true
		}
	}
	return e.may
}

// word looks at a part of a text.
func (e *lineEnds) word(text []rune, may []bool) {
	e.key = e.key[:0]
	values := len(text) > longestWord // which are not worth to be remembered
	for _, c := range text {
		values = values || c >= lri && c <= pdi
		e.key = utf8.AppendRune(e.key, c)
	}
	if bits, ok := e.known[string(e.key)]; ok {
		for i := 1; bits != 0 && i < len(text); i++ {
			may[i] = bits>>i&1 != 0
		}
		return
	}
	e.seg.Init(text)
	bits := uint64(0)
	for lines := e.seg.LineIterator(); lines.Next(); {
		l := lines.Line()
		if end := l.Offset + len(l.Text); end < len(text) {
			may[end] = true
			bits |= 1 << (end & 63)
		}
	}
	if values {
		return
	}
	if e.known == nil || len(e.known) >= mostWords {
		e.known = map[string]uint64{}
	}
	e.known[string(e.key)] = bits
}

// parts reports whether a line may end before character i of a text, and no
// rule looks from one side of that place to the other: behind a blank that
// follows a letter, a figure or a comma, before a letter, a figure or a value,
// and between two Han characters.
func parts(text []rune, i int) bool {
	if han(text[i]) && han(text[i-1]) {
		return true
	}
	if text[i-1] != ' ' || !word(text[i]) && text[i] != fsi && text[i] != lri {
		return false
	}
	for i--; i > 0 && (text[i] == ' ' || text[i] == pdi); i-- {
	}
	return word(text[i]) || text[i] == ',' || text[i] == '.' || text[i] == ':'
}

// word reports whether a character is in a class of letters or figures. Small
// letters of Japanese, which may not begin a line, are not.
func word(c rune) bool {
	if c < utf8.RuneSelf {
		return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9'
	}
	return c < 0x2E80 && unicode.IsLetter(c)
}

// han reports whether a character is one of those that lines end between.
func han(c rune) bool { return c >= 0x4E00 && c <= 0x9FFF }
