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
