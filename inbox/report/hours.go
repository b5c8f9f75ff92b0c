package report

import (
	_ "embed"
	"slices"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"headsup/pattern"
)

//go:embed hours.txt
var hourFile string

// A wordList is words in small letters, the longest first.
type wordList []string

// hourWords are the words beside a time of day.
type hourWords struct {
	at                      map[string]bool // single words before one
	joined                  wordList        // those of scripts without blanks
	am, pm                  wordList
	today, yesterday, night wordList
	before                  wordList  // the day before yesterday
	halves                  [256]bool // bytes with which am and pm begin
}

// theHours reads the words when they are first needed.
var theHours = sync.OnceValue(func() hourWords {
	lists, list := map[string]wordList{}, ""
	for line := range strings.Lines(hourFile) {
		line = strings.TrimSpace(line)
		switch _, words, ok := strings.Cut(line, ": "); {
		case strings.HasPrefix(line, "["):
			list = strings.Trim(line, "[]")
		case ok && line[0] != '#':
			for w := range strings.SplitSeq(words, ";") {
				lists[list] = append(lists[list], strings.TrimSpace(w))
			}
		}
	}
	h := hourWords{at: map[string]bool{}}
	for _, list := range lists {
		slices.SortStableFunc(list, func(a, b string) int { return len(b) - len(a) })
	}
	h.am, h.pm, h.today, h.yesterday, h.night = lists["am"], lists["pm"], lists["today"], lists["yesterday"], lists["night"]
	h.before = lists["before"]
	for _, w := range slices.Concat(h.am, h.pm) {
		h.halves[w[0]] = true
	}
	for _, phrase := range slices.Concat(lists["at"], h.am, h.pm) {
		if r, _ := utf8.DecodeRuneInString(phrase); joinsWords(r) {
			h.joined = append(h.joined, phrase)
			continue
		}
		for w := range strings.FieldsFuncSeq(phrase, func(r rune) bool { return !isLetter(r) }) {
			h.at[w] = true
		}
	}
	return h
})

// joinsWords reports whether a letter is of a script without blanks between
// words.
func joinsWords(r rune) bool { return r >= 0x2e80 || r >= 0x0e00 && r < 0x0e80 }

// in reports whether a text holds a word of the list, alone where its script
// parts words. The letters of the text are made small.
func (l wordList) in(text string) bool {
	low := lower(text)
	for _, w := range l {
		for from := 0; ; {
			i := strings.Index(low[from:], w)
			if i < 0 {
				break
			}
			if i += from; alone(low, i, i+len(w)) {
				return true
			}
			from = i + len(w)
		}
	}
	return false
}

// begins returns how many bytes of a word of the list a text begins with.
func (l wordList) begins(text string) int {
	low := lower(text)
	for _, w := range l {
		if strings.HasPrefix(low, w) && alone(low, 0, len(w)) {
			return len(w)
		}
	}
	return 0
}

// alone reports whether no letter stands right before or behind a word, or
// its script joins them.
func alone(s string, from, to int) bool {
	first, _ := utf8.DecodeRuneInString(s[from:])
	if joinsWords(first) {
		return true
	}
	before, _ := utf8.DecodeLastRuneInString(s[:from])
	behind, _ := utf8.DecodeRuneInString(s[to:])
	return !isLetter(before) && !isLetter(behind)
}

func isLetter(r rune) bool { return unicode.IsLetter(r) || unicode.IsMark(r) }

var (
	// clockForm is a time of day.
	clockForm = pattern.New(`^(\d{1,2})(?::\s?|\s?[hH](?:rs|eures?)?\s?|[uU]|\s(?:Uhr|uur)\s|\s?(?:ч|час\p{L}{0,2}|` +
		`год\p{L}{0,3})\.?\s|\s?giờ\s?|\s?óra\s|\.|：)(\d{2})(?:(?::|m|\.|` +
		`：)(\d{2})(?:[.,]\d+)?)?(?:\s*s\b)?` +
		`(\s*[aApP]\.?\s?[mM]\.?(?:[^a-zA-Z]|$))?`)
	// inBrackets is a day of the week between a day and its time.
	inBrackets = pattern.New(`^[(（]\p{L}{1,12}\.?[)）]`)
)

// toClock returns where the figures behind a day begin, if nothing stands
// between but signs and the words that stand before a time of day; else -1.
func toClock(s string) int {
	h := theHours()
	for i := 0; i < len(s) && i < 60; {
		c := s[i]
		switch {
		case c >= '0' && c <= '9':
			return i
		case strings.IndexByte("])_,:;|@.-'\"* \t\n\r", c) >= 0:
			i++
			continue
		case c == 'T' && i+1 < len(s) && s[i+1] >= '0' && s[i+1] <= '9':
			i++
			continue
		case c == '(' || c == 0xef:
			if m := inBrackets.FindString(s[i:]); m != "" {
				i += len(m)
				continue
			}
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == '’' || r == '\u00a0' || r == '、' || r == '،' || r == '–' || r == '—':
			i += size
		case joinsWords(r):
			n := h.joined.begins(head(s[i:], 40))
			if n == 0 {
				return -1
			}
			i += n
		default:
			n := lettersIn(s[i:])
			suffix := i > 0 && (s[i-1] == '-' || s[i-1] == '\'') && n <= 6 // "5-én", "13'te"
			if word := strings.ToLower(s[i : i+n]); n == 0 || !suffix && !h.at[word] && len(weekdays()[word]) == 0 {
				return -1
			}
			i += n
		}
	}
	return -1
}

var (
	// hourUnit is an hour without minutes, by the word or letters behind it.
	hourUnit = pattern.New(`(?i)^(\d{1,2})(\s?[ap]\.?\s?m\b\.?|\s?(?:Uhr|uur|h|hs|heures?|horas?|hod\.?|hodin\p{L}*|` +
		`hodín|sati|` +
		`časova|órakor|óra|órától|ore|час\p{L}{0,3}|ч\.?|год\.?|годин\p{L}*|giờ|น\.|นาฬิกา|val\.?|o['’]clock|बजे|` +
		`hrs))(?:[^\p{L}\d]|$)`)
	// hourWord stands before one.
	hourWordBefore = pattern.New(`(?i)(?:^|[^\p{L}])(?:um|kl\.?|klockan|klokken|klukkan|klo|kello|godz\p{L}*\.?|ore|` +
		`orele|alle|ora|` +
		`saat|jam|pukul|kell|plkst\.?|lúc|ώρα|a las|às|الساعة|ساعت|בשעה|เวลา)[\s.:]*$`)
	bareHour = pattern.New(`^(\d{1,2})(?:[^\d:.\p{L}%]|[.:,](?:[^\d]|$)|$)`)
)

// minutesBehind are the minutes of an hour in another form: "15 h 25".
var minutesBehind = pattern.New(`^\s?\d{2}(?:\D|$)`)

// hourAlone reads an hour without minutes at the beginning of a text, before which
// these words stand. It says how many bytes it takes, and 0 where there is none.
func hourAlone(before, s string) (h, n int) {
	if m := hourUnit.FindStringSubmatch(s); m != nil {
		if minutesBehind.MatchString(s[len(m[1])+len(m[2]):]) {
			return 0, 0
		}
		h, n = number(m[1]), len(m[1])+len(m[2])
		if c := strings.ToLower(strings.TrimSpace(m[2])); len(c) > 1 && (c[0] == 'a' || c[0] == 'p') {
			return half(h, c), n
		}
	} else if m := bareHour.FindStringSubmatch(s); m != nil && hourWordBefore.MatchString(before) {
		h, n = number(m[1]), len(m[1])
	} else {
		return 0, 0
	}
	h, behind := halfDay(h, tail(before, 14), s[n:])
	return h, n + behind
}

// half reads an hour of twelve by the letters behind it.
func half(h int, letters string) int {
	return halved(h, strings.ContainsAny(letters[:min(len(letters), 3)], "pP"))
}

// halved is an hour of the half of the day.
func halved(h int, afternoon bool) int {
	switch {
	case afternoon && h < 12:
		return h + 12
	case !afternoon && h == 12:
		return 0
	}
	return h
}

// halfDay reads an hour of twelve by the words right before and behind it, and
// says how many bytes those behind take.
func halfDay(h int, before, behind string) (hour, n int) {
	if h > 12 {
		return h, 0
	}
	w := theHours()
	bare := strings.TrimLeft(head(behind, 40), " \n,(\u00a0")
	gap := len(head(behind, 40)) - len(bare)
	switch am, pm := w.am.begins(bare), w.pm.begins(bare); {
	case gap > 3:
	case pm > am:
		return halved(h, true), gap + pm
	case am > 0:
		return halved(h, false), gap + am
	}
	switch {
	case w.pm.in(before):
		return halved(h, true), 0
	case w.am.in(before):
		return halved(h, false), 0
	}
	return h, 0
}
