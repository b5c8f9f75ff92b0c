package sheet

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"headsup/pattern"
)

var (
	yearFirst  = pattern.New(`^(\d{4})([-/.])(\d{1,2})([-/.])(\d{1,2})$`)
	solid      = pattern.New(`^(\d{4})(\d{2})(\d{2})$`)
	hungarian  = pattern.New(`^(\d{4})\. ?(\d{1,2})\. ?(\d{1,2})\.?$`)
	dotted     = pattern.New(`^(\d{1,2})\. ?(\d{1,2})\. ?(\d{4})$`)
	threeParts = pattern.New(`^(\d{1,2})([-/.])(\d{1,2})([-/.])(\d{4}|\d{2})$`)
	dayMonth   = pattern.New(`^(\d{1,2})(?:st|nd|rd|th|er|º)?[-/. ]*(\pL{3,13})[-/. ]*(\d{4}|\d{2})$`)
	monthDay   = pattern.New(`^(\pL{3,13})[-/. ]*(\d{1,2})(?:st|nd|rd|th)?[-/. ]+(\d{4})$`)
	yearMonth  = pattern.New(`^(\d{4})[-/. ]+(\pL{3,13})[-/. ]+(\d{1,2})\.?$`)
)

// date reads the words of the day. Readings that its weekday contradicts are
// none.
func (p *parts) date() (time.Time, error) {
	readings := slices.DeleteFunc(daysOf(p.day), func(d time.Time) bool {
		return p.weekday != "" && !strings.EqualFold(d.Weekday().String()[:3], p.weekday)
	})
	switch len(readings) {
	case 1:
		return readings[0], nil
	case 0:
		return time.Time{}, p.bad()
	}
	e := &TimeError{Value: p.whole}
	for _, d := range readings {
		e.Readings = append(e.Readings, d.Format(time.DateOnly))
	}
	return time.Time{}, e
}

// daysOf returns the days that a text may mean, in their order.
//
// With the year first, the month follows; with points between them, the day
// stands first (as from Finland to Turkey). Strokes and hyphens are used both
// ways. Two figures for the year leave open where it stands.
func daysOf(s string) (days []time.Time) {
	add := func(year, month, day string) {
		y, _ := strconv.Atoi(year)
		m, _ := strconv.Atoi(month)
		d, _ := strconv.Atoi(day)
		switch {
		case len(year) == 1:
			return
		case len(year) == 2 && y < 70:
			y += 2000
		case len(year) == 2:
			y += 1900
		}
		at := time.Date(y, time.Month(m), d, 0, 0, 0, 0, time.UTC)
		if at.Day() == d && int(at.Month()) == m && at.Year() >= 1970 && !slices.ContainsFunc(days, at.Equal) {
			days = append(days, at)
		}
	}
	named := func(year, name, day string) {
		for _, m := range monthsOf(strings.ToLower(name)) {
			add(year, strconv.Itoa(m), day)
		}
	}
	switch {
	case yearFirst.MatchString(s):
		m := yearFirst.FindStringSubmatch(s)
		if m[2] == m[4] {
			add(m[1], m[3], m[5])
		}
	case hungarian.MatchString(s):
		m := hungarian.FindStringSubmatch(s)
		add(m[1], m[2], m[3])
	case solid.MatchString(s):
		m := solid.FindStringSubmatch(s)
		add(m[1], m[2], m[3])
	case dotted.MatchString(s):
		m := dotted.FindStringSubmatch(s)
		add(m[3], m[2], m[1])
	case threeParts.MatchString(s):
		m := threeParts.FindStringSubmatch(s)
		if m[2] != m[4] {
			break
		}
		add(m[5], m[3], m[1])
		add(m[5], m[1], m[3])
		if len(m[5]) == 2 {
			add(m[1], m[3], m[5])
		}
	case dayMonth.MatchString(s):
		m := dayMonth.FindStringSubmatch(s)
		named(m[3], m[2], m[1])
		if len(m[3]) == 2 {
			named(m[1], m[2], m[3])
		}
	case monthDay.MatchString(s):
		m := monthDay.FindStringSubmatch(s)
		named(m[3], m[1], m[2])
	case yearMonth.MatchString(s):
		m := yearMonth.FindStringSubmatch(s)
		named(m[1], m[2], m[3])
	}
	slices.SortFunc(days, time.Time.Compare)
	return days
}

var months = []string{"january", "february", "march", "april", "may", "june",
	"july", "august", "september", "october", "november", "december"}

// month returns the number of a month by its English name or its beginning, or 0.
func month(s string) int {
	s = strings.TrimSuffix(s, ".")
	if len(s) < 3 {
		return 0
	}
	return 1 + slices.IndexFunc(months, func(m string) bool { return strings.HasPrefix(m, s) })
}
