package report

import (
	"strconv"
	"strings"
	"time"

	"headsup/pattern"
)

// Forms of days beside those of the usual calendar, and of days in one word with
// their hour.

// calendarForms are tried after those of [dayForms].
var calendarForms = []dayForm{
	{6, 6, "", pattern.New(`^(\d\d)(\d\d)(\d\d)\s?([A-IK-Za-ik-z])\s?([A-Z][A-Za-z]{2})\s?((?:20)?\d\d)\b`), militaryDay},
	{2, 2, " ", pattern.New(`^(\d\d) (\d\d)(\d\d)([A-IK-Z])\s?([A-Z][A-Za-z]{2})\s?((?:20)?\d\d)\b`), militaryDay},
	{1, 2, "", pattern.New(`^(\d{1,2})([A-Z]{3})((?:19|20)\d\d|\d\d)\b`), namedDay},
	{8, 8, "T", pattern.New(`^((?:19|20)\d\d)(\d\d)(\d\d)T([01]\d|2[0-3])([0-5]\d)()`), compactDay},
	{1, 2, blankBytes, pattern.New(`^(\d{1,2})\s+([\p{Arabic}]{2,10})(?:\s+ماه)?\s+(1[34]\d\d)`), solarNamedDay},
	{4, 4, "-/.", pattern.New(`^(1[34]\d\d)([-/.])(\d{1,2})[-/.](\d{1,2})`), solarDay},
	{3, 3, "/.", pattern.New(`^(1[12]\d)([-/.])(\d{1,2})[-/.](\d{1,2})\s+\d{1,2}[:：時]`), republicDay},
}

// militaryDay reads a group of day, time, zone and month, as armed forces and
// ships write it: 241641ZNOV26.
func militaryDay(t *stamp, _ string, m []string, _ time.Time) bool {
	t.name(m[5])
	if t.m == 0 || t.ordered || !t.set(number(m[2]), number(m[3]), 0) {
		return false
	}
	t.d, t.y, t.zone = number(m[1]), fullYear(number(m[6])), letterZone(m[4][0]|0x20)
	return true
}

// letterZone is the zone of a letter: a is an hour east of UTC, n one west, z UTC.
func letterZone(c byte) *time.Location {
	switch {
	case c == 'z':
		return time.UTC
	case c > 'm':
		return fixed(-int(c-'m') * 3600)
	case c > 'j':
		c--
	}
	return fixed(int(c-'a'+1) * 3600)
}

// solarNamedDay reads a day of Iran's calendar with the name of its month.
func solarNamedDay(t *stamp, s string, m []string, _ time.Time) bool {
	month := solarMonths()[m[2]]
	if len(month) == 0 {
		return false
	}
	return t.solar(s, number(m[3]), month[0], number(m[1]))
}

// solarDay reads a day of Iran's calendar in figures.
func solarDay(t *stamp, s string, m []string, _ time.Time) bool {
	return t.solar(s, number(m[1]), number(m[3]), number(m[4]))
}

// solar takes a day of Iran's calendar, whose year has six months of 31 days and
// begins with the spring. Years of another calendar lie outside these.
func (t *stamp) solar(s string, year, month, day int) bool {
	if year < 1370 || year > 1425 || month < 1 || month > 12 || day < 1 || day > 31 {
		return false
	}
	days := 31 * (month - 1)
	if month > 6 {
		days = 186 + 30*(month-7)
	}
	// Of 33 years eight have a day more. The year 1370 began on 21 March 1991.
	leaps := (8*year+21)/33 - (8*1370+21)/33
	at := time.Date(1991, 3, 21, 0, 0, 0, 0, time.UTC).AddDate(0, 0, 365*(year-1370)+leaps+days+day-1)
	t.y, t.m, t.d = at.Year(), int(at.Month()), at.Day()
	t.readClock(s)
	return true
}

// republicDay reads a day in years of the republic in Taiwan, in figures before a
// time of day: 115/11/24 21:36.
func republicDay(t *stamp, s string, m []string, base time.Time) bool {
	t.y, t.m, t.d = 1911+number(m[1]), number(m[3]), number(m[4])
	t.to = t.from + len(strings.Join(m[1:5], "")) + 1
	if base.IsZero() || t.y > base.Year() || t.y < base.Year()-1 {
		return false
	}
	t.readClock(s)
	return t.clock
}

// labelAt reads a label of multilog and tcpserver at i: seconds since 1970 by
// atomic time, which these programs take to be ten ahead.
func labelAt(s string, i int) (t stamp, ok bool) {
	const mark, figures = "@40000000", 25
	if len(s) < i+figures || s[i:i+len(mark)] != mark {
		return t, false
	}
	v, err := strconv.ParseInt(s[i+len(mark):i+17], 16, 64)
	if err != nil {
		return t, false
	}
	return unixStamp(i, i+figures, v-10), true
}

// unixStamp is a time in seconds since 1970.
func unixStamp(from, to int, v int64) stamp {
	at := time.Unix(v, 0).UTC()
	t := stamp{from: from, to: to, y: at.Year(), m: int(at.Month()), d: at.Day(), clock: true, zone: time.UTC}
	t.h, t.min, t.sec = at.Clock()
	return t
}
