package report

import (
	"strings"
	"time"

	"headsup/pattern"
)

// readClock reads the time of day that stands behind the day, or before it.
func (t *stamp) readClock(s string) {
	if t.clockBehind(s) || t.clockJoined(s) || t.readCJK(s) || t.clockTo(s) || t.clockBefore(s) {
		return
	}
	if m := laterOne.FindStringSubmatch(window(s, t.to, 90)); m != nil && t.set(number(m[1]), number(m[2]), number(m[3])) {
		t.to += len(m[0])
		if z, _, _ := tokenIn(m[0]); z != nil { // "Time (UTC): 14:03"
			t.zone = z
		} else {
			t.readZone(s)
		}
	}
}

// set takes a time of day, if it is one.
func (t *stamp) set(h, min, sec int) bool {
	if h > 23 || min > 59 || sec > 60 {
		return false
	}
	t.h, t.min, t.sec, t.clock = h, min, sec, true
	return true
}

// clockBehind reads the time of day right behind the day.
func (t *stamp) clockBehind(s string) bool {
	if h, min, sec, n, ok := plainClock(s[t.to:]); ok {
		if !t.set(h, min, sec) {
			return false
		}
		t.to += n
		t.readZone(s)
		return true
	}
	return t.searchClock(s)
}

// clockJoined reads a time of day without a sign between hours and minutes, where
// a zone stands behind it: "at 1403 UTC", "T140322Z".
func (t *stamp) clockJoined(s string) bool {
	m := joinedClock.FindStringSubmatch(window(s, t.to, 40))
	if m == nil || !t.set(number(m[1]), number(m[2]), number(m[3])) {
		return false
	}
	t.to += len(m[0]) - len(m[4])
	t.readZone(s)
	return true
}

// joinedClock is such a time of day.
var joinedClock = pattern.New(`^(?:T|,? (?:at |um |à |kl\.? )?)([01]\d|2[0-3])([0-5]\d)([0-5]\d)?(?: ?(?:hrs?|` +
	`hours|h))?( ?(?:Z|UTC|GMT|[+-]\d{4})(?:[^\p{L}\d]|$))`)

// searchClock reads the time of day in whatever form it stands behind the day.
func (t *stamp) searchClock(s string) bool {
	rest := window(s, t.to, 90)
	at := toClock(rest)
	if at < 0 {
		return false
	}
	m := clockForm.FindStringSubmatch(rest[at:])
	before := rest[:max(at, 0)]
	if strings.Contains(before, "\n\n") {
		return false
	}
	if m == nil {
		h, n := hourAlone(before, rest[at:])
		if n == 0 || !t.set(h, 0, 0) {
			return false
		}
		t.to += at + n
		t.readZone(s)
		return true
	}
	h, end := number(m[1]), at+len(m[0])
	if m[4] != "" {
		h, end = half(h, m[4]), end-len(m[4])+len(strings.TrimRight(m[4], " \n\t,;.)]|/-"))
	} else {
		var n int
		h, n = halfDay(h, before, rest[end:])
		end += n
	}
	dotted := strings.Contains(m[0], m[1]+"."+m[2]) && m[3] == "" // 10.22: a clock only where a word says so
	if dotted && !dottedClock.MatchString(before) && oClock.FindString(rest[min(end, len(rest)):]) == "" || !t.set(h, number(m[2]), number(m[3])) {
		return false
	}
	t.to += end
	if t.readZone(s); t.zone == nil { // "Time (UTC): 14:03"
		t.zone, _, _ = tokenIn(before)
	}
	return true
}

// clockTo reads the time of day that stands right before the day.
func (t *stamp) clockTo(s string) bool {
	m := clockTo.FindStringSubmatch(s[max(0, t.from-48):t.from])
	if m == nil {
		return false
	}
	h := number(m[1])
	if m[4] != "" {
		h = half(h, m[4])
	}
	if !t.set(h, number(m[2]), number(m[3])) {
		return false
	}
	if z, _, good := zoneAt(m[5]); m[5] != "" && good {
		t.zone = z
	} else {
		t.readZone(s)
	}
	return true
}

var (
	clockTo = pattern.New(`(\d{1,2})(?::|[hH]|\s?giờ\s?)(\d{2})(?:\s?phút)?(?:(?::|\s)(\d{2})(?:[.,]\d+|` +
		`\s?giây)?)?(\s*[apAP]\.?[mM]\.?)?\s*` +
		`(\(?[A-Z]{2,5}\)?|[Мм][Сс][Кк]|[+-]\d{2}:?\d{2}|\(?(?:UTC|GMT)\s?[+-]\s?\d{1,2}(?::?\d\d)?\)?)?\s*` +
		`(?:,|-|/|on|am|le|el|em|il|op|dnia|of|ngày|de|den|la|på|dne|день|\(|\|)?\s*(?:\p{L}{2,10},?\s+)?$`)
	laterOne = pattern.New(`^[\s,;|"'<>/\w.-]{0,30}?(?:(?:^|[^\p{L}])(?i:time|uhrzeit|zeit|heure|hora|ora|tijd|` +
		`godzina|saat|tid|čas|` +
		`idő|waktu|jam|ώρα|время|час)(?:[^\p{L}\d]|$)|(?:時刻|時間|时间|시각|시간|الوقت))` +
		`[^\d\n]{0,20}[\s:|]*(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,]\d+)?)?`)
	joinedBefore = pattern.New(`(?:^|[^\d])([01]\d|2[0-3])([0-5]\d)\s?(?:hrs?\.?\s?|h\s?)?(Z|[A-Z]{3,4})(?:,| on|` +
		` of)?\s+(?:\p{L}{2,10},?\s+)?$`)
	hourBefore = pattern.New(`(?i)(?:^|[^\d:.,/-])(\d{1,2}\s?(?:[ap]\.?\s?m\b\.?|Uhr\b|uur\b|h\b|giờ|часов|` +
		`час\p{L}?|hod\.))([^\d.;。]{1,40})$`)
	// earlierDotted has a dot between hours and minutes, behind a word for a clock.
	earlierDotted = pattern.New(`(?i)(?:^|[^\p{L}])(?:um|alle|ore|klo?\.?|klockan|klokken|kello|kell|godz\p{L}*\.?|` +
		`om|ob|o|saat|pukul|jam|plkst\.?)\s` +
		`(\d{1,2})\.(\d{2})()()([^\d.;。]{1,60})$`)
	earlierOne = pattern.New(`(\d{1,2})(?::|\s?[hH]\s?)(\d{2})(?::(\d{2}))?(\s*[apAP]\.?\s?[mM]\.?)?([^\d.;。]{1,70})$`)
)

// clockBefore reads the time of day that stands some words before the day.
func (t *stamp) clockBefore(s string) bool {
	left := s[max(0, t.from-90):t.from]
	m := earlierOne.FindStringSubmatch(left)
	if m == nil {
		m = earlierDotted.FindStringSubmatch(left)
	}
	if m == nil {
		return t.hourBefore(s, left)
	}
	if len(strings.Fields(m[5])) > 7 || strings.Count(m[5], "\n") > 1 || strings.Contains(m[5], "\n\n") {
		return false
	}
	h := number(m[1])
	if m[4] != "" {
		h = half(h, strings.TrimSpace(m[4]))
	} else {
		h, _ = halfDay(h, m[5], "")
	}
	if !t.set(h, number(m[2]), number(m[3])) {
		return false
	}
	if z, _, _ := tokenIn(m[5]); z != nil {
		t.zone = z
	} else {
		t.readZone(s)
	}
	return true
}

// hourBefore reads an hour without minutes some words before the day, and a time
// of day in one number right before it.
func (t *stamp) hourBefore(s, left string) bool {
	if m := joinedBefore.FindStringSubmatch(left); m != nil {
		if z, _, ok := zoneAt(m[3] + " "); ok && t.set(number(m[1]), number(m[2]), 0) {
			t.zone = z
			return true
		}
	}
	m := hourBefore.FindStringSubmatch(left)
	if m == nil || len(strings.Fields(m[2])) > 5 || strings.Count(m[2], "\n") > 1 || strings.Contains(m[2], "\n\n") {
		return false
	}
	h, n := hourAlone("", m[1]+m[2])
	if n == 0 || !t.set(h, 0, 0) {
		return false
	}
	if z, _, ok := zoneAt(m[2]); ok {
		t.zone = z
	} else if z, _, _ := tokenIn(m[2]); z != nil {
		t.zone = z
	} else {
		t.readZone(s)
	}
	return true
}

var dottedClock = pattern.New(`(?i)(?:^|[^\p{L}])(?:um|alle|klo?|klockan|klokken|ore|ora|orele|godz\p{L}*|` +
	`lúc|pukul|jam|kell|kello|saat|ώρα|στις|เวลา|ob|la|plkst\.?|v|ve|o|u)[\s.]`)

// readZone reads the zone that stands behind the clock.
func (t *stamp) readZone(s string) {
	rest := window(s, t.to, 110)
	if z, letters, n := figureZone(rest); z != nil {
		t.zone, t.letters, t.to = z, letters, t.to+n
		return
	}
	shape := t.quiet.shape(rest)
	if shape != "" && t.quiet.shapes[shape] {
		return
	}
	before := *t
	t.searchZone(rest)
	if shape != "" && *t == before && t.zone == nil {
		t.quiet.shapes[shape] = true
	}
}

// searchZone finds the zone that words behind a time state.
func (t *stamp) searchZone(rest string) {
	skip := len(oClock.FindString(rest))
	if m := untilForm.FindString(rest[skip:]); m != "" { // "… to 19:52 UTC"
		skip += len(m)
		skip += len(oClock.FindString(rest[skip:]))
	} else if strings.HasPrefix(rest, ". ") || strings.HasPrefix(rest, ".\u00a0") {
		skip = 1 // "3:05 p. m. (GMT-6)"
	}
	skip += len(zoneLabel.FindString(rest[skip:]))
	if local := localForm.FindString(rest[skip:]); local != "" {
		place, _, _ := strings.Cut(head(rest[skip:], len(local)+40), "\n")
		behind := strings.TrimLeft(rest[skip+len(local):], " ,(（[")
		if z, n, ok := zoneAt(behind); ok { // "local time (CET)"
			t.zone, t.to = z, t.to+len(rest)-len(behind)+n
		} else if t.zone, _, _ = placeWithin(place); t.zone == nil {
			t.local = true
		}
		return
	}
	if m := nextCell.FindString(rest[skip:]); m != "" {
		t.zone, t.to = time.UTC, t.to+skip+len(m)
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
		t.letters, t.local = strings.ToUpper(strings.Trim(rest[skip:skip+n], " ([\"")), true
	default:
		t.zoneFurther(rest[skip:], t.to+skip)
	}
}

// zoneFurther reads a zone that stands in brackets some words behind a time:
// "11:52 PM Pacific (PST)".
func (t *stamp) zoneFurther(rest string, at int) {
	m := furtherForm.FindStringSubmatchIndex(rest)
	if m == nil || t.zone != nil {
		return
	}
	if z := zoneInside(rest[m[2]:m[3]]); z != nil {
		t.zone, t.to = z, at+m[1]
	}
}

var (
	untilForm = pattern.New(`^(?:\s+-\s|\s*(?:–|—|~|〜|to|until|till|and|bis|und|et|à|a|y|e|i|al|alle|` +
		`às|as|tot|en|do|po|по|до|и|から|至|到|och|til|` +
		`till))\s*(?:\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4},?[T ])?\d{1,2}(?::|\s?[hH]\s?|\.)\d{2}(?::\d{2})?(?:\s?[hH])?`)
	localForm = pattern.New(`^[\s,(（]*(?i:local time|local server time|server'?s? local|heures? locales?|` +
		`ortszeit|lokalzeit|hora local|horário local|ora locale|lokale tijd|plaatselijke tijd|czasu? lokaln\p{L}*|` +
		`местно\p{L}+ врем|現地時間|当地时间|本地时间|當地時間|현지 ?시간|بالتوقيت المحلي|` +
		`yerel saat|lokal tid|paikallista aikaa|` +
		`helyi idő|місцев\p{L}+ час)`)
	// oClock is what stands between the figures of a time and its zone.
	oClock = pattern.New(`^\s?(?:Uhr|uur|u|h|hrs|hours|horas?|hod\.?|hodin|sati|val\.?|час\p{L}*|ч\.?|` +
		`год\.?|мин\.?|хв\.?|min\.?|Min\.?|น\.|นาฬิกา|giờ|órakor|óra|ore|o'clock|बजे)(?:[\s,]|$)`)
	// zoneLabel names what follows a time as its zone.
	zoneLabel = pattern.New(`(?i)^[\s,;(\[]{1,3}(?:(?:utc|gmt|time)?[ -]?offset|tz|time ?zone|zone|zeitzone|` +
		`fuseau(?: horaire)?|huso(?: horario)?|fuso(?: orario| horário)?)\s?[:=]?\s`)
	nextCell    = pattern.New(`^\s*[|;\t]\s*(?:UTC|GMT)\b`)
	furtherForm = pattern.New(`^[\s,]{1,2}(?:[\p{L}’'.-]{1,20}[ \n]){1,3}[(（\[]([^()（）\[\]\n\d]{0,30}[^()（）\[\]\n]{2,12})[)）\]]`)
	insideForm  = pattern.New(`^\s*(?:h|hrs?|Uhr|uur|час\p{L}*)?\s*[(（\[]([^()（）\[\]\n]{2,60}|` +
		`[^()（）\[\]\n]{1,30}\n[^()（）\[\]\n\d]{2,30})[)）\]]`)
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
	if z, _, _ := tokenIn(s); z != nil {
		return z
	}
	if words := strings.Fields(s); len(words) > 0 && len(words) < 6 { // the name of a place, or letters behind it
		if east, ok := offsets.letters[words[len(words)-1]]; ok && len(words) > 1 {
			return fixed(int(east * 3600))
		}
		if len(words) < 4 {
			z, _, _ := placeWithin("time " + words[len(words)-1])
			return z
		}
	}
	return nil
}
