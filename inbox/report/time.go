package report

import (
	"encoding/json"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"headsup/pattern"
)

// A Time is a time as a report states it, which is not always one moment.
type Time struct {
	at   time.Time // in the zone that is stated, else the reading of the clock in UTC
	Zone bool      // a zone is stated: At is a moment
	Day  bool      // only a day is stated
}

// At returns the moment, and whether it is one: a day and a clock without a
// zone are not.
func (t Time) At() (time.Time, bool) { return t.at, t.Zone && !t.Day && !t.at.IsZero() }

// in gives a reading of a clock the zone that the message states for all; nil
// is none.
func (t Time) in(zone *time.Location) Time {
	if zone == nil || t.IsZero() || t.Zone || t.Day {
		return t
	}
	c := t.at
	return Time{at: time.Date(c.Year(), c.Month(), c.Day(), c.Hour(), c.Minute(), c.Second(), 0, zone), Zone: true}
}

// IsZero reports whether no time is stated.
func (t Time) IsZero() bool { return t.at.IsZero() }

// String is the time in the form of RFC 3339, with its zone left out where
// none is stated, and its clock where only a day is.
func (t Time) String() string {
	switch {
	case t.at.IsZero():
		return ""
	case t.Day:
		return t.at.Format(time.DateOnly)
	case t.Zone:
		return t.at.Format(time.RFC3339)
	}
	return t.at.Format("2006-01-02T15:04:05")
}

// MarshalJSON writes [Time.String].
func (t Time) MarshalJSON() ([]byte, error) { return json.Marshal(t.String()) }

// A stamp is one place in a text where a time stands.
type stamp struct {
	from, to int
	y, m, d  int
	h, min   int
	sec      int
	clock    bool
	zone     *time.Location
	local    bool   // it has letters of a zone that are not known: no zone of the text holds
	ordered  bool   // d and m may be the other way round
	numeric  bool   // the month is a number behind or before the day
	swapped  bool   // the month stands first
	guessed  bool   // the year is not stated
	letters  string // of the zone
}

// time returns what a stamp says, with the zone that the text states for all.
func (s stamp) time(zone *time.Location) Time {
	t := Time{Day: !s.clock}
	if s.zone != nil {
		zone = s.zone
	} else if s.local {
		zone = nil
	}
	t.Zone = zone != nil && s.clock
	if zone == nil {
		zone = time.UTC
	}
	t.at = time.Date(s.y, time.Month(s.m), s.d, s.h, s.min, s.sec, 0, zone)
	return t
}

func (s stamp) valid() bool {
	return s.y >= 1995 && s.y <= 2100 && s.m >= 1 && s.m <= 12 && s.d >= 1 && s.d <= 31 && s.h < 24 && s.min < 60 && s.sec < 61
}

var (
	isoDay   = pattern.New(`^((?:19|20)\d\d)([-/.])(\d{1,2})[-/.](\d{1,2})`)
	cjkDay   = pattern.New(`^((?:19|20)\d\d)\s*[年년]\s*(\d{1,2})\s*[月월]\s*(\d{1,2})\s*[日일]`)
	cjkClock = pattern.New(`^(?:\s*[(（][^)）]{1,6}[)）])?[\s,]*(午前|午後|上午|下午|오전|오후)?\s*(\d{1,2})\s*[时時시点]\s*(\d{1,2})\s*[分분](?:\s*(\d{1,2})\s*[秒초])?`)
	nameDay  = pattern.New(`^(\d{1,2})(?:st|nd|rd|th|er|º|ª|\.)?(?:[\s/-]+|\s+(?:de|of|d')\s*)([\p{L}\p{M}]{3,14})\.?,?[\s/-]+(?:de[l]?\s+|of\s+)?((?:19|20|25)?\d\d)`)
	dayName  = pattern.New(`^(\p{L}{3,12})\.?[\s/-]+(\d{1,2})(?:st|nd|rd|th)?(?:(?:,\s*|[\s/-]+)((?:19|20)\d\d))?`)
	numDay   = pattern.New(`^(\d{1,2})(\. |[./-])(\d{1,2})(?:\. |[./-])((?:19|20|25)\d\d|\d\d)`)
	eraDay   = pattern.New(`^(令和|平成|民國|民国|中華民國)\s*(\d{1,3}|元)\s*年\s*(\d{1,2})\s*月\s*(\d{1,2})\s*日`)
	yearDay  = pattern.New(`^((?:19|20)\d\d)(?:\.| m\.)?[\s-]+([\p{L}\p{M}]{3,14})\.?[\s-]+(\d{1,2})\b`)
	snortDay = pattern.New(`^(\d\d)/(\d\d)(?:/(\d\d))?-(\d\d):(\d\d):(\d\d)\.\d+`)
	compact  = pattern.New(`^((?:19|20)\d\d)(\d\d)(\d\d)[T_-]?(\d\d):?(\d\d):?(\d\d)`)
	clockAt  = pattern.New(`^(?:\]?[T_,:;\s|@.-]|\s*\(\w{2,10}\)|[\s,]+(?:(?:at|about|around|um|gegen|ca|à|vers|a las|hacia las|a la|às|alle|verso le|ore|rond|około|około godz|około godziny|około|kl|om|o|godz|godzinie|o godz|o godzinie|r\. o godzinie|в|около|примерно в|klo|kello|saat|den|os|time|between|zwischen|entre|tra le|tra|fra le|tussen|między|pomiędzy|между|с|від|о|from|von|ab|de|das|desde|desde las|entre las|dalle|vanaf|mellan|mellem|mellom|lúc|pukul|jam|la ora|ora|v|ve|στις|ώρα|בשעה|الساعة|ساعت|年)[\s.:]+)+|\s*[(（]\p{L}{1,3}[)）])*(\d{1,2})(?::\s?|\s?[hH](?:rs)?\s?|\.|：)(\d{2})(?:(?::|m|\.|：)(\d{2})(?:[.,]\d+)?)?(?:\s*s)?(\s*[aApP]\.?\s?[mM]\.?(?:[^a-zA-Z]|$))?`)
	clockTo  = pattern.New(`(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,]\d+)?)?(\s*[apAP]\.?[mM]\.?)?\s*(\(?[A-Z]{2,5}\)?|[+-]\d{2}:?\d{2}|(?:UTC|GMT)[+-]\d{1,2})?\s*(?:,|-|/|on|am|le|el|em|il|op|dnia|of)?\s*(?:\p{L}{2,10},?\s+)?$`)
	yearTo   = pattern.New(`^\s*(?:[A-Z]{2,5}|[+-]\d{4})?\s*((?:19|20)\d\d)\b`)
	laterOne = pattern.New(`^[\s,;|"'<>/\w-]{0,30}?\b(?i:time|uhrzeit|heure|hora|ora|tijd|godzina|время|時刻|时间)\b[^\d\n]{0,20}[\s:|]*(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,]\d+)?)?`)
)

// stamps finds the times in a text, in order. base says which year a time
// without one is in: the latest that is not after it.
func stamps(s string, base time.Time) (out []stamp) {
	for i := 0; i < len(s) && len(out) < maxStamps; {
		c := s[i]
		var t stamp
		ok := false
		switch {
		case c >= '0' && c <= '9':
			if i == 0 || !(s[i-1] >= '0' && s[i-1] <= '9') && !(s[i-1] == '.' && i > 1 && s[i-2] >= '0' && s[i-2] <= '9') {
				t, ok = figuresAt(s, i, base)
			}
			if !ok {
				i = nextStart(s, i)
				continue
			}
		case c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' || c >= 0x80:
			if i == 0 || s[i-1] < 0x80 && !alnum(s[i-1]) {
				t, ok = monthAt(s, i, base)
			}
			if !ok && c >= 0xe4 {
				t, ok = eraAt(s, i)
			}
			if !ok {
				for i < len(s) && (alnum(s[i]) || s[i] >= 0x80) {
					if s[i] >= 0xe0 { // scripts without blanks between words
						_, n := utf8.DecodeRuneInString(s[i:])
						i += n
						break
					}
					i++
				}
				continue
			}
		default:
			i++
			continue
		}
		if t.valid() {
			out = append(out, t)
		}
		i = max(t.to, i+1)
	}
	order(out)
	return out
}

const maxStamps = 5000

func window(s string, i, n int) string {
	end := min(len(s), i+n)
	for end < len(s) && end > i && !utf8.RuneStart(s[end]) {
		end--
	}
	return s[i:end]
}

// figuresAt reads a time that begins with a figure.
func figuresAt(s string, i int, base time.Time) (t stamp, ok bool) {
	w := window(s, i, 60)
	t.from = i
	num := func(v string) int { n, _ := strconv.Atoi(v); return n }
	if m := compact.FindStringSubmatch(w); m != nil && (len(m[0]) == len(w) || !(w[len(m[0])] >= '0' && w[len(m[0])] <= '9')) {
		t.y, t.m, t.d, t.h, t.min, t.sec, t.clock = num(m[1]), num(m[2]), num(m[3]), num(m[4]), num(m[5]), num(m[6]), true
		t.to = i + len(m[0])
		t.readZone(s)
		return t, t.valid()
	}
	if m := snortDay.FindStringSubmatch(w); m != nil {
		t.m, t.d, t.y = num(m[1]), num(m[2]), base.Year()
		t.h, t.min, t.sec, t.clock, t.to = num(m[4]), num(m[5]), num(m[6]), true, i+len(m[0])
		if m[3] != "" {
			t.y = fullYear(num(m[3]))
		} else {
			t.guess(base)
		}
		t.readZone(s)
		return t, t.valid()
	}
	if m := yearDay.FindStringSubmatch(w); m != nil && month(m[2]) > 0 {
		t.y, t.m, t.d, t.to = num(m[1]), month(m[2]), num(m[3]), i+len(m[0])
		t.readClock(s)
		return t, t.valid()
	}
	if m := isoDay.FindStringSubmatch(w); m != nil {
		t.y, t.m, t.d, t.to = num(m[1]), num(m[3]), num(m[4]), i+len(m[0])
		if t.m > 12 && t.d <= 12 {
			t.m, t.d = t.d, t.m
		}
		t.readClock(s)
		return t, t.valid()
	}
	if m := cjkDay.FindStringSubmatch(w); m != nil {
		t.y, t.m, t.d, t.to = num(m[1]), num(m[2]), num(m[3]), i+len(m[0])
		if c := cjkClock.FindStringSubmatch(window(s, t.to, 80)); c != nil {
			t.h, t.min, t.sec, t.clock = num(c[2]), num(c[3]), num(c[4]), true
			if (c[1] == "午後" || c[1] == "下午" || c[1] == "오후") && t.h < 12 {
				t.h += 12
			}
			t.to += len(c[0])
			t.readZone(s)
		} else {
			t.readClock(s)
		}
		return t, t.valid()
	}
	if m := nameDay.FindStringSubmatch(w); m != nil && month(m[2]) > 0 {
		t.d, t.m, t.y, t.to = num(m[1]), month(m[2]), fullYear(num(m[3])), i+len(m[0])
		if len(m[3]) == 2 && strings.Contains(m[0], " ") && t.to < len(s) && s[t.to] == ':' { // "12 Mar 10:22"
			return t, false
		}
		t.readClock(s)
		return t, t.valid()
	}
	if m := numDay.FindStringSubmatch(w); m != nil && !goesOn(w[len(m[0]):]) {
		t.d, t.m, t.y, t.to, t.numeric = num(m[1]), num(m[3]), fullYear(num(m[4])), i+len(m[0]), m[2][0] != '.'
		switch {
		case t.m > 12 && t.d <= 12:
			t.m, t.d, t.swapped = t.d, t.m, true
		case t.d <= 12 && t.d != t.m && m[2][0] != '.':
			t.ordered = true
		}
		t.readClock(s)
		if len(m[4]) == 2 && !t.clock {
			return t, false
		}
		return t, t.valid()
	}
	return unixAt(s, i)
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

// unixAt reads seconds or milliseconds since 1970 at i.
func unixAt(s string, i int) (t stamp, ok bool) {
	end := i
	for end < len(s) && s[end] >= '0' && s[end] <= '9' && end < i+14 {
		end++
	}
	inWord := end < len(s) && (alnum(s[end]) || s[end] == '@' || s[end] == '-') || i > 0 && strings.IndexByte("+-._/%#$@", s[i-1]) >= 0
	if n := end - i; n != 10 && n != 13 || s[i] != '1' || inWord || !unixLabel.MatchString(s[max(0, i-40):i]) {
		return t, false
	}
	v, _ := strconv.ParseInt(s[i:i+10], 10, 64)
	at := time.Unix(v, 0).UTC()
	t = stamp{from: i, to: end, y: at.Year(), m: int(at.Month()), d: at.Day(), clock: true, zone: time.UTC}
	t.h, t.min, t.sec = at.Clock()
	return t, true
}

var unixLabel = pattern.New(`(?i)(time|epoch|unix|date|seen|\bts|start|\bend|zeit|when|stamp)[^\n0-9]{0,24}$`)

// monthAt reads a time that begins with the name of a month, or with that of
// a day of the week before one.
func monthAt(s string, i int, base time.Time) (t stamp, ok bool) {
	w := window(s, i, 60)
	m := dayName.FindStringSubmatch(w)
	if m == nil || month(m[1]) == 0 {
		return t, false
	}
	num := func(v string) int { n, _ := strconv.Atoi(v); return n }
	t.from, t.m, t.d, t.y, t.to = i, month(m[1]), num(m[2]), num(m[3]), i+len(m[0])
	t.readClock(s)
	if t.y == 0 && t.clock {
		if y := yearTo.FindStringSubmatch(window(s, t.to, 20)); y != nil {
			t.y, t.to = num(y[1]), t.to+len(y[0])
			if t.zone == nil {
				t.readZone(s)
			}
		}
	}
	if t.y == 0 {
		if !t.clock || base.IsZero() {
			return t, false
		}
		t.guess(base)
	}
	return t, t.valid()
}

// guess takes the latest year in which the day had come when the message was
// sent.
func (t *stamp) guess(base time.Time) {
	t.guessed, t.y = true, base.Year()
	if time.Date(t.y, time.Month(t.m), t.d, t.h, t.min, t.sec, 0, time.UTC).After(base.Add(36 * time.Hour)) {
		t.y--
	}
}

// eraAt reads a day in the years of an emperor of Japan, or of the republic in
// Taiwan.
func eraAt(s string, i int) (t stamp, ok bool) {
	m := eraDay.FindStringSubmatch(window(s, i, 60))
	if m == nil {
		return t, false
	}
	num := func(v string) int { n, _ := strconv.Atoi(v); return n }
	first := map[string]int{"令和": 2018, "平成": 1988}[m[1]]
	if first == 0 {
		first = 1911
	}
	t.from, t.y, t.m, t.d, t.to = i, first+max(1, num(m[2])), num(m[3]), num(m[4]), i+len(m[0])
	t.readClock(s)
	return t, t.valid()
}

// readClock reads the time of day that stands behind the day, or before it.
func (t *stamp) readClock(s string) {
	num := func(v string) int { n, _ := strconv.Atoi(v); return n }
	rest := window(s, t.to, 60)
	if m := clockAt.FindStringSubmatch(rest); m != nil && !strings.Contains(m[0][:strings.Index(m[0], m[1])], "\n\n") {
		h, min, sec := num(m[1]), num(m[2]), num(m[3])
		end := t.to + len(m[0])
		if m[4] != "" {
			h, end = half(h, m[4]), end-len(m[4])+len(strings.TrimRight(m[4], " \n\t,;.)]|/-"))
		}
		dotted := strings.Contains(m[0], m[1]+"."+m[2]) && m[3] == "" // 10.22: a clock only where a word says so
		if h < 24 && min < 60 && sec < 61 && (!dotted || dottedClock.MatchString(m[0])) {
			t.h, t.min, t.sec, t.clock, t.to = h, min, sec, true, end
			t.readZone(s)
			return
		}
	}
	if m := clockTo.FindStringSubmatch(s[max(0, t.from-48):t.from]); m != nil {
		h := num(m[1])
		if m[4] != "" {
			h = half(h, m[4])
		}
		if h < 24 && num(m[2]) < 60 {
			t.h, t.min, t.sec, t.clock = h, num(m[2]), num(m[3]), true
			if z, _, good := zoneAt(m[5]); m[5] != "" && good {
				t.zone = z
			} else {
				t.readZone(s)
			}
			return
		}
	}
	if t.clockBefore(s) {
		return
	}
	if m := laterOne.FindStringSubmatch(window(s, t.to, 90)); m != nil && num(m[1]) < 24 && num(m[2]) < 60 {
		t.h, t.min, t.sec, t.clock, t.to = num(m[1]), num(m[2]), num(m[3]), true, t.to+len(m[0])
		t.readZone(s)
	}
}

var (
	earlierOne = pattern.New(`(\d{1,2}):(\d{2})(?::(\d{2}))?(\s*[apAP]\.?\s?[mM]\.?)?([^\d.;。]{1,70})$`)
	afternoon  = re(`\b(?:مساء|مساءً|م|pm|nachmittags|abends|de la tarde|de la noche|da tarde|da noite|de l'après-midi|du soir|di sera|del pomeriggio|вечера|дня|po południu|wieczorem)\b`)
)

// clockBefore reads the time of day that stands some words before the day.
func (t *stamp) clockBefore(s string) bool {
	m := earlierOne.FindStringSubmatch(s[max(0, t.from-90):t.from])
	if m == nil || len(strings.Fields(m[5])) > 7 || strings.Count(m[5], "\n") > 1 || strings.Contains(m[5], "\n\n") {
		return false
	}
	h, _ := strconv.Atoi(m[1])
	min, _ := strconv.Atoi(m[2])
	sec, _ := strconv.Atoi(m[3])
	between := lower(m[5])
	switch {
	case m[4] != "":
		h = half(h, strings.TrimSpace(m[4]))
	case h < 12 && afternoon.MatchString(between):
		h += 12
	}
	if h > 23 || min > 59 {
		return false
	}
	t.h, t.min, t.sec, t.clock = h, min, sec, true
	if z, _, _ := tokenIn(m[5]); z != nil {
		t.zone = z
	} else {
		t.readZone(s)
	}
	return true
}

var dottedClock = pattern.New(`um |alle |kl|ore |godz|lúc |pukul |jam `)

// half reads an hour of twelve.
func half(h int, letter string) int {
	pm := strings.ContainsAny(letter[:min(len(letter), 3)], "pP")
	switch {
	case pm && h < 12:
		return h + 12
	case !pm && h == 12:
		return 0
	}
	return h
}

// readZone reads the zone that stands behind the clock.
func (t *stamp) readZone(s string) {
	rest := window(s, t.to, 110)
	skip := 0
	if m := untilForm.FindString(rest); m != "" { // "… to 19:52 UTC"
		skip = len(m)
	} else if strings.HasPrefix(rest, ". ") || strings.HasPrefix(rest, ".\u00a0") {
		skip = 1 // "3:05 p. m. (GMT-6)"
	}
	if local := localForm.FindString(rest[skip:]); local != "" {
		t.local = true
		return
	}
	if in := insideForm.FindStringSubmatchIndex(rest[skip:]); in != nil {
		if z := zoneInside(rest[skip+in[2] : skip+in[3]]); z != nil {
			t.zone, t.to, t.letters = z, t.to+skip+in[1], strings.ToUpper(rest[skip+in[2]:skip+in[3]])
			return
		}
	}
	if skip > 1 && strings.HasPrefix(strings.TrimLeft(rest[skip:], " "), "-") {
		return // what stands there is another time
	}
	z, n, ok := zoneAt(rest[skip:])
	switch {
	case ok:
		t.letters = strings.ToUpper(strings.Trim(rest[skip:skip+n], " ([\""))
		t.zone, t.to = z, t.to+skip+n
	case n > 0:
		t.local = true
	}
}

var (
	untilForm  = pattern.New(`^(?:\s+-\s|\s*(?:–|—|~|〜|to|until|till|and|bis|und|et|à|a|y|e|i|al|alle|às|as|tot|en|do|po|по|до|и|から|至|到|och|til|till))\s*\d{1,2}(?::|\s?[hH]\s?|\.)\d{2}(?::\d{2})?(?:\s?[hH])?`)
	localForm  = pattern.New(`^[\s,(（]*(?i:local time|local server time|server'?s? local|heures? locales?|ortszeit|lokalzeit|hora local|horário local|ora locale|lokale tijd|plaatselijke tijd|czasu? lokaln\p{L}*|местно\p{L}+ врем|現地時間|当地时间|本地时间|當地時間|현지 ?시간|بالتوقيت المحلي|yerel saat|lokal tid|paikallista aikaa|helyi idő|місцев\p{L}+ час)`)
	insideForm = pattern.New(`^\s*(?:h|hrs?|Uhr|uur|час\p{L}*)?\s*[(（\[]([^()（）\[\]\n]{2,60})[)）\]]`)
	offsetForm = pattern.New(`(?i)\b(?:UTC|GMT)\s?[+-]\s?\d{1,2}(?::?\d\d)?`)
)

// zoneInside reads the zone from what stands in brackets behind a time: an
// offset before letters, letters before a place.
func zoneInside(s string) *time.Location {
	if o := offsetForm.FindString(s); o != "" {
		return zoneOf(o)
	}
	if strings.ContainsAny(s, "0123456789") && !strings.ContainsAny(s, "+-") {
		return nil // a time or a number
	}
	if z, _, ok := zoneAt(s); ok {
		return z
	}
	z, _, _ := tokenIn(s)
	return z
}

// order settles which of two numbers is the day by the other days of a text:
// one that leaves no room speaks for all. A day that may be two is none.
func order(ts []stamp) {
	days, firsts := 0, 0
	for _, t := range ts {
		if t.numeric && !t.ordered && t.d > 12 {
			if t.swapped {
				firsts++
			} else {
				days++
			}
		}
	}
	for i := range ts {
		t := &ts[i]
		switch {
		case !t.ordered:
		case days > 0 && firsts == 0:
			t.ordered = false
		case firsts > 0 && days == 0:
			t.m, t.d, t.ordered = t.d, t.m, false
		}
	}
}

// months are the beginnings of the names of months, in the languages of those
// who report.
var months = map[string]int{}

func init() {
	for n, list := range strings.Split(`jan gen ene янв sty ocak січ ian ιαν led úno|feb fév fev лют фев lut luty şub лют φεβ|mar mär mae mrz maa мар mrt бер μαρ már bře|apr avr abr апр kwi nis кві απρ ápr dub|may mai mei mag maj мая май maio mayo тра μαι máj kvě|jun juin giu giug июн cze haz чер ιουν jún iun čvn|jul juil lug июл lip tem лип ιουλ júl iul čvc|aug aoû aou ago авг sie ağu сер αυγ srp|sep set sett сен wrz eyl вер σεπ szept zář|oct okt out ott окт paź ekim eki жов οκτ říj|nov ноя lis kas лис νοε noi|dec dez déc dic дек gru ara гру δεκ pro`, "|") {
		for name := range strings.FieldsSeq(list) {
			months[name] = n + 1
		}
	}
}

// month reads the name of a month, or returns 0. Only what goes on as a name
// of it does is one.
func month(word string) int {
	w := strings.ToLower(strings.TrimSuffix(word, "."))
	if n, ok := fullMonths[w]; ok {
		return n
	}
	runes := []rune(w)
	if len(runes) < 3 {
		return 0
	}
	if len(runes) <= 4 {
		if n, ok := months[string(runes[:3])]; ok && (len(runes) == 3 || months[w] == n) {
			return n
		}
		return months[w]
	}
	return 0
}

var fullMonths = func() map[string]int {
	out := map[string]int{}
	for n, list := range strings.Split(`january ledna leden січня січень januára január ianuarie ιανουαρίου ιανουάριος ינואר يناير جانفي tammikuuta tammikuu januari януари siječnja siječanj มกราคม जनवरी ژانویه كانون januar jänner janvier enero janeiro gennaio januari stycznia styczeń января январь ocak
february února únor лютого лютий februára február februarie φεβρουαρίου φεβρουάριος פברואר فبراير شباط فيفري helmikuuta helmikuu февруари veljače veljača กุมภาพันธ์ फ़रवरी فوریه februar février fevrier febrero fevereiro febbraio februari lutego luty февраля февраль şubat
march března březen березня березень marca március martie μαρτίου μάρτιος מרץ مارس آذار maaliskuuta maaliskuu march ožujka ožujak มีนาคม मार्च märz maerz mars marzo março marco maart marca marzec марта март mart
april dubna duben квітня квітень apríla április aprilie απριλίου απρίλιος אפריל أبريل إبريل ابريل نيسان أفريل huhtikuuta huhtikuu април travnja travanj เมษายน अप्रैल آوریل avril abril aprile kwietnia kwiecień апреля апрель nisan
may května květen травня травень mája május mai μαΐου μάιος מאי مايو أيار ماي toukokuuta toukokuu svibnja svibanj พฤษภาคม मई mai mayo maio maggio mei maja maj мая май mayıs
june června červen червня червень júna június iunie ιουνίου ιούνιος יוני يونيو حزيران جوان kesäkuuta kesäkuu юни juni มิถุนายน जून ژوئن juni juin junio junho giugno czerwca czerwiec июня июнь haziran
july července červenec липня липень júla július iulie ιουλίου ιούλιος יולי يوليو تموز جويلية heinäkuuta heinäkuu юли กรกฎาคม जुलाई juli juillet julio julho luglio lipca lipiec июля июль temmuz
august srpna srpen серпня серпень augusta augusztus august αυγούστου αύγουστος אוגוסט أغسطس اغسطس آب أوت elokuuta elokuu agustus август สิงหาคม अगस्त août aout agosto augustus sierpnia sierpień августа август ağustos
september září вересня вересень septembra szeptember septembrie σεπτεμβρίου σεπτέμβριος ספטמבר سبتمبر أيلول syyskuuta syyskuu септември กันยายน सितंबर septembre septiembre setiembre setembro settembre września wrzesień сентября сентябрь eylül sept
october října říjen жовтня жовтень októbra október octombrie οκτωβρίου οκτώβριος אוקטובר أكتوبر اكتوبر lokakuuta lokakuu октомври ตุลาคม अक्टूबर oktober octobre octubre outubro ottobre października październik октября октябрь ekim
november listopadu листопада листопад novembra noiembrie νοεμβρίου νοέμβριος נובמבר نوفمبر marraskuuta marraskuu ноември studenoga studenog พฤศจิกายน नवंबर novembre noviembre novembro listopada listopad ноября ноябрь kasım
december prosince prosinec грудня грудень decembra decembrie δεκεμβρίου δεκέμβριος דצמבר ديسمبر joulukuuta joulukuu desember декември prosinca ธันวาคม दिसंबर dezember décembre decembre diciembre dezembro dicembre grudnia grudzień декабря декабрь aralık`, "\n") {
		for name := range strings.FieldsSeq(list) {
			out[name] = n + 1
		}
	}
	return out
}()
