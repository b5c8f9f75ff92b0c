package sheet

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"headsup/pattern"
)

// Times reads times in the ways in which people and programs write them. The
// zero value takes a time without a zone for UTC.
type Times struct {
	Zone *time.Location // of times that name none; nil is UTC

	// Bare says that a time was read that names no zone.
	Bare bool
}

// A TimeError is about a text that is no time, or has more than one reading.
type TimeError struct {
	Value    string
	Readings []string // "2026-03-04", "2026-04-03": those that it may have
	Why      string   // may be empty
}

func (e *TimeError) Error() string {
	text := fmt.Sprintf("time %q", clip(e.Value, 60))
	if len(e.Readings) > 0 {
		text += " may be " + strings.Join(e.Readings, " or ")
	}
	if e.Why != "" {
		text += " " + e.Why
	}
	return text
}

// Parse reads a time: RFC 3339 and ISO 8601 with or without T, seconds and
// zone, RFC 2822, RFC 850, ctime and date(1), seconds, milli-, micro- and
// nanoseconds since 1970, 06.03.2026 23:41, 6 Mar 2026, 11:41 PM, RFC 9557, and
// with the months and signs of other languages. A day alone is its midnight. An empty text is the zero time.
//
// A [*TimeError] is about anything else, among it a day of two readings such as
// 03/04/2026, an hour that the clocks had twice or not at all, and the letters
// of zones that several countries use.
func (t *Times) Parse(s string) (time.Time, error) {
	text := strings.Trim(s, " \t\"'")
	if text == "" {
		return time.Time{}, nil
	}
	if at, bare, ok := usual(text); ok && bare {
		return t.local(s, at)
	} else if ok {
		return at, nil
	}
	if strings.Trim(text, "0123456789.") == "" && strings.Count(text, ".") < 2 {
		if at, ok := number(text); ok {
			return at, nil
		}
	}
	if m := zoned.FindStringSubmatch(text); m != nil { // RFC 9557
		if zone, err := ParseZone(m[2]); err == nil {
			named := Times{Zone: zone}
			return named.Parse(m[1])
		}
	}
	if inner, ok := strings.CutPrefix(text, "["); ok && strings.HasSuffix(inner, "]") {
		text = strings.TrimSuffix(inner, "]")
	}
	p := parts{whole: s}
	if err := p.read(plainTime(text)); err != nil {
		return time.Time{}, err
	}
	return t.whole(p)
}

// usual reads the spellings of which there are millions in a file.
func usual(s string) (at time.Time, bare, ok bool) {
	layout := ""
	switch {
	case len(s) == len(time.DateTime) && s[10] == ' ' && s[4] == '-':
		layout, bare = time.DateTime, true
	case len(s) == len(time.DateTime) && s[10] == 'T':
		layout, bare = "2006-01-02T15:04:05", true
	case len(s) > len(time.DateTime) && s[10] == 'T':
		layout = time.RFC3339
	case len(s) == len("02.01.2006 15:04:05") && s[2] == '.':
		layout, bare = "02.01.2006 15:04:05", true
	case len(s) == len(time.RFC1123Z) && s[3] == ',':
		layout = time.RFC1123Z
	}
	if layout == "" {
		return at, false, false
	}
	at, err := time.Parse(layout, s)
	if layout == time.RFC1123Z && err == nil && at.Weekday().String()[:3] != s[:3] {
		return at, false, false
	}
	return at, bare, err == nil
}

// whole makes a time of its parts.
func (t *Times) whole(p parts) (time.Time, error) {
	day, err := p.date()
	if err != nil {
		return time.Time{}, err
	}
	at := day.Add(p.clock)
	switch {
	case p.offset != nil:
		return at.Add(-*p.offset), nil
	case p.abbreviation == "":
		return t.local(p.whole, at)
	}
	if t.Zone != nil {
		there := time.Date(at.Year(), at.Month(), at.Day(), at.Hour(), at.Minute(), at.Second(), at.Nanosecond(), t.Zone)
		for _, d := range []time.Duration{0, -time.Hour, time.Hour} { // of an hour that the clocks had twice
			name, east := there.Add(d).Zone()
			utc := at.Add(-time.Duration(east) * time.Second)
			if strings.EqualFold(name, p.abbreviation) && utc.Equal(there.Add(d)) {
				return utc, nil
			}
		}
	}
	return time.Time{}, &TimeError{Value: p.whole, Why: fmt.Sprintf("names a zone %q that is not known", p.abbreviation)}
}

// local returns what at, of which only the reading of the clock counts, is in
// the zone of times that name none.
func (t *Times) local(s string, at time.Time) (time.Time, error) {
	t.Bare = true
	if t.Zone == nil {
		return at, nil
	}
	clock := func(d time.Time) string { return d.In(t.Zone).Format("2006-01-02 15:04:05") }
	want := at.Format("2006-01-02 15:04:05")
	var found []time.Time
	for _, near := range []time.Duration{-26 * time.Hour, 26 * time.Hour} {
		_, east := at.Add(near).In(t.Zone).Zone()
		utc := at.Add(-time.Duration(east) * time.Second)
		if clock(utc) == want && (len(found) == 0 || !found[0].Equal(utc)) {
			found = append(found, utc)
		}
	}
	switch len(found) {
	case 0:
		return time.Time{}, &TimeError{Value: s, Why: "is an hour that the clocks left out in " + t.Zone.String()}
	case 2:
		return time.Time{}, &TimeError{Value: s, Readings: []string{found[0].Format(time.RFC3339), found[1].Format(time.RFC3339)}}
	}
	return found[0], nil
}

// number reads a number of seconds, or of their fractions, since 1970, or the
// digits of a day and a time, which [parts] read.
func number(s string) (time.Time, bool) {
	whole, fraction, _ := strings.Cut(s, ".")
	n, err := strconv.ParseInt(whole, 10, 64)
	if err != nil {
		return time.Time{}, false
	}
	switch len(whole) {
	case 9, 10:
		if hourly.MatchString(whole) {
			return time.Time{}, false // 2026030623 may be an hour
		}
		fraction = (fraction + "000000000")[:9]
		nano, _ := strconv.ParseInt(fraction, 10, 64)
		return time.Unix(n, nano).UTC(), true
	case 13:
		return time.UnixMilli(n).UTC(), true
	case 16:
		return time.UnixMicro(n).UTC(), true
	case 19:
		return time.Unix(0, n).UTC(), true
	}
	return time.Time{}, false
}

// parts are what a time consists of.
type parts struct {
	whole        string
	day          string // the words of the day, with one blank between them
	weekday      string // its first three letters
	clock        time.Duration
	offset       *time.Duration // east of UTC
	abbreviation string         // of a zone, that says no offset by itself
}

var (
	hourly = pattern.New(`^20\d\d(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])([01]\d|2[0-3])$`)
	digits = pattern.New(`^(\d{4})(\d{2})(\d{2})(?:[T ]?(\d{2})(\d{2})(\d{2})?)?(?:[.,](\d+))?(.*)$`)
	clocks = pattern.New(`(^|[ Tt:,_])(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d+))?)?($|[^\d:].*$)`)
	half   = pattern.New(`(?i)^[\s\x{a0}\x{202f}]*([ap])\.?[ \x{a0}]?m\.?(?:\s|$)`)
	offset = pattern.New(`^(?i:z|utc|gmt|ut)?([+-])(\d{1,2})(?::?(\d{2}))?$`)
	zoned  = pattern.New(`^(\d{4}-.*\d(?:Z|[+-][\d:]+)?)\[!?([A-Za-z][\w+/-]*)\]$`)
	hour12 = pattern.New(`(?i)(^| )(\d{1,2}) ?([ap])\.?m\.?( |$)`)
)

// east is what letters for a zone say that no two countries use differently,
// in hours.
var east = map[string]int{"z": 0, "utc": 0, "gmt": 0, "ut": 0, "wet": 0, "west": 1, "cet": 1, "cest": 2,
	"eet": 2, "eest": 3, "msk": 3, "jst": 9, "kst": 9}

// american are the letters that RFC 2822 section 4.3 gives a meaning to; they
// have it in its dates only.
var american = map[string]int{"est": -5, "edt": -4, "cst": -6, "cdt": -5, "mst": -7, "mdt": -6, "pst": -8, "pdt": -7}

func (p *parts) bad() error { return &TimeError{Value: p.whole} }

// read takes a text apart.
func (p *parts) read(s string) error {
	if m := digits.FindStringSubmatch(s); m != nil && (m[4] != "" || m[8] == "") {
		p.day = m[1] + "-" + m[2] + "-" + m[3]
		if err := p.time(m[4], m[5], m[6], m[7], ""); err != nil {
			return err
		}
		return p.tail(m[8])
	}
	m := clocks.FindStringSubmatchIndex(s)
	if m == nil {
		if h := hour12.FindStringSubmatchIndex(s); h != nil {
			if err := p.time(s[h[4]:h[5]], "00", "", "", strings.ToLower(s[h[6]:h[7]])); err != nil {
				return err
			}
			s = s[:h[0]] + " " + s[h[1]:]
		}
		return p.tail(s)
	}
	group := func(i int) string {
		if m[2*i] < 0 {
			return ""
		}
		return s[m[2*i]:m[2*i+1]]
	}
	rest := group(6)
	var letter string
	if h := half.FindStringSubmatch(rest); h != nil {
		letter, rest = strings.ToLower(h[1]), rest[len(h[0]):]
	}
	if err := p.time(group(2), group(3), group(4), group(5), letter); err != nil {
		return err
	}
	if err := p.tail(s[:m[0]]); err != nil {
		return err
	}
	return p.tail(rest)
}

// time takes in the time of day. half is "a" or "p" where it has twelve hours.
func (p *parts) time(hour, minute, second, fraction, half string) error {
	h, _ := strconv.Atoi(hour)
	m, _ := strconv.Atoi(minute)
	sec, _ := strconv.Atoi(second)
	switch {
	case h > 23, m > 59, sec > 59, half != "" && (h == 0 || h > 12):
		return p.bad()
	case half == "a" && h == 12:
		h = 0
	case half == "p" && h < 12:
		h += 12
	}
	nano, _ := strconv.Atoi((fraction + "000000000")[:9])
	p.clock = time.Duration(h)*time.Hour + time.Duration(m)*time.Minute + time.Duration(sec)*time.Second + time.Duration(nano)
	return nil
}

// tail takes in the words beside the time of day: those of the day, a weekday,
// a zone and a comment.
func (p *parts) tail(s string) error {
	if before, after, ok := strings.Cut(s, "("); ok {
		_, after, closed := strings.Cut(after, ")")
		if !closed {
			return p.bad()
		}
		s = before + " " + after
	}
	for _, word := range strings.Fields(strings.ReplaceAll(s, ",", " ")) {
		low := strings.ToLower(word)
		hours, zone := east[low]
		m := offset.FindStringSubmatch(word)
		switch {
		case slices.Contains(fillers, low):
		case isWeekday(low):
			p.weekday = low[:3]
		case zone && p.offset == nil:
			d := time.Duration(hours) * time.Hour
			p.offset = &d
		case m != nil:
			h, _ := strconv.Atoi(m[2])
			min, _ := strconv.Atoi(m[3])
			if h > 14 || min > 59 {
				return p.bad()
			}
			d := time.Duration(h)*time.Hour + time.Duration(min)*time.Minute
			if m[1] == "-" {
				d = -d
			}
			p.offset = &d
		case isZone(word) && monthsOf(low) == nil && p.offset != nil: // +0100 CET
		case isZone(word) && monthsOf(low) == nil && p.abbreviation == "":
			p.abbreviation = word
		default:
			p.day = strings.TrimSpace(p.day + " " + word)
		}
	}
	if hours, ok := american[strings.ToLower(p.abbreviation)]; ok && p.weekday != "" && mailDay.MatchString(p.day) {
		d := time.Duration(hours) * time.Hour
		p.offset, p.abbreviation = &d, ""
	}
	return nil
}

var mailDay = pattern.New(`^\d{1,2} [A-Za-z]{3} \d{4}$`)

var weekdays = []string{"sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"}

func isWeekday(s string) bool {
	s = strings.TrimSuffix(s, ".")
	for _, d := range weekdays {
		if len(s) >= 3 && strings.HasPrefix(d, s) {
			return true
		}
	}
	return false
}

// isZone reports whether a word is written as the letters of a zone are.
func isZone(s string) bool {
	return len(s) >= 2 && len(s) <= 5 && strings.Trim(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == ""
}

// zones are those that were read, by name: each takes two kilobytes, and tables
// name one in every row.
var zones sync.Map

// ParseZone reads the name of a zone (IANA) or an offset such as +01:00.
func ParseZone(s string) (*time.Location, error) {
	for _, layout := range []string{"-07:00", "-0700", "-07"} {
		if t, err := time.Parse(layout, s); err == nil {
			_, east := t.Zone()
			return time.FixedZone(s, east), nil
		}
	}
	if l, ok := zones.Load(s); ok {
		return l.(*time.Location), nil
	}
	if l, err := time.LoadLocation(s); err == nil && s != "Local" {
		zones.Store(s, l)
		return l, nil
	}
	return nil, fmt.Errorf("%q is no zone such as Europe/Berlin, UTC or +01:00", s)
}
