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
// and noncharacters are dropped; every run of white space becomes one space;
// bytes that are not UTF-8 become "?". Markup is not escaped: that is the job
// of each output. Clean(Clean(s, max), max) is Clean(s, max).
func Clean(s string, max int) string {
	if len(s) <= max && plain(s) {
		return s
	}
	// What is dropped makes room for what follows, but not without end.
	s = clip(s, 64*max+utf8.UTFMax)
	var b strings.Builder
	for _, r := range norm.NFC.String(strings.ToValidUTF8(s, "?")) {
		switch {
		case unicode.IsSpace(r):
			b.WriteByte(' ')
		case unicode.IsPrint(r):
			b.WriteRune(r)
		}
	}
	// Dropping a character may bring two together that compose.
	s = norm.NFC.String(strings.Join(strings.Fields(b.String()), " "))
	return strings.TrimRight(clip(s, max), " ")
}

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
