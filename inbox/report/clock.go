package report

import (
	"strconv"
	"strings"
	"time"

	"headsup/pattern"
)

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
