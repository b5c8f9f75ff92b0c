package finding

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Clean makes text from strangers safe to show: valid UTF-8 in NFC, printable
// characters with single spaces between them, at most max bytes, cut between
// two characters.
//
// Control, bidi and format characters, private-use and unassigned code points
// and noncharacters are dropped, but for joiners that spelling needs; every run of white space becomes one space;
// bytes that are not UTF-8 become "?". Markup is not escaped: that is the job
// of each output. Clean(Clean(s, max), max) is Clean(s, max).
func Clean(s string, max int) string {
	if len(s) <= max && plain(s) {
		return s
	}
	// What is dropped makes room for what follows, but not without end.
	s = clip(s, 64*max+utf8.UTFMax)
	var b strings.Builder
	s = norm.NFC.String(strings.ToValidUTF8(s, "?"))
	var before rune // the last one that was kept
	for i, r := range s {
		switch {
		case unicode.IsSpace(r):
			before = ' '
		case unicode.IsPrint(r), r == zwnj && joinable(before) && joinable(first(s[i+len("\u200c"):])):
			before = r
		default:
			continue
		}
		b.WriteRune(before)
	}
	// Dropping a character may bring two together that compose.
	s = norm.NFC.String(strings.Join(strings.Fields(b.String()), " "))
	return strings.TrimRight(clip(s, max), " \u200c")
}

// zwnj parts two letters that would join. Persian and Urdu write halves of a
// word so, and scripts of India a consonant that shall stay whole.
const zwnj = '\u200c'

// joinable reports whether a letter or vowel sign may stand beside a [zwnj]
// (after RFC 5892, appendix A.1).
func joinable(r rune) bool {
	return unicode.In(r, unicode.Arabic, unicode.Bengali, unicode.Devanagari, unicode.Tamil) && unicode.In(r, unicode.L, unicode.M)
}

func first(s string) rune { r, _ := utf8.DecodeRuneInString(s); return r }

// plain reports whether s is ASCII that Clean would not change.
func plain(s string) bool {
	space := true // none at the start
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' || s[i] == ' ' && space {
			return false
		}
		space = s[i] == ' '
	}
	return s == "" || !space
}

// clip cuts s to at most max bytes without cutting a character in two.
func clip(s string, max int) string {
	if len(s) <= max {
		return s
	}
	for max > 0 && !utf8.RuneStart(s[max]) {
		max--
	}
	return s[:max]
}
