package letter

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"headsup/pattern"
	"headsup/templates"
)

// A token is one word of a message, or one character of a script that sets no
// spaces between words, or something that is no word.
type token struct {
	sort  sort
	text  string // folded
	upper bool   // begins with a capital letter
	caps  bool   // has several letters, all of them capital
	lower bool   // begins with a small one
	name  bool   // stands in the From field too
	stop  bool   // a sentence or a line ends behind it
	comma bool   // a clause or a line ends behind it
	line  int    // of the message
	first bool   // first in its line
	para  bool   // first below an empty line
}

type sort uint8

const (
	plainWord    sort = iota
	mailboxWord       // the mail address that the letter went to
	addressWord       // another mail address
	hostWord          // an IP address or a prefix
	linkWord          // an address of the web
	refWord           // the reference of a letter
	questionMark      // ? of any script
)

const maxTokens = 4000 // of a message that are looked at

// special finds what is no word before the text is taken apart at its signs.
// The forms are tried in this order where several begin at the same place.
var special = pattern.New(`(?i)` + strings.Join([]string{
	`(?:mailto:)?([a-z0-9.!#$%&'*+/=?^_{|}~-]*@[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?)`,
	`((?:https?://|www\.)[^\s<>"]+)`,
	`(\d{1,3}(?:[.](?:\d{1,3}|x)){3}(?:/\d{1,2})?|\d{1,3}(?:[.]\d{1,3}){0,3}/\d{1,2}\b|(?:[0-9a-f]{1,4}:){2,7}[0-9a-f:.]*(?:/\d{1,3})?|\bas\d{2,10}\b)`,
	`\b(` + campaignID + `-` + contactPart + `(?:-` + keyedPart + `)?)\b`,
}, "|"))

// scanner takes a message apart.
type scanner struct {
	mailbox string   // folded
	names   []string // words of the From field, folded
	out     []token
}

// tokens takes a message apart, line by line. It looks at the first of a long
// message alone.
func (s *scanner) tokens(text string) []token {
	empty := false
	n := 0
	for line := range strings.SplitSeq(text, "\n") {
		n++
		from := len(s.out)
		s.line(visible(line), n)
		if len(s.out) == from {
			empty = true
			continue
		}
		s.out[from].first, s.out[from].para = true, empty || from == 0
		last := &s.out[len(s.out)-1]
		last.stop, last.comma = true, true
		empty = false
		if len(s.out) > maxTokens {
			s.out = s.out[:maxTokens]
			break
		}
	}
	s.markNames()
	return s.out
}

func (s *scanner) line(text string, n int) {
	for text != "" && len(s.out) <= maxTokens {
		at := special.FindStringSubmatchIndex(text)
		if at == nil {
			s.words(text, n)
			return
		}
		s.words(text[:at[0]], n)
		found := text[at[0]:at[1]]
		switch {
		case at[2] >= 0:
			s.address(text[at[2]:at[3]], n)
		case at[4] >= 0:
			s.add(token{sort: linkWord, text: strings.ToLower(found), line: n})
		case at[6] >= 0:
			s.add(token{sort: hostWord, text: found, line: n})
		default:
			s.add(token{sort: refWord, text: found, line: n})
		}
		text = text[at[1]:]
	}
}

func (s *scanner) address(a string, n int) {
	a = strings.ToLower(strings.TrimLeft(a, "'*"))
	sort := addressWord
	if s.mailbox != "" && (a == s.mailbox || strings.HasPrefix(a, "@") && strings.HasSuffix(s.mailbox, a)) {
		sort = mailboxWord
	}
	s.add(token{sort: sort, text: a, line: n})
}

func (s *scanner) add(t token) { s.out = append(s.out, t) }

// words takes text apart in which nothing special stands.
func (s *scanner) words(text string, n int) {
	start := -1
	flush := func(end int) {
		if start >= 0 {
			s.word(text[start:end], n)
			start = -1
		}
	}
	for i, r := range text {
		switch {
		case templates.Unspaced(r):
			flush(i)
			for _, f := range Fold(string(r)) {
				s.add(token{text: string(f), line: n})
			}
		case isWord(r):
			if start < 0 {
				start = i
			}
		default:
			flush(i)
			s.sign(r, text[i+utf8.RuneLen(r):], n)
		}
	}
	flush(len(text))
}

func isWord(r rune) bool { return unicode.IsLetter(r) || unicode.IsMark(r) || unicode.IsDigit(r) }

func (s *scanner) word(w string, n int) {
	first, size := utf8.DecodeRuneInString(w)
	s.add(token{
		text: Fold(w), line: n, upper: unicode.IsUpper(first), lower: unicode.IsLower(first),
		caps: size < len(w) && strings.ToUpper(w) == w,
	})
}

// sign notes what a sign means for the token before it.
func (s *scanner) sign(r rune, rest string, n int) {
	if len(s.out) == 0 {
		return
	}
	last := &s.out[len(s.out)-1]
	next, _ := utf8.DecodeRuneInString(rest)
	switch {
	case r == '?' || r == '؟' || r == ';' && last.text != "" && isGreek(last.text):
		last.stop, last.comma = true, true
		if last.sort != questionMark {
			s.add(token{sort: questionMark, line: n, stop: true, comma: true})
		}
	case strings.ContainsRune("!。।॥۔", r), r == '.' && !isWord(next):
		last.stop, last.comma = true, true
	case strings.ContainsRune(",;:、،؛()\"„“”«»「」『』–—", r):
		last.comma = true
	}
}

func isGreek(w string) bool {
	r, _ := utf8.DecodeLastRuneInString(w)
	return unicode.Is(unicode.Greek, r)
}

// markNames marks the words that the From field has, and of scripts without
// spaces the characters that stand there beside each other.
func (s *scanner) markNames() {
	for i := range s.out {
		t := &s.out[i]
		if t.sort != plainWord {
			continue
		}
		if slices.Contains(s.names, t.text) {
			t.name = true
		}
		if i == 0 || !isUnspaced(t.text) || !isUnspaced(s.out[i-1].text) {
			continue
		}
		pair := s.out[i-1].text + t.text
		if slices.ContainsFunc(s.names, func(name string) bool { return strings.Contains(name, pair) }) {
			t.name, s.out[i-1].name = true, true
		}
	}
}

func isUnspaced(w string) bool {
	r, _ := utf8.DecodeRuneInString(w)
	return templates.Unspaced(r)
}

// visible takes out what nobody sees (marks of direction, joiners, soft
// hyphens), and brings wide and narrow forms together (NFKC).
func visible(line string) string {
	return norm.NFKC.String(strings.Map(func(r rune) rune {
		switch {
		case unicode.Is(unicode.Cf, r) || r == '\u034f' || 0xfe00 <= r && r <= 0xfe0f:
			return -1
		case r == utf8.RuneError || unicode.IsControl(r):
			return ' '
		}
		return r
	}, line))
}

// Fold brings the spellings of a word together: capital and small letters,
// compatible forms (NFKC), and letters with and without accents, vowel marks
// (Arabic, Hebrew) or a dot (Turkish), which people leave out in haste.
func Fold(w string) string {
	var b strings.Builder
	for _, r := range norm.NFKD.String(w) {
		r = unicode.ToLower(r)
		if s, ok := folded[r]; ok {
			b.WriteString(s)
			continue
		}
		if !isAccent(r) {
			b.WriteRune(r)
		}
	}
	return norm.NFC.String(b.String())
}

// isAccent reports whether r is a mark without which a word stays the word.
// The vowels of Indic scripts and of Thai are none.
func isAccent(r rune) bool {
	return 0x300 <= r && r <= 0x36f || unicode.Is(unicode.Mn, r) && (0x591 <= r && r <= 0x5c7 || 0x610 <= r && r <= 0x6ed)
}

// folded are letters with another spelling that no normal form knows.
var folded = map[rune]string{
	'ß': "ss", 'ς': "σ", 'ı': "i", 'ł': "l", 'ø': "o", 'đ': "d", 'ð': "d", 'þ': "th", 'æ': "ae", 'œ': "oe", 'ə': "e",
	'ى': "ي", 'ی': "ي", 'ک': "ك", 'ة': "ه", 'ہ': "ه", 'ـ': "", // Arabic: final forms, Persian and Urdu keyboards, stretched lines
	'ँ': "ं", '़': "", // Devanagari: the moon for a dot, and the dot below
	'ｰ': "ー",
}
