package report

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"headsup/pattern"
)

// A dayForm is a way of writing a day that begins with a figure. read fills in
// a stamp that begins at from and whose day is matched; it reports false where
// the figures mean something else.
//
// least and most are how many figures stand at its beginning.
type dayForm struct {
	least, most int
	behind      string // bytes of which one stands behind those figures; "" is any

	form *pattern.Pattern
	read func(t *stamp, s string, m []string, base time.Time) bool
}

// blankBytes are those that \s stands for.
const blankBytes = " \t\n\r\f"

// dayForms are tried in their order.
var dayForms = []dayForm{
	{8, 14, "", pattern.New(`^((?:19|20)\d\d)(\d\d)(\d\d)[T_-]?(\d\d):?(\d\d):?(\d\d)`), compactDay},
	{8, 8, " ", pattern.New(`^((?:19|20)\d\d)(\d\d)(\d\d) (\d\d):(\d\d):(\d\d)`), compactDay},
	{8, 8, " ", pattern.New(`^((?:19|20)\d\d)(\d\d)(\d\d) ([01]\d|2[0-3])([0-5]\d)([0-5]\d)\b`), compactDay},
	{4, 4, ".", pattern.New(`^((?:19|20)\d\d)\. gada (\d{1,2})\. ([\p{L}]{4,12})`), latvianDay},
	{4, 4, ":", pattern.New(`^((?:19|20)\d\d)(:)(\d\d):(\d\d)-`), isoDay},         // Sophos
	{1, 2, "", pattern.New(`^(\d{1,2})([A-Z][a-z]{2})((?:19|20)\d\d)`), namedDay}, // Check Point
	{2, 2, "/", pattern.New(`^(\d\d)/(\d\d)(?:/(\d\d))?-(\d\d):(\d\d):(\d\d)\.\d+`), snortDay},
	{4, 4, blankBytes + ".-", pattern.New(`^((?:19|20)\d\d)(?:\.|` +
		` m\.)?[\s-]+([\p{L}\p{M}]{3,14})\.?[\s-]+(\d{1,2})\b\.?`), yearNameDay},
	{4, 4, "-/.", pattern.New(`^((?:19|20|25)\d\d)([-/.])\s?(\d{1,2})[-/.]\s?(\d{1,2})\.?`), isoDay},
	{4, 4, blankBytes + "\xe5\xeb", pattern.New(`^((?:19|` +
		`20)\d\d)\s*[年년]\s*(\d{1,2})\s*[月월]\s*(\d{1,2})\s*[日일号]`), cjkDay},
	{1, 2, blankBytes, pattern.New(`^(\d{1,2})\s+tháng\s+(\d{1,2})(?:\s+năm|,)?\s+((?:19|20)\d\d)`), numberedDay},
	{1, 2, blankBytes + "snrte\xc2./-", pattern.New(`^(\d{1,2})(?:st|nd|rd|th|er|º|ª|\.)?(?:[\s/-]+|\s+(?:de|of|d'|` +
		`του)\s*)` + monthName + `\.?,?[\s/-]+(?:de[l]?\s+|` +
		`of\s+)?((?:19|20|25)?\d\d)\b`), namedDay},
	{1, 2, "./-", pattern.New(`^(\d{1,2})(\. ?|[/-])(\d{1,2})(?:\. ?|[/-])((?:19|20|25)\d\d|\d\d)`), numericDay},
	{1, 2, blankBytes + "snrte\xc2./-", pattern.New(`^(\d{1,2})(?:st|nd|rd|th|er|º|ª|\.)?(?:[\s/-]+|\s+(?:de|of|d'|` +
		`του)\s*)` + monthName + `\.?`), namedDayOnly},
	{1, 2, "./", pattern.New(`^(\d{1,2})(\.\s?|/)(\d{1,2})(?:\.|\s|,)`), numericDayOnly},
	{1, 2, blankBytes + "\xe6\xec", pattern.New(`^(\d{1,2})\s*[月월]\s*(\d{1,2})\s*[日일号]`), cjkDayOnly},
}

var allForms = slices.Concat(dayForms, calendarForms)

// monthName is where the name of a month may stand: a word, Thai letters with
// dots, or one of the Syrian months of two words.
const monthName = `([\p{Thai}]{1,3}\.[\p{Thai}]\.?|[\p{L}\p{M}]{2,14}(?: (?:الأول|الثاني))?)`

var (
	cjkClock = pattern.New(`^(?:\s*[(（][^)）]{1,6}[)）])?[\s,、の]*([\p{Han}\p{Hiragana}\p{Hangul}]{1,4}?)?\s*` +
		`(\d{1,2})\s*[時时시点點](?:\s*(\d{1,2})\s*[分분](?:\s*(\d{1,2})\s*[秒초])?|\s?([半반]))?([间間간])?`)
	dayName = pattern.New(`^([\p{L}\p{M}]{3,12})\.?[\s/-]+(\d{1,2})(?:st|nd|rd|th)?\b(?: d\.)?(?:(?:,\s*|` +
		`[\s/-]+)((?:19|20)\d\d)\b)?`)
	eraDay = pattern.New(`^(令和|平成|民國|民国|中華民國)\s*(\d{1,3}|元)\s*年\s*(\d{1,2})\s*月\s*(\d{1,2})\s*日`)
	yearTo = pattern.New(`^\s*(?:[A-Z]{2,5}|[+-]\d{4})?\s*((?:19|20)\d\d)\b`)
)

func number(s string) int { n, _ := strconv.Atoi(s); return n }

// figuresAt reads a time that begins with a figure.
func figuresAt(s string, i int, base time.Time, q *quiet) (t stamp, ok bool) {
	if t, ok = plainDay(s, i); ok {
		t.quiet = q
		t.readClock(s)
		return t, t.valid()
	}
	w, figures := window(s, i, 60), 0
	for figures < len(w) && w[figures] >= '0' && w[figures] <= '9' {
		figures++
	}
	for _, f := range allForms {
		if figures < f.least || figures > f.most || figures == len(w) && figures < 14 || f.behind != "" && strings.IndexByte(f.behind, w[figures]) < 0 {
			continue
		}
		m := f.form.FindStringSubmatch(w)
		if m == nil {
			continue
		}
		t = stamp{from: i, to: i + len(m[0]), quiet: q}
		if f.read(&t, s, m, base) {
			return t, t.valid()
		}
	}
	return unixAt(s, i)
}

func compactDay(t *stamp, s string, m []string, _ time.Time) bool {
	if t.to < len(s) && s[t.to] >= '0' && s[t.to] <= '9' {
		return false
	}
	t.y, t.m, t.d, t.h, t.min, t.sec, t.clock = number(m[1]), number(m[2]), number(m[3]), number(m[4]), number(m[5]), number(m[6]), true
	t.readZone(s)
	return true
}

func snortDay(t *stamp, s string, m []string, base time.Time) bool {
	t.m, t.d, t.h, t.min, t.sec, t.clock = number(m[1]), number(m[2]), number(m[4]), number(m[5]), number(m[6]), true
	if m[3] != "" {
		t.y = fullYear(number(m[3]))
	} else {
		t.guess(base)
	}
	t.readZone(s)
	return true
}

func yearNameDay(t *stamp, s string, m []string, _ time.Time) bool {
	t.name(m[2])
	if t.m == 0 {
		return false
	}
	t.y, t.d = number(m[1]), number(m[3])
	t.settled()
	t.readClock(s)
	return true
}

func latvianDay(t *stamp, s string, m []string, _ time.Time) bool {
	t.name(m[3])
	t.y, t.d = number(m[1]), number(m[2])
	t.readClock(s)
	return t.m > 0
}

func isoDay(t *stamp, s string, m []string, _ time.Time) bool {
	t.y, t.m, t.d = fullYear(number(m[1])), number(m[3]), number(m[4])
	if t.m > 12 && t.d <= 12 {
		t.m, t.d = t.d, t.m
	}
	t.readClock(s)
	return true
}

func numberedDay(t *stamp, s string, m []string, _ time.Time) bool {
	t.d, t.m, t.y = number(m[1]), number(m[2]), number(m[3])
	t.readClock(s)
	return true
}

func cjkDay(t *stamp, s string, m []string, _ time.Time) bool {
	t.y, t.m, t.d = number(m[1]), number(m[2]), number(m[3])
	t.cjkClock(s)
	return true
}

func cjkDayOnly(t *stamp, s string, m []string, base time.Time) bool {
	t.m, t.d = number(m[1]), number(m[2])
	t.cjkClock(s)
	return t.guess(base)
}

// cjkClock reads a time of day in hours and minutes, or in figures.
func (t *stamp) cjkClock(s string) {
	if !t.readCJK(s) {
		t.readClock(s)
	}
}

// readCJK reads a time of day in hours and minutes.
func (t *stamp) readCJK(s string) bool {
	c := cjkClock.FindStringSubmatch(window(s, t.to, 80))
	if c == nil {
		return false
	}
	w := theHours()
	if c[6] != "" && c[3] == "" || c[1] != "" && !w.am.in(c[1]) && !w.pm.in(c[1]) && w.joined.begins(c[1]) != len(c[1]) {
		return false // so many hours; or something else of which there are some
	}
	if c[5] != "" {
		c[3] = "30"
	}
	if !t.set(number(c[2]), number(c[3]), number(c[4])) {
		return false
	}
	if c[1] != "" {
		t.h, _ = halfDay(t.h, c[1], "")
	}
	t.to += len(c[0])
	t.readZone(s)
	return true
}

func namedDay(t *stamp, s string, m []string, _ time.Time) bool {
	t.name(m[2])
	if t.m == 0 || len(m[3]) == 2 && strings.Contains(m[0], " ") && t.to < len(s) && s[t.to] == ':' { // "12 Mar 10:22"
		return false
	}
	t.d, t.y = number(m[1]), fullYear(number(m[3]))
	if len(m[3]) == 2 && t.y > 2059 && m[2][0] == 0xe0 { // of the Buddhist era, in letters of Thailand
		t.y -= 43
	}
	t.settled()
	t.readClock(s)
	return true
}

func namedDayOnly(t *stamp, s string, m []string, base time.Time) bool {
	t.name(m[2])
	if t.m == 0 {
		return false
	}
	t.d = number(m[1])
	t.settled()
	t.readClock(s)
	return t.guess(base)
}

func numericDay(t *stamp, s string, m []string, base time.Time) bool {
	if goesOn(s[t.to:]) {
		return false
	}
	t.numbers(m)
	t.y = fullYear(number(m[4]))
	t.readClock(s)
	if len(m[4]) == 2 && t.yearFirst(number(m[1]), number(m[3]), number(m[4]), base) {
		t.y, t.m, t.d, t.ordered, t.numeric = 2000+number(m[1]), number(m[3]), number(m[4]), false, false
	}
	return len(m[4]) == 4 || t.clock
}

// yearFirst reports whether three numbers of two figures begin with the year: a
// day of the last month so, and otherwise one of another year.
func (t *stamp) yearFirst(y, m, d int, base time.Time) bool {
	if base.IsZero() || y < 20 || t.y == base.Year() || m < 1 || m > 12 {
		return false
	}
	ago := base.Sub(time.Date(2000+y, time.Month(m), d, 0, 0, 0, 0, time.UTC))
	return ago > -48*time.Hour && ago < 31*24*time.Hour
}

func numericDayOnly(t *stamp, s string, m []string, base time.Time) bool {
	if strings.HasPrefix(m[2], ".") != strings.HasSuffix(m[0], ".") {
		return false
	}
	t.to = t.from + len(strings.TrimRight(m[0], " \t\n,"))
	if t.numbers(m); t.m < 1 || t.m > 12 || t.d < 1 || t.d > 31 { // as in an address: no clock need be looked for
		return false
	}
	t.readClock(s)
	return t.guess(base)
}

// numbers reads day and month, or month and day.
func (t *stamp) numbers(m []string) {
	dotted := m[2][0] == '.'
	t.d, t.m, t.numeric = number(m[1]), number(m[3]), !dotted
	switch {
	case t.m > 12 && t.d <= 12:
		t.m, t.d, t.swapped = t.d, t.m, true
	case t.d <= 12 && t.d != t.m && !dotted:
		t.ordered, t.alt = true, [2]int{t.d, t.m}
	}
}

// name reads the name of a month.
func (t *stamp) name(word string) {
	var other int
	if t.m, other = month(word); other > 0 {
		t.ordered, t.alt = true, [2]int{other, 0}
	}
}

// settled takes the day into the other reading, too.
func (t *stamp) settled() {
	if t.ordered {
		t.alt[1] = t.d
	}
}

// goesOn reports whether figures or letters of one word go on behind a day.
func goesOn(rest string) bool {
	return rest != "" && (alnum(rest[0]) && rest[0] != 'T' || len(rest) > 1 && rest[0] == '.' && rest[1] >= '0' && rest[1] <= '9')
}

func fullYear(y int) int {
	if y >= 2540 && y < 2600 { // of the Buddhist era, in Thailand
		return y - 543
	}
	if y < 100 {
		return 2000 + y
	}
	return y
}

// monthAt reads a time that begins with the name of a month.
func monthAt(s string, i int, base time.Time, q *quiet) (t stamp, ok bool) {
	t.quiet = q
	w := window(s, i, 60)
	if n, _ := month(w[:lettersIn(w)]); n == 0 { // which is much quicker than the form
		return t, false
	}
	m := dayName.FindStringSubmatch(w)
	if m == nil {
		return t, false
	}
	if t.name(m[1]); t.m == 0 {
		return t, false
	}
	t.from, t.d, t.y, t.to = i, number(m[2]), number(m[3]), i+len(m[0])
	t.settled()
	t.readClock(s)
	if t.y == 0 && t.clock {
		if y := yearTo.FindStringSubmatch(window(s, t.to, 20)); y != nil {
			t.y, t.to = number(y[1]), t.to+len(y[0])
			if t.zone == nil {
				t.readZone(s)
			}
		}
	}
	if t.y == 0 && !t.guess(base) {
		return t, false
	}
	return t, t.valid()
}

// lettersIn says how many bytes of letters a text begins with.
func lettersIn(s string) int {
	for i, r := range s {
		if !isLetter(r) {
			return i
		}
	}
	return len(s)
}

// guess takes the latest year in which the day had come when the message was
// sent. It reports false for a day without a clock, which may be any numbers.
func (t *stamp) guess(base time.Time) bool {
	if !t.clock || base.IsZero() {
		return false
	}
	t.guessed, t.y = true, base.Year()
	if time.Date(t.y, time.Month(t.m), t.d, t.h, t.min, t.sec, 0, time.UTC).After(base.Add(36 * time.Hour)) {
		t.y--
	}
	return true
}

// eraAt reads a day in the years of an emperor of Japan, or of the republic in
// Taiwan.
func eraAt(s string, i int, q *quiet) (t stamp, ok bool) {
	t.quiet = q
	m := eraDay.FindStringSubmatch(window(s, i, 60))
	if m == nil {
		return t, false
	}
	first := map[string]int{"令和": 2018, "平成": 1988}[m[1]]
	if first == 0 {
		first = 1911
	}
	t.from, t.y, t.m, t.d, t.to = i, first+max(1, number(m[2])), number(m[3]), number(m[4]), i+len(m[0])
	t.cjkClock(s)
	return t, t.valid()
}

// unixAt reads seconds since 1970 at i, or thousandths of them to the third degree, where the words before
// say so, or a line of a log begins with them and a fraction.
func unixAt(s string, i int) (t stamp, ok bool) {
	end := i
	for end < len(s) && s[end] >= '0' && s[end] <= '9' && end < i+20 {
		end++
	}
	inWord := end < len(s) && (alnum(s[end]) || s[end] == '@' || s[end] == '-') || i > 0 && strings.IndexByte("+-._/%#$@", s[i-1]) >= 0
	if n := end - i; n != 10 && n != 13 && n != 16 && n != 19 || s[i] != '1' || inWord {
		return t, false
	}
	first := i == 0 || s[i-1] == '\n'
	cell := !first && i > 0 && strings.IndexByte("\t,;|", s[i-1]) >= 0
	row := (first || cell) && (end == len(s) || strings.IndexByte(" \t,;|\n", s[end]) >= 0) && unixWord.MatchString(head(s, 8<<10))
	if !unixLabel.MatchString(s[max(0, i-40):i]) && !(first && unixLog.MatchString(window(s, i, 20))) && !row {
		return t, false
	}
	v, _ := strconv.ParseInt(s[i:i+10], 10, 64)
	return unixStamp(i, end, v), true
}

var (
	unixLabel = pattern.New(`(?i)(time|epoch|unix|audit|date|seen|\bts|start|\bend|zeit|when|stamp|first|last|begin|` +
		`detect|observ)[^\n0-9]{0,24}$`)
	unixWord = pattern.New(`(?i)(?:^|[^\p{L}])(?:epoch|unix)`)
	unixLog  = pattern.New(`^1\d{9}\.\d{3,9}\s`) // Squid, Zeek
)
